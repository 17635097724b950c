// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_CONFIGS_IPP
#define INLAY_CATALOG_IMPL_CONFIGS_IPP

#include <inlay/catalog/detail/configs.hpp>
#include <inlay/catalog/detail/document_cache.hpp>
#include <inlay/catalog/detail/names.hpp>
#include <inlay/storage/errors.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace inlay::detail {

/** The configuration of an install, whose integration has its config. */
inline Result<InstalledConfig> laid_over(InstalledIntegration found, std::vector<Layer> extra_layers) {
  Integration& integration = found.integration;
  if (auto values = integration.config.values(); !values) {
    return storage::corrupt_row(Integration::entity_name, integration.id.uuid, "its config is not a JSON object");
  }
  std::vector<Layer> layers;
  layers.reserve(2 + extra_layers.size());
  layers.push_back({"integration", LayerKind::base, integration.config});
  if (found.install.override) {
    if (!found.install.override->check()) {
      return storage::corrupt_row(EnvironmentIntegration::entity_name, found.install.id.uuid,
                                  "its override is not a JSON object");
    }
    layers.push_back({"environment", LayerKind::merge_patch, *found.install.override});
  }
  std::move(extra_layers.begin(), extra_layers.end(), std::back_inserter(layers));
  auto config = EffectiveConfig::from(std::move(layers));
  if (!config) return config.error();
  return InstalledConfig{.id = found.install.id,
                         .integration_name = std::move(integration.name),
                         .is_enabled = found.install.is_enabled,
                         .show_in_catalog = found.install.show_in_catalog,
                         .version = found.install.version,
                         .birth = found.install.birth,
                         .integration_version = integration.version,
                         .integration_birth = integration.birth,
                         .config = std::move(*config)};
}

Result<InstalledConfig> Configs::of(InstalledIntegration found, std::vector<Layer> extra_layers) const {
  Integration& integration = found.integration;
  integration.config = session_.state->documents.share(integration.id, std::move(integration.config));
  return laid_over(std::move(found), std::move(extra_layers));
}

Result<void> Configs::compare(InstalledIntegration const& before, Updated<EnvironmentIntegration>& answer) const {
  auto const config_before = of(before, {});
  if (!config_before) return config_before.error();
  auto const config_after = of(answer.resource, {});
  if (!config_after) return config_after.error();
  auto found = differences(config_before->config, config_after->config);
  answer.differences = std::move(found.items);
  answer.differences_truncated = found.next.has_value();
  return {};
}

Result<InstalledConfig> Configs::get(Id<EnvironmentIntegration> id, std::vector<Layer> extra_layers) const {
  auto found = rows_.find<InstalledIntegration>(id, false, session_.reads_from());
  if (!found) return found.error();
  as_seen(*found);
  return of(std::move(*found), std::move(extra_layers));
}

Result<InstalledConfig> Configs::get(Id<Environment> environment, std::string_view integration_name,
                                     std::vector<Layer> extra_layers) const {
  auto const place = [&] {
    return "integration \"" + std::string(integration_name) + "\" in environment " + to_string(environment);
  };
  auto const not_found = [&] {
    return Error{.kind = ErrorKind::not_found, .message = "there is no install of " + place()};
  };
  ReadFrom const from = session_.reads_from();
  auto named = rows_.find_named<InstalledIntegration>(environment.uuid, integration_name, from);
  if (!named) return named.error().kind == ErrorKind::not_found ? not_found() : named.error();
  if (*named) return of(std::move(**named), std::move(extra_layers));

  auto const query = [&](bool with_documents) {
    Query<InstalledIntegration> both{
        .limit = 2, .with_documents = with_documents, .with_nested_documents = with_documents};
    both.where.reserve(2);
    both.where.push_back({"environment_id", Operator::eq, {environment.uuid}});
    both.where.push_back({"integration.name", Operator::eq, {std::string(integration_name)}});
    return both;
  };
  auto page = rows_.list(query(true), from);
  while (page && page->items.size() == 1 &&
         page->next) {  // of two that are too large for one page no more than the ids
    page = rows_.list(query(false), from);
    if (page && page->items.size() == 1) page = rows_.list(query(true), from);  // the other one is gone by now
  }
  if (!page) return page.error();
  if (page->items.empty()) return not_found();
  if (page->items.size() > 1) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "there are several installs of " + place() + ", from several teams; name one by its id: " +
                            to_string(page->items[0].install.id) + ", " + to_string(page->items[1].install.id)};
  }
  return of(std::move(page->items.front()), std::move(extra_layers));
}

