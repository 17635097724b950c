// SPDX-License-Identifier: BSL-1.0
// How a follower is driven, on a store in memory. What it promises when a store misbehaves: tests/simulation.
#include <inlay/live/follower.hpp>
#include <inlay/live/follower/terms.hpp>
#include <inlay/storage/errors.hpp>

#include <support/catch.hpp>
#include <support/memory_catalog.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

using namespace inlay;
using namespace std::chrono_literals;

namespace {

/** Reads what a follower wants from a store, unless that is away, and keeps what it publishes. */
class Driver {
 public:
  Driver(Repository& store, live::FollowScope scope, live::FollowerOptions options = {})
      : store_(store), follower_(std::move(scope), options, 1) {}

  /** For so long as the follower has it, by its own clock. */
  void run_for(std::chrono::microseconds time) {
    live::Moment const end = now + time;
    while (now < end) do_next(end);
  }

  live::Follower& follower() { return follower_; }

  live::Moment now{};
  bool is_store_away = false;
  bool is_log_scribbled_over = false;
  std::optional<Id<Environment>> unreadable;
  int reads = 0;
  std::vector<live::Publication> publications;
  std::map<Id<Environment>, Environment> environments;
  std::map<Id<Environment>, Error> faults;
  std::map<Id<EnvironmentIntegration>, EnvironmentIntegration> installs;

 private:
  void do_next(live::Moment end) {
    live::Action action = follower_.next(now);
    std::visit([&](auto& one) { take(one, end); }, action);
  }

  void take(live::ReadChanges& read, live::Moment) {
    ++reads;
    auto page = is_store_away ? Result<ChangePage>(away()) : store_.changes(read.request);
    if (page && is_log_scribbled_over) {
      for (CommitRecord& commit : page->commits) {
        for (ChangeRecord& change : commit.changes) change.after = Document::from_stored("{");
      }
    }
    follower_.answer(read.number, std::move(page), now);
  }
  template <class Entity>
  void take(live::ReadRows<Entity>& read, live::Moment) {
    ++reads;
    auto page = is_store_away ? Result<Page<Entity>>(away()) : store_.list(read.query);
    if constexpr (std::is_same_v<Entity, Environment>) {
      if (page && unreadable) {
        auto const is_bad = [&](Environment const& row) { return row.id == *unreadable; };
        if (std::any_of(page->items.begin(), page->items.end(), is_bad)) {
          page = storage::corrupt_row(Entity::entity_name, unreadable->uuid, "scribbled over");
        }
      }
    }
    if (page.has_error()) {
      follower_.answer(read.number, Result<live::RowsRead<Entity>>(page.error()), now);
    } else {
      follower_.answer(read.number, Result<live::RowsRead<Entity>>(live::RowsRead<Entity>{*std::move(page), {}}), now);
    }
  }
  void take(live::Wait& wait, live::Moment end) {
    REQUIRE(wait.until.has_value());
    now = std::min(*wait.until, end);
  }
  void take(live::Publication& publication, live::Moment) {
    for (live::AnyRowChange const& any : publication.changes) {
      if (auto const* const install = std::get_if<live::RowChange<EnvironmentIntegration>>(&any)) {
        if (install->after.row) installs.insert_or_assign(install->id, *install->after.row);
      }
      auto const* const change = std::get_if<live::RowChange<Environment>>(&any);
      if (!change) continue;
      if (change->after.is_absent()) {
        environments.erase(change->id);
      } else if (change->after.unreadable) {
        faults.insert_or_assign(change->id, *change->after.unreadable);
      } else {
        environments.insert_or_assign(change->id, *change->after.row);
      }
    }
    publications.push_back(std::move(publication));
  }

  static Error away() { return {.kind = ErrorKind::unavailable, .message = "away"}; }

  Repository& store_;
  live::Follower follower_;
};

}  // namespace

TEST_CASE("a follower holds what the store holds, and is told of what anybody commits") {
  Catalog const catalog = test::open_in_memory();
  Team const team = catalog.create(Team{.name = "Acme"}).value();
  Environment const environment = catalog.create(Environment{.team_id = team.id, .name = "production"}).value();
  Driver driver(catalog.repository(), live::FollowScope::everything());
  CHECK(driver.follower().is_starting());
  driver.run_for(5s);
  CHECK_FALSE(driver.follower().is_starting());
  REQUIRE(driver.publications.size() == 1);
  CHECK(driver.publications.front().start == live::NewStart::first);
  REQUIRE(driver.environments.size() == 1);
  CHECK(driver.environments.at(environment.id) == environment);
  REQUIRE(driver.follower().published().has_value());
  CHECK(driver.follower().published()->revision() == environment.revision);

  REQUIRE(catalog.update(environment.id, {.name = "live"}).has_value());
  driver.run_for(5s);
  REQUIRE(driver.publications.size() == 2);
  CHECK(driver.publications.back().start == live::NewStart::none);
  CHECK(driver.environments.at(environment.id).name == "live");
  REQUIRE(catalog.remove(environment.id).has_value());
  driver.run_for(5s);
  CHECK(driver.environments.empty());
}

