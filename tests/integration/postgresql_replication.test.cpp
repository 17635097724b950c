// SPDX-License-Identifier: BSL-1.0
// Commits that wait for a synchronous standby which does not answer.
#include <support/catch.hpp>
#include <support/private_server.hpp>
#include "behind_proxy.hpp"

#include <chrono>
#include <future>
#include <string>
#include <thread>

using namespace inlay;
using support::commit_of;
using support::Engine;
using support::new_commit;
using support::new_team;
using support::open_server;
using support::ServerShell;
using namespace std::chrono_literals;

namespace {

/** A server whose commits wait for a standby that there is not, when they are told to; the shell's own never do. */
struct Primary {
  support::PrivateServer server{Engine::postgresql};
  ServerShell shell{server.url()};

  Primary() { shell.run("set synchronous_commit = local"); }

  /** How many commits wait. */
  [[nodiscard]] long long waiting() {
    return shell.number("select count(*) from pg_stat_activity where wait_event = 'SyncRep'");
  }

  /** Calls `function` of each session that waits, once there is one. */
  void for_each_that_waits(std::string const& function) {
    while (waiting() == 0) std::this_thread::sleep_for(1ms);
    shell.run("select " + function + "(pid) from pg_stat_activity where wait_event = 'SyncRep'");
  }

  void set_standby(std::string const& name) {
    shell.run("alter system set synchronous_standby_names = '" + name + "'");
    shell.run("select pg_reload_conf()");
  }

  /** Returns when every commit waits from here on: a server comes to its settings when it has the time. */
  void miss_standby() {
    set_standby("nobody");
    while (true) {
      auto commit = std::async(std::launch::async, [&] {
        ServerShell(server.url()).run("select pg_logical_emit_message(true, 'inlay', 'do they wait?')");
      });
      while (commit.wait_for(1ms) != std::future_status::ready) {
        if (waiting() == 0) continue;
        for_each_that_waits("pg_cancel_backend");
        return;
      }
    }
  }
};

}  // namespace

TEST_CASE("a commit whose wait for a synchronous standby is ended has an unknown outcome") {
  Primary primary;
  std::string const function = GENERATE("pg_cancel_backend", "pg_terminate_backend");
  bool const is_one_statement = GENERATE(true, false);
  std::string const prepared = GENERATE("on", "off");
  CAPTURE(function, is_one_statement, prepared);
  // A role may have them say nothing; they are asked to all the same.
  bool const is_quiet = function == "pg_cancel_backend";
  primary.shell.run(std::string("alter role current_user set client_min_messages = ") +
                    (is_quiet ? "error" : "notice"));
  std::string const prefix = support::new_prefix();
  auto const store = open_server(primary.server.url() + "?prepared=" + prepared + "&table_prefix=" + prefix).value();
  REQUIRE(store->commit(new_commit(is_one_statement)).has_value());

  primary.miss_standby();
  Commit const commit = new_commit(is_one_statement);
  auto committing = std::async(std::launch::async, [&] { return store->commit(commit); });
  primary.for_each_that_waits(function);
  auto const committed = committing.get();
  INFO((committed ? "committed" : to_string(committed.error())));
  CHECK(support::is_unknown(committed));
  // It is there, on this server.
  CHECK(primary.shell.number("select count(*) from " + prefix + "commit where token = '" + to_string(commit.token) +
                             "'") == 1);

  primary.set_standby("");
  auto const again = store->commit(new_commit(is_one_statement));
  INFO((again ? "committed" : to_string(again.error())));
  CHECK(again.has_value());
}

TEST_CASE("a token that is found while a standby does not answer does not settle a commit") {
  Primary primary;
  bool const is_one_statement = GENERATE(true, false);
  CAPTURE(is_one_statement);
  // Made with commits that wait for nobody.
  support::Behind behind(Engine::postgresql, primary.server.url(), "pool_size=1&lease_timeout=3s", false);
  Commit const commit = new_commit(is_one_statement);
  std::promise<void> missed;
  behind.proxy.arm(
      {.when = support::ends(commit, is_one_statement), .fault = support::Fault::lose_reply, .meanwhile = [&] {
         primary.miss_standby();
         missed.set_value();
       }});
  auto committing = std::async(std::launch::async, [&] { return behind.store->commit(commit); });
  missed.get_future().wait();
  SECTION("and its wait is ended") {
    primary.for_each_that_waits("pg_cancel_backend");
    auto const committed = committing.get();
    INFO((committed ? "committed" : to_string(committed.error())));
    CHECK(support::is_unknown(committed));
  }
  SECTION("but once it does") {
    while (primary.waiting() == 0) std::this_thread::sleep_for(1ms);
    primary.set_standby("");
    auto const committed = committing.get();
    INFO((committed ? "committed" : to_string(committed.error())));
    CHECK(committed.has_value());
    CHECK(behind.commits(commit) == 1);
  }
}
