// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_MODEL_REFERENCES_HPP
#define INLAY_MODEL_REFERENCES_HPP

// Which rows name which others, derived from the entities' descriptions: a member `Id<Other>` is a reference to Other.

#include <inlay/model/entities.hpp>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/bind.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace inlay::model {

/** A member of a row that holds the id of another entity's row. */
struct Reference {
  std::string_view member;  ///< "integration_id"
  std::size_t index{};      ///< the member's place in fields<Entity>
  std::string_view entity;  ///< the name of the entity that it references, "integration"
  bool is_optional{};       ///< may be absent

  friend constexpr bool operator==(Reference const&, Reference const&) = default;
};

namespace detail {

template <class Value>
struct Referenced {
  using type = void;
};
template <class Entity>
struct Referenced<Id<Entity>> {
  using type = Entity;
};

}  // namespace detail

/** The entity whose id a member holds; void for a member that is no id. */
template <class Member>
using ReferencedBy = typename detail::Referenced<ValueOf<Member>>::type;

namespace detail {

template <class Entity, class Descriptor>
inline constexpr bool is_reference = !std::is_void_v<ReferencedBy<MemberType<Descriptor>>> &&
                                     !std::is_same_v<ReferencedBy<MemberType<Descriptor>>, Entity>;

}  // namespace detail

/** Calls `visit(reference, pointer_to_member)` for each member of Entity that references another entity's row. */
template <class Entity, class Visitor>
constexpr void for_each_reference(Visitor&& visit) {
  std::size_t index = 0;
  boost::mp11::mp_for_each<detail::Descriptors<Entity>>([&]<class Descriptor>(Descriptor) {
    if constexpr (detail::is_reference<Entity, Descriptor>) {
      using Member = detail::MemberType<Descriptor>;
      visit(Reference{Descriptor::name, index, ReferencedBy<Member>::entity_name, is_optional_v<Member>},
            Descriptor::pointer);
    }
    ++index;
  });
}

/** How many members of Entity reference other entities' rows. */
template <class Entity>
inline constexpr std::size_t reference_count = [] {
  std::size_t count = 0;
  for_each_reference<Entity>([&](Reference const&, auto) { ++count; });
  return count;
}();

/** The members of Entity that reference other entities' rows, in the order they were described. */
template <class Entity>
inline constexpr std::array<Reference, reference_count<Entity>> references = [] {
  std::array<Reference, reference_count<Entity>> all{};
  std::size_t at = 0;
  for_each_reference<Entity>([&](Reference const& reference, auto) { all[at++] = reference; });
  return all;
}();

/** Calls `visit.template operator()<Referrer>(reference, pointer_to_member)` for each member of any of the Entities
    that references a row of Entity. */
template <class Entity, class Visitor>
constexpr void for_each_referrer(Visitor&& visit) {
  for_each_entity([&]<class Referrer>(std::type_identity<Referrer>) {
    for_each_reference<Referrer>([&]<class Member>(Reference const& reference, Member Referrer::*pointer) {
      if constexpr (std::is_same_v<ReferencedBy<Member>, Entity>) {
        visit.template operator()<Referrer>(reference, pointer);
      }
    });
  });
}

namespace detail {

template <class Readable, bool IsReadModel>
struct PartsOf {
  using type = boost::mp11::mp_list<Readable>;
};
template <class ReadModel>
struct PartsOf<ReadModel, true> {
  using type =
      boost::mp11::mp_transform<MemberType, boost::mp11::mp_rename<Descriptors<ReadModel>, boost::mp11::mp_list>>;
};

}  // namespace detail

/** The entities whose rows make up a Readable: itself, or a read model's parts in their order. */
template <class Readable>
using Parts = typename detail::PartsOf<Readable, is_read_model<Readable>>::type;

template <class Readable>
inline constexpr std::size_t part_count = boost::mp11::mp_size<Parts<Readable>>::value;

/** The entity of part `index`. */
template <class Readable, std::size_t index>
using Part = boost::mp11::mp_at_c<Parts<Readable>, index>;

/** The name of each part; "" for the first one, whose members are named without a prefix. */
template <class Readable>
inline constexpr std::array<std::string_view, part_count<Readable>> part_names = [] {
  std::array<std::string_view, part_count<Readable>> names{};
  if constexpr (is_read_model<Readable>) {
    std::size_t at = 0;
    boost::mp11::mp_for_each<detail::Descriptors<Readable>>([&](auto descriptor) {
      names[at] = at == 0 ? "" : descriptor.name;
      ++at;
    });
  }
  return names;
}();

/** Part `index` of a Readable: an entity itself, or a member of a read model. */
template <std::size_t index, class Readable>
[[nodiscard]] constexpr auto& part_of(Readable& readable) noexcept {
  using Plain = std::remove_const_t<Readable>;
  if constexpr (is_read_model<Plain>) {
    return readable.*boost::mp11::mp_at_c<detail::Descriptors<Plain>, index>::pointer;
  } else {
    static_assert(index == 0);
    return readable;
  }
}

