// SPDX-License-Identifier: BSL-1.0
#include <inlay/model/environment.hpp>
#include <inlay/model/json_form.hpp>

#include <support/catch.hpp>

using namespace inlay;

TEST_CASE("an environment belongs to a team and has a name, unique within it") {
  boost::json::object given{{"name", "production"}};
  auto const homeless = model::read_new<Environment>(given);
  REQUIRE(homeless.has_error());
  CHECK(homeless.error().pointer == "/team_id");
  CHECK(homeless.error().message == "team_id is missing");

  given["team_id"] = "05daecaf-4365-42e8-8370-8127de5dd717";
  Environment const environment = model::read_new<Environment>(given).value();
  CHECK(environment.name == "production");
  CHECK(to_string(environment.team_id) == "05daecaf-4365-42e8-8370-8127de5dd717");
  CHECK(Environment::unique_keys[0] == model::UniqueKey{"team_id", "name"});
}

TEST_CASE("of an environment a caller may change the name alone") {
  for (model::Field const& field : model::fields<Environment>) {
    CHECK(field.is_patchable() == (field.name == "name"));
  }
}
