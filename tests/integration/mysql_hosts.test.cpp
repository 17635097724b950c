// SPDX-License-Identifier: BSL-1.0
// Stores whose URL names several hosts of MySQL. The hosts are proxies in front of one server, each of which can be
// gone, silent, or seem to be another server.
#include "behind_proxy.hpp"

#include <support/catch.hpp>
#include <support/faulty_proxy.hpp>
#include <support/server.hpp>
#include <support/sqlite.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

using namespace inlay;
using support::Engine;
using support::Fault;
using support::FaultyProxy;
using support::new_commit;
using support::open_server;
using support::Request;
using support::ServerShell;

namespace {

/** Two hosts, and the URL that names both. */
struct TwoHosts {
  std::string prefix = support::new_prefix();
  FaultyProxy first{support::server_url(Engine::mysql)};
  FaultyProxy second{support::server_url(Engine::mysql)};

  [[nodiscard]] static std::string place(FaultyProxy const& proxy) {
    std::string const url = proxy.url("");
    std::size_t const begin = url.find('@') + 1;
    return url.substr(begin, url.find('/', begin) - begin);
  }
  [[nodiscard]] std::string url(std::string const& parameters = "pool_size=1&connect_timeout=1s") const {
    std::string url = first.url(parameters + "&table_prefix=" + prefix);
    return url.insert(url.find('/', url.find('@')), "," + place(second));
  }
  [[nodiscard]] std::shared_ptr<Repository> open(std::string const& parameters = "pool_size=1&connect_timeout=1s") {
    auto store = open_server(url(parameters));
    INFO((store ? "" : to_string(store.error())));
    REQUIRE(store.has_value());
    return *store;
  }
  [[nodiscard]] long long revision() const {
    return ServerShell(support::server_url(Engine::mysql)).number("select revision from " + prefix + "counter");
  }
};

/** Which of the hosts a call went to. */
struct Counted {
  explicit Counted(FaultyProxy& proxy) : proxy_(proxy) {
    proxy_.arm({.when = [count = count_](Request const& request) {
      *count += request.mentions("_counter") || request.statement.empty() ? 1 : 0;
      return false;
    }});
  }
  ~Counted() { proxy_.disarm(); }
  Counted(Counted const&) = delete;
  Counted& operator=(Counted const&) = delete;

  [[nodiscard]] int requests() const { return *count_; }

