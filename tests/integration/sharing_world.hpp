// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_INTEGRATION_SHARING_WORLD_HPP
#define INLAY_TESTS_INTEGRATION_SHARING_WORLD_HPP

// Two teams, one of which owns an integration, and all ways in which the other can stand to it.

#include <inlay/catalog.hpp>

#include <support/example.hpp>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace inlay::test {

/** How the caller stands to the owner's integration. */
enum Side {
  own,
  allow,
  ask,
  pending,
  granted,
  revoked,
  denied,
  granted_before_deny,
  deny,
  installed_before_deny,
  no_team,
  side_count
};
using Answers = std::array<char const*, side_count>;
inline constexpr Answers side_names{"own",     "allow",
                                    "ask",     "pending",
                                    "granted", "revoked",
                                    "denied",  "granted before deny",
                                    "deny",    "installed before deny",
                                    "no team"};

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
  Integration mine;  // an integration of the caller's team
  Team third;

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
    if (side == pending || side == granted || side == revoked || side == denied || side == granted_before_deny) {
      grant = store.as({.team = other.id}).ask_for(integration.id).value().grant;
      Catalog const owners = store.as({.team = owner.id});
      if (side == denied) grant = owners.answer(grant->id, GrantStatus::denied).value();
      if (side != pending && side != denied) grant = owners.answer(grant->id, GrantStatus::granted).value();
      if (side == revoked) grant = owners.answer(grant->id, GrantStatus::revoked).value();
      if (side == granted_before_deny) owners.update(integration.id, {.sharing = Sharing::deny}).value();
    }
    if (side == installed_before_deny) {
      store.as({.team = other.id})
          .install({.integration_id = integration.id, .environment_id = other_environment.id})
          .value();
      store.update(integration.id, {.sharing = Sharing::deny}).value();
    }
    mine = store.create(Integration{.name = "of its own", .team_id = caller_environment.team_id}).value().integration;
    third = store.create(Team{.name = "third"}).value();
  }
};

template <class T>
std::string answer(Result<T> const& result, std::string const& success = "ok") {
  return result ? success : std::string(to_string(result.error().kind));
}

/** Passes everything on, and does something of its own just before one commit or just after one read. */
struct Interrupted : RepositoryFrom<Interrupted> {
  std::shared_ptr<Repository> inner;
  std::function<void()> before_commit{};
  mutable std::function<void()> after_read{};

  explicit Interrupted(std::shared_ptr<Repository> repository) : inner(std::move(repository)) {}
  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> const& request) const {
    auto found = inner->find(request);
    if (auto const action = std::exchange(after_read, {})) action();
    return found;
  }
  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> const& query) const {
    auto page = inner->list(query);
    if (auto const action = std::exchange(after_read, {})) action();
    return page;
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

}  // namespace inlay::test

#endif
