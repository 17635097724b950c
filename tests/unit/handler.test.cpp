// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/print.hpp>
#include <inlay/rest/handler.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/rest.hpp>

#include <rest/etag.hpp>  // the published algorithm is part of the promise

#include <string>
#include <vector>

using namespace inlay;
using test::body_of;
using test::Client;
using test::Fixture;
using test::header_of;
using test::kind_of;
using test::large_body_of;
using test::pointer_of;

namespace {

std::string text(boost::json::value const& value) { return json::print(value); }

}  // namespace

TEST_CASE_METHOD(Fixture, "each resource can be created, read, listed, updated and removed") {
  auto const team_created = client.post("/team", R"({"name":"Other","domain":"other.example"})");
  REQUIRE(team_created.status == 201);
  auto const team_id = std::string(body_of(team_created).at("id").as_string());
  CHECK(header_of(team_created, "Location") == "/team/" + team_id);

  struct Case {
    std::string path;
    std::string body;
    std::string patch;
    char const* changed;
  };
  for (Case const& each : {
           Case{"/team", R"({"name":"Third"})", R"({"is_verified":true})", R"("is_verified":true)"},
           Case{"/environment", R"({"team_id":")" + team_id + R"(","name":"staging"})", R"({"name":"test"})",
                R"("name":"test")"},
           Case{"/integration", R"({"team_id":")" + team_id + R"(","name":"crm","config":{"a":{"b":1}}})",
                R"({"config":{"a":{"c":null,"d":2}}})", R"("config":{"a":{"b":1,"d":2}})"},
           Case{installs,
                R"({"integration_id":")" +
                    to_string(
                        catalog.create(Integration{.name = "x", .team_id = example.team.id}).value().integration.id) +
                    R"(","environment_id":")" + to_string(example.environment.id) + R"("})",
                R"({"override":{"k":1}})", R"("override":{"k":1})"},
       }) {
    CAPTURE(each.path);
    auto const created = client.post(each.path, each.body);
    CAPTURE(created.body);
    REQUIRE(created.status == 201);
    auto const path = header_of(created, "Location");
    CHECK(path == each.path + "/" + std::string(body_of(created).at("id").as_string()));

    auto const read = client.get(path);
    CHECK(read.status == 200);
    CHECK(read.body == created.body);
    CHECK(header_of(read, "ETag") == header_of(created, "ETag"));
    CHECK(header_of(read, "Content-Type") == "application/json");

    auto const updated = client.patch(path, each.patch);
    CHECK(updated.status == 200);
    CHECK(updated.body.find(each.changed) != std::string::npos);
    CHECK(body_of(updated).at("version") == 2);
    CHECK(client.get(path).body == updated.body);

    auto const listed = client.get(each.path + "?limit=1000");
    CHECK(listed.status == 200);
    CHECK(listed.body.find(std::string(body_of(created).at("id").as_string())) != std::string::npos);

    auto const removed = client.remove(path);
    CHECK(removed.status == 200);
    CHECK(removed.body == R"({"id":")" + std::string(body_of(created).at("id").as_string()) + R"("})");
    CHECK(client.get(path).status == 404);
    CHECK(client.remove(path).status == 404);
  }
}

TEST_CASE_METHOD(Fixture, "installing what is installed answers the install that is there, and 200") {
  auto const before = client.get(install).body;
  auto const again =
      client.post(installs, R"({"integration_id":")" + to_string(example.integration.id) + R"(","environment_id":")" +
                                to_string(example.environment.id) + R"(","is_enabled":false})");
  CHECK(again.status == 200);
  CHECK(again.body == before);
  CHECK(header_of(again, "Location") == "(none)");
}

