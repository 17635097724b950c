// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_LIVE_FOLLOWER_IMPL_FOLLOWED_ROWS_IPP
#define INLAY_LIVE_FOLLOWER_IMPL_FOLLOWED_ROWS_IPP

#include <inlay/json/parse.hpp>
#include <inlay/live/follower/detail/followed_rows.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/storage/errors.hpp>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/tuple.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay::live::detail {

/** The row that a change of the log leaves. */
template <class Entity>
[[nodiscard]] Result<Entity> row_of(Document const& record) {
  auto const value = json::parse(record.text(), json::no_limits);
  if (!value) return value.error();
  auto const* const object = value->if_object();
  if (object == nullptr) return Error{.kind = ErrorKind::corrupt, .message = "a row in the change log is no object"};
  return model::read_record<Entity>(*object);
}

template <class Entity>
[[nodiscard]] Error unreadable_in_log(Id<Entity> id, Error const& error) {
  return {.kind = ErrorKind::corrupt,
          .message = "the change log has the " + storage::words(Entity::entity_name) + ' ' + to_string(id) +
                     " as what inlay never writes: " + error.message};
}

/** Whether the same is known of a row. */
template <class Entity>
[[nodiscard]] bool is_same(Held<Entity> const& one, Held<Entity> const& other) {
  if ((one.unreadable == nullptr) != (other.unreadable == nullptr)) return false;
  if (one.row == other.row) return true;
  return one.row && other.row && *one.row == *other.row;
}

inline FollowedRows::FollowedRows(FollowScope const& scope)
    : kind_(scope.kind), environments_(scope.environments.begin(), scope.environments.end()), team_(scope.team) {
  // Nothing was published yet.
  boost::mp11::tuple_for_each(tables_, [](auto& table) { table.old.emplace(); });
  of<Environment>().needed = environments_;
}

inline void FollowedRows::start_anew() {
  boost::mp11::tuple_for_each(tables_, [](auto& table) {
    if (!table.old) {
      auto& old = table.old.emplace();
      for (auto& [id, entry] : table.rows) old.emplace(id, std::move(entry.held));
      for (auto& [id, held] : table.before) {
        if (held.is_absent()) {
          old.erase(id);
        } else {
          old.insert_or_assign(id, std::move(held));
        }
      }
    }
    table.rows.clear();
    table.needed.clear();
    table.before.clear();
    table.uses.clear();
  });
  of<Environment>().needed = environments_;
  to_list_.clear();
}

// What is there

template <class Entity>
bool FollowedRows::is_in_named(Entity const& row) const {
  if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
    return kind_ != FollowScope::Kind::environments || environments_.contains(row.environment_id);
  }
  return true;
}

template <class Entity>
bool FollowedRows::take(Entity row) {
  if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) disable_ended(row);
  auto& table = of<Entity>();
  auto const id = row.id;
  bool const was_needed = table.needed.erase(id) != 0;
  auto const found = table.rows.find(id);
  if (found != table.rows.end()) {
    auto const& [held, revision] = found->second;
    if (revision > row.revision || (revision == row.revision && !held.unreadable)) return true;
  }
  if constexpr (std::is_same_v<Entity, Environment>) {
    // Its installs may have been listed before it came into the scope.
    if (kind_ == FollowScope::Kind::team && was_needed && found == table.rows.end()) to_list_.insert(id);
  } else if constexpr (!std::is_same_v<Entity, EnvironmentIntegration>) {
    if (kind_ != FollowScope::Kind::everything && !table.uses.contains(id)) return false;
  }
  auto const revision = row.revision;
  put(id, Entry<Entity>{{std::make_shared<Entity const>(std::move(row)), nullptr}, revision});
  return true;
}

template <class Entity>
void FollowedRows::take(UnreadableRow const& row) {
  Id<Entity> const id{row.id};
  auto& table = of<Entity>();
  bool const was_needed = table.needed.erase(id) != 0;
  auto const found = table.rows.find(id);
  if (found != table.rows.end() && found->second.revision > row.revision) return;
  if constexpr (std::is_same_v<Entity, Environment>) {
    if (kind_ == FollowScope::Kind::team && was_needed && found == table.rows.end()) to_list_.insert(id);
  } else if constexpr (!std::is_same_v<Entity, EnvironmentIntegration>) {
    if (kind_ != FollowScope::Kind::everything && !table.uses.contains(id)) return;
  }
  mark(id, row.revision, last_good(id, row.birth), row.error);
}

template <class Entity>
void FollowedRows::is_not_there(Id<Entity> id) {
  auto& table = of<Entity>();
  table.needed.erase(id);
  auto const found = table.rows.find(id);
  if (found != table.rows.end() && !found->second.held.unreadable) return;
  // It is needed since the log does not tell what it was changed to: that may be what has taken it out of the scope. Or
  // since an install is in it, which was read when it was in the scope, or is to go as well.
  if constexpr (std::is_same_v<Entity, Environment>) leave(id);
  if (found != table.rows.end()) erase(id);
}

