// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_CATALOG_IPP
#define INLAY_CATALOG_IMPL_CATALOG_IPP

#include <inlay/catalog.hpp>
#include <inlay/catalog/detail/quotas.hpp>
#include <inlay/catalog/detail/row_changes.hpp>
#include <inlay/catalog/detail/visibility.hpp>
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

    Keeps the configs used last, up to a total weight; what is held elsewhere lives on regardless.
*/
class Catalog::DocumentCache {
 public:
  /** @param max_weight how much it may hold, in bytes, roughly. */
  explicit DocumentCache(std::size_t max_weight = std::size_t{256} << 20U) : max_weight_(max_weight) {}

  /** The Document held for that integration when it has the same text; else the given one, held from now on. */
  Document share(Id<Integration> integration, Document document) {
    // Long texts are compared, and what is dropped is destroyed, where nobody waits for the lock.
    if (auto const held = find(integration); held && *held == document) return *held;
    Entries dropped;
    std::lock_guard const lock(mutex_);
    if (auto const held = held_.find(integration); held != held_.end()) drop(held->second, dropped);
    used_.push_front({integration, document});
    held_.emplace(integration, used_.begin());
    weight_ += weight_of(document);
    while (weight_ > max_weight_ && used_.size() > 1) drop(std::prev(used_.end()), dropped);
    return document;
  }

  /** The Document held for that integration. */
  std::optional<Document> find(Id<Integration> integration) {
    std::lock_guard const lock(mutex_);
    auto const held = held_.find(integration);
    if (held == held_.end()) return std::nullopt;
    used_.splice(used_.begin(), used_, held->second);
    return held->second->document;
  }

 private:
  struct Entry {
    Id<Integration> integration;
    Document document;
  };
  using Entries = std::list<Entry>;

  /** Roughly the bytes of a document, of which its values take most. */
  static std::size_t weight_of(Document const& document) { return 5 * document.text().size() + 1'024; }

  void drop(Entries::iterator entry, Entries& dropped) {
    weight_ -= weight_of(entry->document);
    held_.erase(entry->integration);
    dropped.splice(dropped.begin(), used_, entry);
  }

  std::size_t max_weight_;
  std::mutex mutex_;
  Entries used_;  // the one used last comes first
  std::unordered_map<Id<Integration>, Entries::iterator> held_;
  std::size_t weight_ = 0;
};

namespace detail {

/** Waits a little before trying again, longer each time and never quite alike for two callers. */
inline void back_off(int attempt) {
  thread_local std::minstd_rand random{std::random_device{}()};
  auto const longest = std::chrono::microseconds(200) * (1 << std::min(attempt, 6));
  std::this_thread::sleep_for(
      std::chrono::microseconds(std::uniform_int_distribution<std::int64_t>(0, longest.count())(random)));
}

/** How often a write reads first and then commits, before it leaves the decision to the store (Edit). */
inline constexpr int optimistic_attempts = 3;

/** How often a write may find what it has read changed before it is done, and tries again. */
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

/** Whether a row is what a caller expects. */
template <class Entity>
Result<void> check_expected(Entity const& row, std::optional<RowVersion> const& expected) {
  if (!expected) return {};
  if (expected->birth && *expected->birth != row.birth) {
    return storage::stale_version(Entity::entity_name, std::nullopt);
  }
  if (expected->version != row.version) return storage::stale_version(Entity::entity_name, row.version);
  return {};
}

/** The error of a row that was created and cannot be shown. */
template <class Entity>
Error done_but_unread(Id<Entity> id, Error error) {
  error.message = "the " + storage::words(Entity::entity_name) + " was created, with the id " + to_string(id) +
                  ", but it cannot be read again: " + error.message;
  error.outcome = Outcome::done;
  return error;
}

/** The error of an edit; one about a stored document says whose. */
template <class Entity>
Error of_row(Entity const& row, Error error) {
  if (error.kind != ErrorKind::corrupt) return error;
  std::string what = std::move(error.message);
  model::for_each_field<Entity>([&](model::Field const& field, auto) {
    if (field.type == model::FieldType::document) what = "its " + std::string(field.name) + " is not a JSON object";
  });
  return storage::corrupt_row(Entity::entity_name, row.id.uuid, what);
}

}  // namespace detail

namespace detail {

/** What was read, as it is to be seen. */
template <class Readable>
void as_seen([[maybe_unused]] std::span<Readable> items) noexcept {
  if constexpr (std::is_same_v<model::Root<Readable>, EnvironmentIntegration>) {
    for (Readable& item : items) disable_ended(model::part_of<0>(item));
  }
}

inline CatalogOptions bounded(CatalogOptions options) {
  constexpr std::size_t levels_around = 8;
  options.limits.max_depth = std::min(options.limits.max_depth, json::greatest_depth - levels_around);
  options.ask_again_after = std::min<std::chrono::microseconds>(options.ask_again_after, std::chrono::years(100));
  return options;
}

}  // namespace detail

Catalog::Catalog(std::shared_ptr<Repository> repository, CatalogOptions options)
    : repository_(std::move(repository)),
      options_(std::make_shared<CatalogOptions const>(detail::bounded(std::move(options)))),
      cache_(std::make_shared<DocumentCache>()),
      quotas_(std::make_shared<detail::Quotas>(options_->team_quota)) {}

Result<Catalog> Catalog::open(std::string_view url, Backends const& backends, CatalogOptions options) {
  auto repository = backends.open(url);
  if (!repository) return repository.error();
  return Catalog(std::move(*repository), std::move(options));
}

Catalog Catalog::at_least(Revision revision) const {
  Catalog other = *this;
  other.at_least_ = revision;
  return other;
}

Catalog Catalog::from_primary() const {
  Catalog other = *this;
  other.reads_from_ = ReadFrom::primary;
  return other;
}

Catalog Catalog::as(Caller caller) const {
  Catalog other = *this;
  other.caller_ = std::move(caller);
  return other;
}

// ---- any entity

template <class Entity>
Result<Resource<Entity>> Catalog::insert(Entity row) const {
  if (row.id.is_nil()) {
    constexpr bool has_summary = requires { Entity::public_members; };
    row.id = Id<Entity>{has_summary ? options_->generate_public_id() : options_->generate_id()};
  }
  if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) row.ended.reset();
  detail::normalise(row);
  if (auto checked = detail::check_row<Entity>(row, nullptr, options_->limits); !checked) return checked.error();
  Insert<Entity> const insert{std::move(row)};

