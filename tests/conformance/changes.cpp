// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

#include <algorithm>
#include <limits>

namespace inlay::conformance {

namespace {

template <class Entity>
ChangeRecord record(ChangeKind kind, Entity const* before, Entity const* after) {
  ChangeRecord change;
  change.entity = Entity::entity_name;
  change.id = (before ? before : after)->id.uuid;
  change.kind = kind;
  if (before) change.before = record_of(*before);
  if (after) change.after = record_of(*after);
  return change;
}

/** A store with twelve commits, and their tokens. */
std::vector<Uuid> fill(Store const& store) {
  std::vector<Uuid> tokens;
  for (std::size_t number = 0; number < 12; ++number) {
    Commit const commit = commit_of({Insert<Team>{sample<Team>(number)}, Insert<Team>{sample<Team>(number)}});
    store.commit(commit);
    tokens.push_back(commit.token);
  }
  return tokens;
}

std::vector<Uuid> tokens_of(std::vector<CommitRecord> const& commits) {
  std::vector<Uuid> tokens;
  for (CommitRecord const& commit : commits) tokens.push_back(commit.token);
  return tokens;
}

}  // namespace

TEST_CASE("the changes after a revision that the store has not reached are refused", "[changes]") {
  Store const store;
  fill(store);
  Revision const current = must(store->revision());
  CHECK(must(store->changes({.after = current})).commits.empty());
  Revision const ahead{current.value + 1};
  CHECK(error_of(store->changes({.after = ahead})).kind == ErrorKind::invalid_argument);
  CHECK(error_of(store->changes({.after = ahead, .row = ChangesRequest::Row{"team", {}}})).kind ==
        ErrorKind::invalid_argument);
}

TEST_CASE("the change log keeps who, why, when and what of each commit", "[changes]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const first = store.insert_sample<Entity>(0);

    Commit update = commit_of({Update<Entity>{first, rewritten(first, 1)}});
    update.actor = "somebody \xF0\x9F\x98\x80 'quoted' ";
    update.reason = "because :this, $1 and ?";
    Revision const updated_in = store.commit(update);
    Entity const second = updated(Update<Entity>{first, rewritten(first, 1)}, update.time, updated_in);

    Commit removal = commit_of({Remove<Entity>{second}});
    removal.actor = "";
    removal.reason = "";
    Revision const removed_in = store.commit(removal);

    auto const log = log_after(*store);
    REQUIRE(log.size() == 3);
    CHECK(log[0].changes.back() == record<Entity>(ChangeKind::inserted, nullptr, &first));
    CHECK(log[0].revision == first.revision);
    CHECK(!log[0].reason);
    CHECK(log[1].revision == updated_in);
    CHECK(log[1].token == update.token);
    CHECK(log[1].actor == update.actor);
    CHECK(log[1].reason == update.reason);
    CHECK(log[1].time == update.time);
    CHECK(log[1].changes == std::vector{record(ChangeKind::updated, &first, &second)});
    CHECK(log[2].revision == removed_in);
    CHECK(log[2].actor.empty());
    CHECK(log[2].reason == "");
    CHECK(log[2].changes == std::vector{record<Entity>(ChangeKind::removed, &second, nullptr)});
  });
}

TEST_CASE("a commit's changes are in the log in the commit's order", "[changes]") {
  Store const store;
  std::vector<Change> changes;
  add_sample<EnvironmentIntegration>(changes, 0);
  add_sample<Grant>(changes, 1);
  add_sample<Environment>(changes, 2);
  std::vector<std::pair<std::string, Uuid>> expected;
  for (Change const& change : changes) {
    std::visit(
        [&]<class Any>(Any const& any) {
          if constexpr (requires { any.row; }) {
            expected.emplace_back(std::string(std::remove_cvref_t<decltype(any.row)>::entity_name), any.row.id.uuid);
          }
        },
        change);
  }
  store.commit(commit_of(changes));
  auto const log = log_after(*store);
  REQUIRE(log.size() == 1);
  std::vector<std::pair<std::string, Uuid>> logged;
  for (ChangeRecord const& change : log[0].changes) logged.emplace_back(change.entity, change.id);
  CHECK(logged == expected);
}

TEST_CASE("the rows can be made again from the change log alone", "[changes]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    std::vector<Entity> rows;
    for (std::size_t number = 0; number < 6; ++number) rows.push_back(store.insert_sample<Entity>(number));
    store.update(rows[1], rewritten(rows[1], 8));
    store.remove(rows[3]);
    store.update(rows[5], rewritten(rows[5], 9));

    std::vector<std::pair<Uuid, Document>> replayed;
    for (CommitRecord const& commit : log_after(*store)) {
      for (ChangeRecord const& change : commit.changes) {
        if (change.entity != Entity::entity_name) continue;
        auto const at =
            std::find_if(replayed.begin(), replayed.end(), [&](auto& one) { return one.first == change.id; });
        CHECK((at == replayed.end()) == !change.before);
        if (at != replayed.end()) {
          CHECK(at->second == *change.before);
          replayed.erase(at);
        }
        if (change.after) replayed.emplace_back(change.id, *change.after);
      }
    }
    auto now = store.all<Entity>();
    CHECK(replayed.size() == now.size());
    for (auto const& [id, document] : replayed) {
      Entity const row = must(model::read_record<Entity>(*must(document.values())));
      Entity expected = store.read<Entity>(Id<Entity>{id});
      expected.revision = Revision{};
      CHECK(row == expected);
    }
  });
}

