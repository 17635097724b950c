// SPDX-License-Identifier: BSL-1.0
#include "service.hpp"

#include "log.hpp"
#include "signals.hpp"
#include "supervisor.hpp"

#include <inlay/rest/problem.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/string.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace http_server {

namespace rest = inlay::rest;
using inlay::Error;
using inlay::ErrorKind;

namespace {

// A page in somebody's browser can reach loopback under a name of its own (DNS rebinding); the Host gives it away.
// An address can't be made to mean another machine, so that every one of loopback will do.
bool names_loopback(std::string_view host) {
  if (host.empty()) return true;
  std::size_t const colon = host.find(':', host.front() == '[' ? host.find(']') : 0);
  if (colon != std::string_view::npos) {
    if (host.find_first_not_of("0123456789", colon + 1) != std::string_view::npos) return false;
    host = host.substr(0, colon);
  }
  if (boost::beast::iequals(host, "localhost")) return true;
  bool const is_v6 = host.size() > 2 && host.front() == '[' && host.back() == ']';
  std::string const literal(is_v6 ? host.substr(1, host.size() - 2) : host);
  boost::system::error_code failure;
  auto const address = boost::asio::ip::make_address(literal, failure);
  return !failure && address.is_v6() == is_v6 && address.is_loopback();
}

void log_error(Log* log, rest::Request const& request, Error const& error) {
  if (log == nullptr) return;
  log->line({"error \"", Part::of_others(request_text(request.method, request.target)), "\" ",
             Part::of_others(to_string(error))});
}

constexpr std::size_t max_health_connections = 16;

/** 512, and no more than leave a quarter of the process's descriptors, and 32 at least, for the store and the health.
 */
std::size_t max_connections() noexcept {
  std::size_t const usual = Listen().max_connections;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return usual;
  std::size_t const all = limit.rlim_cur;
  std::size_t const kept = std::max<std::size_t>(32, all / 4);
  return std::clamp<std::size_t>(all > kept ? all - kept : 0, 4, usual);
}

/** What signals want of the thread that serves. */
class Wishes {
 public:
  enum class Wish { reload, stop };

  void make(Wish wish) {
    std::lock_guard const lock(mutex_);
    (wish == Wish::stop ? stop_ : reload_) = true;
    changed_.notify_all();
  }

  [[nodiscard]] Wish next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stop_ || reload_; });
    if (stop_) return Wish::stop;
    reload_ = false;
    return Wish::reload;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  bool reload_ = false;
};

/** Reads the tokens anew; who may call stays as it was where they can't be read. */
void reload(Service& service, std::optional<std::string> const& tokens_file, Log& log) {
  if (!tokens_file) return log.line({"reload: there is no tokens file to read"});
  auto tokens = Tokens::read(*tokens_file);
  if (!tokens) return log.line({"reload: the tokens stay as they were: ", Part::of_others(to_string(tokens.error()))});
  service.use(std::move(*tokens));
  log.line({"reload: the tokens were read anew"});
}

}  // namespace

Service::Service(inlay::Catalog catalog, std::optional<Tokens> tokens, Log* log, Health::Times health_times,
                 Paths paths)
    : health_(catalog, health_times),
      handler_(std::move(catalog), {.base_path = std::move(paths.base),
                                    .public_path = std::move(paths.shown),
                                    .on_error = std::bind_front(log_error, log)}),
      tokens_(tokens ? std::make_shared<Tokens const>(std::move(*tokens)) : nullptr),
      log_(log) {}

std::shared_ptr<Tokens const> Service::tokens() const {
  std::lock_guard const lock(mutex_);
  return tokens_;
}

void Service::use(Tokens tokens) {
  auto made = std::make_shared<Tokens const>(std::move(tokens));
  std::lock_guard const lock(mutex_);
  tokens_.swap(made);
}

bool Service::is_healthz(std::string_view target) const noexcept {
  constexpr std::string_view health = "/healthz";
  std::string_view const path = target.substr(0, target.find('?'));
  if (!path.ends_with(health)) return false;
  std::string_view const before = path.substr(0, path.size() - health.size());
  return before.empty() || before == handler_.base_path();
}

Admission Service::admit(rest::Request const& head) const {
  if (is_healthz(head.target))
    return {
        [this](rest::Request const& request) -> Answer { return {answer_healthz(request, health_.ask_in_passing())}; }};
  auto const refuse = [](rest::Response response) {
    return Admission{[response = std::move(response)](rest::Request const&) -> Answer { return {response}; }};
  };
  auto const answer_as = [this](inlay::Caller caller) {
    return Admission{.answer = [this, caller = std::move(caller)](rest::Request const& request) -> Answer {
                       return {handler_(request, caller), caller.actor};
                     },
                     .is_known = true};
  };

  // What is asked for before one has a token, by tools that make clients. It costs a stranger's place.
  if (handler_.is_for_anybody(head)) {
    return {[this](rest::Request const& request) -> Answer { return {handler_(request, inlay::Caller())}; }};
  }

  auto const tokens = this->tokens();
  if (!tokens) {
    if (!names_loopback(head.headers.find("Host").value_or(""))) {
      return refuse(rest::problem(
          421, Error{.kind = ErrorKind::forbidden, .message = "without tokens this server answers to localhost only"}));
    }
    return answer_as({.actor = "localhost"});
  }
  inlay::Caller const* const caller = tokens->find(head.headers.find("Authorization"));
  if (caller == nullptr) {
    auto response = rest::problem(
        401, Error{.kind = ErrorKind::forbidden, .message = "say who you are: Authorization: Bearer TOKEN"});
    response.headers.add("WWW-Authenticate", "Bearer");
    return refuse(std::move(response));
  }
  return answer_as(*caller);
}

