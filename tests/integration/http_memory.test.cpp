// SPDX-License-Identifier: BSL-1.0
// The example server where there is no memory left: its threads get none, once it was asked.
#include <support/catch.hpp>
#include <support/temporary_folder.hpp>

#include "http.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <log.hpp>
#include <new>
#include <server.hpp>
#include <string>
#include <thread>

using namespace inlay;
using http_server::Answer;
using http_server::Log;
using http_server::Server;
using namespace std::chrono_literals;

namespace {

std::atomic<bool> has_memory = true;
thread_local bool is_spared = false;  // true for the test itself

}  // namespace

// Not inlined: g++ 12 would take each free() for one of what another operator new has given.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* const memory = is_spared || has_memory ? std::malloc(size == 0 ? 1 : size) : nullptr;
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
// What standard algorithms ask for; a sanitizer's own would not take what this operator delete frees.
[[gnu::noinline]] void* operator new(std::size_t size, std::nothrow_t const&) noexcept {
  return is_spared || has_memory ? std::malloc(size == 0 ? 1 : size) : nullptr;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::nothrow_t const&) noexcept { std::free(memory); }

namespace {

/** One connection of a client. */
class Client {
 public:
  explicit Client(Server const& server) {
    std::string const at = server.address();
    socket_.connect({boost::asio::ip::make_address("127.0.0.1"),
                     static_cast<unsigned short>(std::stoi(at.substr(at.rfind(':') + 1)))});
  }
  Client& say(std::string const& text) {
    boost::asio::write(socket_, boost::asio::buffer(text));
    return *this;
  }
  std::string all() {
    std::string text;
    boost::system::error_code ended;
    boost::asio::read(socket_, boost::asio::dynamic_buffer(text), ended);
    return text;
  }

 private:
  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_{io_};
};

std::string request_of(std::string const& method) {
  std::string const content = method == "POST" ? "Content-Length: 2\r\n" : "";
  return method + " /team HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + content + "\r\n" +
         (content.empty() ? "" : "{}");
}

std::string const now_head =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nRetry-After: 1\r\n"
    "Content-Length: 152\r\nConnection: close\r\n\r\n";
std::string const now_body = R"({"type":"about:blank","title":"Service Unavailable","status":503,"detail":)"
                             R"("there is no memory to answer this now; try again later","kind":"unavailable"})";

}  // namespace

TEST_CASE("a request that no memory is left for is answered with a problem document and a line of the log") {
  is_spared = true;
  support::TemporaryFolder const folder;
  std::string const file = folder.file("log");
  int const descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  auto const log = Log::to(descriptor).value();
  std::atomic<bool> runs_out = false;
  std::atomic<bool> throws = true;  // else the answer is that of inlay::rest::Handler
  auto const server = Server::bind({.address = "127.0.0.1:0", .threads = 1, .log = log.get()},
                                   inlay::test::everybody([&](rest::Request const&) -> Answer {
                                     if (!runs_out) return {.response = {.status = 200, .body = "hello"}};
                                     is_spared = false;
                                     has_memory = false;
                                     if (throws) throw std::bad_alloc();
                                     return {.response = {.status = 503}};
                                   }))
                          .value();
  server->start().value();
  for (bool const is_thrown : {true, false}) {
    for (std::string const method : {"GET", "HEAD", "POST"}) {
      CAPTURE(is_thrown, method);
      throws = is_thrown;
      runs_out = true;
      Client asked(*server);
      std::string const answer = asked.say(request_of(method)).all();
      runs_out = false;
      Client lost(*server);  // nobody can take it, beside the one that is still open
      lost.say(request_of("GET"));
      std::this_thread::sleep_for(20ms);
      has_memory = true;
      if (method == "POST") {
        CHECK(answer.find("HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n") == 0);
        CHECK(answer.find("\"outcome\":\"unknown\"}") != std::string::npos);
        CHECK(answer.find("Retry-After") == std::string::npos);
      } else {
        CHECK(answer == now_head + (method == "HEAD" ? "" : now_body));
      }
      // With memory it goes on as before.
      CHECK(Client(*server).say(request_of("GET")).all().find("HTTP/1.1 200 OK\r\n") == 0);
    }
  }
  CHECK(log->flush(20s));
  std::string const lines = support::read_file(file);
  CHECK(lines.find("127.0.0.1 - \"GET /team\" 503 152 ") != std::string::npos);
  CHECK(lines.find("127.0.0.1 - \"POST /team\" 503 ") != std::string::npos);
  ::close(descriptor);
}
