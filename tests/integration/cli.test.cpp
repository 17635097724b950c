// SPDX-License-Identifier: BSL-1.0
// What the program does without a store that lasts.
#include "cli.hpp"

using namespace inlay;
using namespace inlay::test;
using Catch::Matchers::Contains;

TEST_CASE("json merge applies a merge patch and keeps the order of members") {
  Folder const folder;
  auto const merged = folder.run({"json", "merge", R"({"b":1,"a":{"x":1,"y":2}})", R"({"a":{"x":null},"c":[null]})"});
  CHECK(merged.status == 0);
  CHECK(merged.out == "{\"b\":1,\"a\":{\"y\":2},\"c\":[null]}\n");
}

TEST_CASE("json diff finds the smallest merge patch, or says where there is none") {
  Folder const folder;
  CHECK(folder.run({"json", "diff", R"({"a":1,"b":{"c":2,"d":3}})", R"({"b":{"c":2,"d":4}})"}).out ==
        "{\"a\":null,\"b\":{\"d\":4}}\n");
  CHECK(folder.run({"json", "diff", R"({"a":[1]})", R"({"a":[1]})"}).out == "{}\n");
  CHECK(fault_of(folder.run({"json", "diff", R"({"a":{}})", R"({"a":{"b":null}})"})) == "invalid_argument /a/b");
}

TEST_CASE("json patch applies a JSON Patch whole, or not at all") {
  Folder const folder;
  std::string const document = R"({"a":[1,2],"b":"x"})";
  CHECK(folder.run({"json", "patch", document, R"([{"op":"add","path":"/a/1","value":3},{"op":"remove","path":"/b"}])"})
            .out == "{\"a\":[1,3,2]}\n");
  CHECK(fault_of(folder.run(
            {"json", "patch", document, R"([{"op":"remove","path":"/b"},{"op":"test","path":"/a/0","value":7}])"})) ==
        "conflict /1/value");
  CHECK(fault_of(folder.run({"json", "patch", document, R"([{"op":"remove","path":"/c"}])"})) ==
        "invalid_argument /0/path");
}

TEST_CASE("json merge takes every merge patch that json diff gives") {
  Folder const folder;
  std::string from = "{";
  for (int i = 0; i < 65'000; ++i) {
    from.append(i == 0 ? "\"m" : ",\"m").append(std::to_string(i)).append("\":[[1]]");
  }
  from += "}";
  std::string nested = from;
  for (int level = 0; level < 60; ++level) nested = "{\"d\":" + nested + "}";
  folder.write("from.json", nested);
  std::string empty = "{}";
  for (int level = 0; level < 60; ++level) empty = "{\"d\":" + empty + "}";
  auto const patch = folder.run({"--output", "table", "json", "diff", "@from.json", empty});
  REQUIRE(patch.status == 0);
  REQUIRE(patch.out.size() > (std::size_t{8} << 20U));  // laid out so deep it is larger than a resource may be
  folder.write("patch.json", patch.out);
  CHECK(folder.run({"json", "merge", "@from.json", "@patch.json"}).out == empty + "\n");
}