TEST_CASE_METHOD(Fixture, "a path that leads nowhere is 404, a method that it does not have is 405 with Allow") {
  for (char const* path : {"/", "/nothing", "/team/", "/team//", "//team", "/teams", "/team/x/y/z",
                           "/environment-integration/x/configs", "/grant/x/config", "/team/x/config", "/TEAM"}) {
    CAPTURE(path);
    CHECK(client.get(path).status == 404);
    CHECK(client({"BREW", path, {}, ""}).status == 404);
  }
  struct Case {
    std::string method;
    std::string path;
    char const* allow;
  };
  for (Case const& each : {
           Case{"DELETE", "/team", "GET, HEAD, POST, OPTIONS"},
           Case{"get", "/team", "GET, HEAD, POST, OPTIONS"},
           Case{"PUT", install, "GET, HEAD, PATCH, DELETE, OPTIONS"},
           Case{"POST", install + "/config", "GET, HEAD, OPTIONS"},
           Case{"GET", install + "/preview", "POST, OPTIONS"},
           Case{"DELETE", "/grant/x", "GET, HEAD, PATCH, OPTIONS"},
       }) {
    auto const response = client({each.method, each.path, {}, ""});
    CAPTURE(each.method, each.path);
    CHECK(response.status == 405);
    CHECK(header_of(response, "Allow") == each.allow);
  }
  // A path is decoded before it is looked at.
  CHECK(client.get("/te%61m").status == 200);
  CHECK(client.get("http://localhost:8080/team").status == 200);
}

TEST_CASE_METHOD(Fixture, "HEAD is GET without the body, and OPTIONS says what there is") {
  auto const got = client.get(install);
  auto const head = client({"HEAD", install, {}, ""});
  CHECK(head.status == 200);
  CHECK(head.body.empty());
  CHECK(header_of(head, "Content-Length") == std::to_string(got.body.size()));
  CHECK(header_of(head, "ETag") == header_of(got, "ETag"));
  CHECK(client({"HEAD", "/nothing", {}, ""}).body.empty());

  auto const options = client({"OPTIONS", install, {}, ""});
  CHECK(options.status == 204);
  CHECK(options.body.empty());
  CHECK(header_of(options, "Allow") == "GET, HEAD, PATCH, DELETE, OPTIONS");
  CHECK(header_of(options, "Accept-Patch").find("application/merge-patch+json") == 0);
  CHECK(client({"OPTIONS", "*", {}, ""}).status == 204);
}

TEST_CASE_METHOD(Fixture, "a client that does not take JSON is told so") {
  for (char const* accept : {"text/html", "application/json;q=0", "application/json; q=0.000, */*", "text/*, image/png",
                             "application/*;q=0, text/html"}) {
    CAPTURE(accept);
    CHECK(client.get("/team", {{"accept", accept}}).status == 406);
  }
  for (char const* accept :
       {"", "*/*", "application/json", "APPLICATION/JSON;q=0.1", "text/html, application/*;q=0.5",
        "application/problem+json", "text/html;level=\"1,2\", application/json", "*/*;q=0, application/json"}) {
    CAPTURE(accept);
    CHECK(client.get("/team", {{"Accept", accept}}).status == 200);
  }
}

TEST_CASE_METHOD(Fixture, "a body of a type that is not taken is 415, with what is taken") {
  auto const patched = client.send("PATCH", install, "{}", {}, "text/plain");
  CHECK(patched.status == 415);
  CHECK(header_of(patched, "Accept-Patch").find("application/merge-patch+json") == 0);
  CHECK(header_of(patched, "Accept-Patch").find("application/json") != std::string::npos);
  auto const posted = client.send("POST", "/team", R"({"name":"x"})", {}, "application/merge-patch+json");
  CHECK(posted.status == 415);
  CHECK(header_of(posted, "Accept") == "application/json");
  CHECK(client({"PATCH", install, {}, "{}"}).status == 415);
  CHECK(client.patch(install, "{}", {{"Content-Encoding", "gzip"}}).status == 415);
  CHECK(client.send("PATCH", install, "{}", {}, "application/json; charset=latin1").status == 415);

  CHECK(client.send("PATCH", install, "{}", {}, "application/json").status == 200);
  CHECK(client.send("PATCH", install, "{}", {}, "Application/Merge-Patch+JSON; charset=\"UTF-8\"").status == 200);
}

TEST_CASE("a body that is too long is 413") {
  Catalog const catalog = test::open_in_memory({.limits = {.max_bytes = 1000}});
  rest::Handler const handler(catalog);
  Client const client(handler);
  CHECK(handler.max_body_bytes() == 1000 + 65536);
  std::string body = R"({"name":"x"})";
  CHECK(client.post("/team", body + std::string(handler.max_body_bytes() - body.size(), ' ')).status == 201);
  CHECK(client.post("/team", body + std::string(handler.max_body_bytes() - body.size() + 1, ' ')).status == 413);
}

