// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_STORES_HPP
#define INLAY_TESTS_SUPPORT_STORES_HPP

#include <inlay/backends/all.hpp>
#include <inlay/id.hpp>

#ifdef INLAY_TEST_HAS_SERVER_CLIENTS
#include <support/server.hpp>
#endif

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

namespace inlay::test {

/** A store for each backend of this build, each new and empty: a server's gets table names of its own.

    Servers are those that INLAY_TEST_POSTGRESQL_URL and INLAY_TEST_MYSQL_URL name.
*/
inline std::vector<std::string> new_store_urls() {
  std::vector<std::string> urls{"memory:"};
  auto const schemes = all_backends().schemes();
  auto const has = [&](char const* scheme) {
    return std::find(schemes.begin(), schemes.end(), scheme) != schemes.end();
  };
  if (has("sqlite")) urls.emplace_back("sqlite::memory:");
  for (auto const& [scheme, variable] :
       {std::pair{"postgresql", "INLAY_TEST_POSTGRESQL_URL"}, std::pair{"mysql", "INLAY_TEST_MYSQL_URL"}}) {
    char const* const server = std::getenv(variable);
    if (!has(scheme) || server == nullptr) continue;
    std::string const url = server;
#ifdef INLAY_TEST_HAS_SERVER_CLIENTS
    std::string const prefix = support::new_prefix();
#else
    std::string const prefix = "t" + to_string(generate_uuid()).substr(24) + "_";  // whose tables stay
#endif
    urls.push_back(url + (url.find('?') == std::string::npos ? "?" : "&") + "table_prefix=" + prefix);
  }
  return urls;
}

/** The same on servers that run when they are asked for (INLAY_TEST_CLUSTER=1): a Galera cluster, a PostgreSQL with a
    standby, and the newest PostgreSQL. Their tables go with the servers. */
inline std::vector<std::string> new_cluster_urls() {
  std::vector<std::string> urls;
  for (char const* const variable :
       {"INLAY_TEST_GALERA_URL", "INLAY_TEST_STANDBY_URL", "INLAY_TEST_POSTGRESQL_18_URL"}) {
    char const* const server = std::getenv(variable);
    if (server == nullptr) continue;
    urls.push_back(std::string(server) + "?table_prefix=t" + to_string(generate_uuid()).substr(24) + "_");
  }
  return urls;
}

/** Those of new_store_urls() that are on a server. */
inline std::vector<std::string> new_server_urls() {
  std::vector<std::string> urls = new_store_urls();
  std::erase_if(urls, [](std::string const& url) { return url.find("://") == std::string::npos; });
  return urls;
}

/** The scheme of a store's URL, to say which one a test ran on. */
inline std::string scheme_of(std::string const& url) { return url.substr(0, url.find(':')); }

}  // namespace inlay::test

#endif
