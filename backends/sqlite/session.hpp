// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQLITE_SESSION_HPP
#define INLAY_BACKENDS_SQLITE_SESSION_HPP

#include <backends/sql/connection.hpp>
#include <backends/sqlite/api.hpp>
#include <backends/sqlite/file.hpp>

#include <chrono>
#include <string>

namespace inlay::sqlite {

/** Sets all that the meaning of inlay's statements, and how long they wait, depend on, and looks at it once. What a
    connection begins with is up to how SQLite was built, and to what the host's program has registered for every new
    connection.

    @throws DatabaseFailure
*/
void set_up(sqlite_api::sqlite3* handle, File const& file, bool is_fully_synchronous,
            std::chrono::milliseconds busy_timeout);

/** Refuses a session of the host that is set so that a store would give other answers, or hold what it must not. It is
    not changed.

    @throws DatabaseFailure: unreachable
*/
void check_host_session(sql::Connection& connection, std::string const& path);

}  // namespace inlay::sqlite

#endif
