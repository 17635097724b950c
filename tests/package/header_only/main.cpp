// SPDX-License-Identifier: BSL-1.0
#include <inlay/catalog.hpp>
#include <inlay/config/effective_config.hpp>

#include <string>

// other.cpp, which includes the same definitions
std::string host_of(inlay::EffectiveConfig const& config);
inlay::ErrorKind kind_without_backends();

int main() {
  auto const base = inlay::Document::parse(R"({"base_url": "https://api.example.com"})").value();
  auto const config = inlay::EffectiveConfig::from({{"integration", inlay::LayerKind::base, base}}).value();
  if (host_of(config) != "https://api.example.com") return 1;
  return kind_without_backends() == inlay::ErrorKind::not_built ? 0 : 2;
}
