// SPDX-License-Identifier: BSL-1.0
#include <fuzz.hpp>

#include <inlay/json/equal.hpp>
#include <inlay/json/json_patch.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <support/random_json.hpp>

#include <string>
#include <utility>

using namespace inlay;
using fuzz::require;

namespace {

void try_patch(boost::json::value const& before, boost::json::value const& patch) {
  auto const shown = json::print(before) + "\n" + json::print(patch);
  auto after = before;
  auto const applied = json::json_patch::apply(after, patch);
  auto const inverse = json::json_patch::invert(before, patch);
  require(applied.has_error() == inverse.has_error(), "a patch that fits can be inverted, no other", shown);
  if (applied.has_error()) {
    require(json::print(after) == json::print(before), "a patch that fails changes nothing", shown);
    require(json::Pointer::parse(applied.error().pointer.value_or("none")).has_value(), "an error has a pointer",
            shown);
    return;
  }
  require(json::json_patch::apply(after, *inverse).has_value(), "the inverse fits what the patch made", shown);
  require(json::identical(after, before), "the inverse gives the original", shown);
}

void try_diff(boost::json::value const& from, boost::json::value const& to) {
  auto const shown = json::print(from) + "\n" + json::print(to);
  auto const patch = json::json_patch::diff(from, to);
  require(patch.get_array().empty() == json::identical(from, to), "only what is the same has no difference", shown);
  auto value = from;
  require(json::json_patch::apply(value, patch).has_value(), "a difference applies", shown);
  require(json::identical(value, to), "a difference, applied, gives what it was made for", shown);
  try_patch(from, patch);
}

/** The pointer of a place in the value, or now and then of one beside it. */
std::string choose_place(fuzz::Choices& choices, boost::json::value const& value) {
  std::string pointer;
  auto const* place = &value;
  while (!choices.chance(4)) {
    if (auto const* object = place->if_object(); object != nullptr && !object->empty()) {
      auto const& member = *(object->begin() + static_cast<std::ptrdiff_t>(choices.below(object->size())));
      json::append_token(pointer, member.key());
      place = &member.value();
    } else if (auto const* array = place->if_array(); array != nullptr && !array->empty()) {
      auto const at = choices.below(array->size());
      json::append_token(pointer, std::to_string(at));
      place = &(*array)[at];
    } else {
      break;
    }
  }
  if (choices.chance(3)) json::append_token(pointer, test::names[choices.below(test::names.size())]);
  if (choices.chance(6)) json::append_token(pointer, choices.chance(2) ? "-" : std::to_string(choices.below(3)));
  return pointer;
}

boost::json::value choose_patch(fuzz::Choices& choices, boost::json::value value) {
  static constexpr std::string_view operations[] = {"add", "remove", "replace", "move", "copy", "test"};
  boost::json::array patch;
  while (choices.are_left() && patch.size() < 8) {
    boost::json::object operation;
    operation["op"] = operations[choices.below(std::size(operations))];
    operation["path"] = choose_place(choices, value);
    operation["from"] = choose_place(choices, value);
    operation["value"] = test::random_json(choices, 2);
    boost::json::array one;
    one.push_back(std::move(operation));
    // Operations that do not fit mostly end a patch at once, so they seldom stay.
    boost::json::value const step(std::move(one));
    bool const fits = json::json_patch::apply(value, step).has_value();
    if (fits || choices.chance(16)) patch.push_back(step.get_array().front());
  }
  return boost::json::value(std::move(patch));
}

}  // namespace

// Two lines: a document, and a patch or another document. Or else values and a patch that the bytes choose.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto input = fuzz::as_text(data, size);
  if (input.starts_with('{') || input.starts_with('[')) {
    auto const before = json::parse(fuzz::take_line(input));
    auto const patch = json::parse(input);
    if (before.has_error() || patch.has_error()) return 0;
    try_patch(*before, *patch);
    try_diff(*before, *patch);
    return 0;
  }
  fuzz::Choices choices(input);
  auto const before = test::random_json(choices, 4);
  try_diff(before, choices.chance(4) ? test::random_json(choices, 4) : test::random_edit(choices, before));
  try_patch(before, choose_patch(choices, before));
  return 0;
}
