// SPDX-License-Identifier: BSL-1.0
#include <support/catch.hpp>
#include <support/process.hpp>
#include <support/sqlite.hpp>
#include <support/temporary_folder.hpp>

#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>

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

}  // namespace

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
