// SPDX-License-Identifier: BSL-1.0
// Connections that break at a chosen moment, and what callers are told then.
#include <support/catch.hpp>
#include <support/faulty_proxy.hpp>
#include <support/private_server.hpp>
#include <support/server.hpp>
#include <support/sqlite.hpp>
#include "behind_proxy.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
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
using support::is_unknown;
using support::new_commit;
using support::new_environment;
using support::new_team;
using support::open_server;
using support::Request;
using support::ServerShell;
using namespace std::chrono_literals;

// SOCI 4.0 never ends a connection to PostgreSQL that dies between the server's greeting and SOCI's own first
// statement, which a proxy that cuts everywhere hits. The kit, which cuts nothing, is held to leak no connection.
extern "C" char const* __lsan_default_suppressions();
extern "C" char const* __lsan_default_suppressions() { return "leak:PQconnectdb\n"; }

namespace {

enum Then { recovers, breaks_again, stays_away };

std::string patience(Then then) {
  return then == stays_away ? "pool_size=1&lease_timeout=50ms" : "pool_size=1&lease_timeout=5s";
}

/** Breaks the connection at each request of a commit in turn, and holds what is reported against what is there. */
void break_everywhere(Behind& behind, bool is_one_statement, Fault fault, Then then) {
  Team const team = new_team();
  REQUIRE(behind.store->commit(commit_of({Insert<Team>{team}})).has_value());
  // Others change what the commit guards as soon as something has gone wrong, so that doing it again is refused; unless
  // the server still holds it for that commit.
  bool is_changed = false;
  auto const change_team = [&] {
    if (is_changed) return;
    if (behind.shell.run("select revision from " + behind.prefix + "counter for update skip locked").empty()) return;
    Team const before = behind.direct->find(FindRequest<Team>{.id = team.id}).value();
    Team after = before;
    after.name += "+";
    is_changed = behind.direct->commit(commit_of({Update<Team>{before, after}})).has_value();
  };
  int broken = 0;
  for (int skipped = 0, strikes = 1; strikes > 0; ++skipped) {
    bool const interferes = skipped % 2 == 1;
    CAPTURE(skipped);
    is_changed = !interferes;
    Commit commit = new_commit(is_one_statement);
    commit.guards.emplace_back(Guard<Team>(behind.direct->find(FindRequest<Team>{.id = team.id}).value()));
    int requests = 0;
    behind.proxy.arm({.when = [&](Request const&) { return ++requests > skipped; },
                      .fault = fault,
                      .times = then == breaks_again ? 2 : 1,
                      .then_goes_away = then == stays_away,
                      .meanwhile = change_team});
    auto const committed = behind.store->commit(commit);
    strikes = behind.proxy.strikes();
    behind.proxy.disarm();
    behind.proxy.come_back();
    broken += strikes;
    auto const times = behind.commits(commit);
    INFO((committed.has_error() ? to_string(committed.error()) : "committed") << ", " << strikes << " strikes");
    bool const is_refused = interferes && is_changed;
    if (committed.has_value()) {
      CHECK(times == 1);
    } else if (committed.error().outcome == Outcome::unknown) {
      CHECK(committed.error().kind == ErrorKind::unavailable);
      CHECK(times <= 1);
      CHECK(then != recovers);
    } else {
      CHECK(times == 0);
      CHECK((then != recovers || is_refused));
      if (then == recovers) CHECK(committed.error().kind == ErrorKind::conflict);
    }
  }
  CHECK(broken >= (is_one_statement ? 1 : 8));
}

}  // namespace

