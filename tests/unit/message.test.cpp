// SPDX-License-Identifier: BSL-1.0
#include <inlay/rest/message.hpp>

#include <support/catch.hpp>

using namespace inlay::rest;

TEST_CASE("header fields are found whatever the case of their names") {
  Headers const headers{{"Content-Type", "application/json"}, {"accept", "*/*"}};
  CHECK(headers.find("content-type") == "application/json");
  CHECK(headers.find("ACCEPT") == "*/*");
  CHECK_FALSE(headers.find("Accep").has_value());
  CHECK_FALSE(headers.find("Accept-Patch").has_value());
  CHECK(headers.contains("Accept"));
}

TEST_CASE("header fields of one name are one list") {
  Headers headers{{"If-Match", "\"1-a\""}};
  headers.add("if-match", "\"2-b\"");
  CHECK(headers.find("If-Match") == "\"1-a\", \"2-b\"");
  headers.set("IF-MATCH", "*");
  CHECK(headers.find("If-Match") == "*");
  CHECK(std::distance(headers.begin(), headers.end()) == 1);
}

TEST_CASE("every status that is answered has its phrase") {
  for (int const status : {200, 201, 204, 304, 400, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 428, 500, 503}) {
    CAPTURE(status);
    CHECK_FALSE(reason_phrase(status).empty());
  }
  CHECK(reason_phrase(422) == "Unprocessable Content");
  CHECK(reason_phrase(299).empty());
}
