// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_INTEGRATION_SERVED_HPP
#define INLAY_TESTS_INTEGRATION_SERVED_HPP

// `inlay serve` in a process of its own, what it is told and what it says.

#include <inlay/backends/memory.hpp>
#include <inlay/catalog.hpp>
#include <inlay/storage/repository.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <process.hpp>
#include <service.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace inlay::test {

inline constexpr auto patience =
    std::chrono::seconds(20);  // for what happens at once, on a machine that has much else to do

/** A store of which every call says so on standard output, and does not come back. */
struct Stuck final : RepositoryFrom<Stuck> {
  [[noreturn]] static void stay() {
    static_cast<void>(::write(STDOUT_FILENO, "in the store\n", 13));
    while (true) std::this_thread::sleep_for(std::chrono::hours(1));
  }
  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> const&) const {
    stay();
  }
  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> const&) const {
    stay();
  }
  Result<Committed> commit(Commit const&) override { stay(); }
  Result<ChangePage> changes(ChangesRequest const&) const override { stay(); }
  Result<void> compact(CompactRequest const&) override { stay(); }
  Result<Revision> revision() const override { stay(); }
  Capabilities const& capabilities() const noexcept override { return own; }

  Capabilities own{.backend = "stuck"};
};

inline Catalog stuck() { return Catalog(std::make_shared<Stuck>()); }
inline Catalog in_memory() { return Catalog::open("memory:", Backends().add(memory_backend())).value(); }

/** How a process has ended. */
struct End {
  int status = -1;  ///< as it said; -1 when it did not
  int signal = 0;   ///< that ended it; 0: none
};

/** Reads a line, without its end; what there is, when no more comes. */
inline std::string line_of(int descriptor) {
  std::string line;
  auto const deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline) {
    pollfd watched{.fd = descriptor, .events = POLLIN, .revents = 0};
    if (::poll(&watched, 1, 100) <= 0) continue;
    char c = 0;
    if (::read(descriptor, &c, 1) != 1 || c == '\n') break;
    line += c;
  }
  return line;
}

/** A process that begins with nothing to say of what this one has said so far. */
inline pid_t fork_silently() {
  std::cout.flush();
  std::fflush(nullptr);
  return ::fork();
}

/** `inlay serve` in a process of its own. */
class Served {
 public:
  struct Setup {
    Catalog (*open)() = in_memory;
    http_server::ServeOptions options{};
    std::function<void()> prepare = [] {};  ///< what was done to the process before
  };

  explicit Served(Setup const& setup) {
    std::array<int, 2> out{};
    std::array<int, 2> err{};
    if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    id_ = fork_silently();
    if (id_ < 0) throw std::runtime_error("no process");
    if (id_ == 0) run(setup, out[1], err[1]);
    ::close(out[1]);
    ::close(err[1]);
    out_ = out[0];
    err_ = err[0];
  }
  ~Served() {
    if (id_ > 0) {
      ::kill(id_, SIGKILL);
      ::waitpid(id_, nullptr, 0);
    }
    ::close(out_);
    ::close(err_);
  }
  Served(Served const&) = delete;
  Served& operator=(Served const&) = delete;

  /** Waits until it says where it listens. */
  unsigned short port() {
    std::string const line = said();
    std::size_t const colon = line.rfind(':');
    if (line.find("listening at http://") != 0) throw std::runtime_error("it does not listen: " + line + all_errors());
    return static_cast<unsigned short>(std::stoi(line.substr(colon + 1)));
  }

  std::string said() { return line_of(out_); }
  std::string logged() { return line_of(err_); }

  /** Lets it write no further than what fits in between. */
  std::string all_errors() {
    std::string text;
    std::array<char, 4096> part{};
    pollfd watched{.fd = err_, .events = POLLIN, .revents = 0};
    while (::poll(&watched, 1, 0) > 0) {
      ssize_t const count = ::read(err_, part.data(), part.size());
      if (count <= 0) break;
      text.append(part.data(), static_cast<std::size_t>(count));
    }
    return text;
  }

