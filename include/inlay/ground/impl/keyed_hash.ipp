// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_GROUND_IMPL_KEYED_HASH_IPP
#define INLAY_GROUND_IMPL_KEYED_HASH_IPP

#include <inlay/ground/internal/keyed_hash.hpp>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <random>
#include <string_view>

#ifdef __linux__
#include <sys/auxv.h>
#endif

namespace inlay::detail {

HashKey hash_key_without_device() noexcept {
  HashKey key;
  std::uint64_t const times[] = {
      static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count()),
      static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count())};
  std::uintptr_t const places[] = {reinterpret_cast<std::uintptr_t>(&key),
                                   reinterpret_cast<std::uintptr_t>(&hash_key_without_device)};
  unsigned char given[16]{};
#ifdef __linux__
  if (auto const at = getauxval(AT_RANDOM); at != 0) {
    std::memcpy(given, reinterpret_cast<void const*>(at), sizeof given);  // NOLINT(performance-no-int-to-ptr)
  }
#endif
  char all[sizeof times + sizeof places + sizeof given];
  std::memcpy(all, times, sizeof times);
  std::memcpy(all + sizeof times, places, sizeof places);
  std::memcpy(all + sizeof times + sizeof places, given, sizeof given);
  // Hashed, since others guard the stack with the same bytes.
  std::string_view const seed(all, sizeof all);
  key = HashKey{sip_hash<2, 4>(seed, {1, 0}), sip_hash<2, 4>(seed, {2, 0})};
  return key;
}

HashKey const& hash_key() noexcept {
  static HashKey const key = draw_hash_key([] {
    std::random_device device;
    return std::uint64_t{device()} << 32U | device();
  });
  return key;
}

}  // namespace inlay::detail

#endif
