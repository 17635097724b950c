// SPDX-License-Identifier: BSL-1.0
// Many changes from a file: as one commit, or some lines at a time.
#include "cli.hpp"

#include <support/catch.hpp>

#include <sstream>
#include <string>
#include <vector>

using namespace inlay::test;
using Catch::Matchers::Contains;

namespace {

std::vector<boost::json::value> lines_of(std::string const& text) {
  std::vector<boost::json::value> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(inlay::json::parse(line).value());
  return lines;
}

std::string environment_line(std::string const& name) {
  return R"({"op":"create","entity":"environment","row":{"team_id":"My Awesome Team","name":")" + name + "\"}}\n";
}

}  // namespace

TEST_CASE("a file of operations is one commit, with names for ids") {
  Catalogue const catalogue;
  std::string const made = some_id;
  catalogue.folder.write(
      "changes.jsonl",
      R"({"op":"ensure","entity":"environment","row":{"team_id":"My Awesome Team","name":"staging","id":")" + made +
          "\"}}\n" + R"({"op":"install","row":{"environment_id":")" + made +
          R"(","integration_id":"My Awesome Team/zendesk"}})" + "\n" +
          R"({"op":"set","id":"My Awesome Team/production/zendesk","pointer":"/label","value":"ours"})" + "\n" +
          R"({"op":"update","entity":"team","id":"My Awesome Team","patch":{"domain":"example.com"},"version":1})" +
          "\n\n");
  auto const before = catalogue.everything();
  auto const would_be = catalogue.answer({"batch", "changes.jsonl", "--dry-run"});
  CHECK(at(would_be, "/changed") == "true");
  CHECK(at(would_be, "/result/2/differences/0/pointer") == "\"/label\"");
  CHECK(catalogue.everything() == before);

  auto const done = catalogue.answer({"--actor", "anna", "batch", "changes.jsonl"});
  CHECK(at(done, "/lines") == "4");
  CHECK(at(done, "/changed") == "true");
  CHECK(at(done, "/result/0/id") == "\"" + made + "\"");
  CHECK(at(done, "/result/1/created") == "true");
  CHECK(at(done, "/result/3/version") == "2");
  CHECK(at(catalogue.answer({"environment", "get", "My Awesome Team/staging"}), "/id") == "\"" + made + "\"");
  CHECK(at(catalogue.answer({"config", "My Awesome Team/production/zendesk"}), "/label") == "\"ours\"");
  auto const log = catalogue.answer({"changes", "--after", "4"});
  CHECK(at(log, "/result/0/actor") == "\"anna\"");
  CHECK(at(log, "/result/1") == "absent");

  auto const table =
      catalogue.run({"--output", "table", "batch", "-"},
                    {.input = R"({"op":"inherit","id":"My Awesome Team/production/zendesk","pointer":"/label"})"});
  CHECK(table.status == 0);
  CHECK(table.out == "Line 1: committed as revision 6.\n");
  CHECK(catalogue.run({"--output", "table", "batch", "-"}).out == "There is nothing to do.\n");
}

TEST_CASE("an error of a batch names file and line, and nothing is done") {
  Catalogue const catalogue;
  auto const before = catalogue.everything();
  auto const fault_in = [&](std::string const& second) {
    catalogue.folder.write("changes.jsonl", environment_line("staging") + second + "\n");
    auto const run = catalogue.run({"batch", "changes.jsonl"});
    CHECK(run.out.empty());
    CHECK_THAT(run.err, Contains("changes.jsonl, line 2: "));
    CHECK(catalogue.everything() == before);
    return fault_of(run);
  };
  CHECK(fault_in(R"({"op":"update","entity":"environment_integration","id":")" + catalogue.install +
                 R"(","patch":{"colour":1}})") == "invalid_argument /1/colour");
  CHECK(fault_in(R"({"op":"update","entity":"integration","id":"zendesk","patch":{},"version":9})") == "conflict /1");
  CHECK(fault_in(R"({"op":"uninstall","id":"My Awesome Team/production/nothing"})") == "not_found /1/id");
  CHECK(fault_in(R"({"op":"create","entity":"environment","row":{"team_id":"Nobody","name":"x"}})") ==
        "not_found /1/team_id");
  CHECK(fault_in(R"({"op":"dance"})") == "invalid_argument /1/op");
  CHECK(fault_in(R"({"op":)") == "invalid_document /1/op");
  CHECK(fault_in("7") == "invalid_argument /1");
  CHECK(fault_in("\n" + environment_line("after")) == "invalid_argument /1");
  std::string const replacing =
      R"({"op":"update","entity":"integration","id":"zendesk","documents":"replace","patch":{"config":{}}})";
  CHECK(fault_in(replacing) == "invalid_argument /1");
  catalogue.folder.write("changes.jsonl", replacing);
  CHECK(catalogue.fault({"batch", "missing.jsonl"}) == "invalid_argument");
  CHECK(at(catalogue.answer({"batch", "changes.jsonl", "--force"}), "/changed") == "true");
  CHECK(catalogue.run({"batch", "changes.jsonl", "--commit-every", "0"}).status == 2);
  CHECK(catalogue.run({"batch", "changes.jsonl", "--commit-every", "1", "--dry-run"}).status == 2);
}

