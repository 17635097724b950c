// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_LIST_HPP
#define INLAY_BACKENDS_SQL_LIST_HPP

// How pages are read.

#include <backends/sql/counter.hpp>
#include <backends/sql/select.hpp>
#include <backends/sql/visible.hpp>
#include <inlay/storage/internal/check_cursor.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::sql {

/** Reads one page.

    A page is one statement: first a row with the revision and nulls, then the page, one row longer than asked for when
    there is more.

    Of the documents no more are read than max_page_bytes and those of one row, by which is seen that they are
    too many: how, is PageBound's. A list without documents is read as if there were no such thing. Where rows would be
    summed up, those of a page are small nearly always: a first statement reads them so, and says where one is not.

    Where a list is filtered by what no index has together with the order, there are two ways. To walk the rows in their
    order until enough of them meet the filter costs little when many do, and everything there is when few do. To probe
    costs as much as there are places to look at: of each integration that meets the filter, or of each of the team's
    environments, the first rows are taken. So a few places are probed; with many, a bounded part of the rows is walked,
    and only if that does not fill the page, the places are probed after all.

    Where the scope is a choice between several, what each of them lets through is read in its order and then filtered.
    The filter's own indexes are not used: they would lead to rows that the scope hides.

    The statement holds all of these ways behind conditions on what was found, so that one round trip does; where a
    database does not pass over what such a condition rules out (SQLite, which has no round trips), what there is to
    know is asked for first, and used for nothing but this choice. What names a row by a unique key does not come here:
    see keyed.hpp.
*/
template <class Readable>
class Lister {
 public:
  Lister(Connection& connection, Tables const& tables, Query<Readable> const& query, std::span<FieldPlace const> places)
      : connection_(connection), dialect_(connection.dialect()), tables_(tables), query_(query), places_(places) {
    for (FieldPlace const& place : places_) last_condition_ = std::max(last_condition_, place.part);
    for_each_part<Readable>([&]<std::size_t index>() {
      if (has_documents<model::Part<Readable, index>> && query_.brings_documents(index)) last_document_ = index;
    });
    bool const names_rows = std::any_of(query_.where.begin(), query_.where.end(), [](Condition const& condition) {
      return condition.field == "id" && (condition.op == Operator::eq || condition.op == Operator::in);
    });
    if (!names_rows) visible_ = visible_sources(query_.scope);
    if (visible_.size() > many) visible_.clear();  // a database takes only so many selects in one
    if (visible_.empty() && dialect_.lateral) find_sources();
  }

  /** Reads the page. */
  [[nodiscard]] Page<Readable> page() {
    if (is_bounded_by(PageBound::rows)) {
      // A running sum costs more than the rest. Where each row keeps to its share of the page there is no need of one.
      small_ = document_size() + " <= " + std::to_string(max_page_bytes / planned_rows());
      if (auto page = read_page()) return std::move(*page);
      small_.clear();
    }
    return std::move(*read_page());
  }

 private:
  static constexpr std::size_t parts = model::part_count<Readable>;
  static constexpr std::size_t many = 64;            // so many probes are always cheap
  static constexpr std::size_t walked_rows = 1'000;  // so many rows are walked before it is called hopeless
  // Where the first row, which has no id, has what makes its revision a cursor: in columns that are texts.
  static constexpr std::size_t store_column = 2;
  static constexpr std::size_t token_column = 3;
  static constexpr std::string_view in_order = " order by t0.\"created_at\", t0.\"id\"";
  using Root = model::Root<Readable>;

  /** @return nothing where a row is larger than its share, and that was looked at. */
  [[nodiscard]] std::optional<Page<Readable>> read_page() {
    columns_ = Statement();
    select_parts<Readable>(columns_, query_, true, small_);
    if (!visible_.empty()) return read(gather());
    if (sources_.empty()) return read(walk(std::nullopt));
    if (dialect_.can_gate) return read(choose());
    for (Source const& source : sources_) {
      if (source.is_surely_few() || has_few(source)) return read(probe(source));
    }
    auto const bound = walking_bound();
    auto page = read(walk(bound));
    if (!bound || !page || page->next) return page;
    return read(probe(sources_.back()));
  }

