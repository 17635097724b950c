// SPDX-License-Identifier: BSL-1.0
#include <backends/sql/group_queue.hpp>
#include <support/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

using inlay::sql::Footprint;
using inlay::sql::GroupQueue;
using namespace std::chrono_literals;

namespace {

using Turn = GroupQueue::Turn;

auto soon() { return GroupQueue::Clock::now() + 30s; }

std::unique_ptr<GroupQueue::Member> member(std::uint64_t row) {
  return std::make_unique<GroupQueue::Member>(Footprint{.alone = {row}}, 1);
}

/** A caller on a thread of its own, whose member waits. */
class Caller {
 public:
  Caller(GroupQueue& queue, std::unique_ptr<GroupQueue::Member> its, GroupQueue::Clock::time_point deadline = soon())
      : member(std::move(its)), thread_([this, &queue, deadline] {
          turn_ = queue.wait(*member, deadline);
          has_turn_ = true;
        }) {}
  ~Caller() {
    if (thread_.joinable()) thread_.join();
  }
  Caller(Caller const&) = delete;
  Caller& operator=(Caller const&) = delete;

  Turn turn() {
    thread_.join();
    return turn_;
  }
  [[nodiscard]] bool has_turn() const { return has_turn_; }

  std::unique_ptr<GroupQueue::Member> member;

 private:
  Turn turn_{};
  std::atomic<bool> has_turn_ = false;
  std::thread thread_;
};

/** Long enough for a thread to have come to where it waits. */
void let_them_come() { std::this_thread::sleep_for(50ms); }

}  // namespace

TEST_CASE("who is alone leads at once, in a group of its own") {
  GroupQueue queue;
  for (int i = 0; i < 3; ++i) {
    auto const one = member(1);
    REQUIRE(queue.wait(*one, soon()) == Turn::leads);
    auto const begin = GroupQueue::Clock::now();
    auto const group = queue.take(*one);
    CHECK(group == std::vector{one.get()});
    CHECK(GroupQueue::Clock::now() - begin < 1s);
    queue.end(*one, group);
  }
}

TEST_CASE("who comes while another leads is in its group where they may go together, else leads next") {
  GroupQueue queue;
  auto const first = member(1);
  REQUIRE(queue.wait(*first, soon()) == Turn::leads);
  Caller same(queue, member(1));
  let_them_come();
  Caller other(queue, member(2));
  Caller alone(queue, std::make_unique<GroupQueue::Member>());
  let_them_come();
  auto const group = queue.take(*first);
  CHECK(group == std::vector{first.get(), other.member.get()});
  let_them_come();
  CHECK_FALSE(other.has_turn());
  CHECK_FALSE(same.has_turn());
  queue.end(*first, group);
  CHECK(other.turn() == Turn::is_over);
  CHECK(same.turn() == Turn::leads);
  CHECK_FALSE(alone.has_turn());
  auto const next = queue.take(*same.member);
  CHECK(next == std::vector{same.member.get()});
  queue.end(*same.member, next);
  CHECK(alone.turn() == Turn::leads);
  CHECK(queue.take(*alone.member) == std::vector{alone.member.get()});
  queue.end(*alone.member, {alone.member.get()});
}

TEST_CASE("who has no time left leaves, unless it is in a group, and those behind it are not held up") {
  GroupQueue queue({}, 1h);
  auto const first = member(1);
  REQUIRE(queue.wait(*first, soon()) == Turn::leads);
  Caller impatient(queue, member(2), GroupQueue::Clock::now() + 100ms);
  Caller taken(queue, member(3), GroupQueue::Clock::now() + 400ms);
  CHECK(impatient.turn() == Turn::out_of_time);
  auto const group = queue.take(*first);
  REQUIRE(group.size() == 2);
  std::this_thread::sleep_for(600ms);
  CHECK_FALSE(taken.has_turn());
  queue.end(*first, group);
  CHECK(taken.turn() == Turn::is_over);
}

