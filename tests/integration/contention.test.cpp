// SPDX-License-Identifier: BSL-1.0
// Many writers of one override, through the front door: none undoes another.
#include <inlay/catalog.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/history.hpp>
#include <support/process.hpp>
#include <support/stores.hpp>
#include <support/temporary_folder.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <thread>
#include <utility>
#include <vector>

using namespace inlay;
using support::History;
using Operations = std::vector<History::Operation>;

namespace {

/** Makes a patch, and notes what was told. */
bool patch(Catalog const& catalog, Id<EnvironmentIntegration> id, std::string const& member, int value,
           Operations& told) {
  auto const begin = History::now();
  auto const updated = catalog.update(id, boost::json::object{{"override", {{member, value}}}});
  if (!updated) return false;
  told.push_back({.kind = History::Kind::wrote,
                  .version = updated->resource.install.version.value,
                  .begin = begin,
                  .end = History::now(),
                  .by = member});
  return true;
}

/** Sets `member` of the override to 1, 2, ... `count`, one patch each. Every tenth time it looks at what is there.
    @return how many failed. */
int patch_all(Catalog const& catalog, Id<EnvironmentIntegration> id, std::string const& member, int count,
              Operations& told) {
  int failed = 0;
  for (int i = 1; i <= count; ++i) {
    failed += patch(catalog, id, member, i, told) ? 0 : 1;
    if (i % 10 != 0) continue;
    auto const begin = History::now();
    auto const found = catalog.get(id);
    failed += found ? 0 : 1;
    if (!found) continue;
    told.push_back({.kind = History::Kind::read,
                    .version = found->install.version.value,
                    .begin = begin,
                    .end = History::now(),
                    .by = "a look by " + member});
  }
  return failed;
}

void check_all_there(Catalog const& catalog, Id<EnvironmentIntegration> id, int writers, int count) {
  auto const install = catalog.get(id).value().install;
  CHECK(install.version == Version{1 + std::int64_t{writers} * count});
  REQUIRE(install.override.has_value());
  auto const* const members = install.override->values().value();
  for (int w = 0; w < writers; ++w) CHECK(members->at("m" + std::to_string(w)) == count);
}

}  // namespace

