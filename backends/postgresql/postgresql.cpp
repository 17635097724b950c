// SPDX-License-Identifier: BSL-1.0
#include <inlay/backends/postgresql.hpp>

#include <backends/postgresql/connector.hpp>
#include <backends/postgresql/dialect.hpp>
#include <backends/postgresql/error_codes.hpp>
#include <backends/sql/connection.hpp>
#include <backends/sql/parameters.hpp>
#include <backends/sql/repository.hpp>

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay {

namespace {

using sql::DatabaseFailure;
using sql::FailureKind;

/** What a role or a database can have set (`alter role … set`, `alter database … set`), and a store must have
    otherwise. Set on each session of a store's own when it is opened; where a pooler shares sessions, for each
    transaction that needs it.

    Not here: client_encoding, which is asked for when connecting; lock_timeout, which is the URL's; search_path, which
    says where the store's tables are, and is changed only where it puts other schemas before pg_catalog, so that what
   is called there could be somebody else's; and client_min_messages, which is changed only where a server would not say
    that a commit was not replicated.

    What never reaches a store: how dates, intervals, floating-point numbers, bytes and XML are written (DateStyle,
    TimeZone, extra_float_digits, bytea_output, …), since only texts and integers are exchanged; what concerns literals,
    arrays and comparisons with NULL that no statement has (backslash_quote, array_nulls, transform_null_equals, …); and
    default_transaction_deferrable, which is for SERIALIZABLE. What is the operator's, and stays: see docs/storage.md.
 */
struct SessionSetting {
  std::string_view name;
  std::string_view value;
  bool is_for_transactions = true;  ///< too, where those are what settings are made for
};
constexpr std::array session_settings{
    // A text in a statement ends where its quote does.
    SessionSetting{"standard_conforming_strings", "on"},
    // `replica` turns foreign keys off.
    SessionSetting{"session_replication_role", "origin"},
    // A commit that is refused would end its session, as if nobody knew whether it is done.
    SessionSetting{"exit_on_error", "off"},
    // A commit in one statement waits for the counter, and must then see it as it has become. A transaction says so
    // itself.
    SessionSetting{"default_transaction_isolation", "read committed", false},
    // Each statement is written for one plan, whatever its values, and planning takes longer than most of them do:
    // where
    // they are prepared.
    SessionSetting{"plan_cache_mode", "force_generic_plan", false},
    // Compiling takes longer still; it is done for costs that are those of ways which are not taken.
    SessionSetting{"jit", "off", false},
    // Lists go through an index in their order, and look up the rest row by row.
    SessionSetting{"enable_indexscan", "on"},
    SessionSetting{"enable_indexonlyscan", "on"},
    SessionSetting{"enable_nestloop", "on"},
    SessionSetting{"enable_sort", "on"},
    SessionSetting{"from_collapse_limit", "8"},
    SessionSetting{"join_collapse_limit", "8"},
};

/** The query that makes the settings of a session, or, where it is shared, tells those that each transaction is to
    make. A setting that a server of another make has not is passed over, and one that is as it should be needs no
    right. */
[[nodiscard]] std::string set_up(std::chrono::milliseconds lock_timeout, bool is_shared) {
  auto const make = [&](std::string const& name, std::string const& value) {
    return is_shared ? name + ", " + value : "pg_catalog.set_config(" + name + ", " + value + ", false)";
  };
  // Whatever isolation the database has by default, which may be one that a standby refuses.
  std::string text = "begin isolation level read committed; select " + make("s.n", "s.v") +
                     " from (values ('lock_timeout', '" + std::to_string(lock_timeout.count()) + "')";
  for (SessionSetting const& setting : session_settings) {
    if (is_shared && !setting.is_for_transactions) continue;
    text.append(", ('").append(setting.name).append("', '").append(setting.value).append("')");
  }
  return text + ") s(n, v) where pg_catalog.current_setting(s.n, true) operator(pg_catalog.<>) s.v union all select " +
         make("'search_path'", "p.v") +
         " from (select coalesce(pg_catalog.string_agg(pg_catalog.quote_ident(cast(x as pg_catalog.text)), ', '), "
         "'pg_catalog')"
         " as v from pg_catalog.unnest(pg_catalog.current_schemas(false)) x where x operator(pg_catalog.<>) "
         "'pg_catalog') p"
         " where 'pg_catalog' operator(pg_catalog.=) any (pg_catalog.current_schemas(false)) union all select " +
         make("'client_min_messages'", "'warning'") +
         " where pg_catalog.current_setting('client_min_messages') operator(pg_catalog.=) any"
         " (array['error', 'fatal', 'panic']); commit";
}

void read_value(PGresult const* values, int row, int at, sql::ValueType type, sql::Column& column) {
  column.is_null = PQgetisnull(values, row, at) != 0;
  if (column.is_null) return;
  sql::take_text(column, type, {PQgetvalue(values, row, at), static_cast<std::size_t>(PQgetlength(values, row, at))});
}

[[nodiscard]] INLAY_UNCHECKED_CAST soci::postgresql_statement_backend& hosts(soci::statement& statement) {
  return *static_cast<soci::postgresql_statement_backend*>(statement.get_backend());
}

[[nodiscard]] postgresql::StatementOfSession& own(soci::statement& statement) {
  return *static_cast<postgresql::StatementOfSession*>(statement.get_backend());
}

[[nodiscard]] postgresql::Session& own(soci::session& session) {
  return *static_cast<postgresql::Session*>(session.get_backend());
}

void read_hosts_row(soci::statement& query, std::vector<sql::ValueType> const& columns, sql::Row& row) {
  auto const& rows = hosts(query);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    read_value(rows.result_.get_result(), rows.currentRow_, static_cast<int>(i), columns[i], row[i]);
  }
}

void read_own_row(soci::statement& query, std::vector<sql::ValueType> const& columns, sql::Row& row) {
  auto const& rows = own(query);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    read_value(rows.result(), rows.row(), static_cast<int>(i), columns[i], row[i]);
  }
}

