// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/equal.hpp>
#include <inlay/json/merge_patch.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/object.hpp>
#include <support/catch.hpp>
#include <support/random.hpp>
#include <support/random_json.hpp>

#include <chrono>

using namespace inlay;
namespace merge_patch = json::merge_patch;

namespace {

boost::json::value read(std::string_view text) { return json::parse(text).value(); }

std::string patched(std::string_view target, std::string_view patch) {
  auto value = read(target);
  merge_patch::apply(value, read(patch));
  return json::print(value);
}

std::string difference(std::string_view from, std::string_view to) {
  auto const patch = merge_patch::diff(read(from), read(to));
  return patch ? json::print(*patch) : "none, at \"" + patch.error().pointer.value() + '"';
}

}  // namespace

TEST_CASE("the fifteen examples of RFC 7396, appendix A, come out as it says") {
  CHECK(patched(R"({"a":"b"})", R"({"a":"c"})") == R"({"a":"c"})");
  CHECK(patched(R"({"a":"b"})", R"({"b":"c"})") == R"({"a":"b","b":"c"})");
  CHECK(patched(R"({"a":"b"})", R"({"a":null})") == R"({})");
  CHECK(patched(R"({"a":"b","b":"c"})", R"({"a":null})") == R"({"b":"c"})");
  CHECK(patched(R"({"a":["b"]})", R"({"a":"c"})") == R"({"a":"c"})");
  CHECK(patched(R"({"a":"c"})", R"({"a":["b"]})") == R"({"a":["b"]})");
  CHECK(patched(R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})") == R"({"a":{"b":"d"}})");
  CHECK(patched(R"({"a":[{"b":"c"}]})", R"({"a":[1]})") == R"({"a":[1]})");
  CHECK(patched(R"(["a","b"])", R"(["c","d"])") == R"(["c","d"])");
  CHECK(patched(R"({"a":"b"})", R"(["c"])") == R"(["c"])");
  CHECK(patched(R"({"a":"foo"})", R"(null)") == R"(null)");
  CHECK(patched(R"({"a":"foo"})", R"("bar")") == R"("bar")");
  CHECK(patched(R"({"e":null})", R"({"a":1})") == R"({"e":null,"a":1})");
  CHECK(patched(R"([1,2])", R"({"a":"b","c":null})") == R"({"a":"b"})");
  CHECK(patched(R"({})", R"({"a":{"bb":{"ccc":null}}})") == R"({"a":{"bb":{}}})");
}

TEST_CASE("members keep their places, and new ones follow in the patch's order") {
  CHECK(patched(R"({"a":1,"b":2,"c":3,"d":4})", R"({"z":0,"b":null,"d":5,"y":{"k":null,"l":1},"a":6})") ==
        R"({"a":6,"c":3,"d":5,"z":0,"y":{"l":1}})");
  CHECK(patched(R"({"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7})",
                R"({"f":null,"a":null,"x":1,"b":null,"c":null,"d":null,"nobody":null})") == R"({"e":5,"g":7,"x":1})");
}

TEST_CASE("nulls inside an array are data, and an array is replaced whole") {
  CHECK(patched(R"({"a":[1,{"x":null}]})", R"({"a":[null,{"y":null}]})") == R"({"a":[null,{"y":null}]})");
}

