// SPDX-License-Identifier: BSL-1.0
// What a client is told when something goes wrong, and what stays with the host.
#include <inlay/rest/handler.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/rest.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace inlay;
using test::body_of;
using test::Client;
using test::header_of;

namespace {

/** A store of which every call fails in the same way. */
struct Broken final : RepositoryFrom<Broken> {
  explicit Broken(std::function<Error()> failure) : fail(std::move(failure)) {}

  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> const&) const {
    return fail();
  }
  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> const&) const {
    return fail();
  }
  Result<Committed> commit(Commit const&) override { return fail(); }
  Result<ChangePage> changes(ChangesRequest const&) const override { return fail(); }
  Result<void> compact(CompactRequest const&) override { return fail(); }
  Result<Revision> revision() const override { return fail(); }
  Capabilities const& capabilities() const noexcept override { return own; }

  std::function<Error()> fail;
  Capabilities own{.backend = "broken"};
};

Catalog broken(std::function<Error()> failure) { return Catalog(std::make_shared<Broken>(std::move(failure))); }

/** A store that is gone once it has committed. */
struct GoneAfterCommit final : RepositoryFrom<GoneAfterCommit> {
  explicit GoneAfterCommit(Error failure) : fail(std::move(failure)) {}

  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> const& request) const {
    if (is_gone) return fail;
    return inner->find(request);
  }
  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> const& query) const {
    if (is_gone) return fail;
    return inner->list(query);
  }
  Result<Committed> commit(Commit const& commit) override {
    is_gone = is_breaking;
    return inner->commit(commit);
  }
  Result<ChangePage> changes(ChangesRequest const& request) const override { return inner->changes(request); }
  Result<void> compact(CompactRequest const& request) override { return inner->compact(request); }
  Result<Revision> revision() const override { return inner->revision(); }
  Capabilities const& capabilities() const noexcept override { return inner->capabilities(); }

  std::shared_ptr<Repository> inner = Backends().add(memory_backend()).open("memory:").value();
  Error fail;
  bool is_breaking = false;
  bool is_gone = false;
};

std::string const secret = "the database refused a statement: /var/lib/host/x.db: Expression tree is too large";

struct Told {
  std::string target;
  Error error;
};

}  // namespace

TEST_CASE("what a store says when it fails goes to the host, and the client learns the kind") {
  struct Case {
    ErrorKind kind;
    Outcome outcome;
    int status;
    std::string retry_after;
    std::string body;
  };
  std::string const begin_503 = R"({"type":"about:blank","title":"Service Unavailable","status":503,"detail":")";
  std::string const begin_500 = R"({"type":"about:blank","title":"Internal Server Error","status":500,"detail":")";
  std::string const look = R"(the write may have happened: look before trying again","kind":")";
  std::string const done = R"(the write has happened, but its answer could not be made: do not do it again","kind":")";
  for (Case const& each : {
           Case{ErrorKind::unavailable, Outcome::not_done, 503, "7",
                begin_503 + R"(the store is not available now; try again later","kind":"unavailable"})"},
           Case{ErrorKind::unavailable, Outcome::unknown, 503, "(none)",
                begin_503 + look + R"(unavailable","outcome":"unknown"})"},
           Case{ErrorKind::unavailable, Outcome::done, 503, "(none)",
                begin_503 + done + R"(unavailable","outcome":"done"})"},
           Case{ErrorKind::internal, Outcome::not_done, 500, "(none)",
                begin_500 + R"(the request could not be answered","kind":"internal"})"},
           Case{ErrorKind::internal, Outcome::unknown, 500, "(none)",
                begin_500 + look + R"(internal","outcome":"unknown"})"},
           Case{ErrorKind::corrupt, Outcome::done, 500, "(none)", begin_500 + done + R"(corrupt","outcome":"done"})"},
       }) {
    CAPTURE(to_string(each.kind), to_string(each.outcome));
    Error const error{.kind = each.kind, .message = secret, .pointer = "/config", .outcome = each.outcome};
    auto const returned = [error] { return error; };
    auto const thrown = [error]() -> Error { throw Exception(error); };
    for (auto const& failure : {std::function<Error()>(returned), std::function<Error()>(thrown)}) {
      std::vector<Told> told;
      rest::Handler const handler(broken(failure), {.retry_after = std::chrono::seconds(7),
                                                    .on_error = [&](auto const& request, auto const& e) {
                                                      told.push_back({request.target, e});
                                                    }});
      auto const response = Client(handler).post("/team", R"({"name":"x"})");
      CHECK(response.status == each.status);
      CHECK(response.body == each.body);
      CHECK(header_of(response, "Retry-After") == each.retry_after);
      REQUIRE(told.size() == 1);
      CHECK(told[0].target == "/team");
      CHECK(told[0].error.message == secret);
      CHECK(told[0].error.pointer == "/config");
      CHECK(told[0].error.kind == each.kind);
    }
  }
}

