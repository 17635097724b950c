// SPDX-License-Identifier: BSL-1.0
// What rows that a team may not see cost on SQLite: nothing, and so their number and names can't be told by time.
#include <support/catch.hpp>
#include <support/hidden_rows.hpp>
#include <support/sqlite.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace inlay;

namespace {

/** Counts the steps of SQLite's virtual machine that statements of this process take while it lives. */
class Steps {
 public:
  Steps() {
    count() = 0;
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&attach));
  }
  ~Steps() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&attach)); }
  Steps(Steps const&) = delete;
  Steps& operator=(Steps const&) = delete;

  [[nodiscard]] static long long take() { return std::exchange(count(), 0); }

 private:
  static long long& count() {
    static long long steps = 0;
    return steps;
  }

  static int attach(sqlite3* connection, char const**, sqlite3_api_routines const*) {
    return sqlite3_trace_v2(
        connection, SQLITE_TRACE_PROFILE,
        [](unsigned, void*, void* statement, void*) {
          count() += sqlite3_stmt_status(static_cast<sqlite3_stmt*>(statement), SQLITE_STMTSTATUS_VM_STEP, 1);
          return 0;
        },
        nullptr);
  }
};

}  // namespace

TEST_CASE("rows that a team may not see change neither what SQLite answers nor how many steps that takes") {
  Steps const steps;
  auto const few = support::open_sqlite(":memory:").value();
  auto const many = support::open_sqlite(":memory:").value();
  support::fill_world(*few, 10);  // not none, since to find the end of an index takes a step less than a next row
  support::fill_world(*many, 300);
  CHECK(support::differences(few, many, &Steps::take) == std::vector<std::string>());

  // That the steps are counted, and tell of rows that are read.
  static_cast<void>(Steps::take());
  REQUIRE(few->list(Query<EnvironmentIntegration>{.limit = 1'000}).has_value());
  long long const small = Steps::take();
  REQUIRE(many->list(Query<EnvironmentIntegration>{.limit = 1'000}).has_value());
  CHECK(small > 0);
  CHECK(Steps::take() > 10 * small);
}
