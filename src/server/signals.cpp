// SPDX-License-Identifier: BSL-1.0
#include "signals.hpp"

#include "threads.hpp"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <utility>

namespace http_server {
namespace {

sigset_t set_of(std::initializer_list<int> signals) noexcept {
  sigset_t set;
  sigemptyset(&set);
  for (int const signal : signals) sigaddset(&set, signal);
  return set;
}

sigset_t const all_signals = set_of({SIGTERM, SIGINT, SIGHUP});
sigset_t const end_signals = set_of({SIGTERM, SIGINT});

/** The next of these signals; 0 when none came in time. */
int wait_for(sigset_t const& signals, std::chrono::milliseconds time) noexcept {
  auto const deadline = std::chrono::steady_clock::now() + time;
  while (true) {
    auto const left =
        std::max(std::chrono::nanoseconds(0), std::chrono::nanoseconds(deadline - std::chrono::steady_clock::now()));
    timespec const wait{.tv_sec = static_cast<time_t>(left.count() / 1'000'000'000),
                        .tv_nsec = static_cast<long>(left.count() % 1'000'000'000)};
    int const signal = ::sigtimedwait(&signals, nullptr, &wait);
    if (signal > 0) return signal;
    if (errno != EINTR) return 0;
  }
}

/** Ends the process as this signal does where nobody handles it. */
[[noreturn]] void end_by(int signal) noexcept {
  std::signal(signal, SIG_DFL);
  sigset_t const set = set_of({signal});
  static_cast<void>(::pthread_sigmask(SIG_UNBLOCK, &set, nullptr));
  static_cast<void>(::raise(signal));
  ::_exit(128 + signal);  // the first process of a container is one that signals do not end
}

}  // namespace

void hold_hangups() noexcept {
  sigset_t const set = set_of({SIGHUP});
  static_cast<void>(::pthread_sigmask(SIG_BLOCK, &set, nullptr));
}

HeldSignals::HeldSignals() noexcept { static_cast<void>(::pthread_sigmask(SIG_BLOCK, &all_signals, &before_)); }

HeldSignals::~HeldSignals() { static_cast<void>(::pthread_sigmask(SIG_SETMASK, &before_, nullptr)); }

struct SignalThread::State {
  explicit State(SignalActions what) : actions(std::move(what)) {}

  void watch() {
    while (true) {
      int signal = 0;
      if (::sigwait(&all_signals, &signal) != 0) continue;
      {
        std::lock_guard const lock(mutex);
        if (is_over) return;
        has_stopped = signal != SIGHUP;
      }
      if (has_stopped) break;
      actions.reload();
    }
    actions.stop();
    if (int const again = wait_for(end_signals, actions.stop_time); again != 0) end_by(again);
    actions.leave();
    ::_exit(1);
  }

  SignalActions const actions;
  std::mutex mutex;
  bool has_stopped = false;
  bool is_over = false;
};

inlay::Result<std::unique_ptr<SignalThread>> SignalThread::start(SignalActions actions) {
  auto state = std::make_shared<State>(std::move(actions));
  auto thread = start_thread("for signals", [state] { state->watch(); });
  if (!thread) return thread.error();
  return std::unique_ptr<SignalThread>(new SignalThread(std::move(state), std::move(*thread)));
}

SignalThread::SignalThread(std::shared_ptr<State> state, std::thread thread)
    : state_(std::move(state)), thread_(std::move(thread)) {}

SignalThread::~SignalThread() {
  std::unique_lock lock(state_->mutex);
  if (state_->has_stopped) {
    thread_.detach();
    return;
  }
  state_->is_over = true;
  static_cast<void>(::pthread_kill(thread_.native_handle(), SIGHUP));  // it waits for a signal and nothing else
  lock.unlock();
  thread_.join();
}

}  // namespace http_server
