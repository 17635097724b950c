// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CONFIG_IMPL_EFFECTIVE_CONFIG_IPP
#define INLAY_CONFIG_IMPL_EFFECTIVE_CONFIG_IPP

#include <inlay/config/detail/fold.hpp>
#include <inlay/config/detail/layer_object.hpp>
#include <inlay/config/detail/merged_walk.hpp>
#include <inlay/config/effective_config.hpp>
#include <inlay/config/impl/config_node.ipp>
#include <inlay/ground/internal/base64url.hpp>
#include <inlay/json/internal/document_parts.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>
#include <inlay/page_bytes.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace inlay {

namespace detail {

inline Error second_base(Layer const& layer) {
  return {.kind = ErrorKind::invalid_argument,
          .message = "layer '" + layer.name + "' is of kind base, which only the lowest layer can be"};
}

}  // namespace detail

Result<detail::LayerObject> EffectiveConfig::object_of(Layer const& layer) {
  auto const& document = layer.document;
  auto const nulls = layer.kind == LayerKind::base ? detail::Nulls::are_values : detail::Nulls::remove;
  if (layer.kind == LayerKind::merge_patch && !json::DocumentParts::has_values(document)) {
    // values take several times the room of the text, and most of the time it takes to write this one text
    if (auto const* const spans = json::DocumentParts::spans(document); spans != nullptr && spans->are_searchable()) {
      return detail::LayerObject(spans->root(), nulls);
    }
  }
  auto const values = document.values();
  if (values.has_error()) {
    auto error = values.error();
    error.message = "layer '" + layer.name + "': " + error.message;
    return error;
  }
  return detail::LayerObject(*values, nulls);
}

Result<EffectiveConfig> EffectiveConfig::from(std::vector<Layer> layers) {
  if (layers.empty() || layers.front().kind != LayerKind::base) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "an effective configuration needs a lowest layer of kind base"};
  }
  auto const state = std::make_shared<State>();
  // highest first, as a node has its objects
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    if (layer->kind == LayerKind::base && layer + 1 != layers.rend()) return detail::second_base(*layer);
    auto const object = object_of(*layer);
    if (object.has_error()) return object.error();
    state->root.objects_.push_back(*object);
  }
  state->layers = std::move(layers);
  return EffectiveConfig(state);
}

std::vector<Layer> const& EffectiveConfig::layers() const& noexcept { return state_->layers; }

ConfigNode const& EffectiveConfig::root() const& noexcept { return state_->root; }

std::optional<ConfigNode> EffectiveConfig::find(json::Pointer const& pointer) const& {
  return state_->root.at(pointer);
}

std::optional<ConfigNode> EffectiveConfig::find(std::string_view pointer) const& { return state_->root.at(pointer); }

Result<EffectiveConfig> EffectiveConfig::with(Layer layer) const {
  if (layer.kind == LayerKind::base) return detail::second_base(layer);
  auto const object = object_of(layer);
  if (object.has_error()) return object.error();
  auto const state = std::make_shared<State>();
  state->root = state_->root.under(*object);
  state->layers.reserve(state_->layers.size() + 1);
  state->layers = state_->layers;
  state->layers.push_back(std::move(layer));
  return EffectiveConfig(state);
}

Result<BorrowedConfig> EffectiveConfig::borrowed_with(Layer const& layer) const& {
  return BorrowedConfig::over(state_->root, layer);
}

Result<BorrowedConfig> BorrowedConfig::borrowed_with(Layer const& layer) const { return over(root_, layer); }

Result<BorrowedConfig> BorrowedConfig::over(ConfigNode const& root, Layer const& layer) {
  if (layer.kind == LayerKind::base) return detail::second_base(layer);
  auto const object = EffectiveConfig::object_of(layer);
  if (object.has_error()) return object.error();
  return BorrowedConfig(root.under(*object));
}

boost::json::value EffectiveConfig::to_value(boost::json::storage_ptr storage) const {
  return root().to_value(std::move(storage));
}

