// SPDX-License-Identifier: BSL-1.0
// What only a Galera cluster can show of how a store is opened, and of what a host's sessions read.
#include "host.hpp"
#include "open_at_once.hpp"
#include "schema_of.hpp"

#include <support/catch.hpp>
#include <support/server.hpp>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

using namespace inlay;
using support::open_server;
using support::ServerShell;

namespace {

/** The URL of one of the three nodes. */
[[nodiscard]] std::string node(int number) {
  std::string const variable = "INLAY_TEST_GALERA_URL_" + std::to_string(number);
  char const* const url = std::getenv(variable.c_str());
  if (!url) throw std::runtime_error(variable + " is not set; tests/servers sets it");
  return url;
}

/** The prefix of a store's tables, which are dropped at the end. */
class Prefix {
 public:
  Prefix() = default;
  ~Prefix() {
    ServerShell shell(node(1));
    shell.run("set foreign_key_checks = 0");
    for (auto const& row : shell.run("show tables like '" + text + "%'")) shell.run("drop table `" + row.at(0) + '`');
  }
  Prefix(Prefix const&) = delete;
  Prefix& operator=(Prefix const&) = delete;

  std::string const text = "g" + to_string(generate_uuid()).substr(24) + "_";
};

}  // namespace

TEST_CASE("several openings of a new store through all nodes of a cluster at once make one store") {
  Prefix const whole;
  ServerShell shell(node(1));
  REQUIRE(open_server(node(1) + "?table_prefix=" + whole.text).has_value());
  auto const wanted = support::schema_of(shell, whole.text);
  for (int round = 0; round < 5; ++round) {
    Prefix const prefix;
    constexpr int openings = 6;
    auto const url_of = [&](int i) { return node(i % 3 + 1) + "?lease_timeout=30s&table_prefix=" + prefix.text; };
    auto const new_commit = [] { return commit_of({Insert<Team>{new_team("t")}}); };
    CHECK(support::open_at_once(openings, url_of, new_commit) == std::vector<std::string>());
    CHECK(support::schema_of(shell, prefix.text) == wanted);
    auto const store = open_server(node(2) + "?table_prefix=" + prefix.text).value();
    CHECK(store->revision().value().value >= openings);
    CHECK(store->list(Query<Team>{}).value().items.size() == openings);
  }
}

TEST_CASE(
    "what was committed on one node of a cluster is read on a host's session of another, and within its commits") {
  Prefix const prefix;
  auto const writer = open_server(node(1) + "?table_prefix=" + prefix.text).value();
  Host host("mysql");
  host.url = node(2);
  host.options.table_prefix = prefix.text;
  soci::connection_pool pool(1);
  host.connect(pool.at(0));
  auto const reader = host.open(pool).value();
  for (int i = 0; i < 200; ++i) {
    Team const team = new_team(std::to_string(i));
    Revision const revision = writer->commit(commit_of({Insert<Team>{team}})).value().revision;
    REQUIRE(reader->find(FindRequest<Team>{.id = team.id}).has_value());
    REQUIRE(reader->revision().value() >= revision);
    Team const before = writer->find(FindRequest<Team>{.id = team.id}).value();
    Team renamed = before;
    renamed.name += '!';
    auto const updated = reader->commit(commit_of({Update<Team>{.before = before, .after = renamed}}));
    INFO((updated ? "" : to_string(updated.error())));
    REQUIRE(updated.has_value());
  }
  // The session's own setting is the host's.
  int waits = -1;
  pool.at(0) << "select @@wsrep_sync_wait", soci::into(waits);
  CHECK(waits == 0);
}
