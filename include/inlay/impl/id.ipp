// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_IMPL_ID_IPP
#define INLAY_IMPL_ID_IPP

#include <inlay/id.hpp>

#include <algorithm>
#include <chrono>
#include <random>

namespace inlay {

INLAY_DECL Uuid generate_uuid() {
  // RFC 9562, section 6.2, method 3: the 12 bits of rand_a carry the sub-millisecond part of the clock, and a
  // clock that stands still or steps back is advanced by one such step, so that ids of one thread only grow.
  // The random parts come straight from the system: several processes make ids for one store.
  thread_local std::random_device device;
  thread_local std::uint64_t last = 0;
  auto const since_epoch = std::chrono::system_clock::now().time_since_epoch();
  auto const nanoseconds =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count());
  std::uint64_t const milliseconds = nanoseconds / 1'000'000;
  std::uint64_t const fraction = (nanoseconds % 1'000'000) * 4096 / 1'000'000;
  last = std::max(milliseconds << 12U | fraction, last + 1);

  Uuid uuid;
  std::uint64_t const high = (last >> 12U) << 16U | 0x7000U | (last & 0xFFFU);
  std::uint64_t const random = std::uint64_t{device()} << 32U | device();
  std::uint64_t const low = (random & 0x3FFF'FFFF'FFFF'FFFFU) | 0x8000'0000'0000'0000U;
  for (std::size_t i = 0; i < 8; ++i) {
    uuid.bytes[i] = static_cast<std::uint8_t>(high >> (56U - 8U * i));
    uuid.bytes[8 + i] = static_cast<std::uint8_t>(low >> (56U - 8U * i));
  }
  return uuid;
}

INLAY_DECL std::string to_string(Uuid const& uuid) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += digits[uuid.bytes[i] >> 4U];
    text += digits[uuid.bytes[i] & 0xFU];
  }
  return text;
}

INLAY_DECL Result<Uuid> parse_uuid(std::string_view text) {
  auto const digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  Error const error{.kind = ErrorKind::invalid_argument,
                    .message = "not a UUID such as 3fda2b4c-0516-41bc-8ae6-4927e42ecce9 (RFC 9562)"};
  if (text.size() != 36) return error;
  Uuid uuid;
  std::size_t at = 0;
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    if ((i == 4 || i == 6 || i == 8 || i == 10) && text[at++] != '-') return error;
    int const high = digit(text[at++]);
    int const low = digit(text[at++]);
    if (high < 0 || low < 0) return error;
    uuid.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return uuid;
}

}  // namespace inlay

#endif
