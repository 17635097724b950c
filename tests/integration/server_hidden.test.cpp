// SPDX-License-Identifier: BSL-1.0
// What rows that a team may not see cost on PostgreSQL and MariaDB, by their own counts.
#include <inlay/backends/sql/host.hpp>

#include <support/catch.hpp>
#include <support/hidden_rows.hpp>
#include <support/server.hpp>

#include <libpq-fe.h>
#include <soci/mysql/soci-mysql.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <boost/json.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace inlay;
using support::Engine;

namespace {

/** How many rows a plan has read: those that each scan gave, and those that it met and dropped. */
double rows_read(boost::json::object const& step) {
  auto const number = [&](char const* member) {
    auto const* const value = step.if_contains(member);
    return value == nullptr ? 0.0 : value->to_number<double>();
  };
  double rows = 0;
  if (step.contains("Relation Name") || step.contains("Index Name")) {
    double met = number("Actual Rows");
    for (char const* const dropped :
         {"Rows Removed by Filter", "Rows Removed by Index Recheck", "Rows Removed by Join Filter"}) {
      met += number(dropped);
    }
    rows = met * number("Actual Loops");
  }
  if (auto const* const inner = step.if_contains("Plans")) {
    for (boost::json::value const& next : inner->as_array()) rows += rows_read(next.as_object());
  }
  return rows;
}

/** The rows that PostgreSQL has read for the statements of a session. */
class PostgresqlRows {
 public:
  explicit PostgresqlRows(soci::session& session) {
    for (char const* const statement :
         {"load 'auto_explain'", "set auto_explain.log_min_duration = 0", "set auto_explain.log_format = json",
          "set auto_explain.log_analyze = on", "set auto_explain.log_timing = off",
          "set auto_explain.log_level = notice", "set client_min_messages = notice",
          // as on connections of the library's own
          "set plan_cache_mode = force_generic_plan", "set jit = off",
          // A table of a few rows is read as a whole, which says nothing about one of many.
          "set enable_seqscan = off"}) {
      session << statement;
    }
    auto* const connection = static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
    PQsetNoticeReceiver(
        connection,
        [](void* to, PGresult const* notice) {
          std::string const text = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
          auto const begin = text.find('{');
          if (text.find("plan:") == std::string::npos || begin == std::string::npos) return;
          auto const plan = boost::json::parse(text.substr(begin));
          *static_cast<double*>(to) += rows_read(plan.as_object().at("Plan").as_object());
        },
        &rows_);
  }

  [[nodiscard]] long long take() { return static_cast<long long>(std::exchange(rows_, 0.0)); }

 private:
  double rows_ = 0;
};

/** The rows and index entries that MariaDB has read for the statements of a session. */
class MariadbRows {
 public:
  explicit MariadbRows(soci::session& session) : session_(session) {}

  [[nodiscard]] long long take() {
    soci::rowset<soci::row> const status = (session_.prepare << "show session status like 'Handler\\_read\\_%'");
    long long total = 0;
    for (soci::row const& row : status) total += std::stoll(row.get<std::string>(1));
    return total - std::exchange(last_, total);
  }

 private:
  soci::session& session_;
  long long last_ = 0;
};

/** Two stores on one session, which differ in the rows that two teams may not see. */
struct TwoStores {
  soci::connection_pool pool{1};
  std::shared_ptr<Repository> few;
  std::shared_ptr<Repository> many;

  explicit TwoStores(Engine engine) {
    std::string const url = support::server_url(engine);
    if (engine == Engine::postgresql) {
      pool.at(0).open(soci::postgresql, url + "?client_encoding=UTF8");
    } else {
      StoreUrl const parsed = StoreUrl::parse(url).value();
      pool.at(0).open(soci::mysql, "host=" + parsed.hosts.at(0).name +
                                       " port=" + std::to_string(parsed.hosts.at(0).port.value_or(3306)) +
                                       " user=" + parsed.user + " password='" + parsed.password.value_or("") +
                                       "' dbname=" + parsed.path + " charset=utf8mb4");
    }
    few = opened(engine, 500);
    many = opened(engine, 3'000);
  }

  std::shared_ptr<Repository> opened(Engine engine, int hidden) {
    HostOptions options;
    options.table_prefix = support::new_prefix();
    auto store = engine == Engine::postgresql ? open_postgresql(pool, options) : open_mysql(pool, options);
    support::fill_world(*store.value(), hidden);
    support::ServerShell shell(support::server_url(engine));
    for (char const* const table : {"team", "environment", "integration", "environment_integration", "grant"}) {
      std::string const name = options.table_prefix + table;
      shell.run((engine == Engine::postgresql ? "vacuum analyze " : "analyze table ") + name);
    }
    return store.value();
  }
};

}  // namespace

TEST_CASE(
    "rows that a team may not see change neither what PostgreSQL answers nor, but for a few, how many rows it reads") {
  TwoStores stores(Engine::postgresql);
  PostgresqlRows rows(stores.pool.at(0));
  // In which order it joins the teams of a page's rows, and so how often it reads one of them, is by its statistics.
  constexpr long long teams_of_a_page = 8;
  CHECK(support::differences(
            stores.few, stores.many, [&] { return rows.take(); }, teams_of_a_page) == std::vector<std::string>());
}

TEST_CASE(
    "rows that a team may not see change neither what MariaDB answers nor, but for a few, how many rows it reads") {
  TwoStores stores(Engine::mysql);
  MariadbRows rows(stores.pool.at(0));
  // It plans by statistics that it takes from a sample.
  constexpr long long by_sample = 8;
  CHECK(support::differences(
            stores.few, stores.many, [&] { return rows.take(); }, by_sample) == std::vector<std::string>());
}
