// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_INTERNAL_CHECK_CURSOR_HPP
#define INLAY_STORAGE_INTERNAL_CHECK_CURSOR_HPP

// Whether a change log can be followed from a cursor: the same for every backend.

#include <inlay/storage/chain.hpp>
#include <inlay/storage/changes.hpp>
#include <inlay/storage/errors.hpp>

#include <optional>

namespace inlay::storage {

[[nodiscard]] inline std::optional<Uuid> known(Uuid const& uuid) {
  return uuid.is_nil() ? std::nullopt : std::optional(uuid);
}

/** The cursor of a commit. */
[[nodiscard]] inline ChangeCursor cursor_of(Uuid const& store_id, Revision revision, Uuid const& token) {
  return {revision, known(store_id), known(token)};
}

/** The cursor of where a log ends. */
[[nodiscard]] inline ChangeCursor cursor_of(StoreState const& state) {
  return cursor_of(state.store_id, state.newest.revision, state.newest.token);
}

/** Checks that the changes after a cursor are those that follow it.

    Of the state nothing but the store's id, and the revisions and tokens of its two ends are looked at.

    @param token_there of the commit at the cursor's revision, wherever that is known but from the state; else nil.
    @param may_lag whether the server follows another one, which may have come further; asked for when it matters.
    @return as Repository::changes.
*/
template <class MayLag>
[[nodiscard]] Result<void> check_cursor(ChangeCursor const& after, StoreState const& state, Uuid const& token_there,
                                        MayLag const& may_lag) {
  if (after.store && !state.store_id.is_nil() && *after.store != state.store_id) return store_forked();
  if (after < state.compacted.revision) return changes_compacted(state.compacted.revision);
  if (after > state.newest.revision) {
    return may_lag() ? revision_not_here_yet(state.newest.revision) : revision_not_reached(state.newest.revision);
  }
  if (!after.token) return {};
  Uuid token = token_there;
  for (LogEnd const* const end : {&state.compacted, &state.newest}) {
    if (after == end->revision && !end->token.is_nil()) token = end->token;
  }
  if (token.is_nil()) return changes_compacted(state.compacted.revision);
  if (token != *after.token) return store_forked();
  return {};
}

}  // namespace inlay::storage

#endif
