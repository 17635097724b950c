// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BENCHMARKS_HOST_FINDS_HPP
#define INLAY_BENCHMARKS_HOST_FINDS_HPP

// One install's configuration, found by its id, by its environment and the integration's name, and as a list of one.

#include "generate.hpp"
#include "turns.hpp"

#include <inlay/catalog.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::benchmarks {

/** A catalogue of one team that has installed twenty integrations in each of eight environments. */
struct HostCatalog {
  struct Install {
    Id<EnvironmentIntegration> id;
    Id<Environment> environment;
    std::string integration_name;
  };

  HostCatalog(std::string_view url, Backend backend)
      : catalog(Catalog::open(url, Backends().add(std::move(backend))).value()) {
    auto const team = catalog.create(Team{.name = "Acme"}).value();
    auto const config = Document::parse(generate_config(sizes[0].bytes)).value();
    auto const override = Document::parse(generate_override(workloads[0])).value();
    std::vector<Integration> integrations;
    for (int i = 0; i < 20; ++i) {
      integrations.push_back(
          catalog.create(Integration{.name = "integration " + std::to_string(i), .config = config, .team_id = team.id})
              .value()
              .integration);
    }
    for (int i = 0; i < 8; ++i) {
      auto const environment =
          catalog.create(Environment{.team_id = team.id, .name = "environment " + std::to_string(i)}).value();
      for (auto const& integration : integrations) {
        auto const made =
            catalog.install({.integration_id = integration.id, .environment_id = environment.id, .override = override});
        installs.push_back({made.value().resource.install.id, environment.id, integration.name});
      }
    }
  }

  Catalog catalog;
  std::vector<Install> installs;
};

/** The counters `by_id`, `by_name` and `list`. */
inline void find_in_turns(benchmark::State& state, HostCatalog const& host) {
  auto const going_round = [&host](auto find) {
    return [&host, find, at = std::size_t{0}]() mutable {
      benchmark::DoNotOptimize(find(host.installs[at++ % host.installs.size()]));
    };
  };
  in_turns(
      state, 20,
      {{"by_id", going_round([&](auto const& one) { return host.catalog.effective_config(one.id).value(); })},
       {"by_name", going_round([&](auto const& one) {
          return host.catalog.effective_config(one.environment, one.integration_name).value();
        })},
       {"list", going_round([&](auto const& one) {
          return host.catalog
              .list(Query<InstalledIntegration>{.where = {{"environment_id", Operator::eq, {one.environment.uuid}},
                                                          {"integration.name", Operator::eq, {one.integration_name}}}})
              .value();
        })}});
}

/** Registers those of a server; none where there is no server. */
inline bool register_server_finds(std::string const& name, char const* variable, Backend (*backend)()) {
  char const* const server = std::getenv(variable);
  if (server == nullptr) return false;
  auto const find = [server, backend](benchmark::State& state) {
    std::string const prefix = "b" + to_string(generate_uuid()).substr(24) + "_";
    HostCatalog const host(std::string(server) + "?table_prefix=" + prefix, backend());
    find_in_turns(state, host);
  };
  benchmark::RegisterBenchmark(("host/find/" + name).c_str(), find)->UseRealTime();
  return true;
}

}  // namespace inlay::benchmarks

#endif
