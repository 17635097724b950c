// SPDX-License-Identifier: BSL-1.0
// How answers look: tables and colour on a terminal, one line of JSON elsewhere.
#include "cli.hpp"

#include <support/sqlite.hpp>

#include <map>

using namespace inlay;
using namespace inlay::test;
using Catch::Matchers::Contains;

namespace {

RunOptions terminal(std::map<std::string, std::string> environment = {}) {
  environment.try_emplace("TERM", "xterm");
  return {.input = "",
          .environment = std::move(environment),
          .on_terminal = true,
          .reader_is_gone = false,
          .output_file = ""};
}

RunOptions into_full_disk() {
  return {.input = "", .environment = {}, .on_terminal = false, .output_file = "/dev/full"};
}

bool has_colour(std::string const& text) { return text.find('\033') != std::string::npos; }

}  // namespace

TEST_CASE("a terminal gets tables in colour, a pipe gets JSON") {
  Catalogue const catalogue;
  auto const on_terminal = catalogue.run({"list"}, terminal());
  CHECK(on_terminal.status == 0);
  CHECK_THAT(on_terminal.out, Contains("INTEGRATION") && Contains("zendesk") && Contains(catalogue.install.substr(28)));
  CHECK(has_colour(on_terminal.out));
  CHECK(catalogue.run({"list"}).out.front() == '{');
  CHECK(catalogue.run({"--output", "json", "list"}, terminal()).out.front() == '{');
}

TEST_CASE("there is no colour with NO_COLOR, on a dumb terminal, or in a table that goes elsewhere") {
  Catalogue const catalogue;
  CHECK_FALSE(has_colour(catalogue.run({"list"}, terminal({{"NO_COLOR", "1"}})).out));
  CHECK(has_colour(catalogue.run({"list"}, terminal({{"NO_COLOR", ""}})).out));
  CHECK_FALSE(has_colour(catalogue.run({"list"}, terminal({{"TERM", "dumb"}})).out));
  auto const piped = catalogue.run({"--output", "table", "list"}, {.environment = {{"TERM", "xterm"}}}).out;
  CHECK_THAT(piped, Contains("INTEGRATION"));
  CHECK_FALSE(has_colour(piped));
}