void EffectiveConfig::write(std::string& out) const {
  std::vector<detail::WrittenObject> objects(root().objects_.begin(), root().objects_.end());
  std::size_t size = 0;
  auto layer = layers().rbegin();
  for (auto& object : objects) {
    auto const& document = (layer++)->document;
    size += document.text().size();
    if (object.text) continue;
    if (auto const* const spans = json::DocumentParts::spans(document)) {
      object.text = spans->root();
      // the text that is copied from lies closer together than the values
      if (spans->are_searchable()) object.object = detail::LayerObject(object.text, object.object.nulls());
    }
  }
  out.reserve(out.size() + size);
  detail::TextSink sink(out);
  detail::MergedWalk(sink).write(std::move(objects));
  sink.finish();
}

std::string EffectiveConfig::text() const {
  std::string out;
  write(out);
  return out;
}

namespace detail {

// FNV-1a of texts that each end with a byte that is none of theirs. Whoever makes two questions have the same answers
// themselves wrongly.
class Digest {
 public:
  void add(std::string_view text) noexcept {
    for (char const c : text) add(static_cast<unsigned char>(c));
    add(0xFFU);
  }
  void add(std::vector<Layer> const& layers) noexcept {
    for (auto const& layer : layers) add(layer.document.text());
    add(0xFEU);
  }
  [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

 private:
  void add(unsigned byte) noexcept { value_ = (value_ ^ byte) * 0x100000001B3U; }
  std::uint64_t value_ = 0xCBF29CE484222325U;
};

// The entries from a place on that belong to one page.
class ConfigPage {
 public:
  explicit ConfigPage(std::uint64_t first) noexcept : first_(first) {}

  // Whether the next entry lies before the page, so that nobody needs to make it.
  [[nodiscard]] bool skip() noexcept {
    if (place_ == first_) return false;
    ++place_;
    return true;
  }
  // Whether the next entry, of so many bytes, belongs to the page. Where it doesn't, the page is full.
  [[nodiscard]] bool take(std::size_t bytes) noexcept {
    is_full_ = !bytes_.take(bytes);
    if (!is_full_) first_ = ++place_;
    return !is_full_;
  }
  [[nodiscard]] bool is_full() const noexcept { return is_full_; }
  [[nodiscard]] std::uint64_t place() const noexcept { return place_; }

 private:
  std::uint64_t first_;
  std::uint64_t place_ = 0;
  PageBytes bytes_;
  bool is_full_ = false;
};

// How long the text is as JSON.
inline std::size_t printed_size(std::string_view text) noexcept {
  auto size = text.size() + 2;
  for (char const c : text) {
    if (c == '"' || c == '\\') {
      ++size;
    } else if (static_cast<unsigned char>(c) < 0x20U) {
      size += 5;  // where the short form would do, counted too long
    }
  }
  return size;
}

// Says, for a place and everything below it, which layer said what.
class Explainer {
 public:
  Explainer(std::vector<Layer> const& layers, Explanation& explanation, ConfigPage& page)
      : layers_(layers), explanation_(explanation), page_(page) {
    for (auto const& layer : layers) {
      // from() has seen to it that there are values, or canonical text to make them of
      auto const nulls = layer.kind == LayerKind::base ? Nulls::are_values : Nulls::remove;
      roots_.push_back({{.decision = Decision::descend, .inner = {*layer.document.values(), nulls}}});
    }
  }

  void explain(json::Pointer const& pointer) {
    PlaceInLayers place = roots_;
    for (auto const& token : pointer.tokens()) place = below(place, token);
    auto const effect = effect_of(place);
    explanation_.present = effect.is_present;
    for (auto layer = effect.highest + 1; layer-- != effect.lowest;) {
      if (says_something(place[layer])) explanation_.contributors.push_back(layers_[layer].name);
    }
    pointer_ = to_string(pointer);
    explain_place(place, effect);
  }

