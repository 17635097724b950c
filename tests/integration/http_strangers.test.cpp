// SPDX-License-Identifier: BSL-1.0
// The example server before it knows who asks: what a stranger gets, and what a stranger can hold.
#include <inlay/backends/memory.hpp>

#include <support/catch.hpp>
#include <support/socket_folder.hpp>
#include <support/temporary_folder.hpp>

#include "http.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <listener.hpp>
#include <log.hpp>
#include <memory>
#include <service.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace inlay;
using namespace inlay::test;
using http_server::Admission;
using http_server::Answer;
using http_server::Listener;
using http_server::Service;
using http_server::Tokens;
using namespace std::chrono_literals;

namespace {

Catalog in_memory() { return Catalog::open("memory:", Backends().add(memory_backend())).value(); }

std::string request_for(std::string const& target, std::string const& fields = "", std::string const& body = "") {
  return (body.empty() ? "GET " : "POST ") + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n" + body;
}

/** Knows who asks for /known; anybody else is told at once. */
Admission known_at_its_path(rest::Request const& head) {
  return {.answer = [](rest::Request const& request) -> Answer { return {{.status = 200, .body = request.target}}; },
          .is_known = head.target == "/known"};
}

bool is_open(Connection& connection) {
  try {
    connection.say(request_for("/known"));
  } catch (boost::system::system_error const&) {
    return false;
  }
  return connection.through("\r\n\r\n/known").find("HTTP/1.1 200 OK\r\n") == 0;
}

}  // namespace

