// SPDX-License-Identifier: BSL-1.0
// What becomes of installs that the owner of their integration has ended, on every store.
#include <inlay/catalog.hpp>
#include <inlay/storage/transfer.hpp>
#include <inlay/team_catalog.hpp>
#include <inlay/timestamp.hpp>

#include <support/catch.hpp>
#include <support/memory_catalog.hpp>
#include <support/stores.hpp>
#include "sharing_world.hpp"

#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace inlay;
using test::error_of;

namespace {

/** An integration that two other teams have installed, one of them in `many` environments, and its owner too. */
struct Shared {
  Catalog store;
  Team owner = store.create(Team{.name = "owner"}).value();
  Team user = store.create(Team{.name = "user"}).value();
  Team other = store.create(Team{.name = "other"}).value();
  Integration integration =
      store.create(Integration{.name = "crm", .team_id = owner.id, .sharing = Sharing::allow}).value().integration;
  EnvironmentIntegration owners = installed(owner, "production");
  std::vector<EnvironmentIntegration> users;
  EnvironmentIntegration others = installed(other, "production");
  Catalog for_owner = store.as({.actor = "olga", .reason = "the owner's reason", .team = owner.id});
  Catalog for_user = store.as({.actor = "uwe", .reason = "the user's reason", .team = user.id});

  Shared(Catalog catalog, int many) : store(std::move(catalog)) {
    for (int i = 0; i < many; ++i) users.push_back(installed(user, "environment " + std::to_string(i)));
  }

  [[nodiscard]] EnvironmentIntegration installed(Team const& team, std::string name) const {
    auto const environment = store.create(Environment{.team_id = team.id, .name = std::move(name)}).value();
    return store
        .install({.integration_id = integration.id,
                  .environment_id = environment.id,
                  .override = test::document(R"({"limit":1})")})
        .value()
        .resource.install;
  }

  [[nodiscard]] std::size_t ended() const {
    std::size_t count = 0;
    CHECK(
        store
            .for_each(Query<EnvironmentIntegration>{.where = {{"integration_id", Operator::eq, {integration.id.uuid}}}},
                      [&](EnvironmentIntegration const& install) { count += install.ended ? 1U : 0U; })
            .has_value());
    return count;
  }
};

/** Refuses one commit of many. */
struct Refusing : RepositoryFrom<Refusing> {
  std::shared_ptr<Repository> inner;
  int commits_until = -1;  // how many are still done before the one that is not

  explicit Refusing(std::shared_ptr<Repository> repository) : inner(std::move(repository)) {}
  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> const& request) const {
    return inner->find(request);
  }
  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> const& query) const {
    return inner->list(query);
  }
  Result<Committed> commit(Commit const& commit) override {
    if (commits_until-- == 0) return Error{.kind = ErrorKind::unavailable, .message = "not now"};
    return inner->commit(commit);
  }
  Result<ChangePage> changes(ChangesRequest const& request) const override { return inner->changes(request); }
  Result<void> compact(CompactRequest const& request) override { return inner->compact(request); }
  Result<Revision> revision() const override { return inner->revision(); }
  Capabilities const& capabilities() const noexcept override { return inner->capabilities(); }
};

}  // namespace

