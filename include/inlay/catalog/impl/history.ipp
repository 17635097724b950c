// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_IMPL_HISTORY_IPP
#define INLAY_CATALOG_IMPL_HISTORY_IPP

#include <inlay/catalog/detail/history.hpp>
#include <inlay/catalog/detail/rows.hpp>
#include <inlay/catalog/rules/all.hpp>
#include <inlay/storage/errors.hpp>

#include <algorithm>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay::detail {

/** Which row a change says that it was made to. */
struct SaidBirth {
  Birth birth{};         ///< of an older row, where there is none in the change
  bool is_there = true;  ///< false where inlay 0.1 wrote the change, perhaps to a row that was inserted since
};

/** Nothing when the log does not hold what inlay wrote. */
inline std::optional<SaidBirth> birth_in(ChangeRecord const& change) {
  std::optional<Document> const& row = change.after ? change.after : change.before;
  auto const values = row ? row->values() : Result<boost::json::object const*>(nullptr);
  if (!values || *values == nullptr) return std::nullopt;
  auto const text_of = [&](char const* member) -> std::optional<std::string_view> {
    auto const* const value = (*values)->if_contains(member);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return std::string_view(value->get_string());
  };
  if ((*values)->contains("birth")) {
    auto const birth = parse_birth(text_of("birth").value_or(""));
    return birth ? std::optional(SaidBirth{*birth}) : std::nullopt;
  }
  auto const time = parse_timestamp(text_of("created_at").value_or(""));
  return time ? std::optional(SaidBirth{birth_of_older_row(change.id, *time), false}) : std::nullopt;
}

/** Whether only what comes after it can tell which row a change was made to. Inserts without a birth are of older rows,
    and what was removed is not the row that has the id now. */
inline bool depends_on_next(ChangeRecord const& change, SaidBirth const& said, Birth birth) noexcept {
  return !said.is_there && said.birth != birth && change.kind == ChangeKind::updated;
}

/** The birth of the row that had that id after a revision, to which the log has a change; by what the log says next. Up
    to the next removal all changes are made to one row.

    @param current what it is where the log says nothing more.
*/
inline Result<Birth> living_after(Repository const& repository, ChangesRequest::Row const& row, Revision revision,
                                  Birth current) {
  ChangesRequest request{.after = revision, .row = row};
  while (true) {
    auto page = repository.changes(request);
    if (!page) return page.error();
    for (CommitRecord const& commit : page->commits) {
      for (ChangeRecord const& change : commit.changes) {
        auto const said = birth_in(change);
        if (!said) return storage::corrupt_row("change", change.id, "the row that it changed is not what inlay wrote");
        if (change.kind == ChangeKind::inserted) return Birth{};  // there was none, whatever the log says
        if (!depends_on_next(change, *said, current)) return said->birth;
      }
    }
    if (!page->has_more) return current;
    request.after = page->through;
  }
}

/** Leaves what was done to the row of that birth, which has the id now: one that had it before is perhaps another
    team's. What inlay 0.1 has written, which knows no births, is of the row that the next change is made to, or which
    is there after the last.

    @param page of the changes of one row's id.
*/
inline Result<void> keep_history_of(Repository const& repository, ChangesRequest::Row const& row, ChangePage& page,
                                    Birth birth) {
  std::optional<Birth> living;  // after the change that is looked at, where that is known
  if (!page.has_more) living = birth;
  for (auto commit = page.commits.rbegin(); commit != page.commits.rend(); ++commit) {
    std::vector<ChangeRecord> kept;
    for (auto change = commit->changes.rbegin(); change != commit->changes.rend(); ++change) {
      auto said = birth_in(*change);
      if (!said) return storage::corrupt_row("change", change->id, "the row that it changed is not what inlay wrote");
      if (depends_on_next(*change, *said, birth)) {
        if (!living) {
          auto next = living_after(repository, row, page.through, birth);
          if (!next) return next.error();
          living = *next;
        }
        said->birth = *living;
      }
      living = change->kind == ChangeKind::inserted ? Birth{} : said->birth;
      if (said->birth == birth) kept.push_back(std::move(*change));
    }
    std::reverse(kept.begin(), kept.end());
    commit->changes = std::move(kept);
  }
  std::erase_if(page.commits, [](CommitRecord const& commit) { return commit.changes.empty(); });
  return {};
}

/** Whether a step in the history of a row that a team sees is another's, for all that can be told. */
inline bool is_other_sides(ChangeRecord const& change, Id<Team> team) {
  bool is_other = false;
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    if (change.entity == Entity::entity_name) is_other = rules::Of<Entity>::is_other_sides(change, team);
  });
  return is_other;
}

/** Takes out of commits about one row who made them, why, by which token and at which moment, where that was another
    team; and the links of the chain of all, since those tell of all that a commit says. */
inline void conceal_actors(std::vector<CommitRecord>& commits, Id<Team> team) {
  for (CommitRecord& commit : commits) {
    commit.chain = {};
    bool const is_theirs = std::any_of(commit.changes.begin(), commit.changes.end(),
                                       [&](ChangeRecord const& change) { return is_other_sides(change, team); });
    if (!is_theirs) continue;
    commit.actor.clear();
    commit.reason.reset();
    commit.token = {};
    commit.moment = {};
  }
}

Result<ChangePage> changes_seen(CatalogSession const& session, ChangesRequest const& request) {
  Rows const rows(session);
  auto const& team = session.caller.team;
  if (!team) return rows.store().changes(request);
  if (!request.row) {
    return Error{.kind = ErrorKind::forbidden,
                 .message = "on behalf of a team, the history of one row at a time can be read"};
  }
  auto birth = rows.policy().may_see_history(*request.row, rows);
  if (!birth) return birth.error();
  auto own = request;
  while (true) {
    auto page = rows.store().changes(own);
    if (!page) return page;
    auto const kept = keep_history_of(rows.store(), *request.row, *page, *birth);
    // Once more: it was perhaps somebody else's, or another row, by the time that the page was read.
    auto const still = rows.policy().may_see_history(*request.row, rows);
    if (!still) return still.error();
    if (*still != *birth) {
      birth = still;
      own = request;
      continue;
    }
    if (!kept) return kept.error();
    conceal_actors(page->commits, *team);
    if (page->commits.empty() && page->has_more) {
      own.after = page->through;
      continue;
    }
    // The rest of the place is of the whole store: its name, and the token of a commit that is perhaps another's.
    page->through = ChangeCursor(page->through.revision());
    return page;
  }
}

}  // namespace inlay::detail

#endif
