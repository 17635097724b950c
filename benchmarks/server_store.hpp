// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BENCHMARKS_SERVER_STORE_HPP
#define INLAY_BENCHMARKS_SERVER_STORE_HPP

// What the benchmarks of PostgreSQL and MySQL share: a store, and the library beside the same statements sent by hand
// through the C client library. The servers are those of INLAY_TEST_POSTGRESQL_URL and INLAY_TEST_MYSQL_URL.

#include "store_work.hpp"
#include "turns.hpp"

#include <inlay/model/json_form.hpp>
#include <inlay/storage/backends.hpp>

#include <benchmark/benchmark.h>

#include <charconv>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::benchmarks {

inline constexpr int server_installs = 256;

struct ServerStore {
  ServerStore(Backend backend, char const* server) : prefix("b" + to_string(generate_uuid()).substr(24) + "_") {
    url = std::string(server) + "?pool_size=16&lease_timeout=60s&table_prefix=" + prefix;
    repository = Backends{}.add(std::move(backend)).open(url).value();
    ids = fill(*repository, server_installs);
  }

  std::string prefix;
  std::string url;
  std::shared_ptr<Repository> repository;
  std::vector<Id<EnvironmentIntegration>> ids;
};

/** The select behind get, with `parameter` for the id. */
[[nodiscard]] inline std::string find_by_hand(std::string const& prefix, std::string const& parameter, char quote) {
  return "select t0.id, t0.integration_id, t0.environment_id, t0.show_in_catalog, t0.is_enabled, t0." +
         (quote + std::string("override") + quote) +
         ", t0.version, t0.birth, t0.revision, t0.created_at, t0.updated_at, t1.name, t1.category, t1.is_beta, "
         "t1.config,"
         " t1.team_id, t1.sharing, t1.version, t1.birth, t1.revision, t1.created_at, t1.updated_at, t2.name, "
         "t2.domain, t2.logo,"
         " t2.is_verified, t2.is_white_labeled, t2.terms_of_service, t2.allows_impersonation, t2.version, t2.birth, "
         "t2.revision,"
         " t2.created_at, t2.updated_at from " +
         prefix + "environment_integration t0 join " + prefix + "integration t1 on t1.id = t0.integration_id join " +
         prefix + "team t2 on t2.id = t1.team_id where t0.id = " + parameter;
}

/** Reads the row of find_by_hand; `text(i)` is column i, or nullptr for null. */
template <class Text>
[[nodiscard]] InstalledIntegration read_by_hand(Text const& text) {
  int at = 0;
  auto const number = [&](std::int64_t& value) {
    std::string_view const digits = text(at++);
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
  };
  auto const birth = [&](Birth& value) {
    std::int64_t stored = 0;
    number(stored);
    value.value = static_cast<std::uint64_t>(stored);
  };
  auto const flag = [&](bool& value) { value = *text(at++) == '1'; };
  auto const string = [&](std::string& value) { value = text(at++); };
  auto const id = [&](auto& value) { value = value.parse(text(at++)).value(); };
  auto const optional = [&](std::optional<std::string>& value) {
    if (char const* const given = text(at++)) value = given;
  };
  InstalledIntegration found;
  auto& [install, integration, team, installed_in] = found;
  id(install.id);
  id(install.integration_id);
  id(install.environment_id);
  flag(install.show_in_catalog);
  flag(install.is_enabled);
  if (char const* const given = text(at++)) install.override = Document::from_stored(given);
  number(install.version.value);
  birth(install.birth);
  number(install.revision.value);
  number(install.created_at.microseconds);
  number(install.updated_at.microseconds);
  integration.id = install.integration_id;
  string(integration.name);
  optional(integration.category);
  flag(integration.is_beta);
  integration.config = Document::from_stored(text(at++));
  id(integration.team_id);
  integration.sharing = *model::enum_from_name<Sharing>(text(at++));
  number(integration.version.value);
  birth(integration.birth);
  number(integration.revision.value);
  number(integration.created_at.microseconds);
  number(integration.updated_at.microseconds);
  team.id = integration.team_id;
  string(team.name);
  optional(team.domain);
  optional(team.logo);
  flag(team.is_verified);
  flag(team.is_white_labeled);
  optional(team.terms_of_service);
  flag(team.allows_impersonation);
  number(team.version.value);
  birth(team.birth);
  number(team.revision.value);
  number(team.created_at.microseconds);
  number(team.updated_at.microseconds);
  return found;
}

