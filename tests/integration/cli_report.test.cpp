// SPDX-License-Identifier: BSL-1.0
// `inlay config --all`: everything installed, row by row.
#include "cli.hpp"

#include <support/large_documents.hpp>
#include <support/many_installs.hpp>
#include <support/sqlite.hpp>

#include <algorithm>
#include <sstream>

using namespace inlay;
using namespace inlay::test;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;

namespace {

/** The catalogue with a second team, whose environment has the integration too, disabled and with an override. */
class Reported : public Catalogue {
 public:
  Reported() {
    other_team = create("team", R"({"name":"Team, the \"other\""})");
    other_environment = create("environment", R"({"name":"staging","team_id":")" + other_team + R"("})");
    other_install =
        text_at(answer({"install", "--integration", integration, "--environment", other_environment}), "/id");
    REQUIRE(run({"update", other_install,
                 R"({"is_enabled":false,"override":{"label":"a,\"b\"\r\nc","headers":{"Extra":"1"}}})"})
                .status == 0);
  }

  [[nodiscard]] std::vector<boost::json::value> lines(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--output", "json"});
    auto const run_of = run(arguments);
    INFO(run_of.err);
    CHECK(run_of.status == 0);
    std::vector<boost::json::value> values;
    std::istringstream in(run_of.out);
    for (std::string line; std::getline(in, line);) values.push_back(json::parse(line, json::no_limits).value());
    return values;
  }

  [[nodiscard]] std::string csv(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"config", "--all", "--output", "csv"});
    auto const run_of = run(arguments);
    CHECK(run_of.err.empty());
    CHECK(run_of.status == 0);
    return run_of.out;
  }

  std::string other_team;
  std::string other_environment;
  std::string other_install;
};

constexpr char const* csv_head =
    "id,environment_id,environment_name,integration_id,integration_name,team_id,team_name,is_enabled,version,";

}  // namespace

TEST_CASE("config --all gives a line of JSON for each install, with what config says of it") {
  Reported const reported;
  auto const rows = reported.lines({"config", "--all"});
  REQUIRE(rows.size() == 2);
  for (auto const& [row, install] :
       {std::pair(rows[0], reported.install), std::pair(rows[1], reported.other_install)}) {
    CHECK(text_at(row, "/id") == install);
    CHECK(text_at(row, "/integration_id") == reported.integration);
    CHECK(text_at(row, "/integration_name") == "zendesk");
    CHECK(at(row, "/config") + "\n" == reported.run({"config", install}).out);
    CHECK(row.as_object().size() == 10);
  }
  CHECK(text_at(rows[0], "/environment_id") == reported.environment);
  CHECK(text_at(rows[1], "/environment_name") == "staging");
  CHECK(text_at(rows[1], "/team_id") == reported.other_team);
  CHECK(text_at(rows[1], "/team_name") == R"(Team, the "other")");
  CHECK(at(rows[0], "/is_enabled") == "true");
  CHECK(at(rows[1], "/is_enabled") == "false");
  CHECK(at(rows[1], "/version") == "2");
  CHECK(reported.run({"config", "--all"}).out == reported.run({"--output", "json", "config", "--all"}).out);
}

TEST_CASE("with pointers a report has the values there, and no member for what is absent") {
  Reported const reported;
  REQUIRE(reported
              .run({"integration", "update", reported.integration, R"({"config":{"nothing":null}})", "--replace-config",
                    "--force"})
              .status == 0);
  auto const rows = reported.lines({"config", "--all", "--pointer", "/nothing", "--pointer", "/label"});
  CHECK(at(rows.at(0), "/values") == R"({"/nothing":null})");
  CHECK(at(rows.at(1), "/values") == R"({"/nothing":null,"/label":"a,\"b\"\r\nc"})");
  CHECK(at(rows.at(0), "/config") == "absent");
}

