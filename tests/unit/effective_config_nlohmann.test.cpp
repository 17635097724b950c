// SPDX-License-Identifier: BSL-1.0
// Effective configurations beside somebody else's JSON: nlohmann::json reads their text, and merges the layers itself.
#include <inlay/config/effective_config.hpp>

#include <inlay/json/parse.hpp>
#include <inlay/json/print.hpp>

#include <nlohmann/json.hpp>
#include <support/catch.hpp>
#include <support/layers.hpp>

#include <cstddef>
#include <cstdlib>
#include <string>

using namespace inlay;

TEST_CASE("text written from spans parses to exactly the fold, and nlohmann reads its own merge in it") {
  auto random = test::random();
  CAPTURE(random.seed());
  char const* const cases = std::getenv("INLAY_TEST_CASES");
  for (std::size_t i = (cases != nullptr ? std::strtoull(cases, nullptr, 10) : 100'000) / 5; i != 0; --i) {
    auto const layers = test::random_layers(random);
    std::string shown;
    auto merged = nlohmann::json::parse(layers.front().document.text());
    for (auto const& layer : layers) {
      shown += std::string(layer.document.text()) + "\n";
      if (layer.kind == LayerKind::merge_patch) merged.merge_patch(nlohmann::json::parse(layer.document.text()));
    }
    INFO(shown);
    auto stored = layers;
    if (i % 2 == 0) {
      for (auto& layer : stored) layer.document = Document::from_stored(std::string(layer.document.text()));
    }
    auto const text = EffectiveConfig::from(stored).value().text();
    auto const parsed = json::parse(text, json::no_limits).value();
    auto const folded = test::fold(layers);
    if (parsed != folded || json::print(parsed) != text || json::print(folded) != text) FAIL("not the fold: " << text);
    if (nlohmann::json::parse(text) != merged) FAIL("not what nlohmann merges: " << text);
  }
}
