// SPDX-License-Identifier: BSL-1.0
#include <inlay/model/references.hpp>

#include <support/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace inlay;

TEST_CASE("a row's references are its ids of other entities, its own id is none") {
  REQUIRE(model::references<EnvironmentIntegration>.size() == 2);
  auto const& [integration, environment] = model::references<EnvironmentIntegration>;
  CHECK(integration.member == "integration_id");
  CHECK(integration.entity == "integration");
  CHECK(model::fields<EnvironmentIntegration>[integration.index].name == "integration_id");
  CHECK(environment.member == "environment_id");
  CHECK(environment.entity == "environment");
  CHECK(model::references<Team>.empty());
}

TEST_CASE("an entity's referrers are all the members, of whatever entity, that may hold its id") {
  std::vector<std::string> found;
  model::for_each_referrer<Integration>([&]<class Referrer>(model::Reference const& reference, auto) {
    found.push_back(std::string(Referrer::entity_name) + "." + std::string(reference.member));
  });
  CHECK(found == std::vector<std::string>{"environment_integration.integration_id", "grant.integration_id"});

  found.clear();
  model::for_each_referrer<Team>([&]<class Referrer>(model::Reference const& reference, auto) {
    found.push_back(std::string(Referrer::entity_name) + "." + std::string(reference.member));
  });
  CHECK(found == std::vector<std::string>{"environment.team_id", "integration.team_id", "grant.team_id"});
}

TEST_CASE("an entity is referenced only by those that come after it in the list, so that rows can be copied in order") {
  std::vector<std::string_view> seen;
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    for (model::Reference const& reference : model::references<Entity>) {
      CHECK(std::find(seen.begin(), seen.end(), reference.entity) != seen.end());
    }
    seen.push_back(Entity::entity_name);
  });
  CHECK(seen.size() == 5);
}

TEST_CASE("the parts of a read model are joined by the reference that each has to the next") {
  STATIC_REQUIRE(model::part_count<InstalledIntegration> == 3);
  STATIC_REQUIRE(std::is_same_v<model::Part<InstalledIntegration, 1>, Integration>);
  CHECK(model::part_names<InstalledIntegration> == std::array<std::string_view, 3>{"", "integration", "team"});
  CHECK(model::joining_reference<InstalledIntegration, 0>.member == "integration_id");
  CHECK(model::joining_reference<InstalledIntegration, 1>.member == "team_id");
  CHECK(model::joining_member<InstalledIntegration, 1> == &Integration::team_id);

  InstalledIntegration whole;
  model::part_of<1>(whole).name = "zendesk";
  CHECK(whole.integration.name == "zendesk");
}

TEST_CASE("a row is called by its own name within a team, an install by its integration's within its environment") {
  STATIC_REQUIRE(!model::named_key<Team>);
  STATIC_REQUIRE(!model::named_key<EnvironmentIntegration>);
  STATIC_REQUIRE(model::named_key<Environment>->within == "team_id");
  STATIC_REQUIRE(model::named_key<Environment>->name_part == 0);
  STATIC_REQUIRE(model::named_key<OwnedIntegration>->within == "team_id");
  STATIC_REQUIRE(model::named_key<OwnedIntegration>->name_part == 0);
  STATIC_REQUIRE(model::named_key<InstalledIntegration>->within == "environment_id");
  STATIC_REQUIRE(model::named_key<InstalledIntegration>->name_part == 1);
}

TEST_CASE("an entity is a read model of one part, itself") {
  STATIC_REQUIRE(model::part_count<Team> == 1);
  STATIC_REQUIRE(std::is_same_v<model::Part<Team, 0>, Team>);
  CHECK(model::part_names<Team>[0].empty());
  Team const team{.name = "My Awesome Team"};
  CHECK(&model::part_of<0>(team) == &team);
}
