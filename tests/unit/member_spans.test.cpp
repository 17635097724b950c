// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/internal/member_spans.hpp>

#include <inlay/json/limits.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/object.hpp>
#include <support/catch.hpp>
#include <support/layers.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

using namespace inlay;
using json::MemberSpans;

TEST_CASE("the spans of members are found, and those of the objects in them") {
  constexpr std::string_view text = R"({"a":1,"b":{"x":[{"n":null},"}"],"y":{}},"c\"":"\\"})";
  auto const spans = MemberSpans::of(text).value();
  auto const root = spans.root();
  CHECK(root.size() == 3);
  CHECK(root.members(0, 1) == R"("a":1)");
  CHECK(root.members(1, 3) == R"("b":{"x":[{"n":null},"}"],"y":{}},"c\"":"\\")");
  CHECK_FALSE(root.inner(0));
  CHECK_FALSE(root.inner(2));
  auto const b = root.inner(1);
  CHECK(b.members(0, 2) == R"("x":[{"n":null},"}"],"y":{})");
  CHECK_FALSE(b.inner(0));
  CHECK(b.inner(1).size() == 0);
}

TEST_CASE("null members are known wherever they are, but for arrays") {
  auto const has_nulls = [](std::string_view text) { return MemberSpans::of(text).value().root().has_null_members(); };
  CHECK(has_nulls(R"({"a":null})"));
  CHECK(has_nulls(R"({"a":{"b":{"c":1,"d":null}},"e":{}})"));
  CHECK_FALSE(has_nulls(R"({"a":[null,{"b":null}],"null":"null"})"));
  CHECK_FALSE(has_nulls(R"({"a":{"b":[{"c":null}]}})"));
  CHECK_FALSE(has_nulls("{}"));
  constexpr std::string_view text = R"({"a":{"b":null},"c":null,"d":1,"e":[null]})";
  auto const spans = MemberSpans::of(text).value();
  CHECK(spans.root().inner(0).is_null(0));
  CHECK_FALSE(spans.root().is_null(0));
  CHECK(spans.root().is_null(1));
  CHECK_FALSE(spans.root().is_null(2));
  CHECK_FALSE(spans.root().is_null(3));
}

