// SPDX-License-Identifier: BSL-1.0
// Stores whose reads may be a standby's, each of which is told what the others of its store have committed.
#include "reads_any.hpp"
#include "server.hpp"

#include <inlay/backends/postgresql.hpp>
#include <inlay/conformance/conformance.hpp>

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <utility>

inlay::conformance::Subject inlay::conformance::subject() {
  static std::string const servers = server_url("INLAY_TEST_STANDBY_URL");
  static ToldOfStores told;
  return {
      .name = "postgresql with reads=any",
      .new_store = [] { return with_new_prefix(servers + "?reads=any"); },
      .open = [](std::string const& url) -> Result<std::shared_ptr<Repository>> {
        auto store = Backends{}.add(postgresql_backend()).open(url);
        if (!store) return store;
        return told.reads_any(std::move(*store), url);
      },
      .capabilities = {.backend = "postgresql",
                       .is_durable = true,
                       .is_shared_by_processes = true,
                       .can_transfer = true,
                       .can_snapshot = true,
                       .can_count = true,
                       .has_identity = true},
      .drop =
          [](std::string const& url) {
            static std::unique_ptr<PGconn, decltype(&PQfinish)> const connection(
                PQconnectdb((servers + "?target_session_attrs=primary").c_str()), &PQfinish);
            PQclear(PQexec(connection.get(), ("set client_min_messages = error; " + drop_of(url, '"')).c_str()));
          },
  };
}
