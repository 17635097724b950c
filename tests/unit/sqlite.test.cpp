// SPDX-License-Identifier: BSL-1.0
#include <inlay/backends/sqlite.hpp>
#include <inlay/storage/transfer.hpp>
#include <support/catch.hpp>
#include <support/sqlite.hpp>
#include <support/temporary_folder.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <sstream>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

using namespace inlay;
using support::Catalogue;
using support::commit_of;
using support::contents;
using support::open_sqlite;
using support::read_file;
using support::Shell;
using support::TemporaryFolder;
using support::write_file;

namespace {

/** The lines of an export, or what it failed with: "kind message". */
std::string export_of(Repository const& store) {
  std::string lines;
  auto const dumped = store.dump({.sink = [&](StoreRecord const& record) {
    storage::append_line(record, lines);
    return Result<void>();
  }});
  return dumped ? lines : std::string(to_string(dumped.error().kind)) + ' ' + dumped.error().message;
}

}  // namespace

TEST_CASE("parameters that SQLite stores do not have, or values that make no sense, are refused by name") {
  TemporaryFolder const folder;
  std::string const file = folder.file("inlay.db");
  for (auto const& [query, word] : std::vector<std::pair<std::string, std::string>>{
           {"?sync=full", "sync"},
           {"?synchronous=full&synchronous=normal", "synchronous"},
           {"?synchronous=off", "synchronous"},
           {"?busy_timeout=5", "busy_timeout"},
           {"?busy_timeout=-5s", "busy_timeout"},
           {"?busy_timeout=2000m", "busy_timeout"},
           {"?busy_timeout=99999999999999999999s", "busy_timeout"},
           {"?pool_size=0", "pool_size"},
           {"?pool_size=4x", "pool_size"},
           {"?table_prefix=", "table_prefix"},
           {"?table_prefix=a%22b", "table_prefix"},
           {"?table_prefix=1a", "table_prefix"},
           {"?table_prefix=Inlay_", "table_prefix"},
           {"?migrate=no", "migrate"},
           {"?mode=rwc", "mode"},
           {"?mode=memory", "mode"},
           {"?mode=", "mode"},
           {"?immutable=on", "immutable"},
           {"?immutable=off", "immutable"},
           {"?mode=rw&immutable=on", "immutable"},
           {"?mode=ro&immutable=1", "immutable"},
           {"?mode=ro&migrate=auto", "migrate"},
           {"?file_mode=", "file_mode"},
           {"?file_mode=60", "file_mode"},
           {"?file_mode=00600", "file_mode"},
           {"?file_mode=0680", "file_mode"},
           {"?file_mode=rw-", "file_mode"},
           {"?file_mode=0400", "file_mode"},
           {"?file_mode=0066", "file_mode"},
           {"?file_mode=0700", "file_mode"},
           {"?file_mode=4600", "file_mode"},
       }) {
    CAPTURE(query);
    auto const store = open_sqlite(file + query);
    REQUIRE(store.has_error());
    CHECK(store.error().kind == ErrorKind::invalid_argument);
    CHECK(store.error().message.find(word) != std::string::npos);
  }
  CHECK(contents(folder).empty());
  CHECK(open_sqlite(":memory:?mode=ro").error().kind == ErrorKind::invalid_argument);
}

TEST_CASE("a SQLite store has a file and neither host nor user") {
  for (auto const* url : {"sqlite:", "sqlite://host/inlay.db", "sqlite://me@host/inlay.db"}) {
    CAPTURE(url);
    auto const store = Backends{}.add(sqlite_backend()).open(url);
    REQUIRE(store.has_error());
    CHECK(store.error().kind == ErrorKind::invalid_argument);
  }
}

TEST_CASE("every parameter is taken") {
  TemporaryFolder const folder;
  auto const store = open_sqlite(folder.file("inlay.db") +
                                 "?synchronous=normal&busy_timeout=250ms&pool_size=2&table_prefix=x_&migrate=auto"
                                 "&mode=rw");
  REQUIRE(store.has_value());
  Shell shell(folder.file("inlay.db"));
  CHECK(shell.one("select count(*) from x_team") == "0");
}

