// SPDX-License-Identifier: BSL-1.0
// The table of error numbers against the server's own message file, and some of them as callers meet them.
#include <backends/mysql/error_codes.hpp>

#include <support/catch.hpp>
#include <support/private_server.hpp>
#include <support/server.hpp>
#include <support/sqlite.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace inlay;
using mysql::Server;
using sql::FailureKind;
using support::commit_of;
using support::Engine;
using support::open_server;
using support::ServerShell;

namespace {

[[nodiscard]] std::string content_of(std::string const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/** The numbers for which the server has a text. Behind a header stand how many there are of each thousand, then the
    length of each text. */
[[nodiscard]] std::set<unsigned> numbers_of_server(std::string const& file) {
  auto const number_at = [&](std::size_t at) {
    return static_cast<unsigned>(static_cast<std::uint8_t>(file.at(at))) |
           static_cast<unsigned>(static_cast<std::uint8_t>(file.at(at + 1))) << 8U;
  };
  unsigned const sections = number_at(14);
  std::size_t at = 32 + 2 * std::size_t{sections};
  std::set<unsigned> numbers;
  for (unsigned section = 0; section < sections; ++section) {
    for (unsigned i = 0; i < number_at(32 + 2 * std::size_t{section}); ++i, at += 2) {
      if (number_at(at) > 1) numbers.insert(1000 * (section + 1) + i);
    }
  }
  return numbers;
}

[[nodiscard]] std::map<unsigned, std::set<std::string>> names_of_client() {
  std::map<unsigned, std::set<std::string>> names;
  std::istringstream lines(content_of(INLAY_TEST_MYSQLD_ERROR_H));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string define;
    std::string name;
    unsigned number = 0;
    if (words >> define >> name >> number && define == "#define") names[number].insert(name);
  }
  return names;
}

[[nodiscard]] Team new_team(std::string const& name) {
  Team team;
  team.id = Id<Team>::generate();
  team.name = name;
  return team;
}

}  // namespace

TEST_CASE("every error number in the table is one that the server has a text for under that name") {
  ServerShell shell(support::server_url(Engine::mysql));
  bool const is_mariadb = shell.run("select version()").at(0).at(0).find("MariaDB") != std::string::npos;
  auto const names = names_of_client();
  REQUIRE(names.size() > 1000);
  std::string file;
  for (std::string const& folder : {shell.run("select @@lc_messages_dir").at(0).at(0) + "/",
                                    shell.run("select @@basedir").at(0).at(0) + "/share/mysql/"}) {
    if (file.empty()) file = content_of(folder + "english/errmsg.sys");
  }
  if (file.empty() || !is_mariadb) {
    WARN("the server's message file cannot be read here: the numbers are compared with the client's header alone");
  }
  auto const numbers = file.empty() || !is_mariadb ? std::set<unsigned>() : numbers_of_server(file);
  for (mysql::ErrorCode const& code : mysql::error_codes) {
    CAPTURE(code.number, code.name);
    if (code.server == Server::mysql) continue;  // the header and the file are MariaDB's
    REQUIRE(names.count(code.number) == 1);
    CHECK(names.at(code.number).count(std::string(code.name)) == 1);
    if (!numbers.empty()) CHECK(numbers.count(code.number) == 1);
  }
}

TEST_CASE("a number stands in the table once for each server and above 1900 means what its own server says") {
  std::set<std::pair<unsigned, Server>> seen;
  for (mysql::ErrorCode const& code : mysql::error_codes) {
    CAPTURE(code.number);
    CHECK(seen.emplace(code.number, code.server).second);
    if (code.number >= 1900 && code.number < 3000) CHECK(code.server == Server::mariadb);
    if (code.number >= 4000) CHECK(code.server != Server::unknown);
  }
  CHECK(mysql::kind_of(4025, Server::mysql, "") == FailureKind::other);
  CHECK_FALSE(mysql::is_safe(4025, Server::mysql));
  CHECK(mysql::is_safe(4025, Server::mariadb));
  CHECK(mysql::kind_of(4031, Server::mysql, "") == FailureKind::lost);
  CHECK(mysql::kind_of(4031, Server::mariadb, "") == FailureKind::other);
}

