// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

namespace inlay::conformance {

TEST_CASE("a row is found by its id, every member as it was written", "[find]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    for (std::size_t number = 0; number < 6; ++number) {
      Entity const row = store.insert_sample<Entity>(number);
      CHECK(store.read<Entity>(row.id) == row);
    }
  });
}

TEST_CASE("a row that is not there is not found", "[find]") {
  for_each_readable([]<class Readable>() {
    using Root = model::Root<Readable>;
    Store const store;
    auto const root = store.insert_sample<Root>(1);
    for (Uuid const uuid : {Uuid{}, scattered_uuid()}) {
      Error const error = error_of(store->find(FindRequest<Readable>{.id = {uuid}}));
      CHECK(error.kind == ErrorKind::not_found);
      CHECK(!error.message.empty());
    }
    CHECK(store->find(FindRequest<Readable>{.id = root.id}).has_value());
    store.remove(root);
    CHECK(error_of(store->find(FindRequest<Readable>{.id = root.id})).kind == ErrorKind::not_found);
  });
}

TEST_CASE("the id of another kind of row finds nothing", "[find]") {
  for_each_readable([]<class Readable>() {
    Store const store;
    store.insert_sample<model::Root<Readable>>(1);
    model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
      if constexpr (!std::is_same_v<Entity, model::Root<Readable>>) {
        Uuid const other = store.insert_sample<Entity>(2).id.uuid;
        CHECK(error_of(store->find(FindRequest<Readable>{.id = {other}})).kind == ErrorKind::not_found);
      }
    });
  });
}

TEST_CASE("find gives the row as the last commit left it", "[find]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity row = store.insert_sample<Entity>(0);
    for (std::size_t number = 1; number < 5; ++number) {
      row = store.update(row, rewritten(row, number));
      CHECK(store.read<Entity>(row.id) == row);
    }
  });
}

TEST_CASE("asking for the places of a row that has none changes nothing", "[find]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const row = store.insert_sample<Entity>(1);
    CHECK(must(store->find(FindRequest<Entity>{.id = row.id, .with_installed_in = true})) == row);
  });
}

}  // namespace inlay::conformance
