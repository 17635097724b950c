// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/internal/kind_name.hpp>

#include <support/catch.hpp>

using inlay::json::kind_name;

TEST_CASE("a value is called by what it is, and every number is a number") {
  CHECK(kind_name(nullptr) == "null");
  CHECK(kind_name(true) == "a boolean");
  CHECK(kind_name("a") == "a string");
  CHECK(kind_name(boost::json::array{}) == "an array");
  CHECK(kind_name(boost::json::object{}) == "an object");
  for (boost::json::value const& number : {boost::json::value(-1), boost::json::value(1U), boost::json::value(0.5)}) {
    CHECK(kind_name(number) == "a number");
  }
}
