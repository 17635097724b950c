// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_INSTALL_IPP
#define INLAY_CATALOG_IMPL_INSTALL_IPP

// Installing, who may install, and the requests and grants between teams.

#include <inlay/catalog/impl/catalog.ipp>
#include <inlay/catalog/impl/config.ipp>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace inlay {

namespace detail {

inline Error at_member(Error error, std::string_view member) {
  error.pointer = storage::member_pointer(member);
  return error;
}

}  // namespace detail

Result<std::optional<InstalledIntegration>> Catalog::find_install(Id<Integration> integration,
                                                                  Id<Environment> environment) const {
  Query<EnvironmentIntegration> const query{.where = {{"environment_id", Operator::eq, {environment.uuid}},
                                                      {"integration_id", Operator::eq, {integration.uuid}}},
                                            .limit = 1,
                                            .with_documents = false};
  for (int attempt = 0;; ++attempt) {
    auto page = list_from(query, ReadFrom::primary);
    if (!page) return page.error();
    if (page->items.empty()) return std::optional<InstalledIntegration>();
    EnvironmentIntegration const& install = page->items.front();
    auto resource = get_from(install.id, ReadFrom::primary);
    if (resource && resource->install.birth == install.birth) {
      return std::optional<InstalledIntegration>(std::move(*resource));
    }
    // Gone, or its id is another install's, of something else or elsewhere: look again.
    if (!resource && resource.error().kind != ErrorKind::not_found) return resource.error();
    if (attempt == detail::max_lost_races) return std::optional<InstalledIntegration>();
    detail::back_off(attempt);
  }
}

Result<Installed> Catalog::install(EnvironmentIntegration row) const {
  auto existing = find_install(row.integration_id, row.environment_id);
  if (!existing) return existing.error();
  if (*existing) return Installed{.resource = std::move(**existing), .created = false};

  auto created = insert(row);
  if (created) return Installed{.resource = std::move(*created), .created = true};
  if (created.error().kind != ErrorKind::already_exists) return created.error();

  // Somebody installed it at the same moment, or the id that the caller brought is another install's.
  existing = find_install(row.integration_id, row.environment_id);
  if (!existing) return existing.error();
  if (!*existing) return created.error();
  return Installed{.resource = std::move(**existing), .created = false};
}

Result<void> Catalog::uninstall(Id<EnvironmentIntegration> id, std::optional<RowVersion> expected_version) const {
  return remove_row(id, expected_version);
}

Result<std::vector<AnyGuard>> Catalog::may_install(EnvironmentIntegration const& row) const {
  Id<Team> const team = *caller_.team;
  auto environment = find<Environment>(row.environment_id);
  if (!environment) return detail::at_member(environment.error(), "environment_id");
  auto integration = find<Integration>(row.integration_id);
  if (!integration) return detail::at_member(integration.error(), "integration_id");

  // Whose they are, the policy and the grant that allow it must still be so when it is written.
  std::vector<AnyGuard> guards{Guard<Environment>(*environment), Guard<Integration>(*integration)};
  if (integration->team_id == team || integration->sharing == Sharing::allow) return guards;
  if (integration->sharing == Sharing::ask) {
    auto grant = find_grant(integration->id, team);
    if (!grant) return grant.error();
    if (*grant && (*grant)->status == GrantStatus::granted) {
      guards.emplace_back(Guard<Grant>(**grant));
      return guards;
    }
  }
  return detail::at_member({.kind = ErrorKind::forbidden,
                            .message = integration->sharing == Sharing::ask
                                           ? "its owner has not granted this integration to the team: ask for it"
                                           : "its owner shares this integration with nobody"},
                           "integration_id");
}

Result<std::optional<Grant>> Catalog::find_grant(Id<Integration> integration, Id<Team> team) const {
  auto page = repository_->list(Query<Grant>{
      .where = {{"integration_id", Operator::eq, {integration.uuid}}, {"team_id", Operator::eq, {team.uuid}}},
      .limit = 1});
  if (!page) return page.error();
  if (page->items.empty()) return std::optional<Grant>();
  return std::optional<Grant>(std::move(page->items.front()));
}

