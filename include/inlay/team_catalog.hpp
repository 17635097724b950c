// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TEAM_CATALOG_HPP
#define INLAY_TEAM_CATALOG_HPP

#include <inlay/catalog.hpp>

#include <optional>
#include <string>
#include <utility>

namespace inlay {

/** The catalogue as one team sees it: what a host hands to the code that answers that team's requests.

    It has every operation of Catalog, each as it is for a caller with a team. There is no way from it to what its team
    may not see or do: not to the store itself, to the host's administration, nor to another team.

    As small and as thread-safe as a Catalog.
*/
class TeamCatalog : private Catalog {
 public:
  /** The same catalogue of the same team, for writes by this actor and for this reason; see Caller. */
  [[nodiscard]] TeamCatalog as(std::string actor, std::optional<std::string> reason = {}) const {
    return {*this, {.team = team_, .actor = std::move(actor), .reason = std::move(reason)}};
  }

  [[nodiscard]] Id<Team> team() const noexcept { return team_; }

  using Catalog::create;
  using Catalog::create_from;
  using Catalog::ensure;
  using Catalog::find;
  using Catalog::for_each;
  using Catalog::get;
  using Catalog::list;
  using Catalog::remove;
  using Catalog::update;

  using Catalog::install;
  using Catalog::uninstall;

  using Catalog::answer;
  using Catalog::ask_for;
  using Catalog::end;

  using Catalog::inherit;
  using Catalog::set;

  using Catalog::batch;

  using Catalog::effective_config;
  using Catalog::effective_configs;
  using Catalog::explain;
  using Catalog::for_each_config;

  using Catalog::changes;
  using Catalog::options;

 private:
  friend class Catalog;  // which makes them

  TeamCatalog(Catalog const& catalog, TeamCaller caller)
      : Catalog(
            catalog.as({.actor = std::move(caller.actor), .reason = std::move(caller.reason), .team = caller.team})),
        team_(caller.team) {}

  Id<Team> team_;
};

inline TeamCatalog Catalog::for_team(TeamCaller caller) const { return {*this, std::move(caller)}; }

}  // namespace inlay

#endif
