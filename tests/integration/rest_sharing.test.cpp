// SPDX-License-Identifier: BSL-1.0
// What teams do to one another through the REST resource.
#include <inlay/rest/handler.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/rest.hpp>

#include <string>

using namespace inlay;
using test::body_of;
using test::Client;
using test::Fixture;
using test::kind_of;
using test::pointer_of;

TEST_CASE_METHOD(Fixture, "POST /integration/{id}/end ends the installs of other teams, or says how many there are") {
  REQUIRE(client.patch(integration, R"({"sharing":"allow"})").status == 200);
  auto const other = catalog.create(Team{.name = "Other"}).value();
  auto const environment_of_other = catalog.create(Environment{.team_id = other.id, .name = "production"}).value();
  Client const owner(handler, {.actor = "alice", .team = example.team.id});
  Client const user(handler, {.actor = "bob", .team = other.id});
  std::string const body = R"({"integration_id":")" + to_string(example.integration.id) + R"(","environment_id":")" +
                           to_string(environment_of_other.id) + R"("})";
  auto const path = test::header_of(user.post(installs, body), "Location");
  std::string const reason = R"({"reason":"switched off on 1 March"})";

  CHECK(user.post(integration + "/end", reason).status == 403);
  for (char const* const wrong : {"{}", R"({"reason":1})", R"({"reason":""})", R"({"reason":"r","at":1})"}) {
    CAPTURE(wrong);
    CHECK(owner.post(integration + "/end", wrong).status == 422);
  }
  CHECK(pointer_of(owner.post(integration + "/end", R"({"reason":""})")) == "/reason");
  CHECK(owner.post(integration + "/end?dry_run=maybe", reason).status == 400);
  CHECK(owner.post("/integration/" + to_string(environment_of_other.id) + "/end", reason).status == 404);
  CHECK(owner.get(integration + "/end").status == 405);

  auto const dry = owner.post(integration + "/end?dry_run=true", reason);
  CHECK(dry.status == 200);
  CHECK(dry.body == R"({"ended":1})");
  CHECK_FALSE(body_of(user.get(path)).as_object().contains("ended"));
  CHECK(owner.post(integration + "/end", reason).body == R"({"ended":1})");
  CHECK(owner.post(integration + "/end", reason).body == R"({"ended":0})");

  auto const ended = body_of(user.get(path)).as_object();
  CHECK(ended.at("is_enabled") == false);
  CHECK(ended.at("ended").at("reason") == "switched off on 1 March");
  CHECK(ended.at("ended").at("at") == ended.at("updated_at"));
  auto const enabled = user.patch(path, R"({"is_enabled":true})");
  CHECK(enabled.status == 403);
  CHECK(pointer_of(enabled) == "/is_enabled");
  auto const taken_away = user.patch(path, R"({"ended":null})");
  CHECK(taken_away.status == 422);
  CHECK(pointer_of(taken_away) == "/ended");
  CHECK(body_of(user.get(path + "/config")).at("is_enabled") == false);

  CHECK(kind_of(owner.remove(integration)) == "in_use");
  CHECK(owner.remove(install).status == 200);
  CHECK(owner.remove(integration).status == 200);
  CHECK(user.get(path).status == 404);
}

TEST_CASE("a team that asks again too early is answered 403, with the time") {
  Catalog const catalog = test::open_in_memory({.ask_again_after = std::chrono::hours(1)});
  test::Example const example(catalog);
  rest::Handler const handler(catalog);
  auto const other = catalog.create(Team{.name = "Other"}).value();
  catalog.update(example.integration.id, {.sharing = Sharing::ask}).value();
  Client const owner(handler, {.actor = "alice", .team = example.team.id});
  Client const asker(handler, {.actor = "bob", .team = other.id});
  std::string const body = R"({"integration_id":")" + to_string(example.integration.id) + R"("})";
  auto const path = test::header_of(asker.post("/grant", body), "Location");
  CHECK(owner.patch(path, R"({"status":"denied"})").status == 200);
  auto const early = asker.post("/grant", body);
  CHECK(early.status == 403);
  CHECK(pointer_of(early) == "/integration_id");
  CHECK(early.body.find("may be asked again from 2021-08-10T1") != std::string::npos);
}
