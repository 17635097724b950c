// SPDX-License-Identifier: BSL-1.0
// Reads that may be a standby's (`reads=any`), over a PostgreSQL and a standby that is made to stay behind.
#include <inlay/catalog.hpp>
#include <inlay/team_catalog.hpp>

#include <support/catch.hpp>
#include <support/cluster.hpp>
#include <support/server.hpp>

#include <chrono>
#include <cstdlib>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

using namespace inlay;
using support::open_server;
using support::ServerShell;
using namespace std::chrono_literals;

namespace {

[[nodiscard]] std::string variable(char const* name) {
  char const* const value = std::getenv(name);
  if (!value) throw std::runtime_error(std::string(name) + " is not set; tests/run sets it");
  return value;
}

void wait_until(ServerShell& shell, std::string const& condition) {
  while (shell.run("select " + condition).at(0).at(0) != "t") std::this_thread::sleep_for(1ms);
}

/** A store on a primary and its standby, which stands still where it is told to. */
struct Lagging {
  std::string url;
  std::string prefix = support::new_prefix();
  ServerShell primary;
  ServerShell standby;

  Lagging()
      : Lagging(variable("INLAY_TEST_STANDBY_URL"), variable("INLAY_TEST_STANDBY_URL_1"),
                variable("INLAY_TEST_STANDBY_URL_2")) {}
  explicit Lagging(support::Cluster const& pair) : Lagging(pair.url(), pair.url(1), pair.url(2)) {}
  Lagging(std::string both, std::string const& first, std::string const& second)
      : url(std::move(both)), primary(first), standby(second) {}
  ~Lagging() {
    try {
      standby.run("select pg_wal_replay_resume()");
    } catch (std::runtime_error const&) {  // it is gone, or no standby any more
    }
    try {
      support::drop_tables(primary, prefix);
    } catch (std::runtime_error const&) {
    }
  }
  Lagging(Lagging const&) = delete;
  Lagging& operator=(Lagging const&) = delete;

  [[nodiscard]] Catalog open(std::string const& parameters = "reads=any") const {
    return Catalog(open_server(url + "?lease_timeout=500ms&table_prefix=" + prefix + '&' + parameters).value());
  }

  /** Until the standby has all that the primary has. */
  void catch_up() {
    std::string const place = primary.run("select pg_current_wal_flush_lsn()").at(0).at(0);
    wait_until(standby, "pg_last_wal_replay_lsn() >= '" + place + "'");
  }
  /** From here on the standby shows nothing new. */
  void stand_still() {
    catch_up();
    standby.run("select pg_wal_replay_pause()");
    wait_until(standby, "pg_get_wal_replay_pause_state() = 'paused'");
  }
  void go_on() {
    standby.run("select pg_wal_replay_resume()");
    catch_up();
  }

  /** How many sessions the store has on the standby. */
  [[nodiscard]] long long sessions_on_standby() {
    return standby.number(
        "select count(*) from pg_stat_activity where datname is not null and pid <> pg_backend_pid()"
        " and query like '%" +
        prefix + "%'");
  }
};

[[nodiscard]] std::string name_of(Catalog const& catalog, Id<Team> id) {
  auto const team = catalog.get(id);
  return team ? team->name : to_string(team.error());
}

[[nodiscard]] Team renamed(Catalog const& catalog, Id<Team> id, std::string const& name) {
  return catalog.update(id, ChangeOf<Team>{.name = name}).value().resource;
}

}  // namespace

TEST_CASE("a read right after a write through the same handle sees it however far behind the standby is") {
  Lagging servers;
  Catalog const catalog = servers.open();
  auto const id = catalog.create(Team{.name = "first"}).value().id;
  CHECK(name_of(catalog, id) == "first");
  servers.stand_still();
  for (int i = 0; i < 20; ++i) {
    std::string const name = "name " + std::to_string(i);
    static_cast<void>(renamed(catalog, id, name));
    CHECK(name_of(catalog, id) == name);
    CHECK(catalog.list(Query<Team>{}).value().items.at(0).name == name);
  }
  REQUIRE(catalog.remove(id).has_value());
  CHECK(catalog.get(id).error().kind == ErrorKind::not_found);
  CHECK(catalog.list(Query<Team>{}).value().items.empty());
}