TEST_CASE("CSV quotes what has commas, quotes or ends of lines in it, and tells absent, empty and null apart") {
  Reported const reported;
  REQUIRE(reported
              .run({"integration", "update", reported.integration,
                    R"({"config":{"label":"plain","empty":"","word":"null","nothing":null,"list":[1,"x"],"n":1.0}})",
                    "--replace-config", "--force"})
              .status == 0);
  std::vector<std::string> arguments;
  std::string head = csv_head;
  for (char const* const pointer : {"/label", "/empty", "/word", "/nothing", "/list", "/n", "/headers", "/a,b"}) {
    arguments.insert(arguments.end(), {"--pointer", pointer});
    head += std::string(pointer) == "/a,b" ? "\"/a,b\"\r\n" : std::string(pointer) + ",";
  }
  std::string const row_1 = reported.install + "," + reported.environment + ",production," + reported.integration +
                            ",zendesk," + reported.team + ",My Awesome Team,true,1,";
  std::string const row_2 = reported.other_install + "," + reported.other_environment + ",staging," +
                            reported.integration + ",zendesk," + reported.other_team +
                            ",\"Team, the \"\"other\"\"\",false,2,";
  std::string const shared = R"("","null",null,"[1,""x""]",1.0,)";
  CHECK(reported.csv(arguments) == head + row_1 + "plain," + shared + ",\r\n" + row_2 + "\"a,\"\"b\"\"\r\nc\"," +
                                       shared + R"("{""Extra"":""1""}",)" + "\r\n");
}

TEST_CASE("without pointers CSV has the whole configuration as JSON in its last column") {
  Catalogue const catalogue;
  REQUIRE(catalogue
              .run({"integration", "update", catalogue.integration, R"({"config":{"a":"b"}})", "--replace-config",
                    "--force"})
              .status == 0);
  auto const out = catalogue.run({"--output", "csv", "config", "--all"}).out;
  CHECK(out == std::string(csv_head) + "config\r\n" + catalogue.install + "," + catalogue.environment + ",production," +
                   catalogue.integration + ",zendesk," + catalogue.team +
                   ",My Awesome Team,true,1,\"{\"\"a\"\":\"\"b\"\"}\"\r\n");
}

TEST_CASE("a report without rows is the header alone in CSV and in a table, and nothing in JSON") {
  Catalogue const catalogue;
  REQUIRE(catalogue.run({"uninstall", catalogue.install}).status == 0);
  CHECK(catalogue.run({"config", "--all", "--output", "csv"}).out == std::string(csv_head) + "config\r\n");
  CHECK(catalogue.run({"config", "--all", "--output", "json"}).out.empty());
  CHECK_THAT(catalogue.run({"config", "--all", "--output", "table"}).out,
             Contains("ENVIRONMENT") && Contains("CONFIG"));
}

