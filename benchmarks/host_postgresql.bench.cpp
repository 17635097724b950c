// SPDX-License-Identifier: BSL-1.0
// What a host's reads cost on PostgreSQL.
#include "host_finds.hpp"

#include <inlay/backends/postgresql.hpp>

namespace {

[[maybe_unused]] bool const has_server = inlay::benchmarks::register_server_finds(
    "postgresql", "INLAY_TEST_POSTGRESQL_URL", [] { return inlay::postgresql_backend(); });

}  // namespace
