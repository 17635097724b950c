// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQLITE_HPP
#define INLAY_BACKENDS_SQLITE_HPP

#include <inlay/storage/backends.hpp>

namespace inlay {

/** Stores in SQLite files: `sqlite:inlay.db`, `sqlite:/var/lib/host/inlay.db`, `sqlite::memory:`.

    Parameters: `synchronous=full|normal` (full: an acknowledged write survives a power cut), `busy_timeout=5s`,
    `pool_size=4` (connections for readers beside the one writer), `table_prefix=inlay_`, `migrate=auto|off`.
*/
[[nodiscard]] Backend sqlite_backend();

}  // namespace inlay

#endif
