// SPDX-License-Identifier: BSL-1.0
// The example server as a process: what signals, descriptors, limits and whoever started it do to it.
#include <inlay/backends/memory.hpp>
#include <inlay/storage/repository.hpp>

#include <support/catch.hpp>
#include <support/socket_folder.hpp>
#include <support/temporary_folder.hpp>

#include "http.hpp"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <process.hpp>
#include <service.hpp>
#include <signals.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace inlay;
using inlay::test::token;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 20s;  // for what happens at once, on a machine that has much else to do

/** A store of which every call says so on standard output, and does not come back. */
struct Stuck final : RepositoryFrom<Stuck> {
  [[noreturn]] static void stay() {
    static_cast<void>(::write(STDOUT_FILENO, "in the store\n", 13));
    while (true) std::this_thread::sleep_for(1h);
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

Catalog stuck() { return Catalog(std::make_shared<Stuck>()); }
Catalog in_memory() { return Catalog::open("memory:", Backends().add(memory_backend())).value(); }

/** How a process has ended. */
struct End {
  int status = -1;  ///< as it said; -1 when it did not
  int signal = 0;   ///< that ended it; 0: none
};

/** Reads a line, without its end; what there is, when no more comes. */
std::string line_of(int descriptor) {
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
pid_t fork_silently() {
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
      std::this_thread::sleep_for(10ms);
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
    auto const served = http_server::serve(setup.open(), setup.options);
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

/** A socket that hears what a service has to say to whoever started it. */
class Ear {
 public:
  /** @param name as in NOTIFY_SOCKET: a path, or @ and a name that is in no file system. */
  explicit Ear(std::string name) : name_(std::move(name)), socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::copy(name_.begin(), name_.end(), at.sun_path);
    bool const is_abstract = name_.front() == '@';
    if (is_abstract) at.sun_path[0] = '\0';
    std::size_t const size = offsetof(sockaddr_un, sun_path) + name_.size() + (is_abstract ? 0 : 1);
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&at), static_cast<socklen_t>(size)) != 0) {
      throw std::runtime_error("can't bind " + name_);
    }
  }
  ~Ear() { ::close(socket_); }
  Ear(Ear const&) = delete;
  Ear& operator=(Ear const&) = delete;

  std::string next() const {
    pollfd watched{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&watched, 1, 20'000) <= 0) return "(nothing)";
    std::array<char, 1024> text{};
    ssize_t const count = ::recv(socket_, text.data(), text.size(), 0);
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
  }
  [[nodiscard]] std::string const& name() const noexcept { return name_; }

 private:
  std::string name_;
  int socket_;
};

http_server::ServeOptions on_a_free_port() { return {.listen = "127.0.0.1:0"}; }

/** A socket that is bound to a free port of loopback, and listens if need be. */
int bound_socket(int type, bool listens, unsigned short& port) {
  int const socket = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  if (::bind(socket, reinterpret_cast<sockaddr*>(&at), size) != 0) throw std::runtime_error("can't bind");
  if (listens && ::listen(socket, 10) != 0) throw std::runtime_error("can't listen");
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&at), &size);
  port = ntohs(at.sin_port);
  return socket;
}

/** What a service manager does before it starts a service with sockets. */
std::function<void()> handing_over(int descriptor, std::string const& count = "1") {
  return [=] {
    ::dup2(descriptor, 3);
    ::setenv("LISTEN_FDS", count.c_str(), 1);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    ::setenv("LISTEN_FDNAMES", "inlay.socket", 1);
  };
}

}  // namespace

// ---------------------------------------------------------------------------------------------- signals

TEST_CASE("a server whose threads all wait for its store leaves when its time to stop is over") {
  http_server::ServeOptions options = on_a_free_port();
  options.stop_time = 300ms;
  Served server({.open = stuck, .options = options});
  Client client(server.port());
  client.ask("/team");
  REQUIRE(server.said() == "in the store");
  server.send(SIGTERM);
  CHECK(server.end().status == 1);
  CHECK(server.all_errors().find("stop: something still waits") != std::string::npos);
}

