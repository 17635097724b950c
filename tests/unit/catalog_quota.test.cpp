// SPDX-License-Identifier: BSL-1.0
// Quotas of teams: what they let in, whom it is charged to, and how often the store is asked.
#include <inlay/catalog.hpp>

#include <support/catch.hpp>
#include <support/counting_store.hpp>
#include <support/example.hpp>
#include <support/memory_catalog.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace inlay;
using test::document;
using test::error_of;
using test::object;

namespace {

constexpr std::int64_t second = 1'000'000;

/** A text that makes a document of so many bytes. */
std::string config_of(std::size_t bytes) {
  std::string const around = R"({"a":""})";
  return R"({"a":")" + std::string(bytes - around.size(), 'x') + R"("})";
}

/** A store with two teams, by a clock that stands still, and catalogues with quotas over it. */
struct Quotas {
  std::shared_ptr<Timestamp> time = std::make_shared<Timestamp>(Timestamp{1'628'589'600 * second});  // 10:00 UTC
  std::shared_ptr<test::CountingStore> store = std::make_shared<test::CountingStore>();
  Catalog administration = opened({});
  Team team = administration.create(Team{.name = "one"}).value();
  Team other = administration.create(Team{.name = "other"}).value();
  Environment environment = administration.create(Environment{.team_id = team.id, .name = "live"}).value();
  Integration integration =
      administration
          .create(Integration{
              .name = "crm", .config = document(config_of(100)), .team_id = team.id, .sharing = Sharing::allow})
          .value()
          .integration;

  [[nodiscard]] Catalog opened(TeamQuota quota) const {
    CatalogOptions options;
    options.clock = [now = time] { return *now; };
    options.team_quota = quota;
    return Catalog(store, std::move(options));
  }
  [[nodiscard]] Catalog with(TeamQuota quota) const { return opened(quota).as({.actor = "anna", .team = team.id}); }
  [[nodiscard]] Usage has(Team const& whose) const {
    return store->inside().usage({.team = whose.id, .since = Timestamp{1'628'553'600 * second}}).value();
  }
  void pass(std::chrono::microseconds some) const { time->microseconds += some.count(); }
};

/** Does it in a store of its own: so much is logged for the team then. */
std::uint64_t logged_by(std::function<void(Quotas const& quotas, Catalog const& own)> const& work) {
  Quotas const quotas;
  auto const before = quotas.has(quotas.team).bytes_logged;
  work(quotas, quotas.with({}));
  return quotas.has(quotas.team).bytes_logged - before;
}

bool is_exceeded(Error const& error) { return error.kind == ErrorKind::quota_exceeded && !error.retry_after; }

}  // namespace

TEST_CASE("a team has no more rows than its quota, and can make room") {
  Quotas const quotas;
  Catalog const own = quotas.with({.rows = 4});
  auto const staging = own.create(Environment{.team_id = quotas.team.id, .name = "staging"}).value();
  EnvironmentIntegration const install{.integration_id = quotas.integration.id, .environment_id = staging.id};
  auto const installed = own.install(install).value().resource.install;
  CHECK(quotas.has(quotas.team).rows == 4);

  CHECK(is_exceeded(error_of(own.create(Environment{.team_id = quotas.team.id, .name = "third"}))));
  CHECK(is_exceeded(error_of(own.create_from<Integration>(
      object(R"({"team_id":")" + to_string(quotas.team.id) + R"(","name":"i","config":{}})")))));
  CHECK(is_exceeded(
      error_of(own.install({.integration_id = quotas.integration.id, .environment_id = quotas.environment.id}))));
  CHECK_FALSE(own.install(install).value().created);
  CHECK(own.update(staging.id, {.name = "stage"}).value().changed);
  CHECK(own.get(staging.id).has_value());

  own.uninstall(installed.id).value();
  CHECK(own.create(Environment{.team_id = quotas.team.id, .name = "third"}).has_value());
  CHECK(is_exceeded(error_of(own.create(Environment{.team_id = quotas.team.id, .name = "fourth"}))));
}

TEST_CASE("a team that uninstalls what was ended has room at once") {
  Quotas const quotas;
  Catalog const own = quotas.with({.rows = 4});
  auto const theirs =
      quotas.administration.create(Integration{.name = "erp", .team_id = quotas.other.id, .sharing = Sharing::allow})
          .value();
  auto const installed = own.install({.integration_id = theirs.integration.id, .environment_id = quotas.environment.id})
                             .value()
                             .resource.install;
  REQUIRE(own.create(Environment{.team_id = quotas.team.id, .name = "staging"}).has_value());
  REQUIRE(quotas.has(quotas.team).rows == 4);
  REQUIRE(quotas.administration.as({.team = quotas.other.id}).end(theirs.integration.id, "over").value().count == 1);
  REQUIRE(is_exceeded(error_of(own.create(Environment{.team_id = quotas.team.id, .name = "third"}))));
  SECTION("by the next write") {
    own.uninstall(installed.id).value();
    CHECK(own.create(Environment{.team_id = quotas.team.id, .name = "third"}).has_value());
  }
  SECTION("in one commit, too") {
    auto batch = own.batch();
    batch.uninstall(installed.id);
    batch.create(Environment{.team_id = quotas.team.id, .name = "third"});
    CHECK(batch.commit().has_value());
    CHECK(quotas.has(quotas.team).rows == 4);
  }
}

TEST_CASE("ended installs of others that go along with an integration are no room of its owner's") {
  Quotas const quotas;
  Catalog const own = quotas.with({.rows = 2});  // it has an environment and an integration
  auto const theirs = quotas.administration.create(Environment{.team_id = quotas.other.id, .name = "live"}).value();
  quotas.administration.install({.integration_id = quotas.integration.id, .environment_id = theirs.id}).value();
  REQUIRE(own.end(quotas.integration.id, "over").value().count == 1);
  auto const create = [&](int count) {
    auto batch = own.batch();
    batch.remove(quotas.integration.id);
    for (int i = 0; i < count; ++i) {
      batch.create(Environment{.team_id = quotas.team.id, .name = "e" + std::to_string(i)});
    }
    return batch.commit();
  };
  CHECK(is_exceeded(error_of(create(2))));
  CHECK(create(1).has_value());
}

TEST_CASE("a request counts as a row of the team that asks") {
  Quotas const quotas;
  quotas.administration.update(quotas.integration.id, {.sharing = Sharing::ask}).value();
  Catalog const asker = quotas.opened({.rows = 1}).as({.team = quotas.other.id});
  auto const asked = asker.ask_for(quotas.integration.id).value();
  auto const second_one =
      quotas.administration.create(Integration{.name = "erp", .team_id = quotas.team.id, .sharing = Sharing::ask})
          .value();
  CHECK(is_exceeded(error_of(asker.ask_for(second_one.integration.id))));
  CHECK_FALSE(asker.ask_for(quotas.integration.id).value().created);
  CHECK(quotas.has(quotas.other).rows == 1);
  CHECK(quotas.with({.rows = 0}).answer(asked.grant.id, GrantStatus::granted).has_value());
}

TEST_CASE("a team's configs and overrides have no more bytes than its quota") {
  Quotas const quotas;
  Catalog const own = quotas.with({.bytes = 200});
  auto const install = own.install({.integration_id = quotas.integration.id, .environment_id = quotas.environment.id})
                           .value()
                           .resource.install;
  CHECK(own.update(install.id, {.override = document(config_of(100))}).has_value());
  CHECK(quotas.has(quotas.team).bytes == 200);

  auto const whole = [](std::size_t bytes) { return document(config_of(bytes)); };
  UpdateOptions const replacing{.documents = DocumentMode::replace, .force = true};
  CHECK(is_exceeded(error_of(own.update(install.id, {.override = whole(101)}, replacing))));
  CHECK(is_exceeded(error_of(own.update(quotas.integration.id, object(R"({"config":{"b":1}})")))));
  CHECK(is_exceeded(error_of(own.set(install.id, test::pointer("/b"), 1))));
  CHECK(is_exceeded(error_of(own.update(
      install.id, JsonPatch{test::parsed(R"([{"op":"add","path":"/override/b","value":1}])")}, {.force = true}))));
  CHECK(is_exceeded(error_of(own.create(Integration{.name = "i", .team_id = quotas.team.id}))));

  // A name is not counted, and what makes less is let in; the room is there at once.
  CHECK(own.update(quotas.integration.id, {.name = "a longer name"}).has_value());
  CHECK(own.update(install.id, {.override = whole(50)}, replacing).has_value());
  CHECK(own.update(quotas.integration.id, {.config = whole(150)}, {.documents = DocumentMode::replace, .force = true})
            .has_value());
  CHECK(quotas.has(quotas.team).bytes == 200);
}

TEST_CASE("a team that has more than a lowered quota can make it less, and not more") {
  Quotas const quotas;
  auto const install = quotas.with({})
                           .install({.integration_id = quotas.integration.id,
                                     .environment_id = quotas.environment.id,
                                     .override = document(config_of(500))})
                           .value()
                           .resource.install;
  Catalog const own = quotas.with({.rows = 1, .bytes = 10});
  CHECK(own.update(install.id, {.is_enabled = false}).value().changed);
  CHECK(own.update(install.id, {.override = document(config_of(400))}).has_value());
  CHECK(is_exceeded(error_of(own.update(install.id, {.override = document(config_of(401))}))));
  CHECK(own.inherit(install.id, test::pointer("/a")).has_value());
  CHECK(own.uninstall(install.id).has_value());
  CHECK(is_exceeded(error_of(own.create(Environment{.team_id = quotas.team.id, .name = "third"}))));
}

TEST_CASE("a team logs no more in a day than its quota, to the byte, and again when the next one has begun") {
  auto const rename = [](std::string const& name) {
    return [name](Quotas const& quotas, Catalog const& own) {
      CHECK(own.update(quotas.environment.id, {.name = name}).has_value());
    };
  };
  std::uint64_t const one = logged_by(rename("first"));
  for (bool const fits : {true, false}) {
    Quotas const quotas;
    std::uint64_t const today = quotas.has(quotas.team).bytes_logged;
    Catalog const own = quotas.with({.bytes_logged_a_day = today + 2 * one - (fits ? 0 : 1)});
    rename("first")(quotas, own);
    if (fits) {
      // The row before has another name by now, which is as long.
      CHECK(own.update(quotas.environment.id, {.name = "live"}).has_value());
      CHECK(quotas.has(quotas.team).bytes_logged == today + 2 * one);
    }
    Error const error = error_of(own.update(quotas.environment.id, {.name = "live2"}));
    CHECK(error.kind == ErrorKind::quota_exceeded);
    CHECK(error.retry_after == std::chrono::hours(14));

    quotas.pass(std::chrono::hours(14) - std::chrono::microseconds(1));
    CHECK(error_of(own.update(quotas.environment.id, {.name = "live2"})).retry_after == std::chrono::seconds(1));
    quotas.pass(std::chrono::microseconds(1));
    CHECK(own.update(quotas.environment.id, {.name = "live2"}).has_value());
  }
}

TEST_CASE("a write that logs more than a day's quota is not promised for tomorrow") {
  Quotas const quotas;
  Catalog const own = quotas.with({.bytes_logged_a_day = 300});
  CHECK(is_exceeded(error_of(own.update(quotas.environment.id, {.name = "stage"}))));
}

TEST_CASE("removing is logged and always allowed, so that there is a way back") {
  Quotas const quotas;
  Catalog const own = quotas.with({.rows = 0, .bytes = 0, .bytes_logged_a_day = 0});
  auto const before = quotas.has(quotas.team).bytes_logged;
  CHECK(own.remove(quotas.integration.id).has_value());
  CHECK(own.remove(quotas.environment.id).has_value());
  CHECK(quotas.has(quotas.team).bytes_logged > before);
  CHECK(quotas.has(quotas.team).rows == 0);
}

TEST_CASE("a dry run says what the write would be refused for") {
  Quotas const quotas;
  Catalog const own = quotas.with({.bytes = 100});
  auto const larger = object(R"({"config":{"b":1}})");
  CHECK(is_exceeded(error_of(own.update(quotas.integration.id, larger, {.dry_run = true}))));
  CHECK(own.update(quotas.integration.id, object(R"({"config":{"a":null}})"), {.dry_run = true}).has_value());
  // It has taken nothing.
  Catalog const wider = quotas.with({.bytes = 107});
  for (int i = 0; i < 3; ++i) CHECK(wider.update(quotas.integration.id, larger, {.dry_run = true}).has_value());
  CHECK(wider.update(quotas.integration.id, larger).has_value());
}

TEST_CASE("administration is bound by no quota, and what it writes counts as the owner's") {
  Quotas const quotas;
  Catalog const all = quotas.opened({.rows = 2, .bytes = 100, .bytes_logged_a_day = 0});
  CHECK(all.update(quotas.integration.id, object(R"({"config":{"b":1}})")).has_value());
  CHECK(all.create(Environment{.team_id = quotas.team.id, .name = "third"}).has_value());
  CHECK(quotas.store->counts() == 0);
  CHECK(is_exceeded(
      error_of(all.as({.team = quotas.team.id}).create(Environment{.team_id = quotas.team.id, .name = "fourth"}))));
}

TEST_CASE("the owner of an integration who ends installs pays for none of them, and those whose they are do") {
  Quotas const quotas;
  auto const elsewhere = quotas.administration.create(Environment{.team_id = quotas.other.id, .name = "e"}).value();
  quotas.administration
      .install({.integration_id = quotas.integration.id,
                .environment_id = elsewhere.id,
                .override = document(config_of(1'000))})
      .value();
  Usage const owners = quotas.has(quotas.team);
  Usage const others = quotas.has(quotas.other);
  Catalog const own = quotas.with({.rows = 0, .bytes = 0, .bytes_logged_a_day = 0});
  CHECK(own.end(quotas.integration.id, "over").value().count == 1);
  CHECK(quotas.has(quotas.team) == owners);
  CHECK(quotas.has(quotas.other).bytes_logged > others.bytes_logged + 2'000);
  CHECK(own.remove(quotas.integration.id).has_value());
  CHECK(quotas.has(quotas.other).rows == others.rows - 1);
}

TEST_CASE("an answer counts as the owner's, so that nobody can use up the day of a team that has asked") {
  Quotas const quotas;
  quotas.administration.update(quotas.integration.id, {.sharing = Sharing::ask}).value();
  auto const grant = quotas.administration.as({.team = quotas.other.id}).ask_for(quotas.integration.id).value().grant;
  Usage const askers = quotas.has(quotas.other);
  std::uint64_t const today = quotas.has(quotas.team).bytes_logged;
  Catalog const own = quotas.with({.bytes_logged_a_day = today + 3'000});
  Result<Grant> answered = grant;
  int answers = 0;
  for (GrantStatus next = GrantStatus::granted; answered; ++answers) {
    REQUIRE(answers < 20);
    answered = own.answer(grant.id, next);
    next = next == GrantStatus::granted ? GrantStatus::revoked : GrantStatus::granted;
  }
  CHECK(answers > 2);
  CHECK(answered.error().retry_after.has_value());
  CHECK(quotas.has(quotas.other) == askers);
}

TEST_CASE("the store is asked once a second how much a team has, and never without a quota or for a read") {
  Quotas const quotas;
  auto const rename = [&](Catalog const& own, int number) {
    CHECK(own.update(quotas.environment.id, {.name = "name " + std::to_string(number)}).has_value());
  };
  Catalog const unbounded = quotas.with({});
  for (int i = 0; i < 5; ++i) rename(unbounded, i);
  CHECK(quotas.store->counts() == 0);

  Catalog const own = quotas.with({.rows = 10});
  CHECK(own.get(quotas.environment.id).has_value());
  CHECK(own.list(Query<Integration>()).has_value());
  CHECK(own.update(quotas.environment.id, {.name = "name 4"}).has_value());  // which changes nothing
  CHECK(quotas.store->counts() == 0);
  for (int i = 5; i < 10; ++i) rename(own.as({.actor = "bert", .team = quotas.team.id}), i);
  CHECK(quotas.store->counts() == 1);
  quotas.pass(std::chrono::microseconds(999'999));
  rename(own, 10);
  CHECK(quotas.store->counts() == 1);
  quotas.pass(std::chrono::microseconds(1));
  rename(own, 11);
  CHECK(quotas.store->counts() == 2);
  // A clock that was set back does not keep a count for ever.
  quotas.pass(-std::chrono::hours(1));
  rename(own, 12);
  CHECK(quotas.store->counts() == 3);
}

TEST_CASE("what others write to the store is seen a second later, and what is written here at once") {
  Quotas const quotas;
  Catalog const own = quotas.with({.rows = 4});
  CHECK(own.create(Environment{.team_id = quotas.team.id, .name = "third"}).has_value());
  Catalog const elsewhere = quotas.with({.rows = 4});
  CHECK(elsewhere.create(Environment{.team_id = quotas.team.id, .name = "fourth"}).has_value());
  CHECK(own.create(Environment{.team_id = quotas.team.id, .name = "fifth"}).has_value());
  CHECK(quotas.has(quotas.team).rows == 5);
  CHECK(is_exceeded(error_of(own.create(Environment{.team_id = quotas.team.id, .name = "sixth"}))));
  quotas.pass(std::chrono::seconds(1));
  CHECK(is_exceeded(error_of(elsewhere.create(Environment{.team_id = quotas.team.id, .name = "seventh"}))));
}

TEST_CASE("a write that fails gives back what it was let in with") {
  Quotas const quotas;
  Catalog const own = quotas.with({.rows = 3});
  for (int i = 0; i < 3; ++i) {
    CHECK(error_of(own.create(Environment{.team_id = quotas.team.id, .name = "live"})).kind ==
          ErrorKind::already_exists);
  }
  CHECK(own.create(Environment{.team_id = quotas.team.id, .name = "third"}).has_value());
}

TEST_CASE("threads that write for one team at once do not get beyond its quota") {
  Quotas const quotas;
  Catalog const own = quotas.with({.rows = 20});
  own.update(quotas.environment.id, {.name = "counted"}).value();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 20; ++i) {
        auto const name = std::to_string(thread) + " " + std::to_string(i);
        (void)own.create(Environment{.team_id = quotas.team.id, .name = name});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(quotas.has(quotas.team).rows == 20);
}

TEST_CASE("a write that is decided inside the store is held to the quota as well") {
  Quotas const quotas;
  Catalog const own = quotas.with({.bytes = 200});
  // Somebody is faster each time, until the catalogue leaves it to the store.
  int races = 0;
  quotas.store->before_commit = [&](Commit const& commit) {
    if (commit.actor != "anna") return;
    std::string const name = "faster " + std::to_string(++races);
    quotas.administration.update(quotas.integration.id, {.name = name}).value();
  };
  auto const refused =
      own.update(quotas.integration.id, object(R"({"config":{"b":")" + std::string(100, 'b') + "\"}}"));
  CHECK(is_exceeded(error_of(refused)));
  CHECK(own.update(quotas.integration.id, object(R"({"config":{"b":")" + std::string(50, 'b') + "\"}}")).has_value());
  CHECK(races > 3);
  auto const has = quotas.has(quotas.team).bytes;
  CHECK(has > 150);
  CHECK(is_exceeded(error_of(
      own.update(quotas.integration.id, object(R"({"config":{"c":")" + std::string(200 - has, 'c') + "\"}}")))));
}

TEST_CASE("a quota over a store that cannot count is an error of each write for a team, and of nothing else") {
  Quotas const quotas;
  quotas.store->can_count = false;
  Catalog const own = quotas.with({.rows = 100});
  CHECK(error_of(own.update(quotas.environment.id, {.name = "stage"})).kind == ErrorKind::not_built);
  CHECK(own.get(quotas.environment.id).has_value());
  CHECK(quotas.opened({.rows = 100}).update(quotas.environment.id, {.name = "stage"}).has_value());
}
