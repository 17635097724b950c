// SPDX-License-Identifier: BSL-1.0
// What goes wrong on a host's sessions stays on them, and is told.
#include "host.hpp"

#include <support/catch.hpp>
#include <support/faulty_proxy.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <thread>

using namespace inlay;

namespace {

/** Ends the session by the server's own means. */
void end_session(Host const& host, soci::session& session) {
  long long id = 0;
  bool const is_postgresql = host.engine == "postgresql";
  session << (is_postgresql ? "select pg_backend_pid()" : "select connection_id()"), soci::into(id);
  support::ServerShell shell(host.url);
  shell.run((is_postgresql ? "select pg_terminate_backend(" : "kill (") + std::to_string(id) + ')');
  std::string const count = is_postgresql ? "select count(*) from pg_stat_activity where pid = "
                                          : "select count(*) from information_schema.processlist where id = ";
  while (shell.number(count + std::to_string(id)) != 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

/** Reads in the host's transaction, from where on MySQL keeps showing it what there was then. */
int teams(Host const& host, soci::session& session) {
  int count = -1;
  session << "select count(*) from " + host.options.table_prefix + "team", soci::into(count);
  return count;
}

Environment new_environment(Team const& team, std::string const& name) {
  Environment environment;
  environment.id = Id<Environment>::generate();
  environment.team_id = team.id;
  environment.name = name;
  return environment;
}

}  // namespace

TEST_CASE(
    "while the server of a host's pool is away calls are unavailable, and the pool is used again when it is back") {
  Host host(GENERATE("postgresql", "mysql"));
  bool const sets_up = GENERATE(false, true);
  INFO(host.engine << ", set_up " << sets_up);
  support::FaultyProxy proxy(host.url);
  host.url = proxy.url("connect_timeout=5");
  int times_set_up = 0;
  if (sets_up) host.options.set_up = [&](soci::session&) { ++times_set_up; };
  soci::connection_pool pool(1);
  host.connect(pool.at(0));
  auto const store = host.open(pool).value();
  REQUIRE(store->revision().has_value());

  proxy.go_away();
  for (int i = 0; i < 3; ++i) {
    auto const revision = store->revision();
    REQUIRE(revision.has_error());
    CHECK(revision.error().kind == ErrorKind::unavailable);
    auto const commit = store->commit(commit_of({Insert<Team>{new_team("away")}}));
    REQUIRE(commit.has_error());
    CHECK(commit.error().kind == ErrorKind::unavailable);
  }
  CHECK(host.open(pool).error().kind == ErrorKind::unavailable);

  proxy.come_back();
  CHECK(times_set_up == 0);
  auto const first = store->revision();
  CHECK(first.has_value() == sets_up);
  CHECK(times_set_up == (sets_up ? 1 : 0));
  CHECK(store->revision().has_value());
  CHECK(store->commit(commit_of({Insert<Team>{new_team("back")}})).has_value());
}

TEST_CASE("what came of a commit is asked only on a host's session that has its settings again") {
  Host host(GENERATE("postgresql", "mysql"));
  bool const sets_up = GENERATE(false, true);
  INFO(host.engine << ", set_up " << sets_up);
  auto const directly = host.open();
  support::FaultyProxy proxy(host.url);
  host.url = proxy.url("connect_timeout=5");
  if (sets_up) host.options.set_up = [](soci::session&) {};
  soci::connection_pool pool(1);
  host.connect(pool.at(0));
  auto const store = host.open(pool).value();
  proxy.arm({.when = [](support::Request const& request) { return request.mentions("the one"); },
             .fault = support::Fault::lose_reply});
  auto const committed = store->commit(commit_of({Insert<Team>{new_team("the one")}}));
  REQUIRE(proxy.strikes() == 1);
  REQUIRE(committed.has_value() == sets_up);
  if (!sets_up) {
    CHECK(committed.error().kind == ErrorKind::unavailable);
    CHECK(committed.error().outcome == Outcome::unknown);
  }
  CHECK(directly->list(Query<Team>{}).value().items.size() == 1);
  CHECK(store->revision().value() == Revision{1});
}

TEST_CASE("a session that is not open, or another database's, is refused") {
  Host host(GENERATE("sqlite", "postgresql", "mysql"));
  INFO(host.engine);
  auto const store = host.open();
  Host const other(host.engine == "sqlite" ? "mysql" : "sqlite");
  soci::connection_pool pool(1);
  CHECK(host.open(pool).error().kind == ErrorKind::invalid_argument);
  CHECK(host.join(pool.at(0)).error().kind == ErrorKind::invalid_argument);
  other.connect(pool.at(0));
  CHECK(host.open(pool).error().kind == ErrorKind::invalid_argument);
  pool.at(0).begin();
  CHECK(host.join(pool.at(0)).error().kind == ErrorKind::invalid_argument);

  soci::session session;
  host.connect(session);
  session.begin();
  auto const joined = host.join(session).value();
  session.close();
  CHECK(joined->revision().error().kind == ErrorKind::unavailable);
  CHECK(joined->commit(commit_of({Insert<Team>{new_team("closed")}})).has_error());
}

TEST_CASE("a host's session that was connected anew is used for the same call only when it can be set up again") {
  Host host("postgresql");
  auto const elsewhere = host.open();  // a store of the same name in the schema that is searched unless told otherwise
  std::string const schema = "s" + support::new_prefix();
  auto const set_up = [&](soci::session& session) { session << "set search_path = " + schema; };
  bool const sets_up = GENERATE(false, true);
  CAPTURE(sets_up);
  if (sets_up) host.options.set_up = set_up;
  soci::connection_pool pool(1);
  host.connect(pool.at(0));
  pool.at(0) << "create schema " + schema;
  set_up(pool.at(0));
  auto const store = host.open(pool).value();
  REQUIRE(store->commit(commit_of({Insert<Team>{new_team("here")}})).has_value());

  end_session(host, pool.at(0));
  auto const committed = store->commit(commit_of({Insert<Team>{new_team("meant for here")}}));
  CHECK(committed.has_value() == sets_up);
  CHECK(elsewhere->list(Query<Team>{}).value().items.empty());
  if (!sets_up) {
    CHECK(committed.error().kind == ErrorKind::unavailable);
    CHECK(committed.error().message.find("set_up") != std::string::npos);
    set_up(pool.at(0));  // it is open
    CHECK(store->commit(commit_of({Insert<Team>{new_team("once more")}})).has_value());
  }
  CHECK(store->list(Query<Team>{}).value().items.size() == 2);

  if (sets_up) {  // never used half set up
    host.options.set_up = [](soci::session&) { throw std::runtime_error("no settings today"); };
    auto const second = host.open(pool).value();
    end_session(host, pool.at(0));
    for (int i = 0; i < 2; ++i) {
      auto const refused = second->commit(commit_of({Insert<Team>{new_team("nowhere")}}));
      REQUIRE(refused.has_error());
      CHECK(refused.error().kind == ErrorKind::unavailable);
    }
    CHECK(store->revision().value() == Revision{2});
    CHECK(elsewhere->list(Query<Team>{}).value().items.empty());
  }
  support::ServerShell(host.url).run("drop schema " + schema + " cascade");
}

TEST_CASE("a host's session that takes no writes is connected anew when it can be set up again, and else left alone") {
  Host host(GENERATE("postgresql", "mysql"));
  bool const sets_up = GENERATE(false, true);
  INFO(host.engine << ", set_up " << sets_up);
  bool const is_mysql = host.engine == "mysql";
  int times_set_up = 0;
  if (sets_up) host.options.set_up = [&](soci::session&) { ++times_set_up; };
  soci::connection_pool pool(1);
  host.connect(pool.at(0));
  auto const store = host.open(pool).value();
  auto const session_id = [&] {
    long long id = 0;
    pool.at(0) << (is_mysql ? "select connection_id()" : "select pg_backend_pid()"), soci::into(id);
    return id;
  };
  auto const first = session_id();
  pool.at(0) << (is_mysql ? "set session transaction read only" : "set default_transaction_read_only = on");
  auto const committed = store->commit(commit_of({Insert<Team>{new_team("one")}}));
  CHECK(committed.has_value() == sets_up);
  CHECK(times_set_up == (sets_up ? 1 : 0));
  CHECK((session_id() == first) == !sets_up);
  if (!sets_up) {
    CHECK(committed.error().kind == ErrorKind::unavailable);
    CHECK(committed.error().outcome == Outcome::not_done);
  }
  CHECK(store->revision().value() == Revision{sets_up ? 1 : 0});
}

TEST_CASE("whatever a commit in a host's transaction throws, nothing of it is left") {
  Host const host(GENERATE("sqlite", "postgresql", "mysql"));
  INFO(host.engine);
  auto const store = host.open();
  Team const team = new_team("edited");
  REQUIRE(store->commit(commit_of({Insert<Team>{team}})).has_value());
  soci::session session;
  host.connect(session);
  session.begin();
  auto const joined = host.join(session).value();
  Team const half = new_team("half");
  auto const edit = [](Team const&) -> Result<Team> { throw std::runtime_error("the host's own"); };
  CHECK_THROWS_AS(joined->commit(commit_of({Insert<Team>{half}, Edit<Team>{team.id, edit}})), std::runtime_error);
  CHECK(joined->find(FindRequest<Team>{.id = half.id}).has_error());
  session.commit();
  CHECK(store->find(FindRequest<Team>{.id = half.id}).has_error());
  CHECK(store->revision().value() == Revision{1});
}

TEST_CASE("a commit behind the snapshot of a host's transaction is unavailable, and nothing is written") {
  Host const host(GENERATE("postgresql", "mysql"));
  INFO(host.engine);
  auto const store = host.open();
  Team const team = new_team("owner");
  REQUIRE(store->commit(commit_of({Insert<Team>{team}})).has_value());
  soci::session session;
  host.connect(session);
  session << (host.engine == "mysql" ? "set session transaction isolation level repeatable read"
                                     : "set default_transaction_isolation = 'repeatable read'");
  Commit const renaming = commit_of({Edit<Team>{team.id, [](Team current) -> Result<Team> {
                                                  current.name += "+";
                                                  return current;
                                                }}});
  // Each as it would be done or refused, or found to be done, if there were no snapshot.
  std::int64_t revision = 1;
  for (Commit const& commit :
       {commit_of({Insert<Team>{new_team("late")}}), renaming, commit_of({Insert<Team>{team}}),
        commit_of({Remove<Team>{team}}), commit_of({Update<Team>{team, team}}), commit_of(renaming.changes)}) {
    session.begin();
    REQUIRE(teams(host, session) == 1);
    Commit others = renaming;
    if (revision > 1) others.token = generate_uuid();
    REQUIRE(store->commit(others).has_value());
    auto const joined = host.join(session).value();
    auto const refused = joined->commit(commit);
    REQUIRE(refused.has_error());
    CHECK(refused.error().kind == ErrorKind::unavailable);
    if (host.engine == "mysql") {  // where the host can still read, and reads what there was
      CHECK(joined->revision().value() == Revision{revision});
      CHECK(joined->changes({}).value().through == Revision{revision});
    }
    session.rollback();
    ++revision;
  }
  CHECK(store->list(Query<Team>{}).value().items.size() == 1);
  CHECK(store->revision().value() == Revision{revision});

  session.begin();
  auto const joined = host.join(session).value();
  auto const committed = joined->commit(commit_of({Insert<Team>{new_team("in time")}}));
  REQUIRE(committed.has_value());
  CHECK(committed->revision == Revision{revision + 1});
  CHECK(joined->commit(commit_of({Insert<Team>{new_team("and once more")}})).has_value());
  CHECK(joined->changes({.after = Revision{revision}}).value().commits.size() == 2);
  session.commit();
  CHECK(store->list(Query<Team>{}).value().items.size() == 3);
}

TEST_CASE("a host's READ COMMITTED transaction commits after others, and sees their commits with its own") {
  Host const host(GENERATE("postgresql", "mysql"));
  INFO(host.engine);
  auto const store = host.open();
  REQUIRE(store->commit(commit_of({Insert<Team>{new_team("first")}})).has_value());
  soci::session session;
  host.connect(session);
  if (host.engine == "mysql") session << "set transaction isolation level read committed";
  session.begin();
  REQUIRE(teams(host, session) == 1);
  REQUIRE(store->commit(commit_of({Insert<Team>{new_team("second")}})).has_value());
  auto const joined = host.join(session).value();
  CHECK(joined->commit(commit_of({Insert<Team>{new_team("third")}})).value().revision == Revision{3});
  CHECK(joined->changes({}).value().commits.size() == 3);
  CHECK(joined->list(Query<Team>{}).value().items.size() == 3);
  session.commit();
}

TEST_CASE("a commit that is refused in a host's transaction is explained, and undone") {
  Host const host(GENERATE("sqlite", "postgresql", "mysql"));
  INFO(host.engine);
  auto const store = host.open();
  Team const team = new_team("owner");
  Commit const first = commit_of({Insert<Team>{team}, Insert<Environment>{new_environment(team, "dup")}});
  REQUIRE(store->commit(first).has_value());
  soci::session session;
  host.connect(session);
  session.begin();
  auto const joined = host.join(session).value();
  Team const half = new_team("half");
  auto const refused =
      joined->commit(commit_of({Insert<Team>{half}, Insert<Environment>{new_environment(team, "dup")}}));
  REQUIRE(refused.has_error());
  CHECK(refused.error().kind == ErrorKind::already_exists);
  CHECK(joined->commit(commit_of({Insert<Team>{team}})).error().kind == ErrorKind::already_exists);
  Team const seen = store->find(FindRequest<Team>{.id = team.id}).value();
  CHECK(joined->commit(commit_of({Remove<Team>{seen}})).error().kind == ErrorKind::in_use);
  CHECK(joined->commit(first).error().pointer == "/token");
  Commit const nothing = commit_of({Edit<Team>{team.id, [](Team const& current) -> Result<Team> { return current; }}});
  CHECK(joined->commit(nothing).value().revision == Revision{1});
  session.commit();
  CHECK(store->find(FindRequest<Team>{.id = half.id}).has_error());
}

TEST_CASE("reads and commits alike say that a host's PostgreSQL transaction has failed") {
  Host const host("postgresql");
  auto const store = host.open();
  soci::session session;
  host.connect(session);
  session.begin();
  auto const joined = host.join(session).value();
  CHECK_THROWS(session << "select 1 / 0");
  auto const says_so = [](auto const& result) {
    REQUIRE(result.has_error());
    CHECK(result.error().kind == ErrorKind::invalid_argument);
    CHECK(result.error().message.find("the host's transaction has failed") != std::string::npos);
  };
  says_so(joined->revision());
  says_so(joined->list(Query<Team>{}));
  says_so(joined->changes({}));
  says_so(joined->commit(commit_of({Insert<Team>{new_team("late")}})));
  says_so(host.join(session));
  session.rollback();
}

TEST_CASE("a host's pool waits for a lock no longer than lease_timeout") {
  Host host("postgresql");
  auto const store = host.open();
  host.options.lease_timeout = std::chrono::seconds(1);
  soci::connection_pool pool(1);
  host.connect(pool.at(0));
  auto const pooled = host.open(pool).value();
  support::ServerShell holder(host.url);
  // Or else a commit that waits for ever would do so here.
  holder.run("set idle_in_transaction_session_timeout = '12s'");
  holder.run("begin");
  holder.run("select * from " + host.options.table_prefix + "counter for update");
  Commit one = commit_of({Insert<Team>{new_team("one")}});
  Commit two = commit_of({Insert<Team>{new_team("two")}, Insert<Team>{new_team("three")}});
  for (Commit const& commit : {one, two}) {
    auto const begin = std::chrono::steady_clock::now();
    auto const refused = pooled->commit(commit);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
    REQUIRE(refused.has_error());
    CHECK(refused.error().kind == ErrorKind::unavailable);
    CHECK(refused.error().outcome == Outcome::not_done);
  }
  std::string setting;
  pool.at(0) << "show lock_timeout", soci::into(setting);
  CHECK(setting == "0");  // the host's own
  holder.run("rollback");
  CHECK(pooled->commit(one).has_value());
}

TEST_CASE("a failure that is nobody's refusal leaves nothing of a commit in a host's transaction either") {
  Host const host("mysql");
  auto const store = host.open();
  Team const team = new_team("locked");
  REQUIRE(store->commit(commit_of({Insert<Team>{team}})).has_value());
  soci::session blocker;
  host.connect(blocker);
  blocker.begin();
  blocker << "update " + host.options.table_prefix + "team set name = 'blocked'";
  soci::session session;
  host.connect(session);
  session << "set session innodb_lock_wait_timeout = 1";
  session.begin();
  auto const joined = host.join(session).value();
  Team const half = new_team("half");
  Team const seen = store->find(FindRequest<Team>{.id = team.id}).value();
  auto const refused = joined->commit(commit_of({Insert<Team>{half}, Update<Team>{seen, seen}}));
  REQUIRE(refused.has_error());
  CHECK(refused.error().kind == ErrorKind::unavailable);
  blocker.rollback();
  session.commit();
  CHECK(store->find(FindRequest<Team>{.id = half.id}).has_error());
  CHECK(store->revision().value() == Revision{1});
}

TEST_CASE("nothing is written once the transaction that a store has joined is over") {
  Host const host(GENERATE("sqlite", "postgresql", "mysql"));
  INFO(host.engine);
  auto const store = host.open();
  soci::session session;
  host.connect(session);
  auto const writes_nothing = [&](std::string const& how, std::function<void()> const& end) {
    INFO(how);
    session.begin();
    auto const joined = host.join(session).value();
    end();
    auto const refused = joined->commit(commit_of({Insert<Team>{new_team("late")}}));
    REQUIRE(refused.has_error());
    CHECK(refused.error().kind == ErrorKind::invalid_argument);
    CHECK(store->list(Query<Team>{}).value().items.empty());
    CHECK(store->revision().value() == Revision{});
  };
  writes_nothing("commit", [&] { session.commit(); });
  writes_nothing("rollback", [&] { session.rollback(); });
  writes_nothing("reconnect", [&] { session.reconnect(); });
  session.close();
  host.connect(session);
  if (host.engine == "mysql") {
    std::string const table = host.options.table_prefix + "ddl";
    writes_nothing("DDL", [&] { session << "create table " + table + " (id integer)"; });
  }
  session.begin();  // SQLite's savepoint has not left one open
  session.rollback();
}

TEST_CASE("where MariaDB refuses what changed since the snapshot, the store is busy, and nothing is written after") {
  Host const host("mysql");
  auto const store = host.open();
  soci::session session;
  host.connect(session);
  try {
    session << "set session innodb_snapshot_isolation = on";
  } catch (soci::soci_error const&) {
    WARN("this server has no innodb_snapshot_isolation");
    return;
  }
  session.begin();
  REQUIRE(teams(host, session) == 0);
  REQUIRE(store->commit(commit_of({Insert<Team>{new_team("first")}})).has_value());
  auto const joined = host.join(session).value();
  auto const refused = joined->commit(commit_of({Insert<Team>{new_team("second")}}));
  REQUIRE(refused.has_error());
  CHECK(refused.error().kind == ErrorKind::unavailable);
  // The server has rolled everything back, and said nothing of that.
  CHECK(joined->commit(commit_of({Insert<Team>{new_team("third")}})).error().kind == ErrorKind::invalid_argument);
  session.rollback();
  CHECK(store->list(Query<Team>{}).value().items.size() == 1);
}

TEST_CASE("a store that cannot be made leaves the host's database in memory as it was") {
  soci::connection_pool pool(1);
  soci::session& session = pool.at(0);
  session.open(soci::sqlite3, ":memory:");
  session << "pragma foreign_keys = on";
  session << "create table orders (id integer)";
  session << "insert into orders values (1)";
  session << "create view inlay_environment as select 1";  // in the way
  REQUIRE(open_sqlite(pool).has_error());
  int count = 0;
  session << "select count(*) from orders", soci::into(count);
  CHECK(count == 1);
  int checks_references = 0;
  session << "pragma foreign_keys", soci::into(checks_references);
  CHECK(checks_references == 1);
  session << "select count(*) from sqlite_master where name like 'inlay%'", soci::into(count);
  CHECK(count == 1);
  session << "drop view inlay_environment";
  CHECK(open_sqlite(pool).has_value());
}

TEST_CASE("a migration that fails on a host's session keeps neither the session nor others from migrating") {
  Host const host(GENERATE("postgresql", "mysql"));
  INFO(host.engine);
  soci::connection_pool pool(1);
  host.connect(pool.at(0));
  std::string const view = host.options.table_prefix + "environment";
  pool.at(0) << "create view " + view + " as select 1 as mine";
  pool.at(0) << (host.engine == "mysql" ? "set @mine = 7" : "set application_name = 'mine'");
  REQUIRE(host.open(pool).has_error());
  std::string mine;
  pool.at(0) << (host.engine == "mysql" ? "select cast(@mine as char)" : "show application_name"), soci::into(mine);
  CHECK(mine == (host.engine == "mysql" ? "7" : "mine"));
  pool.at(0) << "drop view " + view;
  CHECK(host.open()->revision().has_value());
}

TEST_CASE("a lease_timeout longer than SOCI can count is a long one, and one below zero is none") {
  Host host("sqlite");
  host.options.lease_timeout = std::chrono::milliseconds(1LL << 32U);
  soci::connection_pool pool(1);
  host.connect(pool.at(0));
  auto const store = host.open(pool).value();
  std::size_t place = 0;
  REQUIRE(pool.try_lease(place, 0));
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    pool.give_back(place);
  });
  auto const revision = store->revision();
  later.join();
  CHECK(revision.has_value());
  host.options.lease_timeout = std::chrono::milliseconds::max();
  CHECK(host.open(pool).value()->revision().has_value());

