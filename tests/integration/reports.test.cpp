// SPDX-License-Identifier: BSL-1.0
// The configurations of everything installed, as of one revision, on every store.
#include <support/catch.hpp>
#include <support/layers.hpp>
#include <support/random.hpp>
#include <support/stores.hpp>

#include <inlay/catalog.hpp>

#include <map>
#include <string>
#include <vector>

using namespace inlay;
using namespace inlay::test;

namespace {

Document random_document(Random& random) {
  auto values = random_config_value(random, 4);
  while (!values.is_object()) values = random_config_value(random, 4);
  return Document::from(values.get_object()).value();
}

/** Two teams with environments of their own, in which each has installed its own integrations and the other's. */
struct World {
  explicit World(std::string const& url, int integrations = 30) : catalog(Catalog::open(url).value()) {
    Random random = test::random();
    for (char const* const name : {"Acme", "Umbrella"}) {
      teams.push_back(catalog.create(Team{.name = name}).value());
      for (char const* const kind : {"production", "staging"}) {
        environments.push_back(catalog.create(Environment{.team_id = teams.back().id, .name = kind}).value());
      }
    }
    for (int i = 0; i < integrations; ++i) {
      Integration integration{.name = "integration " + std::to_string(i), .config = random_document(random)};
      integration.team_id = teams[random.below(2)].id;
      integration.sharing = Sharing::allow;
      integration_ids.push_back(catalog.create(integration).value().integration.id);
      for (Environment const& environment : environments) {
        if (random.chance(4)) continue;
        EnvironmentIntegration install{.integration_id = integration_ids.back(), .environment_id = environment.id};
        install.is_enabled = !random.chance(5);
        if (!random.chance(4)) install.override = random_document(random);
        installs.push_back(catalog.install(install).value().resource.install);
      }
    }
  }

  Catalog catalog;
  std::vector<Team> teams;
  std::vector<Environment> environments;
  std::vector<Id<Integration>> integration_ids;
  std::vector<EnvironmentIntegration> installs;
};

struct Read {
  Revision revision{};
  std::vector<ReportedConfig> rows;
};

Read read(Catalog const& catalog, Query<InstalledIntegration> const& query = {}) {
  Read result;
  result.revision = catalog
                        .for_each_config(query,
                                         [&](ReportedConfig const& row) {
                                           result.rows.push_back(row);
                                           return Result<void>();
                                         })
                        .value();
  return result;
}

/** The stores that can be read as they were at one moment: all but an SQLite database in memory, which says so. */
std::vector<std::string> store_urls_with_snapshots() {
  auto urls = new_store_urls();
  std::erase_if(urls, [](std::string const& url) {
    auto const catalog = Catalog::open(url).value();
    if (catalog.repository().capabilities().can_snapshot) return false;
    CHECK(url == "sqlite::memory:");
    auto const refused = catalog.for_each_config({}, [](auto const&) { return Result<void>(); });
    CHECK(refused.error().kind == ErrorKind::not_built);
    return true;
  });
  return urls;
}

std::vector<Id<EnvironmentIntegration>> ids_of(Read const& read) {
  std::vector<Id<EnvironmentIntegration>> ids;
  for (auto const& row : read.rows) ids.push_back(row.installed.id);
  return ids;
}

}  // namespace

TEST_CASE("each install is reported once, in the order of lists, with what effective_config says of it") {
  for (std::string const& url : store_urls_with_snapshots()) {
    CAPTURE(scheme_of(url), test::random().seed());
    World const world(url);
    for (std::size_t const limit : {1U, 7U, 1000U}) {
      auto const all = read(world.catalog, {.limit = limit});
      CHECK(all.revision == world.catalog.repository().revision().value());
      REQUIRE(all.rows.size() == world.installs.size());
      for (std::size_t i = 0; i < all.rows.size(); ++i) {
        ReportedConfig const& row = all.rows[i];
        EnvironmentIntegration const& install = world.installs[i];
        auto const alone = world.catalog.effective_config(install.id).value();
        CHECK(row.installed.id == install.id);
        CHECK(row.installed.config.text() == alone.config.text());
        CHECK(row.installed.is_enabled == alone.is_enabled);
        CHECK(row.installed.version == alone.version);
        CHECK(row.installed.integration_name == alone.integration_name);
        CHECK(row.installed.integration_version == alone.integration_version);
        CHECK(row.integration_id == install.integration_id);
        CHECK(row.environment == world.catalog.get(install.environment_id).value());
        CHECK(row.team == world.catalog.get(row.environment.team_id).value());
      }
    }
  }
}

