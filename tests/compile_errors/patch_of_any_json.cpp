// SPDX-License-Identifier: BSL-1.0
// says: a_patch_is_an_object_so_ask_the_value_with_if_object
#include <inlay/catalog.hpp>

bool patch(inlay::Catalog const& catalog, inlay::Id<inlay::Team> id, boost::json::value const& body) {
  return catalog.update(id, body).has_value();  // wrong
  return body.is_object() && catalog.update(id, body.get_object()).has_value();
}