  for (int attempt = 0;; ++attempt) {
    auto guards = may_insert(insert.row);
    if (!guards) return guards.error();
    Timestamp const time = options_->clock();
    auto committed = commit(time, {insert}, std::move(*guards));
    if (committed) {
      if constexpr (std::is_same_v<Resource<Entity>, Entity>) {
        return inserted(insert, time, committed->revision);
      } else {
        auto created = get_from(insert.row.id, ReadFrom::primary);
        // Another that has the id by now is not what was created.
        if (created && model::part_of<0>(*created).birth != insert.birth) {
          created = storage::no_such_row(Entity::entity_name);
        }
        return created ? std::move(created) : detail::done_but_unread<Entity>(insert.row.id, created.error());
      }
    }
    // A guard that no longer holds: what allowed it has changed, so look again.
    if (committed.error().kind != ErrorKind::conflict || attempt == detail::max_lost_races) return committed.error();
    detail::back_off(attempt);
  }
}

/** Whether the caller may create the row, and the rows that must stay as they are for that. */
template <class Entity>
Result<std::vector<AnyGuard>> Catalog::may_insert(Entity const& row) const {
  if (!caller_.team) return std::vector<AnyGuard>();
  if constexpr (std::is_same_v<Entity, Team>) {
    return Error{.kind = ErrorKind::forbidden, .message = "a team cannot create a team"};
  } else if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
    return may_install(row);
  } else {
    if (detail::is_owned_by(row, *caller_.team)) return std::vector<AnyGuard>();
    auto team = repository_->find(FindRequest<Team>{.id = row.team_id});
    if (!team) return storage::dangling_reference(model::references<Entity>[0]);
    return Error{.kind = ErrorKind::forbidden,
                 .message = "on behalf of a team, rows can be created for that team only",
                 .pointer = "/team_id"};
  }
}

template <Writable Entity>
Result<Resource<Entity>> Catalog::create(Entity row) const {
  return insert(std::move(row));
}

template <Writable Entity>
Result<Resource<Entity>> Catalog::create_from(boost::json::object const& object) const {
  auto row = model::read_new<Entity>(object, options_->limits);
  if (!row) return row.error();
  return insert(std::move(*row));
}

