// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_CHANGE_LIST_HPP
#define INLAY_BACKENDS_SQL_CHANGE_LIST_HPP

// How pages of the change log are read.

#include <backends/sql/connection.hpp>
#include <backends/sql/counter.hpp>
#include <backends/sql/schema.hpp>
#include <inlay/model/describe.hpp>
#include <inlay/storage/changes.hpp>
#include <inlay/storage/errors.hpp>
#include <inlay/storage/internal/check_cursor.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::sql {

/** Reads one page of the change log.

    A page with commits is one statement, so that it and how far the store has come belong together. Each row begins
   with the latter; then come a commit and one of its changes. There is a row without a change for a commit that has
   none, and one without a commit where there is none.

    Of the rows before and after no more are read than max_page_bytes and those of one change, but for the
    first commit, which is read whole.
*/
class ChangeLister {
 public:
  ChangeLister(Connection& connection, Tables const& tables, ChangesRequest const& request)
      : connection_(connection), tables_(tables), request_(request) {}

  /** Reads the page. @return compacted; invalid_argument; unavailable for a revision that a server which follows
      another has not reached. */
  [[nodiscard]] Result<ChangePage> page() {
    // MySQL's statement for a page takes as long with nothing to find, and followers ask far more often than there is
    // news: a small one goes before it.
    if (connection_.dialect().page_bound == PageBound::keys) read_counter();
    Revision& current = state_.newest.revision;
    if (current == Revision{} || current > request_.after) read_log();
    auto const checked = storage::check_cursor(request_.after, state_, token_there_, [&] { return may_lag(); });
    if (checked.has_error()) return checked.error();

    ChangePage page;
    PageBytes page_bytes;
    for (CommitRecord& commit : commits_) {
      // The last that was read may not have been read whole, but only where it is too much.
      page.has_more = page.commits.size() == request_.limit || !page_bytes.take(document_bytes(commit));
      if (page.has_more) break;
      page.commits.push_back(std::move(commit));
    }
    if (!page.commits.empty()) page.has_more = page.has_more || page.commits.back().revision < last_;
    page.through = page.has_more
                       ? storage::cursor_of(state_.store_id, page.commits.back().revision, page.commits.back().token)
                       : storage::cursor_of(state_);
    return page;
  }

 private:
  void read_counter() {
    Statement select("select ");
    add_counter(select);
    select << " from " << tables_.quoted("counter") << R"( k where k."id" = 1)";
    connection_.run(select, [&](Row& row) { take_counter(row); });
  }

  /** Appends what the counter says, which take_counter takes; with a cursor, the token of its commit, too: where the
      cursor is checked it must be as of the moment that the page is of. */
  void add_counter(Statement& select) const {
    select << R"(k."revision", k."compacted_through", k."store_id", k."token", k."compacted_token", )";
    if (request_.after.token) {
      select << R"((select a."token" from )" << tables_.quoted("commit") << R"( a where a."revision" = )";
      select.bind(integer(request_.after.value)) << ')';
    } else {
      select << R"(k."token")";
    }
    select.gives(ValueType::integer).gives(ValueType::integer);
    for (int token = 0; token < 4; ++token) select.gives(ValueType::text);
  }

  void take_counter(Row const& row) {
    state_.newest.revision.value = row[0].number;
    state_.compacted.revision.value = row[1].number;
    state_.store_id = taken_uuid(tables_, "counter", "store_id", row[2]);
    state_.newest.token = taken_uuid(tables_, "counter", "token", row[3]);
    state_.compacted.token = taken_uuid(tables_, "counter", "compacted_token", row[4]);
    if (request_.after.token) token_there_ = taken_uuid(tables_, "commit", "token", row[5]);
  }

  void read_log() {
    bool const may_stop = connection_.dialect().page_bound == PageBound::reading;
    std::size_t bytes = 0;
    bool is_first = true;
    connection_.run_while(may_stop ? whole_log() : bounded_log(), [&](Row& row) {
      if (is_first) take_counter(row);
      is_first = false;
      last_.value = row[counted].number;
      if (row[counted + 1].is_null) return true;
      bytes += take(row);
      if (!may_stop || commits_.size() == 1) return true;
      return commits_.size() <= request_.limit && bytes <= max_page_bytes;
    });
  }

  /** Whether the server follows another one, which may have come further. */
  [[nodiscard]] bool may_lag() const {
    std::string_view const question = connection_.dialect().asks_for_replica;
    if (question.empty()) return false;
    Statement ask(question);
    return connection_.number(ask.gives(ValueType::integer).runs_once()) == 1;
  }

  /** All of the log from there on, of which no more is read than makes a page. */
  [[nodiscard]] Statement whole_log() const {
    Statement select;
    begin(select, "0", "o", "h");
    if (request_.row) {
      select << " left join " << tables_.quoted("change") << " h on ";
      add_row(select, "h");
      select << R"( and h."revision" > )";
      select.bind(integer(request_.after.value))
          << " left join " << tables_.quoted("commit") << R"( o on o."revision" = h."revision")";
    } else {
      select << " left join " << tables_.quoted("commit") << R"( o on o."revision" > )";
      select.bind(integer(request_.after.value))
          << " left join " << tables_.quoted("change") << R"( h on h."revision" = o."revision")";
    }
    // That there is one such row is what lets an index give the order.
    select << R"( where k."id" = 1 order by )" << (request_.row ? R"(h."revision")" : R"(o."revision")")
           << R"(, h."ordinal")";
    return select;
  }

