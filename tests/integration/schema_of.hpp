// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_INTEGRATION_SCHEMA_OF_HPP
#define INLAY_TESTS_INTEGRATION_SCHEMA_OF_HPP

#include <support/server.hpp>

#include <string>
#include <vector>

namespace support {

/** What there is of a store in MySQL: its tables' columns, indexes and references, and the migrations that are
   recorded, without the prefix. */
[[nodiscard]] inline std::vector<std::string> schema_of(ServerShell& shell, std::string const& prefix) {
  std::vector<std::string> found;
  for (std::string const& query :
       {"select table_name, column_name, column_type, is_nullable, coalesce(column_default, 'none'), collation_name"
        " from information_schema.columns where table_schema = database() and table_name like '" +
            prefix + "%' order by 1, 2",
        "select table_name, index_name, seq_in_index, column_name, non_unique from information_schema.statistics"
        " where table_schema = database() and table_name like '" +
            prefix + "%' order by 1, 2, 3",
        "select table_name, constraint_name, constraint_type from information_schema.table_constraints"
        " where table_schema = database() and table_name like '" +
            prefix + "%' order by 1, 2",
        "select number, name from " + prefix + "migration order by 1"}) {
    for (auto const& row : shell.run(query)) {
      std::string text;
      for (std::string const& value : row) text += value + ' ';
      for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) text.erase(at, prefix.size());
      found.push_back(text);
    }
  }
  return found;
}

}  // namespace support

#endif
