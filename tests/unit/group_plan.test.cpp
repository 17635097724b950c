// SPDX-License-Identifier: BSL-1.0
#include <backends/sql/group_plan.hpp>
#include <support/catch.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

using namespace inlay;
using inlay::sql::Footprint;
using inlay::sql::footprint_of;
using inlay::sql::GroupPlan;

namespace {

Commit commit_of(std::vector<Change> changes, std::vector<AnyGuard> guards = {}) {
  Commit commit;
  commit.changes = std::move(changes);
  commit.guards = std::move(guards);
  commit.token = generate_uuid();
  return commit;
}

template <class Entity>
Entity row(std::string name = "a") {
  Entity entity;
  entity.id = Id<Entity>::generate();
  entity.name = std::move(name);
  entity.version = Version{1};
  entity.birth = generate_birth();
  return entity;
}

Environment environment_of(Team const& team, std::string name) {
  auto environment = row<Environment>(std::move(name));
  environment.team_id = team.id;
  return environment;
}

template <class Entity>
Update<Entity> renamed(Entity const& before, std::string name) {
  Entity after = before;
  after.name = std::move(name);
  return {.before = before, .after = after};
}

/** Whether the second goes with the first, and the first with the second. */
bool go_together(Commit const& first, Commit const& second) {
  GroupPlan forth;
  GroupPlan back;
  REQUIRE(forth.takes(footprint_of(first), 0));
  REQUIRE(back.takes(footprint_of(second), 0));
  bool const is_taken = forth.takes(footprint_of(second), 0);
  CHECK(back.takes(footprint_of(first), 0) == is_taken);
  return is_taken;
}

}  // namespace

TEST_CASE("commits of rows that have nothing to do with each other go together") {
  auto const team = row<Team>("x");
  auto const other = row<Team>("x");
  CHECK(go_together(commit_of({Insert<Team>{team}}), commit_of({Insert<Team>{other}})));
  CHECK(go_together(commit_of({renamed(team, "y")}), commit_of({renamed(other, "y")})));
  CHECK(go_together(commit_of({Remove<Team>{team}}), commit_of({Remove<Team>{other}})));
}

TEST_CASE("commits that write one row do not go together, whatever they do to it") {
  auto const team = row<Team>();
  std::vector<Commit> const commits{commit_of({Insert<Team>{team}}), commit_of({renamed(team, "y")}),
                                    commit_of({Remove<Team>{team}}),
                                    commit_of({Edit<Team>{.id = team.id, .edit = {}}})};
  for (auto const& one : commits) {
    for (auto const& other : commits) {
      Commit another = other;
      another.token = generate_uuid();
      CHECK_FALSE(go_together(one, another));
    }
  }
}

TEST_CASE("rows of two entities that have the same id are two rows") {
  auto const team = row<Team>();
  auto integration = row<Integration>();
  integration.id = Id<Integration>{team.id.uuid};
  CHECK(go_together(commit_of({Insert<Team>{team}}), commit_of({renamed(integration, "y")})));
}

TEST_CASE("a row that one commit guards is not written by another of its group, and may be guarded by all") {
  auto const team = row<Team>();
  auto const guarding = [&] { return commit_of({Insert<Team>{row<Team>()}}, {Guard<Team>(team)}); };
  CHECK(go_together(guarding(), guarding()));
  CHECK_FALSE(go_together(guarding(), commit_of({renamed(team, "y")})));
  CHECK_FALSE(go_together(guarding(), commit_of({Remove<Team>{team}})));
}

TEST_CASE("a row that one commit references is not written by another of its group, and may be referenced by all") {
  auto const team = row<Team>();
  auto const inserting = [&](std::string name) {
    return commit_of({Insert<Environment>{environment_of(team, std::move(name))}});
  };
  CHECK(go_together(inserting("a"), inserting("b")));
  CHECK(go_together(inserting("a"), commit_of({Insert<Team>{row<Team>()}}, {Guard<Team>(team)})));
  CHECK_FALSE(go_together(inserting("a"), commit_of({Remove<Team>{team}})));
  CHECK_FALSE(go_together(inserting("a"), commit_of({renamed(team, "y")})));
  CHECK_FALSE(go_together(inserting("a"), commit_of({Insert<Team>{team}})));
  auto const environment = environment_of(team, "a");
  CHECK_FALSE(go_together(commit_of({renamed(environment, "b")}), commit_of({Remove<Team>{team}})));
}

