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

TEST_CASE("a team asks for an integration, and its owner grants, revokes and denies") {
  Catalogue const catalogue;
  CHECK(at(catalogue.answer({"integration", "update", catalogue.integration, R"({"sharing":"ask"})"}), "/sharing") ==
        "\"ask\"");
  auto const other = catalogue.create("team", R"({"name":"Other"})");
  auto const asked = catalogue.answer({"sharing", "ask", "--integration", "zendesk", "--team", "Other"});
  auto const id = text_at(asked, "/id");
  CHECK(text_at(asked, "/status") == "pending");
  CHECK(text_at(asked, "/team_id") == other);
  CHECK(text_at(catalogue.answer({"sharing", "list", "status=pending"}), "/result/0/id") == id);
  CHECK(catalogue.fault({"sharing", "revoke", id}) == "invalid_argument /status");
  CHECK(text_at(catalogue.answer({"sharing", "grant", id}), "/status") == "granted");
  CHECK(catalogue.fault({"sharing", "revoke", id, "--if-version", "1"}) == "conflict");
  CHECK(text_at(catalogue.answer({"sharing", "revoke", id}), "/status") == "revoked");
  CHECK(text_at(catalogue.answer({"sharing", "ask", "--integration", "zendesk", "--team", other}), "/status") ==
        "pending");
  CHECK(text_at(catalogue.answer({"sharing", "deny", id}), "/status") == "denied");
  CHECK(at(catalogue.answer({"sharing", "get", id}), "/version") == "5");
}

TEST_CASE("with --team the program sees and does what that team may, and no more") {
  Catalogue const catalogue;
  auto const other = catalogue.create("team", R"({"name":"Other","logo":"https://other.example/logo"})");
  auto const as = [](std::string const& team, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--team", team});
    return arguments;
  };

  CHECK(text_at(catalogue.answer(as("My Awesome Team", {"get", catalogue.install})), "/id") == catalogue.install);
  CHECK(text_at(catalogue.answer(as(catalogue.team, {"get", catalogue.install})), "/id") == catalogue.install);
  CHECK(catalogue.fault(as("Other", {"get", catalogue.install})) == "not_found");
  CHECK(at(catalogue.answer(as("Other", {"list"})), "/result") == "[]");
  CHECK(at(catalogue.answer(as("Other", {"team", "get", catalogue.team})), "/version") == "absent");

  CHECK(catalogue.fault(as("Other", {"team", "create", R"({"name":"Third"})"})) == "forbidden");
  CHECK(catalogue.fault(as("Other", {"uninstall", catalogue.install})) == "not_found");
  CHECK(catalogue.fault(as("Other", {"team", "update", other, R"({"is_verified":true})"})) == "forbidden /is_verified");
  CHECK(at(catalogue.answer(as("Other", {"team", "update", other, R"({"logo":null})"})), "/logo") == "absent");

  CHECK(text_at(catalogue.answer(as("Other", {"history", other})), "/result/1/changes/0/kind") == "updated");
  CHECK(at(catalogue.answer(as("Other", {"history", other, "--after", "6"})), "/through") == "6");
  CHECK(catalogue.fault(as("Other", {"history", other, "--after", "7"})) == "invalid_argument");
  CHECK(catalogue.fault(as("Other", {"history", catalogue.install})) == "not_found");
  CHECK(catalogue.fault(as("Other", {"changes"})) == "forbidden");
}

TEST_CASE("with --team a team asks for itself, and answers what others ask of it") {
  Catalogue const catalogue;
  REQUIRE(catalogue.run({"integration", "update", catalogue.integration, R"({"sharing":"ask"})"}).status == 0);
  auto const other = catalogue.create("team", R"({"name":"Other"})");
  auto const staging = catalogue.create("environment", R"({"name":"staging","team_id":")" + other + R"("})");
  std::vector<std::string> const install{"--team",  "Other",         "install", "--integration",
                                         "zendesk", "--environment", staging};

  CHECK(catalogue.fault(install) == "forbidden /integration_id");
  auto const asked = catalogue.answer({"--team", "Other", "sharing", "ask", "--integration", "zendesk"});
  CHECK(text_at(asked, "/team_id") == other);
  auto const id = text_at(asked, "/id");
  CHECK(catalogue.fault({"--team", "Other", "sharing", "grant", id}) == "forbidden");
  CHECK(text_at(catalogue.answer({"--team", "My Awesome Team", "sharing", "grant", id}), "/status") == "granted");
  CHECK(text_at(catalogue.answer(install), "/environment_id") == staging);
  CHECK(catalogue.fault({"--team", "Other", "sharing", "ask", "--integration", "zendesk", "--team", catalogue.team}) ==
        "forbidden /team_id");
}

TEST_CASE("the option --team names a team that is there, and does not go with what concerns the whole store") {
  Catalogue const catalogue;
  CHECK(catalogue.fault({"--team", "Nobody", "list"}) == "not_found");
  CHECK(catalogue.fault({"--team", some_id, "list"}) == "not_found");
  catalogue.create("team", R"({"name":"My Awesome Team"})");
  CHECK(catalogue.fault({"--team", "My Awesome Team", "list"}) == "invalid_argument");

  for (std::vector<std::string> const& command : {std::vector<std::string>{"export"},
                                                  {"import", "-"},
                                                  {"copy", "sqlite:inlay.db", "sqlite:new.db"},
                                                  {"migrate"},
                                                  {"compact", "--through", "1"},
                                                  {"verify"},
                                                  {"serve"},
                                                  {"version"},
                                                  {"json", "merge", "{}", "{}"}}) {
    CAPTURE(command);
    std::vector<std::string> arguments{"--team", catalogue.team};
    arguments.insert(arguments.end(), command.begin(), command.end());
    auto const run = catalogue.run(arguments);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK_THAT(run.err, Catch::Matchers::Contains("leave out --team"));
  }
  CHECK_FALSE(catalogue.folder.has("new.db"));

  auto const nobody_asks = catalogue.run({"sharing", "ask", "--integration", "zendesk"});
  CHECK(nobody_asks.status == 2);
  CHECK_THAT(nobody_asks.err, Catch::Matchers::Contains("--team is required"));
}
