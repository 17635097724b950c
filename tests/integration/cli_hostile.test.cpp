// SPDX-License-Identifier: BSL-1.0
// What the program refuses: each with kind and pointer, the store unchanged.
#include "cli.hpp"

#include <sys/stat.h>

#include <fstream>
#include <iterator>

using namespace inlay;
using namespace inlay::test;

namespace {

struct Refused {
  std::vector<std::string> arguments;
  std::string fault;
  std::string input;
};

void check_all_refused(Catalogue const& catalogue, std::vector<Refused> const& cases) {
  auto const before = catalogue.everything();
  for (auto const& [arguments, fault, input] : cases) {
    CAPTURE(arguments);
    CHECK(fault_of(catalogue.run(arguments, {.input = input})) == fault);
  }
  CHECK(catalogue.everything() == before);
}

std::string nested(int levels) {
  return std::string(static_cast<std::size_t>(levels), '[') + std::string(static_cast<std::size_t>(levels), ']');
}

/** What everybody on the machine can read while the program runs, which waits for the end of its input. */
std::string arguments_shown(Folder const& folder, std::vector<std::string> arguments, std::string const& store = "") {
  std::string const pipe = folder.path() + "/input";
  REQUIRE((::mkfifo(pipe.c_str(), 0600) == 0 || errno == EEXIST));
  arguments.insert(arguments.end(), {"team", "create", "@input"});
  std::string shown;
  RunOptions options{.meanwhile = [&](int process) {
    std::ofstream const reached(pipe);  // waits for the program to open it, which then reads until this is closed
    std::ifstream file("/proc/" + std::to_string(process) + "/cmdline", std::ios::binary);
    shown.assign(std::istreambuf_iterator<char>(file), {});
  }};
  if (!store.empty()) options.environment = {{"INLAY_STORE", store}};
  CHECK(folder.run(arguments, options).status == 1);
  CHECK(shown.find("@input") != std::string::npos);
  return shown;
}

}  // namespace

TEST_CASE("a patch with a bad member is refused, each fault in its own words") {
  Catalogue const catalogue;
  auto const& id = catalogue.install;
  check_all_refused(catalogue,
                    {
                        {{"update", id, R"({"is_enable":false})"}, "invalid_argument /is_enable", ""},
                        {{"update", id, R"({"id":")" + std::string(some_id) + "\"}"}, "invalid_argument /id", ""},
                        {{"update", id, R"({"version":7})"}, "invalid_argument /version", ""},
                        {{"update", id, R"({"integration":{"name":"x"}})"}, "invalid_argument /integration", ""},
                        {{"update", id, R"({"is_enabled":"no"})"}, "invalid_argument /is_enabled", ""},
                        {{"update", id, R"({"is_enabled":null})"}, "invalid_argument /is_enabled", ""},
                        {{"update", id, R"({"override":[1]})"}, "invalid_argument /override", ""},
                        {{"update", id, R"([{"is_enabled":false}])"}, "invalid_argument ", ""},
                        {{"update", id, "null"}, "invalid_argument ", ""},
                    });
}

TEST_CASE("text that is not the JSON it should be is refused") {
  Catalogue const catalogue;
  auto const& id = catalogue.install;
  auto const update = [&](std::string const& text) { return std::vector<std::string>{"update", id, text}; };
  std::string const too_large = R"({"override":{"a":")" + std::string((1U << 20U) - 7, 'x') + "\"}}";  // 1 MiB + 1
  check_all_refused(catalogue,
                    {
                        {update(R"({"override":{"a":)"), "invalid_document /override/a", ""},
                        {update(""), "invalid_document ", ""},
                        {update("{} {}"), "invalid_document ", ""},
                        {update(R"({"override":{"a":1,"a":2}})"), "invalid_document /override/a", ""},
                        {update(R"({"override":{"a":1e400}})"), "invalid_document /override/a", ""},
                        {update(R"({"override":{"a":1e-400}})"), "invalid_document /override/a", ""},
                        {update(R"({"override":{"a":18446744073709551616}})"), "invalid_document /override/a", ""},
                        {update(R"({"override":{"a":"\ud800"}})"), "invalid_document /override/a", ""},
                        {update("{\"override\":{\"a\":\"\xff\"}}"), "invalid_document /override/a", ""},
                        {update("-"), "invalid_document /override", too_large},
                    });
  std::string const deep = R"({"override":{"a":)" + nested(64) + "}}";
  auto const error = error_of(catalogue.run(update(deep)));
  CHECK(text_at(error, "/error/kind") == "invalid_document");
  CHECK(text_at(error, "/error/pointer").starts_with("/override/a/0"));
  CHECK(catalogue.run(update(R"({"override":{"a":)" + nested(63) + "}}")).status == 0);
}

TEST_CASE("a new row with a bad member is refused") {
  Catalogue const catalogue;
  auto const create = [](std::string const& text) { return std::vector<std::string>{"team", "create", text}; };
  check_all_refused(
      catalogue,
      {
          {create(R"({})"), "invalid_argument /name", ""},
          {create(R"({"name":""})"), "invalid_argument /name", ""},
          {create(R"({"name":")" + std::string(256, 'x') + "\"}"), "invalid_argument /name", ""},
          {create(R"({"name":"a\u0000b"})"), "invalid_argument /name", ""},
          {create(R"({"name":"a\u001b[31mb"})"), "invalid_argument /name", ""},
          {create(R"({"name":"a","id":"7"})"), "invalid_argument /id", ""},
          {create(R"({"name":"a","created_at":"2021-08-10T10:00:00.000Z"})"), "invalid_argument /created_at", ""},
          {{"environment", "create", R"({"name":"a","team_id":")" + std::string(some_id) + "\"}"},
           "not_found /team_id",
           ""},
          {{"environment", "create", R"({"name":"production","team_id":")" + catalogue.team + "\"}"},
           "already_exists /name",
           ""},
          {{"integration", "create", R"({"name":"a","sharing":"maybe","team_id":")" + catalogue.team + "\"}"},
           "invalid_argument /sharing",
           ""},
      });
}