TEST_CASE("another handle may be answered by the standby, and never goes back") {
  Lagging servers;
  Catalog const writer = servers.open();
  auto const id = writer.create(Team{.name = "old"}).value().id;
  servers.stand_still();
  Catalog const reader = servers.open();
  Catalog const other = servers.open();
  CHECK(name_of(reader, id) == "old");
  static_cast<void>(renamed(writer, id, "new"));
  Revision const written = writer.repository().revision().value();

  CHECK(name_of(reader, id) == "old");
  CHECK(reader.list(Query<Team>{}).value().items.at(0).name == "old");
  CHECK(servers.sessions_on_standby() > 0);
  SECTION("once it was told what the primary has") { CHECK(reader.repository().revision().value() == written); }
  SECTION("once it has read the log") { CHECK(reader.changes({}).value().through == written); }
  SECTION("once it has read on the primary") { CHECK(name_of(reader.from_primary(), id) == "new"); }
  SECTION("once a team has read through it") { CHECK(reader.for_team({.team = id}).get(id).value().name == "new"); }
  SECTION("once its write was refused") {
    auto const refused =
        reader.update(id, ChangeOf<Team>{.name = "newer"}, {.expected_version = RowVersion{Version{1}}});
    CHECK(refused.error().kind == ErrorKind::conflict);
  }
  SECTION("once it has written") { REQUIRE(reader.create(Team{.name = "another"}).has_value()); }
  for (int i = 0; i < 20; ++i) {
    CHECK(name_of(reader, id) == "new");
    CHECK(reader.list(Query<Team>{}).value().items.at(0).name == "new");
  }
  CHECK(name_of(other, id) == "old");
  servers.go_on();
  CHECK(name_of(other, id) == "new");
}

TEST_CASE("what another process has written is seen by whoever is told its revision") {
  Lagging servers;
  Catalog const writer = servers.open();
  auto const id = writer.create(Team{.name = "old"}).value().id;
  servers.stand_still();
  Catalog const reader = servers.open();
  Revision const before = writer.repository().revision().value();
  static_cast<void>(renamed(writer, id, "new"));
  Revision const written = writer.repository().revision().value();

  CHECK(name_of(reader.at_least(before), id) == "old");
  CHECK(reader.list(Query<Team>{.at_least = before}).value().items.at(0).name == "old");
  SECTION("by a handle of the catalogue") { CHECK(name_of(reader.at_least(written), id) == "new"); }
  SECTION("by a query") { CHECK(reader.list(Query<Team>{.at_least = written}).value().items.at(0).name == "new"); }
  SECTION("though not where the store has not reached it") {
    Revision const never{written.value + 1};
    CHECK(reader.at_least(never).get(id).error().kind == ErrorKind::invalid_argument);
    CHECK(reader.at_least(never).list(Query<Team>{}).error().kind == ErrorKind::invalid_argument);
    // Which is no reason to keep others from the standby.
    CHECK(name_of(servers.open(), id) == "old");
  }
}

TEST_CASE("callers with a team, and what writes are decided on, are answered by the primary") {
  Lagging servers;
  Catalog const writer = servers.open();
  auto const team = writer.create(Team{.name = "old"}).value().id;
  auto const environment = writer.create(Environment{.team_id = team, .name = "e"}).value().id;
  servers.stand_still();
  Team const now = renamed(writer, team, "new");
  auto const integration = writer.create(Integration{.name = "i", .team_id = team}).value().integration.id;
  auto const install =
      writer.install({.integration_id = integration, .environment_id = environment}).value().resource.install.id;

  Catalog const stale = servers.open();
  REQUIRE(name_of(stale, team) == "old");
  SECTION("a team's rows, lists and configurations") {
    TeamCatalog const own = stale.for_team({.team = team});
    CHECK(own.get(team).value().name == "new");
    CHECK(own.list(Query<Team>{}).value().items.at(0).name == "new");
    CHECK(own.effective_config(install).has_value());
  }
  SECTION("an update at the version that the primary has") {
    auto const updated =
        stale.update(team, ChangeOf<Team>{.name = "newer"}, {.expected_version = RowVersion{now.version}});
    INFO((updated ? "" : to_string(updated.error())));
    CHECK(updated.has_value());
  }
  SECTION("a removal of what the standby does not show") { CHECK(stale.uninstall(install).has_value()); }
  SECTION("an install of what the standby does not show") {
    auto const installed = stale.install({.integration_id = integration, .environment_id = environment});
    REQUIRE(installed.has_value());
    CHECK_FALSE(installed->created);
  }
  SECTION("whatever a host says is to be decided on") { CHECK(name_of(stale.from_primary(), team) == "new"); }
}

