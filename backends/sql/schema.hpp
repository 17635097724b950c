// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_SCHEMA_HPP
#define INLAY_BACKENDS_SQL_SCHEMA_HPP

#include <backends/sql/connection.hpp>
#include <inlay/timestamp.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace inlay::sql {

/** The names of a store's tables. */
class Tables {
 public:
  explicit Tables(std::string prefix) : prefix_(std::move(prefix)) {}

  [[nodiscard]] std::string const& prefix() const noexcept { return prefix_; }

  /** As it is stored, e.g. inlay_team. */
  [[nodiscard]] std::string name(std::string_view table) const { return prefix_ + std::string(table); }

  /** As statements write it, e.g. "inlay_team". */
  [[nodiscard]] std::string quoted(std::string_view table) const { return '"' + name(table) + '"'; }

 private:
  std::string prefix_;
};

/** The number of the last migration there is. */
[[nodiscard]] int latest_migration() noexcept;

/** Checks that the tables are where this library expects them.

    @throws as migrate() does.
*/
void require_migrated(Connection& connection, Tables const& tables);

/** Brings the tables to where this library expects them, while other processes may be about the same.

    @throws inlay::Exception: unavailable when the tables are newer than this library, or older and `may_migrate` is
    false, for which `not_migrated_for` names the reason; nothing was written then. DatabaseFailure.
*/
void migrate(Connection& connection, Tables const& tables, bool may_migrate, std::string_view not_migrated_for,
             Timestamp now);

}  // namespace inlay::sql

#endif
