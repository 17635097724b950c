// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQLITE_API_HPP
#define INLAY_BACKENDS_SQLITE_API_HPP

// SQLite's functions and types in namespace sqlite_api, where SOCI's sessions have them. SOCI 4.0 includes sqlite3.h
// there; since 4.1 it only names the types, so that hosts need no header of SQLite.

#include <soci/sqlite3/soci-sqlite3.h>
#include <soci/version.h>

#if SOCI_VERSION >= 400100
// What sqlite3.h includes itself, not to end up in the namespace.
#include <stdarg.h>

namespace sqlite_api {
#include <sqlite3.h>
}
#endif

#endif