TEST_CASE("of an account's limits the one on connections passes, and those of an hour do not") {
  CHECK(mysql::kind_of(1226, Server::mariadb,
                       "User 'u' has exceeded the 'max_user_connections' resource (current value: 1)") ==
        FailureKind::no_connection_left);
  CHECK(mysql::kind_of(1226, Server::mariadb, "L'utilisateur 'u' a dépassé le 'max_user_connections' (valeur: 1)") ==
        FailureKind::no_connection_left);
  for (std::string const limit : {"max_queries_per_hour", "max_updates_per_hour", "max_connections_per_hour"}) {
    CHECK(mysql::kind_of(1226, Server::mariadb, "User 'u' has exceeded the '" + limit + "' resource") ==
          FailureKind::unreachable);
  }
}

TEST_CASE("an account that has no connection left or has used up its hour is told so") {
  std::string const server = support::server_url(Engine::mysql);
  StoreUrl const parts = StoreUrl::parse(server).value();
  ServerShell shell(server);
  std::string const prefix = support::new_prefix();
  std::string const account = "u" + prefix + "@'127.0.0.1'";
  auto const [limit, what] = GENERATE(std::pair("max_user_connections 1", "no connection left"),
                                      std::pair("max_queries_per_hour 30", "max_queries_per_hour"));
  CAPTURE(limit);
  shell.run("create user " + account + " identified by '" + *parts.password + "' with " + limit);
  shell.run("grant all on " + parts.path + ".* to " + account);
  std::string url = server;
  url.replace(url.find("//" + parts.user + ":"), parts.user.size() + 3, "//u" + prefix + ":");
  {
    // The tables are the administration's to make.
    REQUIRE(open_server(server + "?table_prefix=" + prefix).has_value());
    auto const store = open_server(url + "?migrate=off&lease_timeout=1s&table_prefix=" + prefix);
    INFO((store ? "" : to_string(store.error())));
    REQUIRE(store.has_value());
    std::string message;
    for (int i = 0; i < 40 && message.empty(); ++i) {
      auto const other = open_server(url + "?migrate=off&lease_timeout=1s&table_prefix=" + prefix);
      if (other.has_value()) continue;
      CHECK(other.error().kind == ErrorKind::unavailable);
      message = other.error().message;
    }
    CAPTURE(message);
    CHECK(message.find(what) != std::string::npos);
    CHECK(message.find("(error 1226)") != std::string::npos);
  }
  shell.run("drop user " + account);
}

TEST_CASE("a password that has expired is unavailable, and said to be so") {
  std::string const server = support::server_url(Engine::mysql);
  StoreUrl const parts = StoreUrl::parse(server).value();
  ServerShell shell(server);
  std::string const prefix = support::new_prefix();
  std::string const account = "u" + prefix + "@'127.0.0.1'";
  shell.run("create user " + account + " identified by '" + *parts.password + "' password expire");
  shell.run("grant all on " + parts.path + ".* to " + account);
  std::string url = server;
  url.replace(url.find("//" + parts.user + ":"), parts.user.size() + 3, "//u" + prefix + ":");
  auto const opened = open_server(url + "?table_prefix=" + prefix);
  shell.run("drop user " + account);
  REQUIRE(opened.has_error());
  CAPTURE(opened.error().message);
  CHECK(opened.error().kind == ErrorKind::unavailable);
  CHECK(opened.error().message.find("(error 1820)") != std::string::npos);
  CHECK(opened.error().message.find("PASSWORD") != std::string::npos);
}

TEST_CASE("tables that an operator has changed are unavailable, and no message repeats a value") {
  std::string const server = support::server_url(Engine::mysql);
  ServerShell shell(server);
  struct Case {
    std::string change;
    std::string name;
    std::string number;
  };
  Case const one = GENERATE(
      Case{"modify name varchar(255) character set utf8mb3 not null", "hush \U0001F600", "(error 1366)"},
      Case{"modify name varchar(3) not null", "hush", "(error 1406)"},
      Case{"add column owner int not null", "hush", "(error 1364)"}, Case{"rename to {}gone", "hush", "(error 1146)"});
  CAPTURE(one.change);
  std::string const prefix = support::new_prefix();
  auto const store = open_server(server + "?table_prefix=" + prefix).value();
  std::string change = one.change;
  if (auto const at = change.find("{}"); at != std::string::npos) change.replace(at, 2, prefix);
  shell.run("alter table " + prefix + "team " + change);
  auto const committed = store->commit(commit_of({Insert<Team>{new_team(one.name)}}));
  if (one.change.starts_with("rename")) shell.run("rename table " + prefix + "gone to " + prefix + "team");
  REQUIRE(committed.has_error());
  CAPTURE(committed.error().message);
  CHECK(committed.error().kind == ErrorKind::unavailable);
  CHECK(committed.error().outcome == Outcome::not_done);
  CHECK(committed.error().message.find(one.number) != std::string::npos);
  CHECK(committed.error().message.find("hush") == std::string::npos);
  CHECK(store->revision().value() == Revision{0});
}

