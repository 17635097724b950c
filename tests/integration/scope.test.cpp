// SPDX-License-Identifier: BSL-1.0
// Every operation, seen from every side: what a team may see and do depends on whose a row is and how it is shared.
#include <inlay/catalog.hpp>
#include <inlay/model/json_form.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/stores.hpp>
#include "sharing_world.hpp"

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace inlay;
using namespace inlay::test;

namespace {

std::string shown(Result<OwnedIntegration> const& result) {
  if (!result) return answer(result);
  auto const json = test::object(model::to_json(*result));
  if (json.contains("config")) return json.contains("version") ? "whole" : "broken";
  for (char const* hidden : {"sharing", "version", "birth", "created_at", "updated_at", "environment_ids", "config"}) {
    if (json.contains(hidden)) return std::string("leaks ") + hidden;
  }
  return json.contains("team") && json.contains("category") && json.contains("is_beta") ? "summary" : "broken";
}

std::string shown(Result<Team> const& result) {
  if (!result) return answer(result);
  auto const json = test::object(model::to_json(*result));
  bool const hidden = !json.contains("allows_impersonation") && !json.contains("version") && !json.contains("birth") &&
                      !json.contains("created_at");
  return hidden ? "summary" : "whole";
}

template <class Readable>
std::string listed(Result<Page<Readable>> const& page, Uuid const& id) {
  if (!page) return answer(page);
  for (Readable const& item : page->items) {
    if (model::part_of<0>(item).id.uuid == id) return "listed";
  }
  return "absent";
}

struct Operation {
  char const* name;
  std::function<std::string(World const&)> run;
  Answers expected;
};

/** What the owner and the host's administration are answered, and what everybody else is. */
constexpr Answers owner_only(char const* owners, char const* others = "not_found") {
  Answers answers{};
  answers.fill(others);
  answers[own] = answers[no_team] = owners;
  return answers;
}

/** Whether a row that the caller does not see is told apart from one that is not there. An error may repeat the id that
    it was asked about.
*/
std::string compared(Uuid const& hidden, Uuid const& absent,
                     std::initializer_list<std::pair<Result<void>, Result<void>>> hidden_and_absent) {
  std::string const id = to_string(absent);
  for (auto const& [one, nothing] : hidden_and_absent) {
    if (one || nothing) return "seen";
    Error error = nothing.error();
    if (auto const at = error.message.find(id); at != std::string::npos) {
      error.message.replace(at, id.size(), to_string(hidden));
    }
    if (one.error() != error) return "told apart: " + to_string(one.error()) + " / " + to_string(error);
  }
  return "same";
}

template <class T>
Result<void> without_value(Result<T> const& result) {
  return result ? Result<void>() : Result<void>(result.error());
}

std::vector<Operation> const& operations() {
  static std::vector<Operation> const all{
      {"get the integration",
       [](World const& w) { return shown(w.caller.get(w.integration.id)); },
       {"whole", "whole", "summary", "summary", "whole", "summary", "summary", "whole", "not_found", "whole", "whole"}},
      {"list integrations",
       [](World const& w) { return listed(w.caller.list<OwnedIntegration>(), w.integration.id.uuid); },
       {"listed", "listed", "listed", "listed", "listed", "listed", "listed", "listed", "absent", "listed", "listed"}},
      {"list integrations by name",
       [](World const& w) {
         return listed(w.caller.list<Integration>({.where = {{"name", Operator::eq, {std::string("shared thing")}}}}),
                       w.integration.id.uuid);
       },
       {"listed", "listed", "listed", "listed", "listed", "listed", "listed", "listed", "absent", "listed", "listed"}},
      {"list integrations by what a summary does not show",
       [](World const& w) {
         return listed(w.caller.list<Integration>({.where = {{"version", Operator::gte, {std::int64_t{1}}}}}),
                       w.integration.id.uuid);
       },
       {"listed", "listed", "absent", "absent", "listed", "absent", "absent", "listed", "absent", "listed", "listed"}},
      {"environment_ids of the integration",
       [](World const& w) -> std::string {
         auto const found = w.caller.get(w.integration.id);
         if (!found) return answer(found);
         if (!found->installed_in) return "none";
         std::string ids;
         for (auto const& id : found->installed_in->ids) {
           ids += id == w.owner_environment.id ? "owner " : id == w.other_environment.id ? "other " : "? ";
         }
         return ids;
       },
       {"owner ", "", "none", "none", "", "none", "none", "", "not_found", "other ", "owner "}},
      {"update the integration",
       [](World const& w) { return answer(w.caller.update(w.integration.id, {.is_beta = true})); },
       {"ok", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "not_found",
        "forbidden", "ok"}},
      {"remove the integration",
       [](World const& w) { return answer(w.caller.remove(w.integration.id)); },
       {"in_use", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden",
        "not_found", "forbidden", "in_use"}},
      {"install the integration",
       [](World const& w) -> std::string {
         auto const installed =
             w.caller.install({.integration_id = w.integration.id, .environment_id = w.caller_environment.id});
         if (!installed) return answer(installed);
         return installed->created ? "created" : "there already";
       },
       {"there already", "created", "forbidden", "forbidden", "created", "forbidden", "forbidden", "forbidden",
        "not_found", "there already", "created"}},
      {"install into the owner's environment",
       [](World const& w) {
         return answer(
             w.caller.install({.integration_id = w.integration.id, .environment_id = w.owner_environment.id}));
       },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found",
        "not_found", "ok"}},
      {"ask for the integration",
       [](World const& w) -> std::string {
         auto const asked = w.caller.ask_for(w.integration.id);
         return asked ? std::string(model::enum_name(asked->grant.status)) : answer(asked);
       },
       {"invalid_argument", "invalid_argument", "pending", "pending", "granted", "pending", "pending", "granted",
        "not_found", "forbidden", "invalid_argument"}},
      {"answer the request",
       [](World const& w) -> std::string {
         if (!w.grant) return "none";
         return answer(w.caller.answer(w.grant->id, GrantStatus::granted));
       },
       {"none", "none", "none", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "none", "none",
        "none"}},
      {"list grants",
       [](World const& w) {
         auto const page = w.caller.list<Grant>();
         return page ? std::to_string(page->items.size()) : answer(page);
       },
       {"0", "0", "0", "1", "1", "1", "1", "1", "0", "0", "0"}},
      {"get the owner's environment",
       [](World const& w) { return answer(w.caller.get(w.owner_environment.id)); },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found",
        "not_found", "ok"}},
      {"list environments",
       [](World const& w) { return listed(w.caller.list<Environment>(), w.owner_environment.id.uuid); },
       {"listed", "absent", "absent", "absent", "absent", "absent", "absent", "absent", "absent", "absent", "listed"}},
      {"rename the owner's environment",
       [](World const& w) { return answer(w.caller.update(w.owner_environment.id, {.name = "mine"})); },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found",
        "not_found", "ok"}},
      {"remove the owner's environment",
       [](World const& w) { return answer(w.caller.remove(w.owner_environment.id)); },
       {"in_use", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found",
        "not_found", "not_found", "in_use"}},
      {"create an environment for the owner",
       [](World const& w) { return answer(w.caller.create(Environment{.team_id = w.owner.id, .name = "new"})); },
       {"ok", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden",
        "forbidden", "ok"}},
      {"create an integration under the owner's name",
       [](World const& w) {
         return answer(w.caller.create(Integration{.name = "shared thing", .team_id = w.owner.id}));
       },
       {"already_exists", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden",
        "forbidden", "forbidden", "already_exists"}},
      {"get the owner's install",
       [](World const& w) { return answer(w.caller.get(w.owner_install.id)); },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found",
        "not_found", "ok"}},
      {"list installs",
       [](World const& w) { return listed(w.caller.list<InstalledIntegration>(), w.owner_install.id.uuid); },
       {"listed", "absent", "absent", "absent", "absent", "absent", "absent", "absent", "absent", "absent", "listed"}},
      {"update the owner's install",
       [](World const& w) { return answer(w.caller.set(w.owner_install.id, test::pointer("/a"), 1)); },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found",
        "not_found", "ok"}},
      {"uninstall the owner's install",
       [](World const& w) { return answer(w.caller.uninstall(w.owner_install.id)); },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found",
        "not_found", "ok"}},
      {"effective configuration of the owner's install",
       [](World const& w) { return answer(w.caller.effective_config(w.owner_install.id)); },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found",
        "not_found", "ok"}},
      {"effective configurations of the owner's environment",
       [](World const& w) { return answer(w.caller.effective_configs(w.owner_environment.id)); },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found",
        "not_found", "ok"}},
      {"effective configuration by name in the caller's environment",
       [](World const& w) { return answer(w.caller.effective_config(w.caller_environment.id, "shared thing")); },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found",
        "ok", "not_found"}},
      {"get the owner",
       [](World const& w) { return shown(w.caller.get(w.owner.id)); },
       {"whole", "summary", "summary", "summary", "summary", "summary", "summary", "summary", "summary", "summary",
        "whole"}},
      {"list teams by what is not public",
       [](World const& w) {
         return listed(w.caller.list<Team>({.where = {{"allows_impersonation", Operator::eq, {true}}}}),
                       w.owner.id.uuid);
       },
       {"listed", "absent", "absent", "absent", "absent", "absent", "absent", "absent", "absent", "absent", "listed"}},
      {"filter installs by what is not public of a team",
       [](World const& w) {
         return answer(w.caller.list<InstalledIntegration>(
             {.where = {{"integration.team.allows_impersonation", Operator::eq, {true}}}}));
       },
       {"forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden",
        "forbidden", "forbidden", "ok"}},
      {"filter installs by what is not public of their environment's team",
       [](World const& w) {
         return answer(w.caller.list<InstalledIntegration>(
             {.where = {{"environment.team.allows_impersonation", Operator::eq, {true}}}}));
       },
       {"forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden",
        "forbidden", "forbidden", "ok"}},
      {"filter environments by what is not public of their team",
       [](World const& w) {
         return answer(w.caller.list<Environment>({.where = {{"team.version", Operator::gte, {std::int64_t{1}}}}}));
       },
       {"forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden",
        "forbidden", "forbidden", "ok"}},
      {"rename the owner",
       [](World const& w) { return answer(w.caller.update(w.owner.id, {.name = "mine"})); },
       {"ok", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden",
        "forbidden", "ok"}},
      {"verify the owner",
       [](World const& w) { return answer(w.caller.update(w.owner.id, {.is_verified = true})); },
       {"forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden",
        "forbidden", "forbidden", "ok"}},
      {"create a team",
       [](World const& w) { return answer(w.caller.create(Team{.name = "new"})); },
       {"forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden",
        "forbidden", "forbidden", "ok"}},
      {"history of the integration",
       [](World const& w) {
         return answer(w.caller.changes({.row = ChangesRequest::Row{"integration", w.integration.id.uuid}}));
       },
       {"ok", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "not_found",
        "forbidden", "ok"}},
      {"history of the owner's install",
       [](World const& w) {
         return answer(
             w.caller.changes({.row = ChangesRequest::Row{"environment_integration", w.owner_install.id.uuid}}));
       },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found",
        "not_found", "ok"}},
      {"history of the request",
       [](World const& w) -> std::string {
         if (!w.grant) return "none";
         return answer(w.caller.changes({.row = ChangesRequest::Row{"grant", w.grant->id.uuid}}));
       },
       {"none", "none", "none", "ok", "ok", "ok", "ok", "ok", "none", "none", "none"}},
      {"get the request",
       [](World const& w) -> std::string {
         if (!w.grant) return "none";
         return answer(w.caller.get(w.grant->id));
       },
       {"none", "none", "none", "ok", "ok", "ok", "ok", "ok", "none", "none", "none"}},
      {"see a request of another team's",
       [](World const& w) -> std::string {
         if (w.store.get(w.integration.id).value().integration.sharing != Sharing::ask) return "none";
         auto const grant = w.store.as({.team = w.third.id}).ask_for(w.integration.id).value().grant;
         return answer(w.caller.get(grant.id)) + ", " + listed(w.caller.list<Grant>(), grant.id.uuid);
       },
       {"ok, listed", "none", "not_found, absent", "not_found, absent", "not_found, absent", "not_found, absent",
        "not_found, absent", "none", "none", "none", "ok, listed"}},
      {"ask on behalf of another team",
       [](World const& w) { return answer(w.caller.ask_for(w.integration.id, w.third.id)); },
       {"forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden",
        "forbidden", "forbidden", "ok"}},
      {"try out a change of the integration",
       [](World const& w) { return answer(w.caller.update(w.integration.id, {.is_beta = true}, {.dry_run = true})); },
       {"ok", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "not_found",
        "forbidden", "ok"}},
      {"try out a change of the owner's install",
       [](World const& w) {
         return answer(w.caller.update(w.owner_install.id, {.is_enabled = false}, {.dry_run = true}));
       },
       owner_only("ok")},
      {"change the integration by a JSON Patch",
       [](World const& w) {
         JsonPatch const patch{test::parsed(R"([{"op":"test","path":"/config/secret","value":"hush"},)"
                                            R"({"op":"replace","path":"/is_beta","value":true}])")};
         return answer(w.caller.update(w.integration.id, patch, {.force = true}));
       },
       {"ok", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "not_found",
        "forbidden", "ok"}},
      {"change the owner's install by a JSON Patch",
       [](World const& w) {
         JsonPatch const patch{test::parsed(R"([{"op":"replace","path":"/is_enabled","value":false}])")};
         return answer(w.caller.update(w.owner_install.id, patch, {.force = true}));
       },
       owner_only("ok")},
      {"remove a value of the owner's install",
       [](World const& w) { return answer(w.caller.remove(w.owner_install.id, test::pointer("/secret"))); },
       owner_only("ok")},
      {"inherit a value of the owner's install",
       [](World const& w) { return answer(w.caller.inherit(w.owner_install.id, test::pointer("/secret"))); },
       owner_only("ok")},
      {"explain the owner's install",
       [](World const& w) { return answer(w.caller.explain(w.owner_install.id, test::pointer("/secret"))); },
       owner_only("ok")},
      // Ids are one space for all: docs/rest.md says what that tells.
      {"create an integration with the id of the owner's",
       [](World const& w) {
         return answer(w.caller.create(
             Integration{.id = w.integration.id, .name = "another", .team_id = w.caller_environment.team_id}));
       },
       {"already_exists", "already_exists", "already_exists", "already_exists", "already_exists", "already_exists",
        "already_exists", "already_exists", "already_exists", "already_exists", "already_exists"}},
      {"create an environment with the id of the owner's",
       [](World const& w) {
         return answer(w.caller.create(
             Environment{.id = w.owner_environment.id, .team_id = w.caller_environment.team_id, .name = "mine"}));
       },
       owner_only("already_exists", "already_exists")},
      {"install with the id of the owner's install",
       [](World const& w) -> std::string {
         return answer(w.caller.install(
             {.id = w.owner_install.id, .integration_id = w.mine.id, .environment_id = w.caller_environment.id}));
       },
       owner_only("already_exists", "already_exists")},
      {"list integrations by a scope of one's own",
       [](World const& w) {
         auto const scope =
             Scope::where({"sharing", Operator::eq, {std::string(model::enum_name(w.integration.sharing))}});
         return answer(w.caller.list<Integration>({.scope = scope}));
       },
       {"forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden",
        "forbidden", "forbidden", "ok"}},
      {"walk the integrations by cursors",
       [](World const& w) -> std::string {
         Query<OwnedIntegration> query{.limit = 1};
         std::string walked;
         while (true) {
           auto const page = w.caller.list(query);
           if (!page) return answer(page);
           for (auto const& item : page->items) walked += item.integration.id == w.mine.id ? "mine " : "shared ";
           if (!page->next) return walked;
           // A page that goes on with what is not seen would tell of it.
           if (page->items.empty() || page->next->id != page->items.back().integration.id.uuid) return "leaks a cursor";
           query.after = page->next;
         }
       },
       {"shared mine ", "shared mine ", "shared mine ", "shared mine ", "shared mine ", "shared mine ", "shared mine ",
        "shared mine ", "mine ", "shared mine ", "shared mine "}},
      {"tell the integration from one that is not there",
       [](World const& w) {
         auto const absent = Id<Integration>::generate();
         auto const id = w.integration.id;
         auto const environment = w.other_environment.id;
         return compared(
             id.uuid, absent.uuid,
             {
                 {without_value(w.caller.get(id)), without_value(w.caller.get(absent))},
                 {without_value(w.caller.update(id, {.is_beta = true})),
                  without_value(w.caller.update(absent, {.is_beta = true}))},
                 {without_value(w.caller.update(id, {.is_beta = true}, {.expected_version = Version{9}})),
                  without_value(w.caller.update(absent, {.is_beta = true}, {.expected_version = Version{9}}))},
                 {w.caller.remove(id), w.caller.remove(absent)},
                 {w.caller.remove(id, Version{9}), w.caller.remove(absent, Version{9})},
                 {without_value(w.caller.ask_for(id)), without_value(w.caller.ask_for(absent))},
                 {without_value(w.caller.install({.integration_id = id, .environment_id = environment})),
                  without_value(w.caller.install({.integration_id = absent, .environment_id = environment}))},
                 {without_value(w.caller.changes({.row = ChangesRequest::Row{"integration", id.uuid}})),
                  without_value(w.caller.changes({.row = ChangesRequest::Row{"integration", absent.uuid}}))},
             });
       },
       {"seen", "seen", "seen", "seen", "seen", "seen", "seen", "seen", "same", "seen", "seen"}},
      {"tell the owner's environment from one that is not there",
       [](World const& w) {
         auto const absent = Id<Environment>::generate();
         auto const id = w.owner_environment.id;
         return compared(
             id.uuid, absent.uuid,
             {
                 {without_value(w.caller.get(id)), without_value(w.caller.get(absent))},
                 {without_value(w.caller.update(id, {.name = "x"})),
                  without_value(w.caller.update(absent, {.name = "x"}))},
                 {w.caller.remove(id, Version{9}), w.caller.remove(absent, Version{9})},
                 {without_value(w.caller.effective_configs(id)), without_value(w.caller.effective_configs(absent))},
                 {without_value(w.caller.effective_config(id, "shared thing")),
                  without_value(w.caller.effective_config(absent, "shared thing"))},
                 {without_value(w.caller.install({.integration_id = w.integration.id, .environment_id = id})),
                  without_value(w.caller.install({.integration_id = w.integration.id, .environment_id = absent}))},
                 {without_value(w.caller.changes({.row = ChangesRequest::Row{"environment", id.uuid}})),
                  without_value(w.caller.changes({.row = ChangesRequest::Row{"environment", absent.uuid}}))},
             });
       },
       owner_only("seen", "same")},
      {"tell the owner's install from one that is not there",
       [](World const& w) {
         auto const absent = Id<EnvironmentIntegration>::generate();
         auto const id = w.owner_install.id;
         return compared(
             id.uuid, absent.uuid,
             {
                 {without_value(w.caller.get(id)), without_value(w.caller.get(absent))},
                 {without_value(w.caller.set(id, test::pointer("/a"), 1)),
                  without_value(w.caller.set(absent, test::pointer("/a"), 1))},
                 {w.caller.uninstall(id, Version{9}), w.caller.uninstall(absent, Version{9})},
                 {without_value(w.caller.effective_config(id)), without_value(w.caller.effective_config(absent))},
                 {without_value(w.caller.explain(id)), without_value(w.caller.explain(absent))},
                 {without_value(w.caller.changes({.row = ChangesRequest::Row{"environment_integration", id.uuid}})),
                  without_value(
                      w.caller.changes({.row = ChangesRequest::Row{"environment_integration", absent.uuid}}))},
             });
       },
       owner_only("seen", "same")},
      {"all changes",
       [](World const& w) { return answer(w.caller.changes({})); },
       {"forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden",
        "forbidden", "forbidden", "ok"}},
  };
  return all;
}

}  // namespace

