// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_LIVE_FOLLOWER_HPP
#define INLAY_LIVE_FOLLOWER_HPP

#include <inlay/live/follower/detail/followed_rows.hpp>
#include <inlay/live/follower/terms.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace inlay::live {

/** Follows a store: says what to read, is told what was read, and gives what has changed, so that whoever adds that up
    holds the rows as they are in the store at one place of its change log after the other.

    It has no thread, no clock and no connection; it is a machine that somebody drives, in a loop: next() says what to
    do, answer() brings what came of it. At most one read is under way. Not thread-safe.

    What it promises:

    - What was published up to a place is what the store holds there: no row is missed, and none is of another moment.
      The exception are rows that cannot be read: they stay as they were when they last could be, and say so.
    - Places only grow, but for a new start, which is declared (Publication::start) and, too, is a difference: rows that
      are gone are among its changes.
    - Nothing is taken for gone because the store could not be read; an answer that comes late, twice, or from a server
      that is behind never takes the place of something newer.
    - While the store can be read it comes to wherever that is, also when all that is committed is of others' rows, when
      the change log is compacted under it, and when the store is restored or its primary lost (it starts anew by
   itself).

    It goes on from the first page of the rows that it lists: the change log from there, applied to rows that were read
    at several moments, is right again when it has come to the last of those moments. A row's revision says whether a
    change is in it already. Each page's place, with its token, must be met in the log, or the pages are of another
    history.
*/
class Follower {
 public:
  /** @param seed what the pauses are drawn by: another one for each process, so that a fleet does not poll in step. */
  Follower(FollowScope scope, FollowerOptions options, std::uint64_t seed);

  /** What to do now. A Publication is given once, and counts as taken. What is to be read is asked for once; until it
     is answered there is nothing to do.

      @param now may be any later moment than before, however much; an earlier one counts as that.
  */
  [[nodiscard]] Action next(Moment now);

  /** What came of a ReadChanges. Of a read that is not under way (any more) nothing is taken. What was thrown away for
      good by a driver must be answered, too, with an error. */
  void answer(std::uint64_t number, Result<ChangePage> page, Moment now);

  /** What came of a ReadRows. A driver need not know which rows of a page cannot be read: it may answer with the error
      of the whole page, and the follower finds them. In a list by order it can where the error names the row
      (Error::row), and a page has fewer than a hundred of them; else it does not come past that page, which error()
      says, and reads it again, until they are mended. */
  template <class Entity>
  void answer(std::uint64_t number, Result<RowsRead<Entity>> rows, Moment now);

  /** Somebody says that there is something new, up to a revision if they know: it is read at once. What is read must
      come as far, or is soon read again; but a store that does not come there is believed in the end. */
  void hint(std::optional<Revision> revision = std::nullopt);

  /** How far what was published goes; absent: nothing was published yet. */
  [[nodiscard]] std::optional<ChangeCursor> const& published() const noexcept { return published_; }

  /** When the read began that last found what was published to be the newest there is; absent: none has yet. */
  [[nodiscard]] std::optional<Moment> const& confirmed() const noexcept { return confirmed_; }

  /** What came of the last read, if that was an error. */
  [[nodiscard]] std::optional<Error> const& error() const noexcept { return error_; }

  /** Whether rows are being read anew; what was published stays meanwhile. */
  [[nodiscard]] bool is_starting() const noexcept { return start_ != NewStart::none; }

 private:
  using AnyQuery = OneOfFollowed<Query>;

  struct Listing {
    AnyQuery query;
    std::optional<std::unordered_set<Uuid>> ids;  // that it names, and no page has had yet; absent: it names none
  };

  struct Asked {
    std::uint64_t number{};
    Moment at{};
  };

  // Starting, and what is to be listed
  void start_anew(NewStart why);
  void list_scope();
  void list_needed();
  template <class Entity>
  void list(Query<Entity> query, std::optional<std::unordered_set<Uuid>> ids = std::nullopt);
  template <class Entity>
  void list_needed_of();

  // Reading
  [[nodiscard]] Action read_rows();
  [[nodiscard]] Action read_changes();
  [[nodiscard]] std::uint64_t ask();
  [[nodiscard]] std::optional<Asked> take_asked(std::uint64_t number, Moment now);

  // What was read
  void take(ChangePage page, Moment asked_at);
  [[nodiscard]] bool meets_checks(ChangePage const& page);
  template <class Entity>
  void take(RowsRead<Entity> rows);
  [[nodiscard]] bool take_place(ChangeCursor const& place);
  template <class Entity>
  [[nodiscard]] bool find_unreadable(Error const& error);
  template <class Entity>
  [[nodiscard]] bool leave_out_unreadable(Error const& error);

  // What follows
  [[nodiscard]] bool is_whole() const noexcept;
  void apply_page();
  [[nodiscard]] Publication publish();
  void confirm();

  // When
  void failed(Error error);
  void fell_behind();
  void plan_poll(bool has_found);
  [[nodiscard]] FollowerOptions::Duration drawn(FollowerOptions::Duration least, FollowerOptions::Duration most);

  FollowScope scope_;
  FollowerOptions options_;
  std::uint64_t random_;
  Moment now_{};

  Moment due_{};      // nothing is read before
  Moment poll_at_{};  // nor before this, where there is no reason to
  FollowerOptions::Duration idle_{};
  bool is_hurried_ = false;  // by a hint
  Revision hinted_{};
  unsigned hint_tries_ = 0;       // since the hint
  unsigned failures_ = 0;         // since a read has succeeded
  unsigned behind_ = 0;           // how often a server was behind what was known, since one was not
  unsigned restarts_ = 0;         // since the log has led on from a publication
  std::uint64_t number_ = 0;      // of the last read that was asked for
  std::optional<Asked> asked_{};  // the read under way
  std::optional<Error> error_{};

  detail::FollowedRows rows_;
  NewStart start_ = NewStart::first;
  std::deque<Listing> listings_{};
  bool log_comes_first_ = false;        // before rows are read that are needed
  std::optional<ChangeCursor> at_{};    // what the rows have of the log; absent: no page of rows was read yet
  std::vector<ChangeCursor> checks_{};  // places that pages of rows were read at, and the log must come by
  Revision owed_{};                     // the rows are of one moment when the log has come here
  bool was_owing_ = true;  // since the last publication there was a moment when they could not be published

  std::optional<ChangePage> page_{};  // of the log, and applied up to
  std::size_t next_commit_ = 0;
  bool has_more_ = false;
  std::optional<std::pair<Revision, Moment>> end_seen_{};  // where the log ended, and when the read began that saw it

  std::optional<ChangeCursor> published_{};
  std::optional<Moment> confirmed_{};

  static constexpr std::size_t max_ids = 500;
};

}  // namespace inlay::live

#endif
