// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_SIGNALS_HPP
#define HTTP_SERVER_SIGNALS_HPP

#include <inlay/error.hpp>

#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <thread>

namespace http_server {

/** Keeps SIGHUP from ending the process from here on, until a SignalThread takes it. For a program that opens its store
    before it serves.
*/
void hold_hangups() noexcept;

/** Keeps the signals of a SignalThread from this thread and from those that it starts, until the end of the scope: each
    of them waits for the SignalThread.
*/
class HeldSignals {
 public:
  HeldSignals() noexcept;
  ~HeldSignals();
  HeldSignals(HeldSignals const&) = delete;
  HeldSignals& operator=(HeldSignals const&) = delete;

 private:
  sigset_t before_{};
};

/** What signals do. Each is called on the SignalThread, and must not wait for anything. */
struct SignalActions {
  std::function<void()> stop;    ///< SIGTERM or SIGINT, the first of them
  std::function<void()> reload;  ///< SIGHUP
  std::function<void()> leave;   ///< the process ends now, since it has not within stop_time
  std::chrono::milliseconds stop_time{};
};

/** SIGTERM, SIGINT and SIGHUP on a thread of their own, so that they work whatever the other threads wait for.

    After the first SIGTERM or SIGINT the process has stop_time to end. When it has not by then, this ends it with
    status 1, whatever its threads do; a second SIGTERM or SIGINT ends it at once.
*/
class SignalThread {
 public:
  /** For signals that HeldSignals holds. @return what start_thread returns. */
  [[nodiscard]] static inlay::Result<std::unique_ptr<SignalThread>> start(SignalActions actions);

  SignalThread(SignalThread const&) = delete;
  SignalThread& operator=(SignalThread const&) = delete;

  /** Once the process was told to stop the thread stays, to see to it that it does: what comes after serving, such as
      closing a store, can wait for somebody too.
  */
  ~SignalThread();

 private:
  struct State;
  SignalThread(std::shared_ptr<State> state, std::thread thread);

  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace http_server

#endif
