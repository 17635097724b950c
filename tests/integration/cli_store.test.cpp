// SPDX-License-Identifier: BSL-1.0
// Every command on a store that lasts.
#include "cli.hpp"

#include <support/sqlite.hpp>
#include <support/temporary_folder.hpp>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

using namespace inlay;
using namespace inlay::test;
using Catch::Matchers::Contains;

namespace {

std::string system_user() {
  passwd const* const entry = ::getpwuid(::getuid());
  return entry == nullptr ? "uid:" + std::to_string(::getuid()) : std::string(entry->pw_name);
}

}  // namespace

TEST_CASE("a team, an environment and an integration can be created, read, changed, listed and deleted") {
  Catalogue const catalogue;
  for (auto const& [kind, id] :
       {std::pair{"team", catalogue.create("team", R"({"name":"Another"})")},
        std::pair{"environment",
                  catalogue.create("environment", R"({"name":"staging","team_id":")" + catalogue.team + "\"}")},
        std::pair{"integration",
                  catalogue.create("integration", R"({"name":"hubspot","team_id":")" + catalogue.team + "\"}")}}) {
    CAPTURE(kind);
    CHECK(text_at(catalogue.answer({kind, "get", id}), "/id") == id);
    auto const updated = catalogue.answer({kind, "update", id, R"({"name":"renamed"})"});
    CHECK(at(updated, "/name") == "\"renamed\"");
    CHECK(at(updated, "/version") == "2");
    auto const listed = catalogue.answer({kind, "list", "name=renamed"});
    CHECK(text_at(listed, "/result/0/id") == id);
    CHECK(at(listed, "/result/1") == "absent");
    CHECK(catalogue.fault({kind, "delete", id, "--if-version", "1"}) == "conflict");
    CHECK(catalogue.run({kind, "delete", id, "--if-version", "2"}).out == "{\"id\":\"" + id + "\"}\n");
    CHECK(catalogue.fault({kind, "get", id}) == "not_found");
  }
}

TEST_CASE("an install answers the whole resource, and the same one when it is there already") {
  Catalogue const catalogue;
  auto const resource = catalogue.answer({"get", catalogue.install});
  CHECK(text_at(resource, "/integration_id") == catalogue.integration);
  CHECK(text_at(resource, "/environment_id") == catalogue.environment);
  CHECK(at(resource, "/show_in_catalog") == "true");
  CHECK(at(resource, "/integration/config") == example_config);
  CHECK(at(resource, "/integration/environment_ids") == "[\"" + catalogue.environment + "\"]");
  CHECK(at(resource, "/integration/team/name") == "\"My Awesome Team\"");
  CHECK(at(resource, "/override") == "absent");

  std::vector<std::string> again{"install", "--integration", "zendesk", "--environment", "production"};
  CHECK(json::print(answer_of(catalogue.run(again), "It was installed already, and is left as it was.")) ==
        json::print(resource));
  again.insert(again.end(), {"--override", R"({"base_url":"x"})"});
  CHECK(json::print(answer_of(catalogue.run(again),
                              "It was installed already, and is left as it was: the override given is not stored.")) ==
        json::print(resource));
}

