// SPDX-License-Identifier: BSL-1.0
//[quick_look
#include <inlay/catalog.hpp>
#include <iostream>
#include <string>

int main() {
  auto catalog = inlay::Catalog::open("sqlite:inlay.db").value().as({.actor = "alice@example.com"});

  auto team = catalog.create(inlay::Team{.name = "Acme"}).value();
  auto production = catalog.create(inlay::Environment{.team_id = team.id, .name = "production"}).value();
  auto config = inlay::Document::parse(R"({"base_url": "https://api.example.com", "headers": {"X-Trace": "on"}})");
  auto zendesk =
      catalog.create(inlay::Integration{.name = "zendesk", .config = config.value(), .team_id = team.id}).value();

  auto installed = catalog.install({.integration_id = zendesk.id(), .environment_id = production.id}).value();
  catalog.set(installed.id(), "/base_url", "https://eu.example.com").value();
  catalog.remove(installed.id(), "/headers/X-Trace").value();

  auto effective = catalog.effective_config(production.id, "zendesk").value();
  std::cout << effective.config.get<std::string>("/base_url").value() << "\n";  // https://eu.example.com
  std::cout << effective.config.text() << "\n";  // {"base_url":"https://eu.example.com","headers":{}}
}
//]
