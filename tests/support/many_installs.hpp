// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_MANY_INSTALLS_HPP
#define INLAY_TESTS_SUPPORT_MANY_INSTALLS_HPP

// Stores with any number of installs, of 1,000 integrations, and the lists that are looked at in them.
//
// 500 integrations are of category "common" and hold 50 % of the installs, one is "rare" and holds 0.1 %, 99 are
// "empty" and hold none; no integration is "absent". One install in 997 is disabled, every other one is not shown.
// The rows are written past the library, by one statement a table, which takes seconds for a million.

#include <inlay/storage/repository.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace support {

/** A list, as a caller asks for it and as SQL says it. */
struct ListCase {
  char const* name;
  std::string condition;  ///< several are joined by &
  std::string sql;
  char const* index;          ///< the one, without prefix, in whose order the installs are read; in a small store too
  std::optional<int> team{};  ///< whose installs, at most; 0 has nearly all environments, 1 has four
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
      {"all", "", "1 = 1", "install_order"},
      {"integration_id", "integration_id=" + id_500, "t0.integration_id = '" + id_500 + "'", "install_integration"},
      {"integration_id_in", "integration_id[in]=" + ids, "t0.integration_id in (" + quoted_ids + ")",
       "install_integration"},
      {"environment_id", "environment_id=" + environment, "t0.environment_id = '" + environment + "'",
       "install_environment"},
      {"show_in_catalog", "show_in_catalog=true", "t0.show_in_catalog = 1", "install_shown"},
      {"is_enabled", "is_enabled=true", "t0.is_enabled = 1", "install_enabled"},
      {"is_enabled_rare", "is_enabled=false", "t0.is_enabled = 0", "install_enabled"},
      {"integration.name", "integration.name=integration 500", "t1.name = 'integration 500'", "install_integration"},
      {"integration.name_gte", "integration.name[gte]=integration 3", "t1.name >= 'integration 3'", "install_order"},
      {"integration.category_common", "integration.category=common", "t1.category = 'common'", "install_order"},
      {"integration.category_rare", "integration.category=rare", "t1.category = 'rare'", "install_integration"},
      {"integration.category_empty", "integration.category=empty", "t1.category = 'empty'", "install_integration"},
      {"integration.category_absent", "integration.category=absent", "t1.category = 'absent'", "install_integration"},
      {"integration.category_in", "integration.category[in]=rare,empty", "t1.category in ('rare', 'empty')",
       "install_integration"},
      {"integration.category_ne", "integration.category[ne]=common", "t1.category <> 'common'", "install_order"},
      {"environment.name", "environment.name=environment 6", "t0.environment_id = '" + environment + "'",
       "install_environment"},
      {"environment.team.name", "environment.team.name=team 1",
       "t0.environment_id in ('" + numbered_id(10) + "', '" + numbered_id(11) + "', '" + numbered_id(12) + "', '" +
           numbered_id(13) + "')",
       "install_environment"},
      {"names", "environment.team.name=team 0&environment.name=environment 6&integration.name=integration 500",
       "t0.environment_id = '" + environment + "' and t1.name = 'integration 500'", "install_environment"},
      {"team_large", "", "1 = 1", "install_environment", 0},
      {"team_large_category_rare", "integration.category=rare", "t1.category = 'rare'", "install_environment", 0},
      {"team_small", "", "1 = 1", "install_environment", 1},
      {"team_small_category_common", "integration.category=common", "t1.category = 'common'", "install_environment", 1},
  };
  return all;
}

/** What a caller asks for, to get that list. */
[[nodiscard]] inline inlay::Query<inlay::InstalledIntegration> query_of(ListCase const& list, std::size_t limit) {
  inlay::Query<inlay::InstalledIntegration> query{.limit = limit, .with_nested_documents = false};
  for (std::string_view rest = list.condition; !rest.empty();) {
    std::string_view const one = rest.substr(0, rest.find('&'));
    query.where.push_back(inlay::parse_condition<inlay::InstalledIntegration>(one).value());
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
  }
  if (list.team) {
    query.scope = inlay::Scope::related(
        "environment", "id", "environment_id",
        inlay::Scope::where({"team_id", inlay::Operator::eq, {inlay::parse_uuid(numbered_id(*list.team)).value()}}));
  }
  return query;
}

/** How a database says what the rest of SQL can't. */
struct ListDialect {
  std::string (*id)(std::string const& number);
  std::string (*series)(std::string const& count);  ///< a table s with a column i, from 0
};

inline ListDialect const sqlite_lists{
    .id =
        [](std::string const& number) {
          return "printf('%08x-0000-4000-8000-000000000000', " + number + " * 2654435761 % 4294967296)";
        },
    .series =
        [](std::string const& count) {
          return "(with recursive s(i) as (select 0 union all select i + 1 from s where i + 1 < " + count +
                 ") select i from s) s";
        }};

inline ListDialect const postgresql_lists{
    .id =
        [](std::string const& number) {
          return "lpad(to_hex(" + number + " * 2654435761 % 4294967296), 8, '0') || '-0000-4000-8000-000000000000'";
        },
    .series = [](std::string const& count) { return "generate_series(0::bigint, " + count + " - 1) s(i)"; }};

/** Calls `run` with each statement that fills the tables. */
template <class Run>
void fill_lists(ListDialect const& dialect, std::string const& prefix, long long installs, Run const& run) {
  std::string const time = "1700000000000000";
  auto const id = dialect.id;
  std::string const team = "'" + numbered_id(0) + "'";
  run("insert into " + prefix +
      "team (id, name, is_verified, is_white_labeled, allows_impersonation, version, birth, revision, created_at,"
      " updated_at) select " +
      id("i") + ", 'team ' || i, 0, 0, 0, 1, 1 + i, 1, " + time + ", " + time + " from " + dialect.series("2"));
  run("insert into " + prefix +
      "integration (id, name, category, is_beta, config, team_id, sharing, version, birth, revision, created_at,"
      " updated_at) select " +
      id("i") +
      ", 'integration ' || i, case when i < 500 then 'common' when i = 500 then 'rare' when i < 600 then 'empty' else"
      " 'other' end, 0, '{\"base_url\":\"https://api.example.com\"}', " +
      team + ", 'allow', 1, 1 + i, 1, " + time + " + i, " + time + " + i from " + dialect.series("1000"));
  run("insert into " + prefix +
      "environment (id, team_id, name, version, birth, revision, created_at, updated_at) select " + id("i") + ", " +
      id("(case when i between 10 and 13 then 1 else 0 end)") + ", 'environment ' || i, 1, 1 + i, 1, " + time +
      " + i, " + time + " + i from " + dialect.series(std::to_string(installs / 500)));
  run("insert into " + prefix +
      "environment_integration (id, integration_id, environment_id, show_in_catalog, is_enabled, override, version,"
      " birth, revision, created_at, updated_at) select " +
      id("i") + ", " + id("(case when i % 1000 <= 500 then i % 1000 else 600 + (i % 1000 - 501) % 400 end)") + ", " +
      id("(i / 1000 * 2 + case when i % 1000 > 900 then 1 else 0 end)") +
      ", i % 2, case when i % 997 = 0 then 0 else 1 end, '{\"rate_limit\":5}', 1, 1 + i, 1, " + time + " + i / 2, " +
      time + " + i / 2 from " + dialect.series(std::to_string(installs)));
  run("update " + prefix + "counter set revision = 1");
}

}  // namespace support

#endif
