// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_REPOSITORY_HPP
#define INLAY_BACKENDS_SQL_REPOSITORY_HPP

#include <backends/sql/driver.hpp>
#include <inlay/backends/sql/host.hpp>
#include <inlay/storage/repository.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace inlay::sql {

struct StoreOptions {
  std::string table_prefix = "inlay_";
  bool may_migrate = true;
  std::string_view not_migrated_for = "migrate=off";  ///< the parameter for which it may not, for people
  std::size_t readers = 4;                            ///< connections that read
  std::size_t writers = 1;                            ///< connections that write; 0: the same ones
  std::chrono::milliseconds patience{};  ///< how long to wait for a connection, or until others are less busy
  /** Opens connections to servers that follow the one that takes the writes, for reads that may be theirs; null: all
      reads are that one's. */
  std::shared_ptr<Driver const> standbys{};
  soci::session* joined = nullptr;               ///< the host's, with a transaction that the store is to be part of
  soci::connection_pool* host_pool = nullptr;    ///< the host's, to take connections from
  std::function<void(soci::session&)> set_up{};  ///< for what was lost of those
};

/** The options of a store on a host's pool. */
[[nodiscard]] inline StoreOptions options_of(HostOptions const& host) {
  StoreOptions options;
  options.table_prefix = host.table_prefix;
  options.may_migrate = host.may_migrate;
  options.patience = host.lease_timeout;
  options.writers = 0;
  return options;
}

[[nodiscard]] inline StoreOptions options_of(soci::connection_pool& pool, HostOptions const& host) {
  StoreOptions options = options_of(host);
  options.host_pool = &pool;
  options.set_up = host.set_up;
  return options;
}

[[nodiscard]] inline StoreOptions options_of(soci::session& session, HostOptions const& host) {
  StoreOptions options = options_of(host);
  options.joined = &session;
  return options;
}

/** Opens a store: connects, migrates, and checks that it may be used.

    @return invalid_argument for a prefix of tables that would not do; unavailable, corrupt; see migrate().
*/
[[nodiscard]] Result<std::shared_ptr<Repository>> open_store(std::unique_ptr<Driver const> driver,
                                                             StoreOptions options);

}  // namespace inlay::sql

#endif
