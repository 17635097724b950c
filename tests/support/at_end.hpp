// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_AT_END_HPP
#define INLAY_TESTS_SUPPORT_AT_END_HPP

#include <functional>
#include <vector>

namespace support {

/** What a program of tests does when all have run: before main() ends, since after it libraries are gone in part. */
inline std::vector<std::function<void()>>& at_end() {
  static std::vector<std::function<void()>> all;
  return all;
}

}  // namespace support

#endif
