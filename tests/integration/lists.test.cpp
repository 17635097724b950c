// SPDX-License-Identifier: BSL-1.0
// How a page is read best depends on how much meets the filter. What is in it must not.
#include <support/catch.hpp>
#include <support/random.hpp>
#include <support/stores.hpp>

#include <inlay/backends/all.hpp>
#include <inlay/storage/repository.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace inlay;

namespace {

/** Rows enough for each way to read a page: more than a thousand installs in more than 64 environments of one team, of
    few and of many integrations in a category, spread over all of the order, only at its end, or not there. */
struct Rows {
  std::vector<Team> teams;
  std::vector<Environment> environments;
  std::vector<Integration> integrations;
  std::vector<Commit> commits;

  Rows() {
    for (char const* const name : {"large", "small", "idle"}) {
      teams.emplace_back().id = Id<Team>::generate();
      teams.back().name = name;
    }
    for (std::size_t i = 0; i < 75; ++i) {
      Environment& environment = environments.emplace_back();
      environment.id = Id<Environment>::generate();
      environment.team_id = teams[i < 70 ? 0 : 1].id;
      environment.name = "environment " + std::to_string(i);
    }
    for (auto const& [category, count] :
         {std::pair{"many", 70}, std::pair{"few", 3}, std::pair{"late", 70}, std::pair{"none", 70}}) {
      for (int i = 0; i < count; ++i) {
        Integration& integration = integrations.emplace_back();
        integration.id = Id<Integration>::generate();
        integration.team_id = teams[integrations.size() % 2].id;
        integration.name = std::string(category) + " " + std::to_string(i);
        integration.category = category;
      }
    }
    Timestamp time;
    auto const add = [&](std::vector<Change> given) {
      time.microseconds += 1'000;
      Commit& commit = commits.emplace_back();
      commit.changes = std::move(given);
      commit.actor = "tester";
      commit.token = generate_uuid();
      commit.time = time;
    };
    std::vector<Change> changes;
    for (auto const& row : teams) changes.emplace_back(Insert<Team>{row});
    for (auto const& row : environments) changes.emplace_back(Insert<Environment>{row});
    for (auto const& row : integrations) changes.emplace_back(Insert<Integration>{row});
    add(std::move(changes));
    auto const install = [&](std::size_t environment, std::size_t integration, std::size_t number) {
      EnvironmentIntegration row;
      row.id = Id<EnvironmentIntegration>::generate();
      row.environment_id = environments[environment].id;
      row.integration_id = integrations[integration].id;
      row.is_enabled = number % 100 != 0;
      row.show_in_catalog = number % 2 == 0;
      return Insert<EnvironmentIntegration>{row};
    };
    for (std::size_t i = 0; i < 1'200; i += 100) {
      changes.clear();
      for (std::size_t at = i; at < i + 100; ++at) changes.emplace_back(install(at % 75, at * 11 / 75 % 73, at));
      add(std::move(changes));
    }
    changes.clear();
    for (std::size_t at = 0; at < 100; ++at) changes.emplace_back(install(at * 3 % 75, 73 + at % 70, at));
    add(std::move(changes));
  }

  [[nodiscard]] std::shared_ptr<Repository> fill(std::string const& url) const {
    auto const store = all_backends().open(url).value();
    for (Commit const& commit : commits) store->commit(commit).value();
    return store;
  }

  [[nodiscard]] std::vector<std::string> filters() const {
    auto const ids = [](auto const& rows, std::size_t begin, std::size_t count) {
      std::string text;
      for (std::size_t i = begin; i < begin + count; ++i) text += (text.empty() ? "" : ",") + to_string(rows[i].id);
      return text;
    };
    return {"integration_id=" + ids(integrations, 0, 1),
            "integration_id[ne]=" + ids(integrations, 0, 1),
            "integration_id[in]=" + ids(integrations, 71, 4),
            "integration_id[in]=" + ids(integrations, 0, 72),
            "environment_id=" + ids(environments, 72, 1),
            "environment_id[in]=" + ids(environments, 68, 5),
            "show_in_catalog=true",
            "is_enabled=false",
            "integration.name=few 1",
            "integration.name[gte]=many",
            "integration.category=many",
            "integration.category=few",
            "integration.category=late",
            "integration.category=none",
            "integration.category=absent",
            "integration.category[ne]=many",
            "integration.category[in]=few,late",
            "integration.is_beta=false",
            "integration.team.name=small",
            "integration.team.name=idle",
            "environment.name=environment 3",
            "environment.name[gte]=environment 2",
            "environment.name[in]=environment 71,environment 72,absent",
            "environment.team.name=small",
            "environment.team.name=large",
            "environment.team.name[ne]=large",
            "environment.team.is_verified=true"};
  }

  [[nodiscard]] std::vector<Scope> scopes() const {
    std::vector<Scope> scopes{{}, {}};
    for (Team const& team : teams) {
      scopes.push_back(Scope::related("environment", "id", "environment_id",
                                      Scope::where({"team_id", Operator::eq, {team.id.uuid}})));
    }
    scopes.push_back(Scope::related("environment", "id", "environment_id", Scope{}));
    scopes.push_back(Scope::any_of({scopes[2], scopes[3]}));
    return scopes;
  }
};

}  // namespace

