// SPDX-License-Identifier: BSL-1.0
// What the disk does, and what is asked of it.
#include <support/catch.hpp>
#include <support/disk.hpp>
#include <support/process.hpp>
#include <support/sqlite.hpp>
#include <support/temporary_folder.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

using namespace inlay;
using support::Catalogue;
using support::commit_of;
using support::open_sqlite;
using support::Process;
using support::read_file;
using support::Shell;
using support::TemporaryFolder;

TEST_CASE("each commit is on the disk before it is acknowledged, unless synchronous=normal was chosen") {
  TemporaryFolder const folder;
  for (bool const is_full : {true, false}) {
    auto const store = open_sqlite(folder.file(is_full ? "full.db" : "normal.db?synchronous=normal"));
    REQUIRE(store.has_value());
    REQUIRE((*store)->commit(Catalogue().commit()).has_value());
    int const before = support::disk::synced;
    for (int i = 1; i <= 10; ++i) {
      REQUIRE((*store)->commit(Catalogue().commit()).has_value());
      if (is_full) CHECK(support::disk::synced >= before + i);
    }
    if (!is_full) CHECK(support::disk::synced == before);
  }
}

TEST_CASE("a full disk makes commits unavailable, undoes them whole, and is recovered from") {
  TemporaryFolder const folder;
  std::string const file = folder.file("inlay.db");
  Process writer([&](Process::Report const&) {
    auto const store = open_sqlite(file);
    Catalogue const rows;
    if (store.has_error() || (*store)->commit(rows.commit()).has_error()) return 1;
    signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    rlimit const unlimited = limit;
    limit.rlim_cur = 1'500'000;
    setrlimit(RLIMIT_FSIZE, &limit);
    // The last of the three does not fit any more, and takes the others with it.
    std::int64_t done = 0;
    std::optional<Error> error;
    while (!error && done < 100) {
      Integration other = rows.integration;
      other.config = Document::parse("{\"x\":\"" + std::string(60'000, 'x') + "\"}").value();
      std::vector<Change> three;
      for (int i = 0; i < 3; ++i) {
        other.id = Id<Integration>::generate();
        other.name = std::to_string(done) + "." + std::to_string(i);
        three.emplace_back(Insert<Integration>{other});
      }
      auto const committed = (*store)->commit(commit_of(three));
      if (committed.has_error()) {
        error = committed.error();
      } else {
        ++done;
      }
    }
    if (!error || error->kind != ErrorKind::unavailable) return 2;
    if ((*store)->revision().value() != Revision{done + 1}) return 3;
    setrlimit(RLIMIT_FSIZE, &unlimited);
    if ((*store)->commit(Catalogue().commit()).has_error()) return 4;
    if ((*store)->list(Query<Integration>{.limit = 1'000})->items.size() != static_cast<std::size_t>(3 * done + 2)) {
      return 5;
    }
    return 0;
  });
  CHECK(writer.wait() == 0);
  CHECK(Shell(file).one("pragma integrity_check") == "ok");
}

TEST_CASE("whichever write a disk is full at, a commit is unavailable and whole or not there, and later ones go on") {
  TemporaryFolder const folder;
  std::string const file = folder.file("inlay.db");
  auto const store = open_sqlite(file + "?busy_timeout=20ms").value();
  std::int64_t done = 0;
  Integration row = Catalogue().integration;
  row.config = Document::parse("{\"x\":\"" + std::string(20'000, 'x') + "\"}").value();
  Team team;
  team.id = row.team_id;
  team.name = "Acme";
  REQUIRE(store->commit(commit_of({Insert<Team>{team}})).has_value());
  ++done;
  bool was_refused = true;
  int refusals = 0;
  for (int writes = 0; was_refused; ++writes) {
    CAPTURE(writes);
    row.id = Id<Integration>::generate();
    row.name = "n" + std::to_string(writes);
    support::disk::fill_after(writes);
    auto const committed = store->commit(commit_of({Insert<Integration>{row}}));
    support::disk::make_room();
    was_refused = support::disk::was_full();
    if (committed.has_error()) {
      ++refusals;
      CHECK(committed.error().kind == ErrorKind::unavailable);
    }
    bool const is_there = store->find(FindRequest<Integration>{.id = row.id}).has_value();
    if (committed.has_value()) CHECK(is_there);
    if (committed.has_error() && committed.error().outcome == Outcome::not_done) CHECK_FALSE(is_there);
    if (is_there) ++done;
    REQUIRE(store->revision().value() == Revision{done});
    REQUIRE(store->commit(commit_of({Insert<Team>{Catalogue().team}})).has_value());
    ++done;
  }
  CHECK(refusals > 10);
  CHECK(Shell(file).one("pragma integrity_check") == "ok");
}

TEST_CASE("whichever write a disk is full at, a store that could not be made there is made once there is room") {
  bool was_refused = true;
  int refusals = 0;
  for (int writes = 0; was_refused; ++writes) {
    CAPTURE(writes);
    TemporaryFolder const folder;
    std::string const file = folder.file("inlay.db");
    support::disk::fill_after(writes);
    {
      auto const store = open_sqlite(file + "?busy_timeout=20ms");
      was_refused = support::disk::was_full();
      if (store.has_error()) {
        ++refusals;
        CHECK(store.error().kind == ErrorKind::unavailable);
      }
    }
    support::disk::make_room();
    auto const store = open_sqlite(file);
    REQUIRE(store.has_value());
    CHECK((*store)->commit(Catalogue().commit()).has_value());
  }
  CHECK(refusals > 3);
}

TEST_CASE("a log that grew beside a stalled reader is cut again once that has gone") {
  TemporaryFolder const folder;
  std::string const file = folder.file("inlay.db");
  auto const store = open_sqlite(file + "?synchronous=normal").value();
  Catalogue const rows;
  REQUIRE(store->commit(rows.commit()).has_value());
  Integration row = rows.integration;
  auto const write = [&](int number, std::size_t size) {
    row.id = Id<Integration>::generate();
    row.name = "n" + std::to_string(number);
    row.config = Document::parse("{\"x\":\"" + std::string(size, 'x') + "\"}").value();
    return store->commit(commit_of({Insert<Integration>{row}})).has_value();
  };
  auto const size_of_log = [&] { return std::filesystem::file_size(file + "-wal"); };
  constexpr std::uintmax_t limit = 16'777'216;
  int written = 0;
  auto const dumped = store->dump({.sink = [&](StoreRecord const&) {
    // All of it at the first record: the reader has its snapshot, and keeps it.
    while (written < 12 && write(written, 900'000)) ++written;
    return Result<void>();
  }});
  REQUIRE(dumped.has_value());
  REQUIRE(written == 12);
  CHECK(size_of_log() > limit);
  for (int i = 0; i < 3; ++i) REQUIRE(write(100 + i, 10));
  CHECK(size_of_log() <= limit);
  CHECK(store->list(Query<Integration>{.limit = 100, .with_documents = false}).value().items.size() == 16);
}

TEST_CASE("a file or folder that cannot be written is refused and left untouched") {
  TemporaryFolder const folder;
  std::string const closed = folder.file("closed");
  std::string const file = closed + "/inlay.db";
  std::filesystem::create_directory(closed);
  { REQUIRE(open_sqlite(file).has_value()); }
  std::string const before = read_file(file);
  REQUIRE(chmod(file.c_str(), 0444) == 0);
  auto const refused_as_somebody = [&](std::string const& path, char const* word) {
    Process reader([&](Process::Report const&) {
      // Root may write anything.
      if (geteuid() == 0 && setuid(65'534) != 0) return 9;
      auto const store = open_sqlite(path);
      if (store.has_value()) return 1;
      if (store.error().kind != ErrorKind::unavailable) return 2;
      return store.error().message.find(word) == std::string::npos ? 3 : 0;
    });
    return reader.wait();
  };
  CHECK(refused_as_somebody(file, "inlay.db") == 0);
  REQUIRE(chmod(file.c_str(), 0666) == 0);
  REQUIRE(chmod(closed.c_str(), 0555) == 0);
  CHECK(refused_as_somebody(file, "/closed cannot be written") == 0);
  CHECK(refused_as_somebody(closed + "/new.db", "/closed cannot be written") == 0);
  REQUIRE(chmod(closed.c_str(), 0755) == 0);
  CHECK(read_file(file) == before);
  CHECK(std::distance(std::filesystem::directory_iterator(closed), std::filesystem::directory_iterator()) == 1);
}
