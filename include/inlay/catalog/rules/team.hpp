// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_RULES_TEAM_HPP
#define INLAY_CATALOG_RULES_TEAM_HPP

#include <inlay/catalog/rules/rules.hpp>

namespace inlay::rules {

/** A team is seen by all, of others what is public; it owns itself, and only the host's administration makes one. */
template <>
struct Of<Team> : Common<Team> {
  [[nodiscard]] static Scope seen_whole_by(Id<Team> team) { return member_is("id", team.uuid); }
  [[nodiscard]] static Scope seen_by(Id<Team>) { return {}; }
  [[nodiscard]] static Shown shown_to(Team const& row, Id<Team> team) noexcept {
    return row.id == team ? Shown::whole : Shown::summary;
  }
  [[nodiscard]] static bool is_owned_by(Team const& row, Id<Team> team) { return row.id == team; }

  template <class Rows>
  [[nodiscard]] static Result<std::vector<AnyGuard>> may_insert(Team const&, Id<Team>, Rows const&) {
    return Error{.kind = ErrorKind::forbidden, .message = "a team cannot create a team"};
  }

  [[nodiscard]] static bool counts_as_row(Team const&, Id<Team>, bool) noexcept { return false; }
};

}  // namespace inlay::rules

#endif
