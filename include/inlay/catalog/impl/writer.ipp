// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_WRITER_IPP
#define INLAY_CATALOG_IMPL_WRITER_IPP

#include <inlay/catalog/detail/configs.hpp>
#include <inlay/catalog/detail/retry.hpp>
#include <inlay/catalog/detail/row_changes.hpp>
#include <inlay/catalog/detail/writer.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/errors.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace inlay::detail {

/** How often a write reads first and then commits, before it leaves the decision to the store (Edit). */
inline constexpr int optimistic_attempts = 3;

/** What people call a row: its name, or else its id. */
template <class Entity>
std::string name_of(Entity const& row) {
  if constexpr (requires { row.name; }) {
    return "\"" + row.name + "\"";
  } else {
    return to_string(row.id);
  }
}

/** The error of a row that was created and cannot be shown. */
template <class Entity>
Error done_but_unread(Id<Entity> id, Error error) {
  error.message = "the " + storage::words(Entity::entity_name) + " was created, with the id " + to_string(id) +
                  ", but it cannot be read again: " + error.message;
  error.outcome = Outcome::done;
  return error;
}

/** The error of an edit; one about a stored document says whose. */
template <class Entity>
Error of_row(Entity const& row, Error error) {
  if (error.kind != ErrorKind::corrupt) return error;
  std::string what = std::move(error.message);
  model::for_each_field<Entity>([&](model::Field const& field, auto) {
    if (field.type == model::FieldType::document) what = "its " + std::string(field.name) + " is not a JSON object";
  });
  return storage::corrupt_row(Entity::entity_name, row.id.uuid, what);
}

// ---- the gate

/** Has an Edit take what it comes to when it is decided. @return whether it is one. */
template <class One>
bool hold_to_quota([[maybe_unused]] One& change, [[maybe_unused]] Quotas::Hold& hold, [[maybe_unused]] Id<Team> team,
                   [[maybe_unused]] Timestamp time) {
  if constexpr (requires { change.edit; }) {
    change.edit = [edit = std::move(change.edit), &hold, team, time](auto const& current) {
      auto after = edit(current);
      if (!after) return after;
      if (*after == current) {
        // What was taken when it was decided before, by what others have changed since, is given back.
        if (auto const taken = hold.take(Charge{}); !taken) after = taken.error();
        return after;
      }
      Update<std::remove_cvref_t<decltype(current)>> const update{current, *after};
      if (auto const taken = hold.take(charge_of({update}, team, time)); !taken) after = taken.error();
      return after;
    };
    return true;
  }
  return false;
}

Result<Committed> Writer::commit(Timestamp time, std::vector<Change> changes, std::vector<AnyGuard> guards) const {
  Quotas& quotas = session_.state->quotas;
  std::optional<Quotas::Hold> hold;
  if (session_.caller.team && quotas.are_set()) {
    Id<Team> const team = *session_.caller.team;
    hold.emplace(quotas, team, time);
    auto const charge = charge_of(changes, team, time);
    bool wants_count = charge.wants_room();
    for (Change& change : changes) {
      bool const is_edit = std::visit([&](auto& one) { return hold_to_quota(one, *hold, team, time); }, change);
      wants_count = wants_count || is_edit;
    }
    if (wants_count) {
      if (auto const counted = hold->count(rows_.store()); !counted) return counted.error();
    }
    if (auto const taken = hold->take(charge); !taken) return taken.error();
  }
  auto committed = rows_.store().commit(Commit{.changes = std::move(changes),
                                               .guards = std::move(guards),
                                               .actor = session_.caller.actor,
                                               .reason = session_.caller.reason,
                                               .token = generate_uuid(),
                                               .time = time});
  bool const may_be_done = committed || committed.error().outcome != Outcome::not_done;
  if (hold && may_be_done) hold->keep();
  return committed;
}

