// SPDX-License-Identifier: BSL-1.0
// The core, and stores in memory.
#include <inlay/backends/memory.hpp>
#include <inlay/catalog.hpp>

int main() {
  auto const catalog = inlay::Catalog::open("memory:", inlay::Backends().add(inlay::memory_backend()));
  return catalog && catalog->create(inlay::Team{.name = "Acme"}) ? 0 : 1;
}
