// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

#include <limits>
#include <map>
#include <set>

namespace inlay::conformance {

namespace {

/** Rows in the order of lists. */
template <class Entity>
std::vector<Entity> sorted(std::vector<Entity> const& rows) {
  std::map<Cursor, Entity> by_place;
  for (Entity const& row : rows) by_place.emplace(place_of(row), row);
  std::vector<Entity> in_order;
  for (auto const& [place, row] : by_place) in_order.push_back(row);
  return in_order;
}

/** Sample rows written by commits whose times are the given ones, two rows in each. */
template <class Entity>
std::vector<Entity> insert_at(Store const& store, std::vector<std::int64_t> const& times) {
  std::vector<Entity> rows;
  for (std::size_t i = 0; i < times.size(); ++i) {
    std::vector<Change> changes;
    add_sample<Entity>(changes, 2 * i);
    auto const first = std::get<Insert<Entity>>(changes.back());
    add_sample<Entity>(changes, 2 * i + 1);
    auto const second = std::get<Insert<Entity>>(changes.back());
    Commit commit = commit_of(std::move(changes));
    commit.time = Timestamp{times[i]};
    Revision const revision = store.commit(commit);
    rows.push_back(inserted(first, commit.time, revision));
    rows.push_back(inserted(second, commit.time, revision));
  }
  return rows;
}

template <class Readable>
std::vector<Id<model::Root<Readable>>> ids_of(std::vector<Readable> const& readables) {
  std::vector<Id<model::Root<Readable>>> ids;
  for (Readable const& readable : readables) ids.push_back(model::part_of<0>(readable).id);
  return ids;
}

constexpr std::size_t max = max_page_bytes;

/** Rows of the root with documents of these sizes, in the order of lists. */
template <class Entity>
void insert_of_sizes(Store const& store, std::vector<std::size_t> const& sizes) {
  for (std::size_t number = 0; number < sizes.size(); ++number) {
    store.insert_sample<Entity>(number, document_of(sizes[number]));
  }
}

/** How many bytes the documents of a row and of those that it references come to, all that are there. */
template <class Readable>
std::size_t bytes_of(Readable const& readable) {
  std::size_t bytes = 0;
  auto const add = [&]<class Entity>(Entity const& row) {
    model::for_each_field<Entity>([&]<class Member>(model::Field const&, Member Entity::*member) {
      if constexpr (std::is_same_v<model::ValueOf<Member>, Document>) {
        std::optional<Document> const document = row.*member;
        if (document) bytes += document->text().size();
      }
    });
  };
  [&]<std::size_t... part>(std::index_sequence<part...>) { (add(model::part_of<part>(readable)), ...); }
  (std::make_index_sequence<model::part_count<Readable>>{});
  return bytes;
}

/** How many rows each page has of a walk, whose rows must be those given, in that order. */
template <class Readable>
std::vector<std::size_t> page_sizes(Store const& store, Query<Readable> query, std::vector<Readable> const& expected) {
  std::vector<std::size_t> sizes;
  std::vector<Readable> seen;
  while (true) {
    Page<Readable> const page = must(store->list(query));
    REQUIRE(page.items.size() <= query.limit);
    REQUIRE(!page.items.empty());
    CHECK(page.revision == must(store->revision()));
    sizes.push_back(page.items.size());
    seen.insert(seen.end(), page.items.begin(), page.items.end());
    if (!page.next) break;
    CHECK(*page.next == place_of(page.items.back()));
    query.after = page.next;
  }
  CHECK(seen.size() == expected.size());
  CHECK(seen == expected);
  return sizes;
}

}  // namespace

TEST_CASE("a list of nothing is one page without rows", "[list]") {
  for_each_readable([]<class Readable>() {
    Store const store;
    Page<Readable> const page = must(store->list(Query<Readable>{}));
    CHECK(page.items.empty());
    CHECK(!page.next);
    CHECK(page.revision == Revision{});
  });
}

TEST_CASE("lists are ordered by created_at and then by id, whatever the order of writing", "[list]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    // Later, earlier, the same again, before 1970, the first and the last year that has four digits.
    auto const rows = insert_at<Entity>(store, {1'700'000'000'000'002, 1'700'000'000'000'001, 1'700'000'000'000'002, -5,
                                                0, -62'135'596'800'000'000, 253'402'300'799'999'999});
    CHECK(store.all<Entity>() == sorted(rows));
  });
}