TEST_CASE("a database that a newer inlay has migrated is refused and left untouched") {
  TemporaryFolder const folder;
  std::string const file = folder.file("inlay.db");
  REQUIRE(open_sqlite(file).has_value());
  Shell(file).run("insert into inlay_migration values (4711, 'from the future', 0)");
  auto const before = contents(folder);
  for (auto const* query : {"", "?migrate=off"}) {
    auto const store = open_sqlite(file + query);
    REQUIRE(store.has_error());
    CHECK(store.error().kind == ErrorKind::unavailable);
    CHECK(store.error().reason == Reason::newer_store);
    CHECK(store.error().message.find("4711") != std::string::npos);
  }
  CHECK(contents(folder) == before);
}

TEST_CASE("with migrate=off an older or empty database is refused and left untouched, a current one opens") {
  TemporaryFolder const folder;
  CHECK(open_sqlite(folder.file("none.db") + "?migrate=off").error().reason == Reason::no_store);
  CHECK(open_sqlite(folder.file("none.db") + "?mode=ro").error().reason == Reason::no_store);
  CHECK(open_sqlite(folder.file("none/none.db") + "?migrate=off").error().reason == Reason::none);
  CHECK(contents(folder).empty());

  write_file(folder.file("empty.db"), "");
  { Shell(folder.file("other.db")).run("create table theirs (a)"); }
  auto const before = contents(folder);
  for (auto const* name : {"empty.db", "other.db"}) {
    auto const store = open_sqlite(folder.file(name) + "?migrate=off");
    REQUIRE(store.has_error());
    CHECK(store.error().kind == ErrorKind::unavailable);
    CHECK(store.error().reason == Reason::not_migrated);
    CHECK(store.error().message.find("migrate") != std::string::npos);
  }
  CHECK(contents(folder) == before);

  REQUIRE(open_sqlite(folder.file("empty.db")).has_value());
  CHECK(open_sqlite(folder.file("empty.db") + "?migrate=off").has_value());
}

TEST_CASE("migrations are recorded, each is applied once, and tables of others are left alone") {
  TemporaryFolder const folder;
  std::string const file = folder.file("shared.db");
  { Shell(file).run("create table theirs (a); insert into theirs values (1)"); }
  for (int i = 0; i < 3; ++i) REQUIRE(open_sqlite(file).has_value());
  REQUIRE(open_sqlite(file + "?table_prefix=second_").has_value());
  Shell shell(file);
  CHECK(shell.one("select a from theirs") == "1");
  auto const recorded = shell.rows("select number, name from inlay_migration order by number");
  REQUIRE_FALSE(recorded.empty());
  for (std::size_t i = 0; i < recorded.size(); ++i) CHECK(recorded[i][0] == std::to_string(i + 1));
  CHECK(shell.rows("select number, name from second_migration order by number") == recorded);
}

TEST_CASE("a table that has the name of one of inlay's and is not is refused by name and left as it is") {
  TemporaryFolder const folder;
  std::string const file = folder.file("theirs.db");
  for (char const* const theirs : {"create table inlay_commit (theirs)", "create view inlay_team as select 1",
                                   "create table inlay_migration (theirs)"}) {
    CAPTURE(theirs);
    std::filesystem::remove(file);
    { Shell(file).run(theirs); }
    std::string const before = support::read_file(file);
    auto const opened = open_sqlite(file);
    REQUIRE(opened.has_error());
    CHECK(opened.error().kind == ErrorKind::unavailable);
    CHECK(opened.error().message.find("inlay_") != std::string::npos);
    CHECK(opened.error().message.find("table_prefix") != std::string::npos);
    CHECK(support::read_file(file) == before);  // not so much as its journal mode is changed
  }

  // Another store's, whose tables begin like ours.
  std::string const nested = folder.file("nested.db");
  REQUIRE(open_sqlite(nested).has_value());
  CHECK(
      open_sqlite(nested + "?table_prefix=inlay_environment_").error().message.find("inlay_environment_integration") !=
      std::string::npos);
}

