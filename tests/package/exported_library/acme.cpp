// SPDX-License-Identifier: BSL-1.0
#include "acme.hpp"

#include <inlay/catalog.hpp>

inlay::Result<void> acme::try_store(std::string_view url) {
  auto const catalog = inlay::Catalog::open(url);
  if (!catalog) return catalog.error();
  return {};
}
