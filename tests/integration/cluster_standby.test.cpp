// SPDX-License-Identifier: BSL-1.0
// A PostgreSQL and its synchronous standby, which change places while three processes write.
#include <support/catch.hpp>
#include <support/cluster.hpp>
#include "cluster_writers.hpp"

#include <string>
#include <vector>

using namespace inlay;
using support::Cluster;
using support::ClusterWriters;
using support::commit_of;
using support::open_server;

namespace {

std::string const timeouts = "?pool_size=4&lease_timeout=2s&connect_timeout=2s&read_timeout=6s";

/** The URL with its two hosts in the other order. */
std::string hosts_turned_round(std::string const& url) {
  auto const begin = url.find('@') + 1;
  auto const comma = url.find(',', begin);
  auto const end = url.find('/', comma);
  return url.substr(0, begin) + url.substr(comma + 1, end - comma - 1) + ',' + url.substr(begin, comma - begin) +
         url.substr(end);
}

}  // namespace

TEST_CASE("a primary that dies, and its standby in its place, lose nothing, double nothing, and are got over",
          "[standby]") {
  Cluster const cluster(Cluster::Kind::standby);
  // The one to be promoted comes first: when the old primary is back as it was, nothing keeps those from it whose
  // URL names it before the new one, which is why operators must fence it.
  std::string const both = hosts_turned_round(cluster.url()) + timeouts + "&target_session_attrs=read-write";
  ClusterWriters writers(cluster, {both, both, both});
  writers.must_go_on({0, 1, 2});

  // While the standby hangs, commits wait for it.
  cluster.act("freeze", 2);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  cluster.act("thaw", 2);
  writers.must_go_on({0, 1, 2});

  cluster.act("kill", 1);
  cluster.act("promote", 2);
  writers.must_go_on({0, 1, 2});

  // The old one as it was, beside the new one: it acknowledges nothing, since its standby follows it no more.
  cluster.act("return", 1);
  {
    auto const old = open_server(cluster.url(1) + timeouts).value();
    Team team;
    team.id = Id<Team>::generate();
    team.name = "written to the old primary";
    auto const committed = old->commit(commit_of({Insert<Team>{team}}));
    REQUIRE(committed.has_error());
    CHECK(committed.error().kind == ErrorKind::unavailable);
    CHECK(committed.error().outcome == Outcome::unknown);
  }
  writers.must_go_on({0, 1, 2});
  cluster.act("kill", 1);

  // It follows the new one, and takes its place when that one dies.
  cluster.act("follow", 1);
  writers.must_go_on({0, 1, 2});
  cluster.act("kill", 2);
  cluster.act("promote", 1);
  writers.must_go_on({0, 1, 2});
  cluster.act("follow", 2);
  writers.must_go_on({0, 1, 2});
  writers.end_and_check({cluster.url(1) + timeouts});
}
