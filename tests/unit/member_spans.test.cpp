// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/member_spans.hpp>

#include <inlay/json/print.hpp>

#include <boost/json/object.hpp>
#include <support/catch.hpp>
#include <support/layers.hpp>

#include <cstddef>
#include <string>
#include <string_view>

using namespace inlay;
using json::MemberSpans;

TEST_CASE("the spans of members are found, and those of the objects in them") {
  constexpr std::string_view text = R"({"a":1,"b":{"x":[{"n":null},"}"],"y":{}},"c\"":"\\"})";
  auto const spans = MemberSpans::of(text).value();
  auto const root = spans.root();
  CHECK(spans.size(root) == 3);
  CHECK(spans.members(text, root, 0, 1) == R"("a":1)");
  CHECK(spans.members(text, root, 1, 3) == R"("b":{"x":[{"n":null},"}"],"y":{}},"c\"":"\\")");
  CHECK_FALSE(spans.inner(root, 0));
  CHECK_FALSE(spans.inner(root, 2));
  auto const b = spans.inner(root, 1).value();
  CHECK(spans.members(text, b, 0, 2) == R"("x":[{"n":null},"}"],"y":{})");
  CHECK_FALSE(spans.inner(b, 0));
  CHECK(spans.size(spans.inner(b, 1).value()) == 0);
}

TEST_CASE("null members are known wherever they are, but for arrays") {
  auto const has_nulls = [](std::string_view text) {
    auto const spans = MemberSpans::of(text).value();
    return spans.has_null_members(spans.root());
  };
  CHECK(has_nulls(R"({"a":null})"));
  CHECK(has_nulls(R"({"a":{"b":{"c":1,"d":null}},"e":{}})"));
  CHECK_FALSE(has_nulls(R"({"a":[null,{"b":null}],"null":"null"})"));
  CHECK_FALSE(has_nulls("{}"));
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
                           R"({"a":1,})"}) {
    CAPTURE(text);
    CHECK_FALSE(MemberSpans::of(text));
  }
  CHECK(MemberSpans::of("{}"));
}

namespace {

bool are_right(MemberSpans const& spans, MemberSpans::Object at, std::string_view text,
               boost::json::object const& object) {
  if (spans.size(at) != object.size()) return false;
  std::size_t i = 0;
  for (auto const& member : object) {
    std::string expected;
    json::print_string(member.key(), expected);
    expected += ':' + json::print(member.value());
    if (spans.members(text, at, i, i + 1) != expected) return false;
    auto const inner = spans.inner(at, i);
    if (inner.has_value() != member.value().is_object()) return false;
    if (inner && !are_right(spans, *inner, text, member.value().get_object())) return false;
    ++i;
  }
  return true;
}

}  // namespace

TEST_CASE("every member of every random document is where its span says") {
  auto random = test::random();
  CAPTURE(random.seed());
  for (int i = 0; i < 2'000; ++i) {
    auto const document = test::random_layers(random).front().document;
    INFO(document.text());
    auto const spans = MemberSpans::of(document.text()).value();
    REQUIRE(are_right(spans, spans.root(), document.text(), *document.values().value()));
  }
}
