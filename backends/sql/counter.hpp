// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_COUNTER_HPP
#define INLAY_BACKENDS_SQL_COUNTER_HPP

// The counter: one row, which says which store this is, and between which commits its log is. Every commit takes it
// before any other row and moves it to its own end.

#include <backends/sql/connection.hpp>
#include <backends/sql/schema.hpp>
#include <inlay/storage/chain.hpp>
#include <inlay/storage/errors.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace inlay::sql {

/** As far as the store has come. `lock`: see Dialect::lock_rows. */
inline Revision current_revision(Connection& connection, Tables const& tables, std::string_view lock = "") {
  Statement select(R"(select "revision" from )");
  select << tables.quoted("counter") << lock;
  select.gives(ValueType::integer);
  return Revision{connection.number(select)};
}

/** A token as a column has it: null where there is none. */
[[nodiscard]] inline Parameter token_parameter(Uuid const& token) {
  return token.is_nil() ? null(ValueType::text) : text(to_string(token));
}

/** What a column of digests or tokens holds, null being what a value of its own is: nil, or all zeros.

    @throws inlay::Exception: corrupt, naming table and column.
*/
[[nodiscard]] inline Uuid taken_uuid(Tables const& tables, std::string_view table, std::string_view name,
                                     Column const& column) {
  if (column.is_null) return {};
  auto const uuid = parse_uuid(column.text);
  if (uuid.has_value()) return *uuid;
  throw Exception(storage::corrupt_row(tables.name(table), Uuid{}, "column " + std::string(name) + " holds no UUID"));
}
[[nodiscard]] inline Digest taken_digest(Tables const& tables, std::string_view table, std::string_view name,
                                         Column const& column) {
  if (column.is_null) return {};
  auto const digest = parse_digest(column.text);
  if (digest.has_value()) return *digest;
  throw Exception(
      storage::corrupt_row(tables.name(table), Uuid{}, "column " + std::string(name) + " holds no SHA-256"));
}

[[nodiscard]] inline Exception counter_gone(Tables const& tables) {
  return Exception(storage::corrupt_row(tables.name("counter"), Uuid{}, "the row of the store's revision is gone"));
}

/** All that the row says. @throws inlay::Exception: corrupt; DatabaseFailure. */
[[nodiscard]] inline StoreState read_state(Connection& connection, Tables const& tables) {
  Statement select(R"(select "revision", "token", "moment", "chain", "compacted_through", "compacted_token",)"
                   R"( "compacted_moment", "compacted_chain", "store_id" from )");
  select << tables.quoted("counter") << R"( where "id" = 1)";
  for (int end = 0; end < 2; ++end) {
    for (ValueType const type : {ValueType::integer, ValueType::text, ValueType::integer, ValueType::text}) {
      select.gives(type);
    }
  }
  std::optional<StoreState> state;
  connection.run(select.gives(ValueType::text), [&](Row& row) {
    auto const end = [&](std::size_t at) {
      return LogEnd{.revision = {row[at].number},
                    .token = taken_uuid(tables, "counter", "token", row[at + 1]),
                    .moment = {row[at + 2].number},
                    .chain = taken_digest(tables, "counter", "chain", row[at + 3])};
    };
    state = StoreState{
        .store_id = taken_uuid(tables, "counter", "store_id", row[8]), .newest = end(0), .compacted = end(4)};
  });
  if (!state) throw counter_gone(tables);
  return *state;
}

/** Writes all that the row says, but keeps the store's id where that is nil. @throws DatabaseFailure. */
inline void write_state(Connection& connection, Tables const& tables, StoreState const& state) {
  Statement update("update ");
  update << tables.quoted("counter") << R"( set "revision" = )";
  update.bind(integer(state.newest.revision.value)) << R"(, "compacted_through" = )";
  update.bind(integer(state.compacted.revision.value));
  for (auto const& [prefix, end] :
       {std::pair<std::string_view, LogEnd const&>("", state.newest), {"compacted_", state.compacted}}) {
    update << ", \"" << prefix << R"(token" = )";
    update.bind(token_parameter(end.token)) << ", \"" << prefix << R"(moment" = )";
    update.bind(integer(end.moment.microseconds)) << ", \"" << prefix << R"(chain" = )";
    update.bind(text(to_string(end.chain)));
  }
  if (!state.store_id.is_nil()) (update << R"(, "store_id" = )").bind(text(to_string(state.store_id)));
  connection.run((update << R"( where "id" = 1)").runs_once());
}

/** What a commit begins with, the counter being its own until its transaction ends. */
struct TakenCounter {
  LogEnd last{};
  Timestamp clock{};  ///< the store's
};

/** Takes the counter. @throws inlay::Exception: corrupt; DatabaseFailure. */
[[nodiscard]] inline TakenCounter take_counter(Connection& connection, Tables const& tables) {
  Dialect const& dialect = connection.dialect();
  Statement select(R"(select "revision", "moment", "chain", )");
  select << (dialect.clock.empty() ? "0" : dialect.clock) << " from " << tables.quoted("counter")
         << R"( where "id" = 1)" << dialect.lock_rows;
  select.gives(ValueType::integer).gives(ValueType::integer).gives(ValueType::text).gives(ValueType::integer);
  std::optional<TakenCounter> taken;
  connection.run(select.gives_one_row(), [&](Row& row) {
    taken = TakenCounter{.last = {.revision = {row[0].number},
                                  .moment = {row[1].number},
                                  .chain = taken_digest(tables, "counter", "chain", row[2])},
                         .clock = {row[3].number}};
  });
  if (!taken) throw counter_gone(tables);
  if (dialect.clock.empty()) taken->clock = now();
  return *taken;
}

/** Moves the counter, which was taken, to the end that a commit makes. @throws DatabaseFailure. */
inline void move_counter(Connection& connection, Tables const& tables, LogEnd const& end) {
  Statement update("update ");
  update << tables.quoted("counter") << R"( set "revision" = )";
  update.bind(integer(end.revision.value)) << R"(, "moment" = )";
  update.bind(integer(end.moment.microseconds)) << R"(, "chain" = )";
  update.bind(text(to_string(end.chain))) << R"(, "token" = )";
  update.bind(token_parameter(end.token)) << R"( where "id" = 1)";
  connection.run(update);
}

/** Appends storage::next_moment: what follows "moment" of the counter. `put_time` appends the commit's time. */
template <class PutTime>
void put_next_moment(Statement& statement, Dialect const& dialect, PutTime const& put_time) {
  statement << "case when ";
  put_time();
  statement << R"( > "moment" and )";
  put_time();
  statement << " - " << std::to_string(storage::most_ahead) << R"( <= greatest("moment", )" << dialect.clock
            << ") then ";
  put_time();
  statement << R"( else "moment" + 1 end)";
}

/** Appends storage::next_link of what the others append. */
template <class PutRevision, class PutMoment, class PutContent>
void put_next_link(Statement& statement, Dialect const& dialect, std::string_view last, PutRevision const& put_revision,
                   PutMoment const& put_moment, PutContent const& put_content) {
  // A line's end itself: what is written in its place in a literal depends on settings of a session.
  constexpr std::string_view next_line = ", '\n', ";
  statement << dialect.sha256.before << "concat(" << last << next_line;
  put_revision();
  statement << next_line;
  put_moment();
  statement << next_line;
  put_content();
  statement << ')' << dialect.sha256.after;
}

}  // namespace inlay::sql

#endif