TEST_CASE("a client is told that its write has happened when only the answer to it could not be made") {
  struct Case {
    ErrorKind kind;
    int status;
  };
  for (Case const& each : {Case{ErrorKind::unavailable, 503}, Case{ErrorKind::corrupt, 500}}) {
    CAPTURE(to_string(each.kind));
    auto const repository = std::make_shared<GoneAfterCommit>(Error{.kind = each.kind, .message = secret});
    Catalog const catalog{std::shared_ptr<Repository>(repository)};
    auto const team = catalog.create(Team{.name = "Acme"}).value();
    auto const environment = catalog.create(Environment{.team_id = team.id, .name = "production"}).value();
    auto const integration = catalog.create(Integration{.name = "crm", .team_id = team.id}).value().integration;
    rest::Handler const handler(catalog);
    Client const client(handler);

    struct Write {
      std::string path;
      std::string body;
    };
    for (Write const& write :
         {Write{"/integration", R"({"name":"new","team_id":")" + to_string(team.id) + R"("})"},
          Write{"/environment-integration", R"({"integration_id":")" + to_string(integration.id) +
                                                R"(","environment_id":")" + to_string(environment.id) + R"("})"}}) {
      CAPTURE(write.path);
      auto const count = [&] { return body_of(client.get(write.path)).at("result").as_array().size(); };
      auto const before = count();
      repository->is_breaking = true;
      auto const response = client.post(write.path, write.body);
      repository->is_breaking = repository->is_gone = false;
      CAPTURE(response.body);
      CHECK(response.status == each.status);
      CHECK(body_of(response).at("outcome") == "done");
      CHECK(header_of(response, "Retry-After") == "(none)");
      CHECK(response.body.find("/var/lib") == std::string::npos);
      CHECK(count() == before + 1);
    }
    // These are answered without a look at the store: what was written is known.
    repository->is_breaking = true;
    CHECK(client.post("/team", R"({"name":"Other"})").status == 201);
    repository->is_breaking = repository->is_gone = false;
  }
}

TEST_CASE("each route that the store fails answers without the store's words") {
  rest::Handler const handler(broken([] { return Error{.kind = ErrorKind::unavailable, .message = secret}; }));
  Client const client(handler);
  std::string const id = "/05daecaf-4365-42e8-8370-8127de5dd717";
  rest::Headers const tags{{"If-Match", "\"1-a\", \"2-b\""}};
  for (char const* const name : {"/team", "/environment", "/integration", "/environment-integration", "/grant"}) {
    std::string const path = name;
    CAPTURE(path);
    for (auto const& response :
         {client.get(path), client.get(path + id), client.patch(path + id, R"({"status":"granted"})", tags),
          client.patch(path + id, R"({"status":"granted"})")}) {
      CAPTURE(response.body);
      CHECK(response.body.find("/var/lib") == std::string::npos);
      CHECK((response.status == 503 || response.status == 422));
    }
    CHECK(client.get(path + id).status == 503);
  }
  CHECK(client.get("/environment-integration" + id + "/config").status == 503);
  CHECK(client.post("/environment-integration" + id + "/preview", "{}").status == 503);
}

