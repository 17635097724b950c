// SPDX-License-Identifier: BSL-1.0
#include "text.hpp"

#include <inlay/ground/internal/utf8.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cwchar>

namespace inlay::cli {
namespace {

struct Character {
  std::size_t bytes{};
  std::uint32_t code{};
  bool is_valid{};
};

Character first_character(std::string_view text) {
  auto const byte = [text](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  std::size_t const bytes = inlay::detail::utf8_sequence(text);
  if (bytes == 0) return {1, byte(0), false};
  if (bytes == 1) return {1, byte(0), true};
  std::uint32_t code = byte(0) & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) code = (code << 6U) | (byte(i) & 0x3FU);
  return {bytes, code, true};
}

bool is_obeyed(std::uint32_t code) {
  bool const is_control = code < 0x20 || (code >= 0x7F && code <= 0x9F);
  bool const breaks_line = code == 0x2028 || code == 0x2029;
  bool const turns_direction = code == 0x061C || code == 0x200E || code == 0x200F ||
                               (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
  return is_control || breaks_line || turns_direction;
}

std::string escaped(Character const& character) {
  if (character.is_valid && character.code == '\n') return "\\n";
  if (character.is_valid && character.code == '\t') return "\\t";
  if (character.is_valid && character.code == '\r') return "\\r";
  std::array<char, 8> out{};
  (void)std::snprintf(out.data(), out.size(), character.is_valid ? "\\u%04x" : "\\x%02x",
                      static_cast<unsigned>(character.code) & 0xFFFFU);
  return out.data();
}

enum class LineEnds { escaped, line_feeds, all };

std::string escape(std::string_view text, LineEnds ends) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    Character const character = first_character(text);
    bool const is_line_end =
        (ends != LineEnds::escaped && character.code == '\n') || (ends == LineEnds::all && text.starts_with("\r\n"));
    if (!character.is_valid || (is_obeyed(character.code) && !is_line_end)) {
      out += escaped(character);
    } else {
      out += text.substr(0, character.bytes);
    }
    text.remove_prefix(character.bytes);
  }
  return out;
}

std::size_t columns_of(Character const& character) {
  if (character.code < 0x80) return 1;
  int const width = ::wcwidth(static_cast<wchar_t>(character.code));
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

}  // namespace

std::string printable(std::string_view text) { return escape(text, LineEnds::escaped); }

std::string printable_lines(std::string_view text) { return escape(text, LineEnds::line_feeds); }

std::string printable_records(std::string_view text) { return escape(text, LineEnds::all); }

std::size_t columns(std::string_view text) {
  std::size_t sum = 0;
  while (!text.empty()) {
    Character const character = first_character(text);
    sum += columns_of(character);
    text.remove_prefix(character.bytes);
  }
  return sum;
}

std::string shortened(std::string text, std::size_t width) {
  if (columns(text) <= width) return text;
  std::size_t used = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    Character const character = first_character(std::string_view(text).substr(at));
    used += columns_of(character);
    if (used >= width) break;
    at += character.bytes;
  }
  text.resize(at);
  return text + "\u2026";
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  if (width <= indent) return std::string(text);
  std::string out;
  std::size_t used = 0;
  auto const begin_line = [&] {
    out.append(1, '\n').append(indent, ' ');
    used = indent;
  };
  while (!text.empty()) {
    std::size_t const spaces = std::min(text.find_first_not_of(' '), text.size());
    std::size_t const end = std::min(text.find(' ', spaces), text.size());
    std::string_view word = text.substr(spaces, end - spaces);
    if (used + spaces + columns(word) > width && used > indent) {
      begin_line();
    } else {
      out.append(spaces, ' ');
      used += spaces;
    }
    while (!word.empty()) {
      Character const character = first_character(word);
      if (used + columns_of(character) > width) begin_line();
      out += word.substr(0, character.bytes);
      used += columns_of(character);
      word.remove_prefix(character.bytes);
    }
    text.remove_prefix(end);
  }
  return out;
}

std::string shell_quoted(std::string_view text) {
  bool const is_plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c >= 0x80 ||
           std::string_view("_-./:,@%+").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (is_plain) return std::string(text);
  std::string out = "'";
  for (char const c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + '\'';
}

}  // namespace inlay::cli
