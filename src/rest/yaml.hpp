// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_REST_YAML_HPP
#define INLAY_SRC_REST_YAML_HPP

#include <boost/json/value.hpp>

#include <string_view>

namespace inlay::rest {

/** Reads as much of YAML as docs/openapi.yaml is written in: mappings and sequences in blocks and in flows, plain and
    quoted scalars on one line, literal blocks (`|`), comments.

    It is for our own text. What it does not know it may take for something else: a test holds what it reads to what a
    whole parser reads.
*/
[[nodiscard]] boost::json::value read_yaml(std::string_view text);

}  // namespace inlay::rest

#endif
