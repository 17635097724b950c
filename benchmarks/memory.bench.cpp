// SPDX-License-Identifier: BSL-1.0
#include <inlay/config/effective_config.hpp>
#include <inlay/json/document.hpp>
#include <inlay/json/internal/document_parts.hpp>

#include <benchmark/benchmark.h>
#include <malloc.h>
#include <generate.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What 100,000 installs cost in memory, all their effective configurations held at once: the heap in use, as glibc's
// malloc counts it, its own share of each piece included.

namespace {

using namespace inlay;

constexpr std::size_t integrations = 100;
constexpr std::size_t installs = 100'000;

double heap_in_use() {
  auto const info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

/** 272 bytes, no two the same. */
std::string override_text(std::size_t number) {
  auto text = benchmarks::generate_override(benchmarks::workloads[1]);
  auto digits = std::to_string(number);
  digits.insert(0, 4 - std::min<std::size_t>(4, digits.size()), '0');
  return text.replace(text.find("emea"), 4, digits.substr(digits.size() - 4));
}

void measure(benchmark::State& state) {
  for (auto _ : state) {
    auto const before_defaults = heap_in_use();
    std::vector<Document> defaults;
    for (std::size_t i = 0; i != integrations; ++i) {
      defaults.push_back(Document::parse(benchmarks::generate_config(60'000)).value());
      benchmark::DoNotOptimize(defaults.back().values().value());
      benchmark::DoNotOptimize(json::DocumentParts::spans(defaults.back()));
    }
    // as a store gives them
    std::vector<Document> overrides;
    overrides.reserve(installs);
    auto const before_overrides = heap_in_use();
    for (std::size_t i = 0; i != installs; ++i) overrides.push_back(Document::from_stored(override_text(i)));
    auto const before_configs = heap_in_use();
    std::vector<EffectiveConfig> configs;
    configs.reserve(installs);
    for (std::size_t i = 0; i != installs; ++i) {
      std::vector<Layer> layers;
      layers.reserve(2);
      layers.push_back({"integration", LayerKind::base, defaults[i % integrations]});
      layers.push_back({"environment", LayerKind::merge_patch, overrides[i]});
      configs.push_back(EffectiveConfig::from(std::move(layers)).value());
    }
    auto const before_use = heap_in_use();
    for (auto const& config : configs) {
      benchmark::DoNotOptimize(config.get<std::string_view>("/resources/resource_0/list/path").value());
      benchmark::DoNotOptimize(config.get<int>("/authorization/config/expires_in").value());
      benchmark::DoNotOptimize(config.text());
    }
    auto const after = heap_in_use();

    auto const each = [](double bytes) { return bytes / static_cast<double>(installs); };
    state.counters["each_default"] = (before_overrides - before_defaults) / static_cast<double>(integrations);
    state.counters["each_override_text"] = static_cast<double>(override_text(0).size());
    state.counters["each_stored_document"] = each(before_configs - before_overrides);
    state.counters["each_config"] = each(before_use - before_configs);
    state.counters["each_use"] = each(after - before_use);
    state.counters["each_beyond_text"] = each(after - before_overrides) - static_cast<double>(override_text(0).size());
  }
}

[[maybe_unused]] auto const* const registered =
    benchmark::RegisterBenchmark("memory/100000_installs", measure) -> Iterations(1) -> Unit(benchmark::kMillisecond);

}  // namespace
