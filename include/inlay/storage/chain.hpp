// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_CHAIN_HPP
#define INLAY_STORAGE_CHAIN_HPP

// How the commits of a store follow each other: numbers without gaps, moments that never go back, and a chain of
// digests that no commit can be changed in without all that follow.

#include <inlay/digest.hpp>
#include <inlay/id.hpp>
#include <inlay/revision.hpp>
#include <inlay/storage/changes.hpp>
#include <inlay/timestamp.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inlay {

/** Where a change log ends, or begins: at a commit, of which this is what the next one follows. */
struct LogEnd {
  Revision revision{};
  Uuid token{};        ///< nil where there was no commit yet, or a log that was compacted by inlay 0.1 does not tell
  Timestamp moment{};  ///< 0 where there was no commit yet
  Digest chain{};      ///< all zeros where there was no commit yet, or nothing was told of what had been compacted

  friend bool operator==(LogEnd const&, LogEnd const&) = default;
};

/** What a store tells of itself, as of one moment. */
struct StoreState {
  /** Which store it is: drawn when it was made, or filled anew (RestoreRequest::replace), and kept by copies of it and
      by what is restored from its records. Nil where the backend has no such thing (Capabilities::has_identity). */
  Uuid store_id{};
  LogEnd newest{};     ///< the last commit
  LogEnd compacted{};  ///< the last commit that was compacted: the log holds those after it

  friend bool operator==(StoreState const&, StoreState const&) = default;
};

namespace storage {

/** How far the time of a commit may be ahead for it to become its moment. */
inline constexpr std::int64_t most_ahead = 3'600'000'000;

/** The moment of a commit: its own time, if that is after the last moment, else the microsecond after that. A time more
    than an hour ahead of both the last moment and the store's clock is not taken either: moments never go back, and so
   a single wrong clock would make all that follow as wrong. (Not ahead of the last moment alone, or a store to which
    nobody has written for an hour would never catch up.)
*/
[[nodiscard]] constexpr Timestamp next_moment(Timestamp last, Timestamp time, Timestamp clock) noexcept {
  auto const latest = last < clock ? clock : last;
  bool const is_taken = time > last && time.microseconds - most_ahead <= latest.microseconds;
  return is_taken ? time : Timestamp{last.microseconds + 1};
}

/** Collects what a commit says, for its digest.

    Its token, actor, reason and time in microseconds, and of each change the entity, the row's id, the kind and the row
    before and after, as the log holds them: each as LENGTH:BYTES, and what is absent as -: one after the other. So no
    two commits come to the same text.
*/
class CommitContent {
 public:
  CommitContent(Uuid const& token, std::string_view actor, std::optional<std::string> const& reason, Timestamp time);

  void add(std::string_view entity, Uuid const& id, ChangeKind kind, std::optional<std::string_view> before,
           std::optional<std::string_view> after);

  [[nodiscard]] Digest digest() const { return sha256(text_); }

 private:
  void put(std::optional<std::string_view> value);

  std::string text_;
};

/** The digest of a commit as the log has it, all of its changes included. */
[[nodiscard]] Digest content_digest(CommitRecord const& commit);

/** The link of the chain that follows: the SHA-256 of four lines without an end, the one before, the revision, the
   moment in microseconds, and the digest of what the commit says. SQL writes the same (backends/sql/counter.hpp). */
[[nodiscard]] Digest next_link(Digest const& last, Revision revision, Timestamp moment, Digest const& content);

/** Where a log ends to which a commit was added. `clock` is the store's, for next_moment. */
[[nodiscard]] LogEnd next_end(LogEnd const& last, Uuid const& token, Timestamp time, Timestamp clock,
                              Digest const& content);

}  // namespace storage

}  // namespace inlay

#endif
