// SPDX-License-Identifier: BSL-1.0
// Stores in a program in which each new connection to SQLite begins with settings that inlay cannot live with, as a
// build can have them, or a function that a host has registered for all connections.
#include "sqlite_files.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace {

extern "C" int spoil(sqlite3* connection, char const** message, void const* functions) {
  static_cast<void>(message);
  static_cast<void>(functions);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DML, 1, nullptr);
  // The last one after all that may read the file.
  return sqlite3_exec(
      connection,
      "pragma foreign_keys = off; pragma defer_foreign_keys = on; pragma ignore_check_constraints = on;"
      "pragma count_changes = on; pragma read_uncommitted = on; pragma reverse_unordered_selects = on;"
      "pragma mmap_size = 268435456; pragma wal_autocheckpoint = 1;"
      "pragma journal_size_limit = 0; pragma encoding = 'UTF-16'; pragma recursive_triggers = on;"
      "pragma case_sensitive_like = on; pragma cell_size_check = on; pragma temp_store = memory;"
      "pragma automatic_index = off; pragma trusted_schema = off; pragma secure_delete = off;"
      "pragma cache_size = 1; pragma synchronous = off; pragma query_only = on; pragma locking_mode = exclusive",
      nullptr, nullptr, nullptr);
}

}  // namespace

inlay::conformance::Subject inlay::conformance::subject() {
  if (sqlite3_enable_shared_cache(1) != SQLITE_OK ||
      sqlite3_auto_extension(reinterpret_cast<void (*)()>(spoil)) != SQLITE_OK) {
    throw std::runtime_error("SQLite does not let its new connections be spoilt");
  }
  return test::sqlite_in_files("sqlite with hostile settings");
}