TEST_CASE("a report as a table has names, and escapes and shortens what is in it") {
  Reported const reported;
  auto const out =
      reported.run({"config", "--all", "--output", "table", "--pointer", "/label", "--pointer", "/headers/Accept"}).out;
  CHECK(std::count(out.begin(), out.end(), '\n') == 3);
  CHECK_THAT(out, Contains("production") && Contains("staging") && Contains("/headers/Accept") &&
                      Contains(R"(a,"b"\r\nc)") && Contains("application/json") && !Contains(reported.environment));
  auto const whole = reported.run({"--output", "table", "config", "--all"}).out;
  CHECK_THAT(whole, Contains(R"({"base_url":"https://api)") && !Contains("per_page"));
}

TEST_CASE("a report is of one environment or one integration, by id or by name, and of what a team sees") {
  Reported const reported;
  auto const ids = [&](std::vector<std::string> arguments) {
    std::string all;
    for (auto const& row : reported.lines(std::move(arguments))) all += text_at(row, "/id") + " ";
    return all;
  };
  std::string const first = reported.install + " ";
  std::string const second = reported.other_install + " ";
  CHECK(ids({"config", "--all"}) == first + second);
  CHECK(ids({"config", "--all", "--environment", "staging"}) == second);
  CHECK(ids({"config", "--all", "--environment", reported.environment}) == first);
  CHECK(ids({"config", "--all", "--integration", "zendesk"}) == first + second);
  CHECK(ids({"config", "--all", "--integration", reported.integration, "--environment", "production"}) == first);
  CHECK(ids({"--team", reported.other_team, "config", "--all"}) == second);
  CHECK(ids({"--team", "My Awesome Team", "config", "--all"}) == first);
  CHECK(reported.fault({"config", "--all", "--environment", "nowhere"}) == "not_found");
  CHECK(reported.fault({"--team", reported.other_team, "config", "--all", "--environment", "production"}) ==
        "not_found");
  reported.create("environment", R"({"name":"staging","team_id":")" + reported.team + R"("})");
  CHECK(reported.fault({"config", "--all", "--environment", "staging"}) == "invalid_argument");
  CHECK(reported.fault({"config", "--all", "--pointer", "label"}) == "invalid_argument");
}

TEST_CASE("what makes no sense with config --all, or only with it, is wrong usage") {
  Catalogue const catalogue;
  for (auto const& arguments : std::vector<std::vector<std::string>>{
           {"config"},
           {"config", "--all", catalogue.install},
           {"config", "--all", "--layer", "request={}"},
           {"config", "--all", "--pointer", ""},
           {"config", "--all", "--environment", ""},
           {"config", "--all", "--integration", ""},
           {"config", "--all", "--pointer", "/a", "--pointer", "/a"},
           {"config", "--all", "--output", "xml"},
           {"config", catalogue.install, "--pointer", "/label"},
           {"config", catalogue.install, "--environment", "production"},
           {"config", catalogue.install, "--integration", "zendesk"},
           {"config", catalogue.install, "--output", "csv"},
           {"--output", "csv", "config", catalogue.install},
           {"--output", "csv", "list"},
           {"--output", "csv", "team", "list"},
           {"--output", "csv", "export"},
       }) {
    CAPTURE(arguments);
    auto const run = catalogue.run(arguments);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK_THAT(run.err, Contains("--help"));
  }
}

TEST_CASE("a reader of a report that is gone is no error, and a disk that is full is one") {
  Reported const reported;
  for (char const* const format : {"json", "csv", "table"}) {
    auto const unread = reported.run({"--output", format, "config", "--all"}, {.reader_is_gone = true});
    CHECK(unread.err.empty());
    CHECK((unread.status == 0 || unread.status == 128 + 13));
    auto const full = reported.run({"--output", format, "config", "--all"}, {.output_file = "/dev/full"});
    CHECK(full.status == 1);
    CHECK_THAT(full.err, Contains("the report cannot be written"));
  }
}

TEST_CASE("a configuration that cannot be read ends a report with an error that names the row") {
  Reported const reported;
  support::Shell shell(reported.folder.path() + "/inlay.db");
  REQUIRE(shell.run("update inlay_environment_integration set override = '[' where id = '" + reported.other_install +
                    "'") == 0);
  auto const run = reported.run({"config", "--all", "--output", "csv"});
  CHECK(run.status == 1);
  CHECK_THAT(run.err, Contains("\"corrupt\"") && Contains(reported.other_install));
}

TEST_CASE("a report of a store that is not there makes none") {
  Folder const folder;
  CHECK(fault_of(folder.run({"config", "--all"})) == "unavailable");
  CHECK_FALSE(folder.has("inlay.db"));
}

TEST_CASE("a report of a hundred thousand installs takes no more memory than one of a thousand") {
  struct Filled {
    explicit Filled(long long installs) {
      REQUIRE(folder.run({"migrate"}).status == 0);
      support::Shell shell(folder.path() + "/inlay.db");
      support::fill_lists(support::sqlite_lists, "inlay_", installs,
                          [&](std::string const& statement) { REQUIRE(shell.run(statement) == 0); });
    }

    [[nodiscard]] long peak_memory(std::string const& format) const {
      auto const run = folder.run({"--output", format, "config", "--all"}, {.output_file = "/dev/null"});
      CHECK(run.status == 0);
      return run.peak_memory;
    }

    Folder folder;
  };
  Filled const few(1'000);
  Filled const many(100'000);
  for (char const* const format : {"json", "csv", "table"}) {
    CAPTURE(format);
    CHECK(many.peak_memory(format) < few.peak_memory(format) + support::most_growth);
  }
  auto const out = many.folder.run({"config", "--all", "--pointer", "/rate_limit"}).out;
  CHECK(std::count(out.begin(), out.end(), '\n') == 100'000);
  CHECK_THAT(out, EndsWith(R"("values":{"/rate_limit":5}})"
                           "\n"));
}
