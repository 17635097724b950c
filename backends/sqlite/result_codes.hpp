// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQLITE_RESULT_CODES_HPP
#define INLAY_BACKENDS_SQLITE_RESULT_CODES_HPP

#include <backends/sql/failure.hpp>

#include <optional>

namespace inlay::sqlite {

/** What a result code of SQLite means, primary or extended. An extended code that a later SQLite may add means what its
    primary one does.

    @return nothing for a code whose primary one is not known either.
*/
[[nodiscard]] std::optional<sql::FailureKind> find_kind(int code) noexcept;

/** The same; what is not known is `other`. */
[[nodiscard]] inline sql::FailureKind kind_of(int code) noexcept {
  return find_kind(code).value_or(sql::FailureKind::other);
}

}  // namespace inlay::sqlite

#endif
