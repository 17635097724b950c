// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_GROUP_WRITER_HPP
#define INLAY_BACKENDS_SQL_GROUP_WRITER_HPP

// One attempt at the commits of a group.

#include <backends/sql/group_queue.hpp>
#include <backends/sql/write.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace inlay::sql {

/** A commit on its way, and what came of it where it was done in a group. */
class GroupMember : public GroupQueue::Member {
 public:
  enum class End {
    alone,      ///< nothing is done: it is to be done alone, if only to learn why it can't be
    committed,  ///< as `revision`
    refused,    ///< by the store, for `refusal`; nothing of it is done
    failed,     ///< with its group, by `failure`
  };

  /** One that is done alone. */
  explicit GroupMember(Commit const& its) : commit(its) {}

  /** `in_one` is the statement that does the commit, where the database's groups are made of such. */
  GroupMember(Commit const& its, Statement const* in_one, std::size_t bytes)
      : Member(bytes), commit(its), statement(in_one) {}

  Commit const& commit;
  Statement const* statement = nullptr;

  End end = End::alone;
  Revision revision{};
  Error refusal{};
  std::optional<DatabaseFailure> failure{};
  bool is_ending = false;  ///< when it failed: nobody can tell whether the group is done

 protected:
  [[nodiscard]] Footprint make_footprint() const override { return footprint_of(commit); }
};

/** Does the commits of a group in one transaction, and leaves in each what came of it. A group that fails as a whole is
    halved, so that one that can't be done does not keep the others from it. */
class GroupWriter {
 public:
  GroupWriter(Connection& connection, Tables const& tables) : connection_(connection), tables_(tables) {}

  void write(std::span<GroupMember* const> group) {
    if (group.size() < 2 || connection_.is_broken()) return;
    is_ending_ = false;
    try {
      switch (connection_.dialect().grouping) {
        case Grouping::none: return;
        case Grouping::steps: write_in_steps(group); return;
        case Grouping::pipeline: write_in_pipeline(group); return;
      }
    } catch (Exception const&) {  // which each is told again, alone, if it was its own
    } catch (DatabaseFailure const& failure) {
      if (is_of_all(failure)) {
        fail(group, failure);
        return;
      }
    } catch (...) {  // such as of memory: what was sent by then is not known
      fail(group, DatabaseFailure::on_our_side(FailureKind::other, "this process could not go on"));
      throw;
    }
    for (GroupMember* const member : group) member->end = GroupMember::End::alone;
    std::size_t const half = group.size() / 2;
    write(group.first(half));
    // What somebody is in the way of, or has an end that nobody saw, is not to hold up the rest: they go each by
    // itself.
    bool const is_in_the_way = std::ranges::any_of(
        group.first(half), [](GroupMember const* member) { return member->end == GroupMember::End::failed; });
    if (!is_in_the_way) write(group.subspan(half));
  }

 private:
  /** Whether halves would meet the same, or nobody knows what came of the whole. */
  [[nodiscard]] bool is_of_all(DatabaseFailure const& failure) const {
    return is_ending_ || failure.may_be_done() || failure.kind() == FailureKind::busy || failure.is_of_connection() ||
           failure.kind() == FailureKind::no_connection_left || failure.kind() == FailureKind::moved;
  }

  void fail(std::span<GroupMember* const> group, DatabaseFailure const& failure) const {
    // First what needs no memory, so that none whose end is unknown is taken for one that was not sent.
    for (GroupMember* const member : group) {
      if (member->end == GroupMember::End::refused) continue;
      member->end = GroupMember::End::failed;
      member->is_ending = is_ending_;
    }
    for (GroupMember* const member : group) {
      if (member->end == GroupMember::End::failed) member->failure = failure;
    }
  }

  void write_in_steps(std::span<GroupMember* const> group) {
    Transaction transaction(connection_);
    for (GroupMember* const member : group) {
      connection_.run(Statement("savepoint inlay_member"));
      try {
        auto const revision = Writer(connection_, tables_, member->commit, false).write();
        member->end = revision ? GroupMember::End::committed : GroupMember::End::alone;
        if (revision) member->revision = *revision;
      } catch (Exception const& refusal) {
        connection_.run(Statement("rollback to savepoint inlay_member"));
        member->end = GroupMember::End::refused;
        member->refusal = refusal.error();
      }
      connection_.run(Statement("release savepoint inlay_member"));
    }
    try {
      is_ending_ = true;
      transaction.commit();
    } catch (DatabaseFailure const& failure) {
      if (failure.is_refusal()) is_ending_ = false;
      throw;
    }
  }

  /** The counter is locked by the first statement, so that each of the others sees the rows as they stay: it does all
     of a commit, or gives no revision and does nothing. */
  void write_in_pipeline(std::span<GroupMember* const> group) {
    Statement lock(R"(select "revision" from )");
    lock << tables_.quoted("counter") << R"( where "id" = 1)" << connection_.dialect().lock_rows;
    std::vector<Statement const*> statements{&lock};
    for (GroupMember* const member : group) statements.push_back(member->statement);
    std::vector<long long> revisions;
    try {
      is_ending_ = true;
      revisions = connection_.run_together(statements);
    } catch (DatabaseFailure const& failure) {
      // Only the database's own refusal says that nothing is done.
      is_ending_ = failure.may_be_done();
      throw;
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (revisions.at(i + 1) <= 0) continue;
      group[i]->end = GroupMember::End::committed;
      group[i]->revision = Revision{revisions[i + 1]};
    }
  }

  Connection& connection_;
  Tables const& tables_;
  bool is_ending_ = false;
};

}  // namespace inlay::sql

#endif
