// SPDX-License-Identifier: BSL-1.0
// Sessions on PostgreSQL: what a role has set, what others lock, and servers that are full, silent, or behind.
#include <inlay/backends/sql/host.hpp>

#include <backends/postgresql/error_codes.hpp>
#include <support/catch.hpp>
#include <support/private_server.hpp>
#include "behind_proxy.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace inlay;
using support::Behind;
using support::commit_of;
using support::Engine;
using support::FaultyProxy;
using support::new_commit;
using support::new_environment;
using support::new_team;
using support::open_server;
using support::Request;
using support::ServerShell;
using namespace std::chrono_literals;

namespace {

using Steady = std::chrono::steady_clock;

[[nodiscard]] std::string text_of(Error const& error) { return to_string(error); }

/** A role of the test's own on the server, which owns what it makes. */
class Role {
 public:
  explicit Role(std::string const& server) : shell_(server), name_("r" + support::new_prefix()) {
    StoreUrl const parts = StoreUrl::parse(server).value();
    shell_.run("create role " + name_ + " login password '" + *parts.password + "'");
    shell_.run("grant all on schema public to " + name_);
    url_ = server;
    url_.replace(url_.find("//" + parts.user + ":"), parts.user.size() + 3, "//" + name_ + ":");
  }
  ~Role() {
    shell_.run("drop owned by " + name_);
    shell_.run("drop role " + name_);
  }
  Role(Role const&) = delete;
  Role& operator=(Role const&) = delete;

  void alter(std::string const& how) { shell_.run("alter role " + name_ + ' ' + how); }
  [[nodiscard]] std::string url(std::string const& parameters) const {
    return url_ + "?table_prefix=" + support::new_prefix() + '&' + parameters;
  }

 private:
  ServerShell shell_;
  std::string name_;
  std::string url_;
};

/** Each call that waits for a server, by name. */
std::map<std::string, std::function<Result<void>()>> calls_of(Repository& store, Commit const& one_statement,
                                                              Commit const& transaction) {
  auto const told = [](auto const& result) { return result ? Result<void>() : Result<void>(result.error()); };
  return {
      {"find", [&, told] { return told(store.find(FindRequest<Team>{.id = Id<Team>::generate()})); }},
      {"list", [&, told] { return told(store.list(Query<Team>{})); }},
      {"changes", [&, told] { return told(store.changes({})); }},
      {"commit in one statement", [&, told] { return told(store.commit(one_statement)); }},
      {"commit in a transaction", [&, told] { return told(store.commit(transaction)); }},
  };
}

}  // namespace

