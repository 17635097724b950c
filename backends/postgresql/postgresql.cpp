// SPDX-License-Identifier: BSL-1.0
#include <inlay/backends/postgresql.hpp>

#include <backends/soci/connection.hpp>
#include <backends/soci/parameters.hpp>
#include <backends/soci/repository.hpp>

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace inlay {

namespace {

using sql::DatabaseFailure;
using sql::FailureKind;

[[nodiscard]] INLAY_UNCHECKED_CAST PGconn* native(soci::session& session) {
  auto* const backend = static_cast<soci::postgresql_session_backend*>(session.get_backend());
  return backend ? backend->conn_ : nullptr;  // the host's may be closed; libpq takes null for a dead connection
}

[[nodiscard]] INLAY_UNCHECKED_CAST soci::postgresql_statement_backend& backend(soci::statement& statement) {
  return *static_cast<soci::postgresql_statement_backend*>(statement.get_backend());
}

void read_row(soci::statement& query, std::vector<sql::ValueType> const& columns, sql::Row& row) {
  auto const& rows = backend(query);
  PGresult const* const values = rows.result_.get_result();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    int const at = static_cast<int>(i);
    row[i].is_null = PQgetisnull(values, rows.currentRow_, at) != 0;
    if (row[i].is_null) continue;
    sql::take_text(row[i], columns[i],
                   {PQgetvalue(values, rows.currentRow_, at),
                    static_cast<std::size_t>(PQgetlength(values, rows.currentRow_, at))});
  }
}

class PostgresqlDialect final : public sql::Dialect {
 public:
  struct Settings {
    std::string connect_string{};
    std::string place{};  ///< for messages: where it is, without secrets
    std::string prefix{};
    bool prepares = true;  ///< and so may set up its sessions: behind a pooler settings would stay for somebody else
    std::chrono::milliseconds lock_timeout{};
  };

  std::string_view session_kind() const override { return "postgresql"; }

  void check_host(sql::Connection& connection) const override {
    PGconn* const host = native(connection.session());
    check_database(host);
    if (is_safe(PQparameterStatus(host, "client_encoding"))) return;
    throw DatabaseFailure(FailureKind::unreachable, settings_.place + ": the session's client_encoding is " +
                                                        PQparameterStatus(host, "client_encoding") +
                                                        "; set it to UTF8, since that is what a store is written in");
  }

  explicit PostgresqlDialect(Settings settings) : settings_(std::move(settings)) {
    if (settings_.prepares) return;
    std::string const limit = std::to_string(settings_.lock_timeout.count());
    // One request, since without parameters a statement is sent by the simple protocol.
    begin_write_ += "; set local lock_timeout = " + limit;
    limit_lock_wait_ = "set_config('lock_timeout', '" + limit + "', true)";
  }

  Capabilities capabilities() const override {
    return {.backend = "postgresql",
            .is_durable = true,
            .is_shared_by_processes = true,
            .can_transfer = true,
            .can_snapshot = true};
  }

  std::unique_ptr<soci::session> connect() const override {
    auto session = std::make_unique<soci::session>(soci::postgresql, settings_.connect_string);
    // libpq would print what servers say in passing, which is the host's standard error and none of our business.
    PQsetNoticeProcessor(
        native(*session), [](void*, char const*) {}, nullptr);
    check_database(native(*session));
    if (settings_.prepares) {
      // Each statement is written for one plan, whatever its values, and planning takes longer than most of them do.
      // Compiling takes longer still; it is done for costs that are those of ways which are not taken.
      set("plan_cache_mode = force_generic_plan", *session);
      set("jit = off", *session);
      set("lock_timeout = " + std::to_string(settings_.lock_timeout.count()), *session);
      // A commit in one statement waits for the counter, and must then see it as it has become.
      set("default_transaction_isolation = 'read committed'", *session);
    }
    return session;
  }

  DatabaseFailure classify(soci::session* session, std::exception const& error) const override {
    auto const* known = dynamic_cast<soci::soci_error const*>(&error);
    // Not what(), which would quote the values that were bound.
    std::string message = known ? known->get_error_message() : error.what();
    message.erase(std::min(message.find("\"postgresql://"), message.size()));  // with the password in it
    if (!session) return {FailureKind::unreachable, settings_.place + ": " + one_line(std::move(message))};
    auto const* ours = dynamic_cast<soci::postgresql_soci_error const*>(&error);
    std::string const state = ours ? ours->sqlstate() : std::string();
    // What follows the first line may quote values as well: DETAIL, and the statement.
    message.erase(std::min(message.find('\n'), message.size()));
    bool const is_servers = state.find_first_not_of(' ') != std::string::npos;
    if (is_servers) message += " (SQLSTATE " + state + ')';
    message.insert(0, settings_.place + ": ");
    if (PQstatus(native(*session)) != CONNECTION_OK) return {FailureKind::lost, message};
    if (settings_.prepares && is_anothers_statement(state, message)) {
      return {FailureKind::unreachable,
              message + "; behind a pooler such as PgBouncer in transaction mode, use ?prepared=off"};
    }
    return is_servers ? DatabaseFailure(kind_of(state), message)
                      : DatabaseFailure::on_our_side(FailureKind::other, message);
  }

  RowReader row_reader() const override { return read_row; }

  bool next_row(soci::statement& query) const override {
    return backend(query).fetch(1) == soci::details::statement_backend::ef_success;
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
  bool prepares() const override { return settings_.prepares; }
  bool takes_nul() const override { return false; }

  std::string_view column_type(sql::ColumnKind kind) const override {
    switch (kind) {
      case sql::ColumnKind::id:
      case sql::ColumnKind::name:
      case sql::ColumnKind::document: return R"(text collate "C")";
      case sql::ColumnKind::boolean: return "smallint";
      case sql::ColumnKind::integer: break;
    }
    return "bigint";
  }

  std::string_view count_tables() const override {
    // Whatever it is, a view or an index: it takes the name.
    return "select count(*) from pg_catalog.pg_class where relname = :p1 and pg_catalog.pg_table_is_visible(oid)";
  }

  // The lock goes with the transaction, so it is given back whatever happens, through a pooler too.
  void begin_migration(sql::Connection& connection) const override {
    connection.run_once("begin");
    // However little patience callers have: others may be migrating.
    connection.run_once("set local lock_timeout = 60000");
    sql::Statement lock("select 1 from pg_advisory_xact_lock(7236278, hashtext(");
    lock.bind(sql::text(settings_.prefix)) << "))";
    static_cast<void>(connection.number(lock.gives(sql::ValueType::integer)));
  }
  void end_migration(sql::Connection& connection) const override { connection.run_once("commit"); }

  // Whatever the server's default: each statement is to see what the ones before it waited for.
  std::string_view begin_write() const override { return begin_write_; }
  std::string_view limit_lock_wait() const override { return limit_lock_wait_; }
  bool transaction_survives_failure() const override { return false; }
  sql::OneStatement one_statement() const override { return sql::OneStatement::with_queries; }
  bool can_probe() const override { return true; }
  bool can_gate() const override { return true; }
  bool plans_ahead() const override { return true; }

  long long next_revision(sql::Connection& connection, std::string const& counter) const override {
    sql::Statement update;
    update << "update " << counter << R"( set "revision" = "revision" + 1 returning "revision")";
    return connection.number(update.gives(sql::ValueType::integer));
  }

 private:
  // Names of encodings as servers report them; null: this one does not.
  [[nodiscard]] static bool is_safe(char const* encoding) noexcept {
    return !encoding || std::string_view(encoding) == "UTF8" || std::string_view(encoding) == "SQL_ASCII";
  }

  void check_database(PGconn* connection) const {
    char const* const encoding = PQparameterStatus(connection, "server_encoding");
    if (is_safe(encoding)) return;
    throw DatabaseFailure(FailureKind::unreachable, settings_.place + ": the database's encoding is " + encoding +
                                                        ", which cannot hold every text; a store needs UTF8");
  }

  // Whether a statement that was prepared is another one there, or none: clients that share a session share the names.
  [[nodiscard]] static bool is_anothers_statement(std::string_view state, std::string_view message) noexcept {
    return state == "42P05" || state == "26000" ||
           (state == "08P01" && message.find("bind message") != std::string_view::npos);
  }

  // As far as the server has such a setting, which one of another make may not.
  static void set(std::string const& setting, soci::session& session) {
    try {
      session << "set " << setting;
    } catch (soci::soci_error const&) {
      if (PQstatus(native(session)) != CONNECTION_OK) throw;
    }
  }

  [[nodiscard]] static std::string one_line(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    for (char& c : text) {
      if (c == '\n' || c == '\t') c = ' ';
    }
    return text;
  }

  // https://www.postgresql.org/docs/current/errcodes-appendix.html
  [[nodiscard]] static FailureKind kind_of(std::string_view state) noexcept {
    if (state == "23505") return FailureKind::unique;
    if (state == "23503") return FailureKind::foreign_key;
    if (state == "22012") return FailureKind::overtaken;  // see write_once.hpp; nothing else divides
    if (state == "40001" || state == "40P01" || state == "55P03") return FailureKind::busy;
    if (state == "57P01" || state == "57P02" || state == "57P03" || state.starts_with("08")) return FailureKind::lost;
    // 40003: a server of several parts, or a proxy, does not know whether the statement was done
    if (state == "57014" || state == "40003") return FailureKind::interrupted;
    if (state == "25006") return FailureKind::read_only;
    if (state.starts_with("53") || state == "58030" || state.starts_with("28") || state == "42501") {
      return FailureKind::unreachable;
    }
    if (state == "25P02") return FailureKind::aborted;
    if (state == "XX001" || state == "XX002") return FailureKind::corrupt;
    return FailureKind::other;
  }

  Settings settings_;
  std::string begin_write_ = "begin isolation level read committed";
  std::string limit_lock_wait_{};
};

// As a URI of libpq: what a keyword string would have to quote is taken apart by SOCI before libpq sees it.
void append_encoded(std::string_view text, std::string& out) {
  static constexpr char digits[] = "0123456789ABCDEF";
  for (char const c : text) {
    auto const byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
        c == '.') {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4U];
      out += digits[byte & 0xFU];
    }
  }
}

