// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_IMPL_SCAN_IPP
#define INLAY_JSON_IMPL_SCAN_IPP

// The second pass over text that json::parse refuses: it builds nothing, and says what is wrong, and where.

#include <inlay/error.hpp>
#include <inlay/ground/internal/keyed_hash.hpp>
#include <inlay/ground/internal/utf8.hpp>
#include <inlay/json/pointer.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

namespace inlay::json::detail {

enum class NumberFault { none, integer_out_of_range, too_large, too_small, inexact_integer };

/** Whether every digit before the exponent is 0. */
inline bool is_zero(std::string_view number) noexcept {
  for (char const c : number) {
    if (c == 'e' || c == 'E') break;
    if (c >= '1' && c <= '9') return false;
  }
  return true;
}

/** Of a number that is not 0 and too large or too close to 0 for a double: whether it is the latter. */
inline bool is_below_one(std::string_view text) noexcept {
  std::size_t const exponent_at = std::min(text.find_first_of("eE"), text.size());
  std::string_view const digits = text.substr(0, exponent_at);
  std::size_t const point = std::min(digits.find('.'), digits.size());
  std::size_t const first = digits.find_first_of("123456789");
  // The decimal exponent of the first digit that counts; it and the one that is written may cancel each other out.
  long long const place =
      first < point ? static_cast<long long>(point - first) - 1 : -static_cast<long long>(first - point);
  std::string_view written = text.substr(exponent_at);
  if (written.empty()) return place < 0;
  written.remove_prefix(written[1] == '+' ? 2 : 1);
  long long exponent = 0;
  auto const read = std::from_chars(written.data(), written.data() + written.size(), exponent);
  if (read.ec != std::errc()) return written.front() == '-';  // of more than all digits there can be
  return exponent < -place;
}

/** A decimal number but for its sign: its digits, without zeros at either end, and the place of the last of them. */
struct Decimal {
  std::string digits{};
  long long exponent = 0;  ///< of ten, by which the last digit is multiplied

  friend bool operator==(Decimal const&, Decimal const&) = default;
};

/** Of a number's text, which is not 0. Nothing where its exponent is beyond all doubles. */
inline std::optional<Decimal> decimal_of(std::string_view text) {
  Decimal decimal;
  std::size_t const exponent_at = std::min(text.find_first_of("eE"), text.size());
  if (exponent_at < text.size()) {
    std::string_view written = text.substr(exponent_at + 1);
    if (written.front() == '+') written.remove_prefix(1);
    auto const read = std::from_chars(written.data(), written.data() + written.size(), decimal.exponent);
    if (read.ec != std::errc()) return std::nullopt;
  }
  bool is_behind_point = false;
  for (char const c : text.substr(0, exponent_at)) {
    is_behind_point = is_behind_point || c == '.';
    if (c == '-' || c == '.' || (c == '0' && decimal.digits.empty())) {
      if (c == '0' && is_behind_point) --decimal.exponent;
      continue;
    }
    decimal.digits += c;
    if (is_behind_point) --decimal.exponent;
  }
  std::size_t const significant = decimal.digits.find_last_not_of('0') + 1;
  decimal.exponent += static_cast<long long>(decimal.digits.size() - significant);
  decimal.digits.resize(significant);
  return decimal;
}

/** Whether the text of a number is an integer that would come back with other digits. */
inline bool is_integer_changed(std::string_view text, double number) {
  constexpr double first_gap = 9007199254740992.0;  // 2^53: every integer below is a double
  if (std::abs(number) < first_gap) return false;
  auto const given = decimal_of(text);
  if (!given || given->exponent < 0) return false;
  // Large numbers are printed either way: 1e+23, which no double is, and 18446744073709551616, with every digit.
  char digits[512];
  for (auto const format : {std::chars_format::scientific, std::chars_format::fixed}) {
    auto const written = std::to_chars(std::begin(digits), std::end(digits), number, format);
    if (decimal_of({digits, static_cast<std::size_t>(written.ptr - digits)}) == given) return false;
  }
  return true;
}

/** Reads the text of a number (by JSON's grammar) that is a double, or an integer that no integer type holds. */
inline NumberFault read_double(std::string_view text, double& number) {
  // No integer of fewer than 19 characters is out of range.
  if (text.size() >= 19 && text.find_first_of(".eE") == std::string_view::npos) {
    return NumberFault::integer_out_of_range;
  }
  auto const read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec == std::errc() && number != 0 && !std::isinf(number)) {
    return is_integer_changed(text, number) ? NumberFault::inexact_integer : NumberFault::none;
  }
  if (is_zero(text)) {
    number = text.front() == '-' ? -0.0 : 0.0;
    return NumberFault::none;
  }
  if (read.ec == std::errc()) return number == 0 ? NumberFault::too_small : NumberFault::too_large;
  // from_chars does not tell the two apart.
  return is_below_one(text) ? NumberFault::too_small : NumberFault::too_large;
}

