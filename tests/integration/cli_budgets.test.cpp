// SPDX-License-Identifier: BSL-1.0
// What a command may take: bytes of answer and memory, whatever is stored.
#include "budgets.hpp"
#include "program.hpp"

#include <inlay/backends/all.hpp>
#include <inlay/json/parse.hpp>

#include <support/catch.hpp>
#include <support/process.hpp>

#include <cstdlib>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace inlay;
using namespace inlay::test;

namespace {

/** What is said here is how much a command takes, not that it survives a power cut: no write waits for the disk. */
constexpr char const* unhurried_store = "sqlite:inlay.db?synchronous=normal";

/** The commands that answer with what is stored as it comes, with no end but the store's: what they hold is bounded,
    and what they answer is not. */
bool is_streamed(std::vector<std::string> const& command) {
  return command[0] == "export" || (command[0] == "config" && command[1] == "--all");
}

/** The names of commands in a help text: what stands below "Commands:", or, where there are several groups of them,
    below any heading but "Options:". */
std::vector<std::string> commands_in(std::string const& help, bool has_groups) {
  std::vector<std::string> names;
  std::istringstream lines(help);
  bool lists_commands = false;
  for (std::string line; std::getline(lines, line);) {
    bool const is_heading = !line.empty() && line.front() != ' ';
    if (is_heading) lists_commands = line == "Commands:" || (has_groups && line.ends_with(':') && line != "Options:");
    bool const is_name = line.starts_with("  ") && line.size() > 2 && line[2] != ' ';
    if (is_name && lists_commands) names.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return names;
}

/** "integration list" and so on: all commands that the program says it has. */
std::set<std::string> commands_of_program() {
  Folder const folder;
  std::set<std::string> all;
  for (std::string const& name : commands_in(folder.run({"--help"}).out, true)) {
    if (name == "inlay") continue;  // the example at the end
    auto const further = commands_in(folder.run({name, "--help"}).out, false);
    if (further.empty()) all.insert(name);
    for (std::string const& one : further) all.insert(name + ' ' + one);
  }
  return all;
}

/** Every command; what it is given of the worst documents is in files. */
std::vector<std::vector<std::string>> commands(std::string const& member) {
  std::string const at_install = to_string(install);
  std::string const at_integration = to_string(integration);
  std::string const team = to_string(own_team);
  return {
      {"version"},
      {"help"},
      {"completion", "bash"},
      {"json", "merge", "@0.json", "@1.json"},
      {"json", "diff", "@0.json", "@1.json"},
      {"json", "patch", "@0.json", R"([{"op":"add","path":"/new","value":1}])"},
      {"migrate"},
      {"list", "--limit", "1000"},
      {"get", at_install},
      {"config", at_install},
      {"config", at_install, member},
      {"config", "--all"},
      {"explain", at_install},
      {"history", at_install},
      {"history", at_integration},
      {"changes", "--limit", "1000"},
      {"team", "list"},
      {"team", "get", team},
      {"environment", "list"},
      {"environment", "get", to_string(environment)},
      {"integration", "list", "--limit", "1000"},
      {"integration", "get", at_integration},
      {"sharing", "list"},
      {"sharing", "get", "(grant)"},
      {"end", "--integration", at_integration, "over", "--dry-run"},
      // Of what was written to make the store; what is written from here on is logged, exported and copied.
      {"verify"},
      {"compact", "--keep-days", "0"},
      {"update", at_install, "@patch.json", "--dry-run"},
      {"update", at_install, "@patch.json"},
      {"batch", "changes.jsonl", "--dry-run"},
      {"batch", "changes.jsonl"},
      {"integration", "update", at_integration, "@config.json", "--dry-run"},
      {"integration", "update", at_integration, R"({"is_beta":true})"},
      {"set", at_install, "/new", "2", "--dry-run"},
      {"set", at_install, "/new", "1"},
      {"remove", at_install, "/new"},
      {"inherit", at_install, "/new"},
      {"inherit", at_install, "", "--force", "--dry-run"},
      {"team", "create", R"({"name":"new"})"},
      {"team", "update", team, R"({"name":"renamed"})"},
      {"environment", "create", R"({"name":"new","team_id":")" + team + R"("})"},
      {"environment", "update", to_string(environment), R"({"name":"renamed"})"},
      {"integration", "create", "@new.json"},
      {"install", "--integration", to_string(spare_integration), "--environment", to_string(environment)},
      {"sharing", "ask", "--integration", to_string(asked_integration), "--team", to_string(spare_team)},
      {"sharing", "grant", "(grant)"},
      {"sharing", "revoke", "(grant)"},
      {"sharing", "deny", "(grant of spare)"},
      {"export"},
      {"--store", "sqlite:imported.db?synchronous=normal", "import", "export.jsonl"},
      {"copy", "sqlite:inlay.db", "sqlite:copied.db?synchronous=normal"},
      {"uninstall", at_install},
      {"integration", "delete", at_integration},
      {"environment", "delete", to_string(spare_environment)},
      {"team", "delete", to_string(unused_team)},
  };
}

std::string grant_of(Folder const& folder, Id<Team> team) {
  auto const run = folder.run({"sharing", "list", "team_id=" + to_string(team)});
  auto const page = json::parse(run.out).value();
  return std::string(page.at("result").at(0).at("id").as_string());
}

}  // namespace

TEST_CASE("the budgets are held against every command that the program has") {
  std::set<std::string> run;
  std::set<std::string> const known = commands_of_program();
  for (auto const& command : commands("")) {
    std::size_t const at = command[0] == "--store" ? 2 : 0;
    std::string const& name = command[at];
    bool const is_group = !known.contains(name) && at + 1 < command.size();
    run.insert(is_group ? name + ' ' + command[at + 1] : name);
  }
  run.insert("serve");  // which answers as a server does: its requests have their budgets in rest_budgets.test.cpp
  CHECK(known.size() > 30);
  CHECK(known == run);
}

TEST_CASE("no command takes more than its budget of answer and memory, whatever is stored") {
  auto const idle = static_cast<std::size_t>(Folder().run({"version"}).peak_memory);
  for (Worst const& worst : worst_documents) {
    Folder const folder;
    support::Process filling([&](support::Process::Report const&) {
      fill(Catalog(all_backends().open("sqlite:" + folder.path() + "/inlay.db?synchronous=normal").value()), worst);
      folder.write("0.json", worst.make(0));
      folder.write("1.json", worst.make(1));
      folder.write("patch.json", R"({"override":)" + worst.make(2) + "}");
      folder.write("changes.jsonl", R"({"op":"update","entity":"environment_integration","id":")" + to_string(install) +
                                        R"(","patch":{"show_in_catalog":false}})");
      folder.write("config.json", R"({"config":)" + worst.make(2) + "}");
      folder.write("new.json",
                   R"({"name":"new","team_id":")" + to_string(own_team) + R"(","config":)" + worst.make(3) + "}");
      return 0;
    });
    REQUIRE(filling.wait() == 0);
    for (auto command : commands(worst.member)) {
      for (std::string& argument : command) {
        if (argument == "(grant)") argument = grant_of(folder, own_team);
        if (argument == "(grant of spare)") argument = grant_of(folder, spare_team);
      }
      // What is read here counts for what is started from here.
      bool const is_export = command[0] == "export";
      if (is_export) folder.write("export.jsonl", "");
      auto const run = folder.run(command, {.environment = {{"INLAY_STORE", unhurried_store}},
                                            .output_file = is_export ? folder.path() + "/export.jsonl" : ""});
      CAPTURE(worst.name, command, run.status, run.err.substr(0, 500), run.out.size(), run.peak_memory);
      if (std::getenv("INLAY_TEST_SHOW_BUDGETS") != nullptr) {
        WARN(worst.name << "; " << command[0] << ' ' << (command.size() > 1 ? command[1] : "") << ": " << run.status
                        << ", answer " << run.out.size() << ", memory " << run.peak_memory << " KB "
                        << run.err.substr(0, 200));
      }
      CHECK(run.status == 0);
      CHECK((is_streamed(command) || run.out.size() <= most_answered));
      CHECK(static_cast<std::size_t>(run.peak_memory) <= idle + most_memory);
    }
  }
}

TEST_CASE("to end thousands of installs of another team takes no more than the budget of one command") {
  auto const idle = static_cast<std::size_t>(Folder().run({"version"}).peak_memory);
  Folder const folder;
  support::Process filling([&](support::Process::Report const&) {
    fill_shared(Catalog(all_backends().open("sqlite:" + folder.path() + "/inlay.db?synchronous=normal").value()));
    return 0;
  });
  REQUIRE(filling.wait() == 0);
  for (char const* const option : {"--dry-run", ""}) {
    std::vector<std::string> command{"end", "--integration", to_string(integration), "over"};
    if (*option != '\0') command.emplace_back(option);
    auto const run = folder.run(command, {.environment = {{"INLAY_STORE", unhurried_store}}});
    CAPTURE(option, run.status, run.err.substr(0, 500), run.out, run.peak_memory);
    CHECK(run.status == 0);
    CHECK(run.out.find(std::to_string(shared_installs)) != std::string::npos);
    CHECK(run.out.size() < 100);
    CHECK(static_cast<std::size_t>(run.peak_memory) <= idle + most_memory);
  }
}
