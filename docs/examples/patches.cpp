// SPDX-License-Identifier: BSL-1.0
#include "expect.hpp"

#include <inlay/backends/memory.hpp>

//[includes
#include <inlay/catalog.hpp>
#include <inlay/json/json_patch.hpp>
#include <inlay/json/merge_patch.hpp>
#include <inlay/json/parse.hpp>

#include <iostream>
//]

namespace {

using Install = inlay::Id<inlay::EnvironmentIntegration>;

Install installed(inlay::Catalog const& catalog) {
  auto const team = catalog.create(inlay::Team{.name = "Acme"}).value();
  auto const production = catalog.create(inlay::Environment{.team_id = team.id, .name = "production"}).value();
  auto const config = inlay::Document::parse(R"({"base_url": "https://api.example.com", "page_size": 50})").value();
  auto const crm = catalog.create(inlay::Integration{.name = "crm", .config = config, .team_id = team.id}).value();
  return catalog.install({.integration_id = crm.id(), .environment_id = production.id}).value().id();
}

void update(inlay::Catalog const& catalog, Install id) {
  //[update
  // A typed change: what is named is changed, the rest is left alone.
  auto updated = catalog.update(id, {.is_enabled = false}).value();
  expect(updated.changed && updated.version() == inlay::Version{2});

  // The same as a merge patch, as it comes out of a request: any JSON, so ask whether it is an object. (as_object()
  // would throw an exception of Boost's where it is not.)
  auto const body = inlay::json::parse(R"({"is_enabled": false, "override": {"page_size": 100}})").value();
  auto const* patch = body.if_object();
  expect(patch != nullptr);
  updated = catalog.update(id, *patch).value();
  expect(updated.resource.install.override->text() == R"({"page_size":100})");

  // Once more: it changes nothing, so nothing is written.
  updated = catalog.update(id, *patch).value();
  expect(!updated.changed && updated.version() == inlay::Version{3});
  //]
}

void nulls(inlay::Catalog const& catalog, Install id) {
  //[nulls
  auto const patch = inlay::json::parse(R"({"override": {"page_size": null}})").value().as_object();

  // Merged (the default), null takes the override's own value away: page_size is inherited again.
  auto merged = catalog.update(id, patch).value();
  expect(!merged.resource.install.override);

  // Replaced, null is stored: page_size is removed, whatever the default says. This can undo another's write, so it
  // needs the version that was seen (or .force = true).
  auto replaced =
      catalog.update(id, patch, {.expected_version = merged.version(), .documents = inlay::DocumentMode::replace})
          .value();
  expect(replaced.resource.install.override->text() == R"({"page_size":null})");
  expect(catalog.effective_config(id).value().config.text() == R"({"base_url":"https://api.example.com"})");
  //]
}

void typed_documents(inlay::Catalog const& catalog, Install id) {
  //[typed_documents
  auto const override = inlay::Document::parse(R"({"page_size": null})").value();
  auto merged = catalog.update(id, {.override = override}).value();  // inherits page_size
  auto replaced = catalog.update(id, {.override = replace(override)}, {.expected_version = merged.version()})
                      .value();                                             // removes it
  auto cleared = catalog.update(id, {.override = inlay::cleared}).value();  // no override at all
  //]
  expect(replaced.resource.install.override->text() == R"({"page_size":null})");
  expect(!cleared.resource.install.override);
  expect(catalog.update(id, {.override = replace(override)}, {.force = true}).has_value());
}

void conflict(inlay::Catalog const& catalog, Install id) {
  //[conflict
  auto stale = catalog.update(id, {.show_in_catalog = false}, {.expected_version = inlay::Version{1}});
  expect(stale.has_error() && stale.error().kind == inlay::ErrorKind::conflict);

  // Read again (it may be gone by now), decide again, and name the version that was read.
  auto current = catalog.get(id).value();
  if (current.install.show_in_catalog) {
    auto again = catalog.update(id, {.show_in_catalog = false}, {.expected_version = current.version()}).value();
    expect(again.changed);
  }
  //]
}

void json_patch_on_a_resource(inlay::Catalog const& catalog, Install id) {
  //[json_patch_update
  auto const version = catalog.get(id).value().version();
  auto const operations = inlay::json::parse(R"([{"op": "test", "path": "/is_enabled", "value": false},
                                                 {"op": "replace", "path": "/is_enabled", "value": true},
                                                 {"op": "add", "path": "/override", "value": {"page_size": 25}}])")
                              .value();

  // It can undo another's write, so it needs the version that was seen (or .force = true).
  auto const updated = catalog.update(id, inlay::JsonPatch{operations}, {.expected_version = version}).value();
  expect(updated.resource.install.is_enabled && updated.resource.install.override->text() == R"({"page_size":25})");

  // Now that it is enabled the test does not hold, and nothing is done.
  auto const refused = catalog.update(id, inlay::JsonPatch{operations}, {.force = true});
  expect(refused.has_error() && refused.error().kind == inlay::ErrorKind::conflict);
  expect(refused.error().pointer->starts_with("/0"));  // the first operation
  //]
}

void dry_run(inlay::Catalog const& catalog, Install id) {
  //[dry_run
  auto would_be = catalog.set(id, "/base_url", "https://eu.example.com", {.dry_run = true}).value();
  for (auto const& difference : would_be.differences) {
    std::cout << difference.pointer << ": " << difference.before.value_or("absent") << " becomes "
              << difference.after.value_or("absent") << "\n";
  }
  expect(catalog.effective_config(id).value().integration_name == "crm");  // nothing was written
  //]
  expect(would_be.differences.size() == 1 && would_be.differences[0].pointer == "/base_url");
}

void documents() {
  //[documents
  namespace merge_patch = inlay::json::merge_patch;
  auto target = inlay::json::parse(R"({"a": 1, "b": {"c": 2, "d": 3}})").value();
  auto const patch = inlay::json::parse(R"({"a": null, "b": {"c": 5}})").value();
  auto const before = target;

  merge_patch::apply(target, patch);
  expect(target == inlay::json::parse(R"({"b": {"c": 5, "d": 3}})").value());
  expect(merge_patch::diff(before, target).value() == patch);
  //]
}

void json_patch() {
  //[json_patch
  namespace json_patch = inlay::json::json_patch;
  auto target = inlay::json::parse(R"({"a": 1, "list": [1, 2]})").value();
  auto const before = target;
  auto const patch = inlay::json::parse(R"([{"op": "test", "path": "/a", "value": 1},
                                            {"op": "add", "path": "/list/-", "value": 3}])")
                         .value();

  expect(json_patch::apply(target, patch).has_value());  // all of it, or nothing
  expect(target == inlay::json::parse(R"({"a": 1, "list": [1, 2, 3]})").value());

  auto const undo = json_patch::invert(before, patch).value();
  expect(json_patch::apply(target, undo).has_value() && target == before);
  //]
}

}  // namespace

int main() {
  inlay::Catalog const catalog(inlay::Backends().add(inlay::memory_backend()).open("memory:").value());
  auto const id = installed(catalog);
  update(catalog, id);
  nulls(catalog, id);
  typed_documents(catalog, id);
  conflict(catalog, id);
  json_patch_on_a_resource(catalog, id);
  dry_run(catalog, id);
  documents();
  json_patch();
}
