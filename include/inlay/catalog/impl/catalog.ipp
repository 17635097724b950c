// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_CATALOG_IPP
#define INLAY_CATALOG_IMPL_CATALOG_IPP

// The front door: each function leads into the room behind it that does the work.

#include <inlay/catalog.hpp>
#include <inlay/catalog/detail/configs.hpp>
#include <inlay/catalog/detail/ensure.hpp>
#include <inlay/catalog/detail/history.hpp>
#include <inlay/catalog/detail/names.hpp>
#include <inlay/catalog/detail/row_changes.hpp>
#include <inlay/catalog/detail/rows.hpp>
#include <inlay/catalog/detail/sharing.hpp>
#include <inlay/catalog/detail/state.hpp>
#include <inlay/catalog/detail/writer.hpp>
#include <inlay/catalog/impl/ensure.ipp>
#include <inlay/catalog/impl/writer.ipp>
#include <inlay/model/json_form.hpp>

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

template <Writable Entity>
Result<Resource<Entity>> Catalog::create(Entity row) const {
  return detail::Writer(session_).insert(std::move(row));
}

template <Writable Entity>
Result<Resource<Entity>> Catalog::create_from(boost::json::object const& object) const {
  auto row = model::read_new<Entity>(object, options().limits);
  if (!row) return row.error();
  return detail::Writer(session_).insert(std::move(*row));
}

template <Writable Entity>
requires(!std::same_as<Entity, EnvironmentIntegration>) Result<Ensured<Entity>> Catalog::ensure(Entity row)
const { return detail::ensure(session_, std::move(row)); }

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

template <Writable Entity, std::same_as<boost::json::object> Object>
Result<Updated<Entity>> Catalog::update(Id<Entity> id, Object const& patch, UpdateOptions const& options) const {
  if (auto allowed = detail::check_mode(options, options.documents == DocumentMode::replace); !allowed)
    return allowed.error();
  return detail::Writer(session_).change<Entity>(
      id,
      [&](Entity const& before) -> Result<Entity> {
        Entity after = before;
        auto patched = model::apply_merge_patch(
            after, patch,
            [&](model::Field const& field, std::optional<Document> const& current, boost::json::object const& given) {
              return detail::written_document(field, current, given, options.documents, this->options().limits);
            });
        if (!patched) return patched.error();
        return after;
      },
      options);
}

template <Writable Entity>
Result<Updated<Entity>> Catalog::update(Id<Entity> id, ChangeOf<Entity> const& change,
                                        UpdateOptions const& options) const {
  bool const may_undo_others = detail::replaces_documents<Entity>(change, options.documents);
  if (auto allowed = detail::check_mode(options, may_undo_others); !allowed) return allowed.error();
  return detail::Writer(session_).change<Entity>(
      id,
      [&](Entity const& before) -> Result<Entity> {
        Entity after = before;
        auto changed = detail::apply_change(after, change, options.documents, this->options().limits);
        if (!changed) return changed.error();
        return after;
      },
      options);
}

template <Writable Entity>
Result<Updated<Entity>> Catalog::update(Id<Entity> id, JsonPatch const& patch, UpdateOptions const& options) const {
  if (auto allowed = detail::check_mode(options, true); !allowed) return allowed.error();
  bool is_patch_at_fault = false;
  auto updated = detail::Writer(session_).change<Entity>(
      id,
      [&](Entity const& before) {
        auto after = detail::json_patched(before, patch.operations, this->options().limits);
        is_patch_at_fault = after.has_error();
        return after;
      },
      options);
  // What is found only in the row that comes of it, such as a name that is taken.
  if (updated || is_patch_at_fault) return updated;
  return detail::at_operation(patch.operations, updated.error());
}

template <Writable Entity>
requires(!std::same_as<Entity, EnvironmentIntegration>) Result<void> Catalog::remove(
    Id<Entity> id, std::optional<RowVersion> expected_version)
const { return detail::Writer(session_).remove(id, expected_version); }

// ---- installing and sharing

Result<Installed> Catalog::install(EnvironmentIntegration row) const {
  return detail::Sharings(session_).install(std::move(row));
}

Result<void> Catalog::uninstall(Id<EnvironmentIntegration> id, std::optional<RowVersion> expected_version) const {
  return detail::Writer(session_).remove(id, expected_version);
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

// Compiled once. Grants are written by the sharing operations only.
#define INLAY_INSTANTIATE_READABLE(Readable) \
  template Result<Page<Readable>> Catalog::list<Readable>(Query<Readable> const&) const;
#define INLAY_INSTANTIATE_ENTITY(Entity)                                                                              \
  template Result<Resource<Entity>> Catalog::create<Entity>(Entity) const;                                            \
  template Result<Resource<Entity>> Catalog::create_from<Entity>(boost::json::object const&) const;                   \
  template Result<Resource<Entity>> Catalog::get<Entity>(Id<Entity>) const;                                           \
  template Result<Updated<Entity>> Catalog::update<Entity>(Id<Entity>, boost::json::object const&,                    \
                                                           UpdateOptions const&) const;                               \
  template Result<Updated<Entity>> Catalog::update<Entity>(Id<Entity>, ChangeOf<Entity> const&, UpdateOptions const&) \
      const;                                                                                                          \
  template Result<Updated<Entity>> Catalog::update<Entity>(Id<Entity>, JsonPatch const&, UpdateOptions const&) const;

#define INLAY_INSTANTIATE_REMOVABLE(Entity)                                                   \
  template Result<void> Catalog::remove<Entity>(Id<Entity>, std::optional<RowVersion>) const; \
  template Result<Ensured<Entity>> Catalog::ensure<Entity>(Entity) const;
#define INLAY_INSTANTIATE_NAMED(Entity)                                                              \
  template Result<Resource<Entity>> Catalog::find<Entity>(std::string_view, std::string_view) const; \
  template Result<Resource<Entity>> Catalog::find<Entity>(Id<Team>, std::string_view) const;

template Result<Grant> Catalog::get<Grant>(Id<Grant>) const;
INLAY_INSTANTIATE_ENTITY(Team)
INLAY_INSTANTIATE_ENTITY(Environment)
INLAY_INSTANTIATE_ENTITY(Integration)
INLAY_INSTANTIATE_ENTITY(EnvironmentIntegration)
INLAY_INSTANTIATE_REMOVABLE(Team)
INLAY_INSTANTIATE_REMOVABLE(Environment)
INLAY_INSTANTIATE_REMOVABLE(Integration)
template Result<Team> Catalog::find<Team>(std::string_view) const;
INLAY_INSTANTIATE_NAMED(Environment)
INLAY_INSTANTIATE_NAMED(Integration)
template Result<InstalledIntegration> Catalog::find<EnvironmentIntegration>(std::string_view, std::string_view,
                                                                            std::string_view) const;
INLAY_INSTANTIATE_READABLE(Team)
INLAY_INSTANTIATE_READABLE(Environment)
INLAY_INSTANTIATE_READABLE(Integration)
INLAY_INSTANTIATE_READABLE(EnvironmentIntegration)
INLAY_INSTANTIATE_READABLE(Grant)
INLAY_INSTANTIATE_READABLE(OwnedIntegration)
INLAY_INSTANTIATE_READABLE(InstalledIntegration)

#undef INLAY_INSTANTIATE_ENTITY
#undef INLAY_INSTANTIATE_REMOVABLE
#undef INLAY_INSTANTIATE_NAMED
#undef INLAY_INSTANTIATE_READABLE

}  // namespace inlay

#endif