  /** Where rows can be probed for: values of a column that an index has together with the order. */
  struct Source {
    enum class Kind {
      scope,   ///< of the rows that the scope relates to
      values,  ///< those of an `in`
      nested,  ///< of the next part's rows that meet the conditions on it
    };
    Kind kind{};
    std::string_view column{};
    std::size_t condition{};   ///< of values, or of a place that is named: which one
    bool names_place = false;  ///< of a scope: a condition says which of the related rows it must be

    [[nodiscard]] bool is_surely_few() const { return kind == Kind::values || names_place; }
  };

  // In the order in which they are preferred: a team's rows may be few among an integration's, hardly the other way.
  void find_sources() {
    Scope const& scope = query_.scope;
    if (scope.kind == Scope::Kind::related && scope.own_member != "id") {
      check_related(scope, inlay::detail::read_parts<Root>());
      Source source{.kind = Source::Kind::scope, .column = scope.own_member};
      for (std::size_t i = 0; i < places_.size() && !source.names_place; ++i) {
        source.condition = i;
        source.names_place = places_[i].part == 0 && query_.where[i].op == Operator::eq &&
                             places_[i].field.name == std::string_view(scope.own_member);
      }
      sources_.push_back(source);
      if (source.names_place) return;
    }
    for (std::size_t i = 0; i < places_.size(); ++i) {
      auto const& [part, index, field] = places_[i];
      Condition const& condition = query_.where[i];
      if (part > 0 || condition.op != Operator::in || field.type != model::FieldType::id || field.name == "id")
        continue;
      if (condition.values.empty() || condition.values.size() > many) continue;
      sources_.push_back({.kind = Source::Kind::values, .column = field.name, .condition = i});
      return;
    }
    if constexpr (parts > 1) {
      if (last_condition_ > 0) {
        sources_.push_back({.kind = Source::Kind::nested, .column = model::joining_reference<Readable, 0>.member});
      }
    }
  }

  [[nodiscard]] bool has_few(Source const& source) const {
    Statement count;
    count_places(count, source);
    count.gives(ValueType::integer);
    return connection_.number(count) <= static_cast<long long>(many);
  }

  /** Where a walk would be called hopeless; nothing when it would come to the end before. */
  [[nodiscard]] std::optional<Cursor> walking_bound() const {
    Statement select("select t0.\"created_at\", t0.\"id\"");
    select_walked(select);
    select << " limit 1 offset " << std::to_string(walked_rows);
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
    Statement statement;
    begin(statement);
    auto const add_where = [&](Statement& rows) {
      std::string_view separator = add_conditions(rows, " where ", [](std::size_t) { return true; });
      separator = add_place(rows, separator);
      if (!bound) return;
      rows << separator;
      add_comparison(rows, *bound, " <= ");
    };
    if (is_bounded_by(PageBound::keys)) {
      add_page_of_keys(statement, add_where);
    } else {
      add_page(statement, add_where);
    }
    return statement;
  }

  [[nodiscard]] Statement probe(Source const& source) const {
    Statement statement;
    begin(statement);
    add_page_of_probed(statement, [&](Statement& rows) {
      rows << " where t0.\"id\" in (select \"id\" from (";
      probe_ids(rows, source, [](Statement&) {});
      rows << ") p)";
    });
    return statement;
  }

  template <class AddWhere>
  void add_page_of_probed(Statement& statement, AddWhere const& add_where) const {
    // What is found has no order, and to be put into one without all of its documents.
    if (is_bounded_by(PageBound::keys) || is_bounded_by(PageBound::reading)) {
      add_page_of_keys(statement, add_where);
    } else {
      add_page(statement, add_where);
    }
  }

