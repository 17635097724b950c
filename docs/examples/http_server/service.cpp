// SPDX-License-Identifier: BSL-1.0
#include "service.hpp"

#include <inlay/rest/problem.hpp>

#include <cstdio>
#include <utility>

namespace http_server {

namespace rest = inlay::rest;
using inlay::Error;
using inlay::ErrorKind;

namespace {

// A page in somebody's browser can reach loopback under a name of its own (DNS rebinding); the Host gives it away.
bool names_loopback(std::string_view host) {
  if (!host.empty() && host.front() == '[') return host.substr(0, host.find(']')) == "[::1";
  host = host.substr(0, host.rfind(':'));
  return host.empty() || host == "localhost" || host == "127.0.0.1";
}

}  // namespace

Service::Service(inlay::Catalog catalog, std::optional<Tokens> tokens)
    : catalog_(catalog), handler_(std::move(catalog)), tokens_(std::move(tokens)) {}

Answer Service::operator()(rest::Request const& request) const {
  if (request.target == "/healthz" && (request.method == "GET" || request.method == "HEAD")) return {healthz()};

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

rest::Response Service::healthz() const {
  auto const revision = catalog_.repository().revision();
  if (!revision) {
    // Anybody may ask this, so that nothing is said about the store.
    return rest::problem(503, Error{.kind = ErrorKind::unavailable, .message = "the store can't be reached"});
  }
  return {.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = R"({"status":"ok"})"};
}

inlay::Result<void> serve(inlay::Catalog const& catalog, ServeOptions const& options) {
  std::optional<Tokens> tokens;
  if (!options.tokens_file.empty()) {
    auto read = Tokens::read(options.tokens_file);
    if (!read) return read.error();
    tokens = std::move(*read);
  }
  bool const has_tokens = tokens.has_value();
  Service const service(catalog, std::move(tokens));
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
