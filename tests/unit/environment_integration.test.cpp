// SPDX-License-Identifier: BSL-1.0
#include <inlay/model/environment_integration.hpp>
#include <inlay/model/json_form.hpp>

#include <support/catch.hpp>

using namespace inlay;

namespace {

boost::json::object body() {
  return {{"integration_id", "4a4de828-f4db-4c9e-adfd-434e0864c3c7"},
          {"environment_id", "8a2b104d-74a6-47f2-b93e-c6b611e82391"}};
}

}  // namespace

TEST_CASE("an install starts shown, enabled and without an override") {
  auto const install = model::read_new<EnvironmentIntegration>(body()).value();
  CHECK(install.show_in_catalog);
  CHECK(install.is_enabled);
  CHECK_FALSE(install.override);
  CHECK(model::to_json(install).find("override") == std::string::npos);
}

TEST_CASE("an install's override may be given as an object or as null, and as nothing else") {
  boost::json::object given = body();
  given["override"] = boost::json::object{{"headers", boost::json::object{{"Accept", nullptr}}}};
  auto const install = model::read_new<EnvironmentIntegration>(given).value();
  REQUIRE(install.override);
  CHECK(install.override->text() == R"({"headers":{"Accept":null}})");

  given["override"] = nullptr;
  CHECK_FALSE(model::read_new<EnvironmentIntegration>(given).value().override);

  given["override"] = "{}";
  auto const refused = model::read_new<EnvironmentIntegration>(given);
  REQUIRE(refused.has_error());
  CHECK(refused.error().pointer == "/override");
  CHECK(refused.error().message == "override must be an object, not a string");
}

TEST_CASE("an install can't be moved to another environment or integration by a patch") {
  for (char const* member : {"environment_id", "integration_id", "id", "version", "created_at", "updated_at"}) {
    EnvironmentIntegration install;
    auto const result =
        model::apply_merge_patch(install, boost::json::object{{member, "4a4de828-f4db-4c9e-adfd-434e0864c3c7"}},
                                 [](model::Field const&, std::optional<Document> const& current,
                                    boost::json::object const&) { return Result<std::optional<Document>>(current); });
    REQUIRE(result.has_error());
    CHECK(result.error().kind == ErrorKind::invalid_argument);
    CHECK(result.error().pointer == std::string("/") + member);
    CHECK(result.error().message == std::string(member) + " is read-only");
  }
}