TEST_CASE("a commit whose reply is lost is done once, and so reported") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  bool const is_one_statement = GENERATE(true, false);
  auto const fault = GENERATE(Fault::lose_reply, Fault::cut_reply);
  CAPTURE(support::name_of(engine), is_one_statement, fault);
  Behind behind(engine);
  REQUIRE(behind.store->commit(new_commit(is_one_statement)).has_value());
  Commit const commit = new_commit(is_one_statement);
  behind.proxy.arm({.when = ends(commit, is_one_statement), .fault = fault});

  auto const committed = behind.store->commit(commit);
  CHECK(behind.proxy.strikes() == 1);
  REQUIRE(committed.has_value());
  CHECK(committed->revision == Revision{2});
  CHECK(behind.revision() == 2);
  auto const page = behind.store->changes({.after = Revision{1}}).value();
  REQUIRE(page.commits.size() == 1);
  CHECK(page.commits.front().token == commit.token);
  CHECK(page.commits.front().changes.size() == commit.changes.size());
}

TEST_CASE("a commit that never arrived is done once all the same") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  bool const is_one_statement = GENERATE(true, false);
  CAPTURE(support::name_of(engine), is_one_statement);
  Behind behind(engine);
  REQUIRE(behind.store->commit(new_commit(is_one_statement)).has_value());
  Commit const commit = new_commit(is_one_statement);
  behind.proxy.arm({.when = ends(commit, is_one_statement), .fault = Fault::cut});

  auto const committed = behind.store->commit(commit);
  CHECK(behind.proxy.strikes() == 1);
  REQUIRE(committed.has_value());
  CHECK(committed->revision == Revision{2});
  CHECK(behind.revision() == 2);
  CHECK(behind.commits(commit) == 1);
}

TEST_CASE("while nobody can be asked what came of a commit its outcome is unknown") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  bool const is_one_statement = GENERATE(true, false);
  bool const arrives = GENERATE(true, false);
  CAPTURE(support::name_of(engine), is_one_statement, arrives);
  Behind behind(engine, "pool_size=1&lease_timeout=400ms");
  REQUIRE(behind.store->commit(new_commit(is_one_statement)).has_value());
  Commit const commit = new_commit(is_one_statement);
  behind.proxy.arm({.when = ends(commit, is_one_statement),
                    .fault = arrives ? Fault::lose_reply : Fault::cut,
                    .then_goes_away = true});

  auto const begin = std::chrono::steady_clock::now();
  auto const committed = behind.store->commit(commit);
  auto const waited = std::chrono::steady_clock::now() - begin;
  CHECK(behind.proxy.strikes() == 1);
  CHECK(is_unknown(committed));
  CHECK(waited >= 400ms);
  CHECK(waited < 3s);
  CHECK(behind.commits(commit) == (arrives ? 1 : 0));

  // Nothing else was begun, so of this one it is known that it was not done.
  Commit const later = new_commit(is_one_statement);
  auto const refused = behind.store->commit(later);
  REQUIRE(refused.has_error());
  CHECK(refused.error().kind == ErrorKind::unavailable);
  CHECK(refused.error().outcome == Outcome::not_done);
  auto const read = behind.store->list(Query<Team>{});
  REQUIRE(read.has_error());
  CHECK(read.error().kind == ErrorKind::unavailable);

  behind.proxy.come_back();
  CHECK(behind.store->commit(later).has_value());
  CHECK(behind.commits(later) == 1);
  // The same commit again, by whoever was told that it is unknown.
  auto const again = behind.store->commit(commit);
  CHECK(again.has_value() == !arrives);
  CHECK(behind.commits(commit) == 1);
}