class PostgresqlDriver final : public sql::Driver {
 public:
  struct Settings {
    postgresql::Target target{};
    std::string place{};  ///< for messages: where it is, without secrets
    std::string prefix{};
    bool prepares = true;
    bool is_on_hosts = false;  ///< whose sessions are SOCI's own
    std::chrono::milliseconds lock_timeout{};
  };

  explicit PostgresqlDriver(Settings settings) : settings_(std::move(settings)), sessions_(settings_.target) {
    dialect_.prepares = settings_.prepares;
    if (!settings_.is_on_hosts) return;
    std::string const limit = std::to_string(settings_.lock_timeout.count());
    // One request, since without parameters a statement is sent by the simple protocol.
    begin_write_.append(dialect_.begin_write).append("; set local lock_timeout = ").append(limit);
    limit_lock_wait_ = "set_config('lock_timeout', '" + limit + "', true)";
    dialect_.begin_write = begin_write_;
    dialect_.limit_lock_wait = limit_lock_wait_;
  }

  sql::Dialect const& dialect() const noexcept override { return dialect_; }

  Capabilities capabilities() const override {
    return {.backend = "postgresql",
            .is_durable = true,
            .is_shared_by_processes = true,
            .can_transfer = true,
            .can_snapshot = true,
            .can_count = true,
            .has_identity = true};
  }

  std::unique_ptr<soci::session> connect() const override {
    auto session = std::make_unique<soci::session>(sessions_, "");
    check_database(native(*session));
    return session;
  }

  void check_host(sql::Connection& connection) const override {
    PGconn* const host = native(connection.session());
    check_database(host);
    char const* const strings = PQparameterStatus(host, "standard_conforming_strings");
    if (strings && std::string_view(strings) != "on") {
      throw unsafe_session("standard_conforming_strings is off; set it on, so that a text ends where its quote does");
    }
    std::string role;
    sql::Statement ask("select pg_catalog.current_setting('session_replication_role')");
    connection.run(ask.gives(sql::ValueType::text), [&](sql::Row& row) { role = row.front().text; });
    if (role != "origin") {
      throw unsafe_session("session_replication_role is " + role +
                           "; set it to origin, since foreign keys are not held otherwise");
    }
  }

  void limit_silence(soci::session& session, bool is_limited) const override {
    if (!settings_.is_on_hosts) own(session).limit_silence(is_limited);
  }

