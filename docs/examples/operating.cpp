// SPDX-License-Identifier: BSL-1.0
#include "expect.hpp"

#include <inlay/backends/memory.hpp>

//[includes
#include <inlay/catalog.hpp>
#include <inlay/model/json_form.hpp>

#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
//]

namespace {

//[cache
// The configurations of one environment, held in memory and read anew when the store has changed.
class Configurations {
 public:
  Configurations(inlay::Catalog catalog, inlay::Id<inlay::Environment> environment)
      : catalog_(std::move(catalog)), environment_(environment) {}

  // To be called now and then, such as once a second.
  void refresh() {
    auto const revision = catalog_.repository().revision().value();
    if (revision == seen_) return;
    std::map<std::string, inlay::InstalledConfig> found;
    for (auto& installed : catalog_.effective_configs(environment_).value()) {
      std::string name = installed.integration_name;
      found.insert_or_assign(std::move(name), std::move(installed));
    }
    configurations_ = std::move(found);
    seen_ = revision;  // asked for before they were read: what changed meanwhile is read once more
  }

  inlay::InstalledConfig const& of(std::string const& integration_name) const {
    return configurations_.at(integration_name);
  }

 private:
  inlay::Catalog catalog_;
  inlay::Id<inlay::Environment> environment_;
  inlay::Revision seen_{};
  std::map<std::string, inlay::InstalledConfig> configurations_;
};
//]

void history(inlay::Catalog const& catalog, inlay::Id<inlay::EnvironmentIntegration> id) {
  //[history
  using inlay::EnvironmentIntegration;
  inlay::ChangesRequest request{.limit = 1000};
  request.row = {.entity = std::string(EnvironmentIntegration::entity_name), .id = id.uuid};
  for (bool has_more = true; has_more;) {
    auto page = catalog.changes(request).value();
    for (auto const& commit : page.commits) {
      for (auto const& change : commit.changes) {
        std::cout << to_string(commit.time) << ' ' << commit.actor << ": "
                  << (change.before ? change.before->text() : "nothing") << " became "
                  << (change.after ? change.after->text() : "nothing") << "\n";
      }
    }
    request.after = page.through;
    has_more = page.has_more;
  }
  //]
}

//[undo
using inlay::EnvironmentIntegration;

// Takes back what one commit has changed of an install, as the log has it; a conflict if it was changed since.
inlay::Result<inlay::Updated<EnvironmentIntegration>> undo(inlay::Catalog const& catalog,
                                                           inlay::ChangeRecord const& change) {
  auto const row = [](std::optional<inlay::Document> const& logged) {
    return inlay::model::read_record<EnvironmentIntegration>(*logged.value().values().value()).value();
  };
  EnvironmentIntegration const before = row(change.before), after = row(change.after);
  return catalog.update(after.id,
                        {.show_in_catalog = before.show_in_catalog,
                         .is_enabled = before.is_enabled,
                         .override = inlay::replace(before.override)},
                        {.expected_version = inlay::RowVersion::of(after)});
}
//]

void quotas(std::shared_ptr<inlay::Repository> const& store, inlay::Id<inlay::Team> team) {
  //[quotas
  inlay::CatalogOptions options;
  options.team_quota = {.rows = 10'000, .bytes = 100'000'000, .bytes_logged_a_day = 1'000'000'000};
  inlay::Catalog const catalog(store, options);

  auto const own = catalog.as({.actor = "alice@example.com", .team = team});
  auto const created = own.create(inlay::Environment{.team_id = team, .name = "staging"});
  if (!created && created.error().kind == inlay::ErrorKind::quota_exceeded) {
    auto const wait = created.error().retry_after;  // absent: time alone changes nothing
    std::cout << (wait ? "again in " + std::to_string(wait->count()) + " s" : "remove something first") << "\n";
  }
  //]
  expect(created.has_value());
}

}  // namespace

int main() {
  inlay::Catalog const catalog(inlay::Backends().add(inlay::memory_backend()).open("memory:").value());
  auto const team = catalog.create(inlay::Team{.name = "Acme"}).value();
  auto const production = catalog.create(inlay::Environment{.team_id = team.id, .name = "production"}).value();
  auto const config = inlay::Document::parse(R"({"page_size": 50})").value();
  auto const crm = catalog.create(inlay::Integration{.name = "crm", .config = config, .team_id = team.id}).value();
  auto const id = catalog.install({.integration_id = crm.id(), .environment_id = production.id}).value().id();

  Configurations configurations(catalog, production.id);
  configurations.refresh();
  expect(configurations.of("crm").config.get<int>("/page_size").value() == 50);
  expect(catalog.set(id, "/page_size", 100).has_value());
  configurations.refresh();
  expect(configurations.of("crm").config.get<int>("/page_size").value() == 100);

  history(catalog, id);
  inlay::ChangesRequest const request{.row = inlay::ChangesRequest::Row{"environment_integration", id.uuid}};
  auto const set_to_100 = catalog.changes(request).value().commits.back().changes.back();
  expect(to_string(set_to_100.kind) == "updated");
  expect(undo(catalog, set_to_100).has_value());
  expect(catalog.effective_config(id).value().config.get<int>("/page_size").value() == 50);
  expect(undo(catalog, set_to_100).error().kind == inlay::ErrorKind::conflict);  // by the undoing itself

  auto store = inlay::Backends().add(inlay::memory_backend()).open("memory:").value();
  quotas(store, inlay::Catalog(store).create(inlay::Team{.name = "Acme"}).value().id);
}
