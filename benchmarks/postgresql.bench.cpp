// SPDX-License-Identifier: BSL-1.0
// The library beside libpq with prepared statements.
#include "server_store.hpp"

#include <inlay/backends/postgresql.hpp>

#include <libpq-fe.h>

namespace {

using namespace inlay;
using namespace inlay::benchmarks;

struct Postgresql {
  static ServerStore const& store() {
    static ServerStore const the(postgresql_backend(), std::getenv("INLAY_TEST_POSTGRESQL_URL"));
    return the;
  }

  class ByHand {
   public:
    explicit ByHand(ServerStore const& store)
        : connection_(PQconnectdb(std::getenv("INLAY_TEST_POSTGRESQL_URL")), &PQfinish) {
      std::string const& p = store.prefix;
      PQsetNoticeProcessor(
          connection_.get(), [](void*, char const*) {}, nullptr);
      PQclear(PQexec(connection_.get(), ("create sequence if not exists " + p + "sequence").c_str()));
      prepare("find", find_by_hand(p, "$1", '"'));
      auto const update = [&](std::string const& next) {
        return "with k as (" + next + "), c as (insert into " + p +
               "commit (revision, token, actor, reason, time) select k.revision, $1::text, 'benchmark', null,"
               " $2::bigint from k returning revision), w as (update " +
               p +
               "environment_integration set override = $3, document_bytes = $11, version = $4, revision = (select "
               "revision from c),"
               " updated_at = $2 where id = $5 and version = $6 and birth = $9 returning 1), l as (insert into " +
               p +
               "change (revision, ordinal, entity, row_id, kind, before, after, team_id, time, bytes) select"
               " (select revision from c), 0, 'environment_integration', $5, 'updated', $7::text, $8::text,"
               " (select team_id from " +
               p +
               "environment where id = $10), $2, $12::bigint from w)"
               " select revision from c where 1 / (select count(*) from w) = 1";
      };
      prepare("update", update("update " + p + "counter set revision = revision + 1 returning revision"));
      prepare("scatter", update("select 1000000000 + nextval('" + p + "sequence') as revision"));
    }

    InstalledIntegration find(std::string const& id) {
      char const* const values[] = {id.c_str()};
      auto const result = run("find", 1, values);
      return read_by_hand([&](int at) -> char const* {
        return PQgetisnull(result.get(), 0, at) ? nullptr : PQgetvalue(result.get(), 0, at);
      });
    }

    void update(UpdateByHand const& row, bool with_counter) {
      char const* const values[] = {row.token.c_str(),       row.time.c_str(),       row.override.c_str(),
                                    row.version.c_str(),     row.id.c_str(),         row.expected.c_str(),
                                    row.json_before.c_str(), row.json_after.c_str(), row.birth.c_str(),
                                    row.environment.c_str(), row.bytes.c_str(),      row.logged.c_str()};
      run(with_counter ? "update" : "scatter", 12, values);
    }

   private:
    using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

    void prepare(char const* name, std::string const& text) {
      Answer const answer(PQprepare(connection_.get(), name, text.c_str(), 0, nullptr), &PQclear);
      if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
    }
    Answer run(char const* name, int count, char const* const* values) {
      Answer answer(PQexecPrepared(connection_.get(), name, count, values, nullptr, nullptr, 0), &PQclear);
      if (PQntuples(answer.get()) != 1) throw std::runtime_error(PQerrorMessage(connection_.get()));
      return answer;
    }

    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
  };
};

[[maybe_unused]] bool const is_registered = register_server<Postgresql>("postgresql", "INLAY_TEST_POSTGRESQL_URL");

}  // namespace