  DatabaseFailure classify(soci::session* session, std::exception const& error) const override {
    auto const* ours = dynamic_cast<postgresql::Failure const*>(&error);
    auto const* socis = dynamic_cast<soci::postgresql_soci_error const*>(&error);
    auto const* known = dynamic_cast<soci::soci_error const*>(&error);
    std::string state = ours ? ours->state() : socis ? socis->sqlstate() : std::string();
    if (state.find_first_not_of(' ') == std::string::npos) state.clear();
    auto const code = postgresql::error_code(state);
    // Not what(), which would quote the values that were bound.
    std::string message = known ? known->get_error_message() : error.what();
    message.erase(std::min(message.find("\"postgresql://"), message.size()));  // of a host's session: with a password
    if (session) {
      // What follows the first line may quote values as well: DETAIL, and the statement.
      message.erase(std::min(message.find('\n'), message.size()));
    } else {
      message = one_line(std::move(message));
    }
    bool const has_no_connection = code.kind == FailureKind::no_connection_left || is_poolers_refusal(state, message);
    if (!state.empty() && !code.is_text_safe) message = "it refused a statement in words that may hold a value";
    if (!state.empty()) message += " (SQLSTATE " + state + ')';
    message.insert(0, settings_.place + ": ");
    if (ours && ours->function() == postgresql::waiting_for_standbys) return {FailureKind::not_replicated, message};
    if (!session) return {has_no_connection ? FailureKind::no_connection_left : FailureKind::unreachable, message};
    if (PQstatus(native(*session)) != CONNECTION_OK) return {FailureKind::lost, message};
    if (state.empty()) return DatabaseFailure::on_our_side(FailureKind::other, message);
    if (settings_.prepares && code.kind != FailureKind::stale_session && is_anothers_statement(state, message)) {
      return {FailureKind::unreachable, message.append(postgresql::advice_on_pooler)};
    }
    // A table that was altered: what was prepared would no longer give what it gave.
    bool const is_outdated = ours && state == "0A000" && ours->function() == "RevalidateCachedQuery";
    return {is_outdated ? FailureKind::stale_session : code.kind, message.append(code.advice)};
  }

  RowReader row_reader() const override { return settings_.is_on_hosts ? read_hosts_row : read_own_row; }

  bool next_row(soci::statement& query) const override {
    auto* const rows =
        settings_.is_on_hosts ? static_cast<soci::details::statement_backend*>(&hosts(query)) : &own(query);
    return rows->fetch(1) == soci::details::statement_backend::ef_success;
  }

  void release(soci::statement& query) const override {
    // Nothing is kept prepared on a session of a host: its rows go with the statement. (SOCI 4.1 exports no way to.)
    if (!settings_.is_on_hosts) own(query).release();
  }

  std::vector<long long> run_together(soci::session& session,
                                      std::vector<sql::Statement const*> const& statements) const override {
    std::vector<long long> numbers;
    for (postgresql::Result const& rows : own(session).run_together(statements)) {
      sql::Column column{.is_null = true, .number = 0, .text = {}};
      if (PQntuples(rows.get()) > 0) read_value(rows.get(), 0, 0, sql::ValueType::integer, column);
      numbers.push_back(column.is_null ? 0 : column.number);
    }
    return numbers;
  }

  bool is_in_transaction(soci::session& session) const override {
    auto const status = PQtransactionStatus(native(session));
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
  }

  void roll_back(soci::session& session) const override {
    PGconn* const connection = native(session);
    if (PQstatus(connection) != CONNECTION_OK) throw DatabaseFailure(FailureKind::lost, settings_.place);
    if (PQtransactionStatus(connection) != PQTRANS_IDLE) session.rollback();
  }

  bool is_alive(soci::session& session) const override { return session.is_connected(); }
  bool still_follows(soci::session& session) const override { return own(session).is_on_standby(); }

  // The lock goes with the transaction, so it is given back whatever happens, through a pooler too.
  void begin_migration(sql::Connection& connection) const override {
    connection.run_once("begin isolation level read committed");
    // However little patience callers have: others may be migrating.
    connection.run_once("set local lock_timeout = 60000");
    sql::Statement lock("select 1 from pg_advisory_xact_lock(7236278, hashtext(");
    lock.bind(sql::text(settings_.prefix)) << "))";
    static_cast<void>(connection.number(lock.gives(sql::ValueType::integer)));
  }
  void end_migration(sql::Connection& connection) const override { connection.run_once("commit"); }

 private:
  /** Null where there is none, which libpq takes for a dead connection: the host's session may be closed. */
  [[nodiscard]] INLAY_UNCHECKED_CAST PGconn* native(soci::session& session) const {
    if (!session.get_backend()) return nullptr;
    if (!settings_.is_on_hosts) return own(session).connection();
    return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
  }

  // Names of encodings as servers report them; null: this one does not.
  [[nodiscard]] static bool is_safe(char const* encoding) noexcept {
    return !encoding || std::string_view(encoding) == "UTF8" || std::string_view(encoding) == "SQL_ASCII";
  }

