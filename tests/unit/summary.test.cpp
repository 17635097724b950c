// SPDX-License-Identifier: BSL-1.0
#include <inlay/model/json_form.hpp>
#include <inlay/model/summary.hpp>

#include <support/catch.hpp>

using namespace inlay;

TEST_CASE("a summary holds what is public of a row and nothing else, and so does its JSON") {
  Team team{.id = Id<Team>::generate(),
            .name = "Acme",
            .is_verified = true,
            .allows_impersonation = true,
            .version = Version{3},
            .created_at = now()};
  CHECK_FALSE(model::is_summary(team));
  model::reduce_to_summary(team);
  CHECK(model::is_summary(team));
  CHECK(team.name == "Acme");
  CHECK(team.is_verified);
  CHECK_FALSE(team.allows_impersonation);
  CHECK(team.created_at == Timestamp{});
  CHECK(model::to_json(team) ==
        R"({"id":")" + to_string(team.id) + R"(","name":"Acme","is_verified":true,"is_white_labeled":false})");
}

TEST_CASE("an entity without public members is shown whole or not at all") {
  Environment environment{.name = "production"};
  model::reduce_to_summary(environment);
  CHECK(environment.name == "production");
  CHECK_FALSE(model::is_summary(environment));
}
