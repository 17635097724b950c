// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/limits.hpp>

#include <support/catch.hpp>

using namespace inlay;

TEST_CASE("a document may have 1 MiB and 64 levels unless something else is set") {
  json::Limits const limits;
  CHECK(limits.max_bytes == 1'048'576);
  CHECK(limits.max_depth == 64);
  CHECK(limits == json::Limits{.max_bytes = 1'048'576, .max_depth = 64});
  CHECK_FALSE(limits == json::no_limits);
}

TEST_CASE("no limits allows more than any limit") {
  json::Limits const limits;
  CHECK(json::no_limits.max_bytes > limits.max_bytes);
  CHECK(json::no_limits.max_depth > json::greatest_depth);
  CHECK(json::greatest_depth > limits.max_depth);
}