TEST_CASE("a store whose counter is gone is corrupt, and takes no commit") {
  TemporaryFolder const folder;
  auto const store = open_sqlite(folder.file("inlay.db")).value();
  Catalogue const rows;
  Shell shell(folder.file("inlay.db"));
  shell.run("delete from inlay_counter");
  auto const committed = store->commit(rows.commit());
  REQUIRE(committed.has_error());
  CHECK(committed.error().kind == ErrorKind::corrupt);
  CHECK(shell.one("select count(*) from inlay_team") == "0");
}

TEST_CASE("a store that was left with no migration applied is migrated") {
  TemporaryFolder const folder;
  std::string const file = folder.file("inlay.db");
  {
    Shell(file).run(
        "create table inlay_migration (number integer not null primary key, name text not null,"
        " applied_at integer not null) strict");
  }
  auto const store = open_sqlite(file);
  REQUIRE(store.has_value());
  CHECK((*store)->commit(Catalogue().commit()).has_value());
}

TEST_CASE("threads that open an empty file at once make one set of tables") {
  TemporaryFolder const folder;
  std::string const file = folder.file("inlay.db");
  std::vector<std::string> errors(16);
  std::vector<std::thread> threads;
  for (auto& error : errors) {
    threads.emplace_back([&] {
      auto const store = open_sqlite(file + "?busy_timeout=30s");
      if (store.has_error()) error = to_string(store.error());
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(errors == std::vector<std::string>(errors.size()));
  CHECK(Shell(file).one("select count(*) from inlay_counter") == "1");
}

TEST_CASE("each table has its entity's members as columns, of the right type, and how long its documents are") {
  TemporaryFolder const folder;
  REQUIRE(open_sqlite(folder.file("inlay.db")).has_value());
  Shell shell(folder.file("inlay.db"));
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    std::vector<std::vector<std::string>> expected;
    bool has_documents = false;
    for (model::Field const& field : model::fields<Entity>) {
      has_documents = has_documents || field.type == model::FieldType::document;
      bool const is_integer = field.type == model::FieldType::boolean || field.is_set_by_store();
      expected.push_back({std::string(field.name), is_integer ? "INTEGER" : "TEXT", field.is_optional ? "0" : "1"});
    }
    if (has_documents) expected.push_back({"document_bytes", "INTEGER", "0"});
    std::sort(expected.begin(), expected.end());
    CHECK(shell.rows("select name, type, \"notnull\" from pragma_table_info('inlay_" +
                     std::string(Entity::entity_name) + "') order by name") == expected);
  });
}

TEST_CASE("the schema itself keeps references, unique names and truth values, whoever writes") {
  TemporaryFolder const folder;
  auto const store = open_sqlite(folder.file("inlay.db"));
  REQUIRE(store.has_value());
  Catalogue const rows;
  REQUIRE((*store)->commit(rows.commit()).has_value());
  Shell shell(folder.file("inlay.db"));
  CHECK(shell.run("delete from inlay_team") == SQLITE_CONSTRAINT_TRIGGER);
  CHECK(shell.run("delete from inlay_integration") == SQLITE_CONSTRAINT_TRIGGER);
  CHECK(shell.run("delete from inlay_environment") == SQLITE_CONSTRAINT_TRIGGER);
  CHECK(shell.run("update inlay_environment set team_id = 'none'") == SQLITE_CONSTRAINT_FOREIGNKEY);
  CHECK(
      shell.run("insert into inlay_environment select 'other', team_id, name, 1, 1, 0, 0, 1 from inlay_environment") ==
      SQLITE_CONSTRAINT_UNIQUE);
  CHECK(shell.run("insert into inlay_environment (id, team_id, name, version, revision, created_at, updated_at) "
                  "select 'other', team_id, 'other', 1, 1, 0, 0 from inlay_environment") == SQLITE_CONSTRAINT_TRIGGER);
  CHECK(shell.run("update inlay_environment_integration set is_enabled = 2") == SQLITE_CONSTRAINT_CHECK);
  CHECK(shell.run("update inlay_team set name = null") == SQLITE_CONSTRAINT_NOTNULL);
  CHECK(shell.run("update inlay_team set created_at = 'yesterday'") == SQLITE_CONSTRAINT_DATATYPE);
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    std::string const table = "inlay_" + std::string(Entity::entity_name);
    std::size_t references = 0;
    model::for_each_reference<Entity>([&](model::Reference const& reference, auto) {
      ++references;
      CHECK(shell.one("select \"table\" || ' ' || on_delete from pragma_foreign_key_list('" + table +
                      "') where \"from\" = '" + std::string(reference.member) + "'") ==
            "inlay_" + std::string(reference.entity) + " RESTRICT");
    });
    CHECK(shell.one("select count(*) from pragma_foreign_key_list('" + table + "')") == std::to_string(references));
    CHECK(shell.one("select count(*) from pragma_index_list('" + table + "') where origin = 'u'") ==
          std::to_string(std::size(Entity::unique_keys)));
  });
}

