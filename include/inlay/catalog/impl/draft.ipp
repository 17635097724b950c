// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_DRAFT_IPP
#define INLAY_CATALOG_IMPL_DRAFT_IPP

// How a draft is written. What it answers is in draft_reads.ipp.

#include <inlay/catalog/detail/draft.hpp>
#include <inlay/catalog/detail/instantiations.hpp>
#include <inlay/catalog/detail/row_changes.hpp>
#include <inlay/catalog/detail/rows.hpp>
#include <inlay/catalog/impl/draft_reads.ipp>
#include <inlay/error.hpp>
#include <inlay/ground/internal/keyed_hash.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/model/internal/record_bytes.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/commit.hpp>
#include <inlay/storage/errors.hpp>
#include <inlay/storage/internal/key_text.hpp>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>
#include <boost/system/result.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace inlay::detail {

// ---- taking commits

Result<Committed> Draft::commit(Commit const& commit) {
  if (auto const checked = storage::check(commit); !checked) return checked.error();
  undo_.clear();
  Result<void> taken;
  for (AnyGuard const& any : commit.guards) {
    if (taken) taken = std::visit([&](auto const& guard) { return hold(guard); }, any);
  }
  for (Change const& any : commit.changes) {
    if (taken) taken = std::visit([&](auto const& change) { return take(change, commit.time); }, any);
    if (row_count() > limits_.rows || bytes_ > limits_.bytes) {
      // Whoever has given the limits looks at what was written; nothing else is done with it.
      return Error{.kind = ErrorKind::invalid_argument, .message = "this is more than is written at once"};
    }
  }
  if (!taken) {
    for (auto step = undo_.rbegin(); step != undo_.rend(); ++step) (*step)();
    return taken.error();
  }
  return Committed{};
}

/** Puts a row as it becomes in the place of what it was here, unless the rest of the commit is not taken. */
template <class Entity>
void Draft::write(Id<Entity> id, std::optional<DraftRow<Entity>> row) {
  if (row) row->step = step_;
  bool const is_first = table<Entity>().find(id) == nullptr;
  if (row && row->before && is_first) bytes_ += record_bytes(*row->before);
  if (row && row->now) bytes_ += record_bytes(*row->now);
  undo_.emplace_back([this, id, old = table<Entity>().put(id, std::move(row))] { table<Entity>().put(id, old); });
}

std::size_t Draft::row_count() const noexcept {
  std::size_t count = 0;
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) { count += table<Entity>().rows().size(); });
  return count;
}

template <class Entity>
Result<void> Draft::hold(Guard<Entity> const& guard) {
  if (DraftRow<Entity> const* const written = table<Entity>().find(guard.id)) {
    bool const is_it = written->now && written->now->version == guard.version && written->now->birth == guard.birth;
    return is_it ? Result<void>() : storage::stale_version(Entity::entity_name, std::nullopt);
  }
  auto const [place, is_new] = std::get<GuardsOf<Entity>>(guards_).emplace(guard.id, guard);
  if (!is_new && (place->second.version != guard.version || place->second.birth != guard.birth)) is_stale_ = true;
  return {};
}

/** The row as it is to be changed further. @param before as whoever changes it has read it. */
template <class Entity>
Result<DraftRow<Entity>> Draft::to_change(Entity const& before) {
  DraftRow<Entity> const* const written = table<Entity>().find(before.id);
  if (written != nullptr) {
    bool const is_it = written->now && written->now->version == before.version && written->now->birth == before.birth;
    if (!is_it) return storage::stale_version(Entity::entity_name, std::nullopt);
    return *written;
  }
  auto const& guards = std::get<GuardsOf<Entity>>(guards_);
  auto const guard = guards.find(before.id);
  if (guard != guards.end() && (guard->second.version != before.version || guard->second.birth != before.birth)) {
    is_stale_ = true;
  }
  return DraftRow<Entity>{.before = before, .now = before, .number = ++rows_numbered_};
}

template <class Entity>
Result<void> Draft::take(Insert<Entity> const& change, Timestamp time) {
  Id<Entity> const id = change.row.id;
  auto const there = row(id);
  if (!there) return there.error();
  if (*there != nullptr) return storage::id_taken(Entity::entity_name);
  DraftRow<Entity> made;
  if (DraftRow<Entity> const* const removed = table<Entity>().find(id)) made = *removed;
  if (made.number == 0) made.number = ++rows_numbered_;
  made.now = inserted(change, time, Revision{});
  if (auto const checked = check_keys<Entity>(*made.now, nullptr); !checked) return checked;
  if (auto const checked = check_references(*made.now); !checked) return checked;
  write(id, std::optional(std::move(made)));
  return {};
}

template <class Entity>
Result<void> Draft::take(Update<Entity> const& change, Timestamp time) {
  auto changed = to_change(change.before);
  if (!changed) return changed.error();
  Entity now = updated(change, time, change.before.revision);
  now.version = change.before.version;  // until it is committed
  if (auto const checked = check_keys(now, &change.before); !checked) return checked;
  changed->now = std::move(now);
  write(change.before.id, std::optional(std::move(*changed)));
  return {};
}

