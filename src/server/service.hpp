// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_SERVICE_HPP
#define HTTP_SERVER_SERVICE_HPP

#include "health.hpp"
#include "server.hpp"
#include "tokens.hpp"

#include <inlay/rest/handler.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace http_server {

/** The paths that a service is asked by, and those that its clients see; see inlay::rest::HandlerOptions. */
struct Paths {
  std::string base{};
  std::optional<std::string> shown{};  ///< absent: those that it is asked by
};

/** What is served: the catalogue's resources to whoever has a token, and /healthz to everybody: below
    the base path, and at the root as well, for those who ask past the proxy that the base path is for.

    Who asks is decided by a request's head. Without tokens every caller is the host's own administration. What goes
    wrong with the store is for the log, one line an error: a client only learns that something did.
*/
class Service {
 public:
  /** @throw inlay::Exception with what start_thread returns, and what inlay::rest::Handler throws for the paths.
   */
  explicit Service(inlay::Catalog catalog, std::optional<Tokens> tokens = {}, Log* log = nullptr,
                   Health::Times health_times = {}, Paths paths = {});

  /** Who asks, and how that is answered: by the service, which must last as long. Thread-safe; throws nothing but
      std::bad_alloc, and neither do the answers. */
  [[nodiscard]] Admission admit(inlay::rest::Request const& head) const;

  /** The same for a server that tells how this one is and nothing else. */
  [[nodiscard]] Admission admit_to_health(inlay::rest::Request const& head) const;

  /** Answers a request that is there with its body. */
  [[nodiscard]] Answer operator()(inlay::rest::Request const& request) const { return admit(request).answer(request); }

  /** Has requests from now on looked at with other tokens. Thread-safe. */
  void use(Tokens tokens);

  [[nodiscard]] std::size_t max_body_bytes() const noexcept { return handler_.max_body_bytes(); }

 private:
  [[nodiscard]] bool is_healthz(std::string_view target) const noexcept;
  [[nodiscard]] inlay::rest::Response answer_healthz(inlay::rest::Request const& request,
                                                     inlay::Result<void> const& healthy) const;
  [[nodiscard]] std::shared_ptr<Tokens const> tokens() const;

  Health health_;
  inlay::rest::Handler handler_;
  mutable std::mutex mutex_;
  std::shared_ptr<Tokens const> tokens_;  // nullptr: none are asked for
  Log* log_;
};

/** What `inlay serve` and the example are told. */
struct ServeOptions {
  /** As Listen::address. Absent: the socket that the process was handed (see take_handed_socket), and 127.0.0.1:8080
      without one. */
  std::optional<std::string> listen{};

  /** Where else, and that alone, /healthz is answered: whatever the connections and threads of `listen` are busy with.
      Absent: nowhere. */
  std::optional<std::string> health{};
  mode_t socket_mode = 0600;  ///< of the files at the paths of `listen` and `health`

  std::optional<std::string> tokens_file{};  ///< absent: none, which is allowed on loopback and private paths only
  std::optional<std::size_t> max_strangers_of_address{};  ///< as in Listen
  std::vector<std::string> proxies{};                     ///< as in Listen
  Paths paths{};
  int log = 2;  ///< a descriptor for one line a request, and one an error that the client was not told

  /** How long requests that have begun may take to their end, once the process is to stop. */
  std::chrono::milliseconds stop_time = std::chrono::seconds(10);
};

/** Serves a catalogue until SIGTERM or SIGINT; says where on stdout, once it does. SIGHUP reads the tokens file anew.

    The catalogue is opened when all the rest is well and the addresses are bound, so that a start that is refused has
    made no store. Whoever connects meanwhile waits.

    It is the process's own: signals are its, it tells the process's supervisor how it is, and it ends the process with
    status 1 when something still waits a second after stop_time, and at once at a second SIGTERM or SIGINT. To be
    called in a process that prepare_process() has prepared.

    It has 512 connections at most, and fewer where the process may have few descriptors: some stay for the store and
    the health.

    @return what Tokens::read, Server::bind, Server::start, take_handed_socket and `open` return; invalid_argument for
    an address that others can reach, without tokens, for an address where a socket was handed over too, and for paths
    that are none.
*/
[[nodiscard]] inlay::Result<void> serve(std::function<inlay::Result<inlay::Catalog>()> const& open,
                                        ServeOptions const& options);

}  // namespace http_server

#endif
