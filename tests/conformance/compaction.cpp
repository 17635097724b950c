// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

namespace inlay::conformance {

namespace {

/** The revisions of ten commits, oldest first. */
std::vector<Revision> ten_commits(Store const& store) {
  std::vector<Revision> revisions;
  for (std::size_t number = 0; number < 10; ++number) revisions.push_back(store.insert_sample<Team>(number).revision);
  return revisions;
}

}  // namespace

TEST_CASE("what is compacted is no longer in the log, and asking for it says so", "[compaction]") {
  Store const store;
  auto const revisions = ten_commits(store);
  auto const log = log_after(*store);
  must(store->compact({.through = revisions[3]}));
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(error_of(store->changes({.after = revisions[i]})).kind == ErrorKind::compacted);
  }
  CHECK(error_of(store->changes({})).kind == ErrorKind::compacted);
  for (std::size_t i = 3; i < 10; ++i) {
    CHECK(log_after(*store, revisions[i]) == std::vector(log.begin() + static_cast<std::ptrdiff_t>(i) + 1, log.end()));
  }
}

TEST_CASE("the log of one row is compacted with the rest", "[compaction]") {
  Store const store;
  Team const first = store.insert_sample<Team>(0);
  Team const second = store.update(first, rewritten(first, 1));
  must(store->compact({.through = first.revision}));
  ChangesRequest::Row const row{"team", first.id.uuid};
  CHECK(error_of(store->changes({.row = row})).kind == ErrorKind::compacted);
  auto const page = must(store->changes({.after = first.revision, .row = row}));
  REQUIRE(page.commits.size() == 1);
  CHECK(page.commits[0].revision == second.revision);
  CHECK(page.commits[0].changes[0].before == record_of(first));
}

TEST_CASE("compaction leaves rows and the revision alone", "[compaction]") {
  Store const store;
  EnvironmentIntegration const install = store.insert_sample<EnvironmentIntegration>(0);
  auto const revisions = ten_commits(store);
  auto const teams = store.all<Team>();
  must(store->compact({.through = revisions.back()}));
  CHECK(store.all<Team>() == teams);
  CHECK(store.read<EnvironmentIntegration>(install.id) == install);
  CHECK(must(store->revision()) == revisions.back());
}

TEST_CASE("a log that is compacted whole goes on with the next commit", "[compaction]") {
  Store const store;
  auto const revisions = ten_commits(store);
  must(store->compact({.through = revisions.back()}));
  CHECK(error_of(store->changes({.after = revisions[8]})).kind == ErrorKind::compacted);
  ChangePage const empty = must(store->changes({.after = revisions.back()}));
  CHECK(empty.commits.empty());
  CHECK(empty.through == revisions.back());
  Team const next = store.insert_sample<Team>(0);
  CHECK(next.revision > revisions.back());
  auto const log = log_after(*store, empty.through);
  REQUIRE(log.size() == 1);
  CHECK(log[0].revision == next.revision);
}

TEST_CASE("compacting what is forgotten already does nothing", "[compaction]") {
  Store const store;
  must(store->compact({}));
  auto const revisions = ten_commits(store);
  must(store->compact({.through = revisions[5]}));
  auto const kept = log_after(*store, revisions[5]);
  for (Revision const through : {revisions[5], revisions[2], Revision{}}) {
    must(store->compact({.through = through}));
    CHECK(log_after(*store, revisions[5]) == kept);
    CHECK(error_of(store->changes({.after = revisions[4]})).kind == ErrorKind::compacted);
  }
}

TEST_CASE("compacting through a revision that the store has not reached is refused and forgets nothing",
          "[compaction]") {
  Store const store;
  auto const revisions = ten_commits(store);
  Contents const before = contents(*store);
  Revision const ahead{revisions.back().value + 1};
  CHECK(error_of(store->compact({.through = ahead})).kind == ErrorKind::invalid_argument);
  CHECK(contents(*store) == before);
}

}  // namespace inlay::conformance
