// SPDX-License-Identifier: BSL-1.0
// says: a_configuration_is_that_of_an_install_so_take_the_id_of_an_environment_integration
#include <inlay/catalog.hpp>

bool look(inlay::Catalog const& catalog, inlay::InstalledIntegration const& resource) {
  return catalog.effective_config(resource.integration.id).has_value();  // wrong
  return catalog.effective_config(resource.id()).has_value();
}
