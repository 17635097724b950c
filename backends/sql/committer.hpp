// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_COMMITTER_HPP
#define INLAY_BACKENDS_SQL_COMMITTER_HPP

#include <backends/sql/group_queue.hpp>
#include <backends/sql/pool.hpp>
#include <backends/sql/repository.hpp>
#include <backends/sql/schema.hpp>
#include <backends/sql/tries.hpp>
#include <inlay/storage/commit.hpp>

namespace inlay::sql {

/** Does commits, as often as it takes, until it is known what became of them. */
class Committer {
 public:
  Committer(Driver const& driver, Tables const& tables, StoreOptions const& options, Pool& readers, Pool& writers)
      : driver_(driver), tables_(tables), options_(options), readers_(readers), writers_(writers), tries_(options) {}

  /** In transactions of its own, or of a group of those that wait for each other. */
  [[nodiscard]] Result<Committed> commit(Commit const& commit);

  /** Inside the host's transaction: a savepoint, and whatever goes wrong is the host's to know. */
  [[nodiscard]] Result<Committed> commit_joined(Commit const& commit);

 private:
  class Run;

  [[nodiscard]] Dialect const& dialect() const noexcept { return driver_.dialect(); }
  [[nodiscard]] bool makes_groups() const noexcept;
  void refuse_stale_snapshot(Connection& connection) const;

  Driver const& driver_;
  Tables const& tables_;
  StoreOptions const& options_;
  Pool& readers_;
  Pool& writers_;
  Tries tries_;
  GroupQueue queue_{};
};

}  // namespace inlay::sql

#endif
