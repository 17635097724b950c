// SPDX-License-Identifier: BSL-1.0
#include <inlay/backends/mysql.hpp>

#include <backends/soci/connection.hpp>
#include <backends/soci/parameters.hpp>
#include <backends/soci/repository.hpp>

#include <soci/mysql/soci-mysql.h>
#include <soci/soci.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace inlay {

namespace {

using sql::DatabaseFailure;
using sql::FailureKind;

[[nodiscard]] INLAY_UNCHECKED_CAST MYSQL* native(soci::session& session) {
  auto* const backend = static_cast<soci::mysql_session_backend*>(session.get_backend());
  return backend ? backend->conn_ : nullptr;  // the host's may be closed
}

[[nodiscard]] INLAY_UNCHECKED_CAST soci::mysql_statement_backend& backend(soci::statement& statement) {
  return *static_cast<soci::mysql_statement_backend*>(statement.get_backend());
}

[[nodiscard]] MYSQL* native(soci::statement& statement) { return backend(statement).session_.conn_; }

// SOCI looks the row up anew for each of its columns, and makes a stream for each number.
void read_row(soci::statement& query, std::vector<sql::ValueType> const& columns, sql::Row& row) {
  auto& rows = backend(query);
  mysql_row_seek(rows.result_, rows.resultRowOffsets_[static_cast<std::size_t>(rows.currentRow_)]);
  MYSQL_ROW const values = mysql_fetch_row(rows.result_);
  unsigned long const* const sizes = mysql_fetch_lengths(rows.result_);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    row[i].is_null = values[i] == nullptr;
    if (values[i] != nullptr) sql::take_text(row[i], columns[i], {values[i], sizes[i]});
  }
}

class MysqlDialect final : public sql::Dialect {
 public:
  struct Settings {
    std::string connect_string{};
    std::string place{};  ///< for messages: where it is, without secrets
    std::string prefix{};
    std::chrono::seconds lock_timeout{};
    bool is_encrypted = false;
  };

  std::string_view session_kind() const override { return "mysql"; }

  // By the server's word: the client's library does not learn everywhere what `set names` has changed.
  void check_host(sql::Connection& connection) const override {
    sql::Statement select(
        "select @@character_set_client, @@character_set_connection,"
        " coalesce(@@character_set_results, @@character_set_client)");
    for (int i = 0; i < 3; ++i) select.gives(sql::ValueType::text);
    connection.run(select, [&](sql::Row& row) {
      for (sql::Column const& column : row) {
        if (column.text == "utf8mb4") continue;
        throw DatabaseFailure(FailureKind::unreachable,
                              settings_.place + ": the session's character set is " + column.text +
                                  "; set it to utf8mb4, since that is what a store is written in");
      }
    });
  }

  explicit MysqlDialect(Settings settings) : settings_(std::move(settings)) {}

  Capabilities capabilities() const override {
    return {.backend = "mysql",
            .is_durable = true,
            .is_shared_by_processes = true,
            .can_transfer = true,
            .can_snapshot = true};
  }

  std::unique_ptr<soci::session> connect() const override {
    auto session = std::make_unique<soci::session>(soci::mysql, settings_.connect_string);
    // The client's library goes on in plain text when the server, or somebody on the way, says that it can't encrypt.
    if (settings_.is_encrypted && !mysql_get_ssl_cipher(native(*session))) {
      throw DatabaseFailure(FailureKind::unreachable, settings_.place + ": the server does not encrypt the connection");
    }
    check_version(native(*session));
    // Not what the server's settings happen to be: truncated texts, no transactions, one old snapshot.
    *session << "set session autocommit = 1, session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',"
                " session foreign_key_checks = 1, session sql_safe_updates = 0, session innodb_lock_wait_timeout = "
             << std::to_string(settings_.lock_timeout.count());
    *session << "set session transaction isolation level read committed";
    return session;
  }