TEST_CASE("the health is told while all threads of a server wait for its store") {
  Served server({.open = stuck, .options = on_a_free_port()});
  unsigned short const port = server.port();
  std::vector<std::unique_ptr<Client>> waiting;
  for (unsigned i = 0; i < 4 + 4 * std::thread::hardware_concurrency(); ++i) {
    waiting.push_back(std::make_unique<Client>(port));
    waiting.back()->ask("/team");
  }
  REQUIRE(server.said() == "in the store");
  Client client(port);
  client.ask("/healthz");
  CHECK(client.status() == 503);
}

TEST_CASE("the health has a place of its own where it is told whatever else is busy") {
  http_server::ServeOptions options = on_a_free_port();
  options.health = "127.0.0.1:0";
  Served server({.open = stuck, .options = options});
  unsigned short const port = server.port();
  std::string const at = server.said();
  REQUIRE(at.find("health at http://127.0.0.1:") == 0);
  auto const health = static_cast<unsigned short>(std::stoi(at.substr(at.rfind(':') + 1)));
  // All threads wait for the store, and all connections are taken by somebody who is known.
  std::vector<std::unique_ptr<Client>> waiting;
  for (int i = 0; i < 600; ++i) {
    waiting.push_back(std::make_unique<Client>(port));
    waiting.back()->ask("/team");
  }
  REQUIRE(server.said() == "in the store");
  std::vector<std::unique_ptr<Client>> silent;
  for (int i = 0; i < 100; ++i) silent.push_back(std::make_unique<Client>(health));
  Client client(health);
  auto const begin = std::chrono::steady_clock::now();
  client.ask("/healthz");
  CHECK(client.status() == 503);
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
  client.ask("/team");
  CHECK(client.status() == 404);
}

