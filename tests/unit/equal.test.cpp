// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/equal.hpp>
#include <inlay/json/parse.hpp>

#include <support/catch.hpp>

using namespace inlay;

namespace {

bool equal(std::string_view a, std::string_view b) {
  auto const left = json::parse(a).value();
  auto const right = json::parse(b).value();
  bool const is_equal = json::equal(left, right);
  CHECK(json::equal(right, left) == is_equal);
  return is_equal;
}

bool identical(std::string_view a, std::string_view b) {
  return json::identical(json::parse(a).value(), json::parse(b).value());
}

}  // namespace

TEST_CASE("numbers are equal by value, exactly") {
  CHECK(equal("1", "1.0"));
  CHECK(equal("100", "1e2"));
  CHECK(equal("0", "-0.0"));
  CHECK(equal("0.5", "5e-1"));
  CHECK(equal("-9223372036854775808", "-9223372036854775808.0"));
  CHECK(equal("9223372036854775808", "9223372036854775808.0"));
  CHECK_FALSE(equal("1", "1.5"));
  CHECK_FALSE(equal("9007199254740993", "9007199254740992.0"));
  CHECK_FALSE(equal("9223372036854775807", "9223372036854775808.0"));
  CHECK_FALSE(equal("18446744073709551615", "18446744073709551616.0"));
  CHECK_FALSE(equal("-1", "18446744073709551615"));
  CHECK_FALSE(equal("1", "true"));
  CHECK_FALSE(equal("1", "\"1\""));
  CHECK(json::equal(boost::json::value(5), boost::json::value(5U)));
  CHECK_FALSE(json::equal(boost::json::value(-1), boost::json::value(18446744073709551615U)));
}

TEST_CASE("objects are equal whatever the order of their members, arrays are not") {
  CHECK(equal(R"({"a":1,"b":[{"c":2,"d":3.0}]})", R"({"b":[{"d":3,"c":2}],"a":1.0})"));
  CHECK_FALSE(equal(R"({"a":1})", R"({"a":1,"b":null})"));
  CHECK_FALSE(equal(R"({"a":1})", R"({"b":1})"));
  CHECK_FALSE(equal("[1,2]", "[2,1]"));
  CHECK_FALSE(equal("[1]", "[1,1]"));
  CHECK_FALSE(equal("{}", "[]"));
  CHECK_FALSE(equal("null", "false"));
  CHECK(equal("null", "null"));
}

TEST_CASE("identical values have the same text, but for the order of members") {
  CHECK(identical(R"({"a":1,"b":[2.0,"x"]})", R"({"b":[2.0,"x"],"a":1})"));
  CHECK_FALSE(identical("1", "1.0"));
  CHECK_FALSE(identical("0.0", "-0.0"));
  CHECK_FALSE(identical(R"([{"a":1}])", R"([{"a":1.0}])"));
  CHECK(json::identical(boost::json::value(5), boost::json::value(5U)));
}
