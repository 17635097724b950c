// SPDX-License-Identifier: BSL-1.0
// The library beside the same statements written by hand against SQLite's C API, on files in one folder.
//
// get: a whole InstalledIntegration. update: a commit that changes an override, change log and all; once as durable as
// by default, where the disk sets the pace, and once with synchronous=normal, where the code does.

#include "store_work.hpp"
#include "turns.hpp"

#include <inlay/backends/sqlite.hpp>
#include <inlay/model/json_form.hpp>

#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace inlay;

constexpr int installs = 1'000;

struct Store {
  explicit Store(std::string const& synchronous) {
    std::filesystem::create_directories(folder);
    url = "sqlite:" + path() + "?synchronous=" + synchronous;
    repository = Backends{}.add(sqlite_backend()).open(url).value();
    ids = benchmarks::fill(*repository, installs);
  }
  ~Store() {
    repository.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  Store(Store const&) = delete;
  Store& operator=(Store const&) = delete;

  [[nodiscard]] std::string path() const { return (folder / "inlay.db").string(); }

  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("inlay-bench-" + to_string(generate_uuid()));
  std::string url;
  std::shared_ptr<Repository> repository;
  std::vector<Id<EnvironmentIntegration>> ids;
};

/** What a careful programmer would write by hand: everything prepared once. */
class ByHand {
 public:
  ByHand(Store const& store, std::string const& synchronous) {
    if (sqlite3_open(store.path().c_str(), &connection_) != SQLITE_OK) throw std::runtime_error("cannot open");
    sqlite3_busy_timeout(connection_, 5'000);
    sqlite3_exec(connection_, "pragma foreign_keys = on", nullptr, nullptr, nullptr);
    sqlite3_exec(connection_, ("pragma synchronous = " + synchronous).c_str(), nullptr, nullptr, nullptr);
    find_ = prepare(
        "select t0.id, t0.integration_id, t0.environment_id, t0.show_in_catalog, t0.is_enabled, t0.override, "
        "t0.version, t0.birth,"
        " t0.revision, t0.created_at, t0.updated_at, t1.id, t1.name, t1.category, t1.is_beta, t1.config, t1.team_id,"
        " t1.sharing, t1.version, t1.birth, t1.revision, t1.created_at, t1.updated_at, t2.id, t2.name, t2.domain, "
        "t2.logo,"
        " t2.is_verified, t2.is_white_labeled, t2.terms_of_service, t2.allows_impersonation, t2.version, t2.birth,  "
        "t2.revision,"
        " t2.created_at, t2.updated_at from inlay_environment_integration t0 join inlay_integration t1 on t1.id ="
        " t0.integration_id join inlay_team t2 on t2.id = t1.team_id where t0.id = ?");
    begin_ = prepare("begin immediate");
    count_ = prepare("update inlay_counter set revision = revision + 1 returning revision");
    insert_commit_ = prepare("insert into inlay_commit (revision, token, actor, reason, time) values (?, ?, ?, ?, ?)");
    update_ = prepare(
        "update inlay_environment_integration set override = ?, version = ?, revision = ?, updated_at = ?,"
        " document_bytes = ? where id = ? and version = ? and birth = ?");
    insert_change_ = prepare(
        "insert into inlay_change (revision, ordinal, entity, row_id, kind, \"before\", \"after\","
        " team_id, time, bytes) values (?, ?, ?, ?, ?, ?, ?, (select team_id from inlay_environment where id = ?), ?, "
        "?)");
    commit_ = prepare("commit");
  }
  ~ByHand() {
    for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
    sqlite3_close(connection_);
  }
  ByHand(ByHand const&) = delete;
  ByHand& operator=(ByHand const&) = delete;

  InstalledIntegration find(Id<EnvironmentIntegration> const& id) {
    std::string const key = to_string(id);
    bind(find_, 1, key);
    if (sqlite3_step(find_) != SQLITE_ROW) throw std::runtime_error("no such row");
    InstalledIntegration found;
    auto& [install, integration, team, installed_in] = found;
    int at = 0;
    read(install.id, at);
    read(install.integration_id, at);
    read(install.environment_id, at);
    read(install.show_in_catalog, at);
    read(install.is_enabled, at);
    read(install.override, at);
    read(install.version.value, at);
    read(install.birth, at);
    read(install.revision.value, at);
    read(install.created_at.microseconds, at);
    read(install.updated_at.microseconds, at);
    read(integration.id, at);
    read(integration.name, at);
    read(integration.category, at);
    read(integration.is_beta, at);
    read(integration.config, at);
    read(integration.team_id, at);
    integration.sharing = *model::enum_from_name<Sharing>(text(at++));
    read(integration.version.value, at);
    read(integration.birth, at);
    read(integration.revision.value, at);
    read(integration.created_at.microseconds, at);
    read(integration.updated_at.microseconds, at);
    read(team.id, at);
    read(team.name, at);
    read(team.domain, at);
    read(team.logo, at);
    read(team.is_verified, at);
    read(team.is_white_labeled, at);
    read(team.terms_of_service, at);
    read(team.allows_impersonation, at);
    read(team.version.value, at);
    read(team.birth, at);
    read(team.revision.value, at);
    read(team.created_at.microseconds, at);
    read(team.updated_at.microseconds, at);
    sqlite3_step(find_);
    sqlite3_reset(find_);
    return found;
  }

  void update(EnvironmentIntegration const& before, EnvironmentIntegration const& after) {
    run(begin_);
    sqlite3_step(count_);
    std::int64_t const revision = sqlite3_column_int64(count_, 0);
    run(count_);
    Timestamp const time = now();
    std::string const token = to_string(generate_uuid());
    sqlite3_bind_int64(insert_commit_, 1, revision);
    bind(insert_commit_, 2, token);
    bind(insert_commit_, 3, "benchmark");
    sqlite3_bind_null(insert_commit_, 4);
    sqlite3_bind_int64(insert_commit_, 5, time.microseconds);
    run(insert_commit_);
    EnvironmentIntegration const row = updated(Update<EnvironmentIntegration>{before, after}, time, {revision});
    std::string const key = to_string(row.id);
    bind(update_, 1, row.override->text());
    sqlite3_bind_int64(update_, 2, row.version.value);
    sqlite3_bind_int64(update_, 3, revision);
    sqlite3_bind_int64(update_, 4, time.microseconds);
    sqlite3_bind_int64(update_, 5, static_cast<std::int64_t>(row.override->text().size()));
    bind(update_, 6, key);
    sqlite3_bind_int64(update_, 7, before.version.value);
    sqlite3_bind_int64(update_, 8, static_cast<std::int64_t>(before.birth.value));
    run(update_);
    if (sqlite3_changes(connection_) != 1) throw std::runtime_error("stale");
    std::string json_before;
    std::string json_after;
    model::write_json(before, json_before, model::JsonUse::record);
    model::write_json(row, json_after, model::JsonUse::record);
    sqlite3_bind_int64(insert_change_, 1, revision);
    sqlite3_bind_int64(insert_change_, 2, 0);
    bind(insert_change_, 3, "environment_integration");
    bind(insert_change_, 4, key);
    bind(insert_change_, 5, "updated");
    bind(insert_change_, 6, json_before);
    bind(insert_change_, 7, json_after);
    std::string const environment = to_string(row.environment_id);
    bind(insert_change_, 8, environment);
    sqlite3_bind_int64(insert_change_, 9, time.microseconds);
    sqlite3_bind_int64(insert_change_, 10, static_cast<std::int64_t>(json_before.size() + json_after.size()));
    run(insert_change_);
    run(commit_);
  }

 private:
  sqlite3_stmt* prepare(char const* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(connection_, sql, -1, &statement, nullptr) != SQLITE_OK) throw std::runtime_error(sql);
    return statements_.emplace_back(statement);
  }
  static void bind(sqlite3_stmt* statement, int position, std::string_view value) {
    sqlite3_bind_text(statement, position, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  }
  static void run(sqlite3_stmt* statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) throw std::runtime_error("refused");
    sqlite3_reset(statement);
  }
  std::string_view text(int at) {
    auto const* bytes = reinterpret_cast<char const*>(sqlite3_column_text(find_, at));
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(find_, at))};
  }
  template <class Entity>
  void read(Id<Entity>& id, int& at) {
    id = Id<Entity>::parse(text(at++)).value();
  }
  void read(std::string& value, int& at) { value = text(at++); }
  void read(bool& value, int& at) { value = sqlite3_column_int(find_, at++) != 0; }
  void read(Birth& value, int& at) { value.value = static_cast<std::uint64_t>(sqlite3_column_int64(find_, at++)); }
  void read(std::int64_t& value, int& at) { value = sqlite3_column_int64(find_, at++); }
  void read(Document& value, int& at) { value = Document::from_stored(std::string(text(at++))); }
  template <class T>
  void read(std::optional<T>& value, int& at) {
    if (sqlite3_column_type(find_, at) == SQLITE_NULL) {
      ++at;
    } else {
      read(value.emplace(), at);
    }
  }

  sqlite3* connection_ = nullptr;
  std::vector<sqlite3_stmt*> statements_;
  sqlite3_stmt* find_;
  sqlite3_stmt* begin_;
  sqlite3_stmt* count_;
  sqlite3_stmt* insert_commit_;
  sqlite3_stmt* update_;
  sqlite3_stmt* insert_change_;
  sqlite3_stmt* commit_;
};

void get(benchmark::State& state) {
  Store const store("full");
  ByHand by_hand(store, "full");
  benchmarks::in_turns(state, 50,
                       {{"inlay", benchmarks::Finds(store.ids, benchmarks::find_by(*store.repository))},
                        {"c_api", benchmarks::Finds(store.ids, [&](auto const& id) { return by_hand.find(id); })}});
}

void update(benchmark::State& state, std::string const& synchronous) {
  Store const store(synchronous);
  ByHand by_hand(store, synchronous);
  auto const updates = [&](std::size_t part, benchmarks::Write write) {
    return benchmarks::Updates(*store.repository, store.ids, part, 2, std::move(write));
  };
  benchmarks::in_turns(
      state, 20,
      {{"inlay", updates(0, benchmarks::write_by(*store.repository))},
       {"c_api", updates(1, [&](auto const& before, auto const& after) { by_hand.update(before, after); })}});
}

BENCHMARK(get)->Name("in_turns/sqlite/get")->UseRealTime();
BENCHMARK_CAPTURE(update, normal, "normal")->Name("in_turns/sqlite/update_normal")->UseRealTime();
BENCHMARK_CAPTURE(update, full, "full")->Name("in_turns/sqlite/update_full")->UseRealTime();

}  // namespace
