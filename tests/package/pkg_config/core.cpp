// SPDX-License-Identifier: BSL-1.0
// The core alone, which needs no store.
#include <inlay/config/effective_config.hpp>

int main() {
  auto const config = inlay::Document::parse(R"({"a": 1})").value();
  auto const effective = inlay::EffectiveConfig::from({{"base", inlay::LayerKind::base, config}}).value();
  return effective.get<int>("/a").value() == 1 ? 0 : 1;
}