TEST_CASE("members are looked up by name, of few and of many") {
  auto const find = [](std::string_view text, std::string_view name) {
    auto const spans = MemberSpans::of(text).value();
    REQUIRE(spans.are_searchable());
    auto const found = spans.root().find(name);
    if (found == MemberSpans::Object::none) return std::string("nothing");
    CHECK(spans.root().name(found) == name);
    for (std::size_t hint = 0; hint <= spans.root().size(); ++hint) CHECK(spans.root().find(name, hint) == found);
    return std::string(spans.root().value(found, name.size()));
  };
  for (std::size_t const more : {0U, 20U}) {
    CAPTURE(more);
    std::string text = R"({"":0,"a":1,"ab":{"c":2},"b":"a"," x":3,)";  // a blank sorts before a quote
    for (std::size_t i = 0; i != more; ++i) text += "\"m" + std::to_string(i) + "\":" + std::to_string(i) + ",";
    text += R"("!":4,"z":[5]})";
    CHECK(find(text, "") == "0");
    CHECK(find(text, "a") == "1");
    CHECK(find(text, "ab") == R"({"c":2})");
    CHECK(find(text, "b") == R"("a")");
    CHECK(find(text, " x") == "3");
    CHECK(find(text, "!") == "4");
    CHECK(find(text, "z") == "[5]");
    for (std::size_t i = 0; i != more; ++i) CHECK(find(text, "m" + std::to_string(i)) == std::to_string(i));
    // the last ones are more than names in the text: no name has a quote
    for (std::string_view const absent :
         {"abc", "A", " ", "zz", "m", "ab\":{\"c", "z\"", "b\":\"a", "a\":1,\"ab", "\"", "\\"}) {
      CAPTURE(absent);
      CHECK(find(text, absent) == "nothing");
    }
    CHECK(find(text, std::string(1'000, 'a')) == "nothing");

    // names longer than a byte counts
    std::string long_names = text.substr(0, text.size() - 1);
    for (std::size_t const size : {254U, 255U, 256U, 257U, 511U}) {
      long_names += ",\"" + std::string(size, 'l') + "\":\"" + std::to_string(size) + "\"";
    }
    long_names += '}';
    for (std::size_t const size : {254U, 255U, 256U, 257U, 511U}) {
      CHECK(find(long_names, std::string(size, 'l')) == '"' + std::to_string(size) + '"');
    }
    for (std::size_t const size : {253U, 258U, 510U, 512U}) {
      CHECK(find(long_names, std::string(size, 'l')) == "nothing");
    }
    CHECK(find(long_names, std::string(255, 'l') + "\":\"255") == "nothing");
  }
}

TEST_CASE("where a name has an escape, but for arrays, members cannot be looked up") {
  CHECK(MemberSpans::of(R"({"a":"\n","b":[{"\n":1}],"/~":{}})").value().are_searchable());
  CHECK_FALSE(MemberSpans::of(R"({"a":{"\n":1}})").value().are_searchable());
  CHECK_FALSE(MemberSpans::of(R"({"\"":1})").value().are_searchable());
}

TEST_CASE("text that is not canonical has no spans") {
  for (auto const* text : {"",
                           "{",
                           "[]",
                           "1",
                           "{} ",
                           " {}",
                           "{ }",
                           R"({"a" :1})",
                           R"({"a": 1})",
                           R"({"a":1 })",
                           R"({"a":1 ,"b":2})",
                           R"({"a":1, "b":2})",
                           R"({"a":[1, 2]})",
                           R"({"a":)",
                           R"({"a":})",
                           R"({"a":1)",
                           R"({"a":"x)",
                           R"({"a":[1)",
                           R"({"a")",
                           R"({"a":{})",
                           R"({}})",
                           R"({"a":1,})",
                           R"({"a":1E2})",
                           R"({"a":1e2})",
                           R"({"a":1.50})",
                           R"({"a":1.})",
                           R"({"a":.5})",
                           R"({"a":-0})",
                           R"({"a":01})",
                           R"({"a":+1})",
                           R"({"a":-})",
                           R"({"a":1-2})",
                           R"({"a":18446744073709551616})",
                           R"({"a":-9223372036854775809})",
                           R"({"a":1e+999})",
                           R"({"a":1e-999})",
                           R"({"a":inf})",
                           R"({"a":nan})",
                           R"({"a":tru})",
                           R"({"a":nulls})",
                           R"({"a":falsetrue})",
                           R"({"a":"\/"})",
                           R"({"a":"\u00e9"})",
                           R"({"a":"\u000A"})",
                           R"({"a":"\u000a"})",
                           R"({"a":"\u0020"})",
                           R"({"a":"\u001F"})",
                           R"({"a":"\u0"})",
                           R"({"a":"\x"})",
                           R"({"a":"\)",
                           R"({"a":"\u001)",
                           "{\"a\":\"\n\"}",
                           "{\"a\":\"\xFF\"}",
                           "{\"\xC3\":1}",
                           R"({"a":1,"a":2})",
                           R"({"\n":1,"b":2,"\n":3})",
                           R"({"b":[{"a":1,"a":1}]})",
                           R"({"a":[1}})",
                           R"({"a":{]})",
                           R"({"a":[})",
                           R"({"a":[1,]})",
                           R"({"a":[,1]})",
                           R"({"a":{"b":1,}})",
                           R"({1:2})",
                           R"({"a":1}])"}) {
    CAPTURE(text);
    CHECK_FALSE(MemberSpans::of(text));
  }
  for (auto const* text :
       {"{}", R"({"a":1e+22})", R"({"a":-0.0})", R"({"a":5e-324})", R"({"a":18446744073709551615})",
        R"({"a":-9223372036854775808})", R"({"a":[[],{},[{"a":{}}]]})", R"({"a":"\\\"\b\f\n\r\t\u0000\u000b\u001f"})",
        "{\"\x7F\":\"\xC3\xA9\"}", R"({"a":true,"b":false,"c":null})"}) {
    CAPTURE(text);
    CHECK(MemberSpans::of(text));
  }
}

