// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MEMORY_DETAIL_TABLE_HPP
#define INLAY_BACKENDS_MEMORY_DETAIL_TABLE_HPP

#include <inlay/ground/internal/keyed_hash.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/internal/key_text.hpp>
#include <inlay/storage/query.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

namespace inlay::memory {

/** A stored row never changes: a write puts another in its place, so whoever holds one can read it without a lock. */
template <class Entity>
using Row = std::shared_ptr<Entity const>;

/** Rows in the order of lists. */
template <class Entity>
using OrderedRows = std::map<Cursor, Row<Entity>>;

template <class Entity>
[[nodiscard]] Cursor place_of(Entity const& row) {
  return {row.created_at, row.id.uuid};
}

/** The id that a reference holds, or nullptr when it is absent. */
template <class Other>
[[nodiscard]] Uuid const* referenced_id(Id<Other> const& id) {
  return &id.uuid;
}
template <class Other>
[[nodiscard]] Uuid const* referenced_id(std::optional<Id<Other>> const& id) {
  return id ? &id->uuid : nullptr;
}

/** Whether an entity's rows have names. */
template <class Entity>
inline constexpr bool has_name = requires(Entity const& row) {
  { row.name } -> std::same_as<std::string const&>;
};

/** The rows of one entity, with an index for its ids, its order, each of its unique keys, its names, each of its
    references and each of its enumerations.

    Not thread-safe. It checks nothing: whoever writes has looked before.
*/
template <class Entity>
class Table {
 public:
  /** The row with that id, or nullptr. */
  [[nodiscard]] Row<Entity> const* find(Uuid const& id) const {
    auto const found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &found->second;
  }

  [[nodiscard]] OrderedRows<Entity> const& all() const noexcept { return in_order_; }

  /** The rows whose reference number `reference` holds that id. */
  [[nodiscard]] OrderedRows<Entity> const& referring_to([[maybe_unused]] std::size_t reference,
                                                        [[maybe_unused]] Uuid const& id) const {
    static OrderedRows<Entity> const none;
    if constexpr (model::reference_count<Entity> != 0) {
      auto const found = by_reference_[reference].find(id);
      if (found != by_reference_[reference].end()) return found->second;
    }
    return none;
  }

  /** The rows whose member number `field`, an enumeration, has that value. */
  [[nodiscard]] OrderedRows<Entity> const& with_value(std::size_t field, int value) const {
    static OrderedRows<Entity> const none;
    auto const found = by_value_.find({field, value});
    return found == by_value_.end() ? none : found->second;
  }

  /** The row that has the same values as `row` in unique key number `key`, or nullptr. */
  [[nodiscard]] Row<Entity> const* find_same(std::size_t key, Entity const& row) const {
    return find_key(key, storage::key_text(Entity::unique_keys[key], row));
  }

  /** The row that has an id in one member of unique key number `key`, and an id or a text in the other; or nullptr. */
  template <class Value>
  [[nodiscard]] Row<Entity> const* find_keyed(std::size_t key, std::string_view member, Uuid const& id,
                                              Value const& other) const {
    bool const is_first = Entity::unique_keys[key].front() == member;
    std::string text;
    if (is_first) storage::append_key(id, text);
    storage::append_key(other, text);
    if (!is_first) storage::append_key(id, text);
    return find_key(key, text);
  }

  /** The rows with that name, whoever's they are. */
  [[nodiscard]] OrderedRows<Entity> const& named(std::string_view name) const requires has_name<Entity> {
    static OrderedRows<Entity> const none;
    auto const found = by_name_.find(name);
    return found == by_name_.end() ? none : found->second;
  }

  /** Puts `next` in the place of `old`; either may be null.

      Running out of memory half-way would leave indexes that contradict each other, which nothing could repair: it
      ends the program.
  */
  void replace(Row<Entity> const& old, Row<Entity> const& next) noexcept {
    if (old) remove(*old);
    if (next) add(next);
  }

 private:
  static constexpr std::size_t key_count = Entity::unique_keys.size();

  using ByText = std::unordered_map<std::string, Row<Entity>, inlay::detail::KeyedHash, std::equal_to<>>;

  [[nodiscard]] Row<Entity> const* find_key(std::size_t key, std::string_view text) const {
    auto const found = by_key_[key].find(text);
    return found == by_key_[key].end() ? nullptr : &found->second;
  }

  /** Calls `visit(reference number, id)` for each reference that the row has. */
  template <class Visitor>
  static void for_each_target(Entity const& row, Visitor&& visit) {
    std::size_t number = 0;
    model::for_each_reference<Entity>([&](model::Reference const&, auto pointer) {
      if (Uuid const* id = referenced_id(row.*pointer)) visit(number, *id);
      ++number;
    });
  }

  /** Calls `visit(field number, value)` for each enumeration that the row has. */
  template <class Visitor>
  static void for_each_value(Entity const& row, Visitor&& visit) {
    std::size_t number = 0;
    model::for_each_field<Entity>([&]<class Member>(model::Field const&, Member Entity::*pointer) {
      if constexpr (std::is_enum_v<Member>) visit(number, static_cast<int>(row.*pointer));
      ++number;
    });
  }

  void add(Row<Entity> const& row) {
    Cursor const place = place_of(*row);
    by_id_.emplace(row->id.uuid, row);
    in_order_.emplace(place, row);
    for (std::size_t key = 0; key < key_count; ++key) {
      by_key_[key].emplace(storage::key_text(Entity::unique_keys[key], *row), row);
    }
    if constexpr (has_name<Entity>) by_name_[row->name].emplace(place, row);
    for_each_target(*row, [&](std::size_t number, Uuid const& id) { by_reference_[number][id].emplace(place, row); });
    for_each_value(*row, [&](std::size_t number, int value) { by_value_[{number, value}].emplace(place, row); });
  }

  void remove(Entity const& row) {
    Cursor const place = place_of(row);
    for (std::size_t key = 0; key < key_count; ++key) {
      by_key_[key].erase(storage::key_text(Entity::unique_keys[key], row));
    }
    if constexpr (has_name<Entity>) {
      auto const same = by_name_.find(row.name);
      same->second.erase(place);
      if (same->second.empty()) by_name_.erase(same);
    }
    for_each_target(row, [&](std::size_t number, Uuid const& id) {
      auto const rows = by_reference_[number].find(id);
      rows->second.erase(place);
      if (rows->second.empty()) by_reference_[number].erase(rows);
    });
    for_each_value(row, [&](std::size_t number, int value) { by_value_[{number, value}].erase(place); });
    in_order_.erase(place);
    by_id_.erase(row.id.uuid);
  }

  std::unordered_map<Uuid, Row<Entity>> by_id_;
  OrderedRows<Entity> in_order_;
  std::array<ByText, key_count> by_key_;
  std::unordered_map<std::string, OrderedRows<Entity>, inlay::detail::KeyedHash, std::equal_to<>> by_name_;
  std::array<std::unordered_map<Uuid, OrderedRows<Entity>>, model::reference_count<Entity>> by_reference_;
  std::map<std::pair<std::size_t, int>, OrderedRows<Entity>> by_value_;
};

}  // namespace inlay::memory

#endif
