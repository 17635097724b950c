// SPDX-License-Identifier: BSL-1.0
// Commits a second of many writers, each of a row of its own: of inlay, and by hand through the database's C library,
// where no counter puts commits into an order. benchmarks/commit_report makes a table of its lines.
#include <inlay/backends/all.hpp>
#include <inlay/id.hpp>
#include <inlay/storage/store_url.hpp>
#include <inlay/timestamp.hpp>

#include <libpq-fe.h>
#include <mysql.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace inlay;
using Clock = std::chrono::steady_clock;

/** One writer: each call is one commit. */
using Writer = std::function<void()>;

// ------------------------------------------------------------------------------------------------------------ inlay

Writer writer_of_inlay(std::shared_ptr<Repository> const& store) {
  auto const done = [store](Change change) {
    Commit commit;
    commit.changes = {std::move(change)};
    commit.actor = "benchmark";
    commit.token = generate_uuid();
    commit.time = now();
    store->commit(commit).value();
  };
  auto const team = std::make_shared<Team>();
  team->id = Id<Team>::generate();
  team->name = "0";
  done(Insert<Team>{*team});
  *team = store->find(FindRequest<Team>{.id = team->id}).value();
  return [=] {
    Team after = *team;
    after.name = std::to_string(team->version.value);
    done(Update<Team>{*team, after});
    after.version = Version{team->version.value + 1};
    *team = after;
  };
}

// ---------------------------------------------------------------------------------------------------------- by hand

/** The tables of a store's rows and log, as far as a commit of one row writes them. */
std::vector<std::string> tables_by_hand(std::string const& prefix, std::string const& id, std::string const& text) {
  return {"create table " + prefix + "commit (revision bigint primary key, token " + id + " not null unique, actor " +
              text + " not null, reason " + text + ", time bigint not null)",
          "create table " + prefix + "team (id " + id + " primary key, name " + text +
              " not null, version bigint not null, revision bigint not null, updated_at bigint not null)",
          "create table " + prefix +
              "change (revision bigint not null, ordinal bigint not null, entity varchar(40) not null, row_id " + id +
              " not null, kind varchar(20) not null, old " + text + ", new " + text +
              ", time bigint not null, bytes bigint not null, primary key (revision, ordinal))",
          "create index " + prefix + "change_of on " + prefix + "change (entity, row_id, revision)"};
}

/** What a commit says, as texts. */
struct Values {
  std::string token = to_string(generate_uuid());
  std::string time = std::to_string(now().microseconds);
  std::string name;
  std::string id;
  std::string version;
  std::string before;
  std::string after;
  std::string bytes;

  Values(std::string its_id, long long its_version)
      : name(std::to_string(its_version)), id(std::move(its_id)), version(std::to_string(its_version)) {
    before = R"({"id":")" + id + R"(","name":")" + name +
             R"(","domain":null,"logo":null,"is_verified":false,"is_white_labeled":false,"terms_of_service":null,)"
             R"("allows_impersonation":false,"version":)" +
             version + R"(,"birth":"0123456789abcdef","revision":)" + version + R"(,"created_at":")" + time +
             R"(","updated_at":")" + time + "\"}";
    after = before;
    bytes = std::to_string(before.size() + after.size());
  }
};

class Postgresql {
 public:
  Postgresql(std::string const& url, std::string const& prefix) : connection_(PQconnectdb(url.c_str()), &PQfinish) {
    PQsetNoticeProcessor(
        connection_.get(), [](void*, char const*) {}, nullptr);
    run("set plan_cache_mode = force_generic_plan");
    prefix_ = prefix;
  }

  void make_tables() {
    for (auto const& table : tables_by_hand(prefix_, "text collate \"C\"", "text collate \"C\"")) run(table);
    run("create sequence " + prefix_ + "numbers");
  }
  void drop_tables() {
    for (auto const& name : run("select tablename from pg_tables where tablename like '" + prefix_ + "%'")) {
      run("drop table " + name + " cascade");
    }
    run("drop sequence if exists " + prefix_ + "numbers");
  }

