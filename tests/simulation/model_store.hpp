// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SIMULATION_MODEL_STORE_HPP
#define INLAY_TESTS_SIMULATION_MODEL_STORE_HPP

// A store that is as simple as can be: all of it in maps, and what it was after each commit kept for ever.

#include <inlay/live/follower/terms.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/storage/errors.hpp>

#include <support/random.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay::simulation {

template <class Entity>
struct StoredRow {
  Entity row{};
  bool is_unreadable = false;
};

template <class Entity>
using RowsOf = std::map<Id<Entity>, StoredRow<Entity>>;

/** All rows of a store at one moment. */
struct Rows {
  std::tuple<RowsOf<Team>, RowsOf<Environment>, RowsOf<Integration>, RowsOf<EnvironmentIntegration>> all;

  template <class Entity>
  [[nodiscard]] RowsOf<Entity>& of() {
    return std::get<RowsOf<Entity>>(all);
  }
  template <class Entity>
  [[nodiscard]] RowsOf<Entity> const& of() const {
    return std::get<RowsOf<Entity>>(all);
  }
};

/** What a commit has led to, and by which way. */
struct Past {
  Uuid store{};
  Revision revision{};
  Uuid token{};  // nil before the first commit
  std::shared_ptr<Past const> parent;
  Rows rows;
  CommitRecord commit{};
};

/** A server's part of the store: how far it has come, and what of the log it has. */
struct Server {
  std::shared_ptr<Past const> newest;
  Revision compacted_through{};

  [[nodiscard]] ChangeCursor cursor() const { return cursor_of(*newest); }

  [[nodiscard]] static ChangeCursor cursor_of(Past const& version) {
    return {version.revision, version.store, version.token.is_nil() ? std::nullopt : std::optional(version.token)};
  }

  /** What it was at a revision that it has come by. */
  [[nodiscard]] Past const& at(Revision revision) const {
    Past const* version = newest.get();
    while (version->revision > revision) version = version->parent.get();
    return *version;
  }

  /** A page of the change log as every backend has to give it. */
  [[nodiscard]] Result<ChangePage> changes(ChangesRequest const& request, bool is_primary) const {
    ChangeCursor const& after = request.after;
    if (after.store && *after.store != newest->store) return forked();
    if (after < compacted_through) return storage::changes_compacted(compacted_through);
    if (after > newest->revision) {
      return is_primary ? forked() : storage::revision_not_here_yet(newest->revision);
    }
    if (after.token && at(after).token != *after.token) return forked();
    std::vector<Past const*> found;
    for (Past const* version = newest.get(); version->revision > after; version = version->parent.get()) {
      found.push_back(version);
    }
    std::reverse(found.begin(), found.end());
    ChangePage page;
    page.has_more = found.size() > request.limit;
    if (page.has_more) found.resize(request.limit);
    for (Past const* version : found) page.commits.push_back(version->commit);
    page.through = page.has_more ? cursor_of(*found.back()) : cursor();
    return page;
  }

  template <class Entity>
  [[nodiscard]] live::RowsRead<Entity> list(Query<Entity> const& query) const {
    live::RowsRead<Entity> read;
    read.page.revision = cursor();
    std::vector<StoredRow<Entity> const*> found;
    for (auto const& [id, stored] : newest->rows.of<Entity>()) {
      if (meets(stored.row, query)) found.push_back(&stored);
    }
    auto const place = [](StoredRow<Entity> const& stored) {
      return Cursor{stored.row.created_at, stored.row.id.uuid};
    };
    std::sort(found.begin(), found.end(),
              [&](auto const* one, auto const* other) { return place(*one) < place(*other); });
    std::size_t count = 0;
    for (auto const* stored : found) {
      if (query.after && place(*stored) <= *query.after) continue;
      if (count == query.limit) return read;
      read.page.next = place(*stored);
      ++count;
      if (stored->is_unreadable) {
        read.unreadable.push_back({.id = stored->row.id.uuid,
                                   .revision = stored->row.revision,
                                   .birth = stored->row.birth,
                                   .error = {.kind = ErrorKind::corrupt, .message = "scribbled over"}});
      } else {
        read.page.items.push_back(stored->row);
      }
    }
    read.page.next.reset();
    return read;
  }