 private:
  // What one layer has at a place; of the whole document there is no value. A place in an array is a leaf, whatever is
  // there.
  struct LayerAtPlace {
    LayerMember has;
    bool is_removed_above = false;  // it has a null, or something that is no object, on the way there
  };
  using PlaceInLayers = std::vector<LayerAtPlace>;  // lowest layer first

  // What the layers come to at a place.
  struct Effect {
    bool is_present{};
    bool is_object{};
    // The layers that count: the highest that says something, and the lowest that has a part in what it comes to. With
    // nothing said: none.
    std::size_t highest{};
    std::size_t lowest{};
    std::size_t since{};  // the layer that gives it its place among the members of what is above it
  };

  static bool says_something(LayerAtPlace const& at) noexcept { return at.has.decision != Decision::keep; }

  static LayerAtPlace below(std::size_t layer, LayerAtPlace const& at, std::string_view token, bool is_under_object) {
    if (at.has.decision == Decision::descend) return {at.has.inner.find(token)};
    if (at.has.decision == Decision::replace && !is_under_object) {
      boost::json::value const* found = nullptr;
      if (auto const* const array = at.has.value->if_array()) {
        auto const index = json::parse_index(token);
        if (index && *index < array->size()) found = &(*array)[*index];
      } else if (auto const* const object = at.has.value->if_object()) {
        found = object->if_contains(token);
      }
      if (found != nullptr) return {{.decision = Decision::replace, .value = found}};
    }
    if (!says_something(at) || layer == 0) return {};
    return {{.decision = Decision::remove}, true};
  }

  static PlaceInLayers below(PlaceInLayers const& place, std::string_view token) {
    PlaceInLayers result(place.size());
    bool is_under_object = false;  // an object laid over an array leaves nothing of it
    for (auto layer = place.size(); layer-- != 0;) {
      result[layer] = below(layer, place[layer], token, is_under_object);
      is_under_object |= place[layer].has.decision == Decision::descend;
    }
    // who removes what nobody has does nothing
    for (auto& at : result) {
      if (!says_something(at)) continue;
      if (!at.is_removed_above) break;
      at = {};
    }
    return result;
  }

  static Effect effect_of(PlaceInLayers const& place) {
    Effect effect{.lowest = 1};
    auto const top = place.size() - 1;  // the fold counts from the highest layer
    auto const since = fold_member<FoldFor::place>(
        place.size(), [&](std::size_t i) { return place[top - i].has; },
        [&](std::size_t i, LayerMember const&) {
          if (!effect.is_object) effect.highest = top - i;
          effect.is_object = true;
          effect.lowest = top - i;
        },
        [&](std::size_t i, LayerMember const&) { effect.highest = effect.lowest = top - i; });
    effect.is_present = since != no_layer;
    if (effect.is_present) {
      effect.since = top - since;
      return effect;
    }
    // What was removed is told where its lowest layer has it.
    auto const is_told_here = [](LayerAtPlace const& at) { return says_something(at) && !at.is_removed_above; };
    auto layer = place.size();
    while (layer != 0 && !says_something(place[layer - 1])) --layer;
    if (layer == 0) return effect;
    effect.highest = effect.lowest = effect.since = layer - 1;
    auto const lowest = std::find_if(place.begin(), place.end(), is_told_here);
    if (lowest != place.end()) effect.since = static_cast<std::size_t>(lowest - place.begin());
    return effect;
  }

  Contribution contribution(PlaceInLayers const& place, std::size_t layer) const {
    auto const& has = place[layer].has;
    Contribution result{.layer = layers_[layer].name, .json = {}};
    if (has.decision == Decision::remove) return result;
    result.json = has.value != nullptr ? json::print(*has.value) : std::string(layers_[layer].document.text());
    return result;
  }