  void begin(std::string const& id) {
    run("insert into " + prefix_ + "team values ('" + id + "', '0', 1, 0, 0)");
    std::string const commit =
        "with c as (insert into " + prefix_ + "commit select nextval('" + prefix_ +
        "numbers'), $1::text, 'benchmark', null, $2::bigint returning revision), w as (update " + prefix_ +
        "team set name = $3, version = version + 1, revision = (select revision from c), updated_at = $2"
        " where id = $4 and version = $5::bigint returning 1), l as (insert into " +
        prefix_ +
        "change select (select revision from c), 0, 'team', $4, 'updated', $6::text, $7::text, $2, $8::bigint from w)"
        " select revision from c where 1 / (select count(*) from w) = 1";
    std::unique_ptr<PGresult, decltype(&PQclear)> const prepared(
        PQprepare(connection_.get(), "commit", commit.c_str(), 0, nullptr), &PQclear);
    if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
  }
  void commit(Values const& v) {
    char const* const values[] = {v.token.c_str(),   v.time.c_str(),   v.name.c_str(),  v.id.c_str(),
                                  v.version.c_str(), v.before.c_str(), v.after.c_str(), v.bytes.c_str()};
    std::unique_ptr<PGresult, decltype(&PQclear)> const result(
        PQexecPrepared(connection_.get(), "commit", 8, values, nullptr, nullptr, 0), &PQclear);
    if (PQntuples(result.get()) != 1) throw std::runtime_error(PQerrorMessage(connection_.get()));
  }

 private:
  std::vector<std::string> run(std::string const& text) {
    std::unique_ptr<PGresult, decltype(&PQclear)> const result(PQexec(connection_.get(), text.c_str()), &PQclear);
    auto const status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
      throw std::runtime_error(PQerrorMessage(connection_.get()));
    std::vector<std::string> names;
    for (int row = 0; row < PQntuples(result.get()); ++row) names.emplace_back(PQgetvalue(result.get(), row, 0));
    return names;
  }

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
  std::string prefix_;
};

class Mysql {
 public:
  Mysql(std::string const& text, std::string prefix)
      : connection_(mysql_init(nullptr), &mysql_close), prefix_(std::move(prefix)) {
    StoreUrl const url = StoreUrl::parse(text).value();
    auto const& host = url.hosts.at(0);
    if (!mysql_real_connect(connection_.get(), host.name.c_str(), url.user.c_str(), url.password.value_or("").c_str(),
                            url.path.c_str(), host.port.value_or(0), nullptr,
                            CLIENT_FOUND_ROWS | CLIENT_MULTI_RESULTS)) {
      throw std::runtime_error(mysql_error(connection_.get()));
    }
    number_ = static_cast<long long>(generate_birth().value >> 2U);
  }

  void make_tables() {
    for (auto const& table : tables_by_hand(prefix_, "char(36) character set ascii collate ascii_bin", "longtext")) {
      run(table);
    }
  }
  void drop_tables() {
    run("set foreign_key_checks = 0");
    for (auto const& name : run("show tables like '" + prefix_ + "%'")) run("drop table `" + name + "`");
  }

  void begin(std::string const& id) {
    run("insert into " + prefix_ + "team values ('" + id + "', '0', 1, 0, 0)");
    std::string const block =
        "begin not atomic declare exit handler for sqlexception begin rollback; resignal; end; start transaction;"
        " insert into " +
        prefix_ + "commit values (?, ?, 'benchmark', null, ?); update " + prefix_ +
        "team set name = ?, version = version + 1, revision = ?, updated_at = ? where id = ? and version = ?;"
        " insert into " +
        prefix_ + "change values (?, 0, 'team', ?, 'updated', ?, ?, ?, ?); select 1; commit; end";
    statement_.reset(mysql_stmt_init(connection_.get()));
    if (mysql_stmt_prepare(statement_.get(), block.data(), block.size()) != 0) fail();
  }
  void commit(Values const& v) {
    std::string const number = std::to_string(++number_);
    std::array<std::string const*, 14> const values{&number,   &v.token, &v.time,    &v.name, &number,
                                                    &v.time,   &v.id,    &v.version, &number, &v.id,
                                                    &v.before, &v.after, &v.time,    &v.bytes};
    std::array<MYSQL_BIND, 14> binds{};
    for (std::size_t i = 0; i < values.size(); ++i) {
      binds[i].buffer_type = MYSQL_TYPE_STRING;
      binds[i].buffer = const_cast<char*>(values[i]->data());  // which the library only reads
      binds[i].buffer_length = values[i]->size();
    }
    if (mysql_stmt_bind_param(statement_.get(), binds.data()) != 0 || mysql_stmt_execute(statement_.get()) != 0) fail();
    do {
      if (mysql_stmt_field_count(statement_.get()) > 0) mysql_stmt_store_result(statement_.get());
      mysql_stmt_free_result(statement_.get());
    } while (mysql_stmt_next_result(statement_.get()) == 0);
  }

