// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_ORDINARY_NAMES_HPP
#define INLAY_TESTS_SUPPORT_ORDINARY_NAMES_HPP

#include <cstddef>
#include <string>
#include <vector>

namespace inlay::test {

/** So many names that nobody has chosen to meet in a table. */
inline std::vector<std::string> ordinary_names(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i != count; ++i) names.push_back("name_" + std::to_string(i));
  return names;
}

}  // namespace inlay::test

#endif