/** What commit() would refuse for a quota; for dry runs. */
Result<void> Writer::check_quota(Timestamp time, std::vector<Change> const& changes) const {
  Quotas& quotas = session_.state->quotas;
  if (!session_.caller.team || !quotas.are_set()) return {};
  Quotas::Hold hold(quotas, *session_.caller.team, time);
  if (auto counted = hold.count(rows_.store()); !counted) return counted;
  return hold.check(charge_of(changes, *session_.caller.team, time));
}

// ---- creating

template <class Entity>
Result<Resource<Entity>> Writer::insert(Entity row) const {
  if (row.id.is_nil()) {
    constexpr bool has_summary = requires { Entity::public_members; };
    row.id = Id<Entity>{has_summary ? options().generate_public_id() : options().generate_id()};
  }
  rules::Of<Entity>::as_created(row);
  rules::Of<Entity>::normalise(row);
  if (auto checked = check_row<Entity>(row, nullptr, options().limits); !checked) return checked.error();
  Insert<Entity> const insert{std::move(row)};

  using Answer = Resource<Entity>;
  return until_settled<Answer>([&](int) -> Tried<Answer> {
    auto guards = policy().may_insert(insert.row, rows_);
    if (!guards) return guards.error();
    Timestamp const time = now();
    auto const committed = commit(time, {insert}, std::move(*guards));
    if (!committed) {
      // A guard that no longer holds: what allowed it has changed, so look again.
      bool const is_lost = committed.error().kind == ErrorKind::conflict;
      return is_lost ? Tried<Answer>::lost(committed.error()) : committed.error();
    }
    if constexpr (std::is_same_v<Answer, Entity>) {
      return inserted(insert, time, committed->revision);
    } else {
      auto created = rows_.get(insert.row.id, ReadFrom::primary);
      // Another that has the id by now is not what was created.
      if (created && model::part_of<0>(*created).birth != insert.birth) {
        created = storage::no_such_row(Entity::entity_name);
      }
      if (!created) return done_but_unread<Entity>(insert.row.id, created.error());
      return std::move(*created);
    }
  });
}

// ---- changing

/** What an edit makes of a row, and whether the caller may have it so. */
template <class Entity>
Result<Entity> Writer::edited(Entity const& before, RowEdit<Entity> const& edit, UpdateOptions const& options) const {
  if (auto allowed = policy().may_change<Entity>(before, nullptr); !allowed) return allowed.error();
  if (auto is_it = check_expected(before, options.expected_version); !is_it) return is_it.error();
  auto after = edit(before);
  if (!after) return of_row(before, after.error());
  rules::Of<Entity>::normalise(*after);
  if (auto allowed = policy().may_change(before, &*after); !allowed) return allowed.error();
  policy().withdraw_mark(before, *after);
  if (auto allowed = rules::Of<Entity>::may_be(*after); !allowed) return allowed.error();
  if (auto checked = check_row(*after, &before, this->options().limits); !checked) return checked.error();
  return after;
}

