// SPDX-License-Identifier: BSL-1.0
#include <inlay/backends/mysql.hpp>

#include <backends/mysql/connector.hpp>
#include <backends/mysql/dialect.hpp>
#include <backends/mysql/error_codes.hpp>
#include <backends/mysql/hosts.hpp>
#include <backends/mysql/session_settings.hpp>
#include <backends/mysql/url.hpp>
#include <backends/sql/connection.hpp>
#include <backends/sql/repository.hpp>

#include <soci/mysql/soci-mysql.h>
#include <soci/soci.h>

#include <mysqld_error.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace inlay {

namespace {

using sql::DatabaseFailure;
using sql::FailureKind;

/** What is the same on both kinds of sessions. */
class MysqlDriver : public sql::Driver {
 public:
  MysqlDriver(std::string place, std::string prefix) : place_(std::move(place)), prefix_(std::move(prefix)) {}

  sql::Dialect const& dialect() const noexcept override {
    return is_mariadb() ? mysql::dialect_of_mariadb : mysql::dialect;
  }

  Capabilities capabilities() const override {
    return {.backend = "mysql",
            .is_durable = true,
            .is_shared_by_processes = true,
            .can_transfer = true,
            .can_snapshot = true,
            .can_count = true,
            .has_identity = true};
  }

  DatabaseFailure classify(soci::session* session, std::exception const& error) const override {
    auto const* ours = dynamic_cast<soci::mysql_soci_error const*>(&error);
    auto const* known = dynamic_cast<soci::soci_error const*>(&error);
    unsigned int const code = ours ? ours->err_num_ : 0;
    if (session && !native(*session)) return {FailureKind::lost, place_ + ": the session is closed"};
    std::string const text = known ? known->get_error_message() : error.what();
    FailureKind kind = ours ? mysql::kind_of(code, server_, text) : FailureKind::other;
    if (!session && kind != FailureKind::busy && kind != FailureKind::no_connection_left &&
        kind != FailureKind::not_ready) {
      kind = FailureKind::unreachable;
    }
    std::string const message = place_ + ": " + (ours ? shown(code, text) : "(error 0)");
    return ours ? DatabaseFailure(kind, message) : DatabaseFailure::on_our_side(kind, message);
  }

  void adopt(sql::Connection& connection) const override { check_version(native(connection.session())); }

  bool is_in_transaction(soci::session& session) const override {
    MYSQL const* const connection = native(session);
    return connection && (connection->server_status & SERVER_STATUS_IN_TRANS) != 0;
  }

  void roll_back(soci::session& session) const override {
    if (!native(session)) throw DatabaseFailure(FailureKind::lost, place_);
    if (is_in_transaction(session)) session.rollback();
  }

