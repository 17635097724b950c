// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_CHANGES_HPP
#define INLAY_STORAGE_CHANGES_HPP

#include <inlay/digest.hpp>
#include <inlay/id.hpp>
#include <inlay/json/document.hpp>
#include <inlay/page_bytes.hpp>
#include <inlay/revision.hpp>
#include <inlay/storage/change_cursor.hpp>
#include <inlay/timestamp.hpp>

#include <boost/describe/enum.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inlay {

enum class ChangeKind { inserted, updated, removed };
BOOST_DESCRIBE_ENUM(ChangeKind, inserted, updated, removed)

/** The kind's name as it is written here, e.g. "updated". */
[[nodiscard]] std::string_view to_string(ChangeKind kind) noexcept;
std::ostream& operator<<(std::ostream& out, ChangeKind kind);

/** What a commit did to one row. */
struct ChangeRecord {
  std::string entity{};  ///< the entity's name, e.g. "environment_integration"
  Uuid id{};
  ChangeKind kind{};
  std::optional<Document> before{};  ///< the whole row as JSON; absent for an inserted one
  std::optional<Document> after{};   ///< the whole row as JSON; absent for a removed one

  friend bool operator==(ChangeRecord const&, ChangeRecord const&) = default;
};

/** One commit, as the change log keeps it. */
struct CommitRecord {
  Revision revision{};
  Uuid token{};
  std::string actor{};
  std::optional<std::string> reason{};
  Timestamp time{};
  std::vector<ChangeRecord> changes{};  ///< in the commit's order

  /** When it was done, as the store has it: later than the moment of the commit before, and its time wherever that is
      (storage::next_moment). */
  Timestamp moment{};

  Digest chain{};  ///< the link of the store's chain that this commit is; over all of it, whatever changes are here

  friend bool operator==(CommitRecord const&, CommitRecord const&) = default;
};

/** How many bytes the rows before and after come to in a commit: what a page of the change log is bounded by. */
[[nodiscard]] inline std::size_t document_bytes(CommitRecord const& commit) noexcept {
  std::size_t bytes = 0;
  for (ChangeRecord const& change : commit.changes) {
    for (auto const* const row : {&change.before, &change.after}) bytes += *row ? (*row)->text().size() : 0;
  }
  return bytes;
}

/** Which part of the change log to read. */
struct ChangesRequest {
  ChangeCursor after{};     ///< commits with a greater revision; what else it knows must hold of this store
  std::size_t limit = 100;  ///< commits at most, 1 to max_limit; rows may end a page earlier (max_page_bytes)

  /** Only what happened to one row, and the commits in which it did. */
  struct Row {
    std::string entity{};
    Uuid id{};
  };
  std::optional<Row> row{};

  static constexpr std::size_t max_limit = 1'000;
};

/** Some commits, oldest first, each of them whole; at least one, unless there is none. */
struct ChangePage {
  std::vector<CommitRecord> commits{};

  /** Everything up to here is in this page or before it: ask after this next. What a catalogue gives to a team is a
      revision alone, so that who goes on from there does not notice a fork. */
  ChangeCursor through{};
  bool has_more{};  ///< whether there was more when this was read
};

/** Forget the change log up to and including a revision; rows stay as they are, and so do the tokens that
    storage::KeptTokens names. */
struct CompactRequest {
  Revision through{};
};

namespace storage {

/** Which tokens stay taken when their commits are compacted: those of the last thousand revisions, and of all commits
    whose time is at most a day before the newest commit's.

    Who was not told what came of a commit asks with its token. The backends do so within seconds, a caller who was told
    that the outcome is unknown perhaps within hours; a commit that was done must not be done again for them because
    somebody has compacted meanwhile. Of two bounds the one that keeps more counts: the first does not depend on clocks,
    the second not on how much is written. Neither depends on when one asks.
*/
struct KeptTokens {
  static constexpr std::int64_t revisions = 1'000;
  static constexpr std::int64_t microseconds = 86'400'000'000;

  Revision after{};   ///< those of greater revisions are kept
  Timestamp since{};  ///< and those of this time or a later one

  /** @param time is that of the newest commit, whose revision the other is. */
  [[nodiscard]] static constexpr KeptTokens of(Revision newest, Timestamp time) noexcept {
    return {{newest.value - revisions}, {time.microseconds - microseconds}};
  }

  [[nodiscard]] constexpr bool keep(Revision revision, Timestamp time) const noexcept {
    return revision > after || time >= since;
  }
};

}  // namespace storage

}  // namespace inlay

#endif
