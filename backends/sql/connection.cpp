// SPDX-License-Identifier: BSL-1.0
#include <backends/sql/connection.hpp>

#include <soci/soci.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace inlay::sql {

namespace {

constexpr std::chrono::milliseconds place_is_known_for(100);

void refuse_nul(std::span<Parameter const> parameters) {
  for (Parameter const& parameter : parameters) {
    if (parameter.text.find('\0') == std::string::npos) continue;
    throw Exception(
        Error{.kind = ErrorKind::invalid_argument, .message = "a text holds U+0000, which this store cannot keep"});
  }
}

}  // namespace

struct Connection::Prepared {
  // SOCI keeps the addresses of what it exchanges, so these never move.
  struct Exchanged {
    ValueType type{};
    long long number{};
    std::string text{};
    soci::indicator indicator = soci::i_ok;
  };

  Prepared(soci::session& session, std::string const& text, std::span<Parameter const> parameters,
           std::vector<ValueType> column_types, bool is_kept, Driver::RowReader row_reader)
      : statement(session),
        columns(std::move(column_types)),
        read_row(row_reader),
        given(parameters.size()),
        row(columns.size()) {
    for (std::size_t i = 0; i < given.size(); ++i) given[i].type = parameters[i].type;
    statement.alloc();
    exchange();
    statement.prepare(text, is_kept ? soci::details::st_repeatable_query : soci::details::st_one_time_query);
    statement.define_and_bind();
  }

  void exchange() {
    for (Exchanged& slot : given) {
      if (slot.type == ValueType::integer) {
        statement.exchange(soci::use(slot.number, slot.indicator));
      } else {
        statement.exchange(soci::use(slot.text, slot.indicator));
      }
    }
  }

  /** To be called when the statement has failed. SOCI 4.0 lets go of what it copied the parameters into only after
      success, and would lose it in the next call. */
  void recover() {
    statement.bind_clean_up();
    exchange();
    statement.define_and_bind();
  }

  void give(std::span<Parameter const> parameters) {
    for (std::size_t i = 0; i < given.size(); ++i) {
      given[i].indicator = parameters[i].is_null ? soci::i_null : soci::i_ok;
      if (given[i].type == ValueType::integer) {
        given[i].number = parameters[i].number;
      } else {
        given[i].text = parameters[i].text;
      }
    }
  }

  /** False when no more rows are wanted. */
  [[nodiscard]] bool take(std::function<bool(Row&)> const& on_row) {
    read_row(statement, columns, row);
    return on_row(row);
  }

  /** Lets go of large texts that were exchanged: what stays prepared is to be as small as it was. */
  void let_go() noexcept {
    constexpr std::size_t large = std::size_t{4} << 10U;
    auto const empty = [](std::string& text) {
      if (text.capacity() > large) std::string().swap(text);
    };
    for (Exchanged& slot : given) empty(slot.text);
    for (Column& column : row) empty(column.text);
  }

  /** Roughly what it takes here, and in the engine or the server. */
  [[nodiscard]] std::size_t bytes(std::string_view text) const noexcept {
    constexpr std::size_t own = std::size_t{4} << 10U;
    constexpr std::size_t for_each_value = 512;
    return own + 4 * text.size() + for_each_value * (given.size() + row.size());
  }

  soci::statement statement;
  std::vector<ValueType> columns;
  Driver::RowReader read_row;
  std::vector<Exchanged> given;
  Row row;
};

Connection::Connection(Driver const& driver) : driver_(driver) {
  try {
    own_ = driver.connect();
    session_ = own_.get();
  } catch (soci::soci_error const& error) {
    throw driver.classify(nullptr, error);
  }
}

Connection::Connection(Driver const& driver, soci::session& host) : driver_(driver), session_(&host), is_hosts_(true) {}

Connection::~Connection() = default;

DatabaseFailure Connection::failed(std::exception const& error) {
  DatabaseFailure failure = driver_.classify(session_, error);
  if (failure.kind() == FailureKind::lost) is_broken_ = true;
  if (failure.is_of_server() || failure.kind() == FailureKind::stale_session) is_outdated_ = true;
  return failure;
}

bool Connection::keeps(Statement const& statement) const noexcept {
  // The host may do with its session what it likes afterwards.
  return !is_hosts_ && statement.is_kept() && statement.text().size() <= max_kept_text;
}

std::string Connection::spelled(std::string const& text) const {
  std::string spelled = text;
  std::replace(spelled.begin(), spelled.end(), '"', dialect().quote);
  driver_.adapt(spelled);
  return spelled;
}

std::unique_ptr<Connection::Prepared> Connection::prepare(Statement const& statement,
                                                          std::span<Parameter const> parameters) {
  return std::make_unique<Prepared>(*session_, spelled(statement.text()), parameters, statement.columns(),
                                    dialect().prepares && keeps(statement), driver_.row_reader());
}

Connection::Prepared& Connection::prepared(Statement const& statement, std::span<Parameter const> parameters) {
  if (auto* const found = prepared_.find(statement.text())) return **found;
  std::shared_ptr<Prepared> made = prepare(statement, parameters);
  auto const bytes = made->bytes(statement.text());
  return *prepared_.put(statement.text(), std::move(made), bytes);
}

