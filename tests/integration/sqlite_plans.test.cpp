// SPDX-License-Identifier: BSL-1.0
// What SQLite does for a page: an index serves it, whatever the list is filtered by.
#include <inlay/catalog.hpp>

#include <support/catch.hpp>
#include <support/many_installs.hpp>
#include <support/sqlite.hpp>
#include <support/temporary_folder.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace inlay;
using support::Shell;

namespace {

/** The queries that connections of this process run while it lives, each once, and as they were prepared. */
class Recorder {
 public:
  Recorder() {
    statements().clear();
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&attach));
  }
  ~Recorder() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&attach)); }
  Recorder(Recorder const&) = delete;
  Recorder& operator=(Recorder const&) = delete;

  static std::set<std::string>& statements() {
    static std::set<std::string> all;
    return all;
  }

 private:
  static int attach(sqlite3* connection, char const**, sqlite3_api_routines const*) {
    return sqlite3_trace_v2(
        connection, SQLITE_TRACE_STMT,
        [](unsigned, void*, void* statement, void*) {
          std::string const text = sqlite3_sql(static_cast<sqlite3_stmt*>(statement));
          if (text.starts_with("select") || text.starts_with("with")) statements().insert(text);
          return 0;
        },
        nullptr);
  }
};

/** What is wrong with how SQLite would run a statement: steps that go through, or sort, more of the installs than are
    met in the order of an index or were chosen by their ids before. */
std::vector<std::string> complaints(Shell& shell, std::string const& statement) {
  std::vector<std::string> found;
  // id, parent, unused, detail
  auto const steps = shell.rows("explain query plan " + statement);
  if (steps.empty()) return {"SQLite does not explain it"};
  std::map<std::string, bool> reads_installs_but_by_id;  // by parent: what a select reads are steps side by side
  for (auto const& step : steps) {
    std::string const& detail = step.at(3);
    bool const is_installs = detail.starts_with("SCAN t0") || detail.starts_with("SEARCH t0");
    if (!is_installs) continue;
    if (detail.starts_with("SCAN t0") && detail.find("INDEX inlay_install_order") == std::string::npos) {
      found.push_back(detail);
    }
    if (detail.find("(id=?)") == std::string::npos) reads_installs_but_by_id[step.at(1)] = true;
  }
  for (auto const& step : steps) {
    if (step.at(3).find("ORDER BY") != std::string::npos && reads_installs_but_by_id[step.at(1)]) {
      found.push_back(step.at(3));
    }
  }
  return found;
}

}  // namespace