TEST_CASE("a follower keeps what it holds while the store is away, says so, and is confirmed again afterwards") {
  Catalog const catalog = test::open_in_memory();
  Team const team = catalog.create(Team{.name = "Acme"}).value();
  Environment const environment = catalog.create(Environment{.team_id = team.id, .name = "production"}).value();
  Driver driver(catalog.repository(), live::FollowScope::of({environment.id}));
  driver.run_for(5s);
  REQUIRE(driver.environments.size() == 1);
  REQUIRE(driver.follower().confirmed().has_value());

  driver.is_store_away = true;
  driver.run_for(60s);
  CHECK(driver.environments.size() == 1);
  REQUIRE(driver.follower().error().has_value());
  CHECK(driver.follower().error()->kind == ErrorKind::unavailable);
  CHECK(driver.now - *driver.follower().confirmed() >= 55s);

  driver.is_store_away = false;
  driver.run_for(30s);
  CHECK_FALSE(driver.follower().error().has_value());
  CHECK(driver.now - *driver.follower().confirmed() < 5s);
  CHECK(driver.publications.size() == 1);
}

TEST_CASE("a follower that nothing is told reads seldom, and at once when it is told that there is something") {
  Catalog const catalog = test::open_in_memory();
  Driver driver(catalog.repository(), live::FollowScope::everything());
  driver.run_for(10s);
  int const before = driver.reads;
  driver.run_for(100s);
  CHECK(driver.reads - before <= 220);
  CHECK(driver.reads - before >= 50);

  Team const team = catalog.create(Team{.name = "Acme"}).value();
  std::size_t const published = driver.publications.size();
  driver.follower().hint(team.revision);
  driver.run_for(1us);
  CHECK(driver.publications.size() == published + 1);
}

TEST_CASE("a follower starts where a row of a list by order cannot be read, and says so of that one") {
  Catalog const catalog = test::open_in_memory();
  Team const team = catalog.create(Team{.name = "Acme"}).value();
  Environment const good = catalog.create(Environment{.team_id = team.id, .name = "good"}).value();
  Environment const bad = catalog.create(Environment{.team_id = team.id, .name = "bad"}).value();
  Driver driver(catalog.repository(), live::FollowScope::everything());
  driver.unreadable = bad.id;
  driver.run_for(20s);
  REQUIRE(driver.publications.size() == 1);
  CHECK(driver.environments.at(good.id) == good);
  REQUIRE(driver.faults.contains(bad.id));
  CHECK(driver.faults.at(bad.id).kind == ErrorKind::corrupt);
  CHECK_FALSE(driver.follower().error().has_value());
}

TEST_CASE("a follower that is to read more at once than a store gives reads as much as it gives") {
  Catalog const catalog = test::open_in_memory();
  catalog.create(Team{.name = "Acme"}).value();
  for (std::size_t const size : {0U, 1'000'000U}) {
    Driver driver(catalog.repository(), live::FollowScope::everything(), {.commits_a_page = size, .rows_a_page = size});
    driver.run_for(20s);
    CHECK(driver.publications.size() == 1);
    CHECK_FALSE(driver.follower().error().has_value());
  }
}

TEST_CASE("a scope of more environments than a query can name is followed, also where a row must be asked for") {
  Catalog const catalog = test::open_in_memory();
  Team const team = catalog.create(Team{.name = "Acme"}).value();
  Integration const integration =
      catalog.create(Integration{.name = "zendesk", .team_id = team.id}).value().integration;
  std::vector<Id<Environment>> scope(10'500);
  for (auto& id : scope) id = Id<Environment>{generate_uuid()};
  Environment const inside = catalog.create(Environment{.team_id = team.id, .name = "inside"}).value();
  Environment const outside = catalog.create(Environment{.team_id = team.id, .name = "outside"}).value();
  scope.push_back(inside.id);
  Driver driver(catalog.repository(), live::FollowScope::of(scope));
  driver.run_for(20s);
  REQUIRE(driver.publications.size() == 1);
  driver.is_log_scribbled_over = true;  // so that what the installs are must be asked for
  auto const installed = catalog.install({.integration_id = integration.id, .environment_id = inside.id}).value();
  catalog.install({.integration_id = integration.id, .environment_id = outside.id}).value();
  driver.run_for(20s);
  CHECK_FALSE(driver.follower().error().has_value());
  REQUIRE(driver.installs.size() == 1);
  CHECK(driver.installs.begin()->first == installed.id());
}
