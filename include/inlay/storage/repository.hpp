// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_REPOSITORY_HPP
#define INLAY_STORAGE_REPOSITORY_HPP

#include <inlay/error.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/storage/chain.hpp>
#include <inlay/storage/changes.hpp>
#include <inlay/storage/commit.hpp>
#include <inlay/storage/query.hpp>
#include <inlay/storage/transfer.hpp>
#include <inlay/storage/usage.hpp>

#include <boost/mp11/algorithm.hpp>

#include <functional>
#include <optional>
#include <string>

namespace inlay {

/** Reads rows of one kind. */
template <class Readable>
class Reader {
 public:
  virtual ~Reader() = default;

  /** The row with that id.

      @return not_found when there is none; corrupt when what is stored is not what inlay wrote; unavailable.
  */
  [[nodiscard]] virtual Result<Readable> find(FindRequest<Readable> const& request) const = 0;

  /** The rows that meet the query, a page of them.

      A row that is present throughout a walk over the pages appears exactly once, whatever others write meanwhile.

      @return invalid_argument for a condition that check_condition refuses or a limit out of range; corrupt;
      unavailable.
  */
  [[nodiscard]] virtual Result<Page<Readable>> list(Query<Readable> const& query) const = 0;

  /** The row that people call by a name, where a store finds that one faster than a list does.

      @return nothing where it is to be listed instead, which says the same: by a backend that has no such way, where
      several rows are called so, and for a name that check_condition refuses; not_found when there is none; corrupt;
      unavailable.
  */
  [[nodiscard]] virtual Result<std::optional<Readable>> find_named(NamedRequest<Readable> const& request) const {
    static_cast<void>(request);
    return std::optional<Readable>();
  }
};

template <class List>
class ReadersOf;

template <template <class...> class List, class... Readables>
class ReadersOf<List<Readables...>> : public Reader<Readables>... {
 public:
  using Reader<Readables>::find...;
  using Reader<Readables>::list...;
  using Reader<Readables>::find_named...;
};

/** Reads rows of every kind. */
using Readers = ReadersOf<model::Readables>;

/** Read what belongs together. */
struct SnapshotRequest {
  /** Called once, with readers for which the store is as it was at one moment, whatever others write meanwhile; they
      are gone when it returns. An error that it returns is the snapshot's. */
  std::function<Result<void>(Readers const& readers)> read{};

  ReadFrom from = ReadFrom::primary;
  Revision at_least{};  ///< as in a Query
};

/** How one backend differs from another: what a test or a host may ask, instead of asking for its name. */
struct Capabilities {
  std::string backend{};          ///< "memory", "sqlite", ...
  bool is_durable{};              ///< an acknowledged commit survives the end of the process
  bool is_shared_by_processes{};  ///< several processes can open the same store
  bool can_transfer{};            ///< can dump and restore
  bool can_snapshot{};            ///< can read several pages as they were at one moment
  bool can_vacuum{};              ///< its files are its own, and it can write them anew
  bool can_count{};               ///< can tell how much a team has
  bool has_identity{};            ///< has an id, and keeps a chain over its commits: state() tells more than a revision
};

/** What a backend implements: rows, one way to write, and a log of what was written. Thread-safe.

    docs/ and backends/README.md hold the contract, tests/conformance/ proves it.

    Where a store has servers that follow its primary, and was opened to read from them (PostgreSQL: `reads=any`), a
    read with ReadFrom::any may be answered by one of them, with the store as it was a while ago; never as it was before
    what this Repository has told already, of a commit or by any answer, nor before `at_least`. What has not come as far
    is not given: the primary is asked. Where the primary itself has not, as one that was made the primary without all
    that the one before had, it is waited for as long as for anything else; then what it has counts, and `at_least` is
    invalid_argument. All other stores pass over `from` and `at_least`, since one server has all there is.
*/
class Repository : public Readers {
 public:
  /** Writes all of a commit, or nothing.

      @return conflict when a row is not at the version that an update, removal or guard expects (current_version is
      the one it has, absent when the row is gone); already_exists when an id, a unique key or the token is taken, with
      the pointer of the member; in_use when a removed row is still referenced; not_found when a written row references
      one that is not there, with the pointer of the member, or when the row of an Edit is not there, without;
      invalid_argument for what storage::check refuses; what an Edit returns;
      unavailable, with Outcome::unknown when the connection died so that nobody can tell yet.
  */
  [[nodiscard]] virtual Result<Committed> commit(Commit const& commit) = 0;

  /** Commits after a revision, oldest first. Following it, nobody ever misses one.

      What request.after knows beside its revision is checked as of the moment that the page is of.

      @return invalid_argument for a limit out of range, and for a revision that the store has not reached: it is not
      the store that was followed, or an older copy of it; the same with Reason::forked when the cursor is of another
      store, or of another commit than the one that is there; compacted when commits after request.after are no longer
      kept, or it is not known any more which commit was there; unavailable.
  */
  [[nodiscard]] virtual Result<ChangePage> changes(ChangesRequest const& request) const = 0;