TEST_CASE("removing half of 100,000 members takes no longer than a moment") {
  boost::json::object members;
  boost::json::object patch;
  for (int i = 0; i < 100'000; ++i) {
    std::string const name = "member" + std::to_string(i);
    members.emplace(name, i);
    if (i % 2 == 0) patch.emplace(name, nullptr);
  }
  boost::json::value target(std::move(members));
  auto const start = std::chrono::steady_clock::now();
  merge_patch::apply(target, boost::json::value(std::move(patch)));
  auto const taken = std::chrono::steady_clock::now() - start;
  CHECK(target.as_object().size() == 50'000);
  CHECK(target.as_object().begin()->key() == "member1");
  CHECK(target.at("member99999") == 99'999);
  CHECK(taken < std::chrono::seconds(2));  // quadratic time is far beyond that
}

TEST_CASE("a patch as deep as a document may be is applied") {
  std::string deep;
  for (int i = 0; i < 63; ++i) deep += R"({"a":)";
  std::string const end(63, '}');
  CHECK(patched(deep + R"({"b":1})" + end, deep + R"({"b":null,"c":2})" + end) == deep + R"({"c":2})" + end);
}

TEST_CASE("the difference names what changed and nothing else") {
  CHECK(difference(R"({"a":1,"b":{"c":2,"d":3},"e":[1,2]})", R"({"a":1,"b":{"c":2,"d":4},"e":[1,2]})") ==
        R"({"b":{"d":4}})");
  CHECK(difference(R"({"a":1,"b":2})", R"({"b":2,"c":3})") == R"({"a":null,"c":3})");
  CHECK(difference(R"({"a":1,"b":2})", R"({"b":2,"a":1})") == "{}");
  CHECK(difference(R"({"a":{"b":1}})", R"({"a":{}})") == R"({"a":{"b":null}})");
  CHECK(difference(R"({"a":1})", R"({"a":{}})") == R"({"a":{}})");
  CHECK(difference(R"({"a":[1,2]})", R"({"a":[1,3]})") == R"({"a":[1,3]})");
  CHECK(difference(R"({"a":1})", R"({"a":1.0})") == R"({"a":1.0})");
  CHECK(difference(R"({"a":0.0})", R"({"a":-0.0})") == R"({"a":-0.0})");
  CHECK(difference("5", "5") == "5");
  CHECK(difference("[]", "{}") == "{}");
  CHECK(difference("{}", "null") == "null");
  CHECK(difference(R"({"a":null})", "{}") == R"({"a":null})");
  CHECK(difference(R"({"a":{"n":null}})", R"({"a":{"n":null,"x":1}})") == R"({"a":{"x":1}})");
}

TEST_CASE("where a null would have to be set there is no difference, and its pointer is given") {
  CHECK(difference(R"({"a":1})", R"({"a":null})") == R"(none, at "/a")");
  CHECK(difference("{}", R"({"a":{"b/c":{"d":null}}})") == R"(none, at "/a/b~1c/d")");
  CHECK(difference("1", R"({"a":null})") == R"(none, at "/a")");
  CHECK(difference(R"({"a":{"b":[]}})", R"({"a":{"b":{"c":null}}})") == R"(none, at "/a/b/c")");
  CHECK(difference("{}", R"({"a":[null,{"b":null}]})") == R"({"a":[null,{"b":null}]})");
}

TEST_CASE("the difference of random values, applied, gives the one from the other") {
  auto random = test::random();
  CAPTURE(random.seed());
  int applied = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto const from = test::random_json(random, 4);
    auto const to = random.chance(3) ? test::random_json(random, 4) : test::random_edit(random, from);
    auto const patch = merge_patch::diff(from, to);
    if (patch.has_error()) {
      // The place really holds a null that `from` does not have there.
      auto const pointer = json::Pointer::parse(patch.error().pointer.value()).value();
      auto const* wanted = json::find(to, pointer);
      auto const* had = json::find(from, pointer);
      bool const right = wanted != nullptr && wanted->is_null() && (had == nullptr || !had->is_null());
      if (!right) FAIL_CHECK(json::print(from) << " -> " << json::print(to) << " at " << *patch.error().pointer);
      continue;
    }
    ++applied;
    auto value = from;
    merge_patch::apply(value, *patch);
    if (!json::identical(value, to)) {
      FAIL_CHECK(json::print(from) << " -> " << json::print(to) << " by " << json::print(*patch));
    }
  }
  CHECK(applied > 5'000);
}
