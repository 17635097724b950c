// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_IMPL_PARSE_IPP
#define INLAY_IMPL_PARSE_IPP

#include <inlay/detail/colliding_names.hpp>
#include <inlay/detail/utf8.hpp>
#include <inlay/impl/scan.ipp>
#include <inlay/json/parse.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/array.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value_stack.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay::json {

namespace detail {

/** Builds the values that Boost.JSON's parser finds, but reads the numbers itself.

    The text is given to the parser in one piece, so a number's text always comes whole with its last event.

    A wide object is built only where the names were kept, which others do without, and where they do not collide.
*/
struct ValueBuilder {
  using string_view = boost::json::string_view;
  using error_code = boost::json::error_code;

  static constexpr std::size_t max_object_size = boost::json::object::max_size();
  static constexpr std::size_t max_array_size = boost::json::array::max_size();
  static constexpr std::size_t max_key_size = boost::json::string::max_size();
  static constexpr std::size_t max_string_size = boost::json::string::max_size();

  ValueBuilder(unsigned char* buffer, std::size_t size, boost::json::storage_ptr storage, bool is_to_keep_names)
      : stack(boost::json::storage_ptr(), buffer, size), keeps_names(is_to_keep_names) {
    stack.reset(std::move(storage));
  }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return true; }
  bool on_object_end(std::size_t size, error_code& ec) {
    members += size;
    if (size >= inlay::detail::wide_object && !may_be_wide(size)) {
      ec = boost::json::error::object_too_large;
      return false;
    }
    if (keeps_names) names.resize(names.size() - size);
    stack.push_object(size);
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t size, error_code&) {
    stack.push_array(size);
    return true;
  }
  bool on_key_part(string_view part, std::size_t, error_code&) {
    if (keeps_names) name.append(part.data(), part.size());
    stack.push_chars(part);
    return true;
  }
  bool on_key(string_view rest, std::size_t, error_code&) {
    if (keeps_names) {
      name.append(rest.data(), rest.size());
      names.push_back(std::move(name));
      name.clear();
    }
    stack.push_key(rest);
    return true;
  }
  bool on_string_part(string_view part, std::size_t, error_code&) {
    stack.push_chars(part);
    return true;
  }
  bool on_string(string_view rest, std::size_t, error_code&) {
    stack.push_string(rest);
    return true;
  }
  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t number, string_view text, error_code&) {
    if (number == 0 && text.front() == '-') {
      stack.push_double(-0.0);
    } else {
      stack.push_int64(number);
    }
    return true;
  }
  bool on_uint64(std::uint64_t number, string_view, error_code&) {
    stack.push_uint64(number);
    return true;
  }
  bool on_double(double, string_view text, error_code& ec) {
    double number = 0;
    if (read_double(text, number) != NumberFault::none) {
      ec = boost::json::error::not_exact;
      return false;
    }
    stack.push_double(number);
    return true;
  }
  bool on_bool(bool value, error_code&) {
    stack.push_bool(value);
    return true;
  }
  bool on_null(error_code&) {
    stack.push_null();
    return true;
  }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

  bool may_be_wide(std::size_t size) {
    has_wide_object = true;
    auto const first = names.end() - static_cast<std::ptrdiff_t>(keeps_names ? size : 0);
    return keeps_names && !inlay::detail::names_collide(size, [first](std::size_t i) -> std::string_view {
             return *(first + static_cast<std::ptrdiff_t>(i));
           });
  }

  boost::json::value_stack stack;
  bool keeps_names;
  bool has_wide_object = false;
  std::size_t members = 0;  // of all objects, counted before duplicates were dropped
  std::string name;
  std::vector<std::string> names;  // of the members of all open objects
};

inline std::size_t count_members(boost::json::value const& value) noexcept {
  std::size_t count = 0;
  if (auto const* object = value.if_object()) {
    count = object->size();
    for (auto const& member : *object) {
      if (member.value().is_structured()) count += count_members(member.value());
    }
  } else if (auto const* array = value.if_array()) {
    for (auto const& element : *array) {
      if (element.is_structured()) count += count_members(element);
    }
  }
  return count;
}