TEST_CASE("every command has an answer for people") {
  Catalogue const catalogue;
  auto const& id = catalogue.install;
  CHECK(catalogue.run({"set", id, "/headers/Accept", "\"text/csv\""}).status == 0);
  struct Case {
    std::vector<std::string> arguments;
    std::string shows;
  };
  for (auto const& [arguments, shows] : std::vector<Case>{
           {{"team", "get", catalogue.team}, "My Awesome Team"},
           {{"team", "list"}, "NAME"},
           {{"environment", "list"}, "production"},
           {{"integration", "list"}, "helpdesk"},
           {{"integration", "list", "name=none"}, ""},
           {{"get", id}, "My Awesome Team"},
           {{"config", id}, "\"Accept\": \"text/csv\""},
           {{"config", id, "/base_url"}, "https://api.example.com\n"},
           {{"explain", id}, "SHADOWS"},
           {{"explain", id, "/headers/Accept"}, "integration: \"application/json\""},
           {{"explain", id, "/nowhere"}, "No layer"},
           {{"set", id, "/label", "\"x\"", "--dry-run"}, "Nothing was written"},
           {{"update", id, "{}", "--dry-run"}, "Nothing would change"},
           {{"history", id}, "updated install"},
           {{"changes"}, "inserted team"},
           {{"json", "merge", "{}", R"({"a":1})"}, "\"a\": 1"},
           {{"verify"}, "The chain of its commits 1 to "},
           {{"compact", "--through", "1", "--vacuum"},
            "sqlite:inlay.db keeps the changes after revision 1; those before are forgotten now.\nIts file was written"
            " anew.\n"},
           {{"uninstall", id}, "uninstalled " + id},
       }) {
    CAPTURE(arguments);
    std::vector<std::string> all = {"--output", "table"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    auto const run = catalogue.run(all);
    INFO(run.err);
    CHECK(run.status == 0);
    CHECK_THAT(run.out, Contains(shows));
  }
}

TEST_CASE("columns stand under each other, whatever script a name is written in") {
  Catalogue const catalogue;
  catalogue.create("team", R"({"name":"日本","domain":"a"})");
  catalogue.create("team", R"({"name":"éclair","domain":"a"})");
  auto const table = catalogue.run({"--output", "table", "team", "list", "domain=a"}).out;
  CAPTURE(table);
  // 日本 takes four columns and six bytes, éclair six columns and seven bytes.
  CHECK_THAT(table, Contains("日本    a ") && Contains("éclair  a "));
}

TEST_CASE("what others stored cannot steer the terminal") {
  Catalogue const catalogue;
  CHECK(catalogue.run({"set", catalogue.install, "/label", R"("\u001b[2J\u009b31m\u202etxt\n")"}).status == 0);
  for (auto const& arguments : std::vector<std::vector<std::string>>{{"config", catalogue.install, "/label"},
                                                                     {"config", catalogue.install},
                                                                     {"explain", catalogue.install, "/label"},
                                                                     {"get", catalogue.install}}) {
    CAPTURE(arguments);
    auto const out = catalogue.run(arguments, terminal({{"NO_COLOR", "1"}})).out;
    CHECK_THAT(out, Contains("\\u001b[2J\\u009b31m\\u202etxt\\n"));
    CHECK_FALSE(has_colour(out));
    CHECK_THAT(out, !Contains("\u009b") && !Contains("\u202e"));
  }
}

TEST_CASE("JSON and CSV on a terminal cannot steer it either, and JSON means the same") {
  Catalogue const catalogue;
  CHECK(catalogue.run({"set", catalogue.install, "/label", R"("\u001b[2J\u007f\u009b31m\u202etxt\u2066\n")"}).status ==
        0);
  for (auto const& arguments : std::vector<std::vector<std::string>>{{"--output", "json", "config", catalogue.install},
                                                                     {"--output", "json", "get", catalogue.install},
                                                                     {"--output", "json", "list"},
                                                                     {"--output", "json", "explain", catalogue.install},
                                                                     {"--output", "json", "changes"},
                                                                     {"--output", "json", "config", "--all"},
                                                                     {"export"}}) {
    CAPTURE(arguments);
    auto const out = catalogue.run(arguments, terminal()).out;
    CHECK_THAT(out, Contains("\\u001b[2J\\u007f\\u009b31m\\u202etxt\\u2066\\n"));
    CHECK_FALSE(has_colour(out));
    CHECK_THAT(out, !Contains("\u009b") && !Contains("\u202e") && !Contains("\u2066") && !Contains("\x7F"));
    // Elsewhere the characters stand as they are, and what stands is the same.
    auto const piped = catalogue.run(arguments).out;
    CHECK_THAT(piped, Contains("\x7F\u009b31m\u202etxt\u2066"));
    // Of what is several lines the last one.
    auto const value_of = [](std::string const& text) {
      std::size_t const start = text.rfind('\n', text.find_last_of("}]")) + 1;
      return json::print(json::parse(text.substr(start, text.find_last_of("}]") + 1 - start)).value());
    };
    CHECK(value_of(out) == value_of(piped));
  }
  auto const csv = catalogue.run({"config", "--all", "--pointer", "/label", "--output", "csv"}, terminal()).out;
  CHECK_THAT(csv, Contains("\\u001b[2J\\u007f\\u009b31m\\u202etxt\\u2066"));
  CHECK_FALSE(has_colour(csv));
  CHECK_THAT(csv, Contains(",/label\r") && !Contains("\\r"));
}

TEST_CASE("an error is text on a terminal or in a table, and an object in JSON") {
  Catalogue const catalogue;
  auto const on_terminal = catalogue.run({"get", some_id}, terminal({{"NO_COLOR", "1"}}));
  CHECK(on_terminal.status == 1);
  CHECK_THAT(on_terminal.out, Contains("inlay: not_found: "));
  auto const in_table = catalogue.run({"--output", "table", "update", catalogue.install, R"({"is_enabled":1})"});
  CHECK_THAT(in_table.err, Contains("inlay: invalid_argument: ") && Contains("\n  at /is_enabled\n"));
  auto const in_json = catalogue.run({"--output", "json", "get", some_id}, terminal());
  CHECK_THAT(in_json.out, Catch::Matchers::StartsWith("{\"error\":{\"kind\":\"not_found\""));
}

TEST_CASE("a reader that is gone is no error") {
  Catalogue const catalogue;
  auto const run = catalogue.run({"changes"}, {.reader_is_gone = true});
  CHECK(run.err.empty());
  CHECK((run.status == 0 || run.status == 128 + 13));
}

TEST_CASE("an answer that cannot be written is an error") {
  Catalogue const catalogue;
  auto const run = catalogue.run({"get", catalogue.install}, {.output_file = "/dev/full"});
  CHECK(run.status == 1);
  CHECK_THAT(run.err, Contains("cannot be written"));
}

TEST_CASE("a write whose answer cannot be written says that it has happened") {
  Catalogue const catalogue;
  auto const& id = catalogue.install;
  for (auto const& arguments : std::vector<std::vector<std::string>>{{"team", "create", R"({"name":"Other"})"},
                                                                     {"set", id, "/label", "\"x\""},
                                                                     {"update", id, R"({"is_enabled":false})"},
                                                                     {"uninstall", id}}) {
    CAPTURE(arguments);
    auto const run = catalogue.run(arguments, into_full_disk());
    CHECK(run.status == 1);
    CHECK(at(json::parse(run.err).value(), "/error/outcome") == "\"done\"");
  }
  CHECK(catalogue.fault({"get", id}) == "not_found");

  auto const read = catalogue.run({"team", "list"}, into_full_disk());
  CHECK(read.status == 1);
  CHECK(at(json::parse(read.err).value(), "/error/outcome") == "absent");
}

TEST_CASE("explain shows an object that took the place of something else, before its members") {
  Catalogue const catalogue;
  REQUIRE(catalogue.run({"set", catalogue.install, "/label", R"({"en":"Help"})"}).status == 0);
  auto const table = catalogue.run({"--output", "table", "explain", catalogue.install, "/label"}).out;
  CAPTURE(table);
  auto const object = table.find("/label     {\"en\":\"Help\"}  environment  integration: \"Example API\"");
  CHECK(object != std::string::npos);
  CHECK(table.find("/label/en") > object);
}

TEST_CASE("a table of a row that somebody spoilt says which row, and a write says that it has happened all the same") {
  Catalogue const catalogue;
  std::string const other = catalogue.create("team", R"({"name":"Other"})");
  support::Shell shell(catalogue.folder.path() + "/inlay.db");
  REQUIRE(shell.run(R"(update inlay_environment_integration set override = '{"a":')") == SQLITE_OK);
  for (auto const& arguments : std::vector<std::vector<std::string>>{{"--output", "table", "list"},
                                                                     {"--output", "table", "get", catalogue.install}}) {
    CAPTURE(arguments);
    auto const run = catalogue.run(arguments);
    CHECK(run.status == 1);
    CHECK(run.out.empty());
    CHECK_THAT(run.err, Contains("inlay: corrupt: ") && Contains("environment_integration") &&
                            Contains(catalogue.install) && Contains("override"));
  }
  CHECK(catalogue.run({"--output", "table", "team", "get", other}).status == 0);

  auto const updated =
      catalogue.run({"--output", "table", "update", catalogue.install, R"({"show_in_catalog":false})"});
  CHECK(updated.status == 1);
  CHECK_THAT(updated.err, Contains("corrupt") && Contains("it has happened"));
  CHECK(shell.one("select show_in_catalog from inlay_environment_integration") == "0");
}