TEST_CASE("every operation shows and does to each side what the rules of sharing and scope say") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  auto const repository = all_backends().open(url).value();
  Catalog const catalog(repository);
  // Each world is one of its own: what it holds would be listed in the next.
  auto const clear = [&] {
    for (auto const& grant : catalog.list<Grant>({.limit = 100}).value().items) {
      repository->commit({.changes = {Remove<Grant>{grant}}, .token = generate_uuid(), .time = now()}).value();
    }
    for (auto const& install : catalog.list<EnvironmentIntegration>({.limit = 100}).value().items) {
      catalog.uninstall(install.id).value();
    }
    for (auto const& row : catalog.list<Integration>({.limit = 100}).value().items) catalog.remove(row.id).value();
    for (auto const& row : catalog.list<Environment>({.limit = 100}).value().items) catalog.remove(row.id).value();
    for (auto const& row : catalog.list<Team>({.limit = 100}).value().items) catalog.remove(row.id).value();
  };
  for (std::size_t side = 0; side < side_count; ++side) {
    std::optional<World> world;
    for (Operation const& operation : operations()) {
      CAPTURE(operation.name, side_names[side]);
      if (!world) world.emplace(catalog, static_cast<Side>(side));
      auto const before = repository->revision().value();
      std::string const got = operation.run(*world);
      CHECK(got == operation.expected[side]);
      bool const has_written = repository->revision().value() != before;
      bool const is_refused = got == "not_found" || got == "forbidden" || got == "invalid_argument" ||
                              got == "in_use" || got == "already_exists";
      if (is_refused) CHECK_FALSE(has_written);
      if (!has_written) continue;
      world.reset();
      clear();
    }
    clear();
  }
}