  // Each node of a cluster has locks of its own, or refuses to have any.
  void begin_migration(sql::Connection& connection) const override {
    if (is_of_node(connection.session())) return;
    sql::Statement lock("select get_lock(");
    name_lock(lock) << ", 60)";
    if (connection.number(lock.gives(sql::ValueType::integer)) == 1) return;
    throw DatabaseFailure(FailureKind::busy, place_ + ": somebody else has been migrating for a minute");
  }
  void end_migration(sql::Connection& connection) const override {
    if (is_of_node(connection.session())) return;
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

 protected:
  static constexpr std::string_view character_sets =
      "@@character_set_client, @@character_set_connection, coalesce(@@character_set_results, @@character_set_client)";

  /** SOCI's connection; null when it is closed. */
  [[nodiscard]] virtual MYSQL* native(soci::session& session) const = 0;

  /** Whether the server is a node of a Galera cluster. */
  [[nodiscard]] virtual bool is_of_node(soci::session& session) const = 0;

  /** What may be shown of an error. */
  [[nodiscard]] std::string shown(unsigned code, std::string const& text) const {
    std::string message;
    if (code == 0)
      message = "it ended a statement with an error that has no number ";
    else if (mysql::is_safe(code, server_))
      message = text + ' ';
    return message + "(error " + std::to_string(code) + ')';
  }

  [[nodiscard]] std::string const& place() const noexcept { return place_; }
  [[nodiscard]] mysql::Server server() const noexcept { return server_; }
  [[nodiscard]] bool is_mariadb() const noexcept { return server_ == mysql::Server::mariadb; }

  void require_utf8mb4(std::string const& character_set) const {
    if (character_set == "utf8mb4") return;
    throw DatabaseFailure(FailureKind::unreachable,
                          place_ + ": the session's character set is " + character_set +
                              "; set it to utf8mb4, since that is what a store is written in");
  }

  void check_version(MYSQL* connection) const {
    std::string const version = mysql_get_server_info(connection);
    unsigned long const number = mysql_get_server_version(connection);
    server_ = version.find("MariaDB") != std::string::npos ? mysql::Server::mariadb : mysql::Server::mysql;
    if (number >= (is_mariadb() ? 100'600U : 80'000U)) return;
    throw DatabaseFailure(FailureKind::unreachable,
                          place_ + ": the server is " + version + "; inlay needs MySQL 8 or MariaDB 10.6, or newer");
  }

 private:
  sql::Statement& name_lock(sql::Statement& statement) const {
    // Names are the whole server's, and at most 64 characters.
    statement << "concat('inlay ', sha1(concat(database(), '.', ";
    return statement.bind(sql::text(prefix_)) << ")))";
  }

  std::string place_;  // for messages: where it is, without secrets
  std::string prefix_;
  mutable std::atomic<mysql::Server> server_ = mysql::Server::unknown;
};

/** On connections of our own. */
class OwnDriver final : public MysqlDriver {
 public:
  OwnDriver(std::string place, std::string prefix, mysql::OwnSessions settings)
      : MysqlDriver(std::move(place), std::move(prefix)),
        lock_timeout_(settings.lock_timeout),
        is_causal_(settings.is_causal),
        is_for_reads_(settings.is_for_reads),
        names_(std::move(settings.names)),
        hosts_(settings.hosts.size()) {
    for (mysql::ConnectOptions& host : settings.hosts) {
      mysql::ConnectOptions brief = host;
      brief.connect_timeout = std::min(brief.connect_timeout, patience_with_left);
      connectors_.push_back({mysql::Connector(std::move(host)), mysql::Connector(std::move(brief))});
    }
  }

  std::unique_ptr<soci::session> connect() const override {
    auto session = connectors_.size() == 1 ? open(connectors_.front().patient) : open_in_turn();
    backend(*session).limit_silence(true);
    return session;
  }

  bool is_to_be_given_up(soci::session& session) const override {
    std::scoped_lock const lock(mutex_);
    auto const now = std::chrono::steady_clock::now();
    std::size_t const host = backend(session).host();
    return is_for_reads_ ? hosts_.is_to_be_given_up_in_turn(host, now) : hosts_.is_to_be_given_up(host, now);
  }

  DatabaseFailure classify(soci::session* session, std::exception const& error) const override {
    DatabaseFailure failure = MysqlDriver::classify(session, error);
    if (session && failure.kind() == FailureKind::busy && is_cut_off(backend(*session), error)) {
      failure = DatabaseFailure(FailureKind::not_ready, failure.what());
    }
    if (session && failure.is_of_server()) leave(backend(*session).host());
    return failure;
  }

  RowReader row_reader() const override { return read_row; }
  bool next_row(soci::statement& query) const override {
    return backend(query).fetch(1) == soci::details::statement_backend::ef_success;
  }
  void finish(soci::statement& query) const override { backend(query).finish(); }

  // That a server answers does not say that it serves.
  bool is_alive(soci::session& session) const override {
    mysql::Session& own = backend(session);
    if (own.is_of_node() && !is_ready(own)) return false;
    return connectors_.size() > 1 && !is_for_reads_ ? !takes_no_writes(own) : own.is_connected();
  }

  void limit_silence(soci::session& session, bool is_limited) const override {
    backend(session).limit_silence(is_limited);
  }

 protected:
  MYSQL* native(soci::session& session) const override { return backend(session).handle(); }
  bool is_of_node(soci::session& session) const override { return backend(session).is_of_node(); }

 private:
  [[nodiscard]] static mysql::Session& backend(soci::session& session) {
    return *static_cast<mysql::Session*>(session.get_backend());
  }
  [[nodiscard]] static mysql::BoundStatement& backend(soci::statement& statement) {
    return *static_cast<mysql::BoundStatement*>(statement.get_backend());
  }
  static void read_row(soci::statement& query, std::vector<sql::ValueType> const& columns, sql::Row& row) {
    backend(query).read_row(columns, row);
  }

