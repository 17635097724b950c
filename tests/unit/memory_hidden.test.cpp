// SPDX-License-Identifier: BSL-1.0
// What rows that a team may not see cost in memory: nothing, however many environments the team has.
#include <inlay/backends/memory.hpp>

#include <inlay/backends/memory/detail/rows_read.hpp>
#include <support/catch.hpp>
#include <support/hidden_rows.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace inlay;

namespace {

long long take_rows_read() { return static_cast<long long>(std::exchange(memory::rows_read(), 0)); }

std::shared_ptr<Repository> opened() { return Backends().add(memory_backend()).open("memory:").value(); }

}  // namespace

TEST_CASE("rows that a team may not see change neither what memory answers nor how many rows it looks at") {
  for (int const environments : {2, 200}) {
    CAPTURE(environments);
    auto const few = opened();
    auto const many = opened();
    support::fill_world(*few, 10, environments - 2);
    support::fill_world(*many, 300, environments - 2);
    CHECK(support::differences(few, many, &take_rows_read) == std::vector<std::string>());

    // That the rows are counted.
    REQUIRE(few->list(Query<EnvironmentIntegration>{.limit = 1'000}).has_value());
    long long const small = take_rows_read();
    REQUIRE(many->list(Query<EnvironmentIntegration>{.limit = 1'000}).has_value());
    CHECK(small > 0);
    CHECK(take_rows_read() > (environments == 2 ? 10 : 2) * small);
  }
}

TEST_CASE("what is called by names is found in memory by those, whoever's it is, without a look at the rest") {
  auto const store = opened();
  Catalog const catalog(store);
  auto const config = Document::parse("{}").value();
  for (int i = 0; i < 200; ++i) {
    std::string const number = std::to_string(i);
    auto const team = catalog.create(Team{.name = "team " + number}).value();
    auto const environment = catalog.create(Environment{.team_id = team.id, .name = "prod " + number}).value();
    auto const integration =
        catalog.create(Integration{.name = "tool " + number, .config = config, .team_id = team.id}).value().integration;
    REQUIRE(catalog.install({.integration_id = integration.id, .environment_id = environment.id}).has_value());
  }
  auto const reads_few = [](auto const& found) {
    CHECK(found.has_value());
    CHECK(take_rows_read() < 10);
  };
  static_cast<void>(take_rows_read());
  reads_few(catalog.find<Team>("team 150"));
  reads_few(catalog.find<Environment>("team 150", "prod 150"));
  reads_few(catalog.effective_config("team 150", "prod 150", "tool 150"));
  for (char const* const filter : {"environment.name=prod 150", "environment.team.name=team 150"}) {
    reads_few(
        catalog.list(Query<InstalledIntegration>{.where = {parse_condition<InstalledIntegration>(filter).value()}}));
  }
  reads_few(catalog.list(Query<Environment>{.where = {parse_condition<Environment>("team.name=team 150").value()}}));
}

TEST_CASE("a page of installs costs rows by its limit, and what is in one environment no more than there is there") {
  auto const store = opened();
  support::fill_world(*store, 300, 500);
  TeamCatalog const reader = Catalog(store).for_team({.team = support::team_id(support::reader)});
  static_cast<void>(take_rows_read());
  auto const page = reader.list(Query<InstalledIntegration>{.limit = 10}).value();
  CHECK(page.items.size() == 10);
  long long const of_page = take_rows_read();
  CHECK(of_page <= 502 + 11);  // the environments that the reader has, and the rows
  auto const second = reader.list(Query<InstalledIntegration>{.limit = 10, .after = page.next}).value();
  CHECK(second.items.front().install.created_at > page.items.back().install.created_at);
  CHECK(take_rows_read() == of_page);

  auto const of_one = reader
                          .list(Query<EnvironmentIntegration>{
                              .where = {{"environment_id", Operator::eq, {support::environment_id(7).uuid}}}})
                          .value();
  CHECK(of_one.items.size() == 1);
  CHECK(take_rows_read() <= 502 + 1);
  // Somebody else's environment.
  auto const of_others = reader
                             .list(Query<EnvironmentIntegration>{
                                 .where = {{"environment_id", Operator::eq, {support::environment_id(1'000).uuid}}}})
                             .value();
  CHECK(of_others.items.empty());
  CHECK(take_rows_read() <= 502);
}
