// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_RULES_ENVIRONMENT_HPP
#define INLAY_CATALOG_RULES_ENVIRONMENT_HPP

#include <inlay/catalog/rules/rules.hpp>

namespace inlay::rules {

/** An environment is its team's, and nobody else sees it. */
template <>
struct Of<Environment> : Common<Environment> {
  [[nodiscard]] static Scope seen_whole_by(Id<Team> team) { return member_is("team_id", team.uuid); }
};

}  // namespace inlay::rules

#endif
