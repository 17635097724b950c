// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_IMPL_CATALOG_IPP
#define INLAY_IMPL_CATALOG_IPP

#include <inlay/catalog.hpp>
#include <inlay/config/override.hpp>
#include <inlay/json/merge_patch.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/errors.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <random>
#include <thread>
#include <type_traits>
#include <unordered_map>

namespace inlay {

/** Lets every install of an integration, and every reader, share one Document of its config, parsed once.

    Keeps the configs used last, up to a total size of text; what is held elsewhere lives on regardless.
*/
class Catalog::DocumentCache {
 public:
  /** The Document held for that integration when it has the same text; else the given one, held from now on. */
  Document share(Id<Integration> integration, Document document) {
    std::lock_guard const lock(mutex_);
    if (auto const held = held_.find(integration); held != held_.end()) {
      if (held->second->document == document) {
        used_.splice(used_.begin(), used_, held->second);
        return held->second->document;
      }
      drop(held->second);
    }
    used_.push_front({integration, document});
    held_.emplace(integration, used_.begin());
    bytes_ += document.text().size();
    while (bytes_ > max_bytes && used_.size() > 1) drop(std::prev(used_.end()));
    return document;
  }

 private:
  struct Entry {
    Id<Integration> integration;
    Document document;
  };
  using Entries = std::list<Entry>;

  void drop(Entries::iterator entry) {
    bytes_ -= entry->document.text().size();
    held_.erase(entry->integration);
    used_.erase(entry);
  }

  static constexpr std::size_t max_bytes = std::size_t{64} << 20U;

  std::mutex mutex_;
  Entries used_;  // the one used last comes first
  std::unordered_map<Id<Integration>, Entries::iterator> held_;
  std::size_t bytes_ = 0;
};

namespace detail {

/** Holds a document that a caller made, by whatever limits, to this catalogue's. */
inline Result<void> check_document(Document const& document, std::string_view member, json::Limits const& limits) {
  auto values = document.values();
  if (!values) return values.error();
  Result<void> checked = json::check(**values, limits);
  if (checked && document.text().size() > limits.max_bytes) {
    checked = Error{.kind = ErrorKind::invalid_document,
                    .message = "the document is larger than " + std::to_string(limits.max_bytes) + " bytes",
                    .pointer = ""};
  }
  if (checked) return {};
  Error error = checked.error();
  error.pointer = storage::member_pointer(member) + error.pointer.value_or("");
  return error;
}

/** What a row may be, whoever made it: its texts, and the documents in it that `before` does not have already. */
template <class Entity>
Result<void> check_row(Entity const& row, Entity const* before, json::Limits const& limits) {
  if (auto checked = model::check(row); !checked) return checked;
  Result<void> result;
  model::for_each_field<Entity>([&](model::Field const& field, auto member) {
    using Value = model::ValueOf<std::remove_cvref_t<decltype(row.*member)>>;
    if constexpr (std::is_same_v<Value, Document>) {
      std::optional<Document> const document = row.*member;
      if (!result || !document || (before != nullptr && before->*member == row.*member)) return;
      result = check_document(*document, field.name, limits);
    }
  });
  return result;
}

/** An override of {} is none. */
template <class Entity>
void normalise(Entity& row) {
  if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
    if (row.override && row.override->empty()) row.override.reset();
  }
}

/** How a document member is written: merged or replaced; an optional one is an override. */
inline Result<std::optional<Document>> written_document(model::Field const& field,
                                                        std::optional<Document> const& current,
                                                        boost::json::object const& given, DocumentMode mode,
                                                        json::Limits const& limits) {
  if (mode == DocumentMode::merge && field.is_optional) return config::patch(current, given, limits);
  boost::json::object values;
  if (mode == DocumentMode::merge && current) {
    auto stored = current->values();
    if (!stored) return stored.error();
    boost::json::value target(**stored);
    json::merge_patch::apply(target, boost::json::value(given));
    values = std::move(target.get_object());
  } else if (mode == DocumentMode::merge) {
    boost::json::value target(boost::json::object_kind);
    json::merge_patch::apply(target, boost::json::value(given));
    values = std::move(target.get_object());
  } else {
    values = given;
  }
  auto document = Document::from(std::move(values), limits);
  if (!document) return document.error();
  return std::optional<Document>(std::move(*document));
}

/** Sets one member of a row; a document is merged or replaced. */
template <class Entity, class Member>
Result<void> set_member(Entity& row, Member Entity::*member, Member const& value, model::Field const& field,
                        DocumentMode mode, json::Limits const& limits) {
  if constexpr (std::is_same_v<model::ValueOf<Member>, Document>) {
    std::optional<Document> const given = value;
    if (!given) {
      row.*member = value;
      return {};
    }
    auto values = given->values();
    if (!values) return values.error();
    auto written = written_document(field, row.*member, **values, mode, limits);
    if (!written) {
      Error error = written.error();
      error.pointer = storage::member_pointer(field.name) + error.pointer.value_or("");
      return error;
    }
    if constexpr (model::is_optional_v<Member>) {
      row.*member = std::move(*written);
    } else {
      row.*member = std::move(**written);
    }
  } else {
    row.*member = value;
  }
  return {};
}

/** Sets the members of a row that a typed change has set. */
template <class Entity>
Result<void> apply_change(Entity& row, ChangeOf<Entity> const& change, DocumentMode mode, json::Limits const& limits) {
  Result<void> result;
  boost::mp11::mp_for_each<model::detail::Descriptors<ChangeOf<Entity>>>([&]<class ChangeMember>(ChangeMember) {
    using Value = typename model::detail::MemberType<ChangeMember>::value_type;
    constexpr model::Field const* field = model::find_field<Entity>(ChangeMember::name);
    static_assert(field != nullptr && field->is_patchable(), "a change names members that a patch may touch");
    auto const& set = change.*ChangeMember::pointer;
    if (!set || !result) return;
    model::for_each_field<Entity>([&]<class Member>(model::Field const& candidate, Member Entity::*member) {
      if constexpr (std::is_same_v<Member, Value>) {
        if (candidate.name == ChangeMember::name) result = set_member(row, member, *set, candidate, mode, limits);
      }
    });
  });
  return result;
}

/** Waits a little before trying again, longer each time and never quite alike for two callers. */
inline void back_off(int attempt) {
  thread_local std::minstd_rand random{std::random_device{}()};
  auto const longest = std::chrono::microseconds(200) * (1 << std::min(attempt, 6));
  std::this_thread::sleep_for(
      std::chrono::microseconds(std::uniform_int_distribution<std::int64_t>(0, longest.count())(random)));
}

/** How often a write reads first and then commits, before it leaves the decision to the store (Edit). */
inline constexpr int optimistic_attempts = 3;

/** How often a removal may find the row changed between reading and committing before that is reported. */
inline constexpr int max_lost_races = 100;

/** What people call a row: its name, or else its id. */
template <class Entity>
std::string name_of(Entity const& row) {
  if constexpr (requires { row.name; }) {
    return "\"" + row.name + "\"";
  } else {
    return to_string(row.id);
  }
}

}  // namespace detail

