// SPDX-License-Identifier: BSL-1.0
#include <inlay/backends/sqlite.hpp>
#include <inlay/conformance/conformance.hpp>

inlay::conformance::Subject inlay::conformance::subject() {
  return {
      .name = "sqlite in memory",
      .new_store = [] { return std::string("sqlite::memory:"); },
      .open = [](std::string const& url) { return Backends{}.add(sqlite_backend()).open(url); },
      .capabilities =
          {.backend = "sqlite", .can_transfer = true, .can_vacuum = true, .can_count = true, .has_identity = true},
  };
}