  // Two round trips, and of the first connection two more. What the server's options and init_connect have left is told
  // anew, and that texts arrive as they are is then its own word: the client's library does not learn what became of
  // its wishes.
  void set_up(mysql::Session& session) const {
    std::string set = "set names utf8mb4";
    for (mysql::SessionSetting const& setting : mysql::session_settings) {
      if (setting.server != mysql::Server::unknown && setting.server != server()) continue;
      set += ", session " + std::string(setting.name) + " = ";
      set += setting.value == mysql::lease_timeout ? std::to_string(lock_timeout_.count()) : setting.value;
    }
    static constexpr std::string_view wait_for_cluster = "session wsrep_sync_wait = @@session.wsrep_sync_wait | 1";
    bool const is_known = can_cluster_ != Ability::unknown;
    if (is_known && waits_for_cluster()) set.append(", ").append(wait_for_cluster);
    session.query(set);
    if (!is_known) {
      // Asked only now: a server's defaults may refuse it the answer.
      bool const has_variable = !session.query("show session variables like 'wsrep_sync_wait'").empty();
      can_cluster_ = has_variable ? Ability::there : Ability::missing;
      if (waits_for_cluster()) session.query(std::string("set ").append(wait_for_cluster));
    }
    std::string const is_of_node = can_cluster_ == Ability::there ? ", @@session.wsrep_on" : ", 0";
    auto const found = session.query("select " + std::string(character_sets) + ", @@max_allowed_packet" + is_of_node);
    for (int i = 0; i < 3; ++i) require_utf8mb4(found.at(0).at(static_cast<std::size_t>(i)));
    session.set_max_packet(std::stoull(found.at(0).at(3)));
    session.set_of_node(found.at(0).at(4) == "1");
    if (!session.is_of_node() || is_ready(session)) return;
    throw DatabaseFailure(FailureKind::not_ready,
                          place() + ": its wsrep_ready is OFF: it is joining its cluster, or has lost it");
  }

  // Whether reads are to wait for what other nodes of a Galera cluster have committed, as far as this server can be a
  // node of one. Which it is need not be asked: alone it has nothing to wait for.
  [[nodiscard]] bool waits_for_cluster() const { return is_causal_ && can_cluster_ == Ability::there; }

  [[nodiscard]] static bool shows(mysql::Session& session, std::string const& what, std::string_view value) {
    auto const found = session.query("show " + what);
    return found.size() == 1 && found.front().at(1) == value;
  }
  [[nodiscard]] static bool is_ready(mysql::Session& session) {
    return shows(session, "global status like 'wsrep_ready'", "ON");
  }

  // The newest MariaDB has more words for it than OFF and ON.
  [[nodiscard]] static bool takes_no_writes(mysql::Session& session) {
    std::string const value = session.query("select @@global.read_only").at(0).at(0);
    return value != "0" && value != "OFF";
  }

  // A node that has lost its cluster says of a read that is to wait for the others, and of no table, the same as of one
  // that has waited for a lock.
  [[nodiscard]] static bool is_cut_off(mysql::Session& session, std::exception const& error) noexcept {
    auto const* ours = dynamic_cast<soci::mysql_soci_error const*>(&error);
    if (!ours || ours->err_num_ != ER_LOCK_WAIT_TIMEOUT) return false;
    try {
      return shows(session, "session variables like 'wsrep_on'", "ON") && !is_ready(session);
    } catch (soci::soci_error const&) {
      return false;
    }
  }

  [[nodiscard]] std::unique_ptr<soci::session> open(mysql::Connector const& connector) const {
    auto session = std::make_unique<soci::session>(connector, "");
    mysql::Session& own = backend(*session);
    check_version(own.handle());
    try {
      set_up(own);
    } catch (soci::soci_error const& error) {
      if (!is_cut_off(own, error)) throw;
      throw DatabaseFailure(FailureKind::not_ready, MysqlDriver::classify(session.get(), error).what());
    }
    return session;
  }

  // ------------------------------------------------------------------------------------------------ several hosts

