// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_SUPERVISOR_HPP
#define HTTP_SERVER_SUPERVISOR_HPP

// What systemd, and those that speak its protocols, hand to a service and want to hear from it: sd_listen_fds(3),
// sd_notify(3). Both are a few variables of the environment, and need no library.

#include <inlay/error.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace http_server {

/** The socket that this process was handed to listen at, by LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES. They are taken
    out of the environment, so that no other process takes them for its own; before other threads are started.

    @return nothing when there is none, or when it is meant for another process; invalid_argument for more than one, for
    what is no socket of TCP or of a path that listens (such as one of a unit with Accept=yes), and for variables that
    make no sense.
*/
[[nodiscard]] inlay::Result<std::optional<int>> take_handed_socket();

/** Tells whoever started this process how it is, by datagrams to the socket that NOTIFY_SOCKET names; nothing where it
    names none. Waits for a second at most.
*/
class Supervisor {
 public:
  /** Takes NOTIFY_SOCKET out of the environment; before other threads are started. */
  [[nodiscard]] static Supervisor from_environment();

  Supervisor(Supervisor&& other) noexcept;
  Supervisor& operator=(Supervisor&&) = delete;
  ~Supervisor();

  /** Each returns false when it was to be told and could not be; errno has the reason. */
  bool ready(std::string_view status) const;
  bool reloading() const;
  bool stopping() const;

 private:
  explicit Supervisor(int socket, std::string address) : socket_(socket), address_(std::move(address)) {}
  bool tell(std::string_view state) const;

  int socket_;           // -1: nobody wants to hear
  std::string address_;  // as the system has it: with a zero first for one that is in no file system
};

}  // namespace http_server

#endif
