// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_QUOTAS_HPP
#define INLAY_CATALOG_DETAIL_QUOTAS_HPP

#include <inlay/catalog/requests.hpp>
#include <inlay/catalog/rules/all.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/model/internal/record_bytes.hpp>
#include <inlay/storage/commit.hpp>
#include <inlay/storage/repository.hpp>
#include <inlay/storage/usage.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace inlay::detail {

/** By how much a write changes what a team has. */
struct Charge {
  std::int64_t rows{};
  std::int64_t bytes{};
  std::uint64_t bytes_logged{};
  bool only_removes = true;

  /** Whether there must be room for it. */
  [[nodiscard]] bool wants_room() const noexcept {
    return !only_removes && (rows > 0 || bytes > 0 || bytes_logged > 0);
  }
};

/** Adds what is the team's of one change: of what other teams have, its writes end or take along installs and grants.
    @param before, after nullptr for a row that is not there. @param goes_along whether it is removed since another row
    is. */
template <class Entity>
void add_change(Charge& charge, Id<Team> team, Entity const* before, Entity const* after, bool goes_along) {
  Entity const& row = after != nullptr ? *after : *before;
  if (after != nullptr) charge.only_removes = false;

  bool const is_step_own = rules::Of<Entity>::is_own_step(before, after, team, goes_along);
  if (is_step_own) {
    charge.bytes_logged += before != nullptr ? record_bytes(*before) : 0;
    charge.bytes_logged += after != nullptr ? record_bytes(*after) : 0;
  }

  if (!rules::Of<Entity>::counts_as_row(row, team, is_step_own)) return;
  auto const bytes_of = [](Entity const* one) {
    return one != nullptr ? static_cast<std::int64_t>(document_bytes(*one, Query<Entity>{})) : 0;
  };
  charge.rows += (after != nullptr ? 1 : 0) - (before != nullptr ? 1 : 0);
  charge.bytes += bytes_of(after) - bytes_of(before);
}

template <class One>
inline constexpr bool is_removal = false;
template <class Entity>
inline constexpr bool is_removal<Remove<Entity> const&> = true;

/** What a commit takes of what the team may have, but for its Edits, of which nothing is known yet. */
[[nodiscard]] inline Charge charge_of(std::vector<Change> const& changes, Id<Team> team, Timestamp time) {
  Charge charge;
  std::unordered_set<Id<Integration>> removed;
  bool only_removes = true;
  for (Change const& change : changes) {
    if (auto const* const removal = std::get_if<Remove<Integration>>(&change)) removed.insert(removal->before.id);
    only_removes = only_removes && std::visit([](auto const& one) { return is_removal<decltype(one)>; }, change);
  }
  // Installs go in the commit that removes their integration, or many at once in those before it. A commit that does
  // something else, too, is of a caller who has named each of them.
  bool const is_one_of_many = only_removes && changes.size() > 1;
  auto const goes_along = [&]<class Entity>(Entity const& row) {
    if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
      return is_one_of_many || removed.contains(row.integration_id);
    }
    return false;
  };
  auto const add = [&]<class One>(One const& change) {
    if constexpr (requires { change.edit; }) {
      return;
    } else if constexpr (requires { change.after; }) {
      auto const after = updated(change, time, Revision{});
      add_change(charge, team, &change.before, &after, false);
    } else if constexpr (requires { change.before; }) {
      add_change(charge, team, &change.before, static_cast<decltype(&change.before)>(nullptr),
                 goes_along(change.before));
    } else {
      auto const row = inserted(change, time, Revision{});
      add_change(charge, team, static_cast<decltype(&row)>(nullptr), &row, false);
    }
  };
  for (Change const& change : changes) std::visit(add, change);
  return charge;
}

/** Holds the writes of teams to a quota, by counts that are a second old at most and what was written here since.

    Thread-safe. What others write to the store, and what is under way while it is counted, is seen by the next count.
*/
class Quotas {
 public:
  explicit Quotas(TeamQuota const& quota) : quota_(quota) {}

  [[nodiscard]] bool are_set() const noexcept { return quota_.rows || quota_.bytes || quota_.bytes_logged_a_day; }