  LeafOrigin leaf(PlaceInLayers const& place, std::size_t winner) const {
    LeafOrigin result{.pointer = pointer_, .winner = contribution(place, winner), .shadowed = {}};
    for (auto layer = winner; layer-- != 0;) {
      if (says_something(place[layer])) result.shadowed.push_back(contribution(place, layer));
    }
    return result;
  }

  static std::size_t size_of(Contribution const& contribution) noexcept {
    return sizeof R"({"layer":,"removed":true},)" + printed_size(contribution.layer) +
           (contribution.json ? contribution.json->size() : 0);
  }

  void add(LeafOrigin origin) {
    auto bytes = sizeof R"({"pointer":,"shadows":[]},)" + printed_size(origin.pointer) + size_of(origin.winner);
    for (auto const& shadowed : origin.shadowed) bytes += size_of(shadowed);
    if (page_.take(bytes)) explanation_.leaves.push_back(std::move(origin));
  }

  static bool has_members(PlaceInLayers const& place) {
    for (auto const& at : place) {
      if (at.has.decision != Decision::descend) continue;
      for (std::size_t i = 0; i != at.has.inner.size(); ++i) {
        if (effect_of(below(place, at.has.inner.name(i))).is_present) return true;
      }
    }
    return false;
  }

  void explain_place(PlaceInLayers const& place, Effect const& effect) {
    if (!effect.is_object) {
      if (says_something(place[effect.highest]) && !page_.skip()) add(leaf(place, effect.highest));
      return;
    }
    if (!has_members(place)) {
      if (!page_.skip()) {
        auto of_object = leaf(place, effect.highest);
        of_object.winner.json = "{}";
        add(std::move(of_object));
      }
    } else if (replaces(place, effect.lowest) && !page_.skip()) {
      add(leaf(place, effect.lowest));
    }
    auto const pointer_size = pointer_.size();
    for (std::size_t layer = 0; layer != place.size(); ++layer) {
      if (place[layer].has.decision != Decision::descend) continue;
      auto const object = place[layer].has.inner;
      for (std::size_t i = 0; i != object.size(); ++i) {
        if (page_.is_full()) return;
        auto const member_place = below(place, object.name(i));
        auto const member_effect = effect_of(member_place);
        if (layer != member_effect.since) continue;
        json::append_token(pointer_, object.name(i));
        explain_place(member_place, member_effect);
        pointer_.resize(pointer_size);
      }
    }
  }

  // Whether the layer's object, the lowest that counts, stands over something that is no object. What was removed above
  // is told there.
  static bool replaces(PlaceInLayers const& place, std::size_t layer) {
    while (layer-- != 0) {
      if (says_something(place[layer])) return !place[layer].is_removed_above;
    }
    return false;
  }

  std::vector<Layer> const& layers_;
  Explanation& explanation_;
  ConfigPage& page_;
  PlaceInLayers roots_;
  std::string pointer_;
};

class DifferenceFinder {
 public:
  DifferenceFinder(std::vector<ConfigDifference>& found, ConfigPage& page) : found_(found), page_(page) {}

  void compare(ConfigNode const& before, ConfigNode const& after) {
    if (before.is_same_view(after)) return;
    if (before.is_leaf() || after.is_leaf()) {
      auto before_text = before.text();
      auto after_text = after.text();
      if (before_text == after_text || page_.skip()) return;
      return add({pointer_, std::move(before_text), std::move(after_text)});
    }
    auto const size = pointer_.size();
    auto const members_after = after.members();
    for (auto member = members_after.begin(); member != members_after.end() && !page_.is_full(); ++member) {
      json::append_token(pointer_, member->name);
      if (auto const was = before.find(member->name)) {
        compare(*was, member->value);
      } else if (!page_.skip()) {
        add({pointer_, std::nullopt, member->value.text()});
      }
      pointer_.resize(size);
    }
    auto const members_before = before.members();
    for (auto member = members_before.begin(); member != members_before.end() && !page_.is_full(); ++member) {
      if (after.contains(member->name) || page_.skip()) continue;
      json::append_token(pointer_, member->name);
      add({pointer_, member->value.text(), std::nullopt});
      pointer_.resize(size);
    }
  }

