// SPDX-License-Identifier: BSL-1.0
#include "request_reader.hpp"

#include <inlay/rest/problem.hpp>

#include <boost/beast/core/string.hpp>
#include <boost/url/parse.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace http_server {

namespace beast = boost::beast;
namespace http = beast::http;
namespace rest = inlay::rest;
using Failure = boost::system::error_code;

namespace {

constexpr std::size_t idle_read_bytes = 4096;  // of what is most often all of a request
constexpr std::size_t most_read_bytes = std::size_t{32} << 10U;
constexpr unsigned max_empty_lines = 8;
constexpr std::string_view end_of_line = "\r\n";

// In what is left of a body in chunks there are no fewer bytes: "0", and the ends of two lines.
constexpr std::size_t shortest_end_of_chunks = 5;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }
std::string_view view(beast::flat_buffer const& buffer) {
  return {static_cast<char const*>(buffer.data().data()), buffer.size()};
}

/** Whether a line in this part of a head goes on in the next one (RFC 9112, 5.2). */
bool has_folded_line(std::string_view head) {
  for (std::size_t at = head.find(end_of_line); at != std::string_view::npos; at = head.find(end_of_line, at + 1)) {
    std::string_view const after = head.substr(at + end_of_line.size(), 1);
    if (after == " " || after == "\t") return true;
  }
  return false;
}

/** Has a request say where others do what it says in its target's absolute form: the host there counts, and no field
    Host (RFC 9112, 3.2.2).

    @return whether there is a path or "*" in its target then.
*/
bool settle_target(rest::Request& request) {
  std::string_view const target = request.target;
  if (target == "*" || target.starts_with('/')) return true;
  std::size_t const colon = target.find("://");
  if (colon == std::string_view::npos) return false;
  auto const scheme = target.substr(0, colon);
  auto const is = [scheme](char const* name) {
    return beast::iequals(beast::string_view(scheme.data(), scheme.size()), name);
  };
  if (!is("http") && !is("https")) return false;
  // By hand, since a query may hold what Boost.URL takes in an escaped query only.
  std::size_t const begin = colon + 3;
  std::size_t const end = std::min(target.find_first_of("/?#", begin), target.size());
  std::string const host(target.substr(begin, end - begin));
  auto const authority = boost::urls::parse_authority(host);
  // A name of a user there is more often meant to deceive (RFC 9110, 4.2.4).
  if (!authority || authority->encoded_host().empty() || authority->has_userinfo()) return false;
  std::string path(target.substr(end));
  if (!path.starts_with('/')) path.insert(path.begin(), '/');
  request.target = std::move(path);
  request.headers.set("Host", host);
  return true;
}

}  // namespace

RequestReader::RequestReader(Limits limits) : limits_(limits), buffer_(std::max(limits.head_bytes, most_read_bytes)) {}

boost::asio::mutable_buffer RequestReader::prepare() {
  std::size_t const wanted = stage_ == Stage::body ? most_read_bytes : idle_read_bytes;
  return buffer_.prepare(std::min(wanted, buffer_.max_size() - buffer_.size()));
}

void RequestReader::commit(std::size_t size) {
  buffer_.commit(size);
  advance();
}

void RequestReader::read_body() {
  if (auto const length = parser_->content_length(); length && *length > limits_.body_bytes) return refuse_body();
  parser_->body_limit(limits_.body_bytes);
  stage_ = parser_->is_done() ? Stage::complete : Stage::body;
  advance();
}

rest::Request RequestReader::take() {
  rest::Request request = std::move(head_.request);
  request.body = std::move(parser_->get().body());
  return request;
}

void RequestReader::next() {
  parser_.reset();
  head_ = Head();
  empty_lines_ = 0;
  head_bytes_ = 0;
  body_bytes_ = 0;
  // What a long body needed is not kept for as long as the connection.
  if (buffer_.capacity() > idle_read_bytes) buffer_.shrink_to_fit();
  stage_ = Stage::waiting;
  advance();
}

void RequestReader::advance() {
  while (true) {
    switch (stage_) {
      case Stage::waiting:
        if (!skip_empty_lines()) return;
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(limits_.head_bytes));
        // What is too long is said to those only whose body is wanted.
        parser_->body_limit(boost::none);
        stage_ = Stage::head;
        break;
      case Stage::head:
        if (!parse_head()) return;
        break;
      case Stage::body:
        if (!parse_body()) return;
        break;
      case Stage::headed:
      case Stage::complete:
      case Stage::refused: return;
    }
  }
}

