// SPDX-License-Identifier: BSL-1.0
#include <backends/sql/committer.hpp>

#include <backends/sql/group_writer.hpp>
#include <backends/sql/settling.hpp>
#include <backends/sql/write.hpp>
#include <backends/sql/write_once.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace inlay::sql {

namespace {

template <class Change>
inline constexpr bool is_edit = false;
template <class Entity>
inline constexpr bool is_edit<Edit<Entity>> = true;

}  // namespace

using settling::Event;
using settling::State;
using settling::Way;

/** One commit, until it has an end: does what settling.hpp says is next, and tells it what has happened. */
class Committer::Run {
 public:
  Run(Committer& committer, Commit const& commit) : committer_(committer), commit_(commit) {}

  Result<Committed> operator()() {
    while (!settling::is_end(state_)) take(next_event());
    if (state_ == State::done) return Committed{revision_};
    if (state_ == State::refused) return refusal_;
    if (state_ == State::unknown) error_.outcome = Outcome::unknown;
    return error_;
  }

 private:
  [[nodiscard]] Event next_event() {
    switch (state_) {
      case State::found:
      case State::found_barred: return look_up();
      case State::confirming: return confirm();
      default: return attempt();
    }
  }

  void take(Event event) {
    settling::Rule const rule = settling::after(state_, event);
    way_ = settling::after(way_, event);
    state_ = rule.next;
    if (rule.pause == settling::Pause::none) return;
    if (rule.pause == settling::Pause::first) backoff_ = committer_.tries_.backoff();
    if (is_given_up_ || !backoff_.wait()) state_ = settling::after(state_, Event::no_time).next;
  }

  [[nodiscard]] Event attempt() {
    is_ending_ = false;
    // What nobody has seen the end of is settled before all else, and by itself.
    bool const takes_turns = committer_.makes_groups() && (state_ == State::untouched || state_ == State::reconnected);
    if (takes_turns) return attempt_in_turn();
    return told([&] {
      auto const connection = committer_.writers_.lease();
      return attempt_on(*connection);
    });
  }

  [[nodiscard]] Event attempt_on(Connection& connection) {
    if (state_ == State::barring) return bar(connection);
    if (way_ == Way::in_one && !goes_alone_) {
      if (auto const event = write_in_one(connection)) return *event;
    }
    return write_in_steps(connection);
  }

  template <class Attempt>
  [[nodiscard]] Event told(Attempt const& attempt) {
    try {
      return attempt();
    } catch (Exception const& exception) {
      return refused(exception.error());
    } catch (DatabaseFailure const& failure) {
      return failed(failure);
    } catch (Writer::NeedsCare const&) {
      return Event::needs_care;
    }
  }

  [[nodiscard]] Event refused(Error const& refusal) {
    bool const is_token = refusal.pointer == "/token";
    // While it is being barred, what it was refused for is known.
    if (state_ != State::barring) refusal_ = refusal;
    return is_token ? Event::token_taken : Event::refused;
  }

  // ------------------------------------------------------------------------------------------------------- groups

  [[nodiscard]] Event attempt_in_turn() {
    while (true) {
      bool const is_alone = goes_alone_ || way_ != Way::in_one || !may_be_grouped();
      GroupMember member =
          is_alone ? GroupMember(commit_) : GroupMember(commit_, statement_ ? &*statement_ : nullptr, bytes());
      switch (committer_.queue_.wait(member, backoff_.deadline())) {
        case GroupQueue::Turn::leads:
          if (auto const event = lead(member)) return *event;
          break;
        case GroupQueue::Turn::is_over: break;
        case GroupQueue::Turn::out_of_time:
          return failed(
              DatabaseFailure(FailureKind::busy, "other commits of this process were on their way all the time"));
      }
      switch (member.end) {
        case GroupMember::End::alone: goes_alone_ = true; continue;
        case GroupMember::End::committed: revision_ = member.revision; return Event::committed;
        case GroupMember::End::refused: return refused(member.refusal);
        case GroupMember::End::failed: return failed_with_group(member);
      }
    }
  }

  /** Nothing: it was done in a group, and the member has what came of it. */
  [[nodiscard]] std::optional<Event> lead(GroupMember& member) {
    struct Turn {
      GroupQueue& queue;
      GroupMember& leader;
      std::vector<GroupQueue::Member*> group{};
      ~Turn() { queue.end(leader, group); }
    } turn{.queue = committer_.queue_, .leader = member};
    Event const alone = told([&] {
      auto const connection = committer_.writers_.lease();
      turn.group = committer_.queue_.take(member);
      if (turn.group.size() == 1) return attempt_on(*connection);
      std::vector<GroupMember*> group;
      for (GroupQueue::Member* const one : turn.group) group.push_back(static_cast<GroupMember*>(one));
      GroupWriter(*connection, committer_.tables_).write(group);
      return Event::committed;
    });
    return turn.group.size() > 1 ? std::nullopt : std::optional(alone);
  }

