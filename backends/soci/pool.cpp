// SPDX-License-Identifier: BSL-1.0
#include <backends/soci/pool.hpp>

#include <soci/soci.h>

#include <limits>
#include <string>

using std::chrono::steady_clock;

namespace inlay::sql {

// Longer than this, and a firewall or the server may have dropped it without a word.
constexpr std::chrono::seconds fresh_for(30);

Pool::Lease Pool::lease_of_host() {
  std::size_t place = 0;
  if (!host_->try_lease(place, static_cast<int>(timeout_.count()))) {
    throw DatabaseFailure(FailureKind::busy, "no connection of the host's pool became free within " +
                                                 std::to_string(timeout_.count()) + " ms");
  }
  Lease lease(*this, std::make_unique<Connection>(dialect_, host_->at(place)), place);
  lease->roll_back();
  if (lease->is_broken()) throw DatabaseFailure(FailureKind::lost, "a connection of the host's pool is dead");
  return lease;
}

void Pool::give_back_to_host(Connection& connection, std::size_t place) noexcept {
  connection.roll_back();
  try {
    if (connection.is_broken()) connection.session().reconnect();
  } catch (...) {  // whoever leases it next will be told
  }
  host_->give_back(place);
}

Pool::Lease Pool::lease() {
  if (host_) return lease_of_host();
  std::unique_ptr<Connection> connection;
  steady_clock::time_point last_loss;
  {
    std::unique_lock lock(mutex_);
    if (lent_ >= size_ && !returned_.wait_for(lock, timeout_, [&] { return lent_ < size_; })) {
      throw DatabaseFailure(FailureKind::busy, "no connection became free within " + std::to_string(timeout_.count()) +
                                                   " ms; all " + std::to_string(size_) + " are in use");
    }
    ++lent_;
    last_loss = last_loss_;
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (connection && !is_joined_ &&
      (connection->last_used <= last_loss || steady_clock::now() - connection->last_used > fresh_for) &&
      !connection->is_alive()) {
    connection.reset();
  }
  if (!connection) {
    try {
      connection = std::make_unique<Connection>(dialect_);
    } catch (...) {
      give_back(nullptr);
      throw;
    }
  }
  return Lease(*this, std::move(connection));
}

void Pool::give_back(std::unique_ptr<Connection> connection, std::size_t place) noexcept {
  if (host_) {
    give_back_to_host(*connection, place);
    return;
  }
  bool is_lost = false;
  if (connection && !is_joined_) {
    connection->roll_back();
    is_lost = connection->is_broken();
    if (is_lost) connection.reset();
  }
  auto const now = steady_clock::now();
  if (connection) connection->last_used = now;
  {
    std::scoped_lock const lock(mutex_);
    --lent_;
    if (is_lost) last_loss_ = now;
    if (connection) idle_.push_back(std::move(connection));  // never more than size_, for which there is room
  }
  returned_.notify_one();
}

}  // namespace inlay::sql
