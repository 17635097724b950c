// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/parse.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/object.hpp>
#include <support/catch.hpp>

#include <concepts>
#include <sstream>
#include <string>
#include <string_view>

using namespace inlay;
using json::Pointer;

namespace {

std::string at(boost::json::value const& root, std::string_view pointer) {
  auto const* found = json::find(root, Pointer::parse(pointer).value());
  return found == nullptr ? "nothing" : json::print(*found);
}

}  // namespace

TEST_CASE("the examples of RFC 6901, section 5, name what it says") {
  auto const root = json::parse(R"({"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6,)"
                                R"(" ":7,"m~n":8})")
                        .value();
  CHECK(at(root, "") == json::print(root));
  CHECK(at(root, "/foo") == R"(["bar","baz"])");
  CHECK(at(root, "/foo/0") == R"("bar")");
  CHECK(at(root, "/") == "0");
  CHECK(at(root, "/a~1b") == "1");
  CHECK(at(root, "/c%d") == "2");
  CHECK(at(root, "/e^f") == "3");
  CHECK(at(root, "/g|h") == "4");
  CHECK(at(root, "/i\\j") == "5");
  CHECK(at(root, "/k\"l") == "6");
  CHECK(at(root, "/ ") == "7");
  CHECK(at(root, "/m~0n") == "8");
}

TEST_CASE("a pointer goes on by a name or by an index") {
  CHECK(to_string(Pointer() / "list" / 0 / "name") == "/list/0/name");
  CHECK(to_string(Pointer() / "list" / std::size_t{12}) == "/list/12");
  CHECK(at(json::parse(R"({"list":["a"]})").value(), to_string(Pointer() / "list" / 0)) == R"("a")");
}

TEST_CASE("the token ~01 is the name ~1, not a slash") {
  CHECK(Pointer::parse("/~01").value() == Pointer({"~1"}));
  CHECK(to_string(Pointer({"~1"})) == "/~01");
}

TEST_CASE("what does not exist is not found") {
  auto const root = json::parse(R"({"a":[1,[2]],"s":"text","n":null,"0":"zero"})").value();
  for (char const* pointer : {"/b", "/a/2", "/a/-", "/a/00", "/a/01", "/a/+1", "/a/1e0", "/a/ 1", "/a/", "/s/0", "/n/x",
                              "/a/18446744073709551616", "/a/-1", "/a/1/0/0", "/"}) {
    CAPTURE(pointer);
    CHECK(at(root, pointer) == "nothing");
  }
  CHECK(at(root, "/n") == "null");
  CHECK(at(root, "/0") == R"("zero")");
  CHECK(at(root, "/a/1/0") == "2");
}

TEST_CASE("a pointer that RFC 6901 does not know is refused") {
  for (char const* text : {"a", "a/b", "/~", "/a~", "/~2", "/a/~x/b", "#/a", " /a"}) {
    CAPTURE(text);
    auto const pointer = Pointer::parse(text);
    REQUIRE(pointer.has_error());
    CHECK(pointer.error().kind == ErrorKind::invalid_argument);
  }
}

TEST_CASE("a pointer prints as it was read") {
  for (char const* text : {"", "/", "//", "/a/b", "/a~1b/~0/", "/é/0/-", "/%20"}) {
    CHECK(to_string(Pointer::parse(text).value()) == text);
  }
  CHECK(to_string(Pointer() / "a/b" / "" / "~") == "/a~1b//~0");
  CHECK(Pointer::parse("").value().is_root());
  CHECK_FALSE(Pointer::parse("/").value().is_root());
}

TEST_CASE("a pointer is written to a stream as to_string writes it") {
  std::ostringstream out;
  out << Pointer() / "a/b" / 0 << Pointer();
  CHECK(out.str() == "/a~1b/0");
}

TEST_CASE("a function that takes a pointer takes it in any form") {
  auto const taken = [](json::PointerView view) { return view.pointer(); };
  Pointer const wanted({"a/b", "0"});
  std::string const text = "/a~1b/0";
  char const* const characters = text.c_str();
  char buffer[16] = "/a~1b/0";
  CHECK(taken("/a~1b/0").value() == wanted);
  CHECK(taken(text).value() == wanted);
  CHECK(taken(std::string_view(text)).value() == wanted);
  CHECK(taken(characters).value() == wanted);
  CHECK(taken(buffer).value() == wanted);
  CHECK(taken(wanted).value() == wanted);
  CHECK(taken(json::PointerLiteral("/a~1b/0")).value() == wanted);
  CHECK(taken({}).value().is_root());
  CHECK(taken("").value().is_root());
  CHECK(json::PointerLiteral("/a~1b/0").pointer() == wanted);
}

TEST_CASE("text that turns out to be no pointer is invalid_argument, with the text") {
  for (std::string const text : {"a", "/~", "/a~2"}) {
    auto const taken = json::PointerView(text).pointer();
    REQUIRE(taken.has_error());
    CHECK(taken.error().kind == ErrorKind::invalid_argument);
    CHECK(taken.error().pointer == text);
  }
}

// Only a text that is written out can be looked at when it is compiled; what does not compile is in
// tests/compile_errors.
static_assert(std::convertible_to<char const (&)[3], json::PointerLiteral>);
static_assert(!std::convertible_to<std::string, json::PointerLiteral>);
static_assert(!std::convertible_to<char const*, json::PointerLiteral>);
static_assert(std::string_view(json::PointerLiteral("/a/~0~1").text()) == "/a/~0~1");

TEST_CASE("what is found can be changed in place") {
  auto root = json::parse(R"({"a":[1,2]})").value();
  *json::find(root, Pointer({"a", "1"})) = "two";
  CHECK(json::print(root) == R"({"a":[1,"two"]})");
}

TEST_CASE("an index is digits without a leading zero") {
  CHECK(json::parse_index("0") == 0U);
  CHECK(json::parse_index("10") == 10U);
  for (char const* token : {"", "00", "01", "-", "-0", "+1", "1 ", " 1", "0x1", "99999999999999999999"}) {
    CAPTURE(token);
    CHECK_FALSE(json::parse_index(token).has_value());
  }
}
