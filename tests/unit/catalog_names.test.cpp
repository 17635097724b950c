// SPDX-License-Identifier: BSL-1.0
// What people know is names: rows found by them, and rows that are to be there.
#include <inlay/catalog.hpp>

#include <support/catch.hpp>
#include <support/counting_store.hpp>
#include <support/memory_catalog.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace inlay;
using Catch::Matchers::Contains;
using test::CountingStore;
using test::document;
using test::error_of;
using Asks = CountingStore::Asks;

namespace {

/** Two teams of one name, and another, in a store that counts. */
struct World {
  std::shared_ptr<CountingStore> store = std::make_shared<CountingStore>();
  Catalog catalog{store};
  Team acme = team("Acme", "acme.example");
  Team namesake = team("Acme", "acme.invalid");
  Team other = team("Other", "other.example");
  Environment prod = environment(acme, "prod");
  Integration zendesk = integration(acme, "zendesk", Sharing::deny);
  Id<EnvironmentIntegration> install = installed(zendesk, prod);

  Team team(char const* name, char const* domain) const {
    return catalog.create(Team{.name = name, .domain = domain}).value();
  }
  Environment environment(Team const& of, char const* name) const {
    return catalog.create(Environment{.team_id = of.id, .name = name}).value();
  }
  Integration integration(Team const& of, char const* name, Sharing sharing) const {
    return catalog
        .create(Integration{.name = name, .config = document(R"({"a":1})"), .team_id = of.id, .sharing = sharing})
        .value()
        .integration;
  }
  Id<EnvironmentIntegration> installed(Integration const& what, Environment const& where) const {
    return catalog.install({.integration_id = what.id, .environment_id = where.id}).value().id();
  }
  /** What others write, which is not counted. */
  void commit(Change change) const {
    auto& inside = const_cast<Repository&>(store->inside());
    REQUIRE(inside.commit({.changes = {std::move(change)}, .token = generate_uuid()}).has_value());
  }
  Catalog as(Team const& of) const { return catalog.as({.team = of.id}); }

  template <class Call>
  Asks asked_by(Call&& call) const {
    Asks const before = store->asked();
    call();
    return store->asked() - before;
  }
};

}  // namespace

TEST_CASE("a configuration is found by the names of team, environment and integration, in one look") {
  World const world;
  for (Catalog const& catalog : {world.catalog, world.as(world.acme)}) {
    CHECK(catalog.effective_config("Acme", "prod", "zendesk").value().id == world.install);
    CHECK(world.asked_by([&] { catalog.effective_config("Acme", "prod", "zendesk").value(); }) == Asks{.lists = 1});
    CHECK(catalog.find<EnvironmentIntegration>("Acme", "prod", "zendesk").value().id() == world.install);
    for (auto const& [team, environment, integration] : {std::tuple{"acme", "prod", "zendesk"},
                                                         {"Other", "prod", "zendesk"},
                                                         {"Acme", "prod ", "zendesk"},
                                                         {"Acme", "prod", "Zendesk"},
                                                         {"Acme", "prod", ""}}) {
      CHECK(error_of(catalog.effective_config(team, environment, integration)).kind == ErrorKind::not_found);
    }
  }
  Layer const layer{"account", LayerKind::merge_patch, document(R"({"a":2})")};
  CHECK(world.catalog.effective_config("Acme", "prod", "zendesk", {layer}).value().config.get<int>("/a").value() == 2);
}

TEST_CASE("a configuration is nobody's who does not see the environment") {
  World const world;
  for (Team const& team : {world.namesake, world.other}) {
    Error const error = error_of(world.as(team).effective_config("Acme", "prod", "zendesk"));
    CHECK(error.kind == ErrorKind::not_found);
    // The same words as where there is none at all.
    CHECK(error == error_of(world.as(team).effective_config("Acme", "prod", "zendesk")));
    CHECK_THAT(error.message, !Contains(to_string(world.install)));
  }
}

