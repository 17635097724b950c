// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

namespace inlay::conformance {

namespace {

Scope member_is(std::string member, FieldValue value) {
  return Scope::where({std::move(member), Operator::eq, {std::move(value)}});
}

/** Three installs: of different integrations, in environments of different teams. */
struct Three {
  Store store{};
  std::vector<EnvironmentIntegration> installs{};

  Three() {
    for (std::size_t number = 0; number < 3; ++number) {
      installs.push_back(store.insert_sample<EnvironmentIntegration>(number));
    }
  }

  template <class Readable>
  [[nodiscard]] std::vector<Id<model::Root<Readable>>> listed(Scope scope, std::vector<Condition> where = {},
                                                              std::size_t limit = 1'000) const {
    std::vector<Id<model::Root<Readable>>> ids;
    for (auto const& one :
         walk(*store, Query<Readable>{.where = std::move(where), .limit = limit, .scope = std::move(scope)})) {
      ids.push_back(model::part_of<0>(one).id);
    }
    return ids;
  }
};

}  // namespace

TEST_CASE("a scope without parts lets every row through as all_of and none as any_of", "[scope]") {
  for_each_readable([]<class Readable>() {
    Store const store;
    auto const root = store.insert_sample<model::Root<Readable>>(0);
    CHECK(walk(*store, Query<Readable>{.scope = Scope::all_of({})}).size() == 1);
    CHECK(walk(*store, Query<Readable>{.scope = Scope::any_of({})}).empty());
    CHECK(store->find(FindRequest<Readable>{.id = root.id, .scope = Scope::all_of({})}).has_value());
    CHECK(error_of(store->find(FindRequest<Readable>{.id = root.id, .scope = Scope::any_of({})})).kind ==
          ErrorKind::not_found);
  });
}

TEST_CASE("only rows that meet the scope's condition are listed and found", "[scope]") {
  for_each_readable([]<class Readable>() {
    using Root = model::Root<Readable>;
    Store const store;
    std::vector<Root> rows;
    for (std::size_t number = 0; number < 3; ++number) rows.push_back(store.insert_sample<Root>(number));
    for (Root const& seen : rows) {
      Scope const scope = member_is("id", seen.id.uuid);
      auto const listed = walk(*store, Query<Readable>{.limit = 1, .scope = scope});
      REQUIRE(listed.size() == 1);
      CHECK(model::part_of<0>(listed[0]) == seen);
      for (Root const& row : rows) {
        auto const found = store->find(FindRequest<Readable>{.id = row.id, .scope = scope});
        CHECK(found.has_value() == (row.id == seen.id));
        if (!found) CHECK(found.error().kind == ErrorKind::not_found);
      }
    }
  });
}

TEST_CASE("parts of a scope combine as all_of and any_of say, nested too", "[scope]") {
  Three const three;
  auto const& installs = three.installs;
  auto const id_is = [&](std::size_t i) { return member_is("id", installs[i].id.uuid); };
  auto const both = [&](std::size_t i, std::size_t j) {
    return Scope::all_of({id_is(i), member_is("environment_id", installs[j].environment_id.uuid)});
  };
  using Ids = std::vector<Id<EnvironmentIntegration>>;
  CHECK(three.listed<EnvironmentIntegration>(Scope::any_of({id_is(0), id_is(2)})) ==
        Ids{installs[0].id, installs[2].id});
  CHECK(three.listed<EnvironmentIntegration>(Scope::all_of({id_is(0), id_is(2)})).empty());
  CHECK(three.listed<EnvironmentIntegration>(Scope::any_of({both(0, 0), both(1, 2), both(2, 2)})) ==
        Ids{installs[0].id, installs[2].id});
  CHECK(three.listed<EnvironmentIntegration>(Scope::all_of(
            {Scope::any_of({id_is(0), id_is(1)}), Scope::any_of({id_is(1), id_is(2)})})) == Ids{installs[1].id});
}

TEST_CASE("a scope reaches the rows that a row references", "[scope]") {
  Three const three;
  auto const environment = three.store.read<Environment>(three.installs[1].environment_id);
  Scope const scope =
      Scope::related("environment", "id", "environment_id", member_is("team_id", environment.team_id.uuid));
  CHECK(three.listed<EnvironmentIntegration>(scope) == std::vector{three.installs[1].id});
  CHECK(three.listed<InstalledIntegration>(scope) == std::vector{three.installs[1].id});
  for (EnvironmentIntegration const& install : three.installs) {
    bool const is_seen = install.id == three.installs[1].id;
    CHECK(three.store->find(FindRequest<EnvironmentIntegration>{.id = install.id, .scope = scope}).has_value() ==
          is_seen);
    CHECK(three.store->find(FindRequest<InstalledIntegration>{.id = install.id, .scope = scope}).has_value() ==
          is_seen);
  }
}

TEST_CASE("a scope reaches the rows that reference a row, and on from there", "[scope]") {
  Three const three;
  auto const environment = three.store.read<Environment>(three.installs[2].environment_id);
  // Integrations that are installed in an environment of a team.
  Scope const scope = Scope::related(
      "environment_integration", "integration_id", "id",
      Scope::related("environment", "id", "environment_id", member_is("team_id", environment.team_id.uuid)));
  CHECK(three.listed<Integration>(scope) == std::vector{three.installs[2].integration_id});
  CHECK(three.listed<OwnedIntegration>(scope) == std::vector{three.installs[2].integration_id});
  CHECK(three.store->find(FindRequest<OwnedIntegration>{.id = three.installs[2].integration_id, .scope = scope})
            .has_value());
  CHECK(
      error_of(three.store->find(FindRequest<OwnedIntegration>{.id = three.installs[0].integration_id, .scope = scope}))
          .kind == ErrorKind::not_found);
}

TEST_CASE("a row that several related rows let through is listed once", "[scope]") {
  Store const store;
  Integration const integration = store.insert_sample<Integration>(0);
  for (std::size_t number = 0; number < 4; ++number) {
    Grant grant = sample<Grant>(number);
    grant.integration_id = integration.id;
    grant.team_id = store.insert_sample<Team>(number).id;
    store.insert(grant);
  }
  Scope const scope = Scope::related("grant", "integration_id", "id", Scope::all_of({}));
  auto const page = must(store->list(Query<OwnedIntegration>{.limit = 1, .scope = scope}));
  REQUIRE(page.items.size() == 1);
  CHECK(!page.next);
  CHECK(page.items[0].integration == integration);
}

TEST_CASE("pages are cut after the scope and the filter, as if there were no other rows", "[scope]") {
  Three const three;
  std::vector<Scope> ids;
  std::vector<Id<EnvironmentIntegration>> expected;
  for (std::size_t number = 0; number < 12; ++number) {
    auto const install = three.store.insert_sample<EnvironmentIntegration>(number);
    if (number % 3 == 0) continue;
    ids.push_back(member_is("id", install.id.uuid));
    if (install.is_enabled) expected.push_back(install.id);
  }
  Scope const scope = Scope::any_of(ids);
  for (std::size_t limit = 1; limit <= expected.size(); ++limit) {
    CHECK(three.listed<EnvironmentIntegration>(scope, {{"is_enabled", Operator::eq, {true}}}, limit) == expected);
    CHECK(three.listed<InstalledIntegration>(scope, {{"is_enabled", Operator::eq, {true}}}, limit) == expected);
  }
  auto const all = must(three.store->list(Query<EnvironmentIntegration>{.limit = ids.size(), .scope = scope}));
  CHECK(all.items.size() == ids.size());
  CHECK(!all.next);
}

TEST_CASE("of the environments in installed_in only those in their scope are told", "[scope]") {
  Three const three;
  Integration const integration = three.store.read<Integration>(three.installs[0].integration_id);
  auto const first = three.store.read<Environment>(three.installs[0].environment_id);
  EnvironmentIntegration second = sample<EnvironmentIntegration>(1);
  second.integration_id = integration.id;
  second.environment_id = three.installs[1].environment_id;
  three.store.insert(second);
  Scope const scope = member_is("team_id", first.team_id.uuid);
  auto const owned = must(three.store->find(
      FindRequest<OwnedIntegration>{.id = integration.id, .with_installed_in = true, .installed_in_scope = scope}));
  CHECK(owned.installed_in == InstalledIn{.ids = {first.id}});
  auto const none = must(three.store->find(FindRequest<OwnedIntegration>{
      .id = integration.id, .with_installed_in = true, .installed_in_scope = Scope::any_of({})}));
  CHECK(none.installed_in == InstalledIn{});
  auto const installed = must(three.store->find(FindRequest<InstalledIntegration>{
      .id = three.installs[0].id, .with_installed_in = true, .installed_in_scope = scope}));
  CHECK(installed.installed_in == InstalledIn{.ids = {first.id}});
}

TEST_CASE("a scope that names what there is not is refused with invalid_argument", "[scope]") {
  Store const store;
  EnvironmentIntegration const install = store.insert_sample<EnvironmentIntegration>(0);
  Scope const everything = Scope::all_of({});
  for (Scope const& scope : {member_is("nobody_has_this", true), member_is("override", std::string("{}")),
                             member_is("id", true), Scope::related("nobody", "id", "environment_id", everything),
                             Scope::related("environment", "nobody_has_this", "environment_id", everything),
                             Scope::related("environment", "id", "nobody_has_this", everything),
                             Scope::related("environment", "id", "environment_id", member_is("nobody_has_this", true)),
                             Scope::any_of({everything, member_is("id; drop table inlay_team", true)})}) {
    CHECK(error_of(store->list(Query<EnvironmentIntegration>{.scope = scope})).kind == ErrorKind::invalid_argument);
    CHECK(error_of(store->find(FindRequest<EnvironmentIntegration>{.id = install.id, .scope = scope})).kind ==
          ErrorKind::invalid_argument);
  }

  // A list can name a row beside those that are read, a scope cannot.
  Scope const of_team = member_is("team.name", std::string("Acme"));
  for (Scope const& scope : {of_team, Scope::all_of({everything, of_team}), Scope::any_of({of_team, everything})}) {
    CHECK(error_of(store->list(Query<Environment>{.scope = scope})).kind == ErrorKind::invalid_argument);
    CHECK(error_of(store->find(FindRequest<Environment>{.id = install.environment_id, .scope = scope})).kind ==
          ErrorKind::invalid_argument);
    Scope const related = Scope::related("environment", "id", "environment_id", scope);
    CHECK(error_of(store->list(Query<InstalledIntegration>{.scope = related})).kind == ErrorKind::invalid_argument);
    Query<InstalledIntegration> const keyed{.where = {{"environment_id", Operator::eq, {install.environment_id.uuid}},
                                                      {"integration_id", Operator::eq, {install.integration_id.uuid}}},
                                            .scope = related};
    CHECK(error_of(store->list(keyed)).kind == ErrorKind::invalid_argument);
    CHECK(error_of(store->find(FindRequest<EnvironmentIntegration>{.id = install.id, .scope = related})).kind ==
          ErrorKind::invalid_argument);
  }
}

TEST_CASE("a scope that relates rows by members that are no ids is refused with invalid_argument", "[scope]") {
  Store const store;
  EnvironmentIntegration const install = store.insert_sample<EnvironmentIntegration>(0);
  Scope const everything = Scope::all_of({});
  for (Scope const& related : {Scope::related("environment", "name", "environment_id", everything),
                               Scope::related("environment", "created_at", "environment_id", everything),
                               Scope::related("environment", "id", "show_in_catalog", everything),
                               Scope::related("environment", "id", "override", everything),
                               Scope::related("environment", "version", "version", everything),
                               Scope::related("integration", "config", "override", everything)}) {
    for (Scope const& scope : {related, Scope::any_of({everything, related}), Scope::all_of({everything, related})}) {
      INFO(related.entity << ' ' << related.member << ", " << related.own_member);
      CHECK(error_of(store->list(Query<EnvironmentIntegration>{.scope = scope})).kind == ErrorKind::invalid_argument);
      CHECK(error_of(store->list(Query<InstalledIntegration>{.scope = scope})).kind == ErrorKind::invalid_argument);
      CHECK(error_of(store->find(FindRequest<EnvironmentIntegration>{.id = install.id, .scope = scope})).kind ==
            ErrorKind::invalid_argument);
    }
  }
}

}  // namespace inlay::conformance
