// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

#include <inlay/storage/usage.hpp>

#include <string>
#include <vector>

namespace inlay::conformance {

namespace {

/** A team with an environment, an integration and an install, beside another that has the same. */
struct World {
  Store store{};
  Team team = store.insert(Team{.id = Id<Team>{scattered_uuid()}, .name = "one"});
  Team other = store.insert(Team{.id = Id<Team>{scattered_uuid()}, .name = "other"});
  Environment environment = insert_environment(team);
  Environment others_environment = insert_environment(other);
  Integration integration = insert_integration(team);
  Integration others_integration = insert_integration(other);
  EnvironmentIntegration install = store.insert(install_of(integration, environment));
  EnvironmentIntegration others_install = store.insert(install_of(others_integration, others_environment));

  Environment insert_environment(Team const& owner) const {
    return store.insert(Environment{.id = Id<Environment>{scattered_uuid()}, .team_id = owner.id, .name = "live"});
  }
  Integration insert_integration(Team const& owner) const {
    return store.insert(Integration{.id = Id<Integration>{scattered_uuid()},
                                    .name = "crm",
                                    .config = document_of(100),
                                    .team_id = owner.id,
                                    .sharing = Sharing::ask});
  }
  [[nodiscard]] static EnvironmentIntegration install_of(Integration const& of, Environment const& in) {
    return {.id = Id<EnvironmentIntegration>{scattered_uuid()},
            .integration_id = of.id,
            .environment_id = in.id,
            .override = document_of(10)};
  }

