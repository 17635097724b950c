// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_SERVER_STATE_HPP
#define HTTP_SERVER_SERVER_STATE_HPP

// What a server and its connections share.

#include "connections.hpp"
#include "listener.hpp"
#include "response.hpp"
#include "server.hpp"
#include "session.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace http_server {

struct Server::State {
  State(Listen listen_at, Admit who, Listener at);

  void accept();
  void accept_later();
  void accept_one();
  void close();
  void work();
  void end();

  /** Makes room for one from there. @return whether there is some: when not, it is for the system to keep. */
  [[nodiscard]] bool make_room();
  [[nodiscard]] bool make_room_of(std::string const& origin);
  bool end_stranger(Session* session, std::unique_lock<std::mutex> lock);

  /** A place to answer from; without one the session is given that of another which has answered. */
  std::optional<Place> take_place(std::shared_ptr<Session> session);
  void leave_place() noexcept;

  void log(std::string_view remote, std::string_view actor, std::string_view request, int status, std::size_t bytes,
           std::chrono::steady_clock::duration time) const noexcept;

  Listen listen;  // changed by limit_bodies() before there are threads, and never after
  Admit const admit;
  std::optional<Listener> listener;
  std::string const address;
  int const family;
  std::size_t const max_strangers_of_address;
  std::set<std::string> proxies;  // as origin_of() has them
  Prepared const out_of_memory_before = out_of_memory(inlay::Outcome::not_done);
  Prepared const out_of_memory_within = out_of_memory(inlay::Outcome::unknown);

  // Before io, which destroys the sessions that are left, and these take themselves off the list.
  std::mutex mutex;
  std::condition_variable changed;
  bool is_stopping = false;
  Connections connections;
  std::size_t evicted = 0;  // since a line of the log said so
  std::optional<std::chrono::steady_clock::time_point> evicted_said_at;
  std::deque<std::shared_ptr<Session>> waiting;  // to answer
  unsigned most_answers = 0;
  unsigned answers = 0;  // that are being made
  std::atomic<bool> is_accept_lost = false;

  boost::asio::io_context io;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> const work_guard =
      boost::asio::make_work_guard(io);
  boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol> acceptor;
  boost::asio::steady_timer pause;
  std::vector<std::thread> threads;
};

}  // namespace http_server

#endif
