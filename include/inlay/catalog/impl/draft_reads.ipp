// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_DRAFT_READS_IPP
#define INLAY_CATALOG_IMPL_DRAFT_READS_IPP

// What a draft answers: what the store does, with what was written here in its place.

#include <inlay/catalog/detail/draft.hpp>
#include <inlay/catalog/detail/instantiations.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/errors.hpp>
#include <inlay/storage/internal/match.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay::detail {

/** The place of a row in the order of lists. */
template <class Readable>
Cursor place_in_lists(Readable const& readable) {
  auto const& row = model::part_of<0>(readable);
  return {row.created_at, row.id.uuid};
}

/** A row, whoever sees it; nullptr where there is none. */
template <class Entity>
Result<Entity const*> Draft::row(Id<Entity> id) const {
  if (DraftRow<Entity> const* const written = table<Entity>().find(id)) return written->now ? &*written->now : nullptr;
  auto& seen = table<Entity>().seen;
  auto place = seen.find(id);
  if (place == seen.end()) {
    auto found = store_->find(FindRequest<Entity>{.id = id});
    if (!found && found.error().kind != ErrorKind::not_found) return found.error();
    place = seen.emplace(id, found ? std::optional(std::move(*found)) : std::nullopt).first;
  }
  return place->second ? &*place->second : nullptr;
}

// ---- read models

/** A row with those that it references. */
template <class Readable>
Result<Readable> Draft::assembled(model::Root<Readable> root) const {
  Readable whole;
  model::part_of<0>(whole) = std::move(root);
  Result<void> found;
  [&]<std::size_t... index>(std::index_sequence<index...>) {
    [[maybe_unused]] auto const add = [&]<std::size_t at>(std::integral_constant<std::size_t, at>) {
      if (!found) return;
      auto const part = row(model::part_of<at>(whole).*model::joining_member<Readable, at>);
      if (!part) {
        found = part.error();
      } else if (*part == nullptr) {
        found = storage::no_such_row(model::Part<Readable, at + 1>::entity_name);  // removed by somebody meanwhile
      } else {
        model::part_of<at + 1>(whole) = **part;
      }
    };
    (add(std::integral_constant<std::size_t, index>()), ...);
  }
  (std::make_index_sequence<model::part_count<Readable> - 1>{});
  if (!found) return found.error();
  return whole;
}

/** Puts what was written here in the place of what a row references. */
template <class Readable>
void Draft::renew_parts(Readable& whole) const {
  [&]<std::size_t... index>(std::index_sequence<index...>) {
    [[maybe_unused]] auto const renew = [&]<class Part>(Part& part) {
      DraftRow<Part> const* const written = table<Part>().find(part.id);
      if (written != nullptr && written->now) part = *written->now;
    };
    (renew(model::part_of<index + 1>(whole)), ...);
  }
  (std::make_index_sequence<model::part_count<Readable> - 1>{});
}

// ---- scopes

/** Whether what a scope says of related rows can have changed here. */
bool Draft::is_touched(Scope const& scope) const {
  if (scope.kind == Scope::Kind::related) {
    bool is_written = false;
    model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
      if (scope.entity == Entity::entity_name) is_written = !table<Entity>().is_empty();
    });
    if (is_written) return true;
  }
  return std::any_of(scope.parts.begin(), scope.parts.end(), [&](Scope const& part) { return is_touched(part); });
}

/** Whether a scope lets a row through. */
template <class Entity>
Result<bool> Draft::meets(Entity const& row, Scope const& scope) const {
  switch (scope.kind) {
    case Scope::Kind::condition: {
      auto const place = check_condition<Entity>(scope.condition);
      if (!place) return place.error();
      return storage::matchers<Entity>[place->index](&row, scope.condition);
    }
    case Scope::Kind::related: {
      Uuid const* const id = id_in(row, scope.own_member);
      Result<bool> is_there = false;
      if (id == nullptr) return is_there;
      model::for_each_entity([&]<class Other>(std::type_identity<Other>) {
        if (scope.entity == Other::entity_name) is_there = has_related<Other>(*id, scope);
      });
      return is_there;
    }
    default: break;
  }
  bool const is_any = scope.kind == Scope::Kind::any_of;
  for (Scope const& part : scope.parts) {
    auto const does_meet = meets(row, part);
    if (!does_meet || *does_meet == is_any) return does_meet;
  }
  return !is_any;
}