namespace detail {

/** forbidden, with the time from which it may be asked, when a request was answered too short a while ago. */
inline Result<void> may_ask_again(Grant const& answered, std::chrono::microseconds wait, Timestamp time) {
  if (wait.count() <= 0) return {};  // whatever clocks do
  Timestamp const until{answered.updated_at.microseconds + wait.count()};
  if (time >= until) return {};
  return Error{.kind = ErrorKind::forbidden,
               .message = "the request was " + std::string(model::enum_name(answered.status)) +
                          ", and may be asked again from " + to_precise_string(until) + " on",
               .pointer = "/integration_id"};
}

}  // namespace detail

Result<Asked> Catalog::ask_for(Id<Integration> integration_id, std::optional<Id<Team>> asking) const {
  if (!asking) asking = caller_.team;
  if (!asking) {
    return Error{.kind = ErrorKind::invalid_argument, .message = "name the team that asks", .pointer = "/team_id"};
  }
  if (caller_.team && *caller_.team != *asking) {
    return Error{.kind = ErrorKind::forbidden, .message = "a team asks for itself only", .pointer = "/team_id"};
  }

  for (int attempt = 0;; ++attempt) {
    auto integration = find<Integration>(integration_id);
    if (!integration) return detail::at_member(integration.error(), "integration_id");
    auto existing = find_grant(integration_id, *asking);
    if (!existing) return existing.error();
    if (*existing && ((*existing)->status == GrantStatus::pending || (*existing)->status == GrantStatus::granted)) {
      return Asked{.grant = std::move(**existing)};
    }
    if (integration->team_id == *asking || integration->sharing == Sharing::allow) {
      return Error{.kind = ErrorKind::invalid_argument,
                   .message = "the team may install this integration without asking",
                   .pointer = "/integration_id"};
    }
    if (integration->sharing == Sharing::deny) {
      return Error{.kind = ErrorKind::forbidden,
                   .message = "its owner shares this integration with nobody",
                   .pointer = "/integration_id"};
    }

    auto const time = options_->clock();
    if (*existing && caller_.team) {
      auto allowed = detail::may_ask_again(**existing, options_->ask_again_after, time);
      if (!allowed) return allowed.error();
    }
    std::vector<AnyGuard> guards{Guard<Integration>(*integration)};
    Result<Asked> asked = Asked{};
    if (*existing) {
      Update<Grant> update{**existing, **existing};
      update.after.status = GrantStatus::pending;
      auto committed = commit(time, {update}, std::move(guards));
      asked = committed ? Result<Asked>(Asked{updated(update, time, committed->revision), false}) : committed.error();
    } else {
      Insert<Grant> const insert{
          Grant{.id = Id<Grant>{options_->generate_id()}, .integration_id = integration_id, .team_id = *asking}};
      auto committed = commit(time, {insert}, std::move(guards));
      asked = committed ? Result<Asked>(Asked{inserted(insert, time, committed->revision), true}) : committed.error();
    }
    if (asked) return asked;
    bool const lost_a_race =
        asked.error().kind == ErrorKind::conflict || asked.error().kind == ErrorKind::already_exists;
    if (!lost_a_race || attempt == detail::max_lost_races) return asked;
    detail::back_off(attempt);
  }
}

namespace detail {

inline bool may_follow(GrantStatus from, GrantStatus to) {
  switch (to) {
    case GrantStatus::granted: return true;
    case GrantStatus::denied: return from == GrantStatus::pending;
    case GrantStatus::revoked: return from == GrantStatus::granted;
    case GrantStatus::pending: return false;
  }
  return false;
}

}  // namespace detail

Result<Grant> Catalog::answer(Id<Grant> id, GrantStatus status, std::optional<RowVersion> expected_version) const {
  for (int attempt = 0;; ++attempt) {
    auto grant = find<Grant>(id);
    if (!grant) return grant;
    std::vector<AnyGuard> guards;
    if (caller_.team) {
      auto integration = repository_->find(FindRequest<Integration>{.id = grant->integration_id});
      // It went with its requests, between the two looks.
      if (!integration && integration.error().kind == ErrorKind::not_found) {
        return storage::no_such_row(Grant::entity_name);
      }
      if (!integration) return integration.error();
      if (integration->team_id != *caller_.team) {
        return Error{.kind = ErrorKind::forbidden, .message = "only the integration's owner answers"};
      }
      guards.emplace_back(Guard<Integration>(*integration));
    }
    if (auto is_it = detail::check_expected(*grant, expected_version); !is_it) return is_it.error();
    if (grant->status == status) return grant;
    if (!detail::may_follow(grant->status, status)) {
      return Error{.kind = ErrorKind::invalid_argument,
                   .message = "a request that is " + std::string(model::enum_name(grant->status)) + " cannot become " +
                              std::string(model::enum_name(status)),
                   .pointer = "/status"};
    }
    auto const time = options_->clock();
    Update<Grant> update{*grant, *grant};
    update.after.status = status;
    auto committed = commit(time, {update}, std::move(guards));
    if (committed) return updated(update, time, committed->revision);
    if (committed.error().kind != ErrorKind::conflict || attempt == detail::max_lost_races) return committed.error();
    detail::back_off(attempt);
  }
}