TEST_CASE_METHOD(Fixture,
                 "a body that can't be read is 400, one that asks for what can't be is 422, and both say where") {
  struct Case {
    std::string body;
    int status;
    char const* pointer;
  };
  std::string const deep = std::string(80, '[') + std::string(80, ']');
  for (Case const& each : {
           Case{"", 400, ""},
           Case{"{", 400, ""},
           Case{"{}{}", 400, ""},
           Case{R"({"is_enabled":true,"is_enabled":true})", 400, "/is_enabled"},
           Case{R"({"override":{"a":1e999}})", 400, "/override/a"},
           Case{"\xFF", 400, ""},
           Case{"[]", 400, "(none)"},
           Case{"null", 400, "(none)"},
           Case{R"({"colour":1})", 422, "/colour"},
           Case{R"({"version":1})", 422, "/version"},
           Case{R"({"is_enabled":"yes"})", 422, "/is_enabled"},
           Case{R"({"is_enabled":null})", 422, "/is_enabled"},
           Case{R"({"override":7})", 422, "/override"},
           Case{R"({"is_enabled":false,"integration":{}})", 422, "/integration"},
       }) {
    CAPTURE(each.body);
    auto const response = client.patch(install, each.body);
    CHECK(response.status == each.status);
    CHECK(pointer_of(response) == each.pointer);
    CHECK(header_of(response, "Content-Type") == "application/problem+json");
  }
  auto const too_deep = client.patch(install, R"({"override":{"a":)" + deep + "}}");
  CHECK(too_deep.status == 422);
  CHECK(kind_of(too_deep) == "invalid_document");
  CHECK(pointer_of(too_deep).find("/override/a/0/0") == 0);
  CHECK(client.get(install).body.find(R"("version":1,)") != std::string::npos);

  CHECK(client.post("/team", "{}").status == 422);
  CHECK(client.post("/team", R"({"name":""})").status == 422);
  CHECK(pointer_of(client.post("/environment", R"({"name":"x"})")) == "/team_id");
}

TEST_CASE_METHOD(Fixture, "what is not there is 404, what is there already or still used is 409") {
  auto const missing = to_string(Id<Team>::generate());
  CHECK(client.get("/team/" + missing).status == 404);
  CHECK(client.get("/team/no-uuid").status == 404);
  auto const dangling = client.post("/environment", R"({"name":"x","team_id":")" + missing + R"("})");
  CHECK(dangling.status == 404);
  CHECK(pointer_of(dangling) == "/team_id");
  auto const twice =
      client.post("/environment", R"({"name":"production","team_id":")" + to_string(example.team.id) + R"("})");
  CHECK(twice.status == 409);
  CHECK(kind_of(twice) == "already_exists");
  auto const used = client.remove(integration);
  CHECK(used.status == 409);
  CHECK(kind_of(used) == "in_use");
}

TEST_CASE_METHOD(Fixture, "the entity tag is version and birth of the row, and XXH64 of the body") {
  CHECK(rest::xxh64("") == 0xEF46DB3751D8E999U);
  CHECK(rest::xxh64("a") == 0xD24EC4F1A98C6E5BU);
  CHECK(rest::xxh64("abc") == 0x44BC2CF5AD770999U);
  CHECK(rest::xxh64("Nobody inspects the spammish repetition") == 0xFBCEA83C8A378BF1U);

  auto const response = client.get(install);
  Birth const birth = catalog.get(example.install.id).value().install.birth;
  CHECK(body_of(response).at("birth").as_string() == to_string(birth));
  CHECK(header_of(response, "ETag") == rest::etag_of({Version{1}, birth}, response.body));
  CHECK(rest::etag_of({Version{12}, Birth{0x0123456789ABCDEFU}}, "abc") == "\"12-0123456789abcdef-44bc2cf5ad770999\"");
}

TEST_CASE_METHOD(Fixture, "If-None-Match compares the whole tag, so that a change of a nested row is never missed") {
  auto const tag = header_of(client.get(install), "ETag");
  for (std::string const& value : {tag, "W/" + tag, "\"x\", " + tag + " , \"y\"", std::string("*")}) {
    CAPTURE(value);
    auto const response = client.get(install, {{"If-None-Match", value}});
    CHECK(response.status == 304);
    CHECK(response.body.empty());
    CHECK(header_of(response, "ETag") == tag);
  }
  CHECK(client.get(install, {{"If-None-Match", "\"1-0000000000000000-0000000000000000\""}}).status == 200);
  CHECK(client.get(install, {{"If-None-Match", "1-x"}}).status == 400);

  REQUIRE(client.patch(integration, R"({"config":{"label":"Renamed"}})").status == 200);
  auto const fresh = client.get(install, {{"If-None-Match", tag}});
  CHECK(fresh.status == 200);
  CHECK(body_of(fresh).at("version") == 1);
  CHECK(header_of(fresh, "ETag") != tag);
  // The same install all the same: its version is what a write names.
  CHECK(client.patch(install, R"({"is_enabled":false})", {{"If-Match", tag}}).status == 200);
}