TEST_CASE("a list follows created_at when rows change", "[list]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    auto rows = insert_at<Entity>(store, {30, 10, 20});
    for (Entity& row : rows) row = store.update(row, rewritten(row, 9));
    CHECK(store.all<Entity>() == sorted(rows));
  });
}

TEST_CASE("pages of any size make up the list, and the last one says that it is", "[list]") {
  for_each_readable([]<class Readable>() {
    using Root = model::Root<Readable>;
    Store const store;
    auto const expected = ids_of(sorted(insert_at<Root>(store, {40, 10, 30, 20, 10, 40})));
    for (std::size_t limit = 1; limit <= 13; ++limit) {
      CAPTURE(limit);
      std::vector<Id<Root>> seen;
      Query<Readable> query{.limit = limit};
      std::size_t pages = 0;
      while (true) {
        Page<Readable> const page = must(store->list(query));
        ++pages;
        for (auto const& id : ids_of(page.items)) seen.push_back(id);
        if (!page.next) break;
        REQUIRE(page.items.size() == limit);
        REQUIRE(pages <= expected.size());
        query.after = page.next;
      }
      CHECK(seen == expected);
      CHECK(pages == (expected.size() + limit - 1) / limit);
    }
  });
}

TEST_CASE("a page starts after its cursor, whether or not a row is there", "[list]") {
  for_each_readable([]<class Readable>() {
    using Root = model::Root<Readable>;
    Store const store;
    auto const rows = sorted(insert_at<Root>(store, {10, 20, 30}));
    auto const ids = ids_of(rows);
    auto const after = [&](Cursor cursor) { return ids_of(must(store->list(Query<Readable>{.after = cursor})).items); };
    CHECK(after({Timestamp{9}, {}}) == ids);
    CHECK(after({Timestamp{10}, rows[0].id.uuid}) == std::vector(ids.begin() + 1, ids.end()));
    CHECK(after({Timestamp{15}, scattered_uuid()}) == std::vector(ids.begin() + 2, ids.end()));
    CHECK(after({Timestamp{20}, {}}) == std::vector(ids.begin() + 2, ids.end()));
    CHECK(after(place_of(rows.back())).empty());
    store.remove(rows[2]);
    CHECK(after(place_of(rows[2])) == std::vector(ids.begin() + 3, ids.end()));
  });
}

TEST_CASE("a cursor that went through its text continues the list", "[list]") {
  Store const store;
  auto const rows = sorted(insert_at<Team>(store, {1'700'000'000'123'456, 1'700'000'000'123'457}));
  Page<Team> const first = must(store->list(Query<Team>{.limit = 3}));
  REQUIRE(first.next);
  Cursor const read = must(parse_cursor(to_string(*first.next)));
  CHECK(must(store->list(Query<Team>{.after = read})).items == std::vector(rows.begin() + 3, rows.end()));
}

