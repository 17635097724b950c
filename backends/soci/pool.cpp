// SPDX-License-Identifier: BSL-1.0
#include <backends/soci/pool.hpp>

#include <string>

using std::chrono::steady_clock;

namespace inlay::sql {

// Longer than this, and a firewall or the server may have dropped it without a word.
constexpr std::chrono::seconds fresh_for(30);

Pool::Lease Pool::lease() {
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
  if (connection && (connection->last_used <= last_loss || steady_clock::now() - connection->last_used > fresh_for) &&
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

void Pool::give_back(std::unique_ptr<Connection> connection) noexcept {
  bool is_lost = false;
  if (connection) {
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
