// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_PARSE_HPP
#define INLAY_JSON_PARSE_HPP

#include <inlay/error.hpp>
#include <inlay/json/limits.hpp>

#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace inlay::json {

/** Reads JSON text (RFC 8259) exactly: every number comes back as the one that was written, or is refused.

    Integers from -2^63 to 2^64-1 are integers; every other number is the nearest double. `-0` is the double -0.0.

    @return invalid_document, with the RFC 6901 pointer of the place and its byte, which the message ends with, too, as
    "(at byte 7)", for text that is not one JSON value and nothing after it; duplicate members; an integer out of range;
    a number whose magnitude overflows or underflows a double; or text that is not UTF-8 (a lone surrogate escape
    included). The same without a byte for text beyond `limits.max_bytes`.

    Linear in the length of the text.
*/
[[nodiscard]] Result<boost::json::value> parse(std::string_view text, Limits const& limits = {},
                                               boost::json::storage_ptr storage = {});

/** Holds a value that was built by a program to the rules that parse() holds text to.

    @return invalid_document, with the pointer of the place: a double that is infinite or not a number, a string or
    member name that is not UTF-8, a value beyond the limits.
*/
[[nodiscard]] Result<void> check(boost::json::value const& value, Limits const& limits = {});

namespace detail {

/** As check(), for an object, which would have to be copied to make a value of it. */
[[nodiscard]] Result<void> check_object(boost::json::object const& object, Limits const& limits);

/** The canonical text of an object that was built by a program. @return as check(), but for its length. */
[[nodiscard]] Result<std::string> checked_text(boost::json::object const& object, std::size_t max_depth);

}  // namespace detail

}  // namespace inlay::json

#endif
