// SPDX-License-Identifier: BSL-1.0
// The example server in this process: who may call, how many at a time, and how long each may take.
#include <inlay/backends/memory.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/storage/repository.hpp>

#include <support/catch.hpp>
#include <support/socket_folder.hpp>
#include <support/temporary_folder.hpp>

#include "http.hpp"

#include <sys/stat.h>

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
using namespace inlay::test;
using http_server::Service;
using http_server::Tokens;
using namespace std::chrono_literals;

namespace {

Catalog in_memory() { return Catalog::open("memory:", Backends().add(memory_backend())).value(); }

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
    ++questions_;
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
  [[nodiscard]] int questions() const {
    std::lock_guard const lock(mutex_);
    return questions_;
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
  mutable int questions_ = 0;
  bool is_halted_ = false;
  Capabilities own_{.backend = "halting"};
};

std::string const get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

http_server::Answer hello(rest::Request const&) { return {.response = {.status = 200, .body = "hello"}}; }

std::string header_of(rest::Response const& response, char const* name) {
  return response.headers.find(name).value_or("(none)");
}

}  // namespace

TEST_CASE("the health can be asked for by anybody, with GET and HEAD, whatever the query") {
  Service const service(in_memory(), Tokens::parse(token("one") + " alice admin").value());
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

TEST_CASE("the description of the resource can be asked for by anybody, and nothing else beside it") {
  Service const service(in_memory(), Tokens::parse(token("one") + " alice admin").value(), nullptr, {},
                        {.base = "/inner", .shown = "/api"});
  auto const ask = [&](char const* method, char const* target) {
    return service({.method = method, .target = target}).response;
  };
  auto const answered = ask("GET", "/inner/openapi.json");
  CHECK(answered.status == 200);
  CHECK_THAT(answered.body, Catch::Matchers::StartsWith(R"({"servers":[{"url":"/api"}],)"));
  CHECK_FALSE(service.admit({.method = "GET", .target = "/inner/openapi.json"}).is_known);
  CHECK(ask("HEAD", "/inner/openapi.json").status == 200);
  for (char const* const method : {"POST", "DELETE", "PATCH"}) CHECK(ask(method, "/inner/openapi.json").status == 405);
  for (char const* const target : {"/openapi.json", "/api/openapi.json", "/inner/team", "/inner/openapi.json/x",
                                   "/inner/x/../openapi.json", "/inner/openapi.json%2F..%2Fteam"}) {
    CAPTURE(target);
    CHECK(ask("GET", target).status == 401);
  }
}

TEST_CASE("no more connections are served than there may be, and the next one when one has ended") {
  Running const server({.max_connections = 2, .max_strangers_of_address = 2}, everybody(hello));
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
  // At a path 1 MiB is more than the system takes at once, and little enough to be read in time on a busy machine.
  support::SocketFolder const folder;
  std::string const body(std::size_t{1} << 20U, 'x');
  Running const server({.address = "unix:" + folder.file("socket"), .transfer_time = 2s},
                       everybody([&](rest::Request const&) {
                         std::this_thread::sleep_for(1500ms);
                         return http_server::Answer{.response = {.status = 200, .body = body}};
                       }));
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
  Running const server({.max_connections = 3, .max_strangers_of_address = 3, .head_time = 300ms}, everybody(hello));
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
  Running const server({.head_time = 100ms, .idle_time = 20s}, everybody(hello));
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

TEST_CASE("what a head alone decides is answered while all else waits, and what waits is answered in the end") {
  std::atomic<bool> goes_on = false;
  std::atomic<int> inside = 0;
  std::atomic<int> most_inside = 0;
  auto const slowly = [&](rest::Request const& request) {
    int const now = ++inside;
    for (int most = most_inside; most < now && !most_inside.compare_exchange_weak(most, now);) {
    }
    while (!goes_on) std::this_thread::sleep_for(1ms);
    --inside;
    return hello(request);
  };
  Running const server({.threads = 2}, [&](rest::Request const& head) -> http_server::Admission {
    if (head.target == "/prompt") return {.answer = hello};
    return {.answer = slowly, .is_known = true};
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
  Running const server({.idle_time = 200ms}, everybody(hello));
  Connection idle(server);
  idle.say(get + get);  // the second one waits here while the first is answered
  auto const begin = std::chrono::steady_clock::now();
  std::string const all = idle.all();
  CHECK(all.find("HTTP/1.1 200 OK") != all.rfind("HTTP/1.1 200 OK"));
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
}

TEST_CASE("empty lines before a request are no part of it and there may be eight") {
  Running const server({.idle_time = 1s}, everybody(hello));
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
  Running const server({.head_time = 600ms, .idle_time = 600ms}, everybody(hello));
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
  Running const server(
      {}, everybody([](rest::Request const& request) {
        std::string const host = request.headers.find("Host").value_or("(none)");
        return http_server::Answer{.response = {.status = 200, .body = "(" + host + " " + request.target + ")"}};
      }));
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
  Running const administration({}, std::bind_front(&Service::admit, &service));
  CHECK(answer_to(administration, "http://other.example/team", "localhost").find("HTTP/1.1 421 ") == 0);
  CHECK(answer_to(administration, "http://localhost/team", "other.example").find("HTTP/1.1 200 ") == 0);
  CHECK(answer_to(administration, "/team", "other.example").find("HTTP/1.1 421 ") == 0);
  CHECK(answer_to(administration, "http://other.example/healthz", "localhost").find("HTTP/1.1 200 ") == 0);
}

TEST_CASE("a service is asked below its base path and shows its public path") {
  Service const service(in_memory(), Tokens::parse(token("one") + " alice admin").value(), nullptr, {},
                        {.base = "inner/v1/", .shown = "/api"});
  auto const ask = [&](char const* method, std::string const& target, char const* body = "") {
    return service({.method = method,
                    .target = target,
                    .headers = {{"Authorization", "Bearer " + token("one")}, {"Content-Type", "application/json"}},
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
    CHECK_FALSE(service.admit({.method = "GET", .target = target}).is_known);
    CHECK(service({.method = "GET", .target = target}).response.status == 200);
  }
  for (std::string const target :
       {"/inner/healthz", "/v1/healthz", "/api/healthz", "/inner/v1//healthz", "/inner/v1/healthz/x", "healthz"}) {
    CAPTURE(target);
    CHECK(service({.method = "GET", .target = target}).response.status == 401);
  }
}

TEST_CASE("a server that was told of a path that is none does not start and says which") {
  // With an address at which nobody can listen, so that a server which starts all the same ends too.
  for (char const* const path : {"/api?x", "https://host.example/api", "/a b", "/api/../x"}) {
    CAPTURE(path);
    auto const based = http_server::serve(in_memory, {.listen = "nowhere", .paths = {.base = path}});
    REQUIRE(based.has_error());
    CHECK(based.error().kind == ErrorKind::invalid_argument);
    CHECK(based.error().message.find("a base path is ") == 0);
    CHECK(based.error().message.find(path) != std::string::npos);
    auto const shown = http_server::serve(in_memory, {.listen = "nowhere", .paths = {.shown = path}});
    REQUIRE(shown.has_error());
    CHECK(shown.error().message.find("a public path is ") == 0);
  }
}

TEST_CASE("a server that does not start has not opened its store") {
  support::TemporaryFolder const folder;
  support::write_file(folder.file("tokens"), "no line of a tokens file\n");
  ::chmod(folder.file("tokens").c_str(), 0600);
  bool is_opened = false;
  auto const open = [&]() -> Result<Catalog> {
    is_opened = true;
    return Error{.kind = ErrorKind::unavailable, .message = "opened"};
  };
  for (auto const& options : {http_server::ServeOptions{.listen = "nowhere"},
                              {.listen = "0.0.0.0:0"},
                              {.listen = "127.0.0.1:0", .health = "nowhere"},
                              {.listen = "127.0.0.1:0", .proxies = {"nobody"}},
                              {.listen = "127.0.0.1:0", .paths = {.base = "/a b"}},
                              {.listen = "127.0.0.1:0", .tokens_file = folder.file("absent")},
                              {.listen = "127.0.0.1:0", .tokens_file = folder.file("tokens")}}) {
    auto const served = http_server::serve(open, options);
    REQUIRE(served.has_error());
    CHECK(served.error().message != "opened");
    CHECK_FALSE(is_opened);
  }
  auto const served = http_server::serve(open, {.listen = "127.0.0.1:0"});
  REQUIRE(served.has_error());
  CHECK(served.error().message == "opened");
}

TEST_CASE("the health is told in time by a store that does not answer and asks it one question at a time") {
  auto const store = std::make_shared<Halting>();
  Service const service(Catalog(store), {}, nullptr, {.patience = 200ms, .rest = 0ms});
  auto const status = [&] { return service({.method = "GET", .target = "/healthz"}).response.status; };
  CHECK(status() == 200);
  store->halt();
  std::vector<std::thread> others;
  std::atomic<int> refused = 0;
  for (int i = 0; i < 4; ++i) others.emplace_back([&] { refused += status() == 503 ? 1 : 0; });
  for (auto& other : others) other.join();
  // One at a time waits, since others need its thread; who asks meanwhile is told what the store has said last.
  CHECK(refused >= 1);
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

TEST_CASE("a store is asked how it is once in a while, however many want to know") {
  auto const store = std::make_shared<Halting>();
  http_server::Health const health(Catalog(store), {.patience = 20s, .rest = 1h});
  for (int i = 0; i < 100; ++i) CHECK(health.ask().has_value());
  CHECK(store->questions() == 1);
  http_server::Health const restless(Catalog(store), {.patience = 20s, .rest = 0ms});
  for (int i = 0; i < 10; ++i) CHECK(restless.ask().has_value());
  CHECK(store->questions() == 11);
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

  Running const server({.max_body_bytes = service.max_body_bytes()}, std::bind_front(&Service::admit, &service));
  Connection client(server);
  client.say("POST /team HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
             std::to_string(body.size()) + "\r\n\r\n");
  auto const answer = client.all();
  CHECK(answer.find("HTTP/1.1 413 Content Too Large\r\n") == 0);
  CHECK(said(answer) == said(handled.response.body));
}
