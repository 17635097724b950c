// SPDX-License-Identifier: BSL-1.0
#include "server.hpp"

#include <inlay/backends/postgresql.hpp>
#include <inlay/conformance/conformance.hpp>

#include <libpq-fe.h>

#include <memory>
#include <string>

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
                       .can_count = true,
                       .has_identity = true},
      .drop =
          [](std::string const& url) {
            // Parameters are the store's.
            static std::unique_ptr<PGconn, decltype(&PQfinish)> const connection(
                PQconnectdb(server.substr(0, server.find('?')).c_str()), &PQfinish);
            PQclear(PQexec(connection.get(), ("set client_min_messages = error; " + drop_of(url, '"')).c_str()));
          },
  };
}
