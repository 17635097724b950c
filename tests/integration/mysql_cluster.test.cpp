// SPDX-License-Identifier: BSL-1.0
// What a store does on a node of a Galera cluster, as far as a server that is none can show it.
#include <support/catch.hpp>
#include <support/faulty_proxy.hpp>
#include <support/server.hpp>
#include <support/sqlite.hpp>
#include "behind_proxy.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace inlay;
using support::Engine;
using support::new_commit;
using support::open_server;
using support::ServerShell;

TEST_CASE("each session of a store's own waits for what other nodes have committed unless the URL says otherwise") {
  bool const is_causal = GENERATE(true, false);
  CAPTURE(is_causal);
  std::string const url = support::server_url(Engine::mysql);
  ServerShell shell(url);
  REQUIRE_FALSE(shell.run("show session variables like 'wsrep_sync_wait'").empty());
  support::FaultyProxy proxy(url);
  std::atomic<int> opened = 0;  // counted in the proxy's thread
  std::atomic<int> waits = 0;
  proxy.arm({.when = [&](support::Request const& request) {
    opened += request.statement.starts_with("set names") ? 1 : 0;
    // What the operator has set beyond that stays.
    waits += request.mentions("wsrep_sync_wait = @@session.wsrep_sync_wait | 1") ? 1 : 0;
    return false;
  }});
  auto const store = open_server(proxy.url("table_prefix=" + support::new_prefix() + (is_causal ? "" : "&causal=off")));
  INFO((store ? "" : to_string(store.error())));
  REQUIRE(store.has_value());
  auto const ask = [&](StoreRecord const&) -> Result<void> {
    auto const revision = (*store)->revision();
    return revision ? Result<void>() : Result<void>(revision.error());
  };
  REQUIRE((*store)->dump({.sink = ask}).has_value());  // on a second session
  CHECK(opened == 2);
  CHECK(waits == (is_causal ? 2 : 0));
}

TEST_CASE("a migration that another node has recorded meanwhile is taken for done") {
  std::string const url = support::server_url(Engine::mysql);
  std::string const prefix = support::new_prefix();
  ServerShell shell(url);
  support::FaultyProxy proxy(url);
  // Told when rows are written, or, as a cluster does, when the transaction ends that has written them.
  bool const is_told_late = GENERATE(false, true);
  CAPTURE(is_told_late);
  std::string const insert = "insert into `" + prefix + "counter`";
  if (is_told_late) {
    proxy.arm({.when = [](support::Request const& request) { return request.statement == "commit"; },
               .fault = support::Fault::deny,  // what is there then is another's as well as this one's
               .error = 1213});
  } else {
    proxy.arm({.when = [insert](support::Request const& request) { return request.statement.starts_with(insert); },
               .fault = support::Fault::refuse,
               .meanwhile =
                   [&] {
                     shell.run("insert into " + prefix + "counter values (1, 0, 0)");
                     shell.run("insert into " + prefix + "migration values (1, 'of another', 0)");
                   },
               .error = 1062});
  }
  auto const store = open_server(proxy.url("table_prefix=" + prefix));
  INFO((store ? "" : to_string(store.error())));
  REQUIRE(store.has_value());
  CHECK(proxy.strikes() == 1);
  CHECK((*store)->commit(new_commit(false)).has_value());
  auto const again = open_server(url + "?table_prefix=" + prefix);
  INFO((again ? "" : to_string(again.error())));
  REQUIRE(again.has_value());
  CHECK((*again)->revision().value() == Revision{1});
  CHECK(shell.number("select count(*) - max(number) from " + prefix + "migration") == 0);
}

TEST_CASE(
    "a commit that a cluster has taken back is tried again in one go, once the node has what it was overtaken by") {
  std::string const url = support::server_url(Engine::mysql);
  ServerShell shell(url);
  if (shell.run("select version()").at(0).at(0).find("MariaDB") == std::string::npos) {
    WARN("not on MySQL, where a commit takes several steps");
    return;
  }
  support::FaultyProxy proxy(url);
  auto const store = open_server(proxy.url("pool_size=1&table_prefix=" + support::new_prefix())).value();
  proxy.arm({.when = [](support::Request const& request) { return request.statement.starts_with("begin not atomic"); },
             .fault = support::Fault::refuse,
             .error = 1213});
  std::vector<std::string> statements;  // written in the proxy's thread, before its replies
  proxy.arm({.when = [&](support::Request const& request) {
    if (!request.statement.empty()) statements.emplace_back(request.statement.substr(0, 6));
    return false;
  }});
  CHECK(store->commit(new_commit(true)).has_value());
  CHECK(proxy.strikes() == 1);
  CHECK(statements == std::vector<std::string>{"select", "begin "});
  CHECK(store->revision().value() == Revision{1});
}

