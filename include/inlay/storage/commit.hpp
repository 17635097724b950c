// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_COMMIT_HPP
#define INLAY_STORAGE_COMMIT_HPP

#include <inlay/error.hpp>
#include <inlay/model/entities.hpp>

#include <boost/mp11/algorithm.hpp>

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace inlay {

/** A new row. The store sets its version to 1, its birth to the one drawn here, both times to the commit's, and its
    revision, whatever the row brings for those. */
template <class Entity>
struct Insert {
  Entity row{};
  Birth birth = generate_birth();
};

/** A changed row. It must still be the row that was born as `before.birth` says, and at `before.version`; the store
    makes that one more, sets updated_at and revision.

    `before` is the row as it was read, whole: it goes into the change log.
*/
template <class Entity>
struct Update {
  Entity before{};
  Entity after{};
};

/** A changed row, decided inside the transaction: the row is read there, locked against other writers, and handed to
    `edit`, which gives the row as it should be.

    For writers that keep losing the race between read and Update. An error that `edit` returns is the commit's error,
    and nothing is written; an exception that it throws passes through commit(), and nothing is written either. When
    `edit` returns the row unchanged, the row is not written; a commit that so writes nothing at all succeeds without a
    revision of its own. `edit` may be called again when the transaction has to be tried again, and must not use the
    repository.
*/
template <class Entity>
struct Edit {
  Id<Entity> id{};
  std::function<Result<Entity>(Entity const& current)> edit{};
};

/** A removed row. It must still be the row that was born as `before.birth` says, and at `before.version`. */
template <class Entity>
struct Remove {
  Entity before{};
};

/** A row that is not written but must still be that row, at this version, when the commit happens. It is only read: any
    number of commits may guard the same row. */
template <class Entity>
struct Guard {
  Id<Entity> id;
  Version version;
  Birth birth;

  /** The row as it was read. */
  explicit Guard(Entity const& row) : Guard(row.id, row.version, row.birth) {}
  Guard(Id<Entity> row, Version at, Birth born) : id(row), version(at), birth(born) {}
};

template <class Entities>
using ChangesOf =
    boost::mp11::mp_append<boost::mp11::mp_transform<Insert, boost::mp11::mp_rename<Entities, std::variant>>,
                           boost::mp11::mp_transform<Update, Entities>, boost::mp11::mp_transform<Edit, Entities>,
                           boost::mp11::mp_transform<Remove, Entities>>;
template <class Entities>
using GuardsOf = boost::mp11::mp_transform<Guard, boost::mp11::mp_rename<Entities, std::variant>>;

using Change = ChangesOf<model::Entities>;
using AnyGuard = GuardsOf<model::Entities>;

/** One write of rows of these entities: all of it happens, or nothing. (A template, so that a source that makes no
    Commit does not pay for compiling a variant of so many rows.) */
template <class Entities>
struct CommitOf {
  std::vector<ChangesOf<Entities>> changes{};  ///< done in this order; at least one
  std::vector<GuardsOf<Entities>> guards{};
  std::string actor{};
  std::optional<std::string> reason{};
  Uuid token{};      ///< unique to this commit, so that it can be told whether it happened
  Timestamp time{};  ///< becomes created_at and updated_at
};

/** One write of rows of any entities. */
using Commit = CommitOf<model::Entities>;

/** What a commit was given. */
struct Committed {
  Revision revision{};  ///< its own; the store's current one for a commit of Edits that changed nothing
};

/** The row as an Insert stores it. */
template <class Entity>
[[nodiscard]] Entity inserted(Insert<Entity> const& insert, Timestamp time, Revision revision) {
  Entity row = insert.row;
  row.version = Version{1};
  row.birth = insert.birth;
  row.created_at = time;
  row.updated_at = time;
  row.revision = revision;
  return row;
}

/** The row as an Update stores it: what belongs to the store is taken from `before`. */
template <class Entity>
[[nodiscard]] Entity updated(Update<Entity> const& update, Timestamp time, Revision revision) {
  Entity row = update.after;
  row.id = update.before.id;
  row.version = Version{update.before.version.value + 1};
  row.birth = update.before.birth;
  row.created_at = update.before.created_at;
  row.updated_at = time;
  row.revision = revision;
  return row;
}

namespace storage {

/** What every backend asks of a commit before all else, whatever the store holds; and of the row that an Edit gives,
    which is not known before, with model::check. So a store holds nothing that it could not give to another one.

    @return invalid_argument for a commit without changes; and with the pointer of the member for a row that
    model::check refuses, or a `before` that model::check_whole does, and for an actor or a reason that
    model::check_text does, unless it is empty.
*/
[[nodiscard]] Result<void> check(Commit const& commit);

}  // namespace storage

}  // namespace inlay

#endif
