// SPDX-License-Identifier: BSL-1.0
// The example server in this process: who may call, how many at a time, and how long each may take.
#include <inlay/backends/memory.hpp>
#include <inlay/json/parse.hpp>

#include <support/catch.hpp>
#include <support/temporary_folder.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <service.hpp>
#include <string>
#include <thread>
#include <vector>

using namespace inlay;
using http_server::Server;
using http_server::Service;
using http_server::Tokens;
using namespace std::chrono_literals;

namespace {

Catalog in_memory() { return Catalog::open("memory:", Backends().add(memory_backend())).value(); }

/** A server that runs until the end of the scope. */
class Running {
 public:
  explicit Running(http_server::Listen listen, Server::Answerer answer) {
    listen.address = "127.0.0.1:0";
    server_ = Server::bind(std::move(listen), std::move(answer)).value();
    server_->start().value();
  }
  [[nodiscard]] unsigned short port() const {
    std::string const address = server_->address();
    return static_cast<unsigned short>(std::stoi(address.substr(address.rfind(':') + 1)));
  }

 private:
  std::unique_ptr<Server> server_;
};

/** One connection of a client. */
class Connection {
 public:
  explicit Connection(Running const& server) {
    socket_.connect({boost::asio::ip::make_address("127.0.0.1"), server.port()});
  }
  void say(std::string const& text) { boost::asio::write(socket_, boost::asio::buffer(text)); }

  /** The first line of an answer; "" when there is none within this time. */
  std::string first_line(std::chrono::milliseconds time) {
    std::string line;
    boost::asio::async_read_until(socket_, buffer_, "\r\n", [&](boost::system::error_code failure, std::size_t) {
      if (failure) return;
      std::istream in(&buffer_);
      std::getline(in, line, '\r');
    });
    io_.restart();
    io_.run_for(time);
    if (!io_.stopped()) {
      socket_.cancel();
      io_.run();
    }
    return line;
  }

  /** All that comes until the server ends the connection. */
  std::string all() {
    std::string text;
    boost::system::error_code ended;
    boost::asio::read(socket_, boost::asio::dynamic_buffer(text), ended);
    return text;
  }

 private:
  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_{io_};
  boost::asio::streambuf buffer_;
};

std::string const get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

http_server::Answer hello(rest::Request const&) { return {.response = {.status = 200, .body = "hello"}}; }

std::string header_of(rest::Response const& response, char const* name) {
  return response.headers.find(name).value_or("(none)");
}

}  // namespace

TEST_CASE("a tokens file names its callers, each with a name that the change log takes") {
  std::string const team = "05daecaf-4365-42e8-8370-8127de5dd717";
  auto const tokens =
      Tokens::parse("\xEF\xBB\xBFone alice " + team + "\r\n# two nobody\n\n  two\tJ\xC3\xB6rg\n").value();
  REQUIRE(tokens.find("Bearer one") != nullptr);
  CHECK(tokens.find("Bearer one")->actor == "alice");
  CHECK(to_string(tokens.find("Bearer one")->team.value()) == team);
  CHECK(tokens.find("Bearer two")->actor == "J\xC3\xB6rg");
  CHECK_FALSE(tokens.find("Bearer two")->team.has_value());

  struct Case {
    std::string text;
    char const* message;
  };
  for (Case const& each : {
           Case{"", "nobody"},
           Case{"# secret alice\n\n", "nobody"},
           Case{"\xEF\xBB\xBF", "nobody"},
           Case{"secret\n", "line 1 "},
           Case{"x y\nsecret bo\x01b\n", "line 2 "},
           Case{"x y\nsecret bo\x7F"
                "b\n",
                "line 2 "},
           Case{"\nsecret " + std::string(256, 'b'), "line 2 "},
           Case{"secret \xFF\xFE", "line 1 "},
           Case{"secret alice no-uuid", "line 1 "},
           Case{"secret alice " + team + " more", "line 1 "},
           Case{"secret alice\nsecret bob", "line 2 "},
       }) {
    CAPTURE(each.text);
    auto const refused = Tokens::parse(each.text);
    REQUIRE(refused.has_error());
    CHECK(refused.error().kind == ErrorKind::invalid_argument);
    CHECK(refused.error().message.find(each.message) != std::string::npos);
    CHECK(refused.error().message.find("secret") == std::string::npos);
  }
  CHECK(Tokens::parse("secret " + std::string(255, 'b')).has_value());
}

