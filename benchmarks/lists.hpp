// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BENCHMARKS_LISTS_HPP
#define INLAY_BENCHMARKS_LISTS_HPP

// What a page costs when there are 10,000 installs and when there are 1,000,000, of 1,000 integrations.
//
// 500 integrations are of category "common" and hold 50 % of the installs, one is "rare" and holds 0.1 %, 99 are
// "empty" and hold none; no integration is "absent". One install in 997 is disabled, every other one is not shown.
// The rows are written past the library, by one statement a table, which takes seconds.

#include <inlay/storage/backends.hpp>

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace inlay::benchmarks {

/** A list, as a caller asks for it and as SQL says it. */
struct ListCase {
  char const* name;
  std::string condition;
  std::string sql;
};

/** The id of a row that the statements below number, and how PostgreSQL and SQLite put it together. */
[[nodiscard]] inline std::string numbered_id(long long number) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text(8, '0');
  auto scattered = static_cast<unsigned long>(number) * 2654435761UL % 4294967296UL;
  for (std::size_t i = 8; i-- > 0; scattered /= 16) text[i] = digits[scattered % 16];
  return text + "-0000-4000-8000-000000000000";
}

[[nodiscard]] inline std::vector<ListCase> const& list_cases() {
  static std::string const id_500 = numbered_id(500);
  static std::string const ids = numbered_id(500) + "," + numbered_id(3) + "," + numbered_id(700);
  static std::string const quoted_ids =
      "'" + numbered_id(500) + "', '" + numbered_id(3) + "', '" + numbered_id(700) + "'";
  static std::string const environment = numbered_id(6);
  static std::vector<ListCase> const all{
      {"all", "", "1 = 1"},
      {"integration_id", "integration_id=" + id_500, "t0.integration_id = '" + id_500 + "'"},
      {"integration_id_in", "integration_id[in]=" + ids, "t0.integration_id in (" + quoted_ids + ")"},
      {"environment_id", "environment_id=" + environment, "t0.environment_id = '" + environment + "'"},
      {"show_in_catalog", "show_in_catalog=true", "t0.show_in_catalog = 1"},
      {"is_enabled", "is_enabled=true", "t0.is_enabled = 1"},
      {"is_enabled_rare", "is_enabled=false", "t0.is_enabled = 0"},
      {"integration.name", "integration.name=integration 500", "t1.name = 'integration 500'"},
      {"integration.name_gte", "integration.name[gte]=integration 3", "t1.name >= 'integration 3'"},
      {"integration.category_common", "integration.category=common", "t1.category = 'common'"},
      {"integration.category_rare", "integration.category=rare", "t1.category = 'rare'"},
      {"integration.category_empty", "integration.category=empty", "t1.category = 'empty'"},
      {"integration.category_absent", "integration.category=absent", "t1.category = 'absent'"},
      {"integration.category_in", "integration.category[in]=rare,empty", "t1.category in ('rare', 'empty')"},
      {"integration.category_ne", "integration.category[ne]=common", "t1.category <> 'common'"},
  };
  return all;
}

/** How a database says what the rest of SQL can't. */
struct ListDialect {
  std::string (*id)(std::string const& number);
  std::string (*series)(std::string const& count);  ///< a table s with a column i, from 0
};

/** Calls `run` with each statement that fills the tables. */
template <class Run>
void fill_lists(ListDialect const& dialect, std::string const& prefix, long long installs, Run const& run) {
  std::string const time = "1700000000000000";
  auto const id = dialect.id;
  std::string const team = "'" + numbered_id(0) + "'";
  run("insert into " + prefix +
      "team (id, name, is_verified, is_white_labeled, allows_impersonation, version, revision, created_at, updated_at)"
      " values (" +
      team + ", 'Acme', 0, 0, 0, 1, 1, " + time + ", " + time + ")");
  run("insert into " + prefix +
      "integration (id, name, category, is_beta, config, team_id, sharing, version, revision, created_at, updated_at)"
      " select " +
      id("i") +
      ", 'integration ' || i, case when i < 500 then 'common' when i = 500 then 'rare' when i < 600 then 'empty' else"
      " 'other' end, 0, '{\"base_url\":\"https://api.example.com\"}', " +
      team + ", 'allow', 1, 1, " + time + " + i, " + time + " + i from " + dialect.series("1000"));
  run("insert into " + prefix + "environment (id, team_id, name, version, revision, created_at, updated_at) select " +
      id("i") + ", " + team + ", 'environment ' || i, 1, 1, " + time + " + i, " + time + " + i from " +
      dialect.series(std::to_string(installs / 500)));
  run("insert into " + prefix +
      "environment_integration (id, integration_id, environment_id, show_in_catalog, is_enabled, override, version,"
      " revision, created_at, updated_at) select " +
      id("i") + ", " + id("(case when i % 1000 <= 500 then i % 1000 else 600 + (i % 1000 - 501) % 400 end)") + ", " +
      id("(i / 1000 * 2 + case when i % 1000 > 900 then 1 else 0 end)") +
      ", i % 2, case when i % 997 = 0 then 0 else 1 end, '{\"rate_limit\":5}', 1, 1, " + time + " + i / 2, " + time +
      " + i / 2 from " + dialect.series(std::to_string(installs)));
  run("update " + prefix + "counter set revision = 1");
}

/** Where the last page of a list begins, asked for past the library. */
[[nodiscard]] inline std::string last_page_sql(std::string const& prefix, ListCase const& list, std::size_t limit) {
  return "select t0.created_at, t0.id from " + prefix + "environment_integration t0 join " + prefix +
         "integration t1 on t1.id = t0.integration_id where " + list.sql +
         " order by t0.created_at desc, t0.id desc limit 1 offset " + std::to_string(limit);
}

inline constexpr std::size_t list_limit = 10;  // so that the small store fills a page of what is rare

/** `Suite::store(installs)` has `repository` and `last_page(list)`, the cursor of a list's last page. */
template <class Suite>
void list_page(benchmark::State& state, long long installs, ListCase const& list, bool is_last) {
  auto const& store = Suite::store(installs);
  Query<InstalledIntegration> query{.limit = list_limit, .with_nested_documents = false};
  if (!list.condition.empty()) query.where.push_back(parse_condition<InstalledIntegration>(list.condition).value());
  if (is_last) query.after = store.last_page(list);
  std::size_t rows = 0;
  for (auto _ : state) {
    auto const page = store.repository->list(query).value();
    rows = page.items.size();
    if (is_last && page.next) state.SkipWithError("that was not the last page");
  }
  state.counters["rows"] = static_cast<double>(rows);
}

template <class Suite>
bool register_lists(std::string const& name) {
  for (ListCase const& list : list_cases()) {
    for (bool const is_last : {false, true}) {
      for (long long const installs : {10'000LL, 1'000'000LL}) {
        auto const title =
            "lists/" + name + '/' + list.name + (is_last ? "/last/" : "/first/") + std::to_string(installs);
        benchmark::RegisterBenchmark(title.c_str(), [installs, &list, is_last](benchmark::State& state) {
          list_page<Suite>(state, installs, list, is_last);
        })->UseRealTime();
      }
    }
  }
  return true;
}

}  // namespace inlay::benchmarks

#endif
