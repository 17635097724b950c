// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_REST_CURSOR_HPP
#define INLAY_SRC_REST_CURSOR_HPP

#include <inlay/error.hpp>
#include <inlay/storage/query.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace inlay::rest {

/** What a handler encrypts its cursors with. */
using CursorKey = std::array<unsigned char, 32>;

/** The key that follows from a host's secret; without one, a random key.

    @throw Exception with invalid_argument for a secret that is too short, not_built for an OpenSSL that lacks the
    cipher.
*/
[[nodiscard]] CursorKey make_cursor_key(std::optional<std::string> const& secret);

/** A cursor as clients get it: encrypted and authenticated with AES-SIV (RFC 5297), for the list of that name alone.

    A cursor holds when the last row of a page was created, which not everybody who sees the row may know. The same
    place in the same list has the same text.
*/
[[nodiscard]] std::string seal(Cursor const& cursor, std::string_view list, CursorKey const& key);

/** Reads what seal() gave, with the same list and key. @return invalid_argument for anything else. */
[[nodiscard]] Result<Cursor> unseal(std::string_view text, std::string_view list, CursorKey const& key);

}  // namespace inlay::rest

#endif
