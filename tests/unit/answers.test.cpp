// SPDX-License-Identifier: BSL-1.0
#include <inlay/catalog/answers.hpp>

#include <inlay/model/references.hpp>

#include <support/catch.hpp>

#include <type_traits>

using namespace inlay;

TEMPLATE_TEST_CASE("a resource begins with the row that it is of", "", Team, Environment, Integration,
                   EnvironmentIntegration, Grant) {
  Resource<TestType> resource{};
  CHECK(std::is_same_v<model::Root<Resource<TestType>>, TestType>);
  auto& row = model::part_of<0>(resource);
  CHECK(std::is_same_v<std::remove_cvref_t<decltype(row)>, TestType>);
  row.version = Version{7};
  Resource<TestType> const copy = resource;
  CHECK(model::part_of<0>(copy).version == Version{7});
}

TEST_CASE("callers see integrations with their team, and installs with integration and team") {
  CHECK(std::is_same_v<Resource<Integration>, OwnedIntegration>);
  CHECK(std::is_same_v<Resource<EnvironmentIntegration>, InstalledIntegration>);
  CHECK(std::is_same_v<Resource<Team>, Team>);
}

TEST_CASE("every answer tells the id and the version of its row") {
  InstalledIntegration installed;
  installed.install.id = Id<EnvironmentIntegration>::generate();
  installed.install.version = Version{3};
  auto const is_installs = [&](auto const& answer) {
    return answer.id() == installed.install.id && answer.version() == Version{3};
  };
  CHECK(is_installs(installed));
  CHECK(is_installs(Installed{.resource = installed}));
  CHECK(is_installs(Updated<EnvironmentIntegration>{.resource = installed}));

  OwnedIntegration owned;
  owned.integration.id = Id<Integration>::generate();
  owned.integration.version = Version{2};
  CHECK(owned.id() == owned.integration.id);
  CHECK(owned.version() == Version{2});
  CHECK(Updated<Integration>{.resource = owned}.id() == owned.id());
  CHECK(Ensured<Integration>{.resource = owned}.version() == Version{2});

  Team team;
  team.id = Id<Team>::generate();
  team.version = Version{9};
  CHECK(Updated<Team>{.resource = team}.id() == team.id);
  CHECK(Ensured<Team>{.resource = team}.version() == Version{9});

  Grant grant;
  grant.id = Id<Grant>::generate();
  grant.version = Version{4};
  CHECK(Asked{.grant = grant}.id() == grant.id);
  CHECK(Asked{.grant = grant}.version() == Version{4});
}

TEST_CASE("an answer that nobody has filled says that nothing was done") {
  CHECK_FALSE(Updated<Team>().changed);
  CHECK_FALSE(Updated<Team>().differences_truncated);
  CHECK_FALSE(Installed().created);
  CHECK_FALSE(Asked().created);
  CHECK_FALSE(Ensured<Team>().created);
  CHECK(EndedInstalls().count == 0);
}
