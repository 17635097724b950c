// SPDX-License-Identifier: BSL-1.0
#include "response.hpp"

#include <inlay/rest/problem.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <optional>
#include <utility>

namespace http_server {

namespace http = boost::beast::http;
namespace rest = inlay::rest;

namespace {

/** The time for the field Date (RFC 9110, 5.6.7). */
std::string http_date() {
  std::time_t const now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::size_t const size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

}  // namespace

Message to_message(rest::Response response, Form form) {
  Message message;
  message.version(11);
  message.result(static_cast<unsigned>(response.status));
  message.reason(std::string(rest::reason_phrase(response.status)));
  message.set(http::field::date, http_date());
  for (auto const& [name, value] : response.headers) message.insert(name, value);
  bool const has_no_body = form.is_head || response.status == 204 || response.status == 304;
  if (!has_no_body) {
    message.content_length(response.body.size());
    message.body() = std::move(response.body);
  }
  message.keep_alive(form.keeps_alive);
  // HTTP/1.0 takes a connection that nobody promised to keep for one that ends with the answer (RFC 9112, 9.3).
  if (form.keeps_alive && form.version < 11) message.set(http::field::connection, "keep-alive");
  return message;
}

Prepared::Prepared(rest::Response const& response) : status(response.status), body(response.body) {
  head = "HTTP/1.1 " + std::to_string(status) + ' ' + std::string(rest::reason_phrase(status)) + "\r\n";
  for (auto const& [name, value] : response.headers) head.append(name).append(": ").append(value).append("\r\n");
  head += "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n";
}

Prepared out_of_memory(inlay::Outcome outcome) {
  bool const is_done_by_none = outcome == inlay::Outcome::not_done;
  auto const response =
      rest::problem(503, {.kind = inlay::ErrorKind::unavailable,
                          .message = is_done_by_none ? "there is no memory to answer this now; try again later"
                                                     : "the write may have happened: look before trying again",
                          .outcome = outcome,
                          .retry_after = is_done_by_none ? std::optional(std::chrono::seconds(1)) : std::nullopt});
  return Prepared(response);
}

bool is_bare(rest::Response const& response) {
  return response.status == 503 && response.body.empty() && response.headers.begin() == response.headers.end();
}

}  // namespace http_server