TEST_CASE("of several that the names fit, those are named that the caller sees") {
  World const world;
  Environment const theirs = world.environment(world.namesake, "prod");
  Integration const shared = world.integration(world.other, "zendesk", Sharing::allow);
  auto const second = world.installed(shared, theirs);

  Error const error = error_of(world.catalog.effective_config("Acme", "prod", "zendesk"));
  CHECK(error.kind == ErrorKind::invalid_argument);
  CHECK_THAT(error.message, Contains(to_string(world.install)) && Contains(to_string(second)));
  CHECK(world.as(world.acme).effective_config("Acme", "prod", "zendesk").value().id == world.install);
  CHECK(world.as(world.namesake).effective_config("Acme", "prod", "zendesk").value().id == second);
}

TEST_CASE("a team is found by its name, and several of one name are told apart") {
  World const world;
  CHECK(world.catalog.find<Team>("Other").value() == world.other);
  CHECK(world.asked_by([&] { world.catalog.find<Team>("Other").value(); }) == Asks{.lists = 1});
  CHECK(error_of(world.catalog.find<Team>("Nobody")).kind == ErrorKind::not_found);

  // What is public of teams is seen by all.
  for (Catalog const& catalog : {world.catalog, world.as(world.other), world.as(world.acme)}) {
    Error const error = error_of(catalog.find<Team>("Acme"));
    CHECK(error.kind == ErrorKind::invalid_argument);
    for (Team const& team : {world.acme, world.namesake}) {
      CHECK_THAT(error.message, Contains(to_string(team.id)) && Contains(*team.domain));
    }
    CHECK_THAT(error.message, !Contains(to_string(world.other.id)));
  }
  Team const summary = world.as(world.acme).find<Team>("Other").value();
  CHECK(summary.id == world.other.id);
  CHECK(summary.version == Version{});
}

TEST_CASE("of very many of one name a few are named") {
  World const world;
  for (int i = 0; i < 12; ++i) world.team("Many", "many.example");
  Error const error = error_of(world.catalog.find<Team>("Many"));
  CHECK(error.kind == ErrorKind::invalid_argument);
  CHECK_THAT(error.message, Catch::Matchers::EndsWith(" and others"));
}

TEST_CASE("an environment is found by its team's name or id, and its own") {
  World const world;
  for (Catalog const& catalog : {world.catalog, world.as(world.acme)}) {
    CHECK(catalog.find<Environment>("Acme", "prod").value() == world.prod);
    CHECK(catalog.find<Environment>(world.acme.id, "prod").value() == world.prod);
    CHECK(world.asked_by([&] { catalog.find<Environment>("Acme", "prod").value(); }) == Asks{.lists = 1});
    CHECK(error_of(catalog.find<Environment>(world.namesake.id, "prod")).kind == ErrorKind::not_found);
    CHECK(error_of(catalog.find<Environment>("Other", "prod")).kind == ErrorKind::not_found);
  }
  CHECK(error_of(world.as(world.other).find<Environment>("Acme", "prod")).kind == ErrorKind::not_found);
  CHECK(error_of(world.as(world.other).find<Environment>(world.acme.id, "prod")).kind == ErrorKind::not_found);

  Environment const theirs = world.environment(world.namesake, "prod");
  Error const error = error_of(world.catalog.find<Environment>("Acme", "prod"));
  CHECK(error.kind == ErrorKind::invalid_argument);
  CHECK_THAT(error.message, Contains(to_string(world.prod.id)) && Contains(to_string(theirs.id)) &&
                                Contains(to_string(world.namesake.id)));
  CHECK(world.as(world.acme).find<Environment>("Acme", "prod").value() == world.prod);
}

TEST_CASE("an integration is found as lists show it to the caller") {
  World const world;
  Integration const asked_for = world.integration(world.acme, "ask", Sharing::ask);
  CHECK(world.catalog.find<Integration>("Acme", "zendesk").value().integration == world.zendesk);
  CHECK(world.catalog.find<Integration>(world.acme.id, "zendesk").value().team == world.acme);
  CHECK(world.asked_by([&] { world.catalog.find<Integration>("Acme", "zendesk").value(); }) == Asks{.lists = 1});

  Catalog const others = world.as(world.other);
  CHECK(error_of(others.find<Integration>("Acme", "zendesk")).kind == ErrorKind::not_found);
  auto const summary = others.find<Integration>("Acme", "ask").value();
  CHECK(summary.id() == asked_for.id);
  CHECK(summary.version() == Version{});
  CHECK(summary.integration.config.empty());
}