 private:
  [[nodiscard]] static Error forked() {
    return {.kind = ErrorKind::invalid_argument, .message = "another history", .reason = Reason::forked};
  }

  template <class Entity>
  [[nodiscard]] static std::optional<Uuid> field(Entity const& row, std::string_view name) {
    if (name == "id") return row.id.uuid;
    if constexpr (requires { row.team_id; }) {
      if (name == "team_id") return row.team_id.uuid;
    }
    if constexpr (requires { row.environment_id; }) {
      if (name == "environment_id") return row.environment_id.uuid;
    }
    return std::nullopt;
  }

  template <class Entity>
  [[nodiscard]] static bool holds(Condition const& condition, Entity const& row) {
    auto const value = field(row, condition.field);
    if (!value) return false;
    bool const is_one =
        std::find(condition.values.begin(), condition.values.end(), FieldValue(*value)) != condition.values.end();
    return is_one != (condition.op == Operator::ne);
  }

  template <class Entity>
  [[nodiscard]] bool meets(Entity const& row, Query<Entity> const& query) const {
    for (Condition const& condition : query.where) {
      if (!holds(condition, row)) return false;
    }
    if (query.scope.is_everything()) return true;
    if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
      auto const found = newest->rows.of<Environment>().find(row.environment_id);
      return found != newest->rows.of<Environment>().end() &&
             holds(query.scope.parts.front().condition, found->second.row);
    }
    return false;
  }
};

/** Writes at random: rows of few ids, so that ids are taken again and again. */
class Writer {
 public:
  explicit Writer(test::Random& random) : random_(random) {}

  [[nodiscard]] Uuid uuid() {
    Uuid uuid;
    for (std::size_t i = 0; i < 16; i += 8) {
      std::uint64_t const bits = random_.bits();
      for (std::size_t byte = 0; byte < 8; ++byte) uuid.bytes[i + byte] = static_cast<std::uint8_t>(bits >> (8 * byte));
    }
    return uuid;
  }

  /** One of the few ids that rows of Entity have. */
  template <class Entity>
  [[nodiscard]] Id<Entity> some_id() {
    Id<Entity> id;
    id.uuid.bytes[0] = static_cast<std::uint8_t>(1 + model::entity_number<Entity>);
    id.uuid.bytes[15] = static_cast<std::uint8_t>(1 + random_.below(pool<Entity>()));
    return id;
  }

  [[nodiscard]] std::shared_ptr<Past const> empty() {
    auto version = std::make_shared<Past>();
    version->store = uuid();
    return version;
  }

  /** Commits to what there is. */
  [[nodiscard]] std::shared_ptr<Past const> commit(std::shared_ptr<Past const> const& onto) {
    auto version = std::make_shared<Past>(Past{.store = onto->store,
                                               .revision = {onto->revision.value + 1},
                                               .token = uuid(),
                                               .parent = onto,
                                               .rows = onto->rows});
    version_ = version.get();
    version_->commit.revision = version_->revision;
    version_->commit.token = version_->token;
    for (std::size_t left = 1 + random_.below(3); left > 0; --left) write();
    return version;
  }

 private:
  template <class Entity>
  [[nodiscard]] static constexpr std::size_t pool() {
    return std::is_same_v<Entity, EnvironmentIntegration> ? 10 : std::is_same_v<Entity, Team> ? 3 : 5;
  }

  void write() {
    switch (random_.below(8)) {
      case 0: write<Team>(); break;
      case 1: write<Environment>(); break;
      case 2:
      case 3: write<Integration>(); break;
      default: write<EnvironmentIntegration>(); break;
    }
  }

  template <class Entity>
  void write() {
    auto& rows = version_->rows.of<Entity>();
    auto const id = some_id<Entity>();
    auto const found = rows.find(id);
    if (found == rows.end()) {
      insert(id);
    } else if (random_.chance(4)) {
      if (remove(id) && random_.chance(3)) insert(id);  // another row of the same id in one commit
    } else {
      StoredRow<Entity> const before = found->second;
      StoredRow<Entity> after = before;
      after.row.version.value += 1;
      change(after.row);
      put(std::optional(before), after);
    }
  }