TEST_CASE("the log is read oldest first, in pages of any size", "[changes]") {
  Store const store;
  auto const expected = fill(store);
  for (std::size_t limit = 1; limit <= 13; ++limit) {
    CAPTURE(limit);
    std::vector<Uuid> seen;
    Revision after{};
    while (true) {
      ChangePage const page = must(store->changes({.after = after, .limit = limit}));
      REQUIRE(page.commits.size() <= limit);
      for (CommitRecord const& commit : page.commits) {
        REQUIRE(commit.revision > after);
        REQUIRE(commit.revision <= page.through);
        CHECK(commit.changes.size() == 2);
        after = commit.revision;
        seen.push_back(commit.token);
      }
      after = page.through;
      CHECK(page.has_more == (seen.size() < expected.size()));
      if (!page.has_more) break;
      REQUIRE(page.commits.size() == limit);
    }
    CHECK(seen == expected);
    CHECK(after == must(store->revision()));
  }
}

TEST_CASE("the log after a revision starts with the next commit", "[changes]") {
  Store const store;
  auto const tokens = fill(store);
  auto const log = log_after(*store);
  REQUIRE(tokens_of(log) == tokens);
  for (std::size_t i = 0; i < log.size(); ++i) {
    auto const rest = log_after(*store, log[i].revision);
    CHECK(rest == std::vector(log.begin() + static_cast<std::ptrdiff_t>(i) + 1, log.end()));
  }
}

TEST_CASE("a page of the log that is empty says through where nothing happened", "[changes]") {
  Store const store;
  ChangePage page = must(store->changes({}));
  CHECK(page.commits.empty());
  CHECK(!page.has_more);
  CHECK(page.through == Revision{});
  fill(store);
  Revision const revision = must(store->revision());
  page = must(store->changes({.after = revision}));
  CHECK(page.commits.empty());
  CHECK(!page.has_more);
  CHECK(page.through == revision);
  store.insert_sample<Team>(0);
  CHECK(must(store->changes({.after = page.through})).commits.size() == 1);
}

