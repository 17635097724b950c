// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SOCI_LIST_HPP
#define INLAY_BACKENDS_SOCI_LIST_HPP

// How pages are read.

#include <backends/soci/select.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::sql {

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

/** Reads one page.

    A page is one statement: first a row with the revision and nulls, then the page, one row longer than asked for when
    there is more.

    Where a read model is filtered by its further parts ("integration.category"), no index has both the filter and the
    order, and there are two ways. To walk the rows in their order until enough of them meet the filter costs little
   when many do, and everything there is when few do. To find the integrations first and take a page of each costs as
   much as there are integrations. So few integrations are probed; with many, a bounded part of the rows is walked, and
   only if it does not fill the page, the integrations are probed after all. What was learnt on the way is used for
   nothing but this choice: each page is read by one statement that holds all conditions.
*/
template <class Readable>
class Lister {
 public:
  Lister(Connection& connection, Tables const& tables, Query<Readable> const& query, std::span<FieldPlace const> places)
      : connection_(connection), dialect_(connection.dialect()), tables_(tables), query_(query), places_(places) {}

  [[nodiscard]] Page<Readable> page() const {
    if constexpr (parts > 1) {
      if (has_nested_conditions() && dialect_.can_probe()) {
        if (!are_many_nested()) return read(probe());
        auto const bound = walking_bound();
        Page<Readable> page = read(walk(bound));
        if (!bound || page.next) return page;
        return read(probe());
      }
    }
    return read(walk(std::nullopt));
  }

 private:
  static constexpr std::size_t parts = model::part_count<Readable>;
  static constexpr std::size_t many_nested = 64;     // rows of the next part: so many probes are always cheap
  static constexpr std::size_t walked_rows = 1'000;  // so many rows are walked before it is called hopeless
  using Root = model::Root<Readable>;

  [[nodiscard]] bool has_nested_conditions() const {
    return std::any_of(places_.begin(), places_.end(), [](FieldPlace const& place) { return place.part > 0; });
  }

  /** Whether more rows of the next part meet the nested conditions than are probed without a second thought. */
  [[nodiscard]] bool are_many_nested() const {
    Statement count("select count(*) from (");
    select_nested_ids(count);
    count << " limit " << std::to_string(many_nested + 1) << ") x";
    count.gives(ValueType::integer);
    return connection_.number(count) > static_cast<long long>(many_nested);
  }

  /** Where a walk would be called hopeless; nothing when it would come to the end before. */
  [[nodiscard]] std::optional<Cursor> walking_bound() const {
    Statement select("select t0.\"created_at\", t0.\"id\" from ");
    select << tables_.quoted(Root::entity_name) << " t0";
    add_root_conditions(select, " where ");
    select << " order by t0.\"created_at\", t0.\"id\" limit 1 offset " << std::to_string(walked_rows);
    select.gives(ValueType::integer).gives(ValueType::text).gives_one_row();
    std::optional<Cursor> bound;
    connection_.run(select, [&](Row& row) {
      Cursor& place = bound.emplace();
      place.created_at.microseconds = row[0].number;
      auto const id = parse_uuid(row[1].text);
      if (id.has_value()) place.id = *id;  // else the bound is a little off, which does no harm
    });
    return bound;
  }

  [[nodiscard]] Statement walk(std::optional<Cursor> const& bound) const {
    Statement statement = begin();
    std::string_view separator = add_conditions(statement, " where ", [](std::size_t) { return true; });
    separator = add_place(statement, separator);
    if (bound) {
      statement << separator;
      add_comparison(statement, *bound, " <= ");
    }
    end(statement);
    return statement;
  }

  [[nodiscard]] Statement probe() const {
    Statement statement = begin();
    statement << " where t0.\"id\" in (";
    dialect_.for_each(
        statement, [&](Statement& outer) { select_nested_ids(outer); },
        [&](Statement& inner, std::string_view outer_id) {
          inner << "select t0.\"id\" from " << tables_.quoted(Root::entity_name) << " t0 where t0.\"";
          if constexpr (parts > 1) inner << model::joining_reference<Readable, 0>.member;
          inner << "\" = " << outer_id;
          add_root_conditions(inner, " and ");
          inner << " order by t0.\"created_at\", t0.\"id\" limit ";
          inner.bind(integer(static_cast<long long>(query_.limit) + 1));
        });
    statement << ')';
    end(statement);
    return statement;
  }

