// SPDX-License-Identifier: BSL-1.0
// Stores as inlay 0.1 has left them, whose rows have no births.
#include <support/catch.hpp>
#include <support/server.hpp>
#include <support/sqlite.hpp>
#include <support/stores.hpp>
#include <support/temporary_folder.hpp>

#include <inlay/catalog.hpp>
#include <inlay/storage/verify.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace inlay;
using namespace inlay::test;

namespace {

/** One store, and a way to it past the library. */
class OlderStore {
 public:
  explicit OlderStore(std::string url) : url_(std::move(url)), scheme_(scheme_of(url_)) {
    auto const name = url_.find("table_prefix=");
    if (name != std::string::npos) prefix_ = url_.substr(name + 13);
  }

  [[nodiscard]] std::shared_ptr<Repository> open() const { return all_backends().open(url_).value(); }

  /** @throws std::runtime_error */
  void run(std::string const& sql) const {
    if (scheme_ != "sqlite") {
      support::ServerShell(url_).run(sql);
    } else if (support::Shell shell(url_.substr(7)); shell.run(sql) != 0) {
      throw std::runtime_error("refused: " + sql);
    }
  }

  /** A name of ours as this database quotes it. */
  [[nodiscard]] std::string quoted(std::string const& name) const {
    return scheme_ == "mysql" ? '`' + name + '`' : '"' + name + '"';
  }
  [[nodiscard]] std::string table(std::string const& name) const { return quoted(prefix_ + name); }
  [[nodiscard]] std::string const& scheme() const { return scheme_; }

  void forget_migration() const { run("delete from " + table("migration") + " where number = 2"); }

  /** Takes the births away, from the log too. */
  void make_older() const {
    for (char const* const name : {"team", "environment", "integration", "environment_integration", "grant"}) {
      if (scheme_ == "sqlite") run("drop trigger " + quoted(prefix_ + name + "_birth"));
      run("alter table " + table(name) + " drop column birth");
    }
    if (scheme_ == "sqlite") run("drop trigger " + quoted(prefix_ + "commit_moment"));
    drop_index("commit_moment", "commit");
    drop_index("install_revision", "environment_integration");
    for (char const* const column : {"moment", "chain"})
      run("alter table " + table("commit") + " drop column " + column);
    for (char const* const column :
         {"store_id", "token", "moment", "chain", "compacted_token", "compacted_moment", "compacted_chain"}) {
      run("alter table " + table("counter") + " drop column " + column);
    }
    run("alter table " + table("environment_integration") + " drop column ended");
    if (scheme_ == "sqlite") {
      drop_index("integration_bytes", "integration");
      drop_index("install_bytes", "environment_integration");
    }
    drop_index("change_team", "change");
    for (char const* const name : {"integration", "environment_integration"}) {
      run("alter table " + table(name) + " drop column document_bytes");
    }
    for (char const* const column : {"team_id", "time", "bytes"}) {
      run("alter table " + table("change") + " drop column " + quoted(column));
    }
    for (std::string const& column : {quoted("before"), quoted("after")}) {
      std::string const without = scheme_ == "postgresql" ? "(" + column + "::jsonb - 'birth')::text"
                                                          : "json_remove(" + column + ", '$.birth')";
      run("update " + table("change") + " set " + column + " = " + without + " where " + column + " is not null");
    }
    forget_migration();
  }

 private:
  void drop_index(std::string const& name, std::string const& of) const {
    run("drop index " + quoted(prefix_ + name) + (scheme_ == "mysql" ? " on " + table(of) : ""));
  }

  std::string url_;
  std::string scheme_;
  std::string prefix_ = "inlay_";
};

/** Checks every row of a store. */
template <class Check>
void for_each_row(Repository const& store, Check const& check) {
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    Query<Entity> query{.limit = 1'000};
    do {
      auto const page = store.list(query).value();
      for (Entity const& row : page.items) check(row);
      query.after = page.next;
    } while (query.after);
  });
}

}  // namespace

