// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_CATALOG_IPP
#define INLAY_CATALOG_IMPL_CATALOG_IPP

// The front door: each function leads into the room behind it that does the work.

#include <inlay/catalog.hpp>
#include <inlay/catalog/detail/configs.hpp>
#include <inlay/catalog/detail/history.hpp>
#include <inlay/catalog/detail/instantiations.hpp>
#include <inlay/catalog/detail/names.hpp>
#include <inlay/catalog/detail/rows.hpp>
#include <inlay/catalog/detail/sharing.hpp>
#include <inlay/catalog/detail/state.hpp>

#include <type_traits>
#include <utility>

namespace inlay {

Catalog::Catalog(std::shared_ptr<Repository> repository, CatalogOptions options)
    : session_{.state = std::make_shared<detail::CatalogState>(std::move(repository), std::move(options))} {}

Result<Catalog> Catalog::open(std::string_view url, Backends const& backends, CatalogOptions options) {
  auto repository = backends.open(url);
  if (!repository) return repository.error();
  return Catalog(std::move(*repository), std::move(options));
}

Catalog Catalog::at_least(Revision revision) const {
  Catalog other = *this;
  other.session_.at_least = revision;
  return other;
}

Catalog Catalog::from_primary() const {
  Catalog other = *this;
  other.session_.from = ReadFrom::primary;
  return other;
}

Catalog Catalog::as(Caller caller) const {
  Catalog other = *this;
  other.session_.caller = std::move(caller);
  return other;
}

Repository& Catalog::repository() const noexcept { return *session_.state->repository; }

CatalogOptions const& Catalog::options() const& noexcept { return session_.state->options; }

// ---- any entity

template <class Entity>
Result<Resource<Entity>> Catalog::get(Id<Entity> id) const {
  return detail::Rows(session_).get(id, session_.reads_from());
}

template <std::same_as<Team> Entity>
Result<Team> Catalog::find(std::string_view name) const {
  return detail::Names(session_).team(name);
}

template <class Entity>
requires std::same_as<Entity, Environment> || std::same_as<Entity, Integration> Result<Resource<Entity>> Catalog::find(
    std::string_view team, std::string_view name)
const { return detail::Names(session_).of_team(std::type_identity<Entity>(), team, name); }

template <class Entity>
requires std::same_as<Entity, Environment> || std::same_as<Entity, Integration> Result<Resource<Entity>> Catalog::find(
    Id<Team> team, std::string_view name)
const { return detail::Names(session_).of_team(std::type_identity<Entity>(), team, name); }

template <std::same_as<EnvironmentIntegration> Entity>
Result<InstalledIntegration> Catalog::find(std::string_view team, std::string_view environment,
                                           std::string_view integration) const {
  return detail::Names(session_).install(team, environment, integration);
}

template <class Readable>
Result<Page<Readable>> Catalog::list(Query<Readable> const& query) const {
  return detail::Rows(session_).list(query, session_.reads_from());
}

// ---- installing and sharing

Result<Installed> Catalog::install(EnvironmentIntegration row) const {
  return detail::Sharings(session_).install(std::move(row));
}

Result<Asked> Catalog::ask_for(Id<Integration> integration, std::optional<Id<Team>> team) const {
  return detail::Sharings(session_).ask_for(integration, team);
}

Result<Grant> Catalog::answer(Id<Grant> id, GrantStatus status, std::optional<RowVersion> expected_version) const {
  return detail::Sharings(session_).answer(id, status, expected_version);
}

Result<EndedInstalls> Catalog::end(Id<Integration> integration, std::string_view reason,
                                   EndOptions const& options) const {
  return detail::Sharings(session_).end(integration, reason, options);
}

// ---- configurations and history

Result<InstalledConfig> Catalog::effective_config(Id<EnvironmentIntegration> id,
                                                  std::vector<Layer> extra_layers) const {
  return detail::Configs(session_).get(id, std::move(extra_layers));
}

Result<InstalledConfig> Catalog::effective_config(Id<Environment> environment, std::string_view integration_name,
                                                  std::vector<Layer> extra_layers) const {
  return detail::Configs(session_).get(environment, integration_name, std::move(extra_layers));
}

Result<InstalledConfig> Catalog::effective_config(std::string_view team, std::string_view environment,
                                                  std::string_view integration, std::vector<Layer> extra_layers) const {
  return detail::Configs(session_).get(team, environment, integration, std::move(extra_layers));
}

Result<std::vector<InstalledConfig>> Catalog::effective_configs(Id<Environment> environment) const {
  return detail::Configs(session_).all_in(environment);
}

Result<Revision> Catalog::for_each_config(Query<InstalledIntegration> query,
                                          std::function<Result<void>(ReportedConfig const&)> const& visit) const {
  return detail::Configs(session_).for_each(std::move(query), visit);
}

Result<Explanation> Catalog::explain(Id<EnvironmentIntegration> id, json::PointerView place,
                                     std::vector<Layer> extra_layers, std::optional<ConfigCursor> const& after) const {
  auto const pointer = place.pointer();
  if (!pointer) return pointer.error();
  auto const found = effective_config(id, std::move(extra_layers));
  if (!found) return found.error();
  return after ? found->config.explain(*pointer, *after) : found->config.explain(*pointer);
}

Result<ChangePage> Catalog::changes(ChangesRequest const& request) const {
  return detail::changes_seen(session_, request);
}

// Compiled once.
template Result<Grant> Catalog::get<Grant>(Id<Grant>) const;
template Result<Team> Catalog::find<Team>(std::string_view) const;
template Result<InstalledIntegration> Catalog::find<EnvironmentIntegration>(std::string_view, std::string_view,
                                                                            std::string_view) const;
#define INLAY_INSTANTIATE(Entity) template Result<Resource<Entity>> Catalog::get<Entity>(Id<Entity>) const;
INLAY_FOR_EACH_WRITABLE(INLAY_INSTANTIATE)
#undef INLAY_INSTANTIATE
#define INLAY_INSTANTIATE(Entity)                                                                    \
  template Result<Resource<Entity>> Catalog::find<Entity>(std::string_view, std::string_view) const; \
  template Result<Resource<Entity>> Catalog::find<Entity>(Id<Team>, std::string_view) const;
INLAY_FOR_EACH_NAMED(INLAY_INSTANTIATE)
#undef INLAY_INSTANTIATE
#define INLAY_INSTANTIATE(Readable) \
  template Result<Page<Readable>> Catalog::list<Readable>(Query<Readable> const&) const;
INLAY_FOR_EACH_READABLE(INLAY_INSTANTIATE)
#undef INLAY_INSTANTIATE

}  // namespace inlay

#endif
