// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace inlay::conformance {

namespace {

constexpr std::size_t writers = 8;

/** For threads: throws where must() would fail the test. */
template <class Entity>
Entity read_in_thread(Repository const& repository, Id<Entity> id) {
  return repository.find(FindRequest<Entity>{.id = id}).value();
}

/** For threads: changes a row, reading it again as long as somebody else was faster. */
void update_with_retry(Repository& repository, Id<Team> id, std::function<void(Team&)> const& change) {
  while (true) {
    Team const before = read_in_thread(repository, id);
    Team after = before;
    change(after);
    auto const committed = repository.commit(commit_of({Update<Team>{before, after}}));
    if (committed.has_value()) return;
    Error const& error = committed.error();
    if (error.kind != ErrorKind::conflict) throw Exception(error);
    if (!error.current_version || *error.current_version <= before.version) {
      throw std::runtime_error("a conflict must name a version newer than the one that was stale");
    }
  }
}

void count_up(Team& team) { team.name = std::to_string(std::stoi(team.name) + 1); }

Team insert_counter(Store const& store) {
  Team team = sample<Team>(0);
  team.name = "0";
  return store.insert(team);
}

/** Applies a log to rows, as their records. */
void replay(std::map<Uuid, Document>& rows, CommitRecord const& commit, std::string_view entity) {
  for (ChangeRecord const& change : commit.changes) {
    if (change.entity != entity) continue;
    rows.erase(change.id);
    if (change.after) rows.emplace(change.id, *change.after);
  }
}

}  // namespace

TEST_CASE("threads that write different rows all succeed, and versions add up", "[concurrency]") {
  Store const store;
  std::vector<Team> teams;
  for (std::size_t i = 0; i < writers; ++i) teams.push_back(insert_counter(store));
  in_threads(writers, [&](std::size_t i) {
    for (int turn = 0; turn < 20; ++turn) {
      Team const before = read_in_thread(*store, teams[i].id);
      Team after = before;
      count_up(after);
      store->commit(commit_of({Update<Team>{before, after}})).value();
    }
  });
  for (Team const& team : teams) {
    CHECK(store.read<Team>(team.id).name == "20");
    CHECK(store.read<Team>(team.id).version == Version{21});
  }
}

TEST_CASE("threads that write one row and retry conflicts lose nothing, and versions add up", "[concurrency]") {
  Store const store;
  Team const team = insert_counter(store);
  in_threads(writers, [&](std::size_t) {
    for (int turn = 0; turn < 15; ++turn) update_with_retry(*store, team.id, count_up);
  });
  Team const after = store.read<Team>(team.id);
  CHECK(after.name == std::to_string(15 * writers));
  CHECK(after.version.value == static_cast<std::int64_t>(15 * writers + 1));
}

TEST_CASE("commits that take the same rows in opposite orders get through", "[concurrency]") {
  Store const store;
  Team const one = insert_counter(store);
  Team const other = insert_counter(store);
  in_threads(4, [&](std::size_t i) {
    for (int turn = 0; turn < 15; ++turn) {
      while (true) {
        Team const first = read_in_thread(*store, i % 2 == 0 ? one.id : other.id);
        Team const second = read_in_thread(*store, i % 2 == 0 ? other.id : one.id);
        Team first_after = first;
        Team second_after = second;
        count_up(first_after);
        count_up(second_after);
        auto const committed =
            store->commit(commit_of({Update<Team>{first, first_after}, Update<Team>{second, second_after}}));
        if (committed.has_value()) break;
        if (committed.error().kind != ErrorKind::conflict) throw Exception(committed.error());
      }
    }
  });
  CHECK(store.read<Team>(one.id).name == "60");
  CHECK(store.read<Team>(other.id).name == "60");
}

TEST_CASE("who follows the changes misses no commit and sees none twice while eight threads write", "[concurrency]") {
  Store const store;
  std::mutex mutex;
  std::map<Uuid, Revision> committed;
  std::vector<CommitRecord> followed;
  std::atomic<std::size_t> running{writers};
  in_threads(writers + 1, [&](std::size_t i) {
    if (i == writers) {
      Revision after{};
      while (true) {
        bool const is_last = running == 0;
        ChangePage const page = store->changes({.after = after, .limit = 7}).value();
        followed.insert(followed.end(), page.commits.begin(), page.commits.end());
        after = page.through;
        if (is_last && !page.has_more) return;
      }
    }
    // Told at the end whatever happens, or the follower would wait for ever.
    struct Done {
      std::atomic<std::size_t>& running;
      ~Done() { --running; }
    } const done{running};
    for (std::size_t turn = 0; turn < 25; ++turn) {
      std::vector<Change> changes;
      for (std::size_t n = 0; n <= i; ++n) changes.push_back(Insert<Team>{sample<Team>(turn)});
      Commit const commit = commit_of(std::move(changes));
      Revision const revision = store->commit(commit).value().revision;
      std::lock_guard const lock(mutex);
      committed.emplace(commit.token, revision);
    }
  });
  REQUIRE(committed.size() == 25 * writers);
  CHECK(followed.size() == committed.size());
  Revision last{};
  std::set<Uuid> seen;
  for (CommitRecord const& commit : followed) {
    CHECK(commit.revision > last);
    last = commit.revision;
    CHECK(seen.insert(commit.token).second);
    REQUIRE(committed.contains(commit.token));
    CHECK(committed.at(commit.token) == commit.revision);
  }
  CHECK(log_after(*store) == followed);
}

