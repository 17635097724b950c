// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_IMPL_READ_AS_IPP
#define INLAY_JSON_IMPL_READ_AS_IPP

#include <inlay/json/internal/read_as.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace inlay::json::reading {

Kind kind_of(boost::json::value const& value) noexcept {
  switch (value.kind()) {
    case boost::json::kind::null: return nullptr;
    case boost::json::kind::bool_: return value.get_bool();
    case boost::json::kind::int64: return value.get_int64();
    case boost::json::kind::uint64: return value.get_uint64();
    case boost::json::kind::double_: return value.get_double();
    case boost::json::kind::string: return std::string_view(value.get_string());
    case boost::json::kind::array: return Kind::Type::array;
    case boost::json::kind::object: return Kind::Type::object;
  }
  return nullptr;
}

Error not_a(std::string_view wanted, Kind const& found) {
  std::string message = "expected ";
  message.append(wanted).append(", found ");
  auto const add_number = [&](std::string_view what, auto number) {
    print(boost::json::value(number), message.append(what));
  };
  switch (found.type) {
    case Kind::Type::null: message.append("null"); break;
    case Kind::Type::boolean: message.append("a boolean"); break;
    case Kind::Type::integer: add_number("the integer ", found.integer); break;
    case Kind::Type::natural: add_number("the integer ", found.natural); break;
    case Kind::Type::number: add_number("the number ", found.number); break;
    case Kind::Type::text: message.append("a string"); break;
    case Kind::Type::array: message.append("an array"); break;
    case Kind::Type::object: message.append("an object"); break;
  }
  return Error{.kind = ErrorKind::invalid_argument, .message = std::move(message)};
}

std::optional<float> nearest_float(double number) noexcept {
  // From half way to 2^128 on, that would be the nearest; what lies below is nearest to the greatest float, and beyond
  // what a cast is defined for.
  if (std::abs(number) >= 0x1.ffffffp127) return std::nullopt;
  constexpr double greatest = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(number, -greatest, greatest));
}

Error error_below(std::string_view token, Error error) {
  std::string pointer;
  append_token(pointer, token);
  error.pointer = pointer + error.pointer.value_or("");
  return error;
}

}  // namespace inlay::json::reading

#endif
