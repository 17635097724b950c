// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_TEXT_HPP
#define INLAY_CLI_TEXT_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace inlay::cli {

/** Text that a terminal shows and never obeys, on one line.

    Control characters, those that turn the direction of writing, and bytes that are not UTF-8 are escaped: a name or a
    config is somebody else's text, and may hold a terminal's escape sequences.
*/
[[nodiscard]] std::string printable(std::string_view text);

/** The same for text that is lines already. */
[[nodiscard]] std::string printable_lines(std::string_view text);

/** The same for lines of JSON and CSV, which end in a line feed, or in a carriage return and one. What is escaped in
    JSON, which is UTF-8 and has control characters in no other form, means the same as before: `\uXXXX`. */
[[nodiscard]] std::string printable_records(std::string_view text);

/** How many columns of a terminal printable text takes. */
[[nodiscard]] std::size_t columns(std::string_view text);

/** Printable text cut to at most `width` columns, with an ellipsis where something was cut. */
[[nodiscard]] std::string shortened(std::string text, std::size_t width);

/** Printable text in lines of at most `width` columns (0: however many), broken at spaces, and in words that are wider
    than a line; each line after the first is indented. */
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

/** Text as one word of a shell's command line. */
[[nodiscard]] std::string shell_quoted(std::string_view text);

}  // namespace inlay::cli

#endif