TEST_CASE("a store is in WAL mode, and what one connection commits the next one sees") {
  TemporaryFolder const folder;
  std::string const file = folder.file("inlay.db");
  auto const one = open_sqlite(file);
  auto const two = open_sqlite(file);
  REQUIRE(one.has_value());
  REQUIRE(two.has_value());
  CHECK(Shell(file).one("pragma journal_mode") == "wal");
  Catalogue const rows;
  for (int i = 1; i <= 20; ++i) {
    Team team;
    team.id = Id<Team>::generate();
    team.name = "team";
    auto const committed = (i % 2 == 0 ? *one : *two)->commit(commit_of({Insert<Team>{team}}));
    REQUIRE(committed.has_value());
    CHECK(committed->revision.value == i);
    CHECK((*one)->find(FindRequest<Team>{.id = team.id}).has_value());
    CHECK((*two)->find(FindRequest<Team>{.id = team.id}).has_value());
    CHECK((*one)->revision().value() == Revision{i});
    CHECK((*two)->list(Query<Team>{}).value().revision == Revision{i});
  }
}

TEST_CASE("a store in memory is one store for all threads that use it, and each has its own") {
  auto const store = open_sqlite(":memory:");
  auto const other = open_sqlite(":memory:");
  REQUIRE(store.has_value());
  REQUIRE(other.has_value());
  Catalogue const rows;
  REQUIRE((*store)->commit(rows.commit()).has_value());
  std::vector<int> found(8);
  std::vector<std::thread> threads;
  for (int& count : found) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        Team team;
        team.id = Id<Team>::generate();
        team.name = "team";
        count += (*store)->commit(commit_of({Insert<Team>{team}})).has_value() &&
                 (*store)->find(FindRequest<InstalledIntegration>{.id = rows.install.id}).has_value();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(found == std::vector<int>(8, 50));
  CHECK((*store)->revision().value() == Revision{401});
  CHECK((*other)->revision().value() == Revision{0});
}

TEST_CASE("any name that a file can have names a store") {
  TemporaryFolder const folder;
  for (std::string const name : {"a b  c.db", "a=b.db", "it's.db", "say \"x\".db", "100%25.db",
                                 "umläut \xF0\x9F\x8C\x8D.db", "db=x timeout=3.db", "a=b c.db", "a=\"b\".db"}) {
    CAPTURE(name);
    std::string decoded = name;
    if (auto const at = decoded.find("%25"); at != std::string::npos) decoded.replace(at, 3, "%");
    auto const store = open_sqlite(folder.file(name));
    REQUIRE(store.has_value());
    CHECK((*store)->commit(Catalogue().commit()).has_value());
    CHECK(std::filesystem::exists(folder.file(decoded)));
  }
}

TEST_CASE("a path that looks like a URI or like memory is a file") {
  TemporaryFolder const folder;
  auto const here = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  bool const opened = open_sqlite("file:x.db%3Fmode=memory").has_value() && open_sqlite(":memory:x").has_value();
  std::filesystem::current_path(here);
  CHECK(opened);
  CHECK(std::filesystem::exists(folder.file("file:x.db?mode=memory")));
  CHECK(std::filesystem::exists(folder.file(":memory:x")));
}

