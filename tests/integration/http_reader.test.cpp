// SPDX-License-Identifier: BSL-1.0
// What the example server makes of the bytes of a connection, and what it keeps of them.
#include <inlay/json/parse.hpp>

#include <support/catch.hpp>

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <cstddef>
#include <request_reader.hpp>
#include <string>
#include <string_view>
#include <vector>

using namespace inlay;
using http_server::RequestReader;
using Stage = RequestReader::Stage;

namespace {

/** What came of it: requests, and the status of the refusal that ended it; 0: it waits for more. */
struct Read {
  std::vector<rest::Request> requests;
  int status = 0;
  std::size_t most_held = 0;  ///< the largest piece that there was room for
};

/** Hands bytes in by pieces of this size, or smaller ones where there is no room for more. */
Read read(std::string_view bytes, std::size_t piece, RequestReader::Limits limits = {}) {
  RequestReader reader(limits);
  Read read;
  while (true) {
    switch (reader.stage()) {
      case Stage::headed: reader.read_body(); continue;
      case Stage::complete:
        read.requests.push_back(reader.take());
        reader.next();
        continue;
      case Stage::refused: read.status = reader.refusal().status; return read;
      case Stage::waiting:
      case Stage::head:
      case Stage::body: break;
    }
    if (bytes.empty()) return read;
    auto const room = reader.prepare();
    if (room.size() == 0) FAIL("there is no room for more");
    read.most_held = std::max(read.most_held, room.size());
    std::size_t const size = std::min({piece, room.size(), bytes.size()});
    boost::asio::buffer_copy(room, boost::asio::buffer(bytes.data(), size));
    reader.commit(size);
    bytes.remove_prefix(size);
  }
}

bool is_same(rest::Request const& a, rest::Request const& b) {
  return a.method == b.method && a.target == b.target && a.headers == b.headers && a.body == b.body;
}

std::string const get = "GET /team?limit=2 HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n";
std::string const chunked_head = "POST /team HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";

}  // namespace

TEST_CASE("requests come out the same in whatever pieces they came in") {
  std::string const all = "\r\n" + get + "POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello\r\n" +
                          chunked_head + "5;name=\"a value\"\r\nhello\r\n1\r\n!\r\n0\r\n\r\n" + chunked_head +
                          "0\r\n\r\n" + chunked_head + "2\r\n{}\r\n0;x\r\nX-Sum: 1\r\n\r\n" + get;
  auto const whole = read(all, all.size());
  CHECK(whole.status == 0);
  REQUIRE(whole.requests.size() == 6);
  CHECK(whole.requests[0].method == "GET");
  CHECK(whole.requests[0].target == "/team?limit=2");
  CHECK(whole.requests[0].headers.find("Accept") == "*/*");
  CHECK(whole.requests[1].body == "hello");
  CHECK(whole.requests[2].body == "hello!");
  CHECK(whole.requests[3].body.empty());
  CHECK(whole.requests[4].body == "{}");
  CHECK(is_same(whole.requests[5], whole.requests[0]));
  for (std::size_t piece = 1; piece < all.size(); ++piece) {
    CAPTURE(piece);
    auto const pieces = read(all, piece);
    CHECK(pieces.status == 0);
    REQUIRE(pieces.requests.size() == whole.requests.size());
    for (std::size_t i = 0; i < whole.requests.size(); ++i) CHECK(is_same(pieces.requests[i], whole.requests[i]));
  }
}

TEST_CASE("what stands behind a body is no field of its request") {
  auto const came = read(chunked_head +
                             "2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\nIf-Match: *\r\nHost: other.example\r\n"
                             "Connection: close\r\n\r\n" +
                             get,
                         7);
  CHECK(came.status == 0);
  REQUIRE(came.requests.size() == 2);
  auto const& headers = came.requests[0].headers;
  CHECK_FALSE(headers.contains("Authorization"));
  CHECK_FALSE(headers.contains("If-Match"));
  CHECK_FALSE(headers.contains("Connection"));
  CHECK(headers.find("Host") == "localhost");
}

