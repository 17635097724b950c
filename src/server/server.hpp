// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_SERVER_HPP
#define HTTP_SERVER_SERVER_HPP

#include <inlay/error.hpp>
#include <inlay/rest/message.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace http_server {

class Log;

/** What a request is answered, and on whose behalf, for the access log. */
struct Answer {
  inlay::rest::Response response{};
  std::string actor{};
};

/** What becomes of a request, as its head decides. */
struct Admission {
  /** Makes the answer. It may throw std::bad_alloc, and nothing else: that is a 503, made without taking memory, and so
      is what inlay::rest::Handler answers when it finds none. */
  std::function<Answer(inlay::rest::Request const&)> answer{};

  /** Whether it is known who asks. Then the body is read, and the answer may take its time. Else the answer is made at
      once, of the head alone: its body is not read, the connection ends where there was to be one, and it goes on
      counting as a stranger's. Such an answer must not take long; it is made even while all `threads` are busy.
  */
  bool is_known = false;
};

/** Where to listen and how. */
struct Listen {
  /** An IP address, or localhost, and a port, port 0 being a free one; or unix:PATH. */
  std::string address = "127.0.0.1:8080";
  std::optional<int> socket{};   ///< one that listens already, in place of the address; the server's then
  mode_t socket_mode = 0600;     ///< of the file at PATH
  bool is_private_only = false;  ///< refuse an address that other machines can reach, or a path that other users can
  unsigned threads = 0;          ///< as many requests are answered at a time; 0: two a processor, at least four
  std::size_t max_body_bytes = std::size_t{1} << 20U;

  /** As many are served at a time. For whoever connects then the stranger goes who has waited longest: a connection
      without a request so far of somebody who is known. Where there is none, new ones wait in the system's queue.
  */
  std::size_t max_connections = 512;

  /** How many strangers there may be of one IP address (of IPv6: of one /64); the next one takes the place of the one
      among them who has waited longest. Absent: half of max_connections. None are counted at a path.
  */
  std::optional<std::size_t> max_strangers_of_address{};
  std::vector<std::string> proxies{};  ///< IP addresses that many come from, whose strangers are not counted

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

/** HTTP/1.1 on Boost.Beast: reads requests, has them answered, sends the answers, and knows nothing of inlay's
    resources. */
class Server {
 public:
  /** Called from several threads at once with a request that has no body yet, whose target is a path or "*", and whose
      Host is the host that counts: that of the target, where it had one. What it throws is as with Admission::answer.
   */
  using Admit = std::function<Admission(inlay::rest::Request const& head)>;

  /** Binds the address, or takes over the socket. @return invalid_argument for a bad address, unavailable when it can't
      be bound. */
  [[nodiscard]] static inlay::Result<std::unique_ptr<Server>> bind(Listen listen, Admit admit);

  Server(Server const&) = delete;
  Server& operator=(Server const&) = delete;

  /** Stops and waits, where that was not done. */
  ~Server();

  /** "http://127.0.0.1:8080", with the port that it really has; "unix:PATH". */
  [[nodiscard]] std::string address() const;

  /** The longest body that is read, in place of Listen::max_body_bytes. To be called before start(). */
  void limit_bodies(std::size_t bytes);

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
