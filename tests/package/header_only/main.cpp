// SPDX-License-Identifier: BSL-1.0
#include <inlay/config/effective_config.hpp>

#include <string>

std::string host_of(inlay::EffectiveConfig const& config);  // other.cpp, which includes the same definitions

int main() {
  auto const base = inlay::Document::parse(R"({"base_url": "https://api.example.com"})").value();
  auto const config = inlay::EffectiveConfig::from({{"integration", inlay::LayerKind::base, base}}).value();
  return host_of(config) == "https://api.example.com" ? 0 : 1;
}