TEST_CASE("a report is of what meets the query, and of what a team sees") {
  for (std::string const& url : store_urls_with_snapshots()) {
    CAPTURE(scheme_of(url));
    World const world(url);
    auto const listed = [&](Catalog const& catalog, Query<InstalledIntegration> query) {
      std::vector<Id<EnvironmentIntegration>> ids;
      query.limit = 1000;
      for (auto const& item : catalog.list(query).value().items) ids.push_back(item.install.id);
      return ids;
    };
    std::vector<Query<InstalledIntegration>> const queries{
        {.limit = 3},
        {.where = {{"environment_id", Operator::eq, {world.environments[1].id.uuid}}}, .limit = 3},
        {.where = {{"integration_id", Operator::eq, {world.integration_ids[0].uuid}}}, .limit = 3},
        {.where = {{"is_enabled", Operator::eq, {false}}}, .limit = 3},
        {.where = {{"environment_id", Operator::eq, {Uuid{}}}}, .limit = 3},
    };
    for (auto const& query : queries) {
      CHECK(ids_of(read(world.catalog, query)) == listed(world.catalog, query));
      for (Team const& team : world.teams) {
        auto const own = world.catalog.as({.team = team.id});
        auto const seen = read(own, query);
        CHECK(ids_of(seen) == listed(own, query));
        for (auto const& row : seen.rows) {
          CHECK(row.team == team);
          CHECK(row.installed.config.text() == own.effective_config(row.installed.id).value().config.text());
        }
      }
    }
    auto const refused = world.catalog.for_each_config({.limit = 0}, [](auto const&) { return Result<void>(); });
    CHECK(refused.error().kind == ErrorKind::invalid_argument);
    auto const other = world.catalog.as({.team = world.teams[0].id})
                           .for_each_config({.scope = Scope::where({"is_enabled", Operator::eq, {true}})},
                                            [](auto const&) { return Result<void>(); });
    CHECK(other.error().kind == ErrorKind::forbidden);
  }
}

TEST_CASE("a report is of one revision, whatever is written while it is read") {
  for (std::string const& url : store_urls_with_snapshots()) {
    CAPTURE(scheme_of(url));
    World const world(url, 10);
    auto const turn = json::Pointer() / "turn";
    auto const set_all = [&](std::int64_t value) {
      boost::json::object const config{{"turn", value}};
      for (auto const& id : world.integration_ids) {
        REQUIRE(world.catalog.update(id, boost::json::object{{"config", config}}).has_value());
      }
    };
    for (auto const& install : world.installs) REQUIRE(world.catalog.inherit(install.id, turn).has_value());
    set_all(1);
    auto const before = read(world.catalog, {.limit = 2});
    std::size_t rows = 0;
    auto const revision = world.catalog.for_each_config({.limit = 2}, [&](ReportedConfig const& row) -> Result<void> {
      CHECK(row.installed.config.text() == before.rows.at(rows).installed.config.text());
      if (++rows == 1) {
        set_all(2);
        REQUIRE(world.catalog.uninstall(world.installs.back().id).has_value());
        REQUIRE(world.catalog.update(world.environments[0].id, {.name = "renamed"}).has_value());
      }
      CHECK(row.environment.name != "renamed");
      return {};
    });
    CHECK(revision.value() == before.revision);
    CHECK(rows == world.installs.size());
    auto const after = read(world.catalog);
    CHECK(after.rows.size() == world.installs.size() - 1);
    CHECK(after.rows.at(0).installed.config.get<int>("/turn").value() == 2);
  }
}

TEST_CASE("an error of whoever looks at a report ends it, and is its error") {
  for (std::string const& url : store_urls_with_snapshots()) {
    CAPTURE(scheme_of(url));
    World const world(url, 5);
    int rows = 0;
    auto const ended = world.catalog.for_each_config({.limit = 2}, [&](ReportedConfig const&) -> Result<void> {
      if (++rows == 3) return Error{.kind = ErrorKind::unavailable, .message = "enough"};
      return {};
    });
    REQUIRE(ended.has_error());
    CHECK(ended.error().message == "enough");
    CHECK(rows == 3);
  }
}
