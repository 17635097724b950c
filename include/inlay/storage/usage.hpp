// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_USAGE_HPP
#define INLAY_STORAGE_USAGE_HPP

#include <inlay/model/entities.hpp>
#include <inlay/timestamp.hpp>

#include <cstdint>
#include <variant>

namespace inlay {

/** How much a team has in a store: what quotas are held against. */
struct Usage {
  /** Its environments, its integrations, the installs in its environments, and the requests and grants that it asked
      for. Its own row does not count. */
  std::uint64_t rows{};

  std::uint64_t bytes{};  ///< of the texts of their configs and overrides

  /** Of the rows before and after that the change log holds of changes which are the team's (storage::owner_of), since
      the time that was asked for. What was compacted is no longer there, and what a restore brought is nobody's. */
  std::uint64_t bytes_logged{};

  friend bool operator==(Usage const&, Usage const&) = default;
};

/** How much has a team? */
struct UsageRequest {
  Id<Team> team{};
  Timestamp since{};  ///< from which time of their commits on changes count
};

namespace storage {

/** Whose something is: a team's, or that of the team that an environment or an integration belongs to. */
using Owner = std::variant<Id<Team>, Id<Environment>, Id<Integration>>;

/** Whose a change of a row is, by the row after it, or before it where it was removed.

    A row with a team is the team's. An install belongs to its environment's team, whoever ends it. Of a request, to
    ask is the asking team's, and to answer is the owner's: neither can make changes that count as the other's, but for
    the removal of a pending request that goes with its integration.
*/
template <class Entity>
[[nodiscard]] Owner owner_of(Entity const& row) {
  return row.team_id;
}
[[nodiscard]] inline Owner owner_of(Team const& row) { return row.id; }
[[nodiscard]] inline Owner owner_of(EnvironmentIntegration const& row) { return row.environment_id; }
[[nodiscard]] inline Owner owner_of(Grant const& row) {
  if (row.status != GrantStatus::pending) return row.integration_id;
  return row.team_id;
}

}  // namespace storage

}  // namespace inlay

#endif
