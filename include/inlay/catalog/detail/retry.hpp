// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_RETRY_HPP
#define INLAY_CATALOG_DETAIL_RETRY_HPP

// How a write is tried again when somebody else was faster.

#include <inlay/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>
#include <thread>
#include <type_traits>
#include <utility>

namespace inlay::detail {

/** What one try comes to: it is settled, with an answer or an error, or it lost a race, and the next may do better. */
template <class Answer>
class Tried {
 public:
  /** What settles it: an answer, or an error. */
  template <class Settled>
  requires std::is_convertible_v<Settled, Result<Answer>> Tried(Settled&& settled)
      : result_(std::forward<Settled>(settled)) {}

  /** @param error what it is for the caller if it was the last try. */
  [[nodiscard]] static Tried lost(Error error) {
    Tried tried(std::move(error));
    tried.is_lost_ = true;
    return tried;
  }

  [[nodiscard]] bool is_lost() const noexcept { return is_lost_; }
  [[nodiscard]] Result<Answer> result() && { return std::move(result_); }

 private:
  Result<Answer> result_;
  bool is_lost_ = false;
};

/** Waits a little before trying again, longer each time and never quite alike for two callers. */
inline void back_off(int lost) {
  thread_local std::minstd_rand random{std::random_device{}()};
  auto const longest = std::chrono::microseconds(200) * (1 << std::min(lost, 6));
  std::this_thread::sleep_for(
      std::chrono::microseconds(std::uniform_int_distribution<std::int64_t>(0, longest.count())(random)));
}

/** How often a write may find what it has read changed before it is done, and tries again. */
inline constexpr int max_lost_races = 100;

/** Tries until it is settled: `attempt(lost)`, by how many tries have lost their races, returns a Tried. */
template <class Answer, class Attempt>
[[nodiscard]] Result<Answer> until_settled(Attempt&& attempt) {
  for (int lost = 0;; ++lost) {
    Tried<Answer> tried = attempt(lost);
    if (!tried.is_lost() || lost == max_lost_races) return std::move(tried).result();
    back_off(lost);
  }
}

}  // namespace inlay::detail

#endif
