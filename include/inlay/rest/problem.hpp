// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_REST_PROBLEM_HPP
#define INLAY_REST_PROBLEM_HPP

#include <inlay/error.hpp>
#include <inlay/rest/message.hpp>

namespace inlay::rest {

/** What an error was about; with its kind it decides the status. */
enum class Situation {
  request,      ///< the request itself: its target, its headers, a body that can't be read
  content,      ///< what a body that could be read asks for
  conditional,  ///< the same, in a request with If-Match or If-None-Match
};

/** The status of an answer to an error: the table in docs/rest.md.

    A kind that is not known here is 500.
*/
[[nodiscard]] int status_of(Error const& error, Situation situation) noexcept;

/** A problem document (RFC 9457): type, title, status, detail, and our kind, with pointer, current_version and outcome
    where the error has them; `retry_after` is the header Retry-After.

    For hosts too, so that their own refusals (401, 429, ...) look like the handler's.
*/
[[nodiscard]] Response problem(int status, Error const& error);

}  // namespace inlay::rest

#endif
