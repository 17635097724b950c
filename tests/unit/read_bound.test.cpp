// SPDX-License-Identifier: BSL-1.0
#include <backends/sql/read_bound.hpp>
#include <support/catch.hpp>

#include <random>

using namespace inlay;
using inlay::sql::ReadBound;
using namespace std::chrono_literals;

namespace {

constexpr ReadBound::TimePoint start{};

/** Lets a standby that is at `revision` answer. */
bool answers(ReadBound& bound, Revision revision, ReadBound::TimePoint now, Revision at_least = {}) {
  return bound.take_from_standby(bound.begin(at_least), revision, now);
}

}  // namespace

TEST_CASE("a standby's answer is given only where it has come as far as the handle was told") {
  ReadBound bound;
  CHECK(answers(bound, Revision{0}, start));
  bound.tell(Revision{5});
  CHECK_FALSE(answers(bound, Revision{4}, start));
  CHECK(answers(bound, Revision{5}, start));
  CHECK(answers(bound, Revision{9}, start));
  CHECK(bound.seen() == Revision{9});
  CHECK_FALSE(answers(bound, Revision{8}, start));  // no way back
  bound.tell(Revision{7});                          // said late
  CHECK(bound.seen() == Revision{9});
}

TEST_CASE("what a caller knows more holds for its own read only") {
  ReadBound bound;
  bound.tell(Revision{3});
  CHECK_FALSE(answers(bound, Revision{3}, start, Revision{4}));
  CHECK(answers(bound, Revision{3}, start));
  CHECK(answers(bound, Revision{4}, start, Revision{2}));
  CHECK(bound.seen() == Revision{4});
}

TEST_CASE("a read is held to what was told before it began") {
  ReadBound bound;
  auto const earlier = bound.begin();
  bound.tell(Revision{5});
  CHECK(bound.take_from_standby(earlier, Revision{4}, start));
  CHECK(bound.seen() == Revision{5});
}

TEST_CASE("after what was told without a revision the primary is asked until it has answered a read begun since") {
  ReadBound bound;
  CHECK(bound.may_ask_standby(bound.begin(), start));
  auto const earlier = bound.begin();
  bound.doubt();
  CHECK_FALSE(bound.may_ask_standby(bound.begin(), start));
  CHECK(bound.take_from_primary(earlier, Revision{1}));  // begun before: it says nothing of that
  CHECK_FALSE(bound.may_ask_standby(bound.begin(), start));
  CHECK(bound.take_from_primary(bound.begin(), Revision{1}));
  CHECK(bound.may_ask_standby(bound.begin(), start));
}

TEST_CASE("a standby that fails is left alone for longer each time and then tried by one read at a time") {
  ReadBound bound;
  auto now = start;
  auto pause = ReadBound::shortest_after_failure;
  for (int failure = 0; failure < 12; ++failure) {
    CHECK(bound.may_ask_standby(bound.begin(), now));
    bound.standby_failed(now);
    CHECK_FALSE(bound.may_ask_standby(bound.begin(), now + pause - 1ms));
    now += pause;
    CHECK(bound.may_ask_standby(bound.begin(), now));
    CHECK_FALSE(bound.may_ask_standby(bound.begin(), now));  // somebody is at it
    now += pause;
    pause = std::min<std::chrono::milliseconds>(2 * pause, ReadBound::longest_after_failure);
  }
  CHECK(pause == ReadBound::longest_after_failure);
  CHECK(answers(bound, Revision{1}, now));
  CHECK(bound.may_ask_standby(bound.begin(), now));
  CHECK(bound.may_ask_standby(bound.begin(), now));
}

TEST_CASE("a standby that is behind is asked no more for what it has not until a while later") {
  ReadBound bound;
  bound.tell(Revision{5});
  CHECK(bound.may_ask_standby(bound.begin(), start));
  CHECK_FALSE(answers(bound, Revision{4}, start));
  CHECK_FALSE(bound.may_ask_standby(bound.begin(), start));
  auto const later = start + ReadBound::shortest_behind;
  CHECK(bound.may_ask_standby(bound.begin(), later));
  CHECK_FALSE(answers(bound, Revision{4}, later));
  CHECK_FALSE(bound.may_ask_standby(bound.begin(), later + ReadBound::shortest_behind));  // longer than before
  auto const much_later = later + ReadBound::longest_behind;
  CHECK(bound.may_ask_standby(bound.begin(), much_later));
  CHECK(answers(bound, Revision{5}, much_later));
  CHECK(bound.may_ask_standby(bound.begin(), much_later));
}

TEST_CASE("one read that wants what no standby has keeps the others from none") {
  ReadBound bound;
  CHECK(answers(bound, Revision{4}, start));
  CHECK_FALSE(answers(bound, Revision{4}, start, Revision{1'000}));
  CHECK_FALSE(bound.may_ask_standby(bound.begin(Revision{1'000}), start));
  CHECK(bound.may_ask_standby(bound.begin(), start));
}

TEST_CASE("a primary that is behind what a standby has shown is not given until it is believed") {
  ReadBound bound;
  CHECK(answers(bound, Revision{7}, start));
  auto const read = bound.begin();
  CHECK_FALSE(bound.take_from_primary(read, Revision{6}));
  CHECK(bound.seen() == Revision{7});
  bound.believe_primary(read, Revision{6});
  CHECK(bound.seen() == Revision{6});
  CHECK(bound.take_from_primary(bound.begin(), Revision{6}));
  // Unless somebody was told more meanwhile.
  bound.tell(Revision{8});
  auto const late = bound.begin();
  bound.tell(Revision{9});
  bound.believe_primary(late, Revision{7});
  CHECK(bound.seen() == Revision{9});
}

TEST_CASE("a store that was replaced begins anew at whatever revision its primary has") {
  ReadBound bound;
  bound.tell(Revision{100});
  bound.forget();
  CHECK_FALSE(bound.may_ask_standby(bound.begin(), start));
  CHECK(bound.take_from_primary(bound.begin(), Revision{3}));
  CHECK(bound.seen() == Revision{3});
}

TEST_CASE("whatever servers answer in turn no read goes back") {
  unsigned const seed = std::random_device{}();
  CAPTURE(seed);
  std::minstd_rand random{seed};
  auto const below = [&](std::int64_t limit) {
    return std::uniform_int_distribution<std::int64_t>(0, limit - 1)(random);
  };
  for (int run = 0; run < 200; ++run) {
    ReadBound bound;
    auto now = start;
    Revision primary{1};
    Revision told{};
    for (int step = 0; step < 100; ++step) {
      now += std::chrono::milliseconds(below(20));
      primary.value += below(2);
      if (below(4) == 0) {
        bound.tell(primary);
        told = primary;
      }
      if (below(10) == 0) bound.doubt();
      auto const read = bound.begin();
      Revision const standby{std::max<std::int64_t>(0, primary.value - below(4))};
      Revision given = primary;
      if (bound.may_ask_standby(read, now)) {
        if (below(5) == 0) {
          bound.standby_failed(now);
        } else if (bound.take_from_standby(read, standby, now)) {
          given = standby;
        }
      }
      if (given == primary) REQUIRE(bound.take_from_primary(bound.begin(), primary));
      REQUIRE(given >= told);
      told = given;
    }
  }
}
