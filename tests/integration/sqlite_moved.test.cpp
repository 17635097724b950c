// SPDX-License-Identifier: BSL-1.0
// What others do to the files of a store that is open, or was.
#include <inlay/storage/transfer.hpp>
#include <support/catch.hpp>
#include <support/disk.hpp>
#include <support/process.hpp>
#include <support/sqlite.hpp>
#include <support/temporary_folder.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace fs = std::filesystem;
using namespace inlay;
using support::Catalogue;
using support::commit_of;
using support::open_sqlite;
using support::Process;
using support::read_file;
using support::Shell;
using support::TemporaryFolder;
using support::write_file;

namespace {

[[nodiscard]] Change one_more_team() {
  Team team;
  team.id = Id<Team>::generate();
  team.name = "one more";
  return Insert<Team>{team};
}

/** A store in a file with a team of its own, to be put in another's place. */
void make_other(std::string const& file) {
  auto const store = open_sqlite(file);
  REQUIRE(store.has_value());
  REQUIRE((*store)->commit(commit_of({one_more_team()})).has_value());
}

Result<void> dump(Repository const& store) {
  return store.dump({.sink = [](StoreRecord const&) { return Result<void>(); }});
}

Result<void> restore(Repository& store, Repository const& from) {
  return store.restore({.fill = [&](RecordSink const& sink) { return from.dump({.sink = sink}); }, .replace = true});
}

template <class T>
void check_unavailable(Result<T> const& result, Outcome outcome = Outcome::not_done) {
  REQUIRE(result.has_error());
  CAPTURE(result.error().message);
  CHECK(result.error().kind == ErrorKind::unavailable);
  CHECK(result.error().outcome == outcome);
}

void check_all_unavailable(Repository& store, Catalogue const& rows) {
  check_unavailable(store.commit(commit_of({one_more_team()})));
  check_unavailable(store.compact({.through = Revision{1}}));
  check_unavailable(restore(store, *open_sqlite(":memory:").value()));
  // Reads look for it every 100 ms.
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  check_unavailable(store.revision());
  check_unavailable(store.find(FindRequest<Team>{.id = rows.team.id}));
  check_unavailable(store.list(Query<Team>{}));
  check_unavailable(store.changes({}));
  check_unavailable(dump(store));
}

[[nodiscard]] bool is_in_sync(std::string const& file, Revision revision) {
  auto const store = open_sqlite(file);
  return store.has_value() && (*store)->revision().value() == revision &&
         Shell(file).one("pragma integrity_check") == "ok";
}

}  // namespace

