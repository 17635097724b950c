// SPDX-License-Identifier: BSL-1.0
#include "service.hpp"

#include "log.hpp"
#include "signals.hpp"
#include "supervisor.hpp"

#include <inlay/rest/problem.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/string.hpp>

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
  if (log != nullptr) log->line({"error \"", request.method, " ", request.target, "\" ", to_string(error)});
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
  if (!tokens) return log.line({"reload: the tokens stay as they were: ", to_string(tokens.error())});
  service.use(std::move(*tokens));
  log.line({"reload: the tokens were read anew"});
}

}  // namespace

Service::Service(inlay::Catalog catalog, std::optional<Tokens> tokens, Log* log, std::chrono::milliseconds health_time,
                 Paths paths)
    : health_(catalog, health_time),
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

bool Service::is_prompt(std::string_view target) const noexcept {
  constexpr std::string_view health = "/healthz";
  std::string_view const path = target.substr(0, target.find('?'));
  if (!path.ends_with(health)) return false;
  std::string_view const before = path.substr(0, path.size() - health.size());
  return before.empty() || before == handler_.base_path();
}

Answer Service::operator()(rest::Request const& request) const {
  if (is_prompt(request.target)) return {answer_healthz(request)};

  auto const tokens = this->tokens();
  if (!tokens) {
    if (!names_loopback(request.headers.find("Host").value_or(""))) {
      return {rest::problem(
          421, Error{.kind = ErrorKind::forbidden, .message = "without tokens this server answers to localhost only"})};
    }
    inlay::Caller const administration{.actor = "localhost"};
    return {handler_(request, administration), administration.actor};
  }
  inlay::Caller const* const caller = tokens->find(request.headers.find("Authorization"));
  if (caller == nullptr) {
    auto response = rest::problem(
        401, Error{.kind = ErrorKind::forbidden, .message = "say who you are: Authorization: Bearer TOKEN"});
    response.headers.add("WWW-Authenticate", "Bearer");
    return {std::move(response)};
  }
  return {handler_(request, *caller), caller->actor};
}

rest::Response Service::answer_healthz(rest::Request const& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    auto response = rest::problem(
        405, Error{.kind = ErrorKind::invalid_argument, .message = "this path has the methods GET, HEAD"});
    response.headers.add("Allow", "GET, HEAD");
    return response;
  }
  rest::Response response;
  if (auto const healthy = health_.ask(); !healthy) {
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

inlay::Result<void> serve(inlay::Catalog const& catalog, ServeOptions const& options) try {
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
  bool const has_tokens = tokens.has_value();

  auto const made_log = Log::to(options.log);
  if (!made_log) return made_log.error();
  std::shared_ptr<Log> const log = *made_log;
  Service service(catalog, std::move(tokens), log.get(), std::chrono::seconds(2), options.paths);
  Listen listen{.socket = *socket,
                .is_loopback_only = !has_tokens,
                .max_body_bytes = service.max_body_bytes(),
                .is_prompt = std::bind_front(&Service::is_prompt, &service),
                .stop_time = options.stop_time,
                .log = log.get()};
  if (options.listen) listen.address = *options.listen;
  auto const bound = Server::bind(std::move(listen), std::cref(service));
  if (!bound) return bound.error();
  Server& server = **bound;
  if (auto started = server.start(); !started) return started.error();

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
  std::string const place = "listening at http://" + server.address();
  std::printf("%s\n", place.c_str());
  std::fflush(stdout);

  auto const tell = [&](bool was_told) {
    if (!was_told) log->line({"the supervisor can't be told how this is: ", std::strerror(errno)});
  };
  tell(supervisor.ready(place));
  while (wishes->next() == Wishes::Wish::reload) {
    tell(supervisor.reloading());
    reload(service, options.tokens_file, *log);
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