TEST_CASE_METHOD(Fixture, "If-Match compares versions and births, strongly") {
  std::string const birth = to_string(catalog.get(example.install.id).value().install.birth);
  auto const old = header_of(client.get(install), "ETag");
  auto const now = header_of(client.patch(install, R"({"is_enabled":false})"), "ETag");
  struct Case {
    std::string value;
    int status;
  };
  for (Case const& each :
       {Case{now, 200}, Case{old + ", " + now, 200}, Case{"*", 200}, Case{old, 412}, Case{"W/" + now, 412},
        Case{"\"other\"", 412}, Case{"\"02-" + birth + "-x\"", 412}, Case{"\"+2-" + birth + "-x\"", 412},
        Case{"\"2-" + birth + "-x\"", 200}, Case{"\"2-" + birth + "-\"", 200}, Case{"\"2-" + birth + "\"", 412},
        Case{"\"2-0123456789abcdef\"", 412}, Case{"\"2-x\"", 412}, Case{"\"2-\"", 412}, Case{old + ", \"other\"", 412},
        Case{"2", 400}, Case{"", 400}, Case{"\"2", 400}}) {
    CAPTURE(each.value);
    auto const response = client.patch(install, "{}", {{"If-Match", each.value}});
    CHECK(response.status == each.status);
    if (each.status == 412) {
      CHECK(kind_of(response) == "conflict");
      CHECK(body_of(response).at("current_version") == 2);
    }
  }
  CHECK(client.get(install, {{"If-Match", old}}).status == 412);
  CHECK(client.get(install, {{"If-Match", now}}).status == 200);
  CHECK(client.patch(install, "{}", {{"If-None-Match", now}}).status == 412);
  CHECK(client.patch(install, "{}", {{"If-None-Match", old}}).status == 200);
  CHECK(client.remove(install, {{"If-Match", old}}).status == 412);
  CHECK(client.remove(install, {{"If-Match", now}}).status == 200);
  CHECK(client.remove(install, {{"If-Match", "*"}}).status == 404);
}

TEST_CASE_METHOD(Fixture, "a tag of a row that is gone matches no other row that has its id by now") {
  auto const gone = header_of(client.get(install), "ETag");
  auto row = catalog.get(example.install.id).value().install;
  catalog.uninstall(row.id).value();
  REQUIRE(catalog.install(row).value().created);
  auto const now = header_of(client.get(install), "ETag");
  REQUIRE(now.substr(0, 3) == gone.substr(0, 3));
  auto const old_form = "\"1-0123456789abcdef\"";
  for (std::string const& tags : {gone, "W/" + gone, gone + ", " + gone}) {
    CAPTURE(tags);
    for (auto const& response :
         {client.patch(install, R"({"is_enabled":false})", {{"If-Match", tags}}),
          client.patch(install, "{}", {{"If-Match", tags}}), client.remove(install, {{"If-Match", tags}}),
          client.get(install, {{"If-Match", tags}})}) {
      CHECK(response.status == 412);
      CHECK(kind_of(response) == "conflict");
      CHECK_FALSE(body_of(response).as_object().contains("current_version"));
    }
  }
  CHECK(client.get(install, {{"If-None-Match", gone}}).status == 200);
  CHECK(client.patch(install, "{}", {{"If-Match", gone + ", " + old_form}}).status == 412);
  CHECK(client.patch(install, "{}", {{"If-Match", gone + ", " + now}}).status == 200);
  CHECK(catalog.get(row.id).value().install.version == Version{1});
}

