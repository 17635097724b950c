// SPDX-License-Identifier: BSL-1.0
#include "expect.hpp"

#include <inlay/team_catalog.hpp>

//[own_backends
#include <inlay/backends/memory.hpp>
#include <inlay/catalog.hpp>

inlay::Result<inlay::Catalog> open_catalog(std::string_view url) {
  inlay::Backends backends;
  backends.add(inlay::memory_backend());  // and any of the host's own
  return inlay::Catalog::open(url, backends);
}
//]

int main() {
  expect(open_catalog("memory:").has_value());
  expect(open_catalog("sqlite:inlay.db").error().kind == inlay::ErrorKind::not_built);

  //[layers
  auto catalog = open_catalog("memory:").value();
  auto team = catalog.create(inlay::Team{.name = "Acme"}).value();
  auto production = catalog.create(inlay::Environment{.team_id = team.id, .name = "production"}).value();
  auto config = inlay::Document::parse(R"({"rate_limit": 10})").value();
  auto crm = catalog.create(inlay::Integration{.name = "crm", .config = config, .team_id = team.id}).value();
  expect(catalog.install({.integration_id = crm.integration.id, .environment_id = production.id}).value().created);

  // The host's own layers go on top, lowest first: here one for the account that a request is made for.
  auto account = inlay::Document::parse(R"({"rate_limit": 100})").value();
  auto effective =
      catalog.effective_config(production.id, "crm", {{"account 42", inlay::LayerKind::merge_patch, account}}).value();
  expect(effective.config.get<int>("/rate_limit").value() == 100);
  //]

  //[for_team
  inlay::TeamCatalog const acme = catalog.for_team({.team = team.id, .actor = "alice@example.com"});
  expect(acme.get(production.id).has_value());
  expect(acme.as("bob@example.com", "ticket 4711").update(production.id, {.name = "live"}).has_value());
  //]
}
