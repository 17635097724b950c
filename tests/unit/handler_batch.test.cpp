// SPDX-License-Identifier: BSL-1.0
// POST /batch: many changes as one commit.
#include <inlay/json/parse.hpp>
#include <inlay/rest/handler.hpp>

#include <support/catch.hpp>
#include <support/rest.hpp>

#include <string>
#include <string_view>

using namespace inlay;
using test::body_of;
using test::Fixture;
using test::kind_of;
using test::pointer_of;

namespace {

std::string with_id(std::string text, std::string const& id, std::string_view name = "ID") {
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + id.size())) {
    text.replace(at, name.size(), id);
  }
  return text;
}

Revision now_at(Fixture const& world) { return world.catalog.repository().revision().value(); }

}  // namespace

TEST_CASE("a batch is posted as an array of operations, and answered with what each comes to") {
  Fixture const world;
  Revision const before = now_at(world);
  std::string const team = to_string(world.example.team.id);
  std::string const install = to_string(world.example.install.id);
  std::string const made = to_string(generate_uuid());
  std::string const other = to_string(world.catalog.create(Team{.name = "other"}).value().id);
  std::string const old =
      to_string(world.catalog.create(Environment{.team_id = world.example.team.id, .name = "old"}).value().id);
  Revision const start = now_at(world);
  std::string body = R"([
    {"op": "create", "entity": "integration", "row": {"id": "MADE", "name": "crm", "team_id": "TEAM", "sharing": "ask"}},
    {"op": "update", "entity": "integration", "id": "MADE", "patch": {"config": {"a": 1}}},
    {"op": "ensure", "entity": "environment", "row": {"name": "production", "team_id": "TEAM"}},
    {"op": "install", "row": {"integration_id": "MADE", "environment_id": "ENVIRONMENT"}},
    {"op": "update", "entity": "environment_integration", "id": "INSTALL", "version": 1, "force": false,
     "patch": [{"op": "replace", "path": "/is_enabled", "value": false}]},
    {"op": "set", "id": "INSTALL", "pointer": "/label", "value": "ours"},
    {"op": "inherit", "id": "INSTALL", "pointer": "/label"},
    {"op": "remove", "id": "INSTALL", "pointer": "/logo", "version": null, "force": null},
    {"op": "ask_for", "integration_id": "MADE", "team_id": "OTHER"},
    {"op": "remove", "entity": "environment", "id": "OLD", "pointer": null},
    {"op": "end", "id": "MADE", "reason": "over"}
  ])";
  body = with_id(body, made, "MADE");
  body = with_id(body, to_string(world.example.environment.id), "ENVIRONMENT");
  body = with_id(body, team, "TEAM");
  body = with_id(body, install, "INSTALL");
  body = with_id(body, other, "OTHER");
  body = with_id(body, old, "OLD");

  auto const would_be = world.client.post("/batch?dry_run=true", body);
  CHECK(would_be.status == 200);
  CHECK(now_at(world) == start);
  auto const shown = body_of(would_be);
  CHECK(shown.at("changed") == true);
  CHECK(shown.at("result").at(7).at("differences").at(0).at("pointer") == "/logo");

  auto const done = world.client.post("/batch", body);
  CAPTURE(done.body);
  REQUIRE(done.status == 200);
  CHECK(now_at(world).value == start.value + 1);
  CHECK(!done.headers.contains("ETag"));
  auto const answer = body_of(done);
  CHECK(!answer.as_object().contains("revision"));  // which tells what other teams do
  auto const& result = answer.at("result").as_array();
  REQUIRE(result.size() == 11);
  CHECK(result[0].at("created") == true);
  CHECK(result[0].at("id").as_string() == made);
  CHECK(result[0].at("version") == 1);
  CHECK(result[0].at("resource").at("name") == "crm");
  CHECK(result[1].at("changed") == true);
  CHECK(result[2].at("created") == false);
  CHECK(result[3].at("created") == true);
  CHECK(!result[3].at("resource").at("integration").as_object().contains("config"));
  CHECK(result[4].at("version") == 2);
  CHECK(result[4].at("birth") == body_of(world.client.get(world.install)).at("birth"));
  CHECK(result[7].at("resource").at("override") == boost::json::object{{"logo", nullptr}});
  CHECK(result[8].at("resource").at("status") == "pending");
  CHECK(result[9] == boost::json::object{{"id", old}});
  CHECK(result[10] == boost::json::object{{"ended", 0}});

  std::string const grant(result[8].at("id").as_string());
  auto const next =
      world.client.post("/batch", with_id(with_id(R"([{"op":"answer","id":"GRANT","status":"granted","version":"1"},
                                    {"op":"uninstall","id":"INSTALL"}])",
                                                  grant, "GRANT"),
                                          install, "INSTALL"));
  CAPTURE(next.body);
  CHECK(next.status == 200);
  CHECK(body_of(next).at("result").at(0).at("resource").at("status") == "granted");
  CHECK(world.client.get(world.install).status == 404);
  CHECK(before < start);
}

