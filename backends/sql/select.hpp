// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_SELECT_HPP
#define INLAY_BACKENDS_SQL_SELECT_HPP

// How Readables are read: the statements, and what becomes of their rows.

#include <backends/sql/columns.hpp>
#include <backends/sql/filter.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/query.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace inlay::sql {

/** Calls `visit.template operator()<index>()` for each part of a Readable. */
template <class Readable, class Visitor>
void for_each_part(Visitor&& visit) {
  [&]<std::size_t... index>(std::index_sequence<index...>) { (visit.template operator()<index>(), ...); }
  (std::make_index_sequence<model::part_count<Readable>>{});
}

/** What a part's table is called inside a statement. */
[[nodiscard]] inline std::string part_alias(std::size_t part) { return "t" + std::to_string(part); }

/** Which part of a Readable is an integration; part_count when none is. */
template <class Readable>
inline constexpr std::size_t integration_part = boost::mp11::mp_find<model::Parts<Readable>, Integration>::value;

/** Whether a Readable has room for where its integration is installed. */
template <class Readable>
concept HasInstalledIn = requires(Readable readable) {
  readable.installed_in->ids;
};

/** Appends a join with the table of a part, on what the part before references. */
template <class Readable, std::size_t index>
void join_part(Statement& statement, Tables const& tables, std::string_view join = " join ") {
  statement << join << tables.quoted(model::Part<Readable, index>::entity_name) << ' ' << part_alias(index) << " on "
            << part_alias(index) << ".\"id\" = " << part_alias(index - 1) << ".\""
            << model::joining_reference<Readable, index - 1>.member << '"';
}

/** Appends ` from t0 join t1 on ...`. */
template <class Readable>
void select_from(Statement& statement, Tables const& tables, std::string_view join = " join ") {
  for_each_part<Readable>([&]<std::size_t index>() {
    if constexpr (index == 0) {
      statement << " from " << tables.quoted(model::Root<Readable>::entity_name) << ' ' << part_alias(index);
    } else {
      join_part<Readable, index>(statement, tables, join);
    }
  });
}

/** Appends the columns of all parts; their documents only if they are wanted, and never the further parts' ids, which
    the part before has already. */
template <class Readable>
void select_parts(Statement& statement, Query<Readable> const& query = {}, bool are_numbered = false,
                  std::string_view document_condition = {}) {
  for_each_part<Readable>([&]<std::size_t index>() {
    if (index > 0) statement << ", ";
    Selection selection{.with_id = index == 0,
                        .with_documents = query.brings_documents(index),
                        .document_condition = document_condition};
    if (are_numbered) selection.number = statement.columns().size();
    select_columns<model::Part<Readable, index>>(statement, part_alias(index), selection);
  });
}

/** Reads all parts of a Readable from a row, beginning with column `at`. */
template <class Readable>
void take_parts(Readable& readable, Row& row, std::size_t at, Tables const& tables, SharedDocuments* shared,
                Query<Readable> const& query = {}) {
  for_each_part<Readable>([&]<std::size_t index>() {
    auto& part = model::part_of<index>(readable);
    if constexpr (index > 0) {
      part.id = model::part_of<index - 1>(readable).*model::joining_member<Readable, index - 1>;
    }
    take_row(part, row, at, tables, index == 0 ? nullptr : shared, index == 0, index > 0 || query.with_documents);
  });
}

template <class Readable>
[[nodiscard]] Cursor cursor_of(Readable const& readable) {
  auto const& root = model::part_of<0>(readable);
  return {root.created_at, root.id.uuid};
}

/** Puts the right rows into their order, which they nearly always have: it is more than SQL promises of a union. */
template <class Readable>
void put_in_order(std::vector<Readable>& items) {
  auto const is_before = [](Readable const& a, Readable const& b) { return cursor_of(a) < cursor_of(b); };
  if (std::is_sorted(items.begin(), items.end(), is_before)) return;
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return is_before(items[a], items[b]); });
  std::vector<Readable> ordered;
  ordered.reserve(items.size());
  for (std::size_t const at : order) ordered.push_back(std::move(items[at]));
  items = std::move(ordered);
}

