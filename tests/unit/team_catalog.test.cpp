// SPDX-License-Identifier: BSL-1.0
#include <inlay/team_catalog.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/memory_catalog.hpp>

#include <string>
#include <type_traits>
#include <vector>

using namespace inlay;
using test::error_of;
using test::Example;

// What a request is given must not widen: none of these compiles for a TeamCatalog, and each does for a Catalog.
template <class Any>
concept GivesTheStore = requires(Any const& catalog) {
  catalog.repository();
};
template <class Any>
concept TakesAnyCaller = requires(Any const& catalog) {
  catalog.as(Caller{});
};
template <class Any>
concept TakesAnyTeam = requires(Any const& catalog) {
  catalog.for_team(TeamCaller{});
};
static_assert(GivesTheStore<Catalog> && !GivesTheStore<TeamCatalog>);
static_assert(TakesAnyCaller<Catalog> && !TakesAnyCaller<TeamCatalog>);
static_assert(TakesAnyTeam<Catalog> && !TakesAnyTeam<TeamCatalog>);
static_assert(!std::is_convertible_v<TeamCatalog const&, Catalog> && !std::is_constructible_v<Catalog, TeamCatalog>);
static_assert(!std::is_convertible_v<TeamCatalog*, Catalog*>);
static_assert(!std::is_default_constructible_v<TeamCatalog> && !std::is_constructible_v<TeamCatalog, Catalog>);
static_assert(!std::is_convertible_v<Caller, TeamCaller>);

TEST_CASE("the catalogue of a team does everything that its team may do, and nothing that another may") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  TeamCatalog const own = catalog.for_team({.team = example.team.id, .actor = "alice"});
  CHECK(own.team() == example.team.id);
  CHECK(own.options().limits.max_bytes == catalog.options().limits.max_bytes);

  // Each operation once.
  auto const staging = own.create(Environment{.team_id = own.team(), .name = "staging"}).value();
  CHECK(own.create_from<Environment>(test::object(R"({"team_id":")" + to_string(own.team()) + R"(","name":"test"})"))
            .has_value());
  CHECK(own.get(staging.id).value() == staging);
  CHECK(own.find<Environment>(own.team(), "staging").value() == staging);
  CHECK(own.find<Environment>(example.team.name, "staging").value() == staging);
  CHECK_FALSE(own.ensure(Environment{.team_id = own.team(), .name = "staging"}).value().created);
  CHECK(own.list(Query<Environment>()).value().items.size() == 3);
  int visited = 0;
  CHECK(own.for_each(Query<Environment>(), [&](Environment&) { ++visited; }).has_value());
  CHECK(visited == 3);
  CHECK(own.update(staging.id, {.name = "stage"}).value().changed);
  CHECK(own.update(staging.id, test::object(R"({"name":"staging"})")).value().changed);
  CHECK_FALSE(own.update(staging.id, JsonPatch{boost::json::array()}, {.force = true}).value().changed);
  auto const installed =
      own.install({.integration_id = example.integration.id, .environment_id = staging.id}).value().resource.install;
  json::Pointer const place = json::Pointer() / "base_url";
  CHECK(own.set(installed.id, place, "https://eu").value().changed);
  CHECK(own.effective_config(installed.id).value().config.get<std::string>("/base_url").value() == "https://eu");
  CHECK(own.effective_config(staging.id, example.integration.name).has_value());
  CHECK(own.effective_config(example.team.name, "staging", example.integration.name).has_value());
  CHECK(own.effective_configs(staging.id).value().size() == 1);
  CHECK(own.explain(installed.id, place).value().leaves.size() == 1);
  CHECK(own.for_each_config({}, [](ReportedConfig const&) -> Result<void> { return {}; }).has_value());
  CHECK(own.inherit(installed.id, place).value().changed);
  CHECK(own.remove(installed.id, place).value().changed);
  CHECK(own.uninstall(installed.id).has_value());
  CHECK(own.remove(staging.id).has_value());

  auto const other = catalog.create(Team{.name = "other"}).value();
  auto const asked_for =
      catalog.create(Integration{.name = "ask", .team_id = other.id, .sharing = Sharing::ask}).value().integration;
  auto const grant = own.ask_for(asked_for.id).value().grant;
  CHECK(grant.team_id == own.team());
  CHECK(error_of(own.answer(grant.id, GrantStatus::granted)).kind == ErrorKind::forbidden);
  CHECK(catalog.for_team({.team = other.id}).answer(grant.id, GrantStatus::granted).has_value());

  // What is another team's.
  CHECK(error_of(catalog.for_team({.team = other.id}).get(example.environment.id)).kind == ErrorKind::not_found);
  CHECK(error_of(own.create(Team{.name = "third"})).kind == ErrorKind::forbidden);
  CHECK(error_of(own.create(Environment{.team_id = other.id, .name = "theirs"})).kind == ErrorKind::forbidden);
  CHECK(error_of(own.changes({})).kind == ErrorKind::forbidden);
  CHECK(catalog.for_team({}).list(Query<Environment>()).value().items.empty());
}

TEST_CASE("in the catalogue of a team the actor and the reason change, and the team stays") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const alice = catalog.for_team({.team = example.team.id, .actor = "alice", .reason = "first"});
  auto const bob = alice.as("bob", "second");
  CHECK(bob.team() == alice.team());
  alice.update(example.environment.id, {.name = "one"}).value();
  bob.update(example.environment.id, {.name = "two"}).value();
  bob.as("carol").update(example.environment.id, {.name = "three"}).value();

  ChangesRequest const request{.row = ChangesRequest::Row{"environment", example.environment.id.uuid}};
  auto const page = bob.changes(request).value();
  std::vector<std::string> steps;
  for (auto const& commit : page.commits) steps.push_back(commit.actor + ": " + commit.reason.value_or("none"));
  CHECK(steps == std::vector<std::string>{": none", "alice: first", "bob: second", "carol: none"});
}
