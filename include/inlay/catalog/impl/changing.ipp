// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_CHANGING_IPP
#define INLAY_CATALOG_IMPL_CHANGING_IPP

// How a row is changed, whatever says what it becomes.

#include <inlay/catalog/detail/configs.hpp>
#include <inlay/catalog/detail/instantiations.hpp>
#include <inlay/catalog/detail/retry.hpp>
#include <inlay/catalog/detail/row_changes.hpp>
#include <inlay/catalog/detail/writer.hpp>
#include <inlay/storage/errors.hpp>

#include <optional>
#include <span>
#include <utility>

namespace inlay::detail {

/** How often a write reads first and then commits, before it leaves the decision to the store (Edit). */
inline constexpr int optimistic_attempts = 3;

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

// Compiled once, whoever changes.
#define INLAY_INSTANTIATE(Entity)                                                                                   \
  template Result<Updated<Entity>> Writer::change<Entity>(Id<Entity>, RowEdit<Entity> const&, UpdateOptions const&, \
                                                          ResourceCheck<Entity> const&) const;
INLAY_FOR_EACH_WRITABLE(INLAY_INSTANTIATE)
#undef INLAY_INSTANTIATE

}  // namespace inlay::detail

#endif
