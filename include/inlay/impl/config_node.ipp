// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_IMPL_CONFIG_NODE_IPP
#define INLAY_IMPL_CONFIG_NODE_IPP

#include <inlay/config/config_node.hpp>
#include <inlay/detail/find_member.hpp>
#include <inlay/detail/merged_walk.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>

#include <algorithm>

namespace inlay {

namespace detail {

// The parts of an object that a node is made of.
inline std::vector<ObjectPart> parts_of(ObjectStack const& objects, bool lowest_is_data) {
  std::vector<ObjectPart> parts;
  parts.reserve(objects.size() + 16);  // those of the levels below follow them
  for (auto const* object : objects) parts.push_back({.object = object, .has_tombstones = true});
  parts.back().has_tombstones = !lowest_is_data;
  return parts;
}

}  // namespace detail

INLAY_DECL void ConfigNode::become(boost::json::value const& value, bool nulls_are_data) {
  auto const* object = value.if_object();
  leaf_ = object == nullptr ? &value : nullptr;
  if (object != nullptr) {
    objects_.reset(object);
  } else {
    objects_.shrink(0);
  }
  lowest_is_data_ = object != nullptr && nulls_are_data;
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
  bool is_data = false;
  bool is_decided = false;
  std::size_t found = 0;
  std::size_t place = absent;
  for (std::size_t i = 0; i != count; ++i) {
    auto const member = detail::find_member(*objects[i], name);
    if (member == objects[i]->end()) continue;
    auto const* const value = &member->value();
    bool const nulls_are_data = parent_is_data && i + 1 == count;
    auto const* const object = value->if_object();
    if (object == nullptr && value->is_null() && !nulls_are_data) break;
    place = i;
    if (is_decided) continue;
    if (object != nullptr) {
      objects_.put(found++, object);
      is_data = nulls_are_data;
      continue;
    }
    if (found == 0) leaf = value;
    if constexpr (!WantsPlace) break;
    // what follows only tells since when the member has been there
    is_decided = true;
  }
  leaf_ = leaf;
  objects_.shrink(found);
  lowest_is_data_ = is_data;
  return place;
}

INLAY_DECL bool ConfigNode::enter(ConfigNode const& parent, std::string_view name) {
  if (parent.objects_.size() == 1) {
    bool const nulls_are_data = parent.lowest_is_data_;
    auto const& object = *parent.objects_[0];
    auto const member = detail::find_member(object, name);
    if (member == object.end() || (member->value().is_null() && !nulls_are_data)) return false;
    become(member->value(), nulls_are_data);
    return true;
  }
  return enter_member<false>(parent, name) != absent;
}

INLAY_DECL std::size_t ConfigNode::enter_for_place(ConfigNode const& parent, std::string_view name) {
  return enter_member<true>(parent, name);
}

INLAY_DECL bool ConfigNode::step(ConfigNode const& parent, std::string_view token) {
  if (parent.is_object()) return enter(parent, token);
  auto const* const array = parent.leaf_->if_array();
  if (array == nullptr) return false;
  auto const index = json::parse_index(token);
  if (!index || *index >= array->size()) return false;
  become((*array)[*index], true);
  return true;
}

INLAY_DECL std::optional<ConfigNode> ConfigNode::find(std::string_view name) const {
  std::optional<ConfigNode> member(ConfigNode{});
  if (!is_object() || !member->enter(*this, name)) member.reset();
  return member;
}

INLAY_DECL ConfigMembers ConfigNode::members() const { return ConfigMembers(*this); }

INLAY_DECL std::size_t ConfigNode::size() const {
  if (is_leaf()) return 0;
  if (objects_.size() == 1 && lowest_is_data_) return objects_[0]->size();
  auto const all = members();
  std::size_t count = 0;
  for (auto i = all.begin(); i != all.end(); ++i) ++count;
  return count;
}

INLAY_DECL bool ConfigNode::empty() const {
  if (is_leaf()) return false;
  auto const all = members();
  return all.begin() == all.end();
}

INLAY_DECL bool ConfigNode::is_same_view(ConfigNode const& other) const noexcept {
  return leaf_ == other.leaf_ && lowest_is_data_ == other.lowest_is_data_ &&
         std::equal(objects_.begin(), objects_.end(), other.objects_.begin(), other.objects_.end());
}

INLAY_DECL boost::json::value ConfigNode::to_value(boost::json::storage_ptr storage) const {
  if (is_leaf()) return boost::json::value(*leaf_, std::move(storage));
  boost::json::value result(std::move(storage));
  detail::ValueSink sink(result);
  detail::MergedWalk(sink).write(detail::parts_of(objects_, lowest_is_data_));
  return result;
}

INLAY_DECL void ConfigNode::write(std::string& out) const {
  if (is_leaf()) return json::print(*leaf_, out);
  detail::TextSink sink(out);
  detail::MergedWalk(sink).write(detail::parts_of(objects_, lowest_is_data_));
}

INLAY_DECL std::string ConfigNode::text() const {
  std::string out;
  write(out);
  return out;
}

INLAY_DECL Error ConfigNode::not_a(std::string_view wanted) const {
  std::string_view found = "an object";
  if (is_leaf()) {
    switch (leaf_->kind()) {
      case boost::json::kind::null: found = "null"; break;
      case boost::json::kind::bool_: found = "a boolean"; break;
      case boost::json::kind::int64:
      case boost::json::kind::uint64: found = "the integer "; break;
      case boost::json::kind::double_: found = "the number "; break;
      case boost::json::kind::string: found = "a string"; break;
      default: found = "an array";
    }
  }
  std::string message = "expected ";
  message.append(wanted).append(", found ").append(found);
  if (is_leaf() && leaf_->is_number()) json::print(*leaf_, message);
  return Error{.kind = ErrorKind::invalid_argument, .message = std::move(message)};
}

INLAY_DECL ConfigMembers::Iterator::Iterator(ConfigNode const& node)
    : node_(&node), remaining_objects_(node.objects_.size()) {
  settle();
}

INLAY_DECL void ConfigMembers::Iterator::settle() {
  for (; remaining_objects_ != 0; --remaining_objects_, index_ = 0) {
    auto const& object = *node_->objects_[remaining_objects_ - 1];
    for (; index_ != object.size(); ++index_) {
      auto const member = object.begin() + static_cast<std::ptrdiff_t>(index_);
      if (current_.value.enter_for_place(*node_, member->key()) + 1 == remaining_objects_) {
        current_.name = member->key();
        return;
      }
    }
  }
}

}  // namespace inlay

#endif