TEST_CASE("what was reported as not done cannot be done later") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  bool const loses_fence = GENERATE(false, true);
  CAPTURE(support::name_of(engine), loses_fence);
  Behind behind(engine);
  Team const team = new_team();
  Environment const twin = new_environment(team, "twin");
  REQUIRE(behind.store->commit(commit_of({Insert<Team>{team}, Insert<Environment>{twin}})).has_value());
  // One that is refused only as long as the twin is there.
  Environment const environment = new_environment(team, "twin");
  Commit const commit = commit_of({Insert<Environment>{environment}});
  behind.proxy.arm({.when = ends(commit, true), .fault = Fault::delay});
  // The end of the transaction that keeps it out may be lost as well.
  if (loses_fence) behind.proxy.arm({.when = ends(commit, false), .fault = Fault::lose_reply});

  auto const committed = behind.store->commit(commit);
  CHECK(behind.proxy.strikes() == (loses_fence ? 2 : 1));
  REQUIRE(committed.has_error());
  CHECK(committed.error().kind == ErrorKind::already_exists);
  CHECK(committed.error().outcome == Outcome::not_done);

  Environment there = behind.direct->find(FindRequest<Environment>{.id = twin.id}).value();
  REQUIRE(behind.direct->commit(commit_of({Remove<Environment>{there}})).has_value());
  REQUIRE(behind.proxy.release());
  CHECK(behind.commits(commit) == 0);
  CHECK(behind.direct->find(FindRequest<Environment>{.id = environment.id}).has_error());
}

TEST_CASE("a commit that arrives late, after it was refused and before it is kept out, is reported as done") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  enum Ending { is_told, cannot_be_told, is_forgotten };
  auto const ending = GENERATE(is_told, cannot_be_told, is_forgotten);
  bool const can_be_told = ending != cannot_be_told;
  bool const is_compacted = ending == is_forgotten;
  CAPTURE(support::name_of(engine), can_be_told, is_compacted);
  Behind behind(engine);
  Team const team = new_team();
  Environment const twin = new_environment(team, "twin");
  REQUIRE(behind.store->commit(commit_of({Insert<Team>{team}, Insert<Environment>{twin}})).has_value());
  Commit const commit = commit_of({Insert<Environment>{new_environment(team, "twin")}});
  behind.proxy.arm({.when = ends(commit, true), .fault = Fault::delay});
  // When it has been found why it is refused, and its locks are gone, the reason goes as well, and the first one
  // arrives.
  bool is_explained = false;
  bool is_late = false;
  behind.proxy.arm({.when =
                        [&](Request const& request) {
                          is_explained = is_explained || request.statement.find("id\" <>") != std::string_view::npos ||
                                         request.statement.find("id` <>") != std::string_view::npos;
                          return is_explained && (request.statement == "ROLLBACK" || request.statement == "rollback");
                        },
                    .fault = Fault::lose_reply,
                    .meanwhile =
                        [&] {
                          Environment const there =
                              behind.direct->find(FindRequest<Environment>{.id = twin.id}).value();
                          is_late = behind.direct->commit(commit_of({Remove<Environment>{there}})).has_value() &&
                                    behind.proxy.release() &&
                                    (!is_compacted || behind.direct->compact({.through = Revision{3}}).has_value());
                        }});
  if (!can_be_told) {
    behind.proxy.arm({.when =
                          [token = to_string(commit.token)](Request const& request) {
                            // What the commit is that has the token, not whether any has.
                            return request.statement.find("compacted_through") != std::string_view::npos &&
                                   request.mentions(token);
                          },
                      .fault = Fault::cut,
                      .times = 2});
  }
  auto const committed = behind.store->commit(commit);
  CHECK(behind.proxy.strikes() == (can_be_told ? 2 : 4));
  CHECK(is_late);
  CHECK(behind.commits(commit) == (is_compacted ? 0 : 1));
  if (can_be_told && !is_compacted) {
    REQUIRE(committed.has_value());
    CHECK(committed->revision == Revision{3});
  } else {
    CHECK(is_unknown(committed));
  }
}

TEST_CASE("a transaction whose end is underway holds others up no longer than lease_timeout") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  INFO(support::name_of(engine));
  Behind behind(engine, "pool_size=1&lease_timeout=1s");
  Commit const commit = new_commit(false);
  behind.proxy.arm({.when = ends(commit, false), .fault = Fault::delay});

  auto const begin = std::chrono::steady_clock::now();
  auto const committed = behind.store->commit(commit);
  CHECK(behind.proxy.strikes() == 1);
  CHECK(is_unknown(committed));
  auto const other = behind.store->commit(new_commit(true));
  CHECK(std::chrono::steady_clock::now() - begin < 8s);
  REQUIRE(other.has_error());
  CHECK(other.error().kind == ErrorKind::unavailable);
  CHECK(other.error().outcome == Outcome::not_done);

  REQUIRE(behind.proxy.release());
  CHECK(behind.commits(commit) == 1);
  CHECK(behind.store->commit(new_commit(true)).has_value());
}