 private:
  void add(ConfigDifference difference) {
    constexpr std::size_t around = sizeof R"({"pointer":,"before":,"after":},)";
    auto const bytes = around + printed_size(difference.pointer) + difference.before.value_or("").size() +
                       difference.after.value_or("").size();
    if (page_.take(bytes)) found_.push_back(std::move(difference));
  }

  std::vector<ConfigDifference>& found_;
  ConfigPage& page_;
  std::string pointer_;
};

inline Result<void> check_cursor(ConfigCursor const& cursor, std::uint64_t digest) {
  if (cursor.digest == digest) return {};
  return Error{.kind = ErrorKind::invalid_argument,
               .message =
                   "the cursor is of another question, or what was asked about has changed since; begin with the"
                   " first page"};
}

inline std::uint64_t digest_of(std::vector<Layer> const& layers, json::Pointer const& pointer) {
  Digest digest;
  digest.add(layers);
  digest.add(to_string(pointer));
  return digest.value();
}

inline std::uint64_t digest_of(std::vector<Layer> const& before, std::vector<Layer> const& after) {
  Digest digest;
  digest.add(before);
  digest.add(after);
  return digest.value();
}

}  // namespace detail

std::string to_string(ConfigCursor const& cursor) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(cursor.place >> (56U - 8U * i));
    bytes[8 + i] = static_cast<std::uint8_t>(cursor.digest >> (56U - 8U * i));
  }
  return detail::to_base64url(bytes);
}

Result<ConfigCursor> parse_config_cursor(std::string_view text) {
  std::array<std::uint8_t, 16> bytes{};
  if (!detail::from_base64url(text, bytes)) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "not a cursor that an explanation has given; begin with its first page"};
  }
  ConfigCursor cursor;
  for (std::size_t i = 0; i < 8; ++i) {
    cursor.place = cursor.place << 8U | bytes[i];
    cursor.digest = cursor.digest << 8U | bytes[8 + i];
  }
  return cursor;
}

Explanation EffectiveConfig::explain(json::Pointer const& pointer) const {
  Explanation explanation;
  detail::ConfigPage page(0);
  detail::Explainer(layers(), explanation, page).explain(pointer);
  if (page.is_full()) explanation.next = {page.place(), detail::digest_of(layers(), pointer)};
  return explanation;
}

Result<Explanation> EffectiveConfig::explain(json::PointerView place, ConfigCursor const& after) const {
  auto const pointed = place.pointer();
  if (!pointed) return pointed.error();
  json::Pointer const& pointer = *pointed;
  auto const checked = detail::check_cursor(after, detail::digest_of(layers(), pointer));
  if (!checked) return checked.error();
  Explanation explanation;
  detail::ConfigPage page(after.place);
  detail::Explainer(layers(), explanation, page).explain(pointer);
  if (page.is_full()) explanation.next = {page.place(), after.digest};
  return explanation;
}

ConfigDifferences differences(EffectiveConfig const& before, EffectiveConfig const& after) {
  ConfigDifferences found;
  detail::ConfigPage page(0);
  detail::DifferenceFinder(found.items, page).compare(before.root(), after.root());
  if (page.is_full()) found.next = {page.place(), detail::digest_of(before.layers(), after.layers())};
  return found;
}

Result<ConfigDifferences> differences(EffectiveConfig const& before, EffectiveConfig const& after,
                                      ConfigCursor const& from) {
  auto const checked = detail::check_cursor(from, detail::digest_of(before.layers(), after.layers()));
  if (!checked) return checked.error();
  ConfigDifferences found;
  detail::ConfigPage page(from.place);
  detail::DifferenceFinder(found.items, page).compare(before.root(), after.root());
  if (page.is_full()) found.next = {page.place(), from.digest};
  return found;
}

}  // namespace inlay

#endif
