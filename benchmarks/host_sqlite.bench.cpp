// SPDX-License-Identifier: BSL-1.0
// What a host's reads cost on SQLite.
#include "host_finds.hpp"

#include <inlay/backends/sqlite.hpp>

#include <filesystem>

namespace {

using namespace inlay;

void find(benchmark::State& state) {
  auto const folder = std::filesystem::temp_directory_path() / ("inlay-bench-" + to_string(generate_uuid()));
  std::filesystem::create_directories(folder);
  {
    benchmarks::HostCatalog const host("sqlite:" + (folder / "inlay.db").string(), sqlite_backend());
    benchmarks::find_in_turns(state, host);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}
BENCHMARK(find)->Name("host/find/sqlite")->UseRealTime();

}  // namespace
