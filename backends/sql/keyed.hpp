// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_KEYED_HPP
#define INLAY_BACKENDS_SQL_KEYED_HPP

// How the one row is read that a list's conditions name by a unique key.

#include <backends/sql/select.hpp>
#include <backends/sql/visible.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace inlay::sql {

/** Reads the page of a query whose conditions name a row by its unique key: `environment_id` and `integration_id`, or
    `environment_id` and `integration.name`, the name being unique among its team's.

    There is nothing to be put into an order, and nothing that could be too much for a page. A list's statement cannot
    know that: it has an order, a limit and ways to go, which cost several times what the row does.
*/
template <class Readable>
class KeyedFind {
 public:
  KeyedFind(Connection& connection, Tables const& tables, FixedStatements<Readable> const& statements,
            Query<Readable> const& query, std::span<FieldPlace const> places)
      : connection_(connection), tables_(tables), statements_(statements), query_(query), places_(places) {}

  /** @return nothing where the query is to be answered as any other: it names no row, or its scope has further ways to
      one than from what it names; or where there are several such rows after all: teams' integrations can have one
      name. */
  [[nodiscard]] std::optional<Page<Readable>> page() const {
    if (query_.after || query_.with_cursor || !names_part<0>()) return std::nullopt;
    bool const begins_at_scope = !query_.scope.is_everything();
    if (begins_at_scope && !scope_place()) return std::nullopt;
    Statement statement =
        query_.with_documents && query_.with_nested_documents ? statements_.keyed : begin_keyed_find<Readable>(query_);
    std::optional<std::size_t> counted;  // the condition by which several nested rows may be named
    if (begins_at_scope) {
      add_rows_of_place(statement, *scope_place());
    } else if (auto const name = nested_name(); name && !connection_.dialect().makes_tables_of_subqueries) {
      counted = name;
      add_rows_of_named(statement, *name);
    } else {
      select_from<Readable>(statement, tables_);
      add_conditions(statement);
    }
    end_keyed_find(statement, tables_, [&] { add_count_of_named(statement, counted); });
    statement << " limit 3";  // two rows are as many as are too many
    std::optional<Page<Readable>> page(std::in_place);
    bool are_many_named = false;
    connection_.run(statement, [&](Row& row) {
      if (row.front().number < 0) {
        take_parts(page->items.emplace_back(), row, 1, tables_, nullptr, query_);
      } else {
        page->revision.value = row.front().number;
        are_many_named = row.back().number > static_cast<long long>(most_named);
      }
    });
    if (page->items.size() > 1 || are_many_named) page.reset();
    return page;
  }

 private:
  static constexpr std::size_t parts = model::part_count<Readable>;
  using Root = model::Root<Readable>;