TEST_CASE("two configurations too large for one page are several all the same") {
  World world;
  world.catalog = Catalog(world.store, {.limits = {.max_bytes = std::size_t{4} << 20U}});
  Environment const theirs = world.environment(world.namesake, "prod");
  std::string const large = R"({"x":")" + std::string(3U << 20U, 'x') + R"("})";
  for (Environment const& where : {world.prod, theirs}) {
    auto const owner = world.catalog.get(where.team_id).value();
    auto const integration =
        world.catalog.create(Integration{.name = "large", .config = Document::from_stored(large), .team_id = owner.id})
            .value()
            .integration;
    world.installed(integration, where);
  }
  CHECK(error_of(world.catalog.effective_config("Acme", "prod", "large")).kind == ErrorKind::invalid_argument);
}

TEST_CASE("what is to be there is created, and left the second time") {
  World const world;
  Catalog const& catalog = world.catalog;
  Team const team{.id = Id<Team>::generate(), .name = "Seeded", .domain = "seeded.example"};
  auto const first = catalog.ensure(team).value();
  CHECK(first.created);
  CHECK(first.id() == team.id);
  CHECK(first.differences.empty());
  auto const again = catalog.ensure(team).value();
  CHECK_FALSE(again.created);
  CHECK(again.resource == first.resource);
  CHECK(again.differences.empty());

  Environment const environment{.team_id = team.id, .name = "prod"};
  auto const made = catalog.ensure(environment).value();
  CHECK(made.created);
  CHECK(world.asked_by([&] { CHECK(catalog.ensure(environment).value().id() == made.id()); }) == Asks{.lists = 1});

  Integration const integration{.name = "crm", .config = document(R"({"a":{"b":1,"c":2}})"), .team_id = team.id};
  auto const crm = catalog.ensure(integration).value();
  CHECK(crm.created);
  CHECK(crm.resource.team == first.resource);
  CHECK_FALSE(catalog.ensure(integration).value().created);
}

TEST_CASE("what is there already is left, and where it differs is told") {
  World const world;
  Catalog const& catalog = world.catalog;
  auto const before = catalog.get(world.zendesk.id).value();
  Integration wanted{.name = "zendesk",
                     .category = "helpdesk",
                     .is_beta = true,
                     .config = document(R"({"b":[1],"a":2})"),
                     .team_id = world.acme.id,
                     .sharing = Sharing::deny};
  auto const answer = catalog.ensure(wanted).value();
  CHECK_FALSE(answer.created);
  CHECK(answer.id() == world.zendesk.id);
  CHECK(answer.differences == std::vector<ConfigDifference>{{"/category", std::nullopt, R"("helpdesk")"},
                                                            {"/is_beta", "false", "true"},
                                                            {"/config/b", std::nullopt, "[1]"},
                                                            {"/config/a", "1", "2"}});
  CHECK(catalog.get(world.zendesk.id).value() == before);

  // By its id it is the same row, whatever else is asked for; by its name, one with another id.
  CHECK(
      catalog.ensure(Environment{.id = world.prod.id, .team_id = world.acme.id, .name = "live"}).value().differences ==
      std::vector<ConfigDifference>{{"/name", R"("prod")", R"("live")"}});
  Environment const elsewhere{.id = Id<Environment>::generate(), .team_id = world.acme.id, .name = "prod"};
  CHECK(catalog.ensure(elsewhere).value().differences ==
        std::vector<ConfigDifference>{
            {"/id", '"' + to_string(world.prod.id) + '"', '"' + to_string(elsewhere.id) + '"'}});
  CHECK(
      catalog.ensure(Team{.id = world.acme.id, .name = "Acme", .is_verified = true}).value().differences ==
      std::vector<ConfigDifference>{{"/domain", R"("acme.example")", std::nullopt}, {"/is_verified", "false", "true"}});
}

TEST_CASE("a stored config that is no JSON is told as that of its row") {
  for (char const* const text : {"no JSON", "[1]"}) {
    CAPTURE(text);
    World const world;
    Integration const damaged{.id = Id<Integration>::generate(),
                              .name = "damaged",
                              .config = Document::from_stored(text),
                              .team_id = world.acme.id};
    world.commit(Insert<Integration>{damaged});
    Integration wanted{.name = "damaged", .config = document(R"({"a":1})"), .team_id = world.acme.id};
    Error const error = error_of(world.catalog.ensure(wanted));
    CHECK(error.kind == ErrorKind::corrupt);
    CHECK(error == error_of(world.catalog.update(damaged.id, {.config = wanted.config})));
    CHECK_THAT(error.message, Contains(to_string(damaged.id)));
  }
}

