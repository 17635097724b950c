// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_SHARING_IPP
#define INLAY_CATALOG_IMPL_SHARING_IPP

#include <inlay/catalog/detail/retry.hpp>
#include <inlay/catalog/detail/sharing.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/storage/errors.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::detail {

inline Error at_member(Error error, std::string_view member) {
  error.pointer = storage::member_pointer(member);
  return error;
}

// ---- installing

Result<std::optional<InstalledIntegration>> Sharings::find_install(Id<Integration> integration,
                                                                   Id<Environment> environment) const {
  using Answer = std::optional<InstalledIntegration>;
  Query<EnvironmentIntegration> const query{.where = {{"environment_id", Operator::eq, {environment.uuid}},
                                                      {"integration_id", Operator::eq, {integration.uuid}}},
                                            .limit = 1,
                                            .with_documents = false};
  Rows const& rows = writer_.rows();
  return until_settled<Answer>([&](int lost) -> Tried<Answer> {
    auto const page = rows.list(query, ReadFrom::primary);
    if (!page) return page.error();
    if (page->items.empty()) return Answer();
    EnvironmentIntegration const& install = page->items.front();
    auto resource = rows.get(install.id, ReadFrom::primary);
    if (resource && resource->install.birth == install.birth) return Answer(std::move(*resource));
    if (!resource && resource.error().kind != ErrorKind::not_found) return resource.error();
    if (lost == max_lost_races) return Answer();
    // Gone, or its id is another install's, of something else or elsewhere: look again.
    return Tried<Answer>::lost(storage::no_such_row(EnvironmentIntegration::entity_name));
  });
}

Result<Installed> Sharings::install(EnvironmentIntegration row) const {
  auto existing = find_install(row.integration_id, row.environment_id);
  if (!existing) return existing.error();
  if (*existing) return Installed{.resource = std::move(**existing), .created = false};

  auto created = writer_.insert(row);
  if (created) return Installed{.resource = std::move(*created), .created = true};
  if (created.error().kind != ErrorKind::already_exists) return created.error();

  // Somebody installed it at the same moment, or the id that the caller brought is another install's.
  existing = find_install(row.integration_id, row.environment_id);
  if (!existing) return existing.error();
  if (!*existing) return created.error();
  return Installed{.resource = std::move(**existing), .created = false};
}

// ---- asking and answering

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

Result<Asked> Sharings::ask_for(Id<Integration> integration_id, std::optional<Id<Team>> asking) const {
  auto const& team = writer_.team();
  if (!asking) asking = team;
  if (!asking) {
    return Error{.kind = ErrorKind::invalid_argument, .message = "name the team that asks", .pointer = "/team_id"};
  }
  if (team && *team != *asking) {
    return Error{.kind = ErrorKind::forbidden, .message = "a team asks for itself only", .pointer = "/team_id"};
  }

  return until_settled<Asked>([&](int) -> Tried<Asked> {
    auto const integration = writer_.rows().find<Integration>(integration_id);
    if (!integration) return at_member(integration.error(), "integration_id");
    auto existing = writer_.rows().find_grant(integration_id, *asking);
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

    auto const time = writer_.now();
    if (*existing && team) {
      auto allowed = may_ask_again(**existing, writer_.options().ask_again_after, time);
      if (!allowed) return allowed.error();
    }
    auto const made = [&](auto const& change, auto const& as_stored, bool is_new) -> Tried<Asked> {
      auto const committed = writer_.commit(time, {change}, {Guard<Integration>(*integration)});
      if (committed) return Asked{as_stored(change, time, committed->revision), is_new};
      ErrorKind const kind = committed.error().kind;
      bool const is_lost = kind == ErrorKind::conflict || kind == ErrorKind::already_exists;
      return is_lost ? Tried<Asked>::lost(committed.error()) : committed.error();
    };
    if (*existing) {
      Update<Grant> update{**existing, **existing};
      update.after.status = GrantStatus::pending;
      return made(update, updated<Grant>, false);
    }
    Insert<Grant> const insert{
        Grant{.id = Id<Grant>{writer_.options().generate_id()}, .integration_id = integration_id, .team_id = *asking}};
    return made(insert, inserted<Grant>, true);
  });
}

