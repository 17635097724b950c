// SPDX-License-Identifier: BSL-1.0
// The REST handler in-process, beside the same work done through the catalogue without HTTP.
#include <inlay/backends/memory.hpp>
#include <inlay/catalog.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/rest/handler.hpp>

#include <benchmark/benchmark.h>
#include <generate.hpp>

#include <string>

namespace {

using namespace inlay;
using benchmarks::sizes;

/** One install of an integration with a configuration of that size. */
struct Store {
  Catalog catalog;
  Id<EnvironmentIntegration> install;
  rest::Handler handler;
  rest::Request get;
  rest::Request patches[2];
  Caller caller{.actor = "benchmark"};

  explicit Store(std::size_t bytes)
      : catalog(Catalog::open("memory:", Backends().add(memory_backend())).value()),
        install(make_install(catalog, bytes)),
        handler(catalog) {
    std::string const target = "/environment-integration/" + to_string(install);
    get = {.method = "GET", .target = target, .headers = {{"Accept", "application/json"}}};
    for (int i : {0, 1}) {
      patches[i] = {.method = "PATCH",
                    .target = target,
                    .headers = {{"Content-Type", "application/merge-patch+json"}},
                    .body = i == 0 ? R"({"is_enabled":false})" : R"({"is_enabled":true})"};
    }
  }

  static Id<EnvironmentIntegration> make_install(Catalog const& catalog, std::size_t bytes) {
    auto const team = catalog.create(Team{.name = "team"}).value();
    auto const environment = catalog.create(Environment{.team_id = team.id, .name = "production"}).value();
    auto const integration =
        catalog
            .create(Integration{.name = "integration",
                                .config = Document::parse(benchmarks::generate_config(bytes)).value(),
                                .team_id = team.id})
            .value();
    return catalog.install({.integration_id = integration.integration.id, .environment_id = environment.id})
        .value()
        .resource.install.id;
  }
};

std::size_t bytes_of(benchmark::State& state) {
  auto const& size = sizes[static_cast<std::size_t>(state.range(0))];
  state.SetLabel(size.name);
  return size.bytes - size.bytes / 50;  // a document of the limit, and its row, must fit
}

void rest_get(benchmark::State& state) {
  Store const store(bytes_of(state));
  for (auto _ : state) benchmark::DoNotOptimize(store.handler(store.get, store.caller));
}
BENCHMARK(rest_get)->DenseRange(0, 2);

void rest_get_by_hand(benchmark::State& state) {
  Store const store(bytes_of(state));
  for (auto _ : state) benchmark::DoNotOptimize(model::to_json(store.catalog.get(store.install).value()));
}
BENCHMARK(rest_get_by_hand)->DenseRange(0, 2);

void rest_patch(benchmark::State& state) {
  Store const store(bytes_of(state));
  int i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(store.handler(store.patches[i ^= 1], store.caller));
}
BENCHMARK(rest_patch)->DenseRange(0, 2);

void rest_patch_by_hand(benchmark::State& state) {
  Store const store(bytes_of(state));
  bool is_enabled = false;
  for (auto _ : state) {
    is_enabled = !is_enabled;
    auto const updated = store.catalog.as(store.caller).update(store.install, {.is_enabled = is_enabled}).value();
    benchmark::DoNotOptimize(model::to_json(updated.resource));
  }
}
BENCHMARK(rest_patch_by_hand)->DenseRange(0, 2);

}  // namespace
