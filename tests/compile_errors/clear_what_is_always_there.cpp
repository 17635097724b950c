// SPDX-License-Identifier: BSL-1.0
// says: this_member_is_always_there_and_cannot_be_cleared
#include <inlay/catalog.hpp>

bool without_category(inlay::Catalog const& catalog, inlay::Id<inlay::Integration> id) {
  return catalog.update(id, {.config = inlay::cleared}).has_value();  // wrong
  return catalog.update(id, {.category = inlay::cleared}).has_value();
}