template <class Readable>
Result<Readable> Catalog::find(Id<model::Root<Readable>> id, bool with_installed_in, ReadFrom from) const {
  FindRequest<Readable> request{.id = id, .with_installed_in = with_installed_in, .from = from, .at_least = at_least_};
  if (caller_.team) {
    request.scope = detail::seen_by<model::Root<Readable>>(*caller_.team);
    request.installed_in_scope = detail::seen_by<Environment>(*caller_.team);
  }
  return repository_->find(request);
}

template <class Entity>
Result<Resource<Entity>> Catalog::get(Id<Entity> id) const {
  return get_from(id, reads_from());
}

template <class Entity>
Result<Resource<Entity>> Catalog::get_from(Id<Entity> id, ReadFrom from) const {
  auto found = find<Resource<Entity>>(id, true, from);
  if (!found) return found;
  detail::as_seen(std::span(&*found, 1));
  if (auto concealed = conceal(std::span(&*found, 1)); !concealed) return concealed.error();
  return found;
}

/** The query, of what the caller's team sees. */
template <class Readable>
Result<Query<Readable>> Catalog::scoped(Query<Readable> query) const {
  if (!caller_.team) return query;
  auto scope = detail::list_scope(query, *caller_.team);
  if (!scope) return scope.error();
  query.scope = std::move(*scope);
  return query;
}

template <class Readable>
Result<Page<Readable>> Catalog::list(Query<Readable> const& query) const {
  return list_from(query, reads_from());
}

template <class Readable>
Result<Page<Readable>> Catalog::list_from(Query<Readable> query, ReadFrom from) const {
  query.from = from;
  query.at_least = std::max(query.at_least, at_least_);
  auto own = scoped(std::move(query));
  if (!own) return own.error();
  auto page = repository_->list(*own);
  if (!page) return page;
  detail::as_seen(std::span(page->items));
  if (auto concealed = conceal(std::span(page->items)); !concealed) return concealed.error();
  return page;
}

/** Reduces what the caller's team does not see whole to summaries. */
template <class Readable>
Result<void> Catalog::conceal(std::span<Readable> items) const {
  if (!caller_.team) return {};
  Id<Team> const team = *caller_.team;
  if constexpr (std::is_same_v<model::Root<Readable>, Integration>) {
    Condition asked{"id", Operator::in, {}};
    for (Readable& item : items) {
      Integration const& integration = model::part_of<0>(item);
      if (integration.team_id != team && integration.sharing == Sharing::ask) {
        asked.values.emplace_back(integration.id.uuid);
      }
    }
    if (!asked.values.empty()) {
      std::size_t const count = asked.values.size();
      auto whole = repository_->list(Query<Integration>{.where = {std::move(asked)},
                                                        .limit = count,
                                                        .scope = detail::seen_whole_by<Integration>(team),
                                                        .with_documents = false});
      if (!whole) return whole.error();
      for (Readable& item : items) {
        Integration& integration = model::part_of<0>(item);
        if (integration.team_id == team || integration.sharing != Sharing::ask) continue;
        // At another revision it is another row: what was read first may never have been this team's to see.
        bool const seen = std::any_of(whole->items.begin(), whole->items.end(), [&](Integration const& other) {
          return other.id == integration.id && other.birth == integration.birth &&
                 other.revision == integration.revision;
        });
        if (seen) continue;
        model::reduce_to_summary(integration);
        if constexpr (std::is_same_v<Readable, OwnedIntegration>) item.installed_in.reset();
      }
    }
  }
  if constexpr (std::is_same_v<model::Part<Readable, model::part_count<Readable> - 1>, Team>) {
    for (Readable& item : items) {
      Team& owner = model::part_of<model::part_count<Readable> - 1>(item);
      if (owner.id != team) model::reduce_to_summary(owner);
    }
  }
  return {};
}

/** The rows beside a row from which it follows that it is the caller's. */
template <class Entity>
Result<std::vector<AnyGuard>> Catalog::owners_of([[maybe_unused]] Entity const& row) const {
  std::vector<AnyGuard> guards;
  if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
    if (!caller_.team) return guards;
    auto environment = find<Environment>(row.environment_id);
    if (!environment) {
      // No longer the caller's, and so the install is not either.
      if (environment.error().kind == ErrorKind::not_found) return storage::no_such_row(Entity::entity_name);
      return environment.error();
    }
    guards.emplace_back(Guard<Environment>(*environment));
  }
  return guards;
}

