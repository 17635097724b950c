// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

#include <inlay/storage/change_cursor.hpp>
#include <inlay/storage/transfer.hpp>

namespace inlay::conformance {

namespace {

bool has_cursors() { return tested().capabilities.has_identity; }

bool is_forked(Result<ChangePage> const& page) {
  Error const error = error_of(page);
  return error.kind == ErrorKind::invalid_argument && error.reason == Reason::forked;
}

void add_teams(Store const& store, std::size_t from, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) store.insert_sample<Team>(from + i);
}

/** Where the log ends. */
ChangeCursor end_of(Store const& store) {
  ChangePage page = must(store->changes({.limit = 1'000}));
  while (page.has_more) page = must(store->changes({.after = page.through, .limit = 1'000}));
  return page.through;
}

std::vector<StoreRecord> records_of(Store const& store) {
  std::vector<StoreRecord> records;
  must(store->dump({.sink = [&](StoreRecord const& record) -> Result<void> {
    records.push_back(record);
    return {};
  }}));
  return records;
}

void restore(Store const& store, std::vector<StoreRecord> const& records, bool replace) {
  must(store->restore({.fill = [&](RecordSink const& sink) -> Result<void> {
                         for (StoreRecord const& record : records) must(sink(record));
                         return {};
                       },
                       .replace = replace}));
}

}  // namespace

TEST_CASE("a page of the change log ends at a cursor, from which the next one goes on", "[cursors]") {
  if (!has_cursors()) return;
  Store const store;
  add_teams(store, 0, 7);
  auto const log = log_after(*store);
  std::vector<CommitRecord> read;
  ChangesRequest request{.limit = 2};
  for (bool has_more = true; has_more;) {
    ChangePage const page = must(store->changes(request));
    read.insert(read.end(), page.commits.begin(), page.commits.end());
    CHECK(page.through.store == must(store->state()).store_id);
    CHECK(page.through.token == read.back().token);
    CHECK(page.through.revision() == read.back().revision);
    // A cursor is passed on as a text.
    request.after = parse_change_cursor(page.through.text()).value();
    has_more = page.has_more;
  }
  CHECK(read == log);
  CHECK(must(store->changes(request)).through == request.after);
  add_teams(store, 7, 1);
  ChangePage const next = must(store->changes(request));
  REQUIRE(next.commits.size() == 1);
  CHECK(next.through.token == next.commits[0].token);
}

TEST_CASE("a revision alone is a cursor, and so is the beginning, which has no token", "[cursors]") {
  if (!has_cursors()) return;
  Store const store;
  ChangeCursor const beginning = must(store->changes({})).through;
  CHECK(beginning == ChangeCursor({}, must(store->state()).store_id, std::nullopt));
  add_teams(store, 0, 3);
  auto const log = log_after(*store);
  CHECK(must(store->changes({.after = beginning})).commits == log);
  CHECK(must(store->changes({.after = log[0].revision})).commits.size() == 2);
  CHECK(is_forked(store->changes({.after = ChangeCursor({}, scattered_uuid(), std::nullopt)})));
}

TEST_CASE("a cursor of one row's history goes on like any other", "[cursors]") {
  if (!has_cursors()) return;
  Store const store;
  Team const first = store.insert_sample<Team>(0);
  Team const second = store.update(first, rewritten(first, 1));
  add_teams(store, 1, 2);
  ChangesRequest request{.limit = 1, .row = ChangesRequest::Row{"team", first.id.uuid}};
  ChangePage const page = must(store->changes(request));
  CHECK(page.has_more);
  CHECK(page.through == ChangeCursor(first.revision, page.through.store, page.commits[0].token));
  request.after = page.through;
  ChangePage const last = must(store->changes(request));
  REQUIRE(last.commits.size() == 1);
  CHECK(last.commits[0].revision == second.revision);
  CHECK(last.through == end_of(store));
  request.after.token = scattered_uuid();
  CHECK(is_forked(store->changes(request)));
}

TEST_CASE("a cursor of another store, or of a commit that is not at its revision, is a fork", "[cursors]") {
  if (!has_cursors()) return;
  Store const store;
  add_teams(store, 0, 5);
  ChangeCursor const end = end_of(store);
  for (std::int64_t back = 0; back < 3; ++back) {
    Revision const revision{end.value - back};
    CHECK(is_forked(store->changes({.after = ChangeCursor(revision, end.store, scattered_uuid())})));
    CHECK(is_forked(store->changes({.after = ChangeCursor(revision, scattered_uuid(), std::nullopt)})));
  }
  // That of a store that has come further, by another way: it is told so, too.
  CHECK(is_forked(store->changes({.after = ChangeCursor(Revision{end.value + 9}, scattered_uuid(), end.token)})));
  Error const ahead = error_of(store->changes({.after = ChangeCursor(Revision{end.value + 1}, end.store, end.token)}));
  CHECK(ahead.kind == ErrorKind::invalid_argument);
  CHECK(must(store->changes({.after = end})).commits.empty());
}

TEST_CASE("who has followed a store beyond the copy that was restored is told so, whatever came after", "[cursors]") {
  if (!has_cursors() || !tested().capabilities.can_transfer) return;
  Store const store;
  add_teams(store, 0, 4);
  ChangeCursor const before = end_of(store);
  auto const copy = records_of(store);
  add_teams(store, 4, 3);
  ChangeCursor const beyond = end_of(store);

  Store const restored;
  restore(restored, copy, false);
  CHECK(end_of(restored) == before);
  CHECK(error_of(restored->changes({.after = beyond})).kind == ErrorKind::invalid_argument);
  add_teams(restored, 10, 5);
  CHECK(is_forked(restored->changes({.after = beyond})));
  CHECK(must(restored->changes({.after = before})).commits.size() == 5);
  // A revision alone cannot tell.
  CHECK(must(restored->changes({.after = beyond.revision()})).commits.size() == 2);
}

TEST_CASE("a store that was replaced is another one, also at the same commit", "[cursors]") {
  if (!has_cursors() || !tested().capabilities.can_transfer) return;
  Store const store;
  add_teams(store, 0, 4);
  ChangeCursor const end = end_of(store);
  restore(store, records_of(store), true);
  CHECK(is_forked(store->changes({.after = end})));
  CHECK(end_of(store).token == end.token);
}

TEST_CASE("the change log goes on from a cursor up to which exactly it was compacted", "[cursors]") {
  if (!has_cursors()) return;
  Store const store;
  add_teams(store, 0, 6);
  std::vector<ChangeCursor> places;
  for (ChangesRequest request{.limit = 1}; places.size() < 6; request.after = places.back()) {
    places.push_back(must(store->changes(request)).through);
  }
  must(store->compact({.through = places[3].revision()}));
  CHECK(must(store->changes({.after = places[3]})).commits.size() == 2);
  CHECK(is_forked(store->changes({.after = ChangeCursor(places[3].revision(), places[3].store, scattered_uuid())})));
  CHECK(error_of(store->changes({.after = places[2]})).kind == ErrorKind::compacted);
  must(store->compact({.through = places[5].revision()}));
  CHECK(must(store->changes({.after = places[5]})).through == places[5]);
  CHECK(is_forked(store->changes({.after = ChangeCursor(places[5].revision(), places[5].store, scattered_uuid())})));
  add_teams(store, 6, 1);
  CHECK(must(store->changes({.after = places[5]})).commits.size() == 1);
}

TEST_CASE("a page of rows has the cursor of what was read when it is asked for", "[cursors]") {
  if (!has_cursors()) return;
  for_each_entity([]<class Entity>() {
    Store const store;
    ChangeCursor const beginning = must(store->list(Query<Entity>{.with_cursor = true})).revision;
    CHECK(beginning == must(store->changes({})).through);
    for (std::size_t number = 0; number < 4; ++number) store.insert_sample<Entity>(number);
    ChangeCursor const end = end_of(store);
    Query<Entity> query{.limit = 3, .with_cursor = true};
    auto const page = must(store->list(query));
    CHECK(page.items.size() == 3);
    CHECK(page.revision == end);
    query.after = page.next;
    CHECK(must(store->list(query)).revision == end);
    auto const named =
        must(store->list(Query<Entity>{.where = {{"id", Operator::eq, {page.items[0].id.uuid}}}, .with_cursor = true}));
    CHECK(named.items == std::vector{page.items[0]});
    CHECK(named.revision == end);
    CHECK(must(store->list(Query<Entity>{.where = {{"id", Operator::in, {}}}, .with_cursor = true})).revision == end);
    CHECK(must(store->list(Query<Entity>{})).revision == end.revision());
    CHECK(must(store->changes({.after = page.revision})).commits.empty());
  });
}

TEST_CASE("a page of a read model has a cursor like that of an entity", "[cursors]") {
  if (!has_cursors()) return;
  Store const store;
  for (std::size_t number = 0; number < 4; ++number) store.insert_sample<EnvironmentIntegration>(number);
  ChangeCursor const end = end_of(store);
  CHECK(must(store->list(Query<InstalledIntegration>{.limit = 2, .with_cursor = true})).revision == end);
  CHECK(must(store->list(Query<OwnedIntegration>{.with_nested_documents = false, .with_cursor = true})).revision ==
        end);
}

}  // namespace inlay::conformance
