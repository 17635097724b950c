// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MYSQL_HPP
#define INLAY_BACKENDS_MYSQL_HPP

#include <inlay/storage/backends.hpp>

namespace inlay {

/** Stores in MySQL 8 or newer, or MariaDB 10.6 or newer: `mysql://user:p%40ss@host:3306/db`; `mariadb:` is the same.

    A UNIX socket is percent-encoded in the host's place (`//user@%2Frun%2Fmysqld%2Fmysqld.sock/db`), or
    `?socket=/run/mysqld/mysqld.sock` without a host. `localhost` without a port is the client library's default socket.

    Parameters of ours: `pool_size=8` (connections at most), `lease_timeout=5s` (how long a call waits for a connection,
    for the lock of a row or a table, or for others to be less busy), `table_prefix=inlay_`, `migrate=auto|off`.
    Of the client library, times that are rounded up to whole seconds: `connect_timeout=10s` (until a connection is
    ready for use), `read_timeout=30s` (how long the server may be silent once it was asked; 30s is more where
    `lease_timeout` is more than 10s, and `0s` is for ever), `write_timeout` (how long it may take nothing; as
    `read_timeout` unless given). What works on a whole store is not held to the last two: migrating, dump, restore,
    compact. And files: `ssl_ca`, `ssl_cert`, `ssl_key`. With `ssl_ca` the connection is encrypted, or there is none: a
    server that does not encrypt is `unavailable`. With MariaDB's client library the server's name is not compared with
    its certificate. The other two, a certificate of the client and its key, go with `ssl_ca` only.
*/
[[nodiscard]] Backend mysql_backend();

}  // namespace inlay

#endif
