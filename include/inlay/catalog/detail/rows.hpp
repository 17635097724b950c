// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_ROWS_HPP
#define INLAY_CATALOG_DETAIL_ROWS_HPP

// The rows, as a caller sees them.

#include <inlay/catalog/answers.hpp>
#include <inlay/catalog/detail/policy.hpp>
#include <inlay/catalog/detail/session.hpp>
#include <inlay/catalog/detail/state.hpp>
#include <inlay/catalog/rules/all.hpp>
#include <inlay/model/references.hpp>
#include <inlay/model/summary.hpp>
#include <inlay/storage/repository.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace inlay::detail {

/** What was read, as it is to be seen. */
template <class Readable>
void as_seen(Readable& item) noexcept {
  rules::Of<model::Root<Readable>>::as_seen(model::part_of<0>(item));
}

/** Reads rows for one caller. Single rows come from the primary unless told otherwise: writes are decided on them. */
class Rows {
 public:
  explicit Rows(CatalogSession const& session) : session_(session), policy_(session.caller.team) {}

  [[nodiscard]] Policy const& policy() const noexcept { return policy_; }

  /** The store itself, which shows everything. */
  [[nodiscard]] Repository& store() const noexcept { return *session_.state->repository; }

  /** A row that the caller sees, or a summary of; whole all the same, and as it is stored. @return not_found. */
  template <class Readable>
  [[nodiscard]] Result<Readable> find(Id<model::Root<Readable>> id, bool with_installed_in = false,
                                      ReadFrom from = ReadFrom::primary) const {
    return store().find(FindRequest<Readable>{.id = id,
                                              .with_installed_in = with_installed_in,
                                              .scope = policy_.seen<model::Root<Readable>>(),
                                              .installed_in_scope = policy_.seen<Environment>(),
                                              .from = from,
                                              .at_least = session_.at_least});
  }

  /** The whole resource, of which the caller sees what it may. @return not_found. */
  template <class Entity>
  [[nodiscard]] Result<Resource<Entity>> get(Id<Entity> id, ReadFrom from) const {
    auto found = find<Resource<Entity>>(id, true, from);
    if (!found) return found;
    as_seen(*found);
    if (auto concealed = conceal(std::span(&*found, 1)); !concealed) return concealed.error();
    return found;
  }

  /** A list of what the caller sees. @return what Policy::scoped refuses. */
  template <class Readable>
  [[nodiscard]] Result<Page<Readable>> list(Query<Readable> query, ReadFrom from) const {
    auto own = policy_.scoped(std::move(query));
    if (!own) return own.error();
    return list_of(std::move(*own), from);
  }

  /** The same, of a query whose scope is one of the policy's and lets nothing through that the caller does not see. */
  template <class Readable>
  [[nodiscard]] Result<Page<Readable>> list_of(Query<Readable> query, ReadFrom from) const {
    query.from = from;
    query.at_least = std::max(query.at_least, session_.at_least);
    auto page = store().list(query);
    if (!page) return page;
    for (Readable& item : page->items) as_seen(item);
    if (auto concealed = conceal(std::span(page->items)); !concealed) return concealed.error();
    return page;
  }

  /** What is called so, found in the shortest way. @return nothing where it is to be listed instead, as a team's is,
     for which more is to be asked than the name; not_found. */
  template <class Readable>
  [[nodiscard]] Result<std::optional<Readable>> find_named(Uuid const& within, std::string_view name,
                                                           ReadFrom from) const {
    if (session_.caller.team) return std::optional<Readable>();
    auto found = store().find_named(
        NamedRequest<Readable>{.within = within, .name = name, .from = from, .at_least = session_.at_least});
    if (found && *found) as_seen(**found);
    return found;
  }

  /** Reduces what the caller does not see whole to summaries. */
  template <class Readable>
  [[nodiscard]] Result<void> conceal(std::span<Readable> items) const {
    if (!session_.caller.team) return {};
    if (auto concealed = conceal_roots(items); !concealed) return concealed;
    // What is nested in a row that is seen is seen with it, but for the team that it belongs to.
    constexpr std::size_t last = model::part_count<Readable> - 1;
    for (Readable& item : items) {
      auto& owner = model::part_of<last>(item);
      if (shown(owner) == rules::Shown::summary) model::reduce_to_summary(owner);
    }
    return {};
  }