  [[nodiscard]] Event failed_with_group(GroupMember const& member) {
    is_ending_ = member.is_ending;
    Event const event =
        failed(member.failure ? *member.failure
                              : DatabaseFailure::on_our_side(FailureKind::other, "this process could not go on"));
    if (event == Event::busy && committer_.dialect().grouping == Grouping::pipeline) {
      // Somebody may have been in the way of one of them only: each is tried by itself, with as much time as if it had
      // not waited with the others.
      goes_alone_ = true;
      backoff_ = committer_.tries_.backoff();
    }
    return event;
  }

  [[nodiscard]] bool may_be_grouped() {
    if (committer_.dialect().grouping != Grouping::steps) return in_one() != nullptr;
    return commit_.changes.size() <= most_steps && commit_.guards.size() <= most_steps && !has_edit(commit_);
  }

  [[nodiscard]] std::size_t bytes() const {
    std::size_t sum = 0;
    if (!statement_) return sum;  // what is done in steps is sent nowhere
    for (Parameter const& parameter : statement_->parameters()) sum += parameter.text.size();
    return sum;
  }

  [[nodiscard]] static bool has_edit(Commit const& commit) {
    return std::any_of(commit.changes.begin(), commit.changes.end(), [](Change const& change) {
      return std::visit([]<class One>(One const&) { return is_edit<One>; }, change);
    });
  }

  // --------------------------------------------------------------------------------------------------------- alone

  /** Null for a commit that must be done step by step. */
  [[nodiscard]] Statement const* in_one() {
    if (!is_put_in_one_) statement_ = OnceWriter(committer_.dialect(), committer_.tables_, commit_).statement();
    is_put_in_one_ = true;
    return statement_ ? &*statement_ : nullptr;
  }

  [[nodiscard]] Event failed(DatabaseFailure const& failure) {
    error_ = committer_.tries_.told(failure);
    is_given_up_ = committer_.tries_.loses_settings(failure);
    return settling::event_of(failure, is_ending_);
  }

  [[nodiscard]] Event bar(Connection& connection) {
    Transaction transaction(connection);
    Writer(connection, committer_.tables_, commit_, false).bar();
    transaction.commit();
    return Event::committed;
  }

