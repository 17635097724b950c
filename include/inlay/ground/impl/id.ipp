// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_GROUND_IMPL_ID_IPP
#define INLAY_GROUND_IMPL_ID_IPP

#include <inlay/id.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>

namespace inlay {

Uuid generate_uuid() {
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

Uuid generate_random_uuid() {
  thread_local std::random_device device;  // the system's own source, which does not run dry
  std::uint64_t const first = std::uint64_t{device()} << 32U | device();
  std::uint64_t const second = std::uint64_t{device()} << 32U | device();
  std::uint64_t const high = (first & 0xFFFF'FFFF'FFFF'0FFFU) | 0x4000U;
  std::uint64_t const low = (second & 0x3FFF'FFFF'FFFF'FFFFU) | 0x8000'0000'0000'0000U;
  Uuid uuid;
  for (std::size_t i = 0; i < 8; ++i) {
    uuid.bytes[i] = static_cast<std::uint8_t>(high >> (56U - 8U * i));
    uuid.bytes[8 + i] = static_cast<std::uint8_t>(low >> (56U - 8U * i));
  }
  return uuid;
}

namespace detail {

/** Where the two digits of each byte stand in a UUID's text. */
inline constexpr std::array<std::uint8_t, 16> uuid_digits{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};

inline constexpr std::uint8_t no_digit = 0xFF;

/** What each character is worth as a hexadecimal digit. */
inline constexpr auto hex_values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::uint8_t i = 0; i < 10; ++i) values[std::size_t{'0'} + i] = i;
  for (std::uint8_t i = 0; i < 6; ++i) {
    values[std::size_t{'a'} + i] = static_cast<std::uint8_t>(10 + i);
    values[std::size_t{'A'} + i] = static_cast<std::uint8_t>(10 + i);
  }
  return values;
}();

}  // namespace detail

std::string to_string(Uuid const& uuid) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text(36, '-');
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    text[detail::uuid_digits[i]] = digits[uuid.bytes[i] >> 4U];
    text[detail::uuid_digits[i] + std::size_t{1}] = digits[uuid.bytes[i] & 0xFU];
  }
  return text;
}

Result<Uuid> parse_uuid(std::string_view text) {
  Uuid uuid;
  bool is_uuid = text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
  if (is_uuid) {
    unsigned seen = 0;  // a digit's value has four bits, no_digit has more
    for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
      auto const at = detail::uuid_digits[i];
      unsigned const high = detail::hex_values[static_cast<unsigned char>(text[at])];
      unsigned const low = detail::hex_values[static_cast<unsigned char>(text[at + std::size_t{1}])];
      seen |= high | low;
      uuid.bytes[i] = static_cast<std::uint8_t>(high << 4U | low);
    }
    is_uuid = seen <= 0xF;
  }
  if (is_uuid) return uuid;
  return Error{.kind = ErrorKind::invalid_argument,
               .message = "not a UUID such as 3fda2b4c-0516-41bc-8ae6-4927e42ecce9 (RFC 9562)"};
}

}  // namespace inlay

#endif
