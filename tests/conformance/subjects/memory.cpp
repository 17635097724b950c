// SPDX-License-Identifier: BSL-1.0
#include <inlay/backends/memory.hpp>
#include <inlay/conformance/conformance.hpp>

inlay::conformance::Subject inlay::conformance::subject() {
  return {
      .name = "memory",
      .new_store = [] { return std::string("memory:"); },
      .open = [](std::string const& url) { return Backends{}.add(memory_backend()).open(url); },
      .capabilities =
          {.backend = "memory", .can_transfer = true, .can_snapshot = true, .can_count = true, .has_identity = true},
  };
}
