// SPDX-License-Identifier: BSL-1.0
#include <support/catch.hpp>
#include <support/stores.hpp>
#include "sharing_world.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace inlay;
using namespace inlay::test;

namespace {

/** A way to take from a team what allows it to install. */
struct Withdrawal {
  char const* name;
  Side side;  ///< before
  ErrorKind refusal;
  std::function<void(World const&)> run;
  std::function<Revision(World const&)> revision;  ///< of the row that it changed
};

std::vector<Withdrawal> const& withdrawals() {
  auto const set_sharing = [](Sharing sharing) {
    return [sharing](World const& w) {
      w.store.as({.team = w.owner.id}).update(w.integration.id, {.sharing = sharing}).value();
    };
  };
  auto const of_integration = [](World const& w) { return w.store.get(w.integration.id).value().integration.revision; };
  static std::vector<Withdrawal> const all{
      {"revoke", granted, ErrorKind::forbidden,
       [](World const& w) { w.store.as({.team = w.owner.id}).answer(w.grant->id, GrantStatus::revoked).value(); },
       [](World const& w) { return w.store.get(w.grant->id).value().revision; }},
      {"allow becomes deny", allow, ErrorKind::not_found, set_sharing(Sharing::deny), of_integration},
      {"allow becomes ask", allow, ErrorKind::forbidden, set_sharing(Sharing::ask), of_integration},
      {"granted, and ask becomes deny", granted, ErrorKind::forbidden, set_sharing(Sharing::deny), of_integration},
  };
  return all;
}

Result<Installed> install(Catalog const& catalog, World const& world) {
  return catalog.as({.actor = "installer", .team = world.other.id})
      .install({.integration_id = world.integration.id, .environment_id = world.other_environment.id});
}

std::size_t installs_of_other(World const& world) {
  return world.store
      .list<EnvironmentIntegration>({.where = {{"environment_id", Operator::eq, {world.other_environment.id.uuid}}}})
      .value()
      .items.size();
}

}  // namespace

TEST_CASE("an install that runs against a revocation or a policy change ends as if one had come before the other") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  auto const repository = all_backends().open(url).value();
  Catalog const catalog(repository);
  auto const interrupted = std::make_shared<Interrupted>(repository);

  for (Withdrawal const& withdrawal : withdrawals()) {
    CAPTURE(withdrawal.name);
    {
      // It comes between the install's look and its write: as if it had come first.
      World const world(catalog, withdrawal.side);
      interrupted->before_commit = [&] { withdrawal.run(world); };
      auto const refused = install(Catalog(interrupted), world);
      CHECK_FALSE(interrupted->before_commit);
      REQUIRE(refused.has_error());
      CHECK(refused.error().kind == withdrawal.refusal);
      CHECK(installs_of_other(world) == 0);
    }
    {
      // The install comes between the withdrawal's look and its write: as if it had come first, and it stays.
      World world(catalog, withdrawal.side);
      std::optional<Result<Installed>> installed;
      interrupted->before_commit = [&] { installed = install(catalog, world); };
      world.store = Catalog(interrupted);
      withdrawal.run(world);
      REQUIRE(installed.has_value());
      REQUIRE(installed->has_value());
      CHECK((*installed)->created);
      Catalog const other = catalog.as({.team = world.other.id});
      auto const id = (*installed)->resource.install.id;
      CHECK(other.get(id).value().install.revision < withdrawal.revision(world));
      CHECK(other.effective_config(id).has_value());
      CHECK(installs_of_other(world) == 1);
      // And no second one.
      other.uninstall(id).value();
      auto const refused = install(catalog, world);
      REQUIRE(refused.has_error());
      CHECK(refused.error().kind == withdrawal.refusal);
    }
  }
}

