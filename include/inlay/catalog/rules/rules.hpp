// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_RULES_RULES_HPP
#define INLAY_CATALOG_RULES_RULES_HPP

// What the rules of every entity consist of, and what they are where an entity says nothing of its own.

#include <inlay/catalog/answers.hpp>
#include <inlay/error.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/changes.hpp>
#include <inlay/storage/commit.hpp>
#include <inlay/storage/errors.hpp>
#include <inlay/storage/query.hpp>
#include <inlay/storage/scope.hpp>
#include <inlay/storage/usage.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace inlay::rules {

/** The rules of an entity: a specialisation in the file that is named after it, which does not compile without. What is
    unique is said beside the entity itself (`unique_keys`), since stores hold it. */
template <class Entity>
struct Of;

/** How much of a row a team sees that it finds. */
enum class Shown {
  whole,
  summary,
  whole_if_scope_says_so,  ///< whole where it is among the rows that it sees whole, which the store tells; else a
                           ///< summary
};

/** The rows where a member is this. */
inline Scope member_is(std::string_view member, FieldValue value) {
  return Scope::where({std::string(member), Operator::eq, {std::move(value)}});
}

/** What holds for an entity that does not say otherwise. Where `rows` is asked for, it finds rows as the caller sees
    them (catalog/detail/rows.hpp). */
template <class Entity>
struct Common {
  // ---- who sees it, and who owns it

  /** The rows that the team sees whole: each entity's own to say, as `seen_whole_by`. These it sees at all. */
  [[nodiscard]] static Scope seen_by(Id<Team> team) { return Of<Entity>::seen_whole_by(team); }

  [[nodiscard]] static Shown shown_to(Entity const&, Id<Team>) noexcept { return Shown::whole; }

  /** Whether the team owns a row that it sees: only then may it change it. */
  [[nodiscard]] static bool is_owned_by(Entity const& row, Id<Team> team) { return row.team_id == team; }

  /** The rows beside a row from which it follows that it is the caller's. */
  template <class Rows>
  [[nodiscard]] static Result<std::vector<AnyGuard>> owners_of(Entity const&, Rows const&) {
    return std::vector<AnyGuard>();
  }

  /** Whether everybody who sees a row may read its history, and not its owner alone. */
  static constexpr bool is_history_for_all_who_see_it = false;

  /** Whether a step in that history is another's than the team's, for all that can be told. */
  [[nodiscard]] static bool is_other_sides(ChangeRecord const&, Id<Team>) { return false; }

  // ---- what is normalised

  /** What was read, as it is to be seen. */
  static void as_seen(Entity&) noexcept {}

  /** A row that somebody creates: without what is not for callers to set. */
  static void as_created(Entity&) noexcept {}

  /** A row that is to be written: of two ways to say the same the shorter. */
  static void normalise(Entity&) noexcept {}

  // ---- what may be written

  /** Whether the caller, who has that team, may create the row, and the rows that must stay as they are for that. */
  template <class Rows>
  [[nodiscard]] static Result<std::vector<AnyGuard>> may_insert(Entity const& row, Id<Team> team, Rows const& rows) {
    if (Of<Entity>::is_owned_by(row, team)) return std::vector<AnyGuard>();
    if (!rows.store().find(FindRequest<Team>{.id = row.team_id})) {
      return storage::dangling_reference(model::references<Entity>[0]);
    }
    return Error{.kind = ErrorKind::forbidden,
                 .message = "on behalf of a team, rows can be created for that team only",
                 .pointer = "/team_id"};
  }

  /** Whether a row may be as it is after a change, by whomever. */
  [[nodiscard]] static Result<void> may_be(Entity const&) { return {}; }

  /** Whether what was judged of one holds for the other, as far as they are the same row. */
  [[nodiscard]] static bool is_judged_alike(Entity const&, Entity const&) noexcept { return true; }

  /** What of a resource, beside its row, a change was judged by that asked for it. */
  [[nodiscard]] static std::vector<AnyGuard> judged_by(Resource<Entity> const&) { return {}; }

  // ---- what stands in the way of removing it

  /** Whether a row goes with any row that it references, and is not a use of it. */
  static constexpr bool goes_with_references = false;

  /** What goes along with a row that is removed, beside what goes with its references. @param writer the catalogue's.
   */
  template <class Writer>
  [[nodiscard]] static Result<std::vector<Change>> goes_along(Entity const&, std::vector<AnyGuard> const&,
                                                              Writer const&) {
    return std::vector<Change>();
  }

  // ---- what counts for a quota

  /** Whether a change that a team makes counts as its own, of a row that storage::owner_of gives to somebody by its id.
      @param before, after nullptr for a row that is not there. @param goes_along whether it is removed since another
      row is. */
  [[nodiscard]] static bool is_own_step(Entity const* before, Entity const* after, Id<Team> team,
                                        [[maybe_unused]] bool goes_along) {
    storage::Owner const owner = storage::owner_of(after != nullptr ? *after : *before);
    return !std::holds_alternative<Id<Team>>(owner) || std::get<Id<Team>>(owner) == team;
  }

  /** Whether a row counts as the team's own, by whether a change of it does. */
  [[nodiscard]] static bool counts_as_row(Entity const&, Id<Team>, bool is_own_step) noexcept { return is_own_step; }
};

}  // namespace inlay::rules

#endif
