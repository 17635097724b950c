// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_CONFIG_IPP
#define INLAY_CATALOG_IMPL_CONFIG_IPP

#include <inlay/catalog/impl/catalog.ipp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <unordered_map>

namespace inlay {

namespace detail {

/** Whether the place can be spoken of, in the configuration as it is: no array on the way, and to remove something
    below a scalar would only take the scalar away. What the override itself has there is config::set's and
    config::remove's to judge. */
inline Result<void> check_way(ConfigNode const& config, json::Pointer const& pointer, bool is_removal) {
  std::optional<ConfigNode> node(config);
  json::Pointer way;
  for (std::size_t i = 0; i + 1 < pointer.tokens().size(); ++i) {
    way /= pointer.tokens()[i];
    node = node->find(pointer.tokens()[i]);
    if (!node) return {};
    if (!node->is_leaf()) continue;
    if (node->leaf()->is_array()) return config::no_way_into_array(way);
    if (!is_removal) return {};
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "there is no object, so that nothing below it can be removed",
                 .pointer = to_string(way)};
  }
  return {};
}

/** check_way() as a check of a write; none where there is no way to look at, so that the write does not depend on what
    the configuration is. */
inline std::function<Result<void>(ConfigNode const&)> way_check(json::Pointer const& pointer, bool is_removal) {
  if (pointer.tokens().size() < 2) return {};
  return [&pointer, is_removal](ConfigNode const& config) { return check_way(config, pointer, is_removal); };
}

}  // namespace detail

// ---- one value of an override

Result<Updated<EnvironmentIntegration>> Catalog::set(Id<EnvironmentIntegration> id, json::Pointer const& pointer,
                                                     boost::json::value const& value,
                                                     UpdateOptions const& options) const {
  if (auto allowed = check_mode(options, pointer.is_root() && value.is_object()); !allowed) {
    return allowed.error();
  }
  return write_override(
      id, [&](config::Override const& stored) { return config::set(stored, pointer, value, options_->limits); },
      options, detail::way_check(pointer, false));
}

Result<Updated<EnvironmentIntegration>> Catalog::remove(Id<EnvironmentIntegration> id, json::Pointer const& pointer,
                                                        UpdateOptions const& options) const {
  return write_override(
      id, [&](config::Override const& stored) { return config::remove(stored, pointer, options_->limits); }, options,
      detail::way_check(pointer, true));
}

Result<Updated<EnvironmentIntegration>> Catalog::inherit(Id<EnvironmentIntegration> id, json::Pointer const& pointer,
                                                         UpdateOptions const& options) const {
  if (auto allowed = check_mode(options, pointer.is_root()); !allowed) return allowed.error();
  return write_override(
      id, [&](config::Override const& stored) { return config::inherit(stored, pointer); }, options);
}

Result<Updated<EnvironmentIntegration>> Catalog::write_override(Id<EnvironmentIntegration> id, OverrideEdit const& edit,
                                                                UpdateOptions const& options,
                                                                ConfigCheck const& check) const {
  ResourceCheck<EnvironmentIntegration> judge;
  if (check) {
    judge = [&](InstalledIntegration const& resource) -> Result<void> {
      auto const before = config_of(resource, {});
      // A default that cannot be read is no reason to refuse what is said over it.
      return before ? check(before->config.root()) : Result<void>();
    };
  }
  return write<EnvironmentIntegration>(
      id,
      [&](EnvironmentIntegration const& before) -> Result<EnvironmentIntegration> {
        auto written = edit(before.override);
        if (!written) return written.error();
        EnvironmentIntegration after = before;
        after.override = std::move(*written);
        return after;
      },
      options, judge);
}

// ---- configurations

Result<InstalledConfig> Catalog::config_of(InstalledIntegration found, std::vector<Layer> extra_layers) const {
  Integration& integration = found.integration;
  integration.config = cache_->share(integration.id, std::move(integration.config));
  return laid_over(std::move(found), std::move(extra_layers));
}

