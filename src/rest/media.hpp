// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_REST_MEDIA_HPP
#define INLAY_SRC_REST_MEDIA_HPP

#include <string>
#include <string_view>

namespace inlay::rest {

inline constexpr std::string_view json_type = "application/json";
inline constexpr std::string_view problem_type = "application/problem+json";
inline constexpr std::string_view merge_patch_type = "application/merge-patch+json";
inline constexpr std::string_view json_patch_type = "application/json-patch+json";

/** Whether a client that sent this Accept takes an answer of ours (RFC 9110, 12.5.1): JSON, or a problem document.

    One that names only the latter is taken to want JSON, which is what it gets when nothing goes wrong.
*/
[[nodiscard]] bool accepts_json(std::string_view accept) noexcept;

/** The media type of a Content-Type in lower case; "" when its charset is not UTF-8, for no JSON is in another. */
[[nodiscard]] std::string media_type(std::string_view content_type);

}  // namespace inlay::rest

#endif
