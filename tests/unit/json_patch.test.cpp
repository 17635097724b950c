// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/equal.hpp>
#include <inlay/json/json_patch.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <support/catch.hpp>
#include <support/random.hpp>
#include <support/random_json.hpp>

#include <algorithm>
#include <chrono>
#include <string>

using namespace inlay;
namespace json_patch = json::json_patch;

namespace {

boost::json::value read(std::string_view text) { return json::parse(text).value(); }

/** What the target becomes; for an error its kind and pointer, the target being unchanged. */
std::string patched(std::string_view target, std::string_view patch) {
  auto value = read(target);
  auto const done = json_patch::apply(value, read(patch));
  if (done.has_value()) return json::print(value);
  CHECK(json::print(value) == json::print(read(target)));
  CHECK(json_patch::invert(read(target), read(patch)).error() == done.error());
  return std::string(to_string(done.error().kind)) + " at " + done.error().pointer.value_or("no pointer");
}

std::string message(std::string_view target, std::string_view patch) {
  auto value = read(target);
  auto const done = json_patch::apply(value, read(patch));
  return done.has_value() ? "applied" : done.error().message;
}

std::string difference(std::string_view from, std::string_view to) {
  return json::print(json_patch::diff(read(from), read(to)));
}

std::string inverse(std::string_view before, std::string_view patch) {
  return json::print(json_patch::invert(read(before), read(patch)).value());
}

}  // namespace

TEST_CASE("the examples of RFC 6902, appendix A, come out as it says") {
  SECTION("A.1 to A.7: each operation once") {
    CHECK(patched(R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux"}])") ==
          R"({"foo":"bar","baz":"qux"})");
    CHECK(patched(R"({"foo":["bar","baz"]})", R"([{"op":"add","path":"/foo/1","value":"qux"}])") ==
          R"({"foo":["bar","qux","baz"]})");
    CHECK(patched(R"({"baz":"qux","foo":"bar"})", R"([{"op":"remove","path":"/baz"}])") == R"({"foo":"bar"})");
    CHECK(patched(R"({"foo":["bar","qux","baz"]})", R"([{"op":"remove","path":"/foo/1"}])") ==
          R"({"foo":["bar","baz"]})");
    CHECK(patched(R"({"baz":"qux","foo":"bar"})", R"([{"op":"replace","path":"/baz","value":"boo"}])") ==
          R"({"baz":"boo","foo":"bar"})");
    CHECK(patched(R"({"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}})",
                  R"([{"op":"move","from":"/foo/waldo","path":"/qux/thud"}])") ==
          R"({"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}})");
    CHECK(patched(R"({"foo":["all","grass","cows","eat"]})", R"([{"op":"move","from":"/foo/1","path":"/foo/3"}])") ==
          R"({"foo":["all","cows","eat","grass"]})");
  }
  SECTION("A.8 and A.9: tests that hold and one that does not") {
    CHECK(patched(R"({"baz":"qux","foo":["a",2,"c"]})",
                  R"([{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}])") ==
          R"({"baz":"qux","foo":["a",2,"c"]})");
    CHECK(patched(R"({"baz":"qux"})", R"([{"op":"test","path":"/baz","value":"bar"}])") == "conflict at /0/value");
  }
  SECTION("A.10 to A.12: nesting, unknown members, a parent that is not there") {
    CHECK(patched(R"({"foo":"bar"})", R"([{"op":"add","path":"/child","value":{"grandchild":{}}}])") ==
          R"({"foo":"bar","child":{"grandchild":{}}})");
    CHECK(patched(R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux","xyz":123}])") ==
          R"({"foo":"bar","baz":"qux"})");
    CHECK(patched(R"({"foo":"bar"})", R"([{"op":"add","path":"/baz/bat","value":"qux"}])") ==
          "invalid_argument at /0/path");
  }
  SECTION("A.13: a patch that is not valid JSON by our rules is not read at all") {
    CHECK(json::parse(R"([{"op":"add","path":"/baz","value":"qux","op":"remove"}])").error().pointer == "/0/op");
  }
  SECTION("A.14 to A.16: escapes, strings that look like numbers, arrays as values") {
    CHECK(patched(R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":10}])") == R"({"/":9,"~1":10})");
    CHECK(patched(R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":"10"}])") == "conflict at /0/value");
    CHECK(patched(R"({"foo":["bar"]})", R"([{"op":"add","path":"/foo/-","value":["abc","def"]}])") ==
          R"({"foo":["bar",["abc","def"]]})");
  }
}

