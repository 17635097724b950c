// SPDX-License-Identifier: BSL-1.0
// What a team sees of the change log of a store that a process of inlay 0.1 has written too, which knows no births.
#include <inlay/catalog.hpp>
#include <inlay/storage/transfer.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/memory_catalog.hpp>

#include <memory>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

using namespace inlay;
using test::error_of;

namespace {

std::vector<StoreRecord> records_of(Repository const& store) {
  std::vector<StoreRecord> records;
  REQUIRE(store
              .dump({.sink =
                         [&](StoreRecord const& record) {
                           records.push_back(record);
                           return Result<void>();
                         }})
              .has_value());
  return records;
}

Catalog catalog_of(std::vector<StoreRecord> const& records) {
  auto const store = Backends().add(memory_backend()).open("memory:").value();
  REQUIRE(store
              ->restore({.fill = [&](RecordSink const& sink) -> Result<void> {
                for (StoreRecord const& record : records) {
                  if (auto taken = sink(record); !taken) return taken.error();
                }
                return {};
              }})
              .has_value());
  return Catalog(store);
}

/** A row in the change log, as inlay 0.1 would have written it. */
void forget_birth(std::optional<Document>& row) {
  if (!row) return;
  auto values = *row->values().value();
  REQUIRE(values.erase("birth") == 1);
  row = Document::from(values).value();
}

/** The rows as they were after each commit that a team sees in the history of an environment, read by so many commits
    a page: name and kind. */
std::vector<std::string> history_of(Catalog const& caller, Id<Environment> id, std::size_t limit) {
  std::vector<std::string> all;
  ChangesRequest request{.limit = limit, .row = ChangesRequest::Row{"environment", id.uuid}};
  while (true) {
    auto const page = caller.changes(request).value();
    for (CommitRecord const& commit : page.commits) {
      for (ChangeRecord const& change : commit.changes) {
        auto const& row = change.after ? change.after : change.before;
        all.emplace_back((*row->values())->at("name").as_string());
      }
    }
    if (!page.has_more) return all;
    request.after = page.through;
  }
}

}  // namespace

TEST_CASE("what inlay 0.1 logged of a row belongs to the row that had the id then, wherever a page ends") {
  Catalog const catalog = test::open_in_memory();
  Team const first = catalog.create(Team{.name = "first"}).value();
  Team const second = catalog.create(Team{.name = "second"}).value();
  Environment row = catalog.create(Environment{.team_id = first.id, .name = "first 1"}).value();
  for (char const* const name : {"first 2", "first 3"}) {
    row = catalog.update(row.id, {.name = name}).value().resource;
  }
  REQUIRE(catalog.remove(row.id).has_value());
  catalog.create(Environment{.id = row.id, .team_id = second.id, .name = "second 1"}).value();
  for (char const* const name : {"second 2", "second 3", "second 4"}) {
    catalog.update(row.id, {.name = name}).value();
  }
  auto const records = records_of(catalog.repository());

  // Every choice of the writes of rows that are there: 0.1 could not insert once there were births.
  std::vector<std::size_t> writes;
  for (std::size_t i = 0; i < records.size(); ++i) {
    auto const* const commit = std::get_if<CommitRecord>(&records[i]);
    if (commit != nullptr && commit->changes.at(0).kind != ChangeKind::inserted) writes.push_back(i);
  }
  REQUIRE(writes.size() == 6);
  for (unsigned chosen = 0; chosen < 1U << writes.size(); ++chosen) {
    auto written = records;
    for (std::size_t i = 0; i < writes.size(); ++i) {
      if ((chosen >> i & 1U) == 0) continue;
      auto& change = std::get<CommitRecord>(written[writes[i]]).changes.at(0);
      forget_birth(change.before);
      forget_birth(change.after);
    }
    Catalog const restored = catalog_of(written);
    for (std::size_t const limit : {1U, 2U, 3U, 100U}) {
      CAPTURE(chosen, limit);
      CHECK(history_of(restored.as({.team = second.id}), row.id, limit) ==
            std::vector<std::string>{"second 1", "second 2", "second 3", "second 4"});
    }
    CHECK(error_of(restored.as({.team = first.id}).changes({.row = ChangesRequest::Row{"environment", row.id.uuid}}))
              .kind == ErrorKind::not_found);
  }
}

TEST_CASE("the history of a row that is older than births is its own, also where its id was another's before") {
  Catalog const catalog = test::open_in_memory();
  Team const team = catalog.create(Team{.name = "team"}).value();
  Environment row = catalog.create(Environment{.team_id = team.id, .name = "before 1"}).value();
  catalog.update(row.id, {.name = "before 2"}).value();
  REQUIRE(catalog.remove(row.id).has_value());
  row = catalog.create(Environment{.id = row.id, .team_id = team.id, .name = "older 1"}).value();
  catalog.update(row.id, {.name = "older 2"}).value();

  // As the migration leaves it: the log as 0.1 wrote it, and the row with a birth that follows from it.
  auto records = records_of(catalog.repository());
  for (StoreRecord& record : records) {
    if (auto* const environment = std::get_if<Environment>(&record)) {
      environment->birth = birth_of_older_row(environment->id.uuid, environment->created_at);
    } else if (auto* const commit = std::get_if<CommitRecord>(&record)) {
      for (ChangeRecord& change : commit->changes) {
        forget_birth(change.before);
        forget_birth(change.after);
      }
    }
  }
  Catalog const restored = catalog_of(records);
  for (std::size_t const limit : {1U, 100U}) {
    CHECK(history_of(restored.as({.team = team.id}), row.id, limit) == std::vector<std::string>{"older 1", "older 2"});
  }
}
