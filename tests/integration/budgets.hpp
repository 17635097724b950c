// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_INTEGRATION_BUDGETS_HPP
#define INLAY_TESTS_INTEGRATION_BUDGETS_HPP

// What any request and any command may take, and the worst documents that a store can hold.

#include <inlay/catalog.hpp>
#include <inlay/json/limits.hpp>
#include <inlay/page_bytes.hpp>
#include <inlay/timestamp.hpp>

#include <support/large_documents.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace inlay::test {

/** The largest row, as read models show it: a config, an override, and what is around them. */
inline constexpr std::size_t largest_row = 2 * (json::Limits{}.max_bytes + (std::size_t{64} << 10U));
inline constexpr std::size_t most_answered = max_page_bytes + largest_row;

/** In KB; what a sanitizer needs for itself comes on top of it. */
inline constexpr std::size_t most_memory =
    (16 * most_answered + (std::size_t{1} << 20U)) / 1024 +
    (support::most_memory > 64 * 1024 ? std::size_t{2} * support::most_memory : std::size_t{0});

/** Of a write whose rows, before and after, come to so many bytes. */
inline constexpr std::size_t most_disk(std::size_t changed) { return 4 * changed + (std::size_t{64} << 10U); }

/** A shape of document that is worse than others for somebody; values of the same shape are told apart by a number. */
struct Worst {
  char const* name;
  std::string (*make)(int value);
  char const* member = "";  ///< a pointer to most of it, as short as an argument of a program must be
};

namespace detail {

inline constexpr std::size_t full = 1'000'000;  // below the limit in every spelling

inline std::string members(std::string text, int value, std::size_t size) {
  for (int i = 0; text.size() + 24 < size; ++i) {
    if (text.back() != '{') text += ',';
    text += '"' + std::to_string(i) + "\":" + std::to_string(value);
  }
  return text;
}

}  // namespace detail

