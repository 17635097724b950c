// SPDX-License-Identifier: BSL-1.0
#include <inlay/config/override.hpp>

#include <inlay/config/effective_config.hpp>
#include <inlay/json/merge_patch.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/object.hpp>
#include <support/catch.hpp>
#include <support/layers.hpp>
#include <support/random.hpp>

#include <functional>
#include <string>
#include <string_view>

using namespace inlay;
using config::Override;

namespace {

Override override_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return Document::parse(text).value();
}

std::string shown(Result<Override> const& result) {
  if (result.has_error())
    return to_string(result.error().kind).data() + (" at " + result.error().pointer.value_or("-"));
  return *result ? std::string((*result)->text()) : "none";
}

json::Pointer at(std::string_view pointer) { return json::Pointer::parse(pointer).value(); }

std::string after_set(std::string_view stored, std::string_view pointer, std::string_view value) {
  return shown(config::set(override_of(stored), at(pointer), json::parse(value).value()));
}
std::string after_remove(std::string_view stored, std::string_view pointer) {
  return shown(config::remove(override_of(stored), at(pointer)));
}
std::string after_inherit(std::string_view stored, std::string_view pointer) {
  return shown(config::inherit(override_of(stored), at(pointer)));
}
std::string after_patch(std::string_view stored, std::string_view patch) {
  return shown(config::patch(override_of(stored), json::parse(patch).value().get_object()));
}

std::string effective(std::string_view base, std::string_view override_text) {
  return test::config({base, override_text}).text();
}

}  // namespace

TEST_CASE("set stores the value at its place and keeps the rest") {
  CHECK(after_set("", "/a", "1") == R"({"a":1})");
  CHECK(after_set(R"({"a":1,"b":2})", "/a", "[null]") == R"({"a":[null],"b":2})");
  CHECK(after_set(R"({"a":{"x":1}})", "/a", R"({"y":2})") == R"({"a":{"y":2}})");
  CHECK(after_set(R"({"a":{"x":1}})", "/a/y/z", "2") == R"({"a":{"x":1,"y":{"z":2}}})");
  CHECK(after_set("", "/a~1b/~0/", "true") == R"({"a/b":{"~":{"":true}}})");
  CHECK(after_set("", "/a", "{}") == R"({"a":{}})");
  CHECK(after_set("", "/a", R"({"b":null})") == R"({"a":{"b":null}})");
}

TEST_CASE("set puts objects where the override has something else on the way") {
  CHECK(after_set(R"({"a":5,"b":1})", "/a/x", "1") == R"({"a":{"x":1},"b":1})");
  CHECK(after_set(R"({"a":null})", "/a/x", "1") == R"({"a":{"x":1}})");
}

TEST_CASE("no verb says anything of a place inside an array, which an override replaces as a whole") {
  using Verb = std::function<std::string(Override const&, json::Pointer const&)>;
  Verb const set = [](Override const& stored, json::Pointer const& place) {
    return shown(config::set(stored, place, 1));
  };
  Verb const remove = [](Override const& stored, json::Pointer const& place) {
    return shown(config::remove(stored, place));
  };
  Verb const inherit = [](Override const& stored, json::Pointer const& place) {
    return shown(config::inherit(stored, place));
  };
  for (Verb const& verb : {set, remove, inherit}) {
    CHECK(verb(override_of(R"({"a":[7]})"), at("/a/0")) == "invalid_argument at /a");
    CHECK(verb(override_of(R"({"a":{"b":[{"x":1}]}})"), at("/a/b/0/x")) == "invalid_argument at /a/b");
    CHECK(verb(override_of(R"({"a":[7]})"), at("/a")) != "invalid_argument at /a");
  }
}

TEST_CASE("a pointer longer than any document is deep is refused, and takes no stack") {
  json::Pointer const longest(std::vector<std::string>(json::greatest_depth, "a"));
  json::Pointer const too_long(std::vector<std::string>(1'000'000, "a"));
  CHECK(config::set({}, longest, 1, json::no_limits).has_value());
  CHECK(config::set({}, too_long, 1, json::no_limits).error().kind == ErrorKind::invalid_document);
  CHECK(config::remove({}, too_long, json::no_limits).error().kind == ErrorKind::invalid_document);
  CHECK(config::inherit({}, too_long).error().kind == ErrorKind::invalid_document);
}

TEST_CASE("set of the whole override takes an object, and nothing else") {
  CHECK(after_set(R"({"a":1})", "", R"({"b":2})") == R"({"b":2})");
  CHECK(after_set(R"({"a":1})", "", "{}") == "none");
  CHECK(after_set(R"({"a":1})", "", "[1]") == "invalid_argument at ");
}

TEST_CASE("set refuses null, which is what remove is for") {
  CHECK(after_set(R"({"a":1})", "/a", "null") == "invalid_argument at /a");
  CHECK(after_set(R"({"a":1})", "", "null") == "invalid_argument at ");
}

