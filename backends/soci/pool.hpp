// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SOCI_POOL_HPP
#define INLAY_BACKENDS_SOCI_POOL_HPP

#include <backends/soci/connection.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace inlay::sql {

/** A number of connections, opened when they are first needed, each lent to one thread at a time. */
class Pool {
 public:
  Pool(Dialect const& dialect, std::size_t size, std::chrono::milliseconds timeout)
      : dialect_(dialect), size_(size), timeout_(timeout) {
    idle_.reserve(size);
  }

  /** A connection that belongs to its holder until it is destroyed. */
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection) noexcept
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->give_back(std::move(connection_));
    }

    Connection* operator->() const noexcept { return connection_.get(); }
    Connection& operator*() const noexcept { return *connection_; }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  /** Waits for a connection.

      @throws DatabaseFailure: busy when none came back in time, or what connecting throws.
  */
  [[nodiscard]] Lease lease();

 private:
  void give_back(std::unique_ptr<Connection> connection) noexcept;

  Dialect const& dialect_;
  std::size_t size_;
  std::chrono::milliseconds timeout_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::size_t lent_ = 0;
  std::chrono::steady_clock::time_point last_loss_{};  // what was idle then may be dead as well
  std::vector<std::unique_ptr<Connection>> idle_;      // the one used last is lent first: its caches are warm
};

}  // namespace inlay::sql

#endif