/** Whether the caller may make that change to a row that it sees. */
template <class Entity>
Result<void> Catalog::may_change(Entity const& before, Entity const* after) const {
  if (!caller_.team) return {};
  if (!detail::is_owned_by(before, *caller_.team)) {
    return Error{.kind = ErrorKind::forbidden,
                 .message = "this " + storage::words(Entity::entity_name) + " belongs to another team"};
  }
  Result<void> result;
  if constexpr (requires { Entity::administered_members; }) {
    if (after == nullptr) return result;
    model::for_each_field<Entity>([&](model::Field const& field, auto member) {
      auto const& administered = Entity::administered_members;
      bool const is_administered =
          std::find(administered.begin(), administered.end(), field.name) != administered.end();
      if (!is_administered || before.*member == after->*member) return;
      result = Error{.kind = ErrorKind::forbidden,
                     .message = std::string(field.name) + " cannot be changed on behalf of a team",
                     .pointer = storage::member_pointer(field.name)};
    });
  }
  return result;
}

template <class Entity>
Result<Updated<Entity>> Catalog::write(Id<Entity> id, RowEdit<Entity> const& edit, UpdateOptions const& options,
                                       ResourceCheck<Entity> const& check) const {
  auto const edited = [&](Entity const& before) -> Result<Entity> {
    if (auto allowed = may_change<Entity>(before, nullptr); !allowed) return allowed.error();
    if (auto is_it = detail::check_expected(before, options.expected_version); !is_it) return is_it.error();
    auto after = edit(before);
    if (!after) return detail::of_row(before, after.error());
    detail::normalise(*after);
    if (auto allowed = may_change(before, &*after); !allowed) return allowed.error();
    if (caller_.team) detail::withdraw_mark(before, *after);
    if (auto allowed = detail::may_be_enabled(*after); !allowed) return allowed.error();
    if (auto checked = detail::check_row(*after, &before, options_->limits); !checked) return checked.error();
    return after;
  };

  for (int attempt = 0;; ++attempt) {
    auto found = find<Resource<Entity>>(id, true);
    if (!found) return found.error();
    if (auto concealed = conceal(std::span(&*found, 1)); !concealed) return concealed.error();
    Updated<Entity> answer{.resource = std::move(*found)};
    Entity& row = model::part_of<0>(answer.resource);
    Entity const stored = row;  // a store writes the members that differ from it
    detail::as_seen(std::span(&answer.resource, 1));
    Entity const before = row;
    auto after = edited(before);
    if (!after) return after.error();
    if (*after == before) return answer;
    if (check) {
      if (auto allowed = check(answer.resource); !allowed) return allowed.error();
    }
    answer.changed = true;

    if (options.dry_run) {
      if (auto free = has_free_keys(before, *after); !free) return free.error();
      Update<Entity> const update{before, std::move(*after)};
      auto const time = options_->clock();
      if (auto allowed = check_quota(time, {update}); !allowed) return allowed.error();
      row = updated(update, time, before.revision);
      if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
        auto resource_before = answer.resource;
        resource_before.install = before;
        auto config_before = config_of(std::move(resource_before), {});
        if (!config_before) return config_before.error();
        auto config_after = config_of(answer.resource, {});
        if (!config_after) return config_after.error();
        auto found_differences = differences(config_before->config, config_after->config);
        answer.differences = std::move(found_differences.items);
        answer.differences_truncated = found_differences.next.has_value();
      }
      return answer;
    }

    auto guards = owners_of(before);
    if (!guards) return guards.error();
    if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
      if (check) guards->emplace_back(Guard<Integration>(answer.resource.integration));
    }
    auto const time = options_->clock();
    std::optional<Update<Entity>> update;
    Change change = Update<Entity>{stored, *after};
    if (attempt < detail::optimistic_attempts) {
      update = Update<Entity>{stored, std::move(*after)};
    } else {
      // Others were faster every time: let the store decide it between them.
      change = Edit<Entity>{id, [&](Entity const& current) -> Result<Entity> {
                              // Another row, or an install elsewhere, of which nothing has been judged.
                              bool is_another = current.birth != before.birth;
                              if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
                                is_another = is_another || current.environment_id != before.environment_id ||
                                             current.integration_id != before.integration_id;
                              }
                              if (is_another) {
                                return storage::stale_version(Entity::entity_name, std::nullopt);
                              }
                              Entity seen = current;
                              detail::as_seen(std::span(&seen, 1));
                              auto edited_row = edited(seen);
                              if (!edited_row) return edited_row;
                              if (check && *edited_row != seen) {
                                auto resource = answer.resource;
                                model::part_of<0>(resource) = seen;
                                if (auto allowed = check(resource); !allowed) return allowed.error();
                              }
                              update = Update<Entity>{seen, *edited_row};
                              // What changes nothing writes nothing, however it is stored.
                              if (*edited_row == seen) return current;
                              return edited_row;
                            }};
    }
    auto committed = commit(time, {std::move(change)}, std::move(*guards));
    if (committed) {
      answer.changed = update->before != update->after;
      row = answer.changed ? updated(*update, time, committed->revision) : update->before;
      return answer;
    }
    // A conflict with a pointer is a JSON Patch's own. Else the row, or one that it was judged by, is not as it was
    // read, and perhaps it is another: what is then to be said, to this caller, is found by looking again.
    bool const lost_a_race = committed.error().kind == ErrorKind::conflict && !committed.error().pointer;
    if (!lost_a_race || attempt == detail::max_lost_races) return committed.error();
    detail::back_off(attempt);
  }
}