  /** What one write of a team has been let in with; given back unless it is done. */
  class Hold {
   public:
    Hold(Quotas& quotas, Id<Team> team, Timestamp time) noexcept : quotas_(quotas), team_(team), time_(time) {}
    Hold(Hold const&) = delete;
    Hold& operator=(Hold const&) = delete;
    ~Hold() {
      if (taken_) quotas_.give_back(*this);
    }

    /** Counts what the team has, unless that was done a moment ago. @return what Repository::usage does. */
    [[nodiscard]] Result<void> count(Repository const& repository) { return quotas_.count(*this, repository); }

    /** What take() would say; takes nothing. */
    [[nodiscard]] Result<void> check(Charge const& charge) const { return quotas_.check_now(*this, charge); }

    /** Takes that much in place of what was taken before. @return quota_exceeded. */
    [[nodiscard]] Result<void> take(Charge const& charge) {
      if (taken_) quotas_.give_back(*this);
      taken_.reset();
      return quotas_.take(*this, charge);
    }

    /** The write is done. */
    void keep() noexcept {
      if (taken_) quotas_.settle(*this);
      taken_.reset();
    }

   private:
    friend class Quotas;

    Quotas& quotas_;
    Id<Team> team_;
    Timestamp time_;
    Usage counted_{};  // if nobody knows better by then
    std::optional<Charge> taken_{};
    std::uint64_t count_{};  // by which count it was let in
  };

 private:
  static constexpr std::int64_t second = 1'000'000;
  static constexpr std::int64_t day = 86'400 * second;
  static constexpr std::size_t most_teams = 10'000;

  struct Entry {
    Usage has{};
    Timestamp counted_at{};
    std::uint64_t count = 0;  // 0: never
    bool is_being_counted = false;
  };

  /** The day in UTC that a moment is in. */
  [[nodiscard]] static std::int64_t day_of(Timestamp time) noexcept {
    return time.microseconds / day - (time.microseconds % day < 0 ? 1 : 0);
  }

  [[nodiscard]] Result<void> count(Hold& hold, Repository const& repository) {
    {
      std::lock_guard const lock(mutex_);
      if (entries_.size() >= most_teams && !entries_.contains(hold.team_)) entries_.clear();
      Entry& entry = entries_[hold.team_];
      // Two clocks that were looked at one after the other need not agree.
      std::int64_t const age = hold.time_.microseconds - entry.counted_at.microseconds;
      bool const is_of_today = entry.count != 0 && day_of(entry.counted_at) == day_of(hold.time_);
      bool const is_fresh = age > -second && age < second;
      // While somebody counts, the others go on with what was counted before.
      if (is_of_today && (is_fresh || entry.is_being_counted)) {
        hold.counted_ = entry.has;
        return {};
      }
      entry.is_being_counted = true;
    }
    struct Counting {
      Quotas& quotas;
      Id<Team> team;
      std::optional<std::pair<Usage, Timestamp>> found{};
      ~Counting() { quotas.end_count(team, found); }
    } counting{*this, hold.team_};
    auto const usage = repository.usage({.team = hold.team_, .since = Timestamp{day_of(hold.time_) * day}});
    if (!usage) return usage.error();
    hold.counted_ = *usage;
    counting.found = {*usage, hold.time_};
    return {};
  }

  void end_count(Id<Team> team, std::optional<std::pair<Usage, Timestamp>> const& found) noexcept {
    std::lock_guard const lock(mutex_);
    auto const place = entries_.find(team);
    if (place == entries_.end()) return;
    Entry& entry = place->second;
    entry.is_being_counted = false;
    if (found) entry = {.has = found->first, .counted_at = found->second, .count = ++counts_};
  }

  /** What was counted on the day of the write; nullptr where nothing was, such as when a count of the day before has
     come last. */
  [[nodiscard]] Entry* counted_for(Hold const& hold) {
    auto const place = entries_.find(hold.team_);
    if (place == entries_.end() || place->second.count == 0) return nullptr;
    return day_of(place->second.counted_at) == day_of(hold.time_) ? &place->second : nullptr;
  }

  [[nodiscard]] Result<void> check_now(Hold const& hold, Charge const& charge) {
    std::lock_guard const lock(mutex_);
    Entry const* const entry = counted_for(hold);
    return check(entry != nullptr ? entry->has : hold.counted_, charge, hold.time_);
  }

