// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_SERVER_HPP
#define INLAY_TESTS_SUPPORT_SERVER_HPP

#include <inlay/backends/mysql.hpp>
#include <inlay/backends/postgresql.hpp>
#include <inlay/id.hpp>
#include <inlay/storage/repository.hpp>
#include <inlay/storage/store_url.hpp>

#include <support/at_end.hpp>

#include <libpq-fe.h>
#include <mysql.h>

#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace support {

/** Which server a test runs on. */
enum class Engine { postgresql, mysql };

[[nodiscard]] inline std::string name_of(Engine engine) {
  return engine == Engine::postgresql ? "PostgreSQL" : "MySQL";
}

/** The URL of the server that the whole run tests against. */
[[nodiscard]] inline std::string server_url(Engine engine) {
  char const* const variable = engine == Engine::postgresql ? "INLAY_TEST_POSTGRESQL_URL" : "INLAY_TEST_MYSQL_URL";
  char const* const url = std::getenv(variable);
  if (!url) throw std::runtime_error(std::string(variable) + " is not set; tests/run sets it");
  return url;
}

[[nodiscard]] inline inlay::Result<std::shared_ptr<inlay::Repository>> open_server(std::string const& url) {
  return inlay::Backends{}.add(inlay::postgresql_backend()).add(inlay::mysql_backend()).open(url);
}

/** A connection past the library. */
class ServerShell {
 public:
  using Rows = std::vector<std::vector<std::string>>;

  explicit ServerShell(std::string const& text) {
    inlay::StoreUrl const url = inlay::StoreUrl::parse(text).value();
    if (url.scheme == "postgresql") {
      postgresql_.reset(PQconnectdb(text.substr(0, text.find('?')).c_str()));
      if (PQstatus(postgresql_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(postgresql_.get()));
      run("set client_min_messages = error");
      return;
    }
    mysql_.reset(mysql_init(nullptr));
    if (!mysql_real_connect(mysql_.get(), url.hosts.at(0).name.c_str(), url.user.c_str(),
                            url.password.value_or("").c_str(), url.path.c_str(), url.hosts.at(0).port.value_or(0),
                            nullptr, 0)) {
      throw std::runtime_error(mysql_error(mysql_.get()));
    }
  }

  Rows run(std::string const& statement) {
    Rows rows;
    if (postgresql_) {
      std::unique_ptr<PGresult, decltype(&PQclear)> const result(PQexec(postgresql_.get(), statement.c_str()),
                                                                 &PQclear);
      auto const status = PQresultStatus(result.get());
      if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        throw std::runtime_error(PQerrorMessage(postgresql_.get()));
      }
      for (int row = 0; row < PQntuples(result.get()); ++row) {
        auto& columns = rows.emplace_back();
        for (int i = 0; i < PQnfields(result.get()); ++i) columns.emplace_back(PQgetvalue(result.get(), row, i));
      }
      return rows;
    }
    if (mysql_query(mysql_.get(), statement.c_str()) != 0) throw std::runtime_error(mysql_error(mysql_.get()));
    std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> const result(mysql_store_result(mysql_.get()),
                                                                          &mysql_free_result);
    if (!result) return rows;
    while (MYSQL_ROW const row = mysql_fetch_row(result.get())) {
      auto& columns = rows.emplace_back();
      for (unsigned i = 0; i < mysql_num_fields(result.get()); ++i) columns.emplace_back(row[i] ? row[i] : "NULL");
    }
    return rows;
  }

  [[nodiscard]] long long number(std::string const& statement) { return std::stoll(run(statement).at(0).at(0)); }

  /** Ends all other sessions of this user by the server's own means. */
  void terminate_others() {
    if (postgresql_) {
      run("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and"
          " usename = current_user and backend_type = 'client backend'");
      return;
    }
    for (auto const& row : run("select id from information_schema.processlist where user ="
                               " substring_index(current_user(), '@', 1) and id <> connection_id()")) {
      try {
        run("kill " + row.at(0));
      } catch (std::runtime_error const&) {  // it was gone already
      }
    }
  }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> postgresql_{nullptr, &PQfinish};
  std::unique_ptr<MYSQL, decltype(&mysql_close)> mysql_{nullptr, &mysql_close};
};

/** Drops the tables of one store. */
inline void drop_tables(ServerShell& shell, std::string const& prefix) {
  std::string statement = "drop table if exists ";
  for (char const* const table :
       {"grant", "environment_integration", "integration", "environment", "team", "change", "commit", "counter"}) {
    statement += prefix + table + ", ";
  }
  shell.run(statement + prefix + "migration");
}

/** Drops the tables of these prefixes from both servers. */
inline void drop_tables(std::vector<std::string> const& prefixes) {
  for (Engine const engine : {Engine::postgresql, Engine::mysql}) {
    try {
      ServerShell shell(server_url(engine));
      if (engine == Engine::mysql) shell.run("set foreign_key_checks = 0");
      for (std::string const& prefix : prefixes) drop_tables(shell, prefix);
    } catch (std::exception const&) {  // no such server, or it is gone: nothing is left there that is ours to drop
    }
  }
}

/** A prefix for the tables of one store, which are dropped when all tests have run. */
[[nodiscard]] inline std::string new_prefix() {
  static std::vector<std::string> prefixes;
  if (prefixes.empty()) at_end().emplace_back([] { drop_tables(prefixes); });
  return prefixes.emplace_back("t" + inlay::to_string(inlay::generate_uuid()).substr(24) + "_");
}

}  // namespace support

#endif