/** What an update writes, as text. */
struct UpdateByHand {
  UpdateByHand(EnvironmentIntegration const& before, EnvironmentIntegration const& after) {
    Timestamp const moment = now();
    EnvironmentIntegration const row = updated(Update<EnvironmentIntegration>{before, after}, moment, {});
    token = to_string(generate_uuid());
    time = std::to_string(moment.microseconds);
    override = row.override->text();
    version = std::to_string(row.version.value);
    id = to_string(row.id);
    expected = std::to_string(before.version.value);
    birth = std::to_string(static_cast<std::int64_t>(before.birth.value));
    model::write_json(before, json_before, model::JsonUse::record);
    model::write_json(row, json_after, model::JsonUse::record);
    environment = to_string(row.environment_id);
    bytes = std::to_string(override.size());
    logged = std::to_string(json_before.size() + json_after.size());
  }

  std::string token, time, override, version, id, expected, birth, json_before, json_after, environment, bytes, logged;
};

template <class Suite>
void get(benchmark::State& state) {
  ServerStore const& store = Suite::store();
  typename Suite::ByHand by_hand(store);
  in_turns(state, 50,
           {{"inlay", Finds(store.ids, find_by(*store.repository))},
            {"c_api", Finds(store.ids, [&](auto const& id) { return by_hand.find(to_string(id)); })}});
}

template <class Suite>
[[nodiscard]] Write write_by_hand(typename Suite::ByHand& by_hand, bool with_counter) {
  return [&by_hand, with_counter](EnvironmentIntegration const& before, EnvironmentIntegration const& after) {
    by_hand.update(UpdateByHand(before, after), with_counter);
  };
}

template <class Suite>
void update(benchmark::State& state) {
  ServerStore const& store = Suite::store();
  typename Suite::ByHand by_hand(store);
  auto const updates = [&](std::size_t part, Write write) {
    return Updates(*store.repository, store.ids, part, 3, std::move(write));
  };
  in_turns(state, 20,
           {{"inlay", updates(0, write_by(*store.repository))},
            {"c_api", updates(1, write_by_hand<Suite>(by_hand, true))},
            {"c_api_without_counter", updates(2, write_by_hand<Suite>(by_hand, false))}});
}

enum class Way { inlay, by_hand, without_counter };

template <class Suite>
void update_by_many(benchmark::State& state, Way way) {
  ServerStore const& store = Suite::store();
  typename Suite::ByHand by_hand(store);
  Updates update(*store.repository, store.ids, static_cast<std::size_t>(state.thread_index()),
                 static_cast<std::size_t>(state.threads()),
                 way == Way::inlay ? write_by(*store.repository) : write_by_hand<Suite>(by_hand, way == Way::by_hand));
  for (auto _ : state) update();
  state.SetItemsProcessed(state.iterations());
}

/** Registers a server's benchmarks; none where there is no server. */
template <class Suite>
bool register_server(std::string const& name, char const* variable) {
  if (!std::getenv(variable)) return false;
  benchmark::RegisterBenchmark(("in_turns/" + name + "/get").c_str(), get<Suite>)->UseRealTime();
  benchmark::RegisterBenchmark(("in_turns/" + name + "/update").c_str(), update<Suite>)->UseRealTime();
  for (auto const& [way, word] : {std::pair{Way::inlay, "inlay"}, std::pair{Way::by_hand, "c_api"},
                                  std::pair{Way::without_counter, "c_api_without_counter"}}) {
    benchmark::RegisterBenchmark(("writers/" + name + '/' + word).c_str(), update_by_many<Suite>, way)
        ->UseRealTime()
        ->Threads(16);
  }
  return true;
}

}  // namespace inlay::benchmarks

#endif
