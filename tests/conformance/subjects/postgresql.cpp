// SPDX-License-Identifier: BSL-1.0
#include "server.hpp"

#include <inlay/backends/postgresql.hpp>
#include <inlay/conformance/conformance.hpp>

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <string_view>

namespace {

/** The URL without the parameter that is ours. */
std::string for_libpq(std::string url) {
  std::string_view const ours = "prepared=off";
  if (auto const at = url.find(ours); at != std::string::npos) url.erase(at, ours.size() + 1);  // with an `&`
  return url;
}

}  // namespace

inlay::conformance::Subject inlay::conformance::subject() {
  static std::string const server = server_url(INLAY_TEST_SERVER);
  return {
      .name = "postgresql",
      .new_store = [] { return with_new_prefix(server); },
      .open = [](std::string const& url) { return Backends{}.add(postgresql_backend()).open(url); },
      .capabilities = {.backend = "postgresql",
                       .is_durable = true,
                       .is_shared_by_processes = true,
                       .can_transfer = true,
                       .can_snapshot = true,
                       .can_count = true},
      .drop =
          [](std::string const& url) {
            static std::unique_ptr<PGconn, decltype(&PQfinish)> const connection(PQconnectdb(for_libpq(server).c_str()),
                                                                                 &PQfinish);
            std::string statement = "set client_min_messages = error; drop table if exists ";
            for (std::string const& table : tables_of(url)) statement += '"' + table + "\", ";
            statement.resize(statement.size() - 2);
            PQclear(PQexec(connection.get(), statement.c_str()));
          },
  };
}