  /** Forgets the oldest commits of the change log; does nothing to what is forgotten already.

      With Capabilities::can_vacuum, they are written over in the store's files when this has succeeded, as are values
      that rows no longer have; here and there a piece may stay, which only vacuum() is sure to find. Elsewhere it is
      the database that decides when it writes over what was removed.

      @return invalid_argument for a revision that the store has not reached; unavailable; unavailable with
      Outcome::done when the commits are forgotten, and still in the files, since somebody reads the store as it was
      before: the same once more takes them out when that has ended.
  */
  [[nodiscard]] virtual Result<void> compact(CompactRequest const& request) = 0;

  /** The last commit's revision; also tells whether the store can be reached. @return unavailable. */
  [[nodiscard]] virtual Result<Revision> revision() const = 0;

  /** Which store it is, and between which commits its log is, as of one moment, in one read. Two stores, or one before
      and after it was restored from a backup, have the same commit at a revision only where they have its token too.

      @return a state in which only the revision of the newest commit is set, unless the backend has
      Capabilities::has_identity; unavailable.
  */
  [[nodiscard]] virtual Result<StoreState> state() const {
    auto const current = revision();
    if (!current) return current.error();
    return StoreState{.newest = {.revision = *current}};
  }

  /** How much a team has, as of one revision. A team that is not there has nothing.

      It takes time by how much the team has, and by how many changes of it the log has since then; not by what others
      have.

      @return not_built when the backend has no such thing (Capabilities::can_count); unavailable.
  */
  [[nodiscard]] virtual Result<Usage> usage(UsageRequest const& request) const;

  /** Reads what belongs together, in one transaction.

      It keeps a connection until it is done. What goes wrong once `read` was called is not tried again.

      @return not_built when the backend has no such thing (Capabilities::can_snapshot); invalid_argument inside a
      transaction of the host; unavailable; what `read` returns.
  */
  [[nodiscard]] virtual Result<void> snapshot(SnapshotRequest const& request) const;

  /** Gives all records of the store (see StoreRecord), as they were at one moment, whatever others write meanwhile.

      It keeps a connection until it is done, and a few records at a time in memory.

      @return not_built when the backend has no such thing (Capabilities::can_transfer); corrupt; unavailable; what the
      sink returns.
  */
  [[nodiscard]] virtual Result<void> dump(DumpRequest const& request) const;

  /** Makes the store hold the records, ids, versions, times, revisions and change log as they are given; all of them,
      or nothing. The next commit has a revision greater than the header's.

      Until it is done readers see the store as it was, and writers may have to wait.

      @return already_exists when the store was ever written and is not to be replaced; invalid_argument for records
      that storage::RecordCheck refuses, or that contradict one another; what `fill` returns; not_built, as for dump;
      unavailable, with Outcome::unknown as for commit.
  */
  [[nodiscard]] virtual Result<void> restore(RestoreRequest const& request);

  /** Writes the store's files anew: they hold nothing but what is in the store then, and are as small as that.

      It needs room for the store once more, and writers wait until it is done.

      @return not_built when the backend has no such thing (Capabilities::can_vacuum); unavailable, with Outcome::done
      as for compact().
  */
  [[nodiscard]] virtual Result<void> vacuum();

  [[nodiscard]] virtual Capabilities const& capabilities() const noexcept = 0;
};

namespace detail {

template <class Derived, class Base, class Readable>
class ReaderFrom : public Base {
 public:
  using Base::find;
  using Base::find_named;
  using Base::list;

  [[nodiscard]] Result<Readable> find(FindRequest<Readable> const& request) const final {
    return static_cast<Derived const&>(*this).find_readable(request);
  }
  [[nodiscard]] Result<Page<Readable>> list(Query<Readable> const& query) const final {
    auto const moved = conditions_into_scope(query);
    if (moved.has_error()) return moved.error();
    return static_cast<Derived const&>(*this).list_readable(*moved ? **moved : query);
  }
  [[nodiscard]] Result<std::optional<Readable>> find_named(NamedRequest<Readable> const& request) const final {
    if constexpr (model::named_key<Readable>.has_value() &&
                  requires(Derived const& store) { store.named_readable(request); }) {
      if (is_comparable(request.name)) return static_cast<Derived const&>(*this).named_readable(request);
    }
    return std::optional<Readable>();
  }
};

template <class Derived>
struct AddReader {
  template <class Base, class Readable>
  using fn = ReaderFrom<Derived, Base, Readable>;
};

}  // namespace detail

/** Readers that all come from the two member templates of Derived that RepositoryFrom names. */
template <class Derived>
using ReadersFrom = boost::mp11::mp_fold_q<model::Readables, Readers, detail::AddReader<Derived>>;

/** A Repository whose readers all come from two member templates of Derived:

    `Result<Readable> find_readable(FindRequest<Readable> const&) const` and
    `Result<Page<Readable>> list_readable(Query<Readable> const&) const`,

    so that a new entity does not change a backend. The latter is given no conditions on rows beside those that are
    read; they are in the scope then. A third one makes find_named() fast, and may be left out:

    `Result<std::optional<Readable>> named_readable(NamedRequest<Readable> const&) const`; it is asked only where there
    is a model::named_key.
*/
template <class Derived>
using RepositoryFrom = boost::mp11::mp_fold_q<model::Readables, Repository, detail::AddReader<Derived>>;

}  // namespace inlay

#endif