/** Begins a statement whose rows have the columns of all parts, and `further` ones.

    @param with_revision adds a column before them all, and a row with the store's revision there; it is -1 in others.
    @param document_condition where it does not hold, documents are null; empty: it always does.
*/
template <class Readable>
[[nodiscard]] Statement begin_find(Tables const& tables, bool with_revision, std::size_t further = 0,
                                   std::string_view document_condition = {}) {
  Statement parts;
  select_parts<Readable>(parts, {}, false, document_condition);
  Statement statement("select ");
  if (with_revision) {
    statement << "\"revision\"";
    for (std::size_t i = 0; i < parts.columns().size() + further; ++i) statement << ", null";
    statement << " from " << tables.quoted("counter") << " union all select -1, ";
    statement.gives(ValueType::integer);
  }
  statement << parts.text();
  for (ValueType const type : parts.columns()) statement.gives(type);
  return statement;
}

/** Begins a statement whose rows have -1, the columns of a query, and a null of a further integer; what they are
    selected from is to follow, and then end_keyed_find(). */
template <class Readable>
[[nodiscard]] Statement begin_keyed_find(Query<Readable> const& query) {
  Statement statement("select -1, ");
  statement.gives(ValueType::integer);
  select_parts<Readable>(statement, query);
  statement << ", null";
  statement.gives(ValueType::integer);
  return statement;
}

/** Ends it with a row that has the store's revision, nulls and the integer, which `add_integer` appends: so that one
    round trip tells, too, of which state of the store it is that there is no such row. */
template <class AddInteger>
void end_keyed_find(Statement& statement, Tables const& tables, AddInteger const& add_integer) {
  statement << " union all select \"revision\", ";
  for (std::size_t i = 2; i < statement.columns().size(); ++i) statement << "null, ";
  add_integer();
  statement << " from " << tables.quoted("counter");
}

/** So many rows of one name are looked through for the one that is wanted; of more, lists have better ways. */
inline constexpr std::size_t most_named = 64;

/** The statement behind find_named, of the id that a row's name lies within and of the name. Where it is the next
    part's, each of a few of that name gives a row, whose first part is null where it is not what is looked for: begun
    at the other side, an environment in which much is installed would be gone through for one of it. */
template <class Readable>
[[nodiscard]] Statement named_statement(Dialect const& dialect, Tables const& tables, bool with_revision) {
  constexpr model::NamedKey key = *model::named_key<Readable>;
  std::string const within = ".\"" + std::string(key.within) + "\" = ";
  if constexpr (key.name_part == 0) {
    Statement statement = begin_find<Readable>(tables, with_revision);
    select_from<Readable>(statement, tables);
    statement << " where t0" << within;
    statement.bind(text({})) << " and t0.\"name\" = ";
    statement.bind(text({}));
    if (!with_revision) statement.gives_one_row();
    return statement;
  } else {
    // None of the documents of those that are looked through is read.
    Statement statement = begin_find<Readable>(tables, with_revision, 0, "t0.\"id\" is not null");
    std::string const root = tables.quoted(model::Root<Readable>::entity_name);
    std::string const leads = ".\"" + std::string(model::joining_reference<Readable, 0>.member) + "\" = t1.\"id\"";
    statement << " from " << tables.quoted(model::Part<Readable, 1>::entity_name) << " t1 left join ";
    if (dialect.fence.empty()) {
      statement << root << " t0 on t0" << within;
      statement.bind(text({})) << " and t0" << leads;
    } else {
      statement << "lateral (select n.* from " << root << " n where n" << within;
      statement.bind(text({})) << " and n" << leads << dialect.fence << ") t0 on true";
    }
    for_each_part<Readable>([&]<std::size_t index>() {
      if constexpr (index > 1) join_part<Readable, index>(statement, tables, " left join ");
    });
    statement << " where t1.\"name\" = ";
    statement.bind(text({})) << " limit " << std::to_string(most_named + (with_revision ? 2 : 1));
    return statement;
  }
}

