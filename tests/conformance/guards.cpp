// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

namespace inlay::conformance {

namespace {

template <class Entity>
Commit guarded(Guard<Entity> const& guard) {
  Commit commit = commit_of({Insert<Team>{sample<Team>(0)}});
  commit.guards.push_back(guard);
  return commit;
}

}  // namespace

TEST_CASE("a commit happens when its guards hold, and does not write the guarded rows", "[guards]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const first = store.insert_sample<Entity>(0);
    Entity const second = store.update(first, rewritten(first, 1));
    Revision const revision = store.commit(guarded(Guard<Entity>(second)));
    CHECK(store.read<Entity>(second.id) == second);
    auto const log = log_after(*store, second.revision);
    REQUIRE(log.size() == 1);
    CHECK(log[0].revision == revision);
    CHECK(log[0].changes.size() == 1);
  });
}

TEST_CASE("a guard on a row that has changed is a conflict that says the current version", "[guards]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const first = store.insert_sample<Entity>(0);
    Entity const second = store.update(first, rewritten(first, 1));
    for (Version const version : {first.version, Version{3}, Version{}}) {
      Error const error = store.refused(guarded(Guard<Entity>(first.id, version, first.birth)));
      CHECK(error.kind == ErrorKind::conflict);
      CHECK(error.current_version == second.version);
    }
  });
}

TEST_CASE("a guard on a row that is gone or never was is a conflict without a version", "[guards]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const row = store.insert_sample<Entity>(0);
    store.remove(row);
    for (Id<Entity> const id : {row.id, Id<Entity>{scattered_uuid()}}) {
      Error const error = store.refused(guarded(Guard<Entity>(id, row.version, row.birth)));
      CHECK(error.kind == ErrorKind::conflict);
      CHECK(!error.current_version);
    }
  });
}

TEST_CASE("a guard on a row that was removed does not hold for another that has its id", "[guards]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const first = store.insert_sample<Entity>(0);
    store.remove(first);
    Entity const second = store.insert(first);
    Error const error = store.refused(guarded(Guard<Entity>(first)));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(!error.current_version);
    store.commit(guarded(Guard<Entity>(second)));
  });
}

TEST_CASE("commits that guard the same row all happen", "[guards]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const row = store.insert_sample<Entity>(0);
    std::size_t const before = store.all<Team>().size();
    in_threads(4, [&](std::size_t) {
      for (int i = 0; i < 3; ++i) store->commit(guarded(Guard<Entity>(row))).value();
    });
    CHECK(store.all<Team>().size() == before + 12);
    CHECK(store.read<Entity>(row.id) == row);
  });
}

TEST_CASE("all guards must hold", "[guards]") {
  Store const store;
  std::vector<Team> teams;
  for (std::size_t number = 0; number < 5; ++number) teams.push_back(store.insert_sample<Team>(number));
  Commit commit = commit_of({Insert<Team>{sample<Team>(9)}});
  for (Team const& team : teams) commit.guards.push_back(Guard<Team>(team));
  Team const moved = store.update(teams[3], rewritten(teams[3], 8));
  Error const error = store.refused(commit);
  CHECK(error.kind == ErrorKind::conflict);
  CHECK(error.current_version == moved.version);
  commit.guards[3] = Guard<Team>(moved);
  store.commit(commit);
  CHECK(store.all<Team>().size() == 6);
}

}  // namespace inlay::conformance
