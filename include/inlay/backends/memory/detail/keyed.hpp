// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MEMORY_DETAIL_KEYED_HPP
#define INLAY_BACKENDS_MEMORY_DETAIL_KEYED_HPP

// The row that is named by its unique key, with the name of what is nested in place of its id.

#include <inlay/backends/memory/detail/table.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/query.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace inlay::memory {

/** The row that people call by a name, and whether there are several. */
template <class Readable>
struct NamedRow {
  Row<model::Root<Readable>> const* row = nullptr;
  bool is_one_of_several = false;
};

/** @param nested of a Readable whose key says the next part's row by its name, the table of those. */
template <class Readable, class... Nested>
[[nodiscard]] NamedRow<Readable> row_named(NamedRequest<Readable> const& request,
                                           Table<model::Root<Readable>> const& table, Table<Nested> const&... nested) {
  constexpr model::NamedKey key = *model::named_key<Readable>;
  NamedRow<Readable> found;
  if constexpr (sizeof...(Nested) == 0) {
    found.row = table.find_keyed(key.key, key.within, request.within, request.name);
  } else {
    for (auto const& [place, one] : (nested, ...).named(request.name)) {
      auto const* const row = table.find_keyed(key.key, key.within, request.within, one->id.uuid);
      if (row == nullptr) continue;
      found.is_one_of_several = found.row != nullptr;
      if (found.is_one_of_several) break;
      found.row = row;
    }
  }
  return found;
}

/** Whether a key of a Readable says the next part's row by its name. */
template <class Readable>
inline constexpr bool is_named_by_part = model::named_key<Readable>&& model::named_key<Readable>->name_part == 1;

/** The rows that conditions name by their unique key, of which they say the nested row's id by its name. There are as
    many as teams have one of that name. @return nothing where the conditions say no such key. */
template <class Readable, class Nested>
requires is_named_by_part<Readable>
[[nodiscard]] std::optional<OrderedRows<model::Root<Readable>>> rows_keyed(
    std::vector<std::pair<FieldPlace, Condition const*>> const& where, Table<model::Root<Readable>> const& table,
    Table<Nested> const& nested) {
  constexpr model::NamedKey key = *model::named_key<Readable>;
  auto const find_value = [&](std::size_t part, std::string_view member) -> FieldValue const* {
    for (auto const& [place, condition] : where) {
      bool const is_it = place.part == part && place.field.name == member && condition->op == Operator::eq;
      if (is_it) return &condition->values.front();
    }
    return nullptr;
  };
  FieldValue const* const name = find_value(1, "name");
  FieldValue const* const within = find_value(0, key.within);
  if (name == nullptr || within == nullptr) return std::nullopt;
  OrderedRows<model::Root<Readable>> rows;
  for (auto const& [place, one] : nested.named(std::get<std::string>(*name))) {
    auto const* const row = table.find_keyed(key.key, key.within, std::get<Uuid>(*within), one->id.uuid);
    if (row != nullptr) rows.emplace(place_of(**row), *row);
  }
  return rows;
}

}  // namespace inlay::memory

#endif
