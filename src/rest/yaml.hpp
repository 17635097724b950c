// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_REST_YAML_HPP
#define INLAY_SRC_REST_YAML_HPP

#include <boost/json/value.hpp>

#include <string_view>

namespace inlay::rest {

/** Reads as much of YAML as docs/openapi.yaml is written in: mappings and sequences in blocks and in flows, plain and
    quoted scalars on one line, literal blocks (`|`), comments.

    It is for our own text, whose test reads it, and holds that to what a whole parser reads.

    @throws std::invalid_argument, with the line, for what is not written so.
*/
[[nodiscard]] boost::json::value read_yaml(std::string_view text);

}  // namespace inlay::rest

#endif