TEST_CASE("while another program holds the write lock, reads work and a commit is unavailable in time") {
  TemporaryFolder const folder;
  auto const store = open_sqlite(folder.file("inlay.db") + "?busy_timeout=200ms");
  REQUIRE(store.has_value());
  Catalogue const rows;
  Shell shell(folder.file("inlay.db"));
  REQUIRE(shell.run("begin immediate") == SQLITE_OK);
  auto const began = std::chrono::steady_clock::now();
  auto const refused = (*store)->commit(rows.commit());
  auto const took = std::chrono::steady_clock::now() - began;
  REQUIRE(refused.has_error());
  CHECK(refused.error().kind == ErrorKind::unavailable);
  CHECK(refused.error().outcome == Outcome::not_done);
  CHECK(took >= std::chrono::milliseconds(150));
  CHECK(took < std::chrono::seconds(3));
  CHECK((*store)->revision().value() == Revision{0});
  REQUIRE(shell.run("commit") == SQLITE_OK);
  CHECK((*store)->commit(rows.commit()).has_value());
}

TEST_CASE("what somebody has spoilt by hand is corrupt, and the error names table and id") {
  TemporaryFolder const folder;
  auto const store = open_sqlite(folder.file("inlay.db"));
  REQUIRE(store.has_value());
  Catalogue const rows;
  REQUIRE((*store)->commit(rows.commit()).has_value());
  Shell shell(folder.file("inlay.db"));
  REQUIRE(shell.run("update inlay_integration set sharing = 'perhaps'") == SQLITE_OK);
  auto const found = (*store)->find(FindRequest<InstalledIntegration>{.id = rows.install.id});
  REQUIRE(found.has_error());
  CHECK(found.error().kind == ErrorKind::corrupt);
  CHECK(found.error().message.find("inlay_integration") != std::string::npos);
  CHECK(found.error().message.find(to_string(rows.integration.id)) != std::string::npos);
  CHECK((*store)->list(Query<OwnedIntegration>{}).error().kind == ErrorKind::corrupt);
  // Another row of the same statement is none the worse for it.
  CHECK((*store)->find(FindRequest<EnvironmentIntegration>{.id = rows.install.id}).has_value());

  REQUIRE(shell.run("update inlay_integration set sharing = 'deny', config = '{\"a\":'") == SQLITE_OK);
  auto const spoilt = (*store)->find(FindRequest<Integration>{.id = rows.integration.id});
  REQUIRE(spoilt.has_value());
  CHECK(spoilt->config.values().error().kind == ErrorKind::corrupt);
}

TEST_CASE("a document that somebody has laid out by hand is exported as inlay writes it, and copied so") {
  TemporaryFolder const folder;
  auto const store = open_sqlite(folder.file("inlay.db")).value();
  Catalogue const rows;
  auto commit = rows.commit();
  std::get<Insert<EnvironmentIntegration>>(commit.changes[3]).row.override = rows.integration.config;
  REQUIRE(store->commit(commit).has_value());
  auto const exported = export_of(*store);
  Shell shell(folder.file("inlay.db"));
  std::string const by_hand = "{\n  \"base_url\": \"https:\\/\\/api.example.com\", \"limit\": 1e0\n}";
  REQUIRE(shell.run("update inlay_integration set config = '" + by_hand + "'") == SQLITE_OK);
  REQUIRE(shell.run("update inlay_environment_integration set override = '" + by_hand + "'") == SQLITE_OK);
  // The row before a change has the documents as they were found.
  REQUIRE(shell.run("update inlay_change set after = replace(after, '\"override\":{', '\"override\":\n{')") ==
          SQLITE_OK);
  REQUIRE(shell.one("select sum(after like '%' || char(10) || '%') from inlay_change") == "1");
  CHECK(export_of(*store) == exported);

  std::istringstream file(export_of(*store));
  auto const imported = open_sqlite(folder.file("imported.db")).value();
  CHECK(imported
            ->restore({.fill = [&](RecordSink const& sink) { return storage::read_lines({.in = file, .sink = sink}); }})
            .has_value());
  auto const copy = open_sqlite(folder.file("copy.db")).value();
  CHECK(copy->restore({.fill = [&](RecordSink const& sink) { return store->dump({.sink = sink}); }}).has_value());
  CHECK(export_of(*imported) == exported);
  CHECK(export_of(*copy) == exported);
  CHECK(Shell(folder.file("copy.db")).one("select config from inlay_integration") == rows.integration.config.text());
}

