// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

namespace inlay::conformance {

TEST_CASE("a removed row is gone, and the others stay", "[remove]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    std::vector<Entity> rows;
    for (std::size_t number = 0; number < 3; ++number) rows.push_back(store.insert_sample<Entity>(number));
    store.remove(rows[1]);
    CHECK(error_of(store->find(FindRequest<Entity>{.id = rows[1].id})).kind == ErrorKind::not_found);
    rows.erase(rows.begin() + 1);
    CHECK(store.all<Entity>() == rows);
  });
}

TEST_CASE("a stale removal is a conflict that says the current version", "[remove]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const first = store.insert_sample<Entity>(0);
    Entity const second = store.update(first, rewritten(first, 1));
    Error const error = store.refused({Remove<Entity>{first}});
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.current_version == second.version);
    CHECK(store.read<Entity>(first.id) == second);
  });
}

TEST_CASE("a removal of a row that is gone or never was is a conflict without a version", "[remove]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const row = store.insert_sample<Entity>(0);
    store.remove(row);
    Entity never = row;
    never.id = Id<Entity>{scattered_uuid()};
    for (Entity const& absent : {row, never}) {
      Error const error = store.refused({Remove<Entity>{absent}});
      CHECK(error.kind == ErrorKind::conflict);
      CHECK(!error.current_version);
    }
  });
}

TEST_CASE("a removal of a row whose id another has by now is a conflict without a version", "[remove]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const first = store.insert_sample<Entity>(0);
    store.remove(first);
    Entity const second = store.insert(first);
    CHECK(second.version == first.version);
    Error const error = store.refused({Remove<Entity>{first}});
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(!error.current_version);
    CHECK(store.read<Entity>(first.id) == second);
    store.remove(second);
  });
}

TEST_CASE("a row that another references is in_use, and free when that one is gone", "[remove]") {
  for_each_entity([]<class Parent>() {
    model::for_each_referrer<Parent>([]<class Child>(model::Reference const& reference, auto member) {
      Store const store;
      CAPTURE(Child::entity_name, reference.member);
      Child const child = store.insert_sample<Child>(0);
      auto const parent = store.read<Parent>(child.*member);
      Error const error = store.refused({Remove<Parent>{parent}});
      CHECK(error.kind == ErrorKind::in_use);
      CHECK(error.used_by == std::vector{std::string(Child::entity_name)});
      CHECK(store.read<Child>(child.id) == child);
      store.remove(child);
      store.remove(parent);
      CHECK(store.all<Child>().empty());
      CHECK(error_of(store->find(FindRequest<Parent>{.id = parent.id})).kind == ErrorKind::not_found);
    });
  });
}

TEST_CASE("a row can go in one commit with those that reference it, after them", "[remove]") {
  for_each_entity([]<class Parent>() {
    model::for_each_referrer<Parent>([]<class Child>(model::Reference const& reference, auto member) {
      Store const store;
      CAPTURE(Child::entity_name, reference.member);
      Child const child = store.insert_sample<Child>(0);
      auto const parent = store.read<Parent>(child.*member);
      CHECK(store.refused({Remove<Parent>{parent}, Remove<Child>{child}}).kind == ErrorKind::in_use);
      store.commit(commit_of({Remove<Child>{child}, Remove<Parent>{parent}}));
      CHECK(store.all<Child>().empty());
      CHECK(error_of(store->find(FindRequest<Parent>{.id = parent.id})).kind == ErrorKind::not_found);
    });
  });
}

TEST_CASE("a unique key is free again when its row is removed, in the same commit too", "[remove]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const first = store.insert_sample<Entity>(0);
    Entity second = first;
    second.id = Id<Entity>{scattered_uuid()};
    Insert<Entity> const insert{second};
    Commit const commit = commit_of({Remove<Entity>{first}, insert});
    Revision const revision = store.commit(commit);
    Entity const stored = inserted(insert, commit.time, revision);
    CHECK(store.all<Entity>() == std::vector{stored});
    store.remove(stored);
    Entity third = second;
    third.id = Id<Entity>{scattered_uuid()};
    CHECK(store.all<Entity>().empty());
    CHECK(store.read<Entity>(store.insert(third).id).version == Version{1});
  });
}

}  // namespace inlay::conformance