TEST_CASE("SQLite reads no page by going through all installs, nor by sorting them") {
  support::TemporaryFolder const folder;
  std::string const path = folder.file("plans.db");
  Recorder const recorder;
  auto const store = support::open_sqlite(path).value();
  Shell shell(path);
  support::fill_lists(support::sqlite_lists, "inlay_", 4'000,
                      [&](std::string const& statement) { REQUIRE(shell.run(statement) == SQLITE_OK); });
  for (support::ListCase const& list : support::list_cases()) {
    for (bool const is_first : {true, false}) {
      INFO(list.name << (is_first ? ", first page" : ", further page"));
      auto query = support::query_of(list, 10);
      if (!is_first) query.after = Cursor{Timestamp{1'700'000'000'001'000}, {}};
      Recorder::statements().clear();
      REQUIRE(store->list(query).has_value());
      auto const statements = Recorder::statements();
      REQUIRE(std::any_of(statements.begin(), statements.end(), [](std::string const& statement) {
        return statement.find("environment_integration") != std::string::npos;
      }));
      std::string plans;
      for (std::string const& statement : statements) {
        INFO(statement);
        CHECK(complaints(shell, statement) == std::vector<std::string>());
        for (auto const& step : shell.rows("explain query plan " + statement)) plans += step.at(3) + '\n';
      }
      INFO(plans);
      CHECK(plans.find(std::string("INDEX inlay_") + list.index) != std::string::npos);
    }
  }

  // That the check can fail.
  auto const page =
      "select t0.id from inlay_environment_integration t0 where t0.show_in_catalog = 1"
      " order by t0.created_at, t0.id limit 10";
  CHECK(complaints(shell, page).empty());
  REQUIRE(shell.run("drop index inlay_install_shown") == SQLITE_OK);
  REQUIRE(shell.run("drop index inlay_install_order") == SQLITE_OK);
  CHECK(complaints(shell, page).size() == 2);
}

TEST_CASE("SQLite finds the row that a list names by its key in one statement, which sorts and goes through nothing") {
  support::TemporaryFolder const folder;
  std::string const path = folder.file("keyed.db");
  Recorder const recorder;
  auto const store = support::open_sqlite(path).value();
  support::Catalogue const rows;
  REQUIRE(store->commit(rows.commit()).has_value());
  Shell shell(path);
  Condition const environment{"environment_id", Operator::eq, {rows.environment.id.uuid}};
  Scope const of_team = Scope::related("environment", "id", "environment_id",
                                       Scope::where({"team_id", Operator::eq, {rows.team.id.uuid}}));
  for (Scope const& scope : {Scope(), of_team}) {
    for (Condition const& key : {Condition{"integration.name", Operator::eq, {rows.integration.name}},
                                 Condition{"integration_id", Operator::eq, {rows.integration.id.uuid}}}) {
      INFO(key.field << (scope.is_everything() ? "" : ", of a team"));
      Recorder::statements().clear();
      auto const page = store->list(Query<InstalledIntegration>{.where = {environment, key}, .scope = scope}).value();
      REQUIRE(page.items.size() == 1);
      auto const statements = Recorder::statements();
      REQUIRE(statements.size() == 1);
      for (auto const& step : shell.rows("explain query plan " + *statements.begin())) {
        std::string const& detail = step.at(3);
        INFO(detail);
        CHECK(detail.find("ORDER BY") == std::string::npos);
        CHECK(detail.find("SCAN t") == std::string::npos);
      }
    }
  }
}

TEST_CASE("SQLite finds environments by the name of their team through indexes alone") {
  support::TemporaryFolder const folder;
  std::string const path = folder.file("names.db");
  Recorder const recorder;
  auto const store = support::open_sqlite(path).value();
  support::Catalogue const rows;
  REQUIRE(store->commit(rows.commit()).has_value());
  Shell shell(path);
  Condition const is_of_team{"team.name", Operator::eq, {rows.team.name}};
  Scope const own = Scope::where({"team_id", Operator::eq, {rows.team.id.uuid}});
  for (Scope const& scope : {Scope(), own}) {
    Recorder::statements().clear();
    CHECK(store->list(Query<Environment>{.where = {is_of_team}, .scope = scope}).value().items.size() == 1);
    std::size_t reads = 0;
    for (std::string const& statement : Recorder::statements()) {
      for (auto const& step : shell.rows("explain query plan " + statement)) {
        std::string const& detail = step.at(3);
        INFO(detail);
        CHECK_FALSE((detail.starts_with("SCAN t") || detail.starts_with("SCAN s")));  // the environments and the teams
        reads += detail.starts_with("SEARCH ") ? 1U : 0U;
      }
    }
    CHECK(reads >= 2);
  }
}

TEST_CASE("SQLite counts what a team has by indexes alone, without reading a row") {
  support::TemporaryFolder const folder;
  std::string const path = folder.file("usage.db");
  Recorder const recorder;
  auto const store = support::open_sqlite(path).value();
  support::Catalogue const rows;
  REQUIRE(store->commit(rows.commit()).has_value());
  Recorder::statements().clear();
  REQUIRE(store->usage({.team = rows.team.id}).value().rows == 3);
  auto const statements = Recorder::statements();
  REQUIRE(statements.size() == 1);
  Shell shell(path);
  std::size_t reads = 0;
  for (auto const& step : shell.rows("explain query plan " + *statements.begin())) {
    std::string const& detail = step.at(3);
    INFO(detail);
    bool const is_of_table = detail.find(" t ") != std::string::npos || detail.find(" o ") != std::string::npos;
    if (!is_of_table) continue;
    ++reads;
    CHECK(detail.starts_with("SEARCH"));
    CHECK(detail.find("COVERING INDEX") != std::string::npos);
  }
  CHECK(reads == 6);  // of four tables of rows, one of them by its environments, and of the log
}

TEST_CASE("SQLite looks for what is called by names at the team, and not among all of that name") {
  support::TemporaryFolder const folder;
  std::string const path = folder.file("names.db");
  Recorder const recorder;
  Catalog const catalog(support::open_sqlite(path).value());
  auto const team = catalog.create(Team{.name = "Acme"}).value();
  auto const environment = catalog.create(Environment{.team_id = team.id, .name = "prod"}).value();
  auto const crm = catalog.create(Integration{.name = "crm", .team_id = team.id}).value();
  REQUIRE(catalog.install({.integration_id = crm.id(), .environment_id = environment.id}).has_value());
  Shell shell(path);
  for (bool const is_install : {true, false}) {
    Recorder::statements().clear();
    if (is_install) {
      REQUIRE(catalog.effective_config("Acme", "prod", "crm").has_value());
    } else {
      REQUIRE(catalog.find<Environment>("Acme", "prod").has_value());
    }
    std::string plans;
    for (std::string const& statement : Recorder::statements()) {
      for (auto const& step : shell.rows("explain query plan " + statement)) plans += step.at(3) + '\n';
    }
    INFO(plans);
    CHECK(plans.find("INDEX inlay_team_name (name=?)") != std::string::npos);
    CHECK(plans.find("(team_id=?)") != std::string::npos);
    CHECK(plans.find("inlay_environment_name") == std::string::npos);
  }
}
