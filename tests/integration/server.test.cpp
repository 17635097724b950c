// SPDX-License-Identifier: BSL-1.0
// What a server sees of us, and what it does to us.
#include <support/catch.hpp>
#include <support/process.hpp>
#include <support/server.hpp>
#include <support/sqlite.hpp>
#include <support/statements.hpp>

#include <atomic>
#include <thread>

using namespace inlay;
using support::Catalogue;
using support::commit_of;
using support::Engine;
using support::open_server;
using support::Process;
using support::ServerShell;
using support::statements_of;

namespace {

std::string new_url(Engine engine, std::string const& parameters = "") {
  return support::server_url(engine) + "?table_prefix=" + support::new_prefix() + parameters;
}

std::string prefix_of(std::string const& url) {
  auto const begin = url.find("table_prefix=") + 13;
  return url.substr(begin, url.find('&', begin) - begin);
}

}  // namespace

TEST_CASE("find and list are one round trip, and a commit is one") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  INFO(support::name_of(engine));
  std::string const url = new_url(engine);
  ServerShell shell(url);
  auto const store = open_server(url).value();
  Catalogue const rows;
  REQUIRE(store->commit(rows.commit()).has_value());
  EnvironmentIntegration install = store->find(FindRequest<EnvironmentIntegration>{.id = rows.install.id}).value();
  Team const team = store->find(FindRequest<Team>{.id = rows.team.id}).value();

  auto const find = [&] {
    CHECK(store->find(FindRequest<InstalledIntegration>{.id = rows.install.id, .with_installed_in = true}).has_value());
  };
  auto const list = [&] { CHECK(store->list(Query<InstalledIntegration>{}).has_value()); };
  auto const update = [&] {
    EnvironmentIntegration after = install;
    after.is_enabled = !after.is_enabled;
    Commit commit = commit_of({Update<EnvironmentIntegration>{install, after}});
    commit.guards.emplace_back(Guard<Team>(team));
    CHECK(store->commit(commit).has_value());
    install = store->find(FindRequest<EnvironmentIntegration>{.id = install.id}).value();
  };
  auto const insert_and_remove = [&] {
    Environment environment = rows.environment;
    environment.id = Id<Environment>::generate();
    environment.name = "another";
    Insert<Environment> const insert{environment};
    CHECK(store->commit(commit_of({insert})).has_value());
    CHECK(store->commit(commit_of({Remove<Environment>{inserted(insert, {}, {})}})).has_value());
  };
  // Statements are prepared on their connection when they are first used.
  find();
  list();
  update();
  insert_and_remove();
  CHECK(statements_of(engine, shell, find) == 1);
  CHECK(statements_of(engine, shell, list) == 1);
  CHECK(statements_of(engine, shell, update) == 2);  // with the find
  CHECK(statements_of(engine, shell, insert_and_remove) == 2);
}

TEST_CASE("a list is one round trip, whatever it is filtered by") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  INFO(support::name_of(engine));
  std::string const url = new_url(engine);
  ServerShell shell(url);
  auto const store = open_server(url).value();
  Catalogue const rows;
  REQUIRE(store->commit(rows.commit()).has_value());
  std::string const id = to_string(rows.integration.id);
  Scope const team = Scope::related("environment", "id", "environment_id",
                                    Scope::where({"team_id", Operator::eq, {rows.team.id.uuid}}));
  for (std::string const& filter :
       {"integration_id=" + id, "integration_id[in]=" + id + "," + to_string(rows.team.id),
        "environment_id=" + to_string(rows.environment.id), std::string("show_in_catalog=true"),
        std::string("is_enabled=true"), std::string("integration.name=zendesk"),
        std::string("integration.category=helpdesk"), std::string("integration.category[in]=helpdesk,crm"),
        std::string("integration.category[ne]=crm"), std::string("integration.team.name=Acme"),
        std::string("environment.name=production"), std::string("environment.team.name=Acme")}) {
    for (bool const is_scoped : {false, true}) {
      INFO(filter << (is_scoped ? ", on behalf of a team" : ""));
      Query<InstalledIntegration> query{.where = {parse_condition<InstalledIntegration>(filter).value()}};
      if (is_scoped) query.scope = team;
      auto const list = [&] { CHECK(store->list(query).value().items.size() == 1); };
      list();  // which prepares the statement
      CHECK(statements_of(engine, shell, list) == 1);
    }
  }
}

