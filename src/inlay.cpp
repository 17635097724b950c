// SPDX-License-Identifier: BSL-1.0
#include <inlay/backends/all.hpp>
#include <inlay/backends/memory.hpp>
#include <inlay/catalog.hpp>

#ifdef INLAY_HAS_SQLITE
#include <inlay/backends/sqlite.hpp>
#endif
#ifdef INLAY_HAS_POSTGRESQL
#include <inlay/backends/postgresql.hpp>
#endif
#ifdef INLAY_HAS_MYSQL
#include <inlay/backends/mysql.hpp>
#endif

#include <utility>

namespace inlay {

Backends all_backends() {
  Backends all;
  all.add(memory_backend());
#ifdef INLAY_HAS_SQLITE
  all.add(sqlite_backend());
#endif
#ifdef INLAY_HAS_POSTGRESQL
  all.add(postgresql_backend());
#endif
#ifdef INLAY_HAS_MYSQL
  all.add(mysql_backend());
#endif
  return all;
}

Result<Catalog> Catalog::open(std::string_view url, CatalogOptions options) {
  return open(url, all_backends(), std::move(options));
}

}  // namespace inlay