TEST_CASE("a store with what no import would take, after somebody's edit, is neither exported nor copied") {
  Catalogue const rows;
  std::string const integration = to_string(rows.integration.id);
  std::string const install = to_string(rows.install.id);
  struct Case {
    std::string edit;
    std::string table;
    std::string id;
    std::string says;
  };
  for (auto const& [edit, table, id, says] : std::vector<Case>{
           {"integration set config = '{broken'", "integration", integration, "its config is not a JSON object"},
           {"integration set config = ''", "integration", integration, "its config is not a JSON object"},
           {"integration set config = '{\"a\":1,\"a\":2}'", "integration", integration, "another member"},
           {"environment_integration set override = '[1]'", "environment_integration", install, "its override"},
           {"integration set name = ''", "integration", integration, "name"},
           {"integration set name = cast(x'ff' as text)", "integration", integration, "name"},
           {"integration set version = 9223372036854775807", "integration", integration, "version must be at most"},
           {"integration set revision = 9", "integration", integration, "revision"},
           {"integration set updated_at = 253402300800000000", "integration", integration, "years 0000 to 9999"},
           {"change set after = '{broken' where entity = 'integration'", "change", integration,
            "the row after revision 1 is not a JSON object"},
           {"change set before = '[]' where entity = 'integration'", "change", integration, "the row before"},
           {"change set entity = 'integrations' where entity = 'integration'", "commit", "", "no entity"},
           {"commit set time = 253402300800000000", "commit", "", "years 0000 to 9999"},
           {"commit set actor = cast(x'ff' as text)", "commit", "", "actor must be UTF-8"},
           {"commit set reason = cast(x'ff' as text)", "commit", "", "reason must be UTF-8"},
       }) {
    CAPTURE(edit);
    TemporaryFolder const folder;
    auto const store = open_sqlite(folder.file("inlay.db")).value();
    REQUIRE(store->commit(rows.commit()).has_value());
    REQUIRE(Shell(folder.file("inlay.db")).run("update inlay_" + edit) == SQLITE_OK);
    auto const fault = export_of(*store);
    CHECK_THAT(fault, Catch::Matchers::StartsWith("corrupt the row " + id));
    CHECK_THAT(fault, Catch::Matchers::Contains("of table inlay_" + table + " is not"));
    CHECK_THAT(fault, Catch::Matchers::Contains(says));
    auto const copy = open_sqlite(":memory:").value();
    auto const copied = copy->restore({.fill = [&](RecordSink const& sink) { return store->dump({.sink = sink}); }});
    REQUIRE(copied.has_error());
    CHECK(copied.error().kind == ErrorKind::corrupt);
    CHECK(copy->revision().value() == Revision{});
  }
}

TEST_CASE("rows of one page share the document of the integration they have in common") {
  auto const store = open_sqlite(":memory:");
  REQUIRE(store.has_value());
  Catalogue const rows;
  REQUIRE((*store)->commit(rows.commit()).has_value());
  std::vector<Change> more;
  for (int i = 0; i < 5; ++i) {
    Environment environment = rows.environment;
    environment.id = Id<Environment>::generate();
    environment.name = "e" + std::to_string(i);
    EnvironmentIntegration install = rows.install;
    install.id = Id<EnvironmentIntegration>::generate();
    install.environment_id = environment.id;
    more.insert(more.end(), {Insert<Environment>{environment}, Insert<EnvironmentIntegration>{install}});
  }
  REQUIRE((*store)->commit(commit_of(more)).has_value());
  auto const page = (*store)->list(Query<InstalledIntegration>{});
  REQUIRE(page.has_value());
  REQUIRE(page->items.size() == 6);
  for (auto const& item : page->items) {
    CHECK(item.integration.config.text().data() == page->items.front().integration.config.text().data());
    CHECK(item.integration.config == rows.integration.config);
  }
}

