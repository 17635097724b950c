// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_PRINT_HPP
#define INLAY_JSON_PRINT_HPP

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace inlay::json {

/** Appends the canonical text of a value: compact, members in their order, UTF-8 as it is.

    Integers are digits; a double is the shortest text that reads back the same, and always reads back as a double
    (1.0, not 1). Escaped are only `"`, `\` and U+0000 to U+001F (\b \f \n \r \t, else \u00xx).

    @pre check(value) would accept the value: an infinite double has no JSON form.
*/
void print(boost::json::value const& value, std::string& out);

/** The canonical text of a value; see the overload above. */
[[nodiscard]] std::string print(boost::json::value const& value);

namespace detail {

/** As print(), for an object that is no value: to make one of it is to copy it. */
void print_object(boost::json::object const& object, std::string& out);

}  // namespace detail

/** Appends a JSON string, quotes included. */
void print_string(std::string_view text, std::string& out);

/** The same value over several lines, two spaces a level, for people. */
[[nodiscard]] std::string print_pretty(boost::json::value const& value);

}  // namespace inlay::json

#endif
