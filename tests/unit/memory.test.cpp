// SPDX-License-Identifier: BSL-1.0
#include <inlay/backends/memory.hpp>

#include <inlay/model/json_form.hpp>

#include <support/catch.hpp>

#include <array>
#include <atomic>
#include <thread>

using namespace inlay;

// What every store does is in tests/conformance/; here is what is this one's own.

namespace {

std::shared_ptr<Repository> open_store() { return Backends().add(memory_backend()).open("memory:").value(); }

Commit commit_of(std::vector<Change> changes, Timestamp time = Timestamp{1'000}) {
  return {.changes = std::move(changes), .actor = "test", .token = generate_uuid(), .time = time};
}

Team new_team(std::string name) { return {.id = Id<Team>::generate(), .name = std::move(name)}; }

}  // namespace

TEST_CASE("a store in memory is a new and empty one each time it is opened, and says what it is") {
  auto const one = open_store();
  REQUIRE(one->commit(commit_of({Insert<Team>{new_team("acme")}})).has_value());
  auto const other = open_store();
  CHECK(one->list(Query<Team>{}).value().items.size() == 1);
  CHECK(other->list(Query<Team>{}).value().items.empty());
  CHECK(other->revision().value() == Revision{0});
  CHECK(one->capabilities().backend == "memory");
  CHECK_FALSE(one->capabilities().is_durable);
  CHECK_FALSE(one->capabilities().is_shared_by_processes);
}

TEST_CASE("memory: has neither a place nor parameters") {
  Backends backends;
  backends.add(memory_backend());
  for (char const* url : {"memory:x", "memory://host", "memory://user@/", "memory:?pool_size=4"}) {
    auto const opened = backends.open(url);
    CAPTURE(url);
    REQUIRE(opened.has_error());
    CHECK(opened.error().kind == ErrorKind::invalid_argument);
  }
}

TEST_CASE("a commit that fails at its last change leaves rows, indexes and log as they were") {
  auto const store = open_store();
  Team const acme = new_team("acme");
  Environment const production{.id = Id<Environment>::generate(), .team_id = acme.id, .name = "production"};
  REQUIRE(store->commit(commit_of({Insert<Team>{acme}, Insert<Environment>{production}})).has_value());
  Environment const stored = store->find(FindRequest<Environment>{production.id}).value();
  Environment moved = stored;
  moved.name = "staging";
  Environment const dangling{.id = Id<Environment>::generate(), .team_id = Id<Team>::generate(), .name = "x"};

  auto const failed = store->commit(
      commit_of({Insert<Team>{new_team("umbrella")}, Update<Environment>{stored, moved}, Remove<Environment>{[&] {
                   Environment gone = stored;
                   gone.version = Version{2};
                   return gone;
                 }()},
                 Insert<Environment>{dangling}}));
  REQUIRE(failed.has_error());
  CHECK(failed.error().kind == ErrorKind::not_found);
  CHECK(failed.error().pointer == "/team_id");

  CHECK(store->revision().value() == Revision{1});
  CHECK(store->changes({}).value().commits.size() == 1);
  CHECK(store->list(Query<Team>{}).value().items.size() == 1);
  CHECK(store->find(FindRequest<Environment>{production.id}).value() == stored);
  Condition const of_acme{"team_id", Operator::eq, {acme.id.uuid}};
  CHECK(store->list(Query<Environment>{.where = {of_acme}}).value().items == std::vector{stored});
  // The name that the update would have taken is free, the one it would have given up is not.
  Environment twin{.id = Id<Environment>::generate(), .team_id = acme.id, .name = "production"};
  CHECK(store->commit(commit_of({Insert<Environment>{twin}})).error().pointer == "/name");
  twin.name = "staging";
  CHECK(store->commit(commit_of({Insert<Environment>{twin}})).has_value());
  CHECK(store->commit(commit_of({Remove<Team>{store->find(FindRequest<Team>{acme.id}).value()}})).error().message ==
        "the team is still in use by an environment");
}

TEST_CASE("an edit that throws writes nothing and leaves the store usable") {
  auto const store = open_store();
  Team const acme = new_team("acme");
  REQUIRE(store->commit(commit_of({Insert<Team>{acme}})).has_value());
  auto const thrower = Edit<Team>{acme.id, [](Team const&) -> Result<Team> { throw std::runtime_error("no"); }};
  CHECK_THROWS_AS((void)store->commit(commit_of({Insert<Team>{new_team("other")}, thrower})), std::runtime_error);
  CHECK(store->list(Query<Team>{}).value().items.size() == 1);
  CHECK(store->commit(commit_of({Insert<Team>{new_team("other")}})).value().revision == Revision{2});
}

TEST_CASE("a list that is narrowed by an index gives the rows, the order and the pages of one that is not") {
  auto const store = open_store();
  std::vector<Change> changes;
  std::array<Team, 3> const teams{new_team("a"), new_team("b"), new_team("c")};
  for (Team const& team : teams) changes.emplace_back(Insert<Team>{team});
  REQUIRE(store->commit(commit_of(std::move(changes))).has_value());
  for (int i = 0; i < 30; ++i) {
    Environment const row{.id = Id<Environment>::generate(),
                          .team_id = teams[static_cast<std::size_t>(i) % 3].id,
                          .name = "environment " + std::to_string(i)};
    // Three commits at one time, so that ids decide between them.
    REQUIRE(store->commit(commit_of({Insert<Environment>{row}}, Timestamp{10'000 + i / 9})).has_value());
  }
  auto const walk = [&](Condition const& condition) {
    std::vector<Environment> rows;
    Query<Environment> query{.where = {condition}, .limit = 4};
    while (true) {
      auto page = store->list(query).value();
      rows.insert(rows.end(), page.items.begin(), page.items.end());
      if (!page.next) return rows;
      query.after = page.next;
    }
  };
  auto const narrowed = walk({"team_id", Operator::eq, {teams[1].id.uuid}});
  CHECK(narrowed.size() == 10);
  CHECK(narrowed == walk({"team_id", Operator::in, {teams[1].id.uuid}}));
  auto const named = walk({"id", Operator::eq, {narrowed[5].id.uuid}});
  CHECK(named == std::vector{narrowed[5]});
  // A cursor beyond the one row leaves nothing.
  Query<Environment> const beyond{.where = {{"id", Operator::eq, {narrowed[5].id.uuid}}},
                                  .after = Cursor{narrowed[5].created_at, narrowed[5].id.uuid}};
  CHECK(store->list(beyond).value().items.empty());
}

TEST_CASE("an environment's installs of one integration are found by its name") {
  auto const store = open_store();
  Team const team = new_team("acme");
  Environment const environment{.id = Id<Environment>::generate(), .team_id = team.id, .name = "production"};
  std::vector<Change> changes{Insert<Team>{team}, Insert<Environment>{environment}};
  for (char const* name : {"zendesk", "hubspot", "jira"}) {
    Integration const integration{.id = Id<Integration>::generate(),
                                  .name = name,
                                  .config = Document::parse(R"({"label":"x"})").value(),
                                  .team_id = team.id};
    changes.emplace_back(Insert<Integration>{integration});
    changes.emplace_back(Insert<EnvironmentIntegration>{{.id = Id<EnvironmentIntegration>::generate(),
                                                         .integration_id = integration.id,
                                                         .environment_id = environment.id,
                                                         .override = Document::parse(R"({"a":1})").value()}});
  }
  REQUIRE(store->commit(commit_of(std::move(changes))).has_value());
  Query<InstalledIntegration> query{.where = {{"environment_id", Operator::eq, {environment.id.uuid}},
                                              {"integration.name", Operator::eq, {"hubspot"}}}};
  auto const page = store->list(query).value();
  REQUIRE(page.items.size() == 1);
  CHECK(page.items[0].integration.name == "hubspot");
  CHECK(page.items[0].team.name == "acme");
  CHECK(page.items[0].integration.config.text() == R"({"label":"x"})");
  query.with_nested_documents = false;
  auto const without = store->list(query).value();
  CHECK(without.items[0].integration.config.empty());
  CHECK(without.items[0].install.override->text() == R"({"a":1})");
}

TEST_CASE("readers see each commit whole while writers write, and writers come through") {
  auto const store = open_store();
  Team const left = new_team("0");
  Team const right = new_team("0");
  REQUIRE(store->commit(commit_of({Insert<Team>{left}, Insert<Team>{right}})).has_value());

  constexpr int writes = 300;
  std::atomic<bool> is_done{false};
  std::atomic<int> torn{0};
  std::atomic<int> failed{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      Revision last{};
      while (!is_done) {
        auto const page = store->list(Query<Team>{});
        if (!page || page->items.size() != 2 || page->items[0].name != page->items[1].name) ++torn;
        // Each write changes both rows: their names tell how many there were, as the page's revision does.
        if (page && std::to_string(page->revision.value - 1) != page->items[0].name) ++torn;
        if (page && page->revision < last) ++torn;
        if (page) last = page->revision;
      }
    });
  }
  std::vector<std::thread> writers;
  for (int i = 0; i < 2; ++i) {
    writers.emplace_back([&] {
      auto const next = [](Team const& team) -> Result<Team> {
        Team row = team;
        row.name = std::to_string(std::stoi(team.name) + 1);
        return row;
      };
      for (int write = 0; write < writes; ++write) {
        if (!store->commit(commit_of({Edit<Team>{left.id, next}, Edit<Team>{right.id, next}}))) ++failed;
      }
    });
  }
  for (auto& writer : writers) writer.join();
  is_done = true;
  for (auto& reader : readers) reader.join();
  CHECK(failed == 0);
  CHECK(torn == 0);
  CHECK(store->find(FindRequest<Team>{left.id}).value().name == std::to_string(2 * writes));
}

TEST_CASE("the log keeps both states of a row, whatever is written after, and forgets what is compacted") {
  auto const store = open_store();
  Team const acme = new_team("acme");
  REQUIRE(store->commit(commit_of({Insert<Team>{acme}}, Timestamp{1'000'001})).has_value());
  Team const first = store->find(FindRequest<Team>{acme.id}).value();
  Team second = first;
  second.name = "umbrella";
  REQUIRE(store->commit(commit_of({Update<Team>{first, second}}, Timestamp{2'000'002})).has_value());
  REQUIRE(store->commit(commit_of({Insert<Team>{new_team("other")}})).has_value());

  ChangesRequest request{.row = ChangesRequest::Row{"team", acme.id.uuid}};
  ChangePage page = store->changes(request).value();
  REQUIRE(page.commits.size() == 2);
  CHECK(page.through == Revision{3});
  ChangeRecord const& change = page.commits[1].changes.at(0);
  CHECK(change.kind == ChangeKind::updated);
  Team const logged = model::read_record<Team>(*change.before->values().value()).value();
  CHECK(logged.name == "acme");
  CHECK(logged.created_at == Timestamp{1'000'001});
  CHECK(change.after->text().find("umbrella") != std::string_view::npos);

  REQUIRE(store->compact({Revision{1}}));
  CHECK(store->changes(request).error().kind == ErrorKind::compacted);
  request.after = Revision{1};
  page = store->changes(request).value();
  REQUIRE(page.commits.size() == 1);
  CHECK(page.commits[0].revision == Revision{2});
  CHECK(store->compact({Revision{4}}).error().kind == ErrorKind::invalid_argument);
  REQUIRE(store->compact({Revision{3}}));
  CHECK(store->changes({.after = Revision{3}}).value().commits.empty());
  CHECK(store->find(FindRequest<Team>{acme.id}).value().name == "umbrella");
  CHECK(store->commit(commit_of({Insert<Team>{new_team("more")}})).value().revision == Revision{4});
  CHECK(store->changes({.after = Revision{3}}).value().commits.at(0).revision == Revision{4});
}