TEST_CASE("an exception that is not inlay's is a 500, of which the host is told, and out of memory a 503") {
  std::vector<Told> told;
  auto const note = [&](rest::Request const& request, Error const& error) { told.push_back({request.target, error}); };
  rest::Handler const failing(broken([]() -> Error { throw std::runtime_error(secret); }), {.on_error = note});
  auto const response = Client(failing).get("/team");
  CHECK(response.status == 500);
  CHECK(response.body.find("/var/lib") == std::string::npos);
  REQUIRE(told.size() == 1);
  CHECK(told[0].error.kind == ErrorKind::internal);
  CHECK(told[0].error.message == secret);

  rest::Handler const exhausted(broken([]() -> Error { throw std::bad_alloc(); }), {.on_error = note});
  CHECK(Client(exhausted).get("/team").status == 503);
  CHECK(told.size() == 1);
}

TEST_CASE("a request that finds no memory left has its problem document, and only a read is told to come again") {
  rest::Handler const exhausted(broken([]() -> Error { throw std::bad_alloc(); }));
  Client client(exhausted);
  auto const read = client.get("/team");
  CHECK(header_of(read, "Content-Type") == "application/problem+json");
  CHECK(header_of(read, "Retry-After") == "1");
  CHECK(read.body == R"({"type":"about:blank","title":"Service Unavailable","status":503,"detail":)"
                     R"("there is no memory to answer this now; try again later","kind":"unavailable"})");

  auto const write = client.post("/team", R"({"name":"Acme"})");
  CHECK(write.status == 503);
  CHECK(header_of(write, "Retry-After") == "(none)");
  CHECK(body_of(write).at("outcome") == "unknown");
}

TEST_CASE("a host that throws at being told changes nothing, and is not told what is the client's own fault") {
  int calls = 0;
  rest::HandlerOptions const options{.on_error = [&](rest::Request const&, Error const&) {
    ++calls;
    throw std::runtime_error("the log is full");
  }};
  rest::Handler const failing(broken([] { return Error{.kind = ErrorKind::unavailable, .message = secret}; }), options);
  auto const response = Client(failing).get("/team");
  CHECK(response.status == 503);
  CHECK(header_of(response, "Retry-After") == "1");
  CHECK(calls == 1);

  Catalog const catalog = test::open_in_memory();
  rest::Handler const whole(catalog, options);
  CHECK(Client(whole).get("/nothing").status == 404);
  CHECK(Client(whole).get("/team?colour=1").status == 400);
  CHECK(Client(whole).post("/team", R"({"name":""})").status == 422);
  CHECK(calls == 1);
}

TEST_CASE("what a caller may not change is 403, however many tags the condition has") {
  Catalog const catalog = test::open_in_memory();
  test::Example const example(catalog);
  auto const other = catalog.create(Team{.name = "Other"}).value();
  rest::Handler const handler(catalog);
  Client const owner(handler);
  std::string const path = "/integration/" + to_string(example.integration.id);
  REQUIRE(owner.patch(path, R"({"sharing":"ask"})").status == 200);  // seen by others as a summary
  auto const grant = Client(handler, {.actor = "bob", .team = other.id})
                         .post("/grant", R"({"integration_id":")" + to_string(example.integration.id) + R"("})");
  REQUIRE(grant.status == 201);
  std::string const asked = "/grant/" + std::string(body_of(grant).at("id").as_string());

  Client const stranger(handler, {.actor = "bob", .team = other.id});
  std::string const birth = to_string(catalog.get(example.integration.id).value().integration.birth);
  auto const both = "\"1-" + birth + "-a\", \"2-" + birth + "-b\"";
  auto const neither = "\"1-" + birth + "-a\", \"7-" + birth + "-b\"";
  for (std::string const& tags : {"\"1-" + birth + "-a\"", neither, both, "W/\"2-" + birth + "-a\"",
                                  std::string(R"("other")"), std::string("*")}) {
    CAPTURE(tags);
    rest::Headers const if_match{{"If-Match", tags}};
    for (auto const& response :
         {stranger.patch(path, R"({"is_beta":true})", if_match), stranger.remove(path, if_match),
          stranger.send("PATCH", path, R"([{"op":"remove","path":"/category"}])", if_match,
                        "application/json-patch+json"),
          stranger.patch(asked, R"({"status":"granted"})", if_match)}) {  // seen whole, and not theirs to answer
      CAPTURE(response.body);
      CHECK(response.status == 403);
      CHECK_FALSE(body_of(response).as_object().contains("current_version"));
    }
  }
  CHECK(stranger.patch(path, "{}", {{"If-None-Match", "*"}}).status == 403);
  // Nothing of that is so for who may.
  CHECK(body_of(owner.patch(path, "{}", {{"If-Match", neither}})).at("current_version") == 2);
  CHECK(owner.patch(path, "{}", {{"If-Match", both}}).status == 200);
  CHECK(owner.patch(path, "{}", {{"If-None-Match", "*"}}).status == 412);
}

