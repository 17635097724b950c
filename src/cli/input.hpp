// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_INPUT_HPP
#define INLAY_CLI_INPUT_HPP

#include <inlay/error.hpp>
#include <inlay/json/limits.hpp>
#include <inlay/json/pointer.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace inlay::cli {

/** A command that makes no sense as it was typed: exit status 2. */
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/** A resource may be larger than the documents in it, which are held to json::Limits when they are read. */
inline constexpr json::Limits resource_limits{.max_bytes = std::size_t{8} << 20U, .max_depth = 72};

/** A patch of two documents may be larger than both, and is laid out to be read: so `json diff` gives none larger than
    `json merge` and `json patch` take. */
inline constexpr json::Limits patch_limits{.max_bytes = std::size_t{64} << 20U, .max_depth = 72};

/** The text that an argument means: itself, the file after `@`, or standard input for `-`.

    @return invalid_argument for a file that cannot be read. @throw UsageError when standard input is asked for twice.
*/
[[nodiscard]] Result<std::string> read_text(std::string const& argument, std::size_t max_bytes);

/** The JSON that an argument means. @param name what the help calls the argument, such as "PATCH".

    @return what json::parse returns, with the file, or the argument, and the line and column in the message; what
    read_text returns.
*/
[[nodiscard]] Result<boost::json::value> read_value(std::string const& argument, std::string_view name,
                                                    json::Limits const& limits = {});

/** The JSON object that an argument means. @param what the sort of object that is due, such as "a layer".

    @return no_object() when it is something else; what read_value returns.
*/
[[nodiscard]] Result<boost::json::object> read_object(std::string const& argument, std::string_view name,
                                                      std::string_view what, json::Limits const& limits = {});

/** invalid_argument at "": the value is not the object that is due. */
[[nodiscard]] Error no_object(boost::json::value const& value, std::string_view what);

}  // namespace inlay::cli

#endif