TEST_CASE("adding a member that is there replaces its value in its place") {
  CHECK(patched(R"({"a":1,"b":2})", R"([{"op":"add","path":"/a","value":3}])") == R"({"a":3,"b":2})");
  CHECK(patched(R"({"a":1,"b":2,"c":3})", R"([{"op":"move","from":"/c","path":"/a"}])") == R"({"a":3,"b":2})");
  CHECK(patched(R"({"a":1,"b":2,"c":3})", R"([{"op":"copy","from":"/c","path":"/a"}])") == R"({"a":3,"b":2,"c":3})");
}

TEST_CASE("removing a member leaves the order of the others") {
  CHECK(patched(R"({"a":1,"b":2,"c":3,"d":4})", R"([{"op":"remove","path":"/a"}])") == R"({"b":2,"c":3,"d":4})");
}

TEST_CASE("the whole document is replaced, copied into and tested, but not removed") {
  CHECK(patched(R"({"a":1})", R"([{"op":"replace","path":"","value":[1]}])") == "[1]");
  CHECK(patched(R"({"a":1})", R"([{"op":"add","path":"","value":null}])") == "null");
  CHECK(patched(R"({"a":{"b":1}})", R"([{"op":"move","from":"/a","path":""}])") == R"({"b":1})");
  CHECK(patched(R"({"a":1})", R"([{"op":"copy","from":"","path":"/b"}])") == R"({"a":1,"b":{"a":1}})");
  CHECK(patched(R"({"a":1})", R"([{"op":"test","path":"","value":{"a":1.0}}])") == R"({"a":1})");
  CHECK(patched(R"({"a":1})", R"([{"op":"remove","path":""}])") == "invalid_argument at /0/path");
}

TEST_CASE("a value is not moved into itself, and moved onto itself it stays") {
  CHECK(patched(R"({"a":{"b":1}})", R"([{"op":"move","from":"/a","path":"/a/b"}])") == "invalid_argument at /0/path");
  CHECK(patched(R"({"a":{"b":1}})", R"([{"op":"move","from":"","path":"/a"}])") == "invalid_argument at /0/path");
  CHECK(patched(R"({"a":{"b":1},"c":2})", R"([{"op":"move","from":"/a","path":"/a"}])") == R"({"a":{"b":1},"c":2})");
  CHECK(patched(R"({"a":1})", R"([{"op":"move","from":"/b","path":"/b"}])") == "invalid_argument at /0/from");
  CHECK(patched(R"({"a":1,"ab":2})", R"([{"op":"move","from":"/a","path":"/ab"}])") == R"({"ab":1})");
}

TEST_CASE("an index has no leading zero, does not exceed the array, and `-` only adds") {
  for (char const* index : {"00", "01", "3", "-1", "+1", "1e0", "", " 1", "x", "99999999999999999999"}) {
    CAPTURE(index);
    std::string const path = std::string("/") + index;
    CHECK(patched("[1,2]", R"([{"op":"add","path":")" + path + R"(","value":0}])") == "invalid_argument at /0/path");
    CHECK(patched("[1,2]", R"([{"op":"remove","path":")" + path + R"("}])") == "invalid_argument at /0/path");
  }
  CHECK(patched("[1,2]", R"([{"op":"add","path":"/2","value":0}])") == "[1,2,0]");
  CHECK(patched("[1,2]", R"([{"op":"remove","path":"/2"}])") == "invalid_argument at /0/path");
  CHECK(patched("[1,2]", R"([{"op":"remove","path":"/-"}])") == "invalid_argument at /0/path");
  CHECK(patched("[1,2]", R"([{"op":"replace","path":"/-","value":0}])") == "invalid_argument at /0/path");
  CHECK(patched("[1,2]", R"([{"op":"copy","from":"/-","path":"/0"}])") == "invalid_argument at /0/from");
  CHECK(patched("[1,2]", R"([{"op":"test","path":"/-","value":2}])") == "conflict at /0/path");
  CHECK(patched("[1,2]", R"([{"op":"move","from":"/0","path":"/2"}])") == "invalid_argument at /0/path");
}

TEST_CASE("nothing is added below a scalar") {
  CHECK(patched(R"({"a":1})", R"([{"op":"add","path":"/a/b","value":0}])") == "invalid_argument at /0/path");
  CHECK(patched("1", R"([{"op":"add","path":"/a","value":0}])") == "invalid_argument at /0/path");
}

