// SPDX-License-Identifier: BSL-1.0
#include <support/catch.hpp>
#include "behind_proxy.hpp"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace inlay;
using support::Behind;
using support::commit_of;
using support::ends;
using support::Engine;
using support::Fault;
using support::FaultyProxy;
using support::new_commit;
using support::new_team;
using support::open_server;
using support::Request;
using support::ServerShell;
using namespace std::chrono_literals;

TEST_CASE("a server that takes connections and says nothing is unavailable after connect_timeout") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  INFO(support::name_of(engine));
  FaultyProxy proxy(support::server_url(engine));
  proxy.freeze();
  auto const begin = std::chrono::steady_clock::now();
  auto const store = open_server(proxy.url("connect_timeout=2s"));
  auto const waited = std::chrono::steady_clock::now() - begin;
  REQUIRE(store.has_error());
  CHECK(store.error().kind == ErrorKind::unavailable);
  CHECK(waited > 1s);
  CHECK(waited < 5s);
}

TEST_CASE("a MySQL server that falls silent is unavailable after read_timeout") {
  Behind behind(Engine::mysql, "pool_size=1&lease_timeout=1s&connect_timeout=1s&read_timeout=1s");
  behind.proxy.freeze();
  auto const begin = std::chrono::steady_clock::now();
  auto const listed = behind.store->list(Query<Team>{});
  auto const waited = std::chrono::steady_clock::now() - begin;
  REQUIRE(listed.has_error());
  CHECK(listed.error().kind == ErrorKind::unavailable);
  CHECK(waited > 1s);
  CHECK(waited < 6s);
}

TEST_CASE("a commit that a silent server has done is settled however long the silence was") {
  Behind behind(Engine::mysql, "pool_size=1&lease_timeout=1s&read_timeout=2s");
  bool const is_one_statement = GENERATE(true, false);
  CAPTURE(is_one_statement);
  Commit const commit = new_commit(is_one_statement);
  behind.proxy.arm({.when = ends(commit, is_one_statement), .fault = Fault::hang});
  auto const committed = behind.store->commit(commit);
  CHECK(behind.proxy.strikes() == 1);
  REQUIRE(committed.has_value());
  CHECK(behind.commits(commit) == 1);
}

TEST_CASE("who waits for a connection that a silent server keeps is told how long") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  INFO(support::name_of(engine));
  auto behind = std::make_unique<Behind>(engine, "pool_size=1&lease_timeout=300ms");
  REQUIRE(behind->store->revision().has_value());
  behind->proxy.arm(
      {.when = [](Request const& request) { return request.statement.starts_with("select"); }, .fault = Fault::hang});
  Result<Revision> hung = Revision{};
  std::thread reader([&] { hung = behind->store->revision(); });
  while (behind->proxy.strikes() == 0) std::this_thread::sleep_for(1ms);
  auto const begin = std::chrono::steady_clock::now();
  auto const listed = behind->store->list(Query<Team>{});
  auto const waited = std::chrono::steady_clock::now() - begin;
  behind->proxy.go_away();  // ends the silence
  reader.join();
  REQUIRE(listed.has_error());
  CHECK(listed.error().kind == ErrorKind::unavailable);
  CHECK(listed.error().message.find("300 ms") != std::string::npos);
  CHECK(waited >= 300ms);
  CHECK(waited < 3s);
  REQUIRE(hung.has_error());
  CHECK(hung.error().kind == ErrorKind::unavailable);
}

TEST_CASE("a commit of n changes and g guards takes 5 + g + 2n round trips") {
  // Counted on the way: PostgreSQL's statistics leave out a begin and a commit that were prepared.
  auto const [engine, parameters] = GENERATE(
      std::pair(Engine::postgresql, ""), std::pair(Engine::postgresql, "&prepared=off"), std::pair(Engine::mysql, ""));
  CAPTURE(support::name_of(engine), parameters);
  Behind behind(engine, std::string("pool_size=1&lease_timeout=3s") + parameters);
  Team const team = new_team();
  REQUIRE(behind.store->commit(commit_of({Insert<Team>{team}})).has_value());
  Team const stored = behind.store->find(FindRequest<Team>{.id = team.id}).value();
  for (int changes = 2; changes < 6; ++changes) {
    Commit commit = commit_of({});
    for (int i = 0; i < changes; ++i) commit.changes.emplace_back(Insert<Team>{new_team()});
    if (changes % 2 == 1) commit.guards.emplace_back(Guard<Team>(stored));
    auto const guards = static_cast<int>(commit.guards.size());
    // Once, to have its statements prepared.
    REQUIRE(behind.store->commit(commit).has_value());
    commit.token = generate_uuid();
    for (Change& change : commit.changes) std::get<Insert<Team>>(change).row.id = Id<Team>::generate();
    int requests = 0;
    behind.proxy.arm({.when = [&](Request const&) {
      ++requests;
      return false;
    }});
    CHECK(behind.store->commit(commit).has_value());
    behind.proxy.disarm();
    CHECK(requests == 5 + guards + 2 * changes);
  }
}

