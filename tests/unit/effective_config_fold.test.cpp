// SPDX-License-Identifier: BSL-1.0
// The property of an effective configuration: the view is the fold of its layers.
#include <inlay/config/effective_config.hpp>

#include <inlay/json/equal.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/object.hpp>
#include <support/catch.hpp>
#include <support/layers.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace inlay;

namespace {

json::Pointer at(std::string_view pointer) { return json::Pointer::parse(pointer).value(); }

void collect_pointers(boost::json::value const& value, json::Pointer const& here, std::set<json::Pointer>& found) {
  found.insert(here);
  if (auto const* object = value.if_object()) {
    for (auto const& member : *object) collect_pointers(member.value(), here / member.key(), found);
  } else if (auto const* array = value.if_array()) {
    for (std::size_t i = 0; i <= array->size(); ++i) {
      if (i != array->size()) collect_pointers((*array)[i], here / std::to_string(i), found);
    }
  }
}

// The text that iteration gives, with sizes checked on the way.
std::string iterated(ConfigNode const& node, bool asks_for_leaves = true) {
  if (node.is_leaf()) return asks_for_leaves ? json::print(*node.leaf()) : json::print(node.to_value());
  std::string text = "{";
  std::size_t count = 0;
  for (auto const& member : node.members()) {
    if (count++ != 0) text += ',';
    json::print_string(member.name, text);
    text += ':' + iterated(member.value, asks_for_leaves);
    auto const same = node.find(member.name);
    if (!same || !same->is_same_view(member.value)) return "a member that is not found";
  }
  if (count != node.size() || (count == 0) != node.empty()) return "a wrong size";
  return text + '}';
}

// The layers, each with a document of its own: as a row's text, or parsed already.
std::vector<Layer> as_stored(test::Random& random, std::vector<Layer> layers) {
  for (auto& layer : layers) {
    if (random.chance(4)) continue;
    layer.document = Document::from_stored(std::string(layer.document.text()));
    if (random.chance(4)) static_cast<void>(layer.document.values());
  }
  return layers;
}

// What as() says of a node that is one of its types.
std::string read_scalar(ConfigNode const& node) {
  if (auto const value = node.as<bool>()) return *value ? "true" : "false";
  if (auto const value = node.as<std::int64_t>()) return std::to_string(*value);
  if (auto const value = node.as<double>()) return json::print(*value);
  if (auto const value = node.as<std::string_view>()) return json::print(boost::json::value(*value));
  if (auto const value = node.as<std::optional<bool>>()) return "null";
  return node.is_object() ? "object" : "array";
}

std::string scalar_at(boost::json::value const& value, json::Pointer const& pointer) {
  auto const* const found = json::find(value, pointer);
  if (found == nullptr) return "nothing";
  return found->is_object() ? "object" : found->is_array() ? "array" : json::print(*found);
}

// The leaves of the fold, "pointer=text", in its order.
void collect_leaves(boost::json::value const& value, json::Pointer const& here, std::vector<std::string>& found) {
  auto const* const object = value.if_object();
  if (object == nullptr || object->empty()) {
    found.push_back(to_string(here) + "=" + json::print(value));
    return;
  }
  for (auto const& member : *object) collect_leaves(member.value(), here / member.key(), found);
}

std::string text_at(boost::json::value const& value, json::Pointer const& pointer) {
  auto const* const found = json::find(value, pointer);
  return found == nullptr ? "nothing" : json::print(*found);
}

// The same without going into arrays: what removes a member may be an array that has an element of that number.
std::string member_at(boost::json::value const& value, json::Pointer const& pointer) {
  auto const* found = &value;
  for (auto const& token : pointer.tokens()) {
    auto const* const object = found->if_object();
    found = object == nullptr ? nullptr : object->if_contains(token);
    if (found == nullptr) return "nothing";
  }
  return json::print(*found);
}

// Whether the leaf of that number tells what an object replaced: the members that are left of it are leaves of their
// own.
bool stands_before_its_members(std::vector<LeafOrigin> const& leaves, std::size_t number) {
  auto const members = leaves[number].pointer + "/";
  for (auto i = number + 1; i != leaves.size() && leaves[i].pointer.starts_with(members); ++i) {
    if (leaves[i].winner.json) return true;
  }
  return false;
}

// The leaves of one layer that an explanation of everything does not tell of, at their own place or with what is above.
void collect_untold(boost::json::value const& value, std::string const& here, std::string const& layer,
                    std::set<std::pair<std::string, std::string>> const& told, std::vector<std::string>& untold) {
  if (told.contains({here, layer})) return;
  auto const* const object = value.if_object();
  if (object != nullptr && object->empty()) {
    // merged into an object that has members it says nothing of its own: these are the leaves there
    auto const below = told.lower_bound({here + "/", ""});
    if (below != told.end() && below->first.starts_with(here + "/")) return;
  }
  if (object == nullptr || object->empty()) {
    untold.push_back(layer + " " + here + "=" + json::print(value));
    return;
  }
  for (auto const& member : *object) {
    std::string place = here;
    json::append_token(place, member.key());
    collect_untold(member.value(), place, layer, told, untold);
  }
}

// What is wrong with an explanation, if anything is. `folds` are those of the lowest layer, of the lowest two, and so
// on.
std::string fault_of(Explanation const& explanation, std::vector<Layer> const& layers,
                     std::vector<boost::json::value> const& folds) {
  std::set<std::string> pointers;
  for (std::size_t number = 0; number != explanation.leaves.size(); ++number) {
    auto const& leaf = explanation.leaves[number];
    if (!pointers.insert(leaf.pointer).second) return "explains twice: " + leaf.pointer;
    auto const pointer = at(leaf.pointer);
    auto layer = layers.size();
    while (layer != 0 && layers[layer - 1].name != leaf.winner.layer) --layer;
    if (layer-- == 0) return "a winner that is no layer";
    bool const is_object = stands_before_its_members(explanation.leaves, number);
    if (is_object) {
      boost::json::value const own(*layers[layer].document.values().value());
      if (text_at(own, pointer) != *leaf.winner.json) return "an object that its layer has not: " + leaf.pointer;
      if (leaf.shadowed.empty()) return "an object that replaces nothing: " + leaf.pointer;
      if (leaf.shadowed.front().json.value_or("null").front() == '{') return "an object that merges: " + leaf.pointer;
    }
    // with the winner on top it is what it is in the end; no layer above changes it
    for (auto i = layer; i < folds.size(); ++i) {
      if (is_object) {
        auto const* const found = json::find(folds[i], pointer);
        if (found == nullptr || !found->is_object()) return "an object that does not last: " + leaf.pointer;
        continue;
      }
      auto const text = leaf.winner.json ? text_at(folds[i], pointer) : member_at(folds[i], pointer);
      if (text != leaf.winner.json.value_or("nothing")) return "a wrong winner: " + leaf.pointer;
    }
    for (auto const& shadowed : leaf.shadowed) {
      while (layer != 0 && layers[layer - 1].name != shadowed.layer) --layer;
      if (layer-- == 0) return "shadows what is not below: " + leaf.pointer;
      boost::json::value const own(*layers[layer].document.values().value());
      if (shadowed.json && text_at(own, pointer) != *shadowed.json) return "shadows what is not there: " + leaf.pointer;
      if (!shadowed.json && layer == 0) return "the base removes: " + leaf.pointer;
      auto const own_member = shadowed.json ? "nothing" : member_at(own, pointer);
      if (own_member != "nothing" && own_member != "null") return "a tombstone that is a value";
    }
  }
  return {};
}

std::size_t cases() {
  char const* const count = std::getenv("INLAY_TEST_CASES");
  return count != nullptr ? std::strtoull(count, nullptr, 10) : 100'000;
}

}  // namespace