  // SOCI would take it for one without end.
  host.options.lease_timeout = std::chrono::milliseconds(-1);
  auto const impatient = host.open(pool).value();
  REQUIRE(pool.try_lease(place, 0));
  std::thread much_later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    pool.give_back(place);
  });
  auto const refused = impatient->revision();
  much_later.join();
  REQUIRE(refused.has_error());
  CHECK(refused.error().kind == ErrorKind::unavailable);
}

TEST_CASE("a host's session whose settings would spoil a store is refused, and the setting is named") {
  Host const host(GENERATE("sqlite", "postgresql", "mysql"));
  INFO(host.engine);
  auto const store = host.open();
  std::string const bad = host.engine == "sqlite"       ? "pragma foreign_keys = off"
                          : host.engine == "postgresql" ? "set client_encoding = latin1"
                                                        : "set names latin1";
  std::string const name = host.engine == "sqlite"       ? "foreign_keys"
                           : host.engine == "postgresql" ? "client_encoding"
                                                         : "character set";
  soci::connection_pool pool(2);
  for (std::size_t i = 0; i < 2; ++i) host.connect(pool.at(i));
  auto const pooled = host.open(pool).value();
  pool.at(1) << bad;
  std::size_t place = 9;
  REQUIRE(pool.try_lease(place, 0));
  REQUIRE(place == 0);
  auto const refuses = [&](auto const& result) {
    REQUIRE(result.has_error());
    CHECK(result.error().kind == ErrorKind::unavailable);
    CHECK(result.error().message.find(name) != std::string::npos);
  };
  refuses(pooled->commit(commit_of({Insert<Team>{new_team("second session")}})));
  refuses(host.open(pool));
  pool.give_back(place);

  soci::session session;
  host.connect(session);
  session << bad;
  session.begin();
  refuses(host.join(session));
}