template <class Entity>
Result<Updated<Entity>> Writer::change(Id<Entity> id, RowEdit<Entity> const& edit, UpdateOptions const& options,
                                       ResourceCheck<Entity> const& check) const {
  using Answer = Updated<Entity>;
  return until_settled<Answer>([&](int lost) -> Tried<Answer> {
    auto found = rows_.find<Resource<Entity>>(id, options.with_installed_in);
    if (!found) return found.error();
    if (auto concealed = rows_.conceal(std::span(&*found, 1)); !concealed) return concealed.error();
    Answer answer{.resource = std::move(*found)};
    Entity& row = model::part_of<0>(answer.resource);
    Entity const stored = row;  // a store writes the members that differ from it
    as_seen(answer.resource);
    Entity const before = row;
    auto after = edited(before, edit, options);
    if (!after) return after.error();
    if (*after == before) return answer;
    if (check) {
      if (auto allowed = check(answer.resource); !allowed) return allowed.error();
    }
    answer.changed = true;
    if (options.dry_run) return as_it_would_be(std::move(answer), before, std::move(*after));

    auto guards = policy().owners_of(before, rows_);
    if (!guards) return guards.error();
    if (check) {
      for (AnyGuard const& guard : rules::Of<Entity>::judged_by(answer.resource)) guards->push_back(guard);
    }
    auto const time = now();
    std::optional<Update<Entity>> update;
    Change change = Update<Entity>{stored, *after};
    if (lost < optimistic_attempts) {
      update = Update<Entity>{stored, std::move(*after)};
    } else {
      // Others were faster every time: let the store decide it between them.
      change =
          Edit<Entity>{id, [&](Entity const& current) -> Result<Entity> {
                         // Another row, of which nothing has been judged.
                         if (current.birth != before.birth || !rules::Of<Entity>::is_judged_alike(current, before)) {
                           return storage::stale_version(Entity::entity_name, std::nullopt);
                         }
                         Entity seen = current;
                         as_seen(seen);
                         auto edited_row = edited(seen, edit, options);
                         if (!edited_row) return edited_row;
                         if (check && *edited_row != seen) {
                           auto resource = answer.resource;
                           model::part_of<0>(resource) = seen;
                           if (auto allowed = check(resource); !allowed) return allowed.error();
                         }
                         update = Update<Entity>{seen, *edited_row};
                         // What changes nothing writes nothing, however it is stored.
                         if (*edited_row == seen) return current;
                         return edited_row;
                       }};
    }
    auto const committed = commit(time, {std::move(change)}, std::move(*guards));
    if (!committed) {
      // A conflict with a pointer is a JSON Patch's own. Else the row, or one that it was judged by, is not as it was
      // read, and perhaps it is another: what is then to be said, to this caller, is found by looking again.
      bool const is_lost = committed.error().kind == ErrorKind::conflict && !committed.error().pointer;
      return is_lost ? Tried<Answer>::lost(committed.error()) : committed.error();
    }
    answer.changed = update->before != update->after;
    row = answer.changed ? updated(*update, time, committed->revision) : update->before;
    return answer;
  });
}

/** What a change would come to, for a dry run. @param answer with the resource as it is. */
template <class Entity>
Result<Updated<Entity>> Writer::as_it_would_be(Updated<Entity> answer, Entity const& before, Entity after) const {
  if (auto free = has_free_keys(before, after); !free) return free.error();
  Update<Entity> const update{before, std::move(after)};
  auto const time = now();
  if (auto allowed = check_quota(time, {update}); !allowed) return allowed.error();
  Resource<Entity> const resource_before = answer.resource;
  model::part_of<0>(answer.resource) = updated(update, time, before.revision);
  if (auto compared = Configs(session_).compare(resource_before, answer); !compared) return compared.error();
  return answer;
}

/** The conditions that a row meets which has what this one has in a unique key. */
template <class Entity>
std::vector<Condition> same_key(Entity const& row, model::UniqueKey const& key) {
  std::vector<Condition> where;
  model::for_each_field<Entity>([&](model::Field const& field, auto member) {
    using Value = std::remove_cvref_t<decltype(row.*member)>;
    if (field.name != key[0] && field.name != key[1]) return;
    if constexpr (std::is_same_v<Value, std::string>) {
      where.push_back({std::string(field.name), Operator::eq, {row.*member}});
    } else if constexpr (requires { (row.*member).uuid; }) {
      where.push_back({std::string(field.name), Operator::eq, {(row.*member).uuid}});
    }
  });
  return where;
}

/** Whether no other row has what a change puts into a unique key. A store says so when it commits; a dry run must ask.
 */
template <class Entity>
Result<void> Writer::has_free_keys(Entity const& before, Entity const& after) const {
  for (model::UniqueKey const& key : Entity::unique_keys) {
    auto same = same_key(after, key);
    if (same == same_key(before, key)) continue;
    auto const page = rows_.store().list(Query<Entity>{.where = std::move(same), .limit = 1, .with_documents = false});
    if (!page) return page.error();
    if (!page->items.empty()) return storage::unique_key_taken(Entity::entity_name, key);
  }
  return {};
}

// ---- removing

