// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_SESSION_HPP
#define HTTP_SERVER_SESSION_HPP

#include "connections.hpp"
#include "request_reader.hpp"
#include "response.hpp"
#include "server.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace http_server {

/** By TCP or by a path: what a connection is made of. */
using Stream = boost::beast::basic_stream<boost::asio::generic::stream_protocol, boost::asio::any_io_executor>;
using Failure = boost::system::error_code;

/** The right to have an answer made, of which there are as many as the server may make at a time. */
class Place {
 public:
  explicit Place(Server::State& state) noexcept : state_(&state) {}
  Place(Place&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Place& operator=(Place&&) = delete;
  ~Place();

 private:
  Server::State* state_;
};

/** One connection: one request after the other, each read, answered and sent before the next is looked at. */
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Stream::socket_type socket, std::string remote, Server::State& state);
  Session(Session const&) = delete;
  Session& operator=(Session const&) = delete;
  ~Session();

  /** @param origin is what strangers are counted by; "": this one is not. */
  void start(std::string const& origin);

  /** Answers what it was asked, in the place of one that has answered. */
  void go_on(Place place);

  /** Ends the connection when it waits for a request; else it ends after the answer. */
  void stop();

  /** Ends the connection, whatever it waits for; for one that Connections has evicted. */
  void leave();

 private:
  template <class Next>
  [[nodiscard]] auto step(Next next);

  void await_request(std::chrono::milliseconds time);
  void read_more();
  void proceed();
  void take_head();
  void send_continue();
  void answer();
  void answer_at_once();
  void give_answer(Place place);
  void send_answer(Answer answered);
  void refuse();
  void send(inlay::rest::Response response, std::string_view actor);
  void send(Prepared const& answer, std::string_view actor) noexcept;
  void run_out_of_memory(std::string_view actor = "-") noexcept;
  void log(std::string_view actor, int status, std::size_t bytes) const noexcept;
  void close();
  void drain();

  Stream stream_;
  Server::State& state_;
  std::string const remote_;
  Connections::Place member_;
  bool is_member_ = false;  // it has that place
  RequestReader reader_;
  Admission admission_;
  std::string request_;  // its method and target, for the log
  Form form_;
  Message message_;
  std::shared_ptr<void const> in_flight_;  // as long as the message is on its way
  std::array<char, 4096> rest_{};
  std::size_t drained_ = 0;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  bool is_new_ = true;     // it has not begun with a request yet
  bool is_begun_ = false;  // the request that it waits for
  bool is_idle_ = false;
  bool is_last_ = false;
  bool is_due_ = false;    // an answer
  bool is_asked_ = false;  // who answers: a write may have happened
};

}  // namespace http_server

#endif