TEST_CASE("a host's SQLite session that gives a store's statements another meaning is refused and left as it is") {
  Host const host("sqlite");
  auto const store = host.open();
  std::string const name =
      GENERATE("ignore_check_constraints", "read_uncommitted", "count_changes", "defer_foreign_keys", "foreign_keys");
  INFO(name);
  std::string const bad = name == "foreign_keys" ? "0" : "1";
  soci::session session;
  host.connect(session);
  session.begin();
  REQUIRE(host.join(session).has_value());
  session.rollback();
  // What is deferred, is for the one transaction; references cannot be turned off within.
  if (name != "defer_foreign_keys") session << "pragma " + name + " = " + bad;
  session.begin();
  if (name == "defer_foreign_keys") session << "pragma " + name + " = " + bad;
  auto const joined = host.join(session);
  REQUIRE(joined.has_error());
  CHECK(joined.error().kind == ErrorKind::unavailable);
  CHECK(joined.error().message.find("pragma " + name) != std::string::npos);
  std::string value;
  session << "pragma " + name, soci::into(value);
  CHECK(value == bad);
}

TEST_CASE("a host's SQLite database in UTF-16 is refused") {
  soci::connection_pool pool(1);
  pool.at(0).open(soci::sqlite3, ":memory:");
  pool.at(0) << "pragma foreign_keys = on";
  pool.at(0) << "pragma encoding = 'UTF-16'";
  pool.at(0) << "create table theirs (id integer)";
  auto const refused = open_sqlite(pool);
  REQUIRE(refused.has_error());
  CHECK(refused.error().kind == ErrorKind::unavailable);
  CHECK(refused.error().message.find("UTF-16") != std::string::npos);
}

