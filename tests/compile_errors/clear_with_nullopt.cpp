// SPDX-License-Identifier: BSL-1.0
// says: std_nullopt_would_leave_the_member_as_it_is_so_write_inlay_cleared_to_make_it_absent
#include <inlay/catalog.hpp>

#include <optional>

bool without_override(inlay::Catalog const& catalog, inlay::Id<inlay::EnvironmentIntegration> id) {
  return catalog.update(id, {.override = std::nullopt}).has_value();  // wrong
  return catalog.update(id, {.override = inlay::cleared}).has_value();
}
