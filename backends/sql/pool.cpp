// SPDX-License-Identifier: BSL-1.0
#include <backends/sql/pool.hpp>

#include <soci/soci.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace inlay::sql {

// Longer than this, and a firewall or the server may have dropped it without a word.
constexpr std::chrono::seconds fresh_for(30);

Pool::Lease Pool::lease_of_host() {
  std::size_t place = 0;
  if (!host_->try_lease(place, static_cast<int>(timeout_.count()))) {
    throw DatabaseFailure(FailureKind::busy, "no connection of the host's pool became free within " +
                                                 std::to_string(timeout_.count()) + " ms");
  }
  std::unique_ptr<Connection> connection;
  try {
    make_usable(host_->at(place), place);
    connection = std::make_unique<Connection>(driver_, host_->at(place));
  } catch (...) {
    host_->give_back(place);
    throw;
  }
  Lease lease(*this, std::move(connection), place);
  lease->roll_back();
  if (lease->is_broken()) throw DatabaseFailure(FailureKind::lost, "a connection of the host's pool is dead");
  bool is_checked = false;
  {
    std::scoped_lock const lock(mutex_);
    is_checked = checked_.contains(place);
  }
  if (!is_checked) {
    driver_.check_host(*lease);
    std::scoped_lock const lock(mutex_);
    checked_.insert(place);
  }
  lease->check_place();
  return lease;
}

// SOCI leaves a session without a backend when it could not be connected again.
void Pool::make_usable(soci::session& session, std::size_t place) {
  bool has_worked = false;
  {
    std::scoped_lock const lock(mutex_);
    has_worked = !checked_.empty();
  }
  try {
    if (!session.get_backend()) {
      reopen(session, place);
      if (!set_up_) throw DatabaseFailure(FailureKind::lost, "a connection of the host's pool was gone");
    }
  } catch (soci::soci_error const& error) {
    // One that was never open; SOCI has no other way to tell.
    if (std::string_view(error.what()).find("without previous") != std::string_view::npos && !has_worked) {
      require_open(driver_.dialect(), session);
    }
    throw driver_.classify(nullptr, error);
  }
  try {
    require_open(driver_.dialect(), session);
  } catch (Exception const& exception) {
    if (!has_worked) throw;
    throw DatabaseFailure(FailureKind::unreachable, exception.error().message);  // whoever calls now is not to blame
  }
}

void Pool::reopen(soci::session& session, std::size_t place) {
  {
    std::scoped_lock const lock(mutex_);
    checked_.erase(place);
  }
  session.reconnect();
  if (!set_up_) return;
  try {
    set_up_(session);
  } catch (std::exception const& error) {
    session.close();  // not to be used half set up
    throw DatabaseFailure(FailureKind::unreachable,
                          std::string("the host could not set its session up again: ") + error.what());
  } catch (...) {
    session.close();
    throw DatabaseFailure(FailureKind::unreachable, "the host could not set its session up again");
  }
}

void Pool::give_back_to_host(Connection& connection, std::size_t place) noexcept {
  connection.roll_back();
  try {
    // Connected anew it may lead to a server that takes writes; but not without settings that cannot be made again.
    bool const is_misled = connection.is_outdated() && set_up_;
    if (connection.is_broken() || is_misled) reopen(connection.session(), place);
  } catch (...) {  // whoever leases it next will be told
  }
  host_->give_back(place);
}

void Pool::put_off_next_try(Clock::time_point now) {
  if (now >= next_try_) next_try_ = now + pauses_.next();
}

// Nothing: the one who asks is to open one.
std::unique_ptr<Connection> Pool::take_turn(Clock::time_point deadline) {
  std::vector<std::unique_ptr<Connection>> outdated;  // closed where nobody waits for the lock
  std::unique_lock lock(mutex_);
  while (true) {
    auto const now = Clock::now();
    if (lent_ < size_ && (!idle_.empty() || !refusal_ || now >= next_try_)) break;
    if (now >= deadline) {
      if (lent_ < size_) throw *refusal_;
      throw DatabaseFailure(FailureKind::busy, "no connection became free within " + std::to_string(timeout_.count()) +
                                                   " ms; all " + std::to_string(size_) + " are in use");
    }
    returned_.wait_until(lock, lent_ < size_ ? std::min(deadline, next_try_) : deadline);
  }
  ++lent_;
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (is_joined_ || (connection->opened > last_outdated_ && !driver_.is_to_be_given_up(connection->session()))) {
      bool const may_be_dead = connection->last_used <= last_loss_ || Clock::now() - connection->last_used > fresh_for;
      lock.unlock();
      if (is_joined_ || !may_be_dead || connection->is_alive()) return connection;
      return nullptr;
    }
    outdated.push_back(std::move(connection));
  }
  if (refusal_) put_off_next_try(Clock::now());
  return nullptr;
}

// Nothing when the server lets nobody in: then one of those that are open may come back first.
std::unique_ptr<Connection> Pool::open() {
  try {
    auto connection = std::make_unique<Connection>(driver_);
    std::scoped_lock const lock(mutex_);
    refusal_.reset();
    pauses_.begin_anew();
    return connection;
  } catch (DatabaseFailure const& failure) {
    if (failure.kind() != FailureKind::no_connection_left) {
      give_back(nullptr);
      throw;
    }
    std::scoped_lock const lock(mutex_);
    --lent_;
    refusal_ = failure;
    put_off_next_try(Clock::now());
  } catch (...) {
    give_back(nullptr);
    throw;
  }
  returned_.notify_all();  // who waits for the end of somebody's lease is to ask as well
  return nullptr;
}

Pool::Lease Pool::lease() {
  if (host_) return lease_of_host();
  auto const deadline = Clock::now() + timeout_;
  while (true) {
    auto connection = take_turn(deadline);
    if (!connection) connection = open();
    if (!connection) continue;
    Lease lease(*this, std::move(connection));
    lease->check_place();
    return lease;
  }
}

void Pool::give_back(std::unique_ptr<Connection> connection, std::size_t place) noexcept {
  if (host_) {
    give_back_to_host(*connection, place);
    return;
  }
  bool is_lost = false;
  bool is_outdated = false;
  if (connection && !is_joined_) {
    connection->roll_back();
    is_lost = connection->is_broken();
    is_outdated = connection->is_outdated();
    if (is_lost || is_outdated) connection.reset();
  }
  auto const now = Clock::now();
  if (connection) connection->last_used = now;
  {
    std::scoped_lock const lock(mutex_);
    --lent_;
    if (is_lost) last_loss_ = now;
    if (is_outdated) last_outdated_ = now;
    if (connection) idle_.push_back(std::move(connection));  // never more than size_, for which there is room
  }
  returned_.notify_one();
}

}  // namespace inlay::sql
