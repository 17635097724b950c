// SPDX-License-Identifier: BSL-1.0
#include "log.hpp"

#include "threads.hpp"

#include <inlay/timestamp.hpp>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <string>
#include <utility>

namespace http_server {
namespace {

constexpr auto end_time = std::chrono::seconds(1);
constexpr std::size_t most_of_method = 32;
constexpr std::size_t most_of_target = 1000;

std::size_t size_of(Part const& part) noexcept {
  std::size_t size = 0;
  for (char const c : part.text()) size += part.is_escaped(c) ? 4 : 1;
  return size;
}

void append(std::string& to, Part const& part) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (char const c : part.text()) {
    if (!part.is_escaped(c)) {
      to += c;
      continue;
    }
    auto const byte = static_cast<unsigned char>(c);
    to.append("\\x").append(1, digits[byte >> 4U]).append(1, digits[byte & 0xFU]);
  }
}

void append_beginning(std::string& to, std::string_view text, std::size_t most) {
  to.append(text.substr(0, most));
  if (text.size() > most) to += "...";
}

/** What stands before a line: as inlay::to_string has it and a blank, but without taking memory. */
class Stamp {
 public:
  Stamp() noexcept {
    auto const microseconds = inlay::now().microseconds;
    auto const seconds = static_cast<std::time_t>(microseconds / 1'000'000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    size_ = std::strftime(text_.data(), text_.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    int const milliseconds = static_cast<int>(microseconds / 1'000 % 1'000);
    size_ +=
        static_cast<std::size_t>(std::snprintf(text_.data() + size_, text_.size() - size_, ".%03dZ ", milliseconds));
  }
  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

 private:
  std::array<char, 64> text_{};
  std::size_t size_ = 0;
};

/** The line that stands for those that are missing. */
class Notice {
 public:
  explicit Notice(std::size_t count) noexcept {
    size_ = static_cast<std::size_t>(
        std::snprintf(text_.data(), text_.size(), "%.*slog: %zu lines are missing here: nobody took them in time\n",
                      static_cast<int>(stamp_.view().size()), stamp_.view().data(), count));
  }
  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

 private:
  Stamp stamp_;
  std::array<char, 160> text_{};
  std::size_t size_ = 0;
};

/** Writes all of a text, however long that takes. @return what could not be written; "" when all was. */
std::string_view write_all(int descriptor, std::string_view text) noexcept {
  while (!text.empty()) {
    ssize_t const count = ::write(descriptor, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      // Somebody who shares it has made it so.
      pollfd room{.fd = descriptor, .events = POLLOUT, .revents = 0};
      static_cast<void>(::poll(&room, 1, -1));
    } else if (errno != EINTR) {
      break;
    }
  }
  return text;
}

/** Writes lines to a descriptor, and counts those that it refuses until it takes some again. */
class Lines {
 public:
  explicit Lines(int descriptor) noexcept : descriptor_(descriptor) {}

  void write(std::string_view lines) noexcept {
    if (lines.empty()) return;
    if (refused_ > 0 && put(Notice(refused_).view()).empty()) refused_ = 0;
    std::string_view const left = put(lines);
    refused_ += static_cast<std::size_t>(std::count(left.begin(), left.end(), '\n'));
  }

 private:
  std::string_view put(std::string_view lines) noexcept {
    // What was begun and then refused, as when a disk was full, gets its end first.
    if (is_within_line_ && !write_all(descriptor_, "\n").empty()) return lines;
    is_within_line_ = false;
    std::string_view const left = write_all(descriptor_, lines);
    if (left.size() < lines.size()) is_within_line_ = lines[lines.size() - left.size() - 1] != '\n';
    return left;
  }

  int descriptor_;
  std::size_t refused_ = 0;
  bool is_within_line_ = false;
};

}  // namespace

std::string request_text(std::string_view method, std::string_view target) {
  std::string text;
  text.reserve(most_of_method + most_of_target + 7);
  append_beginning(text, method, most_of_method);
  text += ' ';
  append_beginning(text, target, most_of_target);
  return text;
}

struct Log::State {
  State(int to, std::size_t max) : descriptor(to), max_bytes(max) {
    waiting.reserve(max_bytes);
    writing.reserve(max_bytes);
  }

  void write() noexcept;

  int const descriptor;
  std::size_t const max_bytes;

  std::mutex mutex;
  std::condition_variable changed;
  std::string waiting;
  std::size_t dropped = 0;  // after those that wait
  bool is_writing = false;
  bool is_over = false;
  bool has_ended = false;

  std::string writing;  // the thread's alone
};

void Log::State::write() noexcept {
  Lines lines(descriptor);
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait(lock, [this] { return !waiting.empty() || dropped > 0 || is_over; });
    if (waiting.empty() && dropped == 0) break;
    writing.swap(waiting);
    std::size_t const missing = std::exchange(dropped, 0);
    is_writing = true;
    lock.unlock();
    lines.write(writing);
    if (missing > 0) lines.write(Notice(missing).view());
    writing.clear();
    lock.lock();
    is_writing = false;
    changed.notify_all();
  }
  has_ended = true;
  changed.notify_all();
}

inlay::Result<std::shared_ptr<Log>> Log::to(int descriptor, std::size_t max_bytes) {
  auto state = std::make_shared<State>(descriptor, max_bytes);
  auto thread = start_thread("for the log", [state] { state->write(); });
  if (!thread) return thread.error();
  return std::shared_ptr<Log>(new Log(std::move(state), std::move(*thread)));
}

Log::Log(std::shared_ptr<State> state, std::thread thread) : state_(std::move(state)), thread_(std::move(thread)) {}

Log::~Log() {
  bool has_ended = false;
  {
    std::unique_lock lock(state_->mutex);
    state_->is_over = true;
    state_->changed.notify_all();
    has_ended = state_->changed.wait_for(lock, end_time, [this] { return state_->has_ended; });
  }
  if (has_ended) {
    thread_.join();
  } else {
    thread_.detach();  // nothing ends a write that waits; it has what it needs
  }
}

void Log::line(std::initializer_list<Part> parts) noexcept {
  Stamp const stamp;
  std::size_t size = stamp.view().size() + 1;
  for (Part const& part : parts) size += size_of(part);
  std::lock_guard const lock(state_->mutex);
  std::string& waiting = state_->waiting;
  // Once one was dropped, all are until there is room for all: the line that counts them stands in their place.
  if (state_->dropped > 0 || size > state_->max_bytes - waiting.size()) {
    ++state_->dropped;
    state_->changed.notify_all();
    return;
  }
  waiting.append(stamp.view());
  for (Part const& part : parts) append(waiting, part);
  waiting.append(1, '\n');
  state_->changed.notify_all();
}

bool Log::flush(std::chrono::milliseconds time) noexcept {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, time, [this] { return state_->waiting.empty() && !state_->is_writing; });
}

}  // namespace http_server
