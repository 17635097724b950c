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

TEST_CASE("what people call a row finds it, or nothing where it is to be listed", "[find]") {
  Store const store;
  auto const own = store.insert_sample<EnvironmentIntegration>(0);
  auto const of_other = store.insert_sample<EnvironmentIntegration>(1);
  for (std::size_t number = 2; number < 5; ++number) store.insert_sample<EnvironmentIntegration>(number);
  auto const environment = store.read<Environment>(own.environment_id);
  auto const integration = store.read<Integration>(own.integration_id);
  auto const finds = [&]<class Readable>(Uuid const& within, std::string_view name, Readable const& row) {
    auto const found = must(store->find_named(NamedRequest<Readable>{.within = within, .name = name}));
    CHECK((!found || *found == row));
    for (auto const& [elsewhere, other] :
         {std::pair{scattered_uuid(), name}, std::pair{within, std::string_view("")}}) {
      auto const missed = store->find_named(NamedRequest<Readable>{.within = elsewhere, .name = other});
      CHECK(missed.has_value() == !found);
      CHECK((found ? error_of(missed).kind == ErrorKind::not_found : !*missed));
    }
    for (std::string_view const text : {std::string_view("a\0b", 3), std::string_view("\xFF")}) {
      CHECK(!must(store->find_named(NamedRequest<Readable>{.within = within, .name = text})));
    }
  };
  finds(environment.team_id.uuid, environment.name, environment);
  finds(integration.team_id.uuid, integration.name, integration);
  finds(integration.team_id.uuid, integration.name,
        must(store->find(FindRequest<OwnedIntegration>{.id = integration.id})));
  finds(environment.id.uuid, integration.name, store.read<InstalledIntegration>(own.id));

  // Of others that have its name none is installed in the same place.
  Team other = sample<Team>(5);
  store.commit(commit_of({Insert<Team>{other}}));
  auto const before = store.read<Integration>(of_other.integration_id);
  auto after = before;
  after.name = integration.name;
  auto const same_name = store.update(before, after);
  finds(environment.id.uuid, integration.name, store.read<InstalledIntegration>(own.id));

  EnvironmentIntegration second = sample<EnvironmentIntegration>(7);
  second.environment_id = environment.id;
  second.integration_id = same_name.id;
  store.commit(commit_of({Insert<EnvironmentIntegration>{second}}));
  CHECK(!must(
      store->find_named(NamedRequest<InstalledIntegration>{.within = environment.id.uuid, .name = integration.name})));
}

TEST_CASE("of very many rows of one name the one that is meant is found, or nothing", "[find]") {
  Store const store;
  auto const own = store.insert_sample<EnvironmentIntegration>(0);
  auto const integration = store.read<Integration>(own.integration_id);
  std::vector<Change> changes;
  for (std::size_t number = 0; number < 100; ++number) {
    Team team = sample<Team>(1);
    team.id = Id<Team>::generate();
    team.domain.reset();
    Integration namesake = sample<Integration>(1);
    namesake.id = Id<Integration>::generate();
    namesake.team_id = team.id;
    namesake.name = integration.name;
    changes.emplace_back(Insert<Team>{team});
    changes.emplace_back(Insert<Integration>{namesake});
  }
  store.commit(commit_of(std::move(changes)));
  NamedRequest<InstalledIntegration> const request{.within = own.environment_id.uuid, .name = integration.name};
  auto const found = must(store->find_named(request));
  CHECK((!found || *found == store.read<InstalledIntegration>(own.id)));
  store.remove(own);
  auto const missed = store->find_named(request);
  CHECK((missed.has_error() ? error_of(missed).kind == ErrorKind::not_found : !*missed));
}

}  // namespace inlay::conformance