TEST_CASE("the view is the fold, in values and order, whatever the layers") {
  auto random = test::random();
  CAPTURE(random.seed());
  for (std::size_t i = 0; i < cases(); ++i) {
    auto const layers = test::random_layers(random);
    // the same documents, some of them not looked at yet: these are read as text for as long as nobody needs values
    auto const stored = as_stored(random, layers);
    auto const view = EffectiveConfig::from(stored).value();
    std::vector<boost::json::value> folds;
    std::set<json::Pointer> pointers;
    for (std::size_t count = 1; count <= layers.size(); ++count) {
      folds.push_back(test::fold({layers.begin(), layers.begin() + static_cast<std::ptrdiff_t>(count)}));
      collect_pointers(boost::json::value(*layers[count - 1].document.values().value()), {}, pointers);
    }
    auto const& folded = folds.back();
    auto const expected = json::print(folded);
    INFO("case " << i << ", folds to " << expected);
    std::string shown_layers;
    for (auto const& layer : layers) shown_layers += std::string(layer.document.text()) + "\n";
    INFO(shown_layers);

    REQUIRE(view.text() == expected);
    REQUIRE(json::print(view.to_value()) == expected);
    REQUIRE(iterated(view.root(), false) == expected);
    for (auto const& pointer : pointers) {
      auto const node = view.find(pointer);
      if ((node ? read_scalar(*node) : "nothing") != scalar_at(folded, pointer)) FAIL(to_string(pointer));
    }
    REQUIRE(iterated(view.root()) == expected);

    for (auto const& pointer : pointers) {
      auto const node = view.find(pointer);
      auto const by_text = view.find(to_string(pointer));
      bool const is_right = (node ? iterated(*node) : "nothing") == text_at(folded, pointer) &&
                            (node ? node->text() : "nothing") == text_at(folded, pointer) &&
                            node.has_value() == by_text.has_value() && (!node || node->is_same_view(*by_text));
      if (!is_right) FAIL(to_string(pointer));
      if (i % 4 != 0) continue;  // explaining everything takes most of the time
      auto const explanation = view.explain(pointer);
      auto const fault = fault_of(explanation, layers, folds);
      if (explanation.present != node.has_value() || !fault.empty()) FAIL(to_string(pointer) << ": " << fault);
    }

    std::vector<std::string> leaves;
    collect_leaves(folded, {}, leaves);
    std::vector<std::string> explained_leaves;
    std::set<std::pair<std::string, std::string>> told;
    auto const explained_all = view.explain().leaves;
    for (std::size_t number = 0; number != explained_all.size(); ++number) {
      auto const& leaf = explained_all[number];
      for (auto const& shadowed : leaf.shadowed) told.insert({leaf.pointer, shadowed.layer});
      if (stands_before_its_members(explained_all, number)) continue;
      told.insert({leaf.pointer, leaf.winner.layer});
      if (leaf.winner.json) explained_leaves.push_back(leaf.pointer + "=" + *leaf.winner.json);
    }
    REQUIRE(explained_leaves == leaves);
    std::vector<std::string> untold;
    for (auto const& layer : layers) {
      collect_untold(boost::json::value(*layer.document.values().value()), "", layer.name, told, untold);
    }
    REQUIRE(untold == std::vector<std::string>());
  }
}

