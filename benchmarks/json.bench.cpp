// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/document.hpp>
#include <inlay/json/merge_patch.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/print.hpp>

#include <benchmark/benchmark.h>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <generate.hpp>

#include <cstdlib>
#include <string>
#include <utility>

namespace {

using namespace inlay;

void report_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * static_cast<std::int64_t>(state.iterations()));
}

/** Both parsers into the default storage, and both into a monotonic one: storage is most of the time. */
void register_parse(benchmarks::Size size) {
  std::string const text = benchmarks::generate_config(size.bytes);
  benchmark::RegisterBenchmark((std::string("parse/inlay/") + size.name).c_str(), [text](benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(json::parse(text, json::no_limits));
    report_bytes(state, text.size());
  });
  benchmark::RegisterBenchmark((std::string("parse/boost/") + size.name).c_str(), [text](benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(boost::json::parse(text));
    report_bytes(state, text.size());
  });
  benchmark::RegisterBenchmark((std::string("parse_monotonic/inlay/") + size.name).c_str(),
                               [text](benchmark::State& state) {
                                 for (auto _ : state) {
                                   boost::json::monotonic_resource resource;
                                   benchmark::DoNotOptimize(json::parse(text, json::no_limits, &resource));
                                 }
                                 report_bytes(state, text.size());
                               });
  benchmark::RegisterBenchmark((std::string("parse_monotonic/boost/") + size.name).c_str(),
                               [text](benchmark::State& state) {
                                 for (auto _ : state) {
                                   boost::json::monotonic_resource resource;
                                   benchmark::DoNotOptimize(boost::json::parse(text, &resource));
                                 }
                                 report_bytes(state, text.size());
                               });
}

void register_print(benchmarks::Size size) {
  auto const value = json::parse(benchmarks::generate_config(size.bytes), json::no_limits).value();
  benchmark::RegisterBenchmark((std::string("print/inlay/") + size.name).c_str(), [value](benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(json::print(value));
    report_bytes(state, json::print(value).size());
  });
  benchmark::RegisterBenchmark((std::string("print/boost/") + size.name).c_str(), [value](benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(boost::json::serialize(value));
    report_bytes(state, json::print(value).size());
  });
}

void register_document(benchmarks::Size size) {
  std::string const text = benchmarks::generate_config(size.bytes);
  benchmark::RegisterBenchmark((std::string("document_parse/") + size.name).c_str(), [text](benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(Document::parse(text, json::no_limits));
    report_bytes(state, text.size());
  });
  benchmark::RegisterBenchmark((std::string("document_from_stored/") + size.name).c_str(),
                               [text](benchmark::State& state) {
                                 for (auto _ : state) benchmark::DoNotOptimize(Document::from_stored(text));
                                 report_bytes(state, text.size());
                               });
}

void register_merge_patch(benchmarks::Size size) {
  auto const before = json::parse(benchmarks::generate_config(size.bytes), json::no_limits).value();
  auto const patch = json::parse(R"({"resources":{"resource_0":{"list":{"path":"/changed","retry":null}}}})").value();
  auto after = before;
  json::merge_patch::apply(after, patch);
  benchmark::RegisterBenchmark((std::string("merge_patch_apply/") + size.name).c_str(),
                               [before, patch](benchmark::State& state) {
                                 auto value = before;
                                 for (auto _ : state) json::merge_patch::apply(value, patch);
                               });
  benchmark::RegisterBenchmark((std::string("merge_patch_diff/") + size.name).c_str(),
                               [before, after](benchmark::State& state) {
                                 for (auto _ : state) benchmark::DoNotOptimize(json::merge_patch::diff(before, after));
                               });
}

[[maybe_unused]] bool const registered = [] {
  for (auto const& size : benchmarks::sizes) register_parse(size);
  for (auto const& size : benchmarks::sizes) register_print(size);
  for (auto const& size : benchmarks::sizes) register_document(size);
  for (auto const& size : benchmarks::sizes) register_merge_patch(size);
  return true;
}();

}  // namespace
