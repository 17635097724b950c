// SPDX-License-Identifier: BSL-1.0
// What pages cost on SQLite.
#include "lists.hpp"

#include <inlay/backends/sqlite.hpp>

#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>

namespace {

using namespace inlay;
using namespace inlay::benchmarks;

struct SqliteLists {
  struct Store {
    explicit Store(long long installs) {
      std::filesystem::create_directories(folder);
      auto const path = (folder / "inlay.db").string();
      repository = Backends{}.add(sqlite_backend()).open("sqlite:" + path).value();
      sqlite3_open(path.c_str(), &connection);
      run("begin");
      support::fill_lists(support::sqlite_lists, "inlay_", installs,
                          [&](std::string const& statement) { run(statement); });
      run("commit");
      run("pragma wal_checkpoint(truncate)");
    }
    ~Store() {
      sqlite3_close(connection);
      repository.reset();
      std::error_code ignored;
      std::filesystem::remove_all(folder, ignored);
    }
    Store(Store const&) = delete;
    Store& operator=(Store const&) = delete;

    std::optional<Cursor> last_page(ListCase const& list) const {
      std::optional<Cursor> found;
      run(last_page_sql("inlay_", list, list_limit), &found);
      return found;
    }

    void run(std::string const& statement, std::optional<Cursor>* cursor = nullptr) const {
      auto const on_row = [](void* out, int, char** values, char**) {
        if (out != nullptr) {
          static_cast<std::optional<Cursor>*>(out)->emplace(
              Cursor{Timestamp{std::atoll(values[0])}, parse_uuid(values[1]).value()});
        }
        return 0;
      };
      if (sqlite3_exec(connection, statement.c_str(), on_row, cursor, nullptr) != SQLITE_OK) {
        throw std::runtime_error(sqlite3_errmsg(connection));
      }
    }

    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("inlay-bench-" + to_string(generate_uuid()));
    sqlite3* connection = nullptr;
    std::shared_ptr<Repository> repository;
  };

  static Store const& store(long long installs) {
    static std::map<long long, Store> all;
    return all.try_emplace(installs, installs).first->second;
  }
};

[[maybe_unused]] bool const has_lists = register_lists<SqliteLists>("sqlite");

}  // namespace
