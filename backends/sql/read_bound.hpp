// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_READ_BOUND_HPP
#define INLAY_BACKENDS_SQL_READ_BOUND_HPP

#include <inlay/revision.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace inlay::sql {

/** What one handle of a store was told, and so which answers it may still give: what decides between a standby and the
    primary. It does no input or output, and is told the time.

    Thread-safe. Of reads at the same time each is held to what was told before it began.
*/
class ReadBound {
 public:
  using Clock = std::chrono::steady_clock;
  using TimePoint = Clock::time_point;

  /** A read that has begun. */
  struct Begun {
    Revision seen{};         ///< what the handle had been told
    Revision needed{};       ///< what an answer must have: that, or more where the caller knows more
    std::uint64_t doubts{};  ///< how often it had been left in doubt
  };

  [[nodiscard]] Begun begin(Revision at_least = {}) const {
    std::scoped_lock const lock(mutex_);
    return {.seen = seen_, .needed = std::max(seen_, at_least), .doubts = doubts_};
  }

  [[nodiscard]] Revision seen() const { return begin().seen; }

  /** Whether a standby is worth asking: not while the handle is in doubt, nor too soon after one has failed, or was
      known to be behind. Of all who ask once that time is over, one is told yes, until it is known what comes of it. */
  [[nodiscard]] bool may_ask_standby(Begun const& read, TimePoint now) {
    std::scoped_lock const lock(mutex_);
    if (doubts_ != settled_) return false;
    bool const is_known_behind = read.needed > standby_;
    if (failures_.is_over(now) && (!is_known_behind || lag_.is_over(now))) {
      failures_.prolong(now);
      if (is_known_behind) lag_.prolong(now);
      return true;
    }
    return false;
  }

  /** @return whether a standby's answer may be given; the primary is asked otherwise. */
  [[nodiscard]] bool take_from_standby(Begun const& read, Revision answered, TimePoint now) {
    std::scoped_lock const lock(mutex_);
    failures_ = Pause(shortest_after_failure, longest_after_failure);
    standby_ = answered;
    if (answered < read.needed) {
      lag_.lengthen(now);
      return false;
    }
    lag_ = Pause(shortest_behind, longest_behind);
    seen_ = std::max(seen_, answered);
    return true;
  }

  /** A standby cannot be reached, or has ended a read. */
  void standby_failed(TimePoint now) {
    std::scoped_lock const lock(mutex_);
    failures_.lengthen(now);
  }

  /** @return whether the primary's answer may be given. A standby can show a commit before the primary does, which
     waits for it; then the primary is to be asked again. */
  [[nodiscard]] bool take_from_primary(Begun const& read, Revision answered) {
    std::scoped_lock const lock(mutex_);
    if (answered < read.needed) return false;
    seen_ = std::max(seen_, answered);
    settled_ = std::max(settled_, read.doubts);
    return true;
  }

  /** Takes the primary at its word, though it has less than this handle was told: it has lost what it had, as another
      that was made the primary can have. */
  void believe_primary(Begun const& read, Revision answered) {
    std::scoped_lock const lock(mutex_);
    if (seen_ == read.seen) seen_ = std::min(seen_, answered);
    settled_ = std::max(settled_, read.doubts);
  }

  /** The caller was told of that revision otherwise. */
  void tell(Revision revision) {
    std::scoped_lock const lock(mutex_);
    seen_ = std::max(seen_, revision);
  }

  /** The caller was told something of the primary that has no revision, such as that a row is at another version: the
      next read is the primary's. */
  void doubt() {
    std::scoped_lock const lock(mutex_);
    ++doubts_;
  }

  /** The store is another one by now. */
  void forget() {
    std::scoped_lock const lock(mutex_);
    seen_ = {};
    ++doubts_;
  }

  static constexpr std::chrono::milliseconds shortest_after_failure{100};
  static constexpr std::chrono::milliseconds longest_after_failure{30'000};
  static constexpr std::chrono::milliseconds shortest_behind{5};
  static constexpr std::chrono::milliseconds longest_behind{1'000};

 private:
  /** For how long something is left alone: longer each time. */
  class Pause {
   public:
    Pause(std::chrono::milliseconds shortest, std::chrono::milliseconds longest) noexcept
        : shortest_(shortest), longest_(longest) {}

    [[nodiscard]] bool is_over(TimePoint now) const noexcept { return length_.count() == 0 || now >= until_; }
    void lengthen(TimePoint now) noexcept {
      length_ = length_.count() == 0 ? shortest_ : std::min(length_ * 2, longest_);
      until_ = now + length_;
    }
    /** For all but the one who now asks. */
    void prolong(TimePoint now) noexcept { until_ = now + length_; }

   private:
    std::chrono::milliseconds shortest_;
    std::chrono::milliseconds longest_;
    std::chrono::milliseconds length_{0};  // none
    TimePoint until_{};
  };

  mutable std::mutex mutex_;
  Revision seen_{};
  std::uint64_t doubts_ = 0;
  std::uint64_t settled_ = 0;  // so many of them, by an answer of the primary that was asked for afterwards
  Revision standby_{};         // what one was at that was asked last
  Pause failures_{shortest_after_failure, longest_after_failure};
  Pause lag_{shortest_behind, longest_behind};
};

}  // namespace inlay::sql

#endif