template <class Entity>
Result<void> Draft::take(Edit<Entity> const& change, Timestamp time) {
  auto const current = row(change.id);
  if (!current) return current.error();
  if (*current == nullptr) return storage::no_such_row(Entity::entity_name);
  auto after = change.edit(**current);
  if (!after) return after.error();
  if (*after == **current) return {};
  if (auto const checked = model::check(*after); !checked) return checked;
  return take(Update<Entity>{**current, std::move(*after)}, time);
}

template <class Entity>
Result<void> Draft::take(Remove<Entity> const& change, Timestamp) {
  auto changed = to_change(change.before);
  if (!changed) return changed.error();
  std::vector<std::string_view> referrers;
  Result<void> looked;
  model::for_each_referrer<Entity>([&]<class Referrer>(model::Reference const& reference, auto) {
    bool const is_listed = !referrers.empty() && referrers.back() == Referrer::entity_name;
    if (!looked || is_listed) return;
    auto const is_used = is_referenced<Referrer>(reference.member, change.before.id.uuid);
    if (!is_used) {
      looked = is_used.error();
    } else if (*is_used) {
      referrers.push_back(Referrer::entity_name);
    }
  });
  if (!looked) return looked;
  if (!referrers.empty()) return storage::still_referenced(Entity::entity_name, referrers);
  changed->now.reset();
  bool const was_never_there = !changed->before;
  write(change.before.id, was_never_there ? std::nullopt : std::optional(std::move(*changed)));
  return {};
}

/** Whether a row has what no other row has in a unique key. @param before what it was; nullptr for a new one. */
template <class Entity>
Result<void> Draft::check_keys(Entity const& row, Entity const* before) const {
  DraftTable<Entity> const& own = table<Entity>();
  for (std::size_t number = 0; number < Entity::unique_keys.size(); ++number) {
    model::UniqueKey const& key = Entity::unique_keys[number];
    if (before != nullptr && storage::key_text(key, *before) == storage::key_text(key, row)) continue;
    if (auto const same = own.find_same(number, row); same && *same != row.id) {
      return storage::unique_key_taken(Entity::entity_name, key);
    }
    auto const page = store_->list(Query<Entity>{.where = same_key(row, key), .limit = 1, .with_documents = false});
    if (!page) return page.error();
    bool const is_taken = std::any_of(page->items.begin(), page->items.end(), [&](Entity const& other) {
      return other.id != row.id && own.find(other.id) == nullptr;  // what was written here, was looked up above
    });
    if (is_taken) return storage::unique_key_taken(Entity::entity_name, key);
  }
  return {};
}

/** Whether what a new row references is there. */
template <class Entity>
Result<void> Draft::check_references(Entity const& of) const {
  Result<void> checked;
  model::for_each_reference<Entity>([&]<class Member>(model::Reference const& reference, Member Entity::*) {
    Uuid const* const id = id_in(of, reference.member);
    if (!checked || id == nullptr) return;
    auto const target = row(Id<model::ReferencedBy<Member>>{*id});
    if (!target) {
      checked = target.error();
    } else if (*target == nullptr) {
      checked = storage::dangling_reference(reference);
    }
  });
  return checked;
}

/** Whether a row holds the id in that member. */
template <class Referrer>
Result<bool> Draft::is_referenced(std::string_view member, Uuid const& id) const {
  DraftTable<Referrer> const& own = table<Referrer>();
  for (Id<Referrer> const& one : own.referring_to(member, id)) {
    auto const& now = own.find(one)->now;
    Uuid const* const held = now ? id_in(*now, member) : nullptr;
    if (held != nullptr && *held == id) return true;
  }
  Query<Referrer> query{.where = {{std::string(member), Operator::eq, {id}}}, .limit = 100, .with_documents = false};
  do {
    auto const page = store_->list(query);
    if (!page) return page.error();
    bool const is_used = std::any_of(page->items.begin(), page->items.end(),
                                     [&](Referrer const& one) { return own.find(one.id) == nullptr; });
    if (is_used) return true;
    query.after = page->next;
  } while (query.after);
  return false;
}

// ---- what it comes to

/** Whether a change of a row has left it as it was. */
template <class Entity>
bool is_as_it_was(DraftRow<Entity> const& row) {
  if (!row.before || !row.now || row.is_new()) return false;
  Entity before = *row.before;
  as_seen(before);  // which is how whoever changed it has seen it
  Entity now = *row.now;
  now.updated_at = before.updated_at;
  return now == before;
}

/** The rows that a draft has written, in the order in which they first were. */
template <class Entity>
std::vector<DraftRow<Entity> const*> in_order(DraftTable<Entity> const& table) {
  std::vector<DraftRow<Entity> const*> rows;
  for (auto const& one : table.rows()) rows.push_back(&one.second);
  std::sort(rows.begin(), rows.end(), [](auto const* one, auto const* other) { return one->number < other->number; });
  return rows;
}

