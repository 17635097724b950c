// SPDX-License-Identifier: BSL-1.0
// Rows that are meant by their names, or by the end of an id.
#include "cli.hpp"

#include <algorithm>

using namespace inlay;
using namespace inlay::test;
using Catch::Matchers::Contains;

namespace {

using Arguments = std::vector<std::string>;

constexpr char const* path = "My Awesome Team/production/zendesk";

RunOptions terminal() { return {.environment = {{"TERM", "dumb"}}, .on_terminal = true}; }

std::string end_of(std::string const& id, std::size_t digits = 8) { return id.substr(id.size() - digits); }

std::string message_of(Run const& run) { return text_at(error_of(run), "/error/message"); }

/** A second team, whose names are those of the first, and one with what paths are made of in its names. */
class Several : public Catalogue {
 public:
  Several() {
    other = create("team", R"({"name":"Other"})");
    their_production = create("environment", R"({"name":"production","team_id":")" + other + R"("})");
    their_zendesk = create("integration", R"({"name":"zendesk","team_id":")" + other + R"("})");
    odd = create("team", R"({"name":"a/b~c"})");
    odd_place = create("environment", R"({"name":"~1","team_id":")" + odd + R"("})");
  }

  std::string other;
  std::string their_production;
  std::string their_zendesk;
  std::string odd;
  std::string odd_place;
};

}  // namespace

TEST_CASE("every command about an install takes its team, environment and integration by name") {
  Catalogue const catalogue;
  CHECK(text_at(catalogue.answer({"get", path}), "/id") == catalogue.install);
  CHECK(at(catalogue.answer({"set", path, "/label", "\"L\""}), "/override/label") == "\"L\"");
  CHECK(at(catalogue.answer({"update", path, R"({"override":{"label":"M"}})"}), "/override/label") == "\"M\"");
  CHECK(catalogue.run({"config", path, "/label"}).out == "\"M\"\n");
  CHECK(text_at(catalogue.answer({"explain", path, "/label"}), "/result/0/layer") == "environment");
  CHECK(at(catalogue.answer({"inherit", path, "/label"}), "/override") == "absent");
  CHECK(at(catalogue.answer({"remove", path, "/label"}), "/override/label") == "null");
  CHECK(catalogue.run({"history", path}).out == catalogue.run({"history", catalogue.install}).out);
  CHECK(catalogue.run({"uninstall", path}).out == "{\"id\":\"" + catalogue.install + "\"}\n");
  CHECK(catalogue.fault({"get", path}) == "not_found");
}

TEST_CASE("teams, environments and integrations are meant by their names, and history takes those of any row") {
  Several const several;
  CHECK(text_at(several.answer({"team", "get", "Other"}), "/id") == several.other);
  CHECK(text_at(several.answer({"environment", "get", "Other/production"}), "/id") == several.their_production);
  CHECK(text_at(several.answer({"integration", "get", "Other/zendesk"}), "/id") == several.their_zendesk);
  CHECK(several.fault({"environment", "get", "production"}) == "invalid_argument");
  CHECK(at(several.answer({"environment", "update", "Other/production", R"({"name":"prod"})"}), "/name") == "\"prod\"");
  CHECK(text_at(several.answer({"environment", "get", "prod"}), "/id") == several.their_production);
  CHECK(several.run({"history", "Other"}).out == several.run({"history", several.other}).out);
  CHECK(several.run({"history", "Other/prod"}).out == several.run({"history", several.their_production}).out);
  CHECK(several.fault({"history", "zendesk"}) == "invalid_argument");
  CHECK(several.fault({"integration", "delete", "Other/zendes"}) == "not_found");
  CHECK(text_at(several.answer({"integration", "delete", "Other/zendesk"}), "/id") == several.their_zendesk);
  CHECK(
      text_at(several.answer({"install", "--integration", "zendesk", "--environment", "Other/prod"}), "/id").empty() ==
      false);
}

TEST_CASE("names are compared byte for byte, with ~1 for a slash and ~0 for a tilde") {
  Several const several;
  CHECK(text_at(several.answer({"team", "get", "a~1b~0c"}), "/id") == several.odd);
  CHECK(text_at(several.answer({"environment", "get", "a~1b~0c/~01"}), "/id") == several.odd_place);
  CHECK(several.fault({"team", "get", "other"}) == "not_found");
  CHECK(several.fault({"team", "get", "Other "}) == "not_found");
  CHECK(several.fault({"team", "get", "a/b~0c"}) == "invalid_argument");
  CHECK(several.fault({"environment", "get", "a~1b~c/~01"}) == "invalid_argument");
  CHECK(several.fault({"environment", "get", "/production"}) == "invalid_argument");
}