Result<InstalledConfig> Configs::get(std::string_view team, std::string_view environment, std::string_view integration,
                                     std::vector<Layer> extra_layers) const {
  auto found = Names(session_).install(team, environment, integration);
  if (!found) return found.error();
  return of(std::move(*found), std::move(extra_layers));
}

Result<std::vector<InstalledConfig>> Configs::all_in(Id<Environment> environment) const {
  std::vector<InstalledConfig> configs;
  Query<InstalledIntegration> query{.where = {{"environment_id", Operator::eq, {environment.uuid}}}, .limit = 100};
  do {
    auto page = rows_.list(query, session_.reads_from());
    if (!page) return page.error();
    for (InstalledIntegration& item : page->items) {
      auto config = of(std::move(item), {});
      if (!config) return config.error();
      configs.push_back(std::move(*config));
    }
    query.after = page->next;
  } while (query.after);
  if (configs.empty()) {
    // Nothing installed, or no such environment?
    auto const found = rows_.find<Environment>(environment, false, session_.reads_from());
    if (!found) return found.error();
  }
  return configs;
}

Result<Revision> Configs::for_each(Query<InstalledIntegration> query,
                                   std::function<Result<void>(ReportedConfig const&)> const& visit) const {
  auto own = rows_.policy().scoped(std::move(query));
  if (!own) return own.error();
  // A config that many installs share is read once, or now and then, instead of with each of them.
  own->with_nested_documents = false;
  DocumentCache configs(std::size_t{8} << 20U);
  Revision revision;

  auto const visit_page = [&](Readers const& readers, std::vector<InstalledIntegration>& items) -> Result<void> {
    for (InstalledIntegration& item : items) as_seen(item);
    std::vector<Id<Environment>> environment_ids;
    for (auto const& item : items) environment_ids.push_back(item.install.environment_id);
    auto const environments = rows_of(readers, std::move(environment_ids));
    if (!environments) return environments.error();
    std::vector<Id<Team>> team_ids;
    for (auto const& [id, environment] : *environments) team_ids.push_back(environment.team_id);
    auto const teams = rows_of(readers, std::move(team_ids));
    if (!teams) return teams.error();

    for (InstalledIntegration& item : items) {
      auto const environment = environments->find(item.install.environment_id);
      auto const team = environment == environments->end() ? teams->end() : teams->find(environment->second.team_id);
      if (team == teams->end()) {
        return storage::corrupt_row(EnvironmentIntegration::entity_name, item.install.id.uuid,
                                    "its environment, or the team of that, is not there");
      }
      Id<Integration> const integration_id = item.install.integration_id;
      auto config = configs.find(integration_id);
      if (!config) {
        auto integration = readers.find(FindRequest<Integration>{.id = integration_id});
        if (!integration) return integration.error();
        config = configs.share(integration_id, std::move(integration->config));
      }
      item.integration.config = std::move(*config);
      auto installed = laid_over(std::move(item), {});
      if (!installed) return installed.error();
      auto visited = visit({team->second, environment->second, integration_id, std::move(*installed)});
      if (!visited) return visited;
    }
    return {};
  };

  auto const read_all = [&](Readers const& readers) -> Result<void> {
    do {
      auto page = readers.list(*own);
      if (!page) return page.error();
      if (auto visited = visit_page(readers, page->items); !visited) return visited;
      revision = page->revision;
      own->after = page->next;
    } while (own->after);
    return {};
  };
  auto read = rows_.store().snapshot({.read = read_all, .from = session_.reads_from(), .at_least = session_.at_least});
  if (!read) return read.error();
  return revision;
}

}  // namespace inlay::detail

#endif
