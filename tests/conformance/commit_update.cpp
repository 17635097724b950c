// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

namespace inlay::conformance {

TEST_CASE("an update adds one to the version, sets updated_at and revision and keeps created_at", "[update]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity row = store.insert_sample<Entity>(0);
    Timestamp const created_at = row.created_at;
    for (std::size_t number = 1; number < 5; ++number) {
      Commit const commit = commit_of({Update<Entity>{row, rewritten(row, number)}});
      Revision const revision = store.commit(commit);
      Entity const now = store.read<Entity>(row.id);
      CHECK(now == updated(Update<Entity>{row, rewritten(row, number)}, commit.time, revision));
      CHECK(now.version.value == row.version.value + 1);
      CHECK(now.created_at == created_at);
      CHECK(now.updated_at == commit.time);
      CHECK(now.revision == revision);
      row = now;
    }
  });
}

TEST_CASE("an update can't change what belongs to the store", "[update]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const row = store.insert_sample<Entity>(0);
    Entity after = rewritten(row, 1);
    after.id = Id<Entity>{scattered_uuid()};
    after.version = Version{500};
    after.birth = Birth{400};
    after.revision = Revision{600};
    after.created_at = Timestamp{1};
    after.updated_at = Timestamp{2};
    Entity const expected = store.update(row, after);
    CHECK(expected.id == row.id);
    CHECK(store.all<Entity>() == std::vector{expected});
  });
}

TEST_CASE("an update touches no other row", "[update]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    std::vector<Entity> rows;
    for (std::size_t number = 0; number < 4; ++number) rows.push_back(store.insert_sample<Entity>(number));
    rows[2] = store.update(rows[2], rewritten(rows[2], 7));
    CHECK(store.all<Entity>() == rows);
  });
}

TEST_CASE("an update of a row to what it is writes it all the same", "[update]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const row = store.insert_sample<Entity>(0);
    Entity const again = store.update(row, row);
    CHECK(again.version == Version{2});
    CHECK(store.read<Entity>(row.id) == again);
  });
}

TEST_CASE("a stale update is a conflict that says the current version", "[update]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const first = store.insert_sample<Entity>(0);
    Entity const second = store.update(first, rewritten(first, 1));
    Entity const third = store.update(second, rewritten(second, 2));
    for (Entity const& stale : {first, second}) {
      Error const error = store.refused({Update<Entity>{stale, rewritten(stale, 3)}});
      CHECK(error.kind == ErrorKind::conflict);
      CHECK(error.current_version == third.version);
    }
    Entity ahead = third;
    ahead.version = Version{9};
    Error const error = store.refused({Update<Entity>{ahead, rewritten(ahead, 3)}});
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.current_version == third.version);
  });
}

TEST_CASE("a stale update to what the row is now is a conflict too", "[update]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const first = store.insert_sample<Entity>(0);
    Entity const second = store.update(first, rewritten(first, 1));
    CHECK(store.refused({Update<Entity>{first, second}}).kind == ErrorKind::conflict);
  });
}

TEST_CASE("an update of a row that is gone or never was is a conflict without a version", "[update]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const row = store.insert_sample<Entity>(0);
    store.remove(row);
    Entity never = row;
    never.id = Id<Entity>{scattered_uuid()};
    for (Entity const& absent : {row, never}) {
      Error const error = store.refused({Update<Entity>{absent, rewritten(absent, 1)}});
      CHECK(error.kind == ErrorKind::conflict);
      CHECK(!error.current_version);
    }
  });
}

TEST_CASE("an update to a unique key that is taken is already_exists", "[update]") {
  for_each_entity([]<class Entity>() {
    for (model::UniqueKey const& key : Entity::unique_keys) {
      Store const store;
      Entity const first = store.insert_sample<Entity>(0);
      Entity const second = store.insert_sample<Entity>(1);
      Entity same = second;
      model::for_each_field<Entity>([&](model::Field const& field, auto member) {
        if (field.name == key[0] || field.name == key[1]) same.*member = first.*member;
      });
      Error const error = store.refused({Update<Entity>{second, same}});
      CHECK(error.kind == ErrorKind::already_exists);
      CHECK(error.pointer == "/" + std::string(key[1].empty() ? key[0] : key[1]));
    }
  });
}

TEST_CASE("a unique key that an update gives up is free for the next change of the commit", "[update]") {
  for_each_entity([]<class Entity>() {
    for (model::UniqueKey const& key : Entity::unique_keys) {
      Store const store;
      Entity const first = store.insert_sample<Entity>(0);
      std::vector<Change> changes;
      Entity after = add_sample<Entity>(changes, 1);
      changes.pop_back();  // what it references stays
      Entity second = after;
      model::for_each_field<Entity>([&](model::Field const& field, auto member) {
        if (field.name == key[0] || field.name == key[1]) second.*member = first.*member;
      });
      after.id = first.id;
      Update<Entity> const update{first, after};
      Insert<Entity> const insert{second};
      changes.emplace_back(update);
      changes.emplace_back(insert);
      Commit const commit = commit_of(changes);
      Revision const revision = store.commit(commit);
      CHECK(store.all<Entity>().size() == 2);
      CHECK(store.read<Entity>(second.id) == inserted(insert, commit.time, revision));
      CHECK(store.read<Entity>(first.id) == updated(update, commit.time, revision));
    }
  });
}