 private:
  FaultyProxy& proxy_;
  std::shared_ptr<std::atomic<int>> count_ = std::make_shared<std::atomic<int>>(0);
};

/** Makes a proxy's server seem a node of a cluster. */
void seem_a_node(FaultyProxy& proxy, std::string const& ready) {
  proxy.rewrite("@@session.wsrep_on", "1");
  proxy.rewrite("show session variables like 'wsrep_on'", "select 'wsrep_on', 'ON'");
  proxy.rewrite("show global status like 'wsrep_ready'", "select 'wsrep_ready', '" + ready + "'");
}

[[nodiscard]] bool says(Error const& error, std::string const& text) {
  return error.message.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("of several hosts of a MySQL URL the first is used, and the next one while that is gone") {
  TwoHosts hosts;
  auto const store = hosts.open();
  CHECK(store->commit(new_commit(true)).has_value());
  CHECK(hosts.second.connections() == 0);
  hosts.first.go_away();
  CHECK(store->commit(new_commit(true)).has_value());
  CHECK(store->commit(new_commit(false)).has_value());
  CHECK(store->revision().value() == Revision{3});
  CHECK(hosts.second.connections() > 0);
  // And a store that is opened now.
  CHECK(hosts.open()->revision().value() == Revision{3});
}

TEST_CASE("a host of a MySQL URL that comes back is used again, and the connections to the one behind it are closed") {
  TwoHosts hosts;
  hosts.first.go_away();
  auto const store = hosts.open("pool_size=2&connect_timeout=1s");
  REQUIRE(store->commit(new_commit(true)).has_value());
  hosts.first.come_back();
  int const before = hosts.first.connections();
  while (hosts.first.connections() == before) {  // after a pause, which a broken store would not end
    REQUIRE(store->revision().has_value());
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  Counted const on_second(hosts.second);
  CHECK(store->commit(new_commit(true)).has_value());
  auto const nested = [&](StoreRecord const&) -> Result<void> {  // on another connection
    auto const revision = store->revision();
    return revision ? Result<void>() : Result<void>(revision.error());
  };
  CHECK(store->dump({.sink = nested}).has_value());
  CHECK(on_second.requests() == 0);
}

TEST_CASE("with reads=any reads go to the hosts of a MySQL URL in turn, and writes to the first that serves") {
  TwoHosts hosts;
  auto const store = hosts.open("pool_size=4&connect_timeout=1s&reads=any");
  REQUIRE(store->commit(new_commit(true)).has_value());
  CHECK(hosts.second.connections() == 0);
  auto const list = [&]() -> Result<void> {
    auto const page = store->list(Query<Team>{.from = ReadFrom::any});
    if (page) CHECK(page->items.size() == 1);
    return page ? Result<void>() : Result<void>(page.error());
  };
  // While one session is in use, on another.
  auto const read = store->snapshot({.read = [&](Readers const&) { return list(); }, .from = ReadFrom::any});
  INFO((read ? "" : to_string(read.error())));
  CHECK(read.has_value());
  CHECK(hosts.second.connections() > 0);
  // Whichever is gone, reads go on.
  hosts.second.go_away();
  for (int i = 0; i < 5; ++i) CHECK(list().has_value());
}

TEST_CASE("with reads=any a host of a MySQL URL that has not come as far as a handle was told answers it nothing") {
  TwoHosts hosts;
  Team const team = support::new_team("old");
  auto const writer = hosts.open();
  REQUIRE(writer->commit(support::commit_of({Insert<Team>{team}})).has_value());
  // The second host stands still: what it shows is a copy of the tables.
  std::string copy = hosts.prefix;
  copy.front() = 'c';
  ServerShell shell(support::server_url(Engine::mysql));
  auto const catch_up = [&] {
    for (auto const& row : shell.run("show tables like '" + hosts.prefix + "%'")) {
      std::string const name = row.at(0).substr(hosts.prefix.size());
      shell.run("drop table if exists " + copy + name);
      shell.run("create table " + copy + name + " as select * from " + hosts.prefix + name);
    }
  };
  catch_up();
  hosts.second.rewrite(hosts.prefix, copy);
  auto const reader = hosts.open("pool_size=4&connect_timeout=1s&reads=any");
  Team after = writer->find(FindRequest<Team>{.id = team.id}).value();
  Team const before = after;
  after.name = "new";
  REQUIRE(writer->commit(support::commit_of({Update<Team>{before, after}})).has_value());
  REQUIRE(shell.run("select name from " + copy + "team").at(0).at(0) == "old");

  CHECK(reader->revision().value() == Revision{2});
  Counted const on_second(hosts.second);
  // On one session while others are in use, so that both hosts are asked.
  std::function<Result<void>(int)> const read = [&](int others) -> Result<void> {
    auto const found = reader->find(FindRequest<Team>{.id = team.id, .from = ReadFrom::any});
    if (!found) return found.error();
    CHECK(found->name == "new");
    if (others == 0) return {};
    return reader->snapshot({.read = [&](Readers const&) { return read(others - 1); }, .from = ReadFrom::any});
  };
  CHECK(read(3).has_value());
  CHECK(on_second.requests() > 0);
  hosts.second.rewrite_nothing();
  catch_up();
  hosts.second.rewrite(hosts.prefix, copy);
  CHECK(read(3).has_value());
  hosts.second.rewrite_nothing();
  for (auto const& row : shell.run("show tables like '" + copy + "%'")) shell.run("drop table " + row.at(0));
}

TEST_CASE("where none of a MySQL URL's hosts serves the error names each, what it said, and no password") {
  TwoHosts hosts;
  static_cast<void>(hosts.open());
  seem_a_node(hosts.second, "OFF");
  hosts.first.go_away();
  auto const refused = open_server(hosts.url());
  REQUIRE(refused.has_error());
  INFO(to_string(refused.error()));
  CHECK(refused.error().kind == ErrorKind::unavailable);
  CHECK(says(refused.error(), TwoHosts::place(hosts.first) + ": "));
  CHECK(says(refused.error(), TwoHosts::place(hosts.second) + ": its wsrep_ready is OFF"));
  CHECK_FALSE(says(refused.error(), StoreUrl::parse(hosts.url()).value().password.value()));
}

TEST_CASE("a host of a MySQL URL that takes connections and says nothing is passed over") {
  TwoHosts hosts;
  hosts.first.freeze();
  auto const store = hosts.open();
  CHECK(store->commit(new_commit(true)).has_value());
  CHECK(hosts.second.connections() > 0);
}

TEST_CASE("a password that one host of a MySQL URL refuses is not told to the others") {
  TwoHosts hosts;
  std::string url = hosts.url();
  std::string const password = StoreUrl::parse(url).value().password.value();
  url.replace(url.find(password), password.size(), "wrong");
  auto const refused = open_server(url);
  REQUIRE(refused.has_error());
  INFO(to_string(refused.error()));
  CHECK(refused.error().kind == ErrorKind::unavailable);
  CHECK(says(refused.error(), "1045"));
  CHECK(hosts.second.connections() == 0);
}

TEST_CASE("a node of a cluster that is not ready is not used, though it lets everybody in") {
  TwoHosts hosts;
  static_cast<void>(hosts.open());
  seem_a_node(hosts.first, "OFF");
  auto const store = hosts.open();
  Counted const on_second(hosts.second);
  CHECK(store->commit(new_commit(true)).has_value());
  CHECK(on_second.requests() > 0);
  auto const alone = open_server(hosts.first.url("table_prefix=" + hosts.prefix));
  REQUIRE(alone.has_error());
  INFO(to_string(alone.error()));
  CHECK(alone.error().kind == ErrorKind::unavailable);
  CHECK(says(alone.error(), "wsrep_ready"));
}

TEST_CASE("a call that meets a node which no longer serves, or takes no writes, is done on the next host") {
  unsigned const error = GENERATE(1047U, 1290U);
  bool const is_one_statement = GENERATE(true, false);
  CAPTURE(error, is_one_statement);
  TwoHosts hosts;
  auto const store = hosts.open();
  Commit const commit = new_commit(is_one_statement);
  hosts.first.arm(
      {.when = [](Request const& request) { return request.statement.find("_counter") != std::string_view::npos; },
       .fault = Fault::refuse,
       .error = error});
  auto const done = store->commit(commit);
  INFO((done ? "" : to_string(done.error())));
  CHECK(done.has_value());
  CHECK(hosts.first.strikes() == 1);
  CHECK(hosts.second.connections() > 0);
  CHECK(hosts.revision() == 1);
}

TEST_CASE("a server that is read-only is passed over, and read where there is no other, but not written") {
  TwoHosts hosts;
  static_cast<void>(hosts.open());
  hosts.first.rewrite("@@global.read_only", "1");
  auto const store = hosts.open();
  CHECK(store->commit(new_commit(true)).has_value());
  CHECK(hosts.second.connections() > 0);

  // Whoever writes here has every right to, and would be let.
  hosts.second.rewrite("@@global.read_only", "1");
  auto const reader = hosts.open();
  CHECK(reader->revision().value() == Revision{1});
  for (bool const is_one_statement : {true, false}) {
    auto const refused = reader->commit(new_commit(is_one_statement));
    REQUIRE(refused.has_error());
    INFO(to_string(refused.error()));
    CHECK(refused.error().kind == ErrorKind::unavailable);
    CHECK(refused.error().outcome == Outcome::not_done);
  }
  CHECK(hosts.revision() == 1);
  hosts.second.rewrite_nothing();  // it has become the primary
  CHECK(reader->commit(new_commit(true)).has_value());
  CHECK(hosts.revision() == 2);
}

TEST_CASE("a read that has waited in vain on a node cut off from its cluster is done on the next host") {
  TwoHosts hosts;
  auto const store = hosts.open();
  seem_a_node(hosts.first, "OFF");
  auto const reads = [](Request const& request) {
    return request.statement.find("_counter") != std::string_view::npos;
  };
  hosts.first.arm({.when = reads, .fault = Fault::refuse, .error = 1205});
  auto const revision = store->revision();
  INFO((revision ? "" : to_string(revision.error())));
  CHECK(revision.has_value());
  CHECK(hosts.first.strikes() == 1);
  CHECK(hosts.second.connections() > 0);
}

TEST_CASE("a store whose only node is cut off from its cluster is unavailable, and back when that is ready") {
  std::string const prefix = support::new_prefix();
  FaultyProxy proxy(support::server_url(Engine::mysql));
  auto const store = open_server(proxy.url("pool_size=1&lease_timeout=1s&table_prefix=" + prefix)).value();
  REQUIRE(store->commit(new_commit(true)).has_value());
  int const before = proxy.connections();
  seem_a_node(proxy, "OFF");
  auto const reads = [](Request const& request) {
    return request.statement.find("_counter") != std::string_view::npos;
  };
  proxy.arm({.when = reads, .fault = Fault::refuse, .times = 1'000, .error = 1205});
  auto const refused = store->revision();
  REQUIRE(refused.has_error());
  INFO(to_string(refused.error()));
  CHECK(refused.error().kind == ErrorKind::unavailable);
  CHECK(says(refused.error(), "not ready to serve"));
  CHECK(proxy.connections() > before);  // the one there was is not kept
  proxy.disarm();
  proxy.rewrite_nothing();
  CHECK(store->revision().value() == Revision{1});
}

TEST_CASE("a lock of a row that was waited for in vain leaves no node that is ready") {
  TwoHosts hosts;
  auto const store = hosts.open();
  seem_a_node(hosts.first, "ON");
  auto const reads = [](Request const& request) {
    return request.statement.find("_counter") != std::string_view::npos;
  };
  hosts.first.arm({.when = reads, .fault = Fault::refuse, .error = 1205});
  CHECK(store->revision().has_value());
  CHECK(hosts.first.strikes() == 1);
  CHECK(hosts.second.connections() == 0);
}
