// SPDX-License-Identifier: BSL-1.0
#include <inlay/backends/memory.hpp>
#include <inlay/catalog.hpp>
#include <inlay/config/effective_config.hpp>

#include <string>

int main() {
  auto const base = inlay::Document::parse(R"({"base_url": "https://api.example.com"})").value();
  auto const config = inlay::EffectiveConfig::from({{"integration", inlay::LayerKind::base, base}}).value();
  if (config.get<std::string>("/base_url").value() != "https://api.example.com") return 1;

  inlay::Backends backends;
  backends.add(inlay::memory_backend());
  auto const catalog = inlay::Catalog::open("memory:", backends).value();
  if (!catalog.create(inlay::Team{.name = "acme"})) return 2;
  return inlay::Catalog::open("sqlite:inlay.db", backends).error().kind == inlay::ErrorKind::not_built ? 0 : 3;
}
