// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_ERRORS_HPP
#define INLAY_STORAGE_ERRORS_HPP

// The errors that every backend gives alike: same kind, same words, same pointer. None names a value that was bound.

#include <inlay/error.hpp>
#include <inlay/id.hpp>
#include <inlay/model/references.hpp>
#include <inlay/revision.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace inlay::storage {

/** not_found: no row of the entity has the id that was asked for. */
[[nodiscard]] Error no_such_row(std::string_view entity);

/** not_found, at the member: a row that was to be written references a row that is not there. */
[[nodiscard]] Error dangling_reference(model::Reference const& reference);

/** already_exists, at "/id": the id of an inserted row is taken. */
[[nodiscard]] Error id_taken(std::string_view entity);

/** already_exists, at the key's last member: another row has the same values in a unique key. */
[[nodiscard]] Error unique_key_taken(std::string_view entity, model::UniqueKey const& key);

/** already_exists, at "/token": a commit with this token has happened already. */
[[nodiscard]] Error token_taken();

/** conflict: a row is not at the version that was expected, but at `current`; when that is absent it is gone, also
    where another row has its id by now. */
[[nodiscard]] Error stale_version(std::string_view entity, std::optional<Version> current);

/** in_use: a row that was to be removed is still referenced by rows of these entities, which `used_by` has, too. */
[[nodiscard]] Error still_referenced(std::string_view entity, std::span<std::string_view const> referrers);

/** invalid_argument: a commit without changes. */
[[nodiscard]] Error nothing_to_commit();

/** invalid_argument: the limit of a list or of the change log is not between 1 and `max`. */
[[nodiscard]] Error limit_out_of_range(std::size_t max);

/** invalid_argument: a query has more than `max` of something. */
[[nodiscard]] Error too_many(std::string_view what, std::size_t max);

/** compacted: commits after the revision asked for are no longer kept, only those after `kept_after`, which the error
    has, too. */
[[nodiscard]] Error changes_compacted(Revision kept_after);

/** invalid_argument: the change log can't be followed from, or compacted up to, a revision that the store has not
    reached. */
[[nodiscard]] Error revision_not_reached(Revision current);

/** invalid_argument, forked: the change log that led to a cursor is not the one of this store. */
[[nodiscard]] Error store_forked();

/** unavailable: the change log can't be followed from a revision that the store has reached elsewhere, for all that can
    be told, and not yet on this server, which takes no writes and follows another. */
[[nodiscard]] Error revision_not_here_yet(Revision current);

/** not_built: the backend can't give all of its store, or take one (Capabilities::can_transfer). */
[[nodiscard]] Error cannot_transfer(std::string_view backend);

/** not_built: the backend can't read several pages as they were at one moment (Capabilities::can_snapshot). */
[[nodiscard]] Error cannot_snapshot(std::string_view backend);

/** not_built: the backend can't tell how much a team has (Capabilities::can_count). */
[[nodiscard]] Error cannot_count(std::string_view backend);

/** not_built: the backend does not write its files anew (Capabilities::can_vacuum). */
[[nodiscard]] Error cannot_vacuum(std::string_view backend);

/** already_exists, store_not_empty: a store that was written before is to be restored, and not to be replaced. */
[[nodiscard]] Error not_empty(Revision current);

/** invalid_argument: of the records to be restored into a table, those that came so far contradict one another. */
[[nodiscard]] Error contradictory_records(std::string_view table);

/** corrupt: what is stored in a row of a table is not what inlay wrote; `row` has the id, too, unless that is nil. */
[[nodiscard]] Error corrupt_row(std::string_view table, Uuid const& id, std::string_view what);

/** An entity's name as people write it: "environment integration". */
[[nodiscard]] std::string words(std::string_view entity);

/** The pointer of a row's member: "/" and its name. */
[[nodiscard]] std::string member_pointer(std::string_view member);

}  // namespace inlay::storage

#endif
