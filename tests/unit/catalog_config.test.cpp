// SPDX-License-Identifier: BSL-1.0
#include <inlay/catalog.hpp>
#include <inlay/json/print.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/memory_catalog.hpp>

using namespace inlay;
using test::effective;
using test::error_of;
using test::Example;
using test::install_of;
using test::override_of;

TEST_CASE("set, remove and inherit say what they do to one value") {
  Catalog const catalog = test::open_in_memory();
  auto const id = install_of(catalog, R"({"url":"x","headers":{"a":1,"b":2}})", "none");

  catalog.set(id, test::pointer("/headers/c"), 3).value();
  CHECK(override_of(catalog, id) == R"({"headers":{"c":3}})");
  CHECK(effective(catalog, id) == R"({"url":"x","headers":{"a":1,"b":2,"c":3}})");

  catalog.remove(id, test::pointer("/headers/a")).value();
  CHECK(override_of(catalog, id) == R"({"headers":{"c":3,"a":null}})");
  CHECK(effective(catalog, id) == R"({"url":"x","headers":{"b":2,"c":3}})");

  catalog.inherit(id, test::pointer("/headers/a")).value();
  catalog.inherit(id, test::pointer("/headers/c")).value();
  CHECK(override_of(catalog, id) == "none");
  CHECK(effective(catalog, id) == R"({"url":"x","headers":{"a":1,"b":2}})");

  CHECK(error_of(catalog.set(id, test::pointer("/url"), nullptr)).kind == ErrorKind::invalid_argument);
  CHECK_FALSE(catalog.inherit(id, test::pointer("/nothing/there")).value().changed);
}

TEST_CASE("a verb on a place inside an array, or a removal below a scalar, is refused and changes nothing") {
  Catalog const catalog = test::open_in_memory();
  auto const id = install_of(catalog, R"({"url":"x","list":[1,{"a":2}],"over":[1]})", R"({"over":{"x":1}})");
  auto const refused = [&](auto const& result) {
    Error const error = error_of(result);
    CHECK(error.kind == ErrorKind::invalid_argument);
    CHECK(catalog.get(id).value().install.version == Version{1});
    return error.pointer.value_or("nowhere");
  };
  CHECK(refused(catalog.set(id, test::pointer("/list/0"), 9)) == "/list");
  CHECK(refused(catalog.set(id, test::pointer("/list/1/a"), 9)) == "/list");
  CHECK(refused(catalog.remove(id, test::pointer("/list/0"))) == "/list");
  CHECK(refused(catalog.remove(id, test::pointer("/url/x"))) == "/url");
  CHECK(refused(catalog.set(id, test::pointer("/list/0"), 9, {.dry_run = true})) == "/list");
  CHECK_FALSE(catalog.inherit(id, test::pointer("/list/0")).value().changed);

  // Where it is the override that leaves nothing there to remove, nothing is to be done.
  auto const other = install_of(catalog, R"({"a":{"b":1}})", R"({"a":5})");
  CHECK_FALSE(catalog.remove(other, test::pointer("/a/b")).value().changed);
  CHECK(effective(catalog, other) == R"({"a":5})");

  catalog.set(id, test::pointer("/over/0"), 2).value();  // no array is effective there
  catalog.set(id, test::pointer("/url/x"), 1).value();
  CHECK(effective(catalog, id) == R"({"url":{"x":1},"list":[1,{"a":2}],"over":{"x":1,"0":2}})");
}

TEST_CASE("an empty object that inherit leaves behind is pruned, since it would replace a scalar default") {
  Catalog const catalog = test::open_in_memory();
  auto const id = install_of(catalog, R"({"a":5})", R"({"a":{"b":{"c":1}}})");
  catalog.inherit(id, test::pointer("/a/b/c")).value();
  CHECK(override_of(catalog, id) == "none");
  CHECK(effective(catalog, id) == R"({"a":5})");
}

TEST_CASE("an override of {} is stored as none") {
  Catalog const catalog = test::open_in_memory();
  auto const id = install_of(catalog, R"({"a":5})", "{}");
  CHECK(override_of(catalog, id) == "none");
  catalog.set(id, test::pointer("/a"), 6).value();
  catalog.update(id, test::object(R"({"override":{}})"), {.documents = DocumentMode::replace, .force = true}).value();
  CHECK(override_of(catalog, id) == "none");
}

TEST_CASE("an effective configuration is found by id, or by environment and the integration's name") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  catalog.set(example.install.id, test::pointer("/base_url"), "https://eu").value();
  catalog.update(example.install.id, {.is_enabled = false}).value();
  auto const by_name = catalog.effective_config(example.environment.id, "zendesk").value();
  CHECK(by_name.id == example.install.id);
  CHECK_FALSE(by_name.is_enabled);
  CHECK(by_name.config.get<std::string>("/base_url").value() == "https://eu");
  CHECK(by_name.config.text() == effective(catalog, example.install.id));
  CHECK(error_of(catalog.effective_config(example.environment.id, "Zendesk")).kind == ErrorKind::not_found);

  auto const layered =
      catalog
          .effective_config(example.install.id, {{"account", LayerKind::merge_patch,
                                                  test::document(R"({"base_url":null,"label":"acme"})")}})
          .value();
  CHECK(layered.config.get<std::string>("/label").value() == "acme");
  CHECK_FALSE(layered.config.find("/base_url").has_value());
}