  DatabaseFailure classify(soci::session* session, std::exception const& error) const override {
    auto const* ours = dynamic_cast<soci::mysql_soci_error const*>(&error);
    auto const* known = dynamic_cast<soci::soci_error const*>(&error);
    unsigned int const code = ours ? ours->err_num_ : 0;
    if (session && !native(*session)) return {FailureKind::lost, settings_.place + ": the session is closed"};
    FailureKind kind = kind_of(code);
    if (!session && kind != FailureKind::busy) kind = FailureKind::unreachable;
    std::string message = settings_.place + ": ";
    // Other messages quote values, or the statement they are in.
    if (is_harmless(kind, code)) message += (known ? known->get_error_message() : error.what()) + std::string(" ");
    message += "(error " + std::to_string(code) + ')';
    return ours ? DatabaseFailure(kind, message) : DatabaseFailure::on_our_side(kind, message);
  }

  void adopt(sql::Connection& connection) const override { check_version(native(connection.session())); }

  bool is_in_transaction(soci::session& session) const override {
    MYSQL const* const connection = native(session);
    return connection && (connection->server_status & SERVER_STATUS_IN_TRANS) != 0;
  }

  void roll_back(soci::session& session) const override {
    if (!native(session)) throw DatabaseFailure(FailureKind::lost, settings_.place);
    if (is_in_transaction(session)) session.rollback();
  }

  RowReader row_reader() const override { return read_row; }

  bool next_row(soci::statement& query) const override {
    return backend(query).fetch(1) == soci::details::statement_backend::ef_success;
  }

  // The results after the first one, of which at least the last is there when a block has run.
  void finish(soci::statement& query) const override {
    MYSQL* const connection = native(query);
    while (mysql_more_results(connection)) {
      if (mysql_next_result(connection) > 0)
        throw soci::mysql_soci_error(mysql_error(connection), static_cast<int>(mysql_errno(connection)));
      mysql_free_result(mysql_store_result(connection));
    }
  }

  bool is_alive(soci::session& session) const override { return session.is_connected(); }

  std::string_view column_type(sql::ColumnKind kind) const override {
    switch (kind) {
      case sql::ColumnKind::id: return "char(36) character set ascii collate ascii_bin";
      case sql::ColumnKind::name: return "varchar(255)";
      case sql::ColumnKind::document: return "longtext";
      case sql::ColumnKind::boolean: return "tinyint";
      case sql::ColumnKind::integer: break;
    }
    return "bigint";
  }

  // Collations that compare byte for byte, trailing blanks included; each of the two has one of its own.
  std::string_view table_options() const override {
    return is_mariadb_ ? " engine=InnoDB row_format=dynamic character set utf8mb4 collate utf8mb4_nopad_bin"
                       : " engine=InnoDB row_format=dynamic character set utf8mb4 collate utf8mb4_0900_bin";
  }

  std::string_view count_tables() const override {
    return "select count(*) from information_schema.tables where table_schema = database() and table_name = :p1";
  }

  bool commits_ddl() const override { return true; }

  // Held by the connection, and so given back even when this process dies.
  void begin_migration(sql::Connection& connection) const override {
    sql::Statement lock("select get_lock(");
    name_lock(lock) << ", 60)";
    if (connection.number(lock.gives(sql::ValueType::integer)) == 1) return;
    throw DatabaseFailure(FailureKind::busy, settings_.place + ": somebody else has been migrating for a minute");
  }
  void end_migration(sql::Connection& connection) const override {
    sql::Statement lock("select release_lock(");
    name_lock(lock) << ')';
    static_cast<void>(connection.number(lock.gives(sql::ValueType::integer)));
  }

  // The lock is not the transaction's.
  void cancel_migration(sql::Connection& connection) const noexcept override {
    connection.roll_back();
    try {
      end_migration(connection);
    } catch (...) {
      connection.discard();
    }
  }

  bool writes_behind_snapshot() const override { return true; }

  // MySQL has no blocks outside of procedures; there a commit is done step by step.
  sql::OneStatement one_statement() const override {
    return is_mariadb_ ? sql::OneStatement::block : sql::OneStatement::none;
  }

  // Neither of the two uses an index for the other spelling.
  bool seeks_row_values() const override { return false; }
  std::string_view ordered_join() const override { return " straight_join "; }

  void begin_snapshot(sql::Connection& connection) const override {
    connection.run(sql::Statement("set transaction isolation level repeatable read"));
    connection.run(sql::Statement("start transaction with consistent snapshot, read only"));
  }