  [[nodiscard]] DatabaseFailure unsafe_session(std::string const& why) const {
    return {FailureKind::unreachable, settings_.place + ": the session's " + why};
  }

  void check_database(PGconn* connection) const {
    char const* const stored = PQparameterStatus(connection, "server_encoding");
    if (!is_safe(stored)) {
      throw DatabaseFailure(FailureKind::unreachable, settings_.place + ": the database's encoding is " + stored +
                                                          ", which cannot hold every text; a store needs UTF8");
    }
    char const* const sent = PQparameterStatus(connection, "client_encoding");
    if (!is_safe(sent)) {
      throw unsafe_session("client_encoding is " + std::string(sent) +
                           "; set it to UTF8, since that is what a store is written in");
    }
  }

  // Whether a statement that was prepared is another one there: clients that share a session share the names. The
  // server has no number of its own for it.
  [[nodiscard]] static bool is_anothers_statement(std::string_view state, std::string_view message) noexcept {
    return state == "08P01" && message.find("bind message") != std::string_view::npos;
  }

  // PgBouncer gives one number to all that it says itself, and to what it passes on of a server that lets it not in, so
  // this is told by its words, which it has in English only.
  [[nodiscard]] static bool is_poolers_refusal(std::string_view state, std::string_view message) noexcept {
    if (state != "08P01") return false;
    return std::ranges::any_of(
        std::array{"no more connections allowed", "too many clients", "too many connections", "connection slots"},
        [&](std::string_view words) { return message.find(words) != std::string_view::npos; });
  }

  [[nodiscard]] static std::string one_line(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    for (char& c : text) {
      if (c == '\n' || c == '\t') c = ' ';
    }
    return text;
  }

  Settings settings_;
  postgresql::SessionFactory sessions_;
  // On sessions of the host, which are not set up so, two entries differ: in these words.
  std::string begin_write_{};
  std::string limit_lock_wait_{};
  sql::Dialect dialect_ = postgresql::dialect;
};

/** What libpq takes an option for that nobody gives it: from its environment, or a file that this names. */
[[nodiscard]] std::string default_of(std::string_view option) {
  std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> const all(PQconndefaults(), &PQconninfoFree);
  for (PQconninfoOption const* one = all.get(); one && one->keyword; ++one) {
    if (one->keyword == option) return one->val ? one->val : "";
  }
  return {};
}

/** Whether all that a store may be connected to is on this machine. */
[[nodiscard]] bool is_local(std::vector<postgresql::Target::Host> const& hosts) {
  // A text may name several, between commas; an empty one is libpq's default socket.
  auto const is_ours = [](std::string_view hosts_in_text) {
    while (true) {
      std::size_t const comma = hosts_in_text.find(',');
      std::string_view const host = hosts_in_text.substr(0, comma);
      if (!host.empty() && !host.starts_with('@') && !sql::is_this_machine(host)) return false;
      if (comma == std::string_view::npos) return true;
      hosts_in_text.remove_prefix(comma + 1);
    }
  };
  // An address in the environment is where libpq connects to, whatever the host's name.
  if (!is_ours(default_of("hostaddr"))) return false;
  if (hosts.empty()) return is_ours(default_of("host"));
  return std::ranges::all_of(hosts, [&](auto const& host) { return is_ours(host.name); });
}

[[nodiscard]] postgresql::Target target_of(StoreUrl const& url) {
  postgresql::Target target;
  for (StoreUrl::Host const& host : url.hosts) {
    target.hosts.push_back({.name = host.name, .port = host.port ? std::to_string(*host.port) : ""});
  }
  auto& options = target.options;
  if (!url.user.empty()) options.emplace_back("user", url.user);
  if (url.password) options.emplace_back("password", *url.password);
  options.emplace_back("dbname", url.path);
  options.emplace_back("client_encoding", "UTF8");
  // So that a machine that is gone without a word is noticed in a minute, not after hours.
  options.emplace_back("keepalives_idle", "30");
  options.emplace_back("keepalives_interval", "10");
  options.emplace_back("keepalives_count", "3");
  options.emplace_back("tcp_user_timeout", "60000");
  for (std::string_view const name :
       {"application_name", "sslmode", "sslrootcert", "sslcert", "sslkey", "channel_binding", "target_session_attrs"}) {
    if (std::string const* value = url.parameter(name)) options.emplace_back(name, *value);
  }
  if (std::string const* host = url.parameter("host")) target.hosts.push_back({.name = *host, .port = ""});
  if (!url.parameter("sslmode") && !is_local(target.hosts)) {
    // What the environment demands beyond that stays.
    std::string const mode = default_of("sslmode");
    target.is_encrypted_unasked = mode != "require" && !mode.starts_with("verify-");
    if (target.is_encrypted_unasked) options.emplace_back("sslmode", "require");
  }
  return target;
}