  /** Appends the page of the rows that are in `page_ids`. */
  void add_page_of_ids(Statement& statement) const {
    begin(statement);
    begin_page(statement);
    // No limit here, or it would look worth while to walk the table until all of these few rows were met.
    statement << " where t0.\"id\" in (select \"id\" from page_ids)" << in_order << ") page";
    end_page(statement);
  }

  /** Appends a union of the places of the first rows that each source of what the scope lets through has. Where they
      are merged, what has an order by an index is read from there as far as the page needs. */
  void add_visible_places(Statement& ids, bool are_merged) const {
    for (std::size_t at = 0; at < visible_.size(); ++at) {
      Scope const& source = *visible_[at];
      bool const has_order = are_merged && source.kind == Scope::Kind::condition;
      ids << (at == 0 ? "" : " union ") << (has_order ? "" : "select \"created_at\", \"id\" from (")
          << "select t0.\"created_at\" \"created_at\", t0.\"id\" \"id\"";
      add_visible(ids, dialect_, source, tables_.quoted(Root::entity_name), inlay::detail::read_parts<Root>(), tables_,
                  [&](Statement& rows) { join_further_parts(rows); });
      for (std::size_t i = 0; i < places_.size(); ++i) {
        ids << " and ";
        add_condition(ids, query_.where[i], places_[i].field, part_alias(places_[i].part),
                      completes_key(source, i) ? Indexes::any : Indexes::none);
      }
      add_place(ids, " and ");
      if (!has_order) ids << in_order << " limit " << planned_limit() << ") v" << std::to_string(at);
    }
  }

  /** The first rows of all that the scope lets through, by a database that merges a union in its order. */
  [[nodiscard]] Statement merge() const {
    Statement statement;
    begin(statement);
    statement << "select * from (select 0, " << columns_.text() << " from (";
    add_visible_places(statement, true);
    statement << " order by \"created_at\", \"id\" limit ";
    statement.bind(integer(rows_to_read())) << ") bounded" << dialect_.ordered_join << tables_.quoted(Root::entity_name)
                                            << " t0 on t0.\"id\" = bounded.\"id\"";
    join_further_parts(statement, parts - 1);
    statement << ") page";
    return statement;
  }

  /** Of each source of what the scope lets through the first rows, and of those the first. */
  [[nodiscard]] Statement gather() const {
    if (dialect_.merges_unions) return merge();
    auto const add_ids = [&](Statement& ids) { add_visible_places(ids, false); };
    Statement statement;
    if (dialect_.can_gate) {
      statement << "with page_ids as materialized (select \"created_at\", \"id\" from (";
      add_ids(statement);
      statement << ") x order by \"created_at\", \"id\" limit ";
      statement.bind(integer(rows_to_read())) << ") ";
      add_page_of_ids(statement);
      return statement;
    }
    begin(statement);
    add_page_of_probed(statement, [&](Statement& rows) {
      rows << " where t0.\"id\" in (select \"id\" from (";
      add_ids(rows);
      rows << ") p)";
    });
    return statement;
  }

  /** Whether a condition and a source together say a unique key, which is then the best of all indexes. */
  [[nodiscard]] bool completes_key(Scope const& source, std::size_t condition) const {
    if (source.kind != Scope::Kind::condition || places_[condition].part != 0) return false;
    if (query_.where[condition].op != Operator::eq) return false;
    model::UniqueKey const key{source.condition.field, places_[condition].field.name};
    return std::any_of(Root::unique_keys.begin(), Root::unique_keys.end(), [&](model::UniqueKey const& one) {
      return std::is_permutation(one.begin(), one.end(), key.begin());
    });
  }