TEST_CASE("a page holds 25 rows unless told otherwise and 1000 at most", "[list]") {
  Store const store;
  std::vector<Change> changes;
  for (std::size_t number = 0; number < 1'001; ++number) add_sample<Team>(changes, number);
  store.commit(commit_of(std::move(changes)));
  CHECK(must(store->list(Query<Team>{})).items.size() == 25);
  Page<Team> const largest = must(store->list(Query<Team>{.limit = 1'000}));
  CHECK(largest.items.size() == 1'000);
  REQUIRE(largest.next);
  CHECK(must(store->list(Query<Team>{.limit = 1'000, .after = largest.next})).items.size() == 1);
}

TEST_CASE("a limit of 0 or above 1000 is refused", "[list]") {
  for_each_readable([]<class Readable>() {
    Store const store;
    for (std::size_t const limit : {std::size_t{0}, std::size_t{1'001}, std::numeric_limits<std::size_t>::max()}) {
      CHECK(error_of(store->list(Query<Readable>{.limit = limit})).kind == ErrorKind::invalid_argument);
    }
  });
}

TEST_CASE("a page carries the revision that it was read at", "[list]") {
  for_each_readable([]<class Readable>() {
    using Root = model::Root<Readable>;
    Store const store;
    for (std::size_t number = 0; number < 3; ++number) {
      Root const row = store.insert_sample<Root>(number);
      CHECK(must(store->list(Query<Readable>{})).revision == row.revision);
    }
    Revision const revision = must(store->revision());
    CHECK(must(store->list(Query<Readable>{.limit = 1})).revision == revision);
  });
}

TEST_CASE("a walk sees the rows that stay exactly once while others come and go between its pages", "[list]") {
  for_each_entity([]<class Entity>() {
    Store const store;
    auto const rows = sorted(insert_at<Entity>(store, {10, 20, 30, 40, 50, 60}));
    std::set<Id<Entity>> const gone{rows[0].id, rows[2].id, rows[9].id};
    std::multiset<Id<Entity>> seen;
    Query<Entity> query{.limit = 2};
    for (std::size_t turn = 0;; ++turn) {
      Page<Entity> const page = must(store->list(query));
      for (Entity const& row : page.items) seen.insert(row.id);
      if (turn == 0) store.remove(rows[0]);
      if (turn == 1) store.remove(rows[2]);
      if (turn == 1) store.remove(rows[9]);
      if (turn == 1) store.update(rows[1], rewritten(rows[1], 5));
      if (turn == 2) store.update(rows[11], rewritten(rows[11], 5));
      if (turn < 4) insert_at<Entity>(store, {15, 35, 70});
      if (!page.next) break;
      query.after = page.next;
    }
    for (Entity const& row : rows) {
      if (!gone.contains(row.id)) CHECK(seen.count(row.id) == 1);
    }
    for (Id<Entity> const& id : seen) CHECK(seen.count(id) == 1);
  });
}

TEST_CASE("a page ends before its documents come to more bytes than it may hold, and the next one goes on there",
          "[list]") {
  for_each_readable([]<class Readable>() {
    using Root = model::Root<Readable>;
    if constexpr (has_documents<Root>) {
      Store const store;
      insert_of_sizes<Root>(store,
                            {max / 2, max / 4, max / 4, 10, max / 2, max - 10, 20, 30, 40, max / 4 * 3, max / 2});
      std::vector<Readable> all;
      for (auto const& row : store.all<Root>()) all.push_back(store.read<Readable>(row.id));
      REQUIRE(all.size() == 11);
      for (std::size_t const limit : {1'000U, 25U, 3U, 2U, 1U}) {
        CAPTURE(limit);
        // As many as fit, and no more.
        std::vector<std::size_t> expected{0};
        std::size_t bytes = 0;
        for (Readable const& one : all) {
          bytes += bytes_of(one);
          if (expected.back() == limit || (expected.back() > 0 && bytes > max)) {
            expected.push_back(0);
            bytes = bytes_of(one);
          }
          ++expected.back();
        }
        CHECK(page_sizes(store, Query<Readable>{.limit = limit}, all) == expected);
      }
    }
  });
}

TEST_CASE("a row whose documents are more than a page may hold is a page of its own", "[list]") {
  for_each_readable([]<class Readable>() {
    using Root = model::Root<Readable>;
    if constexpr (has_documents<Root>) {
      Store const store;
      insert_of_sizes<Root>(store, {max + 1, 10, max + 100'000, 10, 10});
      std::vector<Readable> all;
      for (auto const& row : store.all<Root>()) all.push_back(store.read<Readable>(row.id));
      CHECK(page_sizes(store, Query<Readable>{}, all) == std::vector<std::size_t>{1, 1, 1, 2});
    }
  });
}

TEST_CASE("a document counts for each row of a page that brings it, and where none does not at all", "[list]") {
  Store const store;
  Integration const integration = store.insert_sample<Integration>(0, document_of(max / 3 - 200));
  std::vector<Change> changes;
  for (std::size_t number = 0; number < 8; ++number) {
    Environment environment = sample<Environment>(number);
    environment.team_id = integration.team_id;
    changes.emplace_back(Insert<Environment>{environment});
    EnvironmentIntegration install = sample<EnvironmentIntegration>(number);
    install.environment_id = environment.id;
    install.integration_id = integration.id;
    changes.emplace_back(Insert<EnvironmentIntegration>{install});
  }
  store.commit(commit_of(std::move(changes)));
  std::vector<InstalledIntegration> whole;
  for (auto const& row : store.all<EnvironmentIntegration>()) whole.push_back(store.read<InstalledIntegration>(row.id));
  auto lean = whole;
  for (InstalledIntegration& one : lean) one.integration.config = Document{};
  CHECK(page_sizes(store, Query<InstalledIntegration>{}, whole) == std::vector<std::size_t>{3, 3, 2});
  CHECK(page_sizes(store, Query<InstalledIntegration>{.with_nested_documents = false}, lean) ==
        std::vector<std::size_t>{8});
}

TEST_CASE("pages of a filtered list and those of a scope end by their documents too", "[list]") {
  Store const store;
  insert_of_sizes<EnvironmentIntegration>(store, std::vector<std::size_t>(9, max / 4));
  std::vector<InstalledIntegration> all;
  std::vector<FieldValue> integrations;
  std::vector<Scope> teams;
  for (auto const& row : store.all<EnvironmentIntegration>()) {
    all.push_back(store.read<InstalledIntegration>(row.id));
    integrations.emplace_back(row.integration_id.uuid);
    teams.push_back(Scope::where({"id", Operator::eq, {row.environment_id.uuid}}));
  }
  std::vector<std::size_t> const expected{3, 3, 3};  // with the integrations' configs four are too much
  Scope const scope = Scope::related("environment", "id", "environment_id", Scope::any_of(teams));
  CHECK(page_sizes(store, Query<InstalledIntegration>{.where = {{"integration_id", Operator::in, integrations}}},
                   all) == expected);
  CHECK(page_sizes(store,
                   Query<InstalledIntegration>{.where = {{"integration.name", Operator::ne, {std::string("x")}}}},
                   all) == expected);
  CHECK(page_sizes(store, Query<InstalledIntegration>{.scope = scope}, all) == expected);
  CHECK(page_sizes(store,
                   Query<InstalledIntegration>{.where = {{"integration.name", Operator::ne, {std::string("x")}}},
                                               .scope = scope},
                   all) == expected);
}

TEST_CASE("a list without documents leaves out those of its first part whether there are some or not", "[list]") {
  for_each_readable([]<class Readable>() {
    using Root = model::Root<Readable>;
    Store const store;
    std::vector<Readable> expected;
    for (std::size_t number = 0; number < 3; ++number) {  // every third has no override
      Root const row = store.insert_sample<Root>(number);
      expected.push_back(store.read<Readable>(row.id));
      model::part_of<0>(expected.back()) = with_documents(model::part_of<0>(expected.back()), Document::left_out());
    }
    CHECK(page_sizes(store, Query<Readable>{.with_documents = false}, expected) == std::vector<std::size_t>{3});
  });
}

TEST_CASE("documents that are left out do not end a page", "[list]") {
  Store const store;
  insert_of_sizes<Integration>(store, std::vector<std::size_t>(3, max / 2 + 1));
  CHECK(must(store->list(Query<Integration>{.with_documents = false})).items.size() == 3);
  CHECK(must(store->list(Query<OwnedIntegration>{.with_documents = false})).items.size() == 3);
  CHECK(must(store->list(Query<Integration>{})).items.size() == 1);
}

}  // namespace inlay::conformance
