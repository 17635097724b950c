// SPDX-License-Identifier: BSL-1.0
// What teams do to one another from a shell.
#include "cli.hpp"

#include <support/catch.hpp>

#include <string>

using namespace inlay::test;

TEST_CASE("an owner counts and ends the installs of other teams, and then removes the integration") {
  Catalogue const catalogue;
  std::string const other = catalogue.create("team", R"({"name":"Other"})");
  std::string const place = catalogue.create("environment", R"({"name":"theirs","team_id":")" + other + R"("})");
  (void)catalogue.answer({"integration", "update", catalogue.integration, R"({"sharing":"allow"})"});
  auto const install = text_at(
      catalogue.answer({"--team", "Other", "install", "--integration", "zendesk", "--environment", place}), "/id");

  CHECK(catalogue.fault({"--team", "Other", "end", "--integration", "zendesk", "over"}) == "forbidden");
  CHECK(catalogue.fault({"end", "--integration", "zendesk", std::string(256, 'x')}) == "invalid_argument /reason");
  auto const before = catalogue.everything();
  CHECK(at(catalogue.answer({"end", "--integration", "zendesk", "over", "--dry-run"}), "/ended") == "1");
  CHECK(catalogue.everything() == before);
  auto const table = catalogue.run({"--output", "table", "end", "--integration", "zendesk", "over", "--dry-run"});
  CHECK(table.out == "Installs of other teams that would be ended: 1\n");
  CHECK(at(catalogue.answer({"--team", "My Awesome Team", "end", "--integration", "zendesk", "over"}), "/ended") ==
        "1");
  CHECK(at(catalogue.answer({"end", "--integration", catalogue.integration, "over"}), "/ended") == "0");

  auto const ended = catalogue.answer({"--team", "Other", "get", install});
  CHECK(at(ended, "/is_enabled") == "false");
  CHECK(text_at(ended, "/ended/reason") == "over");
  CHECK(catalogue.fault({"update", install, R"({"is_enabled":true})"}) == "forbidden /is_enabled");
  (void)catalogue.answer({"uninstall", catalogue.install});
  (void)catalogue.answer({"integration", "delete", catalogue.integration});
  CHECK(catalogue.fault({"get", install}) == "not_found");
}

TEST_CASE("how long a team waits is a number with its unit") {
  Folder const folder;
  for (char const* const wrong : {"", "30", "d", "-1d", "1.5h", "1w", "36601d", "99999999999999999999s", "1d "}) {
    CAPTURE(wrong);
    auto const run = folder.run({"serve", "--ask-again-after", wrong});
    CHECK(run.status == 2);
    CHECK(run.out.empty());
  }
}
