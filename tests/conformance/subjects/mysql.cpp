// SPDX-License-Identifier: BSL-1.0
#include "server.hpp"

#include <inlay/backends/mysql.hpp>
#include <inlay/conformance/conformance.hpp>
#include <inlay/storage/store_url.hpp>

#include <mysql.h>

#include <memory>

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
  static std::string const server = server_url(INLAY_TEST_SERVER);
  return {
      .name = "mysql",
      .new_store = [] { return with_new_prefix(server); },
      .open = [](std::string const& url) { return Backends{}.add(mysql_backend()).open(url); },
      .capabilities = {.backend = "mysql",
                       .is_durable = true,
                       .is_shared_by_processes = true,
                       .can_transfer = true,
                       .can_snapshot = true,
                       .can_count = true},
      .drop =
          [](std::string const& url) {
            static auto const connection = connect(server);
            std::string statement = "drop table if exists ";
            for (std::string const& table : tables_of(url)) statement += '`' + table + "`, ";
            statement.resize(statement.size() - 2);
            mysql_query(connection.get(), statement.c_str());
          },
  };
}