INLAY_DECL Catalog::Catalog(std::shared_ptr<Repository> repository, CatalogOptions options)
    : repository_(std::move(repository)),
      options_(std::make_shared<CatalogOptions const>(std::move(options))),
      cache_(std::make_shared<DocumentCache>()) {}

INLAY_DECL Result<Catalog> Catalog::open(std::string_view url, Backends const& backends, CatalogOptions options) {
  auto repository = backends.open(url);
  if (!repository) return repository.error();
  return Catalog(std::move(*repository), std::move(options));
}

INLAY_DECL Catalog Catalog::as(Caller caller) const {
  Catalog other = *this;
  other.caller_ = std::move(caller);
  return other;
}

INLAY_DECL Result<Committed> Catalog::commit(Timestamp time, std::vector<Change> changes,
                                             std::vector<AnyGuard> guards) const {
  if (!caller_.actor.empty()) {
    if (auto checked = model::check_text(caller_.actor); !checked) {
      Error error = checked.error();
      error.message = "actor: " + error.message;
      return error;
    }
  }
  if (caller_.reason) {
    if (auto checked = model::check_text(*caller_.reason); !checked) {
      Error error = checked.error();
      error.message = "reason: " + error.message;
      return error;
    }
  }
  return repository_->commit(Commit{.changes = std::move(changes),
                                    .guards = std::move(guards),
                                    .actor = caller_.actor,
                                    .reason = caller_.reason,
                                    .token = generate_uuid(),
                                    .time = time});
}

// ---------------------------------------------------------------------------------------------- any entity

template <class Entity>
Result<Resource<Entity>> Catalog::insert(Entity row) const {
  if (row.id.is_nil()) row.id = Id<Entity>{options_->generate_id()};
  detail::normalise(row);
  if (auto checked = detail::check_row<Entity>(row, nullptr, options_->limits); !checked) return checked.error();
  Id<Entity> const id = row.id;
  auto committed = commit(options_->clock(), {Insert<Entity>{std::move(row)}});
  if (!committed) return committed.error();
  return get(id);
}