TEST_CASE("a commit that was done is not refused for what others did since") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  bool const is_one_statement = GENERATE(true, false);
  CAPTURE(support::name_of(engine), is_one_statement);
  Behind behind(engine);
  Team const team = new_team();
  REQUIRE(behind.store->commit(commit_of({Insert<Team>{team}})).has_value());
  Commit commit = new_commit(is_one_statement);
  commit.guards.emplace_back(Guard<Team>(behind.direct->find(FindRequest<Team>{.id = team.id}).value()));
  Result<Committed> others = Committed{};
  behind.proxy.arm({.when = ends(commit, is_one_statement), .fault = Fault::lose_reply, .meanwhile = [&] {
                      Team const before = behind.direct->find(FindRequest<Team>{.id = team.id}).value();
                      Team after = before;
                      after.name = "changed";
                      others = behind.direct->commit(commit_of({Update<Team>{before, after}}));
                    }});
  auto const committed = behind.store->commit(commit);
  CHECK(behind.proxy.strikes() == 1);
  CHECK(others.has_value());
  REQUIRE(committed.has_value());
  CHECK(committed->revision == Revision{2});
  CHECK(behind.commits(commit) == 1);
}

TEST_CASE("an edit whose reply is lost is done once") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  bool const settles_to_nothing = GENERATE(false, true);
  CAPTURE(support::name_of(engine), settles_to_nothing);
  Behind behind(engine);
  Team const team = new_team("0");
  REQUIRE(behind.store->commit(commit_of({Insert<Team>{team}})).has_value());
  Commit const commit = commit_of({Edit<Team>{team.id, [&](Team const& current) -> Result<Team> {
                                                Team after = current;
                                                after.name = settles_to_nothing ? "1" : current.name + "1";
                                                return after;
                                              }}});
  behind.proxy.arm({.when = ends(commit, false), .fault = Fault::lose_reply, .meanwhile = [&] {
                      static_cast<void>(behind.direct->commit(new_commit(true)));
                    }});
  auto const committed = behind.store->commit(commit);
  CHECK(behind.proxy.strikes() == 1);
  REQUIRE(committed.has_value());
  CHECK(committed->revision == Revision{2});
  CHECK(behind.commits(commit) == 1);
  Team const after = behind.store->find(FindRequest<Team>{.id = team.id}).value();
  CHECK(after.name == (settles_to_nothing ? "1" : "01"));
  CHECK(after.version == Version{2});
}

TEST_CASE("a commit whose reply is lost is not done again because the log was compacted before it was settled") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  Team const team = new_team("0");
  Insert<Team> const made{team};
  Team const before = inserted(made, {}, {});
  Team after = before;
  after.name += "1";
  auto const edit = [](Team current) -> Result<Team> {
    current.name += "1";
    return current;
  };
  enum What { insert, update, edits, several };
  auto const what = GENERATE(insert, update, edits, several);
  CAPTURE(support::name_of(engine), what);
  std::vector<Change> changes;
  if (what == insert || what == several) changes.emplace_back(Insert<Team>{new_team()});
  if (what == update || what == several) changes.emplace_back(Update<Team>{before, after});
  if (what == edits) changes.emplace_back(Edit<Team>{team.id, edit});
  Commit const commit = commit_of(std::move(changes));
  Behind behind(engine);
  REQUIRE(behind.store->commit(commit_of({made})).has_value());
  bool is_compacted = false;
  behind.proxy.arm({.when = ends(commit, what == insert || what == update),
                    .fault = Fault::lose_reply,
                    .meanwhile = [&] { is_compacted = behind.direct->compact({.through = Revision{2}}).has_value(); }});
  auto const committed = behind.store->commit(commit);
  CHECK(behind.proxy.strikes() == 1);
  CHECK(is_compacted);
  INFO((committed ? "done" : to_string(committed.error())));
  CHECK((committed.has_value() && committed->revision == Revision{2}));
  CHECK(behind.revision() == 2);
  Team const now = behind.store->find(FindRequest<Team>{.id = team.id}).value();
  CHECK(now.name == (what == insert ? "0" : "01"));
  auto const again = behind.store->commit(commit);
  REQUIRE(again.has_error());
  CHECK(again.error().pointer == "/token");
}

