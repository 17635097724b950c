// SPDX-License-Identifier: BSL-1.0
// What the operations that callers do most cost on each store, in numbers that are the same on every machine.
// `integration_costs '[table]'` prints what they are at present.
#include <inlay/catalog.hpp>

#include <sqlite3.h>

#include <support/allocations.hpp>
#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/parses.hpp>
#include <support/sqlite.hpp>
#include <support/statements.hpp>
#include <support/temporary_folder.hpp>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

using namespace inlay;

namespace {

/** What one call costs. */
struct Cost {
  long long statements{};     ///< on a server, each is a round trip
  std::size_t values{};       ///< how often values were made of a JSON text
  std::size_t spans{};        ///< how often the members of a JSON text were looked for without that
  std::size_t allocations{};  ///< of C++, which the clients of servers, being C, do not make
};

enum class Store { sqlite, postgresql, mysql };
constexpr std::array stores{Store::sqlite, Store::postgresql, Store::mysql};

std::string_view name_of(Store store) {
  switch (store) {
    case Store::sqlite: return "SQLite";
    case Store::postgresql: return "PostgreSQL";
    case Store::mysql: break;
  }
  return "MariaDB";
}

/** One operation, and what it costs on each of the stores: no more allocations, and of all else as many. */
struct Operation {
  std::string_view name;
  bool is_for_team;
  std::array<long long, stores.size()> statements;
  std::size_t values;
  std::size_t spans;
  std::array<std::size_t, stores.size()> allocations;
};

// Each as SQLite, PostgreSQL and MariaDB have it. A commit is a transaction of several statements on SQLite, which is a
// library: there they are calls. For a team an update reads whose the environment is.
constexpr std::array operations{
    Operation{"get", false, {1, 1, 1}, 0, 0, {10, 10, 10}},
    Operation{"get", true, {1, 1, 1}, 0, 0, {60, 60, 60}},
    Operation{"update", false, {8, 2, 2}, 1, 0, {110, 95, 85}},
    Operation{"update", true, {10, 3, 3}, 1, 0, {195, 175, 165}},
    Operation{"effective_config", false, {1, 1, 1}, 0, 1, {20, 20, 20}},
    Operation{"effective_config", true, {1, 1, 1}, 0, 1, {105, 120, 110}},
    Operation{"effective_config, not installed", false, {1, 1, 1}, 0, 0, {20, 20, 20}},
    Operation{"effective_config, not installed", true, {1, 1, 1}, 0, 0, {105, 120, 110}},
};

long long sqlite_statements = 0;

int count_statements(sqlite3* connection, char const**, sqlite3_api_routines const*) {
  return sqlite3_trace_v2(
      connection, SQLITE_TRACE_STMT,
      [](unsigned, void*, void*, void* text) {
        // What a trigger does is told of, too, as a comment.
        if (!std::string_view(static_cast<char const*>(text)).starts_with("--")) ++sqlite_statements;
        return 0;
      },
      nullptr);
}

/** Counts the statements of connections that are opened while it lives. */
class SqliteCount {
 public:
  SqliteCount() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(&count_statements)); }
  ~SqliteCount() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&count_statements)); }
  SqliteCount(SqliteCount const&) = delete;
  SqliteCount& operator=(SqliteCount const&) = delete;
};

/** A store with an install, and how its statements are counted. */
class World {
 public:
  /** @return nothing where there is no server to have it on. */
  static std::unique_ptr<World> on(Store store) {
    char const* const variable = store == Store::postgresql ? "INLAY_TEST_POSTGRESQL_URL" : "INLAY_TEST_MYSQL_URL";
    if (store != Store::sqlite && std::getenv(variable) == nullptr) return nullptr;
    return std::unique_ptr<World>(new World(store));
  }

