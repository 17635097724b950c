// SPDX-License-Identifier: BSL-1.0
#ifndef JOURNAL_STATE_HPP
#define JOURNAL_STATE_HPP

// What a store holds at one moment, as a value. Nothing here names an entity: all of it goes over model::Entities and
// what their descriptions say, so that a new entity needs no change.

#include <inlay/model/entities.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/changes.hpp>
#include <inlay/storage/commit.hpp>
#include <inlay/storage/errors.hpp>
#include <inlay/storage/query.hpp>

#include <boost/mp11/algorithm.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace journal {

namespace model = inlay::model;
using inlay::Result;

/** Calls `visit.template operator()<Entity>()` for each kind of row. */
template <class Visitor>
void for_each_entity(Visitor&& visit) {
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) { visit.template operator()<Entity>(); });
}

/** A member's value as filters compare it; absent when the member is. */
template <class Entity>
[[nodiscard]] std::optional<inlay::FieldValue> value_of(Entity const& row, std::string_view name) {
  std::optional<inlay::FieldValue> found;
  model::for_each_field<Entity>([&]<class Member>(model::Field const& field, Member Entity::*member) {
    if (field.name != name) return;
    using Value = model::ValueOf<Member>;
    std::optional<Value> const value = row.*member;
    if (!value) return;
    if constexpr (std::is_same_v<Value, bool> || std::is_same_v<Value, std::string>) {
      found = *value;
    } else if constexpr (std::is_enum_v<Value>) {
      found = std::string(model::enum_name(*value));
    } else if constexpr (model::is_id_v<Value>) {
      found = value->uuid;
    } else if constexpr (std::is_same_v<Value, inlay::Version>) {
      found = value->value;
    } else if constexpr (std::is_same_v<Value, inlay::Timestamp>) {
      found = value->microseconds;
    }
  });
  return found;
}

/** Contract 4: only `ne` holds for what is absent. */
[[nodiscard]] inline bool holds(inlay::Condition const& condition, std::optional<inlay::FieldValue> const& value) {
  using inlay::Operator;
  if (!value) return condition.op == Operator::ne;
  auto const& values = condition.values;
  if (condition.op == Operator::in) return std::find(values.begin(), values.end(), *value) != values.end();
  switch (condition.op) {
    case Operator::eq: return *value == values.front();
    case Operator::ne: return *value != values.front();
    case Operator::lt: return *value < values.front();
    case Operator::lte: return *value <= values.front();
    case Operator::gt: return *value > values.front();
    default: return *value >= values.front();
  }
}

/** The order of lists. */
template <class Entity>
[[nodiscard]] inlay::Cursor place_of(Entity const& row) {
  return {row.created_at, row.id.uuid};
}

/** A row is never changed, only exchanged for another: so it can be shared by all states that have it. */
template <class Entity>
using Row = std::shared_ptr<Entity const>;

/** The rows of one entity, by id, and who has the values of its unique keys. */
template <class Entity>
class Table {
 public:
  [[nodiscard]] std::map<inlay::Uuid, Row<Entity>> const& rows() const noexcept { return rows_; }

  /** The row of that id, or nullptr. */
  [[nodiscard]] Row<Entity> find(inlay::Uuid const& id) const {
    auto const found = rows_.find(id);
    return found == rows_.end() ? nullptr : found->second;
  }

  /** The unique key in which another row agrees with this one, or nullptr. */
  [[nodiscard]] model::UniqueKey const* taken_key(Entity const& row) const {
    for (model::UniqueKey const& key : Entity::unique_keys) {
      auto const same = owners_.find(values_of(key, row));
      if (same != owners_.end() && same->second != row.id.uuid) return &key;
    }
    return nullptr;
  }

  /** Puts `next` in the place of `old`; either may be null. */
  void exchange(Row<Entity> const& old, Row<Entity> const& next) {
    for (model::UniqueKey const& key : Entity::unique_keys) {
      if (old) owners_.erase(values_of(key, *old));
      if (next) owners_[values_of(key, *next)] = next->id.uuid;
    }
    if (old) rows_.erase(old->id.uuid);
    if (next) rows_[next->id.uuid] = next;
  }

 private:
  using KeyValues = std::pair<model::UniqueKey, std::array<std::optional<inlay::FieldValue>, 2>>;

  [[nodiscard]] static KeyValues values_of(model::UniqueKey const& key, Entity const& row) {
    return {key, {value_of(row, key[0]), value_of(row, key[1])}};
  }

