// SPDX-License-Identifier: BSL-1.0
#include <inlay/rest/handler.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/random.hpp>
#include <support/rest.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

using namespace inlay;
using test::Random;

namespace {

template <class T, std::size_t size>
T const& one_of(Random& random, T const (&values)[size]) {
  return values[random.below(size)];
}

/** Requests that are right in parts: what exists is asked for often, and each part is sometimes bent. */
class Requests {
 public:
  Requests(Random& random, test::Example const& example)
      : random_(random),
        ids_{to_string(example.install.id),
             to_string(example.integration.id),
             to_string(example.environment.id),
             to_string(example.team.id),
             to_string(Id<Team>::generate()),
             "no-uuid",
             "",
             "%20"} {}

  void learn(std::string id) { ids_.push_back(std::move(id)); }

  rest::Request next() { return random_.chance(3) ? plausible() : wild(); }

 private:
  /** What a client might send; all parts fit together, but for an id that is not there or a version that is stale. */
  rest::Request plausible() {
    rest::Request request{.method = "POST", .headers = {{"Content-Type", "application/json"}}};
    std::string const name = R"("name":"n)" + std::to_string(random_.below(50)) + '"';
    switch (random_.below(8)) {
      case 0:
        request.target = "/team";
        request.body = '{' + name + '}';
        break;
      case 1:
        request.target = "/environment";
        request.body = '{' + name + R"(,"team_id":")" + id() + R"("})";
        break;
      case 2:
        request.target = "/integration";
        request.body = '{' + name + R"(,"sharing":"ask","config":{"a":1},"team_id":")" + id() + R"("})";
        break;
      case 3:
        request.target = "/environment-integration";
        request.body = R"({"integration_id":")" + id() + R"(","environment_id":")" + id() + R"("})";
        break;
      case 4:
        request.target = "/grant";
        request.body = R"({"integration_id":")" + id() + R"(","team_id":")" + id() + R"("})";
        break;
      case 5:
        request.method = "PATCH";
        request.target = "/environment-integration/" + id() + "?override=replace";
        request.body = R"({"override":{"a":null}})";
        break;
      case 6:
        request.method = "PATCH";
        request.target = "/integration/" + id();
        request.body = R"({"config":{"a":)" + std::to_string(random_.below(9)) + "}}";
        break;
      default:
        request.method = "DELETE";
        request.target = (random_.chance(2) ? "/environment-integration/" : "/environment/") + id();
        break;
    }
    if (random_.chance(2)) {
      request.headers.add("If-Match",
                          '"' + std::to_string(1 + random_.below(3)) + "-0123456789abcdef-0123456789abcdef\"");
    }
    return request;
  }

  rest::Request wild() {
    static char const* const methods[] = {"GET",  "GET",     "POST", "PATCH", "PATCH", "DELETE",
                                          "HEAD", "OPTIONS", "PUT",  "get",   "",      "P\xFFST"};
    rest::Request request{.method = one_of(random_, methods), .target = target(), .headers = headers()};
    static char const* const types[] = {"application/json",
                                        "application/merge-patch+json",
                                        "application/json-patch+json",
                                        "application/json; charset=utf-8",
                                        "text/plain",
                                        "\"",
                                        ";;;"};
    if (!random_.chance(12)) request.headers.add("content-type", types[random_.below(random_.chance(3) ? 7 : 2)]);
    request.body = bent(body(), 8);
    return request;
  }

  std::string const& id() {
    return ids_[random_.below(random_.chance(4) ? ids_.size() : std::min<std::size_t>(ids_.size(), 4))];
  }

  /** With one or two bytes changed, added or taken away, once in `in`. */
  std::string bent(std::string text, std::size_t in) {
    if (!random_.chance(in)) return text;
    for (std::size_t edits = 1 + random_.below(3); edits > 0; --edits) {
      std::size_t const at = random_.below(text.size() + 1);
      char const byte = static_cast<char>(random_.below(256));
      if (random_.chance(3)) {
        text.insert(at, 1, byte);
      } else if (at < text.size() && random_.chance(2)) {
        text.erase(at, 1 + random_.below(4));
      } else if (at < text.size()) {
        text[at] = byte;
      }
    }
    return text;
  }

  std::string target() {
    static char const* const collections[] = {"environment-integration",
                                              "environment-integration",
                                              "integration",
                                              "environment",
                                              "team",
                                              "grant",
                                              "nothing",
                                              ""};
    static char const* const parts[] = {"/config", "/preview", "/", "/config/", "/x"};
    static char const* const parameters[] = {"limit=3",
                                             "limit=0",
                                             "limit=x",
                                             "next_cursor=abc",
                                             "expand=integration.config",
                                             "expand=x",
                                             "exclude=override",
                                             "exclude=config",
                                             "name=zendesk",
                                             "name[in]=a,b\\,c",
                                             "name[like]=x",
                                             "is_enabled=true",
                                             "is_enabled[ne]=1",
                                             "pointer=/base_url",
                                             "pointer=x",
                                             "explain=true",
                                             "override=replace",
                                             "config=replace",
                                             "colour=1",
                                             "integration.name[gt]=%7A",
                                             "%FF=1",
                                             "a=%zz",
                                             "=",
                                             "sharing=ask",
                                             "status=pending",
                                             "domain[gte]="};
    std::string text = std::string("/") + one_of(random_, collections);
    if (!random_.chance(3)) text += '/' + id();
    if (random_.chance(3)) text += one_of(random_, parts);
    for (std::size_t i = random_.below(3); i > 0; --i) {
      text.append(text.find('?') == std::string::npos ? "?" : "&").append(one_of(random_, parameters));
    }
    return bent(std::move(text), 6);
  }

