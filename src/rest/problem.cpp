// SPDX-License-Identifier: BSL-1.0
#include "answers.hpp"

#include <inlay/ground/internal/utf8.hpp>
#include <inlay/rest/problem.hpp>

#include <string>

namespace inlay::rest {
namespace {

// A message may repeat what a client sent, and that need not be UTF-8; the answer has to be.
std::string in_utf8(std::string_view text) {
  if (detail::is_utf8(text)) return std::string(text);
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
  return repaired;
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
  std::string const detail = in_utf8(error.message);
  model::write_form(Problem{.type = "about:blank",
                            .title = reason_phrase(status),
                            .status = status,
                            .detail = detail,
                            .kind = to_string(error.kind),
                            .facts = {answers::ErrorFacts::of(error, in_utf8)}},
                    response.body);
  return response;
}

}  // namespace inlay::rest
