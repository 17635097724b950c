// SPDX-License-Identifier: BSL-1.0
#include <support/catch.hpp>
#include <support/process.hpp>
#include <support/sqlite.hpp>
#include <support/temporary_folder.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace inlay;
using support::Catalogue;
using support::commit_of;
using support::open_sqlite;
using support::Process;
using support::Shell;
using support::TemporaryFolder;

namespace {

Document counted(std::int64_t count) { return Document::parse("{\"count\":" + std::to_string(count) + "}").value(); }

/** Adds one to both the integration's config and the install's override, in one commit, for ever; reports each commit
    that was acknowledged. */
int write_for_ever(std::string const& file, Catalogue const& rows, Process::Report const& report) {
  auto const store = open_sqlite(file);
  if (store.has_error()) return 1;
  while (true) {
    auto const now = (*store)->find(FindRequest<InstalledIntegration>{.id = rows.install.id});
    if (now.has_error()) return 2;
    std::int64_t const count = now->install.version.value;
    Integration integration = now->integration;
    integration.config = counted(count);
    EnvironmentIntegration install = now->install;
    install.override = counted(count);
    auto const committed = (*store)->commit(commit_of(
        {Update<Integration>{now->integration, integration}, Update<EnvironmentIntegration>{now->install, install}}));
    if (committed.has_error()) return 3;
    report(count + 1);
  }
}

constexpr int threads = 64;

/** The same on as many threads, each with a team of its own whose name counts; reports which thread, and how far. */
int write_together(std::string const& file, std::vector<Team> const& teams, Process::Report const& report) {
  auto const store = open_sqlite(file);
  if (store.has_error()) return 1;
  std::atomic<int> failed = 0;
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      auto const id = teams[static_cast<std::size_t>(i)].id;
      while (failed == 0) {
        auto const now = (*store)->find(FindRequest<Team>{.id = id});
        if (now.has_error()) failed = 2;
        if (now.has_error()) return;
        Team team = *now;
        team.name = std::to_string(now->version.value + 1);
        if ((*store)->commit(commit_of({Update<Team>{*now, team}})).has_error()) failed = 3;
        if (failed == 0) report((now->version.value + 1) * threads + i);
      }
    });
  }
  for (auto& thread : running) thread.join();
  return failed;
}

}  // namespace

TEST_CASE("whatever moment sixty-four threads that commit together are killed at, nothing acknowledged is lost") {
  char const* given = std::getenv("INLAY_TEST_SEED");
  unsigned const seed = given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  TemporaryFolder const folder;
  std::string const file = folder.file("inlay.db");
  std::vector<Team> teams(threads);
  {
    auto const store = open_sqlite(file);
    REQUIRE(store.has_value());
    Commit commit = commit_of({});
    for (Team& team : teams) {
      team.id = Id<Team>::generate();
      team.name = "1";
      commit.changes.emplace_back(Insert<Team>{team});
    }
    REQUIRE((*store)->commit(commit).has_value());
  }
  std::vector<std::int64_t> versions(threads, 1);
  for (int round = 0; round < 25; ++round) {
    CAPTURE(round);
    auto acknowledged = versions;
    auto const note = [&](std::int64_t number) {
      acknowledged[static_cast<std::size_t>(number % threads)] = number / threads;
    };
    {
      Process writer([&](Process::Report const& report) { return write_together(file, teams, report); });
      std::int64_t number = 0;
      if (writer.next(number)) note(number);
      std::this_thread::sleep_for(std::chrono::microseconds(std::uniform_int_distribution<>(0, 60'000)(random)));
      writer.kill();
      while (writer.next(number)) note(number);
    }
    auto const store = open_sqlite(file);
    REQUIRE(store.has_value());
    std::int64_t changes = 1;
    for (std::size_t i = 0; i < teams.size(); ++i) {
      CAPTURE(i);
      auto const now = (*store)->find(FindRequest<Team>{.id = teams[i].id}).value();
      versions[i] = now.version.value;
      // The last one may have happened without its acknowledgement having come through.
      REQUIRE(versions[i] >= acknowledged[i]);
      REQUIRE(versions[i] <= acknowledged[i] + 1);
      REQUIRE(now.name == std::to_string(versions[i]));
      changes += versions[i] - 1;
    }
    // Each commit has a number of its own, and none is left out.
    REQUIRE((*store)->revision().value() == Revision{changes});
  }
  Shell shell(file);
  CHECK(shell.one("pragma integrity_check") == "ok");
  CHECK(shell.one("select count(*) || ' ' || max(revision) || ' ' || count(distinct token) from inlay_commit") ==
        shell.one("select revision || ' ' || revision || ' ' || revision from inlay_counter"));
  CHECK(shell.one("select count(*) from (select revision from inlay_change group by revision having count(*) > 1)") ==
        "1");
  CHECK(std::stoll(shell.one("select revision from inlay_counter")) > 25);
}

TEST_CASE("whatever moment a writer is killed at, what was acknowledged is there and nothing is there by half") {
  char const* given = std::getenv("INLAY_TEST_SEED");
  unsigned const seed = given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  TemporaryFolder const folder;
  std::string const file = folder.file("inlay.db");
  Catalogue const rows;
  {
    auto const store = open_sqlite(file);
    REQUIRE(store.has_value());
    REQUIRE((*store)->commit(rows.commit()).has_value());
  }
  std::int64_t total = 1;
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    std::int64_t acknowledged = total;
    {
      Process writer([&](Process::Report const& report) { return write_for_ever(file, rows, report); });
      // Most are killed among their updates, however slow the machine is; some perhaps while they open the store.
      std::int64_t first = 0;
      if (round % 4 != 0 && writer.next(first)) acknowledged = first;
      std::this_thread::sleep_for(std::chrono::microseconds(std::uniform_int_distribution<>(0, 30'000)(random)));
      writer.kill();
      for (std::int64_t number = 0; writer.next(number);) acknowledged = number;
    }
    auto const store = open_sqlite(file);
    REQUIRE(store.has_value());
    auto const now = (*store)->find(FindRequest<InstalledIntegration>{.id = rows.install.id});
    REQUIRE(now.has_value());
    // The last one may have happened without its acknowledgement having come through.
    total = now->install.version.value;
    REQUIRE(total >= acknowledged);
    REQUIRE(total <= acknowledged + 1);
    REQUIRE(now->integration.version.value == total);
    REQUIRE((*store)->revision().value() == Revision{total});
    if (total > 1) {
      REQUIRE(now->install.override == counted(total - 1));
      REQUIRE(now->integration.config == counted(total - 1));
    }
    auto const last = (*store)->changes({.after = Revision{total - 1}});
    REQUIRE(last.has_value());
    REQUIRE(last->commits.size() == 1);
    REQUIRE(last->commits.front().changes.size() == (total > 1 ? 2U : 4U));
  }
  // The killing has hit writers at work.
  CHECK(total > 150);
  Shell shell(file);
  CHECK(shell.one("pragma integrity_check") == "ok");
  CHECK(shell.one("select count(*) from inlay_commit") == std::to_string(total));
  CHECK(shell.one("select count(*) from inlay_change") == std::to_string(2 * (total - 1) + 4));
  CHECK(shell.rows("pragma foreign_key_check").empty());
}