TEST_CASE("wherever the connection of a commit breaks, what is reported is true") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  bool const is_one_statement = GENERATE(true, false);
  auto const fault = GENERATE(Fault::cut, Fault::lose_reply, Fault::cut_reply);
  auto const then = GENERATE(recovers, breaks_again, stays_away);
  CAPTURE(support::name_of(engine), is_one_statement, fault, then);
  Behind behind(engine, patience(then));
  break_everywhere(behind, is_one_statement, fault, then);
}

TEST_CASE("wherever an encrypted connection breaks, what is reported is true, and reads are done once more") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  INFO(support::name_of(engine));
  support::PrivateServer const server(engine, "INLAY_TEST_TLS_SERVERS=1");
  std::string const encrypted =
      engine == Engine::postgresql ? "sslmode=require&" : "ssl_ca=" + server.folder() + "/tls/ca.pem&";
  for (bool const is_one_statement : {true, false}) {
    for (auto const& [fault, then] :
         {std::pair(Fault::cut, recovers), std::pair(Fault::cut_reply, recovers),
          std::pair(Fault::lose_reply, recovers), std::pair(Fault::lose_reply, breaks_again),
          std::pair(Fault::lose_reply, stays_away)}) {
      CAPTURE(is_one_statement, fault, then);
      Behind behind(engine, server.url(), encrypted + patience(then), true);
      break_everywhere(behind, is_one_statement, fault, then);
      behind.proxy.arm({.when = [](Request const&) { return true; }, .fault = fault});
      CHECK(behind.store->list(Query<Team>{}).has_value());
      CHECK(behind.proxy.strikes() == 1);
    }
  }
}

TEST_CASE("a read whose connection is lost is done once more, and nobody notices") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  auto const fault = GENERATE(Fault::cut, Fault::lose_reply, Fault::cut_reply);
  CAPTURE(support::name_of(engine), fault);
  Behind behind(engine);
  Commit const commit = new_commit(false);
  REQUIRE(behind.store->commit(commit).has_value());
  auto const id = std::get<Insert<Team>>(commit.changes.front()).row.id;
  auto const reads = [](Request const& request) {
    return request.statement.starts_with("select") || request.statement.starts_with("with");
  };
  auto const read = [&](int what) -> Result<void> {
    auto const none = [](auto const& result) { return result ? Result<void>() : Result<void>(result.error()); };
    switch (what) {
      case 0: return none(behind.store->find(FindRequest<Team>{.id = id}));
      case 1: return none(behind.store->list(Query<Team>{}));
      case 2: return none(behind.store->changes({}));
      default: return none(behind.store->revision());
    }
  };
  for (int what = 0; what < 4; ++what) {
    CAPTURE(what);
    REQUIRE(read(what).has_value());
    behind.proxy.arm({.when = reads, .fault = fault});
    CHECK(read(what).has_value());
    CHECK(behind.proxy.strikes() == 1);
    behind.proxy.disarm();
    // Once: not for ever.
    behind.proxy.arm({.when = reads, .fault = fault, .times = 10});
    auto const twice = read(what);
    REQUIRE(twice.has_error());
    CHECK(twice.error().kind == ErrorKind::unavailable);
    CHECK(behind.proxy.strikes() == 2);
    behind.proxy.disarm();
  }
  CHECK(behind.store->list(Query<Team>{}).value().items.size() == 1);
}

