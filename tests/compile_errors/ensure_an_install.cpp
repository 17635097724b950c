// SPDX-License-Identifier: BSL-1.0
// says: installs_are_made_by_install_which_leaves_what_is_installed
#include <inlay/catalog.hpp>

bool seed(inlay::Catalog const& catalog, inlay::EnvironmentIntegration const& row) {
  return catalog.ensure(row).has_value();  // wrong
  return catalog.install(row).has_value();
}
