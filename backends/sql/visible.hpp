// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_VISIBLE_HPP
#define INLAY_BACKENDS_SQL_VISIBLE_HPP

// The rows that a scope lets through, found through indexes: what a scope hides is not read, so that it costs nothing
// and no time tells of it.

#include <backends/sql/filter.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::sql {

/** The parts of a scope of which any lets a row through, where each is one that add_visible() takes: a value of the
    row's own, or what other rows refer to. None where there is no such choice, or one that indexes do not serve. */
[[nodiscard]] inline std::vector<Scope const*> visible_sources(Scope const& scope) {
  std::vector<Scope const*> sources;
  if (scope.kind != Scope::Kind::any_of) return sources;
  for (Scope const& part : scope.parts) {
    bool const is_value = part.kind == Scope::Kind::condition && part.condition.op == Operator::eq;
    if (is_value || part.kind == Scope::Kind::related) {
      sources.push_back(&part);
      continue;
    }
    auto const further = visible_sources(part);
    if (further.empty()) return {};
    sources.insert(sources.end(), further.begin(), further.end());
  }
  return sources;
}

/** Appends a join with the rows of a table, called `alias`, whose `member` equals `value`: after the tables before.
    `and_further` appends what else is to hold of a row, beginning with " and ", to be looked for by the same index: it
    is given what the row is called there. */
inline void join_visible(Statement& statement, Dialect const& dialect, std::string_view table, std::string_view member,
                         std::string const& value, std::string const& alias, auto const& and_further) {
  std::string const condition = ".\"" + std::string(member) + "\" = " + value;
  if (dialect.fence.empty()) {
    statement << dialect.ordered_join << table << ' ' << alias << " on " << alias << condition;
    and_further(alias);
  } else {
    statement << " cross join lateral (select n.* from " << table << " n where n" << condition;
    and_further("n");
    statement << dialect.fence << ") " << alias;
  }
}
inline void join_visible(Statement& statement, Dialect const& dialect, std::string_view table, std::string_view member,
                         std::string const& value, std::string const& alias) {
  join_visible(statement, dialect, table, member, value, alias, [](std::string_view) {});
}

/** What the rows that a scope relates to relate to in turn, where that is what is said of them first; else null. */
[[nodiscard]] inline Scope const* related_in_turn(Scope const& scope) {
  Scope const& part = scope.parts.front();
  bool const is_first_of_all = part.kind == Scope::Kind::all_of && !part.parts.empty();
  Scope const& first = is_first_of_all ? part.parts.front() : part;
  return first.kind == Scope::Kind::related ? &first : nullptr;
}

/** Appends ` from …`: the rows of the related entity, called `alias`, joined to those that they relate to in turn. The
    innermost come first, which are those that a team owns. */
inline void select_related(Statement& statement, Dialect const& dialect, Scope const& scope, std::string const& alias,
                           Tables const& tables) {
  if (Scope const* const further = related_in_turn(scope)) {
    check_related(*further, entity_named(scope.entity));
    std::string const inner = alias + 'r';
    select_related(statement, dialect, *further, inner, tables);
    join_visible(statement, dialect, tables.quoted(scope.entity), further->own_member,
                 inner + ".\"" + further->member + '"', alias);
  } else {
    statement << " from " << tables.quoted(scope.entity) << ' ' << alias;
  }
}

/** Appends the condition on the innermost rows of select_related(), and what else must hold of those that these lead
   to. Of several conditions on the innermost, the first says where to look: an index on another would lead to what
   others have. */
inline void add_innermost(Statement& statement, Dialect const& dialect, Scope const& scope, std::string const& alias,
                          Tables const& tables) {
  Scope const& part = scope.parts.front();
  auto const entity = entity_named(scope.entity);
  if (Scope const* const further = related_in_turn(scope)) {
    add_innermost(statement, dialect, *further, alias + 'r', tables);
    for (std::size_t i = 1; further != &part && i < part.parts.size(); ++i) {
      statement << " and ";
      add_scope(statement, dialect, part.parts[i], entity, alias, tables);
    }
    return;
  }
  auto const is_condition = [](Scope const& one) { return one.kind == Scope::Kind::condition; };
  if (part.kind != Scope::Kind::all_of || part.parts.empty() ||
      !std::all_of(part.parts.begin(), part.parts.end(), is_condition)) {
    add_scope(statement, dialect, part, entity, alias, tables);
    return;
  }
  for (std::size_t i = 0; i < part.parts.size(); ++i) {
    Condition const& condition = part.parts[i].condition;
    auto const place = inlay::detail::check_condition(condition, entity);
    if (place.has_error()) throw Exception(place.error());
    statement << (i == 0 ? "" : " and ");
    add_condition(statement, condition, place->field, alias, i == 0 ? Indexes::any : Indexes::none);
  }
}

/** Appends ` from … t0 where …`: the rows, called t0, that one source of a scope lets through; conditions may follow.

    @throws inlay::Exception: invalid_argument for entities and members that there aren't.
*/
inline void add_visible(Statement& statement, Dialect const& dialect, Scope const& source, std::string_view table,
                        std::span<inlay::detail::FilterPart const> entity, Tables const& tables,
                        auto const& join_further_parts) {
  if (source.kind == Scope::Kind::condition) {
    statement << " from " << table << " t0";
    join_further_parts(statement);
    statement << " where ";
    add_scope(statement, dialect, source, entity, "t0", tables);
    return;
  }
  check_related(source, entity);
  statement << " from (select distinct s.\"" << source.member << "\" \"id\"";
  select_related(statement, dialect, source, "s", tables);
  statement << " where ";
  add_innermost(statement, dialect, source, "s", tables);
  statement << ") v";
  join_visible(statement, dialect, table, source.own_member, "v.\"id\"", "t0");
  join_further_parts(statement);
  statement << " where 1 = 1";
}

}  // namespace inlay::sql

#endif
