// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

namespace inlay::conformance {

TEST_CASE("an inserted row starts at version 1 with the commit's time and revision, whatever it brought", "[insert]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    std::vector<Change> changes;
    Entity const brought = add_sample<Entity>(changes, 0);
    auto const insert = std::get<Insert<Entity>>(changes.back());
    Commit const commit = commit_of(std::move(changes));
    Revision const revision = store.commit(commit);
    Entity const row = store.read<Entity>(brought.id);
    CHECK(row.version == Version{1});
    CHECK(row.created_at == commit.time);
    CHECK(row.updated_at == commit.time);
    CHECK(row.revision == revision);
    CHECK(row.birth == insert.birth);
    CHECK(row == inserted(insert, commit.time, revision));
  });
}

TEST_CASE("an id that is taken is already_exists at the member id", "[insert]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const first = store.insert_sample<Entity>(0);
    std::vector<Change> changes;
    Entity second = add_sample<Entity>(changes, 1);
    second.id = first.id;
    changes.back() = Insert<Entity>{second};
    Error const error = store.refused(changes);
    CHECK(error.kind == ErrorKind::already_exists);
    CHECK(error.pointer == "/id");
    CHECK(store.read<Entity>(first.id) == first);
  });
}

TEST_CASE("a unique key that is taken is already_exists at the key's last member", "[insert]") {
  for_each_entity([]<class Entity>() {
    for (model::UniqueKey const& key : Entity::unique_keys) {
      Store const store;
      Entity const first = store.insert_sample<Entity>(0);
      std::vector<Change> changes;
      Entity second = add_sample<Entity>(changes, 1);
      model::for_each_field<Entity>([&](model::Field const& field, auto member) {
        if (field.name == key[0] || field.name == key[1]) second.*member = first.*member;
      });
      changes.back() = Insert<Entity>{second};
      Error const error = store.refused(changes);
      CHECK(error.kind == ErrorKind::already_exists);
      CHECK(error.pointer == "/" + std::string(key[1].empty() ? key[0] : key[1]));
    }
  });
}

TEST_CASE("a row that agrees with another in part of a unique key only is welcome", "[insert]") {
  for_each_entity([]<class Entity>() {
    for (model::UniqueKey const& key : Entity::unique_keys) {
      for (std::string_view const shared : key) {
        if (shared.empty() || key[1].empty()) continue;
        Store const store;
        Entity const first = store.insert_sample<Entity>(0);
        std::vector<Change> changes;
        Entity second = add_sample<Entity>(changes, 1);
        model::for_each_field<Entity>([&](model::Field const& field, auto member) {
          if (field.name == shared) second.*member = first.*member;
        });
        changes.back() = Insert<Entity>{second};
        store.commit(commit_of(changes));
        CHECK(store.all<Entity>().size() == 2);
      }
    }
  });
}

TEST_CASE("a reference to a row that is not there is not_found at the member", "[insert]") {
  for_each_entity([]<class Entity>() {
    model::for_each_reference<Entity>([](model::Reference const& reference, auto member) {
      Store const store;
      CAPTURE(reference.member);
      std::vector<Change> changes;
      Entity row = add_sample<Entity>(changes, 0);
      row.*member = std::remove_cvref_t<decltype(row.*member)>{scattered_uuid()};
      changes.back() = Insert<Entity>{row};
      Error const error = store.refused(changes);
      CHECK(error.kind == ErrorKind::not_found);
      CHECK(error.pointer == "/" + std::string(reference.member));
    });
  });
}

TEST_CASE("a row may reference one that the same commit inserts before it, not after it", "[insert]") {
  Store const store;
  Team const team = sample<Team>(0);
  Environment environment = sample<Environment>(0);
  environment.team_id = team.id;
  Error const error = store.refused({Insert<Environment>{environment}, Insert<Team>{team}});
  CHECK(error.kind == ErrorKind::not_found);
  CHECK(error.pointer == "/team_id");
  store.commit(commit_of({Insert<Team>{team}, Insert<Environment>{environment}}));
  CHECK(store.read<Environment>(environment.id).team_id == team.id);
}

TEST_CASE("an absent member stays absent, and an empty document empty", "[insert]") {
  Store const store;
  Integration integration = sample<Integration>(0);
  integration.team_id = store.insert_sample<Team>(0).id;
  Environment environment = sample<Environment>(0);
  environment.team_id = integration.team_id;
  store.commit(commit_of({Insert<Integration>{integration}, Insert<Environment>{environment}}));
  EnvironmentIntegration install = sample<EnvironmentIntegration>(0);
  install.integration_id = integration.id;
  install.environment_id = environment.id;
  install.override = Document{};
  CHECK(store.read<EnvironmentIntegration>(store.insert(install).id).override == Document{});

  install = store.read<EnvironmentIntegration>(install.id);
  EnvironmentIntegration without = install;
  without.override.reset();
  store.update(install, without);
  CHECK(!store.read<EnvironmentIntegration>(install.id).override);

  Team team = sample<Team>(0);
  team.logo = std::nullopt;
  team = store.insert(team);
  CHECK(!store.read<Team>(team.id).logo);
}

