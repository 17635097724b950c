// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/internal/check_cursor.hpp>

#include <support/catch.hpp>

#include <optional>

using namespace inlay;

namespace {

/** A store at revision 9, compacted through 4. */
StoreState store_at_nine() {
  StoreState state{.store_id = generate_uuid()};
  state.newest.revision = Revision{9};
  state.newest.token = generate_uuid();
  state.compacted.revision = Revision{4};
  state.compacted.token = generate_uuid();
  return state;
}

/** What a cursor is refused for; nothing when it is followed. */
std::optional<Reason> refusal(ChangeCursor const& after, StoreState const& state, Uuid const& token_there = {},
                              bool may_lag = false) {
  auto const checked = storage::check_cursor(after, state, token_there, [may_lag] { return may_lag; });
  return checked ? std::nullopt : std::optional(checked.error().reason);
}

ErrorKind kind(ChangeCursor const& after, StoreState const& state, Uuid const& token_there = {}, bool may_lag = false) {
  auto const checked = storage::check_cursor(after, state, token_there, [may_lag] { return may_lag; });
  REQUIRE(checked.has_error());
  return checked.error().kind;
}

}  // namespace

TEST_CASE("a revision alone is followed from wherever the log still is") {
  StoreState const state = store_at_nine();
  for (int revision = 4; revision <= 9; ++revision) CHECK_FALSE(refusal(Revision{revision}, state));
  CHECK(kind(Revision{3}, state) == ErrorKind::compacted);
  CHECK(kind(Revision{10}, state) == ErrorKind::invalid_argument);
  CHECK(kind(Revision{10}, state, {}, true) == ErrorKind::unavailable);
}

TEST_CASE("a cursor of another store, or of another commit at its revision, is a fork") {
  StoreState const state = store_at_nine();
  Uuid const token = generate_uuid();
  CHECK_FALSE(refusal(ChangeCursor(Revision{6}, state.store_id, token), state, token));
  CHECK(refusal(ChangeCursor(Revision{6}, generate_uuid(), token), state, token) == Reason::forked);
  CHECK(refusal(ChangeCursor(Revision{6}, state.store_id, token), state, generate_uuid()) == Reason::forked);
  // Also where it is of a revision that is not reached, or no longer kept.
  CHECK(refusal(ChangeCursor(Revision{99}, generate_uuid(), token), state) == Reason::forked);
  CHECK(refusal(ChangeCursor(Revision{1}, generate_uuid(), token), state) == Reason::forked);
}

TEST_CASE("the ends of the log are known without their commits") {
  StoreState const state = store_at_nine();
  for (LogEnd const& end : {state.compacted, state.newest}) {
    CHECK_FALSE(refusal(storage::cursor_of(state.store_id, end.revision, end.token), state));
    CHECK(refusal(storage::cursor_of(state.store_id, end.revision, generate_uuid()), state) == Reason::forked);
  }
  CHECK(storage::cursor_of(state) == ChangeCursor(Revision{9}, state.store_id, state.newest.token));
}

TEST_CASE("a commit that is not there any more can't be told from another, and is no fork") {
  StoreState const state = store_at_nine();
  CHECK(kind(ChangeCursor(Revision{6}, state.store_id, generate_uuid()), state) == ErrorKind::compacted);
}

TEST_CASE("what a store without an identity knows is looked at, and no more") {
  StoreState state = store_at_nine();
  state.store_id = {};
  CHECK_FALSE(refusal(ChangeCursor(Revision{6}, generate_uuid(), std::nullopt), state));
  CHECK_FALSE(storage::cursor_of(state).store.has_value());
}
