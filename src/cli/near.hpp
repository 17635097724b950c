// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_NEAR_HPP
#define INLAY_CLI_NEAR_HPP

#include <string>
#include <string_view>
#include <vector>

namespace inlay::cli {

/** Those of the names that somebody may have meant who typed `text`, the nearest first: at most three. */
[[nodiscard]] std::vector<std::string> near_names(std::string_view text, std::vector<std::string> names);

/** `; did you mean 'a' or 'b'?`, or nothing where no name is near. */
[[nodiscard]] std::string did_you_mean(std::string_view text, std::vector<std::string> names);

}  // namespace inlay::cli

#endif