  /** The condition that a member of a part is equal to something, if there is one. */
  [[nodiscard]] std::optional<std::size_t> find_condition(std::size_t part, std::string_view member) const {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      bool const is_it = places_[i].part == part && places_[i].field.name == member;
      if (is_it && query_.where[i].op == Operator::eq) return i;
    }
    return std::nullopt;
  }

  /** Whether the conditions name a row of a part. Of a further part the key is enough but for whose it is: nearly
      always one row has it, and where more do they are seen. */
  template <std::size_t index>
  [[nodiscard]] bool names_part() const {
    if (find_condition(index, "id")) return true;
    auto const names_member = [&](std::string_view member) {
      if (find_condition(index, member)) return true;
      if constexpr (index + 1 < parts) {
        if (member == model::joining_reference<Readable, index>.member) return index > 0 || names_part<index + 1>();
      }
      return false;
    };
    auto const& keys = model::Part<Readable, index>::unique_keys;
    return std::any_of(keys.begin(), keys.end(),
                       [&](model::UniqueKey const& key) { return std::all_of(key.begin(), key.end(), names_member); });
  }

  /** The condition that says which of the rows that the scope relates to it must be: the environment, for a team. */
  [[nodiscard]] std::optional<std::size_t> scope_place() const {
    Scope const& scope = query_.scope;
    if (scope.kind != Scope::Kind::related || scope.member != "id") return std::nullopt;
    check_related(scope, inlay::detail::read_parts<Root>());
    return find_condition(0, scope.own_member);
  }

  /** The condition that says the nested row by its name, if it is not said by its id. */
  [[nodiscard]] std::optional<std::size_t> nested_name() const {
    if constexpr (parts > 1) {
      if (find_condition(0, "id") || find_condition(1, "id")) return std::nullopt;
      if (find_condition(0, model::joining_reference<Readable, 0>.member)) return std::nullopt;
      for (model::UniqueKey const& key : model::Part<Readable, 1>::unique_keys) {
        for (std::string_view const member : key) {
          auto const found = find_condition(1, member);
          if (found && places_[*found].field.type != model::FieldType::id) return found;
        }
      }
    }
    return std::nullopt;
  }

  /** Appends a table m of the nested rows that have the name, of as many as that at most. */
  void select_named(Statement& statement, std::size_t name, std::size_t most) const {
    if constexpr (parts > 1) {
      statement << "(select n.\"id\" from " << tables_.quoted(model::Part<Readable, 1>::entity_name) << " n where ";
      add_condition(statement, query_.where[name], places_[name].field, "n");
      statement << " limit " << std::to_string(most) << ") m";
    }
  }

  /** Appends how many nested rows have the name; 0 where they are not named so. */
  void add_count_of_named(Statement& statement, std::optional<std::size_t> name) const {
    if (!name) {
      statement << '0';
      return;
    }
    statement << "(select count(*) from ";
    select_named(statement, *name, most_named + 1);
    statement << ')';
  }

  /** Appends where rows come from: from a few of the nested rows that have the name. From the other side, an
     environment in which much is installed would be gone through for one of it, which is what a database does that does
     not know better. */
  void add_rows_of_named(Statement& statement, std::size_t name) const {
    if constexpr (parts > 1) {
      Dialect const& dialect = connection_.dialect();
      statement << " from ";
      select_named(statement, name, most_named);
      join_visible(statement, dialect, tables_.quoted(Root::entity_name), model::joining_reference<Readable, 0>.member,
                   "m.\"id\"", "t0", [&](std::string_view row) { add_conditions_by_id(statement, row, std::nullopt); });
      for_each_part<Readable>([&]<std::size_t index>() {
        if constexpr (index > 0) join_part<Readable, index>(statement, tables_, dialect.ordered_join);
      });
      statement << " where 1 = 1";
      add_further_conditions(statement, Indexes::any);
    }
  }

  /** Appends where rows come from, from the one that the scope relates them to: what it hides is not read, or the time
      it takes would tell of it. */
  void add_rows_of_place(Statement& statement, std::size_t place) const {
    Dialect const& dialect = connection_.dialect();
    Scope const& scope = query_.scope;
    statement << " from (select s.\"id\" from " << tables_.quoted(scope.entity) << " s where s.\"id\" = ";
    statement.bind(parameter(query_.where[place].values.front())) << " and ";
    add_scope(statement, dialect, scope.parts.front(), entity_named(scope.entity), "s", tables_);
    statement << ") v";
    join_visible(statement, dialect, tables_.quoted(Root::entity_name), scope.own_member, "v.\"id\"", "t0",
                 [&](std::string_view row) { add_conditions_by_id(statement, row, place); });
    for_each_part<Readable>([&]<std::size_t index>() {
      if constexpr (index > 0) join_part<Readable, index>(statement, tables_, dialect.ordered_join);
    });
    statement << " where 1 = 1";
    add_further_conditions(statement, Indexes::none);
  }

  /** Whether a condition is that a row has an id, its own or another's: what it leads to is not hidden by a scope that
      the row's other ids are in. */
  [[nodiscard]] bool names_by_id(std::size_t condition) const {
    return places_[condition].part == 0 && places_[condition].field.type == model::FieldType::id &&
           query_.where[condition].op == Operator::eq;
  }

  /** Appends the conditions that a row has an id, without the one that is met already. */
  void add_conditions_by_id(Statement& statement, std::string_view row, std::optional<std::size_t> met) const {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (i == met || !names_by_id(i)) continue;
      statement << " and ";
      add_condition(statement, query_.where[i], places_[i].field, row);
    }
  }

  /** Appends the others.

      @param indexes of those that are on no ids: what these could lead to by themselves may be hidden. */
  void add_further_conditions(Statement& statement, Indexes indexes) const {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (names_by_id(i)) continue;
      statement << " and ";
      bool const is_id = places_[i].field.type == model::FieldType::id;
      add_condition(statement, query_.where[i], places_[i].field, part_alias(places_[i].part),
                    is_id ? Indexes::any : indexes);
    }
  }

  /** Appends all conditions. */
  void add_conditions(Statement& statement) const {
    std::string_view separator = " where ";
    for (std::size_t i = 0; i < places_.size(); ++i) {
      statement << std::exchange(separator, " and ");
      add_condition(statement, query_.where[i], places_[i].field, part_alias(places_[i].part));
    }
  }

  Connection& connection_;
  Tables const& tables_;
  FixedStatements<Readable> const& statements_;
  Query<Readable> const& query_;
  std::span<FieldPlace const> places_;
};

}  // namespace inlay::sql

#endif