TEST_CASE("a verb's result is held to the limits") {
  json::Limits const tight{.max_bytes = 10, .max_depth = 2};
  CHECK(shown(config::set(std::nullopt, at("/a"), 1, tight)) == R"({"a":1})");
  CHECK(config::set(std::nullopt, at("/a/b/c"), 1, tight).error().kind == ErrorKind::invalid_document);
  CHECK(config::set(std::nullopt, at("/a"), "0123456789", tight).error().kind == ErrorKind::invalid_document);
  CHECK(config::remove(std::nullopt, at("/a/b/c"), tight).error().kind == ErrorKind::invalid_document);
  CHECK(config::patch(std::nullopt, json::parse(R"({"a":{"b":{"c":1}}})").value().get_object(), tight).error().kind ==
        ErrorKind::invalid_document);
}

TEST_CASE("remove stores a tombstone, so that the value is absent whatever the default says") {
  CHECK(after_remove("", "/a") == R"({"a":null})");
  CHECK(after_remove(R"({"a":{"x":1},"b":2})", "/a") == R"({"a":null,"b":2})");
  CHECK(after_remove(R"({"a":{"x":1}})", "/a/x") == R"({"a":{"x":null}})");
  CHECK(after_remove("", "/a/b") == R"({"a":{"b":null}})");
  CHECK(effective(R"({"a":{"b":1,"c":2}})", after_remove("", "/a/b")) == R"({"a":{"c":2}})");
}

TEST_CASE("remove changes nothing where the override leaves nothing to remove") {
  CHECK(after_remove(R"({"a":null})", "/a/b") == R"({"a":null})");
  CHECK(after_remove(R"({"a":5})", "/a/b") == R"({"a":5})");
}

TEST_CASE("the two that an override cannot say are told apart from other faults by their reasons") {
  CHECK(config::set({}, {}, nullptr).error().reason == Reason::null_in_override);
  CHECK(config::remove({}, {}).error().reason == Reason::whole_config);
  CHECK(config::set({}, {}, 1).error().reason == Reason::none);
}

TEST_CASE("the whole configuration cannot be removed") {
  CHECK(after_remove(R"({"a":1})", "") == "invalid_argument at ");
}

TEST_CASE("inherit takes away what the override says") {
  CHECK(after_inherit(R"({"a":1,"b":2})", "/a") == R"({"b":2})");
  CHECK(after_inherit(R"({"a":null,"b":2})", "/a") == R"({"b":2})");
  CHECK(after_inherit(R"({"a":{"x":1,"y":2}})", "/a/x") == R"({"a":{"y":2}})");
  CHECK(after_inherit(R"({"a":{"x":1,"y":2},"b":0})", "/a") == R"({"b":0})");
}

TEST_CASE("inherit prunes the objects that it leaves empty, and an override that becomes empty is none") {
  CHECK(after_inherit(R"({"a":{"b":{"c":1}},"d":2})", "/a/b/c") == R"({"d":2})");
  CHECK(after_inherit(R"({"a":{"b":{"c":1}}})", "/a/b/c") == "none");
  CHECK(after_inherit(R"({"a":{"b":{"c":1},"e":{}}})", "/a/b/c") == R"({"a":{"e":{}}})");
  CHECK(after_inherit(R"({"a":{}})", "/a/b") == R"({"a":{}})");
  CHECK(after_inherit(R"({"a":1})", "") == "none");
  CHECK(effective(R"({"a":"scalar"})", R"({"a":{"b":1}})") == R"({"a":{"b":1}})");
  CHECK(after_inherit(R"({"a":{"b":1}})", "/a/b") == "none");
}

TEST_CASE("it is no error to inherit what the override says nothing of") {
  CHECK(after_inherit("", "/a") == "none");
  CHECK(after_inherit(R"({"a":1})", "/b/c") == R"({"a":1})");
  CHECK(after_inherit(R"({"a":1})", "/a/b") == R"({"a":1})");
  CHECK(after_inherit(R"({"a":null})", "/a/b") == R"({"a":null})");
}

TEST_CASE("a patch's null inherits, everything else is RFC 7396") {
  CHECK(after_patch("", R"({"a":null})") == "none");
  CHECK(after_patch(R"({"a":1,"b":{"x":1,"y":2}})", R"({"a":null,"b":{"x":null,"z":3},"c":[null]})") ==
        R"({"b":{"y":2,"z":3},"c":[null]})");
  CHECK(after_patch(R"({"a":null,"b":1})", R"({"a":null})") == R"({"b":1})");
  CHECK(after_patch(R"({"a":5})", R"({"a":{"x":1}})") == R"({"a":{"x":1}})");
  CHECK(after_patch(R"({"a":{"x":1}})", R"({"a":5})") == R"({"a":5})");
  CHECK(after_patch(R"({"a":1})", "{}") == R"({"a":1})");
}

