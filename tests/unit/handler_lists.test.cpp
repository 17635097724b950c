// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/parse.hpp>
#include <inlay/rest/handler.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/rest.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace inlay;
using test::body_of;
using test::Client;
using test::Fixture;
using test::header_of;
using test::kind_of;

TEST_CASE_METHOD(Fixture, "lists are walked by limit and cursor, and the next page keeps the other parameters") {
  for (int i = 0; i < 7; ++i) {
    auto const response = client.post("/team", R"({"name":"same name","domain":"d)" + std::to_string(i) + R"("})");
    REQUIRE(response.status == 201);
  }
  std::vector<std::string> domains;
  std::string target = "/team?name=same+name&limit=3&domain[in]=d0,d1,d2,d3,d4,d5,d6,x%2Cy";
  int pages = 0;
  while (!target.empty()) {
    auto const page = client.get(target);
    CAPTURE(target, page.body);
    REQUIRE(page.status == 200);
    auto const body = body_of(page);
    CHECK(body.at("limit") == 3);
    for (auto const& item : body.at("result").as_array()) domains.emplace_back(item.at("domain").as_string());
    ++pages;
    auto const link = header_of(page, "Link");
    if (body.at("next_cursor").is_null()) {
      CHECK(link == "(none)");
      break;
    }
    auto const cursor = std::string(body.at("next_cursor").as_string());
    REQUIRE(link.size() > 13);
    target = link.substr(1, link.find('>') - 1);
    CHECK(link.substr(link.find('>')) == ">; rel=\"next\"");
    CHECK(target == "/team?name=same+name&limit=3&domain%5Bin%5D=d0,d1,d2,d3,d4,d5,d6,x%2Cy&next_cursor=" + cursor);
  }
  CHECK(pages == 3);
  CHECK(domains == std::vector<std::string>{"d0", "d1", "d2", "d3", "d4", "d5", "d6"});
  CHECK(body_of(client.get("/team")).at("limit") == 25);
}

TEST_CASE_METHOD(Fixture, "an install is found by the names of its team, environment and integration") {
  auto const found = [&](std::string const& query) {
    auto const response = client.get(installs + "?" + query);
    CAPTURE(response.body);
    REQUIRE(response.status == 200);
    std::vector<std::string> ids;
    auto const body = body_of(response);
    for (auto const& item : body.at("result").as_array()) ids.emplace_back(item.at("id").as_string());
    return ids;
  };
  auto const encoded = [](std::string name) {
    for (char& c : name) c = c == ' ' ? '+' : c;
    return name;
  };
  std::string const names = "environment.name=" + encoded(example.environment.name) +
                            "&integration.name=" + encoded(example.integration.name);
  std::string const of_team = "environment.team.name=" + encoded(example.team.name);
  std::vector<std::string> const one{to_string(example.install.id)};
  CHECK(found(names) == one);
  CHECK(found(names + "&" + of_team) == one);
  CHECK(found("integration.team.name=" + encoded(example.team.name)) == one);
  CHECK(found("environment.name[in]=absent," + encoded(example.environment.name)) == one);
  CHECK(found(names + "&environment.team.name=absent").empty());
  CHECK(found("environment.name=absent").empty());

  // Which team, has to be said.
  auto const refused = client.get(installs + "?team.name=x");
  CHECK(refused.status == 400);
  CHECK(body_of(client.get("/environment?team.name=" + encoded(example.team.name))).at("result").as_array().size() ==
        1);
  CHECK(body_of(client.get("/integration?team.name=absent")).at("result").as_array().empty());

  // A team finds its own.
  Client const own(handler, {.actor = "own", .team = example.team.id});
  CHECK(body_of(own.get(installs + "?" + names)).at("result").as_array().size() == 1);
  auto const other = catalog.create(Team{.name = "Other"}).value();
  Client const others(handler, {.actor = "others", .team = other.id});
  CHECK(body_of(others.get(installs + "?" + names)).at("result").as_array().empty());
  CHECK(body_of(others.get(installs + "?" + of_team)).at("result").as_array().empty());
}

TEST_CASE_METHOD(Fixture, "a cursor is taken as it was given, by the list that gave it, and any other is a 400") {
  REQUIRE(client.post("/team", R"({"name":"second"})").status == 201);
  auto const cursor = std::string(body_of(client.get("/team?limit=1")).at("next_cursor").as_string());
  CHECK(client.get("/team?limit=1&next_cursor=" + cursor).status == 200);
  CHECK(cursor == body_of(client.get("/team?limit=1")).at("next_cursor").as_string());
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    CAPTURE(i);
    auto tampered = cursor;
    tampered[i] = tampered[i] == 'A' ? 'B' : 'A';
    CHECK(client.get("/team?next_cursor=" + tampered).status == 400);
    CHECK(client.get("/team?next_cursor=" + cursor.substr(0, i)).status == 400);
  }
  CHECK(client.get("/team?next_cursor=" + cursor + "AAAA").status == 400);
  CHECK(client.get("/environment?next_cursor=" + cursor).status == 400);
  // The catalogue's own cursor, which anybody could compute who guesses a time, is none here.
  auto const plain = to_string(*catalog.list<Team>({.limit = 1}).value().next);
  auto const refused = client.get("/team?next_cursor=" + plain);
  CHECK(refused.status == 400);
  CHECK(kind_of(refused) == "invalid_argument");
}

