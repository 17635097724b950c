// SPDX-License-Identifier: BSL-1.0
// The example server in this process: who may call, how many at a time, and how long each may take.
#include <inlay/backends/memory.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/storage/repository.hpp>

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
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
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

  /** All that comes up to a text, the text included. */
  std::string through(std::string const& text) {
    std::string all;
    boost::system::error_code ended;
    boost::asio::read_until(socket_, boost::asio::dynamic_buffer(all), text, ended);
    return all;
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

/** A store that does not say how it is while it is halted. */
class Halting final : public RepositoryFrom<Halting> {
 public:
  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> const&) const {
    return Error{.kind = ErrorKind::not_found};
  }
  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> const&) const {
    return Page<Readable>{};
  }
  Result<Committed> commit(Commit const&) override { return Committed{}; }
  Result<ChangePage> changes(ChangesRequest const&) const override { return ChangePage{}; }
  Result<void> compact(CompactRequest const&) override { return {}; }
  Result<Revision> revision() const override {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.wait(lock, [this] { return !is_halted_; });
    --waiting_;
    return Revision{};
  }
  Capabilities const& capabilities() const noexcept override { return own_; }

  void halt() { set(true); }
  void go_on() { set(false); }
  [[nodiscard]] int waiting() const {
    std::lock_guard const lock(mutex_);
    return waiting_;
  }

 private:
  void set(bool is_halted) {
    std::lock_guard const lock(mutex_);
    is_halted_ = is_halted;
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable int waiting_ = 0;
  bool is_halted_ = false;
  Capabilities own_{.backend = "halting"};
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
  CHECK(header_of(ask("GET", "/healthz"), "Cache-Control") == "no-store");
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

TEST_CASE("who does not send the head of a request in time does not keep others waiting") {
  Running const server({.max_connections = 3, .head_time = 300ms}, hello);
  Connection silent(server);
  Connection half(server);
  half.say("GET / HTTP/1.1\r\nHost: loc");
  Connection dripping(server);
  dripping.say("G");
  Connection served(server);  // once one of those is closed
  served.say(get);
  CHECK(served.first_line(20s) == "HTTP/1.1 200 OK");
  for (char const c : std::string("ET / HTTP/1.1\r\nHost:")) {
    std::this_thread::sleep_for(50ms);
    try {
      dripping.say(std::string(1, c));
    } catch (boost::system::system_error const&) {
      break;  // it is closed
    }
  }
  for (Connection* const connection : {&silent, &half, &dripping}) CHECK(connection->all().empty());
}

TEST_CASE("a connection may be idle between its requests for longer than a head may take") {
  Running const server({.head_time = 100ms, .idle_time = 20s}, hello);
  Connection kept(server);
  for (int i = 0; i < 3; ++i) {
    kept.say(get);
    CHECK(kept.through("hello").find("HTTP/1.1 200 OK") == 0);
    std::this_thread::sleep_for(300ms);
  }
  // Once it has begun with the next one, that has no more time than the first had.
  kept.say("GET");
  CHECK(kept.all().empty());
}

TEST_CASE("what is prompt is answered while all else waits, and what waits is answered in the end") {
  std::atomic<bool> goes_on = false;
  std::atomic<int> inside = 0;
  std::atomic<int> most_inside = 0;
  Running const server({.threads = 2, .is_prompt = [](std::string_view target) { return target == "/prompt"; }},
                       [&](rest::Request const& request) {
                         if (request.target == "/prompt") return hello(request);
                         int const now = ++inside;
                         for (int most = most_inside; most < now && !most_inside.compare_exchange_weak(most, now);) {
                         }
                         while (!goes_on) std::this_thread::sleep_for(1ms);
                         --inside;
                         return hello(request);
                       });
  std::vector<std::unique_ptr<Connection>> slow;
  for (int i = 0; i < 6; ++i) {
    slow.push_back(std::make_unique<Connection>(server));
    slow.back()->say(get);
  }
  for (int i = 0; i < 3; ++i) {
    Connection prompt(server);
    prompt.say("GET /prompt HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(prompt.first_line(20s) == "HTTP/1.1 200 OK");
  }
  goes_on = true;
  for (auto& connection : slow) CHECK(connection->first_line(20s) == "HTTP/1.1 200 OK");
  CHECK(most_inside == 2);
}

TEST_CASE("a connection that asks nothing more is closed in time") {
  Running const server({.idle_time = 200ms}, hello);
  Connection idle(server);
  idle.say(get + get);  // the second one waits here while the first is answered
  auto const begin = std::chrono::steady_clock::now();
  std::string const all = idle.all();
  CHECK(all.find("HTTP/1.1 200 OK") != all.rfind("HTTP/1.1 200 OK"));
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
}

TEST_CASE("empty lines before a request are no part of it and there may be eight") {
  Running const server({.idle_time = 1s}, hello);
  auto const answers_to = [&](std::vector<std::string> const& parts) {
    Connection client(server);
    for (std::string const& part : parts) {
      client.say(part);
      if (parts.size() > 1) std::this_thread::sleep_for(50ms);
    }
    std::string statuses;
    std::string const all = client.all();
    for (std::size_t at = 0; (at = all.find("HTTP/1.1 ", at)) != std::string::npos; at += 9) {
      statuses.append(statuses.empty() ? "" : " ").append(all, at + 9, 3);
    }
    return statuses;
  };
  std::string const post = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
  std::string lines;
  for (int i = 0; i < 8; ++i) lines += "\r\n";
  CHECK(answers_to({"\r\n" + get}) == "200");
  CHECK(answers_to({post + "\r\n" + get}) == "200 200");
  CHECK(answers_to({post, "\r", "\n", get}) == "200 200");
  CHECK(answers_to({lines + get + lines + post + lines, get}) == "200 200 200");
  CHECK(answers_to({lines + "\r\n" + get}) == "400");
  CHECK(answers_to({lines, "\r", "\n" + get}) == "400");
  CHECK(answers_to({"\n" + get}) == "400");
  CHECK(answers_to({"\r" + get}) == "400");
}

TEST_CASE("empty lines give a connection no more time to begin with a request") {
  Running const server({.head_time = 600ms, .idle_time = 600ms}, hello);
  auto const begin = std::chrono::steady_clock::now();
  for (std::string const& before : {std::string(), get}) {
    Connection client(server);
    client.say(before);
    try {
      for (int i = 0; i < 200; ++i) {
        if (i % 5 == 0) client.say(i % 2 == 0 ? "\r" : "\n");
        std::this_thread::sleep_for(50ms);
      }
    } catch (boost::system::system_error const&) {
      continue;  // it is closed
    }
    FAIL_CHECK("a connection is still open");
  }
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
}

TEST_CASE("the host of an absolute target counts and no field Host does") {
  Running const server({}, [](rest::Request const& request) {
    std::string const host = request.headers.find("Host").value_or("(none)");
    return http_server::Answer{.response = {.status = 200, .body = "(" + host + " " + request.target + ")"}};
  });
  auto const answer_to = [](Running const& asked, std::string const& target, std::string const& host) {
    Connection client(asked);
    client.say("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    return client.all();
  };
  struct Case {
    char const* target;
    char const* seen;
  };
  for (Case const& one :
       {Case{"http://other.example/team", "(other.example /team)"},
        Case{R"(HTTP://other.example:81/team?name[in]=a\,b)", R"((other.example:81 /team?name[in]=a\,b))"},
        Case{"https://[::1]:8080/a%2Fb", "([::1]:8080 /a%2Fb)"}, Case{"http://other.example", "(other.example /)"},
        Case{"http://other.example?x=/", "(other.example /?x=/)"},
        Case{"/team?at=http://other.example/", "(here.example /team?at=http://other.example/)"},
        Case{"//other.example/team", "(here.example //other.example/team)"}, Case{"*", "(here.example *)"}}) {
    CAPTURE(one.target);
    auto const answer = answer_to(server, one.target, "here.example");
    CHECK(answer.find("HTTP/1.1 200 ") == 0);
    CHECK(answer.substr(answer.find("\r\n\r\n") + 4) == one.seen);
  }
  for (char const* const target : {"http:///team", "http://:80/team", "http://me@here.example/team", "http://a b/team",
                                   "ftp://here.example/team", "http:/team", "mailto:team", "team", "here.example:80"}) {
    CAPTURE(target);
    CHECK(answer_to(server, target, "here.example").find("HTTP/1.1 400 ") == 0);
  }

  // Without tokens only this machine may be meant.
  Service const service(in_memory());
  Running const administration({.is_prompt = std::bind_front(&Service::is_prompt, &service)}, std::cref(service));
  CHECK(answer_to(administration, "http://other.example/team", "localhost").find("HTTP/1.1 421 ") == 0);
  CHECK(answer_to(administration, "http://localhost/team", "other.example").find("HTTP/1.1 200 ") == 0);
  CHECK(answer_to(administration, "/team", "other.example").find("HTTP/1.1 421 ") == 0);
  CHECK(answer_to(administration, "http://other.example/healthz", "localhost").find("HTTP/1.1 200 ") == 0);
}

TEST_CASE("a service is asked below its base path and shows its public path") {
  Service const service(in_memory(), Tokens::parse("one alice").value(), nullptr, 2s,
                        {.base = "inner/v1/", .shown = "/api"});
  auto const ask = [&](char const* method, std::string const& target, char const* body = "") {
    return service({.method = method,
                    .target = target,
                    .headers = {{"Authorization", "Bearer one"}, {"Content-Type", "application/json"}},
                    .body = body})
        .response;
  };
  auto const created = ask("POST", "/inner/v1/team", R"({"name":"x"})");
  CHECK(created.status == 201);
  CHECK(header_of(created, "Location").find("/api/team/") == 0);
  CHECK(ask("GET", "/team").status == 404);
  CHECK(ask("GET", "/api/team").status == 404);

  for (std::string const target : {"/healthz", "/inner/v1/healthz", "/inner/v1/healthz?from=balancer"}) {
    CAPTURE(target);
    CHECK(service.is_prompt(target));
    CHECK(service({.method = "GET", .target = target}).response.status == 200);
  }
  for (std::string const target :
       {"/inner/healthz", "/v1/healthz", "/api/healthz", "/inner/v1//healthz", "/inner/v1/healthz/x", "healthz"}) {
    CAPTURE(target);
    CHECK_FALSE(service.is_prompt(target));
    CHECK(service({.method = "GET", .target = target}).response.status == 401);
  }
}

TEST_CASE("a server that was told of a path that is none does not start and says which") {
  // With an address at which nobody can listen, so that a server which starts all the same ends too.
  for (char const* const path : {"/api?x", "https://host.example/api", "/a b", "/api/../x"}) {
    CAPTURE(path);
    auto const based = http_server::serve(in_memory(), {.listen = "nowhere", .paths = {.base = path}});
    REQUIRE(based.has_error());
    CHECK(based.error().kind == ErrorKind::invalid_argument);
    CHECK(based.error().message.find("a base path is ") == 0);
    CHECK(based.error().message.find(path) != std::string::npos);
    auto const shown = http_server::serve(in_memory(), {.listen = "nowhere", .paths = {.shown = path}});
    REQUIRE(shown.has_error());
    CHECK(shown.error().message.find("a public path is ") == 0);
  }
}

TEST_CASE("the health is told in time by a store that does not answer and asks it one question at a time") {
  auto const store = std::make_shared<Halting>();
  Service const service(Catalog(store), {}, nullptr, 200ms);
  auto const status = [&] { return service({.method = "GET", .target = "/healthz"}).response.status; };
  CHECK(status() == 200);
  store->halt();
  std::vector<std::thread> others;
  std::atomic<int> refused = 0;
  for (int i = 0; i < 4; ++i) others.emplace_back([&] { refused += status() == 503 ? 1 : 0; });
  for (auto& other : others) other.join();
  CHECK(refused == 4);
  // Who comes later does not wait for it once more.
  CHECK(status() == 503);
  CHECK(header_of(service({.method = "GET", .target = "/healthz"}).response, "Cache-Control") == "no-store");
  CHECK(store->waiting() == 1);
  store->go_on();
  for (int i = 0; i < 1000 && store->waiting() != 0; ++i) std::this_thread::sleep_for(10ms);
  auto const deadline = std::chrono::steady_clock::now() + 20s;
  while (status() != 200 && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(10ms);
  CHECK(status() == 200);
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
