// SPDX-License-Identifier: BSL-1.0
// docs/openapi.yaml has the members that rows and answers are described with, and no others.
#include <rest/answers.hpp>
#include <rest/openapi.hpp>
#include <rest/yaml.hpp>

#include <inlay/catalog/internal/batch_json.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/rest/handler.hpp>

#include <support/catch.hpp>
#include <support/rest.hpp>

#include <boost/json/serialize.hpp>

#include <fstream>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

using namespace inlay;

namespace {

/** The members of an object by name, and whether each may be absent. */
using Members = std::map<std::string, bool>;

/** The words in a flow sequence, such as `[id, name]`. */
std::set<std::string> words_in(std::string const& list) {
  std::set<std::string> words;
  std::string word;
  for (char const c : list) {
    if (c != '[' && c != ']' && c != ',' && c != ' ') {
      word += c;
    } else if (!word.empty()) {
      words.insert(std::exchange(word, {}));
    }
  }
  return words;
}

/** The schemas of the page that list properties, as they are laid out there: a name in the fifth column, `required:`
    and `properties:` in the seventh, each property in the ninth. */
std::map<std::string, Members> read_schemas() {
  std::ifstream page(INLAY_OPENAPI);
  REQUIRE(page);
  std::map<std::string, Members> schemas;
  std::string line;
  while (std::getline(page, line) && line != "  schemas:") {
  }
  std::string name;
  bool in_properties = false;
  std::set<std::string> required;
  while (std::getline(page, line)) {
    std::size_t const column = line.find_first_not_of(' ');
    if (column == std::string::npos || line[column] == '#') continue;
    std::string const word = line.substr(column, line.find(':') - column);
    if (column == 4) {
      name = word;
      in_properties = false;
      required.clear();
    } else if (column == 6) {
      in_properties = line == "      properties:";
      if (word != "required") continue;
      std::string list = line.substr(line.find('['));
      while (list.back() != ']' && std::getline(page, line)) list += line;
      required = words_in(list);
    } else if (column == 8 && in_properties) {
      schemas[name][word] = !required.contains(word);
    }
  }
  return schemas;
}

template <class Form>
Members members_of() {
  Members members;
  for (model::FormMember const& member : model::form_members<Form>) {
    members.emplace(member.name, member.is_optional);
  }
  return members;
}

/** A row's, with what resources have beside. */
template <class Entity>
Members members_of_row(Members members = {}) {
  for (model::Field const& field : model::fields<Entity>) {
    if (field.type != model::FieldType::revision) members.emplace(field.name, field.is_optional);
  }
  return members;
}

template <class Entity>
Members members_of_summary(Members members = {}) {
  for (auto const& [name, is_optional] : members_of_row<Entity>()) {
    if (model::is_public<Entity>(name)) members.emplace(name, is_optional);
  }
  return members;
}

Members without_need_of(std::string const& name, Members members) {
  members.at(name) = true;
  return members;
}

std::map<std::string, Members> described() {
  Members const page = members_of<answers::Page>();
  return {
      {"BatchDone", members_of<answers::BatchDone>()},
      {"Contribution", members_of<answers::Contribution>()},
      {"Difference", members_of<answers::Difference>()},
      {"EffectiveConfigValue", members_of<rest::EffectiveConfigValue>()},
      {"EffectiveConfigWhole", members_of<rest::EffectiveConfigWhole>()},
      {"EndedInstalls", members_of<answers::EndedInstalls>()},
      {"Leaf", members_of<answers::Leaf>()},
      {"OperationDone", members_of<answers::OperationDone>()},
      {"Preview", members_of<answers::Preview>()},
      {"Problem", members_of<rest::Problem>()},
      {"Removed", members_of<answers::Removed>()},
      {"EnvironmentIntegrationPage", page},
      {"IntegrationPage", page},
      {"EnvironmentPage", page},
      {"TeamPage", page},
      {"GrantPage", page},
      {"Ended", {{"at", false}, {"reason", false}}},
      {"Environment", members_of_row<Environment>()},
      {"EnvironmentIntegration", members_of_row<EnvironmentIntegration>({{"integration", false}})},
      {"Grant", members_of_row<Grant>()},
      {"IntegrationSummary", members_of_summary<Integration>({{"team", false}})},
      {"IntegrationWhole",
       members_of_row<Integration>({{"environment_ids", false}, {"environment_ids_truncated", true}, {"team", false}})},
      {"ListedEnvironmentIntegration", members_of_row<EnvironmentIntegration>({{"integration", false}})},
      {"ListedIntegrationWhole", without_need_of("config", members_of_row<Integration>({{"team", false}}))},
      {"TeamSummary", members_of_summary<Team>()},
      {"TeamWhole", members_of_row<Team>()},
  };
}

/** Whether a schema is of what clients send. */
bool is_of_requests(std::string const& name) {
  return name.starts_with("New") || name.ends_with("Patch") || name.ends_with("Filters") || name == "GrantRequest" ||
         name == "GrantAnswer";
}

}  // namespace

TEST_CASE("the page of the API has the members of every row and answer, and those that may be absent") {
  auto const schemas = read_schemas();
  for (auto const& [name, members] : described()) {
    CAPTURE(name);
    REQUIRE(schemas.contains(name));
    CHECK(schemas.at(name) == members);
  }
}

