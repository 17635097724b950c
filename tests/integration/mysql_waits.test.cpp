// SPDX-License-Identifier: BSL-1.0
// For how long a call waits: for locks of tables, and for a server that says nothing.
#include <inlay/backends/memory.hpp>

#include <support/catch.hpp>
#include <support/private_server.hpp>
#include <support/server.hpp>
#include <support/sqlite.hpp>
#include "behind_proxy.hpp"

#include <csignal>

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace inlay;
using support::commit_of;
using support::Engine;
using support::new_commit;
using support::new_team;
using support::open_server;
using support::ServerShell;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

struct Timed {
  ErrorKind kind{};
  Outcome outcome{};
  std::string message;
  steady_clock::duration waited{};
};

/** What an operation that must fail says, and after how long. */
template <class Operation>
Timed refusal_of(Operation const& operation) {
  auto const begin = steady_clock::now();
  auto const result = operation();
  auto const waited = steady_clock::now() - begin;
  REQUIRE(result.has_error());
  return {result.error().kind, result.error().outcome, result.error().message, waited};
}

/** How many sessions wait for the lock of a table. */
long long waiting(ServerShell& shell) {
  return shell.number(
      "select count(*) from information_schema.processlist where state like 'Waiting for table metadata lock%'");
}

/** A server whose process can be stopped, as a machine stops that hangs. */
class StoppableServer {
 public:
  StoppableServer() : server_(Engine::mysql, "INLAY_TEST_TLS_SERVERS=1") {
    std::ifstream(server_.folder() + "/mariadb.pid") >> process_;
  }
  ~StoppableServer() { go_on(); }
  StoppableServer(StoppableServer const&) = delete;
  StoppableServer& operator=(StoppableServer const&) = delete;

  void stop() const { ::kill(process_, SIGSTOP); }
  void go_on() const { ::kill(process_, SIGCONT); }
  [[nodiscard]] std::string const& url() const { return server_.url(); }
  [[nodiscard]] std::string const& folder() const { return server_.folder(); }

 private:
  support::PrivateServer server_;
  pid_t process_ = 0;
};

}  // namespace

TEST_CASE("a call waits for the lock of a table no longer than lease_timeout") {
  std::string const server = support::server_url(Engine::mysql);
  std::string const prefix = support::new_prefix();
  auto const store = open_server(server + "?pool_size=1&lease_timeout=1s&table_prefix=" + prefix).value();
  REQUIRE(store->commit(new_commit(true)).has_value());
  enum How { locks_table, locks_all, queued_ddl };
  auto const how = GENERATE(locks_table, locks_all, queued_ddl);
  CAPTURE(how);
  ServerShell holder(server);
  ServerShell watch(server);
  std::thread alter;
  if (how == locks_table) holder.run("lock tables " + prefix + "team write");
  if (how == locks_all) holder.run("flush tables with read lock");
  if (how == queued_ddl) {
    holder.run("begin");
    holder.run("select * from " + prefix + "team");
    alter = std::thread([&] { ServerShell(server).run("alter table " + prefix + "team add column more int"); });
    while (waiting(watch) == 0) std::this_thread::sleep_for(5ms);
  }
  std::vector<Timed> refusals;
  refusals.push_back(refusal_of([&] { return store->commit(new_commit(true)); }));
  refusals.push_back(refusal_of([&] { return store->commit(new_commit(false)); }));
  if (how != locks_all) refusals.push_back(refusal_of([&] { return store->list(Query<Team>{}); }));
  holder.run(how == queued_ddl ? "rollback" : "unlock tables");
  if (alter.joinable()) alter.join();
  for (Timed const& refusal : refusals) {
    CAPTURE(refusal.message, std::chrono::duration<double>(refusal.waited).count());
    CHECK(refusal.kind == ErrorKind::unavailable);
    CHECK(refusal.outcome == Outcome::not_done);
    CHECK(refusal.message.find("busy") != std::string::npos);
    CHECK(refusal.waited > 900ms);
    CHECK(refusal.waited < 3 * 1s + 1s);
  }
  CHECK(store->revision().value() == Revision{1});
  CHECK(store->commit(new_commit(true)).has_value());
}

