// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_PROCESS_HPP
#define INLAY_TESTS_SUPPORT_PROCESS_HPP

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <functional>
#include <stdexcept>

namespace support {

/** A process that runs a function, with a pipe from it to us. The function must start from files, not from what is
    open here: SQLite's connections do not survive a fork. */
class Process {
 public:
  using Report = std::function<void(std::int64_t)>;

  /** Calls `work(report)` in a new process; it exits with what `work` returns. */
  explicit Process(std::function<int(Report const&)> const& work) {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("no pipe");
    id_ = fork();
    if (id_ < 0) throw std::runtime_error("no process");
    if (id_ == 0) {
      close(ends[0]);
      int status = 99;
      try {
        status = work([&](std::int64_t number) {
          // Less than PIPE_BUF: all of it or nothing.
          if (write(ends[1], &number, sizeof number) != sizeof number) _exit(98);
        });
      } catch (std::exception const&) {
      }
      _exit(status);
    }
    close(ends[1]);
    reports_ = ends[0];
  }
  ~Process() {
    if (id_ > 0) kill();
    close(reports_);
  }
  Process(Process const&) = delete;
  Process& operator=(Process const&) = delete;

  /** The next number that it reported; false when it has ended. */
  [[nodiscard]] bool next(std::int64_t& number) { return read(reports_, &number, sizeof number) == sizeof number; }

  /** Ends it with SIGKILL, at whatever it is just doing. */
  void kill() {
    ::kill(id_, SIGKILL);
    wait();
  }

  /** Its exit status; -1 when a signal ended it. */
  int wait() {
    int status = 0;
    waitpid(id_, &status, 0);
    id_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t id_ = 0;
  int reports_ = -1;
};

}  // namespace support

#endif
