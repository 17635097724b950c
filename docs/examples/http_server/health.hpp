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

    So asking about the health takes one connection of the store's at most, and nobody waits for longer than the time
    given, however long the store does.
*/
class Health {
 public:
  /** @throw inlay::Exception with what start_thread returns. */
  Health(inlay::Catalog catalog, std::chrono::milliseconds time);
  Health(Health const&) = delete;
  Health& operator=(Health const&) = delete;

  /** Waits for the question that is underway. */
  ~Health();

  /** @return what Repository::revision returns; unavailable when that has not come within the time. */
  [[nodiscard]] inlay::Result<void> ask() const;

 private:
  void answer();

  inlay::Catalog catalog_;
  std::chrono::milliseconds time_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable std::optional<std::chrono::steady_clock::time_point> asked_at_;  // the question that is underway
  std::uint64_t answers_ = 0;
  inlay::Result<void> last_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace http_server

#endif
