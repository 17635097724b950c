// SPDX-License-Identifier: BSL-1.0
// What the operations of a catalogue cost: how often they ask the store, and what they make of JSON.
#include <inlay/catalog.hpp>
#include <inlay/json/internal/document_parts.hpp>

#include <support/catch.hpp>
#include <support/counting_store.hpp>
#include <support/memory_catalog.hpp>

#include <boost/json/parse.hpp>

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

using namespace inlay;
using inlay::test::CountingStore;
using inlay::test::document;
using Asks = inlay::test::CountingStore::Asks;

namespace {

/** An install in a store that counts, with a team who owns it. */
struct World {
  std::shared_ptr<CountingStore> store = std::make_shared<CountingStore>();
  Catalog catalog{store};
  Id<EnvironmentIntegration> install =
      test::install_of(catalog, R"({"api":{"host":"a","port":1},"tries":3})", R"({"api":{"host":"b"}})");
  EnvironmentIntegration row = catalog.get(install).value().install;
  Id<Team> team = catalog.get(row.environment_id).value().team_id;
  Catalog own = catalog.as({.actor = "alice", .team = team});

  /** What a call asks of the store. */
  template <class Call>
  Asks asked_by(Call&& call) const {
    Asks const before = store->asked();
    call();
    return store->asked() - before;
  }
};

boost::json::object object(char const* text) { return boost::json::parse(text).as_object(); }

/** Whether values were made of the text of a document that a change writes. */
bool are_values_made(Change const& change) {
  return std::visit(
      [](auto const& one) {
        bool are_made = false;
        auto const look = [&](auto const& row) {
          using Entity = std::remove_cvref_t<decltype(row)>;
          model::for_each_field<Entity>([&](model::Field const&, auto member) {
            if constexpr (std::is_same_v<model::ValueOf<std::remove_cvref_t<decltype(row.*member)>>, Document>) {
              std::optional<Document> const written = row.*member;
              are_made = are_made || (written && !written->empty() && json::DocumentParts::has_values(*written));
            }
          });
        };
        if constexpr (requires { one.after; }) look(one.after);
        if constexpr (requires { one.row; }) look(one.row);
        return are_made;
      },
      change);
}

}  // namespace

TEST_CASE("to get a resource asks the store once") {
  World const world;
  for (Catalog const& catalog : {world.catalog, world.own}) {
    CHECK(world.asked_by([&] { catalog.get(world.install).value(); }) == Asks{.finds = 1, .environment_ids = 1});
    CHECK(world.asked_by([&] { catalog.get(world.row.integration_id).value(); }) ==
          Asks{.finds = 1, .environment_ids = 1});
    CHECK(world.asked_by([&] { catalog.get(world.row.environment_id).value(); }) == Asks{.finds = 1});
  }
}

TEST_CASE("the configuration of an install takes one question, by its id as by its environment and name") {
  World const world;
  for (Catalog const& catalog : {world.catalog, world.own}) {
    CHECK(world.asked_by([&] { catalog.effective_config(world.install).value(); }) == Asks{.finds = 1});
    CHECK(world.asked_by([&] { catalog.effective_config(world.row.environment_id, "i").value(); }) == Asks{.lists = 1});
    CHECK(world.asked_by([&] { catalog.effective_configs(world.row.environment_id).value(); }) == Asks{.lists = 1});
  }
}

TEST_CASE("an update reads the resource and commits, and for a team looks whose the environment is") {
  World const world;
  int port = 2;
  auto const changes = [&](Catalog const& catalog, UpdateOptions const& options) {
    return world.asked_by([&] {
      auto const patch = object((R"({"override":{"api":{"port":)" + std::to_string(++port) + "}}}").c_str());
      REQUIRE(catalog.update(world.install, patch, options).value().changed);
    });
  };
  CHECK(changes(world.catalog, {}) == Asks{.finds = 1, .environment_ids = 1, .commits = 1});
  CHECK(changes(world.own, {}) == Asks{.finds = 2, .environment_ids = 1, .commits = 1});
  CHECK(changes(world.catalog, {.dry_run = true}) == Asks{.finds = 1, .environment_ids = 1});
}

TEST_CASE("an update that shows nobody where the integration is installed does not ask for it") {
  World const world;
  auto const updated =
      world.catalog.update(world.install, object(R"({"is_enabled":false})"), {.with_installed_in = false});
  CHECK(updated.value().changed);
  CHECK(!updated->resource.installed_in);
  CHECK(world.catalog.update(world.install, object(R"({"is_enabled":true})")).value().resource.installed_in);

  UpdateOptions const without{.with_installed_in = false};
  Asks const asked{.finds = 1, .commits = 1};
  CHECK(world.asked_by([&] { world.catalog.set(world.install, json::Pointer() / "tries", 4, without).value(); }) ==
        asked);
  CHECK(world.asked_by([&] { world.catalog.inherit(world.install, json::Pointer() / "tries", without).value(); }) ==
        asked);
  CHECK(world.asked_by([&] {
    world.catalog.update(world.row.integration_id, ChangeOf<Integration>{.is_beta = true}, without).value();
  }) == asked);
}

TEST_CASE("what an update writes was made of values, and is not parsed again") {
  World const world;
  int looked_at = 0;
  world.store->before_commit = [&](Commit const& commit) {
    for (Change const& change : commit.changes) CHECK(!are_values_made(change));
    ++looked_at;
  };
  auto const& catalog = world.catalog;
  catalog.update(world.install, object(R"({"override":{"api":{"port":2}}})")).value();
  catalog.update(world.install, {.override = document(R"({"tries":7})")}).value();
  catalog.update(world.row.integration_id, object(R"({"config":{"tries":4}})")).value();
  JsonPatch const patch{boost::json::parse(R"([{"op":"add","path":"/override/tries","value":5}])")};
  catalog.update(world.install, patch, {.force = true}).value();
  catalog.set(world.install, json::Pointer() / "tries", 6).value();
  catalog.remove(world.install, json::Pointer() / "tries").value();
  catalog.inherit(world.install, json::Pointer() / "tries").value();
  Environment const other = catalog.create(Environment{.team_id = world.team, .name = "other"}).value();
  catalog
      .install({.integration_id = world.row.integration_id,
                .environment_id = other.id,
                .override = Document::from_stored(R"({"tries":8})")})
      .value();
  CHECK(looked_at == 9);
}