  // The first that serves and takes writes. Where none takes writes, one that can at least be read.
  [[nodiscard]] std::unique_ptr<soci::session> open_in_turn() const {
    std::unique_ptr<soci::session> read_only;
    std::vector<FailureKind> kinds;
    std::string said;
    for (mysql::Hosts::Turn const& turn : order()) {
      std::size_t const host = turn.host;
      try {
        auto session = open(turn.is_doubtful ? connectors_[host].brief : connectors_[host].patient);
        if (is_for_reads_ || !takes_no_writes(backend(*session))) {
          serves(host);
          return session;
        }
        if (!read_only) read_only = std::move(session);
        leave(host);
        continue;
      } catch (soci::soci_error const& error) {
        DatabaseFailure const failure = MysqlDriver::classify(nullptr, error);
        kinds.push_back(is_of_one_host(error) ? failure.kind() : FailureKind::other);
        add_words(host, failure, said);
      } catch (DatabaseFailure const& failure) {
        kinds.push_back(failure.is_of_server() ? failure.kind() : FailureKind::other);
        add_words(host, failure, said);
      }
      leave(host);
      if (kinds.back() == FailureKind::other) break;
    }
    if (read_only) {
      // Whoever has the right to write there all the same would write beside the primary.
      backend(*read_only).query("set session transaction read only");
      return read_only;
    }
    throw DatabaseFailure(kind_of_all(kinds), place() + ": no host serves: " + said);
  }

  // Another host is no answer to a wrong password, or to a database that is not there.
  [[nodiscard]] bool is_of_one_host(soci::soci_error const& error) const {
    auto const* ours = dynamic_cast<soci::mysql_soci_error const*>(&error);
    if (!ours) return false;
    unsigned const code = ours->err_num_;
    return code == ER_BAD_HOST_ERROR || code == ER_HANDSHAKE_ERROR || code == ER_HOST_IS_BLOCKED ||
           mysql::kind_of(code, server(), error.get_error_message()) != FailureKind::unreachable;
  }

  // That of which there is most hope; but what no other host changes goes before all.
  [[nodiscard]] static FailureKind kind_of_all(std::vector<FailureKind> const& kinds) noexcept {
    if (kinds.back() == FailureKind::other) return FailureKind::unreachable;
    for (FailureKind const kind : {FailureKind::no_connection_left, FailureKind::not_ready, FailureKind::busy}) {
      if (std::ranges::find(kinds, kind) != kinds.end()) return kind;
    }
    return FailureKind::unreachable;
  }

  void add_words(std::size_t host, DatabaseFailure const& failure, std::string& said) const {
    std::string_view words = failure.what();
    if (words.starts_with(place() + ": ")) words.remove_prefix(place().size() + 2);
    said.append(said.empty() ? "" : "; ").append(names_.at(host)).append(": ").append(words);
  }

  [[nodiscard]] std::vector<mysql::Hosts::Turn> order() const {
    std::scoped_lock const lock(mutex_);
    auto const now = std::chrono::steady_clock::now();
    return is_for_reads_ ? hosts_.order_in_turn(now) : hosts_.order(now);
  }
  void serves(std::size_t host) const {
    std::scoped_lock const lock(mutex_);
    hosts_.serves(host);
  }
  void leave(std::size_t host) const {
    std::scoped_lock const lock(mutex_);
    hosts_.leave(host, std::chrono::steady_clock::now());
  }

  enum class Ability { unknown, missing, there };

  std::chrono::seconds lock_timeout_;
  bool is_causal_;
  bool is_for_reads_;
  mutable std::atomic<Ability> can_cluster_ = Ability::unknown;

  // A host that is well takes no longer; whoever needs a connection would wait for one that is not, now and then.
  static constexpr std::chrono::seconds patience_with_left{3};
  struct ConnectorsOfHost {
    mysql::Connector patient;
    mysql::Connector brief;  ///< for one that was left
  };
  std::deque<ConnectorsOfHost> connectors_{};  // which sessions point to
  std::vector<std::string> names_;
  mutable std::mutex mutex_;
  mutable mysql::Hosts hosts_;
};

/** On sessions of the host, which are SOCI's own. */
class HostDriver final : public MysqlDriver {
 public:
  HostDriver(std::string place, HostOptions const& options)
      : MysqlDriver(std::move(place), options.table_prefix), is_causal_(options.is_causal) {}

  // By the server's word: the client's library does not learn everywhere what `set names` has changed.
  void check_host(sql::Connection& connection) const override {
    check_version(native(connection.session()));
    waits_for_cluster_ = is_causal_ && is_mariadb() && is_of_node(connection.session());
    sql::Statement select("select " + std::string(character_sets));
    for (int i = 0; i < 3; ++i) select.gives(sql::ValueType::text);
    for (mysql::HostSetting const& setting : mysql::host_settings) {
      select << ", " << setting.query;
      select.gives(sql::ValueType::integer);
    }
    connection.run(select, [&](sql::Row& row) {
      for (std::size_t i = 0; i < 3; ++i) require_utf8mb4(row[i].text);
      for (std::size_t i = 0; i < mysql::host_settings.size(); ++i) {
        if (row[i + 3].number == 1) continue;
        throw DatabaseFailure(FailureKind::unreachable,
                              place() + ": the session's " + std::string(mysql::host_settings.at(i).demand));
      }
    });
  }

