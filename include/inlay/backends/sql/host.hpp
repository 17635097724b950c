// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_HOST_HPP
#define INLAY_BACKENDS_SQL_HOST_HPP

// For hosts that use SOCI themselves: stores on the host's connections, and in the host's transactions. Each function
// is in the library of its backend (inlay::sqlite, inlay::postgresql, inlay::mysql).

#include <inlay/storage/repository.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace soci {
class connection_pool;
class session;
}  // namespace soci

namespace inlay {

/** How a store is found on a host's connection. */
struct HostOptions {
  std::string table_prefix = "inlay_";
  bool may_migrate = true;  ///< of no meaning in a transaction, where nothing is migrated

  /** How long a call waits for a connection of the pool; on PostgreSQL also how long a commit waits for a lock. On
      MySQL that is the session's own `innodb_lock_wait_timeout` and `lock_wait_timeout`, on SQLite its busy timeout. */
  std::chrono::milliseconds lease_timeout{5'000};

  /** Makes the settings of a pool's session again, after it was lost and connected anew; see open_postgresql(). Called
      by the thread whose call needs the session. */
  std::function<void(soci::session&)> set_up{};

  /** On a node of a Galera cluster: whether the store's reads see all that was committed before on the others. On
      MariaDB each of them sets `wsrep_sync_wait` for itself alone; on MySQL that is the session's own. */
  bool is_causal = true;
};

/** A store on connections that a pool of the host lends, which must outlive it.

    A session is given back without an open transaction. Its settings are left as the host made them: it is for the host
    to set `foreign_keys` and a busy timeout on SQLite (and to leave `defer_foreign_keys`, `ignore_check_constraints`,
    `read_uncommitted` and `count_changes` off; with `secure_delete` on what is removed does not stay in the file); the
    client's encoding UTF8 on PostgreSQL (where `standard_conforming_strings` must be on and `session_replication_role`
    origin, as they are by default); and on MySQL the character set utf8mb4, without a `sql_select_limit`, with
    `foreign_key_checks` and `unique_checks`. Sessions that differ are refused. No statements are kept prepared on it,
    which makes it slower than a store with connections of its own, and on MySQL values are written into the text of
    statements by SOCI.

    A session that was found dead is connected anew, and has then lost what the host had set, such as a `search_path`
    that leads to the store's tables. With HostOptions::set_up it is set up again, and the call is tried once more.
    Without it, the call for which the session was lost is `unavailable` and says so, the outcome of a commit may be
    unknown, and later calls use the session as it is then. A session whose server takes no writes any more is connected
    anew only with HostOptions::set_up; without, it is left to the host.

    @return what opening a store by its URL returns; invalid_argument when a session of the pool is not open, or is one
            of another kind of database.
*/
[[nodiscard]] Result<std::shared_ptr<Repository>> open_sqlite(soci::connection_pool& pool,
                                                              HostOptions const& options = {});
[[nodiscard]] Result<std::shared_ptr<Repository>> open_postgresql(soci::connection_pool& pool,
                                                                  HostOptions const& options = {});
[[nodiscard]] Result<std::shared_ptr<Repository>> open_mysql(soci::connection_pool& pool,
                                                             HostOptions const& options = {});

/** A store inside the transaction that the host has open on its session: what is committed to it happens when the host
    commits, and not when the host rolls back.

    It is used by one thread, and no longer than the transaction: a commit after that is invalid_argument, and writes
    nothing. On MySQL, DDL ends the transaction too. A commit that is refused is undone by a savepoint, so the host can
    go on. Nothing is tried again: a serialization failure, a deadlock or a lost connection is `unavailable`, and the
    transaction is the host's to roll back and to begin again. So it is where the transaction reads from a snapshot
    (REPEATABLE READ, the default of MySQL), and others have committed since that was taken. Until the transaction ends,
    other writers of the store wait. Other handles, and those who follow the changes, learn of it when the host commits;
    tell them then. `compact`, `vacuum`, `dump` and `restore` are refused.

    @return invalid_argument when no transaction is open, or the session is not, or is one of another kind of database;
            unavailable when the store is not at this library's migration, or the session's settings are not those that
            a store needs.
*/
[[nodiscard]] Result<std::shared_ptr<Repository>> join_sqlite(soci::session& session, HostOptions const& options = {});
[[nodiscard]] Result<std::shared_ptr<Repository>> join_postgresql(soci::session& session,
                                                                  HostOptions const& options = {});
[[nodiscard]] Result<std::shared_ptr<Repository>> join_mysql(soci::session& session, HostOptions const& options = {});

}  // namespace inlay

#endif