TEST_CASE("a test compares numbers by value and objects without order") {
  CHECK(patched(R"({"a":{"x":1,"y":[2.0]}})", R"([{"op":"test","path":"/a","value":{"y":[2],"x":1.0}}])") ==
        R"({"a":{"x":1,"y":[2.0]}})");
  CHECK(patched("[1]", R"([{"op":"test","path":"/0","value":true}])") == "conflict at /0/value");
  CHECK(patched("[null]", R"([{"op":"test","path":"/0","value":null}])") == "[null]");
  CHECK(patched("{}", R"([{"op":"test","path":"/a","value":null}])") == "conflict at /0/path");
}

TEST_CASE("an operation that is not one of RFC 6902 is refused where it is wrong") {
  CHECK(patched("{}", "{}") == "invalid_argument at ");
  CHECK(patched("{}", "[1]") == "invalid_argument at /0");
  CHECK(patched("{}", R"([{"path":"/a"}])") == "invalid_argument at /0");
  CHECK(patched("{}", R"([{"op":"put","path":"/a","value":1}])") == "invalid_argument at /0/op");
  CHECK(patched("{}", R"([{"op":"ADD","path":"/a","value":1}])") == "invalid_argument at /0/op");
  CHECK(patched("{}", R"([{"op":1,"path":"/a","value":1}])") == "invalid_argument at /0/op");
  CHECK(patched("{}", R"([{"op":"add","value":1}])") == "invalid_argument at /0");
  CHECK(patched("{}", R"([{"op":"add","path":null,"value":1}])") == "invalid_argument at /0/path");
  CHECK(patched("{}", R"([{"op":"add","path":"a","value":1}])") == "invalid_argument at /0/path");
  CHECK(patched("{}", R"([{"op":"add","path":"/~2","value":1}])") == "invalid_argument at /0/path");
  CHECK(patched("{}", R"([{"op":"add","path":"/a"}])") == "invalid_argument at /0");
  CHECK(patched("{}", R"([{"op":"copy","path":"/a"}])") == "invalid_argument at /0");
  CHECK(patched("{}", R"([{"op":"copy","path":"/a","from":"/b"}])") == "invalid_argument at /0/from");
  CHECK(patched("{}", R"([{"op":"replace","path":"/a","value":1}])") == "invalid_argument at /0/path");
  CHECK(patched("{}", "[]") == "{}");
}

TEST_CASE("when an operation fails none was applied, and the error says which it was") {
  CHECK(patched(R"({"a":[1,2]})",
                R"([{"op":"remove","path":"/a/0"},{"op":"add","path":"/b","value":1},{"op":"remove","path":"/c"}])") ==
        "invalid_argument at /2/path");
  CHECK(message(R"({"a":[1]})", R"([{"op":"test","path":"/a/0","value":1},{"op":"remove","path":"/a/1"}])") ==
        R"(operation 1 (remove): there is nothing at "/a/1")");
  CHECK(message(R"({"secret":"s3cret"})", R"([{"op":"test","path":"/secret","value":"gu3ss"}])") ==
        R"(operation 0 (test): the value at "/secret" is different)");
}

