// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SOCI_REPOSITORY_HPP
#define INLAY_BACKENDS_SOCI_REPOSITORY_HPP

#include <backends/soci/dialect.hpp>
#include <inlay/storage/repository.hpp>
#include <inlay/timestamp.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace inlay::sql {

struct StoreOptions {
  std::string table_prefix = "inlay_";
  bool may_migrate = true;
  std::size_t readers = 4;               ///< connections that read
  std::size_t writers = 1;               ///< connections that write; 0: the same ones
  std::chrono::milliseconds patience{};  ///< how long to wait for a connection, or until others are less busy
  Clock clock = now;
};

/** Opens a store: connects, migrates, and checks that it may be used.

    @return unavailable, corrupt; see migrate().
*/
[[nodiscard]] Result<std::shared_ptr<Repository>> open_store(std::unique_ptr<Dialect const> dialect,
                                                             StoreOptions options);

}  // namespace inlay::sql

#endif
