// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

#include <inlay/storage/chain.hpp>
#include <inlay/storage/transfer.hpp>

// Every test but the first says what holds for a backend that has an identity.

namespace inlay::conformance {

namespace {

bool has_identity() { return tested().capabilities.has_identity; }

LogEnd end_of(CommitRecord const& commit) { return {commit.revision, commit.token, commit.moment, commit.chain}; }

/** Checks that each commit follows the one before, up to the last of the store. */
void check_chain(Repository const& store) {
  StoreState const state = must(store.state());
  LogEnd last = state.compacted;
  for (CommitRecord const& commit : log_after(store, last.revision)) {
    CHECK(commit.revision.value == last.revision.value + 1);
    CHECK(commit.moment > last.moment);
    CHECK(commit.chain ==
          storage::next_link(last.chain, commit.revision, commit.moment, storage::content_digest(commit)));
    last = end_of(commit);
  }
  CHECK(last == state.newest);
}

/** Commits an insert with that time. @return the commit as the log has it. */
CommitRecord commit_at(Store const& store, Timestamp time) {
  Team row = sample<Team>(0);
  row.id = Id<Team>{scattered_uuid()};
  Commit commit = commit_of({Insert<Team>{row}});
  commit.time = time;
  Revision const revision = store.commit(commit);
  CHECK(store.read<Team>(row.id).created_at == time);
  return log_after(*store, Revision{revision.value - 1}).at(0);
}

Timestamp after(Timestamp time, std::int64_t microseconds) { return {time.microseconds + microseconds}; }

constexpr std::int64_t minute = 60'000'000;

}  // namespace

TEST_CASE("a store tells an id of its own, which it keeps, or nothing but its revision", "[chain]") {
  Store one;
  Store const other;
  StoreState const empty = must(one->state());
  CHECK(empty == StoreState{.store_id = empty.store_id});
  CHECK(empty.store_id.is_nil() == !has_identity());
  if (has_identity()) CHECK(empty.store_id != must(other->state()).store_id);

  Revision const revision = one.insert_sample<Team>(0).revision;
  StoreState const written = must(one->state());
  CHECK(written.newest.revision == revision);
  CHECK(written.store_id == empty.store_id);
  if (!has_identity()) CHECK(written == StoreState{.newest = {.revision = revision}});
  if (!tested().capabilities.is_durable) return;
  one.reopen();
  CHECK(must(one->state()) == written);
}

TEST_CASE("a store tells its newest commit, and the one that it was compacted through", "[chain]") {
  if (!has_identity()) return;
  Store store;
  for (std::size_t number = 0; number < 4; ++number) store.insert_sample<Team>(number);
  auto const log = log_after(*store);
  CHECK(must(store->state()).newest == end_of(log[3]));
  CHECK(must(store->state()).compacted == LogEnd{});
  for (std::size_t const compacted : {1U, 0U, 1U, 3U}) {
    must(store->compact({.through = log[compacted].revision}));
    StoreState const state = must(store->state());
    CHECK(state.newest == end_of(log[3]));
    CHECK(state.compacted == end_of(log[std::max<std::size_t>(compacted, 1)]));
  }
  store.insert_sample<Team>(5);
  check_chain(*store);
  if (!tested().capabilities.is_durable) return;
  store.reopen();
  check_chain(*store);
}

TEST_CASE("a refused commit, and one that changes nothing, leave a store's state alone", "[chain]") {
  if (!has_identity()) return;
  Store const store;
  Team const team = store.insert_sample<Team>(0);
  StoreState const state = must(store->state());
  store.refused({Insert<Team>{team}});
  store.refused({Insert<Team>{sample<Team>(1)}, Insert<Team>{team}});
  must(store->commit(commit_of({Edit<Team>{team.id, [](Team const& row) -> Result<Team> { return row; }}})));
  CHECK(must(store->state()) == state);
}

TEST_CASE("each commit is chained to the one before by all that it says", "[chain]") {
  if (!has_identity()) return;
  Store const store;
  auto const rename = [](std::string name) {
    return [name](Team row) -> Result<Team> {
      row.name = name;
      return row;
    };
  };
  EnvironmentIntegration const install = store.insert_sample<EnvironmentIntegration>(0);
  Team const team = store.insert_sample<Team>(1);
  Team const updated = store.update(team, rewritten(team, 2));
  Commit several = commit_of(
      {Insert<Team>{sample<Team>(3)}, Edit<Team>{team.id, rename("edited")}, Remove<EnvironmentIntegration>{install}});
  several.actor = "\xF0\x9F\x98\x80";
  several.reason = "because:";
  store.commit(several);
  store.commit(commit_of({Edit<Team>{team.id, rename("edited again")}}));
  store.commit(commit_of({Insert<Team>{sample<Team>(4)}, Insert<Team>{sample<Team>(5)}}));
  Commit guarded = commit_of({Insert<Team>{sample<Team>(6)}});
  guarded.guards.emplace_back(Guard<Team>(store.read<Team>(updated.id)));
  guarded.reason = "";
  store.commit(guarded);
  check_chain(*store);
  CHECK(log_after(*store).size() == 7);
}

TEST_CASE("commits of several threads are one chain", "[chain]") {
  if (!has_identity()) return;
  Store const store;
  in_threads(8, [&](std::size_t thread) {
    for (std::size_t turn = 0; turn < 10; ++turn) {
      std::vector<Change> changes;
      for (std::size_t i = 0; i < 1 + turn % 2; ++i) {
        Team row = sample<Team>(thread);
        row.id = Id<Team>{scattered_uuid()};
        changes.emplace_back(Insert<Team>{row});
      }
      store->commit(commit_of(std::move(changes))).value();
    }
  });
  check_chain(*store);
  CHECK(must(store->state()).newest.revision == Revision{80});
}

TEST_CASE("the moment of a commit is its time, if that is after the last moment, else the microsecond after that",
          "[chain]") {
  if (!has_identity()) return;
  Store const store;
  Timestamp const time = later();
  CHECK(commit_at(store, time).moment == time);
  CHECK(commit_at(store, time).moment == after(time, 1));
  CHECK(commit_at(store, after(time, -minute)).moment == after(time, 2));
  CHECK(commit_at(store, after(time, 2)).moment == after(time, 3));
  CHECK(commit_at(store, after(time, 30 * minute)).moment == after(time, 30 * minute));
  CHECK(commit_at(store, {-1}).moment == after(time, 30 * minute + 1));
  // The same for a commit that is done step by step.
  Commit two = commit_of({Insert<Team>{sample<Team>(1)}, Insert<Team>{sample<Team>(2)}});
  two.time = time;
  store.commit(two);
  CHECK(must(store->state()).newest.moment == after(time, 30 * minute + 2));
  check_chain(*store);
}

TEST_CASE("a time more than an hour ahead of both the last moment and the clock is no moment", "[chain]") {
  if (!has_identity()) return;
  Store const store;
  Timestamp const start = later();  // years ago
  CHECK(commit_at(store, start).moment == start);
  CHECK(commit_at(store, after(now(), 90 * minute)).moment == after(start, 1));
  // A store to which nobody has written for long catches up.
  Timestamp const soon = after(now(), 50 * minute);
  CHECK(commit_at(store, soon).moment == soon);
  CHECK(commit_at(store, after(soon, 50 * minute)).moment == after(soon, 50 * minute));
  CHECK(commit_at(store, after(soon, 120 * minute)).moment == after(soon, 50 * minute + 1));
  Commit two = commit_of({Insert<Team>{sample<Team>(1)}, Insert<Team>{sample<Team>(2)}});
  two.time = after(soon, 120 * minute);
  store.commit(two);
  CHECK(must(store->state()).newest.moment == after(soon, 50 * minute + 2));
  check_chain(*store);
}

TEST_CASE("a restored store is the one whose records it took, unless they replaced what it held", "[chain]") {
  if (!has_identity() || !tested().capabilities.can_transfer) return;
  Store const one;
  Store const other;
  for (std::size_t number = 0; number < 4; ++number) one.insert_sample<Team>(number);
  must(one->compact({.through = Revision{2}}));
  auto const copy = [&](bool replace) {
    must(other->restore(
        {.fill = [&](RecordSink const& sink) { return one->dump({.sink = sink}); }, .replace = replace}));
  };
  StoreState const state = must(one->state());
  copy(false);
  CHECK(must(other->state()) == state);
  other.insert_sample<Team>(4);
  check_chain(*other);
  CHECK(must(other->state()).store_id == state.store_id);

  copy(true);
  StoreState const replaced = must(other->state());
  CHECK(replaced.store_id != state.store_id);
  CHECK_FALSE(replaced.store_id.is_nil());
  CHECK(replaced.newest == state.newest);
  CHECK(replaced.compacted == state.compacted);
  check_chain(*other);
}

TEST_CASE("records that tell no chain are chained as they are taken, each moment the running maximum of times",
          "[chain]") {
  if (!has_identity() || !tested().capabilities.can_transfer) return;
  Store const one;
  Store const other;
  Timestamp const time = later();
  std::vector<Timestamp> const times{time, after(time, -minute), after(time, 3), after(time, 9'000 * minute)};
  for (Timestamp const at : times) commit_at(one, at);
  must(one->compact({.through = Revision{1}}));
  Uuid const own = must(other->state()).store_id;
  must(other->restore({.fill = [&](RecordSink const& sink) {
    return one->dump({.sink = [&](StoreRecord const& record) {
      // As an inlay that knows no chain would give them.
      if (auto const* const header = std::get_if<StoreHeader>(&record)) {
        StoreHeader older{.format = 1, .revision = header->revision, .compacted_through = header->compacted_through};
        older.rows = header->rows;
        older.commits = header->commits;
        return sink(older);
      }
      if (auto const* const commit = std::get_if<CommitRecord>(&record)) {
        CommitRecord older = *commit;
        older.moment = {};
        older.chain = {};
        return sink(older);
      }
      return sink(record);
    }});
  }}));
  CHECK(must(other->state()).store_id == own);
  auto const log = log_after(*other, Revision{1});
  REQUIRE(log.size() == 3);
  CHECK(log[0].moment == times[1]);
  CHECK(log[1].moment == times[2]);
  CHECK(log[2].moment == times[3]);
  CHECK(must(other->state()).newest == end_of(log[2]));
  CHECK(must(other->state()).compacted == LogEnd{.revision = {1}});
  check_chain(*other);
  other.insert_sample<Team>(7);
  check_chain(*other);
}

}  // namespace inlay::conformance
