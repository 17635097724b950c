// SPDX-License-Identifier: BSL-1.0
// What the REST resource promises on every store.
#include <inlay/rest/handler.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/rest.hpp>
#include <support/stores.hpp>

#include <algorithm>
#include <string>
#include <thread>

using namespace inlay;

TEST_CASE("of two clients with the same entity tag one gets 200 and the other 412, always") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  Catalog const catalog(all_backends().open(url).value());
  test::Example const example(catalog);
  rest::Handler const handler(catalog);
  std::string const path = "/environment-integration/" + to_string(example.install.id);
  for (int round = 0; round < 100; ++round) {
    auto const tag = *test::Client(handler).get(path).headers.find("ETag");
    rest::Response answers[2];
    std::thread threads[2];
    for (int client = 0; client < 2; ++client) {
      threads[client] = std::thread([&, client] {
        answers[client] = test::Client(handler).patch(
            path, R"({"override":{"by":)" + std::to_string(2 * round + client) + "}}", {{"If-Match", tag}});
      });
    }
    for (auto& thread : threads) thread.join();
    CAPTURE(round, answers[0].body, answers[1].body);
    REQUIRE(std::min(answers[0].status, answers[1].status) == 200);
    REQUIRE(std::max(answers[0].status, answers[1].status) == 412);
    auto const& winner = answers[0].status == 200 ? answers[0] : answers[1];
    REQUIRE(test::Client(handler).get(path).body == winner.body);
  }
}

TEST_CASE("a walk by cursors comes by every row once, whatever is removed on the way") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  Catalog const catalog(all_backends().open(url).value());
  for (int i = 0; i < 7; ++i) catalog.create(Team{.name = "team " + std::to_string(i)}).value();
  rest::Handler const handler(catalog);
  test::Client const client(handler);
  std::string names;
  std::string target = "/team?limit=2";
  while (true) {
    auto const body = test::body_of(client.get(target));
    for (auto const& team : body.at("result").as_array()) names += team.at("name").as_string().back();
    if (body.at("next_cursor").is_null()) break;
    // The row that the cursor stands behind is gone, and the place is still known.
    auto const last = std::string(body.at("result").as_array().back().at("id").as_string());
    REQUIRE(client.remove("/team/" + last).status == 200);
    target = "/team?limit=2&next_cursor=" + std::string(body.at("next_cursor").as_string());
  }
  CHECK(names == "0123456");
}
