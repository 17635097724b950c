// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_STORAGE_CHANGE_CURSOR_HPP
#define INLAY_STORAGE_CHANGE_CURSOR_HPP

#include <inlay/error.hpp>
#include <inlay/id.hpp>
#include <inlay/revision.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inlay {

/** A place in the change log of a store: a revision, and what tells that it is still the same history that led there.

    A revision is a number, and a store that was restored from a copy, or whose new primary lacks what the old one had,
    gives the same numbers again, to other commits. The token of a commit does not come twice. So whoever goes on from a
    cursor is told when the store has become another one, or has forked off before that place; with a revision alone
    that can only be seen when the store has not come as far yet.

    A Revision is a cursor that knows no more than that, and every cursor can be taken for its Revision; they are
   ordered as Revisions are.
*/
struct ChangeCursor : Revision {
  /** The store; absent: whichever is asked. */
  std::optional<Uuid> store{};

  /** Of the commit whose revision it is; absent at revision 0, and where it is not known. */
  std::optional<Uuid> token{};

  constexpr ChangeCursor() noexcept = default;
  constexpr ChangeCursor(Revision revision) noexcept : Revision(revision) {}      // it is one that knows no more
  constexpr ChangeCursor(std::int64_t revision) noexcept : Revision{revision} {}  // `{7}`, as a Revision is written
  constexpr ChangeCursor(Revision revision, std::optional<Uuid> of_store, std::optional<Uuid> of_commit) noexcept
      : Revision(revision), store(of_store), token(of_commit) {}

  [[nodiscard]] constexpr Revision revision() const noexcept { return *this; }

  /** An opaque text that parse_change_cursor reads back: letters, digits, '-' and '_'. It holds no secret, and is as
      good as the cursor: not signed. That of a revision alone is its number. */
  [[nodiscard]] std::string text() const;

  /** All of it is the same. (That of a cursor and a Revision compares the revisions, as the order of cursors does.) */
  template <std::same_as<ChangeCursor> Cursor>
  friend constexpr bool operator==(Cursor const& one, Cursor const& other) noexcept {
    return one.value == other.value && one.store == other.store && one.token == other.token;
  }
};

/** Reads what ChangeCursor::text gave, or the number of a revision.

    @return invalid_argument for anything else.
*/
[[nodiscard]] Result<ChangeCursor> parse_change_cursor(std::string_view text);

}  // namespace inlay

#endif
