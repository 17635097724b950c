// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_IMPL_READ_AS_IPP
#define INLAY_JSON_IMPL_READ_AS_IPP

#include <inlay/json/internal/read_as.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/value.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace inlay::json::reading {

Kind kind_of(boost::json::value const& value) noexcept {
  switch (value.kind()) {
    case boost::json::kind::null: return nullptr;
    case boost::json::kind::bool_: return value.get_bool();
    case boost::json::kind::int64: return value.get_int64();
    case boost::json::kind::uint64: return value.get_uint64();
    case boost::json::kind::double_: return value.get_double();
    case boost::json::kind::string: return std::string_view(value.get_string());
    case boost::json::kind::array: return ArrayKind{};
    case boost::json::kind::object: return ObjectKind{};
  }
  return nullptr;
}

Error not_a(std::string_view wanted, Kind const& found) {
  static constexpr std::array<std::string_view, std::variant_size_v<Kind>> names{
      "null", "a boolean", "the integer ", "the integer ", "the number ", "a string", "an array", "an object"};
  std::string message = "expected ";
  message.append(wanted).append(", found ").append(names[found.index()]);
  std::visit(
      [&]<class Value>(Value const& value) {
        if constexpr (std::same_as<Value, std::int64_t> || std::same_as<Value, std::uint64_t> ||
                      std::same_as<Value, double>) {
          print(boost::json::value(value), message);
        }
      },
      found);
  return Error{.kind = ErrorKind::invalid_argument, .message = std::move(message)};
}

Error error_below(std::string_view token, Error error) {
  std::string pointer;
  append_token(pointer, token);
  error.pointer = pointer + error.pointer.value_or("");
  return error;
}

}  // namespace inlay::json::reading

#endif
