// SPDX-License-Identifier: BSL-1.0
// Commits that wait for each other, and so are done together: what becomes of each.
#include <inlay/storage/verify.hpp>

#include <support/catch.hpp>
#include <support/server.hpp>
#include <support/sqlite.hpp>
#include <support/temporary_folder.hpp>
#include "behind_proxy.hpp"

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace inlay;
using support::Behind;
using support::commit_of;
using support::Engine;
using support::Fault;
using support::new_environment;
using support::new_team;
using support::open_server;
using support::ServerShell;
using namespace std::chrono_literals;

namespace {

enum class On { sqlite, postgresql, pgbouncer };

/** A store whose counter can be held, so that commits come to wait for each other. */
class Store {
 public:
  explicit Store(On on) {
    if (on == On::sqlite) {
      file_ = std::make_unique<support::TemporaryFolder>();
      repository = support::open_sqlite(file_->file("inlay.db")).value();
      sqlite_ = std::make_unique<support::Shell>(file_->file("inlay.db"));
    } else {
      std::string const url = support::server_url(Engine::postgresql);
      char const* const pooler = std::getenv("INLAY_TEST_PGBOUNCER_URL");
      bool const is_pooled = on == On::pgbouncer && pooler;
      std::string const through = is_pooled ? std::string(pooler) + '&' : url + '?';
      repository = open_server(through + "table_prefix=" + prefix).value();
      server_ = std::make_unique<ServerShell>(url);
    }
  }

  void hold() {
    if (sqlite_) {
      REQUIRE(sqlite_->run("begin immediate") == SQLITE_OK);
    } else {
      server_->run("begin");
      server_->run("select revision from " + prefix + "counter for update");
    }
  }
  void let_go() { sqlite_ ? static_cast<void>(sqlite_->run("commit")) : static_cast<void>(server_->run("commit")); }

  /** How many transactions have made the commits that have not been compacted; nothing where it can't be told. */
  [[nodiscard]] std::optional<long long> transactions() {
    if (sqlite_) return std::nullopt;
    return server_->number("select count(distinct cast(xmin as text)) from " + prefix + "commit");
  }

  [[nodiscard]] ServerShell& server() { return *server_; }

  std::string prefix = support::new_prefix();
  std::shared_ptr<Repository> repository;

 private:
  std::unique_ptr<support::TemporaryFolder> file_;
  std::unique_ptr<support::Shell> sqlite_;
  std::unique_ptr<ServerShell> server_;
};

/** All at once, in this order, so that all but the first wait while that one does. */
std::vector<Result<Committed>> commit_together(Repository& repository, std::vector<Commit> const& commits,
                                               std::function<void()> const& when_all_wait) {
  std::vector<Result<Committed>> results(commits.size(), Result<Committed>(Committed{}));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < commits.size(); ++i) {
    threads.emplace_back([&, i] { results[i] = repository.commit(commits[i]); });
    std::this_thread::sleep_for(i == 0 ? 100ms : 5ms);
  }
  std::this_thread::sleep_for(100ms);
  when_all_wait();
  for (auto& thread : threads) thread.join();
  return results;
}

std::vector<Result<Committed>> commit_together(Store& store, std::vector<Commit> const& commits) {
  store.hold();
  return commit_together(*store.repository, commits, [&] { store.let_go(); });
}