  std::unique_ptr<soci::session> connect() const override {
    throw DatabaseFailure(FailureKind::lost, place() + ": the session is the host's to open");
  }

  // The session's settings are the host's. MySQL takes none for one statement.
  void adapt(std::string& statement) const override {
    if (waits_for_cluster_ && (statement.starts_with("select ") || statement.starts_with("with "))) {
      statement.insert(0, "set statement wsrep_sync_wait = 1 for ");
    }
  }

  RowReader row_reader() const override { return read_row; }

  bool next_row(soci::statement& query) const override {
    return backend(query).fetch(1) == soci::details::statement_backend::ef_success;
  }

  // The results after the first one, of which at least the last is there when a block has run.
  void finish(soci::statement& query) const override {
    MYSQL* const connection = backend(query).session_.conn_;
    while (mysql_more_results(connection)) {
      if (mysql_next_result(connection) > 0)
        throw soci::mysql_soci_error(mysql_error(connection), static_cast<int>(mysql_errno(connection)));
      mysql_free_result(mysql_store_result(connection));
    }
  }

  bool is_alive(soci::session& session) const override { return session.is_connected(); }

 protected:
  INLAY_UNCHECKED_CAST MYSQL* native(soci::session& session) const override {
    auto* const backend = static_cast<soci::mysql_session_backend*>(session.get_backend());
    return backend ? backend->conn_ : nullptr;  // it may be closed
  }

  bool is_of_node(soci::session& session) const override {
    constexpr std::string_view ask = "show session variables like 'wsrep_on'";
    MYSQL* const connection = native(session);
    if (!connection || mysql_real_query(connection, ask.data(), ask.size()) != 0) return false;
    std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> const result(mysql_store_result(connection),
                                                                          &mysql_free_result);
    MYSQL_ROW const row = result ? mysql_fetch_row(result.get()) : nullptr;
    return row && row[1] && std::string_view(row[1]) == "ON";
  }

 private:
  [[nodiscard]] INLAY_UNCHECKED_CAST static soci::mysql_statement_backend& backend(soci::statement& statement) {
    return *static_cast<soci::mysql_statement_backend*>(statement.get_backend());
  }

  // SOCI looks the row up anew for each of its columns, and makes a stream for each number.
  static void read_row(soci::statement& query, std::vector<sql::ValueType> const& columns, sql::Row& row) {
    auto& rows = backend(query);
    mysql_row_seek(rows.result_, rows.resultRowOffsets_[static_cast<std::size_t>(rows.currentRow_)]);
    auto* const values = mysql_fetch_row(rows.result_);
    unsigned long const* const sizes = mysql_fetch_lengths(rows.result_);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      row[i].is_null = values[i] == nullptr;
      if (values[i] != nullptr) sql::take_text(row[i], columns[i], {values[i], sizes[i]});
    }
  }

  bool is_causal_;
  mutable std::atomic<bool> waits_for_cluster_ = false;
};

Result<std::shared_ptr<Repository>> open(StoreUrl const& url) {
  auto read = mysql::read_url(url);
  if (read.has_error()) return read.error();
  sql::StoreOptions& options = read->options;
  if (read->reads_any) {
    auto any = read->sessions;
    any.is_for_reads = true;
    options.standbys = std::make_shared<OwnDriver>(read->place, options.table_prefix, std::move(any));
  }
  auto driver = std::make_unique<OwnDriver>(read->place, options.table_prefix, std::move(read->sessions));
  return sql::open_store(std::move(driver), std::move(options));
}

[[nodiscard]] std::unique_ptr<HostDriver> host_driver(HostOptions const& options) {
  return std::make_unique<HostDriver>("the host's database", options);
}

}  // namespace

Result<std::shared_ptr<Repository>> open_mysql(soci::connection_pool& pool, HostOptions const& options) {
  return sql::open_store(host_driver(options), sql::options_of(pool, options));
}

Result<std::shared_ptr<Repository>> join_mysql(soci::session& session, HostOptions const& options) {
  return sql::open_store(host_driver(options), sql::options_of(session, options));
}

Backend mysql_backend() { return {.schemes = {"mysql", "mariadb"}, .open = open}; }

}  // namespace inlay