TEST_CASE("a row that is shared only after it was read is not shown as it was before") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  auto const repository = all_backends().open(url).value();
  Catalog const catalog(repository);
  auto const interrupted = std::make_shared<Interrupted>(repository);
  for (bool const by_list : {false, true}) {
    for (bool const by_grant : {false, true}) {
      CAPTURE(by_list, by_grant);
      World const world(catalog, by_grant ? pending : ask);
      Catalog const caller = Catalog(interrupted).as({.team = world.other.id});
      // The owner takes the secret out, and only then shares what is left.
      interrupted->after_read = [&] {
        catalog.update(world.integration.id, test::object(R"({"config":{"secret":null,"public":1}})")).value();
        if (by_grant) {
          catalog.answer(world.grant->id, GrantStatus::granted).value();
        } else {
          catalog.update(world.integration.id, {.sharing = Sharing::allow}).value();
        }
      };
      std::string seen;
      if (by_list) {
        auto const page =
            caller.list<OwnedIntegration>({.where = {{"team_id", Operator::eq, {world.owner.id.uuid}}}}).value();
        REQUIRE(page.items.size() == 1);
        seen = model::to_json(page.items.front());
      } else {
        seen = model::to_json(caller.get(world.integration.id).value());
      }
      CHECK_FALSE(interrupted->after_read);
      CHECK(seen.find("shared thing") != std::string::npos);
      CHECK(seen.find("hush") == std::string::npos);
      auto const now_seen = model::to_json(caller.get(world.integration.id).value());
      CHECK(now_seen.find(R"("config":{"public":1})") != std::string::npos);
    }
  }
}

