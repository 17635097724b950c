// SPDX-License-Identifier: BSL-1.0
// A host with a backend of its own: the catalogue on top of it is the same as on any other.
#include "journal.hpp"

#include <inlay/catalog.hpp>

#include <fstream>
#include <iostream>

int main() {
  auto const backends = inlay::Backends{}.add(journal::backend());
  inlay::Id<inlay::Team> id;
  {
    auto const catalog = inlay::Catalog::open("journal:catalogue.jsonl", backends).value();
    auto const team = catalog.create(inlay::Team{.name = "Acme"}).value();
    auto const production = catalog.create(inlay::Environment{.team_id = team.id, .name = "production"}).value();
    auto const zendesk = catalog.create(inlay::Integration{.name = "zendesk", .team_id = team.id}).value();
    auto const installed =
        catalog.install({.integration_id = zendesk.integration.id, .environment_id = production.id}).value().resource;
    std::cout << installed.integration.name << " is installed in " << production.name << '\n';
    id = team.id;
  }

  // A crash in the middle of a line costs that line, of which nobody was told that it was written, and no other.
  std::ofstream("catalogue.jsonl", std::ios::app) << R"({"commit":{"revision":5,"token":"01)";
  auto const catalog = inlay::Catalog::open("journal:catalogue.jsonl", backends).value();
  std::cout << catalog.get(id).value().name << " is still there\n";
  auto const renamed = catalog.update(id, {.name = "Acme & Sons"}).value();
  return renamed.resource.version == inlay::Version{2} ? 0 : 1;
}
