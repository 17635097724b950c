// SPDX-License-Identifier: BSL-1.0
// Stores as releases have left them, a folder of releases/ each, made by releases/make: each is brought up to date, and
// is then what its own release's export says.
#include <support/catch.hpp>
#include <support/server.hpp>
#include <support/sqlite.hpp>
#include <support/stores.hpp>
#include <support/temporary_folder.hpp>

#include <inlay/backends/memory.hpp>
#include <inlay/catalog.hpp>
#include <inlay/storage/verify.hpp>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

using namespace inlay;
using namespace inlay::test;

namespace {

std::string text_of(std::filesystem::path const& file) {
  std::ifstream in(file, std::ios::binary);
  REQUIRE(in.good());
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string with_all_replaced(std::string text, std::string const& what, std::string const& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/** The statements of a dump, for tables of another prefix. */
std::vector<std::string> statements_of(std::filesystem::path const& file, std::string const& prefix) {
  std::string const text = with_all_replaced(text_of(file), "inlay_", prefix);
  std::vector<std::string> statements;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t const end = std::min(text.find(";\n", begin), text.size());
    statements.push_back(text.substr(begin, end - begin));
    begin = end + 2;
  }
  return statements;
}

/** A store of a release, loaded past the library, and how to run statements on it. */
struct Loaded {
  std::string url;
  std::string prefix;
  std::function<void(std::string const&)> run;  // throws std::runtime_error
  std::function<std::string(std::string const&)> one;
};

Loaded load(std::filesystem::path const& release, std::string const& url) {
  std::string const scheme = scheme_of(url);
  auto const name = url.find("table_prefix=");
  std::string const prefix = name == std::string::npos ? "inlay_" : url.substr(name + 13);
  Loaded loaded{url, prefix, {}, {}};
  if (scheme == "sqlite") {
    auto const shell = std::make_shared<support::Shell>(url.substr(7));
    loaded.run = [shell](std::string const& sql) {
      if (shell->run(sql) != SQLITE_OK) throw std::runtime_error("refused: " + sql);
    };
    loaded.one = [shell](std::string const& sql) { return shell->one(sql); };
  } else {
    auto const shell = std::make_shared<support::ServerShell>(url);
    if (scheme == "mysql") shell->run("set foreign_key_checks = 0");
    if (scheme == "mysql") shell->run("set names utf8mb4");
    if (scheme == "mysql") {
      shell->run("set sql_mode = concat(@@sql_mode, ',STRICT_ALL_TABLES')");  // as every session of inlay's own has
    }
    loaded.run = [shell](std::string const& sql) { shell->run(sql); };
    loaded.one = [shell](std::string const& sql) { return shell->run(sql).at(0).at(0); };
  }
  for (std::string const& statement : statements_of(release / (scheme + ".sql"), prefix)) loaded.run(statement);
  return loaded;
}

/** The lines of an export, but for what an export of format 1 does not tell: which store it is, and of the commit that
   it was compacted through anything but the revision. */
std::string lines_of(Repository const& store) {
  std::string lines;
  store
      .dump({.sink = [&](StoreRecord const& record) -> Result<void> {
        if (auto const* const header = std::get_if<StoreHeader>(&record)) {
          StoreHeader own = *header;
          own.store_id = parse_uuid("00000000-0000-4000-8000-000000000000").value();
          own.compacted_token = {};
          own.compacted_moment = {};
          storage::append_line(own, lines);
        } else {
          storage::append_line(record, lines);
        }
        return {};
      }})
      .value();
  return lines;
}

std::vector<std::filesystem::path> releases() {
  std::vector<std::filesystem::path> folders;
  for (auto const& entry : std::filesystem::directory_iterator(INLAY_TEST_RELEASES)) {
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  REQUIRE_FALSE(folders.empty());
  return folders;
}

std::vector<std::string> new_urls(support::TemporaryFolder const& folder) {
  std::vector<std::string> urls = new_server_urls();
  urls.push_back("sqlite:" + folder.file("store.db"));
  return urls;
}

}  // namespace

TEST_CASE("a store of each release is brought up to date, and is what that release exported") {
  for (auto const& release : releases()) {
    support::TemporaryFolder const folder;
    for (std::string const& url : new_urls(folder)) {
      CAPTURE(release, scheme_of(url));
      Loaded const older = load(release, url);
      auto const store = all_backends().open(url).value();

      // What the release exported can be read, into another kind of store.
      auto const imported = Backends{}.add(memory_backend()).open("memory:").value();
      std::ifstream exported(release / (scheme_of(url) + ".jsonl"));
      imported
          ->restore(
              {.fill = [&](RecordSink const& sink) { return storage::read_lines({.in = exported, .sink = sink}); }})
          .value();
      CHECK(lines_of(*store) == lines_of(*imported));

      StoreState const state = store->state().value();
      CHECK_FALSE(state.store_id.is_nil());
      CHECK(state.compacted.token ==
            parse_uuid(older.one("select token from " + older.prefix + "commit where revision = 3")).value());
      CHECK(storage::verify_log(*store).value().commits == 9);
      CHECK(storage::verify_log(*imported).value().commits == 9);

      // It goes on, also when it is opened anew.
      Catalog(store).create(Team{.name = "after"}).value();
      auto const again = all_backends().open(url).value();
      CHECK(again->state().value().store_id == state.store_id);
      CHECK(storage::verify_log(*again).value().commits == 10);
      Commit taken = support::commit_of({Insert<Team>{Team{.id = Id<Team>::generate(), .name = "again"}}});
      taken.token = state.compacted.token;
      CHECK(again->commit(taken).error().pointer == "/token");
    }
  }
}

TEST_CASE("a process of the release before that still runs can commit nothing to a store that was brought up to date") {
  support::TemporaryFolder const folder;
  for (std::string const& url : new_urls(folder)) {
    CAPTURE(scheme_of(url));
    Loaded const older = load(std::filesystem::path(INLAY_TEST_RELEASES) / "0.1", url);
    std::string const quote = scheme_of(url) == "mysql" ? "`" : "\"";
    auto const commit = [&](int revision) {
      // Its own statement, with values in place of parameters.
      std::string const token = to_string(generate_uuid());
      older.run("insert into " + quote + older.prefix + "commit" + quote + " (" + quote + "revision" + quote + ", " +
                quote + "token" + quote + ", " + quote + "actor" + quote + ", " + quote + "reason" + quote + ", " +
                quote + "time" + quote + ") values (" + std::to_string(revision) + ", '" + token +
                "', 'older', null, 5)");
    };
    commit(100);
    older.run("delete from " + quote + older.prefix + "commit" + quote + " where revision = 100");
    auto const store = all_backends().open(url).value();
    CHECK_THROWS_AS(commit(100), std::runtime_error);
    CHECK(storage::verify_log(*store).value().commits == 9);
  }
}
