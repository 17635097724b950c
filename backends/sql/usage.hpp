// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_USAGE_HPP
#define INLAY_BACKENDS_SQL_USAGE_HPP

// How much a team has.

#include <backends/sql/columns.hpp>
#include <inlay/storage/usage.hpp>

#include <boost/mp11/algorithm.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace inlay::sql {

/** Counts in one statement, by indexes that hold all that is added up, so that no document is read. */
[[nodiscard]] inline Usage count_usage(Connection& connection, Tables const& tables, UsageRequest const& request) {
  Statement sources;
  std::string rows;
  std::string bytes = "0";
  std::size_t number = 0;
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    if constexpr (!std::is_same_v<Entity, Team>) {
      constexpr bool is_install = std::is_same_v<Entity, EnvironmentIntegration>;
      std::string const alias = 'u' + std::to_string(number);
      sources << (number++ == 0 ? "" : " cross join ") << R"((select count(*) "row_count")";
      if (has_documents<Entity>) sources << R"(, coalesce(sum(t."document_bytes"), 0) "byte_count")";
      sources << " from ";
      if (is_install) sources << tables.quoted(Environment::entity_name) << " o join ";
      sources << tables.quoted(Entity::entity_name) << " t";
      if (is_install) sources << R"( on t."environment_id" = o."id")";
      sources << " where " << (is_install ? "o" : "t") << R"(."team_id" = )";
      sources.bind(text(to_string(request.team))) << ") " << alias;
      rows += (rows.empty() ? "" : " + ") + alias + R"(."row_count")";
      if (has_documents<Entity>) bytes += " + " + alias + R"(."byte_count")";
    }
  });
  sources << R"( cross join (select coalesce(sum(t."bytes"), 0) "byte_count" from )" << tables.quoted("change")
          << R"( t where t."team_id" = )";
  sources.bind(text(to_string(request.team))) << R"( and t."time" >= )";
  sources.bind(integer(request.since.microseconds)) << ") u";

  Statement select("select " + rows + ", " + bytes + R"(, u."byte_count" from )" + sources.text());
  for (Parameter const& value : sources.parameters()) select.with(value);
  for (int i = 0; i < 3; ++i) select.gives(ValueType::integer);
  Usage usage;
  connection.run(select, [&](Row& row) {
    usage.rows = static_cast<std::uint64_t>(row[0].number);
    usage.bytes = static_cast<std::uint64_t>(row[1].number);
    usage.bytes_logged = static_cast<std::uint64_t>(row[2].number);
  });
  return usage;
}

}  // namespace inlay::sql

#endif