TEST_CASE("without reads=any nothing is read from a standby") {
  Lagging servers;
  std::string const parameters = GENERATE("reads=primary", "target_session_attrs=primary");
  CAPTURE(parameters);
  Catalog const writer = servers.open(parameters);
  auto const id = writer.create(Team{.name = "old"}).value().id;
  servers.stand_still();
  static_cast<void>(renamed(writer, id, "new"));
  CHECK(name_of(servers.open(parameters), id) == "new");
  CHECK(servers.sessions_on_standby() == 0);
}

TEST_CASE("configurations of a whole store are read from the standby as it was at one moment, or from the primary") {
  Lagging servers;
  Catalog const writer = servers.open();
  auto const team = writer.create(Team{.name = "t"}).value().id;
  auto const environment = writer.create(Environment{.team_id = team, .name = "e"}).value().id;
  auto const install = [&](std::string const& name) {
    auto const integration = writer.create(Integration{.name = name, .team_id = team}).value().integration.id;
    REQUIRE(writer.install({.integration_id = integration, .environment_id = environment}).has_value());
  };
  install("one");
  servers.stand_still();
  install("two");
  auto const count = [](Catalog const& catalog) {
    int installs = 0;
    auto const read = catalog.for_each_config({}, [&](ReportedConfig const&) -> Result<void> {
      ++installs;
      return {};
    });
    INFO((read ? "" : to_string(read.error())));
    CHECK(read.has_value());
    return installs;
  };
  CHECK(count(servers.open()) == 1);
  CHECK(count(servers.open().from_primary()) == 2);
  CHECK(count(writer) == 2);
}

TEST_CASE("a standby that is killed leaves the reads to the primary and is read from again when it is back") {
  support::Cluster const pair(support::Cluster::Kind::standby);
  Lagging servers(pair);
  Catalog const writer = servers.open("reads=primary");
  auto const id = writer.create(Team{.name = "old"}).value().id;
  servers.catch_up();
  servers.primary.run("alter system set synchronous_standby_names = ''");
  servers.primary.run("select pg_reload_conf()");
  Catalog const reader = servers.open();
  CHECK(name_of(reader, id) == "old");
  REQUIRE(servers.sessions_on_standby() > 0);

  pair.act("kill", 2);
  static_cast<void>(renamed(writer, id, "new"));
  for (int i = 0; i < 50; ++i) CHECK(name_of(reader, id) == "new");

  pair.act("return", 2);
  Lagging again(pair);
  std::string const sessions =
      "select count(*) from pg_stat_activity where pid <> pg_backend_pid() and query like '%" + servers.prefix + "%'";
  do {
    CHECK(name_of(reader, id) == "new");
    std::this_thread::sleep_for(10ms);
  } while (again.standby.number(sessions) == 0);
}