  [[nodiscard]] Cost cost_of(Operation const& operation) {
    Catalog const& catalog = operation.is_for_team ? own_ : catalog_;
    auto const call = [&](boost::json::object const& patch) {
      if (operation.name == "get") return catalog.get(example_.install.id).has_value();
      if (operation.name == "update") return catalog.update(example_.install.id, patch).value().changed;
      if (operation.name == "effective_config") {
        return catalog.effective_config(example_.environment.id, example_.integration.name).has_value();
      }
      auto const missed = catalog.effective_config(example_.environment.id, "not installed");
      return missed.has_error() && missed.error().kind == ErrorKind::not_found;
    };
    // Statements are prepared, and documents kept, by the first calls.
    for (int i = 0; i != 3; ++i) REQUIRE(call(next_patch()));
    auto const patch = next_patch();
    Cost cost;
    cost.statements = statements_of([&] {
      auto const parses = support::parses();
      auto const allocations = support::allocations();
      bool const is_done = call(patch);
      cost.allocations = support::allocations() - allocations;
      cost.values = support::parses().into_values - parses.into_values;
      cost.spans = support::parses().into_spans - parses.into_spans;
      REQUIRE(is_done);
    });
    return cost;
  }

 private:
  explicit World(Store store) : store_(store) {}

  [[nodiscard]] support::Engine engine() const {
    return store_ == Store::postgresql ? support::Engine::postgresql : support::Engine::mysql;
  }

  [[nodiscard]] Catalog open() const {
    if (store_ == Store::sqlite) return Catalog(support::open_sqlite(folder_.file("store.db")).value());
    auto const url = support::server_url(engine()) + "?table_prefix=" + support::new_prefix();
    return Catalog(support::open_server(url).value());
  }

  [[nodiscard]] boost::json::object next_patch() {
    return test::object(R"({"override":{"pagination":{"config":{"limit_key":")" + std::to_string(++patches_) +
                        R"("}}}})");
  }

  template <class Work>
  [[nodiscard]] long long statements_of(Work const& work) {
    if (store_ != Store::sqlite) {
      support::ServerShell shell(support::server_url(engine()));
      return support::statements_of(engine(), shell, work);
    }
    auto const before = sqlite_statements;
    work();
    return sqlite_statements - before;
  }

  Store store_;
  support::TemporaryFolder folder_{};
  Catalog catalog_ = open();
  test::Example example_{catalog_};
  Catalog own_ = catalog_.as({.actor = "alice", .team = example_.team.id});
  int patches_ = 0;
};

/** Calls `visit` with each store that there is, each operation, and what it costs there. */
template <class Visitor>
void for_each_cost(Visitor const& visit) {
  SqliteCount const count;
  for (std::size_t at = 0; at != stores.size(); ++at) {
    auto const world = World::on(stores[at]);
    if (!world) continue;
    for (Operation const& operation : operations) visit(at, operation, world->cost_of(operation));
  }
}

}  // namespace

TEST_CASE("a get, an update and an effective configuration cost on each store what is written here") {
  for_each_cost([](std::size_t at, Operation const& operation, Cost const& cost) {
    INFO(name_of(stores[at]) << ", " << operation.name << (operation.is_for_team ? " for a team" : ""));
    CHECK(cost.statements == operation.statements[at]);
    CHECK(cost.values == operation.values);
    CHECK(cost.spans == operation.spans);
    CHECK(cost.allocations <= operation.allocations[at]);
  });
}

TEST_CASE("a table of what operations cost is printed", "[.][table]") {
  std::cout << "| store | operation | statements | JSON into values | JSON into spans | allocations |\n"
               "| --- | --- | --- | --- | --- | --- |\n";
  for_each_cost([](std::size_t at, Operation const& operation, Cost const& cost) {
    std::cout << "| " << name_of(stores[at]) << " | " << operation.name << (operation.is_for_team ? ", for a team" : "")
              << " | " << cost.statements << " | " << cost.values << " | " << cost.spans << " | " << cost.allocations
              << " |\n";
  });
}
