// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_IMPL_PRINT_IPP
#define INLAY_JSON_IMPL_PRINT_IPP

#include <inlay/json/print.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace inlay::json {

namespace detail {

template <class Integer>
inline void print_integer(Integer number, std::string& out) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

inline void print_double(double number, std::string& out) {
  char digits[32];
  char* const end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  std::string_view const text(digits, static_cast<std::size_t>(end - digits));
  out.append(text);
  if (text.find_first_of(".e") == std::string_view::npos) out.append(".0");  // else it would read back as an integer
}

/** How many of the eight characters at `text` a JSON string holds as they are, before the first that it does not. */
inline std::size_t count_plain_in_word(char const* text) noexcept {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101U;
  constexpr std::uint64_t high_bits = 0x80 * ones;
  auto const has_zero = [](std::uint64_t word) { return (word - ones) & ~word & high_bits; };
  std::uint64_t word = 0;
  std::memcpy(&word, text, sizeof word);
  if constexpr (std::endian::native == std::endian::big) {
    // Borrows go up from the first character that is found, so that has to be the lowest byte.
    for (std::size_t i = 0; i < sizeof word; ++i) word = word << 8U | static_cast<unsigned char>(text[7 - i]);
  }
  std::uint64_t const controls = (word - 0x20 * ones) & ~word & high_bits;
  std::uint64_t const special = controls | has_zero(word ^ '"' * ones) | has_zero(word ^ '\\' * ones);
  return static_cast<std::size_t>(std::countr_zero(special)) / 8;
}

/** How many characters at the front of `text` a JSON string holds as they are. */
inline std::size_t count_plain(std::string_view text) noexcept {
  constexpr std::size_t word = 8;
  std::size_t count = 0;
  while (text.size() - count >= word) {
    auto const plain = count_plain_in_word(text.data() + count);
    count += plain;
    if (plain != word) return count;
  }
  if (count == text.size()) return count;
  if (count > 0) {  // the last word may overlap the one before it
    auto const last = text.size() - word;
    return last + count_plain_in_word(text.data() + last);
  }
  for (; count < text.size(); ++count) {
    auto const byte = static_cast<unsigned char>(text[count]);
    if (byte < 0x20 || byte == '"' || byte == '\\') break;
  }
  return count;
}

/** Prints anything but arrays and objects. */
inline void print_scalar(boost::json::value const& value, std::string& out) {
  switch (value.kind()) {
    case boost::json::kind::bool_: out.append(value.get_bool() ? "true" : "false"); break;
    case boost::json::kind::int64: print_integer(value.get_int64(), out); break;
    case boost::json::kind::uint64: print_integer(value.get_uint64(), out); break;
    case boost::json::kind::double_: print_double(value.get_double(), out); break;
    case boost::json::kind::string: print_string(value.get_string(), out); break;
    default: out.append("null"); break;
  }
}

inline void break_line(std::size_t level, std::string& out) {
  out += '\n';
  out.append(2 * level, ' ');
}

inline void print_pretty(boost::json::value const& value, std::size_t level, std::string& out) {
  if (auto const* object = value.if_object(); object != nullptr && !object->empty()) {
    char before = '{';
    for (auto const& member : *object) {
      out += before;
      before = ',';
      break_line(level + 1, out);
      print_string(member.key(), out);
      out.append(": ");
      print_pretty(member.value(), level + 1, out);
    }
    break_line(level, out);
    out += '}';
  } else if (auto const* array = value.if_array(); array != nullptr && !array->empty()) {
    char before = '[';
    for (auto const& element : *array) {
      out += before;
      before = ',';
      break_line(level + 1, out);
      print_pretty(element, level + 1, out);
    }
    break_line(level, out);
    out += ']';
  } else {
    print(value, out);
  }
}

void print_object(boost::json::object const& object, std::string& out) {
  out += '{';
  bool first = true;
  for (auto const& member : object) {
    if (!first) out += ',';
    first = false;
    print_string(member.key(), out);
    out += ':';
    print(member.value(), out);
  }
  out += '}';
}

}  // namespace detail

void print_string(std::string_view text, std::string& out) {
  static constexpr char hex[] = "0123456789abcdef";
  std::size_t plain = detail::count_plain(text);
  if (plain == text.size()) {  // nearly always: grow once, by as many quotes, and copy the text between two of them
    std::size_t const start = out.size();
    out.append(text.size() + 2, '"');
    text.copy(out.data() + start + 1, text.size());
    return;
  }
  out += '"';
  while (true) {
    out.append(text, 0, plain);
    if (plain == text.size()) break;
    auto const byte = static_cast<unsigned char>(text[plain]);
    text.remove_prefix(plain + 1);
    plain = detail::count_plain(text);
    out += '\\';
    switch (byte) {
      case '"': out += '"'; break;
      case '\\': out += '\\'; break;
      case '\b': out += 'b'; break;
      case '\f': out += 'f'; break;
      case '\n': out += 'n'; break;
      case '\r': out += 'r'; break;
      case '\t': out += 't'; break;
      default:
        out.append("u00");
        out += hex[byte >> 4U];
        out += hex[byte & 0xFU];
    }
  }
  out += '"';
}

void print(boost::json::value const& value, std::string& out) {
  if (auto const* object = value.if_object()) {
    detail::print_object(*object, out);
  } else if (auto const* array = value.if_array()) {
    out += '[';
    bool first = true;
    for (auto const& element : *array) {
      if (!first) out += ',';
      first = false;
      print(element, out);
    }
    out += ']';
  } else {
    detail::print_scalar(value, out);
  }
}

std::string print(boost::json::value const& value) {
  std::string out;
  print(value, out);
  return out;
}

std::string print_pretty(boost::json::value const& value) {
  std::string out;
  detail::print_pretty(value, 0, out);
  return out;
}

}  // namespace inlay::json

#endif