TEST_CASE("connections to a server that takes no writes any more are left, and a write goes on with a new one") {
  // PostgreSQL tells a session when it begins whether it may write, MariaDB with each statement; either for a user of
  // the test's own.
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  enum What { one_statement, transaction, compaction };
  auto const what = GENERATE(one_statement, transaction, compaction);
  CAPTURE(support::name_of(engine), what);
  bool const is_postgresql = engine == Engine::postgresql;
  std::string url = support::server_url(engine);
  ServerShell shell(url);
  StoreUrl const parts = StoreUrl::parse(url).value();
  std::string const prefix = support::new_prefix();
  std::string const user = "u" + prefix;
  std::string const account = user + (is_postgresql ? "" : "@'%'");
  if (is_postgresql) {
    shell.run("create role " + account + " login password '" + *parts.password + "'");
    shell.run("grant all on schema public to " + account);
  } else {
    shell.run("create user " + account + " identified by '" + *parts.password + "'");
    shell.run("grant all on " + parts.path + ".* to " + account);
  }
  auto const take_writes = [&](bool does) {
    std::string const setting = does ? "off" : "on";
    shell.run(is_postgresql ? "alter role " + account + " set default_transaction_read_only = " + setting
                            : "set global read_only = " + setting);
  };
  struct AtEnd {
    std::function<void()> run;
    ~AtEnd() { run(); }
  } const clean_up{[&] {
    if (is_postgresql) {
      shell.run("drop owned by " + account);
    } else {
      take_writes(true);
    }
    shell.run((is_postgresql ? "drop role " : "drop user ") + account);
  }};
  url.replace(url.find("//" + parts.user + ":"), parts.user.size() + 3, "//" + user + ":");
  url += "?lease_timeout=2s&table_prefix=" + prefix;
  std::string const list_sessions = is_postgresql
                                        ? "select pid from pg_stat_activity where usename = '" + user + "'"
                                        : "select id from information_schema.processlist where user = '" + user + "'";
  {
    Commit const first = new_commit(true);
    REQUIRE(open_server(url).value()->commit(first).has_value());
    if (is_postgresql) take_writes(false);
    auto const store = open_server(url).value();
    auto const write = [&]() -> Result<void> {
      if (what == compaction) return store->compact({.through = Revision{1}});
      auto const committed = store->commit(new_commit(what == one_statement));
      return committed ? Result<void>() : Result<void>(committed.error());
    };
    auto const eventually = [](std::function<bool()> const& holds) {
      auto const deadline = std::chrono::steady_clock::now() + 10s;
      while (!holds() && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(1ms);
      return holds();
    };
    auto const make_two_idle = [&] {
      auto const ask = [&](StoreRecord const&) -> Result<void> {
        auto const revision = store->revision();
        return revision ? Result<void>() : Result<void>(revision.error());
      };
      REQUIRE(store->dump({.sink = ask}).has_value());
      REQUIRE(eventually([&] { return shell.run(list_sessions).size() == 2; }));
    };
    make_two_idle();
    auto const misled = shell.run(list_sessions);
    take_writes(false);
    auto const refused = write();
    REQUIRE(refused.has_error());
    CHECK(refused.error().kind == ErrorKind::unavailable);
    CHECK(refused.error().outcome == Outcome::not_done);
    CHECK(store->revision().value() == Revision{1});
    CHECK(eventually([&] {
      auto const open = shell.run(list_sessions);
      return open.size() == 1 && std::find(misled.begin(), misled.end(), open.front()) == misled.end();
    }));
    make_two_idle();
    take_writes(true);
    auto const done = write();
    INFO((done ? "done" : to_string(done.error())));
    CHECK(done.has_value());
    CHECK(store->revision().value() == Revision{what == compaction ? 1 : 2});
  }
}

TEST_CASE("a MySQL server that can't serve now is left, and the call is done once more on another connection") {
  Behind behind(Engine::mysql);
  bool const is_one_statement = GENERATE(true, false);
  int const what = GENERATE(range(0, 3));
  CAPTURE(is_one_statement, what);
  REQUIRE(behind.store->commit(new_commit(is_one_statement)).has_value());
  auto const session = [&] {
    return behind.shell.number("select max(id) from information_schema.processlist where user = 'inlay_test'");
  };
  auto const before = session();
  Commit const commit = new_commit(is_one_statement);
  // At its first statement, or when it ends: a node that does not serve says so before it does anything.
  std::function<bool(Request const&)> const whens[] = {
      [](Request const& request) { return !request.statement.empty(); }, ends(commit, is_one_statement),
      [](Request const& request) { return request.statement.starts_with("select"); }};
  behind.proxy.arm({.when = whens[what], .fault = Fault::refuse, .error = 1047});
  if (what == 2) {
    CHECK(behind.store->revision().value() == Revision{1});
  } else {
    auto const committed = behind.store->commit(commit);
    INFO((committed ? "done" : to_string(committed.error())));
    CHECK(committed.has_value());
    CHECK(behind.commits(commit) == 1);
  }
  CHECK(behind.proxy.strikes() == 1);
  CHECK(session() > before);

  // And one that stays so is unavailable, with nothing done.
  behind.proxy.disarm();
  behind.proxy.arm({.when = [](Request const& request) { return !request.statement.empty(); },
                    .fault = Fault::refuse,
                    .times = 100,
                    .error = 1047});
  auto const refused = behind.store->commit(new_commit(is_one_statement));
  REQUIRE(refused.has_error());
  CHECK(refused.error().kind == ErrorKind::unavailable);
  CHECK(refused.error().outcome == Outcome::not_done);
  CHECK(refused.error().message.find("not ready") != std::string::npos);
  auto const opened = open_server(behind.proxy.url("lease_timeout=50ms&table_prefix=" + behind.prefix));
  REQUIRE(opened.has_error());
  CHECK(opened.error().kind == ErrorKind::unavailable);
  CHECK(opened.error().message.find("table_prefix") == std::string::npos);
}

TEST_CASE("a commit that MySQL ends with an error that tells nothing is settled, and its connection left") {
  // 0 is no error's number; 1180 is any error of a COMMIT.
  unsigned const error = GENERATE(0U, 1180U);
  Fault const fault = GENERATE(Fault::deny, Fault::refuse);
  bool const is_one_statement = GENERATE(true, false);
  CAPTURE(error, fault, is_one_statement);
  Behind behind(Engine::mysql);
  REQUIRE(behind.store->commit(new_commit(is_one_statement)).has_value());
  {
    Commit const commit = new_commit(is_one_statement);
    behind.proxy.arm({.when = ends(commit, is_one_statement), .fault = fault, .error = error});
    auto const committed = behind.store->commit(commit);
    INFO((committed ? "done" : to_string(committed.error())));
    CHECK(committed.has_value());
    CHECK(behind.proxy.strikes() == 1);
    CHECK(behind.commits(commit) == 1);
  }
  // Where nobody can be asked, nobody knows.
  Commit const commit = new_commit(is_one_statement);
  behind.proxy.disarm();
  behind.proxy.arm(
      {.when = ends(commit, is_one_statement),
       .fault = fault,
       .meanwhile =
           [&] { behind.proxy.arm({.when = [](Request const&) { return true; }, .fault = Fault::cut, .times = 1000}); },
       .error = error});
  CHECK(is_unknown(behind.store->commit(commit)));
  CHECK(behind.commits(commit) == (fault == Fault::deny ? 1 : 0));
}

TEST_CASE("a read that MySQL ends with an error that has no number is done once more") {
  Behind behind(Engine::mysql);
  REQUIRE(behind.store->commit(new_commit(true)).has_value());
  behind.proxy.arm(
      {.when = [](Request const& request) { return request.statement.starts_with("select"); }, .fault = Fault::deny});
  CHECK(behind.store->list(Query<Team>{}).value().items.size() == 1);
  CHECK(behind.proxy.strikes() == 1);
}

TEST_CASE("only a table without inlay's columns is somebody else's") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  CAPTURE(support::name_of(engine));
  std::string const prefix = support::new_prefix();
  std::string const url = support::server_url(engine) + "?table_prefix=" + prefix;
  ServerShell shell(support::server_url(engine));
  shell.run("create table " + prefix + "migration (hosts_own integer)");
  auto const foreign = open_server(url);
  REQUIRE(foreign.has_error());
  CHECK(foreign.error().kind == ErrorKind::unavailable);
  CHECK(foreign.error().message.find("another prefix") != std::string::npos);
  // A view of that name that fails in a way of its own proves nothing.
  shell.run("drop table " + prefix + "migration");
  shell.run("create view " + prefix + "migration as select " +
            (engine == Engine::postgresql ? "cast(repeat('x', 2) as integer)" : "(select 1 union select 2)") +
            " as number");
  auto const failing = open_server(url);
  shell.run("drop view " + prefix + "migration");
  REQUIRE(failing.has_error());
  CAPTURE(failing.error().message);
  CHECK(failing.error().kind == ErrorKind::unavailable);
  CHECK(failing.error().message.find("another prefix") == std::string::npos);
}