std::map<Uuid, CommitRecord> log_of(Repository const& repository) {
  std::map<Uuid, CommitRecord> log;
  std::int64_t last = 0;
  for (Revision after{};;) {
    auto const page = repository.changes({.after = after, .limit = 1'000}).value();
    for (auto const& commit : page.commits) {
      CHECK(commit.revision.value == ++last);
      CHECK(log.emplace(commit.token, commit).second);
    }
    after = page.through;
    if (!page.has_more) break;
  }
  CHECK(repository.revision().value().value == last);
  auto const verified = storage::verify_log(repository);
  INFO((verified.has_error() ? to_string(verified.error()) : "the chain is whole"));
  CHECK(verified.has_value());
  return log;
}

Commit first() { return commit_of({Insert<Team>{new_team("first")}}); }

template <class Entity>
Commit renaming(Entity const& before, std::string name, std::vector<AnyGuard> guards = {}) {
  Entity after = before;
  after.name = std::move(name);
  Commit commit = commit_of({Update<Entity>{before, after}});
  commit.guards = std::move(guards);
  return commit;
}

template <class Entity>
Entity stored(Store& store, Entity const& row) {
  return store.repository->find(FindRequest<Entity>{.id = row.id}).value();
}

}  // namespace

TEST_CASE("commits that wait for each other are one transaction, in which each keeps what is its own") {
  Store store(GENERATE(On::sqlite, On::postgresql, On::pgbouncer));
  std::vector<Commit> commits{first()};
  for (int i = 1; i <= 12; ++i) {
    Commit commit = commit_of({Insert<Team>{new_team(std::to_string(i))}});
    commit.actor = "actor " + std::to_string(i);
    if (i % 2 == 0) commit.reason = "reason " + std::to_string(i);
    commit.time = Timestamp{1'700'000'000'000'000 + i};
    commits.push_back(commit);
  }
  auto const results = commit_together(store, commits);
  auto const log = log_of(*store.repository);
  REQUIRE(log.size() == commits.size());
  for (std::size_t i = 0; i < commits.size(); ++i) {
    CAPTURE(i);
    REQUIRE(results[i].has_value());
    auto const& logged = log.at(commits[i].token);
    CHECK(logged.revision == results[i]->revision);
    CHECK(logged.actor == commits[i].actor);
    CHECK(logged.reason == commits[i].reason);
    CHECK(logged.time == commits[i].time);
    CHECK(logged.changes.size() == 1);
  }
  if (auto const transactions = store.transactions()) CHECK(*transactions <= 3);
}

TEST_CASE("of commits that collide in a group each has the end that it would have alone, and the others stand") {
  Store store(GENERATE(On::sqlite, On::postgresql, On::pgbouncer));
  auto const team = new_team("team");
  auto const guarded = new_team("guarded");
  auto const parent = new_team("parent");
  auto const named = new_environment(team, "named");
  auto const renamed = new_environment(team, "renamed");
  auto const stale = new_team("stale");
  REQUIRE(store.repository
              ->commit(commit_of({Insert<Team>{team}, Insert<Team>{guarded}, Insert<Team>{parent}, Insert<Team>{stale},
                                  Insert<Environment>{named}, Insert<Environment>{renamed}}))
              .has_value());
  Team const old = stored(store, stale);
  REQUIRE(store.repository->commit(renaming(old, "newer")).has_value());

  struct Pair {
    std::string why;
    Commit one;
    Commit other;
    std::string pointer_of_refusal;
  };
  Commit twice = commit_of({Insert<Team>{new_team("twice")}});
  Commit again = commit_of({Insert<Team>{new_team("again")}});
  again.token = twice.token;
  Team const before = stored(store, team);
  std::vector<Pair> pairs;
  pairs.push_back({"row", renaming(before, "one"), renaming(before, "other"), {}});
  pairs.push_back({"guard", renaming(stored(store, guarded), "one"), commit_of({Insert<Team>{new_team()}}), {}});
  pairs.back().other.guards.emplace_back(Guard<Team>(stored(store, guarded)));
  pairs.push_back({"reference",
                   commit_of({Remove<Team>{stored(store, parent)}}),
                   commit_of({Insert<Environment>{new_environment(parent, "e")}}),
                   {}});
  pairs.push_back({"name", renaming(stored(store, named), "taken"), renaming(stored(store, renamed), "taken"), {}});
  pairs.push_back({"token", twice, again, "/token"});

  std::vector<Commit> commits{first()};
  for (auto const& pair : pairs) commits.push_back(pair.one);
  commits.push_back(renaming(old, "too late"));
  commits.push_back(commit_of({Insert<Environment>{new_environment(new_team("nobody"), "e")}}));
  for (auto const& pair : pairs) commits.push_back(pair.other);
  for (int i = 0; i < 5; ++i) commits.push_back(commit_of({Insert<Team>{new_team("stands")}}));

  auto const results = commit_together(store, commits);
  std::size_t const count = pairs.size();
  for (std::size_t i = 0; i < count; ++i) {
    CAPTURE(pairs[i].why);
    auto const& one = results[1 + i];
    auto const& other = results[1 + count + 2 + i];
    CHECK(one.has_value() != other.has_value());
    Error const error = one.has_error() ? one.error() : other.error();
    CAPTURE(to_string(error));
    CHECK(std::set{ErrorKind::conflict, ErrorKind::in_use, ErrorKind::already_exists, ErrorKind::not_found}.contains(
        error.kind));
    if (!pairs[i].pointer_of_refusal.empty()) CHECK(error.pointer == pairs[i].pointer_of_refusal);
  }
  CHECK(results[1 + count].has_error());
  CHECK(results[1 + count].error().kind == ErrorKind::conflict);
  CHECK(results[2 + count].has_error());
  CHECK(results.front().has_value());
  for (std::size_t i = commits.size() - 5; i < commits.size(); ++i) CHECK(results[i].has_value());

  // Numbers are dense, and are those that were told.
  auto const log = log_of(*store.repository);
  std::size_t done = 2;
  for (std::size_t i = 0; i < commits.size(); ++i) {
    if (results[i].has_error()) continue;
    ++done;
    CHECK(log.at(commits[i].token).revision == results[i]->revision);
  }
  CHECK(log.size() == done);
}

TEST_CASE("a group in which one can't be done, by its row or at the end, leaves that one out") {
  bool const is_deferred = GENERATE(false, true);
  CAPTURE(is_deferred);
  Store store(On::postgresql);
  std::vector<Commit> commits{first()};
  for (int i = 1; i <= 9; ++i) commits.push_back(commit_of({Insert<Team>{new_team(i == 6 ? "refuse me" : "take me")}}));
  std::string const function = store.prefix + "refuse";
  store.server().run("create function " + function +
                     "() returns trigger language plpgsql as $$ begin if new.name = 'refuse me' then raise exception "
                     "'no'; end if; return new; end $$");
  store.server().run((is_deferred ? "create constraint trigger " : "create trigger ") + store.prefix +
                     "t after insert on " + store.prefix + "team " +
                     (is_deferred ? "deferrable initially deferred " : "") + "for each row execute function " +
                     function + "()");
  auto const results = commit_together(store, commits);
  store.server().run("drop function " + function + " cascade");
  auto const log = log_of(*store.repository);
  CHECK(log.size() == commits.size() - 1);
  for (std::size_t i = 0; i < commits.size(); ++i) {
    CAPTURE(i);
    CHECK(results[i].has_value() == (i != 6));
    CHECK(log.contains(commits[i].token) == (i != 6));
  }
}

TEST_CASE("a group whose connection breaks at any of its requests is done once, and so each of it is told") {
  auto const fault = GENERATE(Fault::cut, Fault::lose_reply, Fault::cut_reply);
  auto const engine = Engine::postgresql;
  CAPTURE(fault);
  Behind behind(engine, "pool_size=8&lease_timeout=5s");
  int broken = 0;
  for (int skipped = 0, strikes = 1; strikes > 0 && skipped < 20; ++skipped) {
    CAPTURE(skipped);
    std::vector<Commit> commits{first()};
    for (int i = 0; i < 24; ++i) commits.push_back(commit_of({Insert<Team>{new_team(std::string(200, 'x'))}}));
    behind.shell.run("begin");
    behind.shell.run("select revision from " + behind.prefix + "counter for update");
    int requests = 0;
    auto const results = commit_together(*behind.store, commits, [&] {
      behind.proxy.arm({.when = [&](support::Request const&) { return ++requests > skipped; }, .fault = fault});
      behind.shell.run("commit");
    });
    strikes = behind.proxy.strikes();
    behind.proxy.disarm();
    broken += strikes;
    for (std::size_t i = 0; i < commits.size(); ++i) {
      CAPTURE(i);
      INFO((results[i].has_error() ? to_string(results[i].error()) : "committed"));
      CHECK(results[i].has_value());
      CHECK(behind.commits(commits[i]) == 1);
    }
  }
  CHECK(broken >= 1);
  auto const log = log_of(*behind.direct);
  CHECK(log.size() > 7);
}
