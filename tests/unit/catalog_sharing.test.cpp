// SPDX-License-Identifier: BSL-1.0
// What Catalog keeps between teams: marks, waiting times, who is named in a history, and what ids tell.
#include <inlay/backends/memory.hpp>
#include <inlay/catalog.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/memory_catalog.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace inlay;
using test::error_of;

namespace {

/** Two teams, of which one owns an integration that the other may ask for; and a clock that stands still. */
struct Asking {
  std::shared_ptr<Timestamp> time = std::make_shared<Timestamp>(Timestamp{1'628'589'600'000'000});
  Catalog store;
  Team owner = store.create(Team{.name = "owner"}).value();
  Team asking = store.create(Team{.name = "asking"}).value();
  Integration integration =
      store.create(Integration{.name = "crm", .team_id = owner.id, .sharing = Sharing::ask}).value().integration;
  Catalog owners = store.as({.actor = "olga", .reason = "the owner's reason", .team = owner.id});
  Catalog askers = store.as({.actor = "anna", .reason = "the asker's reason", .team = asking.id});

  explicit Asking(std::chrono::microseconds wait = {}) : store(opened(wait)) {}

  [[nodiscard]] Catalog opened(std::chrono::microseconds wait) const {
    CatalogOptions options;
    options.clock = [now = time] { return *now; };
    options.ask_again_after = wait;
    return Catalog::open("memory:", Backends().add(memory_backend()), std::move(options)).value();
  }

  void pass(std::chrono::microseconds some) const { time->microseconds += some.count(); }
};

std::vector<std::string> steps(Catalog const& catalog, Id<Grant> id) {
  std::vector<std::string> all;
  auto const page = catalog.changes({.row = ChangesRequest::Row{"grant", id.uuid}}).value();
  for (auto const& commit : page.commits) all.push_back(commit.actor + ": " + commit.reason.value_or("none"));
  return all;
}

}  // namespace

TEST_CASE("a verified mark goes when the team changes what it vouches for, and only then") {
  Catalog const catalog = test::open_in_memory();
  auto const team = catalog
                        .create(Team{.name = "team",
                                     .domain = "example.com",
                                     .logo = "https://example.com/logo.png",
                                     .is_verified = true,
                                     .is_white_labeled = true})
                        .value();
  Catalog const own = catalog.as({.team = team.id});
  auto const verify = [&] { CHECK(catalog.update(team.id, {.is_verified = true}).has_value()); };

  for (char const* patch :
       {R"({"name":"other"})", R"({"domain":"example.org"})", R"({"domain":null})",
        R"({"logo":"https://example.org/logo.png"})", R"({"logo":null})", R"({"name":"team","is_verified":true})"}) {
    INFO(patch);
    auto const dry = own.update(team.id, test::object(patch), {.dry_run = true}).value();
    CHECK(dry.changed);
    CHECK_FALSE(dry.resource.is_verified);
    CHECK(own.get(team.id).value().is_verified);
    auto const updated = own.update(team.id, test::object(patch)).value();
    CHECK_FALSE(updated.resource.is_verified);
    CHECK(updated.resource.is_white_labeled);
    CHECK_FALSE(catalog.get(team.id).value().is_verified);
    verify();
  }
  auto const replaced = test::parsed(R"([{"op":"replace","path":"/name","value":"patched"}])");
  CHECK_FALSE(own.update(team.id, JsonPatch{replaced}, {.force = true}).value().resource.is_verified);
  verify();
  CHECK_FALSE(own.update(team.id, {.name = "typed"}).value().resource.is_verified);
  CHECK(error_of(own.update(team.id, {.is_verified = true})).kind == ErrorKind::forbidden);
  verify();

  // What it does not vouch for, what changes nothing, and what the host's administration does.
  CHECK(own.update(team.id, test::object(R"({"terms_of_service":"https://example.com/terms"})"))
            .value()
            .resource.is_verified);
  CHECK_FALSE(own.update(team.id, {.name = "typed"}).value().changed);
  CHECK(catalog.get(team.id).value().is_verified);
  CHECK(catalog.update(team.id, {.name = "renamed"}).value().resource.is_verified);
}

TEST_CASE("a team that was refused may ask again when the time is over, and is told when that is") {
  Asking const world(std::chrono::hours(24));
  auto const grant = world.askers.ask_for(world.integration.id).value().grant;
  world.pass(std::chrono::hours(48));
  CHECK(world.askers.ask_for(world.integration.id).value().grant == grant);  // it is not asked again
  for (GrantStatus const status : {GrantStatus::denied, GrantStatus::revoked}) {
    if (status == GrantStatus::revoked) world.owners.answer(grant.id, GrantStatus::granted).value();
    auto const answered = world.owners.answer(grant.id, status).value();
    world.pass(std::chrono::hours(24) - std::chrono::microseconds(1));
    auto const early = error_of(world.askers.ask_for(world.integration.id));
    CHECK(early.kind == ErrorKind::forbidden);
    CHECK(early.pointer == "/integration_id");
    Timestamp const until{answered.updated_at.microseconds + 86'400'000'000};
    CHECK(early.message == "the request was " + std::string(model::enum_name(status)) +
                               ", and may be asked again from " + to_precise_string(until) + " on");
    CHECK(world.askers.get(grant.id).value() == answered);
    world.pass(std::chrono::microseconds(1));
    CHECK(world.askers.ask_for(world.integration.id).value().grant.status == GrantStatus::pending);
    world.pass(std::chrono::hours(1));
  }

  // The owner may change its mind at any time, and so may the host's administration for the team.
  world.owners.answer(grant.id, GrantStatus::denied).value();
  CHECK(world.store.ask_for(world.integration.id, world.asking.id).value().grant.status == GrantStatus::pending);
  world.owners.answer(grant.id, GrantStatus::denied).value();
  CHECK(world.owners.answer(grant.id, GrantStatus::granted).value().status == GrantStatus::granted);
}

TEST_CASE("unless a time is set, a team may ask again at once, though the clock steps back") {
  for (auto const wait : {std::chrono::microseconds(0), std::chrono::microseconds(-1)}) {
    Asking const world(wait);
    auto const grant = world.askers.ask_for(world.integration.id).value().grant;
    world.owners.answer(grant.id, GrantStatus::denied).value();
    world.pass(-std::chrono::hours(1));
    CHECK(world.askers.ask_for(world.integration.id).has_value());
  }
}

TEST_CASE("a time without end is a hundred years") {
  Asking const world(std::chrono::microseconds::max());
  auto const grant = world.askers.ask_for(world.integration.id).value().grant;
  world.owners.answer(grant.id, GrantStatus::denied).value();
  CHECK(error_of(world.askers.ask_for(world.integration.id)).message.find(" from 2121-") != std::string::npos);
}

TEST_CASE("the history of a grant names to a team who acted for its own side, and nobody of the other") {
  Asking const world;
  auto const grant = world.askers.ask_for(world.integration.id).value().grant;
  world.owners.answer(grant.id, GrantStatus::denied).value();
  world.askers.ask_for(world.integration.id).value();
  world.owners.answer(grant.id, GrantStatus::granted).value();
  world.owners.answer(grant.id, GrantStatus::revoked).value();

  std::string const asked = "anna: the asker's reason";
  std::string const answered = "olga: the owner's reason";
  std::string const hidden = ": none";
  CHECK(steps(world.askers, grant.id) == std::vector{asked, hidden, asked, hidden, hidden});
  CHECK(steps(world.owners, grant.id) == std::vector{hidden, answered, hidden, answered, answered});
  CHECK(steps(world.store, grant.id) == std::vector{asked, answered, asked, answered, answered});
}

TEST_CASE("a team learns of a page's place its revision, and of the other side's steps neither token nor moment") {
  Asking const world;
  auto const grant = world.askers.ask_for(world.integration.id).value().grant;
  world.owners.answer(grant.id, GrantStatus::denied).value();
  world.store.create(Team{.name = "another"}).value();

  ChangesRequest const request{.row = ChangesRequest::Row{"grant", grant.id.uuid}};
  auto const whole = world.store.changes(request).value();
  REQUIRE(whole.through.token.has_value());
  for (std::size_t const limit : {1U, 100U}) {
    auto some = request;
    some.limit = limit;
    auto const seen = world.askers.changes(some).value();
    CHECK_FALSE(seen.through.store.has_value());
    CHECK_FALSE(seen.through.token.has_value());
    CHECK(seen.has_more == (limit == 1));
    some.after = seen.through;
    CHECK(world.askers.changes(some).value().commits.size() == (limit == 1 ? 1 : 0));
  }
  auto const seen = world.askers.changes(request).value();
  CHECK(seen.through.revision() == whole.through.revision());
  REQUIRE(seen.commits.size() == 2);
  CHECK(seen.commits[0].token == whole.commits.at(0).token);
  CHECK(seen.commits[0].moment == whole.commits.at(0).moment);
  CHECK(seen.commits[1].token.is_nil());
  CHECK(seen.commits[1].moment == Timestamp{});
  CHECK(seen.commits[1].time == whole.commits.at(1).time);
}

TEST_CASE("a new id tells the time of a row only where all who see it see its times") {
  Catalog const catalog = test::open_in_memory();
  auto const version = [](Uuid const& id) { return id.bytes[6] >> 4U; };
  auto const team = catalog.create(Team{.name = "team"}).value();
  auto const other = catalog.create(Team{.name = "other"}).value();
  auto const environment = catalog.create(Environment{.team_id = team.id, .name = "e"}).value();
  auto const integration =
      catalog.create(Integration{.name = "i", .team_id = team.id, .sharing = Sharing::ask}).value().integration;
  auto const install =
      catalog.install({.integration_id = integration.id, .environment_id = environment.id}).value().resource.install;
  auto const grant = catalog.ask_for(integration.id, other.id).value().grant;
  CHECK(version(team.id.uuid) == 4);
  CHECK(version(integration.id.uuid) == 4);
  CHECK(version(environment.id.uuid) == 7);
  CHECK(version(install.id.uuid) == 7);
  CHECK(version(grant.id.uuid) == 7);

  // A host has them otherwise.
  Uuid const chosen = parse_uuid("3fda2b4c-0516-41bc-8ae6-4927e42ecce9").value();
  CatalogOptions options;
  options.generate_public_id = [&] { return chosen; };
  CHECK(test::open_in_memory(std::move(options)).create(Team{.name = "team"}).value().id.uuid == chosen);
}
