// SPDX-License-Identifier: BSL-1.0
#include <backends/sql/settling.hpp>
#include <support/catch.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

using namespace inlay;
using inlay::sql::DatabaseFailure;
using inlay::sql::FailureKind;
using inlay::sql::settling::after;
using inlay::sql::settling::Event;
using inlay::sql::settling::event_of;
using inlay::sql::settling::is_end;
using inlay::sql::settling::Pause;
using inlay::sql::settling::State;
using inlay::sql::settling::Way;

namespace {

constexpr std::array states{State::untouched, State::reconnected,  State::doubtful,  State::barring,
                            State::found,     State::found_barred, State::confirming};

/** What follows an event in each of these states; `...` after a state: when an attempt has been waited with. */
struct Line {
  Event event;
  std::array<std::string_view, states.size()> next;
};

// clang-format off
constexpr std::array table{
    //                             untouched         reconnected       doubtful       barring        found         found_barred  confirming
    Line{Event::committed,       {"done",           "done",           "done",        "refused",     "unknown",    "unknown",    "unknown"}},
    Line{Event::needs_care,      {"untouched",      "reconnected",    "doubtful",    "unknown",     "unknown",    "unknown",    "unknown"}},
    Line{Event::refused,         {"refused",        "refused",        "barring",     "unknown",     "unknown",    "unknown",    "unknown"}},
    Line{Event::token_taken,     {"refused",        "refused",        "found",       "found_barred", "unknown",   "unknown",    "unknown"}},
    Line{Event::done_after_all,  {"found",          "found",          "found",       "unknown",     "unknown",    "unknown",    "unknown"}},
    Line{Event::busy_in_one,     {"untouched...",   "reconnected...", "doubtful...", "unknown",     "unknown",    "unknown",    "unknown"}},
    Line{Event::busy,            {"untouched...",   "reconnected...", "doubtful...", "barring...",  "unknown",    "unknown",    "unknown"}},
    Line{Event::connection_lost, {"reconnected...", "failed",         "doubtful...", "barring...",  "unknown",    "unknown",    "unknown"}},
    Line{Event::server_gone,     {"failed",         "failed",         "doubtful...", "barring...",  "unknown",    "unknown",    "unknown"}},
    Line{Event::failed,          {"failed",         "failed",         "unknown",     "unknown",     "unknown",    "unknown",    "unknown"}},
    Line{Event::cut_off_at_end,  {"doubtful anew",  "doubtful anew",  "doubtful...", "unknown",     "unknown",    "unknown",    "unknown"}},
    Line{Event::failed_at_end,   {"unknown",        "unknown",        "unknown",     "unknown",     "unknown",    "unknown",    "unknown"}},
    Line{Event::not_replicated,  {"unknown",        "unknown",        "unknown",     "unknown",     "unknown",    "unknown",    "unknown"}},
    Line{Event::has_changes,     {"unknown",        "unknown",        "unknown",     "unknown",     "confirming", "confirming", "unknown"}},
    Line{Event::is_bare,         {"unknown",        "unknown",        "unknown",     "unknown",     "confirming", "refused",    "unknown"}},
    Line{Event::is_compacted,    {"unknown",        "unknown",        "unknown",     "unknown",     "confirming", "unknown",    "unknown"}},
    Line{Event::is_missing,      {"unknown",        "unknown",        "unknown",     "unknown",     "unknown",    "unknown",    "unknown"}},
    Line{Event::confirmed,       {"unknown",        "unknown",        "unknown",     "unknown",     "unknown",    "unknown",    "done"}},
    Line{Event::no_answer,       {"unknown",        "unknown",        "unknown",     "unknown",     "unknown",    "unknown",    "unknown"}},
    Line{Event::no_time,         {"failed",         "failed",         "unknown",     "unknown",     "unknown",    "unknown",    "unknown"}},
};
// clang-format on

constexpr std::string_view name_of(State state) {
  switch (state) {
    case State::untouched: return "untouched";
    case State::reconnected: return "reconnected";
    case State::doubtful: return "doubtful";
    case State::barring: return "barring";
    case State::found: return "found";
    case State::found_barred: return "found_barred";
    case State::confirming: return "confirming";
    case State::done: return "done";
    case State::refused: return "refused";
    case State::failed: return "failed";
    case State::unknown: return "unknown";
  }
  return "none";
}

std::string what_follows(State state, Event event) {
  auto const rule = after(state, event);
  std::string next(name_of(rule.next));
  if (rule.pause == Pause::next) next += "...";
  if (rule.pause == Pause::first) next += " anew";
  return next;
}

constexpr std::array<FailureKind, 17> kinds{
    FailureKind::unique,    FailureKind::foreign_key,   FailureKind::exists, FailureKind::no_such_column,
    FailureKind::overtaken, FailureKind::busy,          FailureKind::lost,   FailureKind::no_connection_left,
    FailureKind::aborted,   FailureKind::stale_session, FailureKind::moved,  FailureKind::interrupted,
    FailureKind::read_only, FailureKind::not_ready,     FailureKind::other,  FailureKind::unreachable,
    FailureKind::corrupt,
};

}  // namespace