TEST_CASE("a name that nobody has is answered with the level where it ends and what is near") {
  Catalogue const catalogue;
  CHECK(message_of(catalogue.run({"get", "My Awesom Team/production/zendesk"})) ==
        "there is no team named 'My Awesom Team'; did you mean 'My Awesome Team'?");
  CHECK(message_of(catalogue.run({"get", "My Awesome Team/prod/zendesk"})) ==
        "the team 'My Awesome Team' has no environment named 'prod'; did you mean 'production'?");
  CHECK(message_of(catalogue.run({"get", "My Awesome Team/production/zendsek"})) ==
        "no integration named 'zendsek' is installed in 'My Awesome Team/production'; did you mean 'zendesk'?");
  CHECK(message_of(catalogue.run({"integration", "get", "salesforce"})) ==
        "there is no integration named 'salesforce'");
}

TEST_CASE("several rows that are meant are listed with their paths and ids, and nothing is done to any") {
  Several const several;
  auto const before = several.everything();
  auto const error = message_of(several.run({"environment", "delete", "production"}));
  CHECK_THAT(error, Contains("My Awesome Team/production (" + several.environment + ")") &&
                        Contains("Other/production (" + several.their_production + ")"));
  CHECK(several.everything() == before);
}

TEST_CASE("the end of an id means the one row of that kind which the caller sees") {
  Several const several;
  auto const& id = several.install;
  for (std::size_t const digits : {8U, 12U, 17U, 35U}) {
    CAPTURE(digits);
    CHECK(text_at(several.answer({"get", end_of(id, digits)}), "/id") == id);
  }
  CHECK(several.fault({"get", end_of(id, 7)}) == "invalid_argument");
  CHECK(several.fault({"team", "get", end_of(id)}) == "not_found");
  CHECK(several.run({"history", end_of(id)}).out == several.run({"history", id}).out);
  CHECK(several.fault({"--team", "Other", "get", end_of(id)}) == "not_found");

  std::string const twin = "00000000-0000-4000-8000-0000" + end_of(several.team);
  REQUIRE(several.run({"team", "create", R"({"name":"twin","id":")" + twin + R"("})"}).status == 0);
  auto const error = message_of(several.run({"team", "get", end_of(several.team)}));
  CHECK_THAT(error, Contains("My Awesome Team (" + several.team + ")") && Contains("twin (" + twin + ")"));
  CHECK(text_at(several.answer({"team", "get", end_of(several.team, 20)}), "/id") == several.team);
}

TEST_CASE("a command that writes takes the end of an id on a terminal only, and a dry run anywhere") {
  Catalogue const catalogue;
  auto const before = catalogue.everything();
  std::string const end = end_of(catalogue.install);
  for (auto const& arguments : std::vector<Arguments>{{"set", end, "/label", "\"x\""},
                                                      {"update", end, R"({"is_enabled":false})"},
                                                      {"uninstall", end},
                                                      {"team", "delete", end_of(catalogue.team)}}) {
    CAPTURE(arguments);
    auto const message = message_of(catalogue.run(arguments));
    CHECK_THAT(message, Contains("on a terminal only") &&
                            Contains(arguments.front() == "team" ? catalogue.team : catalogue.install));
  }
  CHECK(catalogue.everything() == before);
  CHECK(at(catalogue.answer({"set", end, "/label", "\"x\"", "--dry-run"}), "/changed") == "true");
  CHECK(catalogue.everything() == before);
  CHECK(catalogue.run({"set", end, "/label", "\"x\""}, terminal()).status == 0);
  CHECK(at(catalogue.answer({"get", catalogue.install}), "/override/label") == "\"x\"");
}

TEST_CASE(
    "nobody can take a row by choosing a name: an id comes first, and a name that is an id's end is one of several") {
  Catalogue const catalogue;
  auto const by_id = catalogue.create("team", R"({"name":")" + catalogue.team + R"("})");
  CHECK(text_at(catalogue.answer({"team", "get", catalogue.team}), "/id") == catalogue.team);
  auto const by_end = catalogue.create("team", R"({"name":")" + end_of(catalogue.team) + R"("})");
  CHECK_THAT(message_of(catalogue.run({"team", "get", end_of(catalogue.team)})),
             Contains(catalogue.team) && Contains(by_end));
  // In a script that writes an end is none, so the name is the only thing that is meant.
  CHECK(text_at(catalogue.answer({"team", "update", end_of(catalogue.team), R"({"name":"x"})"}), "/id") == by_end);
}

TEST_CASE("installing by name takes the team's own integration, and says what is there the second time") {
  Several const several;
  Arguments const again{"install", path};
  CHECK(text_at(answer_of(several.run(again), "It was installed already, and is left as it was."), "/id") ==
        several.install);
  auto const theirs = several.answer({"install", "Other/production/zendesk"});
  CHECK(text_at(theirs, "/integration_id") == several.their_zendesk);
  several.create("environment", R"({"name":"staging","team_id":")" + several.other + R"("})");
  several.create("integration", R"({"name":"hubspot","team_id":")" + several.team + R"("})");
  CHECK(text_at(several.answer({"install", "Other/staging/hubspot"}), "/integration/name") == "hubspot");
  CHECK(several.fault({"install", "Other/staging/none"}) == "not_found");
  CHECK(several.fault({"install", "Other/nowhere/hubspot"}) == "not_found");
  auto const shown = several.run({"--output", "table", "install", path});
  CHECK_THAT(shown.out, Contains(several.install) && Contains("zendesk"));
  CHECK_THAT(shown.err, Contains("It was installed already"));
}