TEST_CASE("a commit larger than the server takes is refused before it is sent") {
  support::PrivateServer const server(Engine::mysql);
  // In one statement the row is twice, as itself and for the change log.
  auto const [is_one_statement, limit] = GENERATE(std::pair(true, "1048576"), std::pair(false, "524288"));
  CAPTURE(is_one_statement);
  ServerShell(server.url()).run(std::string("set global max_allowed_packet = ") + limit);
  auto const store = open_server(server.url() + "?pool_size=1").value();
  support::Catalogue rows;
  REQUIRE(store->commit(rows.commit()).has_value());
  Integration const before = store->find(FindRequest<Integration>{.id = rows.integration.id}).value();
  Integration after = before;
  after.config = Document::parse("{\"text\":\"" + std::string(700'000, 'x') + "\"}").value();
  Commit commit = commit_of({Update<Integration>{before, after}});
  if (!is_one_statement) commit.changes.emplace_back(Insert<Team>{new_team("beside it")});
  auto const refused = store->commit(commit);
  REQUIRE(refused.has_error());
  CAPTURE(refused.error().message);
  CHECK(refused.error().kind == ErrorKind::unavailable);
  CHECK(refused.error().outcome == Outcome::not_done);
  CHECK(refused.error().message.find(std::string("max_allowed_packet is ") + limit) != std::string::npos);
  CHECK(refused.error().message.find("xxx") == std::string::npos);
  CHECK(store->revision().value() == Revision{1});
  after.config = Document::parse("{\"text\":\"" + std::string(200'000, 'x') + "\"}").value();
  CHECK(store->commit(commit_of({Update<Integration>{before, after}})).has_value());
}

TEST_CASE("a server that keeps no more prepared statements is given some back, and calls go on") {
  support::PrivateServer const server(Engine::mysql);
  auto const store = open_server(server.url() + "?pool_size=1").value();
  support::Catalogue const rows;
  REQUIRE(store->commit(rows.commit()).has_value());
  ServerShell(server.url()).run("set global max_prepared_stmt_count = 8");
  for (std::size_t values = 1; values < 40; ++values) {
    Query<Team> query;
    query.where = {{"name", Operator::in, {}}};
    for (std::size_t i = 0; i < values; ++i) query.where.front().values.emplace_back(std::to_string(i));
    auto const listed = store->list(query);
    INFO((listed ? "" : to_string(listed.error())));
    CHECK(listed.has_value());
    if (values % 10 == 0) CHECK(store->commit(commit_of({Insert<Team>{new_team("t")}})).has_value());
  }
  CHECK(store->revision().value() == Revision{4});
}

TEST_CASE("a store goes on when an operator changes the type of a column while it runs") {
  std::string const server = support::server_url(Engine::mysql);
  ServerShell shell(server);
  std::string const prefix = support::new_prefix();
  auto const store = open_server(server + "?pool_size=1&table_prefix=" + prefix).value();
  Team team = new_team("before");
  team.is_verified = true;
  REQUIRE(store->commit(commit_of({Insert<Team>{team}})).has_value());
  for (char const* const change : {"modify name longtext not null, drop index {}team_name",
                                   "modify is_verified varchar(3) not null", "modify version int not null"}) {
    CAPTURE(change);
    REQUIRE(store->find(FindRequest<Team>{.id = team.id}).has_value());
    std::string text = change;
    if (auto const at = text.find("{}"); at != std::string::npos) text.replace(at, 2, prefix);
    shell.run("alter table " + prefix + "team " + text);
    Team const found = store->find(FindRequest<Team>{.id = team.id}).value();
    CHECK(found.name == team.name);
    CHECK(found.is_verified);
    auto const opened_later = open_server(server + "?pool_size=1&table_prefix=" + prefix).value();
    CHECK(opened_later->find(FindRequest<Team>{.id = team.id}).value() == found);
    team = found;
    team.name += "+";
    CHECK(store->commit(commit_of({Update<Team>{found, team}})).has_value());
  }
}
