// SPDX-License-Identifier: BSL-1.0
// The files of SQLite stores, and what they are refused for.
#include <inlay/backends/sqlite.hpp>
#include <support/catch.hpp>
#include <support/sqlite.hpp>
#include <support/temporary_folder.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <utility>

using namespace inlay;
using support::Catalogue;
using support::contents;
using support::open_sqlite;
using support::Shell;
using support::TemporaryFolder;
using support::write_file;

namespace {

/** Who may read and write a file. */
unsigned mode_of(std::string const& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("the files of a new store have its file_mode whatever the umask is, and are the owner's alone without one") {
  auto const umask_of_others = static_cast<mode_t>(GENERATE(0, 022, 0777));
  auto const [query, mode] = GENERATE(table<std::string, unsigned>(
      {{"", 0600U}, {"?file_mode=0600", 0600U}, {"?file_mode=660", 0660U}, {"?file_mode=0666", 0666U}}));
  CAPTURE(umask_of_others, query);
  TemporaryFolder const folder;
  mode_t const before = ::umask(umask_of_others);
  auto const store = open_sqlite(folder.file("inlay.db") + query);
  auto const committed = store ? store.value()->commit(Catalogue().commit()) : store.error();
  ::umask(before);
  REQUIRE(committed.has_value());
  for (std::string const name : {"inlay.db", "inlay.db-wal", "inlay.db-shm"}) {
    CAPTURE(name);
    CHECK(mode_of(folder.file(name)) == mode);
  }
}

TEST_CASE("a file that is there keeps its permissions, and the files beside it have them too") {
  bool const is_store = GENERATE(true, false);
  std::string const query = GENERATE("", "?file_mode=0666");
  CAPTURE(is_store, query);
  TemporaryFolder const folder;
  std::string const file = folder.file("inlay.db");
  if (is_store) {
    REQUIRE(open_sqlite(file).has_value());
  } else {
    write_file(file, "");
  }
  REQUIRE(::chmod(file.c_str(), 0640) == 0);
  auto const store = open_sqlite(file + query).value();
  REQUIRE(store->commit(Catalogue().commit()).has_value());
  for (std::string const name : {"inlay.db", "inlay.db-wal", "inlay.db-shm"}) {
    CAPTURE(name);
    CHECK(mode_of(folder.file(name)) == 0640U);
  }
  CHECK(open_sqlite(file + "?file_mode=640x").error().kind == ErrorKind::invalid_argument);
}

TEST_CASE("no store is made through a link that leads nowhere") {
  TemporaryFolder const folder;
  std::filesystem::create_symlink(folder.file("elsewhere.db"), folder.file("inlay.db"));
  auto const store = open_sqlite(folder.file("inlay.db"));
  REQUIRE(store.has_error());
  CHECK(store.error().kind == ErrorKind::unavailable);
  CHECK_THAT(store.error().message, Catch::Matchers::Contains("link"));
  CHECK_FALSE(std::filesystem::exists(folder.file("elsewhere.db")));
}

TEST_CASE("a file that is no database is refused and left untouched, byte for byte") {
  std::mt19937 random(7);  // NOLINT: the same bytes each time
  std::string noise(20'000, '\0');
  std::generate(noise.begin(), noise.end(), [&] { return static_cast<char>(random()); });
  for (auto const& content : {std::string("{\"not\": \"a database\"}"), std::string("x"), noise,
                              std::string("SQLite format 2"), std::string(4096, 'a')}) {
    TemporaryFolder const folder;
    write_file(folder.file("notes.txt"), content);
    auto const before = contents(folder);
    auto const store = open_sqlite(folder.file("notes.txt"));
    REQUIRE(store.has_error());
    CHECK(store.error().kind == ErrorKind::corrupt);
    CHECK(store.error().message.find("notes.txt") != std::string::npos);
    CHECK(contents(folder) == before);
  }
}

TEST_CASE("a missing folder, or a folder in place of the file, is refused and nothing is made") {
  TemporaryFolder const folder;
  std::filesystem::create_directory(folder.file("sub"));
  auto const before = contents(folder);
  auto const missing = open_sqlite(folder.file("no/such/inlay.db"));
  REQUIRE(missing.has_error());
  CHECK(missing.error().kind == ErrorKind::unavailable);
  CHECK(missing.error().message.find("no/such") != std::string::npos);
  auto const taken = open_sqlite(folder.file("sub"));
  REQUIRE(taken.has_error());
  CHECK(taken.error().kind == ErrorKind::unavailable);
  CHECK(contents(folder) == before);
}

TEST_CASE("a file that is opened to be read is neither made nor migrated nor switched to another journal") {
  TemporaryFolder const folder;
  std::string const mode = GENERATE("?mode=ro", "?mode=ro&immutable=on");
  CAPTURE(mode);
  auto const refused = [&](std::string const& file) {
    auto const store = open_sqlite(folder.file(file) + mode);
    REQUIRE(store.has_error());
    CHECK(store.error().kind == ErrorKind::unavailable);
    CHECK_THAT(store.error().message, Catch::Matchers::Contains("mode=ro"));
  };
  refused("none.db");
  CHECK(contents(folder).empty());

  { Shell(folder.file("other.db")).run("create table theirs (a)"); }
  auto const before = contents(folder);
  refused("other.db");
  CHECK(contents(folder) == before);

  { REQUIRE(open_sqlite(folder.file("inlay.db")).has_value()); }
  { REQUIRE(Shell(folder.file("inlay.db")).one("pragma journal_mode = delete") == "delete"); }
  auto const current = contents(folder);
  {
    auto const store = open_sqlite(folder.file("inlay.db") + mode);
    REQUIRE(store.has_value());
    CHECK((*store)->revision().value() == Revision{0});
    CHECK((*store)->commit(Catalogue().commit()).error().kind == ErrorKind::unavailable);
  }
  CHECK(contents(folder) == current);
}

TEST_CASE("an immutable store is read without any other file, and not beside a log that it would pass over") {
  TemporaryFolder const folder;
  for (std::string const name : {"inlay.db", "a b?c#d=\"e\" \xC3\xA4.db", "file:x.db"}) {
    CAPTURE(name);
    std::string const file = folder.file(name);
    std::string url = file;
    for (auto const& [plain, encoded] : {std::pair{"?", "%3F"}, std::pair{"#", "%23"}}) {
      if (auto const at = url.find(plain); at != std::string::npos) url.replace(at, 1, encoded);
    }
    auto const writer = open_sqlite(url);
    REQUIRE(writer.has_value());
    REQUIRE((*writer)->commit(Catalogue().commit()).has_value());
    auto const refused = open_sqlite(url + "?mode=ro&immutable=on");
    REQUIRE(refused.has_error());
    CHECK(refused.error().kind == ErrorKind::unavailable);
    CHECK_THAT(refused.error().message, Catch::Matchers::Contains("-wal") && Catch::Matchers::Contains("immutable=on"));

    Shell(file).run("pragma wal_checkpoint(truncate)");
    auto const store = open_sqlite(url + "?mode=ro&immutable=on");
    REQUIRE(store.has_value());
    CHECK((*store)->revision().value() == Revision{1});
    std::filesystem::rename(file, file + ".moved");
    std::this_thread::sleep_for(std::chrono::milliseconds(150));  // it is looked for every 100 ms
    CHECK((*store)->revision().error().kind == ErrorKind::unavailable);
  }
}

TEST_CASE("a database that keeps its texts in UTF-16 is refused and left untouched") {
  TemporaryFolder const folder;
  std::string const file = folder.file("theirs.db");
  { Shell(file).run("pragma encoding = 'UTF-16'; create table theirs (a)"); }
  auto const before = contents(folder);
  auto const store = open_sqlite(file);
  REQUIRE(store.has_error());
  CHECK(store.error().kind == ErrorKind::unavailable);
  CHECK_THAT(store.error().message, Catch::Matchers::Contains("UTF-16"));
  CHECK(contents(folder) == before);
}
