// SPDX-License-Identifier: BSL-1.0
#include "kit.hpp"

#include <inlay/storage/transfer.hpp>

#include <atomic>

// Every test says what holds for a backend that can transfer, and the first one what holds for one that can't.

namespace inlay::conformance {

namespace {

std::vector<StoreRecord> records_of(Repository const& repository) {
  std::vector<StoreRecord> records;
  must(repository.dump({.sink = [&](StoreRecord const& record) {
    records.push_back(record);
    return Result<void>();
  }}));
  return records;
}

/** Gives records one after the other, and stops where one is refused. */
RestoreRequest from(std::vector<StoreRecord> records, bool replace = false) {
  return {.fill = [records = std::move(records)](RecordSink const& sink) -> Result<void> {
            for (StoreRecord const& record : records) {
              if (auto const taken = sink(record); taken.has_error()) return taken.error();
            }
            return {};
          },
          .replace = replace};
}

/** The lines of an export: easier to read than records where they differ. */
std::string lines_of(std::vector<StoreRecord> const& records) {
  std::string lines;
  for (StoreRecord const& record : records) storage::append_line(record, lines);
  return lines;
}

std::string lines_of(Repository const& repository) { return lines_of(records_of(repository)); }

/** Rows of every entity, some changed, some removed, and a log whose beginning is forgotten. */
void make_history(Store const& store) {
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    for (std::size_t number = 0; number < 4; ++number) {
      Entity const row = store.insert_sample<Entity>(number);
      if (number == 1) store.update(row, rewritten(row, 7));
      if (number == 2) store.remove(row);
    }
  });
  Commit commit = commit_of({Insert<Team>{sample<Team>(5)}, Insert<Team>{sample<Team>(6)}});
  commit.reason = "two at once \xF0\x9F\x98\x80";
  store.commit(commit);
  must(store->compact({.through = log_after(*store)[2].revision}));
}

template <class Entity, class Change>
void change_first(std::vector<StoreRecord>& records, Change&& change) {
  for (StoreRecord& record : records) {
    if (auto* const row = std::get_if<Entity>(&record)) return change(*row);
  }
  FAIL("there is no such record");
}

bool can_transfer() { return tested().capabilities.can_transfer; }

}  // namespace

TEST_CASE("a backend that cannot transfer says so, and one that can gives the header first", "[transfer]") {
  Store const store;
  make_history(store);
  if (!can_transfer()) {
    CHECK(error_of(store->dump({.sink = [](StoreRecord const&) { return Result<void>(); }})).kind ==
          ErrorKind::not_built);
    CHECK(error_of(store->restore(from({}))).kind == ErrorKind::not_built);
    return;
  }
  auto const records = records_of(*store);
  auto const& header = std::get<StoreHeader>(records.at(0));
  CHECK(header.revision == must(store->revision()));
  CHECK(error_of(store->changes({.after = Revision{header.compacted_through.value - 1}})).kind == ErrorKind::compacted);
  CHECK(header.commits == log_after(*store, header.compacted_through).size());
  CHECK(header.size() + 1 == records.size());
}

TEST_CASE("the records of a store are its rows in the order of lists and its log, oldest first", "[transfer]") {
  if (!can_transfer()) return;
  Store const store;
  make_history(store);
  auto const records = records_of(*store);
  storage::RecordCheck check;
  for (StoreRecord const& record : records) must(check.accept(record));
  must(check.finish());

  std::vector<StoreRecord> expected{records.at(0)};
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    for (Entity const& row : store.all<Entity>()) expected.emplace_back(row);
  });
  for (CommitRecord const& commit : log_after(*store, check.header().compacted_through)) expected.emplace_back(commit);
  CHECK(lines_of(records) == lines_of(expected));
}

TEST_CASE("a store restored from another's records is as that one: rows, versions, times, revisions, log",
          "[transfer]") {
  if (!can_transfer()) return;
  Store const one;
  Store other;
  make_history(one);
  auto const records = records_of(*one);
  must(other->restore(from(records)));
  CHECK(lines_of(*other) == lines_of(records));
  CHECK(contents(*other) == contents(*one));
  if (!tested().capabilities.is_durable) return;
  other.reopen();
  CHECK(lines_of(*other) == lines_of(records));
}