  [[nodiscard]] Result<void> take(Hold& hold, Charge const& charge) {
    std::lock_guard const lock(mutex_);
    Entry* const entry = counted_for(hold);
    if (auto allowed = check(entry != nullptr ? entry->has : hold.counted_, charge, hold.time_); !allowed) {
      return allowed;
    }
    hold.taken_ = charge;
    hold.count_ = 0;
    if (entry == nullptr) return {};
    hold.count_ = entry->count;
    entry->has.rows += more(charge.rows);
    entry->has.bytes += more(charge.bytes);
    entry->has.bytes_logged += charge.bytes_logged;
    return {};
  }

  void give_back(Hold const& hold) noexcept {
    std::lock_guard const lock(mutex_);
    if (Entry* const entry = entry_of(hold)) {
      subtract(entry->has.rows, more(hold.taken_->rows));
      subtract(entry->has.bytes, more(hold.taken_->bytes));
      subtract(entry->has.bytes_logged, hold.taken_->bytes_logged);
    }
  }

  /** What has become less is counted as less once that is certain. */
  void settle(Hold const& hold) noexcept {
    std::lock_guard const lock(mutex_);
    if (Entry* const entry = entry_of(hold)) {
      subtract(entry->has.rows, more(-hold.taken_->rows));
      subtract(entry->has.bytes, more(-hold.taken_->bytes));
    }
  }

  /** Nothing when the team was counted anew since. */
  [[nodiscard]] Entry* entry_of(Hold const& hold) noexcept {
    auto const place = entries_.find(hold.team_);
    bool const is_same = place != entries_.end() && hold.count_ != 0 && place->second.count == hold.count_;
    return is_same ? &place->second : nullptr;
  }

  [[nodiscard]] static std::uint64_t more(std::int64_t difference) noexcept {
    return difference > 0 ? static_cast<std::uint64_t>(difference) : 0;
  }
  static void subtract(std::uint64_t& from, std::uint64_t what) noexcept { from -= std::min(from, what); }

  [[nodiscard]] static bool fits(std::uint64_t has, std::uint64_t more, std::optional<std::uint64_t> const& most) {
    return !most || more == 0 || (has <= *most && more <= *most - has);
  }

  [[nodiscard]] Result<void> check(Usage const& has, Charge const& charge, Timestamp time) const {
    if (!charge.wants_room()) return {};
    if (!fits(has.rows, more(charge.rows), quota_.rows)) return exceeded("rows", has.rows, *quota_.rows);
    if (!fits(has.bytes, more(charge.bytes), quota_.bytes)) {
      return exceeded("bytes of configs and overrides", has.bytes, *quota_.bytes);
    }
    if (fits(has.bytes_logged, charge.bytes_logged, quota_.bytes_logged_a_day)) return {};
    std::uint64_t const most = *quota_.bytes_logged_a_day;
    if (charge.bytes_logged > most) {
      return Error{.kind = ErrorKind::quota_exceeded,
                   .message = "this write alone would log " + std::to_string(charge.bytes_logged) +
                              " bytes, and the team may log " + std::to_string(most) + " in a day"};
    }
    std::int64_t const left = (day_of(time) + 1) * day - time.microseconds;
    Error error{.kind = ErrorKind::quota_exceeded,
                .message = "the team has logged " + std::to_string(has.bytes_logged) + " bytes today, and may log " +
                           std::to_string(most) + " in a day: it can write again after midnight, UTC"};
    error.retry_after = std::chrono::seconds((left + second - 1) / second);
    return error;
  }

  [[nodiscard]] static Error exceeded(std::string_view what, std::uint64_t has, std::uint64_t most) {
    return {.kind = ErrorKind::quota_exceeded,
            .message = "the team has " + std::to_string(has) + " " + std::string(what) + ", and may have " +
                       std::to_string(most) + ": remove what is not needed"};
  }

  TeamQuota const quota_;
  std::mutex mutex_;
  std::unordered_map<Id<Team>, Entry> entries_;
  std::uint64_t counts_ = 0;
};

}  // namespace inlay::detail

#endif
