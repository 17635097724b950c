// SPDX-License-Identifier: BSL-1.0
#include <inlay/backends/sqlite.hpp>

#include <backends/sql/connection.hpp>
#include <backends/sql/parameters.hpp>
#include <backends/sql/repository.hpp>
#include <backends/sqlite/api.hpp>
#include <backends/sqlite/dialect.hpp>
#include <backends/sqlite/file.hpp>
#include <backends/sqlite/result_codes.hpp>
#include <backends/sqlite/session.hpp>

#include <soci/soci.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <new>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace inlay {

namespace {

using sql::DatabaseFailure;
using sql::FailureKind;
using sqlite::Access;

[[nodiscard]] INLAY_UNCHECKED_CAST sqlite_api::sqlite3* native(soci::session& session) {
  auto* const backend = static_cast<soci::sqlite3_session_backend*>(session.get_backend());
  return backend ? backend->conn_ : nullptr;  // the host's may be closed
}

/** Gives a session another connection in the place of its own. SOCI itself opens files only so that it makes them. */
INLAY_UNCHECKED_CAST void replace(soci::session& session, sqlite::Handle handle) {
  auto* const backend = static_cast<soci::sqlite3_session_backend*>(session.get_backend());
  sqlite::Handle const before(std::exchange(backend->conn_, handle.release()));
}

[[nodiscard]] INLAY_UNCHECKED_CAST sqlite_api::sqlite3_stmt* native(soci::statement& statement) {
  return static_cast<soci::sqlite3_statement_backend*>(statement.get_backend())->stmt_;
}

// Asks SQLite once for each value, and again only where the answer may stand for a null.
void read_row(soci::statement& query, std::vector<sql::ValueType> const& columns, sql::Row& row) {
  auto* const statement = native(query);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    int const at = static_cast<int>(i);
    sql::Column& column = row[i];
    auto const is_null = [&] { return sqlite_api::sqlite3_column_type(statement, at) == SQLITE_NULL; };
    if (columns[i] == sql::ValueType::integer) {
      column.number = sqlite_api::sqlite3_column_int64(statement, at);
      column.is_null = column.number == 0 && is_null();
    } else if (auto const* const text = sqlite_api::sqlite3_column_text(statement, at)) {
      auto const size = static_cast<std::size_t>(sqlite_api::sqlite3_column_bytes(statement, at));
      column.text.assign(reinterpret_cast<char const*>(text), size);
      column.is_null = false;
    } else if (!is_null()) {
      throw std::bad_alloc();
    } else {
      column.is_null = true;
    }
  }
}

class SqliteDriver final : public sql::Driver {
 public:
  struct Settings {
    std::string path{};
    bool is_memory{};
    bool is_hosts{};  ///< its connections are, and are left as the host made them
    Access access = Access::read_write;
    std::optional<mode_t> made_with{};  ///< see File
    bool is_fully_synchronous = true;
    std::chrono::milliseconds busy_timeout{};
  };

  explicit SqliteDriver(Settings settings)
      : settings_(std::move(settings)), file_(settings_.path, settings_.access, settings_.made_with) {}

  sql::Dialect const& dialect() const noexcept override { return sqlite::dialect; }

  Capabilities capabilities() const override {
    return {.backend = "sqlite",
            .is_durable = !settings_.is_memory,
            .is_shared_by_processes = !settings_.is_memory,
            .can_transfer = true,
            .can_snapshot = !settings_.is_memory,  // its one connection would keep all writers waiting
            .can_vacuum = !settings_.is_hosts,     // it would rewrite the host's tables, too
            .can_count = true,
            .has_identity = true};
  }

  std::unique_ptr<soci::session> connect() const override {
    auto session = std::make_unique<soci::session>(soci::sqlite3, ":memory:");
    if (!settings_.is_memory) replace(*session, file_.open());
    sqlite::set_up(native(*session), file_, settings_.is_fully_synchronous, settings_.busy_timeout);
    bool const may_write = settings_.access == Access::read_write && !settings_.is_memory;
    if (may_write && sqlite_api::sqlite3_db_readonly(native(*session), "main") != 0) {
      throw DatabaseFailure(FailureKind::unreachable, "the file " + settings_.path + " cannot be written");
    }
    return session;
  }

  void check_host(sql::Connection& connection) const override {
    sqlite::check_host_session(connection, settings_.path);
  }

  void check_place(soci::session& session) const override {
    auto* const handle = native(session);
    if (!handle || settings_.is_memory) return;
    if (settings_.is_hosts) {
      sqlite::check_not_moved(handle, settings_.path);
    } else {
      file_.check_place(handle);
    }
  }

  void purge(sql::Connection& connection) const override {
    if (!settings_.is_memory) file_.empty_log(native(connection.session()), settings_.busy_timeout);
  }

  void vacuum(sql::Connection& connection) const override {
    check_place(connection.session());
    connection.run_once("vacuum");
  }

