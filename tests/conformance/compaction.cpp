// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

#include <inlay/storage/transfer.hpp>

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
    Error const error = error_of(store->changes({.after = revisions[i]}));
    CHECK(error.kind == ErrorKind::compacted);
    CHECK(error.kept_after == revisions[3]);
  }
  CHECK(error_of(store->changes({})).kept_after == revisions[3]);
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

TEST_CASE("the token of a commit that was compacted is still taken", "[compaction]") {
  Store store;
  Team const team = store.insert_sample<Team>(0);
  Team const other = store.insert_sample<Team>(1);
  std::vector<Commit> commits{commit_of({Insert<Team>{sample<Team>(2)}}),
                              commit_of({Update<Team>{team, rewritten(team, 1)}}),
                              commit_of({Edit<Team>{other.id,
                                                    [](Team row) -> Result<Team> {
                                                      row.name += "!";
                                                      return row;
                                                    }}}),
                              commit_of({Insert<Team>{sample<Team>(3)}, Insert<Team>{sample<Team>(4)}})};
  for (Commit& commit : commits) {
    commit.reason = "because";
    store.commit(commit);
  }
  store.remove(store.read<Team>(team.id));
  Revision const through = must(store->revision());
  must(store->compact({.through = through}));
  auto const are_taken = [&] {
    for (Commit const& commit : commits) CHECK(store.refused(commit).pointer == "/token");
    CHECK(store.read<Team>(other.id).name == other.name + "!");
  };
  are_taken();
  // Not as part of the log, though.
  CHECK(error_of(store->changes({})).kind == ErrorKind::compacted);
  CHECK(must(store->changes({.after = through})).commits.empty());
  if (tested().capabilities.can_transfer) {
    std::size_t records = 0;
    must(store->dump({.sink = [&](StoreRecord const& record) -> Result<void> {
      CHECK_FALSE(std::holds_alternative<CommitRecord>(record));
      if (auto const* const header = std::get_if<StoreHeader>(&record)) records = header->size();
      return {};
    }}));
    CHECK(records == store.all<Team>().size());
  }
  must(store->compact({.through = through}));
  are_taken();
  store.insert_sample<Team>(5);
  must(store->compact({.through = must(store->revision())}));
  are_taken();
  if (!tested().capabilities.is_durable) return;
  store.reopen();
  are_taken();
}

TEST_CASE("of older commits the tokens stay taken that are of the newest thousand revisions or of the newest day",
          "[compaction]") {
  if (!tested().capabilities.can_transfer) return;  // what brings a log to that age in no time
  Store const store;
  Timestamp const newest = later();
  auto const before = [&](std::int64_t microseconds) { return Timestamp{newest.microseconds - microseconds}; };
  constexpr std::int64_t day = 86'400'000'000;
  struct Kept {
    CommitRecord commit;
    bool is_taken;
  };
  std::vector<Kept> const log{{{.revision{1'000}, .token = scattered_uuid(), .time = before(day + 1)}, false},
                              {{.revision{1'001}, .token = scattered_uuid(), .time = before(day)}, true},
                              {{.revision{2'000}, .token = scattered_uuid(), .time = before(40 * day)}, false},
                              {{.revision{2'001}, .token = scattered_uuid(), .time = before(40 * day)}, true},
                              {{.revision{3'000}, .token = scattered_uuid(), .time = newest}, true}};
  must(store->restore({.fill = [&](RecordSink const& sink) -> Result<void> {
    must(sink(StoreHeader{.revision{3'000}, .commits = log.size()}));
    for (Kept const& one : log) must(sink(one.commit));
    return {};
  }}));
  must(store->compact({.through = Revision{3'000}}));
  // Refused ones take no token, so that each is asked for alike.
  Commit commit = commit_of({Remove<Team>{sample<Team>(0)}});
  for (Kept const& one : log) {
    CAPTURE(one.commit.revision.value);
    commit.token = one.commit.token;
    CHECK((store.refused(commit).pointer == "/token") == one.is_taken);
  }
}

TEST_CASE("a backend that cannot vacuum says so, and one that can leaves all as it is", "[compaction]") {
  Store const store;
  auto const revisions = ten_commits(store);
  must(store->compact({.through = revisions[3]}));
  Contents const before = contents(*store);
  auto const log = log_after(*store, revisions[3]);
  if (tested().capabilities.can_vacuum) {
    must(store->vacuum());
  } else {
    CHECK(error_of(store->vacuum()) == storage::cannot_vacuum(tested().capabilities.backend));
  }
  CHECK(contents(*store) == before);
  CHECK(log_after(*store, revisions[3]) == log);
  CHECK(store.insert_sample<Team>(11).revision > revisions.back());
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
