// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_GROUND_INTERNAL_UTF8_HPP
#define INLAY_GROUND_INTERNAL_UTF8_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace inlay::detail {

/** How many bytes the UTF-8 sequence at the front of `text` has; 0 when it is none (RFC 3629, section 4). */
inline std::size_t utf8_sequence(std::string_view text) noexcept {
  auto const byte = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  auto const continues = [byte](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  unsigned const first = byte(0);
  if (first < 0x80) return text.empty() ? 0 : 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return continues(1) ? 2 : 0;
  if (first < 0xF0) {
    bool const overlong = first == 0xE0 && byte(1) < 0xA0;
    bool const surrogate = first == 0xED && byte(1) > 0x9F;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first > 0xF4) return 0;
  bool const overlong = first == 0xF0 && byte(1) < 0x90;
  bool const beyond = first == 0xF4 && byte(1) > 0x8F;
  return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
}

/** Whether all of `text` is UTF-8. Nearly free where it is ASCII, as most JSON is. */
inline bool is_utf8(std::string_view text) noexcept {
  constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080U;
  constexpr std::size_t block = 4 * sizeof(std::uint64_t);
  while (!text.empty()) {
    while (text.size() >= block) {
      std::uint64_t words[4];
      std::memcpy(words, text.data(), block);
      if (((words[0] | words[1] | words[2] | words[3]) & high_bits) != 0) break;
      text.remove_prefix(block);
    }
    for (std::size_t const end = text.size() < block ? 0 : text.size() - block; text.size() > end;) {
      std::size_t const length = utf8_sequence(text);
      if (length == 0) return false;
      text.remove_prefix(length);
    }
  }
  return true;
}

}  // namespace inlay::detail

#endif