template <class Entity>
Result<Resource<Entity>> Catalog::create(Entity row) const {
  return insert(std::move(row));
}

template <class Entity>
Result<Resource<Entity>> Catalog::create_from(boost::json::object const& object) const {
  auto row = model::read_new<Entity>(object, options_->limits);
  if (!row) return row.error();
  return insert(std::move(*row));
}

template <class Entity>
Result<Resource<Entity>> Catalog::get(Id<Entity> id) const {
  return repository_->find(FindRequest<Resource<Entity>>{.id = id, .with_installed_in = true});
}

template <class Readable>
Result<Page<Readable>> Catalog::list(Query<Readable> const& query) const {
  return repository_->list(query);
}

template <class Entity>
Result<Updated<Entity>> Catalog::write(Id<Entity> id, RowEdit<Entity> const& edit, UpdateOptions const& options) const {
  auto const edited = [&](Entity const& before) -> Result<Entity> {
    if (options.expected_version && before.version != *options.expected_version) {
      return storage::stale_version(Entity::entity_name, before.version);
    }
    auto after = edit(before);
    if (!after) return after;
    detail::normalise(*after);
    if (auto checked = detail::check_row(*after, &before, options_->limits); !checked) return checked.error();
    return after;
  };

  for (int attempt = 0;; ++attempt) {
    auto found = repository_->find(FindRequest<Resource<Entity>>{.id = id, .with_installed_in = true});
    if (!found) return found.error();
    Updated<Entity> answer{.resource = std::move(*found)};
    Entity& row = model::part_of<0>(answer.resource);
    Entity const before = row;
    auto after = edited(before);
    if (!after) return after.error();
    if (*after == before) return answer;
    answer.changed = true;

    if (options.dry_run) {
      row = updated(Update<Entity>{before, std::move(*after)}, options_->clock(), before.revision);
      if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
        auto resource_before = answer.resource;
        resource_before.install = before;
        auto config_before = config_of(std::move(resource_before), {});
        if (!config_before) return config_before.error();
        auto config_after = config_of(answer.resource, {});
        if (!config_after) return config_after.error();
        answer.differences = differences(config_before->config, config_after->config);
      }
      return answer;
    }

    if (attempt < detail::optimistic_attempts) {
      Update<Entity> update{before, std::move(*after)};
      auto const time = options_->clock();
      auto committed = commit(time, {update});
      if (committed) {
        row = updated(update, time, committed->revision);
        return answer;
      }
      bool const lost_a_race = committed.error().kind == ErrorKind::conflict && committed.error().current_version;
      if (!lost_a_race || options.expected_version) return committed.error();
      detail::back_off(attempt);
      continue;
    }

    // Others were faster every time: let the store decide it between them.
    std::optional<Update<Entity>> update;
    auto const time = options_->clock();
    auto committed = commit(time, {Edit<Entity>{id, [&](Entity const& current) {
                                                  auto edited_row = edited(current);
                                                  update.reset();
                                                  if (edited_row) update = Update<Entity>{current, *edited_row};
                                                  return edited_row;
                                                }}});
    if (!committed) return committed.error();
    answer.changed = update->before != update->after;
    row = answer.changed ? updated(*update, time, committed->revision) : update->before;
    return answer;
  }
}

template <class Entity, std::same_as<boost::json::object> Object>
Result<Updated<Entity>> Catalog::update(Id<Entity> id, Object const& patch, UpdateOptions const& options) const {
  if (auto allowed = check_mode(options); !allowed) return allowed.error();
  return write<Entity>(
      id,
      [&](Entity const& before) -> Result<Entity> {
        Entity after = before;
        auto patched = model::apply_merge_patch(
            after, patch,
            [&](model::Field const& field, std::optional<Document> const& current, boost::json::object const& given) {
              return detail::written_document(field, current, given, options.documents, options_->limits);
            });
        if (!patched) return patched.error();
        return after;
      },
      options);
}

template <class Entity>
Result<Updated<Entity>> Catalog::update(Id<Entity> id, ChangeOf<Entity> const& change,
                                        UpdateOptions const& options) const {
  if (auto allowed = check_mode(options); !allowed) return allowed.error();
  return write<Entity>(
      id,
      [&](Entity const& before) -> Result<Entity> {
        Entity after = before;
        auto changed = detail::apply_change(after, change, options.documents, options_->limits);
        if (!changed) return changed.error();
        return after;
      },
      options);
}

INLAY_DECL Result<void> Catalog::check_mode(UpdateOptions const& options) {
  if (options.documents == DocumentMode::replace && !options.expected_version && !options.force) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message =
                     "replacing a document can undo somebody else's write: name the expected version, or force "
                     "it"};
  }
  return {};
}

