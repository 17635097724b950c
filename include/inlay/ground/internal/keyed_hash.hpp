// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_GROUND_INTERNAL_KEYED_HASH_HPP
#define INLAY_GROUND_INTERNAL_KEYED_HASH_HPP

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace inlay::detail {

struct HashKey {
  std::uint64_t first{};
  std::uint64_t second{};
};

/** SipHash (Aumasson, Bernstein, 2012), with so many rounds for each eight bytes and at the end: whoever does not know
    the key finds no texts that have a hash in common. */
template <int compression, int finalization>
[[nodiscard]] std::uint64_t sip_hash(std::string_view text, HashKey const& key) noexcept {
  std::uint64_t a = 0x736F6D6570736575U ^ key.first;
  std::uint64_t b = 0x646F72616E646F6DU ^ key.second;
  std::uint64_t c = 0x6C7967656E657261U ^ key.first;
  std::uint64_t d = 0x7465646279746573U ^ key.second;
  auto const mix = [&](int rounds) {
    for (int round = 0; round != rounds; ++round) {
      a += b;
      b = std::rotl(b, 13) ^ a;
      a = std::rotl(a, 32);
      c += d;
      d = std::rotl(d, 16) ^ c;
      a += d;
      d = std::rotl(d, 21) ^ a;
      c += b;
      b = std::rotl(b, 17) ^ c;
      c = std::rotl(c, 32);
    }
  };
  auto const take = [&](std::uint64_t word) {
    d ^= word;
    mix(compression);
    a ^= word;
  };
  // Byte by byte, so that it is little-endian everywhere; compilers make one load of eight.
  auto const word_at = [&](std::size_t at, std::size_t bytes) {
    std::uint64_t word = 0;
    for (std::size_t i = bytes; i-- != 0;) word = word << 8U | static_cast<unsigned char>(text[at + i]);
    return word;
  };
  std::size_t at = 0;
  for (; text.size() - at >= 8; at += 8) take(word_at(at, 8));
  take(static_cast<std::uint64_t>(text.size()) << 56U | word_at(at, text.size() - at));
  c ^= 0xFFU;
  mix(finalization);
  return a ^ b ^ c ^ d;
}

/** A key that nobody can tell who does not see into the process, made without asking for anything that could fail:
    of where its code and its stack lie, of the time to the nanosecond, and on Linux of 16 random bytes that
    the kernel gives to each process. */
[[nodiscard]] HashKey hash_key_without_device() noexcept;

/** A key from words of `random`, or from elsewhere where that throws: whoever hashes has nobody to tell of it, and to
    end the program would be worse than a key that is a little easier to guess. */
template <class Random>
[[nodiscard]] HashKey draw_hash_key(Random const& random) noexcept {
  try {
    auto const first = random();
    return HashKey{first, random()};
  } catch (...) {
    return hash_key_without_device();
  }
}

/** What this process hashes with. */
[[nodiscard]] HashKey const& hash_key() noexcept;

/** The hash of containers whose keys are what callers chose: names, ids. */
struct KeyedHash {
  using is_transparent = void;
  [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept {
    return static_cast<std::size_t>(sip_hash<1, 3>(text, hash_key()));
  }
};

}  // namespace inlay::detail

#endif
