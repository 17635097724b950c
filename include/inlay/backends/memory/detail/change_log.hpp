// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MEMORY_DETAIL_CHANGE_LOG_HPP
#define INLAY_BACKENDS_MEMORY_DETAIL_CHANGE_LOG_HPP

#include <inlay/model/team.hpp>
#include <inlay/storage/chain.hpp>
#include <inlay/storage/changes.hpp>
#include <inlay/storage/internal/check_cursor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace inlay::memory {

/** A row's change, as the log keeps it: the rows themselves, which share their documents with everybody else. Their
    JSON is written when somebody reads the log. */
struct LoggedChange {
  std::string_view entity;
  Uuid id{};
  ChangeKind kind{};
  std::shared_ptr<void const> before;
  std::shared_ptr<void const> after;
  std::string (*record_of)(void const* row);
  std::optional<Id<Team>> owner{};  // whose it is; nobody's when another store has logged it
  std::size_t bytes{};              // of the rows before and after, where it is somebody's

  [[nodiscard]] ChangeRecord record() const {
    auto const document = [this](std::shared_ptr<void const> const& row) -> std::optional<Document> {
      if (!row) return std::nullopt;
      return Document::from_stored(record_of(row.get()));
    };
    return {std::string(entity), id, kind, document(before), document(after)};
  }

  void add_to(storage::CommitContent& content) const {
    auto const json = [this](std::shared_ptr<void const> const& row) { return row ? record_of(row.get()) : ""; };
    std::string const texts[] = {json(before), json(after)};
    auto const text = [](std::shared_ptr<void const> const& row, std::string_view of) {
      return row ? std::optional(of) : std::nullopt;
    };
    content.add(entity, id, kind, text(before, texts[0]), text(after, texts[1]));
  }
};

struct LoggedCommit {
  Revision revision{};
  Uuid token{};
  std::string actor;
  std::optional<std::string> reason;
  Timestamp time{};
  std::vector<LoggedChange> changes;
  Timestamp moment{};
  Digest chain{};

  /** What it says, for the chain. */
  [[nodiscard]] Digest content() const {
    storage::CommitContent content(token, actor, reason, time);
    for (LoggedChange const& change : changes) change.add_to(content);
    return content.digest();
  }

  /** What the caller sees: all of it, or what happened to one row. */
  [[nodiscard]] CommitRecord record(std::optional<ChangesRequest::Row> const& row) const {
    CommitRecord whole{.revision = revision,
                       .token = token,
                       .actor = actor,
                       .reason = reason,
                       .time = time,
                       .moment = moment,
                       .chain = chain};
    for (LoggedChange const& change : changes) {
      if (!row || is_of(change, *row)) whole.changes.push_back(change.record());
    }
    return whole;
  }

  [[nodiscard]] bool touches(ChangesRequest::Row const& row) const {
    return std::any_of(changes.begin(), changes.end(), [&](LoggedChange const& change) { return is_of(change, row); });
  }

 private:
  [[nodiscard]] static bool is_of(LoggedChange const& change, ChangesRequest::Row const& row) {
    return change.id == row.id && change.entity == row.entity;
  }
};

/** Commits that were found in the log, to be read when the lock is given back. */
struct LoggedPage {
  std::vector<std::shared_ptr<LoggedCommit const>> commits;
  ChangeCursor through{};
  bool has_more{};

  [[nodiscard]] ChangePage read(ChangesRequest const& request) const {
    ChangePage page{{}, through, has_more};
    PageBytes bytes;
    for (auto const& commit : commits) {
      auto record = commit->record(request.row);
      if (!bytes.take(document_bytes(record))) {
        page.has_more = true;
        CommitRecord const& last = page.commits.back();
        page.through = {last.revision, through.store, storage::known(last.token)};
        break;
      }
      page.commits.push_back(std::move(record));
    }
    return page;
  }
};

/** What is left of a compacted commit. */
struct KeptToken {
  Revision revision{};
  Timestamp time{};
  Uuid token{};
};

/** The commits of a store, oldest first. What was restored from another store may have gaps between the revisions. Not
    thread-safe. */
class ChangeLog {
 public:
  ChangeLog() = default;
  explicit ChangeLog(Uuid const& store_id) : state_{.store_id = store_id} {}

  /** Where it ends, and begins. */
  [[nodiscard]] StoreState const& state() const noexcept { return state_; }

  [[nodiscard]] Revision revision() const noexcept { return state_.newest.revision; }

  /** The log holds the commits after this revision. */
  [[nodiscard]] Revision kept_after() const noexcept { return state_.compacted.revision; }

  [[nodiscard]] bool has(Uuid const& token) const { return tokens_.contains(token); }

  /** All commits that are kept, oldest first. */
  [[nodiscard]] std::vector<std::shared_ptr<LoggedCommit const>> all() const {
    return {commits_.begin(), commits_.end()};
  }

  /** Begins anew, without commits. */
  void start(StoreState const& state) {
    *this = ChangeLog();
    state_ = state;
  }

  /** Says where it ends once all commits of another store were added, which may be later than the last of them. */
  void finish(StoreState const& state) noexcept { state_ = state; }

