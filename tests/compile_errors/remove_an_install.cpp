// SPDX-License-Identifier: BSL-1.0
// says: name_a_place_of_the_override_to_remove_or_call_uninstall
#include <inlay/catalog.hpp>

bool take_away(inlay::Catalog const& catalog, inlay::Id<inlay::EnvironmentIntegration> id) {
  return catalog.remove(id).has_value();  // wrong
  return catalog.uninstall(id).has_value() || catalog.remove(id, "/headers").has_value();
}