TEST_CASE_METHOD(Fixture, "replacing a document needs If-Match, unless the host says otherwise") {
  std::string const body = R"({"override":{"base_url":null}})";
  auto const refused = client.patch(install + "?override=replace", body);
  CHECK(refused.status == 428);
  CHECK(client.patch(install + "?override=sideways", body).status == 400);
  CHECK(client.patch(install + "?config=replace", body).status == 400);
  CHECK(client.get(install + "?override=replace").status == 400);

  auto const tag = header_of(client.get(install), "ETag");
  auto const replaced = client.patch(install + "?override=replace", body, {{"If-Match", tag}});
  CHECK(replaced.status == 200);
  CHECK(text(body_of(replaced).at("override")) == R"({"base_url":null})");
  CHECK(client.patch(install + "?override=replace", body, {{"If-Match", tag}}).status == 412);
  CHECK(client.patch(install + "?override=replace", R"({"override":{"a":1}})", {{"If-Match", "*"}}).status == 200);
  CHECK(client.patch(install + "?override=merge", R"({"override":{"b":2}})").status == 200);

  CHECK(client.patch(integration + "?config=replace", R"({"config":{"a":null}})", {{"If-Match", "*"}}).status == 200);
  CHECK(text(body_of(client.get(integration)).at("config")) == R"({"a":null})");

  rest::Handler const lenient(catalog, {.requires_if_match = false});
  CHECK(Client(lenient).patch(install + "?override=replace", body).status == 200);
}

TEST_CASE_METHOD(Fixture, "a JSON Patch is done whole or not at all, and needs If-Match") {
  auto const send = [&](std::string const& patch, rest::Headers headers) {
    return client.send("PATCH", install, patch, std::move(headers), "application/json-patch+json");
  };
  rest::Headers const any{{"If-Match", "*"}};
  std::string const good =
      R"([{"op":"test","path":"/version","value":1},{"op":"replace","path":"/is_enabled","value":false},)"
      R"({"op":"add","path":"/override","value":{"label":null}}])";
  CHECK(send(good, {}).status == 428);
  auto const patched = send(good, {{"If-Match", header_of(client.get(install), "ETag")}});
  CAPTURE(patched.body);
  REQUIRE(patched.status == 200);
  CHECK(body_of(patched).at("is_enabled") == false);
  CHECK(text(body_of(patched).at("override")) == R"({"label":null})");

  auto const failed = send(good, any);
  CHECK(failed.status == 409);
  CHECK(kind_of(failed) == "conflict");
  CHECK(send(good, {{"If-Match", "\"1-0\""}}).status == 412);
  for (char const* malformed : {"{}", "[1]", R"([{"op":"add"}])", R"([{"op":"add","path":"/is_enabled"}])",
                                R"([{"op":"copy","path":"/is_enabled"}])", R"([{"op":"spin","path":""}])"}) {
    CAPTURE(malformed);
    CHECK(send(malformed, any).status == 400);
  }
  for (char const* impossible :
       {R"([{"op":"replace","path":"/version","value":9}])", R"([{"op":"remove","path":"/nothing"}])",
        R"([{"op":"replace","path":"/is_enabled","value":"yes"}])",
        R"([{"op":"add","path":"is_enabled","value":1}])"}) {
    CAPTURE(impossible);
    CHECK(send(impossible, any).status == 422);
  }
  CHECK(body_of(send(R"([{"op":null,"path":"/id"}])", any)).at("pointer") == "/0/op");
  auto const as_json = client.send("PATCH", install, good, any, "application/json");
  CHECK(as_json.status == 400);
  CHECK(as_json.body.find("application/json-patch+json") != std::string::npos);
  CHECK(client.get(install).body == patched.body);
  auto const seen = client.send("POST", install + "/preview", R"([{"op":"remove","path":"/override"}])", {},
                                "application/json-patch+json");
  CHECK(seen.status == 200);
  CHECK(text(body_of(seen).at("differences")) == R"([{"pointer":"/label","after":"Example API"}])");
}