TEST_CASE("integrations of two teams under one name in one environment must be told apart by id") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const other = catalog.create(Team{.name = "other"}).value();
  auto const twin = catalog.create(Integration{.name = "zendesk", .team_id = other.id}).value();
  catalog.install({.integration_id = twin.integration.id, .environment_id = example.environment.id}).value();
  auto const error = error_of(catalog.effective_config(example.environment.id, "zendesk"));
  CHECK(error.kind == ErrorKind::invalid_argument);
  CHECK(error.message.find(to_string(example.install.id)) != std::string::npos);
}

TEST_CASE("all effective configurations of an environment come in one call and share their defaults") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  auto const crm =
      catalog.create(Integration{.name = "crm", .config = test::document(R"({"k":1})"), .team_id = example.team.id})
          .value();
  catalog.install({.integration_id = crm.integration.id, .environment_id = example.environment.id}).value();
  auto const staging = catalog.create(Environment{.team_id = example.team.id, .name = "staging"}).value();
  auto const there = catalog.install({.integration_id = example.integration.id, .environment_id = staging.id}).value();

  auto const configs = catalog.effective_configs(example.environment.id).value();
  REQUIRE(configs.size() == 2);
  CHECK(configs[0].integration_name == "zendesk");
  CHECK(configs[1].config.text() == R"({"k":1})");
  auto const elsewhere = catalog.effective_config(there.resource.install.id).value();
  CHECK(elsewhere.config.layers()[0].document.values().value() ==
        configs[0].config.layers()[0].document.values().value());

  auto const empty = catalog.create(Environment{.team_id = example.team.id, .name = "empty"}).value();
  CHECK(catalog.effective_configs(empty.id).value().empty());
  CHECK(error_of(catalog.effective_configs(Id<Environment>::generate())).kind == ErrorKind::not_found);
}

TEST_CASE("a changed default is seen at once by everybody who inherits it") {
  Catalog const catalog = test::open_in_memory();
  Example const example(catalog);
  CHECK(effective(catalog, example.install.id).find("Example API") != std::string::npos);
  catalog.update(example.integration.id, test::object(R"({"config":{"label":"Renamed"}})")).value();
  CHECK(effective(catalog, example.install.id).find("Renamed") != std::string::npos);
  CHECK(catalog.explain(example.install.id, test::pointer("/label")).value().leaves.at(0).winner.layer ==
        "integration");
}

TEST_CASE("an explanation goes on where its page ended, until the configuration changes") {
  Catalog const catalog = test::open_in_memory();
  boost::json::object config;
  for (char const* name : {"a", "b", "c", "d", "e", "f"}) config.emplace(name, 1);
  auto const id = install_of(catalog, json::print(boost::json::object{{std::string(800'000, 'n'), config}}), "none");
  auto const first = catalog.explain(id).value();
  CHECK(first.leaves.size() == 5);
  REQUIRE(first.next);
  auto const second = catalog.explain(id, {}, {}, first.next).value();
  CHECK(second.leaves.size() == 1);
  CHECK_FALSE(second.next);
  catalog.set(id, test::pointer("/new"), 1).value();
  CHECK(error_of(catalog.explain(id, {}, {}, first.next)).kind == ErrorKind::invalid_argument);
}

TEST_CASE("the differences of a dry run end at 4 MiB and say so") {
  Catalog const catalog = test::open_in_memory();
  std::string const name(80'000, 'n');
  boost::json::object members;
  for (int i = 0; i < 100; ++i) members.emplace(std::to_string(i), i);
  auto const id = install_of(catalog, json::print(boost::json::object{{name, members}}), "none");
  for (auto& member : members) member.value() = -1;
  auto const preview =
      catalog.update(id, boost::json::object{{"override", {{name, members}}}}, {.dry_run = true}).value();
  CHECK(preview.differences_truncated);
  CHECK(preview.differences.size() > 40);
  CHECK(preview.differences.size() * name.size() <= max_page_bytes);
}

TEST_CASE("integrations under one name are told apart where their configs are too large for one page, too") {
  constexpr std::size_t large = max_page_bytes;
  CatalogOptions options;
  options.limits.max_bytes = 2 * large;
  Catalog const catalog = test::open_in_memory(std::move(options));
  Example const example(catalog);
  auto const other = catalog.create(Team{.name = "other"}).value();
  Integration row{.name = "zendesk", .team_id = other.id};
  row.config = Document::from_stored(R"({"text":")" + std::string(large, 'x') + "\"}");
  auto const twin = catalog.create(std::move(row)).value();
  catalog.install({.integration_id = twin.integration.id, .environment_id = example.environment.id}).value();
  auto const error = error_of(catalog.effective_config(example.environment.id, "zendesk"));
  CHECK(error.kind == ErrorKind::invalid_argument);
  CHECK(error.message.find(to_string(example.install.id)) != std::string::npos);
}