TEST_CASE("what PostgreSQL calls an error has a row of the table, and the table has no other") {
  ServerShell shell(support::server_url(Engine::postgresql));
  int const version = static_cast<int>(shell.number("show server_version_num") / 10'000);
  std::istringstream list(
      shell.run("select pg_read_file(setting || '/errcodes.txt') from pg_catalog.pg_config() where name = 'SHAREDIR'")
          .at(0)
          .at(0));
  std::vector<std::string> states;
  for (std::string line; std::getline(list, line);) {
    std::istringstream words(line);
    std::string state;
    std::string severity;
    if (words >> state >> severity && severity == "E" && state.front() != '#') states.push_back(state);
  }
  REQUIRE(states.size() > 200);
  for (std::string const& state : states) {
    INFO(state);
    auto const code = inlay::postgresql::error_code(state);
    // One that nobody knows is told by its whole number, and as unsafe; a row is one of the table's own.
    CHECK(std::any_of(postgresql::error_codes.begin(), postgresql::error_codes.end(),
                      [&](auto const& row) { return row.state.data() == code.state.data(); }));
  }
  for (auto const& row : postgresql::error_codes) {
    if (row.since > version) continue;
    INFO(row.state);
    CHECK(std::any_of(states.begin(), states.end(), [&](auto const& state) { return state.starts_with(row.state); }));
  }
}

TEST_CASE("after an operator has altered a table a running process goes on") {
  std::string const url = support::server_url(Engine::postgresql);
  std::string const prefix = support::new_prefix();
  auto const store = open_server(url + "?table_prefix=" + prefix).value();
  ServerShell shell(url);
  Team const team = new_team();
  Commit commit = commit_of({Insert<Team>{team}, Insert<Environment>{new_environment(team, "e")}});
  REQUIRE(store->commit(commit).has_value());
  auto const find = [&] { return store->find(FindRequest<Team>{.id = team.id}); };
  REQUIRE(find().has_value());
  // On a second connection, while the first one is in use.
  REQUIRE(store
              ->dump({.sink = [&](StoreRecord const&) -> Result<void> {
                return find() ? Result<void>() : Result<void>(find().error());
              }})
              .has_value());
  shell.run("alter table " + prefix + "team alter column name type varchar(1000) collate \"C\"");
  auto const found = find();
  INFO((found ? "found" : text_of(found.error())));
  CHECK(found.has_value());

  // And inside a transaction, which is done again as a whole.
  auto const edit = [&](std::string const& name) {
    Edit<Team> one{.id = team.id, .edit = [name](Team row) -> Result<Team> {
                     row.name = name;
                     return row;
                   }};
    return store->commit(commit_of({one, Insert<Environment>{new_environment(team, name)}}));
  };
  REQUIRE(edit("first").has_value());
  shell.run("alter table " + prefix + "team alter column name type text collate \"C\"");
  auto const edited = edit("second");
  INFO((edited ? "edited" : text_of(edited.error())));
  REQUIRE(edited.has_value());
  CHECK(find().value().name == "second");
  CHECK(store->revision().value() == Revision{3});
}

TEST_CASE("statements that are no longer prepared are prepared anew once, and then it is said what a pooler needs") {
  Behind behind(Engine::postgresql, "pool_size=2&lease_timeout=2s");
  std::string const name = behind.prefix + "forgetful";
  bool const is_once = GENERATE(true, false);
  CAPTURE(is_once);
  // What happens where sessions are shared, in a session of the store's own: all that it has prepared goes.
  behind.shell.run("create sequence " + name);
  behind.shell.run("create function " + name + "() returns trigger language plpgsql as $$ begin if nextval('" + name +
                   "') = 1 or not " + (is_once ? "true" : "false") +
                   " then execute 'deallocate all'; end if; return null; end $$");
  behind.shell.run("create trigger " + name + " after insert on " + behind.prefix +
                   "change for each row execute function " + name + "()");
  Commit const commit = new_commit(false);
  auto const committed = behind.store->commit(commit);
  INFO((committed ? "done" : text_of(committed.error())));
  if (is_once) {
    CHECK(committed.has_value());
    CHECK(behind.commits(commit) == 1);
  } else {
    REQUIRE(committed.has_error());
    CHECK(committed.error().kind == ErrorKind::unavailable);
    CHECK(committed.error().outcome == Outcome::not_done);
    CHECK(committed.error().message.find("use ?prepared=off") != std::string::npos);
    CHECK(behind.commits(commit) == 0);
  }
  behind.shell.run("drop function " + name + " cascade");
  behind.shell.run("drop sequence " + name);
}

TEST_CASE("where a role may have few connections its calls wait for one of those that are open") {
  Role role(support::server_url(Engine::postgresql));
  role.alter("connection limit 2");
  std::string const prepared = GENERATE("on", "off");
  CAPTURE(prepared);
  auto const store = open_server(role.url("pool_size=8&lease_timeout=5s&prepared=" + prepared)).value();
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 12; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 15; ++i) failed += store->list(Query<Team>{}).has_error() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failed == 0);
}

TEST_CASE("where a role may have no connection left it is asked again until lease_timeout") {
  Role role(support::server_url(Engine::postgresql));
  std::string const url = role.url("lease_timeout=1s");
  REQUIRE(open_server(url).has_value());
  role.alter("connection limit 0");
  auto const begin = Steady::now();
  auto const opened = open_server(url);
  auto const waited = Steady::now() - begin;
  REQUIRE(opened.has_error());
  INFO(text_of(opened.error()));
  CHECK(opened.error().kind == ErrorKind::unavailable);
  CHECK(opened.error().message.find("no connection left") != std::string::npos);
  CHECK(opened.error().message.find("53300") != std::string::npos);
  CHECK(waited >= 1s);
  CHECK(waited < 4s);
  std::thread later([&] {
    std::this_thread::sleep_for(200ms);
    role.alter("connection limit 1");
  });
  CHECK(open_server(url).has_value());
  later.join();
}