TEST_CASE("a filter on the integration gives the same pages whichever way they are read") {
  auto const store = open_sqlite(":memory:");
  REQUIRE(store.has_value());
  Catalogue const rows;
  REQUIRE((*store)->commit(commit_of({Insert<Team>{rows.team}})).has_value());
  // 30 integrations "common" with 1,200 installs come first, then 70 "late" ones with one each: too many to be probed
  // at once, and too far away to be walked to. "rare" are two, "unused" has no install.
  std::vector<Integration> integrations;
  std::vector<Environment> environments;
  std::vector<Change> changes;
  for (int i = 0; i < 103; ++i) {
    Integration& integration = integrations.emplace_back(rows.integration);
    integration.id = Id<Integration>::generate();
    integration.name = "integration " + std::to_string(i);
    integration.category = i < 30 ? "common" : i < 100 ? "late" : i < 102 ? "rare" : "unused";
    changes.emplace_back(Insert<Integration>{integration});
  }
  for (int i = 0; i < 40; ++i) {
    Environment& environment = environments.emplace_back(rows.environment);
    environment.id = Id<Environment>::generate();
    environment.name = "environment " + std::to_string(i);
    changes.emplace_back(Insert<Environment>{environment});
  }
  auto const install = [&](std::size_t integration, std::size_t environment) {
    EnvironmentIntegration row = rows.install;
    row.id = Id<EnvironmentIntegration>::generate();
    row.integration_id = integrations[integration].id;
    row.environment_id = environments[environment].id;
    row.is_enabled = (integration + environment) % 3 != 0;
    changes.emplace_back(Insert<EnvironmentIntegration>{row});
  };
  for (std::size_t i = 0; i < 1'200; ++i) install(i % 30, i / 30);
  Commit early = commit_of(std::exchange(changes, {}));
  early.time = Timestamp{1'000};
  REQUIRE((*store)->commit(early).has_value());
  for (std::size_t i = 30; i < 100; ++i) install(i, i % 40);
  for (std::size_t i = 0; i < 60; ++i) install(100 + i % 2, i / 2);
  Commit late = commit_of(std::exchange(changes, {}));
  late.time = Timestamp{2'000};
  REQUIRE((*store)->commit(late).has_value());

  auto const all_pages = [&](Query<InstalledIntegration> query) {
    std::vector<InstalledIntegration> found;
    while (true) {
      auto const page = (*store)->list(query).value();
      CHECK(page.revision == Revision{3});
      found.insert(found.end(), page.items.begin(), page.items.end());
      if (!page.next) return found;
      CHECK(page.items.size() == query.limit);
      query.after = page.next;
    }
  };
  auto const everything = all_pages({.limit = 1'000});
  REQUIRE(everything.size() == 1'330);
  for (std::string const category : {"common", "late", "rare", "unused"}) {
    for (bool const is_enabled_only : {false, true}) {
      CAPTURE(category, is_enabled_only);
      std::vector<InstalledIntegration> expected;
      std::copy_if(everything.begin(), everything.end(), std::back_inserter(expected), [&](auto const& item) {
        return item.integration.category == category && (item.install.is_enabled || !is_enabled_only);
      });
      Query<InstalledIntegration> query{.where = {{"integration.category", Operator::eq, {category}}}, .limit = 25};
      if (is_enabled_only) query.scope = Scope::where({"is_enabled", Operator::eq, {true}});
      CHECK((all_pages(query) == expected));
      query.limit = 1'000;
      CHECK((all_pages(query) == expected));
      // Several names of the same kind of filter, so that many integrations are named without a category.
      query.where = {{"integration.category", Operator::ne, {std::string("none")}},
                     {"integration.category", Operator::in, {category, std::string("nothing")}}};
      CHECK((all_pages(query) == expected));
    }
  }
}

TEST_CASE("a store that is opened to be read gives what others write, and takes nothing") {
  TemporaryFolder const folder;
  std::string const file = folder.file("inlay.db");
  Catalogue const rows;
  auto const writer = open_sqlite(file).value();
  REQUIRE(writer->commit(rows.commit()).has_value());
  auto const reader = open_sqlite(file + GENERATE("?mode=ro", "?mode=ro&migrate=off&immutable=off")).value();
  CHECK(reader->revision().value() == Revision{1});
  CHECK(reader->find(FindRequest<InstalledIntegration>{.id = rows.install.id}).value().integration.name == "zendesk");
  REQUIRE(
      writer->commit(commit_of({Update<Team>{writer->find(FindRequest<Team>{.id = rows.team.id}).value(), rows.team}}))
          .has_value());
  CHECK(reader->changes({}).value().commits.size() == 2);
  CHECK(export_of(*reader) == export_of(*writer));

  auto const refuses = [](auto const& result) {
    REQUIRE(result.has_error());
    CHECK(result.error().kind == ErrorKind::unavailable);
    CHECK(result.error().outcome == Outcome::not_done);
    CHECK_THAT(result.error().message, Catch::Matchers::Contains("mode=ro"));
  };
  refuses(reader->commit(Catalogue().commit()));
  refuses(reader->compact({.through = Revision{1}}));
  refuses(
      reader->restore({.fill = [&](RecordSink const& sink) { return writer->dump({.sink = sink}); }, .replace = true}));
  CHECK(writer->revision().value() == Revision{2});
}

TEST_CASE("a table whose column somebody has renamed is an error, and not a table full of its name") {
  TemporaryFolder const folder;
  auto const store = open_sqlite(folder.file("inlay.db")).value();
  Catalogue const rows;
  REQUIRE(store->commit(rows.commit()).has_value());
  Shell shell(folder.file("inlay.db"));
  REQUIRE(shell.run("alter table inlay_counter rename column compacted_through to other") == SQLITE_OK);
  CHECK(store->compact({.through = Revision{1}}).has_error());
  REQUIRE(shell.run("alter table inlay_counter rename column revision to theirs") == SQLITE_OK);
  CHECK(store->revision().has_error());
}

TEST_CASE("no wait behind another program takes longer than a few busy timeouts") {
  using std::chrono::steady_clock;
  TemporaryFolder const folder;
  constexpr std::chrono::milliseconds timeout(300);
  auto const in_time = [&](auto&& call) {
    auto const began = steady_clock::now();
    auto const result = call();
    auto const took = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began);
    CAPTURE(took.count());
    REQUIRE(result.has_error());
    CHECK(result.error().kind == ErrorKind::unavailable);
    CHECK(result.error().outcome == Outcome::not_done);
    CHECK(took >= timeout / 2);
    CHECK(took <= 3 * timeout + std::chrono::seconds(1));
  };
  std::string const query = "?busy_timeout=300ms";
  std::string const file = folder.file("inlay.db");
  {
    auto const store = open_sqlite(file + query).value();
    REQUIRE(store->commit(Catalogue().commit()).has_value());
    Shell shell(file);
    REQUIRE(shell.run("begin immediate") == SQLITE_OK);
    in_time([&] { return store->commit(Catalogue().commit()); });
    in_time([&] { return store->compact({.through = Revision{1}}); });
    in_time([&] {
      return store->restore(
          {.fill = [&](RecordSink const& sink) { return store->dump({.sink = sink}); }, .replace = true});
    });
    in_time([&] { return open_sqlite(file + query + "&table_prefix=other_"); });
  }
  {
    Shell shell(file);  // which now lets nobody else read
    REQUIRE(shell.run("pragma locking_mode = exclusive; begin immediate; update inlay_counter set revision = revision;"
                      "commit") == SQLITE_OK);
    in_time([&] { return open_sqlite(file + query); });
    in_time([&] { return open_sqlite(file + query + "&mode=ro"); });
  }
  { REQUIRE(Shell(file).one("pragma journal_mode = delete") == "delete"); }
  auto const reader = open_sqlite(file + query + "&mode=ro").value();
  REQUIRE(reader->revision().has_value());
  Shell shell(file);
  REQUIRE(shell.run("begin exclusive") == SQLITE_OK);
  in_time([&] { return reader->revision(); });
  in_time([&] { return reader->list(Query<Team>{}); });
  in_time([&] { return reader->changes({}); });
  in_time([&] { return reader->dump({.sink = [](StoreRecord const&) { return Result<void>(); }}); });
  in_time([&] { return open_sqlite(file + query); });  // which would switch it to WAL
}