TEST_CASE("a server whose process has stopped is unavailable after read_timeout, and used again when it goes on") {
  StoppableServer const server;
  bool const is_encrypted = GENERATE(false, true);
  CAPTURE(is_encrypted);
  std::string const tls = is_encrypted ? "&ssl_ca=" + server.folder() + "/tls/ca.pem" : "";
  auto const open = [&] {
    return open_server(server.url() + "?pool_size=1&lease_timeout=1s&connect_timeout=1s&read_timeout=2s" + tls).value();
  };
  auto const work = open();
  Commit const first = new_commit(true);
  REQUIRE(work->commit(first).has_value());
  auto const team = std::get<Insert<Team>>(first.changes.front()).row.id;
  Commit const in_one = new_commit(true);
  Commit const in_several = new_commit(false);
  std::vector<std::pair<char const*, std::function<Timed(Repository&)>>> const calls{
      {"find", [&](Repository& s) { return refusal_of([&] { return s.find(FindRequest<Team>{.id = team}); }); }},
      {"list", [&](Repository& s) { return refusal_of([&] { return s.list(Query<Team>{}); }); }},
      {"changes", [&](Repository& s) { return refusal_of([&] { return s.changes({}); }); }},
      {"commit", [&](Repository& s) { return refusal_of([&] { return s.commit(in_one); }); }},
      {"commit in steps", [&](Repository& s) { return refusal_of([&] { return s.commit(in_several); }); }}};
  for (auto const& [name, call] : calls) {
    auto const store = open();
    REQUIRE(store->revision().has_value());
    server.stop();
    Timed const refusal = call(*store);
    server.go_on();
    CAPTURE(name, refusal.message, std::chrono::duration<double>(refusal.waited).count());
    CHECK(refusal.kind == ErrorKind::unavailable);
    CHECK(refusal.outcome == (std::string(name) == "commit" ? Outcome::unknown : Outcome::not_done));
    CHECK(refusal.waited > 1500ms);
    CHECK(refusal.waited < 15s);
    CHECK(store->list(Query<Team>{}).has_value());
  }
}

TEST_CASE("what works on a whole store waits for the server as long as it takes") {
  enum What { migrating, dumping, restoring, compacting };
  auto const what = GENERATE(migrating, dumping, restoring, compacting);
  CAPTURE(what);
  std::string const server = support::server_url(Engine::mysql);
  std::string const prefix = support::new_prefix();
  std::string const url = server + "?pool_size=1&lease_timeout=20s&read_timeout=1s&table_prefix=" + prefix;
  ServerShell holder(server);
  auto const database = StoreUrl::parse(server).value().path;
  auto const store = what == migrating ? nullptr : open_server(url).value();
  switch (what) {
    case migrating: {
      holder.run("select get_lock(concat('inlay ', sha1('" + database + "." + prefix + "')), 0)");
      break;
    }
    case dumping: holder.run("lock tables " + prefix + "counter write"); break;
    case restoring:
    case compacting: holder.run("begin"); holder.run("select * from " + prefix + "counter for update");
  }
  std::thread much_later([&] {
    std::this_thread::sleep_for(3s);
    holder.run("select release_all_locks()");
    holder.run("unlock tables");
    holder.run("rollback");
  });
  auto const begin = steady_clock::now();
  Result<void> done;
  switch (what) {
    case migrating: {
      auto const opened = open_server(url);
      if (opened.has_error()) done = opened.error();
      break;
    }
    case dumping: done = store->dump({.sink = [](StoreRecord const&) { return Result<void>(); }}); break;
    case restoring: {
      auto const source = Backends{}.add(memory_backend()).open("memory:").value();
      done = store->restore({.fill = [&](RecordSink const& sink) { return source->dump({.sink = sink}); }});
      break;
    }
    case compacting: done = store->compact({.through = Revision{0}});
  }
  auto const waited = steady_clock::now() - begin;
  much_later.join();
  INFO((done ? "" : to_string(done.error())));
  CHECK(done.has_value());
  CHECK(waited > 2s);
  if (!store) return;
  // And only that: the next call is limited again.
  holder.run("lock tables " + prefix + "team write");
  Timed const refusal = refusal_of([&] { return store->list(Query<Team>{}); });
  holder.run("unlock tables");
  CHECK(refusal.kind == ErrorKind::unavailable);
  CHECK(refusal.waited < 15s);
}