TEST_CASE("a patch prunes what it leaves empty, and keeps the empty object it asks for") {
  CHECK(after_patch(R"({"a":{"x":1},"b":2})", R"({"a":{"x":null}})") == R"({"b":2})");
  CHECK(after_patch("", R"({"a":{"b":{"c":null}}})") == "none");
  CHECK(after_patch("", R"({"a":{}})") == R"({"a":{}})");
  CHECK(after_patch(R"({"a":5})", R"({"a":{}})") == R"({"a":{}})");
  CHECK(after_patch(R"({"a":{"x":1}})", R"({"a":{}})") == R"({"a":{"x":1}})");
  CHECK(after_patch(R"({"a":{"x":1,"y":{}}})", R"({"a":{"x":null}})") == R"({"a":{"y":{}}})");
  CHECK(after_patch(R"({"a":{"y":{}}})", R"({"a":{"y":{"z":null}}})") == R"({"a":{"y":{}}})");
  for (char const* const value : {"null", "5", "[1]"}) {
    CHECK(after_patch(R"({"a":)" + std::string(value) + R"(,"b":{"c":1}})",
                      R"({"a":{"x":{"y":null}},"b":{"c":null}})") == R"({"a":)" + std::string(value) + "}");
    CHECK(after_patch(R"({"a":)" + std::string(value) + "}", R"({"a":{"x":null,"z":1}})") == R"({"a":{"z":1}})");
  }
  CHECK(after_patch(R"({"a":1,"b":2,"c":3,"d":4,"e":5})", R"({"b":null,"f":6,"a":7,"d":null})") ==
        R"({"a":7,"c":3,"e":5,"f":6})");
}

TEST_CASE("a verb on an override that is not what inlay wrote says so") {
  Override const broken = Document::from_stored("{oops");
  CHECK(shown(config::set(broken, at("/a"), 1)).starts_with("corrupt"));
  CHECK(shown(config::remove(broken, at("/a"))).starts_with("corrupt"));
  CHECK(shown(config::inherit(broken, at("/a"))).starts_with("corrupt"));
  CHECK(shown(config::patch(broken, {})).starts_with("corrupt"));
  CHECK(shown(config::inherit(broken, {})) == "none");
}

TEST_CASE("a patch of a hundred thousand nulls takes no quadratic time") {
  boost::json::object wide;
  boost::json::object nulls;
  for (int i = 0; i < 100'000; ++i) {
    wide.emplace(std::to_string(i), 1);
    if (i != 77) nulls.emplace(std::to_string(i), nullptr);
  }
  Override const stored = Document::from(wide, json::no_limits).value();
  CHECK(shown(config::patch(stored, nulls)) == R"({"77":1})");
}

TEST_CASE("each verb does what its name says to the effective value, and nothing to what lies elsewhere") {
  auto random = test::random();
  CAPTURE(random.seed());
  for (int i = 0; i < 5'000; ++i) {
    auto const base = test::random_layers(random).front().document;
    auto const stored_document = test::random_layers(random).front().document;
    Override const stored = stored_document.empty() ? Override{} : stored_document;
    json::Pointer pointer;
    for (auto depth = 1 + random.below(3); depth != 0; --depth) pointer /= random.chance(2) ? "a" : "b";
    CAPTURE(base.text(), stored_document.text(), to_string(pointer));
    auto const view = [&base](Override const& over) {
      return EffectiveConfig::from(
                 {{"base", LayerKind::base, base}, {"override", LayerKind::merge_patch, over.value_or(Document())}})
          .value();
    };
    auto const before = view(stored);
    auto const only_below = [&](std::vector<ConfigDifference> const& found, std::string const& place) {
      for (auto const& difference : found) {
        // what stands above the place may only turn into an object that holds it
        if (!(difference.pointer + "/").starts_with(place + "/") &&
            !(place + "/").starts_with(difference.pointer + "/"))
          return false;
      }
      return true;
    };

    auto const set_override = config::set(stored, pointer, "v");
    if (set_override.has_error()) {
      auto const array = json::Pointer::parse(set_override.error().pointer.value()).value();
      auto const values = json::parse(stored->text()).value();
      REQUIRE(json::find(values, array)->is_array());
      REQUIRE(config::remove(stored, pointer).error().pointer == set_override.error().pointer);
      REQUIRE(config::inherit(stored, pointer).error().pointer == set_override.error().pointer);
      continue;
    }
    auto const set = view(*set_override);
    REQUIRE(set.get<std::string>(pointer).value() == "v");
    REQUIRE(only_below(differences(before, set).items, to_string(pointer)));

    auto const removed = view(config::remove(stored, pointer).value());
    REQUIRE_FALSE(removed.find(pointer));
    REQUIRE(only_below(differences(before, removed).items, to_string(pointer)));

    auto const inherited_override = config::inherit(stored, pointer).value();
    auto const inherited = view(inherited_override);
    REQUIRE(only_below(differences(before, inherited).items, to_string(pointer)));
    if (inherited_override) {
      auto const again = config::inherit(inherited_override, pointer).value();
      REQUIRE(again == inherited_override);
    }
  }
}
