// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_SERVER_HPP
#define HTTP_SERVER_SERVER_HPP

#include <inlay/error.hpp>
#include <inlay/rest/message.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace http_server {

/** What a request is answered, and on whose behalf, for the access log. */
struct Answer {
  inlay::rest::Response response{};
  std::string actor{};
};

/** Writes one line, with the time before it; a control character becomes a `?`, so that no text begins a line of its
    own. Nothing when there is no log. Thread-safe.
*/
void write_line(std::FILE* log, std::string_view text);

/** Where to listen and how. */
struct Listen {
  std::string address = "127.0.0.1:8080";  ///< an IP address, or localhost, and a port; port 0: a free one
  bool is_loopback_only = false;           ///< refuse an address that other machines can reach
  unsigned threads = 0;                    ///< each answers one request at a time; 0: two a processor, at least four
  std::size_t max_body_bytes = std::size_t{1} << 20U;

  /** As many are served at a time. Whoever connects then waits in the system's queue until another is done. */
  std::size_t max_connections = 512;

  /** For a request's body to come in, once its header has, and again for its answer to go out. */
  std::chrono::milliseconds transfer_time = std::chrono::seconds(30);

  std::FILE* access_log = nullptr;  ///< one line a request; nullptr: none
};

/** HTTP/1.1 on Boost.Beast: reads requests, has them answered, sends the answers. It knows nothing of inlay's
 * resources.
 */
class Server {
 public:
  using Answerer = std::function<Answer(inlay::rest::Request const&)>;

  /** Binds the address. @return invalid_argument for a bad address, unavailable when it can't be bound. */
  [[nodiscard]] static inlay::Result<std::unique_ptr<Server>> bind(Listen listen, Answerer answer);

  Server(Server const&) = delete;
  Server& operator=(Server const&) = delete;
  ~Server();

  [[nodiscard]] std::string address() const;  ///< "127.0.0.1:8080", with the port that it really has

  /** Serves until SIGTERM, SIGINT or stop(); then lets requests that have begun come to their end, for ten seconds. */
  void run();

  /** May be called from any thread. */
  void stop();

  struct State;

 private:
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace http_server

#endif