TEST_CASE("who uses a row is told only as far as the caller sees") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  Catalog const catalog(all_backends().open(url).value());
  World const world(catalog, allow);
  auto const theirs =
      world.caller.install({.integration_id = world.integration.id, .environment_id = world.other_environment.id})
          .value();
  Catalog const owners = catalog.as({.team = world.owner.id});
  auto const both = owners.remove(world.integration.id);
  REQUIRE(both.has_error());
  CHECK(both.error().kind == ErrorKind::in_use);
  CHECK(both.error().message.find(to_string(world.owner_install.id)) != std::string::npos);
  CHECK(both.error().message.find(to_string(theirs.resource.install.id)) == std::string::npos);
  CHECK(both.error().message.find("others") != std::string::npos);

  owners.uninstall(world.owner_install.id).value();
  auto const one = owners.remove(world.integration.id);
  REQUIRE(one.has_error());
  CHECK(one.error().message.find("used by others") != std::string::npos);
}

TEST_CASE("a team that takes the id of a row that is gone does not see what that one was") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  Catalog const catalog(all_backends().open(url).value());
  World const world(catalog, allow);
  Catalog const owner = catalog.as({.team = world.owner.id});
  owner.uninstall(world.owner_install.id).value();
  owner.remove(world.integration.id).value();

  Catalog const other = catalog.as({.team = world.other.id});
  other.create(Integration{.id = world.integration.id, .name = "mine", .team_id = world.other.id}).value();
  other.update(world.integration.id, {.category = "theirs"}).value();
  ChangesRequest const request{.row = ChangesRequest::Row{"integration", world.integration.id.uuid}};
  CHECK(catalog.changes(request).value().commits.size() == 4);
  auto const page = other.changes(request).value();
  REQUIRE(page.commits.size() == 2);
  CHECK(page.commits[0].changes.at(0).kind == ChangeKind::inserted);
  CHECK(page.commits[0].changes.at(0).after->text().find("mine") != std::string::npos);
  CHECK(page.commits[1].changes.at(0).kind == ChangeKind::updated);
  auto first = request;
  first.limit = 1;
  CHECK(other.changes(first).value().commits == std::vector{page.commits[0]});
  CHECK(owner.changes(request).has_error());
}

