// SPDX-License-Identifier: BSL-1.0
// says: a_value_is_what_JSON_has_so_give_a_boost_json_value_or_something_that_converts_to_one
#include <inlay/catalog.hpp>

#include <chrono>

bool wait_longer(inlay::Catalog const& catalog, inlay::Id<inlay::EnvironmentIntegration> id) {
  return catalog.set(id, "/timeout", std::chrono::seconds(30)).has_value();  // wrong
  return catalog.set(id, "/timeout", std::chrono::seconds(30).count()).has_value();
}