TEST_CASE("a commit waits for a row that others have locked no longer than lease_timeout") {
  auto const [engine, parameters] = GENERATE(
      std::pair(Engine::postgresql, ""), std::pair(Engine::postgresql, "&prepared=off"), std::pair(Engine::mysql, ""));
  bool const is_one_statement = GENERATE(true, false);
  CAPTURE(support::name_of(engine), parameters, is_one_statement);
  Behind behind(engine, std::string("pool_size=1&lease_timeout=1s") + parameters);
  Commit const commit = new_commit(is_one_statement);
  // Or else a commit that waits for ever would do so here.
  if (engine == Engine::postgresql) behind.shell.run("set idle_in_transaction_session_timeout = '8s'");
  behind.shell.run("begin");
  behind.shell.run("select * from " + behind.prefix + "counter for update");
  auto const begin = std::chrono::steady_clock::now();
  auto const refused = behind.store->commit(commit);
  auto const waited = std::chrono::steady_clock::now() - begin;
  behind.shell.run("rollback");
  CHECK(waited >= 1s);
  CHECK(waited < 5s);
  REQUIRE(refused.has_error());
  CHECK(refused.error().kind == ErrorKind::unavailable);
  CHECK(refused.error().outcome == Outcome::not_done);
  CHECK(behind.store->commit(commit).value().revision == Revision{1});
}

TEST_CASE("a commit that has waited for others goes on, whatever isolation a PostgreSQL database has by default") {
  std::string const server = support::server_url(Engine::postgresql);
  std::string const isolation = GENERATE("repeatable read", "serializable");
  bool const prepares = GENERATE(true, false);
  CAPTURE(isolation, prepares);
  ServerShell outside(server);
  std::string const prefix = support::new_prefix();
  std::string const database = "isolated" + prefix;
  outside.run("create database " + database);
  outside.run("alter database " + database + " set default_transaction_isolation = '" + isolation + "'");
  {
    std::string const url = server.substr(0, server.rfind('/') + 1) + database;
    FaultyProxy proxy(url);
    auto const store = open_server(proxy.url("pool_size=8&lease_timeout=10s&table_prefix=" + prefix +
                                             "&prepared=" + (prepares ? "on" : "off")))
                           .value();
    REQUIRE(store->commit(new_commit(true)).has_value());
    ServerShell holder(url);
    holder.run("begin");
    holder.run("update " + prefix + "counter set revision = revision");
    int requests = 0;
    proxy.arm({.when = [&](Request const&) {
      ++requests;
      return false;
    }});
    Result<Committed> committed = Committed{};
    std::thread writer([&] { committed = store->commit(new_commit(true)); });
    std::string const waiting =
        "select count(*) from pg_stat_activity where datname = current_database() and"
        " wait_event_type = 'Lock'";
    while (holder.number(waiting) == 0) std::this_thread::sleep_for(5ms);
    holder.run("commit");
    writer.join();
    proxy.disarm();
    REQUIRE(committed.has_value());
    CHECK(committed->revision == Revision{2});
    CHECK(requests == 1);

    std::atomic<int> failed{0};
    std::vector<std::thread> writers;
    for (int w = 0; w < 8; ++w) {
      writers.emplace_back([&, w] {
        for (int i = 0; i < 20; ++i) failed += store->commit(new_commit(i % 2 == w % 2)).has_error() ? 1 : 0;
      });
    }
    for (std::thread& thread : writers) thread.join();
    CHECK(failed == 0);
    CHECK(store->revision().value() == Revision{2 + 8 * 20});
  }
  outside.run("drop database " + database + " with (force)");
}

TEST_CASE("behind a pooler that mixes up prepared statements the store is unavailable, and says what to do") {
  char const* const pooler = std::getenv("INLAY_TEST_PGBOUNCER_URL");
  if (pooler == nullptr) {
    WARN("INLAY_TEST_PGBOUNCER_URL is not set");
    return;
  }
  std::string const url = std::string(pooler).substr(0, std::string(pooler).find('?')) +
                          "?pool_size=1&table_prefix=" + support::new_prefix();
  std::vector<std::shared_ptr<Repository>> stores;
  std::optional<Error> error;
  for (int i = 0; i < 3 && !error; ++i) {
    auto const store = open_server(url);
    if (store.has_error()) {
      error = store.error();
    } else {
      stores.push_back(*store);
    }
  }
  REQUIRE(error);
  CHECK(error->kind == ErrorKind::unavailable);
  CHECK(error->message.find("use ?prepared=off") != std::string::npos);
}