TEST_CASE("a summary has no version to tell") {
  Catalog const catalog = test::open_in_memory();
  test::Example const example(catalog);
  rest::Handler const handler(catalog);
  std::string const path = "/integration/" + to_string(example.integration.id);
  REQUIRE(Client(handler).patch(path, R"({"sharing":"ask"})").status == 200);
  auto const other = catalog.create(Team{.name = "Other"}).value();
  Client const stranger(handler, {.actor = "bob", .team = other.id});
  for (char const* const tags : {R"("1-a")", R"("1-a", "7-b")"}) {
    CAPTURE(tags);
    auto const response = stranger.get(path, {{"If-Match", tags}});
    CHECK(response.status == 412);
    CHECK_FALSE(body_of(response).as_object().contains("current_version"));
  }
}

TEST_CASE("what is in flight bounds what is asked for: 503 for everybody, 429 for the caller whose share it is") {
  Catalog const catalog = test::open_in_memory();
  test::Example const example(catalog);
  auto const other = catalog.create(Team{.name = "other"}).value();
  std::vector<std::string> told;
  rest::HandlerOptions const options{
      .retry_after = std::chrono::seconds(7),
      .max_bytes_in_flight = std::size_t{12} << 20U,
      .max_bytes_in_flight_of_caller = std::size_t{5} << 20U,
      .on_error = [&](auto const&, Error const& error) { told.push_back(error.message); }};
  rest::Handler const handler(catalog, options);
  Client const owner(handler, {.actor = "a", .team = example.team.id});
  Client const another(handler, {.actor = "b", .team = other.id});
  Client const administration(handler);
  std::string const config = "/environment-integration/" + to_string(example.install.id) + "/config";

  // Answers that are small hold little, while they are kept and when they are gone.
  std::vector<rest::Response> kept;
  for (int i = 0; i != 100; ++i) kept.push_back(owner.get("/integration"));
  for (auto const& response : kept) REQUIRE(response.status == 200);

  catalog.update(example.integration.id, boost::json::object{{"config", {{"text", std::string(1'000'000, 'x')}}}})
      .value();
  kept.assign(1, owner.get("/integration"));
  REQUIRE(kept.front().status == 200);
  CHECK(kept.front().body.size() > 1'000'000);
  for (std::string const& target :
       {std::string("/integration"), std::string("/environment-integration"), config + "?explain=true"}) {
    CAPTURE(target);
    auto const refused = owner.get(target);
    CHECK(refused.status == 429);
    CHECK(header_of(refused, "Retry-After") == "7");
    CHECK(header_of(refused, "Content-Type") == "application/problem+json");
    CHECK(body_of(refused).at("kind") == "unavailable");
  }
  CHECK(owner.post("/environment-integration/" + to_string(example.install.id) + "/preview", "{}").status == 429);
  CHECK(told.empty());
  CHECK(owner.get("/team/" + to_string(example.team.id)).status == 200);  // what can't be large needs no room
  for (std::string const& target : {std::string("/team"), std::string("/integration?exclude=config"),
                                    std::string("/environment-integration?limit=1"), config}) {
    CAPTURE(target);
    CHECK(owner.get(target).status == 200);
  }
  CHECK(another.get("/integration").status == 200);

  for (int i = 0; i != 8; ++i) kept.push_back(Client(handler, {.actor = std::to_string(i)}).get("/integration"));
  for (auto const& response : kept) REQUIRE(response.status == 200);
  auto const full = another.get("/integration");
  CHECK(full.status == 503);
  CHECK(header_of(full, "Retry-After") == "7");
  CHECK(told.size() == 1);

  auto const copy = handler;  // counts with the handler that it is a copy of
  CHECK(Client(copy, {.actor = "b", .team = other.id}).get("/integration").status == 503);
  kept.clear();
  CHECK(another.get("/integration").status == 200);
  CHECK(owner.get(config).status == 200);
}

