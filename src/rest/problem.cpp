// SPDX-License-Identifier: BSL-1.0
#include <inlay/ground/internal/utf8.hpp>
#include <inlay/json/print.hpp>
#include <inlay/rest/problem.hpp>

#include <string>

namespace inlay::rest {
namespace {

// A message may repeat what a client sent, and that need not be UTF-8; the answer has to be.
void append_string(std::string& out, std::string_view text) {
  if (detail::is_utf8(text)) {
    json::print_string(text, out);
    return;
  }
  std::string repaired;
  while (!text.empty()) {
    std::size_t const length = detail::utf8_sequence(text);
    if (length == 0) {
      repaired += "\xEF\xBF\xBD";
    } else {
      repaired += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  json::print_string(repaired, out);
}

}  // namespace

int status_of(Error const& error, Situation situation) noexcept {
  switch (error.kind) {
    case ErrorKind::invalid_argument:
    case ErrorKind::invalid_document: return situation == Situation::request ? 400 : 422;
    case ErrorKind::not_found: return 404;
    case ErrorKind::already_exists:
    case ErrorKind::in_use: return 409;
    case ErrorKind::conflict: return situation == Situation::conditional ? 412 : 409;
    case ErrorKind::forbidden: return 403;
    case ErrorKind::quota_exceeded: return error.retry_after ? 429 : 507;
    case ErrorKind::unavailable: return 503;
    case ErrorKind::compacted: return 410;
    default: return 500;
  }
}

Response problem(int status, Error const& error) {
  Response response{.status = status};
  response.headers.add("Content-Type", "application/problem+json");
  if (error.retry_after) response.headers.add("Retry-After", std::to_string(error.retry_after->count()));
  std::string& body = response.body;
  body = R"({"type":"about:blank","title":)";
  append_string(body, reason_phrase(status));
  body += R"(,"status":)" + std::to_string(status) + R"(,"detail":)";
  append_string(body, error.message);
  body += R"(,"kind":)";
  append_string(body, to_string(error.kind));
  if (error.pointer) {
    body += R"(,"pointer":)";
    append_string(body, *error.pointer);
  }
  if (error.current_version) body += R"(,"current_version":)" + std::to_string(error.current_version->value);
  if (error.outcome != Outcome::not_done) {
    body += R"(,"outcome":)";
    append_string(body, to_string(error.outcome));
  }
  body += '}';
  return response;
}

}  // namespace inlay::rest
