// SPDX-License-Identifier: BSL-1.0
#include <inlay/config/config_node.hpp>

#include <inlay/config/effective_config.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/monotonic_resource.hpp>
#include <support/catch.hpp>
#include <support/layers.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>

using namespace inlay;

namespace {

std::string names(ConfigNode const& node) {
  std::string result;
  for (auto const& member : node.members()) result.append(result.empty() ? "" : " ").append(member.name);
  return result;
}

template <class T>
std::string why_not(Result<T> const& result) {
  return result.has_error() ? result.error().message : "read";
}

template <class Range>
concept CanBegin = requires {
  std::declval<Range>().begin();
};

}  // namespace

static_assert(CanBegin<ConfigMembers const&>);
static_assert(!CanBegin<ConfigMembers>, "an iterator of a range that is gone would dangle");
static_assert(std::input_iterator<ConfigMembers::Iterator>);
static_assert(!ConfigReadable<char>);
static_assert(ConfigReadable<float> && !ConfigReadable<long double>);

TEST_CASE("a node is an object or a leaf") {
  auto const view = test::config({R"({"o":{},"a":[{}],"n":null})", R"({"s":"x"})"});
  CHECK(view.root().is_object());
  CHECK(view.find("/o")->is_object());
  CHECK(view.find("/o")->leaf() == nullptr);
  CHECK(view.find("/a")->is_leaf());
  CHECK(view.find("/a/0")->is_object());
  CHECK(view.find("/n")->leaf()->is_null());
  CHECK(view.find("/s")->leaf()->get_string() == "x");
}

TEST_CASE("members are merged, in the order of the fold") {
  auto const view = test::config({R"({"a":1,"b":2,"c":3,"d":{"x":1}})", R"({"new":1,"b":null,"c":9})",
                                  R"({"b":7,"d":{"y":2},"newer":0,"new":2})"});
  CHECK(names(view.root()) == "a c d new b newer");
  CHECK(view.root().size() == 6);
  CHECK(names(*view.root().find("d")) == "x y");
  CHECK(view.root().find("c")->as<int>().value() == 9);
  CHECK(view.root().contains("b"));
  CHECK_FALSE(view.root().contains("nobody"));
  CHECK_FALSE(view.root().find("a")->find("x"));
}

TEST_CASE("members can be gone through from a node that is gone itself") {
  auto const view = test::config({R"({"a":{"x":1}})", R"({"a":{"y":2}})"});
  int sum = 0;
  for (auto const& member : view.find("/a")->members()) sum += member.value.as<int>().value();
  CHECK(sum == 3);
}

TEST_CASE("an object that all members are removed from is empty, a leaf has no members and is not") {
  auto const view = test::config({R"({"a":{"x":1},"l":[]})", R"({"a":{"x":null}})"});
  CHECK(view.find("/a")->empty());
  CHECK(view.find("/a")->size() == 0);
  CHECK_FALSE(view.root().empty());
  CHECK(names(*view.find("/l")).empty());
  CHECK(view.find("/l")->size() == 0);
  CHECK_FALSE(view.find("/l")->empty());
}

TEST_CASE("nulls are data in the base and inside arrays, and remove anywhere else") {
  auto const view =
      test::config({R"({"a":null,"b":{"c":null}})", R"({"l":[{"n":null}],"b":{"d":null},"o":{"e":null}})"});
  CHECK(names(view.root()) == "a b l o");
  CHECK(names(*view.find("/b")) == "c");
  CHECK(names(*view.find("/l/0")) == "n");
  CHECK(view.find("/l/0/n")->leaf()->is_null());
  CHECK(view.find("/o")->empty());
}

TEST_CASE("more layers than fit into a node are no different") {
  std::vector<Layer> layers = test::layers({R"({"a":{"0":0}})"});
  for (int i = 1; i <= 20; ++i) {
    auto const text = R"({"a":{"0":)" + std::to_string(i) + R"(,")" + std::to_string(i) + R"(":{"x":1}},"s":1})";
    layers.push_back({.name = "more", .document = Document::parse(text).value()});
  }
  auto const view = EffectiveConfig::from(layers).value();
  CHECK(view.find("/a/0")->as<int>().value() == 20);
  CHECK(view.find("/a/20/x")->as<int>().value() == 1);
  CHECK(view.find("/a")->size() == 21);
  CHECK(view.text() == json::print(test::fold(layers)));
  auto copy = *view.find("/a");
  copy = *view.find("/a/7");
  CHECK(names(copy) == "x");
}

