// SPDX-License-Identifier: BSL-1.0
#include <backends/soci/pool.hpp>

#include <string>

namespace inlay::sql {

Pool::Lease Pool::lease() {
  std::unique_ptr<Connection> connection;
  {
    std::unique_lock lock(mutex_);
    if (lent_ >= size_ && !returned_.wait_for(lock, timeout_, [&] { return lent_ < size_; })) {
      throw DatabaseFailure(FailureKind::busy, "no connection became free within " + std::to_string(timeout_.count()) +
                                                   " ms; all " + std::to_string(size_) + " are in use");
    }
    ++lent_;
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
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
  if (connection && connection->is_broken()) connection.reset();
  {
    std::scoped_lock const lock(mutex_);
    --lent_;
    if (connection) idle_.push_back(std::move(connection));  // never more than size_, for which there is room
  }
  returned_.notify_one();
}

}  // namespace inlay::sql
