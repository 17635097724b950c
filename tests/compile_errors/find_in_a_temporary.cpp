// SPDX-License-Identifier: BSL-1.0
// says: keep_the_configuration_in_a_variable_as_what_find_returns_looks_into_it
#include <inlay/catalog.hpp>

bool has_url(inlay::Catalog const& catalog, inlay::Id<inlay::EnvironmentIntegration> id) {
  return catalog.effective_config(id).value().config.find("/base_url").has_value();  // wrong
  auto const found = catalog.effective_config(id).value();
  return found.config.find("/base_url").has_value();
}