TEST_CASE("a page with a row larger than its share of a page is two round trips on PostgreSQL, any other one") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  INFO(support::name_of(engine));
  std::string const url = new_url(engine);
  ServerShell shell(url);
  auto const store = open_server(url).value();
  Catalogue rows;
  rows.integration.config = Document::from_stored(R"({"text":")" + std::string(100'000, 'x') + "\"}");
  REQUIRE(store->commit(rows.commit()).has_value());
  auto const trips = [&](std::size_t limit) {
    auto const list = [&] {
      CHECK(store->list(Query<InstalledIntegration>{.limit = limit}).value().items.at(0).integration.config ==
            rows.integration.config);
    };
    list();  // which prepares the statements
    return statements_of(engine, shell, list);
  };
  CHECK(trips(25) == 1);  // 128 KiB for each
  CHECK(trips(1'000) == (engine == Engine::postgresql ? 2 : 1));
}

TEST_CASE("twenty processes that open an empty database at once make one set of tables") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  INFO(support::name_of(engine));
  std::string const url = new_url(engine, "&pool_size=1&lease_timeout=60s");
  std::vector<std::unique_ptr<Process>> processes;
  for (int i = 0; i < 20; ++i) {
    processes.push_back(std::make_unique<Process>([&](Process::Report const&) {
      auto const store = open_server(url);
      return store.has_value() && (*store)->commit(Catalogue().commit()).has_value() ? 0 : 1;
    }));
  }
  for (auto& process : processes) CHECK(process->wait() == 0);
  ServerShell shell(url);
  std::string const prefix = prefix_of(url);
  CHECK(shell.number("select count(*) from " + prefix + "migration") == 2);  // each of them once
  CHECK(shell.number("select revision from " + prefix + "counter") == 20);
  CHECK(shell.number("select count(*) from " + prefix + "team") == 20);
}

TEST_CASE("a migration that was interrupted is finished by the next one") {
  // PostgreSQL takes all of it back; MySQL keeps the tables that were made.
  std::string const url = new_url(Engine::mysql);
  ServerShell shell(url);
  REQUIRE(open_server(url).has_value());
  shell.run("delete from " + prefix_of(url) + "migration");
  shell.run("drop table " + prefix_of(url) + "counter");
  auto const store = open_server(url);
  REQUIRE(store.has_value());
  CHECK((*store)->commit(Catalogue().commit()).has_value());
  CHECK(shell.number("select revision from " + prefix_of(url) + "counter") == 1);
}

TEST_CASE("a session that the server ended is replaced, for reads and for writes") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  INFO(support::name_of(engine));
  std::string const url = new_url(engine, "&pool_size=3");
  ServerShell shell(url);
  auto const store = open_server(url).value();
  Catalogue const rows;
  REQUIRE(store->commit(rows.commit()).has_value());
  for (int i = 0; i < 5; ++i) {
    CHECK(store->find(FindRequest<Team>{.id = rows.team.id}).has_value());
    shell.terminate_others();
    CHECK(store->find(FindRequest<Team>{.id = rows.team.id}).has_value());
    shell.terminate_others();
    Team team;
    team.id = Id<Team>::generate();
    team.name = "t";
    CHECK(store->commit(commit_of({Insert<Team>{team}})).has_value());
  }
}

TEST_CASE("a lease that cannot be had is unavailable and says how long it waited") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  INFO(support::name_of(engine));
  std::string const url = new_url(engine, "&pool_size=1&lease_timeout=300ms");
  auto const store = open_server(url).value();
  Team team;
  team.id = Id<Team>::generate();
  team.name = "t";
  REQUIRE(store->commit(commit_of({Insert<Team>{team}})).has_value());
  std::optional<Error> error;
  auto const edit = [&](Team const& current) -> Result<Team> {
    auto const found = store->find(FindRequest<Team>{.id = team.id});  // the one connection is ours
    if (!found) error = found.error();
    return current;
  };
  CHECK(store->commit(commit_of({Edit<Team>{team.id, edit}})).has_value());
  REQUIRE(error);
  CHECK(error->kind == ErrorKind::unavailable);
  CHECK(error->message.find("300 ms") != std::string::npos);
}

TEST_CASE("what a URL gets wrong is told without its password") {
  auto const engine = GENERATE(Engine::postgresql, Engine::mysql);
  INFO(support::name_of(engine));
  StoreUrl const server = StoreUrl::parse(support::server_url(engine)).value();
  std::string const host = server.hosts.at(0).name + ":" + std::to_string(*server.hosts.at(0).port);
  std::string const password = "s3cr%27et%20%5C%40x";  // s3cr'et \@x
  auto const wrong = open_server(server.scheme + "://" + server.user + ":" + password + "@" + host + "/" + server.path);
  REQUIRE(wrong.has_error());
  CHECK(wrong.error().kind == ErrorKind::unavailable);
  CHECK(wrong.error().message.find("s3cr") == std::string::npos);

  auto const unknown = open_server(support::server_url(engine) + "?pool_sise=3");
  REQUIRE(unknown.has_error());
  CHECK(unknown.error().kind == ErrorKind::invalid_argument);
  CHECK(unknown.error().message.find("pool_sise") != std::string::npos);
}