  std::map<inlay::Uuid, Row<Entity>> rows_;
  std::map<KeyValues, inlay::Uuid> owners_;
};

/** Everything that a store holds after one of its commits. */
struct State {
  boost::mp11::mp_rename<boost::mp11::mp_transform<Table, model::Entities>, std::tuple> tables{};
  std::vector<std::shared_ptr<inlay::CommitRecord const>> log{};  ///< what is kept of it, oldest first
  /** What is left of compacted commits, while their tokens are taken: contract 13.8. */
  std::vector<std::shared_ptr<inlay::CommitRecord const>> tokens{};
  inlay::Revision revision{};
  inlay::Revision compacted_through{};

  template <class Entity>
  [[nodiscard]] Table<Entity>& table() noexcept {
    return std::get<Table<Entity>>(tables);
  }
  template <class Entity>
  [[nodiscard]] Table<Entity> const& table() const noexcept {
    return std::get<Table<Entity>>(tables);
  }

  /** Contract 13.5 and 13.8. */
  void compact(inlay::Revision through) {
    auto const& newest = !log.empty() ? log.back() : !tokens.empty() ? tokens.back() : nullptr;
    auto const kept = inlay::storage::KeptTokens::of(revision, newest ? newest->time : inlay::Timestamp{});
    std::erase_if(log, [&](auto const& commit) {
      if (commit->revision > through) return false;
      tokens.push_back(std::make_shared<inlay::CommitRecord const>(
          inlay::CommitRecord{.revision = commit->revision, .token = commit->token, .time = commit->time}));
      return true;
    });
    std::erase_if(tokens, [&](auto const& commit) {
      return commit->revision <= through && !kept.keep(commit->revision, commit->time);
    });
    compacted_through = std::max(compacted_through, through);
  }

  [[nodiscard]] bool has(inlay::Uuid const& token) const {
    auto const is_it = [&](auto const& commit) { return commit->token == token; };
    return std::any_of(log.begin(), log.end(), is_it) || std::any_of(tokens.begin(), tokens.end(), is_it);
  }
};

/** Contract 8.3, 8.4 and 9.4: what must hold for a row that is written, whatever it was before. */
template <class Entity>
[[nodiscard]] Result<void> check_constraints(State const& state, Entity const& row) {
  if (auto const* const key = state.table<Entity>().taken_key(row)) {
    return inlay::storage::unique_key_taken(Entity::entity_name, *key);
  }
  Result<void> result;
  model::for_each_reference<Entity>([&]<class Member>(model::Reference const& reference, Member Entity::*member) {
    std::optional<model::ValueOf<Member>> const target = row.*member;
    if (result && target && !state.table<model::ReferencedBy<Member>>().find(target->uuid)) {
      result = inlay::storage::dangling_reference(reference);
    }
  });
  return result;
}

/** Contract 11.3: the entities of which a row still references this one. */
template <class Entity>
[[nodiscard]] std::vector<std::string_view> referrers_of(State const& state, inlay::Id<Entity> id) {
  std::vector<std::string_view> names;
  model::for_each_referrer<Entity>(
      [&]<class Referrer, class Member>(model::Reference const&, Member Referrer::*member) {
        auto const& rows = state.table<Referrer>().rows();
        bool const is_named = !names.empty() && names.back() == Referrer::entity_name;
        if (!is_named &&
            std::any_of(rows.begin(), rows.end(), [&](auto const& row) { return (*row.second).*member == id; })) {
          names.push_back(Referrer::entity_name);
        }
      });
  return names;
}

// Contract 6: scopes. What they name is checked first, so that a wrong one is refused where there are no rows too.

template <class Entity>
[[nodiscard]] Result<void> check_scope(inlay::Scope const& scope) {
  using Kind = inlay::Scope::Kind;
  if (scope.kind == Kind::condition) {
    auto const place = inlay::check_condition<Entity>(scope.condition);
    if (!place) return place.error();
    if (place->part == 0) return {};
    return inlay::Error{.kind = inlay::ErrorKind::invalid_argument,
                        .message = "a scope names members of the rows themselves, and none of rows beside"};
  }
  if (scope.kind != Kind::related) {
    for (inlay::Scope const& part : scope.parts) {
      if (auto checked = check_scope<Entity>(part); !checked) return checked;
    }
    return {};
  }
  Result<void> result = inlay::Error{.kind = inlay::ErrorKind::invalid_argument,
                                     .message = "a scope names an entity, an id of it and an own one, and one part"};
  for_each_entity([&]<class Other>() {
    auto const* const own = model::find_field<Entity>(scope.own_member);
    auto const* const other = model::find_field<Other>(scope.member);
    if (Other::entity_name == scope.entity && scope.parts.size() == 1 && own && other &&
        own->type == model::FieldType::id && other->type == model::FieldType::id) {
      result = check_scope<Other>(scope.parts.front());
    }
  });
  return result;
}

