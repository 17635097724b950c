// SPDX-License-Identifier: BSL-1.0
#include "host.hpp"

#include <support/catch.hpp>

using namespace inlay;

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
      Team stale = joined->find(FindRequest<Team>{.id = team.id}).value();
      stale.version = Version{9};
      auto const conflict = joined->commit(commit_of({Update<Team>{stale, stale}}));
      REQUIRE(conflict.has_error());
      CHECK(conflict.error().kind == ErrorKind::conflict);
      CHECK(conflict.error().current_version == Version{1});
      CHECK(joined->compact({}).error().kind == ErrorKind::invalid_argument);
      CHECK(joined->vacuum().error().kind == ErrorKind::invalid_argument);
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