  void send(int signal) const { ::kill(id_, signal); }
  [[nodiscard]] pid_t id() const noexcept { return id_; }

  /** Waits for its end. A process that does not end is ended, and its status is -1 and its signal 9. */
  End end(std::function<void()> const& meanwhile = [] {}) {
    auto const deadline = std::chrono::steady_clock::now() + patience;
    int status = 0;
    while (::waitpid(id_, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() > deadline) {
        ::kill(id_, SIGKILL);
        ::waitpid(id_, &status, 0);
        break;
      }
      meanwhile();
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    id_ = 0;
    if (WIFEXITED(status)) return {.status = WEXITSTATUS(status)};
    return {.signal = WTERMSIG(status)};
  }

 private:
  [[noreturn]] static void run(Setup const& setup, int out, int err) {
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    // Of the tests' own.
    for (int descriptor = 3; descriptor < 256; ++descriptor) {
      if (::fcntl(descriptor, F_GETFD) == -1) continue;
      if (std::find(kept.begin(), kept.end(), descriptor) == kept.end()) ::close(descriptor);
    }
    setup.prepare();
    if (http_server::prepare_process() != 0) ::_exit(90);
    auto const served = http_server::serve(setup.open, setup.options);
    if (!served) {
      std::string const text = to_string(served.error()) + '\n';
      static_cast<void>(::write(STDERR_FILENO, text.data(), text.size()));
    }
    for (char const* const name : {"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET"}) {
      if (std::getenv(name) != nullptr) ::_exit(91);
    }
    ::_exit(served ? 0 : 1);
  }

  pid_t id_ = 0;
  int out_ = -1;
  int err_ = -1;

 public:
  static inline std::vector<int> kept;  ///< descriptors of ours that it is to have as well
};

/** A descriptor that a test has opened, for Served to have too. */
class Kept {
 public:
  explicit Kept(int descriptor) : descriptor_(descriptor) {
    if (descriptor < 0) throw std::runtime_error("no descriptor");
    Served::kept.push_back(descriptor);
  }
  ~Kept() {
    Served::kept.clear();
    ::close(descriptor_);
  }
  Kept(Kept const&) = delete;
  Kept& operator=(Kept const&) = delete;
  [[nodiscard]] int get() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

/** One connection of a client. */
class Client {
 public:
  explicit Client(unsigned short port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) throw std::runtime_error("no connection");
  }
  ~Client() { ::close(socket_); }
  Client(Client const&) = delete;
  Client& operator=(Client const&) = delete;

  void ask(std::string const& target, std::string const& bearer = "x") const {
    std::string const text =
        "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + bearer + "\r\n\r\n";
    if (::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) < 0) throw std::runtime_error("nothing sent");
  }

  /** The status of the next answer, with its body read as well; 0 when none comes. */
  int status() {
    auto const deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline) {
      std::size_t const head = got_.find("\r\n\r\n");
      std::size_t const length = got_.find("Content-Length: ");
      if (head != std::string::npos && length < head) {
        std::size_t const size = head + 4 + std::stoul(got_.substr(length + 16));
        if (got_.size() >= size) {
          int const status = std::stoi(got_.substr(9, 3));
          got_.erase(0, size);
          return status;
        }
      }
      std::array<char, 4096> part{};
      pollfd watched{.fd = socket_, .events = POLLIN, .revents = 0};
      if (::poll(&watched, 1, 100) <= 0) continue;
      ssize_t const count = ::recv(socket_, part.data(), part.size(), 0);
      if (count <= 0) return 0;
      got_.append(part.data(), static_cast<std::size_t>(count));
    }
    return 0;
  }

 private:
  int socket_;
  std::string got_;
};

inline http_server::ServeOptions on_a_free_port() { return {.listen = "127.0.0.1:0"}; }

}  // namespace inlay::test

#endif
