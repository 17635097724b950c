// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_EQUAL_HPP
#define INLAY_JSON_EQUAL_HPP

#include <boost/json/value.hpp>

namespace inlay::json {

/** Whether two values mean the same (RFC 6902, section 4.6): numbers by value (1 is 1.0), members in any order.

    Integers and doubles are compared exactly: 9007199254740993 is not 9007199254740992.0.
*/
[[nodiscard]] bool equal(boost::json::value const& a, boost::json::value const& b) noexcept;

/** Whether two values have the same canonical text, but for the order of members: 1 is not 1.0, 0.0 is not -0.0. */
[[nodiscard]] bool identical(boost::json::value const& a, boost::json::value const& b) noexcept;

}  // namespace inlay::json

#endif