TEST_CASE("a row that others need is in use, by whichever of its two numbers PostgreSQL says so") {
  // 23001 is what PostgreSQL 18 says for `on delete restrict`, and a trigger here.
  Behind behind(Engine::postgresql);
  Commit const commit = new_commit(false);  // a team, and an environment of it
  REQUIRE(behind.store->commit(commit).has_value());
  auto const id = std::get<Insert<Team>>(commit.changes.front()).row.id;
  Team const found = behind.store->find(FindRequest<Team>{.id = id}).value();
  std::string const name = behind.prefix + "restrict";
  behind.shell.run("create function " + name +
                   "() returns trigger language plpgsql as $$ begin raise exception 'used'"
                   " using errcode = '23001'; end $$");
  behind.shell.run("create trigger " + name + " before delete on " + behind.prefix +
                   "team for each row execute function " + name + "()");
  auto const removed = behind.store->commit(commit_of({Remove<Team>{found}}));
  behind.shell.run("drop function " + name + " cascade");
  REQUIRE(removed.has_error());
  CHECK(removed.error().kind == ErrorKind::in_use);
}

TEST_CASE("a commit of which PostgreSQL says that it may be done is settled") {
  Behind behind(Engine::postgresql);
  bool const is_one_statement = GENERATE(true, false);
  CAPTURE(is_one_statement);
  // Once, and when the transaction ends, if that is a step of its own: a sequence is not rolled back.
  std::string const name = behind.prefix + "unsure";
  behind.shell.run("create sequence " + name);
  behind.shell.run("create function " + name + "() returns trigger language plpgsql as $$ begin if nextval('" + name +
                   "') = 1 then raise exception 'who knows' using errcode = '40003'; end if; return null; end $$");
  behind.shell.run("create constraint trigger " + name + " after insert on " + behind.prefix +
                   "commit deferrable initially deferred for each row execute function " + name + "()");
  Commit const commit = new_commit(is_one_statement);
  auto const committed = behind.store->commit(commit);
  INFO((committed ? "done" : to_string(committed.error())));
  CHECK(committed.has_value());
  CHECK(behind.commits(commit) == 1);
  CHECK(behind.shell.number("select last_value from " + name) == 2);
  behind.shell.run("drop function " + name + " cascade");
  behind.shell.run("drop sequence " + name);
}
