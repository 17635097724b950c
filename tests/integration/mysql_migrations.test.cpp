// SPDX-License-Identifier: BSL-1.0
// Migrations on MySQL, where each statement that makes something is done at once, and where a cluster's nodes have no
// lock between them.
#include "behind_proxy.hpp"
#include "open_at_once.hpp"
#include "schema_of.hpp"

#include <support/catch.hpp>
#include <support/faulty_proxy.hpp>
#include <support/server.hpp>

#include <string>
#include <vector>

using namespace inlay;
using support::Engine;
using support::Fault;
using support::FaultyProxy;
using support::new_commit;
using support::open_server;
using support::Request;
using support::ServerShell;

namespace {

/** The tables of a store that was opened in peace. */
auto whole_schema(std::string const& server, ServerShell& shell) {
  std::string const whole = support::new_prefix();
  REQUIRE(open_server(server + "?table_prefix=" + whole).has_value());
  return support::schema_of(shell, whole);
}

/** Has the server grant everybody the lock of migrations, as it is where each of them asks another node. */
void grant_all_locks(FaultyProxy& proxy) {
  proxy.rewrite("select get_lock(", "select strcmp(");  // 1, since the lock's name is after a number's text
}

}  // namespace

TEST_CASE("a migration on MySQL that was cut off behind any of its steps is finished by the next opening") {
  std::string const server = support::server_url(Engine::mysql);
  ServerShell shell(server);
  auto const wanted = whole_schema(server, shell);
  FaultyProxy proxy(server);
  grant_all_locks(proxy);
  int cuts = 0;
  bool is_whole = false;
  while (!is_whole) {
    CAPTURE(cuts);
    std::string const prefix = support::new_prefix();
    std::string const url = proxy.url("table_prefix=" + prefix + "&lease_timeout=0s&connect_timeout=1s");
    int seen = 0;
    proxy.arm({.when =
                   [&](Request const& request) {
                     bool const writes = !request.statement.empty() && !request.statement.starts_with("select") &&
                                         !request.statement.starts_with("s");
                     return writes && seen++ == cuts;
                   },
               .fault = Fault::lose_reply,
               .then_goes_away = true});
    is_whole = open_server(url).has_value();
    REQUIRE(proxy.strikes() == (is_whole ? 0 : 1));
    proxy.disarm();
    proxy.come_back();
    if (!is_whole) ++cuts;
    auto const again = open_server(url);
    INFO((again ? "" : to_string(again.error())));
    REQUIRE(again.has_value());
    CHECK(support::schema_of(shell, prefix) == wanted);
    CHECK((*again)->commit(new_commit(true)).value().revision == Revision{1});
    CHECK(shell.number("select count(*) from " + prefix + "counter") == 1);
  }
  CHECK(cuts > 40);  // tables, indexes, columns, rows
}

TEST_CASE("several openings of a new store on MySQL that no lock keeps apart make one store") {
  std::string const server = support::server_url(Engine::mysql);
  ServerShell shell(server);
  auto const wanted = whole_schema(server, shell);
  FaultyProxy proxy(server);
  grant_all_locks(proxy);
  for (int round = 0; round < 5; ++round) {
    std::string const prefix = support::new_prefix();
    constexpr int openings = 6;
    std::string const url = proxy.url("table_prefix=" + prefix + "&lease_timeout=30s");
    CHECK(support::open_at_once(
              openings, [&](int) { return url; }, [] { return new_commit(false); }) == std::vector<std::string>());
    CHECK(support::schema_of(shell, prefix) == wanted);
    CHECK(shell.number("select revision from " + prefix + "counter") == openings);
  }
}
