// SPDX-License-Identifier: BSL-1.0
#include <fuzz.hpp>

#include <inlay/config/effective_config.hpp>
#include <inlay/json/equal.hpp>
#include <inlay/json/internal/member_spans.hpp>
#include <inlay/json/limits.hpp>
#include <inlay/json/merge_patch.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/value.hpp>
#include <support/layers.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace inlay;
using fuzz::require;

namespace {

/** Lines of text, each a layer's document; or else values that the bytes choose, which meet much more often. */
std::vector<Layer> read_layers(std::string_view input) {
  std::vector<Layer> layers;
  auto const add = [&layers](Document document) {
    layers.push_back({.name = "layer " + std::to_string(layers.size()),
                      .kind = layers.empty() ? LayerKind::base : LayerKind::merge_patch,
                      .document = std::move(document)});
  };
  if (input.starts_with('{')) {
    while (!input.empty() && layers.size() < 9) {
      auto const line = fuzz::take_line(input);
      auto document = Document::parse(line);
      bool const is_canonical = document.has_value() && document->text() == line;
      if (line.size() <= json::Limits().max_bytes) {
        auto const spans = json::MemberSpans::of(line);
        // which go deeper than a new document may
        require(is_canonical ? spans.has_value() : !spans || json::parse(line, json::no_limits).has_value(),
                "text has spans when it is canonical, and never when it is not JSON");
      }
      if (document.has_error()) return {};
      add(std::move(*document));
    }
  } else {
    fuzz::Choices choices(input);
    while (choices.are_left() && layers.size() < 9) {
      auto const value = test::random_config_value(choices, 5);
      if (value.is_object()) add(Document::from(value.get_object()).value());
    }
  }
  return layers;
}

void compare_members(ConfigNode const& node, boost::json::value const& expected) {
  require(node.is_object() == expected.is_object(), "objects are objects");
  if (node.is_leaf()) {
    require(json::identical(node.to_value(), expected), "a leaf is the fold's");
    require(json::identical(*node.leaf(), expected), "and is so where it lies");
    return;
  }
  auto folded = expected.get_object().begin();
  auto const members = node.members();
  for (auto member = members.begin(); member != members.end(); ++member, ++folded) {
    require(folded != expected.get_object().end() && member->name == std::string_view(folded->key()),
            "members come in the fold's order");
    auto const found = node.find(member->name);
    require(found && found->is_same_view(member->value), "a member that is gone through is found");
    compare_members(member->value, folded->value());
  }
  require(folded == expected.get_object().end(), "no member is left out");
}

}  // namespace

// The view over the layers against the fold of merge_patch::apply.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto const layers = read_layers(fuzz::as_text(data, size));
  if (layers.empty()) return 0;
  std::string shown;
  for (auto const& layer : layers) shown += std::string(layer.document.text()) + "\n";

  auto const folded = test::fold(layers);
  auto const expected = json::print(folded);
  // every second document has values by now, the others are read as text
  auto mixed = layers;
  for (std::size_t i = 0; i < mixed.size(); i += 2) {
    mixed[i].document = Document::from_stored(std::string(mixed[i].document.text()));
  }
  auto const as_text = EffectiveConfig::from(mixed).value();
  require(as_text.text() == expected, "the text is the fold's, of stored text too", shown);
  require(json::print(as_text.to_value()) == expected, "the values are the fold's, of stored text too", shown);
  compare_members(as_text.root(), folded);

  auto const view = EffectiveConfig::from(layers).value();
  require(view.text() == expected, "the text is the fold's", shown);
  require(json::print(view.to_value()) == expected, "the values are the fold's", shown);
  compare_members(view.root(), folded);

  boost::json::value const base(*layers.front().document.values().value());
  if (auto const patch = json::merge_patch::diff(base, folded); !patch.has_error()) {
    auto patched = base;
    json::merge_patch::apply(patched, *patch);
    require(json::identical(patched, folded), "a difference, applied, gives what it was made for", shown);
  }
  auto const text_at = [](boost::json::value const& value, std::string_view pointer) {
    auto const* const found = json::find(value, json::Pointer::parse(pointer).value());
    return found == nullptr ? std::nullopt : std::optional(json::print(*found));
  };
  for (auto const& difference : differences(EffectiveConfig::from({layers.front()}).value(), view).items) {
    require(text_at(base, difference.pointer) == difference.before, "a difference says what was", shown);
    require(text_at(folded, difference.pointer) == difference.after, "a difference says what is", shown);
  }
  return 0;
}
