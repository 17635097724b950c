// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MYSQL_HPP
#define INLAY_BACKENDS_MYSQL_HPP

#include <inlay/storage/backends.hpp>

namespace inlay {

/** Stores in MySQL 8 or newer, or MariaDB 10.6 or newer: `mysql://user:p%40ss@host:3306/db`; `mariadb:` is the same.

    Of several hosts (`//host1:3307,host2,[::1]:3308/db`) connections lead to the first that serves and takes writes: a
    node of a Galera cluster must be ready, and no host read-only. A host that does not is left, tried again now and
    then, and come back to. Where all are read-only a store can be read. Where none serves it is `unavailable`, and the
    error names each host and what it said.

    A UNIX socket is percent-encoded in the host's place (`//user@%2Frun%2Fmysqld%2Fmysqld.sock/db`), or
    `?socket=/run/mysqld/mysqld.sock` without a host. `localhost` without a port is the client library's default socket.

    Parameters of ours: `pool_size=8` (connections at most), `lease_timeout=5s` (how long a call waits for a connection,
    for the lock of a row or a table, or for others to be less busy), `table_prefix=inlay_`, `migrate=auto|off`,
    `causal=on|off` (whether calls on a node of a Galera cluster see all that was committed before on the others).
    `reads=primary|any` (any: all of the URL's hosts may answer reads with ReadFrom::any, see Repository; there are
    `pool_size` connections to them beside the others).
    Of the client library, times that are rounded up to whole seconds: `connect_timeout=10s` (until a connection is
    ready for use, for each host), `read_timeout=30s` (how long the server may be silent once it was asked; 30s is more
    where `lease_timeout` is more than 10s, and `0s` is for ever), `write_timeout` (how long it may take nothing; as
    `read_timeout` unless given). What works on a whole store is not held to the last two: migrating, dump, restore,
    compact.

    What is said to a server on another machine is encrypted, or not said: `localhost`, an address of 127.0.0.0/8, `::1`
    and a socket are this machine, by the URL's word; of several hosts, when all of them are. With the file `ssl_ca` the
    server's certificate must be signed by whoever is in there, and for the URL's host, on this machine too as far as
    whoever has signed it; before that was looked at neither a user's name nor an answer to any question has left.
    Without, only ways to log in are taken by which a server does not learn the password (`mysql_native_password` and
    MariaDB's `ed25519`), and nothing proves who it is. `tls=verify-ca` goes with `ssl_ca` where certificates have no
    hosts' names; `tls=off` speaks in plain text. A server that does not encrypt, or is not the one that was meant, is
    `unavailable`. The files `ssl_cert` and `ssl_key`, a certificate of the client and its key, go with `ssl_ca` only.
    No server is ever given a local file (`load data local`).
*/
[[nodiscard]] Backend mysql_backend();

}  // namespace inlay

#endif