  DatabaseFailure classify(soci::session* session, std::exception const& error) const override {
    auto const* ours = dynamic_cast<soci::sqlite3_soci_error const*>(&error);
    if (session && !native(*session)) return {FailureKind::lost, settings_.path + ": the session is closed"};
    // SOCI passes only the primary code on, and not always that.
    int const code = session ? sqlite_api::sqlite3_extended_errcode(native(*session)) : ours ? ours->result() : 0;
    FailureKind kind = sqlite::kind_of(code);
    // For which SQLite has no code of its own, and these words in English only.
    auto const* known = dynamic_cast<soci::soci_error const*>(&error);
    if (code == SQLITE_ERROR && known && known->get_error_message().find("no such column") != std::string::npos) {
      kind = FailureKind::no_such_column;
    }
    return {kind, message_of(session, error)};
  }

  RowReader row_reader() const override { return read_row; }

  bool next_row(soci::statement& query) const override {
    auto* const statement = native(query);
    int const result = sqlite_api::sqlite3_step(statement);
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) return false;
    // Its code is asked of the session, by classify().
    throw soci::soci_error(sqlite_api::sqlite3_errmsg(sqlite_api::sqlite3_db_handle(statement)));
  }

  void finish(soci::statement& query) const override { sqlite_api::sqlite3_reset(native(query)); }

  bool is_in_transaction(soci::session& session) const override {
    return native(session) && sqlite_api::sqlite3_get_autocommit(native(session)) == 0;
  }

  void roll_back(soci::session& session) const override {
    // Some failures, such as a full disk, end the transaction by themselves.
    if (is_in_transaction(session)) session << "rollback";
  }

  void adopt(sql::Connection& connection) const override {
    if (settings_.is_memory || settings_.is_hosts || settings_.access != Access::read_write) return;
    // Switching to WAL does not wait for others that are about the same thing, whatever the busy timeout.
    auto const deadline = std::chrono::steady_clock::now() + settings_.busy_timeout;
    while (true) {
      try {
        std::string mode;
        sql::Statement pragma("pragma journal_mode = wal");
        connection.run(pragma.gives(sql::ValueType::text), [&](sql::Row& row) { mode = row.front().text; });
        if (mode == "wal") return;
        throw DatabaseFailure(FailureKind::unreachable, "SQLite cannot use WAL for " + settings_.path);
      } catch (DatabaseFailure const& failure) {
        if (failure.kind() != FailureKind::busy || std::chrono::steady_clock::now() >= deadline) throw;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  void begin_migration(sql::Connection& connection) const override {
    connection.run(sql::Statement(sqlite::dialect.begin_write));
  }
  void end_migration(sql::Connection& connection) const override {
    check_place(connection.session());
    connection.run(sql::Statement("commit"));
  }

 private:
  [[nodiscard]] std::string message_of(soci::session* session, std::exception const& error) const {
    // Not what(), which would quote the values that were bound.
    if (session) return settings_.path + ": " + sqlite::failure_text(native(*session), settings_.access);
    auto const* known = dynamic_cast<soci::soci_error const*>(&error);
    std::string message = known ? known->get_error_message() : error.what();
    // SOCI may say first which of its functions failed.
    if (message.starts_with("sqlite3_")) message.erase(0, message.find(": ") + 2);
    return settings_.path + ": " + message;
  }

  Settings settings_;
  sqlite::File file_;  // not used where the host opens it, or there is none
};

// SQLite's own words for these are few ("unable to open database file").
[[nodiscard]] Result<void> check_path(std::string const& path, Access access, bool may_make) {
  namespace fs = std::filesystem;
  auto const refusal = [&](std::string_view why) {
    return Error{.kind = ErrorKind::unavailable, .message = "cannot open " + path + ": " + std::string(why)};
  };
  std::error_code code;
  fs::path const file(path);
  fs::path const folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (!fs::is_directory(folder, code)) return refusal("there is no folder " + folder.string());
  // The file may be one that can be written; SQLite keeps its write-ahead log in another, beside it.
  if (access == Access::read_write && ::access(folder.c_str(), W_OK | X_OK) != 0) {
    return refusal("the folder " + folder.string() + " cannot be written: " + std::generic_category().message(errno));
  }
  auto const status = fs::status(file, code);
  if (fs::is_directory(status)) return refusal("it is a folder");
  if (!fs::exists(status) && !may_make) {
    Error error =
        refusal(access == Access::read_write ? "there is no such file, and making one was turned off (migrate=off)"
                                             : "there is no such file, and mode=ro makes none");
    // None could be made beside what is left of a file that was moved.
    bool const is_moved = fs::exists(path + "-wal", code) || fs::exists(path + "-journal", code);
    if (status.type() == fs::file_type::not_found && !is_moved) error.reason = Reason::no_store;
    return error;
  }
  // SQLite would overwrite a file this small. Its first bytes are not looked at here, since closing the file again
  // would drop the locks of all its other users in this process.
  auto const size = fs::file_size(file, code);
  if (!code && size > 0 && size < 512) {
    return Error{.kind = ErrorKind::corrupt, .message = "cannot open " + path + ": it is no SQLite database"};
  }
  return {};
}

[[nodiscard]] Error refused(std::string_view message) {
  return {.kind = ErrorKind::invalid_argument, .message = std::string(message)};
}

[[nodiscard]] Result<Access> read_access(StoreUrl const& url) {
  auto const is_written = sql::choice_parameter(url, "mode", "rw", "ro");
  if (is_written.has_error()) return is_written.error();
  if (*is_written) {
    if (!url.parameter("immutable")) return Access::read_write;
    return refused("the parameter immutable of a store's URL needs mode=ro beside it");
  }
  if (std::string const* migrate = url.parameter("migrate"); migrate && *migrate == "auto") {
    return refused("a store that is opened with mode=ro cannot be migrated (migrate=auto)");
  }
  auto const is_mutable = sql::choice_parameter(url, "immutable", "off", "on");
  if (is_mutable.has_error()) return is_mutable.error();
  return *is_mutable ? Access::read_only : Access::immutable;
}

/** Who may read and write the file of a new store. */
[[nodiscard]] Result<mode_t> file_mode(StoreUrl const& url) {
  std::string const* const text = url.parameter("file_mode");
  if (!text) return mode_t{S_IRUSR | S_IWUSR};
  mode_t mode = 0;
  bool is_fit = text->size() == 3 || (text->size() == 4 && text->front() == '0');
  for (char const digit : *text) {
    is_fit = is_fit && digit >= '0' && digit <= '7';
    if (is_fit) mode = mode * 8 + static_cast<mode_t>(digit - '0');
  }
  constexpr mode_t everybody = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;
  bool const is_owners = (mode & (S_IRUSR | S_IWUSR)) == (S_IRUSR | S_IWUSR);
  if (is_fit && is_owners && (mode & ~everybody) == 0) return mode;
  return refused(
      "the parameter file_mode of a store's URL takes the permissions of a new file as three or four octal digits, for"
      " reading and writing, by its owner at least: 0600, 0660");
}

Result<std::shared_ptr<Repository>> open(StoreUrl const& url) {
  auto const known = url.allow_parameters(
      {"synchronous", "busy_timeout", "pool_size", "table_prefix", "migrate", "mode", "immutable", "file_mode"});
  if (known.has_error()) return known.error();
  if (!url.hosts.empty() || !url.user.empty() || url.password) {
    return refused("a SQLite store is a file and has no host or user: write sqlite:folder/file.db");
  }
  if (url.path.empty() || url.path.find('\0') != std::string::npos) {
    return refused("the URL of a SQLite store names its file: sqlite:folder/file.db, or sqlite::memory:");
  }

  sql::StoreOptions options;
  if (auto const read = sql::read_common_parameters(url, options); read.has_error()) return read.error();
  auto const access = read_access(url);
  if (access.has_error()) return access.error();
  if (*access != Access::read_write) {
    options.may_migrate = false;
    options.not_migrated_for = "mode=ro";
  }
  auto const is_full = sql::choice_parameter(url, "synchronous", "full", "normal");
  if (is_full.has_error()) return is_full.error();
  auto const busy_timeout = sql::duration_parameter(url, "busy_timeout", std::chrono::seconds(5));
  if (busy_timeout.has_error()) return busy_timeout.error();
  options.patience = *busy_timeout;
  auto const made_with = file_mode(url);
  if (made_with.has_error()) return made_with.error();

  SqliteDriver::Settings settings{.path = url.path,
                                  .is_memory = url.path == ":memory:",
                                  .access = *access,
                                  .made_with = options.may_migrate ? std::optional(*made_with) : std::nullopt,
                                  .is_fully_synchronous = *is_full,
                                  .busy_timeout = *busy_timeout};
  if (settings.is_memory) {
    if (*access != Access::read_write)
      return refused("a database in memory is new and empty, and mode=ro would keep it so");
    // Each connection to :memory: is a database of its own, so there is one, and its users take turns.
    options.readers = 1;
    options.writers = 0;
  } else if (auto const fit = check_path(settings.path, *access, settings.made_with.has_value()); fit.has_error()) {
    return fit.error();
  }
  return sql::open_store(std::make_unique<SqliteDriver>(std::move(settings)), std::move(options));
}

}  // namespace

namespace {

[[nodiscard]] std::unique_ptr<SqliteDriver> host_driver(HostOptions const& options) {
  return std::make_unique<SqliteDriver>(SqliteDriver::Settings{.path = "the host's database",
                                                               .is_memory = false,
                                                               .is_hosts = true,
                                                               .is_fully_synchronous = true,
                                                               .busy_timeout = options.lease_timeout});
}

}  // namespace

Result<std::shared_ptr<Repository>> open_sqlite(soci::connection_pool& pool, HostOptions const& options) {
  return sql::open_store(host_driver(options), sql::options_of(pool, options));
}

Result<std::shared_ptr<Repository>> join_sqlite(soci::session& session, HostOptions const& options) {
  return sql::open_store(host_driver(options), sql::options_of(session, options));
}

Backend sqlite_backend() { return {.schemes = {"sqlite"}, .open = open}; }

}  // namespace inlay
