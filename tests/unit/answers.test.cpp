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

TEST_CASE("an answer that nobody has filled says that nothing was done") {
  CHECK_FALSE(Updated<Team>().changed);
  CHECK_FALSE(Updated<Team>().differences_truncated);
  CHECK_FALSE(Installed().created);
  CHECK_FALSE(Asked().created);
  CHECK(EndedInstalls().count == 0);
}