TEST_CASE("what is wrong with a batch is answered with the place of the operation, and nothing is done") {
  Fixture const world;
  Revision const before = now_at(world);
  std::string const install = to_string(world.example.install.id);
  auto const refused = [&](std::string const& operation, int status, std::string const& pointer) {
    std::string const good =
        R"({"op":"update","entity":"environment_integration","id":"ID","patch":{"is_enabled":false}})";
    for (char const* const query : {"", "?dry_run=true"}) {
      auto const response =
          world.client.post(std::string("/batch") + query, with_id("[" + good + "," + operation + "]", install));
      CAPTURE(operation, response.body);
      CHECK(response.status == status);
      CHECK(test::header_of(response, "Content-Type") == "application/problem+json");
      CHECK(pointer_of(response) == pointer);
    }
    CHECK(now_at(world) == before);
  };
  refused(R"({"op":"update","entity":"environment_integration","id":"ID","patch":{"override":{"a":1},"x":1}})", 422,
          "/1/x");
  refused(R"({"op":"install","row":{"integration_id":"ID","environment_id":"ID"}})", 404, "/1/integration_id");
  refused(R"({"op":"update","entity":"environment_integration","id":"ID","version":7,"patch":{}})", 409, "/1");
  refused(R"({"op":"create","entity":"team","row":{"name":1}})", 422, "/1/name");
  refused(R"({"op":"dance"})", 422, "/1/op");
  refused(R"({})", 422, "/1/op");
  refused(R"(7)", 422, "/1");
  refused(R"({"op":"uninstall","id":"no id"})", 422, "/1/id");
  refused(R"({"op":"uninstall","id":"ID","colour":1})", 422, "/1/colour");
  refused(R"({"op":"uninstall","id":"ID","version":"x"})", 422, "/1/version");
  refused(R"({"op":"remove","entity":"environment_integration","id":"ID"})", 422, "/1/entity");
  refused(R"({"op":"remove","entity":"grant","id":"ID"})", 422, "/1/entity");
  refused(R"({"op":"update","entity":"team","id":"ID","patch":1})", 422, "/1/patch");
  refused(R"({"op":"set","id":"ID","pointer":"/a"})", 422, "/1/value");
  refused(R"({"op":"answer","id":"ID","status":"maybe"})", 422, "/1/status");
}

TEST_CASE("what may undo somebody else's write needs a version in its operation, or force") {
  Fixture const world;
  std::string const replace = with_id(
      R"([{"op":"update","entity":"environment_integration","id":"ID","documents":"replace","patch":{"override":{}}MORE}])",
      to_string(world.example.install.id));
  auto const with = [&](std::string const& more) { return with_id(replace, more, "MORE"); };
  auto const response = world.client.post("/batch", with(""));
  CHECK(response.status == 428);
  CHECK(pointer_of(response) == "/0");
  CHECK(world.client.post("/batch?dry_run=true", with("")).status == 200);
  CHECK(world.client.post("/batch", with(R"(,"version":1)")).status == 200);
  CHECK(world.client.post("/batch", with(R"(,"force":true)")).status == 200);
  rest::Handler const lenient(world.catalog, {.requires_if_match = false});
  CHECK(test::Client(lenient).post("/batch", with("")).status == 200);
}

TEST_CASE("a batch is an array without conditions, of a size") {
  Fixture const world;
  CHECK(world.client.post("/batch", "{}").status == 400);
  CHECK(world.client.post("/batch", "[").status == 400);
  CHECK(world.client.post("/batch?x=1", "[]").status == 400);
  CHECK(world.client.post("/batch", "[]", {{"If-Match", "*"}}).status == 400);
  CHECK(world.client.post("/batch", "[]", {{"Content-Type", "text/plain"}}).status == 415);
  CHECK(world.client.post("/batch", "[]").body == R"({"changed":false,"result":[]})");
  CHECK(world.client.get("/batch").status == 405);
  std::string many = "[";
  std::string const one = with_id(R"({"op":"uninstall","id":"ID"},)", to_string(world.example.install.id));
  for (int i = 0; i < 10'001; ++i) many += one;
  many.back() = ']';
  auto const response = world.client.post("/batch", many);
  CHECK(response.status == 422);
  CHECK(pointer_of(response) == "/10000");
  CHECK(world.client.post("/batch", "[" + std::string(world.handler.max_body_bytes(), ' ') + "]").status == 413);
}

TEST_CASE("a team's batch does what the team may") {
  Fixture const world;
  Team const other = world.catalog.create(Team{.name = "other"}).value();
  test::Client const theirs(world.handler, {.actor = "bob", .team = other.id});
  std::string const install = to_string(world.example.install.id);
  CHECK(theirs.post("/batch", with_id(R"([{"op":"uninstall","id":"ID"}])", install)).status == 404);
  auto const foreign = theirs.post("/batch", with_id(R"([{"op":"create","entity":"environment",
      "row":{"name":"x","team_id":"ID"}}])",
                                                     to_string(world.example.team.id)));
  CHECK(foreign.status == 403);
  CHECK(kind_of(foreign) == "forbidden");
  CHECK(pointer_of(foreign) == "/0/team_id");
  CHECK(theirs
            .post("/batch", with_id(R"([{"op":"create","entity":"environment","row":{"name":"x","team_id":"ID"}}])",
                                    to_string(other.id)))
            .status == 200);
}
