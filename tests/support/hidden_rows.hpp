// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_HIDDEN_ROWS_HPP
#define INLAY_TESTS_SUPPORT_HIDDEN_ROWS_HPP

// Stores that differ in what two teams may not see, and all that these teams can read.

#include <inlay/catalog.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/team_catalog.hpp>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace support {

/** The id of a row of the world below: what it is, and its number. */
template <class Entity>
[[nodiscard]] inlay::Id<Entity> world_id(unsigned char kind, int number) {
  auto const scattered = static_cast<std::uint32_t>(number) * 2654435761U;
  inlay::Uuid uuid;
  for (std::size_t i = 0; i < 4; ++i) uuid.bytes[i] = static_cast<std::uint8_t>(scattered >> (8U * i));
  uuid.bytes[6] = 0x40;
  uuid.bytes[8] = 0x80;
  uuid.bytes[15] = kind;
  return {uuid};
}

enum WorldTeam { reader, nobody, owner, stranger };
enum WorldIntegration { own, allowed, askable, granted, pending, installed };

[[nodiscard]] inline inlay::Id<inlay::Team> team_id(WorldTeam team) { return world_id<inlay::Team>(1, team); }
[[nodiscard]] inline inlay::Id<inlay::Environment> environment_id(int number) {
  return world_id<inlay::Environment>(2, number);
}
[[nodiscard]] inline inlay::Id<inlay::Integration> integration_id(int number) {
  return world_id<inlay::Integration>(3, number);
}

/** A row with a birth that is the same in every store. */
template <class Entity>
[[nodiscard]] inlay::Insert<Entity> born(Entity row) {
  std::uint64_t value = 0;
  for (std::size_t const i : {15U, 0U, 1U, 2U, 3U}) value = value << 8U | row.id.uuid.bytes[i];
  return {std::move(row), inlay::Birth{value}};
}