  /** As many commits as are asked for and one more, with those of their changes before which the page is not full, by a
      running sum; and which commit is the last of them. */
  [[nodiscard]] Statement bounded_log() const {
    bool const by_keys = connection_.dialect().page_bound == PageBound::keys;
    std::string const size(connection_.dialect().text_size);
    std::string_view const of_commit =
        by_keys ? R"(o."revision")"
                : R"(o."revision", o."token", o."actor", o."reason", o."time", o."moment", o."chain")";
    Statement select("with c as (select ");
    if (request_.row) {
      select << "distinct " << of_commit << " from " << tables_.quoted("change") << " d join "
             << tables_.quoted("commit") << R"( o on o."revision" = d."revision" where )";
      add_row(select, "d");
      select << R"( and d."revision" > )";
    } else {
      select << of_commit << " from " << tables_.quoted("commit") << R"( o where o."revision" > )";
    }
    select.bind(integer(request_.after.value)) << R"( order by o."revision" limit )";
    select.bind(integer(static_cast<long long>(request_.limit) + 1)) << ") ";
    begin(select, R"((select max("revision") from c))", by_keys ? "o" : "b", by_keys ? "h" : "b");
    select << R"( left join (select x.*, sum(x."size") over (order by x."revision", x."ordinal")"
           << R"( rows between unbounded preceding and 1 preceding) "bytes_before" from (select c.*, d."ordinal",)"
           << (by_keys ? "" : R"( d."entity", d."row_id", d."kind", d."before", d."after",)") << " coalesce(" << size
           << R"((d."before"), 0) + coalesce()" << size << R"((d."after"), 0) "size" from c left join )"
           << tables_.quoted("change") << R"( d on d."revision" = c."revision")";
    if (request_.row) {
      select << " and ";
      add_row(select, "d");
    }
    select << R"() x) b on b."bytes_before" is null or b."bytes_before" <= )" << std::to_string(max_page_bytes)
           << R"( or b."revision" = (select min("revision") from c))";
    if (by_keys) {
      select << " left join " << tables_.quoted("commit") << R"( o on o."revision" = b."revision" left join )"
             << tables_.quoted("change") << R"( h on h."revision" = b."revision" and h."ordinal" = b."ordinal")";
    }
    select << R"( order by b."revision", b."ordinal")";
    return select;
  }

  /** Appends the columns that a row has, and the counter that it begins with; `last` says which commit is the last. */
  void begin(Statement& select, std::string_view last, std::string_view commit, std::string_view change) const {
    select << "select ";
    add_counter(select);
    select << ", " << last;
    for (std::string_view const column : {"revision", "token", "actor", "reason", "time", "moment", "chain"}) {
      select << ", " << commit << ".\"" << column << '"';
    }
    for (std::string_view const column : {"entity", "row_id", "kind", "before", "after"}) {
      select << ", " << change << ".\"" << column << '"';
    }
    select << " from " << tables_.quoted("counter") << " k";
    for (ValueType const type : {ValueType::integer, ValueType::integer, ValueType::text, ValueType::text,
                                 ValueType::text, ValueType::integer, ValueType::integer, ValueType::text,
                                 ValueType::text, ValueType::text, ValueType::text, ValueType::text, ValueType::text}) {
      select.gives(type);
    }
  }

  /** Appends that a change is one of the row that is asked for. */
  void add_row(Statement& select, std::string_view alias) const {
    select << alias << R"(."row_id" = )";
    select.bind(text(to_string(request_.row->id))) << " and " << alias << R"(."entity" = )";
    select.bind(text(request_.row->entity));
  }

  /** Takes a change, and its commit if it is the first of that; tells how many bytes its rows come to. */
  std::size_t take(Row& row) {
    if (commits_.empty() || commits_.back().revision.value != row[counted + 1].number) {
      CommitRecord& commit = commits_.emplace_back();
      commit.revision.value = row[counted + 1].number;
      commit.token = taken_uuid(tables_, "commit", "token", row[counted + 2]);
      commit.actor = std::move(row[counted + 3].text);
      if (!row[counted + 4].is_null) commit.reason = std::move(row[counted + 4].text);
      commit.time.microseconds = row[counted + 5].number;
      commit.moment.microseconds = row[counted + 6].number;
      commit.chain = taken_digest(tables_, "commit", "chain", row[counted + 7]);
    }
    if (row[counted + 8].is_null) return 0;
    ChangeRecord& change = commits_.back().changes.emplace_back();
    change.entity = std::move(row[counted + 8].text);
    auto const id = parse_uuid(row[counted + 9].text);
    auto const kind = model::enum_from_name<ChangeKind>(row[counted + 10].text);
    if (id.has_error() || !kind) {
      throw Exception(storage::corrupt_row(tables_.name("change"), commits_.back().token,
                                           "column row_id or kind holds what inlay never writes"));
    }
    change.id = *id;
    change.kind = *kind;
    std::size_t const bytes = (row[counted + 11].is_null ? 0 : row[counted + 11].text.size()) +
                              (row[counted + 12].is_null ? 0 : row[counted + 12].text.size());
    if (!row[counted + 11].is_null) change.before = Document::from_stored(std::move(row[counted + 11].text));
    if (!row[counted + 12].is_null) change.after = Document::from_stored(std::move(row[counted + 12].text));
    return bytes;
  }

  Connection& connection_;
  Tables const& tables_;
  ChangesRequest const& request_;
  static constexpr std::size_t counted = 6;  // columns of add_counter, before those of the log

  StoreState state_{};  // as far as add_counter asks for it
  Uuid token_there_{};  // of the commit at the cursor
  Revision last_{};     // of the commits that the database looked at; 0 where it leaves it to us to read on
  std::vector<CommitRecord> commits_;
};

}  // namespace inlay::sql

#endif
