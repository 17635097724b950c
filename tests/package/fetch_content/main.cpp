// SPDX-License-Identifier: BSL-1.0
#include <inlay/backends/memory.hpp>
#include <inlay/catalog.hpp>

int main() {
  auto const catalog = inlay::Catalog::open("memory:", inlay::Backends().add(inlay::memory_backend())).value();
  return catalog.create(inlay::Team{.name = "Acme"}).value().version == inlay::Version{1} ? 0 : 1;
}