TEST_CASE("what becomes of a commit follows from what is known of it and from what has happened") {
  for (std::size_t line = 0; line < table.size(); ++line) {
    CHECK(static_cast<std::size_t>(table.at(line).event) == line);  // each event has a line
    for (std::size_t i = 0; i < states.size(); ++i) {
      INFO("event " << line << " in " << name_of(states.at(i)));
      CHECK(what_follows(states.at(i), table.at(line).event) == table.at(line).next.at(i));
    }
  }
}

TEST_CASE("a commit that has an end keeps it, and is never said to be undone while it may be done") {
  for (Line const& line : table) {
    for (State const state : {State::doubtful, State::barring, State::found, State::found_barred, State::confirming}) {
      INFO("event " << static_cast<int>(line.event) << " in " << name_of(state));
      State const next = after(state, line.event).next;
      CHECK(next != State::untouched);
      CHECK(next != State::reconnected);
      CHECK(next != State::failed);
      // What was refused is told only when the token is known to be taken by the row that keeps the commit out.
      bool const is_barred = state == State::barring && line.event == Event::committed;
      bool const is_bare = state == State::found_barred && line.event == Event::is_bare;
      CHECK((next == State::refused) == (is_barred || is_bare));
    }
  }
  CHECK(is_end(State::done));
  CHECK(is_end(State::refused));
  CHECK(is_end(State::failed));
  CHECK(is_end(State::unknown));
  for (State const state : states) CHECK_FALSE(is_end(state));
}

TEST_CASE("each commit has an end when there is no more time") {
  for (State const state : {State::untouched, State::reconnected, State::doubtful, State::barring}) {
    CHECK(is_end(after(state, Event::no_time).next));
  }
  for (State const state : {State::found, State::found_barred, State::confirming}) {
    CHECK(is_end(after(state, Event::no_answer).next));
  }
}

TEST_CASE("patience is anew only when a commit comes to be in doubt") {
  for (Line const& line : table) {
    for (State const state : states) {
      auto const rule = after(state, line.event);
      bool const comes_into_doubt = rule.next == State::doubtful && state != State::doubtful;
      CHECK((rule.pause == Pause::first) == comes_into_doubt);
    }
  }
}

TEST_CASE("a commit is made in one statement, then in steps, then with care, and never the other way") {
  CHECK(after(Way::in_one, Event::busy_in_one) == Way::in_steps);
  CHECK(after(Way::in_one, Event::needs_care) == Way::with_care);
  CHECK(after(Way::in_steps, Event::needs_care) == Way::with_care);
  for (Way const way : {Way::in_one, Way::in_steps, Way::with_care}) {
    for (Line const& line : table) {
      CHECK(after(way, line.event) >= way);
      if (line.event == Event::busy_in_one || line.event == Event::needs_care) continue;
      CHECK(after(way, line.event) == way);
    }
  }
}

TEST_CASE("what a failure is to a commit depends on whether it was ending") {
  for (FailureKind const kind : kinds) {
    INFO("kind " << static_cast<int>(kind));
    DatabaseFailure const failure(kind, "words");
    Event before = Event::failed;
    Event at_end = Event::failed_at_end;
    switch (kind) {
      case FailureKind::busy: before = Event::busy; break;
      case FailureKind::lost:
      case FailureKind::stale_session:
      case FailureKind::read_only:
      case FailureKind::not_ready: before = Event::connection_lost; break;
      case FailureKind::interrupted:
      case FailureKind::unreachable:
      case FailureKind::no_connection_left: before = Event::server_gone; break;
      default: break;
    }
    if (before != Event::failed) at_end = Event::cut_off_at_end;
    CHECK(event_of(failure, false) == before);
    CHECK(event_of(failure, true) == at_end);
    // What is of our own making says nothing of what the server did.
    CHECK(event_of(DatabaseFailure::on_our_side(kind, "words"), true) == Event::cut_off_at_end);
  }
  CHECK(event_of(DatabaseFailure::on_our_side(FailureKind::other, "words"), false) == Event::server_gone);
  for (bool const is_ending : {false, true}) {
    CHECK(event_of(DatabaseFailure(FailureKind::not_replicated, "words"), is_ending) == Event::not_replicated);
  }
}
