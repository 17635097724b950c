// SPDX-License-Identifier: BSL-1.0
#include "reads_any.hpp"
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

// The URL of a cluster, of which that node comes first.
std::string with_first(std::vector<std::string> const& nodes, std::size_t first) {
  auto const place = [](std::string const& url) {
    std::size_t const begin = url.find('@') + 1;
    return url.substr(begin, url.find('/', begin) - begin);
  };
  std::string hosts = place(nodes[first]);
  for (std::size_t i = 1; i != nodes.size(); ++i) hosts += ',' + place(nodes[(first + i) % nodes.size()]);
  std::string url = nodes[first];
  return url.replace(url.find('@') + 1, place(url).size(), hosts);
}

}  // namespace

inlay::conformance::Subject inlay::conformance::subject() {
  static std::vector<std::string> const nodes = node_urls(INLAY_TEST_SERVER);
  static std::atomic<std::size_t> openings{0};
  static ToldOfStores told;
  return {
      .name = "mysql",
      .new_store = [] { return with_new_prefix(""); },
      // Of a cluster each writes through the next node, and reads through all.
      .open = [](std::string const& store) -> Result<std::shared_ptr<Repository>> {
        Backends const backends = Backends{}.add(mysql_backend());
        if (nodes.size() == 1) return backends.open(nodes.front() + store);
        auto opened = backends.open(with_first(nodes, openings++ % nodes.size()) + store + "&reads=any");
        if (!opened) return opened;
        return told.reads_any(std::move(*opened), store);
      },
      .capabilities = {.backend = "mysql",
                       .is_durable = true,
                       .is_shared_by_processes = true,
                       .can_transfer = true,
                       .can_snapshot = true,
                       .can_count = true,
                       .has_identity = true},
      .drop =
          [](std::string const& store) {
            static auto const connection = connect(nodes.front());
            mysql_query(connection.get(), drop_of(store, '`').c_str());
          },
  };
}