inline bool may_follow(GrantStatus from, GrantStatus to) {
  switch (to) {
    case GrantStatus::granted: return true;
    case GrantStatus::denied: return from == GrantStatus::pending;
    case GrantStatus::revoked: return from == GrantStatus::granted;
    case GrantStatus::pending: return false;
  }
  return false;
}

Result<Grant> Sharings::answer(Id<Grant> id, GrantStatus status,
                               std::optional<RowVersion> const& expected_version) const {
  return until_settled<Grant>([&](int) -> Tried<Grant> {
    auto const grant = writer_.rows().find<Grant>(id);
    if (!grant) return grant;
    std::vector<AnyGuard> guards;
    if (auto const& team = writer_.team()) {
      auto const integration = writer_.rows().store().find(FindRequest<Integration>{.id = grant->integration_id});
      // It went with its requests, between the two looks.
      if (!integration && integration.error().kind == ErrorKind::not_found) {
        return storage::no_such_row(Grant::entity_name);
      }
      if (!integration) return integration.error();
      if (integration->team_id != *team) {
        return Error{.kind = ErrorKind::forbidden, .message = "only the integration's owner answers"};
      }
      guards.emplace_back(Guard<Integration>(*integration));
    }
    if (auto is_it = check_expected(*grant, expected_version); !is_it) return is_it.error();
    if (grant->status == status) return grant;
    if (!may_follow(grant->status, status)) {
      return Error{.kind = ErrorKind::invalid_argument,
                   .message = "a request that is " + std::string(model::enum_name(grant->status)) + " cannot become " +
                              std::string(model::enum_name(status)),
                   .pointer = "/status"};
    }
    auto const time = writer_.now();
    Update<Grant> update{*grant, *grant};
    update.after.status = status;
    auto const committed = writer_.commit(time, {update}, std::move(guards));
    if (committed) return updated(update, time, committed->revision);
    bool const is_lost = committed.error().kind == ErrorKind::conflict;
    return is_lost ? Tried<Grant>::lost(committed.error()) : committed.error();
  });
}

// ---- ending

Result<EndedInstalls> Sharings::end(Id<Integration> id, std::string_view reason, EndOptions const& options) const {
  if (auto const checked = model::check_text(reason); !checked) return at_member(checked.error(), "reason");
  Rows const& rows = writer_.rows();
  EndedInstalls ended;
  Query<EnvironmentIntegration> query{.where = {{"integration_id", Operator::eq, {id.uuid}}},
                                      .limit = rules::Of<Integration>::installs_at_once};
  using Next = std::optional<Cursor>;
  auto const end_page = [&](int) -> Tried<Next> {
    auto const integration = rows.find<Integration>(id);
    if (!integration) return integration.error();
    if (auto allowed = writer_.policy().may_change<Integration>(*integration, nullptr); !allowed) {
      return allowed.error();
    }
    auto const page = rows.store().list(query);
    if (!page) return page.error();
    std::vector<Id<Environment>> ids;
    for (EnvironmentIntegration const& install : page->items) ids.push_back(install.environment_id);
    auto const environments = rows_of(rows.store(), std::move(ids));
    if (!environments) return environments.error();

    auto const time = writer_.now();
    std::vector<Change> changes;
    std::vector<AnyGuard> guards{Guard<Integration>(*integration)};
    for (auto const& found : *environments) guards.emplace_back(Guard<Environment>(found.second));
    for (EnvironmentIntegration const& install : page->items) {
      auto const environment = environments->find(install.environment_id);
      bool const is_others = environment != environments->end() && environment->second.team_id != integration->team_id;
      if (install.ended || !is_others) continue;
      Update<EnvironmentIntegration> update{install, install};
      update.after.is_enabled = false;
      update.after.ended = Ended{time, std::string(reason)};
      changes.emplace_back(std::move(update));
    }
    std::size_t const count = changes.size();
    if (count > 0 && !options.dry_run) {
      auto const committed = writer_.commit(time, std::move(changes), std::move(guards));
      if (!committed) {
        bool const is_lost = committed.error().kind == ErrorKind::conflict;
        return is_lost ? Tried<Next>::lost(committed.error()) : committed.error();
      }
    }
    ended.count += count;
    return page->next;
  };
  do {
    auto next = until_settled<Next>(end_page);
    if (!next) return next.error();
    query.after = std::move(*next);
  } while (query.after);
  return ended;
}

}  // namespace inlay::detail

#endif
