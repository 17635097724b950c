// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_REST_OPENAPI_HPP
#define INLAY_SRC_REST_OPENAPI_HPP

#include <string>
#include <string_view>

namespace inlay::rest {

inline constexpr std::string_view openapi_name = "openapi.json";

/** docs/openapi.yaml, as it was when this was built. */
[[nodiscard]] std::string openapi_text();

/** The same in JSON, of a resource that clients see below that path ("" or "/api/v1"). */
[[nodiscard]] std::string openapi_json(std::string_view public_path);

}  // namespace inlay::rest

#endif