TEST_CASE("copies cannot make a small patch into a huge or a deep document") {
  std::string patch = "[";
  for (int i = 0; i < 40; ++i) {
    patch += (i > 0 ? "," : "") + std::string(R"({"op":"copy","from":"","path":"/)") + std::to_string(i) + R"("})";
  }
  CHECK(patched(R"({"a":"some text"})", patch + "]").starts_with("invalid_document at /"));

  auto value = read(R"({"a":{"b":{}}})");
  json::Limits const limits{.max_depth = 3};
  auto const deep = json_patch::apply(value, read(R"([{"op":"copy","from":"/a","path":"/a/b/c"}])"), limits);
  CHECK(deep.error().kind == ErrorKind::invalid_document);
  CHECK(deep.error().pointer == "/0/path");
  CHECK(json_patch::apply(value, read(R"([{"op":"add","path":"/a/b/c","value":1}])"), limits).has_value());
  CHECK(json_patch::apply(value, read(R"([{"op":"replace","path":"/a/b/c","value":{}}])"), limits).has_error());
}

TEST_CASE("members of a wide object are removed in linear time, and those that stay keep their order") {
  constexpr int size = 100'000;
  boost::json::object wide;
  boost::json::array patch;
  for (int i = 0; i < size; ++i) {
    wide.emplace(std::to_string(i), i);
    if (i % 30'000 != 7) patch.push_back({{"op", "remove"}, {"path", "/w/" + std::to_string(i)}});
  }
  boost::json::value document{{"w", wide}};
  auto const undo = json_patch::invert(document, patch, json::no_limits).value();
  REQUIRE(json_patch::apply(document, patch, json::no_limits).has_value());
  CHECK(json::print(document) == R"({"w":{"7":7,"30007":30007,"60007":60007,"90007":90007}})");
  REQUIRE(json_patch::apply(document, undo, json::no_limits).has_value());
  CHECK(document.at("w").get_object().size() == size);
}

TEST_CASE("tests between removals see what those before have removed, and cost nothing more") {
  CHECK(patched(R"({"o":{"a":1,"b":2,"c":3}})", R"([{"op":"remove","path":"/o/a"},{"op":"test","path":"/o/b","value":2},
                {"op":"remove","path":"/o/b"},{"op":"test","path":"/o","value":{"c":3}},
                {"op":"remove","path":"/o/c"},{"op":"test","path":"","value":{"o":{}}}])") == R"({"o":{}})");
  CHECK(patched(R"({"o":{"a":{"x":null}}})",
                R"([{"op":"remove","path":"/o/a"},{"op":"test","path":"/o/a/x","value":null}])") ==
        "conflict at /1/path");
  CHECK(patched(R"({"o":{"a":null,"b":1}})",
                R"([{"op":"remove","path":"/o/b"},{"op":"test","path":"/o/b","value":null}])") ==
        "conflict at /1/path");

  constexpr int size = 50'000;
  boost::json::object wide;
  boost::json::array patch;
  for (int i = 0; i < size; ++i) {
    std::string const path = "/" + std::to_string(i);
    wide.emplace(std::to_string(i), i);
    patch.push_back({{"op", "test"}, {"path", path}, {"value", i}});
    patch.push_back({{"op", "remove"}, {"path", path}});
  }
  boost::json::value document = wide;
  REQUIRE(json_patch::apply(document, patch).has_value());
  CHECK(document == boost::json::object());
}

TEST_CASE("removals that follow each other see what those before have removed") {
  std::string const six = R"({"a":1,"b":2,"c":3,"d":4,"e":{"x":1},"f":6})";
  auto const removing = [](std::initializer_list<char const*> paths) {
    std::string patch = "[";
    for (char const* const path : paths) {
      if (patch.size() > 1) patch += ',';
      patch += R"({"op":"remove","path":")" + std::string(path) + R"("})";
    }
    return patch + ']';
  };
  CHECK(patched(six, removing({"/d", "/a", "/c", "/f", "/b"})) == R"({"e":{"x":1}})");
  CHECK(patched(six, removing({"/d", "/a", "/d"})) == "invalid_argument at /2/path");
  CHECK(patched(six, removing({"/d", "/a", "/b", "/c", "/e", "/a"})) == "invalid_argument at /5/path");
  CHECK(patched(six, removing({"/e", "/e/x"})) == "invalid_argument at /1/path");
  CHECK(patched(six, removing({"/a", "/e/x", "/b"})) == R"({"c":3,"d":4,"e":{},"f":6})");
  CHECK(patched(six, R"([{"op":"remove","path":"/a"},{"op":"test","path":"/a","value":null}])") ==
        "conflict at /1/path");
  CHECK(
      patched(six, R"([{"op":"remove","path":"/a"},{"op":"add","path":"/a","value":9},{"op":"remove","path":"/b"}])") ==
      R"({"c":3,"d":4,"e":{"x":1},"f":6,"a":9})");
}

TEST_CASE("a short patch cannot move most of a large document again and again") {
  json::Limits const limits{.max_bytes = 10'000};
  boost::json::array elements(2'000, 1);
  boost::json::object members;
  for (int i = 0; i < 1'000; ++i) members.emplace(std::to_string(i), i);
  auto const refusal = [&](boost::json::value document, std::size_t count, auto const& operations) {
    boost::json::array patch;
    for (std::size_t i = 0; i < count; ++i) {
      for (auto const& operation : operations(i)) patch.push_back(operation);
    }
    auto const done = json_patch::apply(document, patch, limits);
    if (done.has_value()) return std::string("applied");
    CHECK(done.error().kind == ErrorKind::invalid_document);
    CHECK(json_patch::apply(document, patch, json::no_limits).has_value());
    return "refused " + done.error().message.substr(done.error().message.find('('));
  };
  std::string const why = ": the patch moves too much of a large document: replace what is around it as a whole";
  auto const to_front = [](std::size_t) {
    return boost::json::array{{{"op", "add"}, {"path", "/0"}, {"value", 1}}, {{"op", "remove"}, {"path", "/0"}}};
  };
  auto const to_back = [](std::size_t) {
    return boost::json::array{{{"op", "add"}, {"path", "/-"}, {"value", 1}}, {{"op", "remove"}, {"path", "/2000"}}};
  };
  auto const renaming = [](std::size_t i) {
    return boost::json::array{
        {{"op", "move"}, {"from", "/" + std::to_string(i)}, {"path", "/new" + std::to_string(i)}}};
  };
  auto const deeper = [](std::size_t) {
    return boost::json::array{{{"op", "move"}, {"from", "/a"}, {"path", "/d/a"}},
                              {{"op", "move"}, {"from", "/d/a"}, {"path", "/a"}}};
  };
  boost::json::value const nested{{"a", members}, {"d", boost::json::object()}};
  CHECK(refusal(elements, 600, to_front) == "applied");
  CHECK(refusal(elements, 700, to_front) == "refused (add)" + why);
  CHECK(refusal(elements, 5'000, to_back) == "applied");
  CHECK(refusal(members, 150, renaming) == "applied");
  CHECK(refusal(members, 170, renaming) == "refused (move)" + why);
  CHECK(refusal(nested, 200, deeper) == "applied");
  CHECK(refusal(nested, 400, deeper) == "refused (move)" + why);
}

TEST_CASE("the target keeps its storage") {
  boost::json::monotonic_resource resource;
  auto value = json::parse(R"({"a":[1]})", {}, &resource).value();
  REQUIRE(json_patch::apply(value, read(R"([{"op":"add","path":"/a/-","value":{"b":[]}}])")).has_value());
  CHECK(json::print(value) == R"({"a":[1,{"b":[]}]})");
  CHECK(value.storage().get() == &resource);
  CHECK(value.at("a").at(1).at("b").storage().get() == &resource);
}

TEST_CASE("the difference of objects names each member that changed") {
  CHECK(difference(R"({"a":1,"b":{"c":2,"d":3}})", R"({"a":1,"b":{"c":2,"d":4},"e/f":5})") ==
        R"([{"op":"replace","path":"/b/d","value":4},{"op":"add","path":"/e~1f","value":5}])");
  CHECK(difference(R"({"a":1,"b":[true,false,"text"],"c":"unchanged"})",
                   R"({"b":[true,false,"text"],"c":"unchanged"})") == R"([{"op":"remove","path":"/a"}])");
  CHECK(difference(R"({"a":1,"b":2})", R"({"b":2,"a":1})") == "[]");
  CHECK(difference(R"({"a":1})", R"({"a":1.0})") == R"([{"op":"replace","path":"/a","value":1.0}])");
  CHECK(difference("1", "[]") == R"([{"op":"replace","path":"","value":[]}])");
  CHECK(difference(R"({"n":1})", R"({"n":null})") == R"([{"op":"replace","path":"/n","value":null}])");
}

TEST_CASE("one element that changes, comes or goes is one operation, wherever it is in the array") {
  CHECK(difference(R"(["aaa","bbb","ccc","ddd"])", R"(["aaa","bbb","xxx","ddd"])") ==
        R"([{"op":"replace","path":"/2","value":"xxx"}])");
  CHECK(difference("[1,2,3,4,5,6,7,8,9]", "[0,1,2,3,4,5,6,7,8,9]") == R"([{"op":"add","path":"/0","value":0}])");
  CHECK(difference("[1,2,3,4,5,6,7,8,9,10,11,12,13]", "[1,2,3,4,5,7,8,9,10,11,12,13]") ==
        R"([{"op":"remove","path":"/5"}])");
  CHECK(difference("[1,2]", "[1,2,3]") == R"([{"op":"add","path":"/2","value":3}])");
  CHECK(difference(R"([{"name":"a","value":"the first value"},{"name":"b","value":"the second value"}])",
                   R"([{"name":"a","value":"the first value"},{"name":"b","value":"another"}])") ==
        R"([{"op":"replace","path":"/1/value","value":"another"}])");
}

TEST_CASE("where little is left of a value it is replaced whole") {
  CHECK(difference(R"({"a":{"b":1,"c":2,"d":3,"e":4}})", R"({"a":{"f":5}})") ==
        R"([{"op":"replace","path":"/a","value":{"f":5}}])");
}

TEST_CASE("a few changes spread over 20,000 elements stay a few operations, found in a moment") {
  boost::json::array from;
  for (int i = 0; i < 20'000; ++i) from.push_back({{"id", i}, {"name", "element"}});
  boost::json::array to = from;
  to.erase(to.begin() + 10);
  to.insert(to.begin() + 10'000, boost::json::value("new"));
  to[19'000].as_object()["name"] = "other";
  auto const start = std::chrono::steady_clock::now();
  auto const patch = json_patch::diff(boost::json::value(from), boost::json::value(to));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
  CHECK(patch.as_array().size() == 3);
  boost::json::value value(from);
  REQUIRE(json_patch::apply(value, patch).has_value());
  CHECK(json::identical(value, boost::json::value(to)));
}

TEST_CASE("elements are known again whatever the order of their members") {
  CHECK(difference(R"([{"a":1,"b":1},{"a":2,"b":[{"c":1,"d":2}]},{"a":3,"b":3},9])",
                   R"([{"b":[{"d":2,"c":1}],"a":2},{"b":3,"a":3},8,9])") ==
        R"([{"op":"remove","path":"/0"},{"op":"add","path":"/2","value":8}])");
}

TEST_CASE("what diff gives for documents within the limits apply and invert take by the same limits") {
  boost::json::array from;
  for (int i = 0; i < 500'000; ++i) from.push_back(i % 10);
  boost::json::array to(from.begin() + 700, from.end());
  to.insert(to.begin() + 100, boost::json::value("new"));
  to.insert(to.begin() + 300'000, boost::json::value("new"));
  for (boost::json::value const& after : {boost::json::value(to), boost::json::value{{"deep", to}}}) {
    boost::json::value before(from);
    if (after.is_object()) before = {{"deep", std::move(before)}};
    auto const patch = json_patch::diff(before, after);
    boost::json::value value = before;
    auto const applied = json_patch::apply(value, patch);
    REQUIRE(applied.has_value());
    CHECK(json::identical(value, after));
    auto const undo = json_patch::invert(before, patch);
    REQUIRE(undo.has_value());
    REQUIRE(json_patch::apply(value, *undo).has_value());
    CHECK(json::identical(value, before));
  }
}

TEST_CASE("arrays that share nothing are compared in a moment too") {
  boost::json::array from;
  boost::json::array to;
  for (int i = 0; i < 20'000; ++i) {
    from.push_back(i);
    to.push_back(-1 - i);
  }
  auto const start = std::chrono::steady_clock::now();
  auto const patch = json_patch::diff(boost::json::value(from), boost::json::value(to));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
  CHECK(patch.as_array().size() == 1);  // one replacement of it all is the shortest
}

TEST_CASE("a difference of which each operation would repeat a long name is a replacement, and is not made first") {
  std::string const name(100'000, 'n');
  boost::json::object before;
  boost::json::object after;
  for (int i = 0; i != 20'000; ++i) before.emplace(std::to_string(i), boost::json::object{{"x", 1}});
  for (int i = 0; i != 20'000; ++i) after.emplace(std::to_string(i), boost::json::object{{"x", 2}});
  // 2 GB of operations
  auto const patch = json_patch::diff({{name, before}, {"same", 1}}, {{name, after}, {"same", 1}});
  REQUIRE(patch.as_array().size() == 1);
  CHECK(patch.at(0).at("op") == "replace");
  CHECK(patch.at(0).at("path").as_string() == std::string_view("/" + name));
}

TEST_CASE("the difference of random values, applied, gives the one from the other, and is short") {
  auto random = test::random();
  CAPTURE(random.seed());
  for (int i = 0; i < 20'000; ++i) {
    auto const from = test::random_json(random, 4);
    auto const to = random.chance(3) ? test::random_json(random, 4) : test::random_edit(random, from);
    auto const patch = json_patch::diff(from, to);
    auto value = from;
    auto const done = json_patch::apply(value, patch);
    boost::json::value const whole{{{"op", "replace"}, {"path", ""}, {"value", to}}};
    if (done.has_error() || !json::identical(value, to) || json::print(patch).size() > 2 * json::print(whole).size()) {
      FAIL_CHECK(json::print(from) << " -> " << json::print(to) << " by " << json::print(patch));
    }
  }
}

TEST_CASE("the inverse of each operation undoes it") {
  CHECK(inverse(R"({"a":1})", R"([{"op":"add","path":"/b","value":2}])") == R"([{"op":"remove","path":"/b"}])");
  CHECK(inverse(R"({"a":1})", R"([{"op":"add","path":"/a","value":2}])") ==
        R"([{"op":"replace","path":"/a","value":1}])");
  CHECK(inverse("[1,2]", R"([{"op":"add","path":"/-","value":3}])") == R"([{"op":"remove","path":"/2"}])");
  CHECK(inverse(R"({"a":[1,2]})", R"([{"op":"remove","path":"/a/0"}])") == R"([{"op":"add","path":"/a/0","value":1}])");
  CHECK(inverse(R"({"a":1})", R"([{"op":"replace","path":"","value":0}])") ==
        R"([{"op":"replace","path":"","value":{"a":1}}])");
  CHECK(inverse("[1,2,3]", R"([{"op":"move","from":"/0","path":"/-"}])") ==
        R"([{"op":"move","path":"/0","from":"/2"}])");
  CHECK(inverse(R"({"a":1,"b":2})", R"([{"op":"move","from":"/a","path":"/b"}])") ==
        R"([{"op":"replace","path":"/b","value":2},{"op":"add","path":"/a","value":1}])");
  CHECK(inverse(R"({"a":1})", R"([{"op":"copy","from":"/a","path":"/b"}])") == R"([{"op":"remove","path":"/b"}])");
  CHECK(inverse(R"({"a":1})", R"([{"op":"test","path":"/a","value":1}])") == "[]");
  CHECK(inverse("{}", R"([{"op":"add","path":"/a","value":[]},{"op":"add","path":"/a/0","value":1}])") ==
        R"([{"op":"remove","path":"/a/0"},{"op":"remove","path":"/a"}])");
}

namespace {

json::Pointer random_place(test::Random& random, boost::json::value const& root) {
  json::Pointer pointer;
  auto const* value = &root;
  while (!random.chance(3)) {
    if (auto const* object = value->if_object(); object != nullptr && !object->empty()) {
      auto const& member = *(object->begin() + static_cast<std::ptrdiff_t>(random.below(object->size())));
      pointer /= member.key();
      value = &member.value();
    } else if (auto const* array = value->if_array(); array != nullptr && !array->empty()) {
      std::size_t const index = random.below(array->size());
      pointer /= std::to_string(index);
      value = &(*array)[index];
    } else {
      break;
    }
  }
  return pointer;
}

boost::json::value random_operation(test::Random& random, boost::json::value const& root) {
  static constexpr std::string_view verbs[] = {"add", "remove", "replace", "move", "copy", "test"};
  auto path = random_place(random, root);
  if (random.chance(2)) path /= random.chance(2) ? "-" : test::names[random.below(test::names.size())];
  boost::json::object operation;
  operation["op"] = verbs[random.below(6)];
  operation["path"] = to_string(path);
  operation["from"] = to_string(random_place(random, root));
  operation["value"] = test::random_json(random, 2);
  return boost::json::value(std::move(operation));
}

}  // namespace

TEST_CASE("a removed member comes back, though as the last of its object") {
  auto const before = read(R"({"a":1,"b":2})");
  auto value = before;
  auto const patch = read(R"([{"op":"remove","path":"/a"}])");
  auto const undo = json_patch::invert(before, patch).value();
  REQUIRE(json_patch::apply(value, patch).has_value());
  REQUIRE(json_patch::apply(value, undo).has_value());
  CHECK(json::print(value) == R"({"b":2,"a":1})");
}

TEST_CASE("what was accepted can be undone though members were added and others changed by turns") {
  boost::json::object wide;
  for (int i = 0; i < 20'000; ++i) wide["m" + std::to_string(i)] = i;
  wide["x"] = 0;
  wide["other"] = boost::json::object();
  boost::json::array patch;
  patch.push_back({{"op", "add"}, {"path", "/other/x"}, {"value", 0}});
  for (int i = 0; i < 1'000; ++i) {
    std::string const name = "n" + std::to_string(i);
    patch.push_back({{"op", "add"}, {"path", "/" + name}, {"value", i}});
    patch.push_back({{"op", "replace"}, {"path", "/x"}, {"value", i}});
    patch.push_back({{"op", "add"}, {"path", "/other/x"}, {"value", i}});
    patch.push_back({{"op", "test"}, {"path", "/x"}, {"value", i}});
  }
  boost::json::value const before(wide);
  boost::json::value value = before;
  REQUIRE(json_patch::apply(value, boost::json::value(patch)).has_value());
  auto const undo = json_patch::invert(before, boost::json::value(patch));
  REQUIRE(undo.has_value());
  CHECK(undo->as_array().size() == 3'001);
  auto const undone = json_patch::apply(value, *undo);
  CAPTURE(undone.has_error() ? undone.error().message : "");
  REQUIRE(undone.has_value());
  CHECK(json::identical(value, before));
}

TEST_CASE("an inverse that would move too much replaces what is around the changes") {
  boost::json::object wide;
  for (int i = 0; i < 20'000; ++i) wide["m" + std::to_string(i)] = i;
  boost::json::array list;
  for (int i = 0; i < 2'000; ++i) list.push_back(i);
  boost::json::value const before = {{"kept", "as it is"}, {"part", {{"wide", wide}, {"list", list}}}};
  // Out of the end of an array costs nothing, and out of a wide object each time the whole of it.
  boost::json::array patch;
  for (int i = 1'999; i >= 0; --i) {
    patch.push_back(
        {{"op", "move"}, {"from", "/part/list/" + std::to_string(i)}, {"path", "/part/wide/n" + std::to_string(i)}});
  }
  auto value = before;
  REQUIRE(json_patch::apply(value, boost::json::value(patch)).has_value());
  auto const undo = json_patch::invert(before, boost::json::value(patch)).value();
  REQUIRE(undo.as_array().size() == 1);
  CHECK(undo.at(0).at("path") == "/part");
  REQUIRE(json_patch::apply(value, undo).has_value());
  CHECK(json::print(value) == json::print(before));
}

TEST_CASE("members removed among other changes are gone or back in their places") {
  auto random = test::random();
  CAPTURE(random.seed());
  for (int i = 0; i < 3'000; ++i) {
    boost::json::object members;
    for (int m = 0; m < 12; ++m) members["m" + std::to_string(m)] = test::random_json(random, 1);
    boost::json::value const before = {{"in", members}, {"list", {members, 1, 2}}, {"x", 0}};
    boost::json::array patch;
    boost::json::value expected = before;
    for (std::size_t n = random.below(20) + 4; n > 0; --n) {
      std::string const object = random.chance(3) ? "/list/0/" : "/in/";
      std::string const place = object + "m" + std::to_string(random.below(16));
      boost::json::object operation;
      switch (random.below(6)) {
        case 0: operation = {{"op", "replace"}, {"path", "/x"}, {"value", n}}; break;
        case 1: operation = {{"op", "add"}, {"path", place}, {"value", n}}; break;
        case 2: operation = {{"op", "move"}, {"from", place}, {"path", "/list/1"}}; break;
        case 3: operation = {{"op", "add"}, {"path", "/list/0"}, {"value", {{"m1", 1}, {"m2", 2}}}}; break;
        default: operation = {{"op", "remove"}, {"path", place}};
      }
      boost::json::value attempt = expected;
      if (json_patch::apply(attempt, boost::json::value(boost::json::array{operation})).has_error()) continue;
      expected = std::move(attempt);
      patch.push_back(std::move(operation));
    }
    auto value = before;
    REQUIRE(json_patch::apply(value, boost::json::value(patch)).has_value());
    if (json::print(value) != json::print(expected)) FAIL_CHECK(json::print(boost::json::value(patch)));
    auto const undo = json_patch::invert(before, boost::json::value(patch)).value();
    REQUIRE(json_patch::apply(value, undo).has_value());
    if (!json::identical(value, before)) FAIL_CHECK(json::print(boost::json::value(patch)));

    patch.push_back({{"op", "move"}, {"from", "/in"}, {"path", "/nobody/knows"}});
    value = before;
    REQUIRE(json_patch::apply(value, boost::json::value(patch)).has_error());
    if (json::print(value) != json::print(before)) FAIL_CHECK(json::print(boost::json::value(patch)));
  }
}

TEST_CASE("random patches are all or nothing, and their inverse gives the original back") {
  auto random = test::random();
  CAPTURE(random.seed());
  int applied = 0;
  int refused = 0;
  for (int i = 0; i < 30'000; ++i) {
    auto const before = test::random_json(random, 4);
    auto value = before;
    boost::json::array patch;
    for (std::size_t n = random.below(4) + 1; n > 0; --n) {
      // Mostly operations that apply, in the document as it is by then.
      auto const operation = random_operation(random, value);
      auto attempt = value;
      bool const fits = json_patch::apply(attempt, boost::json::value(boost::json::array{operation})).has_value();
      if (!fits && !random.chance(8)) continue;
      patch.push_back(operation);
      value = std::move(attempt);
    }
    auto after = before;
    auto const done = json_patch::apply(after, boost::json::value(patch));
    auto const undo = json_patch::invert(before, boost::json::value(patch));
    CHECK(done.has_value() == undo.has_value());
    if (done.has_error()) {
      ++refused;
      if (json::print(after) != json::print(before))
        FAIL_CHECK(json::print(before) << " by " << json::print(boost::json::value(patch)));
      continue;
    }
    ++applied;
    auto const undone = json_patch::apply(after, *undo);
    if (undone.has_error() || !json::identical(after, before)) {
      FAIL_CHECK(json::print(before) << " by " << json::print(boost::json::value(patch)) << ", undone by "
                                     << json::print(*undo) << ", is " << json::print(after));
    }
  }
  CHECK(applied > 10'000);
  CHECK(refused > 500);
}
