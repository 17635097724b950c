// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

#include <mutex>

// What holds here depends on the capabilities that the subject declares. No test is left out for want of one: each
// says what holds with it and what holds without.

namespace inlay::conformance {

namespace {

void write_a_little(Store const& store) {
  EnvironmentIntegration const install = store.insert_sample<EnvironmentIntegration>(0);
  store.update(install, rewritten(install, 4));
  store.remove(store.insert_sample<Grant>(1));
}

}  // namespace

TEST_CASE("a durable store is as it was when it is opened again, another is empty", "[reopen]") {
  Store store;
  write_a_little(store);
  Contents const before = contents(*store);
  REQUIRE(before.log.size() == 4);
  store.reopen();
  CHECK(contents(*store) == (tested().capabilities.is_durable ? before : Contents{}));
}

TEST_CASE("a durable store goes on where it was, another starts from nothing", "[reopen]") {
  Store store;
  Commit const commit = commit_of({Insert<Team>{sample<Team>(0)}});
  Revision const revision = store.commit(commit);
  Team const team = store.all<Team>().front();
  store.reopen();
  if (tested().capabilities.is_durable) {
    CHECK(store.refused(commit).kind == ErrorKind::already_exists);
    Team const after = store.update(team, rewritten(team, 1));
    CHECK(after.version == Version{2});
    CHECK(after.revision > revision);
    CHECK(log_after(*store).size() == 2);
  } else {
    CHECK(store.refused({Update<Team>{team, team}}).kind == ErrorKind::conflict);
    store.commit(commit);
    CHECK(store.all<Team>().size() == 1);
  }
}

TEST_CASE("a durable store remembers what was compacted, another has nothing to remember", "[reopen]") {
  Store store;
  Revision const first = store.insert_sample<Team>(0).revision;
  Revision const second = store.insert_sample<Team>(1).revision;
  must(store->compact({.through = first}));
  store.reopen();
  if (tested().capabilities.is_durable) {
    CHECK(error_of(store->changes({})).kind == ErrorKind::compacted);
    auto const log = log_after(*store, first);
    REQUIRE(log.size() == 1);
    CHECK(log[0].revision == second);
  } else {
    CHECK(must(store->changes({})).commits.empty());
  }
}

TEST_CASE("what one handle commits every handle of a shared store sees at once, and none of another", "[reopen]") {
  Store const store;
  write_a_little(store);
  auto const again = store.open_again();
  if (tested().capabilities.is_shared_by_processes) {
    Repository& other = *must(again);
    CHECK(contents(other) == contents(*store));
    Team const team = store.insert_sample<Team>(0);
    CHECK(must(other.find(FindRequest<Team>{.id = team.id})) == team);
    CHECK(must(other.revision()) == team.revision);
    must(other.commit(commit_of({Update<Team>{team, rewritten(team, 1)}})));
    CHECK(store.read<Team>(team.id).version == Version{2});
    Error const error = store.refused({Update<Team>{team, rewritten(team, 2)}});
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.current_version == Version{2});
    CHECK(contents(other) == contents(*store));
  } else if (again.has_value()) {
    CHECK(contents(**again) == Contents{});
  } else {
    CHECK(again.error().kind == ErrorKind::unavailable);
  }
}

TEST_CASE("writers through several handles of a shared store lose nothing, and none touch another", "[reopen]") {
  Store const store;
  std::vector<std::shared_ptr<Repository>> handles;
  for (int i = 0; i < 4; ++i) {
    auto const again = store.open_again();
    if (again.has_value()) handles.push_back(*again);
  }
  if (tested().capabilities.is_shared_by_processes) REQUIRE(handles.size() == 4);
  Team team = sample<Team>(0);
  team.name = "0";
  team = store.insert(team);
  in_threads(handles.size(), [&](std::size_t i) {
    for (std::size_t turn = 0; turn < 10; ++turn) {
      if (!tested().capabilities.is_shared_by_processes) {
        handles[i]->commit(commit_of({Insert<Team>{sample<Team>(turn)}})).value();
        continue;
      }
      handles[i]
          ->commit(commit_of({Edit<Team>{team.id,
                                         [](Team row) -> Result<Team> {
                                           row.name = std::to_string(std::stoi(row.name) + 1);
                                           return row;
                                         }}}))
          .value();
    }
  });
  Team const after = store.read<Team>(team.id);
  if (tested().capabilities.is_shared_by_processes) {
    CHECK(after.name == "40");
    CHECK(after.version == Version{41});
    CHECK(log_after(*store).size() == 41);
  } else {
    CHECK(store.all<Team>() == std::vector{team});
  }
}

TEST_CASE("handles that open a new shared store at once make one store, others each their own", "[reopen]") {
  std::string const name = tested().new_store();
  std::mutex mutex;
  std::vector<std::shared_ptr<Repository>> handles;
  std::vector<Error> errors;
  in_threads(6, [&](std::size_t) {
    auto opened = tested().open(name);
    std::lock_guard const lock(mutex);
    if (opened.has_value()) {
      handles.push_back(*opened);
    } else {
      errors.push_back(opened.error());
    }
  });
  for (Error const& error : errors) {
    CAPTURE(error);
    CHECK((error.kind == ErrorKind::unavailable && !tested().capabilities.is_shared_by_processes));
  }
  REQUIRE(!handles.empty());
  Commit const commit = commit_of({Insert<Team>{sample<Team>(0)}});
  must(handles[0]->commit(commit));
  for (std::size_t i = 1; i < handles.size(); ++i) {
    bool const is_shared = tested().capabilities.is_shared_by_processes;
    CHECK(walk<Team>(*handles[i]).size() == (is_shared ? 1U : 0U));
    CHECK(handles[i]->commit(commit).has_error() == is_shared);
  }
  handles.clear();
  if (tested().drop) tested().drop(name);
}

}  // namespace inlay::conformance
