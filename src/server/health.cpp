// SPDX-License-Identifier: BSL-1.0
#include "health.hpp"

#include "threads.hpp"

#include <exception>
#include <string>
#include <utility>

namespace http_server {

using inlay::Error;
using inlay::ErrorKind;

Health::Health(inlay::Catalog catalog, Times times) : catalog_(std::move(catalog)), times_(times) {
  auto thread = start_thread("to ask the store how it is", [this] { answer(); });
  if (!thread) throw inlay::Exception(thread.error());
  thread_ = std::move(*thread);
}

Health::~Health() {
  {
    std::lock_guard const lock(mutex_);
    is_over_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

inlay::Result<void> Health::ask() const {
  std::unique_lock lock(mutex_);
  auto const now = std::chrono::steady_clock::now();
  if (!asked_at_) {
    if (answered_at_ && now - *answered_at_ < times_.rest) return last_;
    asked_at_ = now;
    changed_.notify_all();
  }
  // From when the question was asked: once a store is known to be silent, nobody waits to hear of it again.
  bool const is_answered =
      changed_.wait_until(lock, *asked_at_ + times_.patience, [this, before = answers_] { return answers_ != before; });
  if (is_answered) return last_;
  return Error{.kind = ErrorKind::unavailable,
               .message = "the store has not said how it is within " + std::to_string(times_.patience.count()) + " ms"};
}

inlay::Result<void> Health::ask_in_passing() const {
  {
    std::lock_guard const lock(mutex_);
    if (is_waited_for_) {
      if (answered_at_) return last_;
      return Error{.kind = ErrorKind::unavailable, .message = "the store has not said yet how it is"};
    }
    is_waited_for_ = true;
  }
  auto result = ask();
  std::lock_guard const lock(mutex_);
  is_waited_for_ = false;
  return result;
}

void Health::answer() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return asked_at_ || is_over_; });
    if (is_over_) return;
    lock.unlock();
    inlay::Result<void> found;
    try {
      if (auto const revision = catalog_.repository().revision(); !revision) found = revision.error();
    } catch (std::exception const&) {
      found = Error{.kind = ErrorKind::unavailable, .message = "out of memory"};
    }
    lock.lock();
    last_ = std::move(found);
    ++answers_;
    answered_at_ = std::chrono::steady_clock::now();
    asked_at_.reset();
    changed_.notify_all();
  }
}

}  // namespace http_server