class Scanner {
 public:
  Scanner(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {}

  /** The first fault in the text, as an Error; nothing when there is none. */
  std::optional<Error> find_fault() {
    if (text_.starts_with("\xEF\xBB\xBF")) {
      fail("the text begins with a byte order mark, which no JSON text does (RFC 8259, section 8.1)", 0);
    } else if (value(max_depth_)) {
      skip_space();
      if (at_ == text_.size()) return std::nullopt;
      pointer_.clear();
      fail("nothing may follow the document", at_);
    }
    return Error{.kind = ErrorKind::invalid_document,
                 .message = fault_ + " (at byte " + std::to_string(fault_at_) + ")",
                 .pointer = std::move(pointer_),
                 .byte = fault_at_};
  }

  /** The text with each zero that has an exponent written as 0.0 and spaces. Only after find_fault(). */
  std::string without_exponents_of_zeros() const {
    std::string text(text_);
    for (std::string_view const zero : zeros_with_exponent_) {
      auto const at = static_cast<std::size_t>(zero.data() - text_.data());
      std::string plain = zero.front() == '-' ? "-0.0" : "0.0";
      plain.resize(zero.size(), ' ');  // the shortest is 0e0, as long as 0.0
      text.replace(at, zero.size(), plain);
    }
    return text;
  }

 private:
  bool fail(std::string what, std::size_t at) {
    fault_ = std::move(what);
    fault_at_ = at;
    return false;
  }

  [[nodiscard]] bool is_at(char c) const { return at_ < text_.size() && text_[at_] == c; }
  [[nodiscard]] bool is_at_digit() const { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }

  bool take(char c) {
    if (!is_at(c)) return false;
    ++at_;
    return true;
  }

  void skip_space() {
    while (is_at(' ') || is_at('\n') || is_at('\r') || is_at('\t')) ++at_;
  }

  bool fail_expecting(char const* what) {
    if (at_ == text_.size()) return fail(std::string("the text ends where ") + what + " is due", at_);
    return fail(std::string("expected ") + what, at_);
  }

  bool value(std::size_t levels_left) {
    skip_space();
    if (is_at('{') || is_at('[')) {
      if (levels_left == 0) {
        return fail("nested deeper than the " + std::to_string(max_depth_) + " levels that are allowed", at_);
      }
      return is_at('{') ? object(levels_left - 1) : array(levels_left - 1);
    }
    if (is_at('"')) return string(nullptr);
    if (is_at('-') || is_at_digit()) return number();
    for (std::string_view const word : {"true", "false", "null"}) {
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return true;
      }
    }
    return fail_expecting("a value");
  }

  bool object(std::size_t levels_left) {
    ++at_;
    skip_space();
    if (take('}')) return true;
    std::unordered_set<std::string, inlay::detail::KeyedHash> names;
    std::size_t const length = pointer_.size();
    while (true) {
      skip_space();
      std::size_t const name_at = at_;
      std::string name;
      if (!is_at('"')) return fail_expecting("a member's name in quotes");
      if (!string(&name)) return false;
      append_token(pointer_, name);
      if (!names.insert(std::move(name)).second) return fail("there is another member of this name", name_at);
      skip_space();
      if (!take(':')) return fail_expecting("`:`");
      if (!value(levels_left)) return false;
      pointer_.resize(length);
      skip_space();
      if (take('}')) return true;
      if (!take(',')) return fail_expecting("`,` or `}`");
    }
  }

  bool array(std::size_t levels_left) {
    ++at_;
    skip_space();
    if (take(']')) return true;
    std::size_t const length = pointer_.size();
    for (std::size_t index = 0;; ++index) {
      append_token(pointer_, std::to_string(index));
      if (!value(levels_left)) return false;
      pointer_.resize(length);
      skip_space();
      if (take(']')) return true;
      if (!take(',')) return fail_expecting("`,` or `]`");
    }
  }

