// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_NAMES_IPP
#define INLAY_CATALOG_IMPL_NAMES_IPP

#include <inlay/catalog/detail/names.hpp>
#include <inlay/storage/errors.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay::detail {

inline Condition is_called(std::string_view field, std::string_view name) {
  return {std::string(field), Operator::eq, {std::string(name)}};
}

inline std::string in_quotes(std::string_view name) { return '"' + std::string(name) + '"'; }

/** What people tell one row from another by that has the same name. */
template <class Readable>
std::string candidate(Readable const& readable) {
  auto const& row = model::part_of<0>(readable);
  std::string text = to_string(row.id);
  if constexpr (requires { row.domain; }) {
    if (row.domain) text += " (" + *row.domain + ')';
  } else if constexpr (requires { row.team_id; }) {
    text += " of team " + to_string(row.team_id);
  }
  return text;
}

inline Error there_is_no(std::string const& what) {
  return {.kind = ErrorKind::not_found, .message = "there is no " + what};
}

/** Reads the one row that a query is for, which is found at the first look. Of several no more is read than to name
    them.

    @param read reads a page of what the caller sees.
    @param what what there is to be one of: `environment "production"`.
*/
template <class Readable, class Read>
Result<Readable> the_one(Query<Readable> query, std::string const& what, Read const& read) {
  constexpr std::size_t named = 10;
  query.limit = 2;
  Query<Readable> to_name = query;
  to_name.limit = named + 1;
  to_name.with_documents = to_name.with_nested_documents = false;
  while (true) {
    auto found = read(query);
    if (!found) return found.error();
    if (found->items.empty()) return there_is_no(what);
    if (found->items.size() == 1 && !found->next) return std::move(found->items.front());

    auto const all = read(to_name);
    if (!all) return all.error();
    if (all->items.size() < 2) continue;  // the others are gone by now
    std::string candidates;
    for (std::size_t i = 0; i < std::min(named, all->items.size()); ++i) {
      candidates += (i == 0 ? "" : ", ") + candidate(all->items[i]);
    }
    if (all->items.size() > named) candidates += " and others";
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "there is more than one " + what + "; name one by its id: " + candidates};
  }
}

/** The row of a team that is called so, in the shortest way, or by `list`. */
template <class Readable, class List>
Result<Readable> one_of_team(Rows const& rows, Id<Team> team, std::string_view name, ReadFrom from,
                             std::string const& what, List const& list) {
  auto found = rows.find_named<Readable>(team.uuid, name, from);
  if (!found) return found.error().kind == ErrorKind::not_found ? there_is_no(what) : found.error();
  return *found ? Result<Readable>(std::move(**found)) : list();
}

Result<Team> Names::team(std::string_view name) const {
  return the_one<Team>({.where = {is_called("name", name)}}, "team " + in_quotes(name),
                       [&](Query<Team> const& query) { return rows_.list(query, session_.reads_from()); });
}

Result<Environment> Names::of_team(std::type_identity<Environment> /*entity*/, TeamKnownBy const& team,
                                   std::string_view name) const {
  std::string what = "environment " + in_quotes(name);
  if (auto const* const id = std::get_if<Id<Team>>(&team)) {
    what += " of team " + to_string(*id);
    return one_of_team<Environment>(rows_, *id, name, session_.reads_from(), what, [&] {
      return the_one<Environment>(
          {.where = {{"team_id", Operator::eq, {id->uuid}}, is_called("name", name)}}, what,
          [&](Query<Environment> const& query) { return rows_.list(query, session_.reads_from()); });
    });
  }
  auto const team_name = std::get<std::string_view>(team);
  return the_one<Environment>(
      {.scope = rows_.policy().environments_called(team_name, name)}, what + " of a team " + in_quotes(team_name),
      [&](Query<Environment> const& query) { return rows_.list_of(query, session_.reads_from()); });
}

Result<OwnedIntegration> Names::of_team(std::type_identity<Integration> /*entity*/, TeamKnownBy const& team,
                                        std::string_view name) const {
  std::string what = "integration " + in_quotes(name);
  auto const listed = [&](Condition of_team) {
    return the_one<OwnedIntegration>(
        {.where = {std::move(of_team), is_called("name", name)}}, what,
        [&](Query<OwnedIntegration> const& query) { return rows_.list(query, session_.reads_from()); });
  };
  if (auto const* const id = std::get_if<Id<Team>>(&team)) {
    what += " of team " + to_string(*id);
    return one_of_team<OwnedIntegration>(rows_, *id, name, session_.reads_from(), what, [&] {
      return listed({"team_id", Operator::eq, {id->uuid}});
    });
  }
  auto const team_name = std::get<std::string_view>(team);
  what += " of a team " + in_quotes(team_name);
  return listed(is_called("team.name", team_name));
}

Result<InstalledIntegration> Names::install(std::string_view team, std::string_view environment,
                                            std::string_view integration) const {
  return the_one<InstalledIntegration>(
      {.where = {is_called("integration.name", integration)},
       .scope =
           rules::Of<EnvironmentIntegration>::in_environments(rows_.policy().environments_called(team, environment))},
      "install of integration " + in_quotes(integration) + " in environment " + in_quotes(environment) + " of a team " +
          in_quotes(team),
      [&](Query<InstalledIntegration> const& query) { return rows_.list_of(query, session_.reads_from()); });
}

}  // namespace inlay::detail

#endif