 private:
  [[noreturn]] void fail() { throw std::runtime_error(mysql_stmt_error(statement_.get())); }
  std::vector<std::string> run(std::string const& text) {
    if (mysql_query(connection_.get(), text.c_str()) != 0) throw std::runtime_error(mysql_error(connection_.get()));
    std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> const result(mysql_store_result(connection_.get()),
                                                                          &mysql_free_result);
    std::vector<std::string> names;
    while (MYSQL_ROW const row = result ? mysql_fetch_row(result.get()) : nullptr) names.emplace_back(row[0]);
    return names;
  }

  std::unique_ptr<MYSQL, decltype(&mysql_close)> connection_;
  std::unique_ptr<MYSQL_STMT, decltype(&mysql_stmt_close)> statement_{nullptr, &mysql_stmt_close};
  std::string prefix_;
  long long number_ = 0;
};

class Sqlite {
 public:
  Sqlite(std::string const& url, std::string prefix) : prefix_(std::move(prefix)) {
    std::string const path = StoreUrl::parse(url).value().path;
    sqlite3* opened = nullptr;
    int const result = sqlite3_open(path.c_str(), &opened);
    connection_.reset(opened);
    if (result != SQLITE_OK) fail();
    sqlite3_busy_timeout(opened, 60'000);
    run("pragma journal_mode = wal");
    run("pragma synchronous = full");
  }

  void make_tables() {
    for (auto const& table : tables_by_hand(prefix_, "text", "text")) run(table);
  }
  void drop_tables() {}  // they go with the file

  void begin(std::string const& id) {
    run("insert into " + prefix_ + "team values ('" + id + "', '0', 1, 0, 0)");
    auto const prepare = [&](std::string const& text) {
      sqlite3_stmt* statement = nullptr;
      if (sqlite3_prepare_v2(connection_.get(), text.c_str(), -1, &statement, nullptr) != SQLITE_OK) fail();
      return Statement(statement, &sqlite3_finalize);
    };
    statements_.push_back(prepare("begin immediate"));
    statements_.push_back(prepare("insert into " + prefix_ + "commit select coalesce(max(revision), 0) + 1, ?1, " +
                                  "'benchmark', null, ?2 from " + prefix_ + "commit"));
    statements_.push_back(prepare("update " + prefix_ + "team set name = ?3, version = version + 1, revision = " +
                                  "last_insert_rowid(), updated_at = ?2 where id = ?4 and version = ?5"));
    statements_.push_back(prepare("insert into " + prefix_ + "change values ((select max(revision) from " + prefix_ +
                                  "commit), 0, 'team', ?4, 'updated', ?6, ?7, ?2, ?8)"));
    statements_.push_back(prepare("commit"));
  }
  void commit(Values const& v) {
    std::array<std::string const*, 8> const values{&v.token,   &v.time,   &v.name,  &v.id,
                                                   &v.version, &v.before, &v.after, &v.bytes};
    for (auto const& statement : statements_) {
      for (int i = 1; i <= sqlite3_bind_parameter_count(statement.get()); ++i) {
        std::string const& value = *values[static_cast<std::size_t>(i - 1)];
        sqlite3_bind_text(statement.get(), i, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
      }
      if (sqlite3_step(statement.get()) != SQLITE_DONE) fail();
      sqlite3_reset(statement.get());
    }
  }

 private:
  using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

  [[noreturn]] void fail() { throw std::runtime_error(sqlite3_errmsg(connection_.get())); }
  void run(std::string const& text) {
    if (sqlite3_exec(connection_.get(), text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
  }

  std::unique_ptr<sqlite3, decltype(&sqlite3_close)> connection_{nullptr, &sqlite3_close};
  std::vector<Statement> statements_;
  std::string prefix_;
};

template <class Hand>
Writer writer_by_hand(std::string const& url, std::string const& prefix) {
  auto const hand = std::make_shared<Hand>(url, prefix);
  std::string const id = to_string(generate_uuid());
  hand->begin(id);
  return [=, version = 1LL]() mutable { hand->commit(Values(id, version++)); };
}

// ------------------------------------------------------------------------------------------------------------- runs

struct Way {
  std::function<void()> set_up;                         ///< once, before all processes
  std::function<std::function<Writer()>()> in_process;  ///< in each process: what makes its writers
  std::function<void()> tear_down;
};

template <class Hand>
Way way_on(std::string const& url, std::string const& prefix, bool is_inlay, int threads) {
  auto const tear_down = [=] { Hand(url, prefix).drop_tables(); };
  if (!is_inlay) {
    return {.set_up = [=] { Hand(url, prefix).make_tables(); },
            .in_process = [=] { return [=] { return writer_by_hand<Hand>(url, prefix); }; },
            .tear_down = tear_down};
  }
  std::string parameters = "?table_prefix=" + prefix;
  parameters +=
      url.starts_with("sqlite:") ? "&busy_timeout=60s" : "&lease_timeout=60s&pool_size=" + std::to_string(threads);
  auto const open = [store = url + parameters] { return all_backends().open(store).value(); };
  return {.set_up = [=] { static_cast<void>(open()); },
          .in_process = [=] { return [store = open()] { return writer_of_inlay(store); }; },
          .tear_down = tear_down};
}

/** The times of all commits in µs, of all threads of this process. */
std::vector<double> run(std::function<Writer()> const& make, int threads, std::chrono::milliseconds time) {
  std::vector<std::vector<double>> times(static_cast<std::size_t>(threads));
  std::vector<Writer> writers;
  for (int i = 0; i < threads; ++i) writers.push_back(make());
  std::vector<std::thread> running;
  auto const end = Clock::now() + time;
  for (std::size_t i = 0; i < writers.size(); ++i) {
    running.emplace_back([&, i] {
      for (auto begin = Clock::now(); begin < end;) {
        writers[i]();
        auto const now = Clock::now();
        times[i].push_back(std::chrono::duration<double, std::micro>(now - begin).count());
        begin = now;
      }
    });
  }
  for (auto& thread : running) thread.join();
  std::vector<double> all;
  for (auto const& some : times) all.insert(all.end(), some.begin(), some.end());
  return all;
}

std::vector<double> run_processes(Way const& way, int processes, int threads, std::chrono::milliseconds time) {
  if (processes == 1) return run(way.in_process(), threads, time);
  std::vector<int> ends;
  for (int i = 0; i < processes; ++i) {
    std::array<int, 2> pipe_ends{};
    if (pipe(pipe_ends.data()) != 0) throw std::runtime_error("there are no pipes");
    if (fork() == 0) {
      auto const times = run(way.in_process(), threads, time);
      auto const* bytes = reinterpret_cast<char const*>(times.data());
      for (std::size_t left = times.size() * sizeof(double); left > 0;) {
        auto const written = write(pipe_ends[1], bytes, left);
        if (written <= 0) _exit(1);
        bytes += written;
        left -= static_cast<std::size_t>(written);
      }
      _exit(0);
    }
    close(pipe_ends[1]);
    ends.push_back(pipe_ends[0]);
  }
  std::vector<double> all;
  for (int const end : ends) {
    std::FILE* const file = fdopen(end, "r");
    for (double time_taken = 0; std::fread(&time_taken, sizeof time_taken, 1, file) == 1;) all.push_back(time_taken);
    std::fclose(file);
  }
  for (int status = 0; wait(&status) > 0;) {
    if (status != 0) throw std::runtime_error("a process has failed");
  }
  return all;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    std::vector<std::string> const given(arguments + 1, arguments + count);
    if (given.size() != 5 || (given[0] != "inlay" && given[0] != "by_hand")) {
      std::cerr << "usage: commit_load inlay|by_hand URL PROCESSES THREADS MILLISECONDS\n"
                   "writes a line: commits a second, and the median and the 99th percentile of their times in us\n";
      return 2;
    }
    std::string const& url = given[1];
    int const processes = std::stoi(given[2]);
    int const threads = std::stoi(given[3]);
    std::chrono::milliseconds const time(std::stoi(given[4]));
    bool const is_inlay = given[0] == "inlay";
    std::string const prefix = "b" + to_string(generate_uuid()).substr(24) + "_";
    Way const way = url.starts_with("sqlite:")    ? way_on<Sqlite>(url, prefix, is_inlay, threads)
                    : url.starts_with("postgres") ? way_on<Postgresql>(url, prefix, is_inlay, threads)
                                                  : way_on<Mysql>(url, prefix, is_inlay, threads);
    way.set_up();
    auto times = run_processes(way, processes, threads, time);
    way.tear_down();
    std::sort(times.begin(), times.end());
    if (times.empty()) throw std::runtime_error("no commit has ended");
    double const seconds = std::chrono::duration<double>(time).count();
    std::cout << static_cast<double>(times.size()) / seconds << ',' << times[times.size() / 2] << ','
              << times[times.size() * 99 / 100] << std::endl;
    return 0;
  } catch (std::exception const& error) {
    std::cerr << "commit_load: " << error.what() << '\n';
    return 1;
  }
}