  bool number() {
    std::size_t const start = at_;
    auto const digits = [this] {
      if (!is_at_digit()) return fail_expecting("a digit");
      while (is_at_digit()) ++at_;
      return true;
    };
    take('-');
    if (!take('0') && !digits()) return false;
    bool const is_fraction = take('.');
    if (is_fraction && !digits()) return false;
    bool const has_exponent = take('e') || take('E');
    if (has_exponent) {
      if (!take('+')) take('-');
      if (!digits()) return false;
    }
    std::string_view const text = text_.substr(start, at_ - start);
    if (!is_fraction && !has_exponent) return integer(text, start);
    if (has_exponent && is_zero(text)) zeros_with_exponent_.push_back(text);
    double ignored = 0;
    switch (read_double(text, ignored)) {
      case NumberFault::too_large: return fail("the number is too large for a double", start);
      case NumberFault::too_small: return fail("the number is too close to zero for a double", start);
      case NumberFault::inexact_integer:
        return fail("the number is an integer that no double is, and would come back as another", start);
      default: return true;
    }
  }

  bool integer(std::string_view text, std::size_t start) {
    std::uint64_t natural = 0;
    std::int64_t negative = 0;
    char const* const end = text.data() + text.size();
    auto const read =
        text.front() == '-' ? std::from_chars(text.data(), end, negative) : std::from_chars(text.data(), end, natural);
    if (read.ec == std::errc()) return true;
    return fail("an integer must be from -9223372036854775808 to 18446744073709551615", start);
  }

  /** Reads four hexadecimal digits. */
  std::optional<unsigned> code_unit() {
    unsigned unit = 0;
    if (text_.size() - at_ < 4) return std::nullopt;
    char const* const end = text_.data() + at_ + 4;
    if (std::from_chars(text_.data() + at_, end, unit, 16).ptr != end) return std::nullopt;
    at_ += 4;
    return unit;
  }

  static void append_utf8(unsigned code, std::string& out) {
    auto const put = [&out](unsigned byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (code < 0x80) return put(code);
    if (code < 0x800) {
      put(0xC0U | code >> 6U);
    } else {
      if (code < 0x10000) {
        put(0xE0U | code >> 12U);
      } else {
        put(0xF0U | code >> 18U);
        put(0x80U | (code >> 12U & 0x3FU));
      }
      put(0x80U | (code >> 6U & 0x3FU));
    }
    put(0x80U | (code & 0x3FU));
  }

  bool unicode_escape(std::size_t start, std::string* out) {
    auto const first = code_unit();
    if (!first) return fail("\\u takes four hexadecimal digits", start);
    unsigned code = *first;
    if (code >= 0xDC00 && code <= 0xDFFF) return fail("a low surrogate without its high one is no character", start);
    if (code >= 0xD800 && code <= 0xDBFF) {
      auto const low = take('\\') && take('u') ? code_unit() : std::nullopt;
      if (!low || *low < 0xDC00 || *low > 0xDFFF) {
        return fail("a high surrogate without its low one is no character", start);
      }
      code = 0x10000 + ((code - 0xD800) << 10U) + (*low - 0xDC00);
    }
    if (out != nullptr) append_utf8(code, *out);
    return true;
  }

  /** Reads a string, and appends what it means to `out` when there is one. */
  bool string(std::string* out) {
    static constexpr std::string_view escapes = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    ++at_;
    while (at_ < text_.size()) {
      std::size_t const start = at_;
      auto const byte = static_cast<unsigned char>(text_[at_]);
      if (take('"')) return true;
      if (byte < 0x20) return fail("a control character in a string is written as an escape", start);
      if (take('\\')) {
        if (at_ == text_.size()) break;
        std::size_t const escape = escapes.find(text_[at_]);
        if (escape != std::string_view::npos) {
          ++at_;
          if (out != nullptr) *out += meanings[escape];
        } else if (!take('u')) {
          return fail("no such escape in JSON", start);
        } else if (!unicode_escape(start, out)) {
          return false;
        }
        continue;
      }
      std::size_t const length = inlay::detail::utf8_sequence(text_.substr(at_));
      if (length == 0) return fail("the text is not UTF-8", start);
      if (out != nullptr) out->append(text_.substr(at_, length));
      at_ += length;
    }
    return fail("the text ends inside a string", text_.size());
  }

  std::string_view text_;
  std::size_t max_depth_;
  std::size_t at_ = 0;
  std::string pointer_;
  std::string fault_;
  std::size_t fault_at_ = 0;
  std::vector<std::string_view> zeros_with_exponent_;
};

}  // namespace inlay::json::detail

#endif