TEST_CASE("an override given at install is stored as it is") {
  Catalogue const catalogue;
  CHECK(catalogue.run({"uninstall", catalogue.install}).out == "{\"id\":\"" + catalogue.install + "\"}\n");
  auto const installed = catalogue.answer({"install", "--integration", "zendesk", "--environment", "production",
                                           "--override", R"({"base_url":"https://eu","label":null})"});
  CHECK(at(installed, "/override") == R"({"base_url":"https://eu","label":null})");
  CHECK(catalogue.run({"config", text_at(installed, "/id"), "/base_url"}).out == "\"https://eu\"\n");
  CHECK(catalogue.fault({"config", text_at(installed, "/id"), "/label"}) == "not_found /label");
}

TEST_CASE("a name that several teams use is refused with the ids to choose from, an unknown one is not found") {
  Catalogue const catalogue;
  auto const other_team = catalogue.create("team", R"({"name":"Other"})");
  auto const other = catalogue.create("integration", R"({"name":"zendesk","team_id":")" + other_team + "\"}");
  auto const several = error_of(catalogue.run({"install", "--integration", "zendesk", "--environment", "production"}));
  CHECK(text_at(several, "/error/kind") == "invalid_argument");
  CHECK_THAT(text_at(several, "/error/message"), Contains(other) && Contains(catalogue.integration));
  CHECK(catalogue.fault({"install", "--integration", "nothing", "--environment", "production"}) == "not_found");
}

TEST_CASE("lists come in pages that a cursor joins") {
  Catalogue const catalogue;
  std::vector<std::string> ids = {catalogue.environment};
  for (char const* name : {"a", "b", "c", "d"}) {
    ids.push_back(catalogue.create("environment",
                                   std::string(R"({"name":")") + name + R"(","team_id":")" + catalogue.team + "\"}"));
  }
  std::vector<std::string> found;
  std::vector<std::string> arguments = {"environment", "list", "--limit", "2"};
  for (int page = 0; page < 4; ++page) {
    auto const listed = catalogue.answer(arguments);
    CHECK(at(listed, "/limit") == "2");
    for (auto const& row : listed.at("result").as_array()) found.push_back(text_at(row, "/id"));
    if (at(listed, "/next_cursor") == "null") break;
    arguments = {"environment", "list", "--limit", "2", "--cursor", text_at(listed, "/next_cursor")};
  }
  CHECK(found == ids);
}

TEST_CASE("the list of installs takes filters and leaves the integration's config out unless it is asked for") {
  Catalogue const catalogue;
  auto const listed = catalogue.answer({"list", "integration.name=zendesk", "is_enabled=true"});
  CHECK(text_at(listed, "/result/0/id") == catalogue.install);
  CHECK(at(listed, "/result/0/integration/name") == "\"zendesk\"");
  CHECK(at(listed, "/result/0/integration/config") == "absent");
  CHECK(at(listed, "/result/0/integration/environment_ids") == "absent");
  CHECK(at(catalogue.answer({"list", "is_enabled=false"}), "/result") == "[]");
  CHECK(at(catalogue.answer({"list", "integration.name[in]=hubspot,zendesk", "--limit", "7"}), "/limit") == "7");
  CHECK(at(catalogue.answer({"list", "--expand", "integration.config"}), "/result/0/integration/config") ==
        example_config);
}

TEST_CASE("a list that is asked to exclude a document leaves it out, as JSON and as a table") {
  Catalogue const catalogue;
  REQUIRE(catalogue.run({"set", catalogue.install, "/label", "\"L\""}).status == 0);
  CHECK(at(catalogue.answer({"list"}), "/result/0/override") == R"({"label":"L"})");
  CHECK(at(catalogue.answer({"list", "--exclude", "override"}), "/result/0/override") == "absent");
  CHECK(at(catalogue.answer({"integration", "list"}), "/result/0/config") == example_config);
  auto const listed = catalogue.answer({"integration", "list", "--exclude", "config"});
  CHECK(at(listed, "/result/0/config") == "absent");
  CHECK(at(listed, "/result/0/name") == "\"zendesk\"");
  auto const table = catalogue.run({"--output", "table", "integration", "list", "--exclude", "config"});
  CHECK(table.status == 0);
  CHECK(table.out == catalogue.run({"--output", "table", "integration", "list"}).out);
}

TEST_CASE("an update merges into the override, and a null in it inherits") {
  Catalogue const catalogue;
  auto const first =
      catalogue.answer({"update", catalogue.install,
                        R"({"is_enabled":false,"override":{"headers":{"X":"1","Accept":"a"},"label":"L"}})"});
  CHECK(at(first, "/is_enabled") == "false");
  CHECK(at(first, "/version") == "2");
  auto const second = catalogue.answer({"update", catalogue.install, R"({"override":{"headers":{"X":null}}})"});
  CHECK(at(second, "/override") == R"({"headers":{"Accept":"a"},"label":"L"})");
  CHECK(at(second, "/is_enabled") == "false");
  auto const third = catalogue.answer({"update", catalogue.install, R"({"override":null})"});
  CHECK(at(third, "/override") == "absent");
}

TEST_CASE("an update by a JSON Patch needs a version or force, and is done whole or not at all") {
  Catalogue const catalogue;
  std::string const patch =
      R"([{"op":"test","path":"/version","value":1},{"op":"add","path":"/override","value":{"label":null}}])";
  CHECK(error_of(catalogue.run({"update", catalogue.install, "--json-patch", patch})).at("error").at("kind") ==
        "invalid_argument");
  auto const patched = catalogue.answer({"update", catalogue.install, "--json-patch", patch, "--if-version", "1"});
  CHECK(at(patched, "/override") == R"({"label":null})");
  CHECK(at(patched, "/version") == "2");
  CHECK(
      error_of(catalogue.run({"update", catalogue.install, "--json-patch", patch, "--force"})).at("error").at("kind") ==
      "conflict");
  CHECK(at(catalogue.answer({"get", catalogue.install}), "/version") == "2");
}

TEST_CASE("a version with a birth is that of one row, and not of another that has its id by now") {
  Catalogue const catalogue;
  auto const seen = catalogue.answer({"get", catalogue.install});
  std::string const version = at(seen, "/version") + "-" + text_at(seen, "/birth");
  auto const change = [&](std::string const& if_version) {
    return catalogue.run({"update", catalogue.install, R"({"is_enabled":false})", "--if-version", if_version});
  };
  CHECK(change(version).status == 0);
  CHECK(at(error_of(change(version)), "/error/current_version") == "2");
  CHECK(at(error_of(change("2-0123456789abcdef")), "/error/current_version") == "absent");

  CHECK(catalogue.run({"uninstall", catalogue.install, "--if-version", "2-" + text_at(seen, "/birth")}).status == 0);
  auto const made = json::parse(catalogue.run({"team", "create", R"({"name":"once"})"}).out).value();
  std::string const id = text_at(made, "/id");
  REQUIRE(catalogue.run({"team", "delete", id, "--if-version", "1-" + text_at(made, "/birth")}).status == 0);
  auto const again = catalogue.answer({"team", "create", R"({"id":")" + id + R"(","name":"twice"})"});
  CHECK(at(again, "/version") == "1");
  CHECK(text_at(again, "/birth") != text_at(made, "/birth"));
  auto const refused = error_of(catalogue.run({"team", "delete", id, "--if-version", "1-" + text_at(made, "/birth")}));
  CHECK(text_at(refused, "/error/kind") == "conflict");
  CHECK(at(refused, "/error/current_version") == "absent");
  CHECK(catalogue.run({"team", "delete", id, "--if-version", "1"}).status == 0);
}

TEST_CASE("an update that changes nothing leaves version and log alone") {
  Catalogue const catalogue;
  auto const before = catalogue.everything();
  CHECK(at(answer_of(catalogue.run({"update", catalogue.install, R"({"is_enabled":true})"}),
                     "Nothing changed: it was so already."),
           "/version") == "1");
  CHECK(catalogue.everything() == before);
}

TEST_CASE("replacing an override needs a version or force, and stores a null as a removal") {
  Catalogue const catalogue;
  std::string const patch = R"({"override":{"label":null}})";
  CHECK(error_of(catalogue.run({"update", catalogue.install, patch, "--replace-override"})).at("error").at("kind") ==
        "invalid_argument");
  auto const replaced =
      catalogue.answer({"update", catalogue.install, patch, "--replace-override", "--if-version", "1"});
  CHECK(at(replaced, "/override") == R"({"label":null})");
  CHECK(at(catalogue.answer({"config", catalogue.install}), "/label") == "absent");
  auto const forced =
      catalogue.answer({"update", catalogue.install, R"({"override":{"label":"L"}})", "--replace-override", "--force"});
  CHECK(at(forced, "/override") == R"({"label":"L"})");
}

TEST_CASE("replacing a config stores it as it is given") {
  Catalogue const catalogue;
  auto const replaced = catalogue.answer(
      {"integration", "update", catalogue.integration, R"({"config":{"a":null}})", "--replace-config", "--force"});
  CHECK(at(replaced, "/config") == R"({"a":null})");
}

TEST_CASE("a stale version is a conflict that tells the current one") {
  Catalogue const catalogue;
  CHECK(catalogue.run({"set", catalogue.install, "/label", "\"x\""}).status == 0);
  auto const error =
      error_of(catalogue.run({"update", catalogue.install, R"({"is_enabled":false})", "--if-version", "1"}));
  CHECK(at(error, "/error/kind") == "\"conflict\"");
  CHECK(at(error, "/error/current_version") == "2");
}

TEST_CASE("a dry run shows the resource and the differences, and writes nothing") {
  Catalogue const catalogue;
  auto const before = catalogue.everything();
  auto const run = catalogue.answer(
      {"update", catalogue.install, R"({"override":{"base_url":"https://eu","extra":1}})", "--dry-run"});
  CHECK(at(run, "/resource/override") == R"({"base_url":"https://eu","extra":1})");
  CHECK(at(run, "/changed") == "true");
  CHECK(
      at(run, "/differences") ==
      R"([{"pointer":"/base_url","before":"https://api.example.com","after":"https://eu"},{"pointer":"/extra","after":1}])");
  auto const verb = catalogue.answer({"remove", catalogue.install, "/label", "--dry-run"});
  CHECK(at(verb, "/differences") == R"([{"pointer":"/label","before":"Example API"}])");
  CHECK(at(catalogue.answer({"update", catalogue.install, "{}", "--dry-run"}), "/changed") == "false");
  CHECK(at(catalogue.answer({"team", "update", catalogue.team, R"({"name":"T"})", "--dry-run"}), "/resource/name") ==
        "\"T\"");
  auto const of_integration =
      catalogue.answer({"integration", "update", catalogue.integration, R"({"config":{"label":null}})", "--dry-run"});
  CHECK(at(of_integration, "/changed") == "true");
  CHECK(at(of_integration, "/differences") == "[]");
  CHECK(catalogue.everything() == before);
}

TEST_CASE("set, remove and inherit do to one value what they say") {
  Catalogue const catalogue;
  auto const value = [&] { return catalogue.run({"config", catalogue.install, "/headers"}).out; };
  CHECK(at(catalogue.answer({"set", catalogue.install, "/headers/Accept", "\"text/csv\""}), "/override") ==
        R"({"headers":{"Accept":"text/csv"}})");
  CHECK(value() == "{\"Accept\":\"text/csv\",\"User-Agent\":\"inlay\"}\n");
  CHECK(at(catalogue.answer({"remove", catalogue.install, "/headers/User-Agent"}), "/override") ==
        R"({"headers":{"Accept":"text/csv","User-Agent":null}})");
  CHECK(value() == "{\"Accept\":\"text/csv\"}\n");
  CHECK(at(catalogue.answer({"inherit", catalogue.install, "/headers"}), "/override") == "absent");
  CHECK(value() == "{\"Accept\":\"application/json\",\"User-Agent\":\"inlay\"}\n");
  CHECK(at(catalogue.answer({"set", catalogue.install, "/rate", "-5"}), "/override/rate") == "-5");
  CHECK(catalogue.fault({"set", catalogue.install, "/rate", "null"}) == "invalid_argument /rate");
}

TEST_CASE("config answers the whole, one value, and what further layers make of it") {
  Catalogue const catalogue;
  CHECK(catalogue.run({"config", catalogue.install}).out == std::string(example_config) + "\n");
  CHECK(catalogue.run({"config", catalogue.install, "/pagination/config/page_key"}).out == "\"page\"\n");
  catalogue.folder.write("account.json", R"({"label":"Account","headers":{"Accept":null}})");
  std::vector<std::string> const layered = {"--layer", "account=@account.json", "--layer",
                                            R"(request={"label":"a=b"})"};
  auto ask = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), layered.begin(), layered.end());
    return catalogue.run(arguments).out;
  };
  CHECK(ask({"config", catalogue.install, "/label"}) == "\"a=b\"\n");
  CHECK(ask({"config", catalogue.install, "/headers"}) == "{\"User-Agent\":\"inlay\"}\n");
}

TEST_CASE("explain tells for each leaf which layer it is from and what it shadows") {
  Catalogue const catalogue;
  CHECK(catalogue.run({"set", catalogue.install, "/headers/Accept", "\"text/csv\""}).status == 0);
  CHECK(catalogue.run({"remove", catalogue.install, "/headers/User-Agent"}).status == 0);
  CHECK(catalogue.run({"explain", catalogue.install, "/headers"}).out ==
        R"({"result":[{"pointer":"/headers/Accept","layer":"environment","value":"text/csv",)"
        R"("shadows":[{"layer":"integration","value":"application/json"}]},)"
        R"({"pointer":"/headers/User-Agent","layer":"environment","removed":true,)"
        R"("shadows":[{"layer":"integration","value":"inlay"}]}],"next_cursor":null})"
        "\n");
  CHECK(catalogue.run({"explain", catalogue.install, "/nowhere"}).out == R"({"result":[],"next_cursor":null})"
                                                                         "\n");
  auto const extra = catalogue.answer(
      {"explain", catalogue.install, "/headers/Accept", "--layer", R"(mine={"headers":{"Accept":1}})"});
  CHECK(at(extra, "/result/0/layer") == "\"mine\"");
  CHECK(at(extra, "/result/0/shadows/1/layer") == "\"integration\"");
}

TEST_CASE("explain ends at 4 MiB and goes on with its cursor, and a dry run's differences end there and say so") {
  Catalogue const catalogue;
  std::string const name(40'000, 'n');
  boost::json::object members;
  for (int i = 0; i < 150; ++i) members.emplace(std::to_string(i), i);
  std::string const patch = json::print(boost::json::object{{"override", {{name, members}}}});
  auto const dry_run = catalogue.answer({"update", catalogue.install, patch, "--dry-run"});
  CHECK(at(dry_run, "/truncated") == "false");  // of an object that is new as a whole there is one
  CHECK(catalogue.run({"update", catalogue.install, patch}).status == 0);

  auto const first = catalogue.answer({"explain", catalogue.install});
  auto const second = catalogue.answer(
      {"explain", catalogue.install, "--cursor", std::string(first.at("next_cursor").as_string().c_str())});
  CHECK(second.at("next_cursor").is_null());
  std::size_t leaves = 0;
  for (auto const* page : {&first, &second}) {
    for (auto const& leaf : page->at("result").as_array()) leaves += leaf.at("pointer").as_string().size() > 40'000;
  }
  CHECK(leaves == 150);
  CHECK(catalogue.fault({"explain", catalogue.install, "/headers", "--cursor",
                         std::string(first.at("next_cursor").as_string().c_str())}) == "invalid_argument");

  for (auto& member : members) member.value() = -1;
  auto const changed = catalogue.answer(
      {"update", catalogue.install, json::print(boost::json::object{{"override", {{name, members}}}}), "--dry-run"});
  CHECK(at(changed, "/truncated") == "true");
  CHECK(changed.at("differences").as_array().size() > 50);
  CHECK(changed.at("differences").as_array().size() < 150);
}

TEST_CASE("what others still reference cannot be deleted, and says by what") {
  Catalogue const catalogue;
  CHECK(catalogue.fault({"integration", "delete", catalogue.integration}) == "in_use");
  CHECK(catalogue.fault({"environment", "delete", catalogue.environment}) == "in_use");
  CHECK(catalogue.fault({"team", "delete", catalogue.team}) == "in_use");
  CHECK(catalogue.run({"uninstall", catalogue.install}).status == 0);
  CHECK(catalogue.run({"integration", "delete", catalogue.integration}).status == 0);
}

TEST_CASE("history and changes tell who did what, when and why") {
  Catalogue const catalogue;
  CHECK(catalogue
            .run({"--actor", "alice", "--reason", "the EU moved", "set", catalogue.install, "/base_url",
                  "\"https://eu\""},
                 {.environment = {{"USER", "bob"}}})
            .status == 0);
  CHECK(catalogue.run({"inherit", catalogue.install, "/base_url"}, {.environment = {{"USER", "bob"}}}).status == 0);
  auto const history = catalogue.answer({"history", catalogue.install});
  CHECK(at(history, "/result/0/changes/0/kind") == "\"inserted\"");
  CHECK(at(history, "/result/0/actor") == "\"" + system_user() + "\"");
  CHECK(at(history, "/result/1/actor") == "\"alice\"");
  CHECK(at(history, "/result/1/reason") == "\"the EU moved\"");
  CHECK(at(history, "/result/1/changes/0/before/override") == "absent");
  CHECK(at(history, "/result/1/changes/0/after/override") == R"({"base_url":"https://eu"})");
  // Not what somebody has put into a variable.
  CHECK(at(history, "/result/2/actor") == "\"" + system_user() + "\"");
  CHECK(at(history, "/result/2/reason") == "absent");
  CHECK(at(history, "/result/3") == "absent");
  CHECK(at(history, "/has_more") == "false");

  auto const page = catalogue.answer({"changes", "--limit", "4"});
  CHECK(at(page, "/has_more") == "true");
  CHECK(at(page, "/result/0/changes/0/entity") == "\"team\"");
  auto const rest = catalogue.answer({"changes", "--after", at(page, "/through")});
  CHECK(at(rest, "/result/0/actor") == "\"alice\"");
  CHECK(at(rest, "/result/2") == "absent");
  CHECK(catalogue.fault({"history", some_id}) == "not_found");
}

TEST_CASE("migrate says whether there was something to do") {
  Folder const folder;
  CHECK(folder.run({"migrate"}).out == "{\"store\":\"sqlite:inlay.db\",\"migrated\":true}\n");
  CHECK(folder.has("inlay.db"));
  CHECK(folder.run({"migrate"}).out == "{\"store\":\"sqlite:inlay.db\",\"migrated\":false}\n");
  CHECK_THAT(folder.run({"--output", "table", "migrate"}).out, Contains("up to date"));
}

TEST_CASE("compact forgets the log up to a revision, says how far the store has forgotten it, and leaves rows alone") {
  Catalogue const catalogue;  // of four commits
  std::string const integrations = catalogue.run({"integration", "list"}).out;
  auto const compact = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "compact");
    return catalogue.run(arguments).out;
  };
  std::string const store = R"({"store":"sqlite:inlay.db","compacted_through":)";
  CHECK(compact({"--through", "0"}) == store + "0,\"compacted\":false,\"vacuumed\":false}\n");
  CHECK(compact({"--through", "3"}) == store + "3,\"compacted\":true,\"vacuumed\":false}\n");
  CHECK(compact({"--through", "2"}) == store + "3,\"compacted\":false,\"vacuumed\":false}\n");
  CHECK(catalogue.fault({"changes", "--after", "2"}) == "compacted");
  CHECK(at(catalogue.answer({"changes", "--after", "3"}), "/result/0/revision") == "4");
  CHECK(catalogue.fault({"compact", "--through", "5"}) == "invalid_argument");
  CHECK(compact({"--vacuum"}) == store + "3,\"compacted\":false,\"vacuumed\":true}\n");
  CHECK_THAT(compact({"--through", "4", "--vacuum"}), Contains("4,\"compacted\":true,\"vacuumed\":true"));
  CHECK(catalogue.run({"integration", "list"}).out == integrations);
  CHECK(catalogue.run({"--output", "table", "compact", "--through", "4"}).out ==
        "sqlite:inlay.db keeps the changes after revision 4, as it did before.\n");

  auto const in_memory = catalogue.run({"--store", "memory:", "compact", "--through", "0", "--vacuum"});
  CHECK(text_at(error_of(in_memory), "/error/kind") == "not_built");
  CHECK(catalogue.fault({"--store", "sqlite:none.db", "compact", "--through", "0"}) == "unavailable");
  CHECK_FALSE(catalogue.folder.has("none.db"));
}

TEST_CASE("verify says which store it is and how far its chain is whole, or where it breaks") {
  Catalogue const catalogue;  // of four commits
  auto const whole = catalogue.answer({"verify"});
  CHECK(at(whole, "/store") == "\"sqlite:inlay.db\"");
  CHECK(text_at(whole, "/store_id").size() == 36);
  CHECK(at(whole, "/commits") == "4");
  CHECK(at(whole, "/compacted_through") == "0");
  CHECK(at(whole, "/revision") == "4");
  CHECK(text_at(whole, "/chain").size() == 64);
  std::string const said = catalogue.run({"--output", "table", "verify"}).out;
  CHECK(said == "sqlite:inlay.db is the store " + text_at(whole, "/store_id") +
                    ".\nThe chain of its commits 1 to 4 is whole.\nIts last link is " + text_at(whole, "/chain") +
                    ".\n");

  CHECK(catalogue.run({"compact", "--through", "1"}).status == 0);
  CHECK(at(catalogue.answer({"verify"}), "/commits") == "3");
  CHECK_THAT(catalogue.run({"--output", "table", "verify"}).out,
             Contains("commits 2 to 4 is whole; those up to 1 are forgotten.\n"));

  support::Shell shell(catalogue.folder.path() + "/inlay.db");
  REQUIRE(shell.run("update inlay_commit set actor = 'somebody else' where revision = 3") == SQLITE_OK);
  auto const broken = catalogue.run({"verify"});
  CHECK(broken.status == 1);
  CHECK(text_at(error_of(broken), "/error/kind") == "corrupt");
  CHECK_THAT(text_at(error_of(broken), "/error/message"), Contains("breaks at revision 3: it does not say what was"));

  CHECK(catalogue.run({"compact", "--through", "4"}).status == 0);
  CHECK_THAT(catalogue.run({"--output", "table", "verify"}).out,
             Contains("Its change log has no commits; those up to 4 are forgotten.\n"));
  CHECK(catalogue.fault({"--store", "sqlite:none.db", "verify"}) == "unavailable");
  CHECK_FALSE(catalogue.folder.has("none.db"));
}

TEST_CASE("compact keeps the commits from the first of so many days on, whatever the clocks of later ones said") {
  Catalogue const catalogue;
  support::Shell shell(catalogue.folder.path() + "/inlay.db");
  auto const make_older = [&](int revision, int hours) {
    REQUIRE(shell.run("update inlay_commit set time = time - " + std::to_string(hours) +
                      " * 3600000000 where revision = " + std::to_string(revision)) == SQLITE_OK);
  };
  auto const compacted_through = [&](std::string const& days) {
    return at(catalogue.answer({"compact", "--keep-days", days}), "/compacted_through");
  };
  make_older(1, 49);
  make_older(2, 47);
  make_older(4, 1'000);
  CHECK(compacted_through("999999999999999999") == "0");
  CHECK(compacted_through("3") == "0");
  CHECK(compacted_through("2") == "1");
  CHECK(compacted_through("1") == "2");
  CHECK(compacted_through("0") == "4");
  CHECK(compacted_through("0") == "4");
  CHECK(catalogue.fault({"changes", "--after", "3"}) == "compacted");
}

TEST_CASE("compact says what keeps forgotten values in the files, and does the rest when it has ended") {
  Catalogue const catalogue;
  std::vector<std::string> const compact{"--store", "sqlite:inlay.db?busy_timeout=100ms", "compact", "--keep-days",
                                         "0"};
  support::Shell reader(catalogue.folder.path() + "/inlay.db");
  REQUIRE(reader.run("begin; select * from inlay_team") == SQLITE_OK);
  REQUIRE(catalogue.run({"set", catalogue.install, "/label", "\"x\""}).status == 0);
  auto const error = error_of(catalogue.run(compact));
  CHECK(text_at(error, "/error/kind") == "unavailable");
  CHECK(text_at(error, "/error/outcome") == "done");
  CHECK_THAT(text_at(error, "/error/message"), Contains("the change log is compacted, but") &&
                                                   Contains("inlay.db-wal still holds") &&
                                                   Contains("somebody reads the store") && Contains("compact again"));
  CHECK(catalogue.fault({"changes"}) == "compacted");
  auto as_text = compact;
  as_text.insert(as_text.begin(), {"--output", "table"});
  auto const told = catalogue.run(as_text);
  CHECK(told.status == 1);
  CHECK_THAT(told.err, Contains("compact again") && !Contains("do not do it again"));
  REQUIRE(reader.run("commit") == SQLITE_OK);
  CHECK(at(catalogue.answer(compact), "/compacted") == "false");
  CHECK(support::read_file(catalogue.folder.path() + "/inlay.db-wal").empty());
}

TEST_CASE("a command that reads a store that is not there makes none, and says how to") {
  Folder const folder;
  for (auto const& command : std::vector<std::vector<std::string>>{{"list"},
                                                                   {"team", "list"},
                                                                   {"get", some_id},
                                                                   {"config", some_id},
                                                                   {"explain", some_id},
                                                                   {"history", some_id},
                                                                   {"changes"},
                                                                   {"export"},
                                                                   {"update", some_id, "{}", "--dry-run"},
                                                                   {"set", some_id, "/a", "1", "--dry-run"}}) {
    CAPTURE(command);
    auto const error = error_of(folder.run(command));
    CHECK(text_at(error, "/error/kind") == "unavailable");
    CHECK(text_at(error, "/error/message") == "there is no store at sqlite:inlay.db; `inlay migrate` makes one");
  }
  CHECK_FALSE(folder.has("inlay.db"));
  CHECK(folder.run({"--store", "sqlite::memory:", "list"}).status == 0);

  CHECK(folder.run({"team", "create", R"({"name":"A"})"}).status == 0);
  CHECK(folder.run({"list"}).status == 0);
}

TEST_CASE("a command that reads leaves a database without inlay's tables as it is") {
  Folder const folder;
  {
    support::Shell shell(folder.path() + "/other.db");
    REQUIRE(shell.run("create table theirs (id integer)") == SQLITE_OK);
  }
  auto const error = error_of(folder.run({"--store", "sqlite:other.db", "list"}));
  CHECK(text_at(error, "/error/kind") == "unavailable");
  CHECK_THAT(text_at(error, "/error/message"), Contains("`inlay migrate` brings it up to date") && !Contains("off"));
  support::Shell shell(folder.path() + "/other.db");
  CHECK(shell.one("select count(*) from sqlite_master") == "1");
}

TEST_CASE("a remark goes beside an answer for programs as well as beside one for people") {
  Catalogue const catalogue;
  REQUIRE(catalogue.run({"update", catalogue.install, R"({"is_enabled":false})"}).status == 0);
  constexpr char const* remark = "This integration is not enabled here (is_enabled is false).";
  CHECK(at(answer_of(catalogue.run({"config", catalogue.install}), remark), "/label") == "\"Example API\"");
  CHECK_THAT(catalogue.run({"--output", "table", "config", catalogue.install}).err, Contains(remark));
}

TEST_CASE("an option or argument that came out empty is wrong usage, and not one that was left out") {
  Catalogue const catalogue;
  for (std::vector<std::string> const& arguments : std::vector<std::vector<std::string>>{{"list", "--cursor", ""},
                                                                                         {"--reason", "", "list"},
                                                                                         {"get", ""},
                                                                                         {"import", ""},
                                                                                         {"copy", "", "memory:"},
                                                                                         {"serve", "--listen", ""}}) {
    CAPTURE(arguments);
    auto const run = catalogue.run(arguments);
    CHECK(run.status == 2);
    CHECK_THAT(run.err, Contains("must not be empty"));
  }
}

TEST_CASE("rows of several kinds with one id have one history, which can be asked for by kind") {
  Catalogue const catalogue;
  std::string const id = catalogue.team;
  REQUIRE(catalogue.run({"environment", "create", R"({"id":")" + id + R"(","team_id":")" + id + R"(","name":"a"})"})
              .status == 0);
  REQUIRE(catalogue.run({"team", "update", id, R"({"domain":"one.example"})"}).status == 0);
  REQUIRE(catalogue.run({"environment", "update", id, R"({"name":"b"})"}).status == 0);
  REQUIRE(catalogue.run({"team", "update", id, R"({"domain":"two.example"})"}).status == 0);
  std::string const all = "team environment team environment team ";
  std::string one_by_one;
  std::string after = "0";
  for (int pages = 0; pages < 5; ++pages) {
    auto const page = catalogue.answer({"history", id, "--limit", "1", "--after", after});
    one_by_one += text_at(page, "/result/0/changes/0/entity") + ' ';
    CHECK(at(page, "/has_more") == (pages < 4 ? "true" : "false"));
    after = at(page, "/through");
  }
  CHECK(one_by_one == all);
  auto const whole = catalogue.answer({"history", id});
  std::string entities;
  for (auto const& commit : whole.at("result").as_array()) {
    entities += text_at(commit, "/changes/0/entity") + ' ';
  }
  CHECK(entities == all);
  CHECK(at(catalogue.answer({"history", id, "--kind", "environment"}), "/result/1/changes/0/after/name") == "\"b\"");
  CHECK(at(catalogue.answer({"history", id, "--kind", "environment"}), "/result/2") == "absent");
  CHECK(catalogue.run({"history", id, "--kind", "nothing"}).status == 2);
}

TEST_CASE("a table of installs names environments and their teams") {
  Catalogue const catalogue;
  auto const run = catalogue.run({"--output", "table", "list"});
  CHECK(run.status == 0);
  CHECK_THAT(run.out, Contains("My Awesome Team  production   zendesk"));
}

TEST_CASE("a URL that is wrong is told so, whether there is a store or not") {
  Folder const folder;
  auto const error = error_of(folder.run({"--store", "sqlite:none.db?busy_timeout=soon", "list"}));
  CHECK(text_at(error, "/error/kind") == "invalid_argument");
}

TEST_CASE("with mode=ro everything that reads works, and what would write says why it does not") {
  Catalogue const catalogue;
  std::string const before = catalogue.everything();
  std::string const exported = catalogue.run({"export"}).out;
  for (std::string const url : {"sqlite:inlay.db?mode=ro", "sqlite:inlay.db?mode=ro&immutable=on"}) {
    CAPTURE(url);
    auto const run = [&](std::vector<std::string> arguments) {
      arguments.insert(arguments.begin(), {"--store", url});
      return catalogue.run(arguments);
    };
    CHECK(text_at(answer_of(run({"get", catalogue.install})), "/id") == catalogue.install);
    CHECK(text_at(answer_of(run({"list"})), "/result/0/id") == catalogue.install);
    CHECK(run({"config", catalogue.install}).out == std::string(example_config) + "\n");
    CHECK(run({"changes", "--limit", "1000"}).out == before);
    CHECK(run({"export"}).out == exported);
    CHECK(at(answer_of(run({"migrate"})), "/migrated") == "false");
    CHECK(catalogue.run({"copy", url, "sqlite:copy.db", "--replace"}).status == 0);
    CHECK(without_store_id(catalogue.run({"--store", "sqlite:copy.db", "export"}).out) == without_store_id(exported));
    CHECK(at(answer_of(run({"verify"})), "/commits") == "4");
    for (std::vector<std::string> const& writing : {std::vector<std::string>{"team", "create", R"({"name":"B"})"},
                                                    {"set", catalogue.install, "/label", "1"},
                                                    {"uninstall", catalogue.install},
                                                    {"compact", "--through", "1"},
                                                    {"import", "export.jsonl", "--replace"}}) {
      catalogue.folder.write("export.jsonl", exported);
      CAPTURE(writing);
      auto const error = error_of(run(writing));
      CHECK(text_at(error, "/error/kind") == "unavailable");
      CHECK_THAT(text_at(error, "/error/message"), Contains("mode=ro"));
    }
    auto const unmade = error_of(catalogue.run({"--store", "sqlite:none.db" + url.substr(15), "migrate"}));
    CHECK_THAT(text_at(unmade, "/error/message"), Contains("mode=ro"));
    CHECK_FALSE(catalogue.folder.has("none.db"));
  }
  CHECK(catalogue.everything() == before);
}

TEST_CASE("where a store was moved away from its log, no command makes another one over it") {
  Catalogue const catalogue;
  std::string const file = catalogue.folder.path() + "/inlay.db";
  std::filesystem::rename(file, file + ".moved");
  catalogue.folder.write("inlay.db-wal", "what is left");
  for (std::vector<std::string> const& command :
       {std::vector<std::string>{"list"}, {"migrate"}, {"team", "create", R"({"name":"B"})"}, {"export"}}) {
    CAPTURE(command);
    auto const error = error_of(catalogue.run(command));
    CHECK(text_at(error, "/error/kind") == "unavailable");
    CHECK_FALSE(catalogue.folder.has("inlay.db"));
    CHECK(support::read_file(file + "-wal") == "what is left");
  }
  CHECK_THAT(text_at(error_of(catalogue.run({"migrate"})), "/error/message"), Contains("-wal"));
}

TEST_CASE("what is wrong with an argument is said in the words of the command line") {
  Catalogue const catalogue;
  auto const& id = catalogue.install;
  struct Case {
    std::vector<std::string> arguments;
    std::string says;
  };
  for (auto const& [arguments, says] : std::vector<Case>{
           {{"list", "is_enabled=true", "isenabled=true"}, "the filter isenabled=true: "},
           {{"list", "created_at=yesterday"}, "the filter created_at=yesterday: "},
           {{"update", id, "[]"}, "a JSON Patch needs --json-patch"},
           {{"update", id, "[]", "--json-patch"}, "--if-version VERSION"},
           {{"update", id, R"({"override":{}})", "--replace-override"}, "--force"},
           {{"remove", id, ""}, "`inlay inherit ID ''`"},
           {{"inherit", id, ""}, "--force"},
           {{"set", id, "", "{}"}, "--force"},
           {{"set", id, "/label", "null"}, "`inlay remove`"},
       }) {
    CAPTURE(arguments);
    auto const error = error_of(catalogue.run(arguments));
    CHECK(text_at(error, "/error/kind") == "invalid_argument");
    CHECK_THAT(text_at(error, "/error/message"), Contains(says) && !Contains("()"));
  }
  REQUIRE(catalogue.run({"set", id, "/label", "\"x\""}).status == 0);
  CHECK(at(catalogue.answer({"inherit", id, "", "--dry-run"}), "/resource/override") == "absent");
  CHECK(at(catalogue.answer({"get", id}), "/override") == R"({"label":"x"})");
  CHECK(at(catalogue.answer({"inherit", id, "", "--force"}), "/override") == "absent");
  CHECK(at(catalogue.answer({"set", id, "", R"({"label":"y"})", "--if-version", "3"}), "/override") ==
        R"({"label":"y"})");
  CHECK(at(catalogue.answer({"update", id, R"({"override":{}})", "--replace-override", "--dry-run"}),
           "/resource/override") == "absent");
}

TEST_CASE("a server that is not started makes no store") {
  Folder const folder;
  folder.write("tokens", "no line of a tokens file\n");
  ::chmod((folder.path() + "/tokens").c_str(), 0600);
  for (std::vector<std::string> const& wrong : std::vector<std::vector<std::string>>{{"--listen", "nowhere"},
                                                                                     {"--listen", "0.0.0.0:0"},
                                                                                     {"--health", "nowhere"},
                                                                                     {"--proxy", "nobody"},
                                                                                     {"--base-path", "/a b"},
                                                                                     {"--tokens", "none"},
                                                                                     {"--tokens", "tokens"}}) {
    CAPTURE(wrong);
    std::vector<std::string> arguments{"--store", "sqlite:store.db", "serve"};
    if (wrong.front() != "--listen") arguments.insert(arguments.end(), {"--listen", "127.0.0.1:0"});
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    auto const run = folder.run(arguments);
    CHECK(run.status == 1);
    CHECK_FALSE(run.err.empty());
    CHECK_FALSE(folder.has("store.db"));
  }
}