// Some clients end a body with an empty line more than they say, which stands before their next request then
// (RFC 9112, 2.2). It begins none.
bool RequestReader::skip_empty_lines() {
  for (; empty_lines_ < max_empty_lines && view(buffer_).starts_with(end_of_line); ++empty_lines_) {
    buffer_.consume(end_of_line.size());
  }
  bool const may_be_empty_line = empty_lines_ < max_empty_lines && end_of_line.starts_with(view(buffer_));
  return buffer_.size() > 0 && !may_be_empty_line;
}

/** @return whether there is something to do without more bytes. */
bool RequestReader::parse_head() {
  if (buffer_.size() == 0) return false;
  Failure failure;
  std::size_t const used = parser_->put(buffer_.data(), failure);
  bool const is_folded = has_folded_line(view(buffer_).substr(0, used));
  buffer_.consume(used);
  head_bytes_ += used;
  // The parser's limit is one for the first line and one for the fields.
  std::size_t const held = parser_->is_header_done() ? 0 : buffer_.size();
  bool const is_too_long = failure == http::error::header_limit || head_bytes_ + held > limits_.head_bytes;
  if (is_too_long) {
    refuse(431, "the header is too long");
  } else if (is_folded) {
    refuse(400, "a field of the header takes one line");
  } else if (failure && failure != http::error::need_more) {
    refuse(400, "this is not HTTP/1.1");
  } else if (parser_->is_header_done()) {
    finish_head();
  } else {
    return false;
  }
  return true;
}

void RequestReader::finish_head() {
  auto const& header = parser_->get();
  // First, so that the log can say what was refused.
  head_.request.method = view(header.method_string());
  head_.request.target = view(header.target());
  for (auto const& field : header) head_.request.headers.add(view(field.name_string()), view(field.value()));
  head_.version = header.version();
  head_.keeps_alive = header.keep_alive();
  // HTTP/1.0 knows of no interim answers (RFC 9110, 10.1.1).
  head_.expects_continue = head_.version >= 11 && beast::iequals(header[http::field::expect], "100-continue");
  head_.has_body = !parser_->is_done();
  // Whether it can be known where the request ends (RFC 9112, 6.1 and 6.3), and its body is what the client meant.
  auto const coding = header.find(http::field::transfer_encoding);
  bool const is_framed = coding == header.end() || (head_.version >= 11 && parser_->chunked() &&
                                                    header.count(http::field::transfer_encoding) == 1 &&
                                                    beast::iequals(coding->value(), "chunked"));
  if (!is_framed) return refuse(400, "the only transfer coding that is read here is chunked");
  std::size_t const hosts = header.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && head_.version >= 11)) return refuse(400, "a request has one Host");
  if (!settle_target(head_.request)) return refuse(400, "a request's target is a path, or an http URL with a host");
  stage_ = Stage::headed;
}

/** @return whether there is something to do without more bytes. */
bool RequestReader::parse_body() {
  std::size_t const least = parser_->chunked() ? shortest_end_of_chunks : 1;
  if (buffer_.size() < least) return false;
  Failure failure;
  std::size_t const used = parser_->put(buffer_.data(), failure);
  buffer_.consume(used);
  body_bytes_ += used;
  if (failure == http::error::body_limit) {
    refuse_body();
  } else if (failure && failure != http::error::need_more) {
    refuse(400, "this is not HTTP/1.1");
  } else if (body_bytes_ > 2 * limits_.body_bytes) {
    refuse(413, "there is more between the chunks of this body than may be in them");
  } else if (parser_->is_done()) {
    stage_ = Stage::complete;
  } else if (failure == http::error::need_more && buffer_.size() == buffer_.max_size()) {
    refuse(431, "a line between the chunks of this body is too long, or what follows the last one");
  } else if (failure == http::error::need_more || used == 0) {
    return false;
  }
  return true;
}

void RequestReader::refuse(int status, char const* message) {
  refusal_ = rest::problem(status, {.kind = inlay::ErrorKind::invalid_argument, .message = message});
  stage_ = Stage::refused;
}

void RequestReader::refuse_body() {
  // As inlay::rest::Handler has it, which would say so of a body that got through.
  refusal_ = rest::problem(413, {.kind = inlay::ErrorKind::invalid_document,
                                 .message = "a body has at most " + std::to_string(limits_.body_bytes) + " bytes"});
  stage_ = Stage::refused;
}

}  // namespace http_server
