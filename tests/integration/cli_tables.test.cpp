// SPDX-License-Identifier: BSL-1.0
// Tables that fit their terminal, and what people see of a write and of history.
#include "cli.hpp"

#include <inlay/backends/all.hpp>
#include <inlay/catalog.hpp>

#include <support/sqlite.hpp>

#include <algorithm>
#include <map>
#include <regex>
#include <sstream>

using namespace inlay;
using namespace inlay::test;
using Catch::Matchers::Contains;

namespace {

using Arguments = std::vector<std::string>;

constexpr char const* path = "My Awesome Team/production/zendesk";

RunOptions terminal(int columns, std::map<std::string, std::string> environment = {}) {
  environment.try_emplace("TERM", "dumb");
  return {.environment = std::move(environment), .on_terminal = true, .columns = static_cast<unsigned short>(columns)};
}

std::vector<std::string> lines_of(std::string const& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines.push_back(line);
  }
  return lines;
}

/** Columns, where a character that is none of ASCII's takes one: true of `…` and `→`. */
std::size_t widest_line(std::string const& text) {
  std::size_t widest = 0;
  for (std::string const& line : lines_of(text)) {
    auto const width = std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; });
    widest = std::max(widest, static_cast<std::size_t>(width));
  }
  return widest;
}

/** A catalogue with long names and values. */
class Long : public Catalogue {
 public:
  Long() {
    team = create("team", R"({"name":")" + std::string(60, 'T') + R"(","domain":"a-rather-long-domain.example.com"})");
    environment = create("environment", R"({"name":")" + std::string(50, 'E') + R"(","team_id":")" + team + R"("})");
    integration =
        create("integration", R"({"name":")" + std::string(40, 'I') + R"(","category":")" + std::string(30, 'C') +
                                  R"(","team_id":")" + team + R"(","config":)" + std::string(example_config) + "}");
    install = text_at(answer({"install", "--integration", integration, "--environment", environment}), "/id");
    for (int i = 0; i < 3; ++i) {
      REQUIRE(run({"--actor", "somebody.with.a.long.name@example.com", "--reason", "a reason of more than a few words",
                   "set", install, "/headers/X-" + std::to_string(i), "--string", std::string(50, 'v')})
                  .status == 0);
    }
  }
};

}  // namespace

TEST_CASE("no table is wider than its terminal, however long what is in it") {
  Long const catalogue;
  REQUIRE(catalogue.run({"integration", "update", catalogue.integration, R"({"sharing":"ask"})"}).status == 0);
  auto const asking = catalogue.create("team", R"({"name":")" + std::string(70, 'A') + R"("})");
  REQUIRE(catalogue.run({"sharing", "ask", "--integration", catalogue.integration, "--team", asking}).status == 0);
  for (Arguments const& command : std::vector<Arguments>{
           {"list"},
           {"team", "list"},
           {"environment", "list"},
           {"integration", "list"},
           {"sharing", "list"},
           {"explain", catalogue.install},
           {"history", catalogue.install},
           {"changes"},
           {"config", "--all"},
           {"config", "--all", "--pointer", "/headers/X-1", "--pointer", "/pagination/config/page_key"},
           {"set", catalogue.install, "/label", "--string", std::string(90, 'l'), "--dry-run"},
           {"get", "nobody/has this/" + std::string(20, 'n')}}) {
    CAPTURE(command);
    for (int const columns : {80, 60, 40}) {
      auto const out = catalogue.run(command, terminal(columns)).out;
      CAPTURE(columns, out);
      CHECK(widest_line(out) <= static_cast<std::size_t>(columns));
      CHECK(widest_line(out) > 10);
    }
  }
}

TEST_CASE("at 80 columns a list has the names first, then the end of the id") {
  Catalogue const catalogue;
  auto const lines = lines_of(catalogue.run({"list"}, terminal(80)).out);
  REQUIRE(lines.size() == 2);
  CHECK_THAT(lines[0], Catch::Matchers::StartsWith("TEAM             ENVIRONMENT  INTEGRATION  ENABLED"));
  CHECK_THAT(lines[1], Catch::Matchers::StartsWith("My Awesome Team  production   zendesk      true"));
  CHECK_THAT(lines[1], Catch::Matchers::EndsWith("just now  " + catalogue.install.substr(28)));
}

