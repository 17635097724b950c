// SPDX-License-Identifier: BSL-1.0
#include <inlay/model/installed_integration.hpp>
#include <inlay/model/json_form.hpp>

#include <support/catch.hpp>

using namespace inlay;

namespace {

constexpr char const* config_text =
    R"({"base_url":"https://api.example.com","label":"Example API","logo":"https://example.com/logo.png",)"
    R"("headers":{"Content-Type":"application/json","Accept":"application/json","User-Agent":"truto"},)"
    R"("authorization":{"format":"bearer","config":{"value":"{{oauth.token.access_token}}"}},)"
    R"("pagination":{"format":"page","config":{"page_key":"page","limit_key":"per_page"}},)"
    R"("resources":{"users":{"list":{"method":"get","path":"/users","response_path":"data.users"}}}})";

// The example of the API description.
InstalledIntegration example() {
  Timestamp const time = parse_timestamp("2021-08-10T10:00:00.000Z").value();
  InstalledIntegration whole;
  whole.team = {.id = Id<Team>::parse("05daecaf-4365-42e8-8370-8127de5dd717").value(),
                .name = "My Awesome Team",
                .domain = "example.com",
                .logo = "https://example.com/logo.png",
                .is_verified = true,
                .terms_of_service = "https://example.com/tos",
                .version = Version{1},
                .birth = Birth{0xAAAU},
                .created_at = time,
                .updated_at = time};
  whole.integration = {.id = Id<Integration>::parse("4a4de828-f4db-4c9e-adfd-434e0864c3c7").value(),
                       .name = "zendesk",
                       .category = "helpdesk",
                       .config = Document::parse(config_text).value(),
                       .team_id = whole.team.id,
                       .sharing = Sharing::allow,
                       .version = Version{1},
                       .birth = Birth{0xBBBU},
                       .created_at = time,
                       .updated_at = time};
  whole.install = {.id = Id<EnvironmentIntegration>::parse("3fda2b4c-0516-41bc-8ae6-4927e42ecce9").value(),
                   .integration_id = whole.integration.id,
                   .environment_id = Id<Environment>::parse("8a2b104d-74a6-47f2-b93e-c6b611e82391").value(),
                   .override = Document::parse(R"({"headers":{"Accept":null}})").value(),
                   .version = Version{2},
                   .birth = Birth{0xCCCU},
                   .created_at = time,
                   .updated_at = time};
  whole.installed_in = InstalledIn{.ids = {whole.install.environment_id}};
  return whole;
}

constexpr char const* install_members =
    R"({"id":"3fda2b4c-0516-41bc-8ae6-4927e42ecce9","integration_id":"4a4de828-f4db-4c9e-adfd-434e0864c3c7",)"
    R"("environment_id":"8a2b104d-74a6-47f2-b93e-c6b611e82391","show_in_catalog":true,"is_enabled":true,)"
    R"("override":{"headers":{"Accept":null}},"version":2,"birth":"0000000000000ccc","created_at":"2021-08-10T10:00:00.000Z",)"
    R"("updated_at":"2021-08-10T10:00:00.000Z",)";

constexpr char const* integration_members =
    R"("team_id":"05daecaf-4365-42e8-8370-8127de5dd717","sharing":"allow","version":1,"birth":"0000000000000bbb",)"
    R"("created_at":"2021-08-10T10:00:00.000Z","updated_at":"2021-08-10T10:00:00.000Z",)";

constexpr char const* team_object =
    R"("team":{"id":"05daecaf-4365-42e8-8370-8127de5dd717","name":"My Awesome Team","domain":"example.com",)"
    R"("logo":"https://example.com/logo.png","is_verified":true,"is_white_labeled":false,)"
    R"("terms_of_service":"https://example.com/tos","allows_impersonation":false,"version":1,"birth":"0000000000000aaa",)"
    R"("created_at":"2021-08-10T10:00:00.000Z","updated_at":"2021-08-10T10:00:00.000Z"})";

}  // namespace

TEST_CASE("the whole resource is as the API description has it, integration and team nested") {
  std::string expected = install_members;
  expected += R"("integration":{"id":"4a4de828-f4db-4c9e-adfd-434e0864c3c7","name":"zendesk","category":"helpdesk",)";
  expected += R"("is_beta":false,"config":)";
  expected += config_text;
  expected += ',';
  expected += integration_members;
  expected += R"("environment_ids":["8a2b104d-74a6-47f2-b93e-c6b611e82391"],)";
  expected += team_object;
  expected += "}}";
  CHECK(model::to_json(example()) == expected);
}

TEST_CASE("a list's resource leaves out the nested config and the environments, but not the install's own override") {
  InstalledIntegration whole = example();
  whole.installed_in.reset();
  std::string expected = install_members;
  expected += R"("integration":{"id":"4a4de828-f4db-4c9e-adfd-434e0864c3c7","name":"zendesk","category":"helpdesk",)";
  expected += R"("is_beta":false,)";
  expected += integration_members;
  expected += team_object;
  expected += "}}";
  std::string text;
  model::write_json(whole, text, model::ResourceParts{.with_nested_documents = false});
  CHECK(text == expected);
}

TEST_CASE("environments that were left out are said to be") {
  InstalledIntegration const whole = example();
  OwnedIntegration owned{whole.integration, whole.team, InstalledIn{.ids = {}, .is_truncated = true}};
  std::string const text = model::to_json(owned);
  CHECK(text.find(R"("environment_ids":[],"environment_ids_truncated":true,"team":{)") != std::string::npos);
  CHECK(text.starts_with(R"({"id":"4a4de828-f4db-4c9e-adfd-434e0864c3c7","name":"zendesk",)"));
  owned.installed_in->is_truncated = false;
  CHECK(model::to_json(owned).find("environment_ids_truncated") == std::string::npos);
}
