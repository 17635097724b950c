// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

namespace inlay::conformance {

namespace {

template <class Entity>
Commit edit_commit(Id<Entity> id, std::function<Result<Entity>(Entity const&)> edit) {
  return commit_of({Edit<Entity>{id, std::move(edit)}});
}

}  // namespace

TEST_CASE("an edit is handed the row as it is and stores what comes back, as an update would", "[edit]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const first = store.insert_sample<Entity>(0);
    Entity const second = store.update(first, rewritten(first, 1));
    std::vector<Entity> handed;
    Commit const commit = edit_commit<Entity>(first.id, [&](Entity const& current) -> Result<Entity> {
      handed.push_back(current);
      Entity row = rewritten(current, 2);
      row.id = Id<Entity>{scattered_uuid()};
      row.version = Version{40};
      row.created_at = Timestamp{1};
      return row;
    });
    Revision const revision = store.commit(commit);
    REQUIRE(!handed.empty());
    CHECK(handed.back() == second);
    Entity const third = updated(Update<Entity>{second, rewritten(second, 2)}, commit.time, revision);
    CHECK(store.all<Entity>() == std::vector{third});
    auto const log = log_after(*store, second.revision);
    REQUIRE(log.size() == 1);
    CHECK(log[0].changes == std::vector{ChangeRecord{.entity = std::string(Entity::entity_name),
                                                     .id = first.id.uuid,
                                                     .kind = ChangeKind::updated,
                                                     .before = record_of(second),
                                                     .after = record_of(third)}});
  });
}

TEST_CASE("an edit that returns the row unchanged writes nothing and takes no revision", "[edit]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const row = store.insert_sample<Entity>(0);
    Contents const before = contents(*store);
    Committed const committed = must(
        store->commit(edit_commit<Entity>(row.id, [](Entity const& current) -> Result<Entity> { return current; })));
    CHECK(committed.revision == before.revision);
    CHECK(contents(*store) == before);
  });
}

TEST_CASE("an edit of nothing but what belongs to the store changes nothing", "[edit]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const row = store.insert_sample<Entity>(0);
    Contents const before = contents(*store);
    must(store->commit(edit_commit<Entity>(row.id, [](Entity current) -> Result<Entity> {
      current.id = Id<Entity>{scattered_uuid()};
      current.version = Version{30};
      current.birth = Birth{35};
      current.revision = Revision{40};
      current.created_at = current.updated_at = Timestamp{50};
      return current;
    })));
    CHECK(contents(*store) == before);
  });
}

TEST_CASE("an edit that changes nothing leaves the other changes of its commit alone", "[edit]") {
  Store const store;
  Team const kept = store.insert_sample<Team>(0);
  Commit commit = edit_commit<Team>(kept.id, [](Team const& current) -> Result<Team> { return current; });
  commit.changes.push_back(Insert<Team>{sample<Team>(1)});
  Revision const revision = store.commit(commit);
  CHECK(revision > kept.revision);
  CHECK(store.read<Team>(kept.id) == kept);
  auto const log = log_after(*store, kept.revision);
  REQUIRE(log.size() == 1);
  CHECK(log[0].changes.size() == 1);
}

TEST_CASE("an error that an edit returns is the commit's, and nothing is written", "[edit]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const row = store.insert_sample<Entity>(0);
    Entity const other = store.insert_sample<Entity>(1);
    Error const mine{.kind = ErrorKind::forbidden, .message = "not this one", .pointer = "/a/b"};
    Commit commit = edit_commit<Entity>(row.id, [&](Entity const&) -> Result<Entity> { return mine; });
    commit.changes.insert(commit.changes.begin(), Update<Entity>{other, rewritten(other, 2)});
    CHECK(store.refused(commit) == mine);
  });
}

TEST_CASE("an edit is held to unique keys and references as an update is", "[edit]") {
  Store const store;
  Environment const first = store.insert_sample<Environment>(0);
  Environment const second = store.insert_sample<Environment>(1);
  Error error = store.refused(edit_commit<Environment>(second.id, [&](Environment row) -> Result<Environment> {
    row.team_id = first.team_id;
    row.name = first.name;
    return row;
  }));
  CHECK(error.kind == ErrorKind::already_exists);
  CHECK(error.pointer == "/name");
  error = store.refused(edit_commit<Environment>(second.id, [&](Environment row) -> Result<Environment> {
    row.team_id = Id<Team>{scattered_uuid()};
    return row;
  }));
  CHECK(error.kind == ErrorKind::not_found);
  CHECK(error.pointer == "/team_id");
}

TEST_CASE("an edit of a row that is gone or never was is not_found", "[edit]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const row = store.insert_sample<Entity>(0);
    store.remove(row);
    for (Id<Entity> const id : {row.id, Id<Entity>{scattered_uuid()}}) {
      bool was_called = false;
      Error const error = store.refused(edit_commit<Entity>(id, [&](Entity const& current) -> Result<Entity> {
        was_called = true;
        return current;
      }));
      CHECK(error.kind == ErrorKind::not_found);
      CHECK(!was_called);
    }
  });
}

TEST_CASE("edits of one row by several threads all count, without a single conflict", "[edit]") {
  Store const store;
  Team team = sample<Team>(0);
  team.name = "0";
  team = store.insert(team);
  in_threads(8, [&](std::size_t) {
    for (int i = 0; i < 15; ++i) {
      store
          ->commit(edit_commit<Team>(team.id,
                                     [](Team row) -> Result<Team> {
                                       row.name = std::to_string(std::stoi(row.name) + 1);
                                       return row;
                                     }))
          .value();
    }
  });
  CHECK(store.read<Team>(team.id).name == "120");
  CHECK(store.read<Team>(team.id).version == Version{121});
}

}  // namespace inlay::conformance