  /** All the ways, each behind the condition that it is the one. */
  [[nodiscard]] Statement choose() const {
    Statement statement("with ");
    Statement ids;
    std::string many_before;  // that there are many places in all sources so far
    auto const has_many = [](std::size_t at) {
      return "(select n from n" + std::to_string(at) + ") > " + std::to_string(many);
    };
    auto const add_way = [&](std::string const& name) {
      ids << (ids.text().empty() ? "" : " union ") << "select \"created_at\", \"id\" from " << name;
    };
    for (std::size_t at = 0; at < sources_.size(); ++at) {
      Source const& source = sources_[at];
      std::string const number = std::to_string(at);
      if (!source.is_surely_few()) {
        statement << "n" << number << " as materialized (";
        count_places(statement, source);
        statement << "), ";
      }
      statement << "p" << number << " as materialized (";
      probe_ids(statement, source, [&](Statement& probed) {
        probed << many_before;
        if (!source.is_surely_few()) probed << " and not " << has_many(at);
      });
      statement << ')';
      add_way("p" + number);
      if (source.is_surely_few()) break;
      statement << ", ";
      many_before += " and " + has_many(at);
    }
    if (!sources_.back().is_surely_few()) {
      statement << "w as materialized (select t0.\"created_at\", t0.\"id\" from (select t0.*";
      select_walked(statement);
      statement << " limit " << std::to_string(walked_rows) << ") t0";
      join_further_parts(statement);
      statement << " where 1 = 1" << many_before;
      add_conditions(statement, " and ", [](std::size_t part) { return part > 0; });
      if (is_scope_probed()) and_scope<Root>(statement, dialect_, query_.scope, "t0", tables_);
      statement << in_order << " limit " << planned_limit() << "), after_all as materialized (";
      probe_ids(statement, sources_.back(), [&](Statement& probed) {
        probed << many_before << " and (select count(*) from w) < ";
        probed.bind(integer(rows_to_read())) << " and exists (select 1";
        select_walked(probed);
        probed << " limit 1 offset " << std::to_string(walked_rows) << ')';
      });
      statement << ')';
      add_way("w");
      add_way("after_all");
    }
    statement << ", page_ids as materialized (select \"created_at\", \"id\" from (" << ids.text()
              << ") x order by \"created_at\", \"id\" limit ";
    statement.bind(integer(rows_to_read())) << ") ";
    add_page_of_ids(statement);
    return statement;
  }

  /** Appends a query that counts a source's places, up to more than are few. */
  void count_places(Statement& statement, Source const& source) const {
    statement << "select count(*) n from (";
    select_places(statement, source);
    statement << " limit " << std::to_string(many + 1) << ") x";
  }

  /** Appends a query for the values of a source's column for which rows may be found, called "id". */
  void select_places(Statement& statement, Source const& source) const {
    switch (source.kind) {
      case Source::Kind::scope:
        statement << (query_.scope.member == "id" && !is_led_to() ? "select s.\"" : "select distinct s.\"")
                  << query_.scope.member << "\" \"id\"";
        if (is_led_to()) {
          select_related(statement, dialect_, query_.scope, "s", tables_);
          statement << " where ";
          add_innermost(statement, dialect_, query_.scope, "s", tables_);
        } else {
          statement << " from " << tables_.quoted(query_.scope.entity) << " s where ";
          add_scope(statement, dialect_, query_.scope.parts.front(), entity_named(query_.scope.entity), "s", tables_);
        }
        if (source.names_place) {
          statement << " and s.\"" << query_.scope.member << "\" = ";
          statement.bind(parameter(query_.where[source.condition].values.front()));
        }
        // In an order that an index has, or a plan for any team goes through the table until it has met enough of one.
        if (query_.scope.member == "id" && !is_led_to()) statement << " order by s.\"created_at\", s.\"id\"";
        return;
      case Source::Kind::values: {
        std::string_view separator;
        for_each_padded(query_.where[source.condition].values, [&](FieldValue const& value) {
          statement << std::exchange(separator, " union ") << "select ";
          statement.bind(parameter(value)) << " \"id\"";
        });
        return;
      }
      case Source::Kind::nested: break;
    }
    for_each_part<Readable>([&]<std::size_t index>() {
      if constexpr (index == 1) {
        statement << "select t1.\"id\" from " << tables_.quoted(model::Part<Readable, index>::entity_name) << " t1";
      } else if constexpr (index > 1) {
        if (index <= last_condition_) join_part<Readable, index>(statement, tables_);
      }
    });
    add_conditions(statement, " where ", [](std::size_t part) { return part > 0; });
  }

