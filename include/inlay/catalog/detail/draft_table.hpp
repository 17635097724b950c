// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_DRAFT_TABLE_HPP
#define INLAY_CATALOG_DETAIL_DRAFT_TABLE_HPP

#include <inlay/ground/internal/keyed_hash.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/commit.hpp>
#include <inlay/storage/internal/key_text.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

namespace inlay::detail {

/** What a draft makes of a row. */
template <class Entity>
struct DraftRow {
  std::optional<Entity> before{};  ///< as the store has it; none: it has no such row
  std::optional<Entity> now{};     ///< none: it is gone
  std::size_t number{};            ///< the first row that was written has the smallest
  std::size_t step{};              ///< in which step it was last written

  /** Whether `now` is another row than the store has under that id. */
  [[nodiscard]] bool is_new() const { return now && (!before || before->birth != now->birth); }
};

/** The id that a member of a row holds, by its name; nullptr for one that is absent, or no id. */
template <class Entity>
[[nodiscard]] Uuid const* id_in(Entity const& row, std::string_view name) {
  Uuid const* id = nullptr;
  model::for_each_field<Entity>([&]<class Member>(model::Field const& field, Member Entity::*member) {
    if constexpr (model::is_id_v<model::ValueOf<Member>>) {
      if (field.name != name) return;
      if constexpr (model::is_optional_v<Member>) {
        id = row.*member ? &(*(row.*member)).uuid : nullptr;
      } else {
        id = &(row.*member).uuid;
      }
    }
  });
  return id;
}

/** The rows of one entity that a draft has written, and those of the store that it has looked at. */
template <class Entity>
class DraftTable {
 public:
  using Ids = std::set<Id<Entity>>;

  [[nodiscard]] bool is_empty() const noexcept { return rows_.empty(); }

  /** What was made of the row; nullptr where nothing was. */
  [[nodiscard]] DraftRow<Entity> const* find(Id<Entity> id) const {
    auto const place = rows_.find(id);
    return place == rows_.end() ? nullptr : &place->second;
  }

  [[nodiscard]] std::unordered_map<Id<Entity>, DraftRow<Entity>> const& rows() const noexcept { return rows_; }

  /** Those of the rows that may hold the id in that member; all of them, where it is none that is looked up by. */
  [[nodiscard]] Ids referring_to(std::string_view member, Uuid const& id) const {
    for (std::size_t number = 0; number < model::reference_count<Entity>; ++number) {
      if (model::references<Entity>[number].member != member) continue;
      auto const place = by_reference_[number].find(id);
      Ids ids = place == by_reference_[number].end() ? Ids() : place->second;
      std::erase_if(ids, [&](Id<Entity> one) { return find(one) == nullptr; });  // made and removed again
      return ids;
    }
    if (member == "id") return find(Id<Entity>{id}) != nullptr ? Ids{Id<Entity>{id}} : Ids();
    return all();
  }

  [[nodiscard]] Ids all() const {
    Ids ids;
    for (auto const& one : rows_) ids.insert(one.first);
    return ids;
  }

  /** The row that has the same as this one in unique key number `key`, as the draft has left it. */
  [[nodiscard]] std::optional<Id<Entity>> find_same(std::size_t key, Entity const& row) const {
    auto const place = by_key_[key].find(storage::key_text(Entity::unique_keys[key], row));
    return place == by_key_[key].end() ? std::nullopt : std::optional(place->second);
  }

  /** Takes what becomes of a row, or forgets it. @return what it was before. */
  std::optional<DraftRow<Entity>> put(Id<Entity> id, std::optional<DraftRow<Entity>> row) {
    std::optional<DraftRow<Entity>> old;
    if (auto const place = rows_.find(id); place != rows_.end()) {
      old = std::move(place->second);
      rows_.erase(place);
    }
    if (old && old->now) {
      for_each_key(*old->now, [&](auto& keys, std::string const& text) { keys.erase(text); });
    }
    if (!row) return old;
    if (row->now) {
      for_each_key(*row->now, [&](auto& keys, std::string const& text) { keys.insert_or_assign(text, id); });
    }
    for (auto const* const one : {&row->before, &row->now}) {
      if (*one) add_references(**one);
    }
    rows_.emplace(id, *std::move(row));
    return old;
  }

  /** The rows of the store that were looked at; nothing for one that is not there. They stay as they were found, since
      whatever is decided by them is guarded, or is the store's to find out. */
  std::unordered_map<Id<Entity>, std::optional<Entity>> seen{};

 private:
  template <class Visitor>
  void for_each_key(Entity const& row, Visitor&& visit) {
    for (std::size_t key = 0; key < Entity::unique_keys.size(); ++key) {
      visit(by_key_[key], storage::key_text(Entity::unique_keys[key], row));
    }
  }

  void add_references(Entity const& row) {
    for (std::size_t number = 0; number < model::reference_count<Entity>; ++number) {
      Uuid const* const id = id_in(row, model::references<Entity>[number].member);
      if (id != nullptr) by_reference_[number][*id].insert(row.id);
    }
  }

  std::unordered_map<Id<Entity>, DraftRow<Entity>> rows_;
  std::array<std::unordered_map<std::string, Id<Entity>, KeyedHash>, Entity::unique_keys.size()> by_key_;
  std::array<std::unordered_map<Uuid, Ids>, model::reference_count<Entity>> by_reference_;
};

}  // namespace inlay::detail

#endif
