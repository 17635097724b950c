// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/internal/pointer_text.hpp>

#include <boost/json/parse.hpp>
#include <support/catch.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace inlay;

namespace {

/** The tokens of a pointer; nothing where the text is none. */
std::optional<std::vector<std::string>> tokens_of(std::string_view text) {
  std::vector<std::string> tokens;
  bool const is_pointer = json::visit_tokens(text, [&](std::string_view token) {
    tokens.emplace_back(token);
    return true;
  });
  if (!is_pointer) return std::nullopt;
  return tokens;
}

}  // namespace

TEST_CASE("a pointer's text is visited token by token, without its escapes") {
  using Tokens = std::vector<std::string>;
  CHECK(tokens_of("") == Tokens{});
  CHECK(tokens_of("/") == Tokens{""});
  CHECK(tokens_of("/a//b") == Tokens{"a", "", "b"});
  CHECK(tokens_of("/a~1b/~0~01") == Tokens{"a/b", "~~1"});
  std::string const plain(200, 'x');
  CHECK(tokens_of('/' + plain + "~1/y") == Tokens{plain + '/', "y"});
  std::string const just_fits(126, 'x');
  CHECK(tokens_of('/' + just_fits + "~0") == Tokens{just_fits + '~'});
}

TEST_CASE("a text is no pointer without a slash before each token, nor with another escape than ~0 and ~1") {
  for (char const* const text : {"a", "a/b", "/~", "/~2", "/a~/b", "/~~"}) {
    CAPTURE(text);
    CHECK(!tokens_of(text));
  }
}

TEST_CASE("a visit of a pointer's tokens ends where it is told to") {
  int visits = 0;
  CHECK_FALSE(json::visit_tokens("/a/b/c", [&](std::string_view token) {
    ++visits;
    return token != "b";
  }));
  CHECK(visits == 2);
}

TEST_CASE("one step leads to a member of an object or an element of an array, or nowhere") {
  auto const value = boost::json::parse(R"({"a":{"":1},"list":[2,3],"0":4})");
  CHECK(*json::step(value, "0") == 4);
  CHECK(*json::step(*json::step(value, "a"), "") == 1);
  auto const& list = *json::step(value, "list");
  CHECK(*json::step(list, "1") == 3);
  for (char const* const token : {"2", "01", "-", "", "a", "99999999999999999999"}) {
    CAPTURE(token);
    CHECK(json::step(list, token) == nullptr);
  }
  CHECK(json::step(value, "b") == nullptr);
  CHECK(json::step(list.as_array().front(), "a") == nullptr);
}
