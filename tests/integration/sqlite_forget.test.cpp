// SPDX-License-Identifier: BSL-1.0
// What is left in the files of an SQLite store of what was changed, removed and forgotten.
#include <inlay/storage/transfer.hpp>
#include <support/catch.hpp>
#include <support/sqlite.hpp>
#include <support/temporary_folder.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace fs = std::filesystem;
using namespace inlay;
using Catch::Matchers::Contains;
using support::Catalogue;
using support::commit_of;
using support::open_sqlite;
using support::read_file;
using support::Shell;
using support::TemporaryFolder;

namespace {

/** Connections that this process opens while it lives begin as those of SQLite itself do, whatever a distribution has
    built in: what is removed stays in the file. */
class LeavingWhatIsRemoved {
 public:
  LeavingWhatIsRemoved() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(&attach)); }
  ~LeavingWhatIsRemoved() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&attach)); }
  LeavingWhatIsRemoved(LeavingWhatIsRemoved const&) = delete;
  LeavingWhatIsRemoved& operator=(LeavingWhatIsRemoved const&) = delete;

 private:
  static int attach(sqlite3* connection, char const**, sqlite3_api_routines const*) {
    return sqlite3_exec(connection, "pragma secure_delete = off", nullptr, nullptr, nullptr);
  }
};

/** The names of the files in a folder that hold a text, in order. */
std::vector<std::string> files_with(std::string const& text, TemporaryFolder const& folder) {
  std::vector<std::string> names;
  for (auto const& entry : fs::directory_iterator(folder.path())) {
    if (read_file(entry.path().string()).find(text) != std::string::npos) {
      names.push_back(entry.path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

constexpr char const* secret = "the-secret-of-these-tests";

/** A document with the secret in it, as long as that: in the row itself, or in pages of its own. */
Document with_secret(std::size_t length) {
  return Document::parse(R"({"token":")" + std::string(secret) + std::string(length, '.') + R"("})").value();
}

/** A store whose integration had a config with the secret, and has another now. The log still has both. */
struct ChangedSecret {
  explicit ChangedSecret(std::string const& file, std::size_t length) : store(open_sqlite(file).value()) {
    rows.integration.config = with_secret(length);
    REQUIRE(store->commit(rows.commit()).has_value());
    Integration before = store->find(FindRequest<Integration>{.id = rows.integration.id}).value();
    Integration after = before;
    after.config = Document::parse(R"({"token":"another"})").value();
    REQUIRE(store->commit(commit_of({Update<Integration>{before, after}})).has_value());
  }

  [[nodiscard]] Result<void> compact() const { return store->compact({.through = Revision{2}}); }

  Catalogue rows;
  std::shared_ptr<Repository> store;
};

void check_done_but_kept(Result<void> const& result) {
  REQUIRE(result.has_error());
  CAPTURE(result.error().message);
  CHECK(result.error().kind == ErrorKind::unavailable);
  CHECK(result.error().outcome == Outcome::done);
  CHECK_THAT(result.error().message, Contains("d.db-wal still holds") && Contains("reads the store"));
}

std::string export_of(Repository const& store) {
  std::string lines;
  REQUIRE(store
              .dump({.sink =
                         [&](StoreRecord const& record) {
                           storage::append_line(record, lines);
                           return Result<void>();
                         }})
              .has_value());
  return lines;
}

}  // namespace

TEST_CASE("a secret that was changed is in no file of the store any more when the log is compacted") {
  LeavingWhatIsRemoved const as_sqlite_is_built;
  std::size_t const length = GENERATE(0U, 20'000U);
  bool const is_in_file = GENERATE(false, true);
  CAPTURE(length, is_in_file);
  TemporaryFolder const folder;
  ChangedSecret const changed(folder.file("d.db"), length);
  if (is_in_file) REQUIRE(Shell(folder.file("d.db")).run("pragma wal_checkpoint(passive)") == SQLITE_OK);
  CHECK(files_with(secret, folder) ==
        (is_in_file ? std::vector<std::string>{"d.db", "d.db-wal"} : std::vector<std::string>{"d.db-wal"}));
  REQUIRE(changed.compact().has_value());
  CHECK(fs::exists(folder.file("d.db-shm")));
  CHECK(files_with(secret, folder).empty());
}

TEST_CASE(
    "who still reads a compacted store as it was is told of, and the same again takes it out when they have ended") {
  TemporaryFolder const folder;
  ChangedSecret const changed(folder.file("d.db") + "?busy_timeout=300ms", 0);
  auto const check_kept = [&] {
    check_done_but_kept(changed.compact());
    CHECK(changed.store->changes({}).error().kind == ErrorKind::compacted);
    CHECK_FALSE(files_with(secret, folder).empty());
    check_done_but_kept(changed.store->vacuum());
  };
  SECTION("another program") {
    Shell reader(folder.file("d.db"));
    REQUIRE(reader.run("begin; select * from inlay_team") == SQLITE_OK);
    check_kept();
  }
  SECTION("an export of the same store") {
    bool has_begun = false;
    REQUIRE(changed.store
                ->dump({.sink =
                            [&](StoreRecord const&) {
                              if (!std::exchange(has_begun, true)) check_kept();
                              return Result<void>();
                            }})
                .has_value());
  }
  REQUIRE(changed.compact().has_value());
  CHECK(files_with(secret, folder).empty());
}

TEST_CASE("a compaction that waits for a reader does not keep writers waiting") {
  TemporaryFolder const folder;
  ChangedSecret const changed(folder.file("d.db") + "?busy_timeout=3s", 0);
  Shell reader(folder.file("d.db"));
  REQUIRE(reader.run("begin; select * from inlay_team") == SQLITE_OK);
  std::atomic<bool> has_ended = false;
  Result<void> compacted;
  std::thread compacting([&] {
    compacted = changed.compact();
    has_ended = true;
  });
  auto const other = open_sqlite(folder.file("d.db") + "?busy_timeout=1s").value();
  std::vector<Result<Committed>> commits;
  while (!has_ended) {
    commits.push_back(other->commit(Catalogue().commit()));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  compacting.join();
  check_done_but_kept(compacted);
  CHECK(commits.size() >= 2);
  for (auto const& commit : commits) CHECK(commit.has_value());
}

TEST_CASE("a vacuum takes out what was removed and not written over, and leaves rows and log as they are") {
  LeavingWhatIsRemoved const as_sqlite_is_built;
  TemporaryFolder const folder;
  std::string const file = folder.file("d.db");
  auto const store = open_sqlite(file).value();
  REQUIRE(store->commit(Catalogue().commit()).has_value());
  {
    Shell other(file);
    REQUIRE(other.run("create table theirs (a text)") == SQLITE_OK);
    REQUIRE(other.run("insert into theirs values ('" + std::string(secret) + std::string(100'000, '.') + "')") ==
            SQLITE_OK);
    REQUIRE(other.run("drop table theirs") == SQLITE_OK);
  }
  std::string const before = export_of(*store);
  REQUIRE(store->compact({}).has_value());
  auto const size = fs::file_size(file);
  REQUIRE(files_with(secret, folder) == std::vector<std::string>{"d.db"});
  REQUIRE(store->vacuum().has_value());
  CHECK(files_with(secret, folder).empty());
  CHECK(fs::file_size(file) + 100'000 <= size);
  CHECK(export_of(*store) == before);
  CHECK(store->commit(Catalogue().commit()).has_value());
  CHECK(Shell(file).one("pragma integrity_check") == "ok");
}