/** Whether no other row has what a change puts into a unique key. A store says so when it commits; a dry run must ask.
 */
template <class Entity>
Result<void> Catalog::has_free_keys(Entity const& before, Entity const& after) const {
  for (model::UniqueKey const& key : Entity::unique_keys) {
    bool is_changed = false;
    Query<Entity> same{.limit = 1, .with_documents = false};
    model::for_each_field<Entity>([&](model::Field const& field, auto member) {
      using Value = std::remove_cvref_t<decltype(after.*member)>;
      if (field.name != key[0] && field.name != key[1]) return;
      is_changed = is_changed || before.*member != after.*member;
      if constexpr (std::is_same_v<Value, std::string>) {
        same.where.push_back({std::string(field.name), Operator::eq, {after.*member}});
      } else if constexpr (requires { (after.*member).uuid; }) {
        same.where.push_back({std::string(field.name), Operator::eq, {(after.*member).uuid}});
      }
    });
    if (!is_changed) continue;
    auto const page = repository_->list(same);
    if (!page) return page.error();
    if (!page->items.empty()) return storage::unique_key_taken(Entity::entity_name, key);
  }
  return {};
}

template <Writable Entity, std::same_as<boost::json::object> Object>
Result<Updated<Entity>> Catalog::update(Id<Entity> id, Object const& patch, UpdateOptions const& options) const {
  if (auto allowed = check_mode(options, options.documents == DocumentMode::replace); !allowed) return allowed.error();
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

template <Writable Entity>
Result<Updated<Entity>> Catalog::update(Id<Entity> id, ChangeOf<Entity> const& change,
                                        UpdateOptions const& options) const {
  if (auto allowed = check_mode(options, options.documents == DocumentMode::replace); !allowed) return allowed.error();
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

template <Writable Entity>
Result<Updated<Entity>> Catalog::update(Id<Entity> id, JsonPatch const& patch, UpdateOptions const& options) const {
  if (auto allowed = check_mode(options, true); !allowed) return allowed.error();
  bool is_patch_at_fault = false;
  auto updated = write<Entity>(
      id,
      [&](Entity const& before) {
        auto after = detail::json_patched(before, patch.operations, options_->limits);
        is_patch_at_fault = after.has_error();
        return after;
      },
      options);
  // What is found only in the row that comes of it, such as a name that is taken.
  if (updated || is_patch_at_fault) return updated;
  return detail::at_operation(patch.operations, updated.error());
}

Result<void> Catalog::check_mode(UpdateOptions const& options, bool may_undo_others) {
  if (may_undo_others && !options.expected_version && !options.force && !options.dry_run) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "this can undo somebody else's write: name the expected version, or force it",
                 .reason = Reason::version_required};
  }
  return {};
}