  /** Whether the rows that the scope relates to are found from others, to which they relate. */
  [[nodiscard]] bool is_led_to() const { return related_in_turn(query_.scope) != nullptr; }

  /** Appends a query for the ids of the first rows in each of a source's places that meet all conditions; `add_gate`
      appends further ones, beginning with " and ", to a query of its own. */
  template <class AddGate>
  void probe_ids(Statement& statement, Source const& source, AddGate const& add_gate) const {
    statement << dialect_.lateral->begin;
    select_places(statement, source);
    statement << dialect_.lateral->between << "select t0.\"created_at\", t0.\"id\" from "
              << tables_.quoted(Root::entity_name) << " t0";
    bool const is_nested = source.kind == Source::Kind::nested;
    if (!is_nested) join_further_parts(statement);
    statement << " where t0.\"" << source.column << "\" = " << Lateral::outer_id;
    auto const is_wanted = [&](std::size_t part) { return part == 0 || !is_nested; };
    add_place(statement, add_conditions(statement, " and ", is_wanted, &source));
    statement << in_order << " limit " << planned_limit() << dialect_.lateral->end;
    if (!dialect_.can_gate) return;
    statement << " where 1 = 1";
    add_gate(statement);
    statement << " order by x.\"created_at\", x.\"id\" limit " << planned_limit();
  }

  /** Appends ` from ... order by ...`: the rows that a walk goes through. What it is to find meets the scope besides,
      which would be looked for without end where few do. */
  void select_walked(Statement& statement) const {
    statement << " from " << tables_.quoted(Root::entity_name) << " t0";
    std::string_view const separator = add_conditions(
        statement, " where ", [](std::size_t part) { return part == 0; }, nullptr, !is_scope_probed());
    add_place(statement, separator);
    statement << in_order;
  }

  /** Whether the scope says where to probe. */
  [[nodiscard]] bool is_scope_probed() const { return sources_.front().kind == Source::Kind::scope; }

  /** Appends joins with the further parts up to that one; unless told, the last that there is a condition on. */
  void join_further_parts(Statement& statement) const { join_further_parts(statement, last_condition_); }
  void join_further_parts(Statement& statement, std::size_t last) const {
    for_each_part<Readable>([&]<std::size_t index>() {
      if constexpr (index > 0) {
        if (index <= last) join_part<Readable, index>(statement, tables_, dialect_.ordered_join);
      }
    });
  }

  [[nodiscard]] long long rows_to_read() const { return static_cast<long long>(query_.limit) + 1; }

  /** At least as many rows as are read, as one of few numbers: a plan must know about how many, and is kept for the
      next page, whatever its limit. */
  [[nodiscard]] std::size_t planned_rows() const { return std::bit_ceil(query_.limit + 1); }
  [[nodiscard]] std::string planned_limit() const { return std::to_string(planned_rows()); }

  /** Whether documents are to be read, and bounded in that way. */
  [[nodiscard]] bool is_bounded_by(PageBound bound) const { return last_document_ && dialect_.page_bound == bound; }

  /** Appends what gives the row with the revision, to be followed by the page. */
  void begin(Statement& statement) const {
    statement << "select \"revision\"";
    statement.gives(ValueType::integer);
    std::size_t column = 0;
    for (ValueType const type : columns_.columns()) {
      ++column;
      if (query_.with_cursor && column == store_column) {
        statement << ", \"store_id\"";
      } else if (query_.with_cursor && column == token_column) {
        statement << ", \"token\"";
      } else {
        statement << ", null";
      }
      statement.gives(type);
    }
    statement << " from " << tables_.quoted("counter") << " union all ";
  }

  /** Appends the page, of the rows that `add_where` lets through. */
  template <class AddWhere>
  void add_page(Statement& statement, AddWhere const& add_where) const {
    begin_page(statement);
    add_where(statement);
    statement << in_order << " limit ";
    if (dialect_.plans_ahead) {
      statement << planned_limit() << ") page order by " << column_of_root("created_at") << ", " << column_of_root("id")
                << " limit ";
      statement.bind(integer(rows_to_read()));
    } else {
      statement.bind(integer(rows_to_read())) << ") page";
    }
    end_page(statement);
  }