  /** Calls `visit(row)` for each row that meets the query, whoever sees it, for what the library itself must see before
      it writes; a visitor that returns false ends it. */
  template <class Entity, class Visitor>
  [[nodiscard]] Result<void> for_each_of_all(Query<Entity> query, Visitor&& visit) const {
    query.at_least = std::max(query.at_least, session_.at_least);
    do {
      auto page = store().list(query);
      if (!page) return page.error();
      for (Entity& row : page->items) {
        if (!visit(row)) return {};
      }
      query.after = page->next;
    } while (query.after);
    return {};
  }

  /** A team's request for an integration, whoever asks for it. */
  [[nodiscard]] Result<std::optional<Grant>> find_grant(Id<Integration> integration, Id<Team> team) const;

 private:
  template <class Entity>
  [[nodiscard]] rules::Shown shown(Entity const& row) const {
    return rules::Of<Entity>::shown_to(row, *session_.caller.team);
  }

  /** Asks the store which of the rows are seen whole, where the rows do not tell. */
  template <class Readable>
  [[nodiscard]] Result<void> conceal_roots(std::span<Readable> items) const {
    using Entity = model::Root<Readable>;
    if constexpr (requires { Entity::public_members; }) {
      constexpr auto asks_store = rules::Shown::whole_if_scope_says_so;
      Condition asked{"id", Operator::in, {}};
      for (Readable const& item : items) {
        Entity const& row = model::part_of<0>(item);
        if (shown(row) == asks_store) asked.values.emplace_back(row.id.uuid);
      }
      if (asked.values.empty()) return {};
      std::size_t const count = asked.values.size();
      auto const whole = store().list(Query<Entity>{.where = {std::move(asked)},
                                                    .limit = count,
                                                    .scope = rules::Of<Entity>::seen_whole_by(*session_.caller.team),
                                                    .with_documents = false});
      if (!whole) return whole.error();
      for (Readable& item : items) {
        Entity& row = model::part_of<0>(item);
        if (shown(row) != asks_store) continue;
        // At another revision it is another row: what was read first may never have been this team's to see.
        bool const is_seen = std::any_of(whole->items.begin(), whole->items.end(), [&](Entity const& other) {
          return other.id == row.id && other.birth == row.birth && other.revision == row.revision;
        });
        if (is_seen) continue;
        model::reduce_to_summary(row);
        if constexpr (requires { item.installed_in; }) item.installed_in.reset();
      }
    }
    return {};
  }

  CatalogSession const& session_;
  Policy policy_;
};

inline Result<std::optional<Grant>> Rows::find_grant(Id<Integration> integration, Id<Team> team) const {
  auto page = store().list(Query<Grant>{
      .where = {{"integration_id", Operator::eq, {integration.uuid}}, {"team_id", Operator::eq, {team.uuid}}},
      .limit = 1});
  if (!page) return page.error();
  if (page->items.empty()) return std::optional<Grant>();
  return std::optional<Grant>(std::move(page->items.front()));
}

/** The rows of an entity with those ids. */
template <class Entity>
Result<std::unordered_map<Id<Entity>, Entity>> rows_of(Readers const& readers, std::vector<Id<Entity>> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  std::unordered_map<Id<Entity>, Entity> rows;
  if (ids.empty()) return rows;
  Condition condition{"id", Operator::in, {}};
  for (Id<Entity> const& id : ids) condition.values.emplace_back(id.uuid);
  Query<Entity> query{.where = {std::move(condition)}, .limit = ids.size()};
  do {
    auto page = readers.list(query);
    if (!page) return page.error();
    for (Entity& row : page->items) {
      Id<Entity> const id = row.id;
      rows.emplace(id, std::move(row));
    }
    query.after = page->next;
  } while (query.after);
  return rows;
}

}  // namespace inlay::detail

#endif