TEST_CASE("installing by name takes the integration of the team that has the environment, not of its namesake") {
  Catalogue const catalogue;
  auto const team_named = [&](char const* name) {
    return catalogue.create("team", std::string(R"({"name":")") + name + R"("})");
  };
  auto const with_team = [](std::string const& name, std::string const& team) {
    return R"({"name":")" + name + R"(","team_id":")" + team + R"("})";
  };
  auto const acme = team_named("Acme");
  auto const namesake = team_named("Acme");
  auto const prod = catalogue.create("environment", with_team("prod", acme));
  (void)catalogue.create("environment", with_team("staging", namesake));
  auto const theirs = catalogue.create("integration", with_team("hubspot", namesake));
  auto const own = catalogue.create("integration", with_team("hubspot", acme));
  auto const installed = catalogue.answer({"install", "Acme/prod/hubspot"});
  CHECK(text_at(installed, "/integration_id") == own);
  CHECK(text_at(installed, "/environment_id") == prod);
  CHECK(text_at(catalogue.answer({"install", "Acme/staging/hubspot"}), "/integration_id") == theirs);

  // Where its team has none of that name, all others are equals: a namesake's is not meant before those of strangers.
  (void)catalogue.create("integration", with_team("zendesk", namesake));
  auto const before = catalogue.everything();
  CHECK_THAT(message_of(catalogue.run({"install", "Acme/prod/zendesk"})),
             Contains("several integrations are meant by 'zendesk'") && Contains(catalogue.integration));
  CHECK(catalogue.everything() == before);
}

TEST_CASE(
    "installing by name is refused where the team and environment are two, whatever is installed in one of them") {
  Catalogue const catalogue;
  auto const made = [&](char const* kind, std::string const& name, std::string const& team) {
    return catalogue.create(kind, R"({"name":")" + name + R"(","team_id":")" + team + R"("})");
  };
  auto const one = catalogue.create("team", R"({"name":"Acme"})");
  auto const other = catalogue.create("team", R"({"name":"Acme"})");
  auto const in_one = made("environment", "prod", one);
  auto const in_other = made("environment", "prod", other);
  auto const refused = [&] {
    auto const before = catalogue.everything();
    auto const run = catalogue.run({"install", "Acme/prod/zendesk"});
    CHECK(fault_of(run) == "invalid_argument");
    CHECK_THAT(message_of(run),
               Contains("several environments are meant by 'Acme/prod'") && Contains(in_one) && Contains(in_other));
    CHECK(catalogue.everything() == before);
  };
  refused();
  auto const installed = catalogue.answer({"install", "--environment", in_one, "--integration", catalogue.integration});
  CHECK(text_at(installed, "/environment_id") == in_one);
  refused();
}

TEST_CASE("installing by name takes no integration by its id, nor by the end of that") {
  Catalogue const catalogue;
  (void)catalogue.create("environment", R"({"name":"staging","team_id":")" + catalogue.team + R"("})");
  auto const before = catalogue.everything();
  for (std::string const& name : {catalogue.integration, end_of(catalogue.integration)}) {
    CAPTURE(name);
    RunOptions wide = terminal();
    wide.columns = 200;
    auto const run = catalogue.run({"install", "My Awesome Team/staging/" + name}, wide);
    CHECK(run.status == 1);
    CHECK_THAT(run.out, Contains("there is no integration named '" + name + "'"));
  }
  CHECK(catalogue.everything() == before);
}

TEST_CASE("what can mean no row is refused before a store is made for it") {
  Folder const folder;
  for (Arguments const& arguments :
       std::vector<Arguments>{{"install", "Acme/prod"},
                              {"install", "Acme//zendesk"},
                              {"install", some_id},
                              {"install", "--integration", "a//b", "--environment", "prod"},
                              {"install", "--integration", "zendesk", "--environment", "a/b/c"},
                              {"sharing", "ask", "--integration", "a//b", "--team", "Acme"},
                              {"sharing", "ask", "--integration", "zendesk", "--team", "a/b"},
                              {"--team", "a/b", "install", "Acme/prod/zendesk"}}) {
    CAPTURE(arguments);
    CHECK(fault_of(folder.run(arguments)) == "invalid_argument");
    CHECK_FALSE(folder.has("inlay.db"));
  }
}

TEST_CASE(
    "the option --team takes a name with a slash in it, and what a team does not see is not found by name either") {
  Several const several;
  CHECK(text_at(several.answer({"--team", "a~1b~0c", "environment", "list"}), "/result/0/id") == several.odd_place);
  CHECK(several.fault({"--team", "Other", "get", path}) == "not_found");
  CHECK(several.fault({"--team", "Other", "environment", "get", "My Awesome Team/production"}) == "not_found");
}