template <class Entity>
[[nodiscard]] bool lets_through(inlay::Scope const& scope, Entity const& row, State const& state) {
  using Kind = inlay::Scope::Kind;
  auto const part_holds = [&](inlay::Scope const& part) { return lets_through(part, row, state); };
  if (scope.kind == Kind::all_of) return std::all_of(scope.parts.begin(), scope.parts.end(), part_holds);
  if (scope.kind == Kind::any_of) return std::any_of(scope.parts.begin(), scope.parts.end(), part_holds);
  if (scope.kind == Kind::condition) return holds(scope.condition, value_of(row, scope.condition.field));

  auto const own = value_of(row, scope.own_member);
  bool is_related = false;
  for_each_entity([&]<class Other>() {
    if (Other::entity_name != scope.entity || !own) return;
    auto const& rows = state.table<Other>().rows();
    is_related = std::any_of(rows.begin(), rows.end(), [&](auto const& other) {
      return value_of(*other.second, scope.member) == own && lets_through(scope.parts.front(), *other.second, state);
    });
  });
  return is_related;
}

// Contract 5: read models.

/** The whole resource that starts with this row: each further part is the row that the part before it references. */
template <class Readable>
[[nodiscard]] Readable assembled(State const& state, model::Root<Readable> const& root) {
  Readable whole;
  model::part_of<0>(whole) = root;
  [&]<std::size_t... index>(std::index_sequence<index...>) {
    ((model::part_of<index + 1>(whole) = *state.table<model::Part<Readable, index + 1>>().find(
          (model::part_of<index>(whole).*model::joining_member<Readable, index>).uuid)),
     ...);
  }
  (std::make_index_sequence<model::part_count<Readable> - 1>{});
  return whole;
}

/** Contract 3.7 and 5.3: takes out the documents that were not asked for. */
template <class Readable>
void drop_documents(Readable& whole, inlay::Query<Readable> const& query) {
  auto const drop = [&]<class Entity>(Entity& row, std::size_t part) {
    if (query.brings_documents(part)) return;
    model::for_each_field<Entity>([&]<class Member>(model::Field const&, Member Entity::*member) {
      if constexpr (std::is_same_v<model::ValueOf<Member>, inlay::Document>) {
        row.*member = part == 0 ? inlay::Document::left_out() : Member{};
      }
    });
  };
  [&]<std::size_t... index>(std::index_sequence<index...>) { (drop(model::part_of<index>(whole), index), ...); }
  (std::make_index_sequence<model::part_count<Readable>>{});
}

/** Whether a condition, which may name a member of any part, holds for a whole resource. */
template <class Readable>
[[nodiscard]] bool holds(inlay::Condition const& condition, inlay::FieldPlace const& place, Readable const& whole) {
  bool does_hold = false;
  [&]<std::size_t... part>(std::index_sequence<part...>) {
    ((part == place.part ? void(does_hold = holds(condition, value_of(model::part_of<part>(whole), place.field.name)))
                         : void()),
     ...);
  }
  (std::make_index_sequence<model::part_count<Readable>>{});
  return does_hold;
}

/** Contract 5.2 and 6.3. */
[[nodiscard]] inline inlay::InstalledIn installed_in(State const& state, inlay::Id<inlay::Integration> integration,
                                                     inlay::Scope const& scope) {
  inlay::InstalledIn found;
  for (auto const& [id, install] : state.table<inlay::EnvironmentIntegration>().rows()) {
    if (install->integration_id != integration) continue;
    auto const environment = state.table<inlay::Environment>().find(install->environment_id.uuid);
    if (lets_through(scope, *environment, state)) found.ids.push_back(install->environment_id);
  }
  std::sort(found.ids.begin(), found.ids.end());
  found.is_truncated = found.ids.size() > inlay::InstalledIn::max_ids;
  if (found.is_truncated) found.ids.resize(inlay::InstalledIn::max_ids);
  return found;
}

}  // namespace journal

#endif
