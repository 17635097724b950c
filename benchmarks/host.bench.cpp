// SPDX-License-Identifier: BSL-1.0
// What a host's reads cost that knows no store but memory: documents that are made, looked at and read once, and layers
// that a request lays over a configuration, by one thread and by two.
#include "host_finds.hpp"
#include "turns.hpp"

#include <inlay/backends/memory.hpp>
#include <inlay/config/effective_config.hpp>
#include <inlay/json/parse.hpp>

#include <benchmark/benchmark.h>
#include <rapidjson/document.h>
#include <time.h>
#include <generate.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace inlay;

void find(benchmark::State& state) {
  benchmarks::HostCatalog const host("memory:", memory_backend());
  benchmarks::find_in_turns(state, host);
}
BENCHMARK(find)->Name("host/find/memory")->UseRealTime();

struct Text {
  char const* name;
  std::string text;
};

std::array<Text, 2> texts() {
  return {
      Text{
          "110B",
          R"({"base_url":"https://eu.example.com","rate_limit":{"burst":10},"headers":{"x-tenant":"t1","x-api":"2"}})"},
      Text{"1.7KB", benchmarks::generate_config(1'700)}};
}

/** A document, however it comes, with a view of it and one read. */
void document(benchmark::State& state, std::string const& text) {
  auto const built = json::parse(text).value().as_object();
  auto const parsed = Document::parse(text).value();
  std::string const stored(parsed.text());
  auto const read = [](Document one) {
    auto const view = EffectiveConfig::from({{"integration", LayerKind::base, std::move(one)}}).value();
    benchmark::DoNotOptimize(view.get<int>("/rate_limit/burst").value());
  };
  benchmarks::in_turns(state, 100,
                       {{"parse", [&] { read(Document::parse(text).value()); }},
                        {"from", [&] { read(Document::from(built).value()); }},
                        {"from_stored", [&] { read(Document::from_stored(stored)); }},
                        {"nlohmann",
                         [&] {
                           auto const value = nlohmann::json::parse(text);
                           benchmark::DoNotOptimize(value.at("rate_limit").at("burst").get<int>());
                         }},
                        {"rapidjson", [&] {
                           rapidjson::Document value;
                           value.Parse(text.c_str());
                           benchmark::DoNotOptimize(value["rate_limit"]["burst"].GetInt());
                         }}});
}

/** The time that the processor gives this thread, in ns: what else runs on the machine is not in it. */
double thread_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return 1e9 * static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec);
}

/** What each of so many threads takes for one work of those that all do at once. */
double time_of_each(int threads, std::function<void()> const& work) {
  constexpr int batch = 20'000;
  std::atomic<int> ready = 0;
  std::vector<double> times(static_cast<std::size_t>(threads));
  std::vector<std::thread> all;
  for (auto& time : times) {
    all.emplace_back([&] {
      ++ready;
      while (ready != threads) std::this_thread::yield();
      auto const begin = thread_time();
      for (int n = 0; n != batch; ++n) work();
      time = (thread_time() - begin) / batch;
    });
  }
  for (auto& thread : all) thread.join();
  return *std::max_element(times.begin(), times.end());
}

/** Medians, in ns: the counters `NAME_1` and `NAME_2` for one thread and for two. */
void in_turns_by_threads(benchmark::State& state, std::vector<benchmarks::Contender> const& contenders) {
  std::vector<std::vector<double>> times(2 * contenders.size());
  for (auto _ : state) {
    for (std::size_t i = 0; i != times.size(); ++i) {
      times[i].push_back(time_of_each(static_cast<int>(i % 2) + 1, contenders[i / 2].work));
    }
  }
  for (std::size_t i = 0; i != times.size(); ++i) {
    auto const middle = times[i].begin() + static_cast<std::ptrdiff_t>(times[i].size() / 2);
    std::nth_element(times[i].begin(), middle, times[i].end());
    state.counters[contenders[i / 2].name + '_' + std::to_string(i % 2 + 1)] = *middle;
  }
}

/** A request's own layer over a configuration that is held, and one value of it. */
void layer(benchmark::State& state) {
  auto const base = benchmarks::generate_config(1'700);
  auto const change = benchmarks::generate_override(benchmarks::workloads[0]);
  std::string const own = R"({"rate_limit":{"burst":40}})";
  auto const held = EffectiveConfig::from({{"integration", LayerKind::base, Document::parse(base).value()},
                                           {"environment", LayerKind::merge_patch, Document::parse(change).value()}})
                        .value();
  Layer const request{"request", LayerKind::merge_patch, Document::parse(own).value()};
  constexpr std::string_view pointer = "/rate_limit/burst";
  auto merged = nlohmann::json::parse(base);
  merged.merge_patch(nlohmann::json::parse(change));
  auto const patch = nlohmann::json::parse(own);
  in_turns_by_threads(
      state, {{"from_layers",
               [&] {
                 auto layers = held.layers();
                 layers.push_back(request);
                 benchmark::DoNotOptimize(EffectiveConfig::from(std::move(layers)));
               }},
              {"with", [&] { benchmark::DoNotOptimize(held.with(request)); }},
              {"borrowed", [&] { benchmark::DoNotOptimize(held.borrowed_with(request)); }},
              {"borrowed_and_read", [&] { benchmark::DoNotOptimize(held.borrowed_with(request)->get<int>(pointer)); }},
              {"read", [&] { benchmark::DoNotOptimize(held.get<int>(pointer)); }},
              {"nlohmann", [&] {
                 auto copy = merged;
                 copy.merge_patch(patch);
                 benchmark::DoNotOptimize(copy);
               }}});
}
BENCHMARK(layer)->Name("host/layer/small")->UseRealTime();

[[maybe_unused]] bool const has_documents = [] {
  for (auto const& [name, text] : texts()) {
    benchmark::RegisterBenchmark((std::string("host/document/") + name).c_str(), document, text)->UseRealTime();
  }
  return true;
}();

}  // namespace
