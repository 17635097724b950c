// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BENCHMARKS_LISTS_HPP
#define INLAY_BENCHMARKS_LISTS_HPP

// What a page costs when there are 10,000 installs and when there are 1,000,000, of 1,000 integrations.

#include <support/many_installs.hpp>
#include "turns.hpp"

#include <inlay/storage/backends.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <string>

namespace inlay::benchmarks {

using support::ListCase;
using support::numbered_id;

/** Where the last page of a list begins, asked for past the library. */
[[nodiscard]] inline std::string last_page_sql(std::string const& prefix, ListCase const& list, std::size_t limit) {
  return "select t0.created_at, t0.id from " + prefix + "environment_integration t0 join " + prefix +
         "integration t1 on t1.id = t0.integration_id where " + list.sql +
         (list.team ? " and t0.environment_id in (select id from " + prefix + "environment where team_id = '" +
                          numbered_id(*list.team) + "')"
                    : "") +
         " order by t0.created_at desc, t0.id desc limit 1 offset " + std::to_string(limit);
}

inline constexpr std::size_t list_limit = 10;  // so that the small store fills a page of what is rare

/** Pages of the small and of the large store: the counters `small` and `large`.

    `Suite::store(installs)` has `repository` and `last_page(list)`, the cursor of a list's last page.
*/
template <class Suite>
void list_pages(benchmark::State& state, ListCase const& list, bool is_last) {
  auto const page_of = [&](long long installs) {
    auto const& store = Suite::store(installs);
    auto query = support::query_of(list, list_limit);
    if (is_last) query.after = store.last_page(list);
    return [&state, is_last, query, repository = store.repository] {
      auto const page = repository->list(query).value();
      if (is_last && page.next) state.SkipWithError("that was not the last page");
    };
  };
  in_turns(state, 1, {{"small", page_of(10'000)}, {"large", page_of(1'000'000)}});
}

template <class Suite>
bool register_lists(std::string const& name) {
  for (ListCase const& list : support::list_cases()) {
    for (bool const is_last : {false, true}) {
      auto const title = "lists/" + name + '/' + list.name + (is_last ? "/last" : "/first");
      benchmark::RegisterBenchmark(title.c_str(), [&list, is_last](benchmark::State& state) {
        list_pages<Suite>(state, list, is_last);
      })->UseRealTime();
    }
  }
  return true;
}

}  // namespace inlay::benchmarks

#endif
