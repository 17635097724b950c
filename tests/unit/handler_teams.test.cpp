// SPDX-License-Identifier: BSL-1.0
// What callers with a team are answered: sharing, and what they may not see.
#include <inlay/json/print.hpp>
#include <inlay/rest/handler.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/rest.hpp>

#include <string>
#include <vector>

using namespace inlay;
using test::body_of;
using test::Client;
using test::Fixture;
using test::header_of;
using test::kind_of;
using test::pointer_of;

TEST_CASE_METHOD(Fixture, "a team asks for an integration, and its owner answers") {
  auto const other = catalog.create(Team{.name = "Other"}).value();
  REQUIRE(client.patch(integration, R"({"sharing":"ask"})").status == 200);
  Client const asker(handler, {.actor = "bob", .team = other.id});
  Client const owner(handler, {.actor = "alice", .team = example.team.id});
  std::string const body = R"({"integration_id":")" + to_string(example.integration.id) + R"("})";

  auto const asked = asker.post("/grant", body);
  CAPTURE(asked.body);
  REQUIRE(asked.status == 201);
  auto const path = header_of(asked, "Location");
  CHECK(body_of(asked).at("status") == "pending");
  CHECK(json::print(body_of(asked).at("team_id")) == "\"" + to_string(other.id) + "\"");
  auto const again = asker.post("/grant", body);
  CHECK(again.status == 200);
  CHECK(again.body == asked.body);

  CHECK(asker.patch(path, R"({"status":"granted"})").status == 403);
  for (char const* wrong : {"{}", R"({"status":"maybe"})", R"({"status":null})", R"({"team_id":"x"})"}) {
    CAPTURE(wrong);
    CHECK(owner.patch(path, wrong).status == 422);
  }
  CHECK(owner.patch(path, R"({"status":"granted"})", {{"If-Match", "\"9-0\""}}).status == 412);
  auto const granted = owner.patch(path, R"({"status":"granted"})", {{"If-Match", header_of(asked, "ETag")}});
  REQUIRE(granted.status == 200);
  CHECK(body_of(granted).at("status") == "granted");
  CHECK(body_of(asker.get("/grant?status=granted")).at("result").as_array().size() == 1);
  CHECK(asker.get(path).body == granted.body);
  CHECK(owner.patch(path, R"({"status":"pending"})").status == 422);
  CHECK(body_of(owner.patch(path, R"({"status":"revoked"})")).at("status") == "revoked");

  CHECK(asker.post("/grant", "{}").status == 422);
  CHECK(asker.post("/grant", R"({"integration_id":"x"})").status == 422);
  CHECK(asker.post("/grant", R"({"integration":"x"})").status == 422);
}

TEST_CASE_METHOD(Fixture, "a caller with a team reaches what is theirs and nothing else") {
  auto const other = catalog.create(Team{.name = "Other"}).value();
  REQUIRE(client.patch(integration, R"({"sharing":"ask"})").status == 200);
  Client const stranger(handler, {.actor = "mallory", .team = other.id});
  CHECK(stranger.get(install).status == 404);
  CHECK(stranger.get(install + "/config").status == 404);
  CHECK(stranger.patch(install, "{}").status == 404);
  CHECK(stranger.remove(install).status == 404);
  CHECK(stranger.post(install + "/preview", "{}").status == 404);
  CHECK(stranger.get(environment).status == 404);
  CHECK(body_of(stranger.get(installs)).at("result").as_array().empty());

  auto const seen = body_of(stranger.get(integration)).as_object();
  CHECK_FALSE(seen.contains("config"));
  CHECK(seen.at("name") == "zendesk");
  CHECK(stranger.patch(integration, R"({"is_beta":true})").status == 403);
  CHECK(stranger.post("/team", R"({"name":"x"})").status == 403);
}

