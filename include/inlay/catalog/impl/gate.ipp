// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_GATE_IPP
#define INLAY_CATALOG_IMPL_GATE_IPP

// Where every write passes.

#include <inlay/catalog/detail/quotas.hpp>
#include <inlay/catalog/detail/writer.hpp>
#include <inlay/id.hpp>
#include <inlay/storage/commit.hpp>

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace inlay::detail {

/** Has an Edit take what it comes to when it is decided. @return whether it is one. */
template <class One>
bool hold_to_quota([[maybe_unused]] One& change, [[maybe_unused]] Quotas::Hold& hold, [[maybe_unused]] Id<Team> team,
                   [[maybe_unused]] Timestamp time) {
  if constexpr (requires { change.edit; }) {
    change.edit = [edit = std::move(change.edit), &hold, team, time](auto const& current) {
      auto after = edit(current);
      if (!after) return after;
      if (*after == current) {
        // What was taken when it was decided before, by what others have changed since, is given back.
        if (auto const taken = hold.take(Charge{}); !taken) after = taken.error();
        return after;
      }
      Update<std::remove_cvref_t<decltype(current)>> const update{current, *after};
      if (auto const taken = hold.take(charge_of({update}, team, time)); !taken) after = taken.error();
      return after;
    };
    return true;
  }
  return false;
}

Result<Committed> Writer::commit(Timestamp time, std::vector<Change> changes, std::vector<AnyGuard> guards) const {
  Quotas& quotas = session_.state->quotas;
  std::optional<Quotas::Hold> hold;
  if (session_.caller.team && quotas.are_set()) {
    Id<Team> const team = *session_.caller.team;
    hold.emplace(quotas, team, time);
    auto const charge = charge_of(changes, team, time);
    bool wants_count = charge.wants_room();
    for (Change& change : changes) {
      bool const is_edit = std::visit([&](auto& one) { return hold_to_quota(one, *hold, team, time); }, change);
      wants_count = wants_count || is_edit;
    }
    if (wants_count) {
      if (auto const counted = hold->count(rows_.store()); !counted) return counted.error();
    }
    if (auto const taken = hold->take(charge); !taken) return taken.error();
  }
  auto committed = rows_.store().commit(Commit{.changes = std::move(changes),
                                               .guards = std::move(guards),
                                               .actor = session_.caller.actor,
                                               .reason = session_.caller.reason,
                                               .token = generate_uuid(),
                                               .time = time});
  bool const may_be_done = committed || committed.error().outcome != Outcome::not_done;
  if (hold && may_be_done) hold->keep();
  return committed;
}

Result<void> Writer::check_quota(Timestamp time, std::vector<Change> const& changes) const {
  Quotas& quotas = session_.state->quotas;
  if (!session_.caller.team || !quotas.are_set()) return {};
  Quotas::Hold hold(quotas, *session_.caller.team, time);
  if (auto counted = hold.count(rows_.store()); !counted) return counted;
  return hold.check(charge_of(changes, *session_.caller.team, time));
}

}  // namespace inlay::detail

#endif
