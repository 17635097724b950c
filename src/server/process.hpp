// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_PROCESS_HPP
#define HTTP_SERVER_PROCESS_HPP

namespace http_server {

/** What a program does before anything else, since whoever started it may have left it otherwise:

    - Descriptors 0 to 2 are there. Where one was closed, the next file or socket would take its number, and be written
      what is meant for a log. In its place stands /dev/null, opened the wrong way round, so that reading and writing
      still fail, as they do on what is closed: an answer that goes nowhere is an error.
    - SIGPIPE and SIGXFSZ are ignored. A reader that went away, and a file that grew to its limit, are errors of a write
      and not the end of the process.

    @return 0; the errno of what could not be opened, else.
*/
[[nodiscard]] int prepare_process() noexcept;

}  // namespace http_server

#endif