  void begin_page(Statement& statement) const {
    statement << (dialect_.plans_ahead ? "(" : "");
    if (is_summed()) {
      statement << "select 0";
      for (std::size_t i = 0; i < columns_.columns().size(); ++i) statement << ", c" << std::to_string(i);
      statement << " from (select page.*, ";
      add_bytes_before(statement, "\"size\"", column_of_root("created_at"), column_of_root("id"));
      statement << " from (select " << document_size() << " \"size\", " << columns_.text();
    } else {
      // The first column says whether documents were left out.
      statement << "select * from (select "
                << (small_.empty() ? std::string("0") : "case when " + small_ + " then 0 else 1 end") << ", "
                << columns_.text();
    }
    select_from<Readable>(statement, tables_, dialect_.ordered_join);
  }

  void end_page(Statement& statement) const {
    if (is_summed()) {
      statement << ") bounded";
      add_bound(statement);
    }
    statement << (dialect_.plans_ahead ? ")" : "");
  }

  /** Whether a running sum over the rows bounds the page. */
  [[nodiscard]] bool is_summed() const { return is_bounded_by(PageBound::rows) && small_.empty(); }

  /** The same, with keys alone put into their order before the rows are read. Where they are not summed up, `add_where`
      asks for nothing of the further parts. */
  template <class AddWhere>
  void add_page_of_keys(Statement& statement, AddWhere const& add_where) const {
    bool const are_summed = is_bounded_by(PageBound::keys);
    statement << (are_summed ? "" : "select * from (") << "select 0, " << columns_.text() << " from (";
    if (are_summed) {
      statement << "select k.\"id\", ";
      add_bytes_before(statement, "k.\"size\"", "k.\"created_at\"", "k.\"id\"");
      statement << " from (";
    }
    statement << "select t0.\"created_at\", t0.\"id\"";
    if (are_summed) statement << ", " << document_size() << " \"size\"";
    statement << " from " << tables_.quoted(Root::entity_name) << " t0";
    if (are_summed) join_further_parts(statement, std::max(last_condition_, *last_document_));
    add_where(statement);
    statement << in_order << " limit ";
    statement.bind(integer(rows_to_read())) << (are_summed ? ") k) bounded" : ") bounded") << dialect_.ordered_join
                                            << tables_.quoted(Root::entity_name) << " t0 on t0.\"id\" = bounded.\"id\"";
    join_further_parts(statement, parts - 1);
    if (are_summed) {
      add_bound(statement);
    } else {
      statement << ") page";
    }
  }

  /** The sum of the sizes of all documents that are read of a row. */
  [[nodiscard]] std::string document_size() const {
    std::string sum;
    for_each_part<Readable>([&]<std::size_t index>() {
      for (model::Field const& field : model::fields<model::Part<Readable, index>>) {
        if (field.type != model::FieldType::document || !query_.brings_documents(index)) continue;
        std::string const size =
            std::string(dialect_.text_size) + '(' + part_alias(index) + ".\"" + std::string(field.name) + "\")";
        sum += (sum.empty() ? "" : " + ") + (field.is_optional ? "coalesce(" + size + ", 0)" : size);
      }
    });
    return sum;
  }

  /** Appends how much is read before a row: nothing is null. A row that is too large for any page counts as one that
      fills a page, so that the row after it is read, by which is seen that it is not the last. */
  void add_bytes_before(Statement& statement, std::string const& size, std::string_view time,
                        std::string_view id) const {
    statement << "sum(least(" << size << ", " << std::to_string(max_page_bytes) << ")) over (order by " << time << ", "
              << id << " rows between unbounded preceding and 1 preceding) \"bytes_before\"";
  }