/** The statement behind find, for one id. */
template <class Readable>
[[nodiscard]] Statement find_statement(Dialect const& dialect, Tables const& tables,
                                       FindRequest<Readable> const& request, bool with_revision) {
  Statement statement = begin_find<Readable>(tables, with_revision);
  select_from<Readable>(statement, tables);
  statement << " where t0.\"id\" = ";
  statement.bind(text(to_string(request.id)));
  and_scope<model::Root<Readable>>(statement, dialect, request.scope, "t0", tables);
  if (!with_revision) statement.gives_one_row();
  return statement;
}

/** The same and, as further rows, the environments where the integration is installed. */
template <HasInstalledIn Readable>
[[nodiscard]] Statement find_installed_in_statement(Dialect const& dialect, Tables const& tables,
                                                    FindRequest<Readable> const& request, bool with_revision) {
  Statement statement = begin_find<Readable>(tables, with_revision, 1);
  std::size_t const columns = statement.columns().size() - (with_revision ? 1 : 0);
  statement.gives(ValueType::text);
  statement << ", null";
  select_from<Readable>(statement, tables);
  statement << " where t0.\"id\" = ";
  statement.bind(text(to_string(request.id)));
  and_scope<model::Root<Readable>>(statement, dialect, request.scope, "t0", tables);
  statement << " union all select " << (with_revision ? "-1, " : "");
  for (std::size_t i = 0; i < columns; ++i) statement << "null, ";
  statement << "x.\"environment_id\" from (select i.\"environment_id\" from ";
  auto const add_integration = [&] {
    constexpr std::size_t part = integration_part<Readable>;
    static_assert(part <= 1, "further down, more than one table would have to be searched for the integration");
    if constexpr (part == 1) {
      using Root = model::Root<Readable>;
      statement << "(select \"" << model::joining_reference<Readable, 0>.member << "\" from "
                << tables.quoted(Root::entity_name) << " where \"id\" = ";
    }
    statement.bind(text(to_string(request.id)));
    if constexpr (part == 1) statement << ')';
  };
  std::string const installs = tables.quoted(EnvironmentIntegration::entity_name);
  if (request.installed_in_scope.is_everything()) {
    statement << installs << " i where i.\"integration_id\" = ";
    add_integration();
  } else {
    // From the environments that are seen, or it would cost something where others have installed it.
    statement << tables.quoted(Environment::entity_name) << " e";
    if (!dialect.fence.empty()) {
      statement << " cross join lateral (select n.\"environment_id\" from " << installs
                << " n where n.\"environment_id\" = e.\"id\" and n.\"integration_id\" = ";
      add_integration();
      statement << dialect.fence << ") i where 1 = 1";
    } else {
      statement << dialect.ordered_join << installs
                << " i on i.\"environment_id\" = e.\"id\" where i.\"integration_id\" = ";
      add_integration();
    }
    and_scope<Environment>(statement, dialect, request.installed_in_scope, "e", tables);
  }
  statement << " order by i.\"environment_id\" limit " << std::to_string(InstalledIn::max_ids + 1) << ") x";
  return statement;
}

/** The statements that are the same for every call without a scope; only their ids differ. */
template <class Readable>
struct FixedStatements {
  bool with_revision;
  Statement find;
  Statement find_installed_in;
  Statement named;  ///< of what has a model::named_key
  Statement keyed;  ///< what the page of a unique key begins with