// 0 would be for ever, and more than an int is none that PostgreSQL takes.
[[nodiscard]] std::chrono::milliseconds lock_timeout(std::chrono::milliseconds patience) {
  return std::clamp(patience, std::chrono::milliseconds(1), std::chrono::milliseconds(std::numeric_limits<int>::max()));
}

Result<std::shared_ptr<Repository>> open(StoreUrl const& url) {
  auto const refusal = [](std::string_view message) {
    return Error{.kind = ErrorKind::invalid_argument, .message = std::string(message)};
  };
  auto const known =
      url.allow_parameters({"pool_size", "lease_timeout", "prepared", "table_prefix", "migrate", "connect_timeout",
                            "read_timeout", "application_name", "sslmode", "sslrootcert", "sslcert", "sslkey",
                            "channel_binding", "target_session_attrs", "host", "reads"});
  if (known.has_error()) return known.error();
  if (url.path.empty()) {
    return refusal("the URL of a PostgreSQL store names its database: postgresql://user@host/database");
  }
  for (StoreUrl::Host const& host : url.hosts) {
    if (host.name.find_first_of("[]/ ") != std::string::npos && !host.name.starts_with('/')) {
      return refusal("a host of the store's URL is neither a name, nor an address, nor the folder of a socket");
    }
  }
  if (url.parameter("host") && !url.hosts.empty()) {
    return refusal("the URL of a PostgreSQL store names its host twice, before the database and as a parameter");
  }

  auto server = sql::read_server_parameters(url);
  if (server.has_error()) return server.error();
  sql::StoreOptions& options = server->options;
  auto const prepares = sql::choice_parameter(url, "prepared", "on", "off");
  if (prepares.has_error()) return prepares.error();
  constexpr std::array<std::string_view, 6> modes{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"};
  if (auto const mode = sql::word_parameter(url, "sslmode", modes); mode.has_error()) return mode.error();
  constexpr std::array<std::string_view, 3> bindings{"disable", "prefer", "require"};
  if (auto const binding = sql::word_parameter(url, "channel_binding", bindings); binding.has_error()) {
    return binding.error();
  }

  std::string const* const wanted = url.parameter("target_session_attrs");
  if (server->reads_any && wanted && *wanted != "primary" && *wanted != "read-write") {
    return refusal("reads=any looks for the primary and for its standbys itself: leave target_session_attrs out");
  }

  PostgresqlDriver::Settings settings{.target = target_of(url),
                                      .place = std::move(server->place),
                                      .prefix = options.table_prefix,
                                      .prepares = *prepares,
                                      .lock_timeout = lock_timeout(options.patience)};
  settings.target.connect_timeout = server->connect_timeout;
  settings.target.read_timeout = server->read_timeout;
  settings.target.is_shared = !*prepares;
  settings.target.set_up = set_up(settings.lock_timeout, settings.target.is_shared);
  if (server->reads_any) {
    auto standbys = settings;
    standbys.target.seek("standby");
    standbys.target.is_spread = true;
    options.standbys = std::make_shared<PostgresqlDriver>(std::move(standbys));
    if (!wanted) settings.target.seek("primary");
  }
  return sql::open_store(std::make_unique<PostgresqlDriver>(std::move(settings)), std::move(options));
}

}  // namespace

namespace {

[[nodiscard]] std::unique_ptr<PostgresqlDriver> host_driver(HostOptions const& options) {
  return std::make_unique<PostgresqlDriver>(
      PostgresqlDriver::Settings{.place = "the host's database",
                                 .prefix = options.table_prefix,
                                 .prepares = false,
                                 .is_on_hosts = true,
                                 .lock_timeout = lock_timeout(options.lease_timeout)});
}

}  // namespace

Result<std::shared_ptr<Repository>> open_postgresql(soci::connection_pool& pool, HostOptions const& options) {
  return sql::open_store(host_driver(options), sql::options_of(pool, options));
}

Result<std::shared_ptr<Repository>> join_postgresql(soci::session& session, HostOptions const& options) {
  return sql::open_store(host_driver(options), sql::options_of(session, options));
}

Backend postgresql_backend() { return {.schemes = {"postgresql", "postgres"}, .open = open}; }

}  // namespace inlay
