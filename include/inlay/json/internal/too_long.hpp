// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_INTERNAL_TOO_LONG_HPP
#define INLAY_JSON_INTERNAL_TOO_LONG_HPP

#include <inlay/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace inlay::json {

/** invalid_document, about the whole: what is called `what` has so many bytes, and more than are allowed. */
[[nodiscard]] inline Error too_long(std::string_view what, std::size_t size, std::size_t allowed) {
  return Error{.kind = ErrorKind::invalid_document,
               .message = std::string(what) + " is " + std::to_string(size) + " bytes long; at most " +
                          std::to_string(allowed) + " are allowed",
               .pointer = ""};
}

/** The same of what was not read to its end, for being too long. */
[[nodiscard]] inline Error too_long(std::string_view what, std::size_t allowed) {
  return Error{
      .kind = ErrorKind::invalid_document,
      .message = std::string(what) + " is longer than the " + std::to_string(allowed) + " bytes that are allowed",
      .pointer = ""};
}

}  // namespace inlay::json

#endif
