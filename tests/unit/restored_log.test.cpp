// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/internal/restored_log.hpp>

#include <support/catch.hpp>

using namespace inlay;

namespace {

CommitRecord commit(std::int64_t revision, std::int64_t time) {
  return {.revision = {revision}, .token = generate_uuid(), .actor = "ann", .time = {time}};
}

}  // namespace

TEST_CASE("a log that is restored has the moments and links that its records tell") {
  StoreHeader const header = StoreHeader::of({.store_id = generate_uuid(),
                                              .newest = {{9}, generate_uuid(), {90}, sha256("9")},
                                              .compacted = {{6}, generate_uuid(), {60}, sha256("6")}});
  storage::RestoredLog log(header);
  CommitRecord one = commit(7, 1);
  one.moment = {70};
  one.chain = sha256("7");
  CHECK(log.next(one) == LogEnd{{7}, one.token, {70}, sha256("7")});
  CHECK(log.state() == StoreState{header.store_id, header.newest(), header.compacted()});
}

TEST_CASE("a log whose records tell no chain is chained as they come, each moment the running maximum of times") {
  storage::RestoredLog log(StoreHeader{.format = 1, .revision = {9}, .compacted_through = {6}});
  LogEnd last{.revision = {6}};
  for (auto const& [revision, time, moment] :
       {std::array<std::int64_t, 3>{7, 1'000, 1'000}, {8, 10, 1'001}, {9, 5'000'000'000'000, 5'000'000'000'000}}) {
    CommitRecord const one = commit(revision, time);
    last = {one.revision,
            one.token,
            {moment},
            storage::next_link(last.chain, one.revision, {moment}, storage::content_digest(one))};
    CHECK(log.next(one) == last);
  }
  CHECK(log.state() == StoreState{.newest = last, .compacted = {.revision = {6}}});
}

TEST_CASE("a store whose last commits are not among records that tell no chain has no token of its newest") {
  storage::RestoredLog log(StoreHeader{.format = 1, .revision = {9}});
  LogEnd const last = log.next(commit(7, 1'000));
  StoreState const state = log.state();
  CHECK(state.newest == LogEnd{{9}, {}, last.moment, last.chain});
  CHECK(storage::RestoredLog(StoreHeader{}).state() == StoreState{});
}
