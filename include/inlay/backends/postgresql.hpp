// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_POSTGRESQL_HPP
#define INLAY_BACKENDS_POSTGRESQL_HPP

#include <inlay/storage/backends.hpp>

namespace inlay {

/** Stores in PostgreSQL: `postgresql://user:p%40ss@host:5432/db`; `postgres:` is the same.

    Several hosts are tried in turn (`//host1:5432,host2/db`). A UNIX socket is the folder that it is in,
    percent-encoded in the host's place (`//user@%2Frun%2Fpostgresql/db`), or `?host=/run/postgresql`. What is not
    given, libpq takes from its environment (PGPASSWORD, ~/.pgpass, ...).

    Parameters of ours: `pool_size=8` (connections at most), `lease_timeout=5s` (how long a call waits for a connection,
    for a lock, or for others to be less busy), `connect_timeout=10s` (for each address of each host; at least 1s),
    `read_timeout=30s` (and no less than three times `lease_timeout`, unless given: how long the server may be silent in
    find, list, changes and commit; 0s: for ever; then they are unavailable, a commit with its outcome unknown),
    `prepared=on|off` (off for poolers such as PgBouncer, which give each transaction another connection),
    `table_prefix=inlay_`, `migrate=auto|off`, `reads=primary|any` (any: of the hosts that there are, those that follow
    the primary may answer reads with ReadFrom::any, see Repository; there are `pool_size` connections to them, and as
    many to the primary). Of libpq, as it documents them: `application_name`, `sslmode`,
    `sslrootcert`, `sslcert`, `sslkey`, `channel_binding`, `target_session_attrs`, `host`.

    What is said to a server on another machine is encrypted, or not said, unless `sslmode` says otherwise: it is
    `require` where one of the hosts is neither `localhost`, nor an address of 127.0.0.0/8, nor `::1`, nor a socket, by
    the URL's word. That proves nothing about who answers, who may ask for the password itself. With `verify-full` (and
    `sslrootcert`) neither a user's name nor an answer to any question leaves before the server is known, and with
    `channel_binding=require` no password, and nothing that would let somebody in between log in.
*/
[[nodiscard]] Backend postgresql_backend();

}  // namespace inlay

#endif
