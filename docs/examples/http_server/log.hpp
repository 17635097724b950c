// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_LOG_HPP
#define HTTP_SERVER_LOG_HPP

#include <inlay/error.hpp>

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <thread>

namespace http_server {

/** Lines for a descriptor that may take them slowly or not at all: a pipe that nobody reads, a terminal that was
    halted, a disk that hangs.

    Whoever has a line to say never waits for the descriptor: a thread of the log's own writes. Lines that find no room
    are dropped, and so are those that the descriptor refuses. How many is a line of its own, in their place, once the
    log flows again.
*/
class Log {
 public:
  /** A log on a descriptor that stays the caller's, with room for so many bytes of lines that wait.

      @return what start_thread returns.
  */
  [[nodiscard]] static inlay::Result<std::shared_ptr<Log>> to(int descriptor,
                                                              std::size_t max_bytes = std::size_t{1} << 20U);

  Log(Log const&) = delete;
  Log& operator=(Log const&) = delete;

  /** Waits for what is still to be written, for a second at most. */
  ~Log();

  /** Says one line: the time, and the parts as they stand. A control character becomes a `?`, so that no text begins a
      line of its own. Thread-safe; takes no memory.
  */
  void line(std::initializer_list<std::string_view> parts) noexcept;

  /** Waits until all is written that was said so far. @return false when it took longer than that. */
  bool flush(std::chrono::milliseconds time) noexcept;

 private:
  struct State;
  Log(std::shared_ptr<State> state, std::thread thread);

  std::shared_ptr<State> state_;  // the thread's too: it may be stuck in a write when the log ends
  std::thread thread_;
};

}  // namespace http_server

#endif