/** Adds the changed rows of an entity: one that takes a unique name after the one that gives it up. */
template <class Entity>
boost::system::result<void, Draft::Refused> Draft::add_updates(std::vector<Change>& changes) const {
  enum class State { waits, is_looked_at, is_done };
  struct Updated {
    DraftRow<Entity> const* row;
    State state = State::waits;
  };
  std::unordered_map<Id<Entity>, Updated> all;
  std::vector<Id<Entity>> ids;
  for (DraftRow<Entity> const* const row : in_order(table<Entity>())) {
    if (!row->before || !row->now || row->is_new() || is_as_it_was(*row)) continue;
    all.emplace(row->now->id, Updated{row});
    ids.push_back(row->now->id);
  }
  std::array<std::unordered_map<std::string, Id<Entity>, KeyedHash>, Entity::unique_keys.size()> had;
  for (std::size_t key = 0; key < had.size(); ++key) {
    for (auto const& one : all) {
      had[key].emplace(storage::key_text(Entity::unique_keys[key], *one.second.row->before), one.first);
    }
  }

  std::vector<Id<Entity>> way;  // each waits for the one after it
  for (Id<Entity> const& first : ids) {
    way.push_back(first);
    while (!way.empty()) {
      Id<Entity> const id = way.back();
      Updated& one = all.at(id);
      std::optional<Id<Entity>> waits_for;
      for (std::size_t key = 0; key < had.size() && one.state != State::is_done; ++key) {
        auto const place = had[key].find(storage::key_text(Entity::unique_keys[key], *one.row->now));
        if (place == had[key].end() || place->second == id) continue;
        if (all.at(place->second).state == State::is_looked_at) {
          Error error = storage::unique_key_taken(Entity::entity_name, Entity::unique_keys[key]);
          error.message += ": rows cannot exchange their names in one commit";
          return Refused{one.row->step, std::move(error)};
        }
        if (all.at(place->second).state == State::waits) waits_for = place->second;
      }
      if (waits_for) {
        one.state = State::is_looked_at;
        way.push_back(*waits_for);
        continue;
      }
      way.pop_back();
      if (one.state == State::is_done) continue;
      one.state = State::is_done;
      changes.emplace_back(Update<Entity>{*one.row->before, *one.row->now});
    }
  }
  return {};
}

boost::system::result<std::vector<Change>, Draft::Refused> Draft::changes_to_commit() const {
  std::vector<Change> changes;
  // What is removed gives up its id and its names, those that reference others first; then those are changed that stay,
  // and what is new may take what they have given up, and references what is there by then.
  boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, boost::mp11::mp_reverse<model::Entities>>>(
      [&]<class Entity>(std::type_identity<Entity>) {
        for (DraftRow<Entity> const* const row : in_order(table<Entity>())) {
          if (row->before && (!row->now || row->is_new())) changes.emplace_back(Remove<Entity>{*row->before});
        }
      });
  boost::system::result<void, Refused> added;
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    if (added) added = add_updates<Entity>(changes);
  });
  if (!added) return added.error();
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    for (DraftRow<Entity> const* const row : in_order(table<Entity>())) {
      if (row->is_new()) changes.emplace_back(Insert<Entity>{*row->now, row->now->birth});
    }
  });
  return changes;
}

std::vector<AnyGuard> Draft::guards_to_commit() const {
  std::vector<AnyGuard> guards;
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    for (auto const& one : std::get<GuardsOf<Entity>>(guards_)) {
      if (table<Entity>().find(one.first) == nullptr) guards.emplace_back(one.second);
    }
    for (DraftRow<Entity> const* const row : in_order(table<Entity>())) {
      if (is_as_it_was(*row)) guards.emplace_back(Guard<Entity>(*row->before));
    }
  });
  return guards;
}

template <class Entity>
void Draft::settle(Entity& row, Timestamp time, std::optional<Revision> revision) const {
  DraftRow<Entity> const* const written = table<Entity>().find(row.id);
  bool const is_it = written != nullptr && written->now && written->now->birth == row.birth;
  if (!is_it) return;
  if (is_as_it_was(*written)) {
    row = *written->before;
    as_seen(row);
    return;
  }
  Revision const of_row = revision.value_or(written->now->revision);
  row = written->is_new() ? inserted(Insert<Entity>{*written->now, written->now->birth}, time, of_row)
                          : updated(Update<Entity>{*written->before, *written->now}, time, of_row);
}

// Compiled once.
#define INLAY_INSTANTIATE(Entity) \
  template void Draft::settle<Entity>(Entity&, Timestamp, std::optional<Revision>) const;
INLAY_INSTANTIATE(Grant)
INLAY_FOR_EACH_WRITABLE(INLAY_INSTANTIATE)
#undef INLAY_INSTANTIATE

}  // namespace inlay::detail

#endif