TEST_CASE("a walk over pages sees a row that stays exactly once while others write", "[concurrency]") {
  Store const store;
  std::vector<Team> rows;
  for (std::size_t number = 0; number < 60; ++number) rows.push_back(store.insert_sample<Team>(number));
  std::set<Id<Team>> staying;
  for (std::size_t i = 0; i < rows.size(); i += 2) staying.insert(rows[i].id);

  std::vector<std::string> faults;
  std::atomic<bool> is_over{false};
  // A row comes for each page that is read, and no more: a walk over rows that come faster than pages never ends.
  std::atomic<std::ptrdiff_t> places{1};
  in_threads(4, [&](std::size_t thread) {
    struct Over {
      std::atomic<bool>* flag;
      ~Over() {
        if (flag != nullptr) *flag = true;
      }
    } const over{thread == 3 ? &is_over : nullptr};
    if (thread == 3) {
      for (int turn = 0; turn < 10; ++turn) {
        std::map<Id<Team>, int> seen;
        Query<Team> query{.limit = 7};
        while (true) {
          Page<Team> const page = store->list(query).value();
          ++places;
          for (Team const& team : page.items) ++seen[team.id];
          if (!page.next) break;
          query.after = page.next;
        }
        for (Id<Team> const& id : staying) {
          if (seen[id] != 1) faults.push_back(to_string(id) + " was seen " + std::to_string(seen[id]) + " times");
        }
      }
      return;
    }
    for (std::size_t turn = 0; !is_over; ++turn) {
      if (thread == 0) {  // rows that stay are written all the time
        update_with_retry(*store, rows[turn * 2 % rows.size()].id, [&](Team& team) { team = rewritten(team, turn); });
      } else if (thread == 1 && turn < rows.size() / 2) {  // others go
        Team const row = read_in_thread(*store, rows[turn * 2 + 1].id);
        store->commit(commit_of({Remove<Team>{row}})).value();
      } else if (places.fetch_sub(1) > 0) {  // new ones come, among the old ones and after them
        Commit commit = commit_of({Insert<Team>{sample<Team>(turn)}});
        if (turn % 2 == 0) commit.time = rows[turn % rows.size()].created_at;
        store->commit(commit).value();
      } else {
        ++places;
        std::this_thread::yield();
      }
    }
  });
  CHECK(faults == std::vector<std::string>{});
}