TEST_CASE_METHOD(Fixture, "what a caller may not see is answered as what is not there, header for header") {
  auto const other = catalog.create(Team{.name = "Other"}).value();
  auto const own = catalog.create(Environment{.team_id = other.id, .name = "own"}).value();
  REQUIRE(client.patch(integration, R"({"sharing":"ask"})").status == 200);
  auto const third = catalog.create(Team{.name = "Third"}).value();
  auto const grant = catalog.as({.team = third.id}).ask_for(example.integration.id).value().grant;
  REQUIRE(client.patch(integration, R"({"sharing":"deny"})").status == 200);
  Client const stranger(handler, {.actor = "mallory", .team = other.id});
  std::string const absent = "05daecaf-4365-42e8-8370-000000000000";
  std::string const hidden_integration = to_string(example.integration.id);

  std::vector<rest::Headers> const conditions{{},
                                              {{"If-Match", "*"}},
                                              {{"If-Match", "\"1-a\""}},
                                              {{"If-Match", "\"1-a\", \"2-b\", \"3-c\""}},
                                              {{"If-Match", header_of(client.get(integration), "ETag")}},
                                              {{"If-None-Match", "*"}},
                                              {{"If-None-Match", header_of(client.get(integration), "ETag")}}};
  auto const is_told_apart = [&](std::string const& method, std::string const& target, std::string const& body,
                                 std::string const& type, rest::Headers const& headers, std::string const& hidden) {
    auto const with = [&](std::string const& id) {
      auto const put = [&](std::string text) {
        for (auto at = text.find("{id}"); at != std::string::npos; at = text.find("{id}")) text.replace(at, 4, id);
        return text;
      };
      return stranger.send(method, put(target), put(body), headers, type);
    };
    auto const one = with(hidden);
    auto const nothing = with(absent);
    CAPTURE(method, target, body, one.body, nothing.body);
    CHECK(one.status == nothing.status);
    CHECK(one.headers == nothing.headers);
    CHECK(one.body == nothing.body);
    CHECK(one.status != 200);
  };
  std::string const json = "application/json";
  struct Row {
    std::string path;
    std::string id;
    std::string patch;
  };
  for (Row const& row : {Row{"/integration", hidden_integration, R"({"is_beta":true})"},
                         Row{"/environment", to_string(example.environment.id), R"({"name":"x"})"},
                         Row{installs, to_string(example.install.id), R"({"is_enabled":false})"},
                         Row{"/grant", to_string(grant.id), R"({"status":"granted"})"}}) {
    for (auto const& headers : conditions) {
      is_told_apart("GET", row.path + "/{id}", "", json, headers, row.id);
      is_told_apart("HEAD", row.path + "/{id}", "", json, headers, row.id);
      is_told_apart("PATCH", row.path + "/{id}", row.patch, json, headers, row.id);
      is_told_apart("PATCH", row.path + "/{id}", R"([{"op":"test","path":"/version","value":1}])",
                    "application/json-patch+json", headers, row.id);
      is_told_apart("DELETE", row.path + "/{id}", "", json, headers, row.id);
    }
  }
  for (auto const& headers : conditions) {
    is_told_apart("PATCH", integration + "?config=replace", R"({"config":{}})", json, headers, hidden_integration);
    is_told_apart("GET", installs + "/{id}/config", "", json, headers, to_string(example.install.id));
    is_told_apart("GET", installs + "/{id}/config?explain=true&pointer=/label", "", json, headers,
                  to_string(example.install.id));
    is_told_apart("POST", installs + "/{id}/preview", "{}", json, headers, to_string(example.install.id));
  }
  is_told_apart("POST", installs, R"({"integration_id":"{id}","environment_id":")" + to_string(own.id) + R"("})", json,
                {}, hidden_integration);
  is_told_apart("POST", installs, R"({"integration_id":")" + hidden_integration + R"(","environment_id":"{id}"})", json,
                {}, to_string(example.environment.id));
  is_told_apart("POST", "/grant", R"({"integration_id":"{id}"})", json, {}, hidden_integration);
}

TEST_CASE_METHOD(Fixture, "the entity tag of a summary stands still while only what it hides changes") {
  auto const other = catalog.create(Team{.name = "Other"}).value();
  REQUIRE(client.patch(integration, R"({"sharing":"ask"})").status == 200);
  Client const stranger(handler, {.actor = "bob", .team = other.id});
  auto const tag = header_of(stranger.get(integration), "ETag");
  CHECK(tag.find("\"0-") == 0);
  REQUIRE(client.patch(integration, R"({"config":{"label":"New"}})").status == 200);
  CHECK(header_of(stranger.get(integration), "ETag") == tag);
  CHECK(stranger.get(integration, {{"If-None-Match", tag}}).status == 304);
  REQUIRE(client.patch(integration, R"({"category":"crm"})").status == 200);
  CHECK(header_of(stranger.get(integration), "ETag") != tag);
}

TEST_CASE_METHOD(Fixture, "an id that somebody else's row has is taken, whether the caller sees that row or not") {
  auto const other = catalog.create(Team{.name = "Other"}).value();
  REQUIRE(client.patch(integration, R"({"sharing":"deny"})").status == 200);
  Client const stranger(handler, {.actor = "bob", .team = other.id});
  REQUIRE(stranger.get(integration).status == 404);
  auto const refused = stranger.post("/integration", R"({"name":"x","id":")" + to_string(example.integration.id) +
                                                         R"(","team_id":")" + to_string(other.id) + R"("})");
  CHECK(refused.status == 409);
  CHECK(kind_of(refused) == "already_exists");
  CHECK(pointer_of(refused) == "/id");
}
