// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

#include <atomic>

// Every test says what holds for a backend that can read at one moment, and the first one what holds for one that
// can't.

namespace inlay::conformance {

namespace {

bool can_snapshot() { return tested().capabilities.can_snapshot; }

/** How many teams there are, page by page, and what the name of one is: each commit of write_team() changes both. */
struct Seen {
  Revision revision{};
  std::size_t teams{};
  std::string name;
};

void write_team(Store const& store, Id<Team> id) {
  must(store->commit(commit_of({Insert<Team>{sample<Team>(1)}, Edit<Team>{id, [](Team row) -> Result<Team> {
                                                                            row.name =
                                                                                std::to_string(std::stoi(row.name) + 1);
                                                                            return row;
                                                                          }}})));
}

/** Calls `between` before each further read. */
template <class Between>
Seen look(Readers const& readers, Id<Team> id, Between&& between) {
  Seen seen;
  Query<Team> query{.limit = 2};
  do {
    auto const page = must(readers.list(query));
    CHECK((seen.teams == 0 || page.revision == seen.revision));
    seen.revision = page.revision;
    seen.teams += page.items.size();
    query.after = page.next;
    between();
  } while (query.after);
  seen.name = must(readers.find(FindRequest<Team>{.id = id})).name;
  return seen;
}

Team first_team(Store const& store) {
  Team team = sample<Team>(0);
  team.name = "1";
  return store.insert(team);
}

}  // namespace

TEST_CASE("a backend that cannot read at one moment says so, and one that can hands out readers", "[snapshot]") {
  Store const store;
  Team const team = first_team(store);
  bool is_called = false;
  auto const read = store->snapshot({.read = [&](Readers const& readers) -> Result<void> {
    is_called = true;
    CHECK(must(readers.find(FindRequest<Team>{.id = team.id})) == team);
    CHECK(error_of(readers.find(FindRequest<Team>{})).kind == ErrorKind::not_found);
    CHECK(error_of(readers.list(Query<Team>{.limit = 0})).kind == ErrorKind::invalid_argument);
    return {};
  }});
  CHECK(is_called == can_snapshot());
  if (can_snapshot()) {
    must(read);
  } else {
    CHECK(error_of(read).kind == ErrorKind::not_built);
  }
}

TEST_CASE("readers of a snapshot see the store as it was before their first read, whatever is committed since",
          "[snapshot]") {
  if (!can_snapshot()) return;
  Store const store;
  Team const team = first_team(store);
  for (int i = 0; i < 4; ++i) write_team(store, team.id);
  Revision const before = must(store->revision());
  must(store->snapshot({.read = [&](Readers const& readers) -> Result<void> {
    write_team(store, team.id);
    auto const seen = look(readers, team.id, [&] { write_team(store, team.id); });
    CHECK(seen.revision == before);
    CHECK(seen.teams == 5);
    CHECK(seen.name == "5");
    return {};
  }}));
  CHECK(store.all<Team>().size() == 9);
}

TEST_CASE("a snapshot is of one revision while others write", "[snapshot]") {
  if (!can_snapshot()) return;
  Store const store;
  Team const team = first_team(store);
  std::atomic<bool> is_done{false};
  std::vector<Seen> all;
  in_threads(2, [&](std::size_t i) {
    if (i == 0) {
      for (int turn = 0; turn < 40; ++turn) write_team(store, team.id);
      is_done = true;
      return;
    }
    do {
      store
          ->snapshot({.read = [&](Readers const& readers) -> Result<void> {
            Seen& seen = all.emplace_back();
            Query<Team> query{.limit = 10};
            do {
              auto const page = readers.list(query).value();
              seen.revision = page.revision;
              seen.teams += page.items.size();
              query.after = page.next;
            } while (query.after);
            seen.name = readers.find(FindRequest<Team>{.id = team.id}).value().name;
            return {};
          }})
          .value();
    } while (!is_done && all.size() < 500);  // a writer that fails never says that it is done
  });
  REQUIRE(!all.empty());
  for (Seen const& seen : all) {
    auto const commits = static_cast<std::size_t>(seen.revision.value - team.revision.value);
    CHECK(seen.teams == commits + 1);
    CHECK(seen.name == std::to_string(commits + 1));
  }
}

TEST_CASE("an error that the reader of a snapshot returns is the snapshot's, and it is not called again",
          "[snapshot]") {
  if (!can_snapshot()) return;
  Store const store;
  Team const team = first_team(store);
  int calls = 0;
  auto const read = store->snapshot({.read = [&](Readers const&) -> Result<void> {
    ++calls;
    return Error{.kind = ErrorKind::unavailable, .message = "the reader has had enough"};
  }});
  CHECK(error_of(read).message == "the reader has had enough");
  CHECK(calls == 1);
  write_team(store, team.id);
  CHECK(store.all<Team>().size() == 2);
}

}  // namespace inlay::conformance