TEST_CASE("a file that was moved, replaced or removed under an open store is neither read nor written any more") {
  std::string const what = GENERATE("moved", "replaced", "replaced by nothing", "removed");
  bool const has_read = GENERATE(true, false);
  CAPTURE(what, has_read);
  TemporaryFolder const folder;
  std::string const file = folder.file("d.db");
  std::string const moved = folder.file("e.db");
  make_other(folder.file("other.db"));
  std::string const other = read_file(folder.file("other.db"));
  Catalogue const rows;
  std::string log;
  {
    auto const store = open_sqlite(file).value();
    REQUIRE(store->commit(rows.commit()).has_value());
    for (int i = 0; i < 5; ++i) REQUIRE(store->commit(commit_of({one_more_team()})).has_value());
    // Else the first reader is a connection that is opened afterwards.
    if (has_read) REQUIRE(store->revision().value() == Revision{6});
    fs::rename(file, moved);
    if (what == "replaced") fs::copy_file(folder.file("other.db"), file);
    if (what == "replaced by nothing") write_file(file, "");
    if (what == "removed") fs::remove(moved);
    log = read_file(file + "-wal");
    REQUIRE(log.size() > 4'096);
    check_all_unavailable(*store, rows);
    CHECK(fs::exists(file) == (what.starts_with("replaced")));
    CHECK((read_file(file + "-wal") == log));
  }
  // Neither has the end of the store removed it.
  CHECK((read_file(file + "-wal") == log));
  if (what == "replaced") CHECK((read_file(file) == other));
  if (what == "replaced by nothing") CHECK(read_file(file).empty());
  if (what == "removed") return;
  fs::rename(file + "-wal", moved + "-wal");
  CHECK(is_in_sync(moved, Revision{6}));
}

TEST_CASE("a store whose file is put back goes on") {
  TemporaryFolder const folder;
  std::string const file = folder.file("d.db");
  auto const store = open_sqlite(file).value();
  REQUIRE(store->commit(Catalogue().commit()).has_value());
  fs::rename(file, folder.file("e.db"));
  check_unavailable(store->commit(commit_of({one_more_team()})));
  fs::rename(folder.file("e.db"), file);
  CHECK(store->commit(commit_of({one_more_team()})).has_value());
  CHECK(store->revision().value() == Revision{2});
}

TEST_CASE("a commit during which its file is moved is not done") {
  TemporaryFolder const folder;
  std::string const file = folder.file("d.db");
  auto const store = open_sqlite(file).value();
  Catalogue const rows;
  REQUIRE(store->commit(rows.commit()).has_value());
  Edit<Team> edit{.id = rows.team.id, .edit = [&](Team const& now) -> Result<Team> {
                    fs::rename(file, folder.file("e.db"));
                    Team team = now;
                    team.name = "renamed";
                    return team;
                  }};
  check_unavailable(store->commit(commit_of({edit})));
  fs::rename(folder.file("e.db"), file);
  CHECK(store->find(FindRequest<Team>{.id = rows.team.id}).value().name == "Acme");
  CHECK(store->revision().value() == Revision{1});
}

TEST_CASE("what is written while its file is moved away is of unknown outcome") {
  TemporaryFolder const folder;
  std::string const file = folder.file("d.db");
  auto const store = open_sqlite(file + "?busy_timeout=100ms").value();
  REQUIRE(store->commit(Catalogue().commit()).has_value());
  auto const move = [&] { fs::rename(file, folder.file("e.db")); };
  auto const put_back = [&] { fs::rename(folder.file("e.db"), file); };

  // The log is brought to the disk between COMMIT and its answer.
  support::disk::at_next_sync(move);
  Commit const commit = commit_of({one_more_team()});
  check_unavailable(store->commit(commit), Outcome::unknown);
  put_back();
  CHECK(store->revision().value() == Revision{2});
  CHECK(store->commit(commit).error().pointer == "/token");

  support::disk::at_next_sync(move);
  check_unavailable(store->compact({.through = Revision{1}}), Outcome::unknown);
  put_back();

  auto const other = open_sqlite(":memory:").value();
  REQUIRE(other->commit(Catalogue().commit()).has_value());
  support::disk::at_next_sync(move);
  check_unavailable(restore(*store, *other), Outcome::unknown);
}

TEST_CASE("a store whose log was removed or replaced takes no commits, and keeps all when it ends") {
  bool const is_replaced = GENERATE(true, false);
  CAPTURE(is_replaced);
  TemporaryFolder const folder;
  std::string const file = folder.file("d.db");
  Catalogue const rows;
  {
    auto const store = open_sqlite(file).value();
    REQUIRE(store->commit(rows.commit()).has_value());
    REQUIRE(store->revision().value() == Revision{1});
    fs::remove(file + "-wal");
    if (is_replaced) write_file(file + "-wal", "");
    check_all_unavailable(*store, rows);
  }
  CHECK(is_in_sync(file, Revision{1}));
}

TEST_CASE("a store is not made where the log of a file lies that was moved or removed") {
  bool const is_empty = GENERATE(true, false);
  std::string const query = GENERATE("", "?migrate=off", "?mode=ro");
  CAPTURE(is_empty, query);
  TemporaryFolder const folder;
  std::string const file = folder.file("d.db");
  {
    Process writer([&](Process::Report const& report) {
      auto const store = open_sqlite(file);
      if (store.has_error() || (*store)->commit(Catalogue().commit()).has_error()) return 1;
      report(1);
      return pause();
    });
    std::int64_t written = 0;
    REQUIRE(writer.next(written));
    writer.kill();
  }
  std::string const log = read_file(file + "-wal");
  REQUIRE(log.size() > 4'096);
  fs::rename(file, folder.file("e.db"));
  if (is_empty) write_file(file, "");
  auto const refused = open_sqlite(file + query);
  REQUIRE(refused.has_error());
  CHECK(refused.error().kind == ErrorKind::unavailable);
  CHECK(fs::exists(file) == is_empty);
  CHECK((read_file(file + "-wal") == log));
  fs::rename(file + "-wal", folder.file("e.db-wal"));
  CHECK(is_in_sync(folder.file("e.db"), Revision{1}));
}

TEST_CASE("a store stays with its file when the working folder changes, or the link that led to it") {
  TemporaryFolder const folder;
  fs::create_directory(folder.file("elsewhere"));
  make_other(folder.file("elsewhere/d.db"));
  write_file(folder.file("real.db"), "");  // no store is made through a link
  fs::create_symlink(folder.file("real.db"), folder.file("link.db"));
  auto const here = fs::current_path();
  fs::current_path(folder.path());
  auto const relative = open_sqlite("d.db");
  auto const linked = open_sqlite("link.db");
  fs::current_path(folder.file("elsewhere"));
  fs::remove(folder.file("link.db"));
  fs::create_symlink(folder.file("elsewhere/d.db"), folder.file("link.db"));
  for (auto const& store : {relative, linked}) {
    REQUIRE(store.has_value());
    CHECK((*store)->revision().value() == Revision{0});  // by a connection that is opened now
    REQUIRE((*store)->commit(Catalogue().commit()).has_value());
    CHECK((*store)->list(Query<Team>{}).value().items.at(0).name == "Acme");
  }
  fs::current_path(here);
  CHECK(Shell(folder.file("d.db")).one("select revision from inlay_counter") == "1");
  CHECK(Shell(folder.file("real.db")).one("select revision from inlay_counter") == "1");
}
