// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_LOG_HPP
#define HTTP_SERVER_LOG_HPP

#include <inlay/error.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace http_server {

/** A part of a line. Every byte of it that is not printable ASCII is escaped, as `\xHH`, so that no text begins a line
    of its own, and no terminal obeys one.
*/
class Part {
 public:
  /** Words of the program's own, which may have quotes. */
  template <class Text>
  requires std::convertible_to<Text const&, std::string_view> Part(Text const& text)
  noexcept : text_(text) {}  // NOLINT(google-explicit-constructor): a line is a list of texts

  /** What somebody else has written. Quotes and backslashes in it are escaped too, so that it ends where the quotes
      around it say. */
  [[nodiscard]] static Part of_others(std::string_view text) noexcept {
    Part part(text);
    part.is_ours_ = false;
    return part;
  }

  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] bool is_escaped(char c) const noexcept {
    return c < ' ' || c > '~' || (!is_ours_ && (c == '"' || c == '\\'));
  }

 private:
  std::string_view text_;
  bool is_ours_ = true;
};

/** "GET /team", for the log: of a long method or target its beginning, and "...". */
[[nodiscard]] std::string request_text(std::string_view method, std::string_view target);

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

  /** Says one line: the time, and the parts. Thread-safe; takes no memory. */
  void line(std::initializer_list<Part> parts) noexcept;

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