TEST_CASE("some lines at a time are commits of their own, and an error says how to go on") {
  Catalogue const catalogue;
  std::string file;
  for (char const* const name : {"a", "b", "c", "d", "production", "e", "f"}) file += environment_line(name);
  catalogue.folder.write("changes.jsonl", file);
  auto const run = catalogue.run({"batch", "changes.jsonl", "--commit-every", "2"});
  CHECK(run.status == 1);
  auto const committed = lines_of(run.out);
  REQUIRE(committed.size() == 2);
  CHECK(at(committed[0], "/lines") == "2");
  CHECK(at(committed[0], "/revision") == "5");
  CHECK(at(committed[1], "/lines") == "4");
  auto const error = inlay::json::parse(run.err).value();
  CHECK(text_at(error, "/error/kind") == "already_exists");
  CHECK(text_at(error, "/error/pointer") == "/4/name");
  CHECK_THAT(run.err, Contains("changes.jsonl, line 5: ") && Contains("--skip 4 "));
  CHECK(at(catalogue.answer({"environment", "list"}), "/result/5") == "absent");

  auto const again = catalogue.run({"batch", "changes.jsonl", "--commit-every", "2", "--skip", "4"});
  CHECK(again.status == 1);
  CHECK(again.out.empty());
  CHECK(text_at(inlay::json::parse(again.err).value(), "/error/pointer") == "/4/name");

  auto const rest = catalogue.run({"batch", "-", "--commit-every", "2", "--skip", "5"}, {.input = file});
  CHECK(rest.status == 0);
  CHECK(lines_of(rest.out).size() == 1);
  CHECK(at(lines_of(rest.out).front(), "/lines") == "7");
  CHECK(at(catalogue.answer({"environment", "list"}), "/result/6/name") == "\"f\"");
  auto const table =
      catalogue.run({"--output", "table", "batch", "changes.jsonl", "--commit-every", "1", "--skip", "9"});
  CHECK(table.out == "There is nothing to do.\n");
}

TEST_CASE("a batch that is too long is refused without its rest, and input that cannot be read says so") {
  Catalogue const catalogue;
  std::string many;
  for (int i = 0; i < 10'001; ++i) many += R"({"op":"end","id":")" + std::string(some_id) + "\",\"reason\":\"x\"}\n";
  catalogue.folder.write("changes.jsonl", many + "no JSON\n");
  CHECK(catalogue.fault({"batch", "changes.jsonl"}) == "invalid_argument /10000");
  auto const folder = catalogue.run({"batch", "."});
  CHECK(fault_of(folder) == "unavailable");
  CHECK_THAT(folder.err, Contains("cannot read .: Is a directory"));
  catalogue.folder.write("named.jsonl", environment_line("staging"));
  CHECK(catalogue.fault({"--actor", "\x01", "batch", "named.jsonl"}) == "invalid_argument /actor");
}

TEST_CASE("a batch for a team does what the team may") {
  Catalogue const catalogue;
  (void)catalogue.create("team", R"({"name":"Other"})");
  catalogue.folder.write("changes.jsonl",
                         R"({"op":"create","entity":"environment","row":{"team_id":"Other","name":"theirs"}})");
  CHECK(catalogue.fault({"--team", "My Awesome Team", "batch", "changes.jsonl"}) == "forbidden /0/team_id");
  CHECK(at(catalogue.answer({"--team", "Other", "batch", "changes.jsonl"}), "/changed") == "true");
}