/** What a commit takes away that removes a row: the row, and what goes along. */
template <class Entity>
Result<std::vector<Change>> Writer::removals(Entity const& row, std::vector<AnyGuard> const& guards) const {
  std::vector<Change> changes;
  Result<void> listed;
  model::for_each_referrer<Entity>([&]<class Referrer>(model::Reference const& reference, auto) {
    if constexpr (rules::Of<Referrer>::goes_with_references) {
      if (!listed) return;
      listed = rows_.for_each_of_all(
          Query<Referrer>{.where = {{std::string(reference.member), Operator::eq, {row.id.uuid}}}},
          [&](Referrer& referrer) {
            changes.push_back(Remove<Referrer>{std::move(referrer)});
            return true;
          });
    }
  });
  if (!listed) return listed.error();
  auto along = rules::Of<Entity>::goes_along(row, guards, *this);
  if (!along) return along.error();
  std::move(along->begin(), along->end(), std::back_inserter(changes));
  changes.push_back(Remove<Entity>{row});
  return changes;
}

template <class Entity>
Result<void> Writer::remove(Id<Entity> id, std::optional<RowVersion> const& expected_version) const {
  int unexplained = 0;
  return until_settled<void>([&](int) -> Tried<void> {
    auto const found = rows_.find<Entity>(id);
    if (!found) return found.error();
    if (auto allowed = policy().may_change<Entity>(*found, nullptr); !allowed) return allowed.error();
    if (auto is_it = check_expected(*found, expected_version); !is_it) return is_it.error();
    auto guards = policy().owners_of(*found, rows_);
    if (!guards) return guards.error();

    auto changes = removals(*found, *guards);
    Result<Committed> const committed =
        changes ? commit(now(), std::move(*changes), std::move(*guards)) : changes.error();
    if (committed) return Result<void>();
    Error error = committed.error();
    error.used_by.clear();  // what the caller may know of it, who_uses() says
    if (error.kind == ErrorKind::conflict) return Tried<void>::lost(error);
    if (error.kind != ErrorKind::in_use) return error;
    auto used = who_uses(id, error);
    auto const still = rows_.find<Entity>(id);
    if (still && still->birth == found->birth) {  // else it was perhaps another row that was used
      if (used) return *std::move(used);
      if (++unexplained > 3) return error;  // somebody whom inlay does not know
    }
    return Tried<void>::lost(error);
  });
}

/** Says who uses a row; nothing when nobody does, or does any longer. */
template <class Entity>
std::optional<Error> Writer::who_uses(Id<Entity> id, Error error) const {
  std::string users;
  bool others = false;
  bool is_known = true;
  std::vector<std::string> used_by;  // as far as the caller sees them
  model::for_each_referrer<Entity>([&]<class Referrer>(model::Reference const& reference, auto) {
    if constexpr (rules::Of<Referrer>::goes_with_references) return;
    constexpr std::size_t named = 3;
    Query<Referrer> const query{.where = {{std::string(reference.member), Operator::eq, {id.uuid}}},
                                .limit = named + 1,
                                .with_documents = false};
    auto all = rows_.store().list(query);
    auto seen = rows_.list(query, ReadFrom::primary);
    is_known = is_known && all && seen;
    if (!all || !seen) return;
    for (std::size_t i = 0; i < std::min(named, seen->items.size()); ++i) {
      if (!users.empty()) users += ", ";
      users += storage::words(Referrer::entity_name) + " " + name_of(seen->items[i]);
    }
    if (!seen->items.empty()) used_by.emplace_back(Referrer::entity_name);
    others = others || seen->items.size() > named || all->items.size() > seen->items.size();
  });
  if (others) users += users.empty() ? "others" : " and others";
  if (!users.empty()) {
    error.message = "the " + storage::words(Entity::entity_name) + " " + to_string(id) + " is still used by " + users;
    error.used_by = std::move(used_by);
    return error;
  }
  if (!is_known) return error;
  return std::nullopt;
}

}  // namespace inlay::detail

#endif
