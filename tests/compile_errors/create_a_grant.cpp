// SPDX-License-Identifier: BSL-1.0
// says: grants_are_made_by_ask_for
#include <inlay/catalog.hpp>

bool ask(inlay::Catalog const& catalog, inlay::Id<inlay::Integration> integration, inlay::Id<inlay::Team> team) {
  return catalog.create(inlay::Grant{.integration_id = integration, .team_id = team}).has_value();  // wrong
  return catalog.ask_for(integration, team).has_value();
}