TEST_CASE("a store on a host's SQLite sessions is unavailable once its file was moved") {
  Host const host("sqlite");
  REQUIRE(host.open()->commit(commit_of({Insert<Team>{new_team("first")}})).has_value());
  soci::connection_pool pool(1);
  host.connect(pool.at(0));
  auto const pooled = host.open(pool).value();
  soci::session session;
  host.connect(session);
  session.begin();
  auto const joined = host.join(session).value();
  std::filesystem::rename(host.folder.file("host.db"), host.folder.file("moved.db"));
  std::this_thread::sleep_for(std::chrono::milliseconds(150));  // reads look for it every 100 ms
  for (auto const& store : {pooled, joined}) {
    auto const committed = store->commit(commit_of({Insert<Team>{new_team("second")}}));
    REQUIRE(committed.has_error());
    CHECK(committed.error().kind == ErrorKind::unavailable);
    CHECK(committed.error().outcome == Outcome::not_done);
    CHECK(store->list(Query<Team>{}).error().kind == ErrorKind::unavailable);
  }
  session.rollback();
  std::filesystem::rename(host.folder.file("moved.db"), host.folder.file("host.db"));
  CHECK(pooled->list(Query<Team>{}).value().items.size() == 1);
}

TEST_CASE("a PostgreSQL database that cannot hold every text is refused") {
  std::string const url = support::server_url(Engine::postgresql);
  support::ServerShell shell(url);
  std::string const name = "latin" + support::new_prefix();
  shell.run("create database " + name + " encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0");
  {
    std::string const latin = url.substr(0, url.rfind('/') + 1) + name;
    auto const opened = support::open_server(latin);
    REQUIRE(opened.has_error());
    CHECK(opened.error().kind == ErrorKind::unavailable);
    CHECK(opened.error().message.find("LATIN1") != std::string::npos);
    soci::connection_pool pool(1);
    pool.at(0).open(soci::postgresql, latin + "?client_encoding=UTF8");
    CHECK(open_postgresql(pool).error().kind == ErrorKind::unavailable);
  }
  shell.run("drop database " + name);
}