TEST_CASE("a page holds the same rows on every store, however many meet its filter") {
  Rows const rows;
  auto const filters = rows.filters();
  auto const scopes = rows.scopes();
  auto const reference = rows.fill("memory:");
  auto const all = reference->list(Query<EnvironmentIntegration>{.limit = 1'000}).value();
  REQUIRE(all.next);
  auto const seed = test::random().seed();
  CAPTURE(seed);
  for (std::string const& url : test::new_store_urls()) {
    if (url == "memory:") continue;
    INFO(test::scheme_of(url));
    auto const store = rows.fill(url);
    test::Random random(seed);
    auto const pick = [&](auto const& from) { return from[random.below(from.size())]; };
    for (std::size_t round = 0; round < 300; ++round) {
      Query<InstalledIntegration> query{.limit = pick(std::vector<std::size_t>{1, 5, 15, 16, 25, 200, 1'000})};
      // Each filter alone at first, then two together.
      std::string text = filters[round % filters.size()];
      query.where.push_back(parse_condition<InstalledIntegration>(text).value());
      if (round > 2 * filters.size() && random.chance(2)) {
        std::string const further = pick(filters);
        text += "&" + further;
        query.where.push_back(parse_condition<InstalledIntegration>(further).value());
      }
      std::size_t const scope = random.below(scopes.size());
      query.scope = scopes[scope];
      if (random.chance(2)) {
        auto const& row = pick(all.items);
        query.after = Cursor{row.created_at, row.id.uuid};
      }
      INFO(text << ", scope " << scope << ", limit " << query.limit << ", round " << round);
      auto const expected = reference->list(query).value();
      auto const page = store->list(query).value();
      CHECK(page.next == expected.next);
      REQUIRE(page.items.size() == expected.items.size());
      for (std::size_t i = 0; i < page.items.size(); ++i) {
        REQUIRE(page.items[i].install.id == expected.items[i].install.id);
        REQUIRE(page.items[i].integration.name == expected.items[i].integration.name);
      }
    }
  }
}

TEST_CASE(
    "the install of a name in an environment is the same on every store, however many have that name or are there") {
  std::vector<Commit> commits;
  std::vector<Change> changes;
  auto const write = [&] {
    Commit& commit = commits.emplace_back();
    commit.changes = std::exchange(changes, {});
    commit.actor = "tester";
    commit.token = generate_uuid();
    commit.time.microseconds = 1'000 * static_cast<std::int64_t>(commits.size());
  };
  auto const add = [&](auto row) {
    row.id = decltype(row.id)::generate();
    changes.emplace_back(Insert<decltype(row)>{row});
    return row.id;
  };
  std::vector<Id<Integration>> alike;
  std::vector<Id<Integration>> others;
  Id<Team> team;
  for (int i = 0; i != 70; ++i) {
    team = add(Team{.name = "team " + std::to_string(i)});
    alike.push_back(add(Integration{.name = "alike", .team_id = team}));
  }
  Id<Environment> const small = add(Environment{.team_id = team, .name = "small"});
  Id<Environment> const large = add(Environment{.team_id = team, .name = "large"});
  Id<Environment> const empty = add(Environment{.team_id = team, .name = "empty"});
  for (std::size_t i = 0; i != 1'050; ++i) {
    if (i % 100 == 0) write();
    others.push_back(add(Integration{.name = "other " + std::to_string(i), .team_id = team}));
  }
  for (std::size_t i = 0; i != others.size(); ++i) {
    if (i % 100 == 0) write();
    add(EnvironmentIntegration{.integration_id = others[i], .environment_id = large});
    if (i < 5) add(EnvironmentIntegration{.integration_id = others[i], .environment_id = small});
    if (i % 30 == 7) add(EnvironmentIntegration{.integration_id = alike[i / 30], .environment_id = large});
    if (i == 3 || i == 60) add(EnvironmentIntegration{.integration_id = alike[i], .environment_id = small});
  }
  write();
  auto const fill = [&](std::string const& url) {
    auto store = all_backends().open(url).value();
    for (Commit const& commit : commits) store->commit(commit).value();
    return store;
  };
  auto const reference = fill("memory:");
  for (std::string const& url : test::new_store_urls()) {
    if (url == "memory:") continue;
    INFO(test::scheme_of(url));
    auto const store = fill(url);
    for (auto const& [environment, name, count] : {std::tuple{small, "alike", 2U},
                                                   {large, "alike", 35U},
                                                   {empty, "alike", 0U},
                                                   {small, "other 4", 1U},
                                                   {small, "other 5", 0U},
                                                   {large, "other 1049", 1U},
                                                   {large, "absent", 0U}}) {
      for (std::size_t const limit : {2U, 20U}) {
        INFO(name << ", limit " << limit);
        Query<InstalledIntegration> query{.where = {{"environment_id", Operator::eq, {environment.uuid}},
                                                    {"integration.name", Operator::eq, {std::string(name)}}},
                                          .limit = limit};
        std::size_t found = 0;
        do {
          auto const expected = reference->list(query).value();
          auto const page = store->list(query).value();
          REQUIRE(page.next == expected.next);
          REQUIRE(page.items.size() == expected.items.size());
          for (std::size_t i = 0; i < page.items.size(); ++i) {
            REQUIRE(page.items[i].install == expected.items[i].install);
            REQUIRE(page.items[i].integration.name == name);
          }
          found += page.items.size();
          query.after = page.next;
        } while (query.after);
        CHECK(found == count);
      }
    }
  }
}
