// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_SERVER_HPP
#define HTTP_SERVER_SERVER_HPP

#include <inlay/error.hpp>
#include <inlay/rest/message.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace http_server {

class Log;

/** What a request is answered, and on whose behalf, for the access log. */
struct Answer {
  inlay::rest::Response response{};
  std::string actor{};
};

/** Where to listen and how. */
struct Listen {
  std::string address = "127.0.0.1:8080";  ///< an IP address, or localhost, and a port; port 0: a free one
  std::optional<int> socket{};             ///< one that listens already, in place of the address; the server's then
  bool is_loopback_only = false;           ///< refuse an address that other machines can reach
  unsigned threads = 0;  ///< as many requests are answered at a time; 0: two a processor, at least four
  std::size_t max_body_bytes = std::size_t{1} << 20U;

  /** Whether a target is answered even while all `threads` are busy, on a thread that is kept for such requests. Their
      answers must not take long. Absent: none is.
  */
  std::function<bool(std::string_view)> is_prompt{};

  /** As many are served at a time. Whoever connects then waits in the system's queue until another is done. */
  std::size_t max_connections = 512;

  /** For a request's head to come in, from its first byte; of a connection that is new, from its beginning. */
  std::chrono::milliseconds head_time = std::chrono::seconds(10);

  /** For a request's body to come in, once its head has, and again for its answer to go out. */
  std::chrono::milliseconds transfer_time = std::chrono::seconds(30);

  /** For the next request of a connection to begin. */
  std::chrono::milliseconds idle_time = std::chrono::seconds(60);

  /** For requests that have begun to come to their end, once the server is to stop. */
  std::chrono::milliseconds stop_time = std::chrono::seconds(10);

  Log* log = nullptr;  ///< one line a request; nullptr: none
};

/** HTTP/1.1 on Boost.Beast: reads requests, has them answered, sends the answers. It knows nothing of inlay's
 * resources.
 */
class Server {
 public:
  /** Called from several threads at once, with a target that is a path or "*", and in Host the host that counts: that
      of the target, where it had one. It may throw std::bad_alloc, and nothing else: that is a 503, made without taking
      memory, and so is what inlay::rest::Handler answers when it finds none. */
  using Answerer = std::function<Answer(inlay::rest::Request const&)>;

  /** Binds the address, or takes over the socket. @return invalid_argument for a bad address, unavailable when it can't
      be bound. */
  [[nodiscard]] static inlay::Result<std::unique_ptr<Server>> bind(Listen listen, Answerer answer);

  Server(Server const&) = delete;
  Server& operator=(Server const&) = delete;

  /** Stops and waits, where that was not done. */
  ~Server();

  [[nodiscard]] std::string address() const;  ///< "127.0.0.1:8080", with the port that it really has

  /** Starts to serve, and returns once all threads are there. To be called once.

      @return what start_thread returns; those that were started have ended by then.
  */
  [[nodiscard]] inlay::Result<void> start();

  /** Lets the server stop: whoever is in wait() goes on. May be called from any thread. */
  void stop();

  /** Serves until stop() is called; then lets requests that have begun come to their end, within stop_time, and ends
      the threads. One that does not come back from the answerer is waited for: whoever cannot ends the process, as
      serve() does.
  */
  void wait();

  struct State;

 private:
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace http_server

#endif
