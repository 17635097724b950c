// SPDX-License-Identifier: BSL-1.0
#include <inlay/catalog.hpp>
#include <inlay/config/effective_config.hpp>

#include <string>

std::string host_of(inlay::EffectiveConfig const& config) { return config.get<std::string>("/base_url").value(); }

inlay::ErrorKind kind_without_backends() {
  return inlay::Catalog::open("sqlite:inlay.db", inlay::Backends()).error().kind;
}