/** Whether there is a row of Other, holding the id in the scope's member, that its one part lets through. */
template <class Other>
Result<bool> Draft::has_related(Uuid const& id, Scope const& scope) const {
  Scope const& part = scope.parts.front();
  DraftTable<Other> const& own = table<Other>();
  for (Id<Other> const& one : own.referring_to(scope.member, id)) {
    auto const& now = own.find(one)->now;
    Uuid const* const held = now ? id_in(*now, scope.member) : nullptr;
    if (held == nullptr || *held != id) continue;
    auto const does_meet = meets(*now, part);
    if (!does_meet || *does_meet) return does_meet;
  }
  bool const is_stores = !is_touched(part);
  Query<Other> query{.where = {{scope.member, Operator::eq, {id}}}, .limit = 100, .with_documents = false};
  if (is_stores) query.scope = part;
  do {
    auto const page = store_->list(query);
    if (!page) return page.error();
    for (Other const& one : page->items) {
      if (own.find(one.id) != nullptr) continue;
      auto const does_meet = is_stores ? Result<bool>(true) : meets(one, part);
      if (!does_meet || *does_meet) return does_meet;
    }
    query.after = page->next;
  } while (query.after);
  return false;
}

// ---- finding

template <class Readable>
Result<Readable> Draft::find_readable(FindRequest<Readable> const& request) const {
  using Entity = model::Root<Readable>;
  FindRequest<Readable> of_store = request;
  of_store.with_installed_in = false;
  DraftRow<Entity> const* const written = table<Entity>().find(request.id);
  bool const is_judged_here = written != nullptr || is_touched(request.scope);
  Result<Readable> found = storage::no_such_row(Entity::entity_name);
  if (written != nullptr) {
    if (written->now) found = assembled<Readable>(*written->now);
  } else {
    Ahead<Readable> const& ahead = std::get<Ahead<Readable>>(ahead_);
    auto const place = ahead.rows.find(request.id);
    if (place != ahead.rows.end() && ahead.scope == request.scope) {
      found = place->second;
    } else {
      if (is_judged_here) of_store.scope = {};
      found = store_->find(of_store);
    }
    if (found) renew_parts(*found);
  }
  if (!found || !is_judged_here) return found;
  auto const is_visible = meets(model::part_of<0>(*found), request.scope);
  if (!is_visible) return is_visible.error();
  if (!*is_visible) return storage::no_such_row(Entity::entity_name);
  return found;
}

template <class Readable>
void Draft::read_ahead(std::vector<Id<model::Root<Readable>>> ids, Scope const& scope) {
  Ahead<Readable>& ahead = std::get<Ahead<Readable>>(ahead_);
  ahead.rows.clear();
  ahead.scope = scope;
  if (ids.size() < 2) return;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  Query<Readable> query{.where = {{"id", Operator::in, {}}}, .limit = ids.size(), .scope = scope};
  for (auto const& id : ids) query.where.front().values.emplace_back(id.uuid);
  auto page = store_->list(query);
  if (!page) return;
  for (Readable& item : page->items) ahead.rows.emplace(model::part_of<0>(item).id, std::move(item));
}

// ---- lists

