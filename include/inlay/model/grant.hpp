// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_MODEL_GRANT_HPP
#define INLAY_MODEL_GRANT_HPP

#include <inlay/model/integration.hpp>

namespace inlay {

/** How far a team's request to install somebody else's integration has come. */
enum class GrantStatus { pending, granted, denied, revoked };
BOOST_DESCRIBE_ENUM(GrantStatus, pending, granted, denied, revoked)

/** A team's request to install an integration whose sharing is `ask`, and the owner's answer. */
struct Grant {
  Id<Grant> id{};
  Id<Integration> integration_id{};
  Id<Team> team_id{};  ///< the team that asks, not the owner
  GrantStatus status = GrantStatus::pending;
  Version version{};
  Birth birth{};        ///< which row this is of those that ever had its id
  Revision revision{};  ///< the commit that last wrote this row
  Timestamp created_at{};
  Timestamp updated_at{};

  static constexpr std::string_view entity_name = "grant";
  static constexpr std::array<model::UniqueKey, 1> unique_keys{{{"integration_id", "team_id"}}};

  /** What exports and change logs of inlay 0.1 do not have. */
  static constexpr std::array<std::string_view, 1> added_members{"birth"};

  friend bool operator==(Grant const&, Grant const&) = default;
};

BOOST_DESCRIBE_STRUCT(Grant, (),
                      (id, integration_id, team_id, status, version, birth, revision, created_at, updated_at))

}  // namespace inlay

#endif