  FixedStatements(Dialect const& dialect, Tables const& tables, bool bring_revision)
      : with_revision(bring_revision),
        find(find_statement<Readable>(dialect, tables, {}, bring_revision)),
        keyed(begin_keyed_find<Readable>({})) {
    if constexpr (HasInstalledIn<Readable>) {
      find_installed_in = find_installed_in_statement<Readable>(dialect, tables, {}, bring_revision);
    }
    if constexpr (model::named_key<Readable>.has_value()) {
      named = named_statement<Readable>(dialect, tables, bring_revision);
    }
  }
};

/** What find has found. */
template <class Readable>
struct Found {
  std::optional<Readable> row{};
  std::optional<Revision> revision{};  ///< the store's, when the statements bring it
};

/** Reads the one row, if there is one. */
template <class Readable>
[[nodiscard]] Found<Readable> run_find(Connection& connection, Tables const& tables,
                                       FixedStatements<Readable> const& statements,
                                       FindRequest<Readable> const& request) {
  Found<Readable> found;
  std::size_t const first = statements.with_revision ? 1 : 0;
  auto const is_revision = [&](Row& row) {
    if (first == 0 || row[0].number < 0) return false;
    found.revision = Revision{row[0].number};
    return true;
  };
  if constexpr (HasInstalledIn<Readable>) {
    if (request.with_installed_in) {
      InstalledIn installed_in;
      auto const on_row = [&](Row& row) {
        if (is_revision(row)) return;
        if (!row[first].is_null) {
          take_parts(found.row.emplace(), row, first, tables, nullptr);
        } else if (!take(installed_in.ids.emplace_back(), row.back())) {
          throw Exception(storage::corrupt_row(tables.name(EnvironmentIntegration::entity_name), Uuid{},
                                               "column environment_id holds what inlay never writes"));
        }
      };
      if (request.scope.is_everything() && request.installed_in_scope.is_everything()) {
        std::array const ids{text(to_string(request.id)), text(to_string(request.id))};
        connection.run(statements.find_installed_in, ids, on_row);
      } else {
        connection.run(find_installed_in_statement(connection.dialect(), tables, request, statements.with_revision),
                       on_row);
      }
      if (!found.row) return found;
      std::sort(installed_in.ids.begin(), installed_in.ids.end());
      installed_in.is_truncated = installed_in.ids.size() > InstalledIn::max_ids;
      if (installed_in.is_truncated) installed_in.ids.resize(InstalledIn::max_ids);
      found.row->installed_in = std::move(installed_in);
      return found;
    }
  }
  auto const on_row = [&](Row& row) {
    if (!is_revision(row)) take_parts(found.row.emplace(), row, first, tables, nullptr);
  };
  if (request.scope.is_everything()) {
    Parameter const id = text(to_string(request.id));
    connection.run(statements.find, std::span(&id, 1), on_row);
  } else {
    connection.run(find_statement(connection.dialect(), tables, request, statements.with_revision), on_row);
  }
  return found;
}

/** What find_named has found. */
template <class Readable>
struct FoundNamed : Found<Readable> {
  bool are_several = false;  ///< or may be: too many have the name for all of them to be looked through
};

/** Reads the row that is called so, if there is one. */
template <class Readable>
[[nodiscard]] FoundNamed<Readable> run_find_named(Connection& connection, Tables const& tables,
                                                  FixedStatements<Readable> const& statements,
                                                  NamedRequest<Readable> const& request) {
  FoundNamed<Readable> found;
  std::size_t const first = statements.with_revision ? 1 : 0;
  std::size_t named = 0;
  std::array const key{text(to_string(request.within)), text(std::string(request.name))};
  connection.run(statements.named, key, [&](Row& row) {
    if (first == 1 && row[0].number >= 0) {
      found.revision = Revision{row[0].number};
      return;
    }
    found.are_several = found.are_several || ++named > most_named;
    if (row[first].is_null) return;
    found.are_several = found.are_several || found.row;
    if (!found.row) take_parts(found.row.emplace(), row, first, tables, nullptr);
  });
  return found;
}

}  // namespace inlay::sql

#endif
