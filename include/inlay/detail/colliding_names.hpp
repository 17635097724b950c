// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_DETAIL_COLLIDING_NAMES_HPP
#define INLAY_DETAIL_COLLIDING_NAMES_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>

namespace inlay::detail {

/** From so many members on an object's names are looked at before it is built. */
inline constexpr std::size_t wide_object = 1'024;

/** Whether names were chosen so that Boost.JSON finds the members of their object one by one.

    Boost.JSON 1.81 looks a name up by FNV-1a, begun at the address of the object's table. Of names of one length that
    have the low bits of that in common, what they have in common depends on the lowest byte of the address alone, which
    is a multiple of 8 and can be guessed: 65,536 such names, 700 KB of text, take half a minute to be put into an
    object. So some names, which nobody can foretell, are hashed as each of these addresses would have it. In a document
    that nobody made for this, two of them or so have any ten bits in common.

    @param name_at gives the name of a number below `count`.
*/
template <class NameAt>
[[nodiscard]] bool names_collide(std::size_t count, NameAt const& name_at) {
  constexpr std::size_t sample = 2'048;
  constexpr std::size_t addresses = 32;
  constexpr std::uint32_t buckets = 1'024;
  constexpr std::uint16_t suspicious = 64;

  if (count < wide_object) return false;
  thread_local std::minstd_rand random{std::random_device{}()};
  std::array<std::array<std::uint16_t, buckets>, addresses> met{};
  std::size_t const looked_at = std::min(count, sample);
  for (std::size_t i = 0; i < looked_at; ++i) {
    std::size_t const first = i * count / looked_at;
    std::size_t const last = (i + 1) * count / looked_at - 1;
    std::string_view const name = name_at(std::uniform_int_distribution<std::size_t>(first, last)(random));
    std::array<std::uint32_t, addresses> hashes;
    for (std::size_t a = 0; a < addresses; ++a) hashes[a] = static_cast<std::uint32_t>(0x84222325U + 8 * a);
    for (char const c : name) {
      auto const byte = static_cast<std::uint32_t>(static_cast<signed char>(c));
      for (std::uint32_t& hash : hashes) hash = (hash ^ byte) * 0x1B3U;
    }
    for (std::size_t a = 0; a < addresses; ++a) {
      if (++met[a][hashes[a] % buckets] > suspicious) return true;
    }
  }
  return false;
}

}  // namespace inlay::detail

#endif
