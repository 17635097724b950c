// SPDX-License-Identifier: BSL-1.0
// says: a_JSON_Pointer_is_empty_or_begins_with_a_slash
#include <inlay/catalog.hpp>

#include <string>

bool in_europe(inlay::Catalog const& catalog, inlay::Id<inlay::EnvironmentIntegration> id, std::string const& url) {
  return catalog.set(id, "base_url", url).has_value();  // wrong
  return catalog.set(id, "/base_url", url).has_value();
}