/** The member of an entity that references another. */
template <class From, class To>
inline constexpr Reference reference_between = [] {
  Reference found{};
  std::size_t count = 0;
  for_each_reference<From>([&]<class Member>(Reference const& reference, Member From::*) {
    if constexpr (std::is_same_v<ReferencedBy<Member>, To>) {
      found = reference;
      ++count;
    }
  });
  // Two would leave open which one is meant, and an absent one would leave the part empty.
  if (count != 1 || found.is_optional) throw "a part must have exactly one reference, always there, to the next one";
  return found;
}();

/** The member of part `index` that references part `index + 1`. */
template <class ReadModel, std::size_t index>
inline constexpr Reference joining_reference = reference_between<Part<ReadModel, index>, Part<ReadModel, index + 1>>;

/** The pointer to that member. */
template <class ReadModel, std::size_t index>
inline constexpr Id<Part<ReadModel, index + 1>> Part<ReadModel, index>::*joining_member =
    boost::mp11::mp_at_c<detail::Descriptors<Part<ReadModel, index>>,
                         joining_reference<ReadModel, index>.index>::pointer;

/** A unique key of which one value is an id and the other is a name, or leads to a row that has one. */
struct NamedKey {
  std::size_t key{};          ///< which of the root's unique keys
  std::string_view within{};  ///< its member that is the id: of whose rows the name is unique, or nearly
  std::size_t name_part{};    ///< whose "name" it is: the root's (0), or the next part's (1)
};

/** By which key people name a Readable: an environment or an integration by its team and its name, an install by its
    environment and the name of its integration, which several teams may have given. Nothing where there is no such. */
template <class Readable>
inline constexpr std::optional<NamedKey> named_key = []() -> std::optional<NamedKey> {
  auto const has_name = [](UniqueKey const& key) { return key[0] == "name" || key[1] == "name"; };
  auto const& keys = Root<Readable>::unique_keys;
  for (std::size_t number = 0; number < keys.size(); ++number) {
    for (std::size_t at = 0; at < keys[number].size(); ++at) {
      std::string_view const within = keys[number][1 - at];
      if (keys[number][at] == "name") return NamedKey{number, within, 0};
      if constexpr (part_count < Readable >> 1) {
        auto const& nested = Part<Readable, 1>::unique_keys;
        bool const leads_to_next = keys[number][at] == joining_reference<Readable, 0>.member;
        if (leads_to_next && std::any_of(nested.begin(), nested.end(), has_name)) return NamedKey{number, within, 1};
      }
    }
  }
  return std::nullopt;
}();

// What lists can be filtered by: the parts that are read, and after them the rows beside.

/** The entities by whose members lists of a Readable can be filtered. */
template <class Readable>
using FilterParts = boost::mp11::mp_append<Parts<Readable>, typename RowsBeside<Readable>::type>;

template <class Readable>
inline constexpr std::size_t filter_part_count = boost::mp11::mp_size<FilterParts<Readable>>::value;

template <class Readable, std::size_t index>
using FilterPart = boost::mp11::mp_at_c<FilterParts<Readable>, index>;

/** The part that references part `index`; the first of the rows beside is referenced by the root. */
template <class Readable, std::size_t index>
inline constexpr std::size_t filter_parent = index == part_count<Readable> ? 0 : index - 1;

/** The member of that part. */
template <class Readable, std::size_t index>
inline constexpr Reference filter_reference =
    reference_between<FilterPart<Readable, filter_parent<Readable, index>>, FilterPart<Readable, index>>;

namespace detail {

/** A name that is put together while compiling. */
struct Path {
  std::array<char, 64> characters{};
  std::size_t size = 0;

  constexpr void add(std::string_view text) {
    for (char const character : text) characters.at(size++) = character;
  }
  [[nodiscard]] constexpr std::string_view view() const noexcept { return {characters.data(), size}; }
};

template <class Readable, std::size_t index>
inline constexpr Path filter_path = [] {
  Path path;
  if constexpr (index > 0) {
    constexpr std::size_t parent = filter_parent<Readable, index>;
    if constexpr (parent > 0) {
      path.add(filter_path<Readable, parent>.view());
      path.add(".");
    }
    // "team" for a member "team_id"
    std::string_view const member = filter_reference<Readable, index>.member;
    path.add(member.substr(0, member.size() - std::string_view("_id").size()));
  }
  return path;
}();

}  // namespace detail

/** What filters call a part: "" for the root, "integration" for what its integration_id references, "integration.team"
    for what that row's team_id does. */
template <class Readable, std::size_t index>
inline constexpr std::string_view filter_name = detail::filter_path<Readable, index>.view();

}  // namespace inlay::model

#endif