// ---- ending

namespace detail {

/** How many installs are written by one commit. */
inline constexpr std::size_t installs_at_once = 100;

}  // namespace detail

Result<EndedInstalls> Catalog::end(Id<Integration> id, std::string_view reason, EndOptions const& options) const {
  if (auto const checked = model::check_text(reason); !checked) return detail::at_member(checked.error(), "reason");
  EndedInstalls ended;
  Query<EnvironmentIntegration> query{.where = {{"integration_id", Operator::eq, {id.uuid}}},
                                      .limit = detail::installs_at_once};
  for (int attempt = 0;;) {
    auto integration = find<Integration>(id);
    if (!integration) return integration.error();
    if (auto allowed = may_change<Integration>(*integration, nullptr); !allowed) return allowed.error();
    auto page = repository_->list(query);
    if (!page) return page.error();
    std::vector<Id<Environment>> ids;
    for (EnvironmentIntegration const& install : page->items) ids.push_back(install.environment_id);
    auto const environments = detail::rows_of(*repository_, std::move(ids));
    if (!environments) return environments.error();

    auto const time = options_->clock();
    std::vector<Change> changes;
    std::vector<AnyGuard> guards{Guard<Integration>(*integration)};
    for (auto const& found : *environments) guards.emplace_back(Guard<Environment>(found.second));
    std::size_t const count = static_cast<std::size_t>(
        std::count_if(page->items.begin(), page->items.end(), [&](EnvironmentIntegration const& install) {
          auto const environment = environments->find(install.environment_id);
          bool const is_others =
              environment != environments->end() && environment->second.team_id != integration->team_id;
          if (install.ended || !is_others) return false;
          Update<EnvironmentIntegration> update{install, install};
          update.after.is_enabled = false;
          update.after.ended = Ended{time, std::string(reason)};
          changes.emplace_back(std::move(update));
          return true;
        }));
    if (count > 0 && !options.dry_run) {
      auto committed = commit(time, std::move(changes), std::move(guards));
      if (!committed) {
        if (committed.error().kind != ErrorKind::conflict || ++attempt > detail::max_lost_races) {
          return committed.error();
        }
        detail::back_off(attempt);
        continue;
      }
    }
    ended.count += count;
    attempt = 0;
    if (!page->next) return ended;
    query.after = page->next;
  }
}

/** Removes ended installs, until no more are left than go with their integration in one commit, and returns those.
    None, and nothing is removed, where one is not ended. */
Result<std::vector<EnvironmentIntegration>> Catalog::remove_ended(Integration const& integration,
                                                                  std::vector<AnyGuard> guards) const {
  Query<EnvironmentIntegration> query{.where = {{"integration_id", Operator::eq, {integration.id.uuid}}},
                                      .limit = detail::installs_at_once,
                                      .with_documents = false};
  bool are_ended = true;
  auto const looked = administration().for_each(query, [&](EnvironmentIntegration const& install) {
    are_ended = are_ended && install.ended.has_value();
    return are_ended;
  });
  if (!looked) return looked.error();
  if (!are_ended) return std::vector<EnvironmentIntegration>();

  guards.emplace_back(Guard<Integration>(integration));
  query.with_documents = true;
  while (true) {
    auto page = repository_->list(query);
    if (!page) return page.error();
    // One was made meanwhile: nothing goes along, and the commit finds the integration in use.
    bool const are_all_ended =
        std::all_of(page->items.begin(), page->items.end(),
                    [](EnvironmentIntegration const& install) { return install.ended.has_value(); });
    if (!are_all_ended) return std::vector<EnvironmentIntegration>();
    if (!page->next) return std::move(page->items);
    std::vector<Change> changes;
    for (EnvironmentIntegration& install : page->items) {
      changes.emplace_back(Remove<EnvironmentIntegration>{std::move(install)});
    }
    auto committed = commit(options_->clock(), std::move(changes), guards);
    if (!committed) return committed.error();
  }
}

}  // namespace inlay

#endif
