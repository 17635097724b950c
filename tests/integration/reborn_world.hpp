// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_INTEGRATION_REBORN_WORLD_HPP
#define INLAY_TESTS_INTEGRATION_REBORN_WORLD_HPP

// A team's rows, others that take their ids or rights away at a given moment, and the operations that this happens to.

#include <inlay/catalog.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/timestamp.hpp>

#include <support/example.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace inlay::test {

/** Passes everything on, and does something else just before or just after one of the calls: the moment of that number,
    of which each call has two. */
struct Stopped : RepositoryFrom<Stopped> {
  std::shared_ptr<Repository> inner;
  mutable int moment = 0;
  mutable int stop_at = -1;
  std::function<void()> meanwhile{};

  explicit Stopped(std::shared_ptr<Repository> repository) : inner(std::move(repository)) {}

  /** Has `action` done at that moment from now on. */
  void arm(int at, std::function<void()> action) {
    moment = 0;
    stop_at = at;
    meanwhile = std::move(action);
  }
  [[nodiscard]] bool has_stopped() const noexcept { return moment > stop_at; }

  template <class Call>
  auto stopping(Call const& call) const {
    stop();
    auto result = call();
    stop();
    return result;
  }

  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> const& request) const {
    return stopping([&] { return inner->find(request); });
  }
  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> const& query) const {
    return stopping([&] { return inner->list(query); });
  }
  Result<Committed> commit(Commit const& commit) override {
    return stopping([&] { return inner->commit(commit); });
  }
  Result<ChangePage> changes(ChangesRequest const& request) const override {
    return stopping([&] { return inner->changes(request); });
  }
  Result<void> snapshot(SnapshotRequest const& request) const override {
    return stopping([&] { return inner->snapshot(request); });
  }
  Result<void> compact(CompactRequest const& request) override { return inner->compact(request); }
  Result<Revision> revision() const override { return inner->revision(); }
  Capabilities const& capabilities() const noexcept override { return inner->capabilities(); }

 private:
  void stop() const {
    if (moment++ == stop_at) meanwhile();
  }
};

/** Two teams and what is between them. What is Victor's has ids that Rita takes; whatever is hers then says "hers". */
struct RebornWorld {
  std::shared_ptr<Repository> store;
  Catalog host;
  Team victor{.name = "Victor"};
  Team rita{.name = "Rita"};
  Environment environment{.name = "production"};     // Victor's
  Environment other_environment{.name = "staging"};  // Victor's too
  Environment bare_environment{.name = "bare"};      // Victor's, where nothing is installed
  Integration integration{.name = "victor's", .sharing = Sharing::ask};
  Integration bare_integration{.name = "bare"};                       // Victor's, which nobody uses
  Integration allowed{.name = "allowed", .sharing = Sharing::allow};  // Rita's, which everybody may install
  Integration askable{.name = "askable", .sharing = Sharing::ask};    // Rita's, which Victor may ask for
  Integration granted{.name = "granted", .sharing = Sharing::ask};    // Rita's, which Victor may install
  EnvironmentIntegration install{};                                   // of Victor's integration in his environment
  Grant request{};                                                    // Rita's, for Victor's integration
  Grant permission{.status = GrantStatus::granted};                   // Victor's, for `granted`

  explicit RebornWorld(std::shared_ptr<Repository> repository) : store(std::move(repository)), host(store) {
    insert(victor);
    insert(rita);
    for (Environment* const one : {&environment, &other_environment, &bare_environment}) {
      one->team_id = victor.id;
      insert(*one);
    }
    for (Integration* const one : {&integration, &bare_integration, &allowed, &askable, &granted}) {
      one->team_id = one == &integration || one == &bare_integration ? victor.id : rita.id;
      one->config = document(R"({"headers":{"b":"2"}})");
      insert(*one);
    }
    install.integration_id = integration.id;
    install.environment_id = environment.id;
    install.override = document(R"({"headers":{"a":"1"}})");
    insert(install);
    request.integration_id = integration.id;
    request.team_id = rita.id;
    insert(request);
    permission.integration_id = granted.id;
    permission.team_id = victor.id;
    insert(permission);
    commit();
  }

  /** Victor's ids are those of Rita's rows now, at version 1 as his were. Nothing of that is his to see. */
  void become_ritas() { make_anew(rita.id, "hers"); }

  /** Victor has made his rows anew. */
  void are_made_anew() { make_anew(victor.id, "again"); }

  /** The rows stay what they are, but for their owner. */
  void are_handed_to_rita() {
    for (Environment const& one : {environment, other_environment, bare_environment}) {
      auto const before = find(one);
      if (!before) continue;
      Environment after = *before;
      after.team_id = rita.id;
      after.name = "hers: " + after.name;
      changes_.emplace_back(Update<Environment>{*before, after});
    }
    for (Integration const& one : {integration, bare_integration}) {
      auto const before = find(one);
      if (!before) continue;
      Integration after = *before;
      after.team_id = rita.id;
      after.name = "hers: " + after.name;
      after.sharing = Sharing::deny;
      after.config = document(R"({"headers":{"b":"hers"}})");
      changes_.emplace_back(Update<Integration>{*before, after});
    }
    commit();
  }

  /** Rita lets Victor install nothing of hers any more, nor ask for it. */
  void are_withdrawn() {
    Grant const before = *find(permission);
    Grant after = before;
    after.status = GrantStatus::revoked;
    changes_.emplace_back(Update<Grant>{before, after});
    for (Integration const& one : {allowed, askable}) {
      Integration const open = *find(one);
      Integration closed = open;
      closed.sharing = Sharing::deny;
      changes_.emplace_back(Update<Integration>{open, closed});
    }
    commit();
  }

