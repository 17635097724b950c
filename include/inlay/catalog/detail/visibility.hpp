// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_VISIBILITY_HPP
#define INLAY_CATALOG_DETAIL_VISIBILITY_HPP

// The rules about which team sees what, written as scopes; see Caller::team.

#include <inlay/error.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/model/references.hpp>
#include <inlay/model/summary.hpp>
#include <inlay/storage/query.hpp>
#include <inlay/storage/scope.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace inlay::detail {

/** The rows of Entity that the team sees whole. */
template <class Entity>
Scope seen_whole_by(Id<Team> team) {
  auto const member_is = [](std::string_view member, FieldValue value) {
    return Scope::where({std::string(member), Operator::eq, {std::move(value)}});
  };
  auto owned = member_is("team_id", team.uuid);
  if constexpr (std::is_same_v<Entity, Team>) {
    return member_is("id", team.uuid);
  } else if constexpr (std::is_same_v<Entity, Environment>) {
    return owned;
  } else if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
    return Scope::related("environment", "id", "environment_id", owned);
  } else if constexpr (std::is_same_v<Entity, Integration>) {
    auto const granted =
        Scope::related("grant", "integration_id", "id", Scope::all_of({owned, member_is("status", "granted")}));
    auto const installed =
        Scope::related("environment_integration", "integration_id", "id", seen_whole_by<EnvironmentIntegration>(team));
    return Scope::any_of({owned, member_is("sharing", "allow"), granted, installed});
  } else {
    static_assert(std::is_same_v<Entity, Grant>);
    return Scope::any_of({owned, Scope::related("integration", "id", "integration_id", owned)});
  }
}

/** The rows of Entity that the team sees at least a summary of. */
template <class Entity>
Scope seen_by(Id<Team> team) {
  if constexpr (std::is_same_v<Entity, Team>) {
    return {};
  } else if constexpr (std::is_same_v<Entity, Integration>) {
    return Scope::any_of(
        {seen_whole_by<Integration>(team), Scope::where({"sharing", Operator::eq, {std::string("ask")}})});
  } else {
    return seen_whole_by<Entity>(team);
  }
}

/** The scope of a list for a team. Whoever filters by what a summary does not show gets no summaries: whether one
    meets the filter would tell what is in it.

    @return forbidden for a filter by what is not public of a nested row, and for a scope of the caller's own, which
    could ask about rows that the team does not see.
*/
template <class Readable>
Result<Scope> list_scope(Query<Readable> const& query, Id<Team> team) {
  using Entity = model::Root<Readable>;
  if (!query.scope.is_everything()) {
    return Error{.kind = ErrorKind::forbidden, .message = "a list takes no scope on behalf of a team"};
  }
  bool only_public = true;
  for (Condition const& condition : query.where) {
    auto const place = inlay::find_field<Readable>(condition.field);
    if (!place) return place.error();
    if (place->part == 0) {
      only_public = only_public && model::is_public<Entity>(place->field.name);
    } else if (bool const is_nested_team = place->part + 1 == model::part_count<Readable>;
               is_nested_team && !model::is_public<Team>(place->field.name)) {
      return Error{.kind = ErrorKind::forbidden,
                   .message = "a list cannot be filtered by " + condition.field + " on behalf of a team"};
    }
  }
  return only_public ? seen_by<Entity>(team) : seen_whole_by<Entity>(team);
}

/** Whether the team owns the row: only then may it change it. An install belongs to its environment's team. */
template <class Entity>
bool is_owned_by(Entity const& row, Id<Team> team) {
  if constexpr (std::is_same_v<Entity, Team>) {
    return row.id == team;
  } else if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
    return true;  // seen only by whom it belongs to
  } else {
    return row.team_id == team;
  }
}

}  // namespace inlay::detail

#endif
