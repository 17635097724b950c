// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MEMORY_DETAIL_KEYED_HPP
#define INLAY_BACKENDS_MEMORY_DETAIL_KEYED_HPP

// The row that a list's conditions name by its unique key, with the name of what is nested in place of its id.

#include <inlay/backends/memory/detail/table.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/query.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace inlay::memory {

template <class Readable>
[[nodiscard]] constexpr bool keys_by_name() {
  if constexpr (model::part_count<Readable> < 2 || model::Root<Readable>::unique_keys.size() != 1) {
    return false;
  } else {
    return has_name_in_key<model::Part<Readable, 1>>;
  }
}

/** Whether a Readable's rows have one unique key, and nest what has a name. */
template <class Readable>
inline constexpr bool has_key_by_name = keys_by_name<Readable>();

/** The rows that conditions name by their unique key, of which they say the nested row's id by its name. There are as
    many as teams have one of that name. @return nothing where the conditions say no such key. */
template <class Readable, class Nested>
requires has_key_by_name<Readable>
[[nodiscard]] std::optional<OrderedRows<model::Root<Readable>>> rows_keyed(
    std::vector<std::pair<FieldPlace, Condition const*>> const& where, Table<model::Root<Readable>> const& table,
    Table<Nested> const& nested) {
  using Entity = model::Root<Readable>;
  auto const find_value = [&](std::size_t part, std::string_view member) -> FieldValue const* {
    for (auto const& [place, condition] : where) {
      bool const is_it = place.part == part && place.field.name == member && condition->op == Operator::eq;
      if (is_it) return &condition->values.front();
    }
    return nullptr;
  };
  FieldValue const* const name = find_value(1, "name");
  if (name == nullptr) return std::nullopt;
  Entity like;  // has the key's values
  bool is_said = true;
  auto const& key = Entity::unique_keys.front();
  model::for_each_field<Entity>([&]<class Member>(model::Field const& field, Member Entity::*pointer) {
    if constexpr (model::is_id_v<Member>) {
      bool const is_in_key = std::find(key.begin(), key.end(), field.name) != key.end();
      if (!is_in_key || field.name == model::joining_reference<Readable, 0>.member) return;
      FieldValue const* const value = find_value(0, field.name);
      is_said = is_said && value != nullptr;
      if (value != nullptr) (like.*pointer).uuid = std::get<Uuid>(*value);
    }
  });
  if (!is_said) return std::nullopt;
  OrderedRows<Entity> rows;
  for (Uuid const& id : nested.named(std::get<std::string>(*name))) {
    (like.*model::joining_member<Readable, 0>).uuid = id;
    if (Uuid const* const same = table.find_same(0, like)) {
      Row<Entity> const& row = *table.find(*same);
      rows.emplace(place_of(*row), row);
    }
  }
  return rows;
}

}  // namespace inlay::memory

#endif
