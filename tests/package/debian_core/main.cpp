// SPDX-License-Identifier: BSL-1.0
#include <inlay/backends/memory.hpp>
#include <inlay/catalog.hpp>

int main() {
  inlay::Backends backends;
  backends.add(inlay::memory_backend());
  auto const catalog = inlay::Catalog::open("memory:", backends);
  return catalog && catalog->create(inlay::Team{.name = "Acme"}) ? 0 : 1;
}
