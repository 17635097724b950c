// SPDX-License-Identifier: BSL-1.0
#include "server.hpp"

#include <inlay/backends/mysql.hpp>
#include <inlay/conformance/conformance.hpp>
#include <inlay/storage/store_url.hpp>

#include <mysql.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace {

std::unique_ptr<MYSQL, decltype(&mysql_close)> connect(std::string const& text) {
  inlay::StoreUrl const url = inlay::StoreUrl::parse(text).value();
  std::unique_ptr<MYSQL, decltype(&mysql_close)> connection(mysql_init(nullptr), &mysql_close);
  mysql_real_connect(connection.get(), url.hosts.at(0).name.c_str(), url.user.c_str(),
                     url.password.value_or("").c_str(), url.path.c_str(), url.hosts.at(0).port.value_or(0), nullptr, 0);
  return connection;
}

}  // namespace

inlay::conformance::Subject inlay::conformance::subject() {
  static std::vector<std::string> const nodes = node_urls(INLAY_TEST_SERVER);
  static std::atomic<std::size_t> openings{0};
  return {
      .name = "mysql",
      .new_store = [] { return with_new_prefix(""); },
      // Each through the next node of a cluster.
      .open =
          [](std::string const& store) {
            return Backends{}.add(mysql_backend()).open(nodes[openings++ % nodes.size()] + store);
          },
      .capabilities = {.backend = "mysql",
                       .is_durable = true,
                       .is_shared_by_processes = true,
                       .can_transfer = true,
                       .can_snapshot = true,
                       .can_count = true},
      .drop =
          [](std::string const& store) {
            static auto const connection = connect(nodes.front());
            std::string statement = "drop table if exists ";
            for (std::string const& table : tables_of(store)) statement += '`' + table + "`, ";
            statement.resize(statement.size() - 2);
            mysql_query(connection.get(), statement.c_str());
          },
  };
}
