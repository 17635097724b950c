// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BENCHMARKS_TURNS_HPP
#define INLAY_BENCHMARKS_TURNS_HPP

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace inlay::benchmarks {

/** One of the things that are compared, under the name of its counter. */
struct Contender {
  std::string name;
  std::function<void()> work;
};

/** Lets each work `batch` times, in turns, so that whatever else the machine does meets all alike. The counters are the
    medians of their times, in µs. */
inline void in_turns(benchmark::State& state, int batch, std::vector<Contender> const& contenders) {
  std::vector<std::vector<double>> times(contenders.size());
  for (auto _ : state) {
    for (std::size_t i = 0; i != contenders.size(); ++i) {
      auto const begin = std::chrono::steady_clock::now();
      for (int n = 0; n != batch; ++n) contenders[i].work();
      std::chrono::duration<double, std::micro> const time = std::chrono::steady_clock::now() - begin;
      times[i].push_back(time.count() / batch);
    }
  }
  for (std::size_t i = 0; i != contenders.size(); ++i) {
    auto const middle = times[i].begin() + static_cast<std::ptrdiff_t>(times[i].size() / 2);
    std::nth_element(times[i].begin(), middle, times[i].end());
    state.counters[contenders[i].name] = *middle;
  }
}

}  // namespace inlay::benchmarks

#endif
