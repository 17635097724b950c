// SPDX-License-Identifier: BSL-1.0
// Servers that end sessions, and die, while writers run.
#include <support/catch.hpp>
#include <support/private_server.hpp>
#include <support/server.hpp>
#include <support/sqlite.hpp>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <thread>

using namespace inlay;
using support::commit_of;
using support::Engine;
using support::open_server;
using support::PrivateServer;
using support::ServerShell;
using namespace std::chrono_literals;

namespace {

struct Write {
  Uuid token{};
  Id<Team> id{};
  enum { acknowledged, failed, unknown } outcome{};
};

}  // namespace

TEST_CASE("sessions and servers that die lose nothing, double nothing, and are got over") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  INFO(support::name_of(engine));
  PrivateServer server(engine, "INLAY_TEST_TLS_SERVERS=1");
  std::string const url = server.url() + "?pool_size=6&lease_timeout=2s";
  auto const store = open_server(url).value();
  auto const encrypted =
      open_server(url +
                  (engine == Engine::postgresql ? "&sslmode=require" : "&ssl_ca=" + server.folder() + "/tls/ca.pem"))
          .value();
  constexpr int writers = 64;
  std::vector<std::vector<Write>> writes(writers);
  std::atomic<bool> is_over{false};
  std::mutex mutex;
  std::map<std::string, int> others;  // errors that are not unavailable
  auto const note = [&](Error const& error) {
    if (error.kind == ErrorKind::unavailable) return;
    std::lock_guard const lock(mutex);
    ++others[to_string(error)];
  };
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&, writer] {
      while (!is_over) {
        Team team;
        team.id = Id<Team>::generate();
        team.name = "writer " + std::to_string(writer);
        Commit commit = commit_of({Insert<Team>{team}});
        // Every other one in several statements, as a transaction of its own.
        if (writes[static_cast<std::size_t>(writer)].size() % 2 == 1) {
          Environment environment;
          environment.id = Id<Environment>::generate();
          environment.team_id = team.id;
          environment.name = "e";
          commit.changes.emplace_back(Insert<Environment>{environment});
        }
        auto const committed = (writer % 2 == 0 ? store : encrypted)->commit(commit);
        Write write{.token = commit.token, .id = team.id};
        if (committed.has_error()) {
          note(committed.error());
          write.outcome = committed.error().outcome == Outcome::unknown ? Write::unknown : Write::failed;
        }
        writes[static_cast<std::size_t>(writer)].push_back(write);
      }
    });
  }
  threads.emplace_back([&] {
    while (!is_over) {
      auto const listed = store->list(Query<Team>{});
      if (listed.has_error()) note(listed.error());
    }
  });

  std::vector<std::size_t> progress;
  bool has_recovered = true;
  for (int round = 0; round < 5 && has_recovered; ++round) {
    for (int kill = 0; kill < 5; ++kill) {
      std::this_thread::sleep_for(100ms);
      ServerShell(server.url()).terminate_others();
    }
    std::this_thread::sleep_for(100ms);
    server.crash();
    auto const deadline = std::chrono::steady_clock::now() + 60s;
    while (store->revision().has_error() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(20ms);
    }
    auto const reached = [&] {
      auto const revision = store->revision();
      return revision.has_value() ? revision->value : -1;
    };
    auto const before = reached();
    while (reached() <= before && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(20ms);
    }
    has_recovered = std::chrono::steady_clock::now() < deadline;
  }
  is_over = true;
  for (auto& thread : threads) thread.join();
  CHECK(has_recovered);
  CHECK(others == std::map<std::string, int>{});

  // Read through a store that has seen none of this.
  auto const after = open_server(server.url()).value();
  std::map<Uuid, int> logged;
  for (Revision revision{};;) {
    auto const page = after->changes({.after = revision, .limit = 1'000}).value();
    for (auto const& commit : page.commits) {
      if (!commit.changes.empty()) ++logged[commit.token];
    }
    revision = page.through;
    if (!page.has_more) break;
  }
  std::map<int, int> outcomes;
  std::size_t expected = 0;
  int lost = 0;
  int doubled = 0;
  int revived = 0;
  int inconsistent = 0;
  for (auto const& all : writes) {
    for (Write const& write : all) {
      ++outcomes[write.outcome];
      auto const found = logged.find(write.token);
      int const times = found == logged.end() ? 0 : found->second;
      bool const is_there = after->find(FindRequest<Team>{.id = write.id}).has_value();
      expected += times > 0 ? 1 : 0;
      lost += write.outcome == Write::acknowledged && times == 0;
      doubled += times > 1;
      revived += write.outcome == Write::failed && (times > 0 || is_there);
      inconsistent += is_there != (times > 0);
    }
  }
  CHECK(lost == 0);
  CHECK(doubled == 0);
  CHECK(revived == 0);
  CHECK(inconsistent == 0);
  CHECK(expected == logged.size());
  CHECK(outcomes[Write::acknowledged] > 100);
  WARN(support::name_of(engine) << ": " << outcomes[Write::acknowledged] << " writes acknowledged, "
                                << outcomes[Write::failed] << " failed, " << outcomes[Write::unknown]
                                << " with unknown outcome");
}
