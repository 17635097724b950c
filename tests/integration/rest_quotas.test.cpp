// SPDX-License-Identifier: BSL-1.0
// Quotas as a client meets them.
#include <support/catch.hpp>
#include <support/rest.hpp>

#include <string>

using namespace inlay;
using test::Client;
using test::header_of;
using test::kind_of;

TEST_CASE("what a team may not add is answered 507, and what it may not log today 429 with the time to wait") {
  for (bool const is_for_the_day : {false, true}) {
    CAPTURE(is_for_the_day);
    CatalogOptions options;
    options.clock = [] { return Timestamp{1'628'589'600'000'000}; };  // 10:00 UTC
    options.team_quota =
        is_for_the_day ? TeamQuota{.bytes_logged_a_day = 10'000} : TeamQuota{.rows = 3, .bytes = 2'000};
    Catalog const catalog = Catalog::open("memory:", Backends().add(memory_backend()), options).value();
    test::Example const example(catalog);
    int failures = 0;
    rest::Handler const handler(catalog, {.on_error = [&](rest::Request const&, Error const&) { ++failures; }});
    Client const team(handler, {.actor = "alice", .team = example.team.id});
    std::string const install = "/environment-integration/" + to_string(example.install.id);
    std::string const environment = R"({"team_id":")" + to_string(example.team.id) + R"(","name":"staging"})";

    std::string const large = R"({"override":{"a":")" + std::string(5'000, 'x') + R"("}})";
    for (auto const& response : {team.post(install + "/preview", large), team.patch(install, large)}) {
      CHECK(response.status == (is_for_the_day ? 200 : 507));
    }
    if (is_for_the_day) {
      for (auto const& response : {team.patch(install, R"({"override":{"a":1}})"),
                                   team.post(install + "/preview", R"({"override":{"a":1}})")}) {
        CHECK(response.status == 429);
        CHECK(kind_of(response) == "quota_exceeded");
        CHECK(header_of(response, "Retry-After") == "50400");
      }
    } else {
      auto const response = team.post("/environment", environment);
      CHECK(response.status == 507);
      CHECK(kind_of(response) == "quota_exceeded");
      CHECK(response.body.find("the team has 3 rows, and may have 3") != std::string::npos);
      CHECK(header_of(response, "Retry-After") == "(none)");
    }
    CHECK(team.get(install).status == 200);
    CHECK(Client(handler).post("/environment", environment).status == 201);
    CHECK(team.remove(install).status == 200);
    CHECK(failures == 0);
  }
}