TEST_CASE("a commit that fails in its last change has done none of them", "[insert]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const taken = store.insert_sample<Entity>(0);
    std::vector<Change> changes;
    for (std::size_t number = 0; number < 20; ++number) add_sample<Entity>(changes, number);
    changes.push_back(Update<Entity>{taken, rewritten(taken, 4)});
    changes.push_back(Insert<Entity>{taken});
    CHECK(store.refused(changes).kind == ErrorKind::already_exists);
    CHECK(store.all<Entity>() == std::vector{taken});
  });
}

TEST_CASE("a commit without changes is invalid_argument, with guards too", "[insert]") {
  Store const store;
  Team const team = store.insert_sample<Team>(0);
  Commit commit = commit_of({});
  CHECK(store.refused(commit).kind == ErrorKind::invalid_argument);
  commit.guards.emplace_back(Guard<Team>(team));
  CHECK(store.refused(commit).kind == ErrorKind::invalid_argument);
}

TEST_CASE("a token that is taken is already_exists", "[insert]") {
  Store const store;
  Commit first = commit_of({Insert<Team>{sample<Team>(0)}});
  store.commit(first);
  CHECK(store.refused(first).kind == ErrorKind::already_exists);
  Commit second = commit_of({Insert<Team>{sample<Team>(1)}});
  second.token = first.token;
  Error const error = store.refused(second);
  CHECK(error.kind == ErrorKind::already_exists);
  CHECK(error.pointer == "/token");
}

TEST_CASE("a token that is taken is said before all else that is wrong with the commit", "[insert]") {
  Store const store;
  Team team = sample<Team>(0);
  Commit first = commit_of({Insert<Team>{team}});
  store.commit(first);
  team = store->find(FindRequest<Team>{.id = team.id}).value();
  Team const absent = sample<Team>(1);
  Team stale = team;
  stale.version = Version{7};
  Team renamed = stale;
  renamed.name = "renamed";
  Environment orphan = sample<Environment>(0);
  orphan.team_id = absent.id;
  auto const is_refused = [&](Commit second) {
    second.token = first.token;
    Error const error = store.refused(second);
    CHECK(error.kind == ErrorKind::already_exists);
    CHECK(error.pointer == "/token");
  };
  Commit guarded = commit_of({Insert<Team>{absent}});
  guarded.guards.push_back(Guard<Team>(stale));
  is_refused(guarded);
  is_refused(commit_of({Insert<Team>{team}}));
  is_refused(commit_of({Insert<Environment>{orphan}}));
  is_refused(commit_of({Update<Team>{stale, renamed}}));
  is_refused(commit_of({Remove<Team>{stale}}));
  is_refused(commit_of({Remove<Team>{absent}}));
  is_refused(commit_of({Edit<Team>{team.id, [](Team const& row) -> Result<Team> { return row; }}}));
  is_refused(commit_of({Update<Team>{stale, renamed}, Insert<Environment>{orphan}}));
}

TEST_CASE("the token of a commit that was refused is still free", "[insert]") {
  Store const store;
  Environment orphan = sample<Environment>(0);
  orphan.team_id = Id<Team>{scattered_uuid()};
  Commit commit = commit_of({Insert<Environment>{orphan}});
  store.refused(commit);
  commit.changes = {Insert<Team>{sample<Team>(0)}};
  store.commit(commit);
  CHECK(store.all<Team>().size() == 1);
}

TEST_CASE("a commit of two thousand changes happens whole", "[insert]") {
  Store const store;
  std::vector<Change> changes;
  for (std::size_t number = 0; number < 1'000; ++number) add_sample<Environment>(changes, number);
  REQUIRE(changes.size() == 2'000);
  Commit const commit = commit_of(changes);
  Revision const revision = store.commit(commit);
  auto const rows = store.all<Environment>();
  REQUIRE(rows.size() == 1'000);
  for (Environment const& row : rows) REQUIRE(row.revision == revision);
  auto const log = log_after(*store);
  REQUIRE(log.size() == 1);
  CHECK(log[0].changes.size() == 2'000);
}

TEST_CASE("an id is free again when its row is removed", "[insert]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const first = store.insert_sample<Entity>(0);
    store.remove(first);
    Entity const again = store.insert(first);
    CHECK(again.version == Version{1});
    CHECK(store.read<Entity>(first.id) == again);
  });
}

TEST_CASE("an id is taken again by the commit that removes its row, by a row of another birth", "[insert]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const first = store.insert_sample<Entity>(0);
    Insert<Entity> const insert{rewritten(first, 1)};
    Commit const commit = commit_of({Remove<Entity>{first}, insert});
    Revision const revision = store.commit(commit);
    Entity const again = store.read<Entity>(first.id);
    CHECK(again == inserted(insert, commit.time, revision));
    CHECK(again.birth != first.birth);
    CHECK(store.all<Entity>() == std::vector{again});
    CHECK(log_after(*store).back().changes.size() == 2);
  });
}

}  // namespace inlay::conformance
