// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_RULES_INTEGRATION_HPP
#define INLAY_CATALOG_RULES_INTEGRATION_HPP

#include <inlay/catalog/rules/environment_integration.hpp>
#include <inlay/catalog/rules/rules.hpp>

#include <algorithm>
#include <cstddef>

namespace inlay::rules {

/** An integration is seen by its team, by those who may install it or have, and a summary of it by those who may ask.
    Nobody removes one that is installed, unless its owner has ended all the installs. */
template <>
struct Of<Integration> : Common<Integration> {
  [[nodiscard]] static Scope seen_whole_by(Id<Team> team) {
    auto const owned = member_is("team_id", team.uuid);
    auto const granted =
        Scope::related("grant", "integration_id", "id", Scope::all_of({owned, member_is("status", "granted")}));
    auto const installed = Scope::related("environment_integration", "integration_id", "id",
                                          Of<EnvironmentIntegration>::seen_whole_by(team));
    return Scope::any_of({owned, member_is("sharing", "allow"), granted, installed});
  }

  [[nodiscard]] static Scope seen_by(Id<Team> team) {
    return Scope::any_of({seen_whole_by(team), member_is("sharing", "ask")});
  }

  [[nodiscard]] static Shown shown_to(Integration const& row, Id<Team> team) noexcept {
    return row.team_id == team || row.sharing != Sharing::ask ? Shown::whole : Shown::whole_if_scope_says_so;
  }

  /** How many installs are written by one commit. */
  static constexpr std::size_t installs_at_once = 100;

  /** Removes ended installs, until no more are left than go with their integration in one commit, and gives those.
     None, and nothing is removed, where one is not ended. */
  template <class Writer>
  [[nodiscard]] static Result<std::vector<Change>> goes_along(Integration const& row,
                                                              std::vector<AnyGuard> const& owners,
                                                              Writer const& writer) {
    auto const is_ended = [](EnvironmentIntegration const& install) { return install.ended.has_value(); };
    Query<EnvironmentIntegration> query{
        .where = {{"integration_id", Operator::eq, {row.id.uuid}}}, .limit = installs_at_once, .with_documents = false};
    bool are_ended = true;
    auto const looked = writer.rows().for_each_of_all(query, [&](EnvironmentIntegration const& install) {
      are_ended = are_ended && is_ended(install);
      return are_ended;
    });
    if (!looked) return looked.error();
    if (!are_ended) return std::vector<Change>();

    std::vector<AnyGuard> guards = owners;
    guards.emplace_back(Guard<Integration>(row));
    query.with_documents = true;
    while (true) {
      auto page = writer.rows().store().list(query);
      if (!page) return page.error();
      // One was made meanwhile: nothing goes along, and the commit finds the integration in use.
      if (!std::all_of(page->items.begin(), page->items.end(), is_ended)) return std::vector<Change>();
      std::vector<Change> changes;
      for (EnvironmentIntegration& install : page->items) {
        changes.emplace_back(Remove<EnvironmentIntegration>{std::move(install)});
      }
      if (!page->next) return changes;
      auto const committed = writer.commit(writer.now(), std::move(changes), guards);
      if (!committed) return committed.error();
      query.after = page->next;  // those before it are gone
    }
  }
};

}  // namespace inlay::rules

#endif
