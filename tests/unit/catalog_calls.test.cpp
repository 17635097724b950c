// SPDX-License-Identifier: BSL-1.0
// How the calls of a catalogue are written: places and values as text, what is cleared, what is replaced.
#include <inlay/catalog.hpp>

#include <support/catch.hpp>
#include <support/memory_catalog.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace inlay;
using test::document;
using test::error_of;
using test::override_of;

namespace {

/** An install of an integration with this config. */
struct World {
  Catalog catalog = test::open_in_memory();
  Id<EnvironmentIntegration> install = test::install_of(catalog, R"({"a":{"b":1},"t":"x"})", "none");
  Id<Integration> integration = catalog.get(install).value().integration.id;
};

}  // namespace

TEST_CASE("a place in an override is named by its text, written out or not") {
  World const world;
  Catalog const& catalog = world.catalog;
  auto const id = world.install;
  std::string const text = "/a/c";
  CHECK(catalog.set(id, "/a/b", 2).value().changed);
  CHECK(catalog.set(id, text, true).value().changed);
  CHECK(catalog.set(id, std::string_view(text).substr(0, 2), {{"d", 4}}, {.force = true}).value().changed);
  CHECK(override_of(catalog, id) == R"({"a":{"d":4}})");
  CHECK(catalog.remove(id, text).value().changed);
  CHECK(catalog.remove(id, "/t").value().changed);
  CHECK(override_of(catalog, id) == R"({"a":{"d":4,"c":null},"t":null})");
  CHECK(catalog.inherit(id, text.c_str()).value().changed);
  CHECK(catalog.inherit(id, "/t").value().changed);
  CHECK(override_of(catalog, id) == R"({"a":{"d":4}})");
  CHECK(catalog.explain(id, "/a/d").value().leaves.front().winner.json == "4");
  CHECK(catalog.explain(id, text).value().leaves.empty());
  CHECK(catalog.explain(id).value().leaves.size() == catalog.explain(id, "").value().leaves.size());
  auto const config = catalog.effective_config(id).value().config;
  CHECK(config.explain("/a/d").contributors == std::vector<std::string>{"environment"});
}

TEST_CASE("text that is no pointer is refused by every verb before anything is looked at") {
  World const world;
  Catalog const& catalog = world.catalog;
  std::string const text = "a";
  auto const nobody = Id<EnvironmentIntegration>::generate();
  for (Error const& error :
       {error_of(catalog.set(nobody, text, 1)), error_of(catalog.set(nobody, text, text)),
        error_of(catalog.remove(nobody, text)), error_of(catalog.inherit(nobody, text)),
        error_of(catalog.explain(nobody, text)), error_of(config::set(std::nullopt, text, 1)),
        error_of(config::remove(std::nullopt, text)), error_of(config::inherit(std::nullopt, text))}) {
    CHECK(error.kind == ErrorKind::invalid_argument);
    CHECK(error.pointer == "a");
  }
}

TEST_CASE("a value is set that is a text to C++, or a document") {
  World const world;
  Catalog const& catalog = world.catalog;
  auto const id = world.install;
  auto const is_set = [&](auto const& value) {
    REQUIRE(catalog.set(id, "/t", value).has_value());
    return catalog.effective_config(id).value().config.get<std::string>("/t").value();
  };
  std::string const with_nul("a\0b", 3);
  CHECK(is_set(std::string("text")) == "text");
  CHECK(is_set(std::string_view("a view").substr(2)) == "view");
  CHECK(is_set(with_nul) == with_nul);
  CHECK(is_set("literal") == "literal");
  CHECK(is_set(boost::json::string("Boost's")) == "Boost's");
  CHECK(catalog.set(id, "/t", document(R"({"n":{"m":1}})")).value().changed);
  CHECK(override_of(catalog, id) == R"({"t":{"n":{"m":1}}})");
  CHECK(error_of(catalog.set(id, "/t", Document::from_stored("no JSON"))).kind == ErrorKind::corrupt);
  CHECK(catalog.set(id, json::Pointer() / "t", std::string("dry"), {.dry_run = true}).value().differences.size() == 1);
  CHECK(config::set(std::nullopt, "/a/b", std::string("c")).value()->text() == R"({"a":{"b":"c"}})");
}

TEST_CASE("in a typed change the word clears, and an empty optional does") {
  World const world;
  Catalog const& catalog = world.catalog;
  catalog.update(world.install, {.override = document(R"({"a":1})")}).value();
  CHECK(catalog.update(world.install, {.override = {}}).value().changed == false);
  CHECK(override_of(catalog, world.install) == R"({"a":1})");
  CHECK(catalog.update(world.install, {.override = cleared}).value().changed);
  CHECK(override_of(catalog, world.install) == "none");
  catalog.update(world.install, {.override = document(R"({"a":1})")}).value();
  CHECK(catalog.update(world.install, {.override = std::optional<Document>()}).value().changed);
  CHECK(override_of(catalog, world.install) == "none");

  catalog.update(world.integration, {.category = "crm"}).value();
  CHECK(catalog.update(world.integration, {.category = cleared}).value().resource.integration.category == std::nullopt);
}

TEST_CASE("a document in a typed change is merged, unless it is to replace the stored one") {
  World const world;
  Catalog const& catalog = world.catalog;
  auto const config = [&] {
    auto const resource = catalog.get(world.integration).value();
    return std::string(resource.integration.config.text());
  };
  catalog.update(world.integration, {.config = document(R"({"t":null,"n":1})")}).value();
  CHECK(config() == R"({"a":{"b":1},"n":1})");

  ChangeOf<Integration> const change{.is_beta = true, .config = replace(document(R"({"t":null})"))};
  Error const refused = error_of(catalog.update(world.integration, change));
  CHECK(refused.kind == ErrorKind::invalid_argument);
  CHECK(refused.reason == Reason::version_required);
  CHECK(config() == R"({"a":{"b":1},"n":1})");
  CHECK(catalog.update(world.integration, change, {.dry_run = true}).value().changed);
  auto const version = catalog.get(world.integration).value().version();
  CHECK(catalog.update(world.integration, change, {.expected_version = version}).value().changed);
  CHECK(config() == R"({"t":null})");

  catalog.update(world.install, {.override = document(R"({"a":{"b":2}})")}).value();
  CHECK(catalog.update(world.install, {.override = replace(document(R"({"t":null})"))}, {.force = true})->changed);
  CHECK(override_of(catalog, world.install) == R"({"t":null})");
  std::optional<Document> const before;
  CHECK(catalog.update(world.install, {.override = replace(before)}, {.force = true}).value().changed);
  CHECK(override_of(catalog, world.install) == "none");
}

TEST_CASE("what an answer tells is what the next write names") {
  World const world;
  Catalog const& catalog = world.catalog;
  auto const owned =
      catalog.create(Integration{.name = "next", .team_id = catalog.get(world.integration)->team.id}).value();
  auto const updated = catalog.update(owned.id(), {.is_beta = true}, {.expected_version = owned.version()}).value();
  CHECK(updated.id() == owned.id());
  CHECK(updated.version() == Version{2});
  auto const environment = catalog.get(world.install).value().install.environment_id;
  auto const installed = catalog.install({.integration_id = owned.id(), .environment_id = environment}).value();
  CHECK(catalog.uninstall(installed.id(), installed.version()).has_value());
}
