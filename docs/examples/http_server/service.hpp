// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_SERVICE_HPP
#define HTTP_SERVER_SERVICE_HPP

#include "server.hpp"
#include "tokens.hpp"

#include <inlay/rest/handler.hpp>

#include <cstdio>
#include <optional>
#include <string>

namespace http_server {

/** What is served: the catalogue's resources to who has a token, and /healthz to everybody.

    Without tokens every caller is the host's own administration. What goes wrong with the store is for the log, one
    line an error: a client only learns that something did.
*/
class Service {
 public:
  explicit Service(inlay::Catalog catalog, std::optional<Tokens> tokens = {}, std::FILE* log = nullptr);

  [[nodiscard]] Answer operator()(inlay::rest::Request const& request) const;

  [[nodiscard]] std::size_t max_body_bytes() const noexcept { return handler_.max_body_bytes(); }

 private:
  [[nodiscard]] inlay::rest::Response answer_healthz(inlay::rest::Request const& request) const;

  inlay::Catalog catalog_;
  inlay::rest::Handler handler_;
  std::optional<Tokens> tokens_;
  std::FILE* log_;
};

/** What `inlay serve` and the example are told. */
struct ServeOptions {
  std::string listen = "127.0.0.1:8080";
  std::optional<std::string> tokens_file{};  ///< absent: none, which is allowed on loopback only
  std::FILE* access_log = stderr;            ///< one line a request, and one an error that the client was not told
};

/** Serves a catalogue until SIGTERM or SIGINT; says where on stdout, once it listens. SIGPIPE is ignored from then on.

    @return what Tokens::read and Server::bind return; invalid_argument for an address that others can reach, without
    tokens.
*/
[[nodiscard]] inlay::Result<void> serve(inlay::Catalog const& catalog, ServeOptions const& options);

}  // namespace http_server

#endif