TEST_CASE("a token is looked at before a body is waited for, and without one the connection ends") {
  Service const service(in_memory(), Tokens::parse(token("one") + " alice admin").value());
  Running const server({.max_body_bytes = service.max_body_bytes()}, std::bind_front(&Service::admit, &service));
  std::string const typed = "Content-Type: application/json\r\n";
  std::string const waits = typed + "Content-Length: 14\r\nExpect: 100-continue\r\n";
  std::string const chunked = typed + "Transfer-Encoding: chunked\r\n";
  for (std::string const& fields : {waits, chunked, typed + "Content-Length: 1000\r\n",
                                    typed + "Content-Length: 1000000000\r\nExpect: 100-continue\r\n",
                                    waits + "Authorization: Bearer " + token("two") + "\r\n"}) {
    CAPTURE(fields);
    Connection client(server);
    client.say("POST /team HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n");
    std::string const answer = client.all();
    CHECK(answer.find("HTTP/1.1 401 Unauthorized\r\n") == 0);
    CHECK(answer.find("\r\nConnection: close\r\n") != std::string::npos);
  }
  // With no body to come, who asks may ask again.
  Connection curious(server);
  for (int i = 0; i < 2; ++i) {
    curious.say(request_for("/team"));
    CHECK(curious.through("}").find("HTTP/1.1 401 ") == 0);
  }

  std::string const authorised = "Authorization: Bearer " + token("one") + "\r\n";
  Connection known(server);
  known.say("POST /team HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + waits + authorised + "\r\n");
  CHECK(known.through("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  known.say(R"({"name":"Acme"})");
  CHECK(known.all().find("HTTP/1.1 ") == 0);
  // Not even then is somebody told to go on with what is too long.
  Connection greedy(server);
  greedy.say("POST /team HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\nExpect: 100-continue\r\n" +
             authorised + "\r\n");
  CHECK(greedy.all().find("HTTP/1.1 413 ") == 0);
}

TEST_CASE("what stands behind a body lets nobody in and is no condition") {
  Service const service(in_memory(), Tokens::parse(token("one") + " alice admin").value());
  Running const server({}, std::bind_front(&Service::admit, &service));
  std::string const head =
      "POST /team HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n";
  std::string const body = "f\r\n{\"name\":\"Acme\"}\r\n0\r\n";
  Connection stranger(server);
  stranger.say(head + "\r\n" + body + "Authorization: Bearer " + token("one") + "\r\n\r\n");
  CHECK(stranger.all().find("HTTP/1.1 401 ") == 0);
  Connection known(server);
  known.say(head + "Authorization: Bearer " + token("one") + "\r\n\r\n" + body +
            "If-None-Match: *\r\nIf-Match: \"x\"\r\n\r\n");
  CHECK(known.all().find("HTTP/1.1 201 ") == 0);
}

TEST_CASE("when there is no room the stranger goes who has waited longest") {
  Running const server({.max_connections = 3, .max_strangers_of_address = 100, .head_time = 60s}, known_at_its_path);
  Connection known(server);
  REQUIRE(is_open(known));
  Connection first(server);
  first.say("GET /kn");  // which is no request yet
  Connection second(server);
  second.say(request_for("/unknown"));
  REQUIRE(second.through("\r\n\r\n/unknown").find("HTTP/1.1 200 OK\r\n") == 0);
  first.say("ow");

  Connection third(server);
  REQUIRE(is_open(third));
  CHECK(first.all().empty());
  // What was answered is no reason to stay: it has waited since then. Who is known stays.
  Connection fourth(server);
  CHECK(is_open(fourth));
  CHECK(is_open(third));
  CHECK(is_open(known));
  CHECK_FALSE(is_open(second));
}

TEST_CASE("those who hold all connections without a word keep nobody out") {
  support::TemporaryFolder const folder;
  std::string const file = folder.file("log");
  int const descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  auto const log = http_server::Log::to(descriptor).value();
  Running const server({.max_connections = 8, .max_strangers_of_address = 100, .head_time = 60s, .log = log.get()},
                       known_at_its_path);
  std::vector<std::unique_ptr<Connection>> silent;
  for (int i = 0; i < 40; ++i) {
    silent.push_back(std::make_unique<Connection>(server));
    if (i % 10 == 0) {
      Connection served(server);
      CHECK(is_open(served));
    }
  }
  CHECK(log->flush(20s));
  CHECK(support::read_file(file).find("connections: 1 of strangers ended to make room\n") != std::string::npos);
}

TEST_CASE("those who ask and do not read their answers keep nobody out") {
  support::SocketFolder const folder;
  Running const server({.address = "unix:" + folder.file("socket"), .max_connections = 8, .head_time = 60s},
                       known_at_its_path);
  // More answers than the system keeps for a socket.
  std::string requests;
  for (int i = 0; i < 2'000; ++i) requests += request_for("/stranger");
  std::vector<std::unique_ptr<Connection>> deaf;
  for (int i = 0; i < 16; ++i) {
    deaf.push_back(std::make_unique<Connection>(server));
    deaf.back()->say(requests);
  }
  for (int i = 0; i < 4; ++i) {
    Connection served(server);
    CHECK(is_open(served));
  }
}

TEST_CASE("an address holds half of the connections for strangers and the rest is for others") {
  Running const server({.max_connections = 8, .head_time = 60s}, known_at_its_path);
  Connection other(server.address(), "127.0.0.3");
  std::vector<std::unique_ptr<Connection>> of_one;
  for (int i = 0; i < 5; ++i) of_one.push_back(std::make_unique<Connection>(server.address(), "127.0.0.2"));
  // The fifth took the place of the first.
  CHECK(of_one[0]->all().empty());
  // Who is known is no stranger, and makes room for another.
  for (std::size_t i = 1; i < of_one.size(); ++i) CHECK(is_open(*of_one[i]));
  CHECK(is_open(other));
  Connection another(server.address(), "127.0.0.2");
  CHECK(is_open(another));
  for (std::size_t i = 1; i < of_one.size(); ++i) CHECK(is_open(*of_one[i]));
}

TEST_CASE("a proxy and a path are not held to the share of an address, and it can be set") {
  support::SocketFolder const folder;
  auto const are_open = [](http_server::Listen listen, std::string const& from) {
    Running const server(std::move(listen), known_at_its_path);
    std::size_t count = 0;
    std::vector<std::unique_ptr<Connection>> connections;
    for (int i = 0; i < 6; ++i) connections.push_back(std::make_unique<Connection>(server.address(), from));
    std::this_thread::sleep_for(300ms);  // so that whoever is to go has gone
    for (auto const& connection : connections) count += is_open(*connection) ? 1U : 0U;
    return count;
  };
  http_server::Listen const proxied{.max_connections = 8, .proxies = {"127.0.0.2", "::1"}, .head_time = 60s};
  CHECK(are_open(proxied, "127.0.0.2") == 6);
  CHECK(are_open(proxied, "127.0.0.3") == 4);
  CHECK(are_open({.address = "unix:" + folder.file("socket"), .max_connections = 8, .head_time = 60s}, "") == 6);
  CHECK(are_open({.max_connections = 8, .max_strangers_of_address = 2, .head_time = 60s}, "127.0.0.1") == 2);

  auto const refused =
      http_server::Server::bind({.address = "127.0.0.1:0", .proxies = {"proxy.example"}}, known_at_its_path);
  REQUIRE(refused.has_error());
  CHECK(refused.error().message.find("a proxy's address is an IP address") == 0);
}

TEST_CASE("strangers are counted by IPv4 addresses and by the networks of IPv6") {
  auto const origin = [](char const* address) { return http_server::parse_origin(address).value(); };
  CHECK(origin("10.0.0.7") != origin("10.0.0.8"));
  CHECK(origin("2001:db8:0:1::7") == origin("2001:db8:0:1:ffff::8"));
  CHECK(origin("2001:db8:0:1::7") != origin("2001:db8:0:2::7"));
  CHECK(origin("::ffff:10.0.0.7") == origin("10.0.0.7"));
}

// ---------------------------------------------------------------------------------------------- paths

TEST_CASE("a path is listened at with its mode and taken away in the end") {
  support::SocketFolder const folder;
  std::string const path = folder.file("socket");
  mode_t const before = ::umask(0);
  for (mode_t const mode : {0600U, 0660U}) {
    CAPTURE(mode);
    {
      Running const server({.address = "unix:" + path, .socket_mode = mode}, known_at_its_path);
      CHECK(server.address() == "unix:" + path);
      struct stat file {};
      REQUIRE(::lstat(path.c_str(), &file) == 0);
      CHECK(S_ISSOCK(file.st_mode));
      CHECK((file.st_mode & 07777U) == mode);
      Connection client(server);
      CHECK(is_open(client));
    }
    CHECK(::access(path.c_str(), F_OK) != 0);
  }
  ::umask(0077);
  Running const shared({.address = "unix:" + path, .socket_mode = 0666}, known_at_its_path);
  struct stat file {};
  REQUIRE(::lstat(path.c_str(), &file) == 0);
  CHECK((file.st_mode & 07777U) == 0666);
  ::umask(before);
}

TEST_CASE("a socket that nobody listens at makes room for a server, and nothing else does") {
  support::SocketFolder const folder;
  std::string const path = folder.file("socket");
  auto const reason = [&] {
    auto const made = Listener::at("unix:" + path);
    return made.has_error() ? made.error().message : std::string();
  };
  {
    auto const listening = Listener::at("unix:" + path);
    REQUIRE(listening.has_value());
    CHECK(reason().find("somebody listens there already") != std::string::npos);
    Connection client("unix:" + path);  // it is still the first one's
  }
  // As one leaves it that was killed.
  int const left = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), at.sun_path);
  REQUIRE(::bind(left, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
  ::close(left);
  CHECK(reason().empty());

  support::write_file(path, "mine");
  CHECK(reason().find("something that is no socket") != std::string::npos);
  CHECK(support::read_file(path) == "mine");
  CHECK(Listener::at("unix:" + folder.file("absent/socket")).error().kind == ErrorKind::unavailable);
}

TEST_CASE("a path that a socket can't have is refused with its address and how long it may be") {
  support::SocketFolder const folder;
  std::string const longest = folder.file(std::string(107 - folder.file("").size(), 'a'));
  CHECK(Listener::at("unix:" + longest).value().address() == "unix:" + longest);
  for (std::string const& address :
       {"unix:" + longest + 'a', std::string("unix:"), "unix:/tmp/" + std::string("a\0b", 3)}) {
    CAPTURE(address);
    auto const made = Listener::at(address);
    REQUIRE(made.has_error());
    CHECK(made.error().kind == ErrorKind::invalid_argument);
    CHECK(made.error().message.find("can't listen at " + address + ": ") == 0);
    CHECK(made.error().message.find("107 bytes") != std::string::npos);
  }
  CHECK(Listener::at("unix:" + longest + 'a').error().message.find("108") != std::string::npos);
  CHECK(Listener::at("db.example:80").error().message.find("not db.example:80") != std::string::npos);
}

TEST_CASE("a server takes away no file that another has put in the place of its own") {
  support::SocketFolder const folder;
  std::string const path = folder.file("socket");
  {
    auto const listening = Listener::at("unix:" + path);
    REQUIRE(listening.has_value());
    REQUIRE(::rename(path.c_str(), folder.file("moved").c_str()) == 0);
    support::write_file(path, "another's");
  }
  CHECK(support::read_file(path) == "another's");
}

TEST_CASE("without tokens a path is listened at only where no other user may connect") {
  support::SocketFolder const folder;
  auto const bound = [&](mode_t mode) {
    return http_server::Server::bind(
        {.address = "unix:" + folder.file("socket"), .socket_mode = mode, .is_private_only = true}, known_at_its_path);
  };
  CHECK(bound(0600).has_value());
  for (mode_t const mode : {0660U, 0606U, 0666U}) {
    auto const refused = bound(mode);
    REQUIRE(refused.has_error());
    CHECK(refused.error().message.find("others can reach unix:") == 0);
  }
}
