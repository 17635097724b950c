// SPDX-License-Identifier: BSL-1.0
// What MySQL and MariaDB read of a store, by what a session of the host counts.
#include "host.hpp"

#include <support/catch.hpp>

#include <string>

using namespace inlay;

namespace {

/** How many rows the session has read since it was asked to forget them, whichever way. */
[[nodiscard]] long long rows_read(soci::session& session) {
  long long sum = 0;
  soci::rowset<soci::row> const rows = (session.prepare << "show session status like 'Handler_read%'");
  for (soci::row const& row : rows) sum += std::stoll(row.get<std::string>(1));
  return sum;
}

}  // namespace

TEST_CASE("MySQL counts what a team has by that team's entries of indexes, whatever others have") {
  Host const host("mysql");
  auto const own = host.open();
  Team const team = new_team("who counts");
  Team const other = new_team("who has much");
  Environment environment;
  environment.id = Id<Environment>::generate();
  environment.team_id = team.id;
  environment.name = "its one";
  REQUIRE(
      own->commit(commit_of({Insert<Team>{team}, Insert<Team>{other}, Insert<Environment>{environment}})).has_value());
  support::ServerShell shell(host.url);
  std::string const& prefix = host.options.table_prefix;
  std::string const numbers =
      "(with recursive s(i) as (select 1 union all select i + 1 from s where i < 900) select i from s) s";
  shell.run("insert into " + prefix +
            "change (revision, ordinal, entity, row_id, kind, team_id, time, bytes) select 1, 1000 + i, 'team', '" +
            to_string(other.id) + "', 'update', '" + to_string(other.id) + "', i, 10 from " + numbers);
  shell.run("insert into " + prefix +
            "environment (id, name, team_id, version, birth, revision, created_at, updated_at) select uuid(), i, '" +
            to_string(other.id) + "', 1, 1 + i, 1, 1, 1 from " + numbers);
  shell.run("analyze table " + prefix + "change, " + prefix + "environment");

  soci::connection_pool pool(1);
  host.connect(pool.at(0));
  auto const store = host.open(pool).value();
  REQUIRE(store->usage({.team = team.id}).value().rows == 1);  // and what is read of the server's own, once
  pool.at(0) << "flush status";
  Usage const usage = store->usage({.team = team.id}).value();
  long long const of_one = rows_read(pool.at(0));
  CHECK(usage.rows == 1);
  CHECK(usage.bytes_logged > 0);
  CHECK(of_one < 100);
  // That what is counted tells a walk through everybody's.
  pool.at(0) << "flush status";
  CHECK(store->usage({.team = other.id}).value().rows == 900);
  CHECK(rows_read(pool.at(0)) > 1'800);
}

TEST_CASE("MySQL finds an install by the names of its team, environment and integration, and reads few others") {
  Host const host("mysql");
  auto const own = host.open();
  Team const owner = new_team("owner");
  Integration integration;
  integration.id = Id<Integration>::generate();
  integration.team_id = owner.id;
  integration.name = "zendesk";
  REQUIRE(own->commit(commit_of({Insert<Team>{owner}, Insert<Integration>{integration}})).has_value());
  support::ServerShell shell(host.url);
  std::string const& prefix = host.options.table_prefix;
  std::string const numbers =
      "(with recursive s(i) as (select 1 union all select i + 1 from s where i < 900) select i from s) s";
  auto const id = [](std::string const& kind) {
    return "concat(lpad(s.i, 8, '0'), '-0000-4000-8000-00000000000" + kind + "')";
  };
  shell.run("insert into " + prefix +
            "team (id, name, is_verified, is_white_labeled, allows_impersonation, version, birth, revision, created_at,"
            " updated_at) select " +
            id("1") + ", concat('team ', s.i), 0, 0, 0, 1, 1 + s.i, 1, s.i, s.i from " + numbers);
  shell.run("insert into " + prefix +
            "environment (id, name, team_id, version, birth, revision, created_at, updated_at) select " + id("2") +
            ", 'production', " + id("1") + ", 1, 1 + s.i, 1, s.i, s.i from " + numbers);
  shell.run("insert into " + prefix +
            "environment_integration (id, integration_id, environment_id, show_in_catalog, is_enabled, version, birth,"
            " revision, created_at, updated_at) select " +
            id("3") + ", '" + to_string(integration.id) + "', " + id("2") + ", 1, 1, 1, 1 + s.i, 1, s.i, s.i from " +
            numbers);
  shell.run("analyze table " + prefix + "team, " + prefix + "environment, " + prefix + "environment_integration");

  soci::connection_pool pool(1);
  host.connect(pool.at(0));
  auto const store = host.open(pool).value();
  auto const team_is = [](char const* field) { return Condition{field, Operator::eq, {std::string("team 700")}}; };
  Query<InstalledIntegration> query{.where = {team_is("environment.team.name"),
                                              {"environment.name", Operator::eq, {std::string("production")}},
                                              {"integration.name", Operator::eq, {std::string("zendesk")}}}};
  REQUIRE(store->list(query).has_value());
  pool.at(0) << "flush status";
  CHECK(store->list(query).value().items.size() == 1);
  CHECK(rows_read(pool.at(0)) < 60);

  Query<Environment> const environments{.where = {team_is("team.name")}};
  REQUIRE(store->list(environments).has_value());
  pool.at(0) << "flush status";
  CHECK(store->list(environments).value().items.size() == 1);
  CHECK(rows_read(pool.at(0)) < 60);

  // That what is counted tells a walk through everybody's.
  pool.at(0) << "flush status";
  query.where.erase(query.where.begin(), query.where.begin() + 2);
  query.limit = 1'000;
  CHECK(store->list(query).value().items.size() == 900);
  CHECK(rows_read(pool.at(0)) > 900);
}
