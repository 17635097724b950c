// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_HEALTH_HPP
#define HTTP_SERVER_HEALTH_HPP

#include <inlay/catalog.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

namespace http_server {

/** Whether the store answers: asked by one thread for everybody who wants to know, one question at a time.

    So asking about the health takes one connection of the store's at most, now and then, and nobody waits for longer
    than the time given, however long the store does.
*/
class Health {
 public:
  struct Times {
    std::chrono::milliseconds patience = std::chrono::seconds(2);  ///< nobody waits for longer for the store
    std::chrono::milliseconds rest = std::chrono::seconds(1);      ///< an answer is good for so long
  };

  /** @throw inlay::Exception with what start_thread returns. */
  Health(inlay::Catalog catalog, Times times);
  Health(Health const&) = delete;
  Health& operator=(Health const&) = delete;

  /** Waits for the question that is underway. */
  ~Health();

  /** @return what Repository::revision returns, or has returned just now; unavailable when that does not come in time.
   */
  [[nodiscard]] inlay::Result<void> ask() const;

  /** The same in a thread that others need, too: one at a time waits, and while it does the others are told what the
      store has said last. */
  [[nodiscard]] inlay::Result<void> ask_in_passing() const;

 private:
  void answer();

  inlay::Catalog catalog_;
  Times times_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable std::optional<std::chrono::steady_clock::time_point> asked_at_;  // the question that is underway
  std::optional<std::chrono::steady_clock::time_point> answered_at_;       // the last one
  mutable bool is_waited_for_ = false;                                     // by one who asks in passing
  std::uint64_t answers_ = 0;
  inlay::Result<void> last_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace http_server

#endif
