// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_IMPL_PARSE_IPP
#define INLAY_JSON_IMPL_PARSE_IPP

#include <inlay/ground/internal/utf8.hpp>
#include <inlay/json/impl/scan.ipp>
#include <inlay/json/internal/find_member.hpp>
#include <inlay/json/internal/too_long.hpp>
#include <inlay/json/internal/wide_object.hpp>
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

    Objects are built at once as long as finding their members one by one would take few steps for each byte of text.
    Where that is not so, the text is gone through once more, and an object becomes an array of its names and values,
    with which WideObjects goes on.
*/
struct ValueBuilder {
  using string_view = boost::json::string_view;
  using error_code = boost::json::error_code;

  static constexpr std::size_t max_object_size = boost::json::object::max_size();
  static constexpr std::size_t max_array_size = boost::json::array::max_size();
  static constexpr std::size_t max_key_size = boost::json::string::max_size();
  static constexpr std::size_t max_string_size = boost::json::string::max_size();

  /** Of every byte of text, for looking through objects. */
  static constexpr std::size_t steps_per_byte = 16;

  ValueBuilder(unsigned char* buffer, std::size_t size, boost::json::storage_ptr storage, std::size_t text_size,
               bool makes_pairs)
      : stack(boost::json::storage_ptr(), buffer, size),
        is_of_pairs(makes_pairs),
        steps_left(text_size * steps_per_byte) {
    stack.reset(std::move(storage));
  }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) {
    if (is_of_pairs) objects.push_back(true);
    return true;
  }
  bool on_object_end(std::size_t size, error_code& ec) {
    if (is_of_pairs) {
      stack.push_array(2 * size);
      return true;
    }
    members += size;
    auto const steps = size > inlay::detail::few_members ? size * size / 2 : 0;
    if (size > inlay::detail::wide_object || steps > steps_left) {
      has_wide_objects = true;
      ec = boost::json::error::object_too_large;
      return false;
    }
    steps_left -= steps;
    stack.push_object(size);
    return true;
  }
  bool on_array_begin(error_code&) {
    if (is_of_pairs) objects.push_back(false);
    return true;
  }
  bool on_array_end(std::size_t size, error_code&) {
    stack.push_array(size);
    return true;
  }
  bool on_key_part(string_view part, std::size_t, error_code&) {
    stack.push_chars(part);
    return true;
  }
  bool on_key(string_view rest, std::size_t, error_code&) {
    if (is_of_pairs) {
      stack.push_string(rest);
    } else {
      stack.push_key(rest);
    }
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

  boost::json::value_stack stack;
  bool is_of_pairs;
  bool has_wide_objects = false;
  std::size_t steps_left;
  std::size_t members = 0;    // of all objects, counted before duplicates were dropped
  std::vector<bool> objects;  // of all arrays and objects, as they begin: whether it is an object
};

/** Makes the values that a text has of those in which objects are arrays of names and values. */
class WideObjects {
 public:
  WideObjects(std::vector<bool> const& objects, boost::json::storage_ptr const& storage)
      : objects_(objects), storage_(storage) {}

  /** Nothing where an object has two members of a name, or names that meet wherever its table lies. */
  std::optional<boost::json::value> make(boost::json::value& pairs) {
    auto value = made_of(pairs);
    if (is_refused_) return std::nullopt;
    return value;
  }

 private:
  boost::json::value made_of(boost::json::value& source) {
    auto* const elements = source.if_array();
    if (elements == nullptr) return boost::json::value(std::move(source), storage_);
    if (!objects_[next_++]) {
      boost::json::array array(storage_);
      array.reserve(elements->size());
      for (auto& element : *elements) array.push_back(made_of(element));
      return boost::json::value(std::move(array));
    }
    boost::json::object object(storage_);
    auto const name_at = [&](std::size_t member) {
      auto const& name = (*elements)[2 * member].get_string();
      return std::string_view(name.data(), name.size());
    };
    std::size_t const count = elements->size() / 2;
    is_refused_ = is_refused_ || !inlay::detail::reserve(object, count, name_at);
    for (std::size_t member = 0; member != count && !is_refused_; ++member) {
      auto value = made_of((*elements)[2 * member + 1]);
      is_refused_ = is_refused_ || !object.emplace(name_at(member), std::move(value)).second;
    }
    return boost::json::value(std::move(object));
  }