  /** Selects the ids of the next part's rows that meet the conditions on it and those behind it. */
  void select_nested_ids(Statement& statement) const {
    for_each_part<Readable>([&]<std::size_t index>() {
      if constexpr (index == 1) {
        statement << "select t1.\"id\" from " << tables_.quoted(model::Part<Readable, 1>::entity_name) << " t1";
      } else if constexpr (index > 1) {
        join_part<Readable, index>(statement, tables_);
      }
    });
    add_conditions(statement, " where ", [](std::size_t part) { return part > 0; });
  }

  // Each column of the page has a name of its own, which some databases demand of a derived table.
  [[nodiscard]] Statement begin() const {
    Statement page;
    select_parts<Readable>(page, query_.with_nested_documents, true);
    Statement statement("select \"revision\"");
    statement.gives(ValueType::integer);
    for (ValueType const type : page.columns()) {
      statement << ", null";
      statement.gives(type);
    }
    statement << " from " << tables_.quoted("counter") << " union all select * from (select 0, " << page.text();
    select_from<Readable>(statement, tables_, dialect_.ordered_join());
    return statement;
  }

  void end(Statement& statement) const {
    statement << " order by t0.\"created_at\", t0.\"id\" limit ";
    statement.bind(integer(static_cast<long long>(query_.limit) + 1)) << ") page";
  }

  /** Appends the conditions on the parts that are wanted; returns what is to stand before another one. */
  template <class IsWanted>
  std::string_view add_conditions(Statement& statement, std::string_view separator, IsWanted const& is_wanted) const {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (!is_wanted(places_[i].part)) continue;
      statement << std::exchange(separator, " and ");
      add_condition(statement, query_.where[i], places_[i].field, part_alias(places_[i].part));
    }
    if (is_wanted(0) && !query_.scope.is_everything()) {
      statement << std::exchange(separator, " and ");
      add_scope(statement, query_.scope, inlay::detail::filter_parts<Root>, "t0", tables_);
    }
    return separator;
  }

  void add_root_conditions(Statement& statement, std::string_view separator) const {
    add_place(statement, add_conditions(statement, separator, [](std::size_t part) { return part == 0; }));
  }

  /** Appends that a row comes after the cursor. */
  std::string_view add_place(Statement& statement, std::string_view separator) const {
    if (!query_.after) return separator;
    statement << separator;
    add_comparison(statement, *query_.after, " > ");
    return " and ";
  }

  void add_comparison(Statement& statement, Cursor const& place, std::string_view sign) const {
    auto const time = integer(place.created_at.microseconds);
    auto const id = text(to_string(place.id));
    if (dialect_.seeks_row_values()) {
      statement << "(t0.\"created_at\", t0.\"id\")" << sign << '(';
      statement.bind(time) << ", ";
      statement.bind(id) << ')';
      return;
    }
    // The same, spelt so that an index on the time can serve it.
    char const direction = sign[1];
    statement << "t0.\"created_at\" " << direction << "= ";
    statement.bind(time) << " and (t0.\"created_at\" " << direction << ' ';
    statement.bind(time) << " or t0.\"id\"" << sign;
    statement.bind(id) << ')';
  }

  [[nodiscard]] Page<Readable> read(Statement const& statement) const {
    Page<Readable> page;
    SharedDocuments shared;
    connection_.run(statement, [&](Row& row) {
      if (row[1].is_null) {
        page.revision.value = row[0].number;
        return;
      }
      take_parts(page.items.emplace_back(), row, 1, tables_, &shared);
    });
    put_in_order(page.items);
    if (page.items.size() > query_.limit) {
      page.items.pop_back();
      page.next = cursor_of(page.items.back());
    }
    return page;
  }

  Connection& connection_;
  Dialect const& dialect_;
  Tables const& tables_;
  Query<Readable> const& query_;
  std::span<FieldPlace const> places_;
};

}  // namespace inlay::sql

#endif