Admission Service::admit_to_health(rest::Request const& head) const {
  bool const is_known_path = is_healthz(head.target);
  return {[this, is_known_path](rest::Request const& request) -> Answer {
    if (is_known_path) return {answer_healthz(request, health_.ask())};
    return {rest::problem(404, Error{.kind = ErrorKind::not_found, .message = "here is /healthz and nothing else"})};
  }};
}

rest::Response Service::answer_healthz(rest::Request const& request, inlay::Result<void> const& healthy) const {
  if (request.method != "GET" && request.method != "HEAD") {
    auto response = rest::problem(
        405, Error{.kind = ErrorKind::invalid_argument, .message = "this path has the methods GET, HEAD"});
    response.headers.add("Allow", "GET, HEAD");
    return response;
  }
  rest::Response response;
  if (!healthy) {
    // Anybody may ask this, so that nothing is said about the store.
    log_error(log_, request, healthy.error());
    response = rest::problem(503, Error{.kind = ErrorKind::unavailable, .message = "the store can't be reached"});
  } else {
    response = {.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = R"({"status":"ok"})"};
  }
  // Asked for without a token, it is the one answer that a cache on the way would keep.
  response.headers.add("Cache-Control", "no-store");
  return response;
}

inlay::Result<void> serve(std::function<inlay::Result<inlay::Catalog>()> const& open, ServeOptions const& options) try {
  HeldSignals const held;  // before all threads, which have them held too
  Supervisor const supervisor = Supervisor::from_environment();
  auto const socket = take_handed_socket();
  if (!socket) return socket.error();
  if (*socket && options.listen) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "there is an address to listen at, " + *options.listen + ", and a socket was handed over"};
  }
  std::optional<Tokens> tokens;
  if (options.tokens_file) {
    auto read = Tokens::read(*options.tokens_file);
    if (!read) return read.error();
    tokens = std::move(*read);
  }
  if (auto const checked = rest::Handler::check({.base_path = options.paths.base, .public_path = options.paths.shown});
      !checked) {
    return checked.error();
  }

  auto const made_log = Log::to(options.log);
  if (!made_log) return made_log.error();
  std::shared_ptr<Log> const log = *made_log;
  std::optional<Service> service;  // there before anybody is served
  Listen listen{.socket = *socket,
                .socket_mode = options.socket_mode,
                .is_private_only = !tokens,
                .max_connections = max_connections(),
                .max_strangers_of_address = options.max_strangers_of_address,
                .proxies = options.proxies,
                .stop_time = options.stop_time,
                .log = log.get()};
  if (options.listen) listen.address = *options.listen;
  auto const bound =
      Server::bind(std::move(listen), [&service](rest::Request const& head) { return service->admit(head); });
  if (!bound) return bound.error();
  Server& server = **bound;
  std::unique_ptr<Server> health;
  if (options.health) {
    // Somebody who watches asks, is told and goes. It has no tokens to keep apart who is known, so that all are
    // strangers.
    auto made = Server::bind({.address = *options.health,
                              .socket_mode = options.socket_mode,
                              .threads = 1,
                              .max_body_bytes = 0,
                              .max_connections = max_health_connections,
                              .head_time = std::chrono::seconds(5),
                              .transfer_time = std::chrono::seconds(5),
                              .idle_time = std::chrono::seconds(30),
                              .stop_time = std::chrono::milliseconds(0),
                              .log = log.get()},
                             [&service](rest::Request const& head) { return service->admit_to_health(head); });
    if (!made) return made.error();
    health = std::move(*made);
  }

  // Before the store is opened, which may take its time.
  auto const wishes = std::make_shared<Wishes>();
  auto const signals =
      SignalThread::start({.stop = [wishes] { wishes->make(Wishes::Wish::stop); },
                           .reload = [wishes] { wishes->make(Wishes::Wish::reload); },
                           .leave =
                               [log] {
                                 log->line({"stop: something still waits, and is not waited for any longer"});
                                 log->flush(std::chrono::milliseconds(500));
                               },
                           .stop_time = options.stop_time + std::chrono::milliseconds(500)});
  if (!signals) return signals.error();

  auto catalog = open();
  if (!catalog) return catalog.error();
  service.emplace(std::move(*catalog), std::move(tokens), log.get(), Health::Times(), options.paths);
  server.limit_bodies(service->max_body_bytes());
  if (health) {
    if (auto started = health->start(); !started) return started.error();
  }
  if (auto started = server.start(); !started) return started.error();

  std::string const place = "listening at " + server.address();
  std::printf("%s\n", place.c_str());
  if (health) std::printf("health at %s\n", health->address().c_str());
  std::fflush(stdout);

  auto const tell = [&](bool was_told) {
    if (!was_told) log->line({"the supervisor can't be told how this is: ", std::strerror(errno)});
  };
  tell(supervisor.ready(place));
  while (wishes->next() == Wishes::Wish::reload) {
    tell(supervisor.reloading());
    reload(*service, options.tokens_file, *log);
    tell(supervisor.ready(place));
  }
  tell(supervisor.stopping());
  server.stop();
  server.wait();
  return {};
} catch (inlay::Exception const& exception) {
  return exception.error();
}

}  // namespace http_server