TEST_CASE("a page of the log holds 100 commits unless told otherwise, and from 1 to 1000", "[changes]") {
  Store const store;
  for (std::size_t number = 0; number < 101; ++number) store.insert(sample<Team>(number));
  CHECK(must(store->changes({})).commits.size() == 100);
  CHECK(must(store->changes({})).has_more);
  CHECK(must(store->changes({.limit = 1'000})).commits.size() == 101);
  for (std::size_t const limit : {std::size_t{0}, std::size_t{1'001}, std::numeric_limits<std::size_t>::max()}) {
    CHECK(error_of(store->changes({.limit = limit})).kind == ErrorKind::invalid_argument);
  }
}

TEST_CASE("the log of one row has the commits that touched it, and of those what they did to it", "[changes]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    Entity const other = store.insert_sample<Entity>(5);
    Entity const first = store.insert_sample<Entity>(0);
    Entity const second = store.update(first, rewritten(first, 1));
    Entity const moved = store.update(other, rewritten(other, 6));
    Commit const both = commit_of({Update<Entity>{moved, rewritten(moved, 7)}, Update<Entity>{second, second}});
    Revision const revision = store.commit(both);
    Entity const third = updated(Update<Entity>{second, second}, both.time, revision);
    Revision const removed_in = store.remove(third);
    store.insert_sample<Entity>(8);

    ChangesRequest::Row const row{std::string(Entity::entity_name), first.id.uuid};
    for (std::size_t const limit : {std::size_t{1}, std::size_t{2}, std::size_t{100}}) {
      CAPTURE(limit);
      std::vector<CommitRecord> log;
      Revision after{};
      for (std::size_t pages = 0; pages < 10; ++pages) {
        ChangePage const page = must(store->changes({.after = after, .limit = limit, .row = row}));
        REQUIRE(page.commits.size() <= limit);
        log.insert(log.end(), page.commits.begin(), page.commits.end());
        after = page.through;
        if (!page.has_more) break;
      }
      REQUIRE(log.size() == 4);
      CHECK(log[0].changes == std::vector{record<Entity>(ChangeKind::inserted, nullptr, &first)});
      CHECK(log[1].changes == std::vector{record(ChangeKind::updated, &first, &second)});
      CHECK(log[2].changes == std::vector{record(ChangeKind::updated, &second, &third)});
      CHECK(log[2].token == both.token);
      CHECK(log[2].revision == revision);
      CHECK(log[3].changes == std::vector{record<Entity>(ChangeKind::removed, &third, nullptr)});
      CHECK(log[3].revision == removed_in);
    }
    CHECK(must(store->changes({.after = second.revision, .row = row})).commits.size() == 2);
  });
}

TEST_CASE("a row that nobody wrote has no log, nor has it under another entity's name", "[changes]") {
  Store const store;
  Team const team = store.insert_sample<Team>(0);
  CHECK(must(store->changes({.row = ChangesRequest::Row{"team", scattered_uuid()}})).commits.empty());
  CHECK(must(store->changes({.row = ChangesRequest::Row{"environment", team.id.uuid}})).commits.empty());
  CHECK(must(store->changes({.row = ChangesRequest::Row{"team", team.id.uuid}})).commits.size() == 1);
}

TEST_CASE("a commit that is refused leaves nothing in the log", "[changes]") {
  Store const store;
  Team const first = store.insert_sample<Team>(0);
  store.update(first, rewritten(first, 1));
  store.refused({Insert<Team>{sample<Team>(2)}, Update<Team>{first, first}});
  CHECK(log_after(*store).size() == 2);
}

TEST_CASE("a list and the changes after its revision together miss nothing", "[changes]") {
  Store const store;
  store.insert_sample<Team>(0);
  Page<Team> const page = must(store->list(Query<Team>{}));
  Team const next = store.insert_sample<Team>(1);
  auto const log = log_after(*store, page.revision);
  REQUIRE(log.size() == 1);
  CHECK(log[0].changes[0].id == next.id.uuid);
}

TEST_CASE("a page of the log ends before its rows come to more bytes than it may hold, and the next one goes on there",
          "[changes]") {
  Store const store;
  Team const team = store.insert_sample<Team>(0);
  auto const commit_of_sizes = [&](std::vector<std::size_t> const& sizes) {
    std::vector<Change> changes;
    for (std::size_t const size : sizes) {
      Integration row = with_documents(sample<Integration>(changes.size()), document_of(size));
      row.id = Id<Integration>{scattered_uuid()};
      row.name += to_string(row.id);
      row.team_id = team.id;
      changes.emplace_back(Insert<Integration>{row});
    }
    store.commit(commit_of(std::move(changes)));
  };
  constexpr std::size_t max = max_page_bytes;
  commit_of_sizes({max / 2, max / 4});
  commit_of_sizes({max / 8});
  commit_of_sizes({max / 8, 10});            // begins within the first page, and does not end there
  commit_of_sizes({max / 2, max / 2, 100});  // larger than any page
  commit_of_sizes({10});
  commit_of_sizes({max / 2, max / 4});
  commit_of_sizes({max / 4});
  for (std::size_t const limit : {1'000U, 3U, 1U}) {
    CAPTURE(limit);
    std::vector<std::size_t> sizes;
    std::vector<CommitRecord> seen;
    std::vector<std::size_t> expected{0};
    std::size_t bytes = 0;
    ChangePage page{.has_more = true};
    while (page.has_more) {
      page = must(store->changes({.after = page.through, .limit = limit}));
      REQUIRE(!page.commits.empty());
      if (page.has_more) CHECK(page.through == page.commits.back().revision);
      sizes.push_back(page.commits.size());
      for (CommitRecord const& commit : page.commits) {
        std::size_t own = 0;
        for (ChangeRecord const& change : commit.changes) own += change.after->text().size();
        bytes += own;
        if (expected.back() == limit || (expected.back() > 0 && bytes > max)) {
          expected.push_back(0);
          bytes = own;
        }
        ++expected.back();
        seen.push_back(commit);
      }
    }
    CHECK(sizes == expected);
    CHECK(page.through == must(store->revision()));
    REQUIRE(seen.size() == 8);
    std::vector<std::size_t> changes;
    for (CommitRecord const& commit : seen) changes.push_back(commit.changes.size());
    CHECK(changes == std::vector<std::size_t>{1, 2, 1, 2, 3, 1, 2, 1});
  }
  CHECK(must(store->changes({})).commits.size() == 3);
}

TEST_CASE("a page of one row's log holds what fits of that row, whatever else its commits did", "[changes]") {
  Store const store;
  constexpr std::size_t max = max_page_bytes;
  Integration row = store.insert_sample<Integration>(0, document_of(max / 5));
  for (std::size_t number = 1; number < 6; ++number) {
    Integration other = with_documents(sample<Integration>(number), document_of(max / 3));
    other.team_id = row.team_id;
    Integration after = row;
    after.is_beta = !after.is_beta;
    Commit const write = commit_of({Insert<Integration>{other}, Update<Integration>{row, after}});
    row = updated(Update<Integration>{row, after}, write.time, store.commit(write));
  }
  ChangesRequest request{.row = ChangesRequest::Row{"integration", row.id.uuid}};
  std::vector<std::size_t> sizes;
  for (bool has_more = true; has_more;) {
    ChangePage const page = must(store->changes(request));
    sizes.push_back(page.commits.size());
    for (CommitRecord const& commit : page.commits) CHECK(commit.changes.size() == 1);
    request.after = page.through;
    has_more = page.has_more;
  }
  // A row made, and five times before and after.
  CHECK(sizes == std::vector<std::size_t>{2, 2, 2});
  CHECK(request.after == must(store->revision()));
}

}  // namespace inlay::conformance
