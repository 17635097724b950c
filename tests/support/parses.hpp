// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_PARSES_HPP
#define INLAY_TESTS_SUPPORT_PARSES_HPP

#include <cstddef>

namespace support {

/** How often this program has gone through a JSON text so far; it must be linked with parses.cpp, and
    with a src/core/json.cpp that was compiled with -finstrument-functions. */
struct Parses {
  std::size_t into_values{};  ///< json::parse
  std::size_t into_spans{};   ///< json::MemberSpans::of, which makes no values
};
[[nodiscard]] Parses parses() noexcept;

}  // namespace support

#endif
