// SPDX-License-Identifier: BSL-1.0
// What stays prepared on SQLite's connections, whatever callers ask for.
#include <inlay/catalog.hpp>

#include <sqlite3.h>

#include <support/catch.hpp>
#include <support/sqlite.hpp>
#include <support/temporary_folder.hpp>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

using namespace inlay;

namespace {

std::vector<sqlite3*> connections;  // that are open

int remember(sqlite3* connection, char const**, sqlite3_api_routines const*) {
  connections.push_back(connection);
  return sqlite3_trace_v2(
      connection, SQLITE_TRACE_CLOSE,
      [](unsigned, void*, void* closed, void*) {
        std::erase(connections, static_cast<sqlite3*>(closed));
        return 0;
      },
      nullptr);
}

/** Remembers the connections that this process opens while it lives. */
class Watch {
 public:
  Watch() {
    connections.clear();
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&remember));
  }
  ~Watch() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&remember)); }
  Watch(Watch const&) = delete;
  Watch& operator=(Watch const&) = delete;
};

/** The texts of the statements that are prepared on any connection. */
std::vector<std::string> prepared() {
  std::vector<std::string> texts;
  for (sqlite3* const connection : connections) {
    for (auto* statement = sqlite3_next_stmt(connection, nullptr); statement != nullptr;
         statement = sqlite3_next_stmt(connection, statement)) {
      texts.emplace_back(sqlite3_sql(statement));
    }
  }
  return texts;
}

Catalog open(support::TemporaryFolder const& folder) {
  return Catalog(support::open_sqlite(folder.file("store.db")).value());
}

}  // namespace

TEST_CASE("lists that differ in how many values they ask for share few statements, and give the same") {
  Watch const watch;
  support::TemporaryFolder const folder;
  Catalog const catalog = open(folder);
  for (int i = 0; i != 40; ++i) catalog.create(Team{.name = "team " + std::to_string(i)}).value();
  for (std::size_t count = 1; count <= 400; ++count) {
    Condition condition{"name", Operator::in, {}};
    for (std::size_t i = 0; i != count; ++i) condition.values.emplace_back("team " + std::to_string(i + 5));
    auto const page = catalog.list(Query<Team>{.where = {condition}, .limit = 1'000}).value();
    REQUIRE(page.items.size() == std::min<std::size_t>(count, 35));
  }
  std::set<std::string> shapes;
  for (auto const& text : prepared()) {
    if (text.find(" in (:") != std::string::npos) shapes.insert(text);
  }
  CHECK(shapes.size() == 9);  // 2, 4, ... 512
}

TEST_CASE("of ever new statements those used last stay prepared, as far as their bytes go, and long ones do not") {
  Watch const watch;
  support::TemporaryFolder const folder;
  Catalog const catalog = open(folder);
  Query<Integration> const favourite{.where = {{"is_beta", Operator::eq, {true}}}};
  auto const kept_of_favourite = [] {
    std::size_t count = 0;
    for (auto const& text : prepared()) count += text.find("\"is_beta\" = ") != std::string::npos;
    return count;
  };
  catalog.list(favourite).value();
  REQUIRE(kept_of_favourite() >= 1);
  for (std::size_t names = 1; names <= 30; ++names) {
    for (std::size_t categories = 1; categories <= 30; ++categories) {
      Query<Integration> query;
      for (std::size_t i = 0; i != names; ++i) query.where.push_back({"name", Operator::ne, {std::string("x")}});
      for (std::size_t i = 0; i != categories; ++i)
        query.where.push_back({"category", Operator::ne, {std::string("x")}});
      catalog.list(query).value();
      catalog.list(favourite).value();
      std::size_t bytes = 0;
      for (auto const& text : prepared()) {
        bytes += 4 * text.size() + 4'096;
        REQUIRE(text.size() <= 8'192);
      }
      REQUIRE(bytes <= connections.size() * (std::size_t{2} << 20U));
      REQUIRE(kept_of_favourite() >= 1);
    }
  }
  CHECK(prepared().size() < 500);

  Condition long_one{"name", Operator::in, {}};
  for (int i = 0; i != 5'000; ++i) long_one.values.emplace_back(std::to_string(i));
  CHECK(catalog.list(Query<Team>{.where = {long_one}}).value().items.empty());
  for (auto const& text : prepared()) CHECK(text.size() <= 8'192);
}

TEST_CASE("what large rows were exchanged by does not stay with the statements that are kept") {
  support::TemporaryFolder const folder;
  Catalog const catalog = open(folder);
  auto const team = catalog.create(Team{.name = "T"}).value();
  Integration row{.name = "large", .team_id = team.id};
  row.config = Document::from_stored(R"({"text":")" + std::string(900'000, 'x') + "\"}");
  auto const id = catalog.create(row).value().integration.id;
  auto const before = sqlite3_memory_used();
  for (int i = 0; i != 20; ++i) {
    catalog.update(id, ChangeOf<Integration>{.is_beta = i % 2 == 0}).value();
    auto const found = catalog.get(id).value();
    CHECK(found.integration.config.text().size() > 900'000);
  }
  CHECK(sqlite3_memory_used() - before < (std::int64_t{4} << 20U));
}
