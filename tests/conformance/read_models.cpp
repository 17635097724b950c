// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

#include <algorithm>

namespace inlay::conformance {

namespace {

/** Inserts installs of one integration, each in an environment of its own; gives the environments by their ids. */
std::vector<Id<Environment>> install_in_many(Store const& store, Integration const& integration, std::size_t count,
                                             std::size_t first = 0) {
  std::vector<Change> changes;
  std::vector<Id<Environment>> ids;
  for (std::size_t number = first; number < first + count; ++number) {
    Environment environment = sample<Environment>(number);
    environment.team_id = integration.team_id;
    changes.push_back(Insert<Environment>{environment});
    EnvironmentIntegration install = sample<EnvironmentIntegration>(number);
    install.environment_id = environment.id;
    install.integration_id = integration.id;
    changes.push_back(Insert<EnvironmentIntegration>{install});
    ids.push_back(environment.id);
  }
  store.commit(commit_of(std::move(changes)));
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace

TEST_CASE("a read model brings the rows that its parts reference, whole", "[read_models]") {
  Store const store;
  for (std::size_t number = 0; number < 4; ++number) {
    EnvironmentIntegration const install = store.insert_sample<EnvironmentIntegration>(number);
    auto const integration = store.read<Integration>(install.integration_id);
    auto const team = store.read<Team>(integration.team_id);
    auto const installed = store.read<InstalledIntegration>(install.id);
    CHECK(installed.install == install);
    CHECK(installed.integration == integration);
    CHECK(installed.team == team);
    auto const owned = store.read<OwnedIntegration>(integration.id);
    CHECK(owned.integration == integration);
    CHECK(owned.team == team);
  }
  auto const installs = store.all<EnvironmentIntegration>();
  auto const resources = store.all<InstalledIntegration>();
  REQUIRE(resources.size() == installs.size());
  for (std::size_t i = 0; i < installs.size(); ++i) {
    CHECK(resources[i] == store.read<InstalledIntegration>(installs[i].id));
  }
}

TEST_CASE("a read model shows what changed in any of its parts", "[read_models]") {
  Store const store;
  EnvironmentIntegration const install = store.insert_sample<EnvironmentIntegration>(0);
  auto const before = store.read<InstalledIntegration>(install.id);
  Team const team = store.update(before.team, rewritten(before.team, 4));
  Integration const integration = store.update(before.integration, rewritten(before.integration, 5));
  auto const after = store.read<InstalledIntegration>(install.id);
  CHECK(after.install == install);
  CHECK(after.integration == integration);
  CHECK(after.team == team);
  CHECK(store.all<OwnedIntegration>().front().team == team);
}

TEST_CASE("the environments of an integration are read where they are asked for only", "[read_models]") {
  Store const store;
  Integration const integration = store.insert_sample<Integration>(0);
  CHECK(!store.read<OwnedIntegration>(integration.id).installed_in);
  FindRequest<OwnedIntegration> const request{.id = integration.id, .with_installed_in = true};
  CHECK(must(store->find(request)).installed_in == InstalledIn{});

  auto const ids = install_in_many(store, integration, 7);
  store.insert_sample<EnvironmentIntegration>(1);
  auto const owned = must(store->find(request));
  REQUIRE(owned.installed_in);
  CHECK(owned.installed_in->ids == ids);
  CHECK(!owned.installed_in->is_truncated);
  CHECK(owned.integration == integration);

  auto const installs =
      walk(*store, Query<EnvironmentIntegration>{.where = {{"integration_id", Operator::eq, {integration.id.uuid}}}});
  auto const installed =
      must(store->find(FindRequest<InstalledIntegration>{.id = installs[3].id, .with_installed_in = true}));
  REQUIRE(installed.installed_in);
  CHECK(installed.installed_in->ids == ids);
  CHECK(installed.install == installs[3]);
  CHECK(!store.read<InstalledIntegration>(installs[3].id).installed_in);
  for (auto const& one : store.all<OwnedIntegration>()) CHECK(!one.installed_in);
  for (auto const& one : store.all<InstalledIntegration>()) CHECK(!one.installed_in);
}

TEST_CASE("of more than a thousand environments the first by id are told, and that there are more", "[read_models]") {
  Store const store;
  Integration const integration = store.insert_sample<Integration>(0);
  FindRequest<OwnedIntegration> const request{.id = integration.id, .with_installed_in = true};
  auto ids = install_in_many(store, integration, 1'000);
  auto exact = must(store->find(request)).installed_in;
  REQUIRE(exact);
  CHECK(exact->ids == ids);
  CHECK(!exact->is_truncated);
  for (auto const& id : install_in_many(store, integration, 1, 1'000)) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  ids.resize(1'000);
  auto const truncated = must(store->find(request)).installed_in;
  REQUIRE(truncated);
  CHECK(truncated->ids == ids);
  CHECK(truncated->is_truncated);
}

TEST_CASE("a list without nested documents leaves out those of further parts and no others", "[read_models]") {
  Store const store;
  for (std::size_t number = 0; number < 3; ++number) store.insert_sample<EnvironmentIntegration>(number);
  auto const whole = store.all<InstalledIntegration>();
  auto const lean = walk(*store, Query<InstalledIntegration>{.with_nested_documents = false});
  REQUIRE(lean.size() == whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    InstalledIntegration expected = whole[i];
    REQUIRE(!expected.integration.config.empty());
    expected.integration.config = Document{};
    CHECK(lean[i].install == expected.install);
    CHECK(lean[i].integration == expected.integration);
    CHECK(lean[i].team == expected.team);
  }
  CHECK(walk(*store, Query<OwnedIntegration>{.with_nested_documents = false}) == store.all<OwnedIntegration>());
  CHECK(walk(*store, Query<Integration>{.with_nested_documents = false}) == store.all<Integration>());
}

TEST_CASE("installs are found by the name and category of their integration", "[read_models]") {
  Store const store;
  std::vector<EnvironmentIntegration> installs;
  for (std::size_t number = 0; number < 4; ++number) {
    installs.push_back(store.insert_sample<EnvironmentIntegration>(number));
    auto const integration = store.read<Integration>(installs.back().integration_id);
    Integration named = integration;
    named.name = number % 2 == 0 ? "even" : "odd";
    named.category = number < 3 ? std::optional<std::string>("crm") : std::nullopt;
    store.update(integration, named);
  }
  auto const listed = [&](std::vector<Condition> const& where) {
    std::vector<EnvironmentIntegration> found;
    for (auto const& one : walk(*store, Query<InstalledIntegration>{.where = where, .limit = 1})) {
      found.push_back(one.install);
    }
    return found;
  };
  CHECK(listed({{"integration.name", Operator::eq, {std::string("even")}}}) == std::vector{installs[0], installs[2]});
  CHECK(listed({{"integration.category", Operator::eq, {std::string("crm")}}}) ==
        std::vector{installs[0], installs[1], installs[2]});
  CHECK(listed({{"integration.category", Operator::ne, {std::string("crm")}}}) == std::vector{installs[3]});
  CHECK(listed({{"integration.name", Operator::eq, {std::string("odd")}},
                {"integration.category", Operator::eq, {std::string("crm")}}}) == std::vector{installs[1]});
  CHECK(listed({{"integration.name", Operator::eq, {std::string("even")}},
                {"environment_id", Operator::eq, {installs[2].environment_id.uuid}}}) == std::vector{installs[2]});
}

TEST_CASE("installs are found by the names of both their teams and of their environment", "[read_models]") {
  // Each of two teams has two environments, and has installed its own integration and the other's into the first.
  Store const store;
  std::vector<EnvironmentIntegration> installs;
  std::vector<Environment> environments;
  std::vector<Team> teams;
  std::vector<Integration> integrations;
  for (std::size_t number = 0; number < 2; ++number) {
    Team team = sample<Team>(number);
    team.name = number == 0 ? "Acme" : "Other";
    teams.push_back(store.insert(team));
    for (char const* const name : {"prod", "test"}) {
      Environment environment = sample<Environment>(number);
      environment.team_id = teams.back().id;
      environment.name = name;
      environments.push_back(store.insert(environment));
    }
    Integration integration = sample<Integration>(number);
    integration.team_id = teams.back().id;
    integration.name = "crm";
    integrations.push_back(store.insert(integration));
  }
  for (std::size_t const environment : {0U, 2U}) {
    for (Integration const& integration : integrations) {
      EnvironmentIntegration install = sample<EnvironmentIntegration>(installs.size());
      install.environment_id = environments[environment].id;
      install.integration_id = integration.id;
      installs.push_back(store.insert(install));
    }
  }
  auto const is = [](char const* field, char const* name) {
    return Condition{field, Operator::eq, {std::string(name)}};
  };
  auto const listed = [&](std::vector<Condition> const& where, Scope const& scope = {}) {
    std::vector<EnvironmentIntegration> found;
    for (auto const& one : walk(*store, Query<InstalledIntegration>{.where = where, .limit = 1, .scope = scope})) {
      found.push_back(one.install);
    }
    return found;
  };
  using Installs = std::vector<EnvironmentIntegration>;
  CHECK(listed({is("environment.team.name", "Acme")}) == Installs{installs[0], installs[1]});
  CHECK(listed({is("integration.team.name", "Acme")}) == Installs{installs[0], installs[2]});
  CHECK(listed({is("environment.team.name", "Acme"), is("integration.team.name", "Other")}) == Installs{installs[1]});
  CHECK(listed({is("environment.name", "prod")}) == installs);
  CHECK(listed({is("environment.name", "test")}).empty());
  CHECK(listed({is("environment.name", "prod"), is("environment.team.name", "Other"), is("integration.name", "crm"),
                is("integration.team.name", "Other")}) == Installs{installs[3]});
  CHECK(error_of(store->list(Query<InstalledIntegration>{.where = {is("team.name", "Acme")}})).kind ==
        ErrorKind::invalid_argument);

  // As if there were nothing but what the scope lets through.
  Scope const of_other = Scope::related("environment", "id", "environment_id",
                                        Scope::where({"team_id", Operator::eq, {teams[1].id.uuid}}));
  CHECK(listed({is("environment.name", "prod")}, of_other) == Installs{installs[2], installs[3]});
  CHECK(listed({is("environment.team.name", "Acme")}, of_other).empty());
  CHECK(listed({is("environment.name", "prod")}, Scope::any_of({})).empty());
  CHECK(listed({is("environment.name", "prod")},
               Scope::any_of({of_other, Scope::where({"id", Operator::eq, {installs[0].id.uuid}})})) ==
        Installs{installs[0], installs[2], installs[3]});

  CHECK(walk(*store, Query<Environment>{.where = {is("team.name", "Other")}, .limit = 1}) ==
        std::vector{environments[2], environments[3]});
  CHECK(walk(*store, Query<Environment>{.where = {is("team.name", "Other"), is("name", "test")}}) ==
        std::vector{environments[3]});
  CHECK(walk(*store, Query<Environment>{.where = {is("team.name", "Other")},
                                        .scope = Scope::where({"team_id", Operator::eq, {teams[0].id.uuid}})})
            .empty());
}

TEST_CASE("a list that names a row by its key gives it, and those of other teams that have its name", "[read_models]") {
  Store const store;
  auto const own = store.insert_sample<EnvironmentIntegration>(0);
  auto const of_other = store.insert_sample<EnvironmentIntegration>(1);
  for (std::size_t number = 2; number < 5; ++number) store.insert_sample<EnvironmentIntegration>(number);
  auto const environment = store.read<Environment>(own.environment_id);
  auto const integration = store.read<Integration>(own.integration_id);
  auto const same_name = [&] {
    auto const before = store.read<Integration>(of_other.integration_id);
    auto after = before;
    after.name = integration.name;
    return store.update(before, after);
  }();
  auto const page_of = [&](Query<InstalledIntegration> query) {
    query.where.push_back({"environment_id", Operator::eq, {environment.id.uuid}});
    auto page = must(store->list(query));
    CHECK(page.revision == must(store->revision()));
    return page;
  };
  Condition const named{"integration.name", Operator::eq, {integration.name}};
  CHECK(page_of({.where = {named}}).items == std::vector{store.read<InstalledIntegration>(own.id)});
  CHECK(page_of({.where = {{"integration.name", Operator::eq, {std::string("nobody's")}}}}).items.empty());
  CHECK(page_of({.where = {{"integration_id", Operator::eq, {integration.id.uuid}}}}).items.size() == 1);
  CHECK(page_of({.where = {{"integration_id", Operator::eq, {same_name.id.uuid}}}}).items.empty());
  CHECK(page_of({.where = {named, {"is_enabled", Operator::ne, {own.is_enabled}}}}).items.empty());
  auto const lean = page_of({.where = {named}, .with_documents = false, .with_nested_documents = false}).items;
  REQUIRE(lean.size() == 1);
  CHECK(lean.front().integration.config.empty());
  CHECK(lean.front().install.version == own.version);

  auto const seen_by = [](Id<Team> team) {
    return Scope::related("environment", "id", "environment_id", Scope::where({"team_id", Operator::eq, {team.uuid}}));
  };
  CHECK(page_of({.where = {named}, .scope = seen_by(environment.team_id)}).items.size() == 1);
  CHECK(page_of({.where = {named}, .scope = seen_by(Id<Team>::generate())}).items.empty());

  EnvironmentIntegration second = sample<EnvironmentIntegration>(7);
  second.environment_id = environment.id;
  second.integration_id = same_name.id;
  store.commit(commit_of({Insert<EnvironmentIntegration>{second}}));
  std::vector const both{store.read<InstalledIntegration>(own.id), store.read<InstalledIntegration>(second.id)};
  CHECK(page_of({.where = {named}}).items == both);
  CHECK(page_of({.where = {named}, .scope = seen_by(environment.team_id)}).items == both);
  auto const first = page_of({.where = {named}, .limit = 1});
  CHECK(first.items == std::vector{both.front()});
  REQUIRE(first.next);
  auto const last = page_of({.where = {named}, .limit = 1, .after = first.next});
  CHECK(last.items == std::vector{both.back()});
  CHECK(!last.next);

  auto const by_name = [&](auto const& row) {
    using Entity = std::remove_cvref_t<decltype(row)>;
    return must(store->list(Query<Entity>{
                    .where = {{"team_id", Operator::eq, {row.team_id.uuid}}, {"name", Operator::eq, {row.name}}}}))
        .items;
  };
  CHECK(by_name(environment) == std::vector{environment});
  CHECK(by_name(integration) == std::vector{integration});
  CHECK(by_name(same_name) == std::vector{same_name});
}

}  // namespace inlay::conformance