/** The values, or nothing when any rule is broken; which one is for find_fault() to say. */
inline std::optional<boost::json::value> build(std::string_view text, std::size_t max_depth,
                                               boost::json::storage_ptr const& storage, bool keeps_names = false) {
  unsigned char buffer[BOOST_JSON_STACK_BUFFER_SIZE];
  boost::json::parse_options options;
  options.max_depth = max_depth;
  options.allow_invalid_utf8 = true;  // looked at here, at once: the parser's own look costs a tenth of its time
  if (!inlay::detail::is_utf8(text)) return std::nullopt;
  boost::json::basic_parser<ValueBuilder> parser(options, buffer, sizeof buffer, storage, keeps_names);
  boost::json::error_code ec;
  std::size_t const read = parser.write_some(false, text.data(), text.size(), ec);
  if (ec && parser.handler().has_wide_object && !keeps_names) return build(text, max_depth, storage, true);
  if (ec || read < text.size()) return std::nullopt;
  boost::json::value value = parser.handler().stack.release();
  if (count_members(value) != parser.handler().members) return std::nullopt;
  return value;
}

inline Error too_long(std::size_t size, Limits const& limits) {
  return Error{.kind = ErrorKind::invalid_document,
               .message = "the text is " + std::to_string(size) + " bytes long; at most " +
                          std::to_string(limits.max_bytes) + " are allowed",
               .pointer = ""};
}

inline std::optional<std::string> find_fault(boost::json::object const& object, std::size_t levels_left,
                                             std::string& pointer);

/** What is wrong with a value that a program has built, if anything; `pointer` says where. */
inline std::optional<std::string> find_fault(boost::json::value const& value, std::size_t levels_left,
                                             std::string& pointer) {
  if (auto const* object = value.if_object()) return find_fault(*object, levels_left, pointer);
  if (auto const* number = value.if_double(); number != nullptr && !std::isfinite(*number)) {
    return "JSON has no number that is infinite or not a number";
  }
  if (auto const* text = value.if_string(); text != nullptr && !inlay::detail::is_utf8(*text)) {
    return "the string is not UTF-8";
  }
  auto const* const array = value.if_array();
  if (array == nullptr) return std::nullopt;
  if (levels_left == 0) return "nested too deeply";
  std::size_t const length = pointer.size();
  std::size_t index = 0;
  for (auto const& element : *array) {
    append_token(pointer, std::to_string(index++));
    if (auto fault = find_fault(element, levels_left - 1, pointer)) return fault;
    pointer.resize(length);
  }
  return std::nullopt;
}

inline std::optional<std::string> find_fault(boost::json::object const& object, std::size_t levels_left,
                                             std::string& pointer) {
  if (levels_left == 0) return "nested too deeply";
  auto const name_at = [&object](std::size_t i) -> std::string_view {
    return (object.begin() + static_cast<std::ptrdiff_t>(i))->key();
  };
  if (inlay::detail::names_collide(object.size(), name_at)) return colliding_names;
  std::size_t const length = pointer.size();
  for (auto const& member : object) {
    if (!inlay::detail::is_utf8(member.key())) return "a member's name is not UTF-8";
    append_token(pointer, member.key());
    if (auto fault = find_fault(member.value(), levels_left - 1, pointer)) return fault;
    pointer.resize(length);
  }
  return std::nullopt;
}

template <class Value>
Result<void> check_either(Value const& value, Limits const& limits) {
  std::string pointer;
  if (auto fault = find_fault(value, std::min(limits.max_depth, greatest_depth), pointer)) {
    return Error{.kind = ErrorKind::invalid_document, .message = std::move(*fault), .pointer = std::move(pointer)};
  }
  if (limits.max_bytes != no_limits.max_bytes) {
    std::string text;
    if constexpr (std::is_same_v<Value, boost::json::object>) {
      print_object(value, text);
    } else {
      print(value, text);
    }
    if (text.size() > limits.max_bytes) return too_long(text.size(), limits);
  }
  return {};
}

INLAY_DECL Result<void> check_object(boost::json::object const& object, Limits const& limits) {
  return check_either(object, limits);
}

}  // namespace detail

INLAY_DECL Result<boost::json::value> parse(std::string_view text, Limits const& limits,
                                            boost::json::storage_ptr storage) {
  if (text.size() > limits.max_bytes) return detail::too_long(text.size(), limits);
  std::size_t const max_depth = std::min(limits.max_depth, greatest_depth);
  if (auto value = detail::build(text, max_depth, storage)) return std::move(*value);

  detail::Scanner scanner(text, max_depth);
  if (auto fault = scanner.find_fault()) return std::move(*fault);
  // Boost.JSON's parser alone refuses a zero whose exponent is beyond an int, such as 0e9999999999.
  if (auto value = detail::build(scanner.without_exponents_of_zeros(), max_depth, storage)) {
    return std::move(*value);
  }
  return Error{.kind = ErrorKind::invalid_document, .message = "the text is not JSON", .pointer = ""};
}

INLAY_DECL Result<void> check(boost::json::value const& value, Limits const& limits) {
  return detail::check_either(value, limits);
}

}  // namespace inlay::json

#endif