TEST_CASE("a pooler that lets nobody more in is a server with no connection left") {
  // PgBouncer's words and number, said to whoever connects.
  int const listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(bind(listener, reinterpret_cast<sockaddr const*>(&address), size) == 0);
  REQUIRE(listen(listener, 64) == 0);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  std::atomic<int> asked{0};
  std::thread pooler([&] {
    using namespace std::string_literals;
    std::string const words = "SFATAL\0C08P01\0Mno more connections allowed (max_client_conn)\0\0"s;
    std::string const refusal = "E\0\0\0"s + static_cast<char>(words.size() + 4) + words;
    while (true) {
      int const client = accept(listener, nullptr, nullptr);
      if (client < 0) return;
      ++asked;
      char request[512];
      if (read(client, request, sizeof request) > 0) static_cast<void>(send(client, refusal.data(), refusal.size(), 0));
      close(client);
    }
  });
  auto const opened = open_server("postgresql://user@127.0.0.1:" + std::to_string(ntohs(address.sin_port)) +
                                  "/db?sslmode=disable&prepared=off&lease_timeout=500ms");
  shutdown(listener, SHUT_RDWR);
  pooler.join();
  close(listener);
  REQUIRE(opened.has_error());
  INFO(text_of(opened.error()));
  CHECK(opened.error().kind == ErrorKind::unavailable);
  CHECK(opened.error().message.find("no connection left") != std::string::npos);
  CHECK(asked > 2);
}

TEST_CASE("nobody waits for a table that others have locked longer than lease_timeout") {
  std::string const parameters = GENERATE("", "&prepared=off");
  CAPTURE(parameters);
  Behind behind(Engine::postgresql, "pool_size=1&lease_timeout=1s" + parameters);
  Commit const one_statement = new_commit(true);
  Commit const transaction = new_commit(false);
  behind.shell.run("set idle_in_transaction_session_timeout = '60s'");
  for (std::string const table : {"team", "commit", "counter"}) {
    behind.shell.run("begin");
    behind.shell.run("lock table " + behind.prefix + table + " in access exclusive mode");
    for (auto const& [name, call] : calls_of(*behind.store, one_statement, transaction)) {
      if (table != "team" && (name == "find" || (table == "commit" && name == "list"))) continue;
      if (table == "team" && name == "changes") continue;
      CAPTURE(table, name);
      auto const begin = Steady::now();
      auto const result = call();
      auto const waited = Steady::now() - begin;
      REQUIRE(result.has_error());
      INFO(text_of(result.error()));
      CHECK(result.error().kind == ErrorKind::unavailable);
      CHECK(result.error().outcome == Outcome::not_done);
      CHECK(waited >= 1s);
      CHECK(waited < 4s);
    }
    behind.shell.run("rollback");
  }
  CHECK(behind.store->commit(one_statement).has_value());
  CHECK(behind.store->commit(transaction).has_value());
}

TEST_CASE("what is no transaction of several statements is one round trip with prepared=off too") {
  Behind behind(Engine::postgresql, "pool_size=1&prepared=off");
  Commit const commit = new_commit(true);
  Commit const transaction = new_commit(false);
  int requests = 0;
  REQUIRE(behind.store->revision().has_value());
  behind.proxy.arm({.when = [&](Request const&) {
    ++requests;
    return false;
  }});
  for (auto const& [name, call] : calls_of(*behind.store, commit, transaction)) {
    if (name == "commit in a transaction") continue;
    CAPTURE(name);
    requests = 0;
    auto const result = call();
    CHECK((result.has_value() || result.error().kind == ErrorKind::not_found));
    CHECK(requests == 1);
  }
}

TEST_CASE(
    "a PostgreSQL whose processes are stopped is unavailable after read_timeout, and used again when they go on") {
  support::PrivateServer server(Engine::postgresql);
  std::string const prepared = GENERATE("on", "off");
  CAPTURE(prepared);
  auto const store = open_server(server.url() + "?pool_size=8&lease_timeout=1s&connect_timeout=1s&read_timeout=1s" +
                                 "&table_prefix=" + support::new_prefix() + "&prepared=" + prepared)
                         .value();
  ServerShell shell(server.url());
  Commit const one_statement = new_commit(true);
  Commit const transaction = new_commit(false);
  for (auto const& [name, call] : calls_of(*store, one_statement, transaction)) {
    CAPTURE(name);
    REQUIRE(store->revision().has_value());
    auto const processes = shell.run(
        "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() union all"
        " select substring(pg_read_file('postmaster.pid') from '^\\d+')::integer");
    for (auto const& row : processes) kill(std::stoi(row.at(0)), SIGSTOP);
    auto const begin = Steady::now();
    auto const result = call();
    auto const waited = Steady::now() - begin;
    for (auto const& row : processes) kill(std::stoi(row.at(0)), SIGCONT);
    REQUIRE(result.has_error());
    INFO(text_of(result.error()));
    CHECK(result.error().kind == ErrorKind::unavailable);
    CHECK(waited >= 1s);
    CHECK(waited < 8s);
    CHECK(result.error().outcome == (name == "commit in one statement" ? Outcome::unknown : Outcome::not_done));
  }
  // What was unknown is found out by its token.
  auto const again = store->commit(one_statement);
  CHECK((again.has_value() || again.error().pointer == "/token"));
  CHECK(store->commit(transaction).has_value());
}

