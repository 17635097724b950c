// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_RESPONSE_HPP
#define HTTP_SERVER_RESPONSE_HPP

// Responses as they go out.

#include <inlay/error.hpp>
#include <inlay/rest/message.hpp>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <string>
#include <string_view>

namespace http_server {

/** What of a request the form of its answer depends on. */
struct Form {
  unsigned version = 11;  ///< of the protocol, as the client speaks it: 10 is HTTP/1.0
  bool is_head = false;
  bool is_safe = false;  ///< it asks for no write (RFC 9110, 9.2.1)
  bool keeps_alive = false;
};

using Message = boost::beast::http::response<boost::beast::http::string_body>;

[[nodiscard]] Message to_message(inlay::rest::Response response, Form form);

/** An answer that is there before it is needed, so that it takes no memory to give. It ends the connection. */
struct Prepared {
  explicit Prepared(inlay::rest::Response const& response);

  int status;
  std::string head;
  std::string body;
};

/** What is answered when memory has run out: that to come again is safe, or that nobody knows. */
[[nodiscard]] Prepared out_of_memory(inlay::Outcome outcome);

/** Whether a response is what inlay::rest::Handler gives when it finds no memory for another. */
[[nodiscard]] bool is_bare(inlay::rest::Response const& response);

}  // namespace http_server

#endif
