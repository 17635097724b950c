// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_IMPL_MERGE_PATCH_IPP
#define INLAY_JSON_IMPL_MERGE_PATCH_IPP

#include <inlay/json/equal.hpp>
#include <inlay/json/internal/find_member.hpp>
#include <inlay/json/internal/keep_members.hpp>
#include <inlay/json/internal/wide_object.hpp>
#include <inlay/json/merge_patch.hpp>
#include <inlay/json/pointer.hpp>

#include <boost/json/object.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace inlay::json::merge_patch {

namespace detail {

inline bool is_null_in(boost::json::object const& patch, boost::json::string_view key) {
  auto const member = inlay::detail::find_member(patch, key);
  return member != patch.end() && member->value().is_null();
}

/** Makes `target` a copy of a value, in the room it has where that is enough. */
inline void assign(boost::json::value& target, boost::json::value const& value) {
  if (value.is_string() && target.is_string()) {
    target.get_string() = value.get_string();
  } else if (value.is_bool()) {
    target = value.get_bool();
  } else {
    target = value;
  }
}

/** Removes the members that the patch sets to null; `count` of them are there. */
inline void remove_nulled(boost::json::object& target, boost::json::object const& patch, std::size_t count) {
  if (count <= inlay::detail::few_erasures) {
    for (auto const& member : patch) {
      if (!member.value().is_null()) continue;
      if (auto const it = target.find(member.key()); it != target.end()) target.stable_erase(it);
    }
    return;
  }
  inlay::detail::keep_members(target, target.size() - count,
                              [&](auto const& member) { return !is_null_in(patch, member.key()); });
}

/** The pointer of the first null that is a member, or "" when there is none; nulls inside arrays are data. */
inline bool find_null_member(boost::json::value const& value, std::string& pointer) {
  if (value.is_null()) return true;
  auto const* object = value.if_object();
  if (object == nullptr) return false;
  for (auto const& member : *object) {
    std::size_t const length = pointer.size();
    append_token(pointer, member.key());
    if (find_null_member(member.value(), pointer)) return true;
    pointer.resize(length);
  }
  return false;
}

/** Adds to `patch` what turns `from` into `to`. False: `pointer` is the place of a null that no patch can set. */
inline bool diff_members(boost::json::object const& from, boost::json::object const& to, boost::json::object& patch,
                         std::string& pointer) {
  if (auto const most = std::max(from.size(), to.size()); most > inlay::detail::wide_object) {
    inlay::detail::reserve(patch, most);
  }
  for (auto const& member : from) {
    if (!to.contains(member.key())) patch.emplace(member.key(), nullptr);
  }
  for (auto const& member : to) {
    auto const* before = from.if_contains(member.key());
    if (before != nullptr && identical(*before, member.value())) continue;
    std::size_t const length = pointer.size();
    append_token(pointer, member.key());
    if (before != nullptr && before->is_object() && member.value().is_object()) {
      boost::json::object inner;
      if (!diff_members(before->get_object(), member.value().get_object(), inner, pointer)) return false;
      patch.emplace(member.key(), std::move(inner));
    } else {
      if (find_null_member(member.value(), pointer)) return false;
      patch.emplace(member.key(), member.value());
    }
    pointer.resize(length);
  }
  return true;
}

}  // namespace detail

void apply(boost::json::value& target, boost::json::value const& patch) {
  auto const* changes = patch.if_object();
  if (changes == nullptr) return detail::assign(target, patch);
  boost::json::object& members = target.is_object() ? target.get_object() : target.emplace_object();
  inlay::detail::make_room(members, *changes);
  std::size_t nulled = 0;
  std::size_t expected = 0;  // where a patch of the same order has its next member
  for (auto const& change : *changes) {
    auto const begin = std::as_const(members).begin();
    auto const found = inlay::detail::find_member(members, change.key(), begin + static_cast<std::ptrdiff_t>(expected));
    boost::json::value* member = nullptr;
    if (found != std::as_const(members).end()) {
      member = &(members.begin() + (found - begin))->value();
      expected = static_cast<std::size_t>(found - begin) + 1;
    }
    if (change.value().is_null()) {
      if (member != nullptr) ++nulled;
    } else if (member != nullptr) {
      apply(*member, change.value());
    } else if (change.value().is_object()) {
      apply(members.emplace(change.key(), nullptr).first->value(), change.value());  // its nulls must not get in
    } else {
      members.emplace(change.key(), change.value());
    }
  }
  if (nulled > 0) detail::remove_nulled(members, *changes, nulled);
}

Result<boost::json::value> diff(boost::json::value const& from, boost::json::value const& to) {
  std::string pointer;
  auto const no_patch = [&pointer] {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "no merge patch can set a member to null (RFC 7396); JSON Patch can",
                 .pointer = pointer};
  };
  if (!to.is_object()) return to;  // even when `from` is the same: {} would turn it into an object
  if (!from.is_object()) {
    if (detail::find_null_member(to, pointer)) return no_patch();
    return to;
  }
  boost::json::object patch;
  if (!detail::diff_members(from.get_object(), to.get_object(), patch, pointer)) return no_patch();
  return boost::json::value(std::move(patch));
}

}  // namespace inlay::json::merge_patch

#endif