  std::vector<bool> const& objects_;
  boost::json::storage_ptr storage_;
  std::size_t next_ = 0;
  bool is_refused_ = false;
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

/** The values of a text, or why there are none, as far as the builder can tell; where a rule of ours is broken,
    Scanner::find_fault() says which, and where. */
struct Built {
  std::optional<boost::json::value> value{};
  boost::json::error_code error{};  ///< of Boost.JSON's parser
  bool do_names_meet = false;       ///< or an object has two members of a name
};

inline Built build(std::string_view text, std::size_t max_depth, boost::json::storage_ptr const& storage,
                   bool makes_pairs = false) {
  unsigned char buffer[BOOST_JSON_STACK_BUFFER_SIZE];
  boost::json::parse_options options;
  options.max_depth = max_depth;
  options.allow_invalid_utf8 = true;  // looked at here, at once: the parser's own look costs a tenth of its time
  if (!inlay::detail::is_utf8(text)) return {};
  boost::json::basic_parser<ValueBuilder> parser(
      options, buffer, sizeof buffer, makes_pairs ? boost::json::storage_ptr() : storage, text.size(), makes_pairs);
  boost::json::error_code ec;
  std::size_t const read = parser.write_some(false, text.data(), text.size(), ec);
  if (ec && parser.handler().has_wide_objects) return build(text, max_depth, storage, true);
  if (ec || read < text.size()) return {.error = ec ? ec : boost::json::error_code(boost::json::error::extra_data)};
  boost::json::value value = parser.handler().stack.release();
  if (makes_pairs) {
    auto made = WideObjects(parser.handler().objects, storage).make(value);
    bool const do_names_meet = !made;
    return {.value = std::move(made), .do_names_meet = do_names_meet};
  }
  if (count_members(value) != parser.handler().members) return {};
  return {.value = std::move(value)};
}

/** What is wrong with a text of which the scanner finds that it is JSON. */
inline Error refused(Built const& built) {
  if (built.do_names_meet) {
    return Error{.kind = ErrorKind::invalid_document,
                 .message =
                     "too many of an object's member names have the same hash, as nobody's do by chance: finding "
                     "one would take too long",
                 .pointer = ""};
  }
  return Error{.kind = ErrorKind::invalid_document,
               .message = "Boost.JSON does not take this text" +
                          (built.error ? ": " + built.error.message() : std::string(", and does not say why")),
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
    if (text.size() > limits.max_bytes) return too_long("the text", text.size(), limits.max_bytes);
  }
  return {};
}

Result<void> check_object(boost::json::object const& object, Limits const& limits) {
  return check_either(object, limits);
}

/** A look at a value that was built by a program, before its text is written. */
struct Survey {
  std::size_t bytes = 0;   // that the text will have, about: numbers are guessed, and escapes not counted
  bool has_fault = false;  // that is no string's or name's

  void see(boost::json::value const& value, std::size_t levels_left) noexcept {
    constexpr std::size_t most_numbers = 12;  // bytes
    switch (value.kind()) {
      case boost::json::kind::object: return see(value.get_object(), levels_left);
      case boost::json::kind::array: {
        if (enter(levels_left, value.get_array().size())) {
          for (auto const& element : value.get_array()) see(element, levels_left - 1);
        }
        return;
      }
      case boost::json::kind::string: bytes += value.get_string().size() + 2; return;
      case boost::json::kind::double_: has_fault |= !std::isfinite(value.get_double()); break;
      default: break;
    }
    bytes += most_numbers;
  }
  void see(boost::json::object const& object, std::size_t levels_left) noexcept {
    if (!enter(levels_left, object.size())) return;
    for (auto const& member : object) {
      bytes += member.key().size() + 3;
      see(member.value(), levels_left - 1);
    }
  }

 private:
  bool enter(std::size_t levels_left, std::size_t size) noexcept {
    bytes += size + 2;
    has_fault |= levels_left == 0;
    return !has_fault;
  }
};

Result<std::string> checked_text(boost::json::object const& object, std::size_t max_depth) {
  Survey survey;
  survey.see(object, std::min(max_depth, greatest_depth));
  if (!survey.has_fault) {
    std::string text;
    text.reserve(survey.bytes);
    print_object(object, text);
    // All strings at once, which costs next to nothing; one by one, and with their pointers, only to say which it is.
    if (inlay::detail::is_utf8(text)) return text;
  }
  return check_object(object, {.max_bytes = no_limits.max_bytes, .max_depth = max_depth}).error();
}

}  // namespace detail

Result<boost::json::value> parse(std::string_view text, Limits const& limits, boost::json::storage_ptr storage) {
  if (text.size() > limits.max_bytes) return too_long("the text", text.size(), limits.max_bytes);
  std::size_t const max_depth = std::min(limits.max_depth, greatest_depth);
  if (auto built = detail::build(text, max_depth, storage); built.value) return std::move(*built.value);

  detail::Scanner scanner(text, max_depth);
  if (auto fault = scanner.find_fault()) return std::move(*fault);
  // Boost.JSON's parser alone refuses a zero whose exponent is beyond an int, such as 0e9999999999.
  auto built = detail::build(scanner.without_exponents_of_zeros(), max_depth, storage);
  if (built.value) return std::move(*built.value);
  return detail::refused(built);
}

Result<void> check(boost::json::value const& value, Limits const& limits) {
  return detail::check_either(value, limits);
}

}  // namespace inlay::json

#endif
