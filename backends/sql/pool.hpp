// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_POOL_HPP
#define INLAY_BACKENDS_SQL_POOL_HPP

#include <backends/sql/connection.hpp>
#include <backends/sql/pauses.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace soci {
class connection_pool;
}  // namespace soci

namespace inlay::sql {

/** A number of connections, opened when they are first needed, each lent to one thread at a time. */
class Pool {
 public:
  Pool(Driver const& driver, std::size_t size, std::chrono::milliseconds timeout)
      : driver_(driver), size_(size), timeout_(timeout) {
    idle_.reserve(size);
  }

  /** Lends the one connection on which the host has a transaction open, and leaves that alone. */
  Pool(Driver const& driver, soci::session& joined) : Pool(driver, 1, std::chrono::milliseconds(0)) {
    idle_.push_back(std::make_unique<Connection>(driver, joined));
    is_joined_ = true;
  }

  /** Lends what a pool of the host lends. */
  Pool(Driver const& driver, soci::connection_pool& host, std::chrono::milliseconds timeout,
       std::function<void(soci::session&)> set_up)
      : Pool(driver, 0, timeout) {
    host_ = &host;
    set_up_ = std::move(set_up);
  }

  /** A connection that belongs to its holder until it is destroyed. */
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection, std::size_t place = 0) noexcept
        : pool_(&pool), connection_(std::move(connection)), place_(place) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->give_back(std::move(connection_), place_);
    }

    Connection* operator->() const noexcept { return connection_.get(); }
    Connection& operator*() const noexcept { return *connection_; }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
    std::size_t place_;  // in the host's pool
  };

  /** Waits for a connection. Where the server lets nobody more in, for one of those that are open to come back, while
      it is asked again now and then.

      @throws DatabaseFailure: busy when none came back in time, no_connection_left when the server let nobody in until
              then, moved, or what else connecting throws.
  */
  [[nodiscard]] Lease lease();

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] Lease lease_of_host();
  [[nodiscard]] std::unique_ptr<Connection> take_turn(Clock::time_point deadline);
  [[nodiscard]] std::unique_ptr<Connection> open();
  void put_off_next_try(Clock::time_point now);
  void make_usable(soci::session& session, std::size_t place);
  void reopen(soci::session& session, std::size_t place);
  void give_back(std::unique_ptr<Connection> connection, std::size_t place = 0) noexcept;
  void give_back_to_host(Connection& connection, std::size_t place) noexcept;

  Driver const& driver_;
  std::size_t size_;
  std::chrono::milliseconds timeout_;
  std::mutex mutex_;
  std::condition_variable returned_;
  soci::connection_pool* host_ = nullptr;
  std::function<void(soci::session&)> set_up_{};
  std::set<std::size_t> checked_{};  // places in the host's pool
  bool is_joined_ = false;
  std::size_t lent_ = 0;
  Clock::time_point last_loss_{};             // what was idle then may be dead as well
  Clock::time_point last_outdated_{};         // what was open then may lead to a server of the past
  std::optional<DatabaseFailure> refusal_{};  // the server has let nobody in when it was asked last
  Clock::time_point next_try_{};              // for one of all who wait
  Pauses pauses_{std::chrono::milliseconds(5), std::chrono::milliseconds(250)};
  std::vector<std::unique_ptr<Connection>> idle_;  // the one used last is lent first: its caches are warm
};

}  // namespace inlay::sql

#endif
