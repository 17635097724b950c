// SPDX-License-Identifier: BSL-1.0
// Texts on a MariaDB that takes every connection for GBK or Latin 1, and has other bad defaults besides; the kit runs
// there, too.
#include <support/catch.hpp>
#include <support/server.hpp>
#include <support/sqlite.hpp>

#include <cstdlib>
#include <string>
#include <vector>

using namespace inlay;
using support::commit_of;
using support::open_server;
using support::ServerShell;

namespace {

[[nodiscard]] std::string hostile_url() {
  char const* const url = std::getenv("INLAY_TEST_HOSTILE_MYSQL_URL");
  if (url == nullptr) throw std::runtime_error("INLAY_TEST_HOSTILE_MYSQL_URL is not set; tests/run sets it");
  return url;
}

/** A store there, whose tables go with it. */
struct HostileStore {
  std::string prefix = "t" + to_string(generate_uuid()).substr(24) + "_";
  std::shared_ptr<Repository> store = open_server(hostile_url() + "?table_prefix=" + prefix).value();
  ServerShell shell{hostile_url()};

  HostileStore() { shell.run("set sql_big_selects = 1, autocommit = 1, completion_type = 0"); }
  ~HostileStore() {
    std::string tables;
    for (char const* const table : {"grant", "environment_integration", "integration", "environment", "team", "change",
                                    "commit", "counter", "migration"}) {
      tables += (tables.empty() ? "" : ", ") + prefix + table;
    }
    shell.run("drop table " + tables);
  }
  HostileStore(HostileStore const&) = delete;
  HostileStore& operator=(HostileStore const&) = delete;

  Team insert(std::string const& name) const {
    Team team;
    team.id = Id<Team>::generate();
    team.name = name;
    REQUIRE(store->commit(commit_of({Insert<Team>{team}})).has_value());
    return team;
  }
};

[[nodiscard]] std::string hex_of(std::string const& text) {
  constexpr char const* digits = "0123456789ABCDEF";
  std::string hex;
  for (char const c : text) {
    auto const byte = static_cast<unsigned char>(c);
    hex += digits[byte >> 4U];
    hex += digits[byte & 15U];
  }
  return hex;
}

// The last byte of the first ones, together with a backslash before the quote, would be one character of GBK.
std::vector<std::string> const names{
    "\u7e17'", "\u7e17\\", "\u7e17\\'", "\u7e17\"",     "\u7e17`",           "\u7e17", "\u00e9'", "'",
    "\\",      "\\'",      "%",         "\u6211\u7684", "\U0001F600 \u20ac", "a ",     "a"};

}  // namespace

TEST_CASE("a name that ends in a three-byte character and a quote is found by exactly that name and nothing else is") {
  HostileStore const hostile;
  for (std::string const& name : names) hostile.insert(name);
  for (std::string const& name : names) {
    CAPTURE(name);
    auto const page = hostile.store->list(Query<Team>{.where = {{"name", Operator::eq, {name}}}}).value();
    REQUIRE(page.items.size() == 1);
    CHECK(page.items.front().name == name);
    auto const others = hostile.store->list(Query<Team>{.where = {{"name", Operator::ne, {name}}}}).value();
    CHECK(others.items.size() == names.size() - 1);
  }
}

TEST_CASE("texts are stored in UTF-8 and come back byte for byte, whatever a server's options make of others") {
  HostileStore hostile;
  for (std::string const& name : names) {
    CAPTURE(name);
    Team const team = hostile.insert(name);
    CHECK(hostile.store->find(FindRequest<Team>{.id = team.id}).value().name == name);
    std::string const where = " from " + hostile.prefix + "team where id = '" + to_string(team.id) + "'";
    // What is stored, past every conversion, is what a server with other options gives.
    CHECK(hostile.shell.run("select hex(name)" + where).at(0).at(0) == hex_of(name));
    ServerShell other(hostile_url());
    other.run("set names utf8mb4");
    CHECK(other.run("select name" + where).at(0).at(0) == name);
  }
  support::Catalogue rows;
  rows.integration.config = Document::parse("{\"\u7e17'\":\"\U0001F600 \\\\ ' \\\" `\"}").value();
  REQUIRE(hostile.store->commit(rows.commit()).has_value());
  CHECK(hostile.store->find(FindRequest<Integration>{.id = rows.integration.id}).value().config ==
        rows.integration.config);
}

TEST_CASE("a follower gets every commit where sql_select_limit would end what it reads") {
  HostileStore const hostile;
  for (int i = 0; i < 10; ++i) hostile.insert("t" + std::to_string(i));
  auto const page = hostile.store->changes({}).value();
  CHECK(page.commits.size() == 10);
  CHECK(page.through == Revision{10});
  CHECK_FALSE(page.has_more);
  CHECK(hostile.store->list(Query<Team>{}).value().items.size() == 10);
}