inline void FollowedRows::apply(ChangeRecord const& change, Revision revision) {
  boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, Followed>>(
      [&]<class Entity>(std::type_identity<Entity>) {
        if (change.entity == Entity::entity_name) apply(Id<Entity>{change.id}, change, revision);
      });
}

template <class Entity>
void FollowedRows::apply(Id<Entity> id, ChangeRecord const& change, Revision revision) {
  auto& table = of<Entity>();
  auto const found = table.rows.find(id);
  bool const is_held = found != table.rows.end();
  // Equal: a commit may write a row more than once, and all of it once more leaves the row as it was read.
  if (is_held && found->second.revision > revision) return;
  if (change.kind == ChangeKind::removed) {
    table.needed.erase(id);
    if (is_held) erase(id);
    return;
  }
  if constexpr (std::is_same_v<Entity, Team> || std::is_same_v<Entity, Integration>) {
    if (kind_ != FollowScope::Kind::everything && !table.uses.contains(id)) return;
  }

  auto row = change.after ? row_of<Entity>(*change.after) : Result<Entity>(Error{.message = "it is not there"});
  if (!row || row->id != id) {
    Error const error = unreadable_in_log(id, row ? Error{.message = "it has another id"} : row.error());
    auto const is_followed = is_held ? true : is_wanted<Entity>(id, nullptr);
    if (is_followed == false) return;
    if (is_followed == true) {
      auto known = change.kind == ChangeKind::inserted ? nullptr : last_good(id, std::nullopt);
      mark(id, revision, std::move(known), error);
    }
    table.needed.insert(id);  // perhaps it is only the log that cannot be read
    return;
  }
  row->revision = revision;
  if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) disable_ended(*row);

  auto const is_followed = is_wanted(id, &*row);
  if (!is_followed) {
    table.needed.insert(id);
    return;
  }
  if (!*is_followed) {
    table.needed.erase(id);
    if constexpr (std::is_same_v<Entity, Environment>) {
      if (kind_ == FollowScope::Kind::team && change.before) {
        auto const before = row_of<Environment>(*change.before);
        if (is_held || (before && before->team_id == team_)) leave(id);
      }
    }
    if (is_held) erase(id);
    return;
  }
  if constexpr (std::is_same_v<Entity, Environment>) {
    if (kind_ == FollowScope::Kind::team && !is_held && change.kind == ChangeKind::updated) to_list_.insert(id);
  }
  put(id, Entry<Entity>{{std::make_shared<Entity const>(*std::move(row)), nullptr}, revision});
}

// Who is in

inline std::optional<bool> FollowedRows::is_in_scope(Id<Environment> environment) const {
  switch (kind_) {
    case FollowScope::Kind::everything: return true;
    case FollowScope::Kind::environments: return environments_.contains(environment);
    case FollowScope::Kind::team: break;
  }
  if (of<Environment>().rows.contains(environment)) return true;
  if (of<Environment>().needed.contains(environment)) return std::nullopt;
  return false;
}

template <class Entity>
std::optional<bool> FollowedRows::is_wanted(Id<Entity> id, Entity const* row) const {
  if (kind_ == FollowScope::Kind::everything) return true;
  if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
    return row != nullptr ? is_in_scope(row->environment_id) : std::nullopt;
  } else if constexpr (std::is_same_v<Entity, Environment>) {
    if (kind_ == FollowScope::Kind::environments) return environments_.contains(id);
    return row != nullptr ? std::optional(row->team_id == team_) : std::nullopt;
  } else {
    return of<Entity>().uses.contains(id);
  }
}

/** The installs of an environment that another team has now. That hardly ever happens, so there is no index for it. */
inline void FollowedRows::leave(Id<Environment> environment) {
  std::vector<Id<EnvironmentIntegration>> leaving;
  auto& table = of<EnvironmentIntegration>();
  for (auto const& [id, entry] : table.rows) {
    if (entry.held.unreadable) {
      // Nobody knows what it is in, but for the store: what was known of it may be of another row that had its id.
      table.needed.insert(id);
    } else if (entry.held.row->environment_id == environment) {
      leaving.push_back(id);
    }
  }
  for (auto const id : leaving) erase(id);
  to_list_.erase(environment);
}

// Rows, and those that they reference

template <class Entity>
std::shared_ptr<Entity const> FollowedRows::last_good(Id<Entity> id, std::optional<Birth> birth) const {
  auto const& table = of<Entity>();
  std::shared_ptr<Entity const> row;
  if (auto const found = table.rows.find(id); found != table.rows.end()) row = found->second.held.row;
  // It may have been in no use for a moment; or have been removed, and another have its id.
  auto const& published = table.old ? *table.old : table.before;
  if (!row && (table.old || birth)) {
    if (auto const found = published.find(id); found != published.end()) row = found->second.row;
  }
  return row && (!birth || row->birth == *birth) ? row : nullptr;
}

