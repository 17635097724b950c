// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_ALLOCATIONS_HPP
#define INLAY_TESTS_SUPPORT_ALLOCATIONS_HPP

#include <cstddef>

namespace support {

/** How often this program has allocated memory so far; it must be linked with allocations.cpp. Where values are made,
    this tells how much was done. */
[[nodiscard]] std::size_t allocations() noexcept;

}  // namespace support

#endif
