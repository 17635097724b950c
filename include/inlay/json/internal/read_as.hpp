// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_INTERNAL_READ_AS_HPP
#define INLAY_JSON_INTERNAL_READ_AS_HPP

// Reading JSON values as C++ types, whatever the values lie in.

#include <inlay/error.hpp>
#include <inlay/ground/internal/is_optional.hpp>
#include <inlay/json/pointer.hpp>

#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay::json::reading {

template <class T>
inline constexpr bool is_character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
                                     std::same_as<T, char16_t> || std::same_as<T, char32_t>;

template <class T>
concept ReadInteger = std::integral<T> && !std::same_as<T, bool> && !is_character<T>;

template <class T>
concept ReadNumber = ReadInteger<T> || std::same_as<T, double> || std::same_as<T, float>;

template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;

/** A std::map from std::string, told by what it has: who reads none does without its header. */
template <class T>
concept ReadMap = requires(T map, std::string const& name) {
  typename T::key_compare;
  requires std::same_as<typename T::key_type, std::string>;
  { map[name] } -> std::same_as<typename T::mapped_type&>;
};

template <class T>
concept DescribedStruct =
    std::is_class_v<T> && std::default_initializable<T> && boost::describe::has_describe_members<T>::value;

template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

/** What a described struct is read into: its public members, those of described bases too. */
template <class T>
using ReadMembers = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

/** The type of the member that a pointer to it names. */
template <class T>
struct MemberOf;
template <class Member, class Struct>
struct MemberOf<Member Struct::*> {
  using type = Member;
};
template <class Descriptor>
using MemberTypeOf = typename MemberOf<std::remove_cv_t<decltype(Descriptor::pointer)>>::type;

/** Whether a value can be read as a T. */
template <class T>
[[nodiscard]] constexpr bool can_be_read() {
  if constexpr (std::same_as<T, bool> || ReadNumber<T> || std::same_as<T, std::string> ||
                std::same_as<T, std::string_view> || std::same_as<T, boost::json::value> || DescribedEnum<T>) {
    return true;
  } else if constexpr (inlay::detail::is_optional<T> || is_list<T>) {
    return can_be_read<typename T::value_type>();
  } else if constexpr (ReadMap<T>) {
    return can_be_read<typename T::mapped_type>();
  } else if constexpr (DescribedStruct<T>) {
    bool can = true;
    boost::mp11::mp_for_each<ReadMembers<T>>(
        [&]<class Descriptor>(Descriptor) { can = can && can_be_read<MemberTypeOf<Descriptor>>(); });
    return can;
  } else {
    return false;
  }
}

/** Whether what is read as a T points into what it was read from. */
template <class T>
[[nodiscard]] constexpr bool borrows() {
  if constexpr (std::same_as<T, std::string_view>) {
    return true;
  } else if constexpr (std::same_as<T, boost::json::value>) {
    return false;
  } else if constexpr (inlay::detail::is_optional<T> || is_list<T>) {
    return borrows<typename T::value_type>();
  } else if constexpr (ReadMap<T>) {
    return borrows<typename T::mapped_type>();
  } else if constexpr (DescribedStruct<T>) {
    bool does = false;
    boost::mp11::mp_for_each<ReadMembers<T>>(
        [&]<class Descriptor>(Descriptor) { does = does || borrows<MemberTypeOf<Descriptor>>(); });
    return does;
  } else {
    return false;
  }
}

/** What a value is, and which one where it is a scalar. */
struct Kind {
  enum class Type : std::uint8_t { null, boolean, integer, natural, number, text, array, object };

  Kind(Type is) noexcept : type(is), natural() {}
  Kind(std::nullptr_t) noexcept : Kind(Type::null) {}
  Kind(bool value) noexcept : type(Type::boolean), boolean(value) {}
  Kind(std::int64_t value) noexcept : type(Type::integer), integer(value) {}
  Kind(std::uint64_t value) noexcept : type(Type::natural), natural(value) {}
  Kind(double value) noexcept : type(Type::number), number(value) {}
  Kind(std::string_view value) noexcept : type(Type::text), text(value) {}

  Type type;
  union {
    bool boolean;
    std::int64_t integer;
    std::uint64_t natural;
    double number;
    std::string_view text;
  };
};

[[nodiscard]] Kind kind_of(boost::json::value const& value) noexcept;

[[nodiscard]] Error not_a(std::string_view wanted, Kind const& found);

/** The error of a member or element, as one of the value that has it. */
[[nodiscard]] Error error_below(std::string_view token, Error error);

/** How values are reached: to be specialised for what they lie in. */
template <class Node>
struct Access;

template <>
struct Access<boost::json::value> {
  [[nodiscard]] static Kind kind(boost::json::value const& value) noexcept { return kind_of(value); }
  [[nodiscard]] static boost::json::value const& whole(boost::json::value const& value) noexcept { return value; }
  [[nodiscard]] static boost::json::value const* member(boost::json::value const& value, std::string_view name) {
    return value.get_object().if_contains(name);
  }
  [[nodiscard]] static boost::json::array const& elements(boost::json::value const& value) { return value.get_array(); }
  /** Calls `visit(name, value)` for each member. */
  template <class Visitor>
  static void for_each_member(boost::json::value const& value, Visitor const& visit) {
    for (auto const& member : value.get_object()) visit(std::string_view(member.key()), member.value());
  }
};

/** A number that is none of the integers, as a float; nothing where it does not fit. */
[[nodiscard]] std::optional<float> nearest_float(double number) noexcept;

