// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_GROUP_QUEUE_HPP
#define INLAY_BACKENDS_SQL_GROUP_QUEUE_HPP

#include <backends/sql/group_plan.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace inlay::sql {

/** Where the commits of a store's callers wait for their turn. It does no input or output.

    Whoever finds nobody's turn begun leads: it takes as many of those who wait as may go together, does them on its own
    thread, and lets the one lead that has waited longest. A member lies with its caller, who stays for as long as it is
    in somebody's group, and leaves with nothing done when its time is up before that.

    All members are thread-safe.
*/
class GroupQueue {
 public:
  using Clock = std::chrono::steady_clock;

  /** A commit that waits, or is being done by whoever leads. */
  class Member {
   public:
    /** One that is to be done alone, by its caller. */
    Member() = default;
    Member(Footprint footprint, std::size_t bytes)
        : footprint_(std::move(footprint)), bytes_(bytes), may_be_grouped_(true) {}
    /** One whose footprint is made when there are others. */
    explicit Member(std::size_t bytes) : bytes_(bytes), may_be_grouped_(true) {}
    virtual ~Member() = default;
    Member(Member const&) = delete;
    Member& operator=(Member const&) = delete;

   protected:
    [[nodiscard]] virtual Footprint make_footprint() const { return {}; }

   private:
    friend class GroupQueue;
    enum class State { waits, leads, is_taken, is_over };

    void find_footprint() {
      if (may_be_grouped_ && !footprint_) footprint_ = make_footprint();
    }

    std::optional<Footprint> footprint_{};
    std::size_t bytes_ = 0;
    bool may_be_grouped_ = false;
    State state_ = State::waits;
    std::condition_variable changed_{};
  };

  enum class Turn {
    leads,        ///< it is this caller's turn: take() and end() are to follow
    is_over,      ///< another has led, and has left in the member what came of it
    out_of_time,  ///< nobody has taken it, and nobody will
  };

  explicit GroupQueue(GroupPlan::Bounds bounds = {}, Clock::duration longest_turn = std::chrono::seconds(1))
      : bounds_(bounds), longest_turn_(longest_turn) {}

  /** Waits for the member's turn, but not beyond the deadline unless it is taken. A turn that takes longer than
      `longest_turn`, since a server is silent, keeps the others no more. */
  [[nodiscard]] Turn wait(Member& member, Clock::time_point deadline);

  /** The group of the member that leads, itself first. After a group, or while others came, as many again are waited
      for, as long as a quarter of the last turn; who is alone is not kept. */
  [[nodiscard]] std::vector<Member*> take(Member& leader);

  /** Ends the turn of a member that leads, for all of its group if there is one, whose results its members have by
      now. */
  void end(Member& leader, std::vector<Member*> const& group) noexcept;

 private:
  void let_next_lead() noexcept;
  void wake_front() noexcept;

  GroupPlan::Bounds bounds_;
  Clock::duration longest_turn_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Member*> waiting_;
  Member* leader_ = nullptr;  // who will let others lead; null: nobody is about to
  Clock::time_point turn_began_{};
  std::size_t expected_ = 1;  // how many the last turn has seen
  Clock::duration last_turn_{};
  Clock::time_point last_end_{};
};

inline GroupQueue::Turn GroupQueue::wait(Member& member, Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  if (leader_) {  // whoever has to wait has the time for it; a lone writer needs none
    lock.unlock();
    member.find_footprint();
    lock.lock();
  }
  member.state_ = Member::State::waits;
  if (!leader_) {
    leader_ = &member;
    turn_began_ = Clock::now();
    member.state_ = Member::State::leads;
    return Turn::leads;
  }
  waiting_.push_back(&member);
  if (waiting_.size() + 1 >= expected_) arrived_.notify_all();
  while (true) {
    if (member.state_ == Member::State::leads) return Turn::leads;
    if (member.state_ == Member::State::is_over) return Turn::is_over;
    if (member.state_ == Member::State::is_taken) {
      member.changed_.wait(lock);
      continue;
    }
    auto const now = Clock::now();
    bool const is_first = waiting_.front() == &member;
    if (is_first && now >= turn_began_ + longest_turn_) {
      let_next_lead();
      continue;
    }
    if (now >= deadline) {
      waiting_.erase(std::find(waiting_.begin(), waiting_.end(), &member));
      if (is_first) wake_front();
      return Turn::out_of_time;
    }
    member.changed_.wait_until(lock, is_first ? std::min(deadline, turn_began_ + longest_turn_) : deadline);
  }
}

inline std::vector<GroupQueue::Member*> GroupQueue::take(Member& leader) {
  std::vector<Member*> group{&leader};
  std::unique_lock lock(mutex_);
  if (leader.may_be_grouped_) {
    if (expected_ > 1 && Clock::now() < last_end_ + last_turn_) {
      arrived_.wait_until(lock, last_end_ + last_turn_ / 4, [&] { return waiting_.size() + 1 >= expected_; });
    }
    if (!waiting_.empty()) {
      leader.find_footprint();
      GroupPlan plan(bounds_);
      static_cast<void>(plan.takes(*leader.footprint_, leader.bytes_));
      for (Member* const member : waiting_) {
        if (member->may_be_grouped_ && plan.takes(*member->footprint_, member->bytes_)) group.push_back(member);
      }
    }
    // From here on nothing throws.
    for (Member* const member : group) {
      if (member != &leader) member->state_ = Member::State::is_taken;
    }
    std::erase_if(waiting_, [](Member const* member) { return member->state_ == Member::State::is_taken; });
    wake_front();
  }
  if (leader_ == &leader) turn_began_ = Clock::now();
  return group;
}

inline void GroupQueue::end(Member& leader, std::vector<Member*> const& group) noexcept {
  std::scoped_lock const lock(mutex_);
  for (Member* const member : group) {
    if (member == &leader) continue;
    member->state_ = Member::State::is_over;
    // Under the lock: the member is gone as soon as its caller may look.
    member->changed_.notify_one();
  }
  if (leader_ != &leader) return;  // the others have not waited
  last_end_ = Clock::now();
  last_turn_ = last_end_ - turn_began_;
  expected_ = std::min(std::max<std::size_t>(group.size(), 1) + waiting_.size(), bounds_.commits);
  let_next_lead();
}

inline void GroupQueue::let_next_lead() noexcept {
  leader_ = nullptr;
  if (waiting_.empty()) return;
  leader_ = waiting_.front();
  waiting_.pop_front();
  leader_->state_ = Member::State::leads;
  leader_->changed_.notify_one();
  turn_began_ = Clock::now();
  wake_front();
}

/** Who has come to the front waits for something else than before. */
inline void GroupQueue::wake_front() noexcept {
  if (!waiting_.empty()) waiting_.front()->changed_.notify_one();
}

}  // namespace inlay::sql

#endif
