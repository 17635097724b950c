// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_PAUSES_HPP
#define INLAY_BACKENDS_SQL_PAUSES_HPP

#include <algorithm>
#include <chrono>
#include <random>

namespace inlay::sql {

/** How long to wait before each of several tries: longer and longer, and never as long as somebody else who began at
    the same time. */
class Pauses {
 public:
  Pauses(std::chrono::microseconds first, std::chrono::microseconds longest) noexcept
      : first_(first), most_(longest), next_(first) {}

  [[nodiscard]] std::chrono::microseconds next() {
    thread_local std::minstd_rand random{std::random_device{}()};
    std::uniform_int_distribution<std::chrono::microseconds::rep> pick(next_.count() / 2, next_.count());
    next_ = std::min(next_ * 2, most_);
    return std::chrono::microseconds(pick(random));
  }

  void begin_anew() noexcept { next_ = first_; }

 private:
  std::chrono::microseconds first_;
  std::chrono::microseconds most_;
  std::chrono::microseconds next_;
};

}  // namespace inlay::sql

#endif
