// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/parse.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <support/catch.hpp>

#include <cstdint>
#include <limits>

using namespace inlay;

TEST_CASE("a double is printed with the fewest digits, and never looks like an integer") {
  CHECK(json::print(1.0) == "1.0");
  CHECK(json::print(1.5) == "1.5");
  CHECK(json::print(-0.0) == "-0.0");
  CHECK(json::print(0.1) == "0.1");
  CHECK(json::print(100.0) == "100.0");
  CHECK(json::print(5e-324) == "5e-324");
  CHECK(json::print(1e300) == "1e+300");
  CHECK(json::print(0.30000000000000004) == "0.30000000000000004");
  CHECK(json::print(123456789012345680000.0) == "123456789012345683968.0");
}

TEST_CASE("integers are printed as digits") {
  CHECK(json::print(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(json::print(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(json::print(0) == "0");
}

TEST_CASE("canonical text is compact, keeps the order of members, and is a fixed point") {
  std::string const text =
      R"({"z":[1,2.0,{"b":null,"a":true}],"a":false,"empty":{},"none":[],"é":"{{oauth.token.access_token}}"})";
  CHECK(json::print(json::parse(text).value()) == text);
  CHECK(json::print(json::parse(" { \"b\" : [ 1 ,\n2 ] , \"a\" : 1E2 } ").value()) == R"({"b":[1,2],"a":100.0})");
}

TEST_CASE("only what must be escaped is escaped") {
  CHECK(json::print(boost::json::string("\"\\/\b\f\n\r\t\x01\x1f\x7f é😀")) ==
        "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f é😀\"");
  CHECK(json::print(boost::json::string(boost::json::string_view("a\0b", 3))) == R"("a\u0000b")");
  std::string out = "name: ";
  json::print_string("", out);
  CHECK(out == "name: \"\"");
  CHECK(json::print({{"a\"b", 1}}) == R"({"a\"b":1})");
}

TEST_CASE("a character is escaped wherever in a string it stands, and no other is") {
  for (std::size_t length = 1; length < 20; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      for (int byte = 0; byte < 0x80; ++byte) {
        std::string text(length, 'x');
        text[at] = static_cast<char>(byte);
        std::string out;
        json::print_string(text, out);
        bool const is_escaped = byte < 0x20 || byte == '"' || byte == '\\';
        if ((out.size() > length + 2) != is_escaped) FAIL_CHECK("byte " << byte << " at " << at << " of " << length);
        auto const back = json::parse(out);
        if (!back || back->as_string() != boost::json::string_view(text)) FAIL_CHECK(out);
      }
    }
  }
}

TEST_CASE("printing appends to what is there") {
  std::string out = "[";
  json::print(boost::json::value(true), out);
  CHECK(out == "[true");
}

TEST_CASE("pretty text has two spaces a level and the same values") {
  auto const value = json::parse(R"({"a":{"b":[1,"x"],"c":{}},"d":[]})").value();
  std::string const pretty = json::print_pretty(value);
  CHECK(pretty == R"({
  "a": {
    "b": [
      1,
      "x"
    ],
    "c": {}
  },
  "d": []
})");
  CHECK(json::print(json::parse(pretty).value()) == json::print(value));
}
