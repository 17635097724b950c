// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_GROUND_INTERNAL_BASE64URL_HPP
#define INLAY_GROUND_INTERNAL_BASE64URL_HPP

// base64url without padding (RFC 4648, section 5).

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace inlay::detail {

inline constexpr std::string_view base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

inline std::string to_base64url(std::span<std::uint8_t const> bytes) {
  std::string text;
  text.reserve((bytes.size() * 8 + 5) / 6);
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (std::uint8_t const byte : bytes) {
    buffer = (buffer << 8U | byte) & 0xFFFFU;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += base64url[buffer >> bits & 0x3FU];
    }
  }
  if (bits > 0) text += base64url[buffer << (6 - bits) & 0x3FU];
  return text;
}

/** Reads exactly as many bytes as there is room for; false for any other text. */
[[nodiscard]] inline bool from_base64url(std::string_view text, std::span<std::uint8_t> bytes) {
  if (text.size() != (bytes.size() * 8 + 5) / 6) return false;
  std::size_t at = 0;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (char const c : text) {
    std::size_t const digit = base64url.find(c);
    if (digit == std::string_view::npos) return false;
    buffer = (buffer << 6U | static_cast<std::uint32_t>(digit)) & 0xFFFFU;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = static_cast<std::uint8_t>(buffer >> bits & 0xFFU);
    }
  }
  // Bits left over must be zero, so that the same bytes have one text.
  return (buffer & ((1U << bits) - 1U)) == 0;
}

}  // namespace inlay::detail

#endif