TEST_CASE("the width is that of COLUMNS, else the terminal's, else 80, and elsewhere a table is as wide as it is") {
  Long const catalogue;
  CHECK(widest_line(catalogue.run({"list"}, terminal(0)).out) == 80);
  CHECK(widest_line(catalogue.run({"list"}, terminal(100)).out) == 100);
  CHECK(widest_line(catalogue.run({"list"}, terminal(100, {{"COLUMNS", "70"}})).out) == 70);
  CHECK(widest_line(catalogue.run({"list"}, terminal(100, {{"COLUMNS", "many"}})).out) == 100);
  CHECK(widest_line(catalogue.run({"--output", "table", "list"}).out) > 150);
  CHECK(widest_line(catalogue.run({"--output", "table", "list"}, {.environment = {{"COLUMNS", "90"}}}).out) == 90);
}

TEST_CASE("with --wide, anywhere on the line, ids and times are whole and nothing is cut") {
  Long const catalogue;
  for (Arguments const& command :
       std::vector<Arguments>{{"--wide", "list"}, {"list", "--wide"}, {"list", "--wide", "--limit", "10"}}) {
    auto const out = catalogue.run(command, terminal(80)).out;
    CHECK_THAT(
        out, Contains(catalogue.install) && Contains(std::string(60, 'T')) && !Contains("…") && !Contains("just now"));
    CHECK(std::regex_search(out, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)")));
  }
}

TEST_CASE("times are said as people say them") {
  Catalogue const catalogue;
  support::Shell shell(catalogue.folder.path() + "/inlay.db");
  auto const shown_after = [&](long long seconds) {
    REQUIRE(shell.run("update inlay_team set updated_at = cast(strftime('%s', 'now') as integer) * 1000000 - " +
                      std::to_string(seconds) + " * 1000000") == SQLITE_OK);
    return lines_of(catalogue.run({"team", "list"}, terminal(80)).out).at(1);
  };
  CHECK_THAT(shown_after(30), Contains("  just now  "));
  CHECK_THAT(shown_after(5 * 60 + 5), Contains("  5 min ago  "));
  CHECK_THAT(shown_after(3 * 3'600 + 5), Contains("  3 h ago  "));
  CHECK_THAT(shown_after(86'400 + 5), Contains("  1 day ago  "));
  CHECK_THAT(shown_after(12 * 86'400 + 5), Contains("  12 days ago  "));
  CHECK(std::regex_search(shown_after(400LL * 86'400), std::regex(R"(  \d{4}-\d\d-\d\d  )")));
}

TEST_CASE("ids whose ends are the same are shown as far as it takes to tell them apart") {
  Catalogue const catalogue;
  for (char const* id : {"00000000-0000-4000-8000-0001aaaaaaaa", "00000000-0000-4000-8000-0002aaaaaaaa"}) {
    REQUIRE(catalogue.run({"team", "create", std::string(R"({"name":"twin","id":")") + id + R"("})"}).status == 0);
  }
  auto const out = catalogue.run({"team", "list", "name=twin"}, terminal(80)).out;
  CHECK_THAT(out, Contains("  1aaaaaaaa") && Contains("  2aaaaaaaa"));
}

TEST_CASE("a write shows what is different before and after, as its dry run does") {
  Catalogue const catalogue;
  auto const table_of = [](std::string const& out) { return out.substr(std::min(out.find("POINTER"), out.size())); };
  Arguments set{"--output", "table", "set", path, "/base_url", "--string", "https://eu"};
  Arguments dry_run = set;
  dry_run.emplace_back("--dry-run");
  auto const preview = catalogue.run(dry_run).out;
  CHECK_THAT(preview,
             Contains("Nothing was written") && Contains("/base_url  \"https://api.example.com\"  \"https://eu\"\n"));
  auto const written = catalogue.run(set);
  CHECK_THAT(written.out, Contains(std::string(path) + " is at version 2 now"));
  CHECK(table_of(written.out) == table_of(preview));
  CHECK(written.err.empty());

  auto const update =
      catalogue.run({"--output", "table", "update", path, R"({"is_enabled":false,"override":{"base_url":null}})"}).out;
  CHECK_THAT(update, Contains("/is_enabled  true    false") &&
                         Contains("/base_url  \"https://eu\"  \"https://api.example.com\""));
  auto const of_team =
      catalogue.run({"--output", "table", "team", "update", catalogue.team, R"({"domain":"a.example"})"});
  CHECK_THAT(of_team.out, Contains("/domain  (absent)  \"a.example\""));
  auto const of_config = catalogue.run(
      {"--output", "table", "integration", "update", "zendesk", R"({"config":{"headers":{"Accept":"text/csv"}}})"});
  CHECK_THAT(of_config.out, Contains("/config/headers/Accept  \"application/json\"  \"text/csv\""));
  auto const nothing = catalogue.run({"--output", "table", "set", path, "/label", "--string", "Example API"}).out;
  CHECK_THAT(nothing, Contains("/override  (absent)  {\"label\":\"Example API\"}") && Contains("stays as it is"));
}

TEST_CASE("a write whose change the log does not have any more shows the row") {
  Catalogue const catalogue;
  support::Shell shell(catalogue.folder.path() + "/inlay.db");
  REQUIRE(shell.run("create trigger forgetful after insert on inlay_change begin delete from inlay_change; end") ==
          SQLITE_OK);
  auto const run = catalogue.run({"--output", "table", "set", path, "/label", "--string", "x"});
  CHECK(run.status == 0);
  CHECK_THAT(run.out, Contains("\"label\": \"x\"") && Contains(catalogue.install));
}

TEST_CASE("a value that is text is set as it is with --string") {
  Catalogue const catalogue;
  for (std::string const text : {"hello", "\"quoted\"", "-5", "null", "{}", "@file", "-", "tab\tand\nline"}) {
    CAPTURE(text);
    auto const answer = catalogue.answer({"set", path, "/label", "--string", text});
    CHECK(text_at(answer, "/override/label") == text);
  }
  CHECK(catalogue.fault({"set", path, "/label", "--string", "\xff"}).starts_with("invalid_document"));
}

TEST_CASE("removing what nobody has says so on standard error, and removing what somebody has does not") {
  Catalogue const catalogue;
  constexpr char const* remark =
      "Nobody has a value at /nowhere/at/all: it is absent with this and without. `inlay explain` shows the places "
      "there are.";
  CHECK(at(answer_of(catalogue.run({"remove", path, "/nowhere/at/all"}), remark), "/version") == "2");
  CHECK(catalogue.run({"remove", path, "/headers/Accept"}).err.empty());
  REQUIRE(catalogue.run({"set", path, "/mine", "1"}).status == 0);
  CHECK(catalogue.run({"remove", path, "/mine"}).err.empty());
}

TEST_CASE("history shows values, of an install and of its integration in one line of time") {
  Catalogue const catalogue;
  REQUIRE(catalogue
              .run({"--actor", "alice", "--reason", "the EU moved", "set", path, "/base_url", "--string", "https://eu"})
              .status == 0);
  REQUIRE(
      catalogue.run({"--actor", "bob", "integration", "update", "zendesk", R"({"config":{"label":"Help"}})"}).status ==
      0);
  REQUIRE(catalogue.run({"--actor", "carol", "inherit", path, "/base_url"}).status == 0);
  auto const out = catalogue.run({"history", path}, terminal(80)).out;
  CAPTURE(out);
  auto const place = [&](char const* text) {
    CHECK_THAT(out, Contains(text));
    return out.find(text);
  };
  auto const alice =
      place("alice  updated install: the EU moved\r\n    /override  (absent) → {\"base_url\":\"https://eu\"}");
  auto const bob = place("bob  updated integration\r\n    /config/label  \"Example API\" → \"Help\"");
  auto const carol = place("carol  updated install\r\n    /override  {\"base_url\":\"https://eu\"} → (absent)");
  CHECK(alice < bob);
  CHECK(bob < carol);
  CHECK_THAT(catalogue.run({"history", "zendesk"}, terminal(80)).out, !Contains("alice") && Contains("bob"));
  CHECK_THAT(catalogue.run({"history", path, "--kind", "environment_integration"}, terminal(80)).out,
             Contains("alice") && !Contains("bob"));
  CHECK_THAT(catalogue.run({"history", path}).out, !Contains("bob"));

  // What an integration's owner does is not for other teams to read.
  REQUIRE(catalogue.run({"integration", "update", "zendesk", R"({"sharing":"allow"})"}).status == 0);
  auto const other = catalogue.create("team", R"({"name":"Other"})");
  catalogue.create("environment", R"({"name":"staging","team_id":")" + other + R"("})");
  REQUIRE(catalogue.run({"install", "Other/staging/zendesk"}).status == 0);
  auto const theirs = catalogue.run({"--team", "Other", "history", "Other/staging/zendesk"}, terminal(80)).out;
  CHECK_THAT(theirs, Contains("inserted install") && !Contains("bob") && Contains("its owner's to see"));
}

TEST_CASE("names and values of others cannot steer the terminal in lists, writes, errors and history either") {
  Catalogue const catalogue;
  support::Shell shell(catalogue.folder.path() + "/inlay.db");
  // Names with control characters are refused, so one comes from somebody who wrote past inlay.
  REQUIRE(shell.run("update inlay_environment set name = 'e' || char(27) || '[2J'") == SQLITE_OK);
  auto const& id = catalogue.install;
  for (Arguments const& command : std::vector<Arguments>{{"list"},
                                                         {"set", id, "/label", R"("\u001b[31m")"},
                                                         {"set", id, "/label", R"("\u001b[32m")", "--dry-run"},
                                                         {"history", id},
                                                         {"explain", id, "/label"},
                                                         {"get", "My Awesome Team/\x1b[31m/zendesk"},
                                                         {"complete", "--", "get", "My Awesome Team/"}}) {
    CAPTURE(command);
    CHECK_THAT(catalogue.run(command, terminal(80)).out, !Contains("\x1b"));
  }
}

TEST_CASE("the option --sort shows the first rows in the order of a field, in either direction") {
  Catalogue const catalogue;
  for (char const* name : {"b", "c", "a"}) {
    catalogue.create("team", std::string(R"({"name":")") + name + R"(","domain":"x"})");
  }
  auto const names = [&](Arguments arguments, std::string const& remark = {}) {
    std::string all;
    auto const page = answer_of(catalogue.run(arguments), remark);
    for (auto const& row : page.at("result").as_array()) all += text_at(row, "/name") + ' ';
    return all;
  };
  CHECK(names({"team", "list", "domain=x"}) == "b c a ");
  CHECK(names({"team", "list", "domain=x", "--sort", "name"}) == "a b c ");
  CHECK(names({"team", "list", "domain=x", "--sort", "-name"}) == "c b a ");
  CHECK(names({"team", "list", "domain=x", "--sort", "version"}) == "b c a ");
  CHECK(names({"team", "list", "--sort", "-domain"}) == "b c a My Awesome Team ");
  CHECK(names({"team", "list", "domain=x", "--sort", "name", "--limit", "2"},
              "There are more in this order than these 2: raise --limit, or filter.") == "a b ");
  CHECK(at(catalogue.answer({"list", "--sort", "integration.name"}), "/result/0/integration/name") == "\"zendesk\"");
  CHECK(at(catalogue.answer({"integration", "list", "--sort", "name"}), "/result/0/config") == example_config);
  CHECK_THAT(text_at(error_of(catalogue.run({"team", "list", "--sort", "nmae"})), "/error/message"),
             Contains("did you mean 'name'"));
  CHECK(catalogue.fault({"team", "list", "--sort", "name", "--limit", "1001"}) == "invalid_argument");
}

TEST_CASE("the option --sort refuses the fields of rows beside, which help lists for filters only") {
  Catalogue const catalogue;
  for (Arguments const& arguments : std::vector<Arguments>{{"list", "--sort", "environment.name"},
                                                           {"list", "--sort", "-environment.team.name"},
                                                           {"environment", "list", "--sort", "team.name"}}) {
    CAPTURE(arguments);
    auto const error = error_of(catalogue.run(arguments));
    CHECK(text_at(error, "/error/kind") == "invalid_argument");
    CHECK_THAT(text_at(error, "/error/message"), Contains("team.name can") || Contains("environment.name can"));
    CHECK_THAT(text_at(error, "/error/message"), Contains("not sorted by"));
  }
  auto const message = text_at(error_of(catalogue.run({"list", "--sort", "enviroment.name"})), "/error/message");
  CHECK_THAT(message, !Contains("'environment.name'"));
  CHECK_THAT(text_at(error_of(catalogue.run({"list", "--sort", "integration.team.nmae"})), "/error/message"),
             Contains("did you mean 'integration.team.name'"));
  auto const help = catalogue.run({"help", "list"}).out;
  std::size_t const for_filters = help.find("Fields to filter by only:");
  REQUIRE(for_filters != std::string::npos);
  CHECK(help.find("integration.name ", help.find("Fields to filter and to sort by:")) < for_filters);
  CHECK(help.find("environment.team.name", for_filters) != std::string::npos);
  CHECK(help.rfind("environment.name ", for_filters) == std::string::npos);
  CHECK_THAT(catalogue.run({"help", "team", "list"}).out, !Contains("by only"));
}

TEST_CASE("a table names all that its rows reference, however many these are") {
  Folder const folder;
  constexpr std::size_t grants = 1'000;
  {
    Catalog const catalog(all_backends().open("sqlite:" + folder.path() + "/inlay.db?synchronous=normal").value());
    Team owner;
    owner.name = "owner";
    Integration integration;
    integration.name = "zendesk";
    integration.team_id = catalog.create(owner).value().id;
    integration.sharing = Sharing::ask;
    auto const id = catalog.create(integration).value().integration.id;
    for (std::size_t i = 0; i < grants; ++i) {
      Team asking;
      asking.name = "asking";
      REQUIRE(catalog.ask_for(id, catalog.create(asking).value().id).has_value());
    }
  }
  auto const table = folder.run({"--output", "table", "sharing", "list", "--limit", std::to_string(grants)}).out;
  std::size_t named = 0;
  for (auto at = table.find(" asking "); at != std::string::npos; at = table.find(" asking ", at + 1)) ++named;
  CHECK(named == grants);
}