  [[nodiscard]] Usage has(Team const& whose, Timestamp since = {}) const {
    return must(store->usage({.team = whose.id, .since = since}));
  }
};

bool can_count() { return tested().capabilities.can_count; }

/** What the log holds of a row, before or after. */
template <class Entity>
std::uint64_t record_size(Entity const& row) {
  Document const record = record_of(row);
  return record.text().size();
}

/** What a team has more than it had. */
Usage operator-(Usage const& now, Usage const& then) {
  return {now.rows - then.rows, now.bytes - then.bytes, now.bytes_logged - then.bytes_logged};
}

}  // namespace

TEST_CASE("a backend that cannot count says so, and in one that can a team that is not there has nothing", "[usage]") {
  Store const store;
  Team const team = store.insert_sample<Team>(0);
  if (!can_count()) {
    CHECK(error_of(store->usage({.team = team.id})).kind == ErrorKind::not_built);
    return;
  }
  CHECK(must(store->usage({.team = Id<Team>{scattered_uuid()}})) == Usage{});
  Usage const has = must(store->usage({.team = team.id}));
  CHECK(has.rows == 0);
  CHECK(has.bytes == 0);
  CHECK(has.bytes_logged == record_size(team));
}

TEST_CASE("a team has its rows, their documents and what was logged of them, whatever others have", "[usage]") {
  if (!can_count()) return;
  World const world;
  Usage const expected{.rows = 3,
                       .bytes = 110,
                       .bytes_logged = record_size(world.team) + record_size(world.environment) +
                                       record_size(world.integration) + record_size(world.install)};
  CHECK(world.has(world.team) == expected);
  CHECK(world.has(world.other).rows == 3);
  CHECK(world.has(world.other).bytes == 110);
}

TEST_CASE("an update counts by what its documents come to, and is logged by the rows before and after", "[usage]") {
  if (!can_count()) return;
  World const world;
  Usage before = world.has(world.team);
  Integration config = world.integration;
  config.config = document_of(2'000);
  Integration const larger = world.store.update(world.integration, config);
  CHECK(world.has(world.team) - before == Usage{0, 1'900, record_size(world.integration) + record_size(larger)});

  before = world.has(world.team);
  Integration renamed = larger;
  renamed.name = "other";
  Integration const updated = world.store.update(larger, renamed);
  CHECK(world.has(world.team) - before == Usage{0, 0, record_size(larger) + record_size(updated)});

  EnvironmentIntegration without = world.install;
  without.override.reset();
  EnvironmentIntegration const plain = world.store.update(world.install, without);
  CHECK(world.has(world.team).bytes == 2'000);
  EnvironmentIntegration edited;
  Commit const edit = commit_of({Edit<EnvironmentIntegration>{plain.id, [&](EnvironmentIntegration row) {
                                                                edited = row;
                                                                edited.override = document_of(30);
                                                                return Result<EnvironmentIntegration>(edited);
                                                              }}});
  before = world.has(world.team);
  world.store.commit(edit);
  CHECK(world.has(world.team) - before ==
        Usage{0, 30, record_size(plain) + record_size(world.store.read<EnvironmentIntegration>(plain.id))});
}

TEST_CASE("what was removed is no longer there, and its removal is logged as that of whose it was", "[usage]") {
  if (!can_count()) return;
  World const world;
  Usage const before = world.has(world.team);
  Usage const others = world.has(world.other);
  world.store.commit(
      commit_of({Remove<EnvironmentIntegration>{world.install}, Remove<Environment>{world.environment}}));
  world.store.remove(world.integration);
  CHECK(world.has(world.team) == Usage{0, 0,
                                       before.bytes_logged + record_size(world.install) +
                                           record_size(world.environment) + record_size(world.integration)});
  CHECK(world.has(world.other) == others);
}

TEST_CASE("what goes to another team counts as that one's, and its history as whose it was then", "[usage]") {
  if (!can_count()) return;
  World const world;
  Usage const before = world.has(world.team);
  Environment moved = world.environment;
  moved.team_id = world.other.id;
  moved.name = "moved";
  Usage const others = world.has(world.other);
  Environment const now = world.store.update(world.environment, moved);
  CHECK(world.has(world.team) == Usage{1, 100, before.bytes_logged});
  CHECK(world.has(world.other) - others == Usage{2, 10, record_size(world.environment) + record_size(now)});

  EnvironmentIntegration changed = world.install;
  changed.override = document_of(50);
  EnvironmentIntegration const then = world.store.update(world.install, changed);
  CHECK(world.has(world.team).bytes_logged == before.bytes_logged);
  CHECK(
      world.has(world.other) - others ==
      Usage{2, 50, record_size(world.environment) + record_size(now) + record_size(world.install) + record_size(then)});
}

TEST_CASE("a request counts as the asking team's, and each step of it as that of the side whose it is", "[usage]") {
  if (!can_count()) return;
  World const world;
  Usage const askers = world.has(world.other);
  Usage const owners = world.has(world.team);
  Grant const asked = world.store.insert(Grant{.id = Id<Grant>{scattered_uuid()},
                                               .integration_id = world.integration.id,
                                               .team_id = world.other.id,
                                               .status = GrantStatus::pending});
  CHECK(world.has(world.other) - askers == Usage{1, 0, record_size(asked)});
  CHECK(world.has(world.team) == owners);

  Grant answer = asked;
  answer.status = GrantStatus::granted;
  Grant const granted = world.store.update(asked, answer);
  CHECK(world.has(world.other) - askers == Usage{1, 0, record_size(asked)});
  CHECK(world.has(world.team) - owners == Usage{0, 0, record_size(asked) + record_size(granted)});

  world.store.remove(granted);
  CHECK(world.has(world.other) - askers == Usage{0, 0, record_size(asked)});
  CHECK(world.has(world.team) - owners ==
        Usage{0, 0, record_size(asked) + record_size(granted) + record_size(granted)});
}

TEST_CASE("what was logged counts from a time on, and not at all once it is compacted", "[usage]") {
  if (!can_count()) return;
  World const world;
  Timestamp const then = world.install.created_at;
  CHECK(world.has(world.team, then).bytes_logged == record_size(world.install));
  Timestamp const later{then.microseconds + 1};
  CHECK(world.has(world.team, later).bytes_logged == 0);
  CHECK(world.has(world.team, later).rows == 3);
  must(world.store->compact({.through = world.integration.revision}));
  CHECK(world.has(world.team).bytes_logged == record_size(world.install));
  CHECK(world.has(world.team).bytes == 110);
  must(world.store->compact({.through = must(world.store->revision())}));
  CHECK(world.has(world.team).bytes_logged == 0);
}

TEST_CASE("a restored store counts the rows that it was given, and of the log what it has written itself", "[usage]") {
  if (!can_count() || !tested().capabilities.can_transfer) return;
  World const world;
  Store const other;
  must(other->restore({.fill = [&](RecordSink const& sink) { return world.store->dump({.sink = sink}); }}));
  CHECK(must(other->usage({.team = world.team.id})) == Usage{3, 110, 0});
  Integration larger = world.integration;
  larger.config = document_of(200);
  Integration const now = other.update(world.integration, larger);
  CHECK(must(other->usage({.team = world.team.id})) ==
        Usage{3, 210, record_size(world.integration) + record_size(now)});
}

TEST_CASE("a commit that is refused counts for nobody", "[usage]") {
  if (!can_count()) return;
  World const world;
  Usage const before = world.has(world.team);
  world.store.refused({Remove<EnvironmentIntegration>{world.install}, Remove<Team>{world.team}});
  CHECK(world.has(world.team) == before);
}

}  // namespace inlay::conformance
