// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BENCHMARKS_SERVER_STORE_HPP
#define INLAY_BENCHMARKS_SERVER_STORE_HPP

// What the benchmarks of PostgreSQL and MySQL share: a store, and the library beside the same statements sent by hand
// through the C client library. The servers are those of INLAY_TEST_POSTGRESQL_URL and INLAY_TEST_MYSQL_URL.

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
#include <vector>

namespace inlay::benchmarks {

inline constexpr int server_installs = 256;

struct ServerStore {
  ServerStore(Backend backend, char const* server) : prefix("b" + to_string(generate_uuid()).substr(24) + "_") {
    url = std::string(server) + "?pool_size=16&lease_timeout=60s&table_prefix=" + prefix;
    repository = Backends{}.add(std::move(backend)).open(url).value();
    Team team;
    team.id = Id<Team>::generate();
    team.name = "Acme";
    Integration integration;
    integration.id = Id<Integration>::generate();
    integration.team_id = team.id;
    integration.name = "zendesk";
    integration.category = "helpdesk";
    integration.config =
        Document::parse(R"({"base_url":"https://api.example.com","headers":{"accept":"application/json"},)"
                        R"("pagination":{"format":"page","config":{"size":100}},"rate_limit":10})")
            .value();
    Commit commit;
    commit.actor = "benchmark";
    commit.token = generate_uuid();
    commit.time = now();
    commit.changes = {Insert<Team>{team}, Insert<Integration>{integration}};
    for (int i = 0; i < server_installs; ++i) {
      Environment environment;
      environment.id = Id<Environment>::generate();
      environment.team_id = team.id;
      environment.name = "environment " + std::to_string(i);
      EnvironmentIntegration install;
      install.id = Id<EnvironmentIntegration>::generate();
      install.integration_id = integration.id;
      install.environment_id = environment.id;
      install.override = Document::parse(R"({"headers":{"x-tenant":"t1"},"rate_limit":0})").value();
      ids.push_back(install.id);
      commit.changes.insert(commit.changes.end(),
                            {Insert<Environment>{environment}, Insert<EnvironmentIntegration>{install}});
    }
    repository->commit(commit).value();
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
         ", t0.version, t0.revision, t0.created_at, t0.updated_at, t1.name, t1.category, t1.is_beta, t1.config,"
         " t1.team_id, t1.sharing, t1.version, t1.revision, t1.created_at, t1.updated_at, t2.name, t2.domain, t2.logo,"
         " t2.is_verified, t2.is_white_labeled, t2.terms_of_service, t2.allows_impersonation, t2.version, t2.revision,"
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
    model::write_json(before, json_before, model::JsonUse::record);
    model::write_json(row, json_after, model::JsonUse::record);
  }

  std::string token, time, override, version, id, expected, json_before, json_after;
};

template <class Suite>
void get(benchmark::State& state, bool is_by_hand) {
  ServerStore const& store = Suite::store();
  typename Suite::ByHand by_hand(store);
  std::size_t at = 0;
  for (auto _ : state) {
    auto const& id = store.ids[at++ % store.ids.size()];
    if (is_by_hand) {
      benchmark::DoNotOptimize(by_hand.find(to_string(id)));
    } else {
      benchmark::DoNotOptimize(store.repository->find(FindRequest<InstalledIntegration>{.id = id}).value());
    }
  }
  state.SetItemsProcessed(state.iterations());
}

enum class Way { inlay, by_hand, without_counter };

/** Each thread updates rows that no other thread does. */
template <class Suite>
void update(benchmark::State& state, Way way) {
  ServerStore const& store = Suite::store();
  typename Suite::ByHand by_hand(store);
  auto const share = store.ids.size() / static_cast<std::size_t>(state.threads());
  std::vector<EnvironmentIntegration> rows;
  for (std::size_t i = 0; i < share; ++i) {
    auto const& id = store.ids[share * static_cast<std::size_t>(state.thread_index()) + i];
    rows.push_back(store.repository->find(FindRequest<EnvironmentIntegration>{.id = id}).value());
  }
  std::vector<Document> overrides;
  for (int i = 0; i < 100; ++i) {
    overrides.push_back(
        Document::parse(R"({"headers":{"x-tenant":"t1"},"rate_limit":)" + std::to_string(i + 1) + "}").value());
  }
  std::size_t at = 0;
  for (auto _ : state) {
    EnvironmentIntegration& before = rows[at % rows.size()];
    EnvironmentIntegration after = before;
    after.override = overrides[at % overrides.size()];
    ++at;
    if (way == Way::inlay) {
      Commit commit;
      commit.actor = "benchmark";
      commit.token = generate_uuid();
      commit.time = now();
      commit.changes.emplace_back(Update<EnvironmentIntegration>{before, after});
      store.repository->commit(commit).value();
    } else {
      by_hand.update(UpdateByHand(before, after), way == Way::by_hand);
    }
    after.version = Version{before.version.value + 1};
    before = after;
  }
  state.SetItemsProcessed(state.iterations());
}

/** Registers a server's benchmarks; none where there is no server. */
template <class Suite>
bool register_server(std::string const& name, char const* variable) {
  if (!std::getenv(variable)) return false;
  benchmark::RegisterBenchmark((name + "/get/inlay").c_str(), get<Suite>, false)->UseRealTime();
  benchmark::RegisterBenchmark((name + "/get/c_api").c_str(), get<Suite>, true)->UseRealTime();
  for (int const threads : {1, 16}) {
    for (auto const& [way, word] : {std::pair{Way::inlay, "inlay"}, std::pair{Way::by_hand, "c_api"},
                                    std::pair{Way::without_counter, "c_api_without_counter"}}) {
      benchmark::RegisterBenchmark((name + "/update/" + word).c_str(), update<Suite>, way)
          ->UseRealTime()
          ->Threads(threads);
    }
  }
  return true;
}

}  // namespace inlay::benchmarks

#endif
