// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_INTERNAL_WIDE_OBJECT_HPP
#define INLAY_JSON_INTERNAL_WIDE_OBJECT_HPP

// Boost.JSON's objects, kept from names that were chosen to meet.
//
// Boost.JSON 1.81 looks a name up by FNV-1a, begun at the address of the object's table, modulo the table's capacity.
// Of names of one length it depends on the lowest byte of the address alone which of them meet, and the capacity
// follows from the number of members, so that both can be guessed: who chooses names so has them looked through one by
// one. So a wide object gets a capacity that nobody can foretell, and where the names are at hand all of them are
// looked at, with the very address and capacity that the table has, before it is filled.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::detail {

/** An object with more members is wide. One with fewer costs little, whatever their names are. */
inline constexpr std::size_t wide_object = 2'048;

/** More names than so many do not meet by chance: of a million in as many places ten do. */
inline constexpr std::size_t longest_chain = 32;

/** How Boost.JSON hashes a name in the table at that address. */
[[nodiscard]] inline std::size_t name_hash(std::string_view name, std::uintptr_t table) noexcept {
  constexpr bool is_64_bit = sizeof(std::size_t) == 8;
  constexpr auto prime = static_cast<std::size_t>(is_64_bit ? 0x100000001B3U : 0x01000193U);
  auto hash = static_cast<std::size_t>(is_64_bit ? 0xCBF29CE484222325U : 0x811C9DC5U) + table;
  for (char const c : name) hash = (static_cast<std::size_t>(c) ^ hash) * prime;
  return hash;
}

/** Where the table of an object lies that has got it by reserve() and has not grown since. Before its members are two
    numbers of 32 bits and the address itself. */
[[nodiscard]] inline std::uintptr_t table_of(boost::json::object const& object) noexcept {
  return reinterpret_cast<std::uintptr_t>(object.begin()) - (2 * sizeof(std::uint32_t) + sizeof(std::uintptr_t));
}

/** Whether so many names lie spread in a table. Linear.

    @param name_at gives the name of a number below `count`.
*/
template <class NameAt>
[[nodiscard]] bool are_spread(std::size_t count, NameAt const& name_at, std::size_t capacity, std::uintptr_t table) {
  std::vector<std::uint8_t> met(capacity);
  for (std::size_t i = 0; i != count; ++i) {
    if (++met[name_hash(name_at(i), table) % capacity] > longest_chain) return false;
  }
  return true;
}

/** As reserve(), with a capacity that nobody can foretell where that matters. For an object without members. */
inline void reserve(boost::json::object& object, std::size_t count) {
  if (count <= wide_object) return object.reserve(count);
  thread_local std::minstd_rand random{std::random_device{}()};
  object.reserve(count + std::uniform_int_distribution<std::size_t>(0, count / 16)(random));
}

/** As reserve(), for an object without members that is to get these names: in a table in which they lie spread. Linear.

    @return false when there is none.
*/
template <class NameAt>
[[nodiscard]] bool reserve(boost::json::object& object, std::size_t count, NameAt const& name_at) {
  if (count <= wide_object) {
    object.reserve(count);
    return true;
  }
  constexpr std::size_t attempts = 8;
  std::vector<boost::json::object> tables;  // each is kept, so that the next one lies elsewhere
  while (tables.size() != attempts) {
    auto& made = tables.emplace_back(object.storage());
    reserve(made, count);
    if (!are_spread(count, name_at, made.capacity(), table_of(made))) continue;
    object = std::move(made);
    return true;
  }
  return false;
}

inline void make_wide_room(boost::json::object& object, boost::json::object const& additions) {
  auto const size = object.size();
  auto const count = size + additions.size();
  boost::json::object whole(object.storage());
  auto const name_at = [&](std::size_t i) -> std::string_view {
    auto const& of = i < size ? object : additions;
    return (of.begin() + static_cast<std::ptrdiff_t>(i < size ? i : i - size))->key();
  };
  // The same name counts twice here. Where there is no such table, one that nobody can foretell will do.
  if (!reserve(whole, count, name_at)) reserve(whole, count);
  for (auto& member : object) whole.emplace(member.key(), std::move(member.value()));
  object = std::move(whole);
}

/** Makes room for members whose names somebody else has chosen than those of the members that are there. Linear where
    the object is wide by then, unless they are few. */
inline void make_room(boost::json::object& object, boost::json::object const& additions) {
  constexpr std::size_t few = 64;
  if (additions.size() > few && object.size() + additions.size() > wide_object) make_wide_room(object, additions);
}

/** Gives each wide object in a copied value a table of its own choice: a copy's would follow from its size. Linear. */
inline void spread(boost::json::object& object);
inline void spread(boost::json::value& value) {
  if (auto* const object = value.if_object()) return spread(*object);
  if (auto* const array = value.if_array()) {
    for (auto& element : *array) {
      if (element.is_structured()) spread(element);
    }
  }
}
inline void spread(boost::json::object& object) {
  for (auto& member : object) {
    if (member.value().is_structured()) spread(member.value());
  }
  if (object.size() <= wide_object) return;
  boost::json::object whole(object.storage());
  auto const name_at = [&](std::size_t i) -> std::string_view {
    return (object.begin() + static_cast<std::ptrdiff_t>(i))->key();
  };
  if (!reserve(whole, object.size(), name_at)) reserve(whole, object.size());
  for (auto& member : object) whole.emplace(member.key(), std::move(member.value()));
  object = std::move(whole);
}

}  // namespace inlay::detail

#endif
