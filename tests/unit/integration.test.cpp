// SPDX-License-Identifier: BSL-1.0
#include <inlay/model/integration.hpp>
#include <inlay/model/json_form.hpp>

#include <support/catch.hpp>

using namespace inlay;

TEST_CASE("a new integration is shared with nobody, not in beta, and has an empty config") {
  Integration const integration =
      model::read_new<Integration>(
          boost::json::object{{"name", "zendesk"}, {"team_id", "05daecaf-4365-42e8-8370-8127de5dd717"}})
          .value();
  CHECK(integration.sharing == Sharing::deny);
  CHECK_FALSE(integration.is_beta);
  CHECK(integration.config.empty());
  CHECK_FALSE(integration.category);
}

TEST_CASE("an integration's config passes through its JSON as it was written") {
  // Order of members, placeholders, a null that is data, and a double that stays one.
  constexpr char const* config =
      R"({"b":1.0,"a":"{{oauth.token.access_token}}","pagination":null,"headers":{"z":[1,{}],"é":"\u0000"}})";
  Integration integration{.name = "zendesk", .version = Version{1}};
  integration.config = Document::parse(config).value();
  CHECK(model::to_json(integration).find(std::string(R"("config":)") + config) != std::string::npos);
}

TEST_CASE("a config can be replaced by no null: it is always there") {
  Integration integration{.name = "zendesk"};
  auto const result =
      model::apply_merge_patch(integration, boost::json::object{{"config", nullptr}},
                               [](model::Field const&, std::optional<Document> const& current,
                                  boost::json::object const&) { return Result<std::optional<Document>>(current); });
  REQUIRE(result.has_error());
  CHECK(result.error().kind == ErrorKind::invalid_argument);
  CHECK(result.error().pointer == "/config");
  CHECK(result.error().message == "config can't be null");
}
