// SPDX-License-Identifier: BSL-1.0
#include <backends/sqlite/session.hpp>

#include <backends/sqlite/result_codes.hpp>

#include <optional>
#include <string_view>

namespace inlay::sqlite {

namespace {

using sql::DatabaseFailure;
using sql::FailureKind;

struct Setting {
  std::string_view pragma{};
  std::string_view value{};
  std::string_view reads_as{};
  bool may_be_unknown = false;  ///< to a build that cannot do what the setting turns off
};

constexpr Setting settings[] = {
    // The other connections of the store, and other processes, have it open, too. First of all, since a connection that
    // has read a file in WAL mode keeps it to itself until it is closed.
    {.pragma = "locking_mode", .value = "normal", .reads_as = "normal"},

    // What keeps the store whole.
    {.pragma = "foreign_keys", .value = "on", .reads_as = "1"},
    {.pragma = "defer_foreign_keys", .value = "off", .reads_as = "0"},
    {.pragma = "ignore_check_constraints", .value = "off", .reads_as = "0"},
    {.pragma = "writable_schema", .value = "off", .reads_as = "0"},

    // What statements give: one that counts its changes in a row is not at its end when it has been run.
    {.pragma = "count_changes", .value = "off", .reads_as = "0", .may_be_unknown = true},
    {.pragma = "query_only", .value = "off", .reads_as = "0"},
    {.pragma = "read_uncommitted", .value = "off", .reads_as = "0"},
    {.pragma = "reverse_unordered_selects", .value = "off", .reads_as = "0"},

    // What was removed, and what a row was before, must not stay readable in the file. `fast` would leave it in pages
    // that are no longer used.
    {.pragma = "secure_delete", .value = "on", .reads_as = "1"},

    // A read error in mapped memory would end the process.
    {.pragma = "mmap_size", .value = "0", .reads_as = "0", .may_be_unknown = true},

    // On systems where fsync alone does not reach the disk.
    {.pragma = "fullfsync", .value = "on", .reads_as = "1"},
    {.pragma = "checkpoint_fullfsync", .value = "on", .reads_as = "1"},

    // The log is moved into the file every 1,000 pages, 4 MiB. A reader that takes long, such as an export, makes it
    // grow; with the first commit after that, it is cut to four times what it grows to anyway, so that only such growth
    // is undone and no file is cut and lengthened all the time.
    {.pragma = "wal_autocheckpoint", .value = "1000", .reads_as = "1000"},
    {.pragma = "journal_size_limit", .value = "16777216", .reads_as = "16777216"},

    // Texts are compared byte for byte: in UTF-16 they would come in another order. (Of a file that has tables already
    // it cannot be changed.)
    {.pragma = "encoding", .value = "'UTF-8'", .reads_as = "UTF-8"},
};

struct Need {
  std::string_view pragma{};
  std::string_view reads_as{};
  std::string_view otherwise{};  ///< what the session does then
  std::string_view remedy{};
  bool may_be_unknown = false;
};

// Settings that only fail loudly (query_only), or cost time, are the host's own.
constexpr Need needs[] = {
    {.pragma = "foreign_keys",
     .reads_as = "1",
     .otherwise = "the session does not check references",
     .remedy = "run pragma foreign_keys = on"},
    {.pragma = "defer_foreign_keys",
     .reads_as = "0",
     .otherwise = "the session checks references only when its transaction ends, too late for a commit to be refused",
     .remedy = "run pragma defer_foreign_keys = off"},
    {.pragma = "ignore_check_constraints",
     .reads_as = "0",
     .otherwise = "the session does not check what the schema says of values",
     .remedy = "run pragma ignore_check_constraints = off"},
    {.pragma = "count_changes",
     .reads_as = "0",
     .otherwise = "the session's statements give a row that counts their changes",
     .remedy = "run pragma count_changes = off",
     .may_be_unknown = true},
    {.pragma = "read_uncommitted",
     .reads_as = "0",
     .otherwise = "the session may read what others have not committed",
     .remedy = "run pragma read_uncommitted = off"},
    {.pragma = "encoding",
     .reads_as = "UTF-8",
     .otherwise = "the database keeps its texts in UTF-16, where they come in another order",
     .remedy = "use a database in UTF-8"},
};

/** The value that statements give last. */
[[nodiscard]] std::optional<std::string> run(sqlite_api::sqlite3* handle, File const& file,
                                             std::string const& statements) {
  std::optional<std::string> value;
  int const code = sqlite_api::sqlite3_exec(
      handle, statements.c_str(),
      [](void* out, int, char** values, char**) {
        if (values[0]) *static_cast<std::optional<std::string>*>(out) = values[0];
        return 0;
      },
      &value, nullptr);
  if (code == SQLITE_OK) return value;
  throw DatabaseFailure(kind_of(sqlite_api::sqlite3_extended_errcode(handle)),
                        file.path() + ": " + failure_text(handle, file.access()));
}

}  // namespace

void set_up(sqlite_api::sqlite3* handle, File const& file, bool is_fully_synchronous,
            std::chrono::milliseconds busy_timeout) {
  sqlite_api::sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout.count()));
  // A column that is not there would be taken for a text, and come out of each row as its own name.
  sqlite_api::sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite_api::sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  auto const set = [&](Setting const& setting) {
    std::string statements = "pragma ";
    statements.append(setting.pragma).append(" = ").append(setting.value);
    statements.append("; pragma ").append(setting.pragma);
    auto const value = run(handle, file, statements);
    if (value ? *value == setting.reads_as : setting.may_be_unknown) return;
    throw DatabaseFailure(FailureKind::unreachable, file.path() + ": SQLite keeps " + std::string(setting.pragma) +
                                                        " at " + value.value_or("nothing") + ", and inlay needs " +
                                                        std::string(setting.reads_as));
  };
  for (Setting const& setting : settings) set(setting);
  set(is_fully_synchronous ? Setting{.pragma = "synchronous", .value = "full", .reads_as = "2"}
                           : Setting{.pragma = "synchronous", .value = "normal", .reads_as = "1"});
}

void check_host_session(sql::Connection& connection, std::string const& path) {
  for (Need const& need : needs) {
    sql::Statement query("pragma ");
    query << need.pragma;
    std::optional<std::string> value;
    connection.run(query.gives(sql::ValueType::text), [&](sql::Row& row) { value = row.front().text; });
    if (value ? *value == need.reads_as : need.may_be_unknown) continue;
    throw DatabaseFailure(FailureKind::unreachable,
                          path + ": " + std::string(need.otherwise) + "; " + std::string(need.remedy));
  }
}

}  // namespace inlay::sqlite
