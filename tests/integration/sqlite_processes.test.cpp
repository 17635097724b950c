// SPDX-License-Identifier: BSL-1.0
#include <support/catch.hpp>
#include <support/process.hpp>
#include <support/sqlite.hpp>
#include <support/temporary_folder.hpp>

#include <boost/json/object.hpp>

#include <algorithm>
#include <memory>
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

constexpr int writers = 8;
constexpr int patches = 500;

std::string member(int writer) { return "w" + std::to_string(writer); }

/** Counts a member of one override up, reading again whenever somebody else was faster. */
bool patch_member(Repository& store, Catalogue const& rows, int writer) {
  for (int i = 1; i <= patches; ++i) {
    while (true) {
      auto const now = store.find(FindRequest<EnvironmentIntegration>{.id = rows.install.id});
      if (now.has_error()) return false;
      boost::json::object override = now->override ? **now->override->values() : boost::json::object();
      override[member(writer)] = i;
      EnvironmentIntegration after = *now;
      after.override = Document::from(override).value();
      auto const committed = store.commit(commit_of({Update<EnvironmentIntegration>{*now, after}}));
      if (committed.has_value()) break;
      if (committed.error().kind != ErrorKind::conflict) return false;
    }
  }
  return true;
}

/** Renames a team of its own; nobody else writes that row, so it never loses a race. */
bool rename_team(Repository& store, Team team) {
  for (int i = 1; i <= patches; ++i) {
    Team after = team;
    after.name = "team " + std::to_string(i);
    auto const committed = store.commit(commit_of({Update<Team>{team, after}}));
    if (committed.has_error()) return false;
    after.version = Version{team.version.value + 1};
    team = after;
  }
  return true;
}

void check_override(std::string const& file, Catalogue const& rows) {
  auto const store = open_sqlite(file);
  REQUIRE(store.has_value());
  auto const now = (*store)->find(FindRequest<EnvironmentIntegration>{.id = rows.install.id});
  REQUIRE(now.has_value());
  CHECK(now->version.value == 1 + writers * patches);
  REQUIRE(now->override);
  auto const values = now->override->values();
  REQUIRE(values.has_value());
  for (int writer = 0; writer < writers; ++writer) CHECK((*values)->at(member(writer)) == patches);
  CHECK((*store)->revision().value() == Revision{1 + writers * patches});
  Shell shell(file);
  CHECK(shell.one("select count(*) from inlay_change where kind = 'updated'") == std::to_string(writers * patches));
  CHECK(shell.one("select count(distinct revision) from inlay_change") == std::to_string(1 + writers * patches));
}

void prepare(std::string const& file, Commit const& commit) {
  auto const store = open_sqlite(file);
  REQUIRE(store.has_value());
  REQUIRE((*store)->commit(commit).has_value());
}

}  // namespace

TEST_CASE("eight threads that patch members of one override 500 times each lose nothing") {
  TemporaryFolder const folder;
  std::string const file = folder.file("inlay.db");
  Catalogue const rows;
  prepare(file, rows.commit());
  {
    auto const store = open_sqlite(file + "?synchronous=normal&busy_timeout=30s&pool_size=8");
    REQUIRE(store.has_value());
    std::vector<int> done(writers);
    std::vector<std::thread> threads;
    for (int writer = 0; writer < writers; ++writer) {
      threads.emplace_back(
          [&, writer] { done[static_cast<std::size_t>(writer)] = patch_member(**store, rows, writer); });
    }
    for (auto& thread : threads) thread.join();
    CHECK(done == std::vector<int>(writers, 1));
  }
  check_override(file, rows);
}

TEST_CASE("eight processes that patch members of one override 500 times each lose nothing") {
  TemporaryFolder const folder;
  std::string const file = folder.file("inlay.db");
  Catalogue const rows;
  prepare(file, rows.commit());
  std::vector<std::unique_ptr<Process>> processes;
  for (int writer = 0; writer < writers; ++writer) {
    processes.push_back(std::make_unique<Process>([&, writer](Process::Report const&) {
      auto const store = open_sqlite(file + "?synchronous=normal&busy_timeout=60s");
      return store.has_value() && patch_member(**store, rows, writer) ? 0 : 1;
    }));
  }
  for (auto& process : processes) CHECK(process->wait() == 0);
  check_override(file, rows);
}

TEST_CASE("eight processes that write rows of their own 500 times each all succeed, and versions add up") {
  TemporaryFolder const folder;
  std::string const file = folder.file("inlay.db");
  std::vector<Team> teams(writers);
  std::vector<Change> inserts;
  for (Team& team : teams) {
    team.id = Id<Team>::generate();
    team.name = "team";
    Insert<Team> const insert{team};
    inserts.emplace_back(insert);
    team = inserted(insert, {}, {});
  }
  prepare(file, commit_of(inserts));
  std::vector<std::unique_ptr<Process>> processes;
  for (Team const& team : teams) {
    processes.push_back(std::make_unique<Process>([&](Process::Report const&) {
      auto const store = open_sqlite(file + "?synchronous=normal&busy_timeout=60s");
      return store.has_value() && rename_team(**store, team) ? 0 : 1;
    }));
  }
  for (auto& process : processes) CHECK(process->wait() == 0);
  auto const store = open_sqlite(file);
  REQUIRE(store.has_value());
  for (Team const& team : teams) {
    auto const now = (*store)->find(FindRequest<Team>{.id = team.id});
    REQUIRE(now.has_value());
    CHECK(now->version.value == 1 + patches);
    CHECK(now->name == "team " + std::to_string(patches));
  }
  // Followed page by page, every commit is there, once.
  std::int64_t seen = 0;
  for (Revision after{};;) {
    auto const page = (*store)->changes({.after = after, .limit = 333});
    REQUIRE(page.has_value());
    for (auto const& commit : page->commits) CHECK(commit.revision.value == ++seen);
    after = page->through;
    if (!page->has_more) break;
  }
  CHECK(seen == 1 + writers * patches);
}

TEST_CASE("twenty processes that open an empty file at once make one set of tables") {
  for (int round = 0; round < 3; ++round) {
    TemporaryFolder const folder;
    std::string const file = folder.file("inlay.db");
    std::vector<std::unique_ptr<Process>> processes;
    for (int i = 0; i < 20; ++i) {
      processes.push_back(std::make_unique<Process>([&](Process::Report const&) {
        auto const store = open_sqlite(file + "?busy_timeout=30s");
        return store.has_value() && (*store)->commit(Catalogue().commit()).has_value() ? 0 : 1;
      }));
    }
    for (auto& process : processes) CHECK(process->wait() == 0);
    Shell shell(file);
    CHECK(shell.one("select count(*) from inlay_counter") == "1");
    CHECK(shell.one("select revision from inlay_counter") == "20");
    CHECK(shell.one("select count(*) from inlay_team") == "20");
  }
}