TEST_CASE("a unique key that one commit takes or frees is not taken or freed by another of its group") {
  auto const team = row<Team>();
  auto const a = environment_of(team, "a");
  auto const another_a = environment_of(team, "a");
  auto const b = environment_of(team, "b");
  CHECK_FALSE(go_together(commit_of({Insert<Environment>{a}}), commit_of({Insert<Environment>{another_a}})));
  CHECK_FALSE(go_together(commit_of({Insert<Environment>{a}}), commit_of({renamed(b, "a")})));
  CHECK_FALSE(go_together(commit_of({Insert<Environment>{a}}), commit_of({renamed(another_a, "c")})));
  CHECK_FALSE(go_together(commit_of({Insert<Environment>{a}}), commit_of({Remove<Environment>{another_a}})));
  CHECK(go_together(commit_of({Insert<Environment>{a}}), commit_of({renamed(b, "c")})));
  // Of another team it is another key.
  CHECK(go_together(commit_of({Insert<Environment>{a}}),
                    commit_of({Insert<Environment>{environment_of(row<Team>(), "a")}})));
  // What stays as it was is neither taken nor freed.
  auto moved = b;
  moved.updated_at = Timestamp{1};
  CHECK(go_together(commit_of({Update<Environment>{b, moved}}), commit_of({renamed(a, "c")})));
}

TEST_CASE("parts of a key that are cut elsewhere make another key") {
  auto const team = row<Team>();
  auto const other = row<Team>();
  Integration one = row<Integration>("a");
  one.team_id = team.id;
  Integration two = row<Integration>("a");
  two.team_id = other.id;
  CHECK(go_together(commit_of({Insert<Integration>{one}}), commit_of({Insert<Integration>{two}})));
}

TEST_CASE("two commits of one token do not go together") {
  auto const first = commit_of({Insert<Team>{row<Team>()}});
  auto second = commit_of({Insert<Team>{row<Team>()}});
  second.token = first.token;
  CHECK_FALSE(go_together(first, second));
}

TEST_CASE("who is left out is not overtaken by others who touch the same") {
  auto const first = row<Team>("first");
  auto const second = row<Team>("second");
  GroupPlan plan;
  CHECK(plan.takes(footprint_of(commit_of({renamed(first, "x")})), 0));
  CHECK_FALSE(plan.takes(footprint_of(commit_of({renamed(first, "y"), renamed(second, "y")})), 0));
  CHECK_FALSE(plan.takes(footprint_of(commit_of({renamed(second, "z")})), 0));
  CHECK(plan.takes(footprint_of(commit_of({Insert<Team>{row<Team>()}})), 0));
}

TEST_CASE("a group has no more commits and bytes than it may, but always one") {
  auto const one = [] { return footprint_of(commit_of({Insert<Team>{row<Team>()}})); };
  GroupPlan few({.commits = 2, .bytes = 100});
  CHECK(few.takes(one(), 10));
  CHECK(few.takes(one(), 10));
  CHECK(few.is_full());
  CHECK_FALSE(few.takes(one(), 10));

  GroupPlan small({.commits = 9, .bytes = 100});
  CHECK(small.takes(one(), 60));
  CHECK(small.takes(one(), 40));
  CHECK_FALSE(small.takes(one(), 1));
  CHECK(small.is_full());

  GroupPlan large({.commits = 9, .bytes = 100});
  CHECK(large.takes(one(), 1'000));
  CHECK_FALSE(large.takes(one(), 1));

  GroupPlan in_order({.commits = 9, .bytes = 100});
  CHECK(in_order.takes(one(), 60));
  CHECK_FALSE(in_order.takes(one(), 50));
  CHECK_FALSE(in_order.takes(one(), 10));  // which would overtake
}
