// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_CONFORMANCE_SUBJECTS_SERVER_HPP
#define INLAY_TESTS_CONFORMANCE_SUBJECTS_SERVER_HPP

#include <inlay/model/entities.hpp>

#include <boost/mp11/algorithm.hpp>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

namespace inlay::conformance {

/** The URL of the server to test against, from the environment. */
inline std::string server_url(char const* variable) {
  char const* const url = std::getenv(variable);
  if (!url || *url == '\0') throw std::runtime_error(std::string(variable) + " is not set; tests/run sets it");
  return url;
}

/** The URLs of its nodes, where the environment has them, in variables of that name with _1, _2, and so on; else its
    own. */
inline std::vector<std::string> node_urls(std::string const& variable) {
  std::vector<std::string> urls;
  while (char const* const url = std::getenv((variable + '_' + std::to_string(urls.size() + 1)).c_str())) {
    urls.emplace_back(url);
  }
  if (urls.empty()) urls.push_back(server_url(variable.c_str()));
  return urls;
}

/** The URL with a prefix for a store's tables that no other run has. */
inline std::string with_new_prefix(std::string const& url) {
  std::string hex = to_string(generate_uuid());
  std::erase(hex, '-');
  return url + (url.find('?') == std::string::npos ? '?' : '&') + "table_prefix=t" + hex.substr(12) + "_";
}

/** The tables of a store, those that reference others first. */
inline std::vector<std::string> tables_of(std::string const& url) {
  std::string_view const name = "table_prefix=";
  std::string const prefix = url.substr(url.find(name) + name.size());
  std::vector<std::string> tables;
  for (char const* table : {"grant", "environment_integration", "integration", "environment", "team", "change",
                            "commit", "counter", "migration"}) {
    tables.push_back(prefix + table);
  }
  return tables;
}

/** The statement that drops them; their names go between two of `quote`. */
inline std::string drop_of(std::string const& url, char quote) {
  std::string statement = "drop table if exists ";
  for (std::string const& table : tables_of(url)) (statement += quote).append(table).append({quote, ',', ' '});
  statement.resize(statement.size() - 2);
  return statement;
}

}  // namespace inlay::conformance

#endif