TEST_CASE("a field of a header that goes on in the next line is refused") {
  for (std::string const& fields :
       {std::string("Host: localhost\r\nX-Name: a\r\n b\r\n"), std::string("Host: localhost\r\nX-Name: a\r\n\tb\r\n"),
        std::string("Host:\r\n localhost\r\n"), std::string("Host: localhost\r\nX-Name: a\r\n \r\n"),
        std::string(" Host: localhost\r\n"), std::string("Host: localhost\r\nX-Name: a\r\n \r\n \r\n")}) {
    CAPTURE(fields);
    std::string const request = "GET /team HTTP/1.1\r\n" + fields + "\r\n";
    for (std::size_t piece = 1; piece <= request.size(); ++piece) {
      CAPTURE(piece);
      auto const came = read(request, piece);
      CHECK(came.requests.empty());
      CHECK(came.status == 400);
    }
  }
  // Blanks at other places are none of that.
  CHECK(read("GET /team HTTP/1.1\r\nHost: localhost\r\nX-Name:  a b \r\n\r\n", 5).requests.size() == 1);
}

TEST_CASE("a header is refused once it is longer than it may be, whether or not it ends") {
  RequestReader::Limits const limits{.head_bytes = 1000, .body_bytes = 1000};
  std::string const start = "GET /team HTTP/1.1\r\nHost: localhost\r\nX-Name: ";
  std::string const fits = start + std::string(1000 - start.size() - 4, 'a') + "\r\n\r\n";
  for (std::size_t const piece : {1U, 100U, 5000U}) {
    CAPTURE(piece);
    CHECK(read(fits, piece, limits).requests.size() == 1);
    CHECK(read(start + "a" + fits.substr(start.size()), piece, limits).status == 431);
    CHECK(read("GET /" + std::string(5000, 'a'), piece, limits).status == 431);
    CHECK(read(std::string(5000, 'G'), piece, limits).status != 0);
    CHECK(read(start + std::string(5000, 'a'), piece, limits).status == 431);
  }
  std::string many = "GET /team HTTP/1.1\r\nHost: localhost\r\n";
  for (int i = 0; i < 200; ++i) many += "X-Name: a\r\n";
  CHECK(read(many, 100, limits).status == 431);
}

TEST_CASE("a body is refused that says itself too long, or turns out to be") {
  RequestReader::Limits const limits{.body_bytes = 1000};
  auto const with_length = [](std::size_t size) {
    return "POST /team HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
  };
  CHECK(read(with_length(1000) + std::string(1000, 'a'), 300, limits).requests.size() == 1);
  CHECK(read(with_length(1001), 300, limits).status == 413);
  std::string const chunk = "1f4\r\n" + std::string(500, 'a') + "\r\n";
  CHECK(read(chunked_head + chunk + chunk + "0\r\n\r\n", 300, limits).requests.size() == 1);
  CHECK(read(chunked_head + chunk + chunk + "1\r\na\r\n0\r\n\r\n", 300, limits).status == 413);
  CHECK(read(chunked_head + "3e9\r\n", 300, limits).status == 413);
}

TEST_CASE("what stands between the chunks of a body is counted and ends the request when it is too much") {
  RequestReader::Limits const limits{.body_bytes = 100'000};
  constexpr std::size_t much = 1'000'000;
  std::string const one = "1;" + std::string(1000, 'a') + "\r\na\r\n";
  std::string extensions = chunked_head;
  while (extensions.size() < much) extensions += one;
  std::string tiny = chunked_head;
  while (tiny.size() < much) tiny += "1\r\na\r\n";
  std::string fields = chunked_head + "0\r\n";
  while (fields.size() < much) fields += "X-Name: a\r\n";
  std::string const long_extension = chunked_head + "1;" + std::string(much, 'a');
  std::string const long_size = chunked_head + std::string(much, '0');
  std::string const long_field = chunked_head + "0\r\nX-Name: " + std::string(much, 'a');
  for (std::string const& text : {extensions, tiny, fields, long_extension, long_size, long_field}) {
    CAPTURE(text.substr(0, 100));
    for (std::size_t const piece : {1U, 1000U, 1'000'000U}) {
      auto const came = read(text, piece, limits);
      CHECK(came.requests.empty());
      CHECK((came.status == 413 || came.status == 431 || came.status == 400));
      CHECK(came.most_held <= 32U << 10U);
    }
  }
}

TEST_CASE("a request that was refused says why in a problem document") {
  RequestReader reader({});
  std::string const text = "this is not HTTP\r\n\r\n";
  boost::asio::buffer_copy(reader.prepare(), boost::asio::buffer(text));
  reader.commit(text.size());
  REQUIRE(reader.stage() == Stage::refused);
  CHECK(reader.refusal().headers.find("Content-Type") == "application/problem+json");
  CHECK(json::parse(reader.refusal().body).has_value());
}