inline constexpr Worst worst_documents[] = {
    {"many leaves below a name that each of their pointers repeats",
     [](int value) { return detail::members("{\"" + std::string(300'000, 'n') + "\":{", value, detail::full) + "}}"; }},
    {"the same, with a name that is twice as long in a pointer",
     [](int value) { return detail::members("{\"" + std::string(300'000, '/') + "\":{", value, detail::full) + "}}"; }},
    {"the same, with a name that is long in JSON alone",
     [](int value) {
       std::string name;
       for (int i = 0; i != 50'000; ++i) name += "\\u0001";
       return detail::members("{\"" + name + "\":{", value, detail::full) + "}}";
     }},
    {"as many members as fit", [](int value) { return detail::members("{", value, detail::full) + '}'; }},
    {"as many objects as fit",
     [](int value) {
       std::string text = "{";
       for (int i = 0; text.size() + 32 < detail::full; ++i) {
         if (text.back() != '{') text += ',';
         text += '"' + std::to_string(i) + "\":{\"x\":" + std::to_string(value) + '}';
       }
       return text + '}';
     }},
    {"as deep as it may be, with much at every level",
     [](int value) {
       std::string text = "{";
       for (int i = 0; i != 60; ++i) {
         text += "\"text\":\"" + std::string(16'000, static_cast<char>('a' + value)) + "\",\"inner\":{";
       }
       return text + std::string(61, '}');
     },
     "/inner"},
    {"one text",
     [](int value) { return R"({"text":")" + std::string(detail::full, static_cast<char>('a' + value)) + "\"}"; },
     "/text"},
    {"one array",
     [](int value) {
       std::string text = R"({"list":[0)";
       while (text.size() + 8 < detail::full) text += ',' + std::to_string(value);
       return text + "]}";
     },
     "/list"},
    {"an object where there was a text, or the other way round",
     [](int value) {
       if (value % 2 == 0) return R"({"place":")" + std::string(detail::full, 'x') + R"("})";
       return detail::members(R"({"place":{)", value, detail::full) + "}}";
     },
     "/place"},
};

inline Document document_of(Worst const& worst, int value) {
  auto document = Document::parse(worst.make(value)).value();
  return document;
}

/** The rows that requests and commands are about; each id is its name. */
inline Uuid named(unsigned number) {
  Uuid id;
  id.bytes[0] = 0x40;
  id.bytes[6] = 0x40;
  id.bytes[8] = 0x80;
  id.bytes[15] = static_cast<std::uint8_t>(number);
  return id;
}
inline Id<Team> const own_team{named(1)};
inline Id<Team> const other_team{named(2)};
inline Id<Team> const spare_team{named(3)};
inline Id<Environment> const environment{named(4)};
inline Id<Environment> const spare_environment{named(5)};
inline Id<Integration> const integration{named(6)};
inline Id<Integration> const spare_integration{named(7)};
inline Id<Integration> const asked_integration{named(8)};
inline Id<EnvironmentIntegration> const install{named(9)};
inline Id<Team> const unused_team{named(10)};

/** Fills a new store with documents of that shape. */
inline void fill(Catalog const& catalog, Worst const& worst) {
  catalog.create(Team{.id = own_team, .name = "own"}).value();
  catalog.create(Team{.id = other_team, .name = "other"}).value();
  catalog.create(Team{.id = spare_team, .name = "spare"}).value();
  catalog.create(Team{.id = unused_team, .name = "unused"}).value();
  catalog.create(Environment{.id = environment, .team_id = own_team, .name = "production"}).value();
  catalog.create(Environment{.id = spare_environment, .team_id = own_team, .name = "spare"}).value();
  Integration row{.id = integration, .name = "zendesk", .team_id = own_team};
  row.config = document_of(worst, 0);
  catalog.create(row).value();
  row.id = spare_integration;
  row.name = "spare";
  catalog.create(row).value();
  for (int i = 0; i != 12; ++i) {
    row.id = {};
    row.name = "more " + std::to_string(i);
    auto const more = catalog.create(row).value();
    catalog
        .install(
            {.integration_id = more.integration.id, .environment_id = environment, .override = document_of(worst, 1)})
        .value();
  }
  row.id = asked_integration;
  row.name = "asked";
  row.team_id = other_team;
  row.sharing = Sharing::ask;
  catalog.create(row).value();
  catalog.ask_for(asked_integration, own_team).value();
  catalog
      .install({.id = install,
                .integration_id = integration,
                .environment_id = environment,
                .override = document_of(worst, 1)})
      .value();
}

inline constexpr int shared_installs = 3'000;

/** Fills a new store with an integration of one team that another has installed so often, a few times with an override
    that is as large as it may be. */
inline void fill_shared(Catalog const& catalog) {
  catalog.create(Team{.id = own_team, .name = "own"}).value();
  catalog.create(Team{.id = other_team, .name = "other"}).value();
  catalog.create(Integration{.id = integration, .name = "zendesk", .team_id = own_team, .sharing = Sharing::allow})
      .value();
  Document const small = Document::parse(R"({"subdomain":"example","retries":{"max":5,"backoff":1.5}})").value();
  Document const large = document_of(worst_documents[3], 1);
  std::vector<Change> changes;
  std::size_t bytes = 0;
  for (int i = 0; i != shared_installs; ++i) {
    Environment const place{
        .id = Id<Environment>::generate(), .team_id = other_team, .name = "environment " + std::to_string(i)};
    EnvironmentIntegration row{
        .id = Id<EnvironmentIntegration>::generate(), .integration_id = integration, .environment_id = place.id};
    row.override = i % 500 == 250 ? large : small;
    bytes += row.override->text().size();
    changes.emplace_back(Insert<Environment>{place});
    changes.emplace_back(Insert<EnvironmentIntegration>{std::move(row)});
    if (changes.size() < 500 && bytes < max_page_bytes && i + 1 != shared_installs) continue;
    catalog.repository()
        .commit({.changes = std::exchange(changes, {}), .token = generate_uuid(), .time = now()})
        .value();
    bytes = 0;
  }
}

}  // namespace inlay::test

#endif