Result<InstalledConfig> Catalog::laid_over(InstalledIntegration found, std::vector<Layer> extra_layers) {
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

Result<InstalledConfig> Catalog::effective_config(Id<EnvironmentIntegration> id,
                                                  std::vector<Layer> extra_layers) const {
  auto found = find<InstalledIntegration>(id, false, reads_from());
  if (!found) return found.error();
  detail::as_seen(std::span(&*found, 1));
  return config_of(std::move(*found), std::move(extra_layers));
}

Result<InstalledConfig> Catalog::effective_config(Id<Environment> environment, std::string_view integration_name,
                                                  std::vector<Layer> extra_layers) const {
  Query<InstalledIntegration> const query{
      .where = {{"environment_id", Operator::eq, {environment.uuid}},
                {"integration.name", Operator::eq, {std::string(integration_name)}}},
      .limit = 2};
  auto ids_only = query;
  ids_only.with_documents = ids_only.with_nested_documents = false;
  auto page = list(query);
  while (page && page->items.size() == 1 &&
         page->next) {  // of two that are too large for one page no more than the ids
    page = list(ids_only);
    if (page && page->items.size() == 1) page = list(query);  // the other one is gone by now
  }
  if (!page) return page.error();
  std::string const place =
      "integration \"" + std::string(integration_name) + "\" in environment " + to_string(environment);
  if (page->items.empty()) {
    return Error{.kind = ErrorKind::not_found, .message = "there is no install of " + place};
  }
  if (page->items.size() > 1) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "there are several installs of " + place + ", from several teams; name one by its id: " +
                            to_string(page->items[0].install.id) + ", " + to_string(page->items[1].install.id)};
  }
  return config_of(std::move(page->items.front()), std::move(extra_layers));
}

Result<std::vector<InstalledConfig>> Catalog::effective_configs(Id<Environment> environment) const {
  std::vector<InstalledConfig> configs;
  std::optional<Error> failed;
  auto listed = for_each(
      Query<InstalledIntegration>{.where = {{"environment_id", Operator::eq, {environment.uuid}}}, .limit = 100},
      [&](InstalledIntegration& item) {
        auto config = config_of(std::move(item), {});
        if (config) {
          configs.push_back(std::move(*config));
        } else {
          failed = config.error();
        }
        return !failed;
      });
  if (!listed) return listed.error();
  if (failed) return *failed;
  if (configs.empty()) {
    // Nothing installed, or no such environment?
    if (auto found = find<Environment>(environment, false, reads_from()); !found) return found.error();
  }
  return configs;
}

namespace detail {

/** The rows of an entity with those ids. */
template <class Entity>
Result<std::unordered_map<Id<Entity>, Entity>> rows_of(Readers const& readers, std::vector<Id<Entity>> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  std::unordered_map<Id<Entity>, Entity> rows;
  if (ids.empty()) return rows;
  Condition condition{"id", Operator::in, {}};
  for (Id<Entity> const& id : ids) condition.values.emplace_back(id.uuid);
  Query<Entity> query{.where = {std::move(condition)}, .limit = ids.size()};
  do {
    auto page = readers.list(query);
    if (!page) return page.error();
    for (Entity& row : page->items) {
      Id<Entity> const id = row.id;
      rows.emplace(id, std::move(row));
    }
    query.after = page->next;
  } while (query.after);
  return rows;
}

}  // namespace detail

Result<Revision> Catalog::for_each_config(Query<InstalledIntegration> query,
                                          std::function<Result<void>(ReportedConfig const&)> const& visit) const {
  auto own = scoped(std::move(query));
  if (!own) return own.error();
  // A config that many installs share is read once, or now and then, instead of with each of them.
  own->with_nested_documents = false;
  DocumentCache configs(std::size_t{8} << 20U);
  Revision revision;

  auto const visit_page = [&](Readers const& readers, std::vector<InstalledIntegration>& items) -> Result<void> {
    detail::as_seen(std::span(items));
    std::vector<Id<Environment>> environment_ids;
    for (auto const& item : items) environment_ids.push_back(item.install.environment_id);
    auto const environments = detail::rows_of(readers, std::move(environment_ids));
    if (!environments) return environments.error();
    std::vector<Id<Team>> team_ids;
    for (auto const& [id, environment] : *environments) team_ids.push_back(environment.team_id);
    auto const teams = detail::rows_of(readers, std::move(team_ids));
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
  auto read = repository_->snapshot({.read = read_all, .from = reads_from(), .at_least = at_least_});
  if (!read) return read.error();
  return revision;
}

Result<Explanation> Catalog::explain(Id<EnvironmentIntegration> id, json::Pointer const& pointer,
                                     std::vector<Layer> extra_layers, std::optional<ConfigCursor> const& after) const {
  auto found = effective_config(id, std::move(extra_layers));
  if (!found) return found.error();
  return after ? found->config.explain(pointer, *after) : found->config.explain(pointer);
}

}  // namespace inlay

#endif
