// SPDX-License-Identifier: BSL-1.0
// A Galera cluster whose nodes die, hang, and are cut off from one another, while three processes write, each through
// another node.
#include <support/catch.hpp>
#include <support/cluster.hpp>
#include "cluster_writers.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

using support::Cluster;
using support::ClusterWriters;

namespace {

// Short times, since each of these tests waits for them.
std::string const parameters =
    "?pool_size=4&lease_timeout=2s&connect_timeout=2s&read_timeout=6s&write_timeout=6s&tls=off";

/** The store through each node alone. */
std::vector<std::string> nodes_of(Cluster const& cluster) {
  std::vector<std::string> urls;
  for (int number = 1; number <= 3; ++number) urls.push_back(cluster.url(number) + parameters);
  return urls;
}

/** The store through each node alone, and through whichever there is. */
std::vector<std::string> ways_to(Cluster const& cluster) {
  std::vector<std::string> urls = nodes_of(cluster);
  urls.push_back(cluster.url() + parameters);
  return urls;
}

/** What befalls a node, and what mends it. */
struct Fault {
  std::string what;
  std::string mended_by;
  int node;
};

/** All go on; then, without that node, all others; and when it is back, all. */
void befall(Cluster const& cluster, ClusterWriters& writers, std::vector<Fault> const& faults) {
  writers.must_go_on({0, 1, 2, 3});
  for (auto const& [what, mended_by, node] : faults) {
    CAPTURE(what, node);
    cluster.act(what, node);
    std::vector<std::size_t> others{3};
    for (std::size_t number = 0; number < 3; ++number) {
      if (number + 1 != static_cast<std::size_t>(node)) others.push_back(number);
    }
    writers.must_go_on(others);
    cluster.act(mended_by, node);
    writers.must_go_on({0, 1, 2, 3});
  }
}

/** This thread, and those and the processes that it starts, in another network for as long as this lives. */
class Elsewhere {
 public:
  explicit Elsewhere(std::string const& file) : home_(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)) {
    int const there = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (home_ < 0 || there < 0 || setns(there, CLONE_NEWNET) != 0) throw std::runtime_error("cannot go to " + file);
    close(there);
  }
  ~Elsewhere() {
    setns(home_, CLONE_NEWNET);
    close(home_);
  }
  Elsewhere(Elsewhere const&) = delete;
  Elsewhere& operator=(Elsewhere const&) = delete;

 private:
  int home_;
};

}  // namespace

TEST_CASE("nodes of a Galera cluster that die, hang and are isolated lose nothing, double nothing, and are got over",
          "[galera]") {
  Cluster const cluster(Cluster::Kind::galera);
  ClusterWriters writers(cluster, ways_to(cluster));
  befall(cluster, writers, {{"kill", "return", 2}, {"isolate", "join", 1}, {"freeze", "thaw", 3}});
  writers.end_and_check(nodes_of(cluster));
}

TEST_CASE("nodes of a Galera cluster that a network cuts off lose nothing, double nothing, and are got over",
          "[hosts]") {
  Cluster const cluster(Cluster::Kind::galera_on_hosts);
  Elsewhere const there(cluster.clients_namespace());
  ClusterWriters writers(cluster, ways_to(cluster));
  // From the other nodes; and from its clients too, who hear nothing more.
  befall(cluster, writers, {{"cut", "mend", 1}, {"cut_off", "mend", 2}});
  writers.end_and_check(nodes_of(cluster));
}
