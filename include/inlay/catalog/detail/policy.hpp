// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_POLICY_HPP
#define INLAY_CATALOG_DETAIL_POLICY_HPP

// Who sees and may do what: the rules of the entities, held against one caller; see Caller::team.

#include <inlay/catalog/rules/all.hpp>
#include <inlay/error.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/model/summary.hpp>
#include <inlay/storage/changes.hpp>
#include <inlay/storage/commit.hpp>
#include <inlay/storage/errors.hpp>
#include <inlay/storage/query.hpp>
#include <inlay/storage/scope.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay::detail {

/** What a caller's team may see and do; without a team, everything. */
class Policy {
 public:
  explicit Policy(std::optional<Id<Team>> team) noexcept : team_(team) {}

  // ---- seeing

  /** The rows of Entity that the caller sees at least a summary of. */
  template <class Entity>
  [[nodiscard]] Scope seen() const {
    return team_ ? rules::Of<Entity>::seen_by(*team_) : Scope();
  }

  /** A list, of what the caller sees. Whoever filters by what a summary does not show gets no summaries: whether one
      meets the filter would tell what is in it.

      @return forbidden for a filter by what is not public of a nested row, and for a scope of the caller's own, which
      could ask about rows that the team does not see.
  */
  template <class Readable>
  [[nodiscard]] Result<Query<Readable>> scoped(Query<Readable> query) const {
    using Entity = model::Root<Readable>;
    if (!team_) return query;
    if (!query.scope.is_everything()) {
      return Error{.kind = ErrorKind::forbidden, .message = "a list takes no scope on behalf of a team"};
    }
    bool only_public = true;
    for (Condition const& condition : query.where) {
      auto const place = inlay::find_filter_field<Readable>(condition.field);
      if (!place) return place.error();
      if (place->part == 0) {
        only_public = only_public && model::is_public<Entity>(place->field.name);
      } else if (detail::filter_parts<Readable>[place->part].entity == Team::entity_name &&
                 !model::is_public<Team>(place->field.name)) {
        return Error{.kind = ErrorKind::forbidden,
                     .message = "a list cannot be filtered by " + condition.field + " on behalf of a team"};
      }
    }
    query.scope = only_public ? seen<Entity>() : rules::Of<Entity>::seen_whole_by(*team_);
    return query;
  }

  /** The environments of that name that the caller sees, of teams of that name. Installs are seen where their
      environments are. */
  [[nodiscard]] Scope environments_called(std::string_view team, std::string_view name) const {
    std::vector<Scope> parts;
    if (team_) parts.push_back(seen<Environment>());
    parts.push_back(rules::member_is("name", std::string(name)));
    parts.push_back(Scope::related("team", "id", "team_id", rules::member_is("name", std::string(team))));
    return Scope::all_of(std::move(parts));
  }

  /** A team reads the history of what belongs to it. @return which row that is. */
  template <class Rows>
  [[nodiscard]] Result<Birth> may_see_history(ChangesRequest::Row const& row, Rows const& rows) const {
    Result<Birth> result = storage::no_such_row(row.entity);
    model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
      if (row.entity != Entity::entity_name) return;
      auto const found = rows.template find<Entity>(Id<Entity>{row.id});
      if (!found) {
        result = found.error();
        return;
      }
      result = found->birth;
      if constexpr (!rules::Of<Entity>::is_history_for_all_who_see_it) {
        if (auto allowed = may_change<Entity>(*found, nullptr); !allowed) result = allowed.error();
      }
    });
    return result;
  }

  // ---- writing

  /** Whether the caller may create the row, and the rows that must stay as they are for that. */
  template <class Entity, class Rows>
  [[nodiscard]] Result<std::vector<AnyGuard>> may_insert(Entity const& row, Rows const& rows) const {
    if (!team_) return std::vector<AnyGuard>();
    return rules::Of<Entity>::may_insert(row, *team_, rows);
  }

  /** The rows beside a row from which it follows that it is the caller's. */
  template <class Entity, class Rows>
  [[nodiscard]] Result<std::vector<AnyGuard>> owners_of(Entity const& row, Rows const& rows) const {
    if (!team_) return std::vector<AnyGuard>();
    return rules::Of<Entity>::owners_of(row, rows);
  }

  /** Whether the caller may make that change to a row that it sees. @param after nullptr where that is not known yet.
   */
  template <class Entity>
  [[nodiscard]] Result<void> may_change(Entity const& before, Entity const* after) const {
    if (!team_) return {};
    if (!rules::Of<Entity>::is_owned_by(before, *team_)) {
      return Error{.kind = ErrorKind::forbidden,
                   .message = "this " + storage::words(Entity::entity_name) + " belongs to another team"};
    }
    Result<void> result;
    if constexpr (requires { Entity::administered_members; }) {
      if (after == nullptr) return result;
      model::for_each_field<Entity>([&](model::Field const& field, auto member) {
        if (!names(Entity::administered_members, field) || before.*member == after->*member) return;
        result = Error{.kind = ErrorKind::forbidden,
                       .message = std::string(field.name) + " cannot be changed on behalf of a team",
                       .pointer = storage::member_pointer(field.name)};
      });
    }
    return result;
  }

  /** A mark that vouches for some members of a row goes when others than those who gave it change them. */
  template <class Entity>
  void withdraw_mark(Entity const& before, Entity& after) const {
    if constexpr (requires { Entity::verified_members; }) {
      if (!team_) return;
      model::for_each_field<Entity>([&](model::Field const& field, auto member) {
        if (names(Entity::verified_members, field) && before.*member != after.*member) after.is_verified = false;
      });
    }
  }

 private:
  template <class Names>
  [[nodiscard]] static bool names(Names const& members, model::Field const& field) {
    return std::find(members.begin(), members.end(), field.name) != members.end();
  }

  std::optional<Id<Team>> team_;
};

}  // namespace inlay::detail

#endif
