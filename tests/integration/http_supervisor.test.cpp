// SPDX-License-Identifier: BSL-1.0
// What whoever starts the server hands over to it, and is told by it.
#include <support/catch.hpp>
#include <support/socket_folder.hpp>
#include <support/temporary_folder.hpp>

#include "http.hpp"
#include "served.hpp"

#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <string>
#include <utility>

using namespace inlay;
using inlay::test::Client;
using inlay::test::Kept;
using inlay::test::on_a_free_port;
using inlay::test::Served;

using namespace std::chrono_literals;

namespace {

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