template <class Entity>
Result<void> Catalog::remove_row(Id<Entity> id, std::optional<RowVersion> expected_version) const {
  int unexplained = 0;
  for (int attempt = 0;; ++attempt) {
    auto found = find<Entity>(id);
    if (!found) return found.error();
    if (auto allowed = may_change<Entity>(*found, nullptr); !allowed) return allowed.error();
    if (auto is_it = detail::check_expected(*found, expected_version); !is_it) return is_it.error();
    auto guards = owners_of(*found);
    if (!guards) return guards.error();
    Birth const birth = found->birth;

    std::vector<Change> changes;
    // A grant is about the integration and the team, not a use of them: it goes with either.
    Result<void> listed;
    model::for_each_referrer<Entity>([&]<class Referrer>(model::Reference const& reference, auto) {
      if constexpr (std::is_same_v<Referrer, Grant>) {
        listed =
            administration().for_each(Query<Grant>{.where = {{std::string(reference.member), Operator::eq, {id.uuid}}}},
                                      [&](Grant& grant) { changes.push_back(Remove<Grant>{std::move(grant)}); });
      }
    });
    if (!listed) return listed.error();
    Result<void> prepared;
    if constexpr (std::is_same_v<Entity, Integration>) {
      auto ended = remove_ended(*found, *guards);
      if (!ended) prepared = ended.error();
      for (std::size_t i = 0; ended && i < ended->size(); ++i) {
        changes.push_back(Remove<EnvironmentIntegration>{std::move((*ended)[i])});
      }
    }
    changes.push_back(Remove<Entity>{std::move(*found)});

    auto committed = prepared ? commit(options_->clock(), std::move(changes), std::move(*guards)) : prepared.error();
    if (committed) return {};
    Error const& error = committed.error();
    if (error.kind != ErrorKind::in_use && error.kind != ErrorKind::conflict) return error;
    if (error.kind == ErrorKind::in_use) {
      auto used = who_uses(id, error);
      auto const still = find<Entity>(id);
      if (still && still->birth == birth) {  // else it was perhaps another row that was used
        if (used) return *std::move(used);
        if (++unexplained > 3) return error;  // somebody whom inlay does not know
      }
    }
    if (attempt == detail::max_lost_races) return error;
    detail::back_off(attempt);
  }
}

/** Says who uses a row; nothing when nobody does, or does any longer. */
template <class Entity>
std::optional<Error> Catalog::who_uses(Id<Entity> id, Error error) const {
  std::string users;
  bool others = false;
  bool is_known = true;
  std::vector<std::string> used_by;  // as far as the caller sees them
  model::for_each_referrer<Entity>([&]<class Referrer>(model::Reference const& reference, auto) {
    if constexpr (std::is_same_v<Referrer, Grant>) return;
    constexpr std::size_t named = 3;
    Query<Referrer> const query{.where = {{std::string(reference.member), Operator::eq, {id.uuid}}},
                                .limit = named + 1,
                                .with_documents = false};
    auto all = repository_->list(query);
    auto seen = list_from(query, ReadFrom::primary);
    is_known = is_known && all && seen;
    if (!all || !seen) return;
    for (std::size_t i = 0; i < std::min(named, seen->items.size()); ++i) {
      if (!users.empty()) users += ", ";
      users += storage::words(Referrer::entity_name) + " " + detail::name_of(seen->items[i]);
    }
    if (!seen->items.empty()) used_by.emplace_back(Referrer::entity_name);
    others = others || seen->items.size() > named || all->items.size() > seen->items.size();
  });
  if (others) users += users.empty() ? "others" : " and others";
  if (!users.empty()) {
    error.message = "the " + storage::words(Entity::entity_name) + " " + to_string(id) + " is still used by " + users;
    error.used_by = std::move(used_by);
    return error;
  }
  if (!is_known) return error;
  return std::nullopt;
}

/** The same catalogue without a team, for what the library itself must see before it writes. */
Catalog Catalog::administration() const {
  Catalog other = from_primary();
  other.caller_.team.reset();
  return other;
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
  template Result<Updated<Entity>> Catalog::update<Entity>(Id<Entity>, JsonPatch const&, UpdateOptions const&) const; \
  template Result<void> Catalog::remove_row<Entity>(Id<Entity>, std::optional<RowVersion>) const;

template Result<Grant> Catalog::get<Grant>(Id<Grant>) const;
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

}  // namespace inlay

#endif