TEST_CASE("the path of the health has the mode that was asked for as the other one has") {
  support::SocketFolder const folder;
  std::string const wanted = folder.file("health");
  for (mode_t const mode : {0600U, 0660U}) {
    CAPTURE(mode);
    http_server::ServeOptions options = on_a_free_port();
    options.health = "unix:" + wanted;
    options.socket_mode = mode;
    Served server({.options = options});
    static_cast<void>(server.port());
    REQUIRE(server.said() == "health at unix:" + wanted);
    struct stat file {};
    REQUIRE(::lstat(wanted.c_str(), &file) == 0);
    CHECK((file.st_mode & 07777U) == mode);
    inlay::test::Connection client("unix:" + wanted);
    client.say("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(client.first_line(20s) == "HTTP/1.1 200 OK");
    server.send(SIGTERM);
    CHECK(server.end().status == 0);
    CHECK(::access(wanted.c_str(), F_OK) != 0);
  }
}

TEST_CASE("a second SIGTERM ends a server that is stopping at once") {
  http_server::ServeOptions options = on_a_free_port();
  options.stop_time = 1h;
  for (int const signal : {SIGTERM, SIGINT}) {
    Served server({.open = stuck, .options = options});
    Client client(server.port());
    client.ask("/team");
    REQUIRE(server.said() == "in the store");
    // Again and again, since a signal that still waits to be taken hides the next one.
    CHECK(server.end([&] { server.send(signal); }).signal == signal);
  }
}

TEST_CASE("a server with nothing to do ends with status 0 at SIGTERM and at SIGINT") {
  for (int const signal : {SIGTERM, SIGINT}) {
    Served server({.options = on_a_free_port()});
    Client client(server.port());
    client.ask("/healthz");
    CHECK(client.status() == 200);
    server.send(signal);
    CHECK(server.end().status == 0);
  }
}

TEST_CASE("SIGHUP has the tokens read anew, keeps the old ones when they are bad, and never ends the server") {
  support::TemporaryFolder const folder;
  std::string const file = folder.file("tokens");
  support::write_file(file, token("first") + " alice admin\n");
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
  http_server::ServeOptions options = on_a_free_port();
  options.tokens_file = file;
  Served server({.options = options, .prepare = [] {
                   // While it still opens its store, as it were.
                   http_server::hold_hangups();
                   ::kill(::getpid(), SIGHUP);
                 }});
  Client client(server.port());
  auto const status_with = [&](char const* name) {
    client.ask("/team", token(name));
    return client.status();
  };
  auto const until = [&](std::string const& part) {
    std::string line;
    do line = server.logged();
    while (!line.empty() && line.find(part) == std::string::npos);
    return line;
  };
  CHECK(!until("reload: the tokens were read anew").empty());
  CHECK(status_with("first") == 200);

  support::write_file(file, token("second") + " bob admin\n");
  server.send(SIGHUP);
  CHECK(!until("reload: the tokens were read anew").empty());
  CHECK(status_with("first") == 401);
  CHECK(status_with("second") == 200);

  support::write_file(file, token("third") + " carol admin\n" + token("secret") + " dave\n");
  server.send(SIGHUP);
  std::string const refusal = until("reload: the tokens stay as they were");
  CHECK(refusal.find("line 2 ") != std::string::npos);
  CHECK(refusal.find("secret") == std::string::npos);
  CHECK(status_with("third") == 401);
  CHECK(status_with("second") == 200);

  server.send(SIGTERM);
  CHECK(server.end().status == 0);
}

TEST_CASE("SIGHUP does not end a server without tokens either") {
  Served server({.options = on_a_free_port()});
  Client client(server.port());
  server.send(SIGHUP);
  CHECK(server.logged().find("reload: there is no tokens file") != std::string::npos);
  client.ask("/healthz");
  CHECK(client.status() == 200);
}

// ---------------------------------------------------------------------------------------------- descriptors

TEST_CASE("a program that is started without descriptors 0 to 2 opens nothing in their place") {
  for (int const closed : {0, 1, 2, 3}) {
    CAPTURE(closed);
    pid_t const child = fork_silently();
    REQUIRE(child >= 0);
    if (child == 0) {
      for (int descriptor = 0; descriptor <= 2; ++descriptor) {
        if (closed == descriptor || closed == 3) ::close(descriptor);
      }
      if (http_server::prepare_process() != 0) ::_exit(1);
      int const next = ::open("/dev/zero", O_RDWR | O_CLOEXEC);
      // What was closed is still an error to use.
      char c = 'x';
      bool const reads = (closed == 0 || closed == 3) && ::read(0, &c, 1) >= 0;
      bool const writes = (closed == 1 || closed == 3) && ::write(1, &c, 1) >= 0;
      ::_exit(next > 2 && !reads && !writes ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  }
}

TEST_CASE("a log that nobody reads holds up neither answers nor the end") {
  Served server({.options = on_a_free_port()});
  Client client(server.port());
  for (int i = 0; i < 3000; ++i) {  // a pipe takes the lines of a thousand or so
    client.ask("/healthz?" + std::to_string(i));
    if (client.status() != 200) FAIL("answer " << i << " did not come");
  }
  server.send(SIGTERM);
  CHECK(server.end().status == 0);
  CHECK(server.all_errors().find("\"GET /healthz?0\" 200") != std::string::npos);
}

TEST_CASE("what the server opens is closed in programs that its process may become") {
  Served server({.options = on_a_free_port()});
  Client client(server.port());
  client.ask("/healthz");
  REQUIRE(client.status() == 200);
  std::string const folder = "/proc/" + std::to_string(server.id()) + "/fdinfo";
  DIR* const all = ::opendir(folder.c_str());
  REQUIRE(all != nullptr);
  int count = 0;
  while (dirent const* const entry = ::readdir(all)) {
    if (entry->d_name[0] == '.' || std::atoi(entry->d_name) < 3) continue;
    ++count;
    std::string const info = support::read_file(folder + '/' + entry->d_name);
    auto const flags = std::stoul(info.substr(info.find("flags:") + 6), nullptr, 8);
    CAPTURE(entry->d_name, info);
    CHECK((flags & O_CLOEXEC) != 0);
  }
  ::closedir(all);
  CHECK(count >= 2);  // where it listens, and the connection
}

// ---------------------------------------------------------------------------------------------- limits

TEST_CASE("a server that can't have all its threads says why and listens nowhere") {
  for (rlim_t const most : {1U, 2U, 4U}) {
    CAPTURE(most);
    Served server({.options = on_a_free_port(), .prepare = [most] {
                     rlimit const limit{.rlim_cur = most, .rlim_max = most};
                     ::setrlimit(RLIMIT_NPROC, &limit);
                     // Whom the limit does not bind becomes somebody whom it does, and of whom there is nothing else.
                     if (::geteuid() == 0) {
                       ::setgroups(0, nullptr);
                       if (::setgid(60'123) != 0 || ::setuid(60'123) != 0) ::_exit(92);
                     }
                   }});
    CHECK(server.said().empty());
    CHECK(server.end().status == 1);
    std::string const errors = server.all_errors();
    CHECK(errors.find("can't start a thread ") != std::string::npos);
    CHECK(errors.find("Resource temporarily unavailable") != std::string::npos);
  }
}

TEST_CASE("a server with few descriptors leaves some for its store and its health") {
  http_server::ServeOptions options = on_a_free_port();
  options.health = "127.0.0.1:0";
  Served server({.options = options, .prepare = [] {
                   rlimit const limit{.rlim_cur = 64, .rlim_max = 64};
                   ::setrlimit(RLIMIT_NOFILE, &limit);
                 }});
  unsigned short const port = server.port();
  std::string const at = server.said();
  auto const health = static_cast<unsigned short>(std::stoi(at.substr(at.rfind(':') + 1)));
  std::vector<std::unique_ptr<Client>> known;
  for (int i = 0; i < 100; ++i) {
    known.push_back(std::make_unique<Client>(port));
    known.back()->ask("/team");
    // Only who has been answered is known, and stays when others come.
    if (i < 20) CHECK(known.back()->status() == 200);
  }
  Client client(health);
  client.ask("/healthz");
  CHECK(client.status() == 200);
}

// ---------------------------------------------------------------------------------------------- whoever started it

TEST_CASE("a server tells its supervisor when it is ready, reloads and stops") {
  support::SocketFolder const folder;
  for (std::string const& name : {folder.file("notify"), "@inlay-test-" + to_string(generate_uuid())}) {
    CAPTURE(name);
    Ear const ear(name);
    Served server({.options = on_a_free_port(), .prepare = [&] { ::setenv("NOTIFY_SOCKET", ear.name().c_str(), 1); }});
    std::string const ready = ear.next();
    CHECK(ready.find("READY=1\nSTATUS=listening at http://127.0.0.1:") == 0);
    Client client(server.port());  // as ready as it has said

    server.send(SIGHUP);
    std::string const reloading = ear.next();
    REQUIRE(reloading.find("RELOADING=1\nMONOTONIC_USEC=") == 0);
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    long long const then = std::stoll(reloading.substr(reloading.rfind('=') + 1));
    CHECK(then <= now.tv_sec * 1'000'000LL + now.tv_nsec / 1'000);
    CHECK(then > (now.tv_sec - 60) * 1'000'000LL);
    CHECK(ear.next() == ready);

    server.send(SIGTERM);
    CHECK(ear.next() == "STOPPING=1");
    CHECK(server.end().status == 0);
  }
}

TEST_CASE("a supervisor that can't be told is a line of the log and no reason not to serve") {
  Served server({.options = on_a_free_port(), .prepare = [] { ::setenv("NOTIFY_SOCKET", "/nowhere/notify", 1); }});
  Client client(server.port());
  CHECK(server.logged().find("the supervisor can't be told how this is: ") != std::string::npos);
  client.ask("/healthz");
  CHECK(client.status() == 200);
}

TEST_CASE("a server listens at the socket that it was handed") {
  unsigned short port = 0;
  Kept const socket(bound_socket(SOCK_STREAM, true, port));
  Served server({.prepare = handing_over(socket.get())});
  CHECK(server.port() == port);
  Client client(port);
  client.ask("/healthz");
  CHECK(client.status() == 200);
  server.send(SIGTERM);
  CHECK(server.end().status == 0);
  Client next(port);  // who comes now waits for the next server
}

TEST_CASE("a server listens at the path that it was handed and leaves its file where it is") {
  support::SocketFolder const folder;
  std::string const path = folder.file("socket");
  int const socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), at.sun_path);
  int const reach = socket >= 0 ? ::bind(socket, reinterpret_cast<sockaddr*>(&at), sizeof at) : -1;
  REQUIRE(reach == 0);
  REQUIRE(::listen(socket, 10) == 0);
  Kept const kept(socket);
  REQUIRE(::chmod(path.c_str(), 0666) == 0);
  {
    Served server({.prepare = handing_over(socket)});
    CHECK(server.said().empty());
    CHECK(server.end().status == 1);
    CHECK(server.all_errors().find("others can reach unix:" + path) != std::string::npos);
  }
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  Served server({.prepare = handing_over(socket)});
  CHECK(server.said() == "listening at unix:" + path);
  inlay::test::Connection client("unix:" + path);
  client.say("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(client.first_line(20s) == "HTTP/1.1 200 OK");
  server.send(SIGTERM);
  CHECK(server.end().status == 0);
  CHECK(::access(path.c_str(), F_OK) == 0);
}

TEST_CASE("a socket that was handed to another process is left alone") {
  unsigned short port = 0;
  Kept const socket(bound_socket(SOCK_STREAM, true, port));
  Served server({.options = on_a_free_port(), .prepare = [&] {
                   handing_over(socket.get())();
                   ::setenv("LISTEN_PID", std::to_string(::getppid()).c_str(), 1);
                 }});
  CHECK(server.port() != port);
}

TEST_CASE("what was handed over and is no one socket to listen at is refused") {
  unsigned short port = 0;
  Kept const listening(bound_socket(SOCK_STREAM, true, port));
  Kept const silent(bound_socket(SOCK_STREAM, false, port));
  Kept const datagrams(bound_socket(SOCK_DGRAM, false, port));
  Kept const file(::open("/dev/null", O_RDWR | O_CLOEXEC));
  struct Case {
    int descriptor;
    std::string count;
    http_server::ServeOptions options;
    char const* message;
  };
  for (Case const& each : {
           Case{silent.get(), "1", {}, "does not listen"},
           Case{datagrams.get(), "1", {}, "is no socket of TCP or of a path"},
           Case{file.get(), "1", {}, "is no socket"},
           Case{listening.get(), "2", {}, "2 sockets were handed over"},
           Case{listening.get(), "one", {}, "are numbers"},
           Case{listening.get(), "1", on_a_free_port(), "a socket was handed over"},
       }) {
    CAPTURE(each.message);
    Served server({.options = each.options, .prepare = handing_over(each.descriptor, each.count)});
    CHECK(server.said().empty());
    CHECK(server.end().status == 1);
    CHECK(server.all_errors().find(each.message) != std::string::npos);
  }
}

TEST_CASE("a socket that others can reach is not listened at without tokens") {
  int const socket = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in6 at{};
  at.sin6_family = AF_INET6;
  int const reach = socket >= 0 ? ::bind(socket, reinterpret_cast<sockaddr*>(&at), sizeof at) : -1;
  REQUIRE(reach == 0);
  REQUIRE(::listen(socket, 10) == 0);
  Kept const kept(socket);
  Served server({.prepare = handing_over(socket)});
  CHECK(server.end().status == 1);
  CHECK(server.all_errors().find("name a file of tokens") != std::string::npos);
}
