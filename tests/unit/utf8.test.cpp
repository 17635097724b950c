// SPDX-License-Identifier: BSL-1.0
#include <inlay/ground/internal/utf8.hpp>

#include <support/catch.hpp>
#include <support/random.hpp>

#include <cstdint>
#include <string>
#include <string_view>

using namespace inlay;

namespace {

/** As RFC 3629 writes a code point in so many bytes, allowed or not. */
std::string encoded(std::uint32_t point, std::size_t size) {
  if (size == 1) return std::string(1, static_cast<char>(point));
  std::string bytes(size, '\0');
  for (std::size_t i = size; --i != 0; point >>= 6U) bytes[i] = static_cast<char>(0x80U | (point & 0x3FU));
  bytes[0] = static_cast<char>((0xF00U >> size & 0xFFU) | point);
  return bytes;
}

std::size_t shortest(std::uint32_t point) { return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4; }

}  // namespace

TEST_CASE("every code point but surrogates is one sequence in its shortest form, and in no other") {
  for (std::uint32_t point = 0; point < 0x200000; ++point) {
    bool const is_allowed = point < 0x110000 && (point < 0xD800 || point > 0xDFFF);
    for (std::size_t size = shortest(point); size <= 4; ++size) {
      std::string const bytes = encoded(point, size);
      std::size_t const wanted = is_allowed && size == shortest(point) ? size : 0;
      if (detail::utf8_sequence(bytes) != wanted || detail::utf8_sequence(bytes + "x") != wanted) {
        FAIL_CHECK("U+" << std::hex << point << " in " << size << " bytes");
      }
      // What ends too early is none, whatever follows.
      if (size > 1 && detail::utf8_sequence(std::string_view(bytes).substr(0, size - 1)) != 0) FAIL_CHECK(point);
      if (size > 1 && detail::utf8_sequence(bytes.substr(0, size - 1) + "x") != 0) FAIL_CHECK(point);
    }
  }
  CHECK(detail::utf8_sequence("") == 0);
  for (int byte = 0x80; byte <= 0xFF; ++byte)
    CHECK(detail::utf8_sequence(std::string(1, static_cast<char>(byte))) == 0);
}

TEST_CASE("a text is UTF-8 when it is a row of sequences, wherever in it what is none stands") {
  auto random = test::random();
  CAPTURE(random.seed());
  CHECK(detail::is_utf8(""));
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    while (random.below(70) != 0) {
      std::uint32_t point = static_cast<std::uint32_t>(random.chance(4) ? random.below(0x110000) : random.below(0x80));
      if (point >= 0xD800 && point <= 0xDFFF) point = 'x';
      text += encoded(point, shortest(point));
    }
    if (!detail::is_utf8(text)) FAIL_CHECK(text);
    if (text.empty()) continue;
    std::string damaged = text;
    damaged[random.below(text.size())] = static_cast<char>(random.bits());
    bool is_one = true;
    for (std::string_view rest = damaged; is_one && !rest.empty();) {
      std::size_t const size = detail::utf8_sequence(rest);
      is_one = size != 0;
      rest.remove_prefix(size);
    }
    if (detail::is_utf8(damaged) != is_one) FAIL_CHECK(damaged);
  }
}