TEST_CASE("an update to a reference that is not there is not_found at the member", "[update]") {
  for_each_entity([]<class Entity>() {
    model::for_each_reference<Entity>([](model::Reference const& reference, auto member) {
      Store const store;
      CAPTURE(reference.member);
      Entity const row = store.insert_sample<Entity>(0);
      Entity dangling = row;
      dangling.*member = std::remove_cvref_t<decltype(row.*member)>{scattered_uuid()};
      Error const error = store.refused({Update<Entity>{row, dangling}});
      CHECK(error.kind == ErrorKind::not_found);
      CHECK(error.pointer == "/" + std::string(reference.member));
    });
  });
}

TEST_CASE("an update can move a row to another reference", "[update]") {
  for_each_entity([]<class Entity>() {
    model::for_each_reference<Entity>([](model::Reference const& reference, auto member) {
      Store const store;
      CAPTURE(reference.member);
      Entity const row = store.insert_sample<Entity>(0);
      Entity moved = row;
      moved.*member = store.insert_sample<Entity>(1).*member;
      CHECK(store.read<Entity>(row.id).*member == row.*member);
      Entity const expected = store.update(row, moved);
      CHECK(store.read<Entity>(row.id) == expected);
    });
  });
}

TEST_CASE("an update of a row whose id another has by now is a conflict without a version", "[update]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const first = store.insert_sample<Entity>(0);
    store.remove(first);
    Entity const second = store.insert(first);
    CHECK(second.version == first.version);
    CHECK(second.birth != first.birth);
    Error const error = store.refused({Update<Entity>{first, rewritten(first, 1)}});
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(!error.current_version);
    CHECK(store.all<Entity>() == std::vector{second});

    // In a commit of several changes, too.
    CHECK(!store.refused({Insert<Team>{sample<Team>(5)}, Update<Entity>{first, rewritten(first, 1)}}).current_version);
    Entity const third = store.update(second, rewritten(second, 1));
    CHECK(third.birth == second.birth);
  });
}

TEST_CASE("an absent member can be set and cleared again", "[update]") {
  Store const store;
  EnvironmentIntegration const install = store.insert_sample<EnvironmentIntegration>(0);
  REQUIRE(install.override);
  EnvironmentIntegration without = install;
  without.override = std::nullopt;
  without = store.update(install, without);
  CHECK(!store.read<EnvironmentIntegration>(install.id).override);
  EnvironmentIntegration with = without;
  with.override = sample_document("again", 3);
  with = store.update(without, with);
  CHECK(store.read<EnvironmentIntegration>(install.id) == with);
}

TEST_CASE("each change of a commit sees those before it", "[update]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    std::vector<Change> changes;
    Entity const row = add_sample<Entity>(changes, 0);
    auto const insert = std::get<Insert<Entity>>(changes.back());
    Commit commit = commit_of(std::move(changes));
    Entity const first = inserted(insert, commit.time, Revision{});
    Entity const second = updated(Update<Entity>{first, rewritten(first, 1)}, commit.time, Revision{});
    commit.changes.push_back(Update<Entity>{first, rewritten(first, 1)});
    commit.changes.push_back(Update<Entity>{second, rewritten(second, 2)});
    Revision const revision = store.commit(commit);
    Entity const third = updated(Update<Entity>{second, rewritten(second, 2)}, commit.time, revision);
    CHECK(third.version == Version{3});
    CHECK(store.read<Entity>(row.id) == third);
    CHECK(log_after(*store).back().changes.size() == commit.changes.size());

    Commit twice = commit_of({Update<Entity>{third, rewritten(third, 4)}, Update<Entity>{third, rewritten(third, 5)}});
    Error const error = store.refused(twice);
    CHECK(error.kind == ErrorKind::conflict);
  });
}

TEST_CASE("a stale change undoes the whole commit it is in", "[update]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const kept = store.insert_sample<Entity>(0);
    Entity const stale = store.insert_sample<Entity>(1);
    Entity const now = store.update(stale, rewritten(stale, 2));
    std::vector<Change> changes{Update<Entity>{kept, rewritten(kept, 3)}};
    add_sample<Entity>(changes, 4);
    changes.push_back(Update<Entity>{stale, rewritten(stale, 5)});
    CHECK(store.refused(changes).kind == ErrorKind::conflict);
    CHECK(store.all<Entity>() == std::vector{kept, now});
  });
}

}  // namespace inlay::conformance