[[nodiscard]] std::string connect_string(StoreUrl const& url, std::chrono::milliseconds connect_timeout) {
  std::string text = "postgresql://";
  if (!url.user.empty() || url.password) {
    append_encoded(url.user, text);
    if (url.password) {
      text += ':';
      append_encoded(*url.password, text);
    }
    text += '@';
  }
  for (std::size_t i = 0; i < url.hosts.size(); ++i) {
    if (i > 0) text += ',';
    std::string const& name = url.hosts[i].name;
    bool const is_address = !name.starts_with('/') && name.find(':') != std::string::npos;
    if (is_address) text += '[';
    append_encoded(name, text);
    if (is_address) text += ']';
    if (url.hosts[i].port) text += ':' + std::to_string(*url.hosts[i].port);
  }
  text += '/';
  append_encoded(url.path, text);
  text += "?client_encoding=UTF8&connect_timeout=";
  // 0 would be for ever.
  text += std::to_string(std::max<long long>(1, std::chrono::ceil<std::chrono::seconds>(connect_timeout).count()));
  // So that a machine that is gone without a word is noticed in a minute, not after hours.
  text += "&keepalives_idle=30&keepalives_interval=10&keepalives_count=3&tcp_user_timeout=60000";
  for (std::string_view const name :
       {"application_name", "sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs", "host"}) {
    if (std::string const* value = url.parameter(name)) {
      text += '&';
      text += name;
      text += '=';
      append_encoded(*value, text);
    }
  }
  return text;
}