TEST_CASE("a bearer token is the one word after Bearer") {
  auto const tokens = Tokens::parse("one alice\ntwo bob\n").value();
  for (char const* const value : {"Bearer one", "bearer one", "BEARER  one", "Bearer one "}) {
    CAPTURE(value);
    CHECK(tokens.find(value) != nullptr);
  }
  for (char const* const value : {"", "Bearer", "Bearer ", "one", "Bearer onee", "Bearer one extra", "Bearer one two",
                                  "Bearer one, Bearer two", "Bearerone", "Basic one"}) {
    CAPTURE(value);
    CHECK(tokens.find(value) == nullptr);
  }
  CHECK(tokens.find(std::nullopt) == nullptr);

  Service const service(in_memory(), tokens);
  for (char const* const value : {"Bearer one extra", "Bearer three"}) {
    auto const response = service({.method = "GET", .target = "/team", .headers = {{"Authorization", value}}}).response;
    CHECK(response.status == 401);
    CHECK(header_of(response, "WWW-Authenticate") == "Bearer");
  }
  CHECK(service({.method = "GET", .target = "/team", .headers = {{"Authorization", "Bearer one"}}}).response.status ==
        200);
}

TEST_CASE("a server that was told of a tokens file does not start without it") {
  support::TemporaryFolder const folder;
  std::string const empty = folder.file("empty");
  support::write_file(empty, "");
  // With an address at which nobody can listen, so that a server which starts all the same ends too.
  for (std::string const& file : {std::string(), empty, folder.file("absent"), folder.path()}) {
    CAPTURE(file);
    auto const served = http_server::serve(in_memory(), {.listen = "nowhere", .tokens_file = file});
    REQUIRE(served.has_error());
    CHECK(served.error().message.find("tokens") != std::string::npos);
  }
  std::string const good = folder.file("good");
  support::write_file(good, "one alice\n");
  CHECK(Tokens::read(good).has_value());
}

TEST_CASE("the health can be asked for by anybody, with GET and HEAD, whatever the query") {
  Service const service(in_memory(), Tokens::parse("one alice").value());
  auto const ask = [&](char const* method, char const* target) {
    return service({.method = method, .target = target}).response;
  };
  CHECK(ask("GET", "/healthz").body == R"({"status":"ok"})");
  CHECK(ask("HEAD", "/healthz").status == 200);
  CHECK(ask("GET", "/healthz?from=balancer").status == 200);
  for (char const* const method : {"POST", "DELETE", "OPTIONS", "get"}) {
    CAPTURE(method);
    auto const response = ask(method, "/healthz");
    CHECK(response.status == 405);
    CHECK(header_of(response, "Allow") == "GET, HEAD");
  }
  CHECK(ask("GET", "/healthz/x").status == 401);
  CHECK(ask("GET", "/healthzz").status == 401);
}

TEST_CASE("no more connections are served than there may be, and the next one when one has ended") {
  Running const server({.max_connections = 2}, hello);
  auto first = std::make_unique<Connection>(server);
  Connection second(server);
  for (Connection* const connection : {first.get(), &second}) {
    connection->say(get);
    CHECK(connection->first_line(5s) == "HTTP/1.1 200 OK");
  }
  Connection third(server);  // it waits in the system's queue
  third.say(get);
  CHECK(third.first_line(500ms).empty());
  first.reset();
  CHECK(third.first_line(5s) == "HTTP/1.1 200 OK");
}

TEST_CASE("an answer has time of its own to go out, however slowly the request came in and was worked on") {
  std::string const body(std::size_t{32} << 20U, 'x');  // more than the system takes at once
  Running const server({.transfer_time = 2s}, [&](rest::Request const&) {
    std::this_thread::sleep_for(1500ms);
    return http_server::Answer{.response = {.status = 200, .body = body}};
  });
  Connection slow(server);
  slow.say("POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{");
  std::this_thread::sleep_for(1s);
  slow.say("}");
  CHECK(slow.all().size() > body.size());

  // And a body that does not come in time is not waited for.
  Connection stuck(server);
  stuck.say("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{");
  auto const begin = std::chrono::steady_clock::now();
  CHECK(stuck.first_line(20s).empty());
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
}

TEST_CASE("a body that is too long is refused in the same words, by the server and by the handler") {
  Catalog const catalog =
      Catalog::open("memory:", Backends().add(memory_backend()), {.limits = {.max_bytes = 1000}}).value();
  Service const service(catalog);
  std::string const body(service.max_body_bytes() + 1, ' ');
  auto const said = [](std::string const& text) { return json::parse(text.substr(text.find('{'))).value(); };
  auto const handled = service({.method = "POST",
                                .target = "/team",
                                .headers = {{"Host", "localhost"}, {"Content-Type", "application/json"}},
                                .body = body});
  CHECK(handled.response.status == 413);

  Running const server({.max_body_bytes = service.max_body_bytes()}, std::cref(service));
  Connection client(server);
  client.say("POST /team HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
             std::to_string(body.size()) + "\r\n\r\n");
  auto const answer = client.all();
  CHECK(answer.find("HTTP/1.1 413 Content Too Large\r\n") == 0);
  CHECK(said(answer) == said(handled.response.body));
}
