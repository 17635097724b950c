// SPDX-License-Identifier: BSL-1.0
// What is true of one entity only. What follows from it for callers is in catalog_teams and its neighbours.
#include <inlay/catalog/rules/all.hpp>

#include <inlay/json/parse.hpp>
#include <inlay/model/json_form.hpp>

#include <boost/mp11/algorithm.hpp>
#include <support/catch.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

using namespace inlay;

namespace {

Id<Team> const own = Id<Team>::generate();
Id<Team> const other = Id<Team>::generate();

EnvironmentIntegration ended_install() {
  EnvironmentIntegration install;
  install.ended = Ended{Timestamp{1}, "over"};
  return install;
}

ChangeRecord step(std::optional<std::string> before, std::optional<std::string> after) {
  ChangeRecord change;
  if (before) change.before = Document::from_stored(*std::move(before));
  if (after) change.after = Document::from_stored(*std::move(after));
  return change;
}

}  // namespace

TEST_CASE("a team owns itself, and what names it as its team") {
  Team team;
  team.id = own;
  CHECK(rules::Of<Team>::is_owned_by(team, own));
  CHECK_FALSE(rules::Of<Team>::is_owned_by(team, other));
  Environment environment;
  environment.team_id = own;
  CHECK(rules::Of<Environment>::is_owned_by(environment, own));
  CHECK_FALSE(rules::Of<Environment>::is_owned_by(environment, other));
  Integration integration;
  integration.team_id = own;
  CHECK(rules::Of<Integration>::is_owned_by(integration, own));
  CHECK_FALSE(rules::Of<Integration>::is_owned_by(integration, other));
}

TEST_CASE("another team is shown a summary of a team, and of an integration that has to be asked for") {
  Team team;
  team.id = own;
  CHECK(rules::Of<Team>::shown_to(team, own) == rules::Shown::whole);
  CHECK(rules::Of<Team>::shown_to(team, other) == rules::Shown::summary);
  Integration integration;
  integration.team_id = own;
  for (Sharing const sharing : {Sharing::allow, Sharing::deny, Sharing::ask}) {
    integration.sharing = sharing;
    CHECK(rules::Of<Integration>::shown_to(integration, own) == rules::Shown::whole);
    CHECK(rules::Of<Integration>::shown_to(integration, other) ==
          (sharing == Sharing::ask ? rules::Shown::whole_if_scope_says_so : rules::Shown::whole));
  }
}

TEST_CASE("an override of no members is none, and one of some stays") {
  EnvironmentIntegration install;
  install.override = Document();
  rules::Of<EnvironmentIntegration>::normalise(install);
  CHECK_FALSE(install.override);
  install.override = Document::parse(R"({"a":null})").value();
  rules::Of<EnvironmentIntegration>::normalise(install);
  CHECK(install.override);
}

TEST_CASE("an install that was ended is not created so, reads as not enabled, and may not be enabled") {
  EnvironmentIntegration install = ended_install();
  install.is_enabled = true;
  auto const refused = rules::Of<EnvironmentIntegration>::may_be(install);
  REQUIRE(refused.has_error());
  CHECK(refused.error().kind == ErrorKind::forbidden);
  CHECK(refused.error().pointer == "/is_enabled");
  rules::Of<EnvironmentIntegration>::as_seen(install);
  CHECK_FALSE(install.is_enabled);
  CHECK(rules::Of<EnvironmentIntegration>::may_be(install).has_value());
  install.is_enabled = true;
  rules::Of<EnvironmentIntegration>::as_created(install);
  CHECK_FALSE(install.ended);
  CHECK(rules::Of<EnvironmentIntegration>::may_be(install).has_value());
}