  std::string spell(std::string const& text) const override {
    std::string spelled = text;
    std::replace(spelled.begin(), spelled.end(), '"', '`');
    return spelled;
  }

  long long next_revision(sql::Connection& connection, std::string const& counter) const override {
    sql::Statement update;
    update << "update " << counter << R"( set "revision" = last_insert_id("revision" + 1) where "id" = 1)";
    connection.run(update);
    return static_cast<long long>(mysql_insert_id(native(connection.session())));
  }

 private:
  sql::Statement& name_lock(sql::Statement& statement) const {
    // Names are the whole server's, and at most 64 characters.
    statement << "concat('inlay ', sha1(concat(database(), '.', ";
    return statement.bind(sql::text(settings_.prefix)) << ")))";
  }

  void check_version(MYSQL* connection) const {
    std::string const version = mysql_get_server_info(connection);
    unsigned long const number = mysql_get_server_version(connection);
    is_mariadb_ = version.find("MariaDB") != std::string::npos;
    if (number >= (is_mariadb_ ? 100'600U : 80'000U)) return;
    throw DatabaseFailure(FailureKind::unreachable, settings_.place + ": the server is " + version +
                                                        "; inlay needs MySQL 8 or MariaDB 10.6, or newer");
  }

  // https://mariadb.com/kb/en/mariadb-error-codes/, and MySQL's where they are the same
  [[nodiscard]] static FailureKind kind_of(unsigned int code) noexcept {
    if (is_clients(code)) return FailureKind::lost;
    switch (code) {
      case 1022:
      case 1062:
      case 1586: return FailureKind::unique;
      case 1216:
      case 1217:
      case 1451:
      case 1452: return FailureKind::foreign_key;
      case 1050:
      case 1060:  // a column
      case 1061:
      case 1091:  // what was to be dropped is gone
      case 1826: return FailureKind::exists;
      case 1020:  // changed since the snapshot, with innodb_snapshot_isolation
      case 1205:
      case 1213: return FailureKind::busy;
      case 1053:  // shutdown in progress
      case 1152:
      case 1158:
      case 1159:
      case 1160:
      case 1161:
      case 1184:
      case 1927:  // the connection was killed
      case 4031: return FailureKind::lost;
      case 1021:  // disk full
      case 1040:
      case 1041:
      case 1044:
      case 1045:
      case 1049:
      case 1142:
      case 1203:
      case 1226: return FailureKind::unreachable;
      case 1290:
      case 1792:
      case 1836: return FailureKind::read_only;
      case 1317:
      case 1969:  // max_statement_time
      case 3024: return FailureKind::interrupted;
      case 1034:
      case 1194:
      case 1712: return FailureKind::corrupt;
      default: return FailureKind::other;
    }
  }

  // Numbers of the client's library, MySQL's and MariaDB's own. They mean that it does not know what the server said:
  // over TLS a connection that is gone is an error of TLS (2026), and what is left of a reply a malformed packet
  // (2027).
  [[nodiscard]] static bool is_clients(unsigned int code) noexcept {
    return (code >= 2000 && code <= 2999) || (code >= 5000 && code <= 5999);
  }

  [[nodiscard]] static bool is_harmless(FailureKind kind, unsigned int code) noexcept {
    return kind == FailureKind::busy || kind == FailureKind::lost || kind == FailureKind::unreachable ||
           kind == FailureKind::read_only || kind == FailureKind::interrupted || code == 1054 || code == 1146 ||
           code == 3819 || code == 4025;
  }

  Settings settings_;
  mutable std::atomic<bool> is_mariadb_ = false;
};

