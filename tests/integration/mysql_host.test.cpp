// SPDX-License-Identifier: BSL-1.0
// Settings of a host's session of MySQL: what would spoil a store is refused, and nothing is changed.
#include "host.hpp"

#include <support/catch.hpp>
#include <support/faulty_proxy.hpp>

#include <atomic>
#include <string>
#include <vector>

using namespace inlay;

namespace {

[[nodiscard]] std::vector<std::string> settings_of(soci::session& session) {
  std::vector<std::string> found;
  soci::rowset<soci::row> const rows = (session.prepare << "show session variables");
  for (soci::row const& row : rows) {
    auto const name = row.get<std::string>(0);
    // Those that count, or tell of the moment.
    if (name.find("gtid") != std::string::npos || name.find("rand_seed") != std::string::npos) continue;
    if (name == "timestamp" || name == "in_transaction" || name == "last_insert_id" || name == "identity") continue;
    found.push_back(name + " = " + row.get<std::string>(1, ""));
  }
  return found;
}

}  // namespace

TEST_CASE("a host's session of MySQL on which lists would end early or nothing would be held is refused") {
  Host const host("mysql");
  auto const store = host.open();
  auto const [bad, name] = GENERATE(std::pair("set names latin1", "character set"),
                                    std::pair("set character_set_results = utf8mb3", "character set"),
                                    std::pair("set sql_select_limit = 3", "sql_select_limit"),
                                    std::pair("set foreign_key_checks = 0", "foreign_key_checks"),
                                    std::pair("set unique_checks = 0", "unique_checks"),
                                    std::pair("set sql_mode = 'EMPTY_STRING_IS_NULL'", "EMPTY_STRING_IS_NULL"));
  CAPTURE(bad);
  auto const refuses = [&, name = std::string(name)](auto const& result) {
    REQUIRE(result.has_error());
    CAPTURE(result.error().message);
    CHECK(result.error().kind == ErrorKind::unavailable);
    CHECK(result.error().message.find(name) != std::string::npos);
  };
  soci::connection_pool pool(1);
  host.connect(pool.at(0));
  auto const pooled = host.open(pool);
  REQUIRE(pooled.has_value());
  pool.at(0) << bad;
  refuses(host.open(pool));
  soci::session session;
  host.connect(session);
  session << bad;
  session.begin();
  refuses(host.join(session));
  session.rollback();
}

TEST_CASE("a host's session of MySQL keeps its settings, and those that mean nothing to a store are the host's") {
  Host const host("mysql");
  auto const store = host.open();
  soci::connection_pool pool(1);
  host.connect(pool.at(0));
  pool.at(0) << "set sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,HIGH_NOT_PRECEDENCE'";
  pool.at(0) << "set time_zone = '+09:30', max_join_size = 1000000, tx_isolation = 'SERIALIZABLE'";
  auto const before = settings_of(pool.at(0));
  auto const pooled = host.open(pool).value();
  for (std::string const& name : {std::string("it's"), std::string("back\\slash"), std::string("\\'"),
                                  std::string("\""), std::string("\u7e17'")}) {
    CAPTURE(name);
    Team team = new_team(name);
    REQUIRE(pooled->commit(commit_of({Insert<Team>{team}})).has_value());
    auto const page = pooled->list(Query<Team>{.where = {{"name", Operator::eq, {name}}}}).value();
    REQUIRE(page.items.size() == 1);
    CHECK(page.items.front().id == team.id);
    CHECK(store->find(FindRequest<Team>{.id = team.id}).value().name == name);
  }
  CHECK(settings_of(pool.at(0)) == before);
}

TEST_CASE("a host's session on a node of a cluster of MariaDB waits for the others in the store's reads alone") {
  bool const is_causal = GENERATE(true, false);
  CAPTURE(is_causal);
  support::FaultyProxy proxy(support::server_url(Engine::mysql));
  Host host("mysql");
  host.url = proxy.url("");
  host.options.is_causal = is_causal;
  static_cast<void>(
      support::open_server(support::server_url(Engine::mysql) + "?table_prefix=" + host.options.table_prefix).value());
  proxy.rewrite("show session variables like 'wsrep_on'", "select 'wsrep_on', 'ON'");
  soci::connection_pool pool(1);
  host.connect(pool.at(0));
  std::atomic<int> reads = 0;  // counted in the proxy's thread
  std::atomic<int> waits = 0;
  proxy.arm({.when = [&](support::Request const& request) {
    if (request.mentions(host.options.table_prefix)) reads += request.statement.starts_with("select") ? 1 : 0;
    waits += request.statement.starts_with("set statement wsrep_sync_wait = 1 for select") ? 1 : 0;
    return false;
  }});
  auto const store = host.open(pool).value();
  REQUIRE(store->commit(commit_of({Insert<Team>{new_team("t")}})).has_value());
  auto const teams = store->list(Query<Team>{}).value().items;
  REQUIRE(teams.size() == 1);
  CHECK(store->find(FindRequest<Team>{.id = teams.front().id}).value().name == teams.front().name);
  CHECK(store->revision().value() == Revision{1});
  CHECK((waits > 0) == is_causal);
  CHECK((reads > 0) == !is_causal);
  int session = -1;
  pool.at(0) << "select @@wsrep_sync_wait", soci::into(session);
  CHECK(session == 0);
}