TEST_CASE("a host of several that says nothing keeps the next one waiting no longer than connect_timeout") {
  std::string const server = support::server_url(Engine::postgresql);
  FaultyProxy silent(server);
  silent.freeze();
  StoreUrl const there = StoreUrl::parse(server).value();
  std::string url = silent.url("connect_timeout=1s&table_prefix=" + support::new_prefix());
  url.insert(url.rfind('/'), "," + there.hosts.at(0).name + ":" + std::to_string(*there.hosts.at(0).port));
  auto const begin = Steady::now();
  auto const store = open_server(url);
  auto const waited = Steady::now() - begin;
  INFO((store ? "opened" : text_of(store.error())));
  CHECK(store.has_value());
  CHECK(waited >= 1s);
  CHECK(waited < 5s);
}

TEST_CASE("a role whose foreign keys are off, and who may not set them on, has no store") {
  Role role(support::server_url(Engine::postgresql));
  role.alter("set session_replication_role = replica");
  std::string const prepared = GENERATE("on", "off");
  CAPTURE(prepared);
  auto const opened = open_server(role.url("prepared=" + prepared));
  REQUIRE(opened.has_error());
  INFO(text_of(opened.error()));
  CHECK(opened.error().kind == ErrorKind::unavailable);
  CHECK(opened.error().message.find("session_replication_role") != std::string::npos);
}

TEST_CASE("a role whose search_path leads to no schema is told what to do") {
  Role role(support::server_url(Engine::postgresql));
  role.alter("set search_path = absent");
  std::string const prepared = GENERATE("on", "off");
  CAPTURE(prepared);
  auto const opened = open_server(role.url("prepared=" + prepared));
  REQUIRE(opened.has_error());
  INFO(text_of(opened.error()));
  CHECK(opened.error().kind == ErrorKind::unavailable);
  CHECK(opened.error().message.find("search_path") != std::string::npos);
}

TEST_CASE("a PostgreSQL session of a host whose settings change what statements mean is refused, and left as it is") {
  std::string const server = support::server_url(Engine::postgresql);
  auto const [name, bad] =
      GENERATE(std::pair("standard_conforming_strings", "off"), std::pair("session_replication_role", "replica"));
  CAPTURE(name);
  HostOptions options;
  options.table_prefix = support::new_prefix();
  soci::connection_pool pool(1);
  pool.at(0).open(soci::postgresql, server + "?client_encoding=UTF8");
  REQUIRE(open_postgresql(pool, options).has_value());
  pool.at(0) << "set " << name << " = " << bad;
  auto const refused = open_postgresql(pool, options);
  REQUIRE(refused.has_error());
  INFO(text_of(refused.error()));
  CHECK(refused.error().kind == ErrorKind::unavailable);
  CHECK(refused.error().message.find(name) != std::string::npos);
  std::string left;
  pool.at(0) << "show " << name, soci::into(left);
  CHECK(left == bad);
}

TEST_CASE("on a server that follows another a revision that has not come there yet is unavailable") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  INFO(support::name_of(engine));
  support::PrivateServer server(engine);
  {
    auto const primary = open_server(server.url()).value();
    REQUIRE(primary->commit(new_commit(true)).has_value());
    CHECK(primary->changes({.after = Revision{9}}).error().kind == ErrorKind::invalid_argument);
  }
  {
    ServerShell shell(server.url());
    if (engine == Engine::postgresql) {
      shell.run("copy (select where false) to '" + shell.run("show data_directory").at(0).at(0) + "/standby.signal'");
      server.crash();  // and it comes back as a standby, that follows nobody
    } else {
      shell.run("set global read_only = on");
    }
  }
  auto const standby = open_server(server.url()).value();
  CHECK(standby->changes({.after = Revision{1}}).value().through == Revision{1});
  auto const ahead = standby->changes({.after = Revision{9}});
  REQUIRE(ahead.has_error());
  INFO(text_of(ahead.error()));
  CHECK(ahead.error().kind == ErrorKind::unavailable);
  if (engine == Engine::postgresql) {
    auto const refused = standby->commit(new_commit(true));
    REQUIRE(refused.has_error());
    CHECK(refused.error().kind == ErrorKind::unavailable);
    CHECK(refused.error().outcome == Outcome::not_done);
  }
}
