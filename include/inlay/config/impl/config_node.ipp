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

void ConfigNode::become(boost::json::value const& value, detail::Nulls nulls) {
  if (auto const* const object = value.if_object()) {
    become(detail::LayerObject(object, nulls));
  } else {
    become_leaf(value);
  }
}

void ConfigNode::become(detail::LayerObject object) {
  leaf_ = nullptr;
  leaf_is_text_ = false;
  objects_.reset(object);
}

void ConfigNode::become_leaf(boost::json::value const& value) {
  leaf_ = &value;
  leaf_is_text_ = false;
  objects_.shrink(0);
}

void ConfigNode::become_leaf(json::MemberSpans::Object object, std::size_t member, std::size_t name_size) {
  leaf_ = object.value(member, name_size).data();
  leaf_is_text_ = true;
  leaf_member_ = static_cast<std::uint32_t>(member);
  objects_.reset(detail::LayerObject(object, detail::Nulls::remove));
  objects_.shrink(0);
}

std::string_view ConfigNode::leaf_text() const noexcept {
  auto const* const text = static_cast<char const*>(leaf_);
  auto const member = objects_.begin()->spans().members(leaf_member_, leaf_member_ + 1);
  return {text, static_cast<std::size_t>(member.data() + member.size() - text)};
}

boost::json::value const* ConfigNode::value_of_text() const {
  return json::DocumentParts::value_of(objects_.begin()->spans(), leaf_member_);
}

template <detail::FoldFor wanted>
inline std::size_t ConfigNode::enter_member(ConfigNode const& parent, std::string_view name) {
  // most objects are of one layer alone
  return parent.objects_.size() == 1 ? enter_member_of<wanted, true>(parent, name)
                                     : enter_member_of<wanted, false>(parent, name);
}

template <detail::FoldFor wanted, bool is_of_one_layer>
inline std::size_t ConfigNode::enter_member_of(ConfigNode const& parent, std::string_view name) {
  auto const count = is_of_one_layer ? 1 : parent.objects_.size();
  objects_.prepare(count);
  auto const* const objects = parent.objects_.begin();
  std::size_t found = 0;
  boost::json::value const* leaf = nullptr;
  json::MemberSpans::Object text_leaf_in;
  std::size_t text_leaf = 0;
  auto const place = detail::fold_member<wanted>(
      count,
      [&](std::size_t i) {
        auto const object = objects[i];
        return object.find(name);
      },
      [&](std::size_t, detail::LayerMember const& member) { objects_.put(found++, member.inner); },
      [&](std::size_t i, detail::LayerMember const& member) {
        leaf = member.value;
        if (leaf != nullptr) return;
        text_leaf_in = objects[i].spans();
        text_leaf = member.index;
      });
  if (text_leaf_in) {
    become_leaf(text_leaf_in, text_leaf, name.size());
  } else if (leaf != nullptr) {
    become_leaf(*leaf);
  } else {
    leaf_ = nullptr;
    leaf_is_text_ = false;
    objects_.shrink(found);
  }
  return place;
}

bool ConfigNode::step(ConfigNode const& parent, std::string_view token) {
  if (parent.is_object()) return enter_member<detail::FoldFor::value>(parent, token) != detail::no_layer;
  if (parent.leaf_is_text_ && *static_cast<char const*>(parent.leaf_) != '[') return false;
  auto const* const array = parent.leaf()->if_array();
  if (array == nullptr) return false;
  auto const index = json::parse_index(token);
  if (!index || *index >= array->size()) return false;
  become((*array)[*index], detail::Nulls::are_values);
  return true;
}

std::optional<ConfigNode> ConfigNode::find(std::string_view name) const {
  std::optional<ConfigNode> member(ConfigNode{});
  if (!is_object() || member->enter_member<detail::FoldFor::value>(*this, name) == detail::no_layer) member.reset();
  return member;
}

ConfigMembers ConfigNode::members() const { return ConfigMembers(*this); }

std::size_t ConfigNode::size() const {
  if (is_leaf()) return 0;
  if (objects_.size() == 1 && objects_[0].nulls() == detail::Nulls::are_values) return objects_[0].size();
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
  return leaf_ == other.leaf_ &&
         std::equal(objects_.begin(), objects_.end(), other.objects_.begin(), other.objects_.end());
}

boost::json::value ConfigNode::to_value(boost::json::storage_ptr storage) const {
  if (leaf_is_text_) return detail::value_in_text(leaf_text(), std::move(storage));
  if (is_leaf()) return boost::json::value(*leaf(), std::move(storage));
  boost::json::value result(std::move(storage));
  detail::ValueSink sink(result);
  detail::MergedWalk(sink).write({objects_.begin(), objects_.end()});
  return result;
}

void ConfigNode::write(std::string& out) const {
  if (leaf_is_text_) {
    out += leaf_text();
    return;
  }
  if (is_leaf()) return json::print(*leaf(), out);
  detail::TextSink sink(out);
  detail::MergedWalk(sink).write({objects_.begin(), objects_.end()});
  sink.finish();
}

std::string ConfigNode::text() const {
  std::string out;
  write(out);
  return out;
}

json::reading::Kind ConfigNode::kind() const {
  if (is_object()) return json::reading::Kind::Type::object;
  if (leaf_is_text_) {
    auto const text = leaf_text();
    if (auto const found = detail::scalar_in_text(text)) {
      return std::visit([](auto const& value) { return json::reading::Kind(value); }, *found);
    }
    if (text.front() == '[') return json::reading::Kind::Type::array;
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
      if (current_.value.enter_member<detail::FoldFor::place>(*node_, name) + 1 == remaining_objects_) {
        current_.name = name;
        return;
      }
    }
  }
}

}  // namespace inlay

#endif
