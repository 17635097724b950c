// SPDX-License-Identifier: BSL-1.0
// What judges the histories of the tests of clusters, judged itself: by histories that it must tell apart, and by
// trying all orders of small ones.
#include <support/catch.hpp>
#include <support/history.hpp>
#include <support/random.hpp>

#include <algorithm>
#include <numeric>

using support::History;
using Kind = History::Kind;
using Operations = std::vector<History::Operation>;

namespace {

History::Operation at(History::Time begin, History::Time end, Kind kind, std::int64_t version) {
  return {.kind = kind, .version = version, .begin = begin, .end = end, .by = "client"};
}

std::vector<std::string> faults(Operations const& operations) {
  History history;
  for (auto const& operation : operations) history.add("a", operation);
  return history.faults();
}

/** Whether one of all orders explains it. */
bool can_be(Operations const& operations) {
  std::vector<std::size_t> order(operations.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  do {
    // Each step after all that had ended before it began. What may have happened can stand last, and then be left out.
    bool is_possible = true;
    for (std::size_t i = 0; i < order.size() && is_possible; ++i) {
      for (std::size_t j = i + 1; j < order.size() && is_possible; ++j) {
        auto const& first = operations[order[i]];
        auto const& second = operations[order[j]];
        is_possible = first.kind == Kind::may_write || second.kind == Kind::may_write
                          ? second.kind == Kind::may_write || second.end > first.begin
                          : second.end >= first.begin;
      }
    }
    if (!is_possible) continue;
    for (unsigned left_out = 0; left_out < 1U << order.size(); ++left_out) {
      std::int64_t version = 1;
      bool is_explained = true;
      for (std::size_t const i : order) {
        auto const& operation = operations[i];
        if ((left_out >> i & 1U) != 0U) {
          is_explained = is_explained && operation.kind == Kind::may_write;
        } else if (operation.kind == Kind::read) {
          is_explained = is_explained && operation.version == version;
        } else {
          is_explained = is_explained && operation.version == ++version;
        }
      }
      if (is_explained) return true;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  return false;
}

}  // namespace

TEST_CASE("a history in which each read saw the last write is taken") {
  CHECK(faults({}).empty());
  CHECK(faults({at(1, 2, Kind::read, 1), at(3, 4, Kind::wrote, 2), at(5, 6, Kind::read, 2)}).empty());
  // At the same time as a write either is right, and a second reader may see it before the writer is told.
  CHECK(faults({at(1, 9, Kind::wrote, 2), at(2, 3, Kind::read, 1), at(4, 5, Kind::read, 2)}).empty());
}

TEST_CASE("a read of what had been written over is found") {
  CHECK(faults({at(1, 2, Kind::wrote, 2), at(3, 4, Kind::read, 1)}).size() == 1);
  // So is one that goes back behind what another client saw of a write that has not ended yet.
  CHECK(faults({at(1, 9, Kind::wrote, 2), at(2, 3, Kind::read, 2), at(4, 5, Kind::read, 1)}).size() == 1);
}

TEST_CASE("a version that was made twice is found, and one that was made by nobody") {
  CHECK(faults({at(1, 2, Kind::wrote, 2), at(3, 4, Kind::wrote, 2)}).size() == 1);
  CHECK(faults({at(1, 2, Kind::wrote, 3)}).size() == 1);
  CHECK(faults({at(1, 2, Kind::read, 2)}).size() == 1);
}

TEST_CASE("an acknowledged write that is gone is found") {
  CHECK(faults({at(1, 2, Kind::wrote, 2), at(3, 4, Kind::wrote, 3), at(5, 6, Kind::read, 2)}).size() == 1);
}

TEST_CASE("a write with unknown outcome may have happened at any time since it began, or never") {
  auto const unknown = at(1, 2, Kind::may_write, 2);
  CHECK(faults({unknown}).empty());
  CHECK(faults({unknown, at(3, 4, Kind::read, 1)}).empty());
  CHECK(faults({unknown, at(3, 4, Kind::read, 1), at(5, 6, Kind::read, 2)}).empty());
  CHECK(faults({unknown, at(3, 4, Kind::wrote, 2)}).empty());
  CHECK(faults({unknown, at(3, 4, Kind::read, 2), at(5, 6, Kind::read, 1)}).size() == 1);
  CHECK(faults({at(0, 0, Kind::read, 2), unknown}).size() == 1);
}

TEST_CASE("a write that was told to have done nothing, and has, is found") {
  auto const found = faults({at(1, 2, Kind::did_not, 2), at(3, 4, Kind::read, 2)});
  REQUIRE(found.size() == 1);
  CHECK(found[0].find("did not make version 2") != std::string::npos);
  CHECK(faults({at(1, 2, Kind::did_not, 2), at(3, 4, Kind::wrote, 2)}).empty());
}

TEST_CASE("rows are judged each for itself, from the version that they start with") {
  History history;
  history.start("a", 5);
  history.add("a", at(1, 2, Kind::read, 5));
  history.add("b", at(1, 2, Kind::read, 1));
  CHECK(history.faults().empty());
  CHECK(history.size() == 2);
  history.add("a", at(3, 4, Kind::read, 4));
  history.add("c", at(3, 4, Kind::read, 2));
  CHECK(history.faults().size() == 2);
}

TEST_CASE("of random small histories those are found faulty that no order explains") {
  auto random = inlay::test::random();
  CAPTURE(random.seed());
  int possible = 0;
  int impossible = 0;
  for (int turn = 0; turn < 4'000; ++turn) {
    // Times differ, so that no two steps touch.
    std::size_t const count = 1 + random.below(5);
    std::vector<History::Time> times(2 * count);
    std::iota(times.begin(), times.end(), History::Time{1});
    for (std::size_t i = times.size(); i > 1; --i) std::swap(times[i - 1], times[random.below(i)]);
    Operations operations;
    for (std::size_t i = 0; i < count; ++i) {
      static constexpr Kind kinds[] = {Kind::wrote, Kind::read, Kind::read, Kind::may_write};
      auto const [begin, end] = std::minmax(times[2 * i], times[2 * i + 1]);
      Kind const kind = kinds[random.below(4)];
      auto const version = static_cast<std::int64_t>((kind == Kind::read ? 1 : 2) + random.below(2));
      operations.push_back(at(begin, end, kind, version));
    }
    bool const expected = can_be(operations);
    auto const found = faults(operations);
    ++(expected ? possible : impossible);
    INFO("history " << turn << (found.empty() ? "" : ": " + found[0]));
    REQUIRE(found.empty() == expected);
  }
  CHECK(possible > 500);
  CHECK(impossible > 500);
}
