// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_INTEGRATION_HTTP_HPP
#define INLAY_TESTS_INTEGRATION_HTTP_HPP

// A server in this process, and clients that say what they are told, byte for byte.

#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <functional>
#include <istream>
#include <memory>
#include <server.hpp>
#include <string>
#include <utility>

namespace inlay::test {

/** A token that is long enough, with a name to know it by. */
[[nodiscard]] inline std::string token(std::string name) {
  name.resize(32, '.');
  return name;
}

/** Takes everybody for somebody who is known. */
[[nodiscard]] inline http_server::Server::Admit everybody(
    std::function<http_server::Answer(rest::Request const&)> answer) {
  return [answer = std::move(answer)](rest::Request const&) {
    return http_server::Admission{.answer = answer, .is_known = true};
  };
}

/** A server that runs until the end of the scope. */
class Running {
 public:
  Running(http_server::Listen listen, http_server::Server::Admit admit) {
    if (!listen.address.starts_with("unix:")) listen.address = "127.0.0.1:0";
    server_ = http_server::Server::bind(std::move(listen), std::move(admit)).value();
    server_->start().value();
  }
  [[nodiscard]] unsigned short port() const {
    std::string const address = server_->address();
    return static_cast<unsigned short>(std::stoi(address.substr(address.rfind(':') + 1)));
  }
  [[nodiscard]] std::string address() const { return server_->address(); }

 private:
  std::unique_ptr<http_server::Server> server_;
};

/** One connection of a client. */
class Connection {
 public:
  explicit Connection(Running const& server) : Connection(server.address()) {}

  /** @param address as Server::address() has it. @param from an address of loopback to come from. */
  explicit Connection(std::string const& address, std::string const& from = "127.0.0.1") {
    if (address.starts_with("unix:")) {
      socket_.connect(boost::asio::local::stream_protocol::endpoint(address.substr(5)));
      return;
    }
    auto const port = static_cast<unsigned short>(std::stoi(address.substr(address.rfind(':') + 1)));
    socket_.open({AF_INET, IPPROTO_TCP});
    socket_.bind(boost::asio::ip::tcp::endpoint(boost::asio::ip::make_address(from), 0));
    socket_.connect(boost::asio::ip::tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), port));
  }
  void say(std::string const& text) { boost::asio::write(socket_, boost::asio::buffer(text)); }

  /** The first line of an answer; "" when there is none within this time. */
  std::string first_line(std::chrono::milliseconds time) {
    std::string line;
    boost::asio::async_read_until(socket_, buffer_, "\r\n", [&](boost::system::error_code failure, std::size_t) {
      if (failure) return;
      std::istream in(&buffer_);
      std::getline(in, line, '\r');
    });
    io_.restart();
    io_.run_for(time);
    if (!io_.stopped()) {
      socket_.cancel();
      io_.run();
    }
    return line;
  }

  /** All that comes up to a text, the text included. */
  std::string through(std::string const& text) {
    std::string all;
    boost::system::error_code ended;
    boost::asio::read_until(socket_, boost::asio::dynamic_buffer(all), text, ended);
    return all;
  }

  /** All that comes until the server ends the connection. */
  std::string all() {
    std::string text;
    boost::system::error_code ended;
    boost::asio::read(socket_, boost::asio::dynamic_buffer(text), ended);
    return text;
  }

 private:
  boost::asio::io_context io_;
  boost::asio::generic::stream_protocol::socket socket_{io_};
  boost::asio::streambuf buffer_;
};

}  // namespace inlay::test

#endif