TEST_CASE_METHOD(Fixture,
                 "an explanation ends at 4 MiB and its cursor and link go on, until the configuration changes") {
  boost::json::object members;
  for (int i = 0; i < 150; ++i) members.emplace(std::to_string(i), i);
  std::string const name(40'000, 'n');
  std::string const patch = json::print(boost::json::object{{"override", {{name, members}}}});
  REQUIRE(client.patch(install, patch).status == 200);

  std::string const target = install + "/config?pointer=/" + name + "&explain=true";
  auto const first = client.get(target);
  REQUIRE(first.status == 200);
  CHECK(first.body.size() < (std::size_t{4} << 20U) + 2 * name.size());
  std::string const cursor(large_body_of(first).at("next_cursor").as_string());
  CHECK(header_of(first, "Link").find("next_cursor=" + cursor + ">; rel=\"next\"") != std::string::npos);
  auto const second = client.get(target + "&next_cursor=" + cursor);
  CHECK(large_body_of(second).at("next_cursor").is_null());
  CHECK(header_of(second, "Link") == "(none)");
  CHECK(large_body_of(first).at("explanation").as_array().size() +
            large_body_of(second).at("explanation").as_array().size() ==
        150);

  for (auto& member : members) member.value() = -1;
  auto const preview =
      client.post(install + "/preview", json::print(boost::json::object{{"override", {{name, members}}}}));
  REQUIRE(preview.status == 200);
  CHECK(large_body_of(preview).at("truncated") == true);
  CHECK(preview.body.size() < (std::size_t{4} << 20U) + 4 * name.size());

  CHECK(client.get(install + "/config?next_cursor=" + cursor).status == 400);
  CHECK(client.get(install + "/config?explain=true&next_cursor=" + cursor).status == 400);
  CHECK(client.get(install + "/config?explain=true&next_cursor=x").status == 400);
  REQUIRE(client.patch(install, R"({"override":{"new":1}})").status == 200);
  CHECK(client.get(target + "&next_cursor=" + cursor).status == 400);
}

TEST_CASE_METHOD(Fixture, "a preview says what a patch would do and writes nothing") {
  auto const before = client.get(install).body;
  auto const revision = catalog.repository().revision().value();
  auto const response = client.post(
      install + "/preview", R"({"is_enabled":false,"override":{"base_url":"https://eu","headers":{"Accept":null}}})");
  CAPTURE(response.body);
  REQUIRE(response.status == 200);
  auto const body = body_of(response);
  CHECK(body.at("changed") == true);
  CHECK(body.at("resource").at("is_enabled") == false);
  CHECK(text(body.at("differences")) ==
        R"([{"pointer":"/base_url","before":"https://api.example.com","after":"https://eu"}])");
  CHECK(body.at("truncated") == false);

  auto const replaced = client.post(install + "/preview?override=replace", R"({"override":{"label":null}})");
  REQUIRE(replaced.status == 200);
  CHECK(text(body_of(replaced).at("differences")) == R"([{"pointer":"/label","before":"Example API"}])");
  CHECK(text(body_of(client.post(install + "/preview", "{}")).at("changed")) == "false");
  CHECK(client.post(install + "/preview", R"({"colour":1})").status == 422);
  CHECK(client.post(install + "/preview", "{}", {{"If-Match", "\"9-0\""}}).status == 412);

  CHECK(client.get(install).body == before);
  CHECK(catalog.repository().revision().value() == revision);
}

TEST_CASE_METHOD(Fixture, "the effective configuration: whole, one value, and where it comes from") {
  client.patch(install, R"({"is_enabled":false,"override":{"base_url":"https://eu"}})");
  client.patch(install + "?override=replace", R"({"override":{"base_url":"https://eu","label":null}})",
               {{"If-Match", "*"}});

  auto const whole = client.get(install + "/config");
  CAPTURE(whole.body);
  REQUIRE(whole.status == 200);
  auto const body = body_of(whole);
  CHECK(text(body.at("id")) == "\"" + to_string(example.install.id) + "\"");
  CHECK(body.at("integration_name") == "zendesk");
  CHECK(body.at("is_enabled") == false);
  CHECK(body.at("show_in_catalog") == true);
  CHECK(body.at("version") == 3);
  CHECK(body.at("integration_version") == 1);
  CHECK(body.at("birth").as_string() == to_string(catalog.get(example.install.id).value().install.birth));
  CHECK(body.at("integration_birth").as_string() ==
        to_string(catalog.get(example.integration.id).value().integration.birth));
  CHECK(body.at("config").at("base_url") == "https://eu");
  CHECK_FALSE(body.at("config").as_object().contains("label"));
  CHECK(header_of(whole, "ETag").substr(0, 3) == "\"3-");
  CHECK(client.get(install + "/config", {{"If-None-Match", header_of(whole, "ETag")}}).status == 304);

  auto const one = body_of(client.get(install + "/config?pointer=/resources/users/list/method"));
  CHECK(one.at("pointer") == "/resources/users/list/method");
  CHECK(one.at("value") == "get");
  CHECK_FALSE(one.as_object().contains("config"));

  auto const absent = client.get(install + "/config?pointer=%2Flabel");
  CHECK(absent.status == 404);
  CHECK(pointer_of(absent) == "/label");
  CHECK(client.get(install + "/config?pointer=label").status == 400);

  auto const explained = body_of(client.get(install + "/config?pointer=/base_url&explain=true"));
  CHECK(text(explained.at("explanation")) ==
        R"([{"pointer":"/base_url","layer":"environment","value":"https://eu",)"
        R"("shadows":[{"layer":"integration","value":"https://api.example.com"}]}])");
  auto const removed = body_of(client.get(install + "/config?pointer=/label&explain=true"));
  CHECK_FALSE(removed.as_object().contains("value"));
  CHECK(text(removed.at("explanation")) == R"([{"pointer":"/label","layer":"environment","removed":true,)"
                                           R"("shadows":[{"layer":"integration","value":"Example API"}]}])");
  CHECK(client.get(install + "/config?explain=maybe").status == 400);
  CHECK(client.get(install + "/config?colour=1").status == 400);
}

TEST_CASE_METHOD(Fixture,
                 "an explanation tells of an object that took the place of something else, before its members") {
  REQUIRE(client.patch(install, R"({"override":{"label":{"text":"Ours"}}})").status == 200);
  auto const explained = body_of(client.get(install + "/config?pointer=/label&explain=true"));
  CHECK(text(explained.at("value")) == R"({"text":"Ours"})");
  CHECK(text(explained.at("explanation")) ==
        R"([{"pointer":"/label","layer":"environment","value":{"text":"Ours"},)"
        R"("shadows":[{"layer":"integration","value":"Example API"}]},)"
        R"({"pointer":"/label/text","layer":"environment","value":"Ours","shadows":[]}])");
}

TEST_CASE_METHOD(Fixture, "a stored text is passed on as it is, even one that inlay would have written otherwise") {
  // Somebody has edited the rows by hand: the same values, in other words.
  Document const config = Document::from_stored("{ \"big\" : 1.50e1,\t\"a\":\"\\u0041\" }");
  Document const override = Document::from_stored("{\"z\":1, \"z2\" : [ ]}");
  Id<Integration> const id = Id<Integration>::generate();
  auto& repository = catalog.repository();
  auto const insert = [&](Change change) {
    repository.commit({.changes = {std::move(change)}, .token = generate_uuid(), .time = now()}).value();
  };
  insert(Insert<Integration>{{.id = id, .name = "by hand", .config = config, .team_id = example.team.id}});
  EnvironmentIntegration const row{.id = Id<EnvironmentIntegration>::generate(),
                                   .integration_id = id,
                                   .environment_id = example.environment.id,
                                   .override = override};
  insert(Insert<EnvironmentIntegration>{row});

  std::string const config_member = R"("config":)" + std::string(config.text());
  std::string const override_member = R"("override":)" + std::string(override.text());
  auto const integration_text = client.get("/integration/" + to_string(id)).body;
  CHECK(integration_text.find(config_member) != std::string::npos);
  CHECK(client.get("/integration?name=by+hand").body.find(config_member) != std::string::npos);
  auto const install_text = client.get(installs + "/" + to_string(row.id)).body;
  CHECK(install_text.find(config_member) != std::string::npos);
  CHECK(install_text.find(override_member) != std::string::npos);
  CHECK(client.get(installs + "?integration.name=by+hand").body.find(override_member) != std::string::npos);
  CHECK(client.get(installs + "?expand=integration.config").body.find(config_member) != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a handler may be mounted below a path of the host's") {
  rest::Handler const mounted(catalog, {.base_path = "/api/v1"});
  Client const there(mounted);
  CHECK(there.get("/team").status == 404);
  CHECK(there.get("/api/v1").status == 404);
  auto const page = there.get("/api/v1/team?limit=1");
  REQUIRE(page.status == 200);
  auto const created = there.post("/api/v1/team", R"({"name":"x"})");
  CHECK(header_of(created, "Location").find("/api/v1/team/") == 0);
  CHECK(there.get(header_of(created, "Location")).status == 200);
  CHECK(header_of(there.get("/api/v1/team?limit=1"), "Link").find("</api/v1/team?limit=1&next_cursor=") == 0);
}

TEST_CASE_METHOD(Fixture, "a proxy may show other paths than those that the handler is asked by") {
  struct Case {
    rest::HandlerOptions options;
    std::string asked;
    std::string shown;
  };
  for (Case const& one : {Case{{.public_path = "/api/"}, "/team", "/api/team"},
                          Case{{.base_path = "/inner", .public_path = "/api/v1"}, "/inner/team", "/api/v1/team"},
                          Case{{.base_path = "/inner", .public_path = ""}, "/inner/team", "/team"}}) {
    CAPTURE(one.asked, one.shown);
    rest::Handler const behind_proxy(catalog, one.options);
    Client const there(behind_proxy);
    auto const created = there.post(one.asked, R"({"name":"x"})");
    CHECK(header_of(created, "Location").find(one.shown + "/") == 0);
    CHECK(header_of(there.get(one.asked + "?limit=1"), "Link").find("<" + one.shown + "?limit=1&next_cursor=") == 0);
  }
  CHECK_THROWS_AS(rest::Handler(catalog, {.public_path = "https://host.example/api"}), Exception);
}

TEST_CASE_METHOD(Fixture, "tags that a compressing proxy has changed are known again, or explained") {
  auto const tag = header_of(client.get(install), "ETag");
  std::string const inside = tag.substr(0, tag.size() - 1);
  for (std::string const& seen : {inside + "-gzip\"", inside + "-br\"", "W/" + inside + "-gzip\"", ", ," + tag}) {
    CAPTURE(seen);
    CHECK(client.get(install, {{"If-None-Match", seen}}).status == 304);
  }
  for (std::string const& other : {inside + "-zip\"", inside + "-\"", inside + "-gzip-gzip\"", inside + "0\""}) {
    CAPTURE(other);
    CHECK(client.get(install, {{"If-None-Match", other}}).status == 200);
  }
  CHECK(client.patch(install, "{}", {{"If-Match", inside + "-gzip\""}}).status == 200);
  CHECK(client.patch(install, "{}", {{"If-Match", ", " + tag}}).status == 200);
  auto const weak = client.patch(install, "{}", {{"If-Match", "W/" + tag}});
  CHECK(weak.status == 412);
  auto const detail = std::string(body_of(weak).at("detail").as_string());
  CAPTURE(detail);
  CHECK(detail.find("weak") != std::string::npos);
  CHECK(detail.find("is at version") == std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a base path may be written with or without slashes at its ends") {
  for (char const* const base : {"", "/", "//", "/api", "/api/", "api", "api/", "/api//", "/a%20b/v1/", "caf%C3%A9"}) {
    CAPTURE(base);
    rest::Handler const mounted(catalog, {.base_path = base});
    Client const there(mounted);
    std::string const bare = base;
    std::string const prefix = bare.find_first_not_of('/') == std::string::npos ? ""
                               : bare.find("api") != std::string::npos          ? "/api"
                               : bare.front() == '/'                            ? "/a%20b/v1"
                                                                                : "/caf%C3%A9";
    auto const created = there.post(prefix + "/team", R"({"name":"x"})");
    REQUIRE(created.status == 201);
    auto const location = header_of(created, "Location");
    CHECK(location == prefix + "/team/" + std::string(body_of(created).at("id").as_string()));
    CHECK(there.get(location).status == 200);
    CHECK(there.get(prefix + "/team").status == 200);
    CHECK(there.get(prefix + "//team").status == 404);
  }
  for (char const* const base : {"/api?x", "/api#x", "https://host.example/api", "/a//b", "//a", "/a b", "/%zz", "/%FF",
                                 "/..", "/a/./b", "/a/%2e%2e/b"}) {
    CAPTURE(base);
    CHECK_THROWS_AS(rest::Handler(catalog, {.base_path = base}), Exception);
  }
}

TEST_CASE("an id that the caller brings makes a retry safe") {
  Catalog const catalog = test::open_in_memory();
  rest::Handler const handler(catalog);
  Client const client(handler);
  std::string const body = R"({"id":"3fda2b4c-0516-41bc-8ae6-4927e42ecce9","name":"x"})";
  CHECK(client.post("/team", body).status == 201);
  CHECK(client.post("/team", body).status == 409);
}