TEST_CASE("an install of something else, or elsewhere, is judged anew") {
  EnvironmentIntegration one;
  one.environment_id = Id<Environment>::generate();
  one.integration_id = Id<Integration>::generate();
  EnvironmentIntegration another = one;
  another.show_in_catalog = !one.show_in_catalog;
  CHECK(rules::Of<EnvironmentIntegration>::is_judged_alike(one, another));
  another.environment_id = Id<Environment>::generate();
  CHECK_FALSE(rules::Of<EnvironmentIntegration>::is_judged_alike(one, another));
  another = one;
  another.integration_id = Id<Integration>::generate();
  CHECK_FALSE(rules::Of<EnvironmentIntegration>::is_judged_alike(one, another));
}

TEST_CASE("only a grant goes with what it references, and shows its history to both sides") {
  model::for_each_entity([]<class Entity>(std::type_identity<Entity>) {
    CAPTURE(Entity::entity_name);
    CHECK(rules::Of<Entity>::goes_with_references == std::is_same_v<Entity, Grant>);
    CHECK(rules::Of<Entity>::is_history_for_all_who_see_it == std::is_same_v<Entity, Grant>);
  });
}

TEST_CASE("asking is the asking team's step in a grant's history, and answering the owner's") {
  std::string const asks = R"({"team_id":")" + to_string(own) + R"(","status":)";
  for (std::string_view const status : {"\"pending\"", "\"granted\"", "\"denied\"", "\"revoked\""}) {
    CAPTURE(status);
    auto const change = step(std::nullopt, asks + std::string(status) + '}');
    bool const is_asking = status == "\"pending\"";
    CHECK(rules::Of<Grant>::is_other_sides(change, own) == !is_asking);
    CHECK(rules::Of<Grant>::is_other_sides(change, other) == is_asking);
  }
  CHECK(rules::Of<Grant>::is_other_sides(step(asks + "\"granted\"}", std::nullopt), own));  // nobody can tell
}

TEST_CASE("ending an install is a step of the integration's owner, and no other step is") {
  std::string const plain = R"({"is_enabled":false})";
  std::string const ended = R"({"ended":{"time":"1970-01-01T00:00:00Z","reason":"over"},"is_enabled":false})";
  CHECK(rules::Of<EnvironmentIntegration>::is_other_sides(step(plain, ended), own));
  CHECK_FALSE(rules::Of<EnvironmentIntegration>::is_other_sides(step(ended, ended), own));
  CHECK_FALSE(rules::Of<EnvironmentIntegration>::is_other_sides(step(plain, plain), own));
  CHECK_FALSE(rules::Of<EnvironmentIntegration>::is_other_sides(step(ended, std::nullopt), own));
}

TEST_CASE("what an owner does to others' installs does not count as their teams' steps") {
  EnvironmentIntegration const plain;
  EnvironmentIntegration const ended = ended_install();
  using Rules = rules::Of<EnvironmentIntegration>;
  CHECK(Rules::is_own_step(nullptr, &plain, own, false));
  CHECK(Rules::is_own_step(&plain, &plain, own, false));
  CHECK_FALSE(Rules::is_own_step(&plain, &ended, own, false));
  CHECK(Rules::is_own_step(&ended, &ended, own, false));
  CHECK(Rules::is_own_step(&plain, nullptr, own, true));
  CHECK(Rules::is_own_step(&ended, nullptr, own, false));       // its team uninstalls it
  CHECK_FALSE(Rules::is_own_step(&ended, nullptr, own, true));  // it goes along with its integration
}

TEST_CASE("a team itself is no row of its quota, and a grant is one of the team's that asks") {
  Team team;
  team.id = own;
  CHECK_FALSE(rules::Of<Team>::counts_as_row(team, own, true));
  Grant grant;
  grant.team_id = own;
  CHECK(rules::Of<Grant>::counts_as_row(grant, own, false));
  CHECK_FALSE(rules::Of<Grant>::counts_as_row(grant, other, true));
  Environment environment;
  environment.team_id = own;
  CHECK(rules::Of<Environment>::is_own_step(nullptr, &environment, own, true));
  CHECK_FALSE(rules::Of<Environment>::is_own_step(nullptr, &environment, other, true));
}
