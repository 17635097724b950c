// SPDX-License-Identifier: BSL-1.0
#include <inlay/rest/problem.hpp>

#include <inlay/json/parse.hpp>

#include <support/catch.hpp>

using namespace inlay;
using rest::Situation;

TEST_CASE("the status of an error follows its kind and what it was about") {
  struct Row {
    ErrorKind kind;
    int request;
    int content;
    int conditional;
  };
  for (Row const& row : {
           Row{ErrorKind::invalid_argument, 400, 422, 422},
           Row{ErrorKind::invalid_document, 400, 422, 422},
           Row{ErrorKind::not_found, 404, 404, 404},
           Row{ErrorKind::already_exists, 409, 409, 409},
           Row{ErrorKind::conflict, 409, 409, 412},
           Row{ErrorKind::in_use, 409, 409, 409},
           Row{ErrorKind::forbidden, 403, 403, 403},
           Row{ErrorKind::quota_exceeded, 507, 507, 507},
           Row{ErrorKind::unavailable, 503, 503, 503},
           Row{ErrorKind::compacted, 410, 410, 410},
           Row{ErrorKind::corrupt, 500, 500, 500},
           Row{ErrorKind::not_built, 500, 500, 500},
           Row{ErrorKind::unknown_scheme, 500, 500, 500},
           Row{ErrorKind::internal, 500, 500, 500},
       }) {
    CAPTURE(row.kind);
    CHECK(rest::status_of(Error{.kind = row.kind}, Situation::request) == row.request);
    CHECK(rest::status_of(Error{.kind = row.kind}, Situation::content) == row.content);
    CHECK(rest::status_of(Error{.kind = row.kind}, Situation::conditional) == row.conditional);
  }
}

TEST_CASE("a quota that a later time brings back is 429, and says how long to wait") {
  Error const error{
      .kind = ErrorKind::quota_exceeded, .message = "no more today", .retry_after = std::chrono::hours(2)};
  CHECK(rest::status_of(error, Situation::content) == 429);
  auto const response = rest::problem(429, error);
  CHECK(response.headers.find("retry-after") == "7200");
  CHECK(response.body == R"({"type":"about:blank","title":"Too Many Requests","status":429,"detail":"no more today",)"
                         R"("kind":"quota_exceeded"})");
}

TEST_CASE("a problem document says what the error says") {
  auto const response = rest::problem(412, Error{.kind = ErrorKind::conflict,
                                                 .message = "somebody was \"faster\"",
                                                 .pointer = "/a~1b",
                                                 .current_version = Version{7},
                                                 .outcome = Outcome::unknown});
  CHECK(response.status == 412);
  CHECK(response.headers.find("content-type") == "application/problem+json");
  CHECK(response.body ==
        R"({"type":"about:blank","title":"Precondition Failed","status":412,"detail":"somebody was \"faster\"",)"
        R"("kind":"conflict","pointer":"/a~1b","current_version":7,"outcome":"unknown"})");
}

TEST_CASE("a problem document leaves out what the error does not have") {
  auto const response = rest::problem(404, Error{.kind = ErrorKind::not_found, .message = "no"});
  CHECK(response.body == R"({"type":"about:blank","title":"Not Found","status":404,"detail":"no","kind":"not_found"})");
}

TEST_CASE("a problem document is UTF-8 even when the message is not") {
  auto const response =
      rest::problem(400, Error{.kind = ErrorKind::invalid_argument, .message = "no \xFF\xC3 \xC3\xA9"});
  auto const body = json::parse(response.body);
  REQUIRE(body.has_value());
  CHECK(body->at("detail") == "no \xEF\xBF\xBD\xEF\xBF\xBD \xC3\xA9");
}
