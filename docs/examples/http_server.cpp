// SPDX-License-Identifier: BSL-1.0
// inlay's REST resource on a server of one's own, as short as it can be: a thread for each connection, one token.
//
//     TOKEN=... http_server sqlite:inlay.db 8080
//
// What `inlay serve` has beside it (src/server/): tokens in a file, limits for those who have none, health, systemd,
// logs.
#include <inlay/catalog.hpp>
#include <inlay/rest/handler.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;

// Who calls is the host's to know: here, whoever has the token is its administration. In constant time, so that the
// token cannot be found out byte by byte.
std::optional<inlay::Caller> caller_of(inlay::rest::Headers const& headers, std::string const& token) {
  std::string const wanted = "Bearer " + token;
  std::string const given = headers.find("Authorization").value_or("");
  unsigned difference = given.size() == wanted.size() ? 0 : 1;
  for (std::size_t i = 0; i != wanted.size(); ++i) {
    difference |= static_cast<unsigned char>(wanted[i]) ^ static_cast<unsigned>(i < given.size() ? given[i] : 0) % 256U;
  }
  if (difference != 0) return std::nullopt;
  return inlay::Caller{.actor = "example"};
}

void serve(tcp::socket socket, inlay::rest::Handler const& handler, std::string const& token) try {
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer(std::size_t{64} << 10U);
  for (bool keep_alive = true; keep_alive;) {
    stream.expires_after(std::chrono::seconds(30));
    http::request_parser<http::string_body> parser;
    parser.header_limit(16U << 10U);
    parser.body_limit(handler.max_body_bytes());
    http::read(stream, buffer, parser);
    auto message = parser.release();
    keep_alive = message.keep_alive();

    inlay::rest::Request request{.method = std::string(message.method_string()),
                                 .target = std::string(message.target()),
                                 .headers = {},
                                 .body = std::move(message.body())};
    for (auto const& field : message) request.headers.add(field.name_string(), field.value());
    inlay::rest::Response answer{.status = 401, .headers = {{"WWW-Authenticate", "Bearer"}}};
    if (auto const caller = caller_of(request.headers, token)) answer = handler(request, *caller);

    http::response<http::string_body> response(static_cast<http::status>(answer.status), message.version());
    for (auto const& [name, value] : answer.headers) response.insert(name, value);
    response.body() = std::move(answer.body);
    response.keep_alive(keep_alive);
    // HEAD has a length and no body; 204 and 304 have neither.
    bool const has_body = request.method != "HEAD" && answer.status != 204 && answer.status != 304;
    if (has_body) response.prepare_payload();
    http::response_serializer<http::string_body> serializer(response);
    if (has_body) {
      http::write(stream, serializer);
    } else {
      http::write_header(stream, serializer);
    }
  }
} catch (std::exception const&) {
  // The connection is gone, or what came is no HTTP: it ends.
}

}  // namespace

int main(int argc, char** argv) {
  char const* const token = std::getenv("TOKEN");
  if (argc != 3 || token == nullptr || *token == '\0') {
    std::cerr << "usage: TOKEN=... http_server STORE_URL PORT\n";
    return 2;
  }
  auto const catalog = inlay::Catalog::open(argv[1]);
  if (!catalog) {
    std::cerr << catalog.error() << '\n';
    return 1;
  }
  try {
    inlay::rest::Handler const handler(*catalog);
    boost::asio::io_context context;
    tcp::acceptor acceptor(context,
                           {boost::asio::ip::address_v4::loopback(), static_cast<unsigned short>(std::stoul(argv[2]))});
    std::cout << "listening on port " << acceptor.local_endpoint().port() << std::endl;
    while (true) {
      std::thread([&handler, token, socket = acceptor.accept()]() mutable {
        serve(std::move(socket), handler, token);
      }).detach();
    }
  } catch (std::exception const& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
