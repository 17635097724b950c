// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_GROUND_INTERNAL_JOINED_HPP
#define INLAY_GROUND_INTERNAL_JOINED_HPP

#include <functional>
#include <string>
#include <string_view>

namespace inlay::detail {

/** For people: the values with ", " between them, and before the last of several `last`, such as " or ".

    @param to_text makes of a value what std::string appends.
*/
template <class Values, class ToText = std::identity>
[[nodiscard]] std::string joined(Values const& values, std::string_view last = ", ", ToText const& to_text = {}) {
  std::string all;
  for (auto place = values.begin(); place != values.end();) {
    auto const& value = *place;
    bool const is_last = ++place == values.end();
    if (!all.empty()) all += is_last ? last : ", ";
    all += to_text(value);
  }
  return all;
}

}  // namespace inlay::detail

#endif
