// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQLITE_HPP
#define INLAY_BACKENDS_SQLITE_HPP

#include <inlay/storage/backends.hpp>

namespace inlay {

/** Stores in SQLite files: `sqlite:inlay.db`, `sqlite:/var/lib/host/inlay.db`, `sqlite::memory:`.

    Parameters: `synchronous=full|normal` (full: an acknowledged write survives a power cut), `busy_timeout=5s`,
    `pool_size=4` (connections for readers beside the one writer), `table_prefix=inlay_`, `migrate=auto|off`,
    `mode=rw|ro` (ro: no file is made, nothing is migrated, and writes are `unavailable`), `immutable=off|on` (with
    mode=ro: a file that nobody writes is read without any other beside it), `file_mode=0600` (the permissions of a file
    that is made, whatever the umask).

    Only the opening of a store makes its file. A store whose file, or the log beside it, was moved, replaced or removed
    while it is open is `unavailable`: a commit that finds so before it is done is not done, one that finds so
    afterwards has an unknown outcome. Reads look for it every 100 ms.
*/
[[nodiscard]] Backend sqlite_backend();

}  // namespace inlay

#endif
