// SPDX-License-Identifier: BSL-1.0
#include <inlay/model/json_form.hpp>
#include <inlay/model/team.hpp>

#include <support/catch.hpp>

using namespace inlay;

TEST_CASE("a team needs nothing but a name: it starts unverified, not white-labelled, not impersonated") {
  Team const team = model::read_new<Team>(boost::json::object{{"name", "My Awesome Team"}}).value();
  CHECK(team == Team{.name = "My Awesome Team"});
  CHECK_FALSE(team.is_verified);
  CHECK_FALSE(team.is_white_labeled);
  CHECK_FALSE(team.allows_impersonation);
  CHECK_FALSE(team.domain);
}

TEST_CASE("a team's JSON has its members as the API description orders them, absent ones left out") {
  Team team{.id = Id<Team>::parse("05daecaf-4365-42e8-8370-8127de5dd717").value(), .name = "My Awesome Team"};
  team.domain = "example.com";
  team.is_verified = true;
  team.version = Version{3};
  team.birth = Birth{0x0123456789ABCDEFU};
  team.revision = Revision{12};
  team.created_at = parse_timestamp("2021-08-10T10:00:00.123456Z").value();
  team.updated_at = team.created_at;
  CHECK(
      model::to_json(team) ==
      R"({"id":"05daecaf-4365-42e8-8370-8127de5dd717","name":"My Awesome Team","domain":"example.com",)"
      R"("is_verified":true,"is_white_labeled":false,"allows_impersonation":false,"version":3,"birth":"0123456789abcdef",)"
      R"("created_at":"2021-08-10T10:00:00.123Z","updated_at":"2021-08-10T10:00:00.123Z"})");
}
