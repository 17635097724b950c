// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_RANDOM_JSON_HPP
#define INLAY_TESTS_SUPPORT_RANDOM_JSON_HPP

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <support/random.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace inlay::test {

// A Source is a Random, or what a fuzzer takes its choices from. Few names and few scalars, so that two random values
// often meet.
inline constexpr std::array<std::string_view, 7> names{"a", "b", "c", "d", "a/b", "m~n", ""};

template <class Source>
boost::json::value random_scalar(Source& random) {
  switch (random.below(8)) {
    case 0: return nullptr;
    case 1: return true;
    case 2: return static_cast<std::int64_t>(random.below(3));
    case 3: return static_cast<double>(random.below(3));
    case 4: return -0.0;
    case 5: return "text";
    case 6: return "";
    default: return 18446744073709551615U;
  }
}

/** A value of at most `levels` levels of arrays and objects. */
template <class Source>
boost::json::value random_json(Source& random, std::size_t levels) {
  if (levels == 0 || random.chance(4)) return random_scalar(random);
  std::size_t const size = random.below(5);
  if (random.chance(3)) {
    boost::json::array array;
    for (std::size_t i = 0; i < size; ++i) array.push_back(random_json(random, levels - 1));
    return boost::json::value(std::move(array));
  }
  boost::json::object object;
  for (std::size_t i = 0; i < size; ++i) {
    object.insert_or_assign(names[random.below(names.size())], random_json(random, levels - 1));
  }
  return boost::json::value(std::move(object));
}

/** The value with one to three places added, removed or replaced. */
template <class Source>
boost::json::value random_edit(Source& random, boost::json::value value) {
  for (std::size_t edits = random.below(3) + 1; edits > 0; --edits) {
    boost::json::value* place = &value;
    while (!random.chance(3)) {
      if (auto* object = place->if_object(); object != nullptr && !object->empty()) {
        place = &(object->begin() + static_cast<std::ptrdiff_t>(random.below(object->size())))->value();
      } else if (auto* array = place->if_array(); array != nullptr && !array->empty()) {
        place = &(*array)[random.below(array->size())];
      } else {
        break;
      }
    }
    if (auto* object = place->if_object(); object != nullptr && !random.chance(4)) {
      std::string_view const name = names[random.below(names.size())];
      if (auto const it = object->find(name); it != object->end() && random.chance(2)) {
        object->stable_erase(it);
      } else {
        object->insert_or_assign(name, random_json(random, 2));
      }
    } else if (auto* array = place->if_array(); array != nullptr && !random.chance(4)) {
      auto const at = array->begin() + static_cast<std::ptrdiff_t>(random.below(array->size() + 1));
      if (at != array->end() && random.chance(2)) {
        array->erase(at);
      } else {
        array->insert(at, random_json(random, 2));
      }
    } else {
      *place = random_json(random, 2);
    }
  }
  return value;
}

}  // namespace inlay::test

#endif
