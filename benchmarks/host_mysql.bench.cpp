// SPDX-License-Identifier: BSL-1.0
// What a host's reads cost on MariaDB.
#include "host_finds.hpp"

#include <inlay/backends/mysql.hpp>

namespace {

[[maybe_unused]] bool const has_server =
    inlay::benchmarks::register_server_finds("mysql", "INLAY_TEST_MYSQL_URL", [] { return inlay::mysql_backend(); });

}  // namespace