template <class Entity>
Result<void> Catalog::remove(Id<Entity> id, std::optional<Version> expected_version) const {
  for (int attempt = 0;; ++attempt) {
    auto found = repository_->find(FindRequest<Entity>{.id = id});
    if (!found) return found.error();
    if (expected_version && found->version != *expected_version) {
      return storage::stale_version(Entity::entity_name, found->version);
    }

    std::vector<Change> changes;
    // A grant is about the integration and the team, not a use of them: it goes with either.
    Result<void> listed;
    model::for_each_referrer<Entity>([&]<class Referrer>(model::Reference const& reference, auto) {
      if constexpr (std::is_same_v<Referrer, Grant>) {
        listed = for_each(Query<Grant>{.where = {{std::string(reference.member), Operator::eq, {id.uuid}}}},
                          [&](Grant& grant) { changes.push_back(Remove<Grant>{std::move(grant)}); });
      }
    });
    if (!listed) return listed.error();
    changes.push_back(Remove<Entity>{std::move(*found)});

    auto committed = commit(options_->clock(), std::move(changes));
    if (committed) return {};
    Error const& error = committed.error();
    if (error.kind == ErrorKind::in_use) return who_uses(id, error);
    bool const lost_a_race = error.kind == ErrorKind::conflict && attempt < detail::max_lost_races;
    if (!lost_a_race || expected_version) return error;
    detail::back_off(attempt);
  }
}

template <class Entity>
Error Catalog::who_uses(Id<Entity> id, Error error) const {
  std::string users;
  model::for_each_referrer<Entity>([&]<class Referrer>(model::Reference const& reference, auto) {
    constexpr std::size_t named = 3;
    auto page =
        list(Query<Referrer>{.where = {{std::string(reference.member), Operator::eq, {id.uuid}}}, .limit = named + 1});
    if (!page) return;
    for (std::size_t i = 0; i < std::min(named, page->items.size()); ++i) {
      if (!users.empty()) users += ", ";
      users += std::string(Referrer::entity_name) + " " + detail::name_of(page->items[i]);
    }
    if (page->items.size() > named) users += " and others";
  });
  if (!users.empty()) {
    error.message = std::string(Entity::entity_name) + " " + to_string(id) + " is still used by " + users;
  }
  return error;
}

// ---------------------------------------------------------------------------------------------- installs

INLAY_DECL Result<Installed> Catalog::install(InstallRequest const& request) const {
  auto const installed_already = [&]() -> Result<std::optional<InstalledIntegration>> {
    auto page =
        list(Query<EnvironmentIntegration>{.where = {{"environment_id", Operator::eq, {request.environment_id.uuid}},
                                                     {"integration_id", Operator::eq, {request.integration_id.uuid}}},
                                           .limit = 1});
    if (!page) return page.error();
    if (page->items.empty()) return std::optional<InstalledIntegration>();
    auto resource = get(page->items.front().id);
    if (!resource) {
      if (resource.error().kind == ErrorKind::not_found) return std::optional<InstalledIntegration>();
      return resource.error();
    }
    return std::optional<InstalledIntegration>(std::move(*resource));
  };

  auto existing = installed_already();
  if (!existing) return existing.error();
  if (*existing) return Installed{.resource = std::move(**existing), .created = false};

  auto created = insert(EnvironmentIntegration{.id = request.id,
                                               .integration_id = request.integration_id,
                                               .environment_id = request.environment_id,
                                               .show_in_catalog = request.show_in_catalog,
                                               .is_enabled = request.is_enabled,
                                               .override = request.override});
  if (created) return Installed{.resource = std::move(*created), .created = true};
  if (created.error().kind != ErrorKind::already_exists) return created.error();

  // Somebody installed it at the same moment, or the id that the caller brought is another install's.
  existing = installed_already();
  if (!existing) return existing.error();
  if (!*existing) return created.error();
  return Installed{.resource = std::move(**existing), .created = false};
}

INLAY_DECL Result<void> Catalog::uninstall(Id<EnvironmentIntegration> id,
                                           std::optional<Version> expected_version) const {
  return remove(id, expected_version);
}

INLAY_DECL Result<Updated<EnvironmentIntegration>> Catalog::set(Id<EnvironmentIntegration> id,
                                                                json::Pointer const& pointer,
                                                                boost::json::value const& value,
                                                                UpdateOptions const& options) const {
  return write_override(
      id, [&](config::Override const& stored) { return config::set(stored, pointer, value, options_->limits); },
      options);
}

