// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_READING_HPP
#define INLAY_JSON_READING_HPP

#include <inlay/error.hpp>
#include <inlay/json/internal/read_as.hpp>
#include <inlay/json/pointer.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace inlay::json {

/** What a JSON value can be read as.

    A `bool` is read from a boolean, a `std::string` from a string; so is a `std::string_view`, which
    looks into what it is read from. An integer is read where it fits, a `double` or `float` from an integer that it
    holds exactly, and from any other number as the nearest. An enumeration with BOOST_DESCRIBE_ENUM is read from a
    string, the name of an enumerator, and a `boost::json::value` from anything.

    A `std::optional` of these reads null as nothing, a `std::vector` of them an array, and a `std::map` from
    `std::string` an object. A struct with BOOST_DESCRIBE_STRUCT reads each of its public members from the member of its
    name: one that is not there stays as the struct's default has it, and what the struct does not have is passed over.
*/
template <class T>
concept Readable = reading::can_be_read<T>();

/** What a place is named by: a Pointer, or its string form (RFC 6901, section 3). */
template <class T>
concept PointerLike = std::same_as<T, Pointer> || std::convertible_to<T const&, std::string_view>;

/** What get_or() reads where that is not said: what the default is. */
struct SaidByDefault {};
template <class T, class Default>
using ReadOr = std::conditional_t<
    !std::same_as<T, SaidByDefault>, T,
    std::conditional_t<std::same_as<std::decay_t<Default>, char const*>, std::string, std::decay_t<Default>>>;

/** Whether get_or() can give that default: not as a view of a string that is gone at the end of the statement. */
template <class T, class Default>
concept CanStandIn = Readable<ReadOr<T, Default>> && std::constructible_from<ReadOr<T, Default>, Default &&> &&
                     !(reading::borrows<ReadOr<T, Default>>() && std::same_as<std::remove_cv_t<Default>, std::string>);

/** Reading values by pointers: what Document, EffectiveConfig and BorrowedConfig have in common.

    What would point into a temporary that owns what it points into does not compile: `get<std::string_view>` of a
    temporary Document, or of a struct with such a member. Everything else that is read is a value of its own.
*/
template <class Derived, bool owns_what_is_read = true>
class Reading {
 public:
  /** The value at the pointer as a C++ type; see Readable.

      An optional type reads an absent value as nothing.

      @return not_found, with the pointer, when there is no value; invalid_argument when it is of another type or does
     not fit, with the pointer of the very member or element that is, or when the text is no pointer.

      Complexity: one lookup a token; a struct takes one more for each of its members.
  */
  template <Readable T, PointerLike Place>
  [[nodiscard]] Result<T> get(Place const& pointer) const& {
    auto found = read<T>(place_of(pointer));
    if (found.has_error()) return found.error();
    if (*found) return std::move(**found);
    if constexpr (inlay::detail::is_optional<T>) {
      return T{};
    } else {
      return Error{.kind = ErrorKind::not_found, .message = "there is no value here", .pointer = text_of(pointer)};
    }
  }
  template <Readable T, PointerLike Place>
  requires(reading::borrows<T>() && owns_what_is_read) Result<T> get(Place const& pointer)
  const&& = delete;

  /** The value at the pointer, or `otherwise` where there is none: `config.get_or("/rate_limit", 10)`. It says what is
      read, a literal a std::string, unless that is said: `config.get_or<double>("/factor", 1)`.

      Only an absent value is replaced: what is there and of another type is an error, so that a slip in a configuration
      is not taken for its absence. That goes for a null, too, which a type that is not optional cannot hold.

      @return invalid_argument, as get().
  */
  template <class T = SaidByDefault, class Default = T, PointerLike Place>
  requires CanStandIn<T, Default>
  [[nodiscard]] Result<ReadOr<T, Default>> get_or(Place const& pointer, Default&& otherwise) const& {
    using Read = ReadOr<T, Default>;
    auto found = read<Read>(place_of(pointer));
    if (found.has_error()) return found.error();
    if (*found) return std::move(**found);
    return Result<Read>(boost::system::in_place_value, std::forward<Default>(otherwise));
  }
  template <class T = SaidByDefault, class Default = T, PointerLike Place>
  requires(CanStandIn<T, Default>&& reading::borrows<ReadOr<T, Default>>() &&
           owns_what_is_read) Result<ReadOr<T, Default>> get_or(Place const& pointer, Default&& otherwise)
  const&& = delete;

 private:
  [[nodiscard]] static Pointer const& place_of(Pointer const& pointer) noexcept { return pointer; }
  [[nodiscard]] static std::string_view place_of(std::string_view pointer) noexcept { return pointer; }
  [[nodiscard]] static std::string text_of(Pointer const& pointer) { return to_string(pointer); }
  [[nodiscard]] static std::string text_of(std::string_view pointer) { return std::string(pointer); }

  // Nothing where there is no value.
  template <class T, class Place>
  [[nodiscard]] Result<std::optional<T>> read(Place const& pointer) const {
    auto const found = static_cast<Derived const&>(*this).node_at(pointer);
    if constexpr (requires { found.has_error(); }) {  // a document's values may not be there
      if (found.has_error()) return found.error();
      return read_node<T>(*found, pointer);
    } else {
      return read_node<T>(found, pointer);
    }
  }

  template <class T, class Node, class Place>
  [[nodiscard]] static Result<std::optional<T>> read_node(Node const& node, Place const& pointer) {
    if (!node) {
      if constexpr (!std::same_as<Place, Pointer>) {
        if (auto const parsed = Pointer::parse(pointer); parsed.has_error()) return parsed.error();
      }
      return std::optional<T>();
    }
    auto result = reading::read_as<T>(*node);
    if (result.has_value()) return std::optional<T>(std::move(*result));
    auto error = result.error();
    error.pointer = text_of(pointer) + error.pointer.value_or("");
    return error;
  }
};

}  // namespace inlay::json

#endif
