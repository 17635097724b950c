// SPDX-License-Identifier: BSL-1.0
#include <inlay/model/grant.hpp>
#include <inlay/model/json_form.hpp>

#include <support/catch.hpp>

using namespace inlay;

TEST_CASE("asking for an integration leaves a request that is pending") {
  Grant const grant =
      model::read_new<Grant>(boost::json::object{{"integration_id", "4a4de828-f4db-4c9e-adfd-434e0864c3c7"},
                                                 {"team_id", "05daecaf-4365-42e8-8370-8127de5dd717"}})
          .value();
  CHECK(grant.status == GrantStatus::pending);
  CHECK(model::to_json(grant).find(R"("status":"pending")") != std::string::npos);
}

TEST_CASE("one team has one grant of an integration") {
  CHECK(Grant::unique_keys[0] == model::UniqueKey{"integration_id", "team_id"});
}
