// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_REST_HANDLER_HPP
#define INLAY_REST_HANDLER_HPP

#include <inlay/catalog.hpp>
#include <inlay/rest/message.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace inlay::rest {

/** How a handler answers; every member has a default that suits a host. */
struct HandlerOptions {
  /** Where the resources live below the server's root, "/api/v1": cut off targets, put before Location.

      Percent-encoded, as in a URL. A slash at its end makes no difference, nor does the lack of one at its beginning.
  */
  std::string base_path{};

  /** What clients see in the place of `base_path`, where a proxy before the server takes a prefix off targets or puts
      one before them: stands in Location and Link. Spelt as base_path is. Absent: the same as base_path.
  */
  std::optional<std::string> public_path{};

  /** Whether what can undo somebody else's write (replace mode, JSON Patch) must say If-Match; else 428. */
  bool requires_if_match = true;

  /** A secret of at least 32 bytes that cursors are encrypted with. Handlers that have the same one take each other's
      cursors: those of several processes behind one address, or before and after a restart. Absent: a random one, so
      that cursors are good for this handler and its copies alone.
  */
  std::optional<std::string> cursor_key{};

  /** What a client is told to wait when the store is unavailable, or too much is in flight. */
  std::chrono::seconds retry_after{1};

  /** How many bytes of answers may be in flight: being made, or made and not sent yet (Response::in_flight). What can
      be large (a list, an effective configuration, a preview) reserves what it may come to at most before the store is
      asked, and keeps what it came to. Where that is too much a client is answered 503 with Retry-After, and, where it
      is the caller's own share that is used up, 429. A caller is a team, or an actor of the administration. 0: there is
      no limit. One answer is always let in.

      A list reserves by its limit: for each row 1 to 10 KB without documents, and where it brings documents as many as
      one may be large, up to a page of 4 MiB. An effective configuration reserves two documents, and a page when it is
      explained; a preview the same. Each reserves 8 MiB at most, so that by the limits below a caller may have at least
      eight such requests made at a time, and all callers 32.
  */
  std::size_t max_bytes_in_flight = std::size_t{256} << 20U;
  std::size_t max_bytes_in_flight_of_caller = std::size_t{64} << 20U;

  /** Called with the error behind an answer of 500 or more, of which the client only learns the kind: a store's own
      words name files, servers and statements. (Not with a quota that is exceeded, 507, which the client is told of.)

      It may be called from any number of threads at once. What it throws is ignored. A request that finds no memory
      left is answered 503 without it; a 503 without headers and body when there is none even for a problem document.
  */
  std::function<void(Request const&, Error const&)> on_error{};
};

class BytesInFlight;

/** The REST resource over a catalogue, without a transport: a request and a caller in, a response out.

        rest::Handler const handler(catalog);
        rest::Response const response = handler(request, caller);

    Everything it does, it does through the catalogue as the caller, so that a caller reaches only what is theirs. It
    may be called from any number of threads. A call throws nothing: what can't be answered is a 500 or 503.

    docs/rest.md has the routes, the statuses and the conditions; docs/openapi.yaml has them for machines.
*/
class Handler {
 public:
  /** @throw Exception with invalid_argument for a base path or public path that is none, with a query, two slashes in
      a row or a segment of dots (RFC 3986, 3.3), and for a cursor key that is too short; with not_built for an OpenSSL
      without AES-SIV.
  */
  explicit Handler(Catalog catalog, HandlerOptions options = {});

  /** Whether a handler takes these options: for a program that looks at them before it has a catalogue. @return what
      the constructor throws. */
  [[nodiscard]] static Result<void> check(HandlerOptions const& options);

  /** Answers a request on behalf of a caller whom the host has authenticated. */
  [[nodiscard]] Response operator()(Request const& request, Caller const& caller) const noexcept;

  /** Whether a request is for what is the same for everybody and tells nothing of the store, by its target alone: the
      description of the resource, /openapi.json. A host may hand it in without knowing who asks, for a Caller(). */
  [[nodiscard]] bool is_for_anybody(Request const& request) const noexcept;

  /** HandlerOptions::base_path as it stands before targets: "", or with a slash at its start and none at its end. */
  [[nodiscard]] std::string const& base_path() const noexcept { return options_.base_path; }

  /** The longest body that is read, in bytes; a longer one is a 413. For the transport to set its own limit by. */
  [[nodiscard]] std::size_t max_body_bytes() const noexcept;

 private:
  Catalog catalog_;
  HandlerOptions options_;
  std::array<unsigned char, 32> cursor_key_;
  std::shared_ptr<BytesInFlight> in_flight_;  // what a handler's copies have in common
};

}  // namespace inlay::rest

#endif