  /** Nothing when it was not done, and is to be done step by step, if only to learn why it can't be. */
  [[nodiscard]] std::optional<Event> write_in_one(Connection& connection) {
    Statement const* const statement = in_one();
    if (!statement) return std::nullopt;
    long long revision = 0;
    try {
      is_ending_ = true;
      connection.run(*statement, [&](Row& row) { revision = row[0].number; });
      is_ending_ = false;
      if (revision <= 0) return std::nullopt;
      revision_ = Revision{revision};
      return Event::committed;
    } catch (DatabaseFailure const& failure) {
      // A statement that was interrupted may have been so behind its commit, and what the client's library has made of
      // a reply says nothing of what the server did: only its own refusal means that nothing was done, and not even
      // that once a block has said its revision, which it does before it commits.
      if (failure.may_be_done()) throw;
      if (failure.kind() == FailureKind::busy) return busy_in_one(connection, failure);
      if (revision > 0) throw;
      is_ending_ = false;
      if (failure.kind() != FailureKind::unique && failure.kind() != FailureKind::foreign_key &&
          failure.kind() != FailureKind::overtaken) {
        throw;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] Event busy_in_one(Connection& connection, DatabaseFailure const& failure) {
    bool const is_block = committer_.dialect().one_statement == OneStatement::block;
    if (is_done_after_all(connection)) return Event::done_after_all;
    is_ending_ = false;
    Event const event = failed(failure);
    // A block begins a transaction as any other does, and so step by step would be no better.
    return is_block ? event : Event::busy_in_one;
  }

  /** Of what was told to have been taken back at its end. A cluster says so now and then of what it has done after all,
      by itself and anew, or where others have it and this node was cut off from them. And what it has taken back was
      overtaken by what this node has yet to see, and so would be what begins before it does: a read waits for that. */
  [[nodiscard]] bool is_done_after_all(Connection& connection) {
    return committer_.dialect().may_be_done_after_all && is_token_taken(connection, committer_.tables_, commit_.token);
  }

  [[nodiscard]] Event write_in_steps(Connection& connection) {
    Transaction transaction(connection);
    Writer writer(connection, committer_.tables_, commit_, way_ == Way::with_care);
    // Before anything that is decided anew, such as that an Edit has nothing left to do.
    if (state_ == State::doubtful) writer.take_token();
    auto const revision = writer.write();
    if (!revision) {
      transaction.roll_back();
      revision_ = current_revision(connection, committer_.tables_);
      return Event::committed;
    }
    try {
      is_ending_ = true;
      transaction.commit();
    } catch (DatabaseFailure const& failure) {
      if (failure.kind() == FailureKind::busy && is_done_after_all(connection)) return Event::done_after_all;
      if (failure.is_refusal()) is_ending_ = false;
      throw;
    }
    revision_ = *revision;
    return Event::committed;
  }

  [[nodiscard]] Event look_up() {
    Tables const& tables = committer_.tables_;
    Event found = Event::is_missing;
    auto const read = committer_.tries_.run<void>([&]() -> Result<void> {
      auto const connection = committer_.readers_.lease();
      Statement select(R"(select o."revision", (select count(*) from )");
      select << tables.quoted("change") << R"( h where h."revision" = o."revision"), k."compacted_through" from )"
             << tables.quoted("commit") << " o cross join " << tables.quoted("counter") << R"( k where o."token" = )";
      select.bind(text(to_string(commit_.token)));
      for (int i = 0; i < 3; ++i) select.gives(ValueType::integer);
      connection->run(select, [&](Row& row) {
        revision_.value = row[0].number;
        found = row[0].number <= row[2].number ? Event::is_compacted
                : row[1].number > 0            ? Event::has_changes
                                               : Event::is_bare;
      });
      return {};
    });
    error_ = read.has_error() ? read.error()
                              : Error{.kind = ErrorKind::unavailable,
                                      .message = "what came of the commit is no longer in the change log"};
    return read.has_error() ? Event::no_answer : found;
  }

  /** Whether what is found in the store is kept as well as what a commit was acknowledged for: it is found before other
      servers have it that the commit is to wait for. So something is committed after it. */
  [[nodiscard]] Event confirm() {
    if (!committer_.dialect().waits_for_others) return Event::confirmed;
    auto const confirmed = committer_.tries_.run<void>([&]() -> Result<void> {
      auto const connection = committer_.writers_.lease();
      Transaction transaction(*connection);
      // Which is written down, for the server's own use only.
      static_cast<void>(current_revision(*connection, committer_.tables_, committer_.dialect().lock_rows));
      transaction.commit();
      return {};
    });
    if (confirmed) return Event::confirmed;
    error_ = confirmed.error();
    return Event::no_answer;
  }

  static constexpr std::size_t most_steps = 16;  // of a commit in a group, which others wait for

  Committer& committer_;
  Commit const& commit_;
  std::optional<Statement> statement_{};
  bool is_put_in_one_ = false;
  bool goes_alone_ = false;  // it was in a group, and nothing of it was done there
  State state_ = State::untouched;
  Way way_ = Way::in_one;
  Backoff backoff_ = committer_.tries_.backoff();
  bool is_ending_ = false;    // of the attempt that is being made: from here on nobody can tell whether it is done
  bool is_given_up_ = false;  // there is no connection left that would do
  Revision revision_{};       // what is told of one that is done
  Error refusal_{};           // of one that is refused
  Error error_{};             // of one that has failed, or of which nothing is known
};

// On sessions of a host, whose pool says how many commits may be on their way, each goes by itself.
bool Committer::makes_groups() const noexcept {
  return dialect().grouping != Grouping::none && !options_.host_pool && !options_.joined;
}

Result<Committed> Committer::commit(Commit const& commit) { return Run(*this, commit)(); }

namespace {

[[nodiscard]] Error no_transaction() {
  return {.kind = ErrorKind::invalid_argument,
          .message = "the host's session has no transaction open; nothing was written"};
}

/** As far as it can be: a deadlock, or a connection's end, has taken the savepoint along with the transaction. */
void undo_joined(Connection& connection) noexcept {
  try {
    connection.run_once("rollback to savepoint inlay_commit");
    connection.run_once("release savepoint inlay_commit");
  } catch (...) {
  }
}

}  // namespace

Result<Committed> Committer::commit_joined(Commit const& commit) {
  return tries_.run<Committed>([&]() -> Result<Committed> {
    auto const connection = writers_.lease();
    // Where none is open, SQLite would begin one with the savepoint. MySQL tells only with the savepoint's reply that
    // there is none any more, such as after DDL; it has made none then, and so there is nothing to undo.
    if (!driver_.is_in_transaction(*options_.joined)) return no_transaction();
    driver_.check_place(*options_.joined);
    connection->run_once("savepoint inlay_commit");
    if (!driver_.is_in_transaction(*options_.joined)) return no_transaction();
    try {
      refuse_stale_snapshot(*connection);
      auto const revision = Writer(*connection, tables_, commit, true).write();
      if (!revision) connection->run_once("rollback to savepoint inlay_commit");
      connection->run_once("release savepoint inlay_commit");
      return Committed{revision ? *revision : current_revision(*connection, tables_)};
    } catch (...) {  // whatever an Edit throws, too
      undo_joined(*connection);
      throw;
    }
  });
}

/** Where the database itself does not: what the host's transaction reads after this commit would be the snapshot
    without what others have committed since, and the commit, whose revision is after theirs. Who follows the changes
    there would miss theirs. */
void Committer::refuse_stale_snapshot(Connection& connection) const {
  if (!dialect().writes_behind_snapshot) return;
  // In this order: where the snapshot is not taken yet, the second one takes it, while nobody else can commit.
  Revision const current = current_revision(connection, tables_, dialect().lock_rows);
  if (current_revision(connection, tables_) == current) return;
  throw DatabaseFailure(FailureKind::busy,
                        "others have committed since the host's transaction took its snapshot; it is the host's to"
                        " roll back and to begin again, or to be READ COMMITTED");
}

}  // namespace inlay::sql
