// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_RULES_GRANT_HPP
#define INLAY_CATALOG_RULES_GRANT_HPP

#include <inlay/catalog/rules/rules.hpp>

namespace inlay::rules {

/** A request is between two teams, who both see it and its history: the one that asks, and the integration's. It is
    about both of them, not a use: it goes with either. */
template <>
struct Of<Grant> : Common<Grant> {
  [[nodiscard]] static Scope seen_whole_by(Id<Team> team) {
    auto const owned = member_is("team_id", team.uuid);
    return Scope::any_of({owned, Scope::related("integration", "id", "integration_id", owned)});
  }

  static constexpr bool is_history_for_all_who_see_it = true;

  /** The team that asks makes it pending, and the owner answers. */
  [[nodiscard]] static bool is_other_sides(ChangeRecord const& change, Id<Team> team) {
    auto const values = change.after ? change.after->values() : Result<boost::json::object const*>(nullptr);
    auto const text_of = [&](std::string_view member) {
      auto const* const value = values && *values != nullptr ? (*values)->if_contains(member) : nullptr;
      return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
    };
    std::string const status = text_of("status");
    if (status.empty()) return true;
    return (text_of("team_id") == to_string(team)) != (status == model::enum_name(GrantStatus::pending));
  }

  static constexpr bool goes_with_references = true;

  [[nodiscard]] static bool counts_as_row(Grant const& row, Id<Team> team, bool) noexcept {
    return row.team_id == team;
  }
};

}  // namespace inlay::rules

#endif