long long Connection::run(Statement const& statement, std::span<Parameter const> parameters,
                          std::function<void(Row&)> const& on_row) {
  return execute(statement, parameters, [&](Row& row) {
    if (on_row) on_row(row);
    return true;
  });
}

long long Connection::execute(Statement const& statement, std::span<Parameter const> parameters,
                              std::function<bool(Row&)> const& on_row) {
  if (!dialect().takes_nul) refuse_nul(parameters);
  std::unique_ptr<Prepared> once;
  Prepared* ready = nullptr;
  bool has_row = false;
  try {
    if (keeps(statement)) {
      ready = &prepared(statement, parameters);
    } else {
      once = prepare(statement, parameters);
      ready = once.get();
    }
    ready->give(parameters);
    has_row = ready->statement.execute(true);
  } catch (soci::soci_error const& error) {
    DatabaseFailure const failure = failed(error);
    try {
      if (ready && !once) {
        ready->let_go();
        ready->recover();
      }
    } catch (soci::soci_error const&) {
      prepared_.erase(statement.text());
    }
    throw failure;
  }
  struct LetGo {
    Prepared& prepared;
    ~LetGo() { prepared.let_go(); }
  } const let_go{*ready};
  if (ready->columns.empty()) return ready->statement.get_affected_rows();
  // To the very end, or to where it is ended: a select that was left half read would pin what this connection sees, and
  // on SQLite a write with RETURNING would not be done. Whatever on_row throws is thrown after that.
  std::exception_ptr thrown;
  bool is_enough = false;
  while (has_row) {
    if (!thrown) {
      try {
        is_enough = !ready->take(on_row) || statement.is_one_row();
      } catch (...) {
        thrown = std::current_exception();
        is_enough = statement.is_one_row();
      }
    }
    try {
      if (is_enough) {
        driver_.finish(ready->statement);
        break;
      }
      has_row = driver_.next_row(ready->statement);
    } catch (soci::soci_error const& error) {
      throw failed(error);
    }
  }
  driver_.release(ready->statement);
  if (thrown) std::rethrow_exception(thrown);
  return 0;
}

void Connection::run_once(std::string const& text) {
  try {
    soci::statement statement(*session_);
    statement.alloc();
    statement.prepare(spelled(text), soci::details::st_one_time_query);
    statement.define_and_bind();
    statement.execute(true);
  } catch (soci::soci_error const& error) {
    throw failed(error);
  }
}

std::vector<long long> Connection::run_together(std::vector<Statement const*> const& statements) {
  if (!dialect().takes_nul) {
    for (Statement const* const statement : statements) refuse_nul(statement->parameters());
  }
  try {
    return driver_.run_together(*session_, statements);
  } catch (soci::soci_error const& error) {
    throw failed(error);
  }
}

long long Connection::number(Statement const& statement) {
  long long result = 0;
  run(statement, [&](Row& row) { result = row.front().number; });
  return result;
}

bool Connection::is_alive() noexcept {
  try {
    return driver_.is_alive(*session_);
  } catch (...) {
    return false;
  }
}

void Connection::check_place() {
  auto const now = std::chrono::steady_clock::now();
  if (now - place_checked_ < place_is_known_for) return;
  driver_.check_place(*session_);
  place_checked_ = now;
}

void Connection::roll_back() noexcept {
  try {
    driver_.roll_back(*session_);
  } catch (...) {
    is_broken_ = true;
  }
}

Unhurried::Unhurried(Connection& connection) : connection_(connection) {
  if (!connection_.is_hosts()) connection_.driver().limit_silence(connection_.session(), false);
}

Unhurried::~Unhurried() {
  if (!connection_.is_hosts()) connection_.driver().limit_silence(connection_.session(), true);
}

void require_open(Dialect const& dialect, soci::session& host) {
  auto const refuse = [](std::string message) {
    throw Exception(Error{.kind = ErrorKind::invalid_argument, .message = std::move(message)});
  };
  if (!host.get_backend()) refuse("the host's session is not open: open it before a store is opened on it");
  std::string const kind = host.get_backend_name();
  if (kind != dialect.session_kind) {
    refuse("the host's session is one of SOCI's " + kind + ", and the store was to be opened on one of its " +
           std::string(dialect.session_kind));
  }
}

void Driver::cancel_migration(Connection& connection) const noexcept { connection.roll_back(); }

Transaction::Transaction(Connection& connection) : connection_(connection) {
  connection.run(Statement(connection.dialect().begin_write));
  // Before it writes into a file that is somebody else's by now.
  try {
    connection.driver().check_place(connection.session());
  } catch (...) {
    roll_back();
    throw;
  }
}

Transaction::Transaction(Connection& connection, Snapshot) : connection_(connection) {
  for (std::string_view const statement : connection.dialect().begin_snapshot) {
    if (!statement.empty()) connection.run(Statement(statement));
  }
}

Transaction::~Transaction() { roll_back(); }

void Transaction::commit() {
  connection_.driver().check_place(connection_.session());
  connection_.run(Statement("commit"));
  is_open_ = false;
  try {
    connection_.driver().check_place(connection_.session());
  } catch (DatabaseFailure const& failure) {
    // It is done where nobody may find it.
    throw DatabaseFailure::on_our_side(failure.kind(), failure.what());
  }
}

void Transaction::roll_back() noexcept {
  if (is_open_) connection_.roll_back();
  is_open_ = false;
}

}  // namespace inlay::sql
