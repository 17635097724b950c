// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFIG_IMPL_CONFIG_NODE_IPP
#define INLAY_CONFIG_IMPL_CONFIG_NODE_IPP

#include <inlay/config/config_node.hpp>
#include <inlay/config/detail/merged_walk.hpp>
#include <inlay/json/document.hpp>
#include <inlay/json/internal/document_parts.hpp>
#include <inlay/json/internal/find_member.hpp>
#include <inlay/json/internal/pointer_text.hpp>
#include <inlay/json/internal/value_in_text.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>

#include <algorithm>
#include <variant>

namespace inlay {

namespace detail {

// The parts of an object that a node is made of.
inline std::vector<ObjectPart> parts_of(ObjectStack const& objects, bool lowest_is_data) {
  std::vector<ObjectPart> parts;
  parts.reserve(objects.size() + 16);  // those of the levels below follow them
  for (auto const object : objects) {
    if (object.is_text()) {
      parts.push_back({.spans = object.spans(), .has_tombstones = object.spans().has_null_members()});
    } else {
      parts.push_back({.object = &object.values(), .has_tombstones = true});
    }
  }
  if (lowest_is_data) parts.back().has_tombstones = false;
  return parts;
}

}  // namespace detail

void ConfigNode::become(boost::json::value const& value, bool nulls_are_data) {
  auto const* object = value.if_object();
  leaf_ = object == nullptr ? &value : nullptr;
  leaf_is_text_ = false;
  if (object != nullptr) {
    objects_.reset(detail::LayerObject(object));
  } else {
    objects_.shrink(0);
  }
  lowest_is_data_ = object != nullptr && nulls_are_data;
}

// A leaf.
void ConfigNode::become_text(json::MemberSpans::Object object, std::size_t member, std::size_t name_size) {
  leaf_ = object.value(member, name_size).data();
  leaf_is_text_ = true;
  leaf_member_ = static_cast<std::uint32_t>(member);
  objects_.reset(detail::LayerObject(object));
  objects_.shrink(0);
  lowest_is_data_ = false;
}

std::string_view ConfigNode::leaf_text() const noexcept {
  auto const* const text = static_cast<char const*>(leaf_);
  auto const member = objects_.begin()->spans().members(leaf_member_, leaf_member_ + 1);
  return {text, static_cast<std::size_t>(member.data() + member.size() - text)};
}

boost::json::value const* ConfigNode::value_of_text() const {
  return json::DocumentParts::value_of(objects_.begin()->spans(), leaf_member_);
}

// From the highest layer down: an object is remembered, anything else ends the search, a null in a patch too. What was
// remembered is what the member is made of; if nothing was, then what ended the search is the answer.
template <bool WantsPlace>
inline std::size_t ConfigNode::enter_member(ConfigNode const& parent, std::string_view name) {
  std::size_t const count = parent.objects_.size();
  bool const parent_is_data = parent.lowest_is_data_;
  objects_.prepare(parent.objects_);
  auto const* const objects = parent.objects_.begin();
  boost::json::value const* leaf = nullptr;
  json::MemberSpans::Object text_leaf_in;
  std::size_t text_leaf = 0;
  bool is_data = false;
  bool is_decided = false;
  std::size_t found = 0;
  std::size_t place = absent;
  for (std::size_t i = 0; i != count; ++i) {
    if (objects[i].is_text()) {
      auto const object = objects[i].spans();
      auto const member = object.find(name);
      if (member == json::MemberSpans::Object::none) continue;
      if (object.is_null(member)) break;
      place = i;
      if (is_decided) continue;
      if (auto const inner = object.inner(member)) {
        objects_.put(found++, detail::LayerObject(inner));
        is_data = false;
        continue;
      }
      if (found == 0) {
        text_leaf_in = object;
        text_leaf = member;
      }
    } else {
      auto const& values = objects[i].values();
      auto const member = detail::find_member(values, name);
      if (member == values.end()) continue;
      auto const* const value = &member->value();
      bool const nulls_are_data = parent_is_data && i + 1 == count;
      auto const* const object = value->if_object();
      if (object == nullptr && value->is_null() && !nulls_are_data) break;
      place = i;
      if (is_decided) continue;
      if (object != nullptr) {
        objects_.put(found++, detail::LayerObject(object));
        is_data = nulls_are_data;
        continue;
      }
      if (found == 0) leaf = value;
    }
    if constexpr (!WantsPlace) break;
    // what follows only tells since when the member has been there
    is_decided = true;
  }
  if (text_leaf_in) {
    become_text(text_leaf_in, text_leaf, name.size());
    return place;
  }
  leaf_ = leaf;
  leaf_is_text_ = false;
  objects_.shrink(found);
  lowest_is_data_ = is_data;
  return place;
}

bool ConfigNode::enter(ConfigNode const& parent, std::string_view name) {
  if (parent.objects_.size() != 1 || parent.objects_[0].is_text()) {
    return enter_member<false>(parent, name) != absent;
  }
  bool const nulls_are_data = parent.lowest_is_data_;
  auto const& object = parent.objects_[0].values();
  auto const member = detail::find_member(object, name);
  if (member == object.end() || (member->value().is_null() && !nulls_are_data)) return false;
  become(member->value(), nulls_are_data);
  return true;
}

std::size_t ConfigNode::enter_for_place(ConfigNode const& parent, std::string_view name) {
  return enter_member<true>(parent, name);
}

bool ConfigNode::step(ConfigNode const& parent, std::string_view token) {
  if (parent.is_object()) return enter(parent, token);
  if (parent.leaf_is_text_ && *static_cast<char const*>(parent.leaf_) != '[') return false;
  auto const* const array = parent.leaf()->if_array();
  if (array == nullptr) return false;
  auto const index = json::parse_index(token);
  if (!index || *index >= array->size()) return false;
  become((*array)[*index], true);
  return true;
}

std::optional<ConfigNode> ConfigNode::find(std::string_view name) const {
  std::optional<ConfigNode> member(ConfigNode{});
  if (!is_object() || !member->enter(*this, name)) member.reset();
  return member;
}

ConfigMembers ConfigNode::members() const { return ConfigMembers(*this); }

std::size_t ConfigNode::size() const {
  if (is_leaf()) return 0;
  if (objects_.size() == 1 && lowest_is_data_) return objects_[0].size();
  auto const all = members();
  std::size_t count = 0;
  for (auto i = all.begin(); i != all.end(); ++i) ++count;
  return count;
}

bool ConfigNode::empty() const {
  if (is_leaf()) return false;
  auto const all = members();
  return all.begin() == all.end();
}

bool ConfigNode::is_same_view(ConfigNode const& other) const noexcept {
  return leaf_ == other.leaf_ && lowest_is_data_ == other.lowest_is_data_ &&
         std::equal(objects_.begin(), objects_.end(), other.objects_.begin(), other.objects_.end());
}

boost::json::value ConfigNode::to_value(boost::json::storage_ptr storage) const {
  if (leaf_is_text_) return detail::value_in_text(leaf_text(), std::move(storage));
  if (is_leaf()) return boost::json::value(*leaf(), std::move(storage));
  boost::json::value result(std::move(storage));
  detail::ValueSink sink(result);
  detail::MergedWalk(sink).write(detail::parts_of(objects_, lowest_is_data_));
  return result;
}

void ConfigNode::write(std::string& out) const {
  if (leaf_is_text_) {
    out += leaf_text();
    return;
  }
  if (is_leaf()) return json::print(*leaf(), out);
  detail::TextSink sink(out);
  detail::MergedWalk(sink).write(detail::parts_of(objects_, lowest_is_data_));
  sink.finish();
}

std::string ConfigNode::text() const {
  std::string out;
  write(out);
  return out;
}

json::reading::Kind ConfigNode::kind() const {
  if (is_object()) return json::reading::ObjectKind{};
  if (leaf_is_text_) {
    auto const text = leaf_text();
    if (auto const found = detail::scalar_in_text(text)) {
      return std::visit([](auto const& value) { return json::reading::Kind(value); }, *found);
    }
    if (text.front() == '[') return json::reading::ArrayKind{};
  }
  return json::reading::kind_of(*leaf());
}

std::optional<ConfigNode> ConfigNode::at(json::Pointer const& pointer) const {
  if (pointer.is_root()) return *this;
  std::optional<ConfigNode> node(ConfigNode{});
  auto const* parent = this;
  for (auto const& token : pointer.tokens()) {
    if (!node->step(*parent, token)) return std::nullopt;
    parent = &*node;
  }
  return node;
}

std::optional<ConfigNode> ConfigNode::at(std::string_view pointer) const {
  if (pointer.empty()) return *this;
  std::optional<ConfigNode> node(ConfigNode{});
  auto const* parent = this;
  bool const is_there = json::visit_tokens(pointer, [&](std::string_view token) {
    if (!node->step(*parent, token)) return false;
    parent = &*node;
    return true;
  });
  if (!is_there) node.reset();
  return node;
}

ConfigNode ConfigNode::under(detail::LayerObject object) const {
  ConfigNode root;
  root.lowest_is_data_ = lowest_is_data_;
  root.objects_.push_back(object);
  for (auto const below : objects_) root.objects_.push_back(below);
  return root;
}

ConfigMembers::Iterator::Iterator(ConfigNode const& node) : node_(&node), remaining_objects_(node.objects_.size()) {
  settle();
}

void ConfigMembers::Iterator::settle() {
  for (; remaining_objects_ != 0; --remaining_objects_, index_ = 0) {
    auto const object = node_->objects_[remaining_objects_ - 1];
    for (auto const size = object.size(); index_ != size; ++index_) {
      auto const name = object.name(index_);
      if (current_.value.enter_for_place(*node_, name) + 1 == remaining_objects_) {
        current_.name = name;
        return;
      }
    }
  }
}

}  // namespace inlay

#endif
