// SPDX-License-Identifier: BSL-1.0
// A host that uses SOCI itself: its connections, and its transactions.
#include <inlay/backends/soci/host.hpp>
#include <inlay/backends/sqlite.hpp>

#include <support/catch.hpp>
#include <support/server.hpp>
#include <support/temporary_folder.hpp>

#include <soci/mysql/soci-mysql.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

using namespace inlay;
using support::Engine;

namespace {

/** One of the three engines, with a store in it, as the host knows them. */
struct Host {
  explicit Host(std::string const& name) : engine(name) {
    if (engine == "sqlite") {
      url = "sqlite:" + folder.file("host.db");
      return;
    }
    url = support::server_url(engine == "mysql" ? Engine::mysql : Engine::postgresql);
    options.table_prefix = support::new_prefix();
  }

  [[nodiscard]] std::shared_ptr<Repository> open() const {
    if (engine == "sqlite") return Backends{}.add(sqlite_backend()).open(url).value();
    return support::open_server(url + "?table_prefix=" + options.table_prefix).value();
  }

  void connect(soci::session& session) const {
    if (engine == "sqlite") {
      session.open(soci::sqlite3, url.substr(7));
      session << "pragma foreign_keys = on";
    } else if (engine == "postgresql") {
      session.open(soci::postgresql, url + "?client_encoding=UTF8");
    } else {
      StoreUrl const parts = StoreUrl::parse(url).value();
      session.open(soci::mysql, "host=" + parts.hosts.at(0).name + " port=" + std::to_string(*parts.hosts.at(0).port) +
                                    " user=" + parts.user + " password=" + *parts.password + " dbname=" + parts.path +
                                    " charset=utf8mb4");
    }
  }

  [[nodiscard]] Result<std::shared_ptr<Repository>> join(soci::session& session) const {
    if (engine == "sqlite") return join_sqlite(session, options);
    return engine == "postgresql" ? join_postgresql(session, options) : join_mysql(session, options);
  }

  [[nodiscard]] Result<std::shared_ptr<Repository>> open(soci::connection_pool& pool) const {
    if (engine == "sqlite") return open_sqlite(pool, options);
    return engine == "postgresql" ? open_postgresql(pool, options) : open_mysql(pool, options);
  }

  std::string engine;
  support::TemporaryFolder folder;
  std::string url;
  HostOptions options;
};

// Not support/sqlite.hpp: SOCI has sqlite3.h in a namespace of its own.
Commit commit_of(std::vector<Change> changes) {
  Commit commit;
  commit.changes = std::move(changes);
  commit.actor = "host";
  commit.token = generate_uuid();
  commit.time = now();
  return commit;
}

Team new_team(std::string const& name) {
  Team team;
  team.id = Id<Team>::generate();
  team.name = name;
  return team;
}

}  // namespace

TEST_CASE("what is written in a host's transaction happens when the host commits, and goes when it rolls back") {
  Host const host(GENERATE("sqlite", "postgresql", "mysql"));
  INFO(host.engine);
  auto const store = host.open();
  std::string const mine = "h" + support::new_prefix() + "orders";
  soci::session session;
  host.connect(session);
  session << "create table " + mine + " (id integer not null primary key)";

  for (bool const is_kept : {false, true}) {
    Team const team = new_team("joined");
    session.begin();
    session << "insert into " + mine + " values (7)";
    {
      auto const joined = host.join(session).value();
      REQUIRE(joined->commit(commit_of({Insert<Team>{team}})).has_value());
      CHECK(joined->find(FindRequest<Team>{.id = team.id}).has_value());

      // Refused, and only it is undone.
      auto const again = joined->commit(commit_of({Insert<Team>{new_team("lost")}, Insert<Team>{team}}));
      REQUIRE(again.has_error());
      CHECK(again.error().kind == ErrorKind::already_exists);
      CHECK(again.error().pointer == "/id");
      Team stale = team;
      stale.version = Version{9};
      auto const conflict = joined->commit(commit_of({Update<Team>{stale, stale}}));
      REQUIRE(conflict.has_error());
      CHECK(conflict.error().kind == ErrorKind::conflict);
      CHECK(conflict.error().current_version == Version{1});
      CHECK(joined->compact({}).error().kind == ErrorKind::invalid_argument);
    }
    CHECK(store->find(FindRequest<Team>{.id = team.id}).has_error());
    if (is_kept) {
      session.commit();
    } else {
      session.rollback();
    }
    int count = -1;
    session << "select count(*) from " + mine, soci::into(count);
    CHECK(count == (is_kept ? 1 : 0));
    CHECK(store->find(FindRequest<Team>{.id = team.id}).has_value() == is_kept);
    CHECK(store->revision().value() == Revision{is_kept ? 1 : 0});
    CHECK(store->list(Query<Team>{}).value().items.size() == (is_kept ? 1U : 0U));
  }
  session << "drop table " + mine;
}

TEST_CASE("a store joins only where a transaction is open") {
  Host const host(GENERATE("sqlite", "postgresql", "mysql"));
  INFO(host.engine);
  auto const store = host.open();
  soci::session session;
  host.connect(session);
  auto const joined = host.join(session);
  REQUIRE(joined.has_error());
  CHECK(joined.error().kind == ErrorKind::invalid_argument);
}

TEST_CASE("a store on a host's pool uses its sessions and gives them back clean") {
  Host const host(GENERATE("sqlite", "postgresql", "mysql"));
  INFO(host.engine);
  soci::connection_pool pool(2);
  for (std::size_t i = 0; i < 2; ++i) host.connect(pool.at(i));
  auto const store = host.open(pool).value();
  Team const team = new_team("pooled");
  REQUIRE(store->commit(commit_of({Insert<Team>{team}})).has_value());
  CHECK(store->commit(commit_of({Insert<Team>{team}})).error().kind == ErrorKind::already_exists);
  CHECK(host.open()->find(FindRequest<Team>{.id = team.id}).has_value());
  {
    // Both are free, and in no transaction.
    soci::session first(pool);
    soci::session second(pool);
    for (soci::session* session : {&first, &second}) {
      session->begin();
      session->rollback();
    }
    HostOptions impatient = host.options;
    impatient.lease_timeout = std::chrono::milliseconds(50);
    auto const starved = host.engine == "sqlite"       ? open_sqlite(pool, impatient)
                         : host.engine == "postgresql" ? open_postgresql(pool, impatient)
                                                       : open_mysql(pool, impatient);
    REQUIRE(starved.has_error());
    CHECK(starved.error().kind == ErrorKind::unavailable);
  }
}
