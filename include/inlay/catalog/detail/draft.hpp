// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_DRAFT_HPP
#define INLAY_CATALOG_DETAIL_DRAFT_HPP

// A store as it would be after writes that are not done yet.

#include <inlay/catalog/detail/draft_table.hpp>
#include <inlay/error.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/revision.hpp>
#include <inlay/storage/commit.hpp>
#include <inlay/storage/repository.hpp>
#include <inlay/timestamp.hpp>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>
#include <boost/system/result.hpp>

#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace inlay::detail {

/** Takes commits as a store does, refuses what a store would refuse, and keeps them to itself; what it is asked for it
    answers as if they were done. In the end it says what all of them come to, as the changes of one commit.

    So what is written by several calls can become one commit, and each call is the one that it is alone: the catalogue
    over a draft has all the rules, and there are no others.

    A row keeps the version that the store has of it until it is committed, whoever has changed it here; a row that was
    made here is at version 1. What it answers has no `installed_in`, and lists bring documents also where none are
    asked for. Lists take conditions on a row's own members only. For one thread.
*/
class Draft final : public RepositoryFrom<Draft> {
 public:
  /** How much is written at most, as row_count() and bytes() count it. */
  struct Limits {
    std::size_t rows = std::numeric_limits<std::size_t>::max();
    std::size_t bytes = std::numeric_limits<std::size_t>::max();
  };

  Draft(std::shared_ptr<Repository> store, Limits const& limits) : store_(std::move(store)), limits_(limits) {}

  template <class Readable>
  [[nodiscard]] Result<Readable> find_readable(FindRequest<Readable> const& request) const;
  template <class Readable>
  [[nodiscard]] Result<Page<Readable>> list_readable(Query<Readable> const& query) const;

  /** Takes a commit, or nothing of it; invalid_argument in the midst of the one that is past the limits, and nothing is
      to be done with the draft then. */
  [[nodiscard]] Result<Committed> commit(Commit const& commit) override;

  [[nodiscard]] Result<ChangePage> changes(ChangesRequest const& request) const override {
    return store_->changes(request);
  }
  [[nodiscard]] Result<void> compact(CompactRequest const& request) override { return store_->compact(request); }
  [[nodiscard]] Result<Revision> revision() const override { return store_->revision(); }
  [[nodiscard]] Result<Usage> usage(UsageRequest const& request) const override { return store_->usage(request); }
  [[nodiscard]] Capabilities const& capabilities() const noexcept override { return store_->capabilities(); }

  // ---- what it comes to

  /** Reads rows ahead with one look, in the place of those that were read ahead before, which find() is going to be
      asked for by the same scope. What one page has no room for, and what fails, find() reads itself. */
  template <class Readable>
  void read_ahead(std::vector<Id<model::Root<Readable>>> ids, Scope const& scope);

  /** Has what is committed fail when the row is no longer as it was read; a commit holds its guards so. */
  template <class Entity>
  [[nodiscard]] Result<void> hold(Guard<Entity> const& guard);

  /** How many rows were written, and how many bytes they came to as records of the change log: what each was before,
      and what it became each time that it was written. */
  [[nodiscard]] std::size_t row_count() const noexcept;
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  /** Says that what is committed from now on belongs to that step. */
  void begin_step(std::size_t step) noexcept { step_ = step; }

  /** Whether the store has changed between two looks at it, so that what was decided here has no one state of the store
      to be decided on. */
  [[nodiscard]] bool is_stale() const noexcept { return is_stale_; }

  /** The error of a step. */
  struct Refused {
    std::size_t step{};
    Error error{};
  };

  /** The changes of one commit that does all of it: one a row, in an order in which a store can do them. A row that is
      as it was, or that was made and removed again, has none.

      @return what is refused, since there is no such order: rows that have exchanged a unique name.
  */
  [[nodiscard]] boost::system::result<std::vector<Change>, Refused> changes_to_commit() const;

  /** What must still be as it was when that is committed, beside the rows that it changes. */
  [[nodiscard]] std::vector<AnyGuard> guards_to_commit() const;

  /** Makes a row what a commit of all of it makes of it; one that is gone by then stays as it is.

      @param revision absent for a commit that is not done: rows keep the revision that they have.
  */
  template <class Entity>
  void settle(Entity& row, Timestamp time, std::optional<Revision> revision) const;

 private:
  template <class Entity>
  [[nodiscard]] DraftTable<Entity>& table() const {
    return std::get<DraftTable<Entity>>(tables_);
  }
  template <class Entity>
  [[nodiscard]] Result<Entity const*> row(Id<Entity> id) const;

  template <class Readable>
  [[nodiscard]] Result<Readable> assembled(model::Root<Readable> root) const;
  template <class Readable>
  void renew_parts(Readable& whole) const;
  template <class Entity>
  [[nodiscard]] Result<bool> meets(Entity const& row, Scope const& scope) const;
  template <class Other>
  [[nodiscard]] Result<bool> has_related(Uuid const& id, Scope const& scope) const;
  [[nodiscard]] bool is_touched(Scope const& scope) const;
  template <class Entity>
  [[nodiscard]] typename DraftTable<Entity>::Ids candidates(std::vector<Condition> const& where) const;
  template <class Readable>
  [[nodiscard]] Result<void> add_written(Query<Readable> const& query, std::vector<FieldPlace> const& places,
                                         std::optional<Cursor> const& through, std::vector<Readable>& items) const;

  template <class Entity>
  [[nodiscard]] Result<void> take(Insert<Entity> const& change, Timestamp time);
  template <class Entity>
  [[nodiscard]] Result<void> take(Update<Entity> const& change, Timestamp time);
  template <class Entity>
  [[nodiscard]] Result<void> take(Edit<Entity> const& change, Timestamp time);
  template <class Entity>
  [[nodiscard]] Result<void> take(Remove<Entity> const& change, Timestamp time);
  template <class Entity>
  [[nodiscard]] Result<DraftRow<Entity>> to_change(Entity const& before);
  template <class Entity>
  void write(Id<Entity> id, std::optional<DraftRow<Entity>> row);
  template <class Entity>
  [[nodiscard]] Result<void> check_keys(Entity const& row, Entity const* before) const;
  template <class Entity>
  [[nodiscard]] Result<void> check_references(Entity const& row) const;
  template <class Referrer>
  [[nodiscard]] Result<bool> is_referenced(std::string_view member, Uuid const& id) const;

  template <class Entity>
  [[nodiscard]] boost::system::result<void, Refused> add_updates(std::vector<Change>& changes) const;

  template <class Entity>
  using GuardsOf = std::unordered_map<Id<Entity>, Guard<Entity>>;
  template <template <class> class Of>
  using OfEach = boost::mp11::mp_rename<boost::mp11::mp_transform<Of, model::Entities>, std::tuple>;
  template <class Readable>
  struct Ahead {
    Scope scope{};
    std::unordered_map<Id<model::Root<Readable>>, Readable> rows{};
  };

  std::shared_ptr<Repository> store_;
  Limits limits_;
  mutable OfEach<DraftTable> tables_;  // with what was seen of the store
  OfEach<GuardsOf> guards_;
  boost::mp11::mp_rename<boost::mp11::mp_transform<Ahead, model::Readables>, std::tuple> ahead_;
  std::vector<std::function<void()>> undo_;  // of the commit that is being taken
  std::size_t rows_numbered_ = 0;
  std::size_t bytes_ = 0;
  std::size_t step_ = 0;
  bool is_stale_ = false;
};

}  // namespace inlay::detail

#endif