TEST_CASE("a restored store goes on from the revision that it was given", "[transfer]") {
  if (!can_transfer()) return;
  Store const one;
  Store const other;
  make_history(one);
  must(other->restore(from(records_of(*one))));
  CommitRecord const last = log_after(*one, std::get<StoreHeader>(records_of(*one)[0]).compacted_through).back();
  // Its tokens are taken, what was compacted stays so, and rows are at the versions they had.
  Commit again = commit_of({Insert<Team>{sample<Team>(0)}});
  again.token = last.token;
  CHECK(other.refused(again).kind == ErrorKind::already_exists);
  CHECK(error_of(other->changes({})).kind == ErrorKind::compacted);
  Team const team = other.all<Team>().front();
  Team const updated = other.update(team, rewritten(team, 9));
  CHECK(updated.revision > last.revision);
  auto const log = log_after(*other, last.revision);
  REQUIRE(log.size() == 1);
  CHECK(log[0].changes.at(0).before == record_of(team));
  must(other->compact({.through = updated.revision}));
  CHECK(log_after(*other, updated.revision).empty());
}

TEST_CASE("the log of a restored store is read row by row and page by page as before", "[transfer]") {
  if (!can_transfer()) return;
  Store const one;
  Store const other;
  Team const team = one.insert_sample<Team>(0);
  one.insert_sample<Grant>(1);
  Team const second = one.update(team, rewritten(team, 2));
  one.remove(second);
  must(other->restore(from(records_of(*one))));
  for (Store const* store : {&one, &other}) {
    auto const page =
        must((*store)->changes({.after = team.revision, .row = ChangesRequest::Row{"team", team.id.uuid}}));
    CHECK(page.commits.size() == 2);
    CHECK(page.commits.back().changes.at(0).before == record_of(second));
    CHECK(must((*store)->changes({.limit = 1})).has_more);
  }
}

TEST_CASE("a store that was written is not restored unless it is to be replaced", "[transfer]") {
  if (!can_transfer()) return;
  Store const one;
  Store const other;
  make_history(one);
  make_history(other);
  auto const before = lines_of(*other);
  auto const records = records_of(*one);
  Error const error = error_of(other->restore(from(records)));
  CHECK(error.kind == ErrorKind::already_exists);
  CHECK(error.reason == Reason::store_not_empty);
  CHECK(error.outcome == Outcome::not_done);
  CHECK(lines_of(*other) == before);
  must(other->restore(from(records, true)));
  auto replaced = records;
  std::get<StoreHeader>(replaced[0]).store_id = must(other->state()).store_id;
  CHECK(lines_of(*other) == lines_of(replaced));
  must(other->restore(from({StoreHeader{}}, true)));
  CHECK(contents(*other) == Contents{});
  must(other->restore(from(records)));
  CHECK(lines_of(*other) == lines_of(records));
}

TEST_CASE("a restore that fails leaves the store as it was", "[transfer]") {
  if (!can_transfer()) return;
  Store const one;
  Store const other;
  make_history(one);
  bool const replace = GENERATE(false, true);
  if (replace) other.insert_sample<Grant>(1);
  auto const before = lines_of(*other);
  auto const records = records_of(*one);
  for (std::size_t const count : {std::size_t{0}, std::size_t{1}, records.size() / 2, records.size()}) {
    Error const error = error_of(other->restore({.fill = [&](RecordSink const& sink) -> Result<void> {
                                                   for (std::size_t i = 0; i < count; ++i) must(sink(records[i]));
                                                   return Error{.kind = ErrorKind::forbidden, .message = "enough"};
                                                 },
                                                 .replace = replace}));
    CHECK(error.kind == ErrorKind::forbidden);
    CHECK(lines_of(*other) == before);
  }
}

TEST_CASE("records that end too early, come out of order or contradict each other are refused", "[transfer]") {
  if (!can_transfer()) return;
  Store const one;
  Store const other;
  make_history(one);
  auto const whole = records_of(*one);
  auto const refuses = [&](std::vector<StoreRecord> const& records) {
    CHECK(error_of(other->restore(from(records))).kind == ErrorKind::invalid_argument);
    CHECK(contents(*other) == Contents{});
  };
  auto const changed = [&](auto&& change) {
    auto records = whole;
    change(records);
    refuses(records);
  };
  refuses({});
  refuses({whole.begin(), whole.end() - 1});
  refuses({whole.begin() + 1, whole.end()});
  changed([](auto& records) { std::swap(records[1], records[2]); });
  changed([](auto& records) { records.push_back(records.back()); });
  changed([](auto& records) { std::get<StoreHeader>(records[0]).format = 99; });
  changed([](auto& records) { std::get<StoreHeader>(records[0]).revision.value = 1; });
  changed([](auto& records) { std::get<CommitRecord>(records.back()).changes.at(0).entity = "nothing"; });
  // Ids twice, unique values twice, a reference to a row that is not there, a token twice.
  changed([](auto& records) { std::get<Team>(records[2]).id = std::get<Team>(records[1]).id; });
  changed([](auto& records) {
    Environment first;
    change_first<Environment>(records, [&](Environment& row) { first = row; });
    for (StoreRecord& record : records) {
      auto* const row = std::get_if<Environment>(&record);
      if (row && row->id != first.id) {
        row->team_id = first.team_id;
        row->name = first.name;
      }
    }
  });
  changed([](auto& records) {
    change_first<EnvironmentIntegration>(records, [](auto& row) { row.environment_id.uuid = scattered_uuid(); });
  });
  changed([](auto& records) {
    std::get<CommitRecord>(records.back()).token = std::get<CommitRecord>(records[records.size() - 2]).token;
  });
  must(other->restore(from(whole)));
}