  static void add_bound(Statement& statement) {
    statement << " where bounded.\"bytes_before\" is null or bounded.\"bytes_before\" <= "
              << std::to_string(max_page_bytes);
  }

  /** What a column of the first part is called in the page. */
  [[nodiscard]] static std::string column_of_root(std::string_view name) {
    auto const& fields = model::fields<Root>;
    auto const at = std::find_if(fields.begin(), fields.end(), [&](auto const& field) { return field.name == name; });
    return "c" + std::to_string(at - fields.begin());
  }

  /** Appends the conditions on the parts that are wanted, without the one that a source meets.

      @return what is to stand before another one. */
  template <class IsWanted>
  std::string_view add_conditions(Statement& statement, std::string_view separator, IsWanted const& is_wanted,
                                  Source const* met = nullptr, bool with_scope = true) const {
    bool const is_in_scope = met && met->kind == Source::Kind::scope;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (!is_wanted(places_[i].part)) continue;
      if (met && met->kind == Source::Kind::values && met->condition == i) continue;
      statement << std::exchange(separator, " and ");
      // In one of a team's places others' rows are not to be met; those of one integration there are by their key.
      bool const leads_astray = is_in_scope && places_[i].field.type != model::FieldType::id;
      add_condition(statement, query_.where[i], places_[i].field, part_alias(places_[i].part),
                    leads_astray ? Indexes::none : Indexes::any);
    }
    if (is_wanted(0) && with_scope && !is_in_scope && !query_.scope.is_everything()) {
      statement << std::exchange(separator, " and ");
      add_scope(statement, dialect_, query_.scope, inlay::detail::read_parts<Root>(), "t0", tables_);
    }
    return separator;
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
    if (dialect_.seeks_row_values) {
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

  /** @return nothing where documents were left out. */
  [[nodiscard]] std::optional<Page<Readable>> read(Statement const& statement) const {
    Page<Readable> page;
    bool are_left_out = false;
    SharedDocuments shared;
    bool const may_stop = is_bounded_by(PageBound::reading);
    std::size_t bytes = 0;
    connection_.run_while(statement, [&](Row& row) {
      if (row[1].is_null) {
        page.revision = Revision{row[0].number};
        if (query_.with_cursor) {
          page.revision = storage::cursor_of(taken_uuid(tables_, "counter", "store_id", row[store_column]),
                                             page.revision, taken_uuid(tables_, "counter", "token", row[token_column]));
        }
        return true;
      }
      are_left_out = row[0].number != 0;
      if (are_left_out) return false;
      take_parts(page.items.emplace_back(), row, 1, tables_, &shared, query_);
      if (!may_stop) return true;
      bytes += document_bytes(page.items.back(), query_);
      // The row that is too many says that there is a next page.
      return page.items.size() == 1 || bytes <= max_page_bytes;
    });
    if (are_left_out) return std::nullopt;
    put_in_order(page.items);
    bool has_more = page.items.size() > query_.limit;
    if (has_more) page.items.pop_back();
    if (last_document_) {
      PageBytes page_bytes;
      auto const end = std::find_if_not(page.items.begin(), page.items.end(), [&](Readable const& item) {
        return page_bytes.take(document_bytes(item, query_));
      });
      has_more = has_more || end != page.items.end();
      page.items.erase(end, page.items.end());
    }
    if (has_more) page.next = cursor_of(page.items.back());
    return page;
  }

  Connection& connection_;
  Dialect const& dialect_;
  Tables const& tables_;
  Query<Readable> const& query_;
  std::span<FieldPlace const> places_;
  std::string small_{};  // that a row's documents keep to their share of the page; empty: that they are all read
  Statement columns_{};  // of the page, each with a name of its own, which some databases demand of a derived table
  std::size_t last_condition_ = 0;              // the last part that there is one on
  std::optional<std::size_t> last_document_{};  // the last part of which documents are read; absent: none are
  std::vector<Source> sources_;
  std::vector<Scope const*> visible_;  // what the scope is a choice of; empty: it is none
};

}  // namespace inlay::sql

#endif
