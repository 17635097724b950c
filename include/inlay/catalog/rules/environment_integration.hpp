// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_RULES_ENVIRONMENT_INTEGRATION_HPP
#define INLAY_CATALOG_RULES_ENVIRONMENT_INTEGRATION_HPP

#include <inlay/catalog/rules/environment.hpp>
#include <inlay/catalog/rules/rules.hpp>

#include <utility>

namespace inlay::rules {

/** An install belongs to its environment's team, who alone sees it. What its integration's owner has ended stays ended.
 */
template <>
struct Of<EnvironmentIntegration> : Common<EnvironmentIntegration> {
  /** The installs in the environments that a scope lets through. */
  [[nodiscard]] static Scope in_environments(Scope environments) {
    return Scope::related("environment", "id", "environment_id", std::move(environments));
  }

  [[nodiscard]] static Scope seen_whole_by(Id<Team> team) {
    return in_environments(Of<Environment>::seen_whole_by(team));
  }

  [[nodiscard]] static bool is_owned_by(EnvironmentIntegration const&, Id<Team>) {
    return true;  // seen only by whom it belongs to
  }

  template <class Rows>
  [[nodiscard]] static Result<std::vector<AnyGuard>> owners_of(EnvironmentIntegration const& row, Rows const& rows) {
    auto const environment = rows.template find<Environment>(row.environment_id);
    if (!environment) {
      // No longer the caller's, and so the install is not either.
      if (environment.error().kind == ErrorKind::not_found) {
        return storage::no_such_row(EnvironmentIntegration::entity_name);
      }
      return environment.error();
    }
    return std::vector<AnyGuard>{Guard<Environment>(*environment)};
  }

  /** It is ended by the owner of the integration. */
  [[nodiscard]] static bool is_other_sides(ChangeRecord const& change, Id<Team>) {
    auto const is_ended = [](std::optional<Document> const& row) {
      auto const values = row ? row->values() : Result<boost::json::object const*>(nullptr);
      return values && *values != nullptr && (*values)->contains("ended");
    };
    return is_ended(change.after) && !is_ended(change.before);
  }

  static void as_seen(EnvironmentIntegration& row) noexcept { disable_ended(row); }
  static void as_created(EnvironmentIntegration& row) noexcept { row.ended.reset(); }

  /** An override of {} is none. */
  static void normalise(EnvironmentIntegration& row) noexcept {
    if (row.override && row.override->empty()) row.override.reset();
  }

  /** A team installs into its own environments what is its own, shared with every team, or granted to it. */
  template <class Rows>
  [[nodiscard]] static Result<std::vector<AnyGuard>> may_insert(EnvironmentIntegration const& row, Id<Team> team,
                                                                Rows const& rows) {
    auto const at = [](Error error, std::string_view member) {
      error.pointer = storage::member_pointer(member);
      return error;
    };
    auto const environment = rows.template find<Environment>(row.environment_id);
    if (!environment) return at(environment.error(), "environment_id");
    auto const integration = rows.template find<Integration>(row.integration_id);
    if (!integration) return at(integration.error(), "integration_id");

    // Whose they are, the policy and the grant that allow it must still be so when it is written.
    std::vector<AnyGuard> guards{Guard<Environment>(*environment), Guard<Integration>(*integration)};
    if (integration->team_id == team || integration->sharing == Sharing::allow) return guards;
    if (integration->sharing == Sharing::ask) {
      auto const grant = rows.find_grant(integration->id, team);
      if (!grant) return grant.error();
      if (*grant && (*grant)->status == GrantStatus::granted) {
        guards.emplace_back(Guard<Grant>(**grant));
        return guards;
      }
    }
    return Error{.kind = ErrorKind::forbidden,
                 .message = integration->sharing == Sharing::ask
                                ? "its owner has not granted this integration to the team: ask for it"
                                : "its owner shares this integration with nobody",
                 .pointer = "/integration_id"};
  }

  [[nodiscard]] static Result<void> may_be(EnvironmentIntegration const& row) {
    if (!row.ended || !row.is_enabled) return {};
    return Error{.kind = ErrorKind::forbidden,
                 .message = "the integration's owner has ended this install: it cannot be enabled again",
                 .pointer = "/is_enabled"};
  }

  /** An install elsewhere, or of something else, is to be judged anew. */
  [[nodiscard]] static bool is_judged_alike(EnvironmentIntegration const& one,
                                            EnvironmentIntegration const& other) noexcept {
    return one.environment_id == other.environment_id && one.integration_id == other.integration_id;
  }

  [[nodiscard]] static std::vector<AnyGuard> judged_by(InstalledIntegration const& resource) {
    return {Guard<Integration>(resource.integration)};
  }

  /** Those that were ended go along with their integration; else its own team uninstalls one. */
  [[nodiscard]] static bool is_own_step(EnvironmentIntegration const* before, EnvironmentIntegration const* after,
                                        Id<Team>, bool goes_along) {
    bool const was_ended = before != nullptr && before->ended.has_value();
    return after != nullptr ? was_ended || !after->ended : !was_ended || !goes_along;
  }
};

}  // namespace inlay::rules

#endif
