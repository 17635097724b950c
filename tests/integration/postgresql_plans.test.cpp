// SPDX-License-Identifier: BSL-1.0
// What PostgreSQL does for a page: an index serves it, whatever the list is filtered by.
#include <inlay/backends/sql/host.hpp>

#include <support/catch.hpp>
#include <support/many_installs.hpp>
#include <support/server.hpp>

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <boost/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace inlay;
using support::Engine;

namespace {

std::string text_of(boost::json::object const& node, char const* member) {
  auto const* const value = node.if_contains(member);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

/** What is wrong with a plan: steps that go through, or sort, more of the installs than are met in the order of an
    index or were chosen by their ids before. `is_sorted`: all that this step gives is. */
void check_step(boost::json::object const& step, std::string const& installs, bool is_sorted,
                std::vector<std::string>& found) {
  std::string const type = text_of(step, "Node Type");
  std::string const index = text_of(step, "Index Name");
  if (text_of(step, "Relation Name") == installs) {
    if (type == "Seq Scan") found.push_back(type);
    // The few that one integration has after a cursor might as well be sorted.
    bool const is_few = step.at("Plan Rows").to_number<double>() < 50;
    if (is_sorted && !is_few && index != installs + "_pkey") found.push_back(type + " by " + index + ", sorted");
  }
  auto const* const inner = step.if_contains("Plans");
  if (!inner) return;
  for (boost::json::value const& value : inner->as_array()) {
    boost::json::object const& next = value.as_object();
    std::string const relation = text_of(next, "Parent Relationship");
    bool const is_input = relation != "InitPlan" && relation != "SubPlan";
    bool const sorts = type == "Sort" || type == "Incremental Sort";
    check_step(next, installs, is_input && type != "Limit" && (is_sorted || sorts), found);
  }
}

/** The plans that a session has run since they were asked for last. */
class Plans {
 public:
  explicit Plans(soci::session& session) {
    for (char const* const statement :
         {"load 'auto_explain'", "set auto_explain.log_min_duration = 0", "set auto_explain.log_format = json",
          "set auto_explain.log_level = notice", "set client_min_messages = notice",
          // as on connections of the library's own
          "set plan_cache_mode = force_generic_plan", "set jit = off"}) {
      session << statement;
    }
    auto* const connection = static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
    PQsetNoticeReceiver(
        connection,
        [](void* to, PGresult const* notice) {
          std::string const text = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
          auto const begin = text.find('{');
          if (text.find("plan:") != std::string::npos && begin != std::string::npos) {
            static_cast<std::vector<std::string>*>(to)->push_back(text.substr(begin));
          }
        },
        &plans_);
  }

  [[nodiscard]] std::vector<std::string> take() { return std::exchange(plans_, {}); }

 private:
  std::vector<std::string> plans_;
};

std::vector<std::string> complaints(std::string const& plan, std::string const& installs) {
  std::vector<std::string> found;
  check_step(boost::json::parse(plan).as_object().at("Plan").as_object(), installs, false, found);
  return found;
}

/** How a plan reads a table, at each step that does. */
void add_reads(boost::json::object const& step, std::string const& table, std::vector<std::string>& found) {
  if (text_of(step, "Relation Name") == table) found.push_back(text_of(step, "Node Type"));
  if (auto const* const inner = step.if_contains("Plans")) {
    for (boost::json::value const& next : inner->as_array()) add_reads(next.as_object(), table, found);
  }
}
std::vector<std::string> reads_of(std::string const& plan, std::string const& table) {
  std::vector<std::string> found;
  add_reads(boost::json::parse(plan).as_object().at("Plan").as_object(), table, found);
  return found;
}

/** By what a plan finds a table's rows, at each step that reads it: empty where it goes through them. */
void add_ways(boost::json::object const& step, std::string const& table, std::vector<std::string>& found) {
  if (text_of(step, "Relation Name") == table) found.push_back(text_of(step, "Index Cond"));
  if (auto const* const inner = step.if_contains("Plans")) {
    for (boost::json::value const& next : inner->as_array()) add_ways(next.as_object(), table, found);
  }
}

}  // namespace

TEST_CASE("PostgreSQL reads no page by going through all installs, nor by sorting them") {
  HostOptions options;
  options.table_prefix = support::new_prefix();
  std::string const url = support::server_url(Engine::postgresql);
  std::string const installs = options.table_prefix + "environment_integration";
  soci::connection_pool pool(1);
  pool.at(0).open(soci::postgresql, url + "?client_encoding=UTF8");
  auto const store = open_postgresql(pool, options).value();
  support::ServerShell shell(url);
  shell.run("set session_replication_role = replica");  // or each of the rows is looked up in two tables
  support::fill_lists(support::postgresql_lists, options.table_prefix, 100'000,
                      [&](std::string const& statement) { shell.run(statement); });
  for (char const* const table : {"team", "environment", "integration", "environment_integration"}) {
    shell.run("vacuum analyze " + options.table_prefix + table);
  }
  Plans plans(pool.at(0));
  for (support::ListCase const& list : support::list_cases()) {
    for (bool const is_first : {true, false}) {
      INFO(list.name << (is_first ? ", first page" : ", further page"));
      auto query = support::query_of(list, 10);
      if (!is_first) query.after = Cursor{Timestamp{1'700'000'000'005'000}, {}};
      static_cast<void>(plans.take());
      REQUIRE(store->list(query).has_value());
      auto const run = plans.take();
      REQUIRE(run.size() == 1);
      INFO(run.front());
      REQUIRE(run.front().find(installs) != std::string::npos);
      CHECK(complaints(run.front(), installs) == std::vector<std::string>());
      // Every other install is shown: they may as well be picked out of all, in their order.
      if (list.index == std::string("install_shown")) continue;
      auto const is_used = [&](std::string const& index) {
        return run.front().find("\"Index Name\": \"" + options.table_prefix + index + '"') != std::string::npos;
      };
      // With few integrations, those of an environment may as well be looked up one by one.
      bool const is_by_environment = list.index == std::string("install_environment");
      CHECK((is_used(list.index) || (is_by_environment && is_used("install_where"))));
    }
  }

  // That the check can fail.
  shell.run("drop index " + options.table_prefix + "install_shown");
  shell.run("drop index " + options.table_prefix + "install_order");
  Query<InstalledIntegration> query{.limit = 10, .with_nested_documents = false};
  query.where.push_back(parse_condition<InstalledIntegration>("show_in_catalog=true").value());
  REQUIRE(store->list(query).has_value());
  CHECK(complaints(plans.take().at(0), installs).size() == 2);
}

TEST_CASE("PostgreSQL finds a team's install by all of its key, and reads no others of the environment") {
  HostOptions options;
  options.table_prefix = support::new_prefix();
  std::string const url = support::server_url(Engine::postgresql);
  std::string const installs = options.table_prefix + "environment_integration";
  soci::connection_pool pool(1);
  pool.at(0).open(soci::postgresql, url + "?client_encoding=UTF8");
  auto const store = open_postgresql(pool, options).value();
  support::ServerShell shell(url);
  shell.run("set session_replication_role = replica");
  support::fill_lists(support::postgresql_lists, options.table_prefix, 20'000,
                      [&](std::string const& statement) { shell.run(statement); });
  for (char const* const table : {"team", "environment", "integration", "environment_integration"}) {
    shell.run("vacuum analyze " + options.table_prefix + table);
  }
  Plans plans(pool.at(0));
  auto const id = [](long long number) { return FieldValue(parse_uuid(support::numbered_id(number)).value()); };
  Query<InstalledIntegration> const query{
      .where = {{"environment_id", Operator::eq, {id(6)}}, {"integration_id", Operator::eq, {id(500)}}},
      .scope = Scope::related("environment", "id", "environment_id", Scope::where({"team_id", Operator::eq, {id(0)}}))};
  CHECK(store->list(query).value().items.size() == 1);
  auto const run = plans.take();
  REQUIRE(run.size() == 1);
  INFO(run.front());
  std::vector<std::string> ways;
  add_ways(boost::json::parse(run.front()).as_object().at("Plan").as_object(), installs, ways);
  REQUIRE(ways.size() == 1);
  CHECK(ways.front().find("environment_id") != std::string::npos);
  CHECK(ways.front().find("integration_id") != std::string::npos);
}

TEST_CASE("PostgreSQL counts what a team has by that team's entries of indexes, whatever others have") {
  HostOptions options;
  options.table_prefix = support::new_prefix();
  std::string const url = support::server_url(Engine::postgresql);
  soci::connection_pool pool(1);
  pool.at(0).open(soci::postgresql, url + "?client_encoding=UTF8");
  auto const store = open_postgresql(pool, options).value();
  support::ServerShell shell(url);
  shell.run("set session_replication_role = replica");
  support::fill_lists(support::postgresql_lists, options.table_prefix, 20'000,
                      [&](std::string const& statement) { shell.run(statement); });
  std::string const id = support::postgresql_lists.id("i");
  shell.run("insert into " + options.table_prefix +
            "change (revision, ordinal, entity, row_id, kind, team_id, time, bytes) select 1, i, 'team', " + id +
            ", 'update', " + id + ", 5, 10 from " + support::postgresql_lists.series("20000"));
  // More environments, integrations and grants than the few that a walk would be as good for.
  shell.run("insert into " + options.table_prefix +
            "environment (id, name, team_id, version, birth, revision, created_at, updated_at) select 'e' || substr(" +
            id + ", 2, 7) || '-1111-4000-8000-000000000000', 'more ' || i, " + id + ", 1, 1, 1, 1, 1 from " +
            support::postgresql_lists.series("20000"));
  for (char const* const table : {"environment", "integration", "environment_integration", "grant", "change"}) {
    shell.run("vacuum analyze " + options.table_prefix + table);
  }
  Plans plans(pool.at(0));
  auto const team = Id<Team>{parse_uuid(support::numbered_id(1)).value()};
  Usage const usage = store->usage({.team = team}).value();
  CHECK(usage.rows > 0);
  CHECK(usage.bytes_logged == 10);
  auto const run = plans.take();
  REQUIRE(run.size() == 1);
  INFO(run.front());
  for (char const* const table : {"environment", "environment_integration", "change"}) {
    CAPTURE(table);
    auto const reads = reads_of(run.front(), options.table_prefix + table);
    CHECK_FALSE(reads.empty());
    CHECK(std::count(reads.begin(), reads.end(), "Seq Scan") == 0);
  }
  CHECK(reads_of(run.front(), options.table_prefix + "change") == std::vector<std::string>{"Index Only Scan"});
}
