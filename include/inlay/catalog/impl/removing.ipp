// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_REMOVING_IPP
#define INLAY_CATALOG_IMPL_REMOVING_IPP

// How a row is removed, and who is in the way.

#include <inlay/catalog.hpp>
#include <inlay/catalog/detail/instantiations.hpp>
#include <inlay/catalog/detail/retry.hpp>
#include <inlay/catalog/detail/writer.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/errors.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace inlay {

namespace detail {

/** What people call a row: its name, or else its id. */
template <class Entity>
std::string name_of(Entity const& row) {
  if constexpr (requires { row.name; }) {
    return "\"" + row.name + "\"";
  } else {
    return to_string(row.id);
  }
}

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

}  // namespace detail

template <Writable Entity>
requires(!std::same_as<Entity, EnvironmentIntegration>) Result<void> Catalog::remove(
    Id<Entity> id, std::optional<RowVersion> expected_version)
const { return detail::Writer(session_).remove(id, expected_version); }

Result<void> Catalog::uninstall(Id<EnvironmentIntegration> id, std::optional<RowVersion> expected_version) const {
  return detail::Writer(session_).remove(id, expected_version);
}

// Compiled once.
#define INLAY_INSTANTIATE(Entity) \
  template Result<void> Catalog::remove<Entity>(Id<Entity>, std::optional<RowVersion>) const;
INLAY_FOR_EACH_REMOVABLE(INLAY_INSTANTIATE)
#undef INLAY_INSTANTIATE

}  // namespace inlay

#endif