TEST_CASE("the page of the API has no answer that is not described") {
  auto const known = described();
  for (auto const& [name, members] : read_schemas()) {
    CAPTURE(name);
    CHECK(known.contains(name) != is_of_requests(name));
  }
}

TEST_CASE("of YAML is read what the page is written in") {
  auto const read = [](char const* text) { return boost::json::serialize(rest::read_yaml(text)); };
  CHECK(read("a: 1\nb: text of words  # and what it is\n'c d': true\n\"200\": '^\"[0-9]''$'\n") ==
        R"({"a":1,"b":"text of words","c d":true,"200":"^\"[0-9]'$"})");
  CHECK(read("a:\n  - b: 1\n    c: [x, y z]\n  - { d: \"it's: \\\"so\\\"\", e: [] }\n  - word\n") ==
        R"({"a":[{"b":1,"c":["x","y z"]},{"d":"it's: \"so\"","e":[]},"word"]})");
  CHECK(read("a: {\n  b: 1,\n  c: { d: e,\n       f: null } }\ng: an owner's word: no\n") ==
        R"({"a":{"b":1,"c":{"d":"e","f":null}},"g":"an owner's word: no"})");
  CHECK(read("a: |\n  one:\n    - two\n\n  three\n\nb: 2\n") == R"({"a":"one:\n  - two\n\nthree\n","b":2})");
  CHECK(read("# nothing\n") == "null");
  CHECK(read("a:\n- b\n- c: {}\n  d: []\n") == R"({"a":["b",{"c":{},"d":[]}]})");
}

TEST_CASE("YAML that the page is not written in is refused with its line") {
  auto const refused = [](char const* text) -> std::string {
    try {
      return boost::json::serialize(rest::read_yaml(text));
    } catch (std::invalid_argument const& error) {
      return error.what();
    }
  };
  CHECK(refused("a: 1\nb: { name, in: query }\n").starts_with("line 2: the name 'name'"));
  CHECK(refused("a: { description }\n").starts_with("line 1: the name 'description'"));
  CHECK(refused("a: { b: 1\n").starts_with("line 1: there is no }"));
  CHECK(refused("a: [b, c] d\n").starts_with("line 1: something follows"));
  CHECK(refused("a: [\"b\" \"c\"]\n").starts_with("line 1: there is no comma"));
  CHECK(refused("a: 1\nb:\nc: 2\n").starts_with("line 2: a name has no value"));
  CHECK(refused("a:\n    b: 1\n  c: 2\n").starts_with("line 3: it begins in a column"));
  CHECK(refused("a: &anchor 1\n").starts_with("line 1: a value begins with"));
  CHECK(refused("a: >\n  folded\n").starts_with("line 1: a value begins with"));
}

TEST_CASE("the resource answers the page itself, with where it is to be found as the server") {
  Catalog const catalog = test::open_in_memory();
  for (auto const& [base, shown, url] :
       {std::tuple("", "", "/"), {"/inner", "", "/inner"}, {"/inner", "/api/v1", "/api/v1"}}) {
    CAPTURE(base, shown);
    rest::HandlerOptions options{.base_path = base};
    if (*shown != '\0') options.public_path = shown;
    rest::Handler const handler(catalog, options);
    test::Client const client(handler);
    auto const answered = client.get(std::string(base) + "/openapi.json");
    REQUIRE(answered.status == 200);
    CHECK(test::header_of(answered, "Content-Type") == "application/json");
    CHECK(test::header_of(answered, "Cache-Control") == "public, max-age=300");
    boost::json::object document = test::large_body_of(answered).as_object();
    CHECK(boost::json::serialize(document.at("servers")) == R"([{"url":")" + std::string(url) + R"("}])");
    CHECK(document.at("openapi") == "3.1.0");
    CHECK(document.at("paths").at("/environment-integration/{id}").as_object().contains("patch"));
    for (auto const& [name, members] : read_schemas()) {
      CAPTURE(name);
      CHECK(document.at("components").at("schemas").as_object().contains(name));
    }

    // A path that is none leads to it.
    auto const lost = client.get(std::string(base) + "/environments");
    CHECK(lost.status == 404);
    std::string const path = (*url == '/' && url[1] == '\0' ? "" : std::string(url)) + "/openapi.json";
    CHECK(test::header_of(lost, "Link") == "<" + path + ">; rel=\"service-desc\"");
    CHECK_THAT(lost.body, Catch::Matchers::Contains(path));

    auto const is_for_anybody = [&](std::string const& target) {
      return handler.is_for_anybody({.method = "GET", .target = target});
    };
    CHECK(is_for_anybody(std::string(base) + "/openapi.json"));
    CHECK(is_for_anybody(std::string(base) + "/openapi.json?x"));
    for (char const* const other : {"/team", "/openapi.json/", "/openapi.jsonx", "//openapi.json", "/./openapi.json",
                                    "/openapi%2Ejson", "openapi.json", ""}) {
      CAPTURE(other);
      CHECK_FALSE(is_for_anybody(std::string(base) + other));
    }
    CHECK(client.get(std::string(base) + "/openapi.json?colour=1").status == 400);
    CHECK(client({"POST", std::string(base) + "/openapi.json", {}, ""}).status == 405);
    CHECK(client({"HEAD", std::string(base) + "/openapi.json", {}, ""}).body.empty());
  }
}