TEST_CASE("each step of a request names its actor in the change log") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  Catalog const catalog(all_backends().open(url).value());
  World const world(catalog, ask);
  auto const grant = catalog.as({.actor = "asker", .team = world.other.id}).ask_for(world.integration.id).value().grant;
  Catalog const owner = catalog.as({.actor = "owner", .reason = "they are fine", .team = world.owner.id});
  CHECK(owner.answer(grant.id, GrantStatus::denied).value().status == GrantStatus::denied);
  CHECK(owner.answer(grant.id, GrantStatus::revoked).error().pointer == "/status");
  CHECK(owner.answer(grant.id, GrantStatus::granted).value().status == GrantStatus::granted);
  CHECK(owner.answer(grant.id, GrantStatus::granted).value().version == Version{3});
  CHECK(owner.answer(grant.id, GrantStatus::revoked, Version{1}).error().current_version == Version{3});
  CHECK(owner.answer(grant.id, GrantStatus::revoked).value().version == Version{4});
  auto const page = catalog.changes({.row = ChangesRequest::Row{"grant", grant.id.uuid}}).value();
  REQUIRE(page.commits.size() == 4);
  CHECK(page.commits[0].actor == "asker");
  CHECK(page.commits[3].actor == "owner");
  CHECK(page.commits[3].reason == "they are fine");
  CHECK(page.commits[3].changes[0].after->values().value()->at("status") == "revoked");
}