template <ReadNumber T>
[[nodiscard]] Result<T> read_number(Kind const& found) {
  using Type = Kind::Type;
  if constexpr (std::integral<T>) {
    if (found.type != Type::integer && found.type != Type::natural) return not_a("an integer", found);
    if (found.type == Type::integer && std::in_range<T>(found.integer)) return static_cast<T>(found.integer);
    if (found.type == Type::natural && std::in_range<T>(found.natural)) return static_cast<T>(found.natural);
    return not_a((std::signed_integral<T> ? "an integer that fits a signed type of "
                                          : "an integer that fits an unsigned type of ") +
                     std::to_string(8 * sizeof(T)) + " bits",
                 found);
  } else {
    constexpr bool is_float = std::same_as<T, float>;
    if (found.type == Type::number) {
      if constexpr (is_float) {
        if (auto const nearest = nearest_float(found.number)) return *nearest;
        return not_a("a number that fits a float", found);
      } else {
        return found.number;
      }
    }
    if (found.type != Type::integer && found.type != Type::natural) return not_a("a number", found);
    // 2^64 and 2^63 themselves are floating-point numbers that no integer holds: casting them back would be undefined
    bool const is_integer = found.type == Type::integer;
    auto const number = is_integer ? static_cast<T>(found.integer) : static_cast<T>(found.natural);
    bool const is_exact = is_integer
                              ? number < static_cast<T>(0x1p63) && static_cast<std::int64_t>(number) == found.integer
                              : number < static_cast<T>(0x1p64) && static_cast<std::uint64_t>(number) == found.natural;
    if (!is_exact) {
      return not_a(is_float ? "a number that a float holds exactly" : "a number that a double holds exactly", found);
    }
    return number;
  }
}

template <DescribedEnum T>
[[nodiscard]] Result<T> read_enum(Kind const& found) {
  using Enumerators = boost::describe::describe_enumerators<T>;
  if (found.type == Kind::Type::text) {
    std::optional<T> named;
    boost::mp11::mp_for_each<Enumerators>([&](auto enumerator) {
      if (found.text == enumerator.name) named = enumerator.value;
    });
    if (named) return *named;
  }
  std::string names;
  boost::mp11::mp_for_each<Enumerators>(
      [&](auto enumerator) { names += (names.empty() ? "one of the strings " : ", ") + std::string(enumerator.name); });
  return not_a(names, found);
}

template <class T, class Node>
[[nodiscard]] Result<T> read_as(Node const& node);

template <class T, class Node>
[[nodiscard]] Result<T> read_list(Node const& node) {
  T list;
  for (auto const& element : Access<Node>::elements(node)) {
    auto read = read_as<typename T::value_type>(element);
    if (read.has_error()) return error_below(std::to_string(list.size()), read.error());
    list.push_back(std::move(*read));
  }
  return list;
}

template <class T, class Node>
[[nodiscard]] Result<T> read_map(Node const& node) {
  T map;
  std::optional<Error> error;
  Access<Node>::for_each_member(node, [&](std::string_view name, auto const& value) {
    if (error) return;
    auto read = read_as<typename T::mapped_type>(value);
    if (read.has_error()) {
      error = error_below(name, read.error());
    } else {
      map.emplace(name, std::move(*read));
    }
  });
  if (error) return *error;
  return map;
}

template <DescribedStruct T, class Node>
[[nodiscard]] Result<T> read_struct(Node const& node) {
  T object{};
  std::optional<Error> error;
  boost::mp11::mp_for_each<ReadMembers<T>>([&]<class Descriptor>(Descriptor) {
    if (error) return;
    auto const member = Access<Node>::member(node, Descriptor::name);
    if (!member) return;
    auto read = read_as<MemberTypeOf<Descriptor>>(*member);
    if (read.has_error()) {
      error = error_below(Descriptor::name, read.error());
    } else {
      object.*Descriptor::pointer = std::move(*read);
    }
  });
  if (error) return *error;
  return object;
}

/** The value as a T. @return invalid_argument, with the pointer from here to what is of another type. */
template <class T, class Node>
Result<T> read_as(Node const& node) {
  if constexpr (std::same_as<T, boost::json::value>) {
    return Result<T>(boost::system::in_place_value, Access<Node>::whole(node));
  } else {
    Kind const found = Access<Node>::kind(node);
    if constexpr (inlay::detail::is_optional<T>) {
      if (found.type == Kind::Type::null) return T{};
      auto read = read_as<typename T::value_type>(node);
      if (read.has_error()) return read.error();
      return T(std::move(*read));
    } else if constexpr (std::same_as<T, bool>) {
      if (found.type == Kind::Type::boolean) return found.boolean;
      return not_a("a boolean", found);
    } else if constexpr (ReadNumber<T>) {
      return read_number<T>(found);
    } else if constexpr (DescribedEnum<T>) {
      return read_enum<T>(found);
    } else if constexpr (is_list<T>) {
      if (found.type != Kind::Type::array) return not_a("an array", found);
      return read_list<T>(node);
    } else if constexpr (ReadMap<T>) {
      if (found.type != Kind::Type::object) return not_a("an object", found);
      return read_map<T>(node);
    } else if constexpr (DescribedStruct<T>) {
      if (found.type != Kind::Type::object) return not_a("an object", found);
      return read_struct<T>(node);
    } else {
      if (found.type == Kind::Type::text) return T(found.text);
      return not_a("a string", found);
    }
  }
}

}  // namespace inlay::json::reading

#endif