// Seen on a cluster under load: of a transaction that a node has taken back it may say, instead of a deadlock, that the
// number which the counter gave is there already.
TEST_CASE("a commit whose number another node has given to somebody else meanwhile takes the next") {
  std::string const url = support::server_url(Engine::mysql);
  std::string const prefix = support::new_prefix();
  ServerShell shell(url);
  if (shell.run("select version()").at(0).at(0).find("MariaDB") == std::string::npos) {
    WARN("not on MySQL, which is no node of such a cluster");
    return;
  }
  auto const store = open_server(url + "?table_prefix=" + prefix).value();
  Team const team = support::new_team();
  REQUIRE(store->commit(support::commit_of({Insert<Team>{team}})).has_value());
  std::string const table = GENERATE("commit", "change");
  CAPTURE(table);
  std::string const columns = "revision, ordinal, entity, row_id, kind, `before`, `after`, team_id, `time`, bytes";
  std::thread other;
  auto const rename = [&](Team row) -> Result<Team> {
    row.name = "renamed";
    if (other.joinable()) return row;
    shell.run("insert into " + prefix +
              (table == "commit" ? "commit (revision, token, actor, `time`, moment) values (2, uuid(), 'another', 0, 1)"
                                 : "change (" + columns + ") select 2, " + columns.substr(columns.find(',') + 2) +
                                       " from " + prefix + "change"));
    // Which waits for the commit to let go of the counter.
    other = std::thread([&] { ServerShell(url).run("update " + prefix + "counter set revision = 2"); });
    return row;
  };
  auto const committed = store->commit(support::commit_of({Edit<Team>{team.id, rename}}));
  other.join();
  INFO((committed ? "" : to_string(committed.error())));
  REQUIRE(committed.has_value());
  CHECK(committed->revision == Revision{3});
  CHECK(store->find(FindRequest<Team>{.id = team.id}).value().name == "renamed");
}

TEST_CASE(
    "a commit that a cluster has done after all, having said that it was taken back, is acknowledged and done once") {
  support::Behind behind(Engine::mysql);
  if (behind.shell.run("select version()").at(0).at(0).find("MariaDB") == std::string::npos) {
    WARN("not on MySQL, where a commit takes several steps");
    return;
  }
  Team const team = support::new_team();
  Commit commit = support::commit_of({Insert<Team>{team}});
  enum What { insert, update, several };
  What const what = GENERATE(insert, update, several);
  CAPTURE(what);
  if (what == several) commit = new_commit(false);
  if (what == update) {
    REQUIRE(behind.direct->commit(commit).has_value());
    Team const before = behind.direct->find(FindRequest<Team>{.id = team.id}).value();
    Team after = before;
    after.name = "renamed";
    commit = support::commit_of({Update<Team>{before, after}});
  }
  // A block has said its revision before it is taken back; or, in one more way of a server's, it has not.
  auto const fault = GENERATE(support::Fault::deny, support::Fault::deny_end);
  behind.proxy.arm({.when = support::ends(commit, what != several), .fault = fault, .error = 1213});
  SECTION("told at once") {}
  SECTION("told when its connection has died as well") {
    behind.proxy.arm(
        {.when = [](support::Request const& request) { return request.statement.starts_with("select count(*)"); },
         .fault = support::Fault::cut});
  }
  auto const committed = behind.store->commit(commit);
  INFO((committed ? "" : to_string(committed.error())));
  REQUIRE(committed.has_value());
  CHECK(committed->revision == Revision{what == update ? 2 : 1});
  CHECK(behind.proxy.strikes() > 0);
  CHECK(behind.commits(commit) == 1);
  CHECK(behind.revision() == (what == update ? 2 : 1));
}

TEST_CASE("a commit whose end a node of a cluster was cut off from is not taken for refused") {
  support::Behind behind(Engine::mysql);
  if (behind.shell.run("select version()").at(0).at(0).find("MariaDB") == std::string::npos) {
    WARN("not on MySQL, where a commit takes several steps");
    return;
  }
  // A node that is cut off refuses whatever comes after the commit, in a block too, and tells only that.
  unsigned const error = GENERATE(1047U, 1180U);
  CAPTURE(error);
  Commit const commit = new_commit(true);
  behind.proxy.arm({.when = support::ends(commit, true), .fault = support::Fault::deny_end, .error = error});

  SECTION("what came of it is found out from whoever answers next") {
    auto const committed = behind.store->commit(commit);
    INFO((committed ? "" : to_string(committed.error())));
    REQUIRE(committed.has_value());
    CHECK(committed->revision == Revision{1});
  }
  SECTION("and is said to be unknown where nobody answers") {
    behind.proxy.arm(
        {.when = [](support::Request const&) { return true; }, .fault = support::Fault::cut, .times = 1'000});
    CHECK(support::is_unknown(behind.store->commit(commit)));
    behind.proxy.disarm();
  }
  CHECK(behind.commits(commit) == 1);
  CHECK(behind.revision() == 1);
  // The connection is as good as before.
  CHECK(behind.store->commit(new_commit(true)).has_value());
}

TEST_CASE("a commit that a node of a cluster refuses before it begins to end is known not to be done") {
  support::Behind behind(Engine::mysql);
  if (behind.shell.run("select version()").at(0).at(0).find("MariaDB") == std::string::npos) {
    WARN("not on MySQL, where a commit takes several steps");
    return;
  }
  Commit const commit = new_commit(true);
  behind.proxy.arm({.when = [](support::Request const& request) { return request.statement.starts_with("begin"); },
                    .fault = support::Fault::refuse,
                    .times = 1'000,
                    .error = 1047});
  auto const committed = behind.store->commit(commit);
  REQUIRE(committed.has_error());
  CHECK(committed.error().kind == ErrorKind::unavailable);
  CHECK(committed.error().outcome == Outcome::not_done);
  CHECK(behind.commits(commit) == 0);
}
