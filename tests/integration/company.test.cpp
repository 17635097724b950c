// SPDX-License-Identifier: BSL-1.0
// What other tools make of a store (docs/operating.md, "In company"): the databases' own programs copy every byte.
#include "cli.hpp"

#include <inlay/storage/store_url.hpp>

#include <support/sqlite.hpp>
#include <support/stores.hpp>
#include <support/temporary_folder.hpp>

#include <cstdlib>
#include <string>
#include <vector>

using namespace inlay;
using namespace inlay::test;
using Catch::Matchers::Contains;

namespace {

/** A store with texts and numbers that a careless tool would change. */
class Kept : public Catalogue {
 public:
  Kept() {
    REQUIRE(run({"set", install, "/text", R"("\u0000 \u001b \ud83d\ude00 ' \\ \" \n \r $it$ é")"}).status == 0);
    REQUIRE(run({"set", install, "/numbers", "[18446744073709551615,-0.0,1e-7,1.0,100]"}).status == 0);
    create("environment", R"({"name":"trailing ","team_id":")" + team + R"("})");
    exported = exported_from("sqlite:inlay.db");
  }

  [[nodiscard]] std::string exported_from(std::string const& store) const {
    auto const run_of = run({"--store", store, "export"});
    CAPTURE(store, run_of.err);
    CHECK(run_of.status == 0);
    return run_of.out;
  }

  /** Runs a line of shell in the folder. */
  [[nodiscard]] int shell(std::string const& line) const {
    std::string const command = "cd '" + folder.path() + "' && { " + line + "; }";
    return std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe): there is one thread
  }

  std::string exported;
};

/** A store on a server, filled with that one, and how its tools are told where it is. */
struct OnServer {
  std::string url;
  std::string prefix;
  std::string variables;  // of the environment, for the shell
  std::string address;
};

std::vector<OnServer> on_servers(std::string const& scheme) {
  std::vector<OnServer> found;
  for (std::string const& text : new_server_urls()) {
    if (scheme_of(text) != scheme) continue;
    StoreUrl const url = StoreUrl::parse(text).value();
    auto const& host = url.hosts.at(0);
    std::string const port = std::to_string(host.port.value_or(0));
    bool const is_mysql = scheme == "mysql";
    found.push_back(
        {.url = text,
         .prefix = *url.parameter("table_prefix"),
         .variables = (is_mysql ? "MYSQL_PWD='" : "PGPASSWORD='") + url.password.value_or("") + "' ",
         .address = is_mysql ? " -h '" + host.name + "' -P " + port + " -u '" + url.user + "' '" + url.path + "' "
                             : " -h '" + host.name + "' -p " + port + " -U '" + url.user + "' -d '" + url.path + "' "});
  }
  return found;
}

std::vector<std::string> tables(std::string const& prefix) {
  std::vector<std::string> names;
  for (char const* const name : {"team", "environment", "integration", "environment_integration", "grant", "commit",
                                 "change", "counter", "migration"}) {
    names.push_back(prefix + name);
  }
  return names;
}

std::string joined(std::vector<std::string> const& words, std::string const& before, std::string const& separator) {
  std::string text;
  for (std::string const& word : words) text += (text.empty() ? before : separator + before) + word;
  return text;
}

void drop(OnServer const& store) {
  support::ServerShell shell(store.url);
  bool const is_mysql = scheme_of(store.url) == "mysql";
  if (is_mysql) shell.run("set foreign_key_checks = 0");
  shell.run("drop table " + joined(tables(store.prefix), "", ", ") + (is_mysql ? "" : " cascade"));
}

}  // namespace

TEST_CASE("what sqlite3 dumps or backs up is the store, byte for byte") {
  Kept const kept;
  for (char const* const line : {"sqlite3 inlay.db .dump | sqlite3 copy.db", "sqlite3 inlay.db \".backup 'copy.db'\"",
                                 "sqlite3 inlay.db \"vacuum into 'copy.db'\""}) {
    CAPTURE(line);
    REQUIRE(kept.shell(line) == 0);
    CHECK(kept.exported_from("sqlite:copy.db") == kept.exported);
    CHECK(kept.run({"--store", "sqlite:copy.db", "set", kept.install, "/text", "1"}).status == 0);
    REQUIRE(kept.shell("rm copy.db*") == 0);
  }
}

TEST_CASE("sqlite3 as Debian builds it recovers nothing") {
  Kept const kept;
  REQUIRE(kept.shell("sqlite3 inlay.db .recover > recovered.sql 2> errors; true") == 0);
  CHECK_THAT(support::read_file(kept.folder.path() + "/recovered.sql"), !Contains("zendesk"));
}

TEST_CASE("an SQLite file that is copied without its write-ahead log lacks the latest commits") {
  Kept const kept;
  // Somebody has it open, so that what is committed stays beside it.
  support::Shell reader(kept.folder.path() + "/inlay.db");
  REQUIRE(reader.one("select count(*) from inlay_team") == "1");
  REQUIRE(kept.run({"team", "create", R"({"name":"Latest"})"}).status == 0);
  REQUIRE(kept.folder.has("inlay.db-wal"));
  REQUIRE(kept.shell("mkdir both alone && cp inlay.db inlay.db-wal both && cp inlay.db alone") == 0);
  CHECK_THAT(kept.exported_from("sqlite:both/inlay.db"), Contains("Latest"));
  CHECK_THAT(kept.exported_from("sqlite:alone/inlay.db"), !Contains("Latest"));
}

TEST_CASE("what pg_dump writes and psql reads is the store, byte for byte") {
  Kept const kept;
  for (OnServer const& store : on_servers("postgresql")) {
    REQUIRE(kept.run({"copy", "sqlite:inlay.db", store.url}).status == 0);
    REQUIRE(kept.shell(store.variables + "pg_dump" + store.address + joined(tables(store.prefix), "-t ", " ") +
                       " > dump.sql") == 0);
    drop(store);
    CHECK(kept.run({"--store", store.url, "export"}).status == 1);
    REQUIRE(kept.shell(store.variables + "psql -q -v ON_ERROR_STOP=1" + store.address + "-f dump.sql > said") == 0);
    CHECK(kept.exported_from(store.url) == kept.exported);
    CHECK(kept.run({"--store", store.url, "set", kept.install, "/text", "1"}).status == 0);
  }
}

TEST_CASE("what mariadb-dump writes and mariadb reads is the store, byte for byte, with its collations") {
  Kept const kept;
  for (OnServer const& store : on_servers("mysql")) {
    REQUIRE(kept.run({"copy", "sqlite:inlay.db", store.url}).status == 0);
    auto const dump = [&](std::string const& options) {
      REQUIRE(kept.shell(store.variables + "mariadb-dump --single-transaction " + options + store.address +
                         joined(tables(store.prefix), "", " ") + " > dump.sql") == 0);
      return support::read_file(kept.folder.path() + "/dump.sql");
    };
    CHECK_THAT(dump("--compatible=ansi"), !Contains("CHARSET="));
    CHECK_THAT(dump(""), Contains("CHARSET=utf8mb4 COLLATE=utf8mb4_"));
    drop(store);
    CHECK(kept.run({"--store", store.url, "export"}).status == 1);
    REQUIRE(kept.shell(store.variables + "mariadb" + store.address + "< dump.sql") == 0);
    CHECK(kept.exported_from(store.url) == kept.exported);
    CHECK(kept.run({"--store", store.url, "set", kept.install, "/text", "1"}).status == 0);
  }
}
