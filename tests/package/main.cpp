// SPDX-License-Identifier: BSL-1.0
#include <inlay/catalog.hpp>

int main() {
  auto const catalog = inlay::Catalog::open("sqlite::memory:").value();
  auto const team = catalog.create(inlay::Team{.name = "Acme"}).value();
  return catalog.get(team.id).value().name == "Acme" ? 0 : 1;
}