TEST_CASE("eight threads patch different members of one override 500 times each, and every patch is in the result") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  Catalog const catalog(all_backends().open(url).value());
  test::Example const example(catalog);
  constexpr int writers = 8;
  constexpr int count = 500;
  std::atomic<int> failed{0};
  std::vector<Operations> told(writers);
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w) {
    threads.emplace_back([&, w] {
      failed +=
          patch_all(catalog, example.install.id, "m" + std::to_string(w), count, told[static_cast<std::size_t>(w)]);
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(failed == 0);
  History history;
  for (auto const& operations : told) {
    for (auto const& operation : operations) history.add("install", operation);
  }
  CHECK(history.size() == std::size_t{writers} * (count + count / 10));
  CHECK(history.faults() == std::vector<std::string>{});
  check_all_there(catalog, example.install.id, writers, count);
}

TEST_CASE("eight processes patch different members of one override 500 times each, and every patch is in the result") {
  support::TemporaryFolder const folder;
  std::vector<std::string> urls = test::new_store_urls();
  urls.erase(std::remove_if(
                 urls.begin(), urls.end(),
                 [](std::string const& url) { return url.find(":memory:") != std::string::npos || url == "memory:"; }),
             urls.end());
  urls.push_back("sqlite:" + folder.file("inlay.db") + "?synchronous=normal");
  for (std::string const& url : urls) {
    CAPTURE(test::scheme_of(url));
    // The processes fork first: what is open here must not be shared with them.
    Id<EnvironmentIntegration> id;
    {
      Catalog const catalog(all_backends().open(url).value());
      id = test::Example(catalog).install.id;
    }
    constexpr int writers = 8;
    constexpr int count = 500;
    std::list<support::Process> processes;
    for (int w = 0; w < writers; ++w) {
      processes.emplace_back([&, w](support::Process::Report const& report) {
        auto const repository = all_backends().open(url);
        if (!repository) return 97;
        Operations told;
        int const failed = patch_all(Catalog(*repository), id, "m" + std::to_string(w), count, told);
        for (auto const& operation : told) {
          report(operation.kind == History::Kind::read ? 1 : 0);
          report(operation.version);
          report(operation.begin);
          report(operation.end);
        }
        return failed == 0 ? 0 : 1;
      });
    }
    History history;
    int number = 0;
    for (auto& process : processes) {
      std::string const name = "process " + std::to_string(number++);
      History::Operation told{.by = name};
      for (std::int64_t is_read = 0; process.next(is_read);) {
        told.kind = is_read == 1 ? History::Kind::read : History::Kind::wrote;
        REQUIRE((process.next(told.version) && process.next(told.begin) && process.next(told.end)));
        history.add("install", told);
      }
      CHECK(process.wait() == 0);
    }
    CHECK(history.size() == std::size_t{writers} * (count + count / 10));
    CHECK(history.faults() == std::vector<std::string>{});
    check_all_there(Catalog(all_backends().open(url).value()), id, writers, count);
  }
}

TEST_CASE("sixteen threads make a thousand patches each over ten installs, and versions add up") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  Catalog const catalog(all_backends().open(url).value());
  test::Example const example(catalog);
  constexpr int installs = 10;
  constexpr int writers = 16;
  constexpr int count = 1'000;
  std::vector<Id<EnvironmentIntegration>> ids{example.install.id};
  for (int i = 1; i < installs; ++i) {
    auto const environment =
        catalog.create(Environment{.team_id = example.team.id, .name = "e" + std::to_string(i)}).value();
    ids.push_back(catalog.install({.integration_id = example.integration.id, .environment_id = environment.id})
                      .value()
                      .resource.install.id);
  }
  std::atomic<int> failed{0};
  std::vector<Operations> told(writers);
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w) {
    threads.emplace_back([&, w] {
      for (int i = 0; i < count; ++i) {
        auto const id = ids[static_cast<std::size_t>((w + i) % installs)];
        if (!patch(catalog, id, "m" + std::to_string(w), i, told[static_cast<std::size_t>(w)])) ++failed;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(failed == 0);
  History history;
  for (int w = 0; w < writers; ++w) {
    for (int i = 0; i < count && failed == 0; ++i) {
      history.add(std::to_string((w + i) % installs), told[static_cast<std::size_t>(w)][static_cast<std::size_t>(i)]);
    }
  }
  CHECK(history.faults() == std::vector<std::string>{});
  std::int64_t versions = 0;
  for (auto const id : ids) versions += catalog.get(id).value().install.version.value;
  CHECK(versions == installs + std::int64_t{writers} * count);
}

TEST_CASE("sixty-four threads commit together, and each commit has its number, its token and what it was decided on") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  auto const repository = all_backends().open(url).value();
  constexpr int writers = 64;
  constexpr int count = 20;
  constexpr int shared = 8;
  auto const commit_of = [](std::vector<Change> changes) {
    Commit commit;
    commit.changes = std::move(changes);
    commit.actor = "writer";
    commit.token = generate_uuid();
    commit.time = now();
    return commit;
  };
  std::vector<Id<Team>> teams;
  Commit first = commit_of({});
  for (int i = 0; i < writers + shared; ++i) {
    Team team;
    team.id = Id<Team>::generate();
    team.name = std::to_string(i);
    teams.push_back(team.id);
    first.changes.emplace_back(Insert<Team>{team});
  }
  REQUIRE(repository->commit(first).has_value());
  auto const find = [&](int team) {
    return repository->find(FindRequest<Team>{.id = teams[static_cast<std::size_t>(team)]}).value();
  };
  // Each renames its own team, guarding one that all rename now and then.
  std::vector<std::vector<std::pair<Uuid, Revision>>> told(writers);
  std::atomic<int> faults = 0;
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w) {
    threads.emplace_back([&, w] {
      for (int i = 0; i < count;) {
        Team const guarded = find(writers + (w + i) % shared);
        Team const before = find(i % 5 == 4 ? writers + w % shared : w);
        Team after = before;
        after.name = std::to_string(w) + "." + std::to_string(i);
        Commit commit = commit_of({Update<Team>{before, after}});
        if (guarded.id != before.id) commit.guards.emplace_back(Guard<Team>(guarded));
        auto const committed = repository->commit(commit);
        if (committed) told[static_cast<std::size_t>(w)].emplace_back(commit.token, committed->revision);
        if (committed) ++i;
        if (!committed && committed.error().kind != ErrorKind::conflict) {
          ++faults;
          break;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(faults == 0);
  std::map<Uuid, Revision> logged;
  std::int64_t last = 0;
  for (Revision after{};;) {
    auto const page = repository->changes({.after = after, .limit = 1'000}).value();
    for (auto const& commit : page.commits) {
      if (commit.revision.value != ++last) ++faults;
      if (!logged.emplace(commit.token, commit.revision).second) ++faults;
    }
    after = page.through;
    if (!page.has_more) break;
  }
  CHECK(last == 1 + std::int64_t{writers} * count);
  for (auto const& commits : told) {
    for (auto const& [token, revision] : commits) faults += logged.at(token) == revision ? 0 : 1;
  }
  CHECK(faults == 0);
  std::int64_t versions = 0;
  for (int team = 0; team < writers + shared; ++team) versions += find(team).version.value - 1;
  CHECK(versions == std::int64_t{writers} * count);
}
