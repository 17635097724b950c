// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_MODEL_DESCRIBE_HPP
#define INLAY_MODEL_DESCRIBE_HPP

// What the rest of inlay knows about an entity, all of it derived from its one BOOST_DESCRIBE_STRUCT.

#include <inlay/birth.hpp>
#include <inlay/ended.hpp>
#include <inlay/ground/internal/is_optional.hpp>
#include <inlay/id.hpp>
#include <inlay/json/document.hpp>
#include <inlay/revision.hpp>
#include <inlay/timestamp.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace inlay::model {

/** What kind of value a member holds. */
enum class FieldType { boolean, text, enumeration, document, id, version, birth, revision, timestamp, ended };

/** One member of an entity: a member of its JSON, a column of its table, a field to filter by. */
struct Field {
  std::string_view name;
  FieldType type{};
  bool is_optional{};  ///< may be absent: std::optional in the struct, NULL in the table, left out of the JSON

  /** Whether a patch may touch it: Id, Version, Birth, Revision, Timestamp and Ended are never patched. */
  [[nodiscard]] constexpr bool is_patchable() const noexcept {
    return type == FieldType::boolean || type == FieldType::text || type == FieldType::enumeration ||
           type == FieldType::document;
  }

  /** Whether the store writes it, whatever the caller says. */
  [[nodiscard]] constexpr bool is_set_by_store() const noexcept {
    return type == FieldType::version || type == FieldType::birth || type == FieldType::revision ||
           type == FieldType::timestamp;
  }

  /** Whether a list can be filtered by it. */
  [[nodiscard]] constexpr bool is_filterable() const noexcept {
    return type != FieldType::document && type != FieldType::birth && type != FieldType::revision &&
           type != FieldType::ended;
  }

  friend constexpr bool operator==(Field const&, Field const&) = default;
};

namespace detail {

template <class T>
struct IsId : std::false_type {};
template <class E>
struct IsId<Id<E>> : std::true_type {};

template <class T>
struct WithoutOptional {
  using type = T;
};
template <class T>
struct WithoutOptional<std::optional<T>> {
  using type = T;
};

template <class T>
inline constexpr bool always_false = false;

template <class Entity>
using Descriptors = boost::describe::describe_members<Entity, boost::describe::mod_public>;

template <auto MemberPointer>
struct MemberOf;
template <class Entity, class Member, Member Entity::*Pointer>
struct MemberOf<Pointer> {
  using type = Member;
};

template <class Descriptor>
using MemberType = typename MemberOf<Descriptor::pointer>::type;

}  // namespace detail

/** The member's type without its std::optional. */
template <class Member>
using ValueOf = typename detail::WithoutOptional<Member>::type;

template <class Member>
inline constexpr bool is_optional_v = inlay::detail::is_optional<Member>;

template <class Member>
inline constexpr bool is_id_v = detail::IsId<ValueOf<Member>>::value;

/** The role that a member's type gives it. A type that has none does not compile. */
template <class Member>
[[nodiscard]] consteval FieldType field_type() {
  using Value = ValueOf<Member>;
  if constexpr (std::is_same_v<Value, bool>) {
    return FieldType::boolean;
  } else if constexpr (std::is_same_v<Value, std::string>) {
    return FieldType::text;
  } else if constexpr (std::is_enum_v<Value>) {
    return FieldType::enumeration;
  } else if constexpr (std::is_same_v<Value, Document>) {
    return FieldType::document;
  } else if constexpr (is_id_v<Value>) {
    return FieldType::id;
  } else if constexpr (std::is_same_v<Value, Version>) {
    return FieldType::version;
  } else if constexpr (std::is_same_v<Value, Birth>) {
    return FieldType::birth;
  } else if constexpr (std::is_same_v<Value, Revision>) {
    return FieldType::revision;
  } else if constexpr (std::is_same_v<Value, Timestamp>) {
    return FieldType::timestamp;
  } else if constexpr (std::is_same_v<Value, Ended>) {
    return FieldType::ended;
  } else {
    static_assert(detail::always_false<Value>, "an entity's member must have one of the types of FieldType");
  }
}

/** How many members an entity has. */
template <class Entity>
inline constexpr std::size_t field_count = boost::mp11::mp_size<detail::Descriptors<Entity>>::value;

/** Calls `visit(field, pointer_to_member)` for each member, in the order they were described. */
template <class Entity, class Visitor>
constexpr void for_each_field(Visitor&& visit) {
  boost::mp11::mp_for_each<detail::Descriptors<Entity>>([&]<class Descriptor>(Descriptor) {
    using Member = detail::MemberType<Descriptor>;
    visit(Field{Descriptor::name, field_type<Member>(), is_optional_v<Member>}, Descriptor::pointer);
  });
}

/** The members of an entity, in the order they were described. */
template <class Entity>
inline constexpr std::array<Field, field_count<Entity>> fields = [] {
  std::array<Field, field_count<Entity>> all{};
  std::size_t at = 0;
  for_each_field<Entity>([&](Field const& field, auto) { all[at++] = field; });
  return all;
}();

/** The member of that name, or nullptr. */
template <class Entity>
[[nodiscard]] constexpr Field const* find_field(std::string_view name) noexcept {
  for (Field const& field : fields<Entity>) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

/** The names of an enumeration's described enumerators. */
template <class Enum>
inline constexpr auto enum_names = [] {
  using All = boost::describe::describe_enumerators<Enum>;
  std::array<std::string_view, boost::mp11::mp_size<All>::value> names{};
  std::size_t at = 0;
  boost::mp11::mp_for_each<All>([&](auto descriptor) { names[at++] = descriptor.name; });
  return names;
}();

/** The name of a described enumerator. */
template <class Enum>
[[nodiscard]] std::string_view enum_name(Enum value) noexcept {
  return boost::describe::enum_to_string(value, "");
}

/** The described enumerator of that name, or nothing. */
template <class Enum>
[[nodiscard]] std::optional<Enum> enum_from_name(std::string_view name) noexcept {
  Enum value{};
  // The name is not NUL-terminated, which Describe's own enum_from_string would need.
  bool found = false;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>([&](auto descriptor) {
    if (!found && name == descriptor.name) {
      found = true;
      value = descriptor.value;
    }
  });
  if (!found) return std::nullopt;
  return value;
}

/** Members that together are unique among an entity's rows, by name; "" where there is only one. */
using UniqueKey = std::array<std::string_view, 2>;

}  // namespace inlay::model

#endif
