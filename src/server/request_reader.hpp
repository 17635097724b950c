// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_REQUEST_READER_HPP
#define HTTP_SERVER_REQUEST_READER_HPP

#include <inlay/rest/message.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstddef>
#include <optional>

namespace http_server {

/** What a request says before its body. */
struct Head {
  /** Without its body. The target is a path or "*", and Host the host that counts: that of the target, where it had one
      (RFC 9112, 3.2.2). */
  inlay::rest::Request request{};

  unsigned version = 11;  ///< of the protocol, as the client speaks it: 10 is HTTP/1.0
  bool keeps_alive = false;
  bool expects_continue = false;  ///< the client waits with its body until it is told to go on (RFC 9110, 10.1.1)
  bool has_body = false;
};

/** Makes requests of the bytes of a connection (RFC 9112), with nothing of a connection in it: bytes go in, a stage
    comes out.

    What it holds is bounded, whatever comes in: a head by Limits::head_bytes, a body by Limits::body_bytes, and so is
    what stands between the pieces of a body in chunks. A request is a Head first, made before anything of its body is
    looked at: what stands after a body (trailers) never becomes a field of it.
*/
class RequestReader {
 public:
  struct Limits {
    std::size_t head_bytes = 16U << 10U;
    std::size_t body_bytes = std::size_t{1} << 20U;
  };

  enum class Stage {
    waiting,  ///< for a request to begin: nothing has come but empty lines (RFC 9112, 2.2), of which there may be eight
    head,     ///< more of its head is to come
    headed,   ///< head() is there, and read_body() goes on
    body,     ///< more of its body is to come
    complete,  ///< take() is there, and next() goes on
    refused    ///< refusal() says why; nobody knows where the next request begins
  };

  explicit RequestReader(Limits limits);

  /** How far it has come. Bytes are taken while this is waiting, head or body. */
  [[nodiscard]] Stage stage() const noexcept { return stage_; }

  /** Where the next bytes are to be read to: never nothing, and never more than is left of a bounded buffer. */
  [[nodiscard]] boost::asio::mutable_buffer prepare();

  /** So many bytes have been read there. */
  void commit(std::size_t size);

  [[nodiscard]] Head const& head() const noexcept { return head_; }

  /** Goes on after the head; a body that says itself too long is refused. */
  void read_body();

  /** Hands out the request, with its body. */
  [[nodiscard]] inlay::rest::Request take();

  /** Begins with the next request: at once, where some of it has come in. */
  void next();

  /** 400, 413 or 431. */
  [[nodiscard]] inlay::rest::Response const& refusal() const noexcept { return refusal_; }

  /** What there is room for at most, in the place where bytes come in. */
  [[nodiscard]] std::size_t buffer_bytes() const noexcept { return buffer_.max_size(); }

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  void advance();
  bool skip_empty_lines();
  bool parse_head();
  bool parse_body();
  void finish_head();
  void refuse(int status, char const* message);
  void refuse_body();

  Limits limits_;
  Stage stage_ = Stage::waiting;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  unsigned empty_lines_ = 0;    // that stood before the request
  std::size_t head_bytes_ = 0;  // of the head that were parsed
  std::size_t body_bytes_ = 0;  // the same after the head, as they came
  Head head_;
  inlay::rest::Response refusal_;
};

}  // namespace http_server

#endif