TEST_CASE("a report that a standby ends midway is unavailable, and the next one is read from the primary") {
  support::Cluster const pair(support::Cluster::Kind::standby);
  Lagging servers(pair);
  servers.standby.run("alter system set max_standby_streaming_delay = 0");
  servers.standby.run("select pg_reload_conf()");
  Catalog const catalog = servers.open();
  REQUIRE(catalog.create(Team{.name = "t"}).has_value());
  servers.catch_up();
  auto const again = [](Readers const& readers) {
    auto const page = readers.list(Query<Team>{});
    return page ? Result<void>() : Result<void>(page.error());
  };
  auto const ended = catalog.repository().snapshot({.read = [&](Readers const& readers) -> Result<void> {
                                                      if (auto const first = again(readers); !first) return first;
                                                      REQUIRE(servers.sessions_on_standby() == 1);
                                                      // What the standby replays wants the table for itself.
                                                      servers.primary.run("begin; lock table " + servers.prefix +
                                                                          "team in access exclusive mode; commit");
                                                      servers.catch_up();
                                                      return again(readers);
                                                    },
                                                    .from = ReadFrom::any});
  REQUIRE(ended.has_error());
  INFO(to_string(ended.error()));
  CHECK(ended.error().kind == ErrorKind::unavailable);
  CHECK(catalog.repository().snapshot({.read = again, .from = ReadFrom::any}).has_value());
}

TEST_CASE("what a standby shows before the primary does is waited for there") {
  support::Cluster const pair(support::Cluster::Kind::standby);
  Lagging servers(pair);
  Catalog const writer = servers.open();
  auto const id = writer.create(Team{.name = "old"}).value().id;
  servers.primary.run("set synchronous_commit = local");
  auto const wait_for = [&](std::string const& standby) {
    servers.primary.run("alter system set synchronous_standby_names = '" + standby + "'");
    servers.primary.run("select pg_reload_conf()");
  };
  wait_for("nobody");
  // A server comes to its settings when it has the time.
  wait_until(servers.primary, "(select sync_priority = 0 from pg_stat_replication)");
  auto writing = std::async(std::launch::async, [&] { return writer.update(id, ChangeOf<Team>{.name = "new"}); });
  wait_until(servers.primary, "exists (select 1 from pg_stat_activity where wait_event = 'SyncRep')");
  servers.catch_up();
  Catalog const reader = servers.open();
  REQUIRE(name_of(reader, id) == "new");  // on the standby
  SECTION("until the primary shows it too") {
    auto reading = std::async(std::launch::async, [&] { return name_of(reader.from_primary(), id); });
    auto following = std::async(std::launch::async, [&] { return reader.changes({.after = Revision{2}}); });
    std::this_thread::sleep_for(50ms);
    wait_for("");
    CHECK(reading.get() == "new");
    auto const page = following.get();
    INFO((page ? "" : to_string(page.error())));
    CHECK(page.has_value());
  }
  SECTION("but not for longer than for anything else") {
    CHECK(name_of(reader.from_primary(), id) == "old");
    wait_for("");
  }
  CHECK(writing.get().has_value());
  CHECK(name_of(reader.from_primary(), id) == "new");
}

TEST_CASE("when the standby has become the primary reads and writes go on without opening anew") {
  support::Cluster const pair(support::Cluster::Kind::standby);
  Lagging servers(pair);
  Catalog const catalog = servers.open();
  auto const id = catalog.create(Team{.name = "old"}).value().id;
  CHECK(name_of(catalog, id) == "old");
  pair.act("kill", 1);
  pair.act("promote", 2);
  auto const written = catalog.update(id, ChangeOf<Team>{.name = "new"});
  INFO((written ? "" : to_string(written.error())));
  CHECK(written.has_value());
  for (int i = 0; i < 20; ++i) CHECK(name_of(catalog, id) == "new");
}

TEST_CASE("reads are from the primary or from any, which looks for the servers itself") {
  std::string const url = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1s&";
  auto const refusal = [&](std::string const& parameters) { return open_server(url + parameters).error(); };
  CHECK(refusal("reads=standby").kind == ErrorKind::invalid_argument);
  CHECK(refusal("reads=any&target_session_attrs=standby").kind == ErrorKind::invalid_argument);
  CHECK(refusal("reads=any&target_session_attrs=any").kind == ErrorKind::invalid_argument);
  CHECK(refusal("reads=any&target_session_attrs=read-write").kind == ErrorKind::unavailable);
}
