// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_LISTENER_HPP
#define HTTP_SERVER_LISTENER_HPP

#include <inlay/error.hpp>

#include <sys/socket.h>
#include <sys/stat.h>

#include <optional>
#include <string>

namespace http_server {

/** A socket that listens: at an IP address and port, or at a path of the file system, which goes with the listener. */
class Listener {
 public:
  /** Listens at "127.0.0.1:8080", "[::1]:8080", "localhost:8080", with port 0 at a free one, or at "unix:PATH", PATH
      having 107 bytes at most (unix(7)).

      The file at PATH is made with this mode, whatever the umask. One that is there is taken away first where it is a
      socket that nobody listens at, such as one of a server that was killed.

      @return invalid_argument for an address that is none; unavailable when it can't be listened at: for a path, too,
      where somebody listens or where something else is.
  */
  [[nodiscard]] static inlay::Result<Listener> at(std::string const& address, mode_t mode = 0600);

  /** One that listens already, and is the listener's from here on. Its file, if it has one, stays. */
  [[nodiscard]] static inlay::Result<Listener> of(int socket);

  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;

  /** Closes the socket, unless it was released, and takes away the file, unless another is in its place. */
  ~Listener();

  [[nodiscard]] std::string address() const;  ///< "127.0.0.1:8080", with the port that it really has; "unix:PATH"
  [[nodiscard]] int family() const noexcept { return family_; }

  /** Whether it is reached from this machine alone and, at a path, by its owner and root alone. */
  [[nodiscard]] bool is_private() const;

  /** The socket, for somebody else to close: before its listener is destroyed, which takes away its file, it should
      listen. Nothing else is asked of the listener then. */
  [[nodiscard]] int release() noexcept;

 private:
  Listener(int socket, int family) noexcept : socket_(socket), family_(family) {}

  int socket_;
  int family_;
  std::string path_;  // "" for none
  struct stat file_ {};
  bool owns_file_ = false;
};

/** What the strangers of a peer's address are counted by: IPv4 as it is; of IPv6 the first half, of which everybody has
    the second (RFC 4291, 2.5.4). @return "" for any other. */
[[nodiscard]] std::string origin_of(sockaddr_storage const& address);

/** An address to be compared with a peer's, such as "10.0.0.7" or "::1", as origin_of() has it. */
[[nodiscard]] inlay::Result<std::string> parse_origin(std::string const& address);

/** A peer's address for the log: without its port; "unix" for one that has none. */
[[nodiscard]] std::string peer_text(sockaddr_storage const& address);

}  // namespace http_server

#endif