/** Fills a store with what the reader sees, and with as many rows of each kind that it does not.

    @param further environments of the reader's, in each of which it has an install.
*/
inline void fill_world(inlay::Repository& store, int hidden, int further = 0) {
  using namespace inlay;
  auto const commit = [&](std::int64_t milliseconds, std::vector<Change> changes) {
    auto const committed = store.commit({.changes = std::move(changes),
                                         .token = generate_uuid(),
                                         .time = Timestamp{1'700'000'000'000'000 + milliseconds * 1'000}});
    if (!committed) throw std::runtime_error(committed.error().message);
  };
  auto const integration = [](int number, std::string name, WorldTeam team, Sharing sharing) {
    return born(Integration{.id = integration_id(number),
                            .name = std::move(name),
                            .category = "crm",
                            .config = Document::parse(R"({"base_url":"https://api.example.com"})").value(),
                            .team_id = team_id(team),
                            .sharing = sharing});
  };
  auto const environment = [](int number, std::string name, WorldTeam team) {
    return born(Environment{.id = environment_id(number), .team_id = team_id(team), .name = std::move(name)});
  };
  auto const install = [](int number, int of, int where, bool is_enabled) {
    return born(EnvironmentIntegration{.id = world_id<EnvironmentIntegration>(4, number),
                                       .integration_id = integration_id(of),
                                       .environment_id = environment_id(where),
                                       .is_enabled = is_enabled});
  };
  auto const grant = [](int number, int of, WorldTeam team, GrantStatus status) {
    return born(Grant{.id = world_id<Grant>(5, number),
                      .integration_id = integration_id(of),
                      .team_id = team_id(team),
                      .status = status});
  };

  std::vector<Change> changes;
  for (WorldTeam const team : {reader, nobody, owner, stranger}) {
    changes.push_back(born(Team{.id = team_id(team), .name = "team " + std::to_string(team)}));
  }
  commit(0, std::exchange(changes, {}));
  // The time of a row decides where it stands in a list: before, between and after those that are seen.
  auto const add_hidden = [&](int from, int to, std::int64_t milliseconds) {
    for (int i = from; i < to; ++i) {
      std::string const number = std::to_string(i);
      changes.push_back(
          integration(1'000 + i, i % 50 == 0 ? "name " + number : "zendesk " + number, stranger, Sharing::deny));
      changes.push_back(environment(1'000 + i, "production " + number, stranger));
      for (int const of : {int{own}, int{allowed}, int{askable}, int{installed}}) {
        changes.push_back(install(10'000 * (of + 1) + i, of, 1'000 + i, i % 2 == 0));
      }
      changes.push_back(grant(1'000 + i, 1'000 + i, i % 2 == 0 ? owner : stranger, GrantStatus::granted));
      if (i % 50 == 49 || i + 1 == to) commit(milliseconds, std::exchange(changes, {}));
    }
  };
  commit(1, {integration(own, "zendesk", reader, Sharing::deny), integration(allowed, "allowed", owner, Sharing::allow),
             integration(askable, "askable", owner, Sharing::ask)});
  commit(2, {integration(granted, "granted", owner, Sharing::ask),
             integration(installed, "installed", owner, Sharing::deny),
             integration(pending, "pending", owner, Sharing::ask)});
  add_hidden(0, hidden / 2, 3);
  commit(4, {environment(0, "production", reader), environment(1, "staging", reader),
             grant(0, granted, reader, GrantStatus::granted), grant(1, pending, reader, GrantStatus::pending)});
  commit(5, {install(0, own, 0, true), install(1, installed, 0, false), install(2, allowed, 1, true)});
  add_hidden(hidden / 2, hidden, 6);
  commit(7, {integration(6, "last", reader, Sharing::deny), install(3, 6, 0, true)});
  for (int i = 0; i < further; ++i) {
    int const number = 2 + i;
    commit(8 + i, {environment(number, "further " + std::to_string(i), reader), install(4 + i, own, number, true)});
  }
}

/** One read, as text. */
struct WorldRead {
  std::string name;
  std::function<std::string(inlay::TeamCatalog const&)> run;
};

template <class Readable>
[[nodiscard]] std::string text_of(inlay::Result<Readable> const& found) {
  return found ? inlay::model::to_json(*found)
               : std::string(to_string(found.error().kind)) + ": " + found.error().message;
}

template <class Readable>
[[nodiscard]] WorldRead world_list(std::string const& name, std::vector<std::string> const& conditions,
                                   std::size_t limit = 25, std::optional<inlay::Cursor> after = {}) {
  std::string title = "list " + name + " of " + std::to_string(limit) + (after ? " after" : "");
  for (std::string const& condition : conditions) title += " " + condition;
  return {title, [=](inlay::TeamCatalog const& catalog) {
            inlay::Query<Readable> query{.limit = limit, .after = after};
            for (std::string const& condition : conditions) {
              query.where.push_back(inlay::parse_condition<Readable>(condition).value());
            }
            auto const page = catalog.list(query);
            if (!page) return text_of(inlay::Result<Readable>(page.error()));
            std::string text;
            for (Readable const& item : page->items) text += inlay::model::to_json(item) + "\n";
            return text + (page->next ? to_string(*page->next) : "the end");
          }};
}

/** Everything that a team can read, in ways that might lead to what it may not see. */
[[nodiscard]] inline std::vector<WorldRead> world_reads() {
  using namespace inlay;
  inlay::Cursor const middle{Timestamp{1'700'000'000'003'000}, {}};
  std::vector<WorldRead> all;
  for (std::size_t const limit : {std::size_t{1}, std::size_t{25}}) {
    all.push_back(world_list<OwnedIntegration>("owned integrations", {}, limit));
    all.push_back(world_list<OwnedIntegration>("owned integrations", {}, limit, middle));
    all.push_back(world_list<Grant>("grants", {}, limit));
    all.push_back(world_list<Environment>("environments", {}, limit));
    all.push_back(world_list<InstalledIntegration>("installs", {}, limit));
    all.push_back(world_list<InstalledIntegration>("installs", {}, limit, middle));
  }
  for (char const* const condition : {"name=zendesk", "name=name 50", "name=name 51", "name[gte]=name", "category=crm",
                                      "category=none", "sharing=deny", "sharing=allow", "sharing[ne]=allow",
                                      "is_beta=false", "created_at[gte]=2023-11-14T22:13:20.003Z"}) {
    all.push_back(world_list<OwnedIntegration>("owned integrations", {condition}));
    all.push_back(world_list<Integration>("integrations", {condition}, 2));
  }
  for (WorldTeam const team : {reader, owner, stranger}) {
    std::string const condition = "team_id=" + to_string(team_id(team));
    all.push_back(world_list<OwnedIntegration>("owned integrations", {condition}));
    all.push_back(world_list<OwnedIntegration>("owned integrations", {condition, "name=zendesk"}));
    all.push_back(world_list<Grant>("grants", {condition}));
    all.push_back(world_list<Environment>("environments", {condition}));
  }
  for (int const number : {int{own}, int{allowed}, int{askable}, int{granted}, int{installed}, 1'000, 9'999}) {
    std::string const id = to_string(integration_id(number));
    all.push_back(world_list<Grant>("grants", {"integration_id=" + id}));
    all.push_back(world_list<InstalledIntegration>("installs", {"integration_id=" + id}));
    if (number >= 1'000) continue;  // others' rows by their ids, which nobody can guess
    all.push_back(world_list<OwnedIntegration>("owned integrations", {"id=" + id}));
    all.push_back({"get integration " + std::to_string(number),
                   [number](TeamCatalog const& catalog) { return text_of(catalog.get(integration_id(number))); }});
  }
  for (char const* const condition : {"status=granted", "status=pending"})
    all.push_back(world_list<Grant>("grants", {condition}));
  for (char const* const condition : {"name=production", "name[gte]=production", "name=production 7",
                                      "team.name=team 0", "team.name=team 3", "team.name[gte]=team"}) {
    all.push_back(world_list<Environment>("environments", {condition}));
  }
  all.push_back(world_list<Environment>("environments", {"name=production", "team.name=team 0"}));
  all.push_back(world_list<InstalledIntegration>(
      "installs", {"environment.team.name=team 0", "environment.name=production", "integration.name=zendesk"}));
  for (char const* const condition :
       {"is_enabled=true", "is_enabled=false", "show_in_catalog=true", "integration.name=zendesk",
        "integration.name=allowed", "integration.name=name 50", "integration.category=crm", "integration.category=none",
        "environment.name=production", "environment.name[gte]=production", "environment.name=production 7",
        "environment.name[in]=production,production 7", "environment.created_at[gte]=2023-11-14T22:13:20.003Z",
        "environment.team.name=team 0", "environment.team.name=team 3", "integration.team.name=team 2"}) {
    all.push_back(world_list<InstalledIntegration>("installs", {condition}));
  }
  for (int const number : {0, 1}) {
    all.push_back(
        world_list<InstalledIntegration>("installs", {"environment_id=" + to_string(environment_id(number))}));
    all.push_back({"effective config " + std::to_string(number), [number](TeamCatalog const& catalog) {
                     auto const found = catalog.effective_config(environment_id(number), "zendesk");
                     return found ? found->config.text() : text_of(Result<Team>(found.error()));
                   }});
    all.push_back({"effective configs " + std::to_string(number), [number](TeamCatalog const& catalog) {
                     auto const found = catalog.effective_configs(environment_id(number));
                     return found ? std::to_string(found->size()) : text_of(Result<Team>(found.error()));
                   }});
    all.push_back({"get install " + std::to_string(number), [number](TeamCatalog const& catalog) {
                     return text_of(catalog.get(world_id<EnvironmentIntegration>(4, number)));
                   }});
    all.push_back({"get grant " + std::to_string(number),
                   [number](TeamCatalog const& catalog) { return text_of(catalog.get(world_id<Grant>(5, number))); }});
  }
  return all;
}

/** The ways in which two stores that differ in hidden rows answer differently, or take a number of steps that differs
    by more than `slack`. */
[[nodiscard]] inline std::vector<std::string> differences(std::shared_ptr<inlay::Repository> const& few,
                                                          std::shared_ptr<inlay::Repository> const& many,
                                                          std::function<long long()> const& take_steps,
                                                          long long slack = 0) {
  std::vector<std::string> found;
  for (WorldTeam const team : {reader, nobody}) {
    for (WorldRead const& read : world_reads()) {
      std::vector<std::string> texts;
      std::vector<long long> steps;
      for (auto const& store : {few, many}) {
        inlay::TeamCatalog const catalog = inlay::Catalog(store).for_team({.team = team_id(team)});
        static_cast<void>(read.run(catalog));  // what is done once, such as preparing, counts for neither
        static_cast<void>(take_steps());
        texts.push_back(read.run(catalog));
        steps.push_back(take_steps());
      }
      std::string const title = (team == reader ? "the reader's " : "nobody's ") + read.name + ": ";
      if (texts[0] != texts[1]) found.push_back(title + texts[0] + " / " + texts[1]);
      if (std::abs(steps[0] - steps[1]) > slack) {
        found.push_back(title + std::to_string(steps[0]) + " and " + std::to_string(steps[1]) + " steps");
      }
    }
  }
  return found;
}

}  // namespace support

#endif
