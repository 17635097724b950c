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
#include <list>
#include <thread>
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
