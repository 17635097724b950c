// SPDX-License-Identifier: BSL-1.0
#include "service.hpp"

#include <inlay/rest/problem.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/string.hpp>

#include <csignal>
#include <cstddef>
#include <cstdio>
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

void log_error(std::FILE* log, rest::Request const& request, Error const& error) {
  write_line(log, "error \"" + request.method + ' ' + request.target + "\" " + to_string(error));
}

}  // namespace

Service::Service(inlay::Catalog catalog, std::optional<Tokens> tokens, std::FILE* log)
    : catalog_(catalog),
      handler_(std::move(catalog), {.on_error = std::bind_front(log_error, log)}),
      tokens_(std::move(tokens)),
      log_(log) {}

Answer Service::operator()(rest::Request const& request) const {
  std::string_view const target = request.target;
  if (target.substr(0, target.find('?')) == "/healthz") return {answer_healthz(request)};

  if (!tokens_) {
    if (!names_loopback(request.headers.find("Host").value_or(""))) {
      return {rest::problem(
          421, Error{.kind = ErrorKind::forbidden, .message = "without tokens this server answers to localhost only"})};
    }
    inlay::Caller const administration{.actor = "localhost"};
    return {handler_(request, administration), administration.actor};
  }
  inlay::Caller const* const caller = tokens_->find(request.headers.find("Authorization"));
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
  auto const revision = catalog_.repository().revision();
  if (!revision) {
    // Anybody may ask this, so that nothing is said about the store.
    log_error(log_, request, revision.error());
    return rest::problem(503, Error{.kind = ErrorKind::unavailable, .message = "the store can't be reached"});
  }
  return {.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = R"({"status":"ok"})"};
}

inlay::Result<void> serve(inlay::Catalog const& catalog, ServeOptions const& options) {
  // A log whose reader has gone away is no reason to end.
  std::signal(SIGPIPE, SIG_IGN);
  std::optional<Tokens> tokens;
  if (options.tokens_file) {
    auto read = Tokens::read(*options.tokens_file);
    if (!read) return read.error();
    tokens = std::move(*read);
  }
  bool const has_tokens = tokens.has_value();
  Service const service(catalog, std::move(tokens), options.access_log);
  auto server = Server::bind({.address = options.listen,
                              .is_loopback_only = !has_tokens,
                              .max_body_bytes = service.max_body_bytes(),
                              .access_log = options.access_log},
                             std::cref(service));
  if (!server) return server.error();
  std::printf("listening at http://%s\n", (*server)->address().c_str());
  std::fflush(stdout);
  (*server)->run();
  return {};
}

}  // namespace http_server
