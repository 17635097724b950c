// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_INTEGRATION_HOST_HPP
#define INLAY_TESTS_INTEGRATION_HOST_HPP

// A host that uses SOCI itself: its connections, and its transactions.

#include <inlay/backends/sql/host.hpp>
#include <inlay/backends/sqlite.hpp>

#include <support/server.hpp>
#include <support/temporary_folder.hpp>

#include <soci/mysql/soci-mysql.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace inlay {

using support::Engine;

/** One of the three engines, with a store in it, as the host knows them. */
struct Host {
  explicit Host(std::string const& name) : engine(name) {
    if (engine == "sqlite") {
      url = "sqlite:" + folder.file("host.db");
      return;
    }
    url = support::server_url(engine == "mysql" ? Engine::mysql : Engine::postgresql);
    options.table_prefix = support::new_prefix();
  }

  [[nodiscard]] std::shared_ptr<Repository> open() const {
    if (engine == "sqlite") return Backends{}.add(sqlite_backend()).open(url).value();
    return support::open_server(url + "?table_prefix=" + options.table_prefix).value();
  }

  void connect(soci::session& session) const {
    if (engine == "sqlite") {
      session.open(soci::sqlite3, url.substr(7));
      session << "pragma foreign_keys = on";
    } else if (engine == "postgresql") {
      session.open(soci::postgresql, url + (url.find('?') == std::string::npos ? '?' : '&') + "client_encoding=UTF8");
    } else {
      StoreUrl const parts = StoreUrl::parse(url).value();
      session.open(soci::mysql, "host=" + parts.hosts.at(0).name + " port=" + std::to_string(*parts.hosts.at(0).port) +
                                    " user=" + parts.user + " password=" + *parts.password + " dbname=" + parts.path +
                                    " charset=utf8mb4");
    }
  }

  [[nodiscard]] Result<std::shared_ptr<Repository>> join(soci::session& session) const {
    if (engine == "sqlite") return join_sqlite(session, options);
    return engine == "postgresql" ? join_postgresql(session, options) : join_mysql(session, options);
  }

  [[nodiscard]] Result<std::shared_ptr<Repository>> open(soci::connection_pool& pool) const {
    if (engine == "sqlite") return open_sqlite(pool, options);
    return engine == "postgresql" ? open_postgresql(pool, options) : open_mysql(pool, options);
  }

  std::string engine;
  support::TemporaryFolder folder;
  std::string url;
  HostOptions options;
};

// Not support/sqlite.hpp: SOCI has sqlite3.h in a namespace of its own.
inline Commit commit_of(std::vector<Change> changes) {
  Commit commit;
  commit.changes = std::move(changes);
  commit.actor = "host";
  commit.token = generate_uuid();
  commit.time = now();
  return commit;
}

inline Team new_team(std::string const& name) {
  Team team;
  team.id = Id<Team>::generate();
  team.name = name;
  return team;
}

}  // namespace inlay

#endif