INLAY_DECL Result<Updated<EnvironmentIntegration>> Catalog::remove(Id<EnvironmentIntegration> id,
                                                                   json::Pointer const& pointer,
                                                                   UpdateOptions const& options) const {
  return write_override(
      id, [&](config::Override const& stored) { return config::remove(stored, pointer, options_->limits); }, options);
}

INLAY_DECL Result<Updated<EnvironmentIntegration>> Catalog::inherit(Id<EnvironmentIntegration> id,
                                                                    json::Pointer const& pointer,
                                                                    UpdateOptions const& options) const {
  return write_override(
      id, [&](config::Override const& stored) { return config::inherit(stored, pointer); }, options);
}

INLAY_DECL Result<Updated<EnvironmentIntegration>> Catalog::write_override(Id<EnvironmentIntegration> id,
                                                                           OverrideEdit const& edit,
                                                                           UpdateOptions const& options) const {
  return write<EnvironmentIntegration>(
      id,
      [&](EnvironmentIntegration const& before) -> Result<EnvironmentIntegration> {
        auto written = edit(before.override);
        if (!written) return written.error();
        EnvironmentIntegration after = before;
        after.override = std::move(*written);
        return after;
      },
      options);
}

// ---------------------------------------------------------------------------------------------- configurations

INLAY_DECL Result<InstalledConfig> Catalog::config_of(InstalledIntegration found,
                                                      std::vector<Layer> extra_layers) const {
  Integration& integration = found.integration;
  integration.config = cache_->share(integration.id, std::move(integration.config));
  if (auto values = integration.config.values(); !values) {
    return storage::corrupt_row(Integration::entity_name, integration.id.uuid, "its config is not a JSON object");
  }
  std::vector<Layer> layers;
  layers.reserve(2 + extra_layers.size());
  layers.push_back({"integration", LayerKind::base, integration.config});
  if (found.install.override) {
    if (auto values = found.install.override->values(); !values) {
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
                         .integration_version = integration.version,
                         .config = std::move(*config)};
}

INLAY_DECL Result<InstalledConfig> Catalog::effective_config(Id<EnvironmentIntegration> id,
                                                             std::vector<Layer> extra_layers) const {
  auto found = repository_->find(FindRequest<InstalledIntegration>{.id = id});
  if (!found) return found.error();
  return config_of(std::move(*found), std::move(extra_layers));
}

INLAY_DECL Result<InstalledConfig> Catalog::effective_config(Id<Environment> environment,
                                                             std::string_view integration_name,
                                                             std::vector<Layer> extra_layers) const {
  auto page =
      list(Query<InstalledIntegration>{.where = {{"environment_id", Operator::eq, {environment.uuid}},
                                                 {"integration.name", Operator::eq, {std::string(integration_name)}}},
                                       .limit = 2});
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

INLAY_DECL Result<std::vector<InstalledConfig>> Catalog::effective_configs(Id<Environment> environment) const {
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
    if (auto found = repository_->find(FindRequest<Environment>{.id = environment}); !found) return found.error();
  }
  return configs;
}

INLAY_DECL Result<Explanation> Catalog::explain(Id<EnvironmentIntegration> id, json::Pointer const& pointer,
                                                std::vector<Layer> extra_layers) const {
  auto found = effective_config(id, std::move(extra_layers));
  if (!found) return found.error();
  return found->config.explain(pointer);
}

INLAY_DECL Result<ChangePage> Catalog::changes(ChangesRequest const& request) const {
  return repository_->changes(request);
}

// Compiled once, in inlay::core. Grants are written by the sharing operations only.
#ifndef INLAY_HEADER_ONLY
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
  template Result<void> Catalog::remove<Entity>(Id<Entity>, std::optional<Version>) const;

INLAY_INSTANTIATE_ENTITY(Team)
INLAY_INSTANTIATE_ENTITY(Environment)
INLAY_INSTANTIATE_ENTITY(Integration)
INLAY_INSTANTIATE_ENTITY(EnvironmentIntegration)
INLAY_INSTANTIATE_READABLE(Team)
INLAY_INSTANTIATE_READABLE(Environment)
INLAY_INSTANTIATE_READABLE(Integration)
INLAY_INSTANTIATE_READABLE(EnvironmentIntegration)
INLAY_INSTANTIATE_READABLE(Grant)
INLAY_INSTANTIATE_READABLE(OwnedIntegration)
INLAY_INSTANTIATE_READABLE(InstalledIntegration)

#undef INLAY_INSTANTIATE_ENTITY
#undef INLAY_INSTANTIATE_READABLE
#endif

}  // namespace inlay

#endif
