// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_LIVE_FOLLOWER_TERMS_HPP
#define INLAY_LIVE_FOLLOWER_TERMS_HPP

// What a follower is told, what it asks for, and what it gives.

#include <inlay/birth.hpp>
#include <inlay/error.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/storage/changes.hpp>
#include <inlay/storage/query.hpp>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace inlay::live {

/** The rows that a follower holds, those that are referenced before those that reference them. */
using Followed = boost::mp11::mp_list<Team, Environment, Integration, EnvironmentIntegration>;

/** A variant of what Template makes of each of them. */
template <template <class> class Template>
using OneOfFollowed = boost::mp11::mp_transform<Template, boost::mp11::mp_rename<Followed, std::variant>>;

/** A point of a clock that never goes back. */
using Moment = std::chrono::steady_clock::time_point;

/** Which installs to follow. With them come the rows that they are made of: their integrations and environments, and
   the teams whose those are. */
struct FollowScope {
  enum class Kind {
    everything,    ///< all installs, and all integrations, environments and teams, whether they have one or not
    environments,  ///< those in some environments
    team,          ///< those in a team's environments, whichever these are at the time
  };

  Kind kind = Kind::everything;
  std::vector<Id<Environment>> environments{};
  Id<Team> team{};

  [[nodiscard]] static FollowScope everything() { return {}; }
  [[nodiscard]] static FollowScope of(std::vector<Id<Environment>> environments) {
    return {Kind::environments, std::move(environments), {}};
  }
  [[nodiscard]] static FollowScope of(Id<Team> team) { return {Kind::team, {}, team}; }
};

/** What is known of a row. */
template <class Entity>
struct Held {
  std::shared_ptr<Entity const> row{};  ///< as it is, or as it was when it could last be read; null: never yet

  /** Why the row as it is now cannot be read, if it cannot: `row` is older then. */
  std::shared_ptr<Error const> unreadable{};

  [[nodiscard]] bool is_absent() const noexcept { return !row && !unreadable; }
};

/** What has become of a row between two publications: it has come (`before` is absent), gone (`after` is absent) or is
    another. A row that has taken the id of one that was removed is not the same: the one goes, and then the other
   comes, in two changes. */
template <class Entity>
struct RowChange {
  Id<Entity> id{};
  Held<Entity> before{};
  Held<Entity> after{};
};

using AnyRowChange = OneOfFollowed<RowChange>;

/** Why rows were read anew. */
enum class NewStart {
  none,       ///< they were not: the change log has led here
  first,      ///< nothing was known yet
  compacted,  ///< what came next was no longer in the change log
  forked,     ///< the store is not the one that was followed, or has gone back and on by another way
  corrupt,    ///< what came next in the change log could not be read
};

[[nodiscard]] std::string_view to_string(NewStart start) noexcept;

// Actions

/** Read a page of the change log. */
struct ReadChanges {
  std::uint64_t number{};  ///< of the read, for its answer
  ChangesRequest request{};
};

/** Read a page of rows. */
template <class Entity>
struct ReadRows {
  std::uint64_t number{};
  Query<Entity> query{};
};

/** There is nothing to do before `until`, or a hint; absent: before the answer to the read that was asked for. */
struct Wait {
  std::optional<Moment> until{};
};

/** What is followed as it is at a place of the change log: what has changed since the publication before. Of different
    rows no order is promised. */
struct Publication {
  ChangeCursor at{};
  NewStart start{};  ///< if not none, `at` may be smaller than before; also then the changes are all that differs
  std::vector<AnyRowChange> changes{};
};

using Action =
    boost::mp11::mp_append<std::variant<ReadChanges>, OneOfFollowed<ReadRows>, std::variant<Wait, Publication>>;

// Events

/** A row that is there and cannot be read. */
struct UnreadableRow {
  Uuid id{};
  Revision revision{};           ///< of the commit that wrote it; at most that of its page
  std::optional<Birth> birth{};  ///< where it is known which row of that id it is
  Error error{};
};

/** A page of rows as it was read. */
template <class Entity>
struct RowsRead {
  Page<Entity> page{};
  std::vector<UnreadableRow> unreadable{};  ///< those of the page's that are not among its items
};

/** How a follower spends its time. */
struct FollowerOptions {
  using Duration = std::chrono::microseconds;

  Duration poll_after_news = std::chrono::milliseconds(50);  ///< the next read after one that has found something
  Duration poll_when_idle = std::chrono::seconds(1);         ///< to which it grows while nothing is found
  Duration retry_first = std::chrono::milliseconds(100);     ///< after a read that has failed
  Duration retry_last = std::chrono::seconds(10);            ///< to which that grows
  Duration restart_within = std::chrono::seconds(1);  ///< reading anew is put off by up to this, and more each time

  // From 1 to what a store gives at once (ChangesRequest::max_limit, Query::max_limit); others count as the nearest.
  std::size_t commits_a_page = 1'000;
  std::size_t rows_a_page = 1'000;
};

}  // namespace inlay::live

#endif