TEST_CASE("a leaf is read as the type that it has") {
  auto const view =
      test::config({R"({"b":true,"i":-5,"u":18446744073709551615,"d":1.5,"s":"text","n":null,"l":[1,{}]})"});
  auto const at = [&view](std::string_view name) { return *view.root().find(name); };
  CHECK(at("b").as<bool>().value());
  CHECK(at("i").as<int>().value() == -5);
  CHECK(at("i").as<std::int8_t>().value() == -5);
  CHECK(at("u").as<std::uint64_t>().value() == std::numeric_limits<std::uint64_t>::max());
  CHECK(at("d").as<double>().value() == 1.5);
  CHECK(at("i").as<double>().value() == -5.0);
  CHECK(at("s").as<std::string>().value() == "text");
  CHECK(at("s").as<std::string_view>().value() == "text");
  CHECK(at("l").as<boost::json::value>().value().is_array());
  CHECK(json::print(view.root().as<boost::json::value>().value()) == view.text());
  CHECK(at("n").as<std::optional<bool>>().value() == std::nullopt);
  CHECK(at("b").as<std::optional<bool>>().value() == true);
}

TEST_CASE("a leaf of another type, or one that does not fit, is not read") {
  auto const view =
      test::config({R"({"b":true,"i":-5,"u":18446744073709551615,"d":1.5,"s":"7","n":null,"big":9007199254740993})"});
  auto const at = [&view](std::string_view name) { return *view.root().find(name); };
  CHECK(at("i").as<unsigned>().error().kind == ErrorKind::invalid_argument);
  CHECK(why_not(at("i").as<unsigned>()) ==
        "expected an integer that fits an unsigned type of 32 bits, found the integer -5");
  CHECK(why_not(at("u").as<std::int64_t>()).starts_with("expected an integer that fits"));
  CHECK(why_not(at("d").as<int>()) == "expected an integer, found the number 1.5");
  CHECK(why_not(at("s").as<int>()) == "expected an integer, found a string");
  CHECK(why_not(at("b").as<std::string>()) == "expected a string, found a boolean");
  CHECK(why_not(at("n").as<bool>()) == "expected a boolean, found null");
  CHECK(why_not(view.root().as<double>()) == "expected a number, found an object");
  CHECK(why_not(at("big").as<double>()) ==
        "expected a number that a double holds exactly, found the integer 9007199254740993");
  CHECK(why_not(at("u").as<double>()).starts_with("expected a number that a double holds exactly"));
  CHECK(why_not(at("s").as<std::optional<int>>()) == "expected an integer, found a string");
}

TEST_CASE("a node knows its own text and values") {
  auto const view = test::config({R"({"a":{"x":1.0,"y":{"z":[null]}}})", R"({"a":{"y":{"w":"\n"},"x":null}})"});
  CHECK(view.find("/a")->text() == R"({"y":{"z":[null],"w":"\n"}})");
  CHECK(view.find("/a/y/z")->text() == "[null]");
  std::string out = "> ";
  view.find("/a/y/w")->write(out);
  CHECK(out == R"(> "\n")");
  boost::json::monotonic_resource arena;
  auto const values = view.find("/a")->to_value(&arena);
  CHECK(json::print(values) == view.find("/a")->text());
  CHECK(values.storage().get() == &arena);
  CHECK(values.at("y").at("z").storage().get() == &arena);
}

TEST_CASE("nodes that share their parts are known to be equal") {
  auto const document = R"({"a":{"x":1},"b":{"x":1}})";
  auto const base = test::layers({document});
  auto const view = EffectiveConfig::from(base).value();
  auto layers = base;
  layers.push_back({.name = "over", .document = Document::parse(R"({"b":{"x":1}})").value()});
  auto const other = EffectiveConfig::from(layers).value();
  CHECK(view.find("/a")->is_same_view(*other.find("/a")));
  CHECK(view.find("/a/x")->is_same_view(*other.find("/a/x")));
  CHECK_FALSE(view.find("/b")->is_same_view(*other.find("/b")));
  CHECK_FALSE(view.find("/a")->is_same_view(*view.find("/b")));
}