/** Of the rows that were written here, those that can meet the conditions. */
template <class Entity>
typename DraftTable<Entity>::Ids Draft::candidates(std::vector<Condition> const& where) const {
  DraftTable<Entity> const& own = table<Entity>();
  Entity like;  // has what the conditions say of members that are looked up by
  std::optional<typename DraftTable<Entity>::Ids> by_id;
  std::size_t said = 0;
  for (Condition const& condition : where) {
    if (condition.op == Operator::in && condition.field == "id") {
      typename DraftTable<Entity>::Ids ids;
      for (FieldValue const& value : condition.values) {
        if (own.find(Id<Entity>{std::get<Uuid>(value)}) != nullptr) ids.insert(Id<Entity>{std::get<Uuid>(value)});
      }
      return ids;
    }
    if (condition.op != Operator::eq) continue;
    if (Uuid const* const id = std::get_if<Uuid>(&condition.values.front()); id != nullptr && !by_id) {
      by_id = own.referring_to(condition.field, *id);
    }
    for (model::UniqueKey const& key : Entity::unique_keys) {
      if (std::find(key.begin(), key.end(), condition.field) == key.end()) continue;
      model::for_each_field<Entity>([&]<class Member>(model::Field const& field, Member Entity::*member) {
        if (field.name != condition.field) return;
        if constexpr (model::is_id_v<Member>) (like.*member).uuid = std::get<Uuid>(condition.values.front());
        if constexpr (std::is_same_v<Member, std::string>)
          like.*member = std::get<std::string>(condition.values.front());
        ++said;
      });
    }
  }
  if constexpr (Entity::unique_keys.size() == 1) {
    if (said == Entity::unique_keys.front().size()) {
      auto const same = own.find_same(0, like);
      return same ? typename DraftTable<Entity>::Ids{*same} : typename DraftTable<Entity>::Ids();
    }
  }
  return by_id ? *std::move(by_id) : own.all();
}

/** Adds what was written here of a list, as far as the store's rows have been looked at. */
template <class Readable>
Result<void> Draft::add_written(Query<Readable> const& query, std::vector<FieldPlace> const& places,
                                std::optional<Cursor> const& through, std::vector<Readable>& items) const {
  using Entity = model::Root<Readable>;
  for (Id<Entity> const& id : candidates<Entity>(query.where)) {
    auto const& now = table<Entity>().find(id)->now;
    if (!now) continue;
    Cursor const place = place_in_lists(*now);
    if ((query.after && place <= *query.after) || (through && place > *through)) continue;
    bool does_meet = true;
    for (std::size_t i = 0; i < places.size(); ++i) {
      does_meet = does_meet && storage::matchers<Entity>[places[i].index](&*now, query.where[i]);
    }
    if (!does_meet) continue;
    auto const is_visible = meets(*now, query.scope);
    if (!is_visible) return is_visible.error();
    if (!*is_visible) continue;
    auto whole = assembled<Readable>(*now);
    if (!whole) return whole.error();
    items.push_back(std::move(*whole));
  }
  return {};
}

template <class Readable>
Result<Page<Readable>> Draft::list_readable(Query<Readable> const& query) const {
  using Entity = model::Root<Readable>;
  auto const places = check_query(query);
  if (!places) return places.error();
  bool const is_of_root =
      std::all_of(places->begin(), places->end(), [](FieldPlace const& place) { return place.part == 0; });
  if (!is_of_root) {
    return Error{.kind = ErrorKind::internal, .message = "a draft lists rows by their own members only"};
  }
  bool const is_judged_here = is_touched(query.scope);
  Query<Readable> of_store = query;
  if (is_judged_here) of_store.scope = {};
  Page<Readable> page;
  do {
    auto some = store_->list(of_store);
    if (!some) return some;
    page.revision = some->revision;
    for (Readable& item : some->items) {
      Entity const& root = model::part_of<0>(item);
      if (table<Entity>().find(root.id) != nullptr) continue;
      auto const is_visible = is_judged_here ? meets(root, query.scope) : Result<bool>(true);
      if (!is_visible) return is_visible.error();
      if (!*is_visible) continue;
      renew_parts(item);
      page.items.push_back(std::move(item));
    }
    of_store.after = some->next;
  } while (of_store.after && page.items.empty());  // a page ends where the store ends it, for what its rows hold
  page.next = of_store.after;
  if (auto const added = add_written(query, *places, page.next, page.items); !added) return added.error();
  std::sort(page.items.begin(), page.items.end(),
            [](Readable const& one, Readable const& other) { return place_in_lists(one) < place_in_lists(other); });
  if (page.items.size() > query.limit) {
    page.items.resize(query.limit);
    page.next = place_in_lists(page.items.back());
  }
  return page;
}

}  // namespace inlay::detail

#endif
