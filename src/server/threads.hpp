// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_THREADS_HPP
#define HTTP_SERVER_THREADS_HPP

#include <inlay/error.hpp>

#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace http_server {

/** Starts a thread. @return unavailable, with the reason, where the system has none left: a limit of processes
    (`ulimit -u`, a container's), or of memory for its stack.
*/
template <class Work>
[[nodiscard]] inlay::Result<std::thread> start_thread(std::string const& purpose, Work work) {
  // Which of the two is meant has to be said: a thread can be made from anything that might be called.
  try {
    return inlay::Result<std::thread>(boost::system::in_place_value, std::move(work));
  } catch (std::system_error const& failure) {
    return inlay::Result<std::thread>(
        boost::system::in_place_error,
        inlay::Error{.kind = inlay::ErrorKind::unavailable,
                     .message = "can't start a thread " + purpose + ": " + failure.code().message()});
  }
}

}  // namespace http_server

#endif