TEST_CASE_METHOD(Fixture, "a cursor does not show when a row was created") {
  // Rows whose times differ by one microsecond, and whose ids by one bit: nothing of that is to be seen.
  auto times = std::make_shared<std::int64_t>(1'628'589'600'000'000);
  Catalog const timed =
      Catalog::open("memory:", Backends().add(memory_backend()), {.clock = [times] { return Timestamp{(*times)++}; }})
          .value();
  for (char const* const id : {"05daecaf-4365-42e8-8370-8127de5dd710", "05daecaf-4365-42e8-8370-8127de5dd711",
                               "05daecaf-4365-42e8-8370-8127de5dd712"}) {
    (void)timed.create(Team{.id = Id<Team>::parse(id).value(), .name = "x"}).value();
  }
  rest::Handler const its_handler(timed);
  auto const cursor_of = [&](int limit) {
    auto const page = Client(its_handler).get("/team?limit=" + std::to_string(limit));
    return std::string(body_of(page).at("next_cursor").as_string());
  };
  std::string const first = cursor_of(1);
  std::string const second = cursor_of(2);
  CHECK(first.size() == second.size());
  std::size_t same = 0;
  for (std::size_t i = 0; i < first.size(); ++i) same += first[i] == second[i] ? 1U : 0U;
  CHECK(same < first.size() / 4);  // of 72 characters that are as good as random about one is the same
  CHECK(first.find(to_string(*timed.list<Team>({.limit = 1}).value().next).substr(0, 8)) == std::string::npos);
}

TEST_CASE_METHOD(Fixture, "handlers take each other's cursors when they have the same key") {
  REQUIRE(client.post("/team", R"({"name":"second"})").status == 201);
  std::string const key = "a secret that the host keeps somewhere";
  rest::Handler const one(catalog, {.cursor_key = key});
  rest::Handler const same(catalog, {.cursor_key = key});
  rest::Handler const different(catalog, {.cursor_key = key + "!"});
  rest::Handler const copy = handler;
  auto const next_of = [](rest::Handler const& its) {
    return "/team?next_cursor=" + std::string(body_of(Client(its).get("/team?limit=1")).at("next_cursor").as_string());
  };
  CHECK(Client(same).get(next_of(one)).status == 200);
  CHECK(Client(different).get(next_of(one)).status == 400);
  CHECK(Client(handler).get(next_of(one)).status == 400);
  CHECK(Client(copy).get(next_of(handler)).status == 200);
  rest::Handler const another(catalog);
  CHECK(Client(another).get(next_of(handler)).status == 400);  // the key is random, not a constant

  for (std::string const& bad : {std::string(), std::string(31, 'x')}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(rest::Handler(catalog, {.cursor_key = bad}), Exception);
  }
}

TEST_CASE_METHOD(Fixture, "lists are filtered by the documented fields and by no others") {
  auto const count = [&](std::string const& target) {
    auto const response = client.get(target);
    CAPTURE(target, response.body);
    REQUIRE(response.status == 200);
    return body_of(response).at("result").as_array().size();
  };
  std::string const environment_id = to_string(example.environment.id);
  CHECK(count(installs + "?environment_id=" + environment_id) == 1);
  CHECK(count(installs + "?environment_id=" + to_string(example.team.id)) == 0);
  CHECK(count(installs + "?integration.name=zendesk&is_enabled=true&integration.category[ne]=crm") == 1);
  CHECK(count(installs + "?integration.name[gt]=zendesk") == 0);
  CHECK(count(installs + "?show_in_catalog=false") == 0);
  CHECK(count("/integration?sharing[in]=allow,ask&is_beta=false&category=helpdesk") == 1);
  CHECK(count("/environment?name[gte]=p&name[lt]=q&team_id=" + to_string(example.team.id)) == 1);
  CHECK(count("/team?domain=example.com") == 1);
  REQUIRE(client.post("/team", R"({"name":"Acme, Inc.","domain":"back\\slash"})").status == 201);
  for (char const* const in :
       {R"(Acme\,+Inc.,x)", "Acme%5C,+Inc.,x", R"(x,Acme\,%20Inc.)", "Acme%5c%2C%20Inc.", R"(Acme\%2C+Inc.)"}) {
    CHECK(count(std::string("/team?name[in]=") + in) == 1);
  }
  CHECK(count(R"(/team?domain[in]=back\\slash)") == 1);
  CHECK(count(R"(/team?domain=back\slash)") == 1);
  CHECK(count("/grant?status=pending") == 0);

  for (std::string const& target : std::vector<std::string>{"/team?colour=1",
                                                            "/team?is_verified=true",
                                                            installs + "?override=x",
                                                            installs + "?integration.id=x",
                                                            "/environment?expand=integration.config",
                                                            "/team?name[like]=x",
                                                            "/team?name[]=x",
                                                            installs + "?environment_id=x",
                                                            installs + "?is_enabled=yes",
                                                            "/team?limit=0",
                                                            "/team?limit=1001",
                                                            "/team?limit=1&limit=2",
                                                            "/team?limit=",
                                                            "/team?limit=-1",
                                                            "/team?next_cursor=x",
                                                            "/team?next_cursor=",
                                                            installs + "?expand=everything",
                                                            installs + "?exclude=config",
                                                            installs + "?exclude=",
                                                            "/integration?exclude=override",
                                                            "/team?exclude=config",
                                                            "/team?name=%FF",
                                                            "/team?name=%00",
                                                            "/team?=x",
                                                            "/grant?version=1"}) {
    CAPTURE(target);
    CHECK(client.get(target).status == 400);
  }
  CHECK(body_of(client.get("/team?c%C3%B6lour=1")).at("detail").as_string().find("c\xC3\xB6lour") !=
        boost::json::string::npos);
}

TEST_CASE_METHOD(Fixture, "a field that is to equal two values is a question for another answer, not an empty list") {
  auto const refused = client.get("/team?name=a&name=b");
  CHECK(refused.status == 400);
  CHECK(std::string(body_of(refused).at("detail").as_string()).find("name[in]=one,other") != std::string::npos);
  CHECK(client.get("/team?name=a&name=a").status == 200);
  CHECK(client.get("/team?name=a&domain=b").status == 200);
  CHECK(client.get("/team?name[ne]=a&name[ne]=b").status == 200);
}

TEST_CASE_METHOD(Fixture, "lists leave out environment_ids and the nested config, unless it is asked for") {
  auto const item = body_of(client.get(installs)).at("result").at(0);
  CHECK_FALSE(item.at("integration").as_object().contains("config"));
  CHECK_FALSE(item.at("integration").as_object().contains("environment_ids"));
  CHECK(item.at("integration").at("team").at("name") == "My Awesome Team");
  auto const expanded = body_of(client.get(installs + "?expand=integration.config")).at("result").at(0);
  CHECK(expanded.at("integration").at("config").at("label") == "Example API");
  CHECK_FALSE(expanded.at("integration").as_object().contains("environment_ids"));
  auto const own = body_of(client.get("/integration")).at("result").at(0);
  CHECK(own.at("config").at("label") == "Example API");
  CHECK_FALSE(own.as_object().contains("environment_ids"));
}

TEST_CASE_METHOD(Fixture, "a list that is asked to exclude a document has none of it, and the rest as it is") {
  auto const whole = body_of(client.get("/integration")).at("result").at(0).as_object();
  auto lean = body_of(client.get("/integration?exclude=config")).at("result").at(0).as_object();
  CHECK_FALSE(lean.contains("config"));
  lean["config"] = whole.at("config");
  CHECK(boost::json::value(lean) == boost::json::value(whole));

  REQUIRE(catalog.set(example.install.id, json::Pointer({"label"}), "L").has_value());
  auto const listed = body_of(client.get(installs)).at("result").at(0).as_object();
  REQUIRE(listed.contains("override"));
  auto const excluded = body_of(client.get(installs + "?exclude=override")).at("result").at(0).as_object();
  CHECK_FALSE(excluded.contains("override"));
  CHECK(excluded.size() == listed.size() - 1);
  auto const both = body_of(client.get(installs + "?exclude=override&expand=integration.config")).at("result").at(0);
  CHECK_FALSE(both.as_object().contains("override"));
  CHECK(both.at("integration").at("config").at("label") == "Example API");
}

TEST_CASE_METHOD(Fixture, "pages that end by their documents link to the next, with what was asked for") {
  for (int i = 0; i < 6; ++i) {
    Integration row{.name = "large " + std::to_string(i), .team_id = example.team.id};
    row.config = Document::from_stored(R"({"text":")" + std::string(max_page_bytes / 5, 'x') + "\"}");
    REQUIRE(catalog.create(std::move(row)).has_value());
  }
  std::string target = "/integration?name[gte]=large&limit=1000";
  std::vector<std::size_t> sizes;
  while (true) {
    auto const body = json::parse(client.get(target).body, json::no_limits).value();
    sizes.push_back(body.at("result").as_array().size());
    CHECK(body.at("limit") == 1'000);
    if (body.at("next_cursor").is_null()) break;
    target = "/integration?name[gte]=large&limit=1000&next_cursor=" + std::string(body.at("next_cursor").as_string());
  }
  CHECK(sizes == std::vector<std::size_t>{5, 2});  // the example's own, which is small, comes first
  CHECK(body_of(client.get("/integration?name[gte]=large&limit=1000&exclude=config")).at("result").as_array().size() ==
        7);
}
