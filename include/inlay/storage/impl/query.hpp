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

namespace inlay {

namespace detail {

/** What filters know about one part of a Readable. */
struct FilterPart {
  std::string_view name;  ///< the prefix of its members' names, without the dot
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

template <class Readable>
inline constexpr auto filter_parts = []<std::size_t... parts>(std::index_sequence<parts...>) {
  return std::array<FilterPart, sizeof...(parts)>{FilterPart{model::part_names<Readable>[parts],
                                                             model::fields<model::Part<Readable, parts>>,
                                                             field_enumerators<model::Part<Readable, parts>>}...};
}
(std::make_index_sequence<model::part_count<Readable>>{});

[[nodiscard]] Result<FieldPlace> find_field(std::string_view path, std::span<FilterPart const> parts);
[[nodiscard]] Result<Condition> parse_condition(std::string_view text, std::span<FilterPart const> parts);
[[nodiscard]] Result<FieldPlace> check_condition(Condition const& condition, std::span<FilterPart const> parts);

}  // namespace detail

template <class Readable>
Result<FieldPlace> find_field(std::string_view path) {
  return detail::find_field(path, detail::filter_parts<Readable>);
}

template <class Readable>
Result<Condition> parse_condition(std::string_view text) {
  return detail::parse_condition(text, detail::filter_parts<Readable>);
}

template <class Readable>
Result<FieldPlace> check_condition(Condition const& condition) {
  return detail::check_condition(condition, detail::filter_parts<Readable>);
}

template <class Readable>
Result<std::vector<FieldPlace>> check_query(Query<Readable> const& query) {
  using Limits = Query<Readable>;
  if (query.limit < 1 || query.limit > Limits::max_limit) return storage::limit_out_of_range(Limits::max_limit);
  // Engines differ in what they bear; these are what all of them do.
  if (query.where.size() > Limits::max_conditions) return storage::too_many("conditions", Limits::max_conditions);
  Result<std::vector<FieldPlace>> places(boost::system::in_place_value);
  std::size_t values = 0;
  for (Condition const& condition : query.where) {
    values += condition.values.size();
    if (values > Limits::max_values) return storage::too_many("values of conditions", Limits::max_values);
    auto const place = check_condition<Readable>(condition);
    if (!place) return place.error();
    places->push_back(*place);
  }
  return places;
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
