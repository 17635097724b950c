// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/usage.hpp>

#include <support/catch.hpp>

using namespace inlay;

TEST_CASE("a change is the team's that the row belongs to, or that the row's environment or integration does") {
  auto const team = Id<Team>::generate();
  auto const environment = Id<Environment>::generate();
  auto const integration = Id<Integration>::generate();
  using storage::owner_of;
  CHECK(owner_of(Team{.id = team}) == storage::Owner(team));
  CHECK(owner_of(Environment{.id = environment, .team_id = team}) == storage::Owner(team));
  CHECK(owner_of(Integration{.id = integration, .team_id = team}) == storage::Owner(team));
  CHECK(owner_of(EnvironmentIntegration{.integration_id = integration, .environment_id = environment}) ==
        storage::Owner(environment));
}

TEST_CASE("of a request, to ask is the asking team's, and to answer is the owner's") {
  Grant grant{.integration_id = Id<Integration>::generate(), .team_id = Id<Team>::generate()};
  CHECK(storage::owner_of(grant) == storage::Owner(grant.team_id));
  for (GrantStatus const answer : {GrantStatus::granted, GrantStatus::denied, GrantStatus::revoked}) {
    grant.status = answer;
    CHECK(storage::owner_of(grant) == storage::Owner(grant.integration_id));
  }
}