TEST_CASE("differences are all there is between two views") {
  auto random = test::random();
  CAPTURE(random.seed());
  for (std::size_t i = 0; i < cases() / 10; ++i) {
    auto const layers = as_stored(random, test::random_layers(random));
    // some of the same layers, so that both have much in common, or others altogether
    auto some_layers = random.chance(3) ? as_stored(random, test::random_layers(random)) : layers;
    some_layers.resize(1 + random.below(some_layers.size()));
    bool const is_change = random.chance(2);
    auto const before = EffectiveConfig::from(is_change ? some_layers : layers).value();
    auto const after = EffectiveConfig::from(is_change ? layers : some_layers).value();
    auto const found = differences(before, after).items;  // before the documents' values are made
    auto const folded_before = test::fold(before.layers());
    auto const folded_after = test::fold(after.layers());
    auto patched = folded_before;
    for (auto const& difference : found) {
      auto pointer = at(difference.pointer);
      REQUIRE(text_at(folded_before, pointer) == difference.before.value_or("nothing"));
      REQUIRE(text_at(folded_after, pointer) == difference.after.value_or("nothing"));
      auto tokens = pointer.tokens();
      auto const name = tokens.back();
      tokens.pop_back();
      auto& parent = json::find(patched, json::Pointer(tokens))->as_object();
      if (difference.after) {
        parent[name] = json::parse(*difference.after).value();
      } else {
        parent.stable_erase(name);
      }
    }
    REQUIRE(json::identical(patched, folded_after));
  }
}
