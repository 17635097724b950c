// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_MERGE_PATCH_HPP
#define INLAY_JSON_MERGE_PATCH_HPP

#include <inlay/error.hpp>

#include <boost/json/value.hpp>

namespace inlay::json::merge_patch {

/** Applies a JSON Merge Patch (RFC 7396, section 2) in place, touching only what the patch names.

    Members that stay keep their place; new ones are appended in the patch's order. Patches do not compose: applying
    two in turn is not the same as applying their merge.

    Complexity: a lookup for each member of the patch; where it removes members of an object, linear in that too. When
    memory runs out (std::bad_alloc), some of the patch has been applied.

    @pre patch is no part of target.
*/
void apply(boost::json::value& target, boost::json::value const& patch);

/** The smallest merge patch that turns `from` into `to`, the order of members aside: {} when they are equal.

    @return invalid_argument, with the pointer of the member, when there is none: a merge patch cannot set a null
    (RFC 7396, section 1).
*/
[[nodiscard]] Result<boost::json::value> diff(boost::json::value const& from, boost::json::value const& to);

}  // namespace inlay::json::merge_patch

#endif
