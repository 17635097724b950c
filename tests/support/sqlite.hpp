// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_SQLITE_HPP
#define INLAY_TESTS_SUPPORT_SQLITE_HPP

#include <inlay/backends/sqlite.hpp>
#include <inlay/storage/repository.hpp>

#include <sqlite3.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace support {

[[nodiscard]] inline inlay::Result<std::shared_ptr<inlay::Repository>> open_sqlite(std::string const& path_and_query) {
  return inlay::Backends{}.add(inlay::sqlite_backend()).open("sqlite:" + path_and_query);
}

/** A connection past the library, as somebody with the sqlite3 shell would have. */
class Shell {
 public:
  explicit Shell(std::string const& path) {
    sqlite3_open(path.c_str(), &connection_);
    run("pragma foreign_keys = on");
  }
  ~Shell() { sqlite3_close(connection_); }
  Shell(Shell const&) = delete;
  Shell& operator=(Shell const&) = delete;

  /** The extended result code. */
  int run(std::string const& sql) {
    sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr);
    return sqlite3_extended_errcode(connection_);
  }

  /** Every row, its columns as text; NULL is "NULL". */
  [[nodiscard]] std::vector<std::vector<std::string>> rows(std::string const& sql) {
    std::vector<std::vector<std::string>> result;
    sqlite3_exec(
        connection_, sql.c_str(),
        [](void* out, int count, char** values, char**) {
          auto& row = static_cast<std::vector<std::vector<std::string>>*>(out)->emplace_back();
          for (int i = 0; i < count; ++i) row.emplace_back(values[i] ? values[i] : "NULL");
          return 0;
        },
        &result, nullptr);
    return result;
  }

  [[nodiscard]] std::string one(std::string const& sql) {
    auto const all = rows(sql);
    return all.empty() ? std::string() : all.front().front();
  }

 private:
  sqlite3* connection_ = nullptr;
};

/** A commit of these changes with a token of its own. */
[[nodiscard]] inline inlay::Commit commit_of(std::vector<inlay::Change> changes) {
  inlay::Commit commit;
  commit.changes = std::move(changes);
  commit.actor = "tester";
  commit.token = inlay::generate_uuid();
  commit.time = inlay::now();
  return commit;
}

/** A team with an environment and an integration that is installed there. */
struct Catalogue {
  inlay::Team team;
  inlay::Environment environment;
  inlay::Integration integration;
  inlay::EnvironmentIntegration install;

  Catalogue() {
    team.id = inlay::Id<inlay::Team>::generate();
    team.name = "Acme";
    environment.id = inlay::Id<inlay::Environment>::generate();
    environment.team_id = team.id;
    environment.name = "production";
    integration.id = inlay::Id<inlay::Integration>::generate();
    integration.team_id = team.id;
    integration.name = "zendesk";
    integration.category = "helpdesk";
    integration.config = inlay::Document::parse(R"({"base_url":"https://api.example.com","limit":1.0})").value();
    install.id = inlay::Id<inlay::EnvironmentIntegration>::generate();
    install.integration_id = integration.id;
    install.environment_id = environment.id;
  }

  [[nodiscard]] inlay::Commit commit() const {
    return commit_of({inlay::Insert<inlay::Team>{team}, inlay::Insert<inlay::Environment>{environment},
                      inlay::Insert<inlay::Integration>{integration},
                      inlay::Insert<inlay::EnvironmentIntegration>{install}});
  }
};

}  // namespace support

#endif
