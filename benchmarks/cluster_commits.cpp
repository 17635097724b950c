// SPDX-License-Identifier: BSL-1.0
// Commits a second of one MariaDB, of a Galera cluster through one of its nodes, and through all three, in turns. Each
// line that it writes is one run of one of them; benchmarks/cluster_report makes a table of them.
#include <inlay/backends/mysql.hpp>
#include <inlay/id.hpp>
#include <inlay/storage/repository.hpp>
#include <inlay/storage/store_url.hpp>
#include <inlay/timestamp.hpp>

#include <mysql.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace inlay;

[[nodiscard]] std::string variable(std::string const& name) {
  char const* const value = std::getenv(name.c_str());
  if (!value) throw std::runtime_error(name + " is not set; with INLAY_TEST_CLUSTER=1 tests/servers sets it");
  return value;
}

/** A connection past the library. */
class Shell {
 public:
  explicit Shell(std::string const& text) : connection_(mysql_init(nullptr), &mysql_close) {
    StoreUrl const url = StoreUrl::parse(text).value();
    auto const& host = url.hosts.at(0);
    if (!mysql_real_connect(connection_.get(), host.name.c_str(), url.user.c_str(), url.password.value_or("").c_str(),
                            url.path.c_str(), host.port.value_or(0), nullptr, 0)) {
      throw std::runtime_error(mysql_error(connection_.get()));
    }
  }

  /** The values of one column. */
  std::vector<std::string> run(std::string const& statement, unsigned column = 0) {
    if (mysql_query(connection_.get(), statement.c_str()) != 0)
      throw std::runtime_error(mysql_error(connection_.get()));
    std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> const result(mysql_store_result(connection_.get()),
                                                                          &mysql_free_result);
    std::vector<std::string> values;
    while (MYSQL_ROW const row = result ? mysql_fetch_row(result.get()) : nullptr) values.emplace_back(row[column]);
    return values;
  }

  /** How many transactions the cluster has taken back on this node. */
  long long aborts() {
    long long sum = 0;
    for (std::string const& value :
         run("show global status where variable_name in ('wsrep_local_cert_failures', 'wsrep_local_bf_aborts')", 1)) {
      sum += std::stoll(value);
    }
    return sum;
  }

 private:
  std::unique_ptr<MYSQL, decltype(&mysql_close)> connection_;
};

struct Topology {
  std::string name;
  std::vector<std::string> urls;
};

struct Count {
  std::atomic<long long> commits{0};
  std::atomic<long long> failures{0};
};

/** Renames a team of its own, again and again. */
void write(Repository& store, std::size_t writer, std::atomic<bool> const& is_over, Count& count) {
  auto const done = [&](Change change) {
    Commit commit;
    commit.changes = {std::move(change)};
    commit.actor = "benchmark";
    commit.token = generate_uuid();
    commit.time = now();
    bool const is_done = store.commit(commit).has_value();
    ++(is_done ? count.commits : count.failures);
    return is_done;
  };
  Team team;
  team.id = Id<Team>::generate();
  team.name = std::to_string(writer);
  while (!done(Insert<Team>{team})) {
    if (is_over) return;
  }
  while (!is_over) {
    auto const current = store.find(FindRequest<Team>{.id = team.id});
    if (!current) continue;
    Team after = *current;
    after.name = std::to_string(writer) + '.' + std::to_string(current->version.value);
    done(Update<Team>{.before = *current, .after = after});
  }
}

void run(Topology const& topology, std::size_t writers, std::chrono::milliseconds time, int round) {
  std::string const prefix = "b" + to_string(generate_uuid()).substr(24) + "_";
  std::size_t const nodes = topology.urls.size();
  std::string const parameters =
      "?pool_size=" + std::to_string((writers + nodes - 1) / nodes) + "&lease_timeout=30s&table_prefix=" + prefix;
  std::vector<std::shared_ptr<Repository>> stores;
  std::vector<std::unique_ptr<Shell>> shells;
  long long aborts = 0;
  for (std::string const& url : topology.urls) {
    stores.push_back(Backends().add(mysql_backend()).open(url + parameters).value());
    shells.push_back(std::make_unique<Shell>(url));
    aborts -= shells.back()->aborts();
  }
  std::vector<Count> counts(nodes);
  std::atomic<bool> is_over = false;
  std::vector<std::thread> threads;
  auto const begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < writers; ++i) {
    threads.emplace_back([&, i] { write(*stores[i % nodes], i, is_over, counts[i % nodes]); });
  }
  std::this_thread::sleep_for(time);
  is_over = true;
  for (std::thread& thread : threads) thread.join();
  std::chrono::duration<double> const taken = std::chrono::steady_clock::now() - begin;
  for (auto const& shell : shells) aborts += shell->aborts();
  for (std::size_t i = 0; i < nodes; ++i) {
    std::cout << round << ',' << topology.name << ',' << writers << ',' << i + 1 << ','
              << static_cast<double>(counts[i].commits) / taken.count() << ',' << aborts << ',' << counts[i].failures
              << ',' << taken.count() << std::endl;
  }
  stores.clear();
  Shell& shell = *shells.front();
  shell.run("set foreign_key_checks = 0");
  for (std::string const& table : shell.run("show tables like '" + prefix + "%'")) shell.run("drop table " + table);
}

}  // namespace

int main(int count, char** arguments) {
  try {
    if (count != 3) {
      std::cerr << "usage: cluster_commits ROUNDS SECONDS\n"
                   "INLAY_TEST_MYSQL_URL, INLAY_TEST_GALERA_URL_1, _2 and _3 name the servers.\n";
      return 2;
    }
    int const rounds = std::stoi(arguments[1]);
    std::chrono::seconds const time(std::stoi(arguments[2]));
    std::vector<std::string> nodes;
    for (int i = 1; i <= 3; ++i) nodes.push_back(variable("INLAY_TEST_GALERA_URL_" + std::to_string(i)));
    std::vector<Topology> const topologies{{.name = "one", .urls = {variable("INLAY_TEST_MYSQL_URL")}},
                                           {.name = "galera_one", .urls = {nodes.front()}},
                                           {.name = "galera_three", .urls = nodes}};
    std::cout << "round,topology,writers,node,commits_a_second,aborts_of_all,failures,seconds" << std::endl;
    for (int round = 1; round <= rounds; ++round) {
      for (std::size_t const writers : {3U, 12U, 48U}) {
        for (Topology const& topology : topologies) run(topology, writers, time, round);
      }
    }
    return 0;
  } catch (std::exception const& error) {
    std::cerr << "cluster_commits: " << error.what() << '\n';
    return 1;
  }
}
