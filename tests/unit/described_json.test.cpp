// SPDX-License-Identifier: BSL-1.0
#include <inlay/model/internal/described_json.hpp>

#include <support/catch.hpp>

#include <vector>

using namespace inlay;

namespace {

struct Part {
  std::string_view name{};
  std::optional<model::True> is_small{};

  static Part of(std::string const& name) {
    return {name, name.size() < 3 ? std::optional(model::True()) : std::nullopt};
  }
};
BOOST_DESCRIBE_STRUCT(Part, (), (name, is_small))

struct Whole {
  std::string_view text{};
  std::optional<std::string_view> maybe{};
  model::Inlined<Part> part{};
  model::ListOf<Part, std::string> parts{};
  std::span<std::string const> names{};
  model::Nullable<std::string> next{};
  model::JsonText json{};
  model::JsonWriter written{};
  std::size_t count{};
  bool flag{};
};
BOOST_DESCRIBE_STRUCT(Whole, (), (text, maybe, part, parts, names, next, json, written, count, flag))

struct OfTheStore {
  Uuid uuid{};
  Version version{};
  Revision revision{};
  Birth birth{};
  Timestamp time{};
  model::PreciseTime precise{};
};
BOOST_DESCRIBE_STRUCT(OfTheStore, (), (uuid, version, revision, birth, time, precise))

}  // namespace

TEST_CASE("a form is written member by member, in the order of its description") {
  std::vector<std::string> const names{"ab", "c\"d"};
  Whole whole{.text = "a\nb",
              .part = {Part{"xy", model::True()}},
              .parts = {names},
              .names = names,
              .json = {R"({"a":1})"},
              .written = [](std::string& out) { out += "[7]"; },
              .count = 3,
              .flag = true};
  CHECK(model::form_text(whole) ==
        R"({"text":"a\nb","name":"xy","is_small":true,"parts":[{"name":"ab","is_small":true},{"name":"c\"d"}],)"
        R"("names":["ab","c\"d"],"next":null,"json":{"a":1},"written":[7],"count":3,"flag":true})");
  whole.maybe = "";
  whole.next.value = "n";
  whole.part = {};
  whole.parts = {};
  whole.names = {};
  CHECK(model::form_text(whole) == R"({"text":"a\nb","maybe":"","name":"","parts":[],)"
                                   R"("names":[],"next":"n","json":{"a":1},"written":[7],"count":3,"flag":true})");
}

TEST_CASE("a form writes what is the store's as rows have it, and a precise time as records do") {
  OfTheStore const form{.version = {4}, .revision = {9}, .time = {1'500'000}, .precise = {{1'500'001}}};
  CHECK(model::form_text(form) ==
        R"({"uuid":"00000000-0000-0000-0000-000000000000","version":4,"revision":9,"birth":"0000000000000000",)"
        R"("time":"1970-01-01T00:00:01.500Z","precise":"1970-01-01T00:00:01.500001Z"})");
}

TEST_CASE("a form knows its members, those that are inlined among them") {
  using model::FormMember;
  CHECK(model::form_members<Part> == std::array{FormMember{"name", false}, FormMember{"is_small", true}});
  CHECK(model::form_members<Whole>.size() == 11);
  CHECK(model::form_members<Whole>[2] == FormMember{"name", false});
  CHECK(model::form_members<Whole>[1] == FormMember{"maybe", true});
  CHECK(model::form_members<Whole>[6] == FormMember{"next", false});
}
