// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_LIVE_FOLLOWER_DETAIL_FOLLOWED_ROWS_HPP
#define INLAY_LIVE_FOLLOWER_DETAIL_FOLLOWED_ROWS_HPP

#include <inlay/live/follower/terms.hpp>

#include <boost/mp11/algorithm.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace inlay::live::detail {

/** The rows that a follower holds, which of them have changed since the last publication, and which it has to read. */
class FollowedRows {
 public:
  explicit FollowedRows(FollowScope const& scope);

  /** Forgets what was read, but not what was published. */
  void start_anew();

  /** Whether a row is no install of an environment that a scope which names its environments does not. */
  template <class Entity>
  [[nodiscard]] bool is_in_named(Entity const& row) const;

  /** Takes a row as it was read. What is held of it already stays if that is newer. @return whether it is followed. */
  template <class Entity>
  bool take(Entity row);

  /** Takes it that a row which is followed cannot be read: what was known of it stays. */
  template <class Entity>
  void take(UnreadableRow const& row);

  /** Applies a change of the log. What is held of its row already stays if that is newer. */
  void apply(ChangeRecord const& change, Revision revision);

  /** What was said to be needed is not there, or not in the scope, when it is looked for. */
  template <class Entity>
  void is_not_there(Id<Entity> id);

  /** Says that a row must be read, of which it is known only that it is there. */
  template <class Entity>
  void need(Id<Entity> id) {
    of<Entity>().needed.insert(id);
  }

  /** Rows that must be read for the others to be whole. */
  template <class Entity>
  [[nodiscard]] std::unordered_set<Id<Entity>> const& needed() const {
    return of<Entity>().needed;
  }

  /** Environments that have come into the scope, so that their installs must be read. Each is given once. */
  [[nodiscard]] std::vector<Id<Environment>> take_environments_to_list();

  [[nodiscard]] bool is_whole() const noexcept;

  /** What has changed since it was asked last. */
  [[nodiscard]] std::vector<AnyRowChange> take_changes();

 private:
  template <class Entity>
  struct Entry {
    Held<Entity> held{};
    Revision revision{};  // of the commit that wrote the row, also when it cannot be read
  };

  template <class Entity>
  struct Table {
    std::unordered_map<Id<Entity>, Entry<Entity>> rows{};
    std::unordered_set<Id<Entity>> needed{};
    std::unordered_map<Id<Entity>, Held<Entity>> before{};              // what was published of what has changed since
    std::optional<std::unordered_map<Id<Entity>, Held<Entity>>> old{};  // all that was published, when starting anew
    std::unordered_map<Id<Entity>, std::size_t> uses{};  // by how many rows that are held it is referenced
  };

  template <class Entity>
  [[nodiscard]] Table<Entity>& of() {
    return std::get<Table<Entity>>(tables_);
  }
  template <class Entity>
  [[nodiscard]] Table<Entity> const& of() const {
    return std::get<Table<Entity>>(tables_);
  }

  template <class Entity>
  [[nodiscard]] std::shared_ptr<Entity const> last_good(Id<Entity> id, std::optional<Birth> birth) const;
  template <class Entity>
  void keep_before(Id<Entity> id);
  template <class Entity>
  void put(Id<Entity> id, Entry<Entity> entry);
  template <class Entity>
  void erase(Id<Entity> id);
  template <class Entity>
  void mark(Id<Entity> id, Revision revision, std::shared_ptr<Entity const> known, Error error);
  template <class Entity>
  void apply(Id<Entity> id, ChangeRecord const& change, Revision revision);

  template <class Entity>
  void use(Id<Entity> id);
  template <class Entity>
  void stop_using(Id<Entity> id);
  template <class Entity>
  void use_references(Held<Entity> const& held);
  template <class Entity>
  void stop_using_references(Held<Entity> const& held);

  /** Whether a row is to be held; absent: it can't be told yet. */
  template <class Entity>
  [[nodiscard]] std::optional<bool> is_wanted(Id<Entity> id, Entity const* row) const;
  [[nodiscard]] std::optional<bool> is_in_scope(Id<Environment> environment) const;
  void leave(Id<Environment> environment);

  template <class Entity>
  static void add_change(Id<Entity> id, Held<Entity> const& before, Held<Entity> const& after,
                         std::vector<AnyRowChange>& changes);
  template <class Entity>
  void add_changes(std::vector<AnyRowChange>& changes);

  FollowScope::Kind kind_;
  std::unordered_set<Id<Environment>> environments_{};  // of a scope that names them
  Id<Team> team_{};
  boost::mp11::mp_transform<Table, boost::mp11::mp_rename<Followed, std::tuple>> tables_{};
  std::unordered_set<Id<Environment>> to_list_{};
};

}  // namespace inlay::live::detail

#endif