TEST_CASE("an id that is no UUID, a bad pointer, filter, cursor or limit is refused") {
  Catalogue const catalogue;
  auto const& id = catalogue.install;
  check_all_refused(catalogue, {
                                   {{"get", "7"}, "invalid_argument", ""},
                                   {{"uninstall", "'; drop table inlay_team; --"}, "invalid_argument", ""},
                                   {{"config", "not-an-id"}, "invalid_argument", ""},
                                   {{"history", "not-an-id"}, "not_found", ""},
                                   {{"history", "not//an-id"}, "invalid_argument", ""},
                                   {{"get", some_id}, "not_found", ""},
                                   {{"uninstall", some_id}, "not_found", ""},
                                   {{"explain", some_id}, "not_found", ""},
                                   {{"set", id, "headers", "1"}, "invalid_argument", ""},
                                   {{"remove", id, ""}, "invalid_argument ", ""},
                                   {{"list", "no_such_field=1"}, "invalid_argument", ""},
                                   {{"list", "is_enabled=maybe"}, "invalid_argument", ""},
                                   {{"list", "is_enabled[like]=true"}, "invalid_argument", ""},
                                   {{"list", "--limit", "0"}, "invalid_argument", ""},
                                   {{"list", "--limit", "1001"}, "invalid_argument", ""},
                                   {{"list", "--cursor", "abc"}, "invalid_argument", ""},
                                   {{"config", id, "--layer", "a=[1]"}, "invalid_argument ", ""},
                               });
}

TEST_CASE("SQL in a text is text") {
  Catalogue const catalogue;
  std::string const name = "'; drop table inlay_team; --";
  auto const id = catalogue.create("team", R"({"name":")" + name + "\"}");
  CHECK(text_at(catalogue.answer({"team", "get", id}), "/name") == name);
  CHECK(text_at(catalogue.answer({"team", "list", "name=" + name}), "/result/0/id") == id);
  CHECK(catalogue.run({"install", "--integration", name, "--environment", name}).status == 1);
  CHECK(at(catalogue.answer({"team", "list"}), "/result/1/id") == '"' + id + '"');
}

TEST_CASE("arguments that are not UTF-8 are refused in words that are") {
  Catalogue const catalogue;
  check_all_refused(catalogue, {
                                   {{"get", "\xff\xfe"}, "invalid_argument", ""},
                                   {{"list", "integration.name=\xff"}, "invalid_argument", ""},
                                   {{"list", "\x80=1"}, "invalid_argument", ""},
                               });
}

TEST_CASE("a store that cannot be opened is an error that leaves the file alone") {
  Folder const folder;
  folder.write("notes.txt",
               "these are my notes, and they are longer than the header of a database file would be, surely");
  auto const run = folder.run({"--store", "sqlite:notes.txt", "team", "list"});
  CHECK(run.status == 1);
  CHECK(run.out.empty());
  CHECK(folder.run({"--store", "sqlite:no/such/folder/inlay.db", "team", "list"}).status == 1);
  CHECK(fault_of(folder.run({"--store", "sqlite:inlay.db?colour=red", "team", "list"})) == "invalid_argument");
}

TEST_CASE("the password of a store that is given on the command line is not seen in the list of processes") {
  Folder const folder;
  std::string const host = "@127.0.0.1:1/db?connect_timeout=1s";
  for (std::string const scheme : {"postgresql", "mysql", "no-such"}) {
    for (std::string const password : {"hunter2", "%68unter2%40", "hunter2:hunter2", "hunter2/?@hunter2"}) {
      std::string const url = scheme + "://somebody:" + password + host;
      CAPTURE(url);
      for (auto const& arguments : {std::vector<std::string>{"--store", url}, {"--store=" + url}}) {
        std::string const shown = arguments_shown(folder, arguments);
        CHECK(shown.find("unter2") == std::string::npos);
        CHECK(shown.find(scheme + "://somebody:*") != std::string::npos);
        CHECK(shown.find(host) != std::string::npos);
      }
      CHECK(arguments_shown(folder, {}, url).find("unter2") == std::string::npos);
    }
  }
  for (std::string const harmless :
       {"mysql://somebody@127.0.0.1:1/db?connect_timeout=1s", "postgresql://127.0.0.1:1/db"}) {
    CHECK(arguments_shown(folder, {"--store", harmless}).find(harmless) != std::string::npos);
  }
}

TEST_CASE("a program gets its arguments as they were given, passwords too") {
  Catalogue const catalogue;
  std::string const config = R"({"base_url":"https://somebody:hunter2@example.com"})";
  auto const updated =
      catalogue.answer({"integration", "update", catalogue.integration, R"({"config":)" + config + "}"});
  CHECK(text_at(updated, "/config/base_url") == "https://somebody:hunter2@example.com");
  CHECK(at(catalogue.answer({"--reason", "https://somebody:hunter2@example.com", "update", catalogue.install,
                             R"({"is_enabled":false})"}),
           "/version") == "2");
  CHECK_THAT(catalogue.everything(), Catch::Matchers::Contains("\"reason\":\"https://somebody:hunter2@example.com\""));
}
