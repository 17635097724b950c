// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_WRITER_HPP
#define INLAY_CATALOG_DETAIL_WRITER_HPP

// The one way by which the catalogue writes.

#include <inlay/catalog/answers.hpp>
#include <inlay/catalog/detail/policy.hpp>
#include <inlay/catalog/detail/rows.hpp>
#include <inlay/catalog/detail/session.hpp>
#include <inlay/catalog/detail/state.hpp>
#include <inlay/catalog/requests.hpp>
#include <inlay/error.hpp>
#include <inlay/storage/commit.hpp>

#include <functional>
#include <optional>
#include <vector>

namespace inlay::detail {

/** What a change makes of a row. */
template <class Entity>
using RowEdit = std::function<Result<Entity>(Entity const&)>;

/** Why a change may not be made, of the resource as it was. */
template <class Entity>
using ResourceCheck = std::function<Result<void>(Resource<Entity> const&)>;

/** Writes for one caller. Whatever is asked for (a merge patch, a typed change, a JSON Patch, a verb, an install, a
    request and its answer, an end, a removal) passes through commit(), and through retry.hpp when it lost a race. */
class Writer {
 public:
  explicit Writer(CatalogSession const& session) : session_(session), rows_(session) {}

  [[nodiscard]] Rows const& rows() const noexcept { return rows_; }
  [[nodiscard]] Policy const& policy() const noexcept { return rows_.policy(); }
  [[nodiscard]] CatalogOptions const& options() const noexcept { return session_.state->options; }
  [[nodiscard]] std::optional<Id<Team>> const& team() const noexcept { return session_.caller.team; }
  [[nodiscard]] Timestamp now() const { return options().clock(); }

  /** Creates a row; see Catalog::create. */
  template <class Entity>
  [[nodiscard]] Result<Resource<Entity>> insert(Entity row) const;

  /** Changes a row; see Catalog::update. Every way to change one comes here.

      @param check judged before anything is written, of what is not the same any more at the moment of writing, too.
  */
  template <class Entity>
  [[nodiscard]] Result<Updated<Entity>> change(Id<Entity> id, RowEdit<Entity> const& edit, UpdateOptions const& options,
                                               ResourceCheck<Entity> const& check = {}) const;

  /** Removes a row; see Catalog::remove. */
  template <class Entity>
  [[nodiscard]] Result<void> remove(Id<Entity> id, std::optional<RowVersion> const& expected_version) const;

  /** Writes: for the quota of the caller's team, under the caller's name. */
  [[nodiscard]] Result<Committed> commit(Timestamp time, std::vector<Change> changes,
                                         std::vector<AnyGuard> guards) const;

  /** What commit() would refuse for a quota; for dry runs. */
  [[nodiscard]] Result<void> check_quota(Timestamp time, std::vector<Change> const& changes) const;

 private:
  template <class Entity>
  [[nodiscard]] Result<Entity> edited(Entity const& before, RowEdit<Entity> const& edit,
                                      UpdateOptions const& options) const;
  template <class Entity>
  [[nodiscard]] Result<Updated<Entity>> as_it_would_be(Updated<Entity> answer, Entity const& before,
                                                       Entity after) const;
  template <class Entity>
  [[nodiscard]] Result<std::vector<Change>> removals(Entity const& row, std::vector<AnyGuard> const& guards) const;
  template <class Entity>
  [[nodiscard]] Result<void> has_free_keys(Entity const& before, Entity const& after) const;
  template <class Entity>
  [[nodiscard]] std::optional<Error> who_uses(Id<Entity> id, Error error) const;
  CatalogSession const& session_;
  Rows rows_;
};

/** Whether a row is what a caller expects. */
template <class Entity>
[[nodiscard]] Result<void> check_expected(Entity const& row, std::optional<RowVersion> const& expected) {
  if (!expected) return {};
  if (expected->birth && *expected->birth != row.birth) {
    return storage::stale_version(Entity::entity_name, std::nullopt);
  }
  if (expected->version != row.version) return storage::stale_version(Entity::entity_name, row.version);
  return {};
}

}  // namespace inlay::detail

#endif
