// SPDX-License-Identifier: BSL-1.0
#include "expect.hpp"

//[includes
#include <inlay/config/effective_config.hpp>
#include <inlay/config/override.hpp>
#include <inlay/json/document.hpp>

#include <iostream>
#include <string>
#include <string_view>
#include <vector>

inlay::Document document(std::string_view text) { return inlay::Document::parse(text).value(); }
//]

namespace {

void verbs() {
  //[verbs
  namespace config = inlay::config;

  config::Override override;  // none yet
  override = config::set(override, "/base_url", "https://eu.example.com").value();
  override = config::remove(override, "/headers/User-Agent").value();
  expect(override->text() == R"({"base_url":"https://eu.example.com","headers":{"User-Agent":null}})");

  override = config::inherit(override, "/headers/User-Agent").value();
  expect(override->text() == R"({"base_url":"https://eu.example.com"})");  // no empty "headers" is left behind
  //]
}

inlay::EffectiveConfig layers() {
  //[layers
  using inlay::LayerKind;
  auto effective =
      inlay::EffectiveConfig::from(
          {{"integration", LayerKind::base, document(R"({"label": "Zendesk", "headers": {"a": "1", "b": "2"}})")},
           {"environment", LayerKind::merge_patch, document(R"({"headers": {"b": null, "c": "3"}})")},
           {"account", LayerKind::merge_patch, document(R"({"headers": {"a": "9"}})")}})
          .value();

  expect(effective.text() == R"({"label":"Zendesk","headers":{"a":"9","c":"3"}})");
  expect(effective.get<std::string>("/headers/a").value() == "9");
  expect(!effective.find("/headers/b"));  // the environment removed it

  auto headers = effective.find("/headers").value();
  for (auto const& member : headers.members()) std::cout << member.name << " = " << member.value.text() << "\n";
  //]
  return effective;
}

void explain(inlay::EffectiveConfig const& effective) {
  //[explain
  auto explanation = effective.explain("/headers");
  expect(explanation.contributors == std::vector<std::string>{"account", "environment", "integration"});
  for (auto const& leaf : explanation.leaves) {
    std::cout << leaf.pointer << " is " << leaf.winner.json.value_or("removed") << " by " << leaf.winner.layer;
    for (auto const& below : leaf.shadowed) std::cout << ", over " << below.json.value_or("removed");
    std::cout << "\n";  // /headers/a is "9" by account, over "1"
  }
  //]
}

}  // namespace

int main() {
  verbs();
  explain(layers());
}