template <class Entity>
void FollowedRows::mark(Id<Entity> id, Revision revision, std::shared_ptr<Entity const> known, Error error) {
  put(id, Entry<Entity>{{std::move(known), std::make_shared<Error const>(std::move(error))}, revision});
}

template <class Entity>
void FollowedRows::keep_before(Id<Entity> id) {
  auto& table = of<Entity>();
  if (table.old) return;
  auto const found = table.rows.find(id);
  table.before.try_emplace(id, found == table.rows.end() ? Held<Entity>() : found->second.held);
}

template <class Entity>
void FollowedRows::put(Id<Entity> id, Entry<Entity> entry) {
  keep_before(id);
  auto& table = of<Entity>();
  table.needed.erase(id);
  use_references(entry.held);
  Held<Entity> const former = std::exchange(table.rows[id], std::move(entry)).held;
  stop_using_references(former);
}

template <class Entity>
void FollowedRows::erase(Id<Entity> id) {
  keep_before(id);
  auto& table = of<Entity>();
  auto const node = table.rows.extract(id);
  if (!node.empty()) stop_using_references(node.mapped().held);
}

template <class Entity>
void FollowedRows::use(Id<Entity> id) {
  auto& table = of<Entity>();
  ++table.uses[id];
  if (!table.rows.contains(id)) table.needed.insert(id);
}

template <class Entity>
void FollowedRows::stop_using(Id<Entity> id) {
  auto& table = of<Entity>();
  auto const found = table.uses.find(id);
  if (--found->second > 0) return;
  table.uses.erase(found);
  table.needed.erase(id);
  erase(id);
}

template <class Entity>
void FollowedRows::use_references(Held<Entity> const& held) {
  if (kind_ == FollowScope::Kind::everything || !held.row) return;
  if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
    use(held.row->integration_id);
    auto& environments = of<Environment>();
    // Whether an environment is held its installs don't decide; but one that they are in is.
    // Of one that cannot be read this is not known (leave()).
    if (!held.unreadable && !environments.rows.contains(held.row->environment_id)) {
      environments.needed.insert(held.row->environment_id);
    }
  } else if constexpr (!std::is_same_v<Entity, Team>) {
    use(held.row->team_id);
  }
}

template <class Entity>
void FollowedRows::stop_using_references(Held<Entity> const& held) {
  if (kind_ == FollowScope::Kind::everything || !held.row) return;
  if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
    stop_using(held.row->integration_id);
  } else if constexpr (!std::is_same_v<Entity, Team>) {
    stop_using(held.row->team_id);
  }
}

inline std::vector<Id<Environment>> FollowedRows::take_environments_to_list() {
  std::vector<Id<Environment>> environments(to_list_.begin(), to_list_.end());
  std::sort(environments.begin(), environments.end());
  to_list_.clear();
  return environments;
}

inline bool FollowedRows::is_whole() const noexcept {
  bool is_whole = to_list_.empty();
  boost::mp11::tuple_for_each(tables_, [&](auto const& table) { is_whole = is_whole && table.needed.empty(); });
  return is_whole;
}

// What has changed

template <class Entity>
void FollowedRows::add_change(Id<Entity> id, Held<Entity> const& before, Held<Entity> const& after,
                              std::vector<AnyRowChange>& changes) {
  if (is_same(before, after)) return;
  bool const is_another = before.row && after.row && before.row->birth != after.row->birth;
  if (is_another) {
    changes.push_back(RowChange<Entity>{id, before, {}});
    changes.push_back(RowChange<Entity>{id, {}, after});
  } else {
    changes.push_back(RowChange<Entity>{id, before, after});
  }
}

template <class Entity>
void FollowedRows::add_changes(std::vector<AnyRowChange>& changes) {
  auto& table = of<Entity>();
  auto const add = [&](Id<Entity> id, Held<Entity> const& before) {
    auto const found = table.rows.find(id);
    if (found == table.rows.end()) {
      add_change(id, before, Held<Entity>(), changes);
    } else if (is_same(before, found->second.held)) {
      found->second.held = before;  // what was read anew and is the same need not be there twice
    } else {
      add_change(id, before, found->second.held, changes);
    }
  };
  if (table.old) {
    for (auto const& [id, entry] : table.rows) {
      if (!table.old->contains(id)) add(id, Held<Entity>());
    }
    for (auto const& [id, before] : *table.old) add(id, before);
    table.old.reset();
  }
  for (auto const& [id, before] : table.before) add(id, before);
  table.before.clear();
}

inline std::vector<AnyRowChange> FollowedRows::take_changes() {
  std::vector<AnyRowChange> changes;
  boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, Followed>>(
      [&]<class Entity>(std::type_identity<Entity>) { add_changes<Entity>(changes); });
  return changes;
}

}  // namespace inlay::live::detail

#endif
