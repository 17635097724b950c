// SPDX-License-Identifier: BSL-1.0
#include <backends/sqlite/result_codes.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <iterator>

namespace inlay::sqlite {

namespace {

using sql::FailureKind;

struct Meaning {
  int code{};
  FailureKind kind{};
};

// The primary codes, all of them, and those of the extended ones that mean something else than their primary one.
// Nothing in SQLite's texts for them is a value: they name tables, columns, files and limits.
constexpr Meaning meanings[] = {
    // Somebody else is in the way, for now.
    {SQLITE_BUSY, FailureKind::busy},
    {SQLITE_LOCKED, FailureKind::busy},
    {SQLITE_SCHEMA, FailureKind::busy},  // it has changed more often than SQLite prepares a statement anew

    // The file, its folder or the machine do not let us.
    {SQLITE_CANTOPEN, FailureKind::unreachable},
    {SQLITE_FULL, FailureKind::unreachable},
    {SQLITE_IOERR, FailureKind::unreachable},
    {SQLITE_NOLFS, FailureKind::unreachable},
    {SQLITE_NOMEM, FailureKind::unreachable},
    {SQLITE_PERM, FailureKind::unreachable},
    {SQLITE_PROTOCOL, FailureKind::unreachable},
    {SQLITE_READONLY, FailureKind::unreachable},
    {SQLITE_READONLY_DBMOVED, FailureKind::moved},

    // What the host or the build has set: an authorizer, a limit below that of documents.
    {SQLITE_AUTH, FailureKind::unreachable},
    {SQLITE_TOOBIG, FailureKind::unreachable},
    {SQLITE_INTERRUPT, FailureKind::interrupted},

    // What is there is no database, or a broken one.
    {SQLITE_CORRUPT, FailureKind::corrupt},
    {SQLITE_FORMAT, FailureKind::corrupt},
    {SQLITE_NOTADB, FailureKind::corrupt},
    {SQLITE_IOERR_CORRUPTFS, FailureKind::corrupt},
    {SQLITE_IOERR_DATA, FailureKind::corrupt},

    // Constraints.
    {SQLITE_CONSTRAINT_PRIMARYKEY, FailureKind::unique},
    {SQLITE_CONSTRAINT_ROWID, FailureKind::unique},
    {SQLITE_CONSTRAINT_UNIQUE, FailureKind::unique},
    {SQLITE_CONSTRAINT_FOREIGNKEY, FailureKind::foreign_key},
    {SQLITE_CONSTRAINT_TRIGGER, FailureKind::foreign_key},  // on delete restrict is one of its triggers
    {SQLITE_CONSTRAINT, FailureKind::other},

    // A statement of ours that is wrong, or a use of the library that is.
    {SQLITE_ERROR, FailureKind::other},
    {SQLITE_INTERNAL, FailureKind::other},
    {SQLITE_ABORT, FailureKind::other},
    {SQLITE_NOTFOUND, FailureKind::other},
    {SQLITE_EMPTY, FailureKind::other},
    {SQLITE_MISMATCH, FailureKind::other},
    {SQLITE_MISUSE, FailureKind::other},
    {SQLITE_RANGE, FailureKind::other},

    // No failures: for logs, and between SQLite and who steps through a statement.
    {SQLITE_NOTICE, FailureKind::other},
    {SQLITE_WARNING, FailureKind::other},
    {SQLITE_ROW, FailureKind::other},
    {SQLITE_DONE, FailureKind::other},
};

[[nodiscard]] std::optional<FailureKind> find(int code) noexcept {
  auto const* const found = std::find_if(std::begin(meanings), std::end(meanings),
                                         [&](Meaning const& meaning) { return meaning.code == code; });
  if (found == std::end(meanings)) return std::nullopt;
  return found->kind;
}

}  // namespace

std::optional<FailureKind> find_kind(int code) noexcept {
  auto const exact = find(code);
  return exact ? exact : find(code & 0xFF);
}

}  // namespace inlay::sqlite
