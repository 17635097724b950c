// SPDX-License-Identifier: BSL-1.0
// The library beside mysql_real_query, on MariaDB.
#include "server_store.hpp"

#include <inlay/backends/mysql.hpp>

#include <mysql.h>

namespace {

using namespace inlay;
using namespace inlay::benchmarks;

struct Mysql {
  static ServerStore const& store() {
    static ServerStore const the(mysql_backend(), std::getenv("INLAY_TEST_MYSQL_URL"));
    return the;
  }

  class ByHand {
   public:
    explicit ByHand(ServerStore const& store) : prefix_(store.prefix), connection_(mysql_init(nullptr), &mysql_close) {
      StoreUrl const url = StoreUrl::parse(std::getenv("INLAY_TEST_MYSQL_URL")).value();
      mysql_options(connection_.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
      if (!mysql_real_connect(connection_.get(), url.hosts.at(0).name.c_str(), url.user.c_str(),
                              url.password.value_or("").c_str(), url.path.c_str(), url.hosts.at(0).port.value_or(0),
                              nullptr, CLIENT_MULTI_RESULTS | CLIENT_FOUND_ROWS)) {
        throw std::runtime_error(mysql_error(connection_.get()));
      }
      run("set session transaction isolation level read committed");
      run("create sequence if not exists " + prefix_ + "sequence start with 1000000000");
    }

    InstalledIntegration find(std::string const& id) {
      auto const result = run(find_by_hand(prefix_, quoted(id), '`'));
      MYSQL_ROW const row = mysql_fetch_row(result.get());
      return read_by_hand([&](int at) -> char const* { return row[at]; });
    }

    void update(UpdateByHand const& row, bool with_counter) {
      std::string const next =
          with_counter
              ? "update " + prefix_ + "counter set revision = last_insert_id(revision + 1); set r = last_insert_id(); "
              : "set r = nextval(" + prefix_ + "sequence); ";
      auto const result =
          run("begin not atomic declare r bigint; declare n bigint default 1; declare exit handler for sqlexception"
              " begin rollback; resignal; end; start transaction; " +
              next + "insert into " + prefix_ + "commit (revision, token, actor, reason, time) values (r, " +
              quoted(row.token) + ", 'benchmark', null, " + row.time + "); update " + prefix_ +
              "environment_integration set `override` = " + quoted(row.override) + ", document_bytes = " + row.bytes +
              ", version = " + row.version + ", revision = r, updated_at = " + row.time +
              " where id = " + quoted(row.id) + " and version = " + row.expected + " and birth = " + row.birth +
              "; set n = row_count(); if n = 1 then insert into " + prefix_ +
              "change (revision, ordinal, entity, row_id, kind, `before`, `after`, team_id, time, bytes) values (r, 0,"
              " 'environment_integration', " +
              quoted(row.id) + ", 'updated', " + quoted(row.json_before) + ", " + quoted(row.json_after) +
              ", (select team_id from " + prefix_ + "environment where id = " + quoted(row.environment) + "), " +
              row.time + ", " + row.logged + "); commit; select r; else rollback; select 0; end if; end");
      if (*mysql_fetch_row(result.get())[0] == '0') throw std::runtime_error("stale");
    }

   private:
    using Answer = std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)>;

    std::string quoted(std::string const& value) {
      std::string text(2 * value.size() + 3, '\'');
      auto const length = mysql_real_escape_string(connection_.get(), text.data() + 1, value.data(), value.size());
      text[length + 1] = '\'';
      text.resize(length + 2);
      return text;
    }
    Answer run(std::string const& text) {
      if (mysql_real_query(connection_.get(), text.data(), text.size()) != 0) {
        throw std::runtime_error(mysql_error(connection_.get()));
      }
      Answer answer(mysql_store_result(connection_.get()), &mysql_free_result);
      while (mysql_next_result(connection_.get()) == 0) mysql_free_result(mysql_store_result(connection_.get()));
      return answer;
    }

    std::string prefix_;
    std::unique_ptr<MYSQL, decltype(&mysql_close)> connection_;
  };
};

[[maybe_unused]] bool const is_registered = register_server<Mysql>("mysql", "INLAY_TEST_MYSQL_URL");

}  // namespace
