// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MEMORY_DETAIL_ROWS_READ_HPP
#define INLAY_BACKENDS_MEMORY_DETAIL_ROWS_READ_HPP

#include <cstdint>

namespace inlay::memory {

/** How many rows the calls of this thread have looked at, ever: what a test holds against what they may cost. */
[[nodiscard]] inline std::uint64_t& rows_read() noexcept {
  thread_local std::uint64_t count = 0;
  return count;
}

}  // namespace inlay::memory

#endif
