// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_TRIES_HPP
#define INLAY_BACKENDS_SQL_TRIES_HPP

#include <backends/sql/failure.hpp>
#include <backends/sql/pauses.hpp>
#include <backends/sql/repository.hpp>
#include <inlay/error.hpp>

#include <chrono>
#include <thread>
#include <utility>

namespace inlay::sql {

/** Waits longer and longer between tries, as long as there is patience. */
class Backoff {
 public:
  explicit Backoff(std::chrono::milliseconds patience) : deadline_(std::chrono::steady_clock::now() + patience) {}

  [[nodiscard]] std::chrono::steady_clock::time_point deadline() const noexcept { return deadline_; }

  /** False when there is no more time. */
  [[nodiscard]] bool wait() {
    if (std::chrono::steady_clock::now() >= deadline_) return false;
    std::this_thread::sleep_for(pauses_.next());
    return true;
  }

 private:
  std::chrono::steady_clock::time_point deadline_;
  Pauses pauses_{std::chrono::milliseconds(1), std::chrono::milliseconds(100)};
};

/** Tries what may have to be tried again, and turns what it throws into errors; as a store's options have it. */
class Tries {
 public:
  explicit Tries(StoreOptions const& options) : options_(options) {}

  [[nodiscard]] Backoff backoff() const { return Backoff(options_.patience); }

  /** Runs an attempt again while others are in its way. */
  template <class T, class Attempt>
  Result<T> run(Attempt&& attempt) const {
    Backoff until = backoff();
    bool was_lost = false;
    while (true) {
      try {
        return attempt();
      } catch (Exception const& exception) {
        return exception.error();
      } catch (DatabaseFailure const& failure) {
        if (options_.joined || loses_settings(failure)) return told(failure);
        // Once more, on a fresh connection.
        if (failure.is_of_connection() && !std::exchange(was_lost, true)) continue;
        if (failure.kind() != FailureKind::busy || !until.wait()) return failure.to_error();
      }
    }
  }

  /** Runs an attempt once, since what it was to be part of would be over by the next. */
  template <class T, class Attempt>
  Result<T> run_without_retry(Attempt&& attempt) const {
    try {
      return attempt();
    } catch (Exception const& exception) {
      return exception.error();
    } catch (DatabaseFailure const& failure) {
      return told(failure);
    }
  }

  /** Whether a session of the host was lost with settings that cannot be made again. Without them it may lead to
      another store. */
  [[nodiscard]] bool loses_settings(DatabaseFailure const& failure) const {
    return failure.kind() == FailureKind::lost && options_.host_pool && !options_.set_up;
  }

  [[nodiscard]] Error told(DatabaseFailure const& failure) const {
    Error error = failure.to_error();
    if (loses_settings(failure)) {
      error.message +=
          "; the host's session is connected again as soon as can be, without the settings that the host had made: make"
          " them anew, or see HostOptions::set_up";
    }
    return error;
  }

 private:
  StoreOptions const& options_;
};

}  // namespace inlay::sql

#endif
