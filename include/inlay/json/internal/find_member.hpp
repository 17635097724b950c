// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_INTERNAL_FIND_MEMBER_HPP
#define INLAY_JSON_INTERNAL_FIND_MEMBER_HPP

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace inlay::detail {

/** What memcmp says, for texts that are short and mostly the same: without a call. */
inline bool are_same_bytes(char const* a, char const* b, std::size_t size) noexcept {
  auto const are_same = [](char const* left, char const* right, auto word) {
    decltype(word) other{};
    std::memcpy(&word, left, sizeof word);
    std::memcpy(&other, right, sizeof word);
    return word == other;
  };
  if (size > 16) return std::memcmp(a, b, size) == 0;
  if (size >= 8) {
    return are_same(a, b, std::uint64_t{}) && are_same(a + size - 8, b + size - 8, std::uint64_t{});
  }
  if (size >= 4) {
    return are_same(a, b, std::uint32_t{}) && are_same(a + size - 4, b + size - 4, std::uint32_t{});
  }
  for (std::size_t i = 0; i != size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

inline bool is_named(boost::json::key_value_pair const& member, std::string_view name) noexcept {
  auto const key = member.key();
  return key.size() == name.size() && std::memcmp(key.data(), name.data(), name.size()) == 0;
}

inline constexpr std::size_t few_members = 12;

/** What object.find(name) gives, for who expects the member at `hint` or soon after it.

    Most objects of a configuration have few members: these are looked through on the spot, which takes half the time of
    the call.
*/
inline boost::json::object::const_iterator find_member(boost::json::object const& object, std::string_view name,
                                                       boost::json::object::const_iterator hint) noexcept {
  auto const end = object.end();
  if (object.size() > few_members) return hint != end && is_named(*hint, name) ? hint : object.find(name);
  for (auto member = hint; member != end; ++member) {
    if (is_named(*member, name)) return member;
  }
  for (auto member = object.begin(); member != hint; ++member) {
    if (is_named(*member, name)) return member;
  }
  return end;
}

/** What object.find(name) gives. Inlined always: the call would take as long as the search. */
[[gnu::always_inline]] inline boost::json::object::const_iterator find_member(boost::json::object const& object,
                                                                              std::string_view name) noexcept {
  if (object.size() > few_members) return object.find(name);
  auto const end = object.end();
  auto member = object.begin();
  while (member != end && !is_named(*member, name)) ++member;
  return member;
}

}  // namespace inlay::detail

#endif
