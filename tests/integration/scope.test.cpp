// SPDX-License-Identifier: BSL-1.0
// Every operation, seen from every side: what a team may see and do depends on whose a row is and how it is shared.
#include <inlay/catalog.hpp>
#include <inlay/model/json_form.hpp>

#include <support/catch.hpp>
#include <support/example.hpp>
#include <support/stores.hpp>

#include <array>
#include <functional>

using namespace inlay;

namespace {

/** How the caller stands to the owner's integration. */
enum Side { own, allow, ask, pending, granted, revoked, deny, installed_before_deny, no_team, side_count };
constexpr std::array<char const*, side_count> side_names{
    "own", "allow", "ask", "pending", "granted", "revoked", "deny", "installed before deny", "no team"};

/** An owner with an integration that is installed in an environment of its own, and a caller. */
struct World {
  Catalog store;  // the host's administration
  Team owner;
  Environment owner_environment;
  Integration integration;
  EnvironmentIntegration owner_install;
  Team other;
  Environment other_environment;
  std::optional<Grant> grant;
  Catalog caller;
  Environment caller_environment;

  World(Catalog catalog, Side side)
      : store(catalog),
        owner(store.create(Team{.name = "owner", .allows_impersonation = true}).value()),
        owner_environment(store.create(Environment{.team_id = owner.id, .name = "owner's"}).value()),
        integration(store
                        .create(Integration{.name = "shared thing",
                                            .category = "crm",
                                            .config = test::document(R"({"secret":"hush"})"),
                                            .team_id = owner.id,
                                            .sharing = side == allow || side == installed_before_deny ? Sharing::allow
                                                       : side == deny                                 ? Sharing::deny
                                                                                                      : Sharing::ask})
                        .value()
                        .integration),
        owner_install(store.install({.integration_id = integration.id, .environment_id = owner_environment.id})
                          .value()
                          .resource.install),
        other(store.create(Team{.name = "other"}).value()),
        other_environment(store.create(Environment{.team_id = other.id, .name = "other's"}).value()),
        caller(store.as(Caller{.actor = "caller"})) {
    if (side != no_team) {
      caller = store.as(Caller{.actor = "caller", .team = side == own ? owner.id : other.id});
    }
    caller_environment = side == own ? owner_environment : other_environment;
    if (side == pending || side == granted || side == revoked) {
      grant = store.as({.team = other.id}).ask_for(integration.id).value().grant;
      Catalog const owners = store.as({.team = owner.id});
      if (side != pending) grant = owners.answer(grant->id, GrantStatus::granted).value();
      if (side == revoked) grant = owners.answer(grant->id, GrantStatus::revoked).value();
    }
    if (side == installed_before_deny) {
      store.as({.team = other.id})
          .install({.integration_id = integration.id, .environment_id = other_environment.id})
          .value();
      store.update(integration.id, {.sharing = Sharing::deny}).value();
    }
  }
};

template <class T>
std::string answer(Result<T> const& result, std::string const& success = "ok") {
  return result ? success : std::string(to_string(result.error().kind));
}

std::string shown(Result<OwnedIntegration> const& result) {
  if (!result) return answer(result);
  auto const json = test::object(model::to_json(*result));
  if (json.contains("config")) return json.contains("version") ? "whole" : "broken";
  for (char const* hidden : {"sharing", "version", "created_at", "updated_at", "environment_ids", "config"}) {
    if (json.contains(hidden)) return std::string("leaks ") + hidden;
  }
  return json.contains("team") && json.contains("category") && json.contains("is_beta") ? "summary" : "broken";
}

std::string shown(Result<Team> const& result) {
  if (!result) return answer(result);
  auto const json = test::object(model::to_json(*result));
  bool const hidden =
      !json.contains("allows_impersonation") && !json.contains("version") && !json.contains("created_at");
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
  std::array<char const*, side_count> expected;
};

std::vector<Operation> const& operations() {
  static std::vector<Operation> const all{
      {"get the integration",
       [](World const& w) { return shown(w.caller.get(w.integration.id)); },
       {"whole", "whole", "summary", "summary", "whole", "summary", "not_found", "whole", "whole"}},
      {"list integrations",
       [](World const& w) { return listed(w.caller.list<OwnedIntegration>(), w.integration.id.uuid); },
       {"listed", "listed", "listed", "listed", "listed", "listed", "absent", "listed", "listed"}},
      {"list integrations by name",
       [](World const& w) {
         return listed(w.caller.list<Integration>({.where = {{"name", Operator::eq, {std::string("shared thing")}}}}),
                       w.integration.id.uuid);
       },
       {"listed", "listed", "listed", "listed", "listed", "listed", "absent", "listed", "listed"}},
      {"list integrations by what a summary does not show",
       [](World const& w) {
         return listed(w.caller.list<Integration>({.where = {{"version", Operator::gte, {std::int64_t{1}}}}}),
                       w.integration.id.uuid);
       },
       {"listed", "listed", "absent", "absent", "listed", "absent", "absent", "listed", "listed"}},
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
       {"owner ", "", "none", "none", "", "none", "not_found", "other ", "owner "}},
      {"update the integration",
       [](World const& w) { return answer(w.caller.update(w.integration.id, {.is_beta = true})); },
       {"ok", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "not_found", "forbidden", "ok"}},
      {"remove the integration",
       [](World const& w) { return answer(w.caller.remove(w.integration.id)); },
       {"in_use", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "not_found", "forbidden", "in_use"}},
      {"install the integration",
       [](World const& w) -> std::string {
         auto const installed =
             w.caller.install({.integration_id = w.integration.id, .environment_id = w.caller_environment.id});
         if (!installed) return answer(installed);
         return installed->created ? "created" : "there already";
       },
       {"there already", "created", "forbidden", "forbidden", "created", "forbidden", "not_found", "there already",
        "created"}},
      {"install into the owner's environment",
       [](World const& w) {
         return answer(
             w.caller.install({.integration_id = w.integration.id, .environment_id = w.owner_environment.id}));
       },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "ok"}},
      {"ask for the integration",
       [](World const& w) -> std::string {
         auto const asked = w.caller.ask_for(w.integration.id);
         return asked ? std::string(model::enum_name(asked->grant.status)) : answer(asked);
       },
       {"invalid_argument", "invalid_argument", "pending", "pending", "granted", "pending", "not_found", "forbidden",
        "invalid_argument"}},
      {"answer the request",
       [](World const& w) -> std::string {
         if (!w.grant) return "none";
         return answer(w.caller.answer(w.grant->id, GrantStatus::granted));
       },
       {"none", "none", "none", "forbidden", "forbidden", "forbidden", "none", "none", "none"}},
      {"list grants",
       [](World const& w) {
         auto const page = w.caller.list<Grant>();
         return page ? std::to_string(page->items.size()) : answer(page);
       },
       {"0", "0", "0", "1", "1", "1", "0", "0", "0"}},
      {"get the owner's environment",
       [](World const& w) { return answer(w.caller.get(w.owner_environment.id)); },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "ok"}},
      {"list environments",
       [](World const& w) { return listed(w.caller.list<Environment>(), w.owner_environment.id.uuid); },
       {"listed", "absent", "absent", "absent", "absent", "absent", "absent", "absent", "listed"}},
      {"rename the owner's environment",
       [](World const& w) { return answer(w.caller.update(w.owner_environment.id, {.name = "mine"})); },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "ok"}},
      {"remove the owner's environment",
       [](World const& w) { return answer(w.caller.remove(w.owner_environment.id)); },
       {"in_use", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "in_use"}},
      {"create an environment for the owner",
       [](World const& w) { return answer(w.caller.create(Environment{.team_id = w.owner.id, .name = "new"})); },
       {"ok", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "ok"}},
      {"create an integration under the owner's name",
       [](World const& w) {
         return answer(w.caller.create(Integration{.name = "shared thing", .team_id = w.owner.id}));
       },
       {"already_exists", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden",
        "already_exists"}},
      {"get the owner's install",
       [](World const& w) { return answer(w.caller.get(w.owner_install.id)); },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "ok"}},
      {"list installs",
       [](World const& w) { return listed(w.caller.list<InstalledIntegration>(), w.owner_install.id.uuid); },
       {"listed", "absent", "absent", "absent", "absent", "absent", "absent", "absent", "listed"}},
      {"update the owner's install",
       [](World const& w) { return answer(w.caller.set(w.owner_install.id, test::pointer("/a"), 1)); },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "ok"}},
      {"uninstall the owner's install",
       [](World const& w) { return answer(w.caller.uninstall(w.owner_install.id)); },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "ok"}},
      {"effective configuration of the owner's install",
       [](World const& w) { return answer(w.caller.effective_config(w.owner_install.id)); },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "ok"}},
      {"effective configurations of the owner's environment",
       [](World const& w) { return answer(w.caller.effective_configs(w.owner_environment.id)); },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "ok"}},
      {"effective configuration by name in the caller's environment",
       [](World const& w) { return answer(w.caller.effective_config(w.caller_environment.id, "shared thing")); },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "ok", "not_found"}},
      {"get the owner",
       [](World const& w) { return shown(w.caller.get(w.owner.id)); },
       {"whole", "summary", "summary", "summary", "summary", "summary", "summary", "summary", "whole"}},
      {"list teams by what is not public",
       [](World const& w) {
         return listed(w.caller.list<Team>({.where = {{"allows_impersonation", Operator::eq, {true}}}}),
                       w.owner.id.uuid);
       },
       {"listed", "absent", "absent", "absent", "absent", "absent", "absent", "absent", "listed"}},
      {"filter installs by what is not public of a team",
       [](World const& w) {
         return answer(
             w.caller.list<InstalledIntegration>({.where = {{"team.allows_impersonation", Operator::eq, {true}}}}));
       },
       {"forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "ok"}},
      {"rename the owner",
       [](World const& w) { return answer(w.caller.update(w.owner.id, {.name = "mine"})); },
       {"ok", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "ok"}},
      {"verify the owner",
       [](World const& w) { return answer(w.caller.update(w.owner.id, {.is_verified = true})); },
       {"forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "ok"}},
      {"create a team",
       [](World const& w) { return answer(w.caller.create(Team{.name = "new"})); },
       {"forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "ok"}},
      {"history of the integration",
       [](World const& w) {
         return answer(w.caller.changes({.row = ChangesRequest::Row{"integration", w.integration.id.uuid}}));
       },
       {"ok", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "not_found", "forbidden", "ok"}},
      {"history of the owner's install",
       [](World const& w) {
         return answer(
             w.caller.changes({.row = ChangesRequest::Row{"environment_integration", w.owner_install.id.uuid}}));
       },
       {"ok", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "ok"}},
      {"all changes",
       [](World const& w) { return answer(w.caller.changes({})); },
       {"forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "ok"}},
  };
  return all;
}

/** Passes everything on, and does something of its own just before one commit. */
struct Interrupted : RepositoryFrom<Interrupted> {
  std::shared_ptr<Repository> inner;
  std::function<void()> before_commit{};

  explicit Interrupted(std::shared_ptr<Repository> repository) : inner(std::move(repository)) {}
  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> const& request) const {
    return inner->find(request);
  }
  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> const& query) const {
    return inner->list(query);
  }
  Result<Committed> commit(Commit const& commit) override {
    if (auto const action = std::exchange(before_commit, {})) action();
    return inner->commit(commit);
  }
  Result<ChangePage> changes(ChangesRequest const& request) const override { return inner->changes(request); }
  Result<void> compact(CompactRequest const& request) override { return inner->compact(request); }
  Result<Revision> revision() const override { return inner->revision(); }
  Capabilities const& capabilities() const noexcept override { return inner->capabilities(); }
};

}  // namespace

TEST_CASE("every operation shows and does to each side what the rules of sharing and scope say") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  auto const repository = all_backends().open(url).value();
  Catalog const catalog(repository);
  for (Operation const& operation : operations()) {
    for (int side = 0; side < side_count; ++side) {
      World const world(catalog, static_cast<Side>(side));
      CAPTURE(operation.name, side_names[static_cast<std::size_t>(side)]);
      auto const before = repository->revision().value();
      std::string const got = operation.run(world);
      CHECK(got == operation.expected[static_cast<std::size_t>(side)]);
      bool const refused = got == "not_found" || got == "forbidden" || got == "invalid_argument" || got == "in_use";
      if (refused) CHECK(repository->revision().value() == before);
      // Each world is one of its own: what it holds would be listed in the next.
      for (auto const& grant : catalog.list<Grant>({.limit = 100}).value().items) {
        repository->commit({.changes = {Remove<Grant>{grant}}, .token = generate_uuid(), .time = now()}).value();
      }
      for (auto const& install : catalog.list<EnvironmentIntegration>({.limit = 100}).value().items) {
        catalog.uninstall(install.id).value();
      }
      for (auto const& row : catalog.list<Integration>({.limit = 100}).value().items) catalog.remove(row.id).value();
      for (auto const& row : catalog.list<Environment>({.limit = 100}).value().items) catalog.remove(row.id).value();
      for (auto const& row : catalog.list<Team>({.limit = 100}).value().items) catalog.remove(row.id).value();
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

TEST_CASE("an install that runs against a revocation or a policy change ends as if one had come before the other") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));

  auto const repository = all_backends().open(url).value();
  Catalog const catalog(repository);
  auto const interrupted = std::make_shared<Interrupted>(repository);

  for (bool const revoke : {true, false}) {
    CAPTURE(revoke);
    World const world(catalog, revoke ? granted : allow);
    Catalog const caller = Catalog(interrupted).as({.team = world.other.id});
    EnvironmentIntegration const request{.integration_id = world.integration.id, .environment_id = world.other_environment.id};
    auto const take_away = [&] {
      if (revoke) {
        catalog.answer(world.grant->id, GrantStatus::revoked).value();
      } else {
        catalog.update(world.integration.id, {.sharing = Sharing::deny}).value();
      }
    };

    // The change comes between the look and the write: as if it had come first.
    interrupted->before_commit = take_away;
    auto const refused = caller.install(request);
    REQUIRE(refused.has_error());
    CHECK(refused.error().kind == (revoke ? ErrorKind::forbidden : ErrorKind::not_found));
    CHECK(
        catalog
            .list<EnvironmentIntegration>({.where = {{"environment_id", Operator::eq, {request.environment_id.uuid}}}})
            .value()
            .items.empty());

    // The other order: the install stays.
    World const other(catalog, revoke ? granted : allow);
    auto const installed =
        catalog.as({.team = other.other.id})
            .install({.integration_id = other.integration.id, .environment_id = other.other_environment.id});
    REQUIRE(installed.has_value());
    catalog.update(other.integration.id, {.sharing = Sharing::deny}).value();
    CHECK(catalog.as({.team = other.other.id}).effective_config(installed->resource.install.id).has_value());
  }
}

TEST_CASE("a removal goes through although teams ask for the integration at that moment") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  auto const repository = all_backends().open(url).value();
  Catalog const catalog(repository);
  auto const interrupted = std::make_shared<Interrupted>(repository);
  for (bool const with_version : {true, false}) {
    World const world(catalog, ask);
    catalog.uninstall(world.owner_install.id).value();
    Catalog const owner = Catalog(interrupted).as({.team = world.owner.id});
    interrupted->before_commit = [&] {
      CHECK(catalog.as({.team = world.other.id}).ask_for(world.integration.id).value().created);
    };
    auto const removed =
        owner.remove(world.integration.id, with_version ? std::optional(world.integration.version) : std::nullopt);
    CHECK(removed.has_value());
    CHECK(catalog.list<Grant>({.where = {{"integration_id", Operator::eq, {world.integration.id.uuid}}}})
              .value()
              .items.empty());
  }
}

TEST_CASE("of two that ask at the same moment one has made the request") {
  std::string const url = GENERATE(from_range(test::new_store_urls()));
  CAPTURE(test::scheme_of(url));
  auto const repository = all_backends().open(url).value();
  Catalog const catalog(repository);
  World const world(catalog, ask);
  auto const interrupted = std::make_shared<Interrupted>(repository);
  std::optional<Asked> faster;
  interrupted->before_commit = [&] {
    faster = catalog.as({.team = world.other.id}).ask_for(world.integration.id).value();
  };
  auto const slower = Catalog(interrupted).as({.team = world.other.id}).ask_for(world.integration.id).value();
  REQUIRE(faster);
  CHECK(faster->created);
  CHECK_FALSE(slower.created);
  CHECK(slower.grant.id == faster->grant.id);
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
  auto const page = owner.changes({.row = ChangesRequest::Row{"grant", grant.id.uuid}}).value();
  REQUIRE(page.commits.size() == 4);
  CHECK(page.commits[0].actor == "asker");
  CHECK(page.commits[3].actor == "owner");
  CHECK(page.commits[3].reason == "they are fine");
  CHECK(page.commits[3].changes[0].after->values().value()->at("status") == "revoked");
}