TEST_CASE("the owner of an integration ends the installs of others, and learns how many there are and nothing else") {
  for (std::string const& url : test::new_store_urls()) {
    INFO(test::scheme_of(url));
    Shared const world(Catalog::open(url).value(), 3);
    std::string const reason = "switched off on 1 March";

    CHECK(error_of(world.for_user.end(world.integration.id, reason)).kind == ErrorKind::forbidden);
    for (std::string const& wrong : {std::string(), std::string(256, 'x'), std::string("a\nb")}) {
      auto const refused = error_of(world.for_owner.end(world.integration.id, wrong));
      CHECK(refused.kind == ErrorKind::invalid_argument);
      CHECK(refused.pointer == "/reason");
    }
    auto const revision = world.store.repository().revision().value();
    CHECK(world.for_owner.end(world.integration.id, reason, {.dry_run = true}).value().count == 4);
    CHECK(world.store.repository().revision().value() == revision);
    CHECK(world.for_owner.end(world.integration.id, reason).value().count == 4);
    CHECK(world.ended() == 4);
    CHECK(world.store.get(world.owners.id).value().install == world.owners);
    CHECK(error_of(world.for_owner.get(world.users[0].id)).kind == ErrorKind::not_found);

    auto const install = world.for_user.get(world.users[0].id).value().install;
    REQUIRE(install.ended.has_value());
    CHECK(install.ended->reason == reason);
    CHECK(install.ended->at == install.updated_at);
    CHECK_FALSE(install.is_enabled);
    CHECK(install.override == world.users[0].override);
    CHECK(install.version == Version{2});
    CHECK_FALSE(world.for_user.effective_config(install.id).value().is_enabled);

    // What is ended stays so, for everybody; the rest is its team's, as before.
    for (Catalog const& caller : {world.for_user, world.store}) {
      for (auto const& refused : {error_of(caller.update(install.id, {.is_enabled = true})),
                                  error_of(caller.update(install.id, test::object(R"({"is_enabled":true})"))),
                                  error_of(caller.update(install.id, {.is_enabled = true}, {.dry_run = true}))}) {
        CHECK(refused.kind == ErrorKind::forbidden);
        CHECK(refused.pointer == "/is_enabled");
      }
      JsonPatch const patch{test::parsed(R"([{"op":"replace","path":"/is_enabled","value":true}])")};
      CHECK(error_of(caller.update(install.id, patch, {.force = true})).kind == ErrorKind::forbidden);
      JsonPatch const undone{test::parsed(R"([{"op":"remove","path":"/ended"}])")};
      CHECK(error_of(caller.update(install.id, undone, {.force = true})).kind == ErrorKind::invalid_argument);
    }
    CHECK(world.for_user.update(install.id, {.show_in_catalog = false}).value().resource.install.ended ==
          install.ended);
    auto const again =
        world.for_user.install({.integration_id = world.integration.id, .environment_id = install.environment_id})
            .value();
    CHECK_FALSE(again.created);
    CHECK(again.resource.install.ended == install.ended);

    // To end them again ends those that came meanwhile.
    CHECK(world.for_owner.end(world.integration.id, "another reason").value().count == 0);
    auto const late = world.installed(world.other, "staging");
    CHECK_FALSE(late.ended.has_value());
    CHECK(world.store.end(world.integration.id, "another reason").value().count == 1);
    CHECK(world.store.get(install.id).value().install.ended == install.ended);
    CHECK(world.store.get(late.id).value().install.ended->reason == "another reason");

    // Its team is not told who of the other team has done it.
    std::vector<std::string> steps;
    auto const history =
        world.for_user.changes({.row = ChangesRequest::Row{"environment_integration", install.id.uuid}}).value();
    for (auto const& commit : history.commits) steps.push_back(commit.actor + ": " + commit.reason.value_or("none"));
    CHECK(steps == std::vector<std::string>{": none", ": none", "uwe: the user's reason"});
    auto const all =
        world.store.changes({.row = ChangesRequest::Row{"environment_integration", install.id.uuid}}).value();
    CHECK(all.commits.at(1).actor == "olga");
    CHECK(all.commits.at(1).reason == "the owner's reason");
  }
}

TEST_CASE("an integration takes its ended installs along, in as many commits as it needs, when no other is left") {
  for (std::string const& url : test::new_store_urls()) {
    for (int const many : {2, 230}) {
      INFO(test::scheme_of(url) << ", " << many);
      auto const refusing = std::make_shared<Refusing>(all_backends().open(url).value());
      Shared const world(Catalog(refusing), many);
      auto const installs = static_cast<std::size_t>(many) + 1;
      CHECK(error_of(world.for_owner.remove(world.integration.id)).kind == ErrorKind::in_use);

      // What breaks off is taken up again.
      refusing->commits_until = many > 100 ? 1 : 0;
      CHECK(error_of(world.for_owner.end(world.integration.id, "over")).kind == ErrorKind::unavailable);
      std::size_t const before = world.ended();
      CHECK(before < installs);
      CHECK((before > 0) == (many > 100));
      CHECK(world.for_owner.end(world.integration.id, "over").value().count == installs - before);

      // While one is left that is not ended, nothing is removed.
      CHECK(error_of(world.for_owner.remove(world.integration.id)).kind == ErrorKind::in_use);
      CHECK(world.ended() == installs);
      CHECK(world.for_owner.uninstall(world.owners.id).has_value());
      CHECK(error_of(world.for_user.remove(world.integration.id)).kind == ErrorKind::forbidden);
      refusing->commits_until = many > 100 ? 1 : 0;
      CHECK(error_of(world.for_owner.remove(world.integration.id)).kind == ErrorKind::unavailable);
      CHECK((world.ended() < installs) == (many > 100));
      CHECK(world.store.get(world.integration.id).has_value());
      CHECK(world.for_owner.remove(world.integration.id).has_value());
      CHECK(error_of(world.store.get(world.integration.id)).kind == ErrorKind::not_found);
      CHECK(error_of(world.for_user.get(world.users[0].id)).kind == ErrorKind::not_found);
      CHECK(world.ended() == 0);
    }
  }
}

