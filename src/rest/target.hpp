// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_REST_TARGET_HPP
#define INLAY_SRC_REST_TARGET_HPP

#include <inlay/error.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::rest {

/** A request's target, taken apart and percent-decoded by Boost.URL. */
struct Target {
  std::vector<std::string> segments{};  ///< of the path: {"team", "…id…"}
  std::vector<std::pair<std::string, std::string>> parameters{};

  std::string path{};                         ///< still encoded
  std::vector<std::string> raw_parameters{};  ///< each still encoded, "limit=2"; as many as `parameters`

  /** `here` with the query that asks for the next page of this one: the same parameters, with another cursor. */
  [[nodiscard]] std::string next_page(std::string here, std::string_view cursor) const;
};

/** Reads origin form or absolute form (RFC 9112, 3.2). `+` in a query is a space, as forms and URLSearchParams have
    it.

    @return invalid_argument for text that is neither, or that does not decode to UTF-8.
*/
[[nodiscard]] Result<Target> parse_target(std::string_view text);

}  // namespace inlay::rest

#endif