TEST_CASE("of many members no two may have the same name") {
  std::string text = "{";
  for (int i = 0; i != 40; ++i) text += "\"member " + std::to_string(i * 7 % 40) + "\":0,";
  CHECK(MemberSpans::of(text + R"("another":0})"));
  CHECK_FALSE(MemberSpans::of(text + R"("member 17":0})"));
}

TEST_CASE("text that is nested deeper than any document may be has no spans") {
  auto const nested = [](std::size_t levels, std::string const& open, std::string const& close) {
    std::string text = R"({"a":)";
    for (std::size_t i = 1; i != levels; ++i) text += open;
    text += '1';
    for (std::size_t i = 1; i != levels; ++i) text += close;
    return text + '}';
  };
  for (auto const& [open, close] : {std::pair("[", "]"), std::pair("{\"a\":", "}")}) {
    CHECK(MemberSpans::of(nested(json::greatest_depth, open, close)));
    CHECK_FALSE(MemberSpans::of(nested(json::greatest_depth + 1, open, close)));
  }
}

namespace {

bool are_right(MemberSpans::Object at, bool are_searchable, boost::json::object const& object) {
  if (at.size() != object.size()) return false;
  std::size_t i = 0;
  bool has_nulls = false;
  for (auto const& member : object) {
    std::string expected;
    json::print_string(member.key(), expected);
    expected += ':' + json::print(member.value());
    if (at.members(i, i + 1) != expected) return false;
    auto const inner = at.inner(i);
    if (static_cast<bool>(inner) != member.value().is_object()) return false;
    if (inner && !are_right(inner, are_searchable, member.value().get_object())) return false;
    if (at.is_null(i) != member.value().is_null()) return false;
    if (are_searchable && (at.find(member.key()) != i || at.name(i) != std::string_view(member.key()))) return false;
    has_nulls |= at.is_null(i) || (inner && inner.has_null_members());
    ++i;
  }
  return at.has_null_members() == has_nulls;
}

}  // namespace

TEST_CASE("every member of every random document is where its span says") {
  auto random = test::random();
  CAPTURE(random.seed());
  for (int i = 0; i < 5'000; ++i) {
    auto const document = test::random_layers(random).front().document;
    INFO(document.text());
    auto const spans = MemberSpans::of(document.text()).value();
    REQUIRE(are_right(spans.root(), spans.are_searchable(), *document.values().value()));
  }
}

TEST_CASE("text has spans when parsing and printing it gives the same text, and only then") {
  auto random = test::random();
  CAPTURE(random.seed());
  constexpr std::string_view bytes = "{}[]\",:0159-+.eEtfnul\\/ubac \n\xC3\xA9\x01";
  std::size_t accepted = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string text(test::random_layers(random).front().document.text());
    for (auto edits = random.below(3); edits != 0; --edits) {
      auto const at = random.below(text.size());
      switch (random.below(3)) {
        case 0: text[at] = bytes[random.below(bytes.size())]; break;
        case 1: text.insert(at, 1, bytes[random.below(bytes.size())]); break;
        default: text.erase(at, 1 + random.below(4));
      }
      if (text.empty()) text = "{}";
    }
    INFO(text);
    auto const values = json::parse(text, json::no_limits);
    bool const is_canonical = values.has_value() && values->is_object() && json::print(*values) == text;
    accepted += is_canonical ? 1 : 0;
    REQUIRE(MemberSpans::of(text).has_value() == is_canonical);
  }
  CHECK(accepted > 10'000);
}