  rest::Headers headers() {
    static char const* const names[] = {"Accept", "if-match", "If-None-Match", "Content-Encoding", "X-Other"};
    static char const* const values[] = {"*",
                                         "*/*",
                                         "\"1-0000000000000000\"",
                                         "\"2-x\", W/\"3-y\"",
                                         "application/json",
                                         "text/html",
                                         "\"",
                                         "W/",
                                         "gzip",
                                         "identity",
                                         "",
                                         ",,,",
                                         "application/json;q=0"};
    rest::Headers headers;
    for (std::size_t i = random_.below(3); i > 0; --i) {
      headers.add(one_of(random_, names), bent(one_of(random_, values), 5));
    }
    return headers;
  }

  std::string body() {
    static char const* const bodies[] = {"",
                                         "{}",
                                         "[]",
                                         "null",
                                         "{",
                                         R"({"is_enabled":false})",
                                         R"({"is_enabled":"x"})",
                                         R"({"override":{"a":{"b":null}}})",
                                         R"({"override":null})",
                                         R"({"name":"n"})",
                                         R"({"config":{"x":[1,2,{"y":null}]}})",
                                         R"({"status":"granted"})",
                                         R"({"status":7})",
                                         R"({"version":3})",
                                         R"([{"op":"replace","path":"/is_enabled","value":true}])",
                                         R"([{"op":"test","path":"/version","value":99}])",
                                         R"([{"op":"move"}])",
                                         "{\"a\":1,\"a\":2}",
                                         "1e999",
                                         "\"\\ud800\""};
    switch (random_.below(6)) {
      case 0: return R"({"team_id":")" + id() + R"(","name":"e)" + std::to_string(random_.below(1000)) + R"("})";
      case 1: return R"({"integration_id":")" + id() + R"(","environment_id":")" + id() + R"("})";
      case 2: return R"({"integration_id":")" + id() + R"("})";
      default: return one_of(random_, bodies);
    }
  }

  Random& random_;
  std::vector<std::string> ids_;
};

std::string shown(rest::Request const& request) {
  std::string text = request.method + ' ' + request.target + '\n';
  for (auto const& [name, value] : request.headers) text += name + ": " + value + '\n';
  return text + '\n' + request.body;
}

}  // namespace

TEST_CASE("10,000 random requests are never a 500, and change the store only when they answer 2xx") {
  Random random = test::random();
  CAPTURE(random.seed());
  Catalog const catalog = test::open_in_memory();
  test::Example const example(catalog);
  auto const other = catalog.create(Team{.name = "Other"}).value();
  rest::Handler const handler(catalog);
  Requests requests(random, example);
  Caller const callers[] = {{.actor = "host"},
                            {.actor = "alice", .team = example.team.id},
                            {.actor = "bob", .team = other.id},
                            {.actor = "nobody", .team = Id<Team>::generate()}};
  auto revision = catalog.repository().revision().value();
  std::vector<int> statuses(600);
  for (int i = 0; i < 10'000; ++i) {
    auto const request = requests.next();
    auto const response = handler(request, one_of(random, callers));
    auto const now = catalog.repository().revision().value();
    bool const is_success = response.status >= 200 && response.status < 300;
    bool const may_write = request.method == "POST" || request.method == "PATCH" || request.method == "DELETE";
    ++statuses.at(static_cast<std::size_t>(response.status));
    if (response.status >= 500 || (now != revision && !(is_success && may_write))) {
      FAIL("answered " << response.status << ' ' << response.body << "\nto " << shown(request));
    }
    if (!response.body.empty()) {
      auto const body = json::parse(response.body);
      if (!body || !body->is_object())
        FAIL("the body is no JSON object: " << response.body << "\nto " << shown(request));
      bool const is_problem = response.headers.find("Content-Type") == "application/problem+json";
      if (is_problem == is_success) FAIL("a problem or none: " << response.body << "\nto " << shown(request));
      if (response.status == 201) requests.learn(std::string(body->at("id").as_string()));
    }
    revision = now;
  }
  // The requests are worth something only when they get everywhere.
  for (int const status : {200, 201, 204, 400, 403, 404, 405, 406, 409, 412, 415, 422, 428}) {
    CAPTURE(status);
    CHECK(statuses[static_cast<std::size_t>(status)] > 0);
  }
}

TEST_CASE("an entity tag never stands still when the body changes") {
  Catalog const catalog = test::open_in_memory();
  test::Example const example(catalog);
  rest::Handler const handler(catalog);
  test::Client const client(handler);
  std::string const path = "/environment-integration/" + to_string(example.install.id);
  auto before = client.get(path);
  std::pair<std::string, std::string> const changes[] = {
      {path, R"({"is_enabled":false})"},
      {"/integration/" + to_string(example.integration.id), R"({"config":{"label":"New"}})"},
      {"/integration/" + to_string(example.integration.id), R"({"category":null})"},
      {"/team/" + to_string(example.team.id), R"({"logo":"https://example.com/new.png"})"},
  };
  for (auto const& [target, patch] : changes) {
    CAPTURE(target, patch);
    REQUIRE(client.patch(target, patch).status == 200);
    auto const after = client.get(path, {{"If-None-Match", *before.headers.find("ETag")}});
    CHECK(after.status == 200);
    CHECK(after.body != before.body);
    before = after;
  }
  CHECK(client.get(path, {{"If-None-Match", *before.headers.find("ETag")}}).status == 304);
}
