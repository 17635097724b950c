// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_QUOTA_IPP
#define INLAY_CATALOG_IMPL_QUOTA_IPP

// The one way by which the catalogue writes, and the quotas that it holds teams to.

#include <inlay/catalog/impl/catalog.ipp>

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace inlay {

namespace detail {

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

}  // namespace detail

Result<Committed> Catalog::commit(Timestamp time, std::vector<Change> changes, std::vector<AnyGuard> guards) const {
  std::optional<detail::Quotas::Hold> hold;
  if (caller_.team && quotas_->are_set()) {
    Id<Team> const team = *caller_.team;
    hold.emplace(*quotas_, team, time);
    auto const charge = detail::charge_of(changes, team, time);
    bool wants_count = charge.wants_room();
    for (Change& change : changes) {
      bool const is_edit = std::visit([&](auto& one) { return detail::hold_to_quota(one, *hold, team, time); }, change);
      wants_count = wants_count || is_edit;
    }
    if (wants_count) {
      if (auto const counted = hold->count(*repository_); !counted) return counted.error();
    }
    if (auto const taken = hold->take(charge); !taken) return taken.error();
  }
  auto committed = repository_->commit(Commit{.changes = std::move(changes),
                                              .guards = std::move(guards),
                                              .actor = caller_.actor,
                                              .reason = caller_.reason,
                                              .token = generate_uuid(),
                                              .time = time});
  bool const may_be_done = committed || committed.error().outcome != Outcome::not_done;
  if (hold && may_be_done) hold->keep();
  return committed;
}

/** What commit() would refuse for a quota; for dry runs. */
Result<void> Catalog::check_quota(Timestamp time, std::vector<Change> const& changes) const {
  if (!caller_.team || !quotas_->are_set()) return {};
  detail::Quotas::Hold hold(*quotas_, *caller_.team, time);
  if (auto counted = hold.count(*repository_); !counted) return counted;
  return hold.check(detail::charge_of(changes, *caller_.team, time));
}

}  // namespace inlay

#endif