// In the words of SOCI's own connect strings.
void append(std::string_view name, std::string_view value, std::string& out) {
  out += name;
  out += "='";
  for (char const c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  out += "' ";
}

Result<std::shared_ptr<Repository>> open(StoreUrl const& url) {
  auto const refusal = [](std::string_view message) {
    return Error{.kind = ErrorKind::invalid_argument, .message = std::string(message)};
  };
  auto const known = url.allow_parameters({"pool_size", "lease_timeout", "table_prefix", "migrate", "connect_timeout",
                                           "read_timeout", "write_timeout", "ssl_ca", "ssl_cert", "ssl_key", "socket"});
  if (known.has_error()) return known.error();
  if (url.path.empty()) return refusal("the URL of a MySQL store names its database: mysql://user@host/database");
  if (url.hosts.size() > 1) {
    return refusal("the URL of a MySQL store names one host: the client library does not choose among several");
  }

  std::string connect_string;
  std::string const* socket = url.parameter("socket");
  if (!url.hosts.empty()) {
    StoreUrl::Host const& host = url.hosts.front();
    if (host.name.starts_with('/')) {
      if (socket) return refusal("the URL of a MySQL store names its socket twice");
      socket = &host.name;
    } else {
      if (socket) return refusal("the URL of a MySQL store names a host and a socket; only one can be meant");
      // The client library takes localhost for its default socket, whatever the port.
      append("host", host.port && host.name == "localhost" ? "127.0.0.1" : host.name, connect_string);
    }
    if (host.port) append("port", std::to_string(*host.port), connect_string);
  }
  if (socket) append("unix_socket", *socket, connect_string);
  if (!url.user.empty()) append("user", url.user, connect_string);
  if (url.password) append("password", *url.password, connect_string);
  append("dbname", url.path, connect_string);
  append("charset", "utf8mb4", connect_string);
  for (std::string_view const name : {"ssl_cert", "ssl_key"}) {
    if (!url.parameter(name) || url.parameter("ssl_ca")) continue;
    return refusal(std::string(name) + " encrypts nothing without ssl_ca: name the file of who has signed the server");
  }
  for (auto const& [own, theirs] :
       {std::pair{"ssl_ca", "sslca"}, std::pair{"ssl_cert", "sslcert"}, std::pair{"ssl_key", "sslkey"}}) {
    if (std::string const* value = url.parameter(own)) append(theirs, *value, connect_string);
  }
  for (std::string_view const name : {"connect_timeout", "read_timeout", "write_timeout"}) {
    bool const is_always = name == "connect_timeout";
    auto const time = sql::duration_parameter(url, name, std::chrono::seconds(10));
    if (time.has_error()) return time.error();
    if (!is_always && !url.parameter(name)) continue;
    auto const seconds = std::max<long long>(1, std::chrono::ceil<std::chrono::seconds>(*time).count());
    append(name, std::to_string(seconds), connect_string);
  }

  sql::StoreOptions options;
  options.readers = 8;
  options.writers = 0;
  if (auto const read = sql::read_common_parameters(url, options); read.has_error()) return read.error();
  auto const lease_timeout = sql::duration_parameter(url, "lease_timeout", std::chrono::seconds(5));
  if (lease_timeout.has_error()) return lease_timeout.error();
  options.patience = *lease_timeout;

  StoreUrl place = url;
  place.parameters.clear();
  MysqlDialect::Settings settings{
      .connect_string = std::move(connect_string),
      .place = place.redacted(),
      .prefix = options.table_prefix,
      .lock_timeout = std::max(std::chrono::seconds(1), std::chrono::ceil<std::chrono::seconds>(*lease_timeout)),
      .is_encrypted = url.parameter("ssl_ca") != nullptr};
  return sql::open_store(std::make_unique<MysqlDialect>(std::move(settings)), std::move(options));
}

}  // namespace

namespace {

[[nodiscard]] std::unique_ptr<MysqlDialect> host_dialect(HostOptions const& options) {
  return std::make_unique<MysqlDialect>(
      MysqlDialect::Settings{.place = "the host's database", .prefix = options.table_prefix});
}

}  // namespace

Result<std::shared_ptr<Repository>> open_mysql(soci::connection_pool& pool, HostOptions const& options) {
  return sql::open_store(host_dialect(options), sql::options_of(pool, options));
}

Result<std::shared_ptr<Repository>> join_mysql(soci::session& session, HostOptions const& options) {
  return sql::open_store(host_dialect(options), sql::options_of(session, options));
}

Backend mysql_backend() { return {.schemes = {"mysql", "mariadb"}, .open = open}; }

}  // namespace inlay
