// SPDX-License-Identifier: BSL-1.0
// A batch comes to what its operations come to one by one: on random worlds, for every caller, on stores of two kinds.
#include <inlay/backends/memory.hpp>
#ifdef INLAY_TEST_HAS_SQLITE
#include <inlay/backends/sqlite.hpp>
#endif
#include <inlay/catalog.hpp>
#include <inlay/model/json_form.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/random.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace inlay;

namespace {

constexpr std::size_t team_count = 3;
constexpr std::size_t environment_count = 5;
constexpr std::size_t integration_count = 4;
constexpr std::size_t install_count = 6;

/** The ids that operations name: few, so that they meet. */
struct Names {
  std::array<Id<Team>, team_count> teams;
  std::array<Id<Environment>, environment_count> environments;
  std::array<Id<Integration>, integration_count> integrations;
  std::array<Id<EnvironmentIntegration>, install_count> installs;

  explicit Names(test::Random& random) {
    auto const fill = [&](auto& ids) {
      for (auto& id : ids) {
        for (auto& byte : id.uuid.bytes) byte = static_cast<std::uint8_t>(random.below(256));
      }
    };
    fill(teams);
    fill(environments);
    fill(integrations);
    fill(installs);
  }
};

/** What is written of what a request is called, which the store chooses. */
using Requests = std::map<std::pair<Id<Integration>, Id<Team>>, Id<Grant>>;

/** What a row is called in all stores, of which each chooses the ids of requests. */
template <class Entity>
std::string name_of(Entity const& row) {
  if constexpr (std::is_same_v<Entity, Grant>) {
    return "grant" + to_string(row.integration_id) + to_string(row.team_id);
  } else {
    return std::string(Entity::entity_name) + to_string(row.id);
  }
}

/** Of the rows that a batch has found, by what they are called: their births where calls are made one by one, and the
   versions that they have in the batch as long as they live. */
using Found = std::map<std::string, std::pair<Birth, Version>>;

/** What a call expects where an operation of a batch expects that version. */
template <class Entity>
std::optional<RowVersion> expected_by_call(Catalog const& catalog, Found const& found, Id<Entity> id,
                                           std::optional<Version> in_batch) {
  if (!in_batch) return std::nullopt;
  auto const row = catalog.repository().find(FindRequest<Entity>{.id = id});
  if (!row) return *in_batch;
  auto const place = found.find(name_of(*row));
  bool const is_old = place != found.end() && place->second.first == row->birth;
  Version const has = is_old ? place->second.second : Version{1};
  return has == *in_batch ? row->version : Version{9'999};
}

/** Where calls go: to a catalogue. */
struct Calls {
  Catalog const& catalog;
  Found const& found;
  Requests& requests;

  template <class Entity>
  [[nodiscard]] std::optional<RowVersion> expected(Id<Entity> id, std::optional<Version> in_batch) const {
    return expected_by_call(catalog, found, id, in_batch);
  }
};

/** Where operations go: into a batch. */
struct Operations {
  Batch& batch;
  Requests& requests;

  template <class Entity>
  [[nodiscard]] std::optional<RowVersion> expected(Id<Entity>, std::optional<Version> in_batch) const {
    return in_batch ? std::optional<RowVersion>(*in_batch) : std::nullopt;
  }
};

/** An operation, as a call and as one of a batch. */
struct Operation {
  std::string name;
  std::function<Result<void>(Calls const&)> call;
  std::function<void(Operations const&)> add;
};

template <class T>
Result<void> without_answer(Result<T> const& result) {
  return result ? Result<void>() : Result<void>(result.error());
}

/** An operation that is called alike both ways: `make(to, with)`, where `with` says what is expected. */
template <class Do>
Operation same(std::string name, Do const& make) {
  return {std::move(name), [make](Calls const& calls) { return without_answer(make(calls.catalog, calls)); },
          [make](Operations const& operations) { make(operations.batch, operations); }};
}

Document random_document(test::Random& random) {
  static constexpr std::array<char const*, 6> texts{R"({})",         R"({"a":1})",     R"({"a":{"b":2}})",
                                                    R"({"a":null})", R"({"c":[1,2]})", R"({"a":{"b":null},"c":3})"};
  return test::document(texts[random.below(texts.size())]);
}

std::string random_name(test::Random& random) { return std::string(1, static_cast<char>('a' + random.below(4))); }

Operation random_operation(test::Random& random, Names const& names) {
  auto const team = names.teams[random.below(team_count)];
  auto const environment = names.environments[random.below(environment_count)];
  auto const integration = names.integrations[random.below(integration_count)];
  auto const install = names.installs[random.below(install_count)];
  auto const name = random_name(random);
  auto const sharing = static_cast<Sharing>(random.below(3));
  auto const document = random_document(random);
  std::optional<Version> version;
  if (random.chance(6)) version = Version{static_cast<std::int64_t>(1 + random.below(3))};
  auto const mode = random.chance(4) ? DocumentMode::replace : DocumentMode::merge;
  bool const is_forced = !random.chance(8);
  auto const options = [=](auto const& with, auto id) {
    return UpdateOptions{.expected_version = with.expected(id, version), .documents = mode, .force = is_forced};
  };
  auto const pointer = test::pointer(random.chance(3) ? "/a/b" : random.chance(8) ? "" : "/a");
  switch (random.below(19)) {
    case 0:
      return same("create team", [=](auto& to, [[maybe_unused]] auto const& with) {
        return to.create(Team{.id = team, .name = name});
      });
    case 1:
      return same("create environment", [=](auto& to, [[maybe_unused]] auto const& with) {
        return to.create(Environment{.id = environment, .team_id = team, .name = name});
      });
    case 2:
    case 3:
      return same("create integration", [=](auto& to, [[maybe_unused]] auto const& with) {
        return to.create(
            Integration{.id = integration, .name = name, .config = document, .team_id = team, .sharing = sharing});
      });
    case 4:
      return same("ensure environment", [=](auto& to, [[maybe_unused]] auto const& with) {
        return to.ensure(Environment{.id = environment, .team_id = team, .name = name});
      });
    case 5:
    case 6:
    case 7:
      return same("install", [=](auto& to, [[maybe_unused]] auto const& with) {
        return to.install(
            {.id = install, .integration_id = integration, .environment_id = environment, .override = document});
      });
    case 8:
      return same("uninstall", [=](auto& to, [[maybe_unused]] auto const& with) {
        return to.uninstall(install, with.expected(install, version));
      });
    case 9:
      return same("remove integration", [=](auto& to, [[maybe_unused]] auto const& with) {
        return to.remove(integration, with.expected(integration, version));
      });
    case 10:
      return same("remove environment", [=](auto& to, [[maybe_unused]] auto const& with) {
        return to.remove(environment, with.expected(environment, version));
      });
    case 11:
      return random.chance(3)
                 ? same("remove team",
                        [=](auto& to, [[maybe_unused]] auto const& with) {
                          return to.remove(team, with.expected(team, version));
                        })
                 : same("rename team", [=](auto& to, [[maybe_unused]] auto const& with) {
                     return to.update(team, {.name = name, .domain = std::string("d.example")}, options(with, team));
                   });
    case 12:
      return same("rename environment", [=](auto& to, [[maybe_unused]] auto const& with) {
        return to.update(environment, {.name = name}, options(with, environment));
      });
    case 13:
      return same("change integration", [=](auto& to, [[maybe_unused]] auto const& with) {
        return to.update(integration, {.name = name, .config = document, .sharing = sharing},
                         options(with, integration));
      });
    case 14: {
      auto const patch = test::object(random.chance(2) ? R"({"is_enabled":false})" : R"({"override":{"a":{"b":7}}})");
      return same("patch install", [=](auto& to, [[maybe_unused]] auto const& with) {
        return to.update(install, patch, options(with, install));
      });
    }
    case 15: {
      JsonPatch const patch{test::parsed(random.chance(2) ? R"([{"op":"test","path":"/is_enabled","value":true}])"
                                                          : R"([{"op":"add","path":"/override","value":{"z":1}}])")};
      return same("JSON Patch", [=](auto& to, [[maybe_unused]] auto const& with) {
        return to.update(install, patch, options(with, install));
      });
    }
    case 16: {
      auto const verb = random.below(3);
      return same("verb", [=](auto& to, [[maybe_unused]] auto const& with) {
        return verb == 0   ? to.set(install, pointer, 5, options(with, install))
               : verb == 1 ? to.remove(install, pointer, options(with, install))
                           : to.inherit(install, pointer, options(with, install));
      });
    }
    case 17: {
      auto const asking = random.chance(5) ? std::optional<Id<Team>>() : team;
      return {"ask",
              [=](Calls const& calls) {
                auto const asked = calls.catalog.ask_for(integration, asking);
                if (asked) calls.requests.insert_or_assign({integration, asked->grant.team_id}, asked->id());
                return without_answer(asked);
              },
              [=](Operations const& operations) {
                auto const asked = operations.batch.ask_for(integration, asking);
                if (asking) operations.requests.insert_or_assign({integration, *asking}, asked.id);
              }};
    }
    default: {
      if (random.chance(3)) {
        return same("end", [=](auto& to, [[maybe_unused]] auto const& with) { return to.end(integration, "over"); });
      }
      auto const status = static_cast<GrantStatus>(random.below(4));
      auto const which = std::pair{integration, team};
      return {"answer",
              [=](Calls const& calls) {
                auto const id = calls.requests[which];
                return without_answer(calls.catalog.answer(id, status, calls.expected(id, version)));
              },
              [=](Operations const& operations) {
                auto const id = operations.requests[which];
                operations.batch.answer(id, status, operations.expected(id, version));
              }};
    }
  }
}

/** Everything that a store has, but for what tells by how many commits, and for the ids that it chooses. */
struct Contents {
  std::vector<std::string> rows;
  std::map<std::string, Version> versions;   // of rows, by what they are called
  std::map<std::string, std::string> names;  // what they are called, by entity and id
  std::map<std::string, std::string> keys;   // of rows that have a unique name, what that is

  explicit Contents(Catalog const& catalog) {
    model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
      Query<Entity> query{.limit = 1'000};
      for (Entity row : catalog.list(query).value().items) {
        versions[name_of(row)] = row.version;
        names[std::string(Entity::entity_name) + to_string(row.id)] = name_of(row);
        if constexpr (requires { row.name; } && !std::is_same_v<Entity, Team>) {
          keys[name_of(row)] = std::string(Entity::entity_name) + to_string(row.team_id) + row.name;
        }
        if constexpr (std::is_same_v<Entity, Grant>) row.id = {};
        row.version = {};
        row.birth = {};
        row.updated_at = {};
        rows.push_back(std::string(Entity::entity_name) + model::to_json(row));
      }
    });
    std::sort(rows.begin(), rows.end());
  }
};

/** Whether rows have exchanged their names, which a batch cannot. */
bool is_exchange(std::map<std::string, std::string> const& before, std::map<std::string, std::string> const& after) {
  for (auto const& [id, key] : after) {
    std::string at = id;
    for (std::size_t steps = 0; steps <= before.size(); ++steps) {
      auto const now = after.find(at);
      if (now == after.end()) break;  // it is gone, and has given up its name
      auto const had =
          std::find_if(before.begin(), before.end(), [&](auto const& one) { return one.second == now->second; });
      if (had == before.end() || had->first == at || !before.contains(at)) break;
      at = had->first;
      if (at == id) return true;
    }
  }
  return false;
}

/** The rows that there are, with the versions that they have there where batches are committed. */
Found found_in(Catalog const& catalog, Contents const& in_batches) {
  Found found;
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    for (Entity const& row : catalog.list(Query<Entity>{.limit = 1'000}).value().items) {
      auto const version = in_batches.versions.find(name_of(row));
      if (version != in_batches.versions.end()) found[name_of(row)] = {row.birth, version->second};
    }
  });
  return found;
}

struct Pair {
  Catalog one_by_one;
  Catalog in_batches;
};

void compare(std::function<Catalog(CatalogOptions)> const& open) {
  auto random = test::random();
  CAPTURE(random.seed());
  std::size_t written = 0;
  std::size_t refused = 0;
  for (int world = 0; world < 12; ++world) {
    Names const names(random);
    auto const time = std::make_shared<Timestamp>(Timestamp{1'628'589'600'000'000});
    CatalogOptions options;
    options.clock = [time] { return *time; };
    Pair const both{open(options), open(options)};
    Requests requests_one_by_one;
    Requests requests_in_batches;
    for (int round = 0; round < 40; ++round) {
      CAPTURE(world, round);
      time->microseconds += 1'000'000;
      Caller caller{.actor = "someone"};
      // The first rounds make a world, by somebody who may.
      if (round > 10 && !random.chance(3)) caller.team = names.teams[random.below(team_count)];
      std::vector<Operation> operations;
      std::size_t const count = 1 + random.below(12);
      for (std::size_t i = 0; i < count; ++i) operations.push_back(random_operation(random, names));

      Contents const before(both.in_batches);
      Revision const revision = both.in_batches.repository().revision().value();
      Found const found = found_in(both.one_by_one, before);
      Found const found_in_batches = found_in(both.in_batches, before);
      // What fails is left out of the batch, which must have said so, too.
      std::vector<Operation> accepted;
      for (Operation const& operation : operations) {
        Requests attempted = requests_one_by_one;
        auto const done = operation.call({both.one_by_one.as(caller), found, attempted});
        if (done) {
          accepted.push_back(operation);
          requests_one_by_one = std::move(attempted);
          continue;
        }
        ++refused;
        auto batch = both.in_batches.as(caller).batch();
        Requests planned = requests_in_batches;
        for (Operation const& one : accepted) one.add({batch, planned});
        operation.add({batch, planned});
        auto const tried = batch.commit();
        CAPTURE(operation.name, done.error(), accepted.size());
        REQUIRE(tried.has_error());
        CAPTURE(tried.error());
        CHECK(tried.error().kind == done.error().kind);
        CHECK(tried.error().reason == done.error().reason);
        CHECK(tried.error().pointer == "/" + std::to_string(accepted.size()) + done.error().pointer.value_or(""));
        CHECK(tried.error().used_by == done.error().used_by);
        CHECK(both.in_batches.repository().revision().value() == revision);
      }

      Contents const expected(both.one_by_one);
      std::string added;
      for (Operation const& one : accepted) added += one.name + ", ";
      CAPTURE(added);
      auto batch = both.in_batches.as(caller).batch();
      for (Operation const& one : accepted) one.add({batch, requests_in_batches});
      auto const committed = batch.commit();
      if (committed.has_error()) {
        CAPTURE(committed.error());
        REQUIRE(is_exchange(before.keys, expected.keys));
        CHECK(committed.error().kind == ErrorKind::already_exists);
        for (Operation const& one : accepted)
          REQUIRE(one.call({both.in_batches.as(caller), found_in_batches, requests_in_batches}));
        continue;
      }
      // A request that was there already has kept its id.
      for (auto const& grant : both.in_batches.list(Query<Grant>{.limit = 1'000}).value().items) {
        requests_in_batches.insert_or_assign({grant.integration_id, grant.team_id}, grant.id);
      }

      Contents const after(both.in_batches);
      REQUIRE(after.rows == expected.rows);
      CHECK(committed->changed == (committed->revision != revision));
      auto const commits = both.in_batches.changes({.after = revision}).value().commits;
      REQUIRE(commits.size() == (committed->changed ? 1U : 0U));
      if (commits.empty()) {
        CHECK(after.versions == before.versions);
        continue;
      }
      ++written;
      std::set<std::string> changed;
      std::set<std::string> removed;
      for (ChangeRecord const& change : commits.front().changes) {
        std::string row = change.entity + to_string(change.id);
        if (auto const name = after.names.find(row); name != after.names.end()) row = name->second;
        // A row that is gone may have left its id to another.
        bool const is_first =
            change.kind == ChangeKind::removed ? removed.insert(row).second : changed.insert(row).second;
        CHECK(is_first);
      }
      for (auto const& [row, version] : after.versions) {
        auto const old = before.versions.find(row);
        bool const is_new = old == before.versions.end() || removed.contains(row);
        CHECK(version.value == (is_new ? 1 : old->second.value + (changed.contains(row) ? 1 : 0)));
      }
    }
  }
  CHECK(written > 100);
  CHECK(refused > 500);
}

}  // namespace

TEST_CASE("a batch comes to what its operations come to one by one, in memory") {
  compare([](CatalogOptions options) {
    return Catalog::open("memory:", Backends().add(memory_backend()), std::move(options)).value();
  });
}

#ifdef INLAY_TEST_HAS_SQLITE
TEST_CASE("a batch comes to what its operations come to one by one, in SQLite") {
  compare([](CatalogOptions options) {
    return Catalog::open("sqlite::memory:", Backends().add(sqlite_backend()), std::move(options)).value();
  });
}
#endif
