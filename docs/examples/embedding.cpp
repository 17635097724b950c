// SPDX-License-Identifier: BSL-1.0
#include "expect.hpp"

#include <inlay/team_catalog.hpp>

#include <map>
#include <string>
#include <vector>

//[own_backends
#include <inlay/backends/memory.hpp>
#include <inlay/catalog.hpp>

#include <string_view>

inlay::Result<inlay::Catalog> open_catalog(std::string_view url) {
  inlay::Backends backends;
  backends.add(inlay::memory_backend());  // and any of the host's own
  return inlay::Catalog::open(url, backends);
}
//]
//[ensure_includes
#include <inlay/catalog.hpp>

#include <iostream>
//]
//[for_team_includes
#include <inlay/team_catalog.hpp>
//]

//[described
#include <boost/describe/class.hpp>

struct Pagination {
  std::string format = "page";
  int limit = 25;
  std::vector<std::string> fields{};
};
BOOST_DESCRIBE_STRUCT(Pagination, (), (format, limit, fields))
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
  expect(catalog.install({.integration_id = crm.id(), .environment_id = production.id}).value().created);

  // The host's own layers go on top, lowest first: here one for the account that a request is made for.
  auto account = inlay::Document::parse(R"({"rate_limit": 100})").value();
  auto effective =
      catalog.effective_config(production.id, "crm", {{"account 42", inlay::LayerKind::merge_patch, account}}).value();
  expect(effective.config.get<int>("/rate_limit").value() == 100);
  //]

  //[ensure
  auto const other_id = inlay::Id<inlay::Team>::parse("5f0c3c2e-8f7b-4a53-9d0f-0f4a8a1c2b3d").value();
  auto other = catalog.ensure(inlay::Team{.id = other_id, .name = "Other"}).value();
  auto staging = catalog.ensure(inlay::Environment{.team_id = other.id(), .name = "staging"}).value();
  auto shop = catalog.ensure(inlay::Integration{.name = "shop", .config = config, .team_id = other.id()}).value();
  for (auto const& difference : shop.differences) {  // where one that was there is not what was asked for
    std::cerr << difference.pointer << " is " << difference.before.value_or("absent") << "\n";
  }
  catalog.install({.integration_id = shop.id(), .environment_id = staging.id()}).value();  // leaves one, too

  auto by_name = catalog.effective_config("Other", "staging", "shop").value();
  auto found = catalog.find<inlay::Environment>("Other", "staging").value();
  //]
  expect(shop.created && shop.differences.empty());
  expect(found.id == staging.id() && by_name.integration_name == "shop");

  //[batch
  auto batch = catalog.as({.actor = "alice@example.com", .reason = "ticket 4712"}).batch();
  auto const mail = batch.create(inlay::Integration{.name = "mail", .config = config, .team_id = team.id});
  auto const installed = batch.install({.integration_id = mail.id, .environment_id = production.id});
  batch.set(installed.id, "/base_url", "https://mail.example.com");
  batch.update(team.id, {.domain = "example.com"}, {.expected_version = team.version});

  auto const done = batch.commit().value();  // with {.dry_run = true}: what would come of it
  std::cout << done.get(installed).resource.integration.name << " at revision " << done.revision.value << "\n";
  //]
  expect(catalog.get(team.id).value().domain == "example.com");
  expect(catalog.effective_config(installed.id).value().config.get<std::string>("/base_url").value() ==
         "https://mail.example.com");

  //[reading
  auto const settings =
      inlay::Document::parse(R"({"rate_limit": 9.5, "headers": {"accept": "json"}, "pagination": {"limit": 100}})")
          .value();
  auto const limit = settings.get<float>("/rate_limit").value();
  auto const headers = settings.get<std::map<std::string, std::string>>("/headers").value();
  auto const retries = settings.get_or("/retries", 3).value();              // where there is none, and only there
  auto const pagination = settings.get<Pagination>("/pagination").value();  // what it does not say is as above
  expect(limit == 9.5F && headers.at("accept") == "json" && retries == 3);
  expect(pagination.limit == 100 && pagination.format == "page");

  auto const wrong = inlay::Document::parse(R"({"pagination": {"fields": ["id", 7]}})").value();
  expect(wrong.get<Pagination>("/pagination").error().pointer == "/pagination/fields/1");
  //]

  //[held
  // A configuration that is held, with a layer for one request: nothing is copied, nothing counted.
  inlay::EffectiveConfig const& held = effective.config;
  inlay::Layer const own{"request 4711", inlay::LayerKind::merge_patch, settings};
  expect(held.borrowed_with(own).value().get<double>("/rate_limit").value() == 9.5);

  // What is kept for longer than the request.
  inlay::EffectiveConfig const kept = held.with(own).value();
  expect(kept.layers().size() == held.layers().size() + 1);
  //]

  //[for_team
  inlay::TeamCatalog const acme = catalog.for_team({.team = team.id, .actor = "alice@example.com"});
  expect(acme.get(production.id).has_value());
  expect(acme.as("bob@example.com", "ticket 4711").update(production.id, {.name = "live"}).has_value());
  //]
}
