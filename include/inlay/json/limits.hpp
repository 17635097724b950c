// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_LIMITS_HPP
#define INLAY_JSON_LIMITS_HPP

#include <cstddef>

namespace inlay::json {

/** How large a document may be. Both limits count from the document's root, wherever it is nested. */
struct Limits {
  /** Bytes of text: of the text that is given, and of the canonical text that it becomes. */
  std::size_t max_bytes = std::size_t{1} << 20U;

  /** Levels of arrays and objects: 1 is a flat object. Never more than greatest_depth, whatever is set. */
  std::size_t max_depth = 64;

  friend bool operator==(Limits const&, Limits const&) = default;
};

/** How deep values may nest at most: they are read, copied and destroyed recursively, and stacks are small. */
inline constexpr std::size_t greatest_depth = 1024;

/** No limit but memory and greatest_depth, for text that was let in before. */
inline constexpr Limits no_limits{.max_bytes = static_cast<std::size_t>(-1), .max_depth = static_cast<std::size_t>(-1)};

}  // namespace inlay::json

#endif
