// SPDX-License-Identifier: BSL-1.0
// The API's description, request and response, member for member: "Update Environment Integration".
#include <inlay/rest/handler.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/rest.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

using namespace inlay;

namespace {

constexpr char environment_integration_id[] = "3fda2b4c-0516-41bc-8ae6-4927e42ecce9";
constexpr char integration_id[] = "4a4de828-f4db-4c9e-adfd-434e0864c3c7";
constexpr char environment_id[] = "8a2b104d-74a6-47f2-b93e-c6b611e82391";
constexpr char team_id[] = "05daecaf-4365-42e8-8370-8127de5dd717";
constexpr char example_time[] = "2021-08-10T10:00:00.000Z";

std::string created(test::Client const& client, std::string const& path, std::string const& body) {
  auto const response = client.post(path, body);
  CAPTURE(path, response.body);
  REQUIRE(response.status == 201);
  return response.body;
}

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

/** The resources of the description, made through the API, at the time that it shows. */
void make_example(test::Client const& client) {
  created(client, "/team",
          R"({"id":)" + quoted(team_id) +
              R"(,"name":"My Awesome Team","domain":"example.com","logo":"https://example.com/logo.png",)"
              R"("is_verified":true,"is_white_labeled":false,"terms_of_service":"https://example.com/tos",)"
              R"("allows_impersonation":false})");
  created(client, "/environment",
          R"({"id":)" + quoted(environment_id) + R"(,"team_id":)" + quoted(team_id) + R"(,"name":"production"})");
  created(client, "/integration",
          R"({"id":)" + quoted(integration_id) + R"(,"name":"zendesk","category":"helpdesk","is_beta":false,)" +
              R"("sharing":"allow","team_id":)" + quoted(team_id) + R"(,"config":)" +
              std::string(test::example_config) + '}');
  created(client, "/environment-integration",
          R"({"id":)" + quoted(environment_integration_id) + R"(,"integration_id":)" + quoted(integration_id) +
              R"(,"environment_id":)" + quoted(environment_id) + R"(,"show_in_catalog":true,"is_enabled":false})");
}

Catalog open_at_example_time() {
  return Catalog::open("memory:", Backends().add(memory_backend()),
                       {.clock = [] { return parse_timestamp(example_time).value(); }})
      .value();
}

std::vector<std::string> names_of(boost::json::value const& object) {
  std::vector<std::string> names;
  for (auto const& member : object.as_object()) names.emplace_back(member.key());
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("Update Environment Integration: PATCH /environment-integration/{id}") {
  Catalog const catalog = open_at_example_time();
  rest::Handler const handler(catalog);
  test::Client const client(handler);
  make_example(client);

  // Path parameters: the ID of the environment integration to update.
  // Request body: whether to show this integration in the environment's catalog; whether it is enabled; an optional
  // config override for the integration at environment level.
  auto const response = client.patch("/environment-integration/3fda2b4c-0516-41bc-8ae6-4927e42ecce9",
                                     R"({
                                       "show_in_catalog": true,
                                       "is_enabled": true,
                                       "override": {"base_url": "https://eu.example.com"}
                                     })");

  // Response body.
  CAPTURE(response.body);
  REQUIRE(response.status == 200);
  CHECK(response.headers.find("Content-Type") == "application/json");
  auto const body = test::body_of(response);
  CHECK(names_of(body) == Names{"id", "integration_id", "environment_id", "show_in_catalog", "is_enabled", "override",
                                "version", "birth", "created_at", "updated_at", "integration"});
  CHECK(body.at("id") == environment_integration_id);
  CHECK(body.at("integration_id") == integration_id);
  CHECK(body.at("environment_id") == environment_id);
  CHECK(body.at("show_in_catalog") == true);
  CHECK(body.at("is_enabled") == true);
  CHECK(body.at("created_at") == example_time);
  CHECK(body.at("updated_at") == example_time);
  CHECK(body.at("override") == test::parsed(R"({"base_url": "https://eu.example.com"})"));

  // The referenced integration object.
  auto const& integration = body.at("integration");
  CHECK(names_of(integration) == Names{"id", "name", "category", "is_beta", "config", "team_id", "sharing", "version",
                                       "birth", "created_at", "updated_at", "environment_ids", "team"});
  CHECK(integration.at("id") == integration_id);
  CHECK(integration.at("name") == "zendesk");
  CHECK(integration.at("category") == "helpdesk");
  CHECK(integration.at("is_beta") == false);
  CHECK(integration.at("config") == test::parsed(test::example_config));
  CHECK(integration.at("team_id") == team_id);
  CHECK(integration.at("sharing") == "allow");
  CHECK(integration.at("created_at") == example_time);
  CHECK(integration.at("updated_at") == example_time);
  CHECK(integration.at("environment_ids") == test::parsed(R"(["8a2b104d-74a6-47f2-b93e-c6b611e82391"])"));

  // The team that owns this integration.
  auto const& team = integration.at("team");
  CHECK(names_of(team) == Names{"id", "name", "domain", "logo", "is_verified", "is_white_labeled", "terms_of_service",
                                "allows_impersonation", "version", "birth", "created_at", "updated_at"});
  CHECK(team.at("id") == team_id);
  CHECK(team.at("name") == "My Awesome Team");
  CHECK(team.at("domain") == "example.com");
  CHECK(team.at("logo") == "https://example.com/logo.png");
  CHECK(team.at("is_verified") == true);
  CHECK(team.at("is_white_labeled") == false);
  CHECK(team.at("terms_of_service") == "https://example.com/tos");
  CHECK(team.at("allows_impersonation") == false);
  CHECK(team.at("created_at") == example_time);
  CHECK(team.at("updated_at") == example_time);
}

TEST_CASE("each of the three members can be updated alone, and the others stay") {
  Catalog const catalog = open_at_example_time();
  rest::Handler const handler(catalog);
  test::Client const client(handler);
  make_example(client);
  std::string const path = "/environment-integration/" + std::string(environment_integration_id);
  auto before = test::body_of(client.get(path));
  for (auto const& [name, value] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"show_in_catalog", "false"}, {"is_enabled", "true"}, {"override", R"({"label":"Ours"})"}}) {
    auto const after = test::body_of(client.patch(path, "{" + quoted(name) + ":" + std::string(value) + "}"));
    CAPTURE(name);
    CHECK(after.at(name) == test::parsed(value));
    for (std::string_view const other : {"show_in_catalog", "is_enabled", "override"}) {
      if (other == name) continue;
      auto const* const was = before.as_object().if_contains(other);
      auto const* const is = after.as_object().if_contains(other);
      REQUIRE((was == nullptr) == (is == nullptr));
      if (was != nullptr) CHECK(*was == *is);
    }
    before = after;
  }
  // An optional member is left out when it is absent.
  CHECK_FALSE(test::body_of(client.patch(path, R"({"override":null})")).as_object().contains("override"));
}
