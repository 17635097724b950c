// SPDX-License-Identifier: BSL-1.0
// Rows are found by names on every store as in memory, and by teams among what they see.
#include <inlay/backends/all.hpp>
#include <inlay/catalog.hpp>

#include <support/catch.hpp>
#include <support/stores.hpp>

#include <string>

using namespace inlay;

TEST_CASE("rows are found by names on every store") {
  for (std::string const& url : test::new_store_urls()) {
    CAPTURE(test::scheme_of(url));
    Catalog const catalog = Catalog::open(url, all_backends()).value();
    Id<Team> teams[2];
    Id<Environment> environments[2];
    Id<EnvironmentIntegration> installs[2];
    // Two teams of one name, each with an environment of one name; what is installed there is of the same name, too.
    for (int i = 0; i < 2; ++i) {
      teams[i] = catalog.create(Team{.name = "Acme"}).value().id;
      environments[i] = catalog.create(Environment{.team_id = teams[i], .name = "prod"}).value().id;
      auto const crm = catalog.create(Integration{.name = "crm", .team_id = teams[i]}).value();
      installs[i] = catalog.install({.integration_id = crm.id(), .environment_id = environments[i]}).value().id();
    }
    auto const other = catalog.create(Team{.name = "Other"}).value();
    auto const staging = catalog.create(Environment{.team_id = teams[1], .name = "staging"}).value();

    CHECK(catalog.find<Team>("Other").value() == other);
    CHECK(catalog.find<Team>("Acme").error().kind == ErrorKind::invalid_argument);
    CHECK(catalog.find<Environment>("Acme", "staging").value() == staging);
    CHECK(catalog.find<Environment>("Acme", "prod").error().kind == ErrorKind::invalid_argument);
    CHECK(catalog.find<Environment>("Other", "prod").error().kind == ErrorKind::not_found);
    CHECK(catalog.find<Integration>("Acme", "crm").error().kind == ErrorKind::invalid_argument);
    CHECK(catalog.effective_config("Acme", "prod", "crm").error().kind == ErrorKind::invalid_argument);
    CHECK(catalog.effective_config("Other", "prod", "crm").error().kind == ErrorKind::not_found);
    for (int i = 0; i < 2; ++i) {
      Catalog const own = catalog.as({.team = teams[i]});
      CHECK(own.find<Environment>("Acme", "prod").value().id == environments[i]);
      CHECK(own.find<Environment>(teams[i], "prod").value().id == environments[i]);
      CHECK(own.effective_config("Acme", "prod", "crm").value().id == installs[i]);
      CHECK(own.find<Integration>("Acme", "crm").value().integration.team_id == teams[i]);
      CHECK(own.effective_config("Acme", "staging", "crm").error().kind == ErrorKind::not_found);
      CHECK(catalog.as({.team = other.id}).find<Environment>(teams[i], "prod").error().kind == ErrorKind::not_found);
    }
    CHECK(catalog.as({.team = other.id}).effective_config("Acme", "prod", "crm").error().kind == ErrorKind::not_found);

    auto const again = catalog.ensure(Environment{.team_id = teams[0], .name = "prod"}).value();
    CHECK((!again.created && again.id() == environments[0]));
    CHECK(catalog.ensure(Environment{.team_id = teams[0], .name = "test"}).value().created);
    CHECK(catalog.ensure(Integration{.name = "crm", .is_beta = true, .team_id = teams[0]}).value().differences.size() ==
          1);
  }
}