TEST_CASE("rows of a store from before there were births get those that their exports and logs are read with") {
  support::TemporaryFolder const folder;
  std::vector<std::string> urls = new_server_urls();
  urls.push_back("sqlite:" + folder.file("older.db"));
  for (std::string const& url : urls) {
    CAPTURE(test::scheme_of(url));
    OlderStore const older(url);
    support::Catalogue rows;
    rows.install.override = Document::parse("{\"name\":\"\xC3\xA9\"}").value();  // more bytes than characters
    std::size_t count = 0;
    {
      auto const store = older.open();
      REQUIRE(store->commit(rows.commit()).has_value());
      std::vector<Change> teams;
      for (int i = 0; i < 450; ++i) {  // more than one step of the migration takes
        teams.emplace_back(Insert<Team>{Team{.id = Id<Team>::generate(), .name = std::to_string(i)}});
      }
      REQUIRE(store->commit(support::commit_of(std::move(teams))).has_value());
      Id<Team> const other = store->list(Query<Team>{.limit = 2}).value().items.back().id;
      Catalog(store).update(rows.integration.id, {.sharing = Sharing::ask}).value();
      Catalog(store).ask_for(rows.integration.id, other).value();
    }
    older.make_older();

    auto const store = older.open();
    for_each_row(*store, [&](auto const& row) {
      ++count;
      REQUIRE(row.birth == birth_of_older_row(row.id.uuid, row.created_at));
    });
    CHECK(count == 455);

    // What was logged before is nobody's; what the rows have is known.
    Usage const has = store->usage({.team = rows.team.id}).value();
    CHECK(has.rows == 3);
    CHECK(has.bytes == rows.integration.config.text().size() + rows.install.override->text().size());
    CHECK(has.bytes_logged == 0);

    // They are rows like any others, to their owner too, whose history begins before there were births.
    Catalog const owner = Catalog(store).as({.actor = "owner", .team = rows.team.id});
    auto const install = owner.get(rows.install.id).value().install;
    CHECK(owner.update(install.id, {.is_enabled = false}, {.expected_version = RowVersion::of(install)}).has_value());
    ChangesRequest const request{
        .row = ChangesRequest::Row{std::string(EnvironmentIntegration::entity_name), install.id.uuid}};
    auto const history = owner.changes(request).value();
    REQUIRE(history.commits.size() == 2);
    CHECK(history.commits[0].changes.at(0).after->text().find("birth") == std::string::npos);
    CHECK(history.commits[1].changes.at(0).after->text().find(to_string(install.birth)) != std::string::npos);

    // A process of 0.1 that still runs can make none without one.
    std::string const id = to_string(generate_uuid());
    CHECK_THROWS_AS(older.run("insert into " + older.table("environment") +
                              " (id, team_id, name, version, revision, created_at, updated_at) values ('" + id +
                              "', '" + to_string(rows.team.id) + "', 'older', 1, 1, 0, 0)"),
                    std::runtime_error);
    CHECK(store->find(FindRequest<Environment>{.id = Id<Environment>::parse(id).value()}).has_error());

    // Somebody who takes an id is somebody else.
    owner.uninstall(install.id).value();
    CHECK(owner.install(install).value().resource.install.birth != install.birth);
    CHECK(owner.changes(request).value().commits.size() == 1);
  }
}

TEST_CASE("a log from before there were moments and a chain gets them, and what is there again the same") {
  support::TemporaryFolder const folder;
  std::vector<std::string> urls = new_server_urls();
  urls.push_back("sqlite:" + folder.file("older.db"));
  for (std::string const& url : urls) {
    CAPTURE(test::scheme_of(url));
    OlderStore const older(url);
    constexpr std::int64_t count = 450;  // more commits than one step of the migration takes
    {
      auto const store = older.open();
      for (std::int64_t i = 0; i < count; ++i) {
        Commit commit = support::commit_of({Insert<Team>{Team{.id = Id<Team>::generate(), .name = "a"}}});
        // Clocks went back, stood still, and were years ahead.
        commit.time = {i == 300 ? 7'000'000'000'000'000 : i % 3 == 0 ? -5 : 1'000 + i};
        REQUIRE(store->commit(commit).has_value());
      }
      REQUIRE(store->compact({.through = Revision{20}}).has_value());
    }
    older.make_older();

    auto const check = [&] {
      auto const store = older.open();
      REQUIRE(storage::verify_log(*store).value().commits == count - 20);
      StoreState const state = store->state().value();
      CHECK(state.compacted.moment == Timestamp{1'019});  // of the twentieth, revision 20
      CHECK(state.compacted.chain == Digest{});
      auto const log = store->changes({.after = {20}, .limit = 1'000}).value().commits;
      for (std::size_t i = 0; i + 1 < log.size(); ++i) REQUIRE(log[i].moment < log[i + 1].moment);
      CHECK(log.at(0).time == Timestamp{1'020});
      CHECK(log.at(0).moment == Timestamp{1'020});
      CHECK(log.at(1).time == Timestamp{-5});
      CHECK(log.at(1).moment == Timestamp{1'021});
      CHECK(log.back().moment.microseconds == 7'000'000'000'000'000 + count - 301);
      return state;
    };
    StoreState const state = check();
    // Once more, as after a migration that ended before it was recorded.
    if (test::scheme_of(url) != "mysql") continue;  // elsewhere it is undone
    older.run("update " + older.table("commit") + " set moment = 0, chain = null where revision > 200");
    older.run("update " + older.table("counter") + " set chain = null");
    older.forget_migration();
    StoreState const again = check();
    CHECK(again.newest == state.newest);
    CHECK(again.compacted == state.compacted);
  }
}

TEST_CASE("a migration that ended half-way goes on where each of its steps is done at once") {
  for (std::string const& url : new_server_urls()) {
    if (test::scheme_of(url) != "mysql") continue;  // elsewhere it is undone
    OlderStore const older(url);
    support::Catalogue const rows;
    REQUIRE(older.open()->commit(rows.commit()).has_value());
    older.make_older();
    static_cast<void>(older.open());
    Birth const birth = older.open()->find(FindRequest<Team>{.id = rows.team.id}).value().birth;
    for (std::string const& done : {"alter table " + older.table("grant") + " drop column birth",
                                    "update " + older.table("team") + " set birth = 0"}) {
      older.run(done);
      older.forget_migration();
      CHECK(older.open()->find(FindRequest<Team>{.id = rows.team.id}).value().birth == birth);
    }
  }
}
