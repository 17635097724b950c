// SPDX-License-Identifier: BSL-1.0
// Whole stores on their way: from store to store, into files and out of them.
#include "cli.hpp"

#include <support/large_documents.hpp>
#include <support/process.hpp>
#include <support/stores.hpp>
#include <support/temporary_folder.hpp>

#include <algorithm>
#include <memory>
#include <sstream>

using namespace inlay;
using namespace inlay::test;
using Catch::Matchers::Contains;

namespace {

/** A store with rows of every kind that the program can make, some changed, some gone. */
class Moving : public Catalogue {
 public:
  Moving() {
    REQUIRE(run({"set", install, "/label", R"("\u001b[31m \ud83d\ude00 1e2")"}).status == 0);
    REQUIRE(run({"--reason", "a try", "set", install, "/big", "[18446744073709551615,-0.0,1e-7]"}).status == 0);
    std::string const staging = create("environment", R"({"name":"staging ","team_id":")" + team + R"("})");
    auto const other = answer({"install", "--integration", integration, "--environment", staging});
    REQUIRE(run({"uninstall", text_at(other, "/id")}).status == 0);
    exported = exported_from("sqlite:inlay.db");
    REQUIRE(std::count(exported.begin(), exported.end(), '\n') == 1 + 5 + 9);
  }

  [[nodiscard]] std::string exported_from(std::string const& store) const {
    auto const run_of = run({"--store", store, "export"});
    CAPTURE(store);
    CHECK(run_of.status == 0);
    CHECK(run_of.err.empty());
    return run_of.out;
  }

  std::string exported;
};

std::string lines_of(Repository const& repository) {
  std::string lines;
  auto const dumped = repository.dump({.sink = [&](StoreRecord const& record) {
    storage::append_line(record, lines);
    return Result<void>();
  }});
  CHECK(dumped.has_value());
  return lines;
}

}  // namespace

TEST_CASE("a store moves from backend to backend, and all of them export the same bytes") {
  Moving const moving;
  std::vector<std::string> stores{"sqlite:inlay.db", "sqlite:second.db?table_prefix=x_"};
  for (std::string const& server : new_server_urls()) stores.push_back(server);
  stores.emplace_back("sqlite:last.db");
  for (std::size_t i = 1; i < stores.size(); ++i) {
    CAPTURE(stores[i]);
    auto const copied = moving.answer({"copy", stores[i - 1], stores[i]});
    CHECK(at(copied, "/revision") == "9");
    CHECK(at(copied, "/rows/environment_integration") == "1");
    CHECK(at(copied, "/commits") == "9");
    CHECK(moving.exported_from(stores[i]) == moving.exported);
    CHECK(moving.run({"--store", stores[i], "changes"}).out == moving.everything());
    CHECK(moving.run({"--store", stores[i], "get", moving.install}).out == moving.run({"get", moving.install}).out);
  }
}

TEST_CASE("a store moves through memory and through every backend of the build by the interface alone") {
  Moving const moving;
  std::istringstream file(moving.exported);
  auto const first = all_backends().open("memory:").value();
  REQUIRE(
      first->restore({.fill = [&](RecordSink const& sink) { return storage::read_lines({.in = file, .sink = sink}); }})
          .has_value());
  CHECK(lines_of(*first) == moving.exported);

  support::TemporaryFolder const folder;
  std::vector<std::string> stores = new_store_urls();
  stores.push_back("sqlite:" + folder.file("store.db"));
  std::shared_ptr<Repository> from = first;
  for (std::string const& store : stores) {
    CAPTURE(store);
    auto const to = all_backends().open(store).value();
    auto const moved = to->restore({.fill = [&](RecordSink const& sink) { return from->dump({.sink = sink}); }});
    REQUIRE(moved.has_value());
    CHECK(lines_of(*to) == moving.exported);
    from = to;
  }
}

TEST_CASE("what export writes import reads, from a file and from standard input") {
  Moving const moving;
  moving.folder.write("store.jsonl", moving.exported);
  auto const imported = moving.answer({"--store", "sqlite:file.db", "import", "store.jsonl"});
  CHECK(at(imported, "/store") == "\"sqlite:file.db\"");
  CHECK(moving.exported_from("sqlite:file.db") == moving.exported);
  CHECK(moving.run({"--store", "sqlite:input.db", "import", "-"}, {.input = moving.exported}).status == 0);
  CHECK(moving.exported_from("sqlite:input.db") == moving.exported);
  CHECK_THAT(moving.run({"--output", "table", "--store", "sqlite:table.db", "import", "store.jsonl"}).out,
             Contains("5 rows and 9 commits"));
}

TEST_CASE("a moved store goes on: its rows are at their versions, and the next commit follows the last") {
  Moving const moving;
  CHECK(moving.run({"copy", "sqlite:inlay.db", "sqlite:new.db"}).status == 0);
  auto const updated = moving.answer(
      {"--store", "sqlite:new.db", "update", moving.install, R"({"is_enabled":false})", "--if-version", "3"});
  CHECK(at(updated, "/version") == "4");
  CHECK(at(moving.answer({"--store", "sqlite:new.db", "changes", "--after", "9"}), "/result/0/revision") == "10");
}

TEST_CASE("a store that is not empty is only filled with --replace, which leaves nothing of it") {
  Moving const moving;
  moving.folder.write("store.jsonl", moving.exported);
  for (std::vector<std::string> command : {std::vector<std::string>{"copy", "sqlite:inlay.db", "sqlite:used.db"},
                                           {"--store", "sqlite:used.db", "import", "store.jsonl"}}) {
    CAPTURE(command);
    CHECK(moving.run({"--store", "sqlite:used.db", "team", "create", R"({"name":"Others"})"}).status == 0);
    auto const before = moving.exported_from("sqlite:used.db");
    auto const error = error_of(moving.run(command));
    CHECK(text_at(error, "/error/kind") == "already_exists");
    CHECK_THAT(text_at(error, "/error/message"), Contains("--replace"));
    CHECK(moving.exported_from("sqlite:used.db") == before);
    command.emplace_back("--replace");
    CHECK(moving.run(command).status == 0);
    std::string const replaced = moving.exported_from("sqlite:used.db");
    CHECK(without_store_id(replaced) == without_store_id(moving.exported));
    CHECK(replaced != moving.exported);  // it is a store of its own
  }
}

TEST_CASE("a file that is cut off, or wrong in one place, is refused with the line, and nothing is written") {
  Moving const moving;
  auto const last_line = moving.exported.rfind('\n', moving.exported.size() - 2) + 1;
  std::string wrong = moving.exported;
  wrong.replace(wrong.find("\"staging \""), 10, "7777777777");
  struct Case {
    std::string text;
    std::string fault;
    std::string says;
  };
  for (auto const& [text, fault, says] : std::vector<Case>{
           {moving.exported.substr(0, last_line), "invalid_argument", "of 9 commit records 8 came"},
           {moving.exported.substr(0, last_line + 20), "invalid_document /commit", "line 15: "},
           {wrong, "invalid_argument /row/name", "line 4: "},
           {"", "invalid_argument", "no records at all"},
           {moving.exported + "x\n", "invalid_document ", "line 16: "},
           {moving.exported.substr(0, last_line) + "\n" + moving.exported.substr(last_line), "invalid_argument",
            "line 15: the line is blank"},
           {moving.exported.substr(moving.exported.find('\n') + 1), "invalid_argument", "line 1: "},
       }) {
    CAPTURE(says);
    moving.folder.write("store.jsonl", text);
    auto const run = moving.run({"--store", "sqlite:target.db", "import", "store.jsonl"});
    CHECK(fault_of(run) == fault);
    CHECK_THAT(text_at(error_of(run), "/error/message"), Contains(says));
  }
  CHECK(at(moving.answer({"--store", "sqlite:target.db", "changes"}), "/through") == "0");
}

TEST_CASE("a store that is not there is neither copied nor made") {
  Folder const folder;
  CHECK(fault_of(folder.run({"copy", "sqlite:typo.db", "sqlite:new.db"})) == "unavailable");
  CHECK(fault_of(folder.run({"--store", "sqlite:typo.db", "export"})) == "unavailable");
  CHECK(fault_of(folder.run({"--store", "sqlite:new.db", "import", "missing.jsonl"})) == "invalid_argument");
  CHECK_FALSE(folder.has("typo.db"));
  CHECK_FALSE(folder.has("new.db"));
}

TEST_CASE("on a terminal a bar shows how far a copy has come, elsewhere nothing does") {
  Moving const moving;
  RunOptions const terminal{.environment = {{"TERM", "xterm"}}, .on_terminal = true};
  auto const shown = moving.run({"copy", "sqlite:inlay.db", "sqlite:one.db"}, terminal).out;
  CHECK_THAT(shown, Contains("Copying [") && Contains(" of 14") && Contains("Copied 5 rows and 9 commits"));
  CHECK_THAT(moving.run({"export"}, terminal).out, !Contains("Exporting"));
  CHECK_THAT(moving.run({"--output", "json", "copy", "sqlite:inlay.db", "sqlite:two.db"}, terminal).out,
             !Contains("Copying"));
  RunOptions const dumb{.environment = {{"TERM", "dumb"}}, .on_terminal = true};
  CHECK_THAT(moving.run({"copy", "sqlite:inlay.db", "sqlite:three.db"}, dumb).out, !Contains("Copying"));
}

TEST_CASE("an export that cannot be written is an error, not half a file with status 0") {
  Moving const moving;
  auto const run = moving.run({"export"}, {.output_file = "/dev/full"});
  CHECK(run.status == 1);
  CHECK_THAT(run.err, Contains("cannot be written"));
}

TEST_CASE("an export holds no more in memory for large documents than a few of them") {
  Folder const folder;
  std::vector<std::string> stores = new_server_urls();
  stores.push_back("sqlite:" + folder.path() + "/large.db?synchronous=normal");
  for (std::string const& store : stores) {
    CAPTURE(scheme_of(store));
    // By a process of its own, since what is resident here counts for the program that is started from here.
    support::Process filling(
        [&](support::Process::Report const&) { return support::fill_with_large_documents(store, 30, 30); });
    REQUIRE(filling.wait() == 0);
    auto const exported =
        folder.run({"export"}, {.environment = {{"INLAY_STORE", store}, {"ASAN_OPTIONS", "quarantine_size_mb=1"}},
                                .output_file = "/dev/null"});
    CHECK(exported.status == 0);
    CHECK(exported.peak_memory < support::most_memory);
  }
}

TEST_CASE("a page of a list or of the log holds no more in memory for large documents than fit in a page") {
  Folder const folder;
  std::string const store = "sqlite:" + folder.path() + "/large.db?synchronous=normal";
  support::Process filling(
      [&](support::Process::Report const&) { return support::fill_with_large_documents(store, 60, 30); });
  REQUIRE(filling.wait() == 0);
  for (std::string const output : {"json", "table"}) {
    for (std::vector<std::string> const& command :
         {std::vector<std::string>{"integration", "list", "created_at[gte]=2001-01-01T00:00:00Z", "name[lt]=s",
                                   "--limit", "1000"},
          {"changes", "--limit", "1000", "--after", "1"}}) {
      CAPTURE(output, command);
      std::vector<std::string> arguments{"--output", output};
      arguments.insert(arguments.end(), command.begin(), command.end());
      auto const page =
          folder.run(arguments, {.environment = {{"INLAY_STORE", store}, {"ASAN_OPTIONS", "quarantine_size_mb=1"}},
                                 .output_file = "/dev/null"});
      CHECK(page.status == 0);
      CHECK(page.peak_memory < support::most_memory);
    }
  }
}