// 0 would be for ever, and more than an int is none that PostgreSQL takes.
[[nodiscard]] std::chrono::milliseconds lock_timeout(std::chrono::milliseconds patience) {
  return std::clamp(patience, std::chrono::milliseconds(1), std::chrono::milliseconds(std::numeric_limits<int>::max()));
}

Result<std::shared_ptr<Repository>> open(StoreUrl const& url) {
  auto const refusal = [](std::string_view message) {
    return Error{.kind = ErrorKind::invalid_argument, .message = std::string(message)};
  };
  auto const known = url.allow_parameters({"pool_size", "lease_timeout", "prepared", "table_prefix", "migrate",
                                           "connect_timeout", "application_name", "sslmode", "sslrootcert", "sslcert",
                                           "sslkey", "target_session_attrs", "host"});
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

  sql::StoreOptions options;
  options.readers = 8;
  options.writers = 0;
  if (auto const read = sql::read_common_parameters(url, options); read.has_error()) return read.error();
  auto const lease_timeout = sql::duration_parameter(url, "lease_timeout", std::chrono::seconds(5));
  if (lease_timeout.has_error()) return lease_timeout.error();
  options.patience = *lease_timeout;
  auto const connect_timeout = sql::duration_parameter(url, "connect_timeout", std::chrono::seconds(10));
  if (connect_timeout.has_error()) return connect_timeout.error();
  auto const prepares = sql::choice_parameter(url, "prepared", "on", "off");
  if (prepares.has_error()) return prepares.error();

  StoreUrl place = url;
  place.parameters.clear();
  PostgresqlDialect::Settings settings{.connect_string = connect_string(url, *connect_timeout),
                                       .place = place.redacted(),
                                       .prefix = options.table_prefix,
                                       .prepares = *prepares,
                                       .lock_timeout = lock_timeout(*lease_timeout)};
  return sql::open_store(std::make_unique<PostgresqlDialect>(std::move(settings)), std::move(options));
}

}  // namespace

namespace {

[[nodiscard]] std::unique_ptr<PostgresqlDialect> host_dialect(HostOptions const& options) {
  return std::make_unique<PostgresqlDialect>(
      PostgresqlDialect::Settings{.place = "the host's database",
                                  .prefix = options.table_prefix,
                                  .prepares = false,
                                  .lock_timeout = lock_timeout(options.lease_timeout)});
}

}  // namespace

Result<std::shared_ptr<Repository>> open_postgresql(soci::connection_pool& pool, HostOptions const& options) {
  return sql::open_store(host_dialect(options), sql::options_of(pool, options));
}

Result<std::shared_ptr<Repository>> join_postgresql(soci::session& session, HostOptions const& options) {
  return sql::open_store(host_dialect(options), sql::options_of(session, options));
}

Backend postgresql_backend() { return {.schemes = {"postgresql", "postgres"}, .open = open}; }

}  // namespace inlay