TEST_CASE("an install that changes while it is ended is ended as it has become") {
  for (std::string const& url : test::new_store_urls()) {
    INFO(test::scheme_of(url));
    auto const interrupted = std::make_shared<test::Interrupted>(all_backends().open(url).value());
    Shared const world(Catalog(interrupted), 2);
    interrupted->before_commit = [&] {
      CHECK(Catalog(interrupted->inner).update(world.users[1].id, {.show_in_catalog = false}).has_value());
    };
    CHECK(world.for_owner.end(world.integration.id, "over").value().count == 3);
    auto const install = world.store.get(world.users[1].id).value().install;
    CHECK(install.ended.has_value());
    CHECK_FALSE(install.show_in_catalog);
    CHECK(install.version == Version{3});
  }
}

TEST_CASE("an install that is stored as ended and enabled reads as disabled, and can be written but not enabled") {
  for (std::string const& url : test::new_store_urls()) {
    INFO(test::scheme_of(url));
    Shared const world(Catalog::open(url).value(), 1);
    REQUIRE(world.for_owner.end(world.integration.id, "over").has_value());
    Id<EnvironmentIntegration> const id = world.users[0].id;
    Repository& store = world.store.repository();
    // As a process of inlay 0.1 can write it, which does not know that it was ended.
    auto const enable = [&] {
      auto const stored = store.find(FindRequest<EnvironmentIntegration>{.id = id}).value();
      Update<EnvironmentIntegration> enabled{stored, stored};
      enabled.after.is_enabled = true;
      REQUIRE(store.commit({.changes = {enabled}, .token = generate_uuid(), .time = now()}).has_value());
    };
    auto const is_stored_as_enabled = [&] {
      return store.find(FindRequest<EnvironmentIntegration>{.id = id}).value().is_enabled;
    };
    enable();
    REQUIRE(is_stored_as_enabled());

    for (Catalog const& caller : {world.for_user, world.store}) {
      CHECK_FALSE(caller.get(id).value().install.is_enabled);
      CHECK_FALSE(caller.effective_config(id).value().is_enabled);
      Query<EnvironmentIntegration> const query{.where = {{"id", Operator::eq, {id.uuid}}}};
      CHECK_FALSE(caller.list(query).value().items.at(0).is_enabled);
      CHECK_FALSE(
          caller.list(Query<InstalledIntegration>{.where = query.where}).value().items.at(0).install.is_enabled);
      auto const refused = error_of(caller.update(id, {.is_enabled = true}));
      CHECK(refused.kind == ErrorKind::forbidden);
      CHECK(refused.pointer == "/is_enabled");
      CHECK_FALSE(caller.update(id, {.is_enabled = false}).value().changed);
    }
    if (store.capabilities().can_snapshot) {
      REQUIRE(world.store
                  .for_each_config({.where = {{"id", Operator::eq, {id.uuid}}}},
                                   [](ReportedConfig const& reported) {
                                     CHECK_FALSE(reported.installed.is_enabled);
                                     return Result<void>();
                                   })
                  .has_value());
    }

    CHECK(world.for_user.update(id, {.show_in_catalog = false}).value().changed);
    CHECK_FALSE(is_stored_as_enabled());
    enable();
    CHECK(world.for_user.set(id, test::pointer("/limit"), 2).value().changed);
    CHECK_FALSE(is_stored_as_enabled());

    // And where the store decides it after lost races.
    enable();
    auto const interrupted =
        std::make_shared<test::Interrupted>(std::shared_ptr<Repository>(std::shared_ptr<void>(), &store));
    int races = 0;
    std::function<void()> const race = [&] {
      if (++races > 3) return;
      world.store.update(id, {.show_in_catalog = races % 2 != 0}).value();
      enable();
      interrupted->before_commit = race;
    };
    interrupted->before_commit = race;
    CHECK(Catalog(interrupted).set(id, test::pointer("/limit"), 3).value().changed);
    CHECK(races > 3);
    CHECK_FALSE(is_stored_as_enabled());
  }
}

TEST_CASE("an install that was exported as ended and enabled is imported as disabled") {
  auto const from = all_backends().open("memory:").value();
  Shared const world(Catalog(from), 1);
  REQUIRE(world.for_owner.end(world.integration.id, "over").has_value());
  auto const ended = from->find(FindRequest<EnvironmentIntegration>{.id = world.users[0].id}).value();
  Update<EnvironmentIntegration> enabled{ended, ended};
  enabled.after.is_enabled = true;
  REQUIRE(from->commit({.changes = {enabled}, .token = generate_uuid(), .time = now()}).has_value());
  std::string lines;
  REQUIRE(from->dump({.sink =
                          [&](StoreRecord const& record) {
                            storage::append_line(record, lines);
                            return Result<void>();
                          }})
              .has_value());
  auto const to = all_backends().open("memory:").value();
  std::istringstream in(lines);
  REQUIRE(to->restore({.fill = [&](RecordSink const& sink) { return storage::read_lines({.in = in, .sink = sink}); }})
              .has_value());
  auto const imported = to->find(FindRequest<EnvironmentIntegration>{.id = ended.id}).value();
  CHECK_FALSE(imported.is_enabled);
  CHECK(imported.ended == ended.ended);
}
