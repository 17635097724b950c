// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_INTERNAL_VALUE_IN_TEXT_HPP
#define INLAY_JSON_INTERNAL_VALUE_IN_TEXT_HPP

// Reading values straight from text that is known to be canonical. Included by .ipp files only.

#include <inlay/json/limits.hpp>
#include <inlay/json/parse.hpp>

#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

namespace inlay::detail {

/** A value that needs no memory of its own. */
using Scalar = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string_view>;

inline Scalar number_in_text(std::string_view text) noexcept {
  char const* const end = text.data() + text.size();
  if (text.find_first_of(".e") != std::string_view::npos) {
    double number = 0;
    std::from_chars(text.data(), end, number);
    return number;
  }
  std::int64_t integer = 0;
  if (std::from_chars(text.data(), end, integer).ec == std::errc()) return integer;
  std::uint64_t natural = 0;
  std::from_chars(text.data(), end, natural);
  return natural;
}

/** Nothing for arrays, objects, and strings with escapes. */
inline std::optional<Scalar> scalar_in_text(std::string_view text) noexcept {
  switch (text.front()) {
    case 'n': return nullptr;
    case 't': return true;
    case 'f': return false;
    case '[':
    case '{': return std::nullopt;
    case '"':
      text = text.substr(1, text.size() - 2);
      if (text.find('\\') != std::string_view::npos) return std::nullopt;
      return text;
    default: return number_in_text(text);
  }
}

/** The same as json::parse gives. */
inline boost::json::value value_in_text(std::string_view text, boost::json::storage_ptr storage) {
  if (auto const scalar = scalar_in_text(text)) {
    return std::visit([&](auto const& value) { return boost::json::value(value, std::move(storage)); }, *scalar);
  }
  return json::parse(text, json::no_limits, std::move(storage)).value();
}

}  // namespace inlay::detail

#endif