namespace {

/** Does something in each list, once it has begun. */
struct Nested : RepositoryFrom<Nested> {
  std::shared_ptr<Repository> inner;
  std::function<void()> in_list;

  Nested(std::shared_ptr<Repository> repository, std::function<void()> action)
      : inner(std::move(repository)), in_list(std::move(action)) {}
  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> const& request) const {
    return inner->find(request);
  }
  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> const& query) const {
    in_list();
    return inner->list(query);
  }
  Result<Committed> commit(Commit const& commit) override { return inner->commit(commit); }
  Result<ChangePage> changes(ChangesRequest const& request) const override { return inner->changes(request); }
  Result<void> compact(CompactRequest const& request) override { return inner->compact(request); }
  Result<Revision> revision() const override { return inner->revision(); }
  Capabilities const& capabilities() const noexcept override { return inner->capabilities(); }
};

/** How many lists of one team the standard options let be made at once: each begins while the one before is made. */
int lists_at_once(std::string const& target) {
  auto const store = Backends().add(memory_backend()).open("memory:").value();
  test::Example const example{Catalog(store)};
  int begun = 0;
  int refused = 0;
  std::optional<rest::Handler> handler;
  auto const ask = [&] {
    auto const response = Client(*handler, {.team = example.team.id}).get(target);
    if (response.status == 429)
      ++refused;
    else
      CHECK(response.status == 200);
  };
  auto const nested = std::make_shared<Nested>(store, [&] {
    if (++begun < 200 && refused == 0) ask();
  });
  handler.emplace(Catalog(nested));
  ask();
  return begun;
}

}  // namespace

TEST_CASE("a list reserves what its limit and its documents can come to, so that many small ones are made at once") {
  for (char const* const target :
       {"/team", "/environment", "/grant", "/integration?exclude=config", "/environment-integration?exclude=override",
        "/environment-integration?limit=1&exclude=override&expand=integration.config"}) {
    CAPTURE(target);
    CHECK(lists_at_once(target) >= 60);
  }
  for (char const* const target : {"/integration", "/environment-integration", "/integration?limit=1000",
                                   "/environment-integration?limit=1000&expand=integration.config"}) {
    CAPTURE(target);
    int const at_once = lists_at_once(target);
    CHECK(at_once >= 8);
    CHECK(at_once <= 16);
  }
}

TEST_CASE("one answer is let in however little may be in flight, and 0 is no limit") {
  Catalog const catalog = test::open_in_memory();
  test::Example const example(catalog);
  rest::Handler const narrow(catalog, {.max_bytes_in_flight = 1, .max_bytes_in_flight_of_caller = 1});
  auto const kept = Client(narrow).get("/integration");
  CHECK(kept.status == 200);
  CHECK(Client(narrow).get("/integration").status == 429);
  rest::Handler const wide(catalog, {.max_bytes_in_flight = 0, .max_bytes_in_flight_of_caller = 0});
  std::vector<rest::Response> all;
  for (int i = 0; i != 50; ++i) all.push_back(Client(wide).get("/integration"));
  for (auto const& response : all) CHECK(response.status == 200);
}