  void change(Team& row) { row.name = "team " + std::to_string(random_.below(100)); }
  void change(Environment& row) {
    row.name = "environment " + std::to_string(random_.below(100));
    auto const& teams = version_->rows.of<Team>();
    if (auto const team = some_id<Team>(); random_.chance(3) && teams.contains(team)) row.team_id = team;
  }
  void change(Integration& row) { row.name = "integration " + std::to_string(random_.below(100)); }
  void change(EnvironmentIntegration& row) { row.is_enabled = !row.is_enabled; }

  template <class Entity>
  void insert(Id<Entity> id) {
    Rows& rows = version_->rows;
    StoredRow<Entity> stored;
    Entity& row = stored.row;
    row.id = id;
    if constexpr (requires { row.team_id; }) {
      row.team_id = some_id<Team>();
      if (!rows.of<Team>().contains(row.team_id)) insert(row.team_id);
    }
    if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
      row.environment_id = some_id<Environment>();
      if (!rows.of<Environment>().contains(row.environment_id)) insert(row.environment_id);
      row.integration_id = some_id<Integration>();
      if (!rows.of<Integration>().contains(row.integration_id)) insert(row.integration_id);
    } else {
      change(row);
    }
    row.version = {1};
    row.birth = {random_.bits() | 1U};
    row.created_at = {static_cast<std::int64_t>(random_.below(1'000))};
    put(std::optional<StoredRow<Entity>>(), stored);
  }

  template <class Entity>
  void put(std::optional<StoredRow<Entity>> const& before, StoredRow<Entity> after) {
    after.row.revision = version_->revision;
    after.is_unreadable = random_.chance(12);
    auto const id = after.row.id;
    ChangeRecord& change = version_->commit.changes.emplace_back();
    change.entity = Entity::entity_name;
    change.id = id.uuid;
    change.kind = before ? ChangeKind::updated : ChangeKind::inserted;
    if (before) change.before = record(before->row);
    bool const is_scribbled_over = after.is_unreadable || random_.chance(40);
    change.after = is_scribbled_over ? Document::from_stored("{\"id\":") : record(after.row);
    version_->rows.of<Entity>().insert_or_assign(id, std::move(after));
  }

  template <class Entity>
  bool remove(Id<Entity> id) {
    Rows& rows = version_->rows;
    if (is_referenced(id)) return false;
    ChangeRecord& change = version_->commit.changes.emplace_back();
    change.entity = Entity::entity_name;
    change.id = id.uuid;
    change.kind = ChangeKind::removed;
    change.before = record(rows.of<Entity>().at(id).row);
    rows.of<Entity>().erase(id);
    return true;
  }

  template <class Entity>
  [[nodiscard]] bool is_referenced(Id<Entity> id) const {
    bool is_referenced = false;
    auto const look = [&](auto const& rows, auto const& reference_of) {
      for (auto const& [other, stored] : rows) is_referenced = is_referenced || reference_of(stored.row) == id;
    };
    Rows const& rows = version_->rows;
    if constexpr (std::is_same_v<Entity, Team>) {
      look(rows.of<Environment>(), [](Environment const& row) { return row.team_id; });
      look(rows.of<Integration>(), [](Integration const& row) { return row.team_id; });
    } else if constexpr (std::is_same_v<Entity, Environment>) {
      look(rows.of<EnvironmentIntegration>(), [](EnvironmentIntegration const& row) { return row.environment_id; });
    } else if constexpr (std::is_same_v<Entity, Integration>) {
      look(rows.of<EnvironmentIntegration>(), [](EnvironmentIntegration const& row) { return row.integration_id; });
    }
    return is_referenced;
  }

  template <class Entity>
  [[nodiscard]] static Document record(Entity const& row) {
    std::string text;
    model::write_json(row, text, model::JsonUse::record);
    return Document::from_stored(std::move(text));
  }

  test::Random& random_;
  Past* version_{};
};

}  // namespace inlay::simulation

#endif