TEST_CASE("a text that is too long is said to be longer than may be, since nobody has counted it") {
  Folder const folder;
  folder.write("large.json", std::string((std::size_t{1} << 20U) + 100'000, ' ') + "{}");
  auto const error = error_of(folder.run({"json", "merge", "@large.json", "{}"}));
  CHECK(at(error, "/error/message") == R"("large.json is longer than the 1048576 bytes that are allowed")");
}

TEST_CASE("json diff can answer a JSON Patch, which says what a merge patch cannot") {
  Folder const folder;
  CHECK(folder.run({"json", "diff", "--json-patch", R"({"a":1})", R"({"a":null})"}).out ==
        R"([{"op":"replace","path":"/a","value":null}])"
        "\n");
}

TEST_CASE("a JSON argument is text, a file after @, or standard input") {
  Folder const folder;
  folder.write("target.json", " {\n \"n\" : 1.50 }\n");
  CHECK(folder.run({"json", "merge", "@target.json", "{}"}).out == "{\"n\":1.5}\n");
  CHECK(folder.run({"json", "merge", "-", "{}"}, {.input = "{\"n\": -0}"}).out == "{\"n\":-0.0}\n");
  CHECK(folder.run({"json", "merge", "{}", "-5"}).out == "-5\n");
}

TEST_CASE("a file that is not there or is a folder cannot be read") {
  Folder const folder;
  auto const missing = error_of(folder.run({"json", "merge", "@missing.json", "{}"}));
  CHECK(text_at(missing, "/error/kind") == "invalid_argument");
  CHECK_THAT(text_at(missing, "/error/message"), Contains("missing.json"));
  CHECK(fault_of(folder.run({"json", "merge", "@.", "{}"})) == "invalid_argument");
}

TEST_CASE("standard input can be asked for once") {
  Folder const folder;
  auto const run = folder.run({"json", "merge", "-", "-"}, {.input = "{}"});
  CHECK(run.status == 2);
  CHECK_THAT(run.err, Contains("standard input"));
}

TEST_CASE("numbers that JSON text can hold come back from the program unchanged") {
  Folder const folder;
  std::string const text =
      "[18446744073709551615,-9223372036854775808,0.1,1e300,5e-324,-0.0,1.7976931348623157e308,123456789012345680.0]";
  auto const printed = folder.run({"json", "merge", "{}", text}).out;
  CHECK(folder.run({"json", "merge", "{}", printed}).out == printed);
  auto const given = json::parse(text);
  auto const returned = json::parse(printed);
  REQUIRE((given.has_value() && returned.has_value()));
  CHECK(json::print(*given) == json::print(*returned));
}

TEST_CASE("wrong usage is exit status 2 with a way to the help") {
  Folder const folder;
  struct Case {
    std::vector<std::string> arguments;
    std::string says;
  };
  for (auto const& [arguments, says] : std::vector<Case>{
           {{}, "a command is missing"},
           {{"frobnicate"}, "no command 'frobnicate'"},
           {{"team"}, "a command is missing"},
           {{"team", "drop"}, "no command 'drop'"},
           {{"get"}, "ID"},
           {{"get", some_id, "extra"}, "extra"},
           {{"get", "--colour", some_id}, "--colour"},
           {{"install", "--integration", "zendesk"}, "--environment"},
           {{"--store"}, "--store"},
           {{"list", "--limit", "many"}, "many"},
           {{"update", some_id, "{}", "--if-version", "1.5"}, "1.5"},
           {{"team", "delete", some_id, "--if-version", "1-"}, "1- is not the version of a row"},
           {{"team", "delete", some_id, "--if-version", "1-0123456789ABCDEF"}, "0123456789ABCDEF"},
           {{"list", "--expand", "everything"}, "everything"},
           {{"list", "--exclude", "config"}, "takes override, not config"},
           {{"integration", "list", "--exclude", "override"}, "takes config, not override"},
           {{"team", "list", "--exclude", "config"}, "no option --exclude"},
           {{"--output", "yaml", "version"}, "yaml"},
           {{"list", "--output", "yaml"}, "yaml"},
           {{"list", "--store", "memory:", "--store=memory:"}, "--store is given more than once"},
           {{"set", some_id, "/a"}, "JSON is required, or --string TEXT"},
           {{"set", some_id, "/a", "1", "--string", "1"}, "JSON and --string are two values"},
           {{"install"}, "TEAM/ENVIRONMENT/INTEGRATION is required"},
           {{"install", "a/b/c", "--environment", "b"}, "--environment"},
           {{"list", "--sort", "name", "--cursor", "x"}, "--cursor"},
           {{"teams", "list"}, "no command 'teams'"},
           {{"--halp"}, "no option --halp"},
           {{"--halp", "list"}, "no option --halp"},
           {{"team", "list", "--json"}, "no option --json"},
           {{"install", "--integartion", "zendesk"}, "no option --integartion"},
           {{"get", some_id, "extra"}, "'extra' is one argument too many"},
           {{"list", "--limit"}, "--limit needs a value"},
           {{"list", "--limit", "-1"}, "whole number"},
           {{"changes", "--after", "-1"}, "whole number"},
           {{"history", some_id, "--kind", "row"}, "--kind: there is no kind of row called row"},
           {{"--store", "memory:", "--store", "memory:", "list"}, "--store is given more than once"},
           {{"config", some_id, "--layer", "no-equals-sign"}, "NAME=JSON"},
           {{"--team", "", "list"}, "--team: must not be empty"},
           {{"--store", "", "list"}, "--store: must not be empty"},
           {{"--actor", "", "list"}, "--actor: must not be empty"},
           {{"sharing", "ask", "--integration", "zendesk", "--team", ""}, "--team: must not be empty"},
           {{"install", "--integration", "", "--environment", "production"}, "--integration: must not be empty"},
           {{"install", "--integration", "a", "--environment", "b", "--override", ""}, "--override: must not be empty"},
           {{"serve", "--tokens", ""}, "--tokens: must not be empty"},
           {{"serve", "--health", ""}, "--health: must not be empty"},
           {{"serve", "--proxy", ""}, "--proxy: must not be empty"},
           {{"serve", "--max-strangers", "few"}, "whole number"},
           {{"serve", "--team-rows", "many"}, "whole number"},
           {{"serve", "--team-bytes", "1.5"}, "whole number"},
           {{"serve", "--team-log-bytes-a-day", "1GB"}, "whole number"},
           {{"serve", "--socket-mode", "rw"}, "takes a mode such as 0660, not rw"},
           {{"serve", "--socket-mode", "4666"}, "takes a mode such as 0660, not 4666"},
           {{"compact"}, "one of --through, --keep-days and --vacuum is required"},
           {{"compact", "--through", "1", "--keep-days", "1"}, "--keep-days"},
           {{"compact", "--keep-days", "1.5"}, "whole number"},
       }) {
    CAPTURE(arguments);
    auto const run = folder.run(arguments);
    INFO(run.err);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK_THAT(run.err, Contains(says));
    CHECK_THAT(run.err, Contains("--help"));
  }
}

TEST_CASE("what is wrong with an option points to the help that has it") {
  Folder const folder;
  CHECK_THAT(folder.run({"--output", "yaml", "team", "list"}).err, Contains("Try `inlay --help`."));
  CHECK_THAT(folder.run({"--store", "a", "--store", "b", "list"}).err, Contains("Try `inlay --help`."));
  CHECK_THAT(folder.run({"team", "list", "--limit", "many"}).err, Contains("Try `inlay team list --help`."));
}

TEST_CASE("JSON that is wrong is told by its file or argument, with line and column") {
  Folder const folder;
  folder.write("patch.json", "{\n  \"ä\": tru\n}\n");
  auto const message = [&](std::vector<std::string> const& arguments, RunOptions const& options = {}) {
    return text_at(error_of(folder.run(arguments, options)), "/error/message");
  };
  CHECK(message({"json", "merge", "{}", "@patch.json"}) ==
        "@patch.json: expected a value (at byte 10, line 2, column 8)");
  CHECK(message({"json", "merge", "{}", "-"}, {.input = "{}}"}) ==
        "standard input: nothing may follow the document (at byte 2, line 1, column 3)");
  CHECK(message({"json", "merge", "[1,]", "{}"}) == "TARGET: expected a value (at byte 3, line 1, column 4)");
  CHECK(message({"config", some_id, "--layer", R"(mine={"a":01})"}) ==
        "--layer mine: expected `,` or `}` (at byte 6, line 1, column 7)");

  auto const syntax = folder.run({"--output", "table", "json", "merge", "{}", "{"});
  CHECK_THAT(syntax.err, Contains("PATCH: ") && !Contains("whole document"));
  auto const place = folder.run({"--output", "table", "json", "merge", "{}", R"({"a":1e400})"});
  CHECK_THAT(place.err, Contains("\n  at /a\n"));
}

TEST_CASE("every command has a help with an example") {
  Folder const folder;
  std::vector<std::vector<std::string>> commands = {
      {},          {"install"}, {"get"},           {"list"},         {"update"},        {"uninstall"},
      {"set"},     {"remove"},  {"inherit"},       {"config"},       {"explain"},       {"json"},
      {"history"}, {"changes"}, {"json", "merge"}, {"json", "diff"}, {"json", "patch"}, {"migrate"},
      {"compact"}, {"copy"},    {"export"},        {"import"},       {"serve"},         {"version"},
      {"verify"},  {"team"},    {"environment"},   {"integration"}};
  for (std::string const kind : {"team", "environment", "integration"}) {
    for (std::string const verb : {"create", "get", "list", "update", "delete"}) commands.push_back({kind, verb});
  }
  for (auto command : commands) {
    command.push_back("--help");
    CAPTURE(command);
    auto const run = folder.run(command);
    CHECK(run.status == 0);
    CHECK(run.err.empty());
    CHECK_THAT(run.out, Contains("Example:\n  inlay "));
  }
}

TEST_CASE("the help of a command tells the members and fields that its argument may name") {
  Folder const folder;
  auto const create = folder.run({"integration", "create", "--help"}).out;
  CHECK_THAT(create, Contains("name                  a text (required)"));
  CHECK_THAT(create, Contains("sharing               one of allow, ask, deny"));
  CHECK_THAT(create, !Contains("created_at"));
  auto const update = folder.run({"update", "--help"}).out;
  CHECK_THAT(update, Contains("override              an object; null takes it away"));
  CHECK_THAT(update, !Contains("environment_id"));
  CHECK_THAT(update, Contains(R"("differences": [{"pointer")"));
  for (char const* kind : {"team", "environment", "integration"}) {
    auto const dry_run = folder.run({kind, "update", "--help"}).out;
    CHECK_THAT(dry_run, Contains(R"("differences": [])"));
    CHECK_THAT(dry_run, !Contains("would differ"));
  }
  auto const list = folder.run({"list", "--help"}).out;
  CHECK_THAT(list, Contains(" integration.category "));
  CHECK_THAT(list, !Contains("integration.config "));
}

TEST_CASE("an argument that is no id, or no JSON, is refused with what it should be") {
  Folder const folder;
  CHECK_THAT(folder.run({"team", "get", "Acme/production"}).err, Contains("inlay team list"));
  CHECK_THAT(folder.run({"set", "Acme", "/a", "1"}).err, Contains("inlay list"));
  CHECK_THAT(folder.run({"set", "Acme/production/zen~desk", "/a", "1"}).err, Contains("~ is written ~0"));
  CHECK_THAT(folder.run({"sharing", "grant", "Acme"}).err, Contains("inlay sharing list"));
  CHECK_THAT(folder.run({"set", some_id, "/a", "hello there"}).err, Contains("--string 'hello there'"));
  CHECK_THAT(folder.run({"set", some_id, "/a", "hello"}).err, Contains("JSON is due here"));
  CHECK_THAT(folder.run({"team", "create", "team.json"}).err, Contains("@FILE"));
  CHECK_THAT(folder.run({"team", "create", R"({"name")"}).err, !Contains("@FILE"));
  CHECK_FALSE(folder.has("inlay.db"));
}

TEST_CASE("the version names the library and its backends") {
  Folder const folder;
  auto const version = answer_of(folder.run({"version"}));
  CHECK(at(version, "/version") == "\"" INLAY_VERSION "\"");
  CHECK(at(version, "/backends/0") == "\"memory\"");
  CHECK(folder.run({"--version"}).out == "inlay " INLAY_VERSION "\n");
  CHECK_THAT(folder.run({"--output", "table", "version"}).out, Contains("backends: memory"));
}

TEST_CASE("a store in memory is new and empty each time") {
  Folder const folder;
  auto const team = answer_of(folder.run({"--store", "memory:", "team", "create", R"({"name":"A"})"}));
  CHECK(at(team, "/version") == "1");
  CHECK(folder.run({"--store", "memory:", "team", "list"}).out ==
        "{\"result\":[],\"next_cursor\":null,\"limit\":25}\n");
  CHECK(fault_of(folder.run({"--store", "memory:", "team", "get", text_at(team, "/id")})) == "not_found");
  CHECK(folder.run({"--store", "memory:", "--output", "json", "migrate"}).status == 0);
}

TEST_CASE("the store comes from --store, else from INLAY_STORE") {
  Folder const folder;
  RunOptions const elsewhere{.environment = {{"INLAY_STORE", "papyrus:scroll"}}};
  CHECK(fault_of(folder.run({"team", "list"}, elsewhere)) == "unknown_scheme");
  CHECK(folder.run({"--store", "memory:", "team", "list"}, elsewhere).status == 0);
  CHECK(folder.run({"team", "list"}, {.environment = {{"INLAY_STORE", "memory:"}}}).status == 0);
  CHECK_FALSE(folder.has("inlay.db"));
}

TEST_CASE("a password in the store's URL is not repeated") {
  Folder const folder;
  auto const run = folder.run({"--store", "postgresql://user:hunter2@127.0.0.1:1/db", "team", "list"});
  CHECK(run.status == 1);
  CHECK_THAT(run.out + run.err, !Contains("hunter2"));
}

TEST_CASE("commands without a store never touch one") {
  Folder const folder;
  CHECK(folder.run({"version"}).status == 0);
  CHECK(folder.run({"json", "merge", "{}", "{}"}).status == 0);
  CHECK(folder.run({"team", "create", "--help"}).status == 0);
  CHECK_FALSE(folder.has("inlay.db"));
}
