// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/internal/match.hpp>

#include <support/catch.hpp>

#include <cstdint>
#include <string>

using namespace inlay;

namespace {

Condition is(Operator op, FieldValue value) { return {.field = "", .op = op, .values = {std::move(value)}}; }

/** Whether the member called `name` of a row meets a condition. */
template <class Entity>
bool matches(Entity const& row, std::string_view name, Condition const& condition) {
  for (std::size_t i = 0; i < model::fields<Entity>.size(); ++i) {
    if (model::fields<Entity>[i].name != name) continue;
    REQUIRE(storage::matchers<Entity>[i] != nullptr);
    return storage::matchers<Entity>[i](&row, condition);
  }
  FAIL("there is no such member");
  return false;
}

}  // namespace

TEST_CASE("a row meets a condition as the operator says") {
  Team team;
  team.name = "b";
  for (auto const& [op, before, same, after] : {std::tuple{Operator::eq, false, true, false},
                                                {Operator::ne, true, false, true},
                                                {Operator::lt, true, false, false},
                                                {Operator::lte, true, true, false},
                                                {Operator::gt, false, false, true},
                                                {Operator::gte, false, true, true}}) {
    for (auto const& [name, wanted] : {std::pair{"a", before}, {"b", same}, {"c", after}}) {
      team.name = name;
      CAPTURE(static_cast<int>(op), name);
      CHECK(matches(team, "name", is(op, std::string("b"))) == wanted);
    }
  }
}

TEST_CASE("one of many values is enough for in") {
  Team team;
  team.name = "b";
  CHECK(matches(team, "name", {.field = "", .op = Operator::in, .values = {std::string("a"), std::string("b")}}));
  CHECK_FALSE(matches(team, "name", {.field = "", .op = Operator::in, .values = {std::string("a"), std::string("c")}}));
}

TEST_CASE("what is absent is not any value, and so meets nothing but ne") {
  Team team;
  CHECK(matches(team, "domain", is(Operator::ne, std::string("example.com"))));
  for (Operator const op : {Operator::eq, Operator::lt, Operator::lte, Operator::gt, Operator::gte, Operator::in}) {
    CHECK_FALSE(matches(team, "domain", is(op, std::string("example.com"))));
  }
}

TEST_CASE("members of each type compare with values as conditions have them") {
  EnvironmentIntegration install;
  install.id = Id<EnvironmentIntegration>::generate();
  install.is_enabled = true;
  install.version = Version{3};
  install.created_at = Timestamp{1'000};
  CHECK(matches(install, "id", is(Operator::eq, install.id.uuid)));
  CHECK_FALSE(matches(install, "id", is(Operator::eq, generate_uuid())));
  CHECK(matches(install, "is_enabled", is(Operator::eq, true)));
  CHECK(matches(install, "version", is(Operator::gte, std::int64_t{3})));
  CHECK(matches(install, "created_at", is(Operator::lt, std::int64_t{1'001})));
  Integration integration;
  integration.sharing = Sharing::ask;
  CHECK(matches(integration, "sharing", is(Operator::eq, std::string("ask"))));
}
