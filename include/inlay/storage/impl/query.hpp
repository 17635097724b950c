// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_IMPL_QUERY_HPP
#define INLAY_STORAGE_IMPL_QUERY_HPP

#include <inlay/model/references.hpp>
#include <inlay/storage/query.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay {

namespace detail {

/** What filters know about one part of a Readable. */
struct FilterPart {
  std::string_view name;       ///< the prefix of its members' names, without the dot
  std::string_view entity;     ///< whose members they are
  std::string_view joined_by;  ///< the member, of the part that references this one, that does; "" for the root
  std::span<model::Field const> fields;
  std::span<std::span<std::string_view const> const> enumerators;  ///< of each field; none for one that has none
};

template <class Entity>
inline constexpr auto field_enumerators = [] {
  std::array<std::span<std::string_view const>, model::field_count<Entity>> all{};
  std::size_t at = 0;
  model::for_each_field<Entity>([&]<class Member>(model::Field const&, Member Entity::*) {
    if constexpr (std::is_enum_v<model::ValueOf<Member>>) all[at] = model::enum_names<model::ValueOf<Member>>;
    ++at;
  });
  return all;
}();

template <class Readable, std::size_t part>
[[nodiscard]] consteval FilterPart filter_part() {
  using Entity = model::FilterPart<Readable, part>;
  FilterPart made{.name = model::filter_name<Readable, part>,
                  .entity = Entity::entity_name,
                  .joined_by = {},
                  .fields = model::fields<Entity>,
                  .enumerators = field_enumerators<Entity>};
  if constexpr (part > 0) made.joined_by = model::filter_reference<Readable, part>.member;
  return made;
}

/** All that lists of a Readable can be filtered by: the parts that are read, and after them the rows beside. */
template <class Readable>
inline constexpr auto filter_parts = []<std::size_t... parts>(std::index_sequence<parts...>) {
  return std::array<FilterPart, sizeof...(parts)>{filter_part<Readable, parts>()...};
}
(std::make_index_sequence<model::filter_part_count<Readable>>{});

/** Those that are read. */
template <class Readable>
[[nodiscard]] constexpr std::span<FilterPart const> read_parts() noexcept {
  return std::span<FilterPart const>(filter_parts<Readable>).first(model::part_count<Readable>);
}

[[nodiscard]] Result<FieldPlace> find_filter_field(std::string_view path, std::span<FilterPart const> parts);
[[nodiscard]] Result<Condition> parse_condition(std::string_view text, std::span<FilterPart const> parts);
[[nodiscard]] Result<FieldPlace> check_condition(Condition const& condition, std::span<FilterPart const> parts);

/** Whether rows can be compared with a text: not every engine compares others as they are, and no stored one is like
    that. */
[[nodiscard]] bool is_comparable(std::string_view text);

/** Takes the conditions on the parts from `beside` on out of `where`, and adds to the scope that they hold. */
[[nodiscard]] Result<void> move_into_scope(std::vector<Condition>& where, Scope& scope,
                                           std::span<FilterPart const> parts, std::size_t beside);

/** What check_query refuses for how much there is of it. Engines differ in what they bear; this is what all of them do.
 */
[[nodiscard]] Result<void> check_counts(std::vector<Condition> const& where, std::size_t limit);
[[nodiscard]] Result<std::vector<FieldPlace>> check_query(std::vector<Condition> const& where, std::size_t limit,
                                                          std::span<FilterPart const> parts);

/** Whether one of the conditions is on a part from `beside` on. */
[[nodiscard]] bool is_on_any_from(std::size_t beside, std::vector<Condition> const& where,
                                  std::span<FilterPart const> parts);

}  // namespace detail

template <class Readable, class Place>
Result<Place> find_filter_field(std::string_view path) {
  return detail::find_filter_field(path, detail::filter_parts<Readable>);
}

template <class Readable, class Parsed>
Result<Parsed> parse_condition(std::string_view text) {
  return detail::parse_condition(text, detail::filter_parts<Readable>);
}

template <class Readable, class Place>
Result<Place> check_condition(Condition const& condition) {
  return detail::check_condition(condition, detail::filter_parts<Readable>);
}

template <class Readable, class Place>
Result<std::vector<Place>> check_query(Query<Readable> const& query) {
  return detail::check_query(query.where, query.limit, detail::read_parts<Readable>());
}

template <class Readable>
Result<std::optional<Query<Readable>>> conditions_into_scope(Query<Readable> const& query) {
  std::optional<Query<Readable>> moved;
  if constexpr (constexpr std::size_t beside = model::part_count<Readable>;
                beside < model::filter_part_count<Readable>) {
    if (!detail::is_on_any_from(beside, query.where, detail::filter_parts<Readable>)) return moved;
    if (auto const counts = detail::check_counts(query.where, query.limit); !counts) return counts.error();
    moved = query;
    auto const done = detail::move_into_scope(moved->where, moved->scope, detail::filter_parts<Readable>, beside);
    if (!done) return done.error();
  }
  return moved;
}

template <class Readable>
std::size_t document_bytes(Readable const& readable, Query<Readable> const& query) {
  std::size_t bytes = 0;
  auto const add = [&]<class Entity>(Entity const& row, std::size_t part) {
    if (!query.brings_documents(part)) return;
    model::for_each_field<Entity>([&]<class Member>(model::Field const&, Member Entity::*pointer) {
      if constexpr (std::is_same_v<Member, Document>) {
        bytes += (row.*pointer).text().size();
      } else if constexpr (std::is_same_v<Member, std::optional<Document>>) {
        if (row.*pointer) bytes += (*(row.*pointer)).text().size();
      }
    });
  };
  [&]<std::size_t... part>(std::index_sequence<part...>) { (add(model::part_of<part>(readable), part), ...); }
  (std::make_index_sequence<model::part_count<Readable>>{});
  return bytes;
}

}  // namespace inlay

#endif
