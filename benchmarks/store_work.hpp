// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BENCHMARKS_STORE_WORK_HPP
#define INLAY_BENCHMARKS_STORE_WORK_HPP

// The work that a store does beside its C library, whichever store it is.

#include <inlay/storage/repository.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace inlay::benchmarks {

/** One integration, installed in as many environments, with an override in each. */
inline std::vector<Id<EnvironmentIntegration>> fill(Repository& repository, int installs) {
  std::vector<Id<EnvironmentIntegration>> ids;
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
  for (int i = 0; i < installs; ++i) {
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
  repository.commit(commit).value();
  return ids;
}

/** Goes round the ids. */
class Finds {
 public:
  Finds(std::vector<Id<EnvironmentIntegration>> const& ids,
        std::function<InstalledIntegration(Id<EnvironmentIntegration> const&)> find)
      : ids_(ids), find_(std::move(find)) {}

  void operator()() { benchmark::DoNotOptimize(find_(ids_[at_++ % ids_.size()])); }

 private:
  std::vector<Id<EnvironmentIntegration>> const& ids_;
  std::function<InstalledIntegration(Id<EnvironmentIntegration> const&)> find_;
  std::size_t at_ = 0;
};

[[nodiscard]] inline std::function<InstalledIntegration(Id<EnvironmentIntegration> const&)> find_by(
    Repository const& repository) {
  return [&repository](Id<EnvironmentIntegration> const& id) {
    return repository.find(FindRequest<InstalledIntegration>{.id = id}).value();
  };
}

/** Writes one row: what it was, and what it is to be. */
using Write = std::function<void(EnvironmentIntegration const& before, EnvironmentIntegration const& after)>;

[[nodiscard]] inline Write write_by(Repository& repository) {
  return [&repository](EnvironmentIntegration const& before, EnvironmentIntegration const& after) {
    Commit commit;
    commit.actor = "benchmark";
    commit.token = generate_uuid();
    commit.time = now();
    commit.changes.emplace_back(Update<EnvironmentIntegration>{before, after});
    repository.commit(commit).value();
  };
}

/** Gives rows that nobody else writes another override, one after the other: share `part` of `parts`. */
class Updates {
 public:
  Updates(Repository const& repository, std::vector<Id<EnvironmentIntegration>> const& ids, std::size_t part,
          std::size_t parts, Write write)
      : write_(std::move(write)) {
    auto const share = ids.size() / parts;
    for (std::size_t i = share * part; i != share * (part + 1); ++i) {
      rows_.push_back(repository.find(FindRequest<EnvironmentIntegration>{.id = ids[i]}).value());
    }
    for (int i = 0; i < 100; ++i) {
      overrides_.push_back(
          Document::parse(R"({"headers":{"x-tenant":"t1"},"rate_limit":)" + std::to_string(i + 1) + "}").value());
    }
  }

  void operator()() {
    EnvironmentIntegration& before = rows_[at_ % rows_.size()];
    EnvironmentIntegration after = before;
    after.override = overrides_[at_ % overrides_.size()];
    ++at_;
    write_(before, after);
    after.version = Version{before.version.value + 1};
    before = after;
  }

 private:
  Write write_;
  std::vector<EnvironmentIntegration> rows_;
  std::vector<Document> overrides_;
  std::size_t at_ = 0;
};

}  // namespace inlay::benchmarks

#endif
