// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

namespace inlay::conformance {

TEST_CASE("a new store is empty, at revision 0", "[revision]") {
  Store const store;
  CHECK(must(store->revision()) == Revision{});
  CHECK(contents(*store) == Contents{});
}

TEST_CASE("two new stores have nothing to do with each other", "[revision]") {
  Store const one;
  Store const other;
  one.insert_sample<EnvironmentIntegration>(0);
  CHECK(contents(*other) == Contents{});
  other.insert_sample<Grant>(0);
  CHECK(one.all<Grant>().empty());
}

TEST_CASE("a store says of itself what its backend declares", "[revision]") {
  Store const store;
  Capabilities const& says = store->capabilities();
  Capabilities const& declared = tested().capabilities;
  CHECK(says.backend == declared.backend);
  CHECK(says.is_durable == declared.is_durable);
  CHECK(says.is_shared_by_processes == declared.is_shared_by_processes);
  CHECK(says.can_transfer == declared.can_transfer);
  CHECK(says.can_snapshot == declared.can_snapshot);
  CHECK(says.can_count == declared.can_count);
  CHECK(says.has_identity == declared.has_identity);
  CHECK(says.can_vacuum == declared.can_vacuum);
}

TEST_CASE("each commit has a revision greater than those before it, and it is the store's", "[revision]") {
  Store const store;
  Revision last{};
  for (std::size_t number = 0; number < 5; ++number) {
    Team const inserted = store.insert_sample<Team>(number);
    CHECK(inserted.revision > last);
    CHECK(must(store->revision()) == inserted.revision);
    Team const updated = store.update(inserted, rewritten(inserted, number + 1));
    CHECK(updated.revision > inserted.revision);
    CHECK(must(store->revision()) == updated.revision);
    last = store.remove(updated);
    CHECK(last > updated.revision);
    CHECK(must(store->revision()) == last);
  }
}

TEST_CASE("reading and refused commits do not move the revision", "[revision]") {
  Store const store;
  Team const team = store.insert_sample<Team>(0);
  CHECK(store.read<Team>(team.id) == team);
  CHECK(store.all<InstalledIntegration>().empty());
  CHECK(log_after(*store).size() == 1);
  store.refused({Insert<Team>{team}});
  CHECK(must(store->revision()) == team.revision);
}

TEST_CASE("all rows of one commit carry its revision and its time", "[revision]") {
  Store const store;
  std::vector<Change> changes;
  add_sample<EnvironmentIntegration>(changes, 0);
  Commit const commit = commit_of(changes);
  Revision const revision = store.commit(commit);
  auto const check = [&](auto const& rows) {
    CHECK(!rows.empty());
    for (auto const& row : rows) {
      CHECK(row.revision == revision);
      CHECK(row.created_at == commit.time);
    }
  };
  check(store.all<Team>());
  check(store.all<Environment>());
  check(store.all<Integration>());
  check(store.all<EnvironmentIntegration>());
}

}  // namespace inlay::conformance
