// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_SETTLING_HPP
#define INLAY_BACKENDS_SQL_SETTLING_HPP

// What becomes of a commit: what is known of it, what can happen to it, and what follows. It does no input or output;
// Committer does what it says.

#include <backends/sql/failure.hpp>

#include <array>

namespace inlay::sql::settling {

/** What is known of a commit, and so what is to be done next. */
enum class State {
  // An attempt is made.
  untouched,    ///< no attempt is done, or can be yet
  reconnected,  ///< the same, after a connection was lost, for which there is one more attempt
  doubtful,     ///< an earlier attempt may be done, or be done yet: the next takes the token before all else
  barring,      ///< a later attempt was refused: the token is taken, so that no earlier one is ever done
  // The token is taken, and the store is asked by what.
  found,         ///< by the commit
  found_barred,  ///< by the commit, or by the row that was to keep it out and whose own end was not seen
  // It was done.
  confirming,  ///< and is to be kept as well as what a commit is acknowledged for
  // It has an end.
  done,
  refused,  ///< what the store has said of it; nothing is done
  failed,   ///< what the database has said of it; nothing is done
  unknown,  ///< whether anything is done
};

/** What has happened in a state. */
enum class Event {
  // In an attempt.
  committed,        ///< its end was seen
  needs_care,       ///< it is to be made again, so that it can be said why it was refused
  refused,          ///< by the store, for a reason of its own
  token_taken,      ///< there is a commit of this token
  done_after_all,   ///< it was said to have been taken back, and there is a commit of its token
  busy_in_one,      ///< it was made in one statement, and somebody was in the way; nothing of it is done
  busy,             ///< somebody was in the way; nothing of it is done
  connection_lost,  ///< before its end; another connection may be better
  server_gone,      ///< before its end; nothing is said of what another attempt would meet
  failed,           ///< before its end, of what another attempt would meet as well
  cut_off_at_end,   ///< nobody has seen its end, and the store may tell of it
  failed_at_end,    ///< neither is it known whether it is done, nor would the store tell
  not_replicated,   ///< done, but not where it had to be
  // When it was looked for.
  has_changes,   ///< with what it has changed
  is_bare,       ///< there is a row of its token, and no change
  is_compacted,  ///< there is a row of its token, and changes are no longer kept
  is_missing,    ///< there is none any more
  // Wherever it stands.
  confirmed,  ///< others have it
  no_answer,  ///< the store could not be asked
  no_time,    ///< there is no more patience for another attempt
};

/** How long an attempt is waited with. */
enum class Pause {
  none,
  next,   ///< as long as there is patience, else no_time is what happens next
  first,  ///< the same, with patience anew: what the attempt itself has taken says nothing of the server
};

struct Rule {
  State state;
  Event event;
  State next;
  Pause pause = Pause::none;
};

namespace detail {

using enum State;

inline constexpr std::array rules{
    Rule{untouched, Event::committed, done},
    Rule{untouched, Event::needs_care, untouched},
    Rule{untouched, Event::refused, refused},
    Rule{untouched, Event::token_taken, refused},
    Rule{untouched, Event::done_after_all, found},
    Rule{untouched, Event::busy_in_one, untouched, Pause::next},
    Rule{untouched, Event::busy, untouched, Pause::next},
    Rule{untouched, Event::connection_lost, reconnected, Pause::next},
    Rule{untouched, Event::server_gone, failed},
    Rule{untouched, Event::failed, failed},
    Rule{untouched, Event::cut_off_at_end, doubtful, Pause::first},
    Rule{untouched, Event::no_time, failed},

    Rule{reconnected, Event::committed, done},
    Rule{reconnected, Event::needs_care, reconnected},
    Rule{reconnected, Event::refused, refused},
    Rule{reconnected, Event::token_taken, refused},
    Rule{reconnected, Event::done_after_all, found},
    Rule{reconnected, Event::busy_in_one, reconnected, Pause::next},
    Rule{reconnected, Event::busy, reconnected, Pause::next},
    Rule{reconnected, Event::connection_lost, failed},
    Rule{reconnected, Event::server_gone, failed},
    Rule{reconnected, Event::failed, failed},
    Rule{reconnected, Event::cut_off_at_end, doubtful, Pause::first},
    Rule{reconnected, Event::no_time, failed},

    // By now the token tells how the earlier attempt ended: it is taken when that was done, and when it was not, our
    // taking it keeps it from ever being done. Until it tells, whatever another connection may be better for is worth
    // another attempt.
    Rule{doubtful, Event::committed, done},
    Rule{doubtful, Event::needs_care, doubtful},
    Rule{doubtful, Event::refused, barring},
    Rule{doubtful, Event::token_taken, found},
    Rule{doubtful, Event::done_after_all, found},
    Rule{doubtful, Event::busy_in_one, doubtful, Pause::next},
    Rule{doubtful, Event::busy, doubtful, Pause::next},
    Rule{doubtful, Event::connection_lost, doubtful, Pause::next},
    Rule{doubtful, Event::server_gone, doubtful, Pause::next},
    Rule{doubtful, Event::cut_off_at_end, doubtful, Pause::next},

    Rule{barring, Event::committed, refused},
    Rule{barring, Event::token_taken, found_barred},
    Rule{barring, Event::busy, barring, Pause::next},
    Rule{barring, Event::connection_lost, barring, Pause::next},
    Rule{barring, Event::server_gone, barring, Pause::next},

    Rule{found, Event::has_changes, confirming},
    Rule{found, Event::is_bare, confirming},
    Rule{found, Event::is_compacted, confirming},

    // Without its changes nobody can tell a commit that was done late from the row that was to keep it out.
    Rule{found_barred, Event::has_changes, confirming},
    Rule{found_barred, Event::is_bare, refused},

    // Found before other servers have it that the commit is to wait for. When something later has an end, they do.
    Rule{confirming, Event::confirmed, done},
};

}  // namespace detail

/** What follows. Whatever no rule is for leaves it unknown what became of the commit: not_replicated, wherever it
    happens (that its token is found where it was committed would not settle it), or what fails in doubt. */
[[nodiscard]] constexpr Rule after(State state, Event event) noexcept {
  for (Rule const& rule : detail::rules) {
    if (rule.state == state && rule.event == event) return rule;
  }
  return {state, event, State::unknown};
}

[[nodiscard]] constexpr bool is_end(State state) noexcept { return state >= State::done; }

/** How an attempt is made. */
enum class Way {
  in_one,     ///< in one statement, if the commit and the database are fit for it; else as the next
  in_steps,   ///< in a transaction of several statements, which says which isolation it needs
  with_care,  ///< the same, and what is wrong is looked for before the database refuses it
};

[[nodiscard]] constexpr Way after(Way way, Event event) noexcept {
  if (event == Event::needs_care) return Way::with_care;
  return event == Event::busy_in_one && way == Way::in_one ? Way::in_steps : way;
}

/** What an attempt's failure is. `is_ending`: from then on nobody can tell whether it is done. */
[[nodiscard]] inline Event event_of(DatabaseFailure const& failure, bool is_ending) noexcept {
  if (failure.kind() == FailureKind::not_replicated) return Event::not_replicated;
  bool const is_busy = failure.kind() == FailureKind::busy;
  bool const is_gone = failure.may_be_done() || failure.kind() == FailureKind::unreachable ||
                       failure.kind() == FailureKind::no_connection_left;
  if (is_ending) {
    return is_busy || is_gone || failure.is_of_connection() ? Event::cut_off_at_end : Event::failed_at_end;
  }
  if (is_busy) return Event::busy;
  if (failure.is_of_connection()) return Event::connection_lost;
  return is_gone ? Event::server_gone : Event::failed;
}

}  // namespace inlay::sql::settling

#endif
