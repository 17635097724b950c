// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFIG_IMPL_OVERRIDE_IPP
#define INLAY_CONFIG_IMPL_OVERRIDE_IPP

#include <inlay/config/override.hpp>
#include <inlay/ground/internal/keyed_hash.hpp>
#include <inlay/json/internal/keep_members.hpp>
#include <inlay/json/internal/wide_object.hpp>

#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace inlay::config {

Error no_way_into_array(json::Pointer const& array) {
  return {.kind = ErrorKind::invalid_argument,
          .message =
              "there is an array, which an override replaces as a whole (RFC 7396): name the array, not one of "
              "its elements",
          .pointer = to_string(array)};
}

namespace detail {

using Tokens = std::span<std::string const>;

inline Result<boost::json::object> values_of(Override const& stored) {
  using Values = Result<boost::json::object>;
  if (!stored) return Values(boost::system::in_place_value);
  auto const values = stored->values();
  if (values.has_error()) return values.error();
  Values copy(boost::system::in_place_value, **values);
  inlay::detail::spread(*copy);
  return copy;
}

inline Result<Override> to_be_stored(boost::json::object const& values, json::Limits const& limits) {
  if (values.empty()) return Override{};
  auto document = Document::from(values, limits);
  if (document.has_error()) return document.error();
  return Override(std::move(*document));
}

inline void set_at(boost::json::object& object, Tokens tokens, boost::json::value const& value) {
  auto& member = object[tokens.front()];
  if (tokens.size() == 1) {
    member = value;
    return;
  }
  if (!member.is_object()) member.emplace_object();
  set_at(member.get_object(), tokens.subspan(1), value);
}

// What cannot be said of a place: an array of the override's is on the way, or the pointer is longer than any document
// is deep.
inline Result<void> check_way_in_override(Override const& stored, json::Pointer const& pointer) {
  Tokens const tokens = pointer.tokens();
  if (tokens.size() > json::greatest_depth) {
    return Error{.kind = ErrorKind::invalid_document,
                 .message = "the pointer goes down more than " + std::to_string(json::greatest_depth) + " levels",
                 .pointer = to_string(pointer)};
  }
  if (!stored) return {};
  auto const values = stored->values();
  if (values.has_error()) return values.error();
  boost::json::object const* object = *values;
  json::Pointer way;
  for (std::string const& token : tokens.first(tokens.size() - 1)) {
    auto const* const member = object->if_contains(token);
    if (member == nullptr) return {};
    way /= token;
    if (member->is_array()) return no_way_into_array(way);
    object = member->if_object();
    if (object == nullptr) return {};
  }
  return {};
}

// Whether the override says of something on the way to the pointer that it is no object, so that there is nothing.
inline bool is_removed_above(boost::json::object const& object, Tokens tokens) {
  if (tokens.size() == 1) return false;
  auto const* const member = object.if_contains(tokens.front());
  if (member == nullptr) return false;
  return !member->is_object() || is_removed_above(member->get_object(), tokens.subspan(1));
}

inline void inherit_member(boost::json::object& object, Tokens tokens) {
  auto const member = object.find(tokens.front());
  if (member == object.end()) return;
  if (tokens.size() > 1) {
    if (!member->value().is_object()) return;
    auto& inner = member->value().get_object();
    // One that was empty before says that there is an object, and nothing of it is inherited here.
    if (inner.empty()) return;
    inherit_member(inner, tokens.subspan(1));
    if (!inner.empty()) return;
  }
  object.stable_erase(member);
}

inline void patch_object(boost::json::object& target, boost::json::object const& patch) {
  inlay::detail::make_room(target, patch);
  std::unordered_set<std::string_view, inlay::detail::KeyedHash> gone;  // what the patch inherits, or has emptied
  for (auto const& [name, value] : patch) {
    auto* const member = target.if_contains(name);
    auto const* const inner_patch = value.if_object();
    if (value.is_null()) {
      if (member != nullptr) gone.insert(name);
    } else if (inner_patch == nullptr) {
      target[name] = value;
    } else if (member != nullptr && member->is_object()) {
      auto& inner = member->get_object();
      bool const was_empty = inner.empty();
      patch_object(inner, *inner_patch);
      if (!was_empty && inner.empty()) gone.insert(name);
    } else {
      // Where there is no object there is nothing in it to inherit.
      boost::json::object inner(target.storage());
      patch_object(inner, *inner_patch);
      if (!inner.empty() || inner_patch->empty()) target[name] = std::move(inner);
    }
  }
  if (gone.empty()) return;
  inlay::detail::keep_members(target, target.size() - gone.size(),
                              [&](auto const& member) { return !gone.contains(std::string_view(member.key())); });
}

}  // namespace detail

Result<Override> set(Override const& stored, json::PointerView place, boost::json::value const& value,
                     json::Limits const& limits) {
  auto const pointed = place.pointer();
  if (pointed.has_error()) return pointed.error();
  json::Pointer const& pointer = *pointed;
  if (value.is_null()) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "an override cannot set null; remove() makes a value absent, inherit() takes the default's",
                 .pointer = to_string(pointer),
                 .reason = Reason::null_in_override};
  }
  if (pointer.is_root()) {
    if (auto const* const object = value.if_object()) return detail::to_be_stored(*object, limits);
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "a whole override is an object; to set a single value, name its place",
                 .pointer = ""};
  }
  if (auto const way = detail::check_way_in_override(stored, pointer); way.has_error()) return way.error();
  auto values = detail::values_of(stored);
  if (values.has_error()) return values.error();
  detail::set_at(*values, pointer.tokens(), value);
  return detail::to_be_stored(*values, limits);
}

Result<Override> remove(Override const& stored, json::PointerView place, json::Limits const& limits) {
  auto const pointed = place.pointer();
  if (pointed.has_error()) return pointed.error();
  json::Pointer const& pointer = *pointed;
  if (pointer.is_root()) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "the whole configuration cannot be removed; inherit() takes the whole override away",
                 .pointer = "",
                 .reason = Reason::whole_config};
  }
  if (auto const way = detail::check_way_in_override(stored, pointer); way.has_error()) return way.error();
  auto values = detail::values_of(stored);
  if (values.has_error()) return values.error();
  if (detail::is_removed_above(*values, pointer.tokens())) return stored;
  detail::set_at(*values, pointer.tokens(), nullptr);
  return detail::to_be_stored(*values, limits);
}

Result<Override> inherit(Override const& stored, json::PointerView place) {
  auto const pointed = place.pointer();
  if (pointed.has_error()) return pointed.error();
  json::Pointer const& pointer = *pointed;
  if (pointer.is_root()) return Override{};
  if (auto const way = detail::check_way_in_override(stored, pointer); way.has_error()) return way.error();
  auto values = detail::values_of(stored);
  if (values.has_error()) return values.error();
  detail::inherit_member(*values, pointer.tokens());
  return detail::to_be_stored(*values, json::no_limits);
}

Result<Override> patch(Override const& stored, boost::json::object const& patch, json::Limits const& limits) {
  auto values = detail::values_of(stored);
  if (values.has_error()) return values.error();
  detail::patch_object(*values, patch);
  return detail::to_be_stored(*values, limits);
}

}  // namespace inlay::config

#endif
