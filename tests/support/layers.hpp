// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_LAYERS_HPP
#define INLAY_TESTS_SUPPORT_LAYERS_HPP

#include <inlay/config/effective_config.hpp>
#include <inlay/json/merge_patch.hpp>
#include <inlay/json/parse.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <support/random.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::test {

/** "base", "layer 1", "layer 2" and so on, from the text of their documents. */
inline std::vector<Layer> layers(std::initializer_list<std::string_view> texts) {
  std::vector<Layer> result;
  for (auto const text : texts) {
    bool const is_base = result.empty();
    result.push_back({.name = is_base ? "base" : "layer " + std::to_string(result.size()),
                      .kind = is_base ? LayerKind::base : LayerKind::merge_patch,
                      .document = Document::parse(text).value()});
  }
  return result;
}

inline EffectiveConfig config(std::initializer_list<std::string_view> texts) {
  return EffectiveConfig::from(layers(texts)).value();
}

/** What the view must come to: RFC 7396 applied in turn. */
inline boost::json::value fold(std::vector<Layer> const& layers) {
  boost::json::value result(*layers.front().document.values().value());
  for (std::size_t i = 1; i < layers.size(); ++i) {
    json::merge_patch::apply(result, boost::json::value(*layers[i].document.values().value()));
  }
  return result;
}

/** A value made of so few names and values that layers meet and differ everywhere; `random` is a Random, or what a
    fuzzer takes its choices from. */
template <class Source>
boost::json::value random_config_value(Source& random, std::size_t levels) {
  static constexpr std::array<std::string_view, 16> names{"a",
                                                          "b",
                                                          "",
                                                          "0",
                                                          "1",
                                                          "~",
                                                          "/",
                                                          "~1",
                                                          "\xC3\xA9\"",
                                                          "long name \\",
                                                          "10",
                                                          "01",
                                                          "-",
                                                          "\x01\x7F",
                                                          "\xF0\x9F\x98\x80",
                                                          std::string_view("\0", 1)};
  std::size_t const kind = levels == 0 ? random.below(6) : random.below(16);
  if (kind < 2) return nullptr;
  if (kind < 3) return static_cast<std::int64_t>(random.below(3)) - 1;
  if (kind < 4) return random.chance(2) ? 1.0 : -0.0;
  if (kind < 5) return "\xE2\x82\xAC \n";
  if (kind < 6) return true;
  if (kind < 8) {
    boost::json::array array;
    for (auto size = random.below(3); size != 0; --size) array.push_back(random_config_value(random, levels - 1));
    return boost::json::value(std::move(array));
  }
  boost::json::object object;
  if (random.chance(24)) {  // so many members that they are looked up another way
    for (auto size = 10 + random.below(20); size != 0; --size) {
      object.insert_or_assign(std::to_string(random.below(32)), random_config_value(random, levels / 2));
    }
  }
  auto const known_names = random.chance(2) ? names.size() : 3;
  for (auto size = random.below(5); size != 0; --size) {
    object.insert_or_assign(names[random.below(known_names)], random_config_value(random, levels - 1));
  }
  return boost::json::value(std::move(object));
}

/** Mostly up to five layers, sometimes up to ten. */
inline std::vector<Layer> random_layers(Random& random) {
  std::vector<Layer> result;
  for (auto count = 1 + random.below(random.chance(16) ? 10 : 5); count != 0; --count) {
    auto values = random_config_value(random, 4);
    while (!values.is_object()) values = random_config_value(random, 4);
    result.push_back({.name = "layer " + std::to_string(result.size()),
                      .kind = result.empty() ? LayerKind::base : LayerKind::merge_patch,
                      .document = Document::from(values.get_object()).value()});
  }
  return result;
}

}  // namespace inlay::test

#endif