TEST_CASE("a page is the state of the store at its revision while others write", "[concurrency]") {
  Store const store;
  std::vector<Page<Team>> pages;
  std::atomic<bool> is_over{false};
  in_threads(3, [&](std::size_t thread) {
    if (thread == 2) {
      for (int turn = 0; turn < 40; ++turn) pages.push_back(store->list(Query<Team>{.limit = 1'000}).value());
      is_over = true;
      return;
    }
    std::vector<Team> mine;
    for (std::size_t turn = 0; turn < 150 && (turn < 20 || !is_over); ++turn) {
      Commit commit = commit_of({Insert<Team>{sample<Team>(turn)}, Insert<Team>{sample<Team>(turn + 1)}});
      if (mine.size() > 3) commit.changes.push_back(Remove<Team>{mine[0]});
      Revision const revision = store->commit(commit).value().revision;
      if (mine.size() > 3) mine.erase(mine.begin());
      mine.push_back(inserted(std::get<Insert<Team>>(commit.changes[0]), commit.time, revision));
    }
  });
  auto const log = log_after(*store);
  for (Page<Team> const& page : pages) {
    std::map<Uuid, Document> expected;
    for (CommitRecord const& commit : log) {
      if (commit.revision <= page.revision) replay(expected, commit, "team");
    }
    std::map<Uuid, Document> listed;
    for (Team const& team : page.items) listed.emplace(team.id.uuid, record_of(team));
    REQUIRE(listed.size() == expected.size());
    CHECK(listed == expected);
  }
}

TEST_CASE("nobody sees half a commit", "[concurrency]") {
  Store const store;
  Integration const first = store.insert_sample<Integration>(0);
  std::atomic<bool> is_over{false};
  std::vector<std::string> faults;
  in_threads(3, [&](std::size_t thread) {
    if (thread == 0) {
      for (int turn = 0; turn < 60; ++turn) {
        Integration const integration = read_in_thread(*store, first.id);
        Team const team = read_in_thread(*store, first.team_id);
        Integration integration_after = integration;
        Team team_after = team;
        integration_after.category = team_after.domain = std::to_string(turn);
        store->commit(commit_of({Update<Integration>{integration, integration_after}, Update<Team>{team, team_after}}))
            .value();
      }
      is_over = true;
      return;
    }
    std::string fault;
    auto const look = [&](OwnedIntegration const& owned) {
      if (owned.integration.version != Version{1} && owned.integration.category != owned.team.domain) {
        fault = "integration at " + *owned.integration.category + ", its team at " + *owned.team.domain;
      }
    };
    while (!is_over && fault.empty()) {
      if (thread == 1) look(store->find(FindRequest<OwnedIntegration>{.id = first.id}).value());
      if (thread == 2) look(store->list(Query<OwnedIntegration>{}).value().items.at(0));
    }
    static std::mutex mutex;
    std::lock_guard const lock(mutex);
    if (!fault.empty()) faults.push_back(fault);
  });
  CHECK(faults == std::vector<std::string>{});
}

TEST_CASE("of two commits that each guard what the other writes one wins", "[concurrency]") {
  Store const store;
  for (int turn = 0; turn < 20; ++turn) {
    Team const rows[] = {store.insert_sample<Team>(0), store.insert_sample<Team>(1)};
    std::atomic<int> ready{0};
    std::optional<Error> errors[2];
    in_threads(2, [&](std::size_t i) {
      Commit commit = commit_of({Update<Team>{rows[i], rewritten(rows[i], 5)}});
      commit.guards.emplace_back(Guard<Team>(rows[1 - i]));
      for (++ready; ready < 2;) std::this_thread::yield();
      auto const committed = store->commit(commit);
      if (!committed) errors[i] = committed.error();
    });
    REQUIRE(errors[0].has_value() != errors[1].has_value());
    Error const& lost = errors[0] ? *errors[0] : *errors[1];
    CHECK(lost.kind == ErrorKind::conflict);
    CHECK(lost.current_version == Version{2});
  }
}

TEST_CASE("of several threads that insert the same unique name one succeeds", "[concurrency]") {
  Store const store;
  for (int turn = 0; turn < 10; ++turn) {
    Team const team = store.insert_sample<Team>(0);
    std::atomic<int> won{0};
    std::atomic<int> told{0};
    in_threads(4, [&](std::size_t) {
      Environment environment = sample<Environment>(0);
      environment.team_id = team.id;
      auto const committed = store->commit(commit_of({Insert<Environment>{environment}}));
      if (committed) {
        ++won;
      } else if (committed.error().kind == ErrorKind::already_exists && committed.error().pointer == "/name") {
        ++told;
      } else {
        throw Exception(committed.error());
      }
    });
    CHECK(won == 1);
    CHECK(told == 3);
  }
}

TEST_CASE("of several threads that use the same token one succeeds", "[concurrency]") {
  Store const store;
  for (int turn = 0; turn < 10; ++turn) {
    Revision const before = must(store->revision());
    Uuid const token = scattered_uuid();
    std::atomic<int> won{0};
    std::atomic<int> told{0};
    in_threads(4, [&](std::size_t i) {
      Commit commit = commit_of({Insert<Team>{sample<Team>(i)}});
      commit.token = token;
      auto const committed = store->commit(commit);
      if (committed) {
        ++won;
      } else if (committed.error().kind == ErrorKind::already_exists) {
        ++told;
      } else {
        throw Exception(committed.error());
      }
    });
    CHECK(won == 1);
    CHECK(told == 3);
    CHECK(log_after(*store, before).size() == 1);
  }
}

TEST_CASE("a row is never left without the one it references", "[concurrency]") {
  Store const store;
  for (int turn = 0; turn < 20; ++turn) {
    Team const team = store.insert_sample<Team>(0);
    std::atomic<int> ready{0};
    std::optional<Error> errors[2];
    in_threads(2, [&](std::size_t i) {
      Environment environment = sample<Environment>(0);
      environment.team_id = team.id;
      Commit const commit = i == 0 ? commit_of({Insert<Environment>{environment}}) : commit_of({Remove<Team>{team}});
      for (++ready; ready < 2;) std::this_thread::yield();
      auto const committed = store->commit(commit);
      if (!committed) errors[i] = committed.error();
    });
    REQUIRE(errors[0].has_value() != errors[1].has_value());
    if (errors[0]) CHECK(errors[0]->kind == ErrorKind::not_found);
    if (errors[1]) CHECK(errors[1]->kind == ErrorKind::in_use);
  }
  for (Environment const& environment : store.all<Environment>()) {
    CHECK(store->find(FindRequest<Team>{.id = environment.team_id}).has_value());
  }
}

}  // namespace inlay::conformance