  /** Whether the id is one that was Victor's. */
  [[nodiscard]] bool was_victors(Uuid const& id) const {
    for (Uuid const& one : {environment.id.uuid, other_environment.id.uuid, bare_environment.id.uuid,
                            integration.id.uuid, bare_integration.id.uuid, install.id.uuid, request.id.uuid}) {
      if (one == id) return true;
    }
    return false;
  }

 private:
  template <class Entity>
  [[nodiscard]] std::optional<Entity> find(Entity const& row) const {
    auto found = store->find(FindRequest<Entity>{.id = row.id});
    return found ? std::optional(std::move(*found)) : std::nullopt;
  }

  template <class Entity>
  void insert(Entity& row) {
    if (row.id.is_nil()) row.id = Id<Entity>::generate();
    changes_.emplace_back(Insert<Entity>{row});
  }

  /** All that references one of these rows by that member goes. */
  template <class Referrer, class Entity>
  void remove_users(char const* member, std::vector<Entity> const& rows) {
    Condition where{member, Operator::in, {}};
    for (Entity const& row : rows) where.values.emplace_back(row.id.uuid);
    for (Referrer& user : store->list(Query<Referrer>{.where = {where}, .limit = 1'000}).value().items) {
      changes_.emplace_back(Remove<Referrer>{std::move(user)});
    }
  }

  void make_anew(Id<Team> team, std::string const& whose) {
    std::vector<Environment> const environments{environment, other_environment, bare_environment};
    std::vector<Integration> const integrations{integration, bare_integration};
    remove_users<EnvironmentIntegration>("environment_id", environments);
    remove_users<Grant>("integration_id", integrations);
    for (Integration const& one : integrations) {
      if (auto found = find(one)) changes_.emplace_back(Remove<Integration>{std::move(*found)});
    }
    for (Environment const& one : environments) {
      if (auto found = find(one)) changes_.emplace_back(Remove<Environment>{std::move(*found)});
    }

    for (Environment row : environments) {
      row.team_id = team;
      row.name = whose + ": " + row.name;
      insert(row);
    }
    auto const secret = document(R"({"headers":{"a":")" + whose + R"("}})");
    for (Integration row : integrations) {
      row.team_id = team;
      row.name = whose + ": " + row.name;
      row.sharing = Sharing::deny;
      row.config = secret;
      insert(row);
    }
    EnvironmentIntegration other = install;
    other.override = secret;
    insert(other);
    Team third{.name = "somebody else"};
    insert(third);
    Grant asked = request;
    asked.team_id = third.id;
    insert(asked);
    commit();
  }

  /** All of it in one commit, and the rows as they are stored then. */
  void commit() {
    Commit const write{.changes = std::exchange(changes_, {}),
                       .actor = is_made_ ? "hers" : "",
                       .token = generate_uuid(),
                       .time = now()};
    Revision const revision = store->commit(write).value().revision;
    if (is_made_) return;
    is_made_ = true;
    auto const stored = [&]<class Entity>(Entity& row) {
      for (Change const& change : write.changes) {
        auto const* const insert = std::get_if<Insert<Entity>>(&change);
        if (insert != nullptr && insert->row.id == row.id) row = inserted(*insert, write.time, revision);
      }
    };
    for (Team* const row : {&victor, &rita}) stored(*row);
    for (Environment* const row : {&environment, &other_environment, &bare_environment}) stored(*row);
    for (Integration* const row : {&integration, &bare_integration, &allowed, &askable, &granted}) stored(*row);
    stored(install);
    for (Grant* const row : {&request, &permission}) stored(*row);
  }

  std::vector<Change> changes_;
  bool is_made_ = false;
};

/** What Victor does, and the text of all that he is told. */
struct VictorsCall {
  char const* name;
  std::function<Result<std::string>(Catalog const&, RebornWorld const&)> run;
  bool makes_rows = false;  ///< of his own, which nobody can keep him from
};

template <class Readable>
Result<std::string> told(Result<Readable> const& result) {
  if (!result) return result.error();
  return model::to_json(*result);
}
template <class Entity>
Result<std::string> told(Result<Updated<Entity>> const& result) {
  if (!result) return result.error();
  std::string text = model::to_json(result->resource);
  for (auto const& one : result->differences) text += one.before.value_or("") + one.after.value_or("");
  return text;
}
inline Result<std::string> told(Result<void> const& result) {
  if (!result) return result.error();
  return std::string();
}
inline Result<std::string> told(Result<Installed> const& result) {
  if (!result) return result.error();
  return model::to_json(result->resource);
}
inline Result<std::string> told(Result<Asked> const& result) {
  if (!result) return result.error();
  return model::to_json(result->grant);
}
inline Result<std::string> told(Result<InstalledConfig> const& result) {
  if (!result) return result.error();
  return result->integration_name + result->config.text();
}
inline Result<std::string> told(Result<std::vector<InstalledConfig>> const& result) {
  if (!result) return result.error();
  std::string text;
  for (auto const& one : *result) text += one.integration_name + one.config.text();
  return text;
}
template <class Readable>
Result<std::string> told(Result<Page<Readable>> const& result) {
  if (!result) return result.error();
  std::string text;
  for (Readable const& one : result->items) text += model::to_json(one);
  return text;
}
inline Result<std::string> told(Result<ChangePage> const& result) {
  if (!result) return result.error();
  std::string text;
  for (auto const& commit : result->commits) {
    text += commit.actor + commit.reason.value_or("");
    for (auto const& change : commit.changes) {
      for (auto const& row : {change.before, change.after}) text += row ? row->text() : "";
    }
  }
  return text;
}

/** Every operation of the catalogue that a team has, on rows of Victor's; each write as it is without an expected
    version. */
[[nodiscard]] std::vector<VictorsCall> const& victors_calls();

}  // namespace inlay::test

#endif