TEST_CASE("a turn that takes too long keeps the others no more, and its end is no turn's but its own") {
  GroupQueue queue({}, 100ms);
  auto const stuck = member(1);
  REQUIRE(queue.wait(*stuck, soon()) == Turn::leads);
  auto const group = queue.take(*stuck);
  auto const next = member(1);
  REQUIRE(queue.wait(*next, soon()) == Turn::leads);
  Caller waiting(queue, member(1));
  queue.end(*stuck, group);
  let_them_come();
  auto const second = queue.take(*next);
  CHECK(second == std::vector{next.get()});
  queue.end(*next, second);
  CHECK(waiting.turn() == Turn::leads);
  queue.end(*waiting.member, {waiting.member.get()});
}

TEST_CASE("after a group as many again are waited for, for a quarter of its time at most") {
  GroupQueue queue;
  auto const first = member(1);
  REQUIRE(queue.wait(*first, soon()) == Turn::leads);
  {
    Caller other(queue, member(2));
    let_them_come();
    auto const group = queue.take(*first);
    REQUIRE(group.size() == 2);
    std::this_thread::sleep_for(2s);
    queue.end(*first, group);
    CHECK(other.turn() == Turn::is_over);
  }
  SECTION("they come") {
    auto const again = member(1);
    REQUIRE(queue.wait(*again, soon()) == Turn::leads);
    std::thread late([&] {
      std::this_thread::sleep_for(50ms);
      auto const other = member(2);
      CHECK(queue.wait(*other, soon()) == Turn::is_over);
    });
    auto const group = queue.take(*again);
    CHECK(group.size() == 2);
    queue.end(*again, group);
    late.join();
  }
  SECTION("nobody comes") {
    auto const again = member(1);
    REQUIRE(queue.wait(*again, soon()) == Turn::leads);
    auto const begin = GroupQueue::Clock::now();
    auto const group = queue.take(*again);
    auto const waited = GroupQueue::Clock::now() - begin;
    CHECK(group.size() == 1);
    CHECK(waited > 100ms);
    CHECK(waited < 1500ms);
    queue.end(*again, group);
    // It was alone, and so the next is not kept.
    auto const third = member(1);
    REQUIRE(queue.wait(*third, soon()) == Turn::leads);
    auto const then = GroupQueue::Clock::now();
    static_cast<void>(queue.take(*third));
    CHECK(GroupQueue::Clock::now() - then < 100ms);
    queue.end(*third, {third.get()});
  }
}

TEST_CASE("sixty-four threads have each of their commits done once, none beside another of its row") {
  GroupQueue queue({.commits = 8});
  constexpr int threads = 64;
  constexpr int count = 100;
  std::mutex mutex;
  std::map<GroupQueue::Member*, std::uint64_t> rows;
  std::atomic<int> done = 0;
  std::atomic<int> at_once = 0;
  std::atomic<int> faults = 0;
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      for (int i = 0; i < count; ++i) {
        auto const row = static_cast<std::uint64_t>((t + i) % 20);
        auto const mine = (t + i) % 7 == 0 ? std::make_unique<GroupQueue::Member>() : member(row);
        {
          std::scoped_lock const lock(mutex);
          rows[mine.get()] = row;
        }
        auto const turn = queue.wait(*mine, soon());
        if (turn == Turn::leads) {
          auto const group = queue.take(*mine);
          if (++at_once != 1 || group.empty() || group.size() > 8) ++faults;
          std::map<std::uint64_t, int> seen;
          for (auto* const one : group) {
            std::scoped_lock const lock(mutex);
            if (++seen[rows.at(one)] > 1) ++faults;
          }
          done += static_cast<int>(group.size());
          --at_once;
          queue.end(*mine, group);
        } else if (turn != Turn::is_over) {
          ++faults;
        }
        std::scoped_lock const lock(mutex);
        rows.erase(mine.get());
      }
    });
  }
  for (auto& thread : running) thread.join();
  CHECK(faults == 0);
  CHECK(done == threads * count);
}
