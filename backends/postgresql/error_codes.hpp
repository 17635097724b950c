// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_POSTGRESQL_ERROR_CODES_HPP
#define INLAY_BACKENDS_POSTGRESQL_ERROR_CODES_HPP

// What PostgreSQL's SQLSTATEs mean to a store: https://www.postgresql.org/docs/current/errcodes-appendix.html.
// tests/integration/server_codes.test.cpp holds this to the list that the server has of them itself.

#include <backends/sql/failure.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace inlay::postgresql {

using sql::FailureKind;

struct ErrorCode {
  std::string_view state;  ///< or the first two characters, for all of a class that are not named
  FailureKind kind{};
  bool is_text_safe = true;      ///< whether the first part of the server's words never quotes a value
  std::string_view advice = {};  ///< what follows the server's words
  int since = 0;                 ///< the server's version that has brought it
};

inline constexpr std::string_view advice_on_schema =
    "; the role's search_path must name the schema of the store's tables, and that schema be there";
inline constexpr std::string_view advice_on_pooler =
    "; behind a pooler such as PgBouncer in transaction mode, use ?prepared=off";

inline constexpr std::array error_codes{
    ErrorCode{"03", FailureKind::other},
    ErrorCode{"08", FailureKind::lost},
    ErrorCode{"09", FailureKind::other, false},  // triggers, which are not ours
    // Partitions, rules, foreign tables: what a table was made into; or a server of another make.
    ErrorCode{"0A", FailureKind::unreachable},
    ErrorCode{"0B", FailureKind::other},
    ErrorCode{"0F", FailureKind::other},
    ErrorCode{"0L", FailureKind::unreachable},
    ErrorCode{"0P", FailureKind::unreachable},
    ErrorCode{"0Z", FailureKind::other},
    ErrorCode{"20", FailureKind::other},
    ErrorCode{"21", FailureKind::other},
    ErrorCode{"22", FailureKind::other, false},  // values that do not fit, quoted
    ErrorCode{"22012", FailureKind::overtaken},  // see write_once.hpp; nothing else divides
    ErrorCode{"23", FailureKind::other},
    ErrorCode{"23001", FailureKind::foreign_key},  // what PostgreSQL 18 says for `on delete restrict`
    ErrorCode{"23503", FailureKind::foreign_key},
    ErrorCode{"23505", FailureKind::unique},
    ErrorCode{"24", FailureKind::other},
    ErrorCode{"25", FailureKind::other},
    ErrorCode{"25006", FailureKind::read_only},
    ErrorCode{"25P02", FailureKind::aborted},
    ErrorCode{"25P03", FailureKind::lost},
    ErrorCode{.state = "25P04", .kind = FailureKind::lost, .since = 17},
    ErrorCode{"26", FailureKind::stale_session, true, advice_on_pooler},
    ErrorCode{"27", FailureKind::other},
    ErrorCode{"28", FailureKind::unreachable},
    ErrorCode{"2B", FailureKind::other},
    ErrorCode{"2D", FailureKind::other},
    ErrorCode{"2F", FailureKind::other, false},
    ErrorCode{"34", FailureKind::other},
    ErrorCode{"38", FailureKind::other, false},
    ErrorCode{"39", FailureKind::other, false},
    ErrorCode{"3B", FailureKind::other},
    ErrorCode{"3D", FailureKind::unreachable},
    ErrorCode{"3F", FailureKind::unreachable, true, advice_on_schema},
    ErrorCode{"40", FailureKind::busy},
    ErrorCode{"40002", FailureKind::other},
    // A server of several parts, or a proxy, does not know whether the statement was done.
    ErrorCode{"40003", FailureKind::interrupted},
    ErrorCode{"42", FailureKind::other},
    ErrorCode{"42501", FailureKind::unreachable},
    ErrorCode{"42703", FailureKind::no_such_column},
    ErrorCode{"42710", FailureKind::unreachable},  // of a name that a migration needs
    ErrorCode{"42P01", FailureKind::unreachable, true, advice_on_schema},
    ErrorCode{"42P05", FailureKind::unreachable, true, advice_on_pooler},
    ErrorCode{"42P07", FailureKind::unreachable},
    ErrorCode{"44", FailureKind::other},
    ErrorCode{"53", FailureKind::unreachable},
    ErrorCode{"53300", FailureKind::no_connection_left},
    ErrorCode{"54", FailureKind::unreachable},  // also a server that would soon run out of transaction numbers
    ErrorCode{"55", FailureKind::unreachable},
    ErrorCode{"55006", FailureKind::busy},
    ErrorCode{"55P03", FailureKind::busy},
    ErrorCode{"57", FailureKind::interrupted},
    ErrorCode{"57P01", FailureKind::lost},
    ErrorCode{"57P02", FailureKind::lost},
    ErrorCode{"57P03", FailureKind::lost},
    ErrorCode{"57P04", FailureKind::lost},
    ErrorCode{"57P05", FailureKind::lost},
    ErrorCode{"58", FailureKind::unreachable},
    ErrorCode{"72", FailureKind::busy},
    ErrorCode{"F0", FailureKind::unreachable},
    ErrorCode{"HV", FailureKind::unreachable, false},
    ErrorCode{"P0", FailureKind::other, false},  // functions that others have written
    ErrorCode{"XX", FailureKind::other},
    ErrorCode{"XX001", FailureKind::corrupt},
    ErrorCode{"XX002", FailureKind::corrupt},
};

/** The row of a state, else that of its class; one that nobody knows quotes values for all we know. */
[[nodiscard]] constexpr ErrorCode error_code(std::string_view state) noexcept {
  for (std::string_view const name : {state, state.substr(0, 2)}) {
    for (ErrorCode const& code : error_codes) {
      if (code.state == name) return code;
    }
  }
  return {.state = state, .kind = FailureKind::other, .is_text_safe = false};
}

}  // namespace inlay::postgresql

#endif