TEST_CASE("a fill that goes on after a refusal is refused all the same", "[transfer]") {
  if (!can_transfer()) return;
  Store const one;
  Store const other;
  make_history(one);
  auto records = records_of(*one);
  std::swap(records[1], records[2]);
  CHECK(error_of(other->restore({.fill = [&](RecordSink const& sink) {
          for (StoreRecord const& record : records) static_cast<void>(sink(record));
          return Result<void>();
        }})).kind == ErrorKind::invalid_argument);
  CHECK(contents(*other) == Contents{});
}

TEST_CASE("an error of the sink ends a dump and is its error", "[transfer]") {
  if (!can_transfer()) return;
  Store const store;
  make_history(store);
  std::size_t const size = records_of(*store).size();
  for (std::size_t const last : {std::size_t{1}, size / 2, size}) {
    std::size_t count = 0;
    Error const error = error_of(store->dump({.sink = [&](StoreRecord const&) -> Result<void> {
      if (++count < last) return {};
      return Error{.kind = ErrorKind::forbidden, .message = "enough"};
    }}));
    CHECK(error.kind == ErrorKind::forbidden);
    CHECK(count == last);
  }
  CHECK(records_of(*store).size() == size);
  store.insert_sample<Team>(8);
}

TEST_CASE("the records of a store are its state at one revision while others write", "[transfer]") {
  if (!can_transfer()) return;
  Store const store;
  Team team = sample<Team>(0);
  team.name = "0";
  team = store.insert(team);
  std::atomic<bool> is_done{false};
  std::vector<std::vector<StoreRecord>> dumps;
  in_threads(2, [&](std::size_t i) {
    if (i == 0) {
      // Two rows in each commit, so that half of one would show.
      for (int turn = 0; turn < 60; ++turn) {
        store
            ->commit(commit_of({Insert<Team>{sample<Team>(1)}, Edit<Team>{team.id,
                                                                          [](Team row) -> Result<Team> {
                                                                            row.name =
                                                                                std::to_string(std::stoi(row.name) + 1);
                                                                            return row;
                                                                          }}}))
            .value();
      }
      is_done = true;
      return;
    }
    do {
      auto& records = dumps.emplace_back();
      store
          ->dump({.sink =
                      [&](StoreRecord const& record) {
                        records.push_back(record);
                        return Result<void>();
                      }})
          .value();
    } while (!is_done && dumps.size() < 500);  // a writer that fails never says that it is done
  });
  REQUIRE(!dumps.empty());
  for (auto const& records : dumps) {
    auto const& header = std::get<StoreHeader>(records.at(0));
    std::size_t const commits = static_cast<std::size_t>(header.revision.value - team.revision.value);
    CHECK(header.commits == commits + 1);
    CHECK(header.rows.at(0) == commits + 1);
    CHECK(records.size() == header.size() + 1);
    CHECK(std::get<CommitRecord>(records.back()).revision == header.revision);
    CHECK(std::get<Team>(records.at(1)).name == std::to_string(commits));
  }
}

TEST_CASE("a thousand rows and a commit of a thousand changes come through whole", "[transfer]") {
  if (!can_transfer()) return;
  Store const one;
  Store const other;
  std::vector<Change> changes;
  // All at the same moment: pages must not be cut by time alone.
  for (std::size_t number = 0; number < 1'000; ++number) changes.emplace_back(Insert<Team>{sample<Team>(number)});
  one.commit(commit_of(std::move(changes)));
  for (std::size_t number = 0; number < 300; ++number) one.insert_sample<Team>(number);
  must(other->restore(from(records_of(*one))));
  CHECK(lines_of(*other) == lines_of(*one));
  CHECK(contents(*other) == contents(*one));
}

}  // namespace inlay::conformance