  /** Adds the next commit. Like Table::replace, it ends the program when memory runs out half-way. */
  void append(std::shared_ptr<LoggedCommit const> commit) noexcept {
    tokens_.insert(commit->token);
    newest_time_ = commit->time;
    for (LoggedChange const& change : commit->changes) {
      auto& revisions = revisions_of_[change.id];
      if (revisions.empty() || revisions.back() != commit->revision) revisions.push_back(commit->revision);
      if (change.owner) bytes_of_[*change.owner][commit->time] += change.bytes;
    }
    if (commit->revision >= state_.newest.revision) {
      state_.newest = {commit->revision, commit->token, commit->moment, commit->chain};
    }
    commits_.push_back(std::move(commit));
  }

  /** How many bytes it holds of the team's changes since then. */
  [[nodiscard]] std::uint64_t bytes_of(Id<Team> team, Timestamp since) const {
    auto const found = bytes_of_.find(team);
    if (found == bytes_of_.end()) return 0;
    return std::accumulate(found->second.lower_bound(since), found->second.end(), std::uint64_t{0},
                           [](std::uint64_t sum, auto const& one) { return sum + one.second; });
  }

  /** Checks that the commits after a cursor are those that follow it. */
  [[nodiscard]] Result<void> check(ChangeCursor const& after) const {
    auto const commit = first_after(after);
    bool const is_there = commit != commits_.begin() && (*std::prev(commit))->revision == after.revision();
    return storage::check_cursor(after, state_, is_there ? (*std::prev(commit))->token : Uuid{}, [] { return false; });
  }

  /** The commits after `request.after`, which is from kept_after() to revision(). */
  [[nodiscard]] LoggedPage find(ChangesRequest const& request) const {
    LoggedPage page{{}, storage::cursor_of(state_), false};
    // Looks for one more than was asked for: that there is one is what says that there are more.
    if (!request.row) {
      for (auto commit = first_after(request.after); commit != commits_.end() && page.commits.size() <= request.limit;
           ++commit) {
        page.commits.push_back(*commit);
      }
    } else if (auto const revisions = revisions_of_.find(request.row->id); revisions != revisions_of_.end()) {
      auto const& all = revisions->second;
      for (auto revision = std::upper_bound(all.begin(), all.end(), request.after);
           revision != all.end() && page.commits.size() <= request.limit; ++revision) {
        auto const& commit = *std::prev(first_after(*revision));
        // Rows of two entities may have the same id.
        if (commit->touches(*request.row)) page.commits.push_back(commit);
      }
    }
    if (page.commits.size() > request.limit) {
      page.commits.pop_back();
      page.has_more = true;
      LoggedCommit const& last = *page.commits.back();
      page.through = storage::cursor_of(state_.store_id, last.revision, last.token);
    }
    return page;
  }

  /** Takes out the commits up to and including `through`; tokens stay as long as storage::KeptTokens has it. */
  [[nodiscard]] std::vector<std::shared_ptr<LoggedCommit const>> forget(Revision through) {
    std::vector<std::shared_ptr<LoggedCommit const>> forgotten;
    bool const is_news = through > kept_after();
    while (!commits_.empty() && commits_.front()->revision <= through) {
      forgotten.push_back(commits_.front());
      commits_.pop_front();
      LoggedCommit const& commit = *forgotten.back();
      compacted_.push_back({commit.revision, commit.time, commit.token});
      state_.compacted = {commit.revision, commit.token, commit.moment, commit.chain};
      for (LoggedChange const& change : commit.changes) {
        auto const revisions = revisions_of_.find(change.id);
        if (revisions == revisions_of_.end()) continue;
        auto& all = revisions->second;
        if (all.front() == commit.revision) all.pop_front();
        if (all.empty()) revisions_of_.erase(revisions);
      }
      for (LoggedChange const& change : commit.changes) forget_bytes(change, commit.time);
    }
    if (is_news) {
      if (kept_after() != through) state_.compacted.token = {};  // of a number that was left out
      state_.compacted.revision = through;
    }
    auto const kept = storage::KeptTokens::of(revision(), newest_time_);
    std::erase_if(compacted_, [&](KeptToken const& one) {
      bool const is_free = one.revision <= through && !kept.keep(one.revision, one.time);
      if (is_free) tokens_.erase(one.token);
      return is_free;
    });
    return forgotten;
  }

 private:
  using Commits = std::deque<std::shared_ptr<LoggedCommit const>>;

  [[nodiscard]] Commits::const_iterator first_after(Revision revision) const {
    return std::upper_bound(commits_.begin(), commits_.end(), revision,
                            [](Revision after, auto const& commit) { return after < commit->revision; });
  }

  void forget_bytes(LoggedChange const& change, Timestamp time) {
    if (!change.owner) return;
    auto const of_team = bytes_of_.find(*change.owner);
    auto const at = of_team->second.find(time);
    at->second -= change.bytes;
    if (at->second == 0) of_team->second.erase(at);
    if (of_team->second.empty()) bytes_of_.erase(of_team);
  }

  StoreState state_;
  Commits commits_;
  Timestamp newest_time_{};
  std::vector<KeptToken> compacted_;
  std::unordered_set<Uuid> tokens_;
  std::unordered_map<Uuid, std::deque<Revision>> revisions_of_;  // the commits that wrote a row of that id
  std::unordered_map<Id<Team>, std::map<Timestamp, std::uint64_t>> bytes_of_;  // by whose changes they are, and when
};

}  // namespace inlay::memory

#endif
