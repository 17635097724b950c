// SPDX-License-Identifier: BSL-1.0
// What pages cost on PostgreSQL.
#include "lists.hpp"

#include <inlay/backends/postgresql.hpp>

#include <libpq-fe.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>

namespace {

using namespace inlay;
using namespace inlay::benchmarks;

struct PostgresqlLists {
  struct Store {
    explicit Store(long long installs)
        : connection(PQconnectdb(std::getenv("INLAY_TEST_POSTGRESQL_URL")), &PQfinish),
          prefix("b" + to_string(generate_uuid()).substr(24) + "_") {
      auto const url = std::string(std::getenv("INLAY_TEST_POSTGRESQL_URL")) + "?table_prefix=" + prefix;
      repository = Backends{}.add(postgresql_backend()).open(url).value();
      run("set session_replication_role = replica");  // or each of the rows is looked up in two tables
      support::fill_lists(support::postgresql_lists, prefix, installs,
                          [&](std::string const& statement) { run(statement); });
      for (char const* const table : {"integration", "environment_integration", "environment", "team"}) {
        run("vacuum analyze " + prefix + table);  // as autovacuum would, some time
      }
    }
    ~Store() {
      repository.reset();
      for (char const* const table : {"grant", "environment_integration", "integration", "environment", "team",
                                      "commit", "change", "counter", "migration"}) {
        PQclear(PQexec(connection.get(), ("drop table \"" + prefix + table + '"').c_str()));
      }
    }
    Store(Store const&) = delete;
    Store& operator=(Store const&) = delete;

    std::optional<Cursor> last_page(ListCase const& list) const {
      auto const answer = run(last_page_sql(prefix, list, list_limit));
      if (PQntuples(answer.get()) == 0) return std::nullopt;
      return Cursor{Timestamp{std::atoll(PQgetvalue(answer.get(), 0, 0))},
                    parse_uuid(PQgetvalue(answer.get(), 0, 1)).value()};
    }

    std::unique_ptr<PGresult, decltype(&PQclear)> run(std::string const& statement) const {
      std::unique_ptr<PGresult, decltype(&PQclear)> answer(PQexec(connection.get(), statement.c_str()), &PQclear);
      auto const status = PQresultStatus(answer.get());
      if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        throw std::runtime_error(PQerrorMessage(connection.get()));
      }
      return answer;
    }

    std::unique_ptr<PGconn, decltype(&PQfinish)> connection;
    std::string prefix;
    std::shared_ptr<Repository> repository;
  };

  static Store const& store(long long installs) {
    static std::map<long long, Store> all;
    return all.try_emplace(installs, installs).first->second;
  }
};

[[maybe_unused]] bool const has_lists =
    std::getenv("INLAY_TEST_POSTGRESQL_URL") != nullptr && register_lists<PostgresqlLists>("postgresql");

}  // namespace