TEST_CASE("a grant survives a policy that denies for a while, and an install that ran against both came last") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  auto const repository = all_backends().open(url).value();
  Catalog const catalog(repository);
  World const world(catalog, granted);
  auto const interrupted = std::make_shared<Interrupted>(repository);
  interrupted->before_commit = [&] {
    Catalog const owner = catalog.as({.team = world.owner.id});
    owner.update(world.integration.id, {.sharing = Sharing::deny}).value();
    auto const refused = install(catalog, world);
    REQUIRE(refused.has_error());
    CHECK(refused.error().kind == ErrorKind::forbidden);
    owner.update(world.integration.id, {.sharing = Sharing::ask}).value();
  };
  auto const installed = install(Catalog(interrupted), world).value();
  CHECK_FALSE(interrupted->before_commit);
  CHECK(installed.created);
  CHECK(installed.resource.install.revision > catalog.get(world.integration.id).value().integration.revision);
}

TEST_CASE("an install at the very moment of a revocation or a policy change is refused, or came before it") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  Catalog const catalog(all_backends().open(url).value());
  for (Withdrawal const& withdrawal : withdrawals()) {
    auto const end = std::chrono::steady_clock::now() + std::chrono::milliseconds(700);
    for (int round = 0; round < 100 && std::chrono::steady_clock::now() < end; ++round) {
      World const world(catalog, withdrawal.side);
      std::atomic<int> ready{0};
      auto const together = [&ready] {
        ++ready;
        while (ready < 2) std::this_thread::yield();
      };
      std::optional<Result<Installed>> installed;
      std::thread installer([&] {
        together();
        installed = install(catalog, world);
      });
      together();
      // Now at once, now a little later, so that either comes first at times.
      if (round % 2 != 0) std::this_thread::sleep_for(std::chrono::microseconds(round * 37 % 1500));
      bool is_withdrawn = true;
      try {
        withdrawal.run(world);
      } catch (Exception const&) {
        is_withdrawn = false;  // said below, when nobody runs beside it any more
      }
      installer.join();
      CAPTURE(withdrawal.name, round);
      REQUIRE(is_withdrawn);
      REQUIRE(installed.has_value());
      if (*installed) {
        REQUIRE((*installed)->resource.install.revision < withdrawal.revision(world));
        REQUIRE(installs_of_other(world) == 1);
      } else {
        REQUIRE(installed->error().kind == withdrawal.refusal);
        REQUIRE(installs_of_other(world) == 0);
      }
    }
  }
}

TEST_CASE("a removal goes through although teams ask for the integration at that moment") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  auto const repository = all_backends().open(url).value();
  Catalog const catalog(repository);
  auto const interrupted = std::make_shared<Interrupted>(repository);
  for (bool const with_version : {true, false}) {
    World const world(catalog, ask);
    catalog.uninstall(world.owner_install.id).value();
    Catalog const owner = Catalog(interrupted).as({.team = world.owner.id});
    interrupted->before_commit = [&] {
      CHECK(catalog.as({.team = world.other.id}).ask_for(world.integration.id).value().created);
    };
    auto const removed =
        owner.remove(world.integration.id, with_version ? std::optional(world.integration.version) : std::nullopt);
    CHECK(removed.has_value());
    CHECK(catalog.list<Grant>({.where = {{"integration_id", Operator::eq, {world.integration.id.uuid}}}})
              .value()
              .items.empty());
  }
}

TEST_CASE("of two that ask at the same moment one has made the request") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  auto const repository = all_backends().open(url).value();
  Catalog const catalog(repository);
  World const world(catalog, ask);
  auto const interrupted = std::make_shared<Interrupted>(repository);
  std::optional<Asked> faster;
  interrupted->before_commit = [&] {
    faster = catalog.as({.team = world.other.id}).ask_for(world.integration.id).value();
  };
  auto const slower = Catalog(interrupted).as({.team = world.other.id}).ask_for(world.integration.id).value();
  REQUIRE(faster);
  CHECK(faster->created);
  CHECK_FALSE(slower.created);
  CHECK(slower.grant.id == faster->grant.id);
}