TEST_CASE("a team is to be there by an id, and what may not be created is not") {
  World const world;
  Error const nameless = error_of(world.catalog.ensure(Team{.name = "Acme"}));
  CHECK(nameless.kind == ErrorKind::invalid_argument);
  CHECK(nameless.pointer == "/id");
  CHECK(error_of(world.catalog.ensure(Environment{.team_id = world.acme.id, .name = "a\nb"})).pointer == "/name");
  CHECK(error_of(world.catalog.ensure(Environment{.team_id = Id<Team>::generate(), .name = "a"})).pointer ==
        "/team_id");
  CHECK(world.store->asked().commits > 0);
}

TEST_CASE("on behalf of a team only its own rows are ensured, and others tell nothing") {
  World const world;
  Catalog const others = world.as(world.other);
  CHECK(others.ensure(Environment{.team_id = world.other.id, .name = "prod"}).value().created);
  CHECK(error_of(others.ensure(Environment{.team_id = world.acme.id, .name = "prod"})).kind == ErrorKind::forbidden);
  CHECK(error_of(others.ensure(Environment{.team_id = world.acme.id, .name = "not there"})).kind ==
        ErrorKind::forbidden);
  world.integration(world.acme, "shared", Sharing::allow);
  world.integration(world.acme, "ask", Sharing::ask);
  for (char const* const name : {"shared", "ask", "zendesk", "not there"}) {
    CHECK(error_of(others.ensure(Integration{.name = name, .team_id = world.acme.id})).kind == ErrorKind::forbidden);
  }
  CHECK(error_of(others.ensure(Team{.id = world.acme.id, .name = "Acme"})).kind == ErrorKind::forbidden);
  CHECK(error_of(others.ensure(Team{.id = Id<Team>::generate(), .name = "new"})).kind == ErrorKind::forbidden);
  CHECK(others.ensure(Team{.id = world.other.id, .name = "Other", .domain = "other.example"})
            .value()
            .differences.empty());
}

TEST_CASE("two who ensure the same at once have one row, and one of them has made it") {
  World const world;
  Id<Environment> theirs{};
  world.store->before_commit = [&](Commit const&) {
    if (!theirs.is_nil()) return;
    theirs = Id<Environment>::generate();
    world.commit(Insert<Environment>{Environment{.id = theirs, .team_id = world.acme.id, .name = "race"}});
  };
  auto const answer = world.catalog.ensure(Environment{.team_id = world.acme.id, .name = "race"}).value();
  CHECK_FALSE(answer.created);
  CHECK(answer.id() == theirs);
}

TEST_CASE("what is in the way when it is created, and gone when it is looked at, is created after all") {
  for (bool const has_id : {false, true}) {
    CAPTURE(has_id);
    World const world;
    Environment wanted{.team_id = world.acme.id, .name = "race"};
    if (has_id) wanted.id = Id<Environment>::generate();
    int races = 0;
    world.store->before_commit = [&](Commit const&) {
      if (races == 3) return;
      world.commit(Insert<Environment>{Environment{
          .id = has_id ? wanted.id : Id<Environment>::generate(), .team_id = world.acme.id, .name = "race"}});
    };
    world.store->after_commit = [&](Commit const&) {
      if (races == 3) return;
      ++races;
      Query<Environment> const query{.where = {{"name", Operator::eq, {std::string("race")}}}};
      world.commit(Remove<Environment>{world.store->inside().list(query).value().items.at(0)});
    };
    auto const answer = world.catalog.ensure(wanted).value();
    CHECK(races == 3);
    CHECK(answer.created);
    if (has_id) CHECK(answer.id() == wanted.id);
  }
}

TEST_CASE("an id that is that of a row which the caller does not see is taken, at once") {
  World const world;
  auto const asks = world.asked_by([&] {
    Error const error = error_of(
        world.as(world.other).ensure(Environment{.id = world.prod.id, .team_id = world.other.id, .name = "theirs"}));
    CHECK(error.kind == ErrorKind::already_exists);
    CHECK(error.pointer == "/id");
  });
  CHECK(asks.commits == 1);
}
