// SPDX-License-Identifier: BSL-1.0
#include "reborn_world.hpp"

namespace inlay::test {

namespace {

using World = RebornWorld;

template <class Entity>
ChangesRequest history_of(Entity const& row) {
  return {.row = ChangesRequest::Row{.entity = std::string(Entity::entity_name), .id = row.id.uuid}};
}

JsonPatch json_patch(std::string_view operations) { return {parsed(operations)}; }

constexpr UpdateOptions forced{.force = true};

}  // namespace

std::vector<VictorsCall> const& victors_calls() {
  static std::vector<VictorsCall> const all{
      // Writes of rows that are his.
      {"patch an install",
       [](Catalog const& c, World const& w) {
         return told(c.update(w.install.id, object(R"({"override":{"headers":{"c":"3"}}})")));
       }},
      {"patch an integration",
       [](Catalog const& c, World const& w) {
         return told(c.update(w.integration.id, object(R"({"is_beta":true})")));
       }},
      {"patch an environment",
       [](Catalog const& c, World const& w) { return told(c.update(w.environment.id, object(R"({"name":"new"})"))); }},
      {"change an install",
       [](Catalog const& c, World const& w) { return told(c.update(w.install.id, {.is_enabled = false})); }},
      {"replace a config",
       [](Catalog const& c, World const& w) {
         return told(c.update(w.integration.id, {.config = document(R"({"x":1})")},
                              {.documents = DocumentMode::replace, .force = true}));
       }},
      {"JSON Patch an install",
       [](Catalog const& c, World const& w) {
         return told(
             c.update(w.install.id, json_patch(R"([{"op":"replace","path":"/is_enabled","value":false}])"), forced));
       }},
      {"JSON Patch an integration",
       [](Catalog const& c, World const& w) {
         return told(
             c.update(w.integration.id, json_patch(R"([{"op":"replace","path":"/is_beta","value":true}])"), forced));
       }},
      {"JSON Patch an environment",
       [](Catalog const& c, World const& w) {
         return told(
             c.update(w.environment.id, json_patch(R"([{"op":"replace","path":"/name","value":"new"}])"), forced));
       }},
      {"set a value",
       [](Catalog const& c, World const& w) { return told(c.set(w.install.id, pointer("/headers/c"), "3")); }},
      {"set a whole override",
       [](Catalog const& c, World const& w) {
         return told(c.set(w.install.id, pointer(""), object(R"({"x":1})"), forced));
       }},
      {"remove a value",
       [](Catalog const& c, World const& w) { return told(c.remove(w.install.id, pointer("/headers/b"))); }},
      {"inherit a value",
       [](Catalog const& c, World const& w) { return told(c.inherit(w.install.id, pointer("/headers/a"))); }},
      {"uninstall", [](Catalog const& c, World const& w) { return told(c.uninstall(w.install.id)); }},
      {"remove an environment", [](Catalog const& c, World const& w) { return told(c.remove(w.bare_environment.id)); }},
      {"remove an environment in use",
       [](Catalog const& c, World const& w) { return told(c.remove(w.environment.id)); }},
      {"remove an integration", [](Catalog const& c, World const& w) { return told(c.remove(w.bare_integration.id)); }},
      {"remove an integration in use",
       [](Catalog const& c, World const& w) { return told(c.remove(w.integration.id)); }},
      {"answer a request",
       [](Catalog const& c, World const& w) { return told(c.answer(w.request.id, GrantStatus::granted)); }},

      // Installing into an environment that is his.
      {"install what is his",
       [](Catalog const& c, World const& w) {
         return told(c.install({.integration_id = w.bare_integration.id, .environment_id = w.other_environment.id}));
       }},
      {"install what everybody may",
       [](Catalog const& c, World const& w) {
         return told(c.install({.integration_id = w.allowed.id, .environment_id = w.other_environment.id}));
       }},
      {"install what he was granted",
       [](Catalog const& c, World const& w) {
         return told(c.install({.integration_id = w.granted.id, .environment_id = w.other_environment.id}));
       }},
      {"create an install",
       [](Catalog const& c, World const& w) {
         return told(c.create(
             EnvironmentIntegration{.integration_id = w.allowed.id, .environment_id = w.other_environment.id}));
       }},
      {"install what is installed",
       [](Catalog const& c, World const& w) {
         return told(c.install({.integration_id = w.integration.id, .environment_id = w.environment.id}));
       }},

      {"end the installs of others",
       [](Catalog const& c, World const& w) -> Result<std::string> {
         auto const ended = c.end(w.integration.id, "over");
         if (!ended) return ended.error();
         return std::to_string(ended->count);
       }},

      // What is only tried.
      {"dry run of a patch",
       [](Catalog const& c, World const& w) {
         return told(c.update(w.install.id, object(R"({"override":{"headers":{"c":"3"}}})"), {.dry_run = true}));
       }},
      {"dry run of a name",
       [](Catalog const& c, World const& w) {
         return told(c.update(w.integration.id, {.name = "new"}, {.dry_run = true}));
       }},

      // Reads.
      {"get an install", [](Catalog const& c, World const& w) { return told(c.get(w.install.id)); }},
      {"get an integration", [](Catalog const& c, World const& w) { return told(c.get(w.integration.id)); }},
      {"get an environment", [](Catalog const& c, World const& w) { return told(c.get(w.environment.id)); }},
      {"get a grant", [](Catalog const& c, World const& w) { return told(c.get(w.request.id)); }},
      {"list installs", [](Catalog const& c, World const&) { return told(c.list<InstalledIntegration>()); }},
      {"list integrations", [](Catalog const& c, World const&) { return told(c.list<OwnedIntegration>()); }},
      {"list environments", [](Catalog const& c, World const&) { return told(c.list<Environment>()); }},
      {"list grants", [](Catalog const& c, World const&) { return told(c.list<Grant>()); }},
      {"effective config", [](Catalog const& c, World const& w) { return told(c.effective_config(w.install.id)); }},
      {"effective config by name",
       [](Catalog const& c, World const& w) { return told(c.effective_config(w.environment.id, w.integration.name)); }},
      {"effective configs",
       [](Catalog const& c, World const& w) { return told(c.effective_configs(w.environment.id)); }},
      {"all effective configs",
       [](Catalog const& c, World const&) -> Result<std::string> {
         std::string text;
         auto const read = c.for_each_config({}, [&](ReportedConfig const& one) -> Result<void> {
           text += one.environment.name + one.installed.integration_name + one.installed.config.text();
           return {};
         });
         if (!read) return read.error();
         return text;
       }},
      {"explain",
       [](Catalog const& c, World const& w) -> Result<std::string> {
         auto const explained = c.explain(w.install.id);
         if (!explained) return explained.error();
         std::string text;
         for (auto const& leaf : explained->leaves) text += leaf.pointer + leaf.winner.json.value_or("");
         return text;
       }},
      {"history of an install",
       [](Catalog const& c, World const& w) { return told(c.changes(history_of(w.install))); }},
      {"history of an integration",
       [](Catalog const& c, World const& w) { return told(c.changes(history_of(w.integration))); }},
      {"history of an environment",
       [](Catalog const& c, World const& w) { return told(c.changes(history_of(w.environment))); }},
      {"history of a grant", [](Catalog const& c, World const& w) { return told(c.changes(history_of(w.request))); }},

      // Of his own, whatever becomes of the others.
      {"create an environment",
       [](Catalog const& c, World const& w) {
         return told(c.create(Environment{.team_id = w.victor.id, .name = "a new one"}));
       },
       true},
      {"create an integration",
       [](Catalog const& c, World const& w) {
         return told(c.create(Integration{.name = "a new one", .team_id = w.victor.id}));
       },
       true},
      {"ask for an integration", [](Catalog const& c, World const& w) { return told(c.ask_for(w.askable.id)); }, true},
      {"ask again", [](Catalog const& c, World const& w) { return told(c.ask_for(w.granted.id)); }, true},
      {"patch his team",
       [](Catalog const& c, World const& w) {
         return told(c.update(w.victor.id, object(R"({"domain":"v.example"})")));
       },
       true},
  };
  return all;
}

}  // namespace inlay::test
