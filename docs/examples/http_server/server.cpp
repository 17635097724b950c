// SPDX-License-Identifier: BSL-1.0
#include "server.hpp"

#include <inlay/rest/problem.hpp>
#include <inlay/timestamp.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <ctime>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace http_server {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace rest = inlay::rest;
using asio::ip::tcp;
using Failure = boost::system::error_code;

namespace {

constexpr auto idle_time = std::chrono::seconds(60);  // between two requests of a connection
constexpr auto stop_time = std::chrono::seconds(10);
constexpr auto pause_time = std::chrono::milliseconds(100);  // before the next accept, after one that failed
constexpr std::uint32_t max_header_bytes = 16U << 10U;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

rest::Request to_request(http::request<http::string_body> message) {
  rest::Request request{.method = std::string(view(message.method_string())),
                        .target = std::string(view(message.target())),
                        .body = std::move(message.body())};
  for (auto const& field : message) request.headers.add(view(field.name_string()), view(field.value()));
  return request;
}

/** The time for the field Date (RFC 9110, 5.6.7). */
std::string http_date() {
  std::time_t const now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::size_t const size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

/** What of a request the form of its answer depends on. */
struct Form {
  unsigned version = 11;  ///< of the protocol, as the client speaks it: 10 is HTTP/1.0
  bool is_head = false;
  bool keeps_alive = false;
};

http::response<http::string_body> to_message(rest::Response response, Form form) {
  http::response<http::string_body> message;
  message.version(11);
  message.result(static_cast<unsigned>(response.status));
  message.reason(std::string(rest::reason_phrase(response.status)));
  message.set(http::field::date, http_date());
  for (auto const& [name, value] : response.headers) message.insert(name, value);
  bool const has_no_body = form.is_head || response.status == 204 || response.status == 304;
  if (!has_no_body) {
    message.content_length(response.body.size());
    message.body() = std::move(response.body);
  }
  message.keep_alive(form.keeps_alive);
  // HTTP/1.0 takes a connection that nobody promised to keep for one that ends with the answer (RFC 9112, 9.3).
  if (form.keeps_alive && form.version < 11) message.set(http::field::connection, "keep-alive");
  return message;
}

/** Whether it can be known where a request ends (RFC 9112, 6.1 and 6.3), and its body is what the client meant. */
bool is_framed(http::request_parser<http::string_body> const& parser) {
  auto const& header = parser.get();
  auto const coding = header.find(http::field::transfer_encoding);
  if (coding == header.end()) return true;
  auto const is_only = header.count(http::field::transfer_encoding) == 1;
  return header.version() >= 11 && parser.chunked() && is_only && beast::iequals(coding->value(), "chunked");
}

/** What a request that could not even be read is answered; nothing when there is nobody to answer. */
std::optional<rest::Response> answer_to(Failure const& failure, std::size_t max_body_bytes) {
  auto const refuse = [](int status, char const* message) {
    return rest::problem(status, {.kind = inlay::ErrorKind::invalid_argument, .message = message});
  };
  if (failure == http::error::end_of_stream || failure == http::error::partial_message) return std::nullopt;
  if (failure == http::error::body_limit) {
    // As inlay::rest::Handler has it, which would say so of a body that got through.
    return rest::problem(413, {.kind = inlay::ErrorKind::invalid_document,
                               .message = "a body has at most " + std::to_string(max_body_bytes) + " bytes"});
  }
  if (failure == http::error::header_limit) return refuse(431, "the header is too long");
  if (failure.category() == http::make_error_code(http::error::bad_target).category()) {
    return refuse(400, "this is not HTTP/1.1");
  }
  return std::nullopt;
}

}  // namespace

class Session;

struct Server::State {
  State(Listen listen_at, Answerer answerer)
      : listen(std::move(listen_at)),
        answer(std::move(answerer)),
        acceptor(asio::make_strand(io)),
        pause(acceptor.get_executor()) {}

  void accept();
  void accept_later();
  void close();
  void log(std::string const& remote, std::string const& actor, std::string const& request, int status,
           std::size_t bytes, std::chrono::steady_clock::duration time) const;

  Listen listen;
  Answerer answer;

  // Before io, which destroys the sessions that are left, and these take themselves off the list.
  std::mutex mutex;
  std::condition_variable changed;
  bool is_stopping = false;
  std::set<Session*> sessions;

  asio::io_context io;
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  tcp::endpoint endpoint;
};

/** One connection: one request after the other, each read, answered and sent before the next is looked at. */
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, Server::State& state) : stream_(std::move(socket)), state_(state) {
    Failure ignored;
    stream_.socket().set_option(tcp::no_delay(true), ignored);
    auto const remote = stream_.socket().remote_endpoint(ignored);
    if (!ignored) remote_ = remote.address().to_string(ignored);
  }
  Session(Session const&) = delete;
  Session& operator=(Session const&) = delete;
  ~Session() {
    std::lock_guard const lock(state_.mutex);
    state_.sessions.erase(this);
    state_.changed.notify_all();
  }

  void start() {
    {
      // Not in the constructor: whoever finds it here asks for its owner, which it has only when that is done.
      std::lock_guard const lock(state_.mutex);
      is_last_ = state_.is_stopping;
      state_.sessions.insert(this);
    }
    asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->read_header(); });
  }

  /** Ends the connection when it waits for a request; else it ends after the answer. */
  void stop() {
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
      self->is_last_ = true;
      if (self->is_idle_) self->stream_.close();
    });
  }

 private:
  void read_header() {
    if (is_last_) return close();
    is_idle_ = true;
    parser_.emplace();
    parser_->body_limit(state_.listen.max_body_bytes);
    parser_->header_limit(max_header_bytes);
    stream_.expires_after(idle_time);
    http::async_read_header(stream_, buffer_, *parser_, [self = shared_from_this()](Failure failure, std::size_t) {
      self->is_idle_ = false;
      if (failure) return self->fail(failure);
      self->began_ = std::chrono::steady_clock::now();
      self->stream_.expires_after(self->state_.listen.transfer_time);
      auto const& header = self->parser_->get();
      auto const malformed = [&self](char const* message) {
        self->refuse(rest::problem(400, {.kind = inlay::ErrorKind::invalid_argument, .message = message}));
      };
      if (!is_framed(*self->parser_)) return malformed("the only transfer coding that is read here is chunked");
      std::size_t const hosts = header.count(http::field::host);
      if (hosts > 1 || (hosts == 0 && header.version() >= 11)) return malformed("a request has one Host");
      // HTTP/1.0 knows of no interim answers (RFC 9110, 10.1.1).
      if (header.version() >= 11 && beast::iequals(header[http::field::expect], "100-continue")) {
        self->send_continue();
      } else {
        self->read_body();
      }
    });
  }

  void send_continue() {
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(go_on), [self = shared_from_this()](Failure failure, std::size_t) {
      if (!failure) self->read_body();
    });
  }

  void read_body() {
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](Failure failure, std::size_t) {
      if (failure) return self->fail(failure);
      self->answer();
    });
  }

  void answer() {
    auto message = parser_->release();
    Form const form{.version = message.version(),
                    .is_head = message.method() == http::verb::head,
                    .keeps_alive = message.keep_alive()};
    rest::Request const request = to_request(std::move(message));
    Answer answered = state_.answer(request);
    send(std::move(answered.response), form, answered.actor, request.method + ' ' + request.target);
  }

  void fail(Failure const& failure) {
    if (auto response = answer_to(failure, state_.listen.max_body_bytes)) refuse(std::move(*response));
  }

  /** Answers what could not be read to its end, and ends the connection: nobody knows where the next request begins. */
  void refuse(rest::Response response) {
    Form form{};
    std::string request = "-";
    if (parser_->is_header_done()) {
      auto const& header = parser_->get();
      form = {.version = header.version(), .is_head = header.method() == http::verb::head};
      request = std::string(view(header.method_string())) + ' ' + std::string(view(header.target()));
    }
    send(std::move(response), form, "-", request);
  }

  void send(rest::Response response, Form form, std::string const& actor, std::string const& request) {
    int const status = response.status;
    std::size_t const bytes = response.body.size();
    form.keeps_alive = form.keeps_alive && !is_last_;
    message_ = to_message(std::move(response), form);
    state_.log(remote_, actor, request, status, bytes, std::chrono::steady_clock::now() - began_);
    // What was left of the time is no matter: the body may have come in slowly, and the store taken its time.
    stream_.expires_after(state_.listen.transfer_time);
    http::async_write(stream_, message_, [self = shared_from_this()](Failure failure, std::size_t) {
      if (failure) return;
      if (!self->message_.keep_alive()) return self->close();
      self->read_header();
    });
  }

  // What is still on its way is read away for a moment: closing over it would reset the connection, and the client
  // would not see the answer.
  void close() {
    Failure ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(std::chrono::seconds(1));
    drain();
  }
  void drain() {
    stream_.async_read_some(asio::buffer(rest_), [self = shared_from_this()](Failure failure, std::size_t) {
      if (!failure) self->drain();
    });
  }

  beast::tcp_stream stream_;
  Server::State& state_;
  std::string remote_ = "-";
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> message_;
  std::array<char, 4096> rest_{};
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  bool is_idle_ = false;
  bool is_last_ = false;
};

void Server::State::accept() {
  {
    std::lock_guard const lock(mutex);
    if (sessions.size() >= listen.max_connections) return accept_later();
  }
  acceptor.async_accept(asio::make_strand(io), [this](Failure failure, tcp::socket socket) {
    if (!acceptor.is_open()) return;
    if (!failure) {
      std::make_shared<Session>(std::move(socket), *this)->start();
      return accept();
    }
    // Out of file descriptors, most likely: the client still waits, so that trying again at once would fail at once.
    accept_later();
  });
}

void Server::State::accept_later() {
  pause.expires_after(pause_time);
  pause.async_wait([this](Failure) {
    if (acceptor.is_open()) accept();
  });
}

void Server::State::close() {
  acceptor.close();
  pause.cancel();
}

void Server::State::log(std::string const& remote, std::string const& actor, std::string const& request, int status,
                        std::size_t bytes, std::chrono::steady_clock::duration time) const {
  if (listen.access_log == nullptr) return;
  std::array<char, 32> milliseconds{};
  auto const count = std::chrono::duration<double, std::milli>(time).count();
  std::snprintf(milliseconds.data(), milliseconds.size(), "%.3fms", count);
  write_line(listen.access_log, remote + ' ' + (actor.empty() ? "-" : actor) + " \"" + request + "\" " +
                                    std::to_string(status) + ' ' + std::to_string(bytes) + ' ' + milliseconds.data());
}

void write_line(std::FILE* log, std::string_view text) {
  if (log == nullptr) return;
  std::string line = inlay::to_string(inlay::now()) + ' ';
  line.append(text).append(1, '\n');
  // An actor's name comes from the tokens file, a target from the client.
  std::replace_if(
      line.begin(), line.end() - 1, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  std::fwrite(line.data(), 1, line.size(), log);
}

inlay::Result<std::unique_ptr<Server>> Server::bind(Listen listen, Answerer answer) {
  auto const malformed = [] {
    return inlay::Error{.kind = inlay::ErrorKind::invalid_argument,
                        .message =
                            "an address to listen at is an IP address and a port, such as 127.0.0.1:8080 or "
                            "[::1]:8080"};
  };
  std::string_view const text = listen.address;
  std::size_t const colon = text.rfind(':');
  if (colon == std::string_view::npos) return malformed();
  std::string host(text.substr(0, colon));
  if (host == "localhost") host = "127.0.0.1";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  std::uint16_t port = 0;
  char const* const last = text.data() + text.size();
  auto const [end, bad_port] = std::from_chars(text.data() + colon + 1, last, port);
  if (bad_port != std::errc() || end != last) return malformed();
  Failure failure;
  auto const address = asio::ip::make_address(host, failure);
  if (failure) return malformed();
  if (listen.is_loopback_only && !address.is_loopback()) {
    return inlay::Error{.kind = inlay::ErrorKind::invalid_argument,
                        .message = "others can reach " + listen.address +
                                   ": name a file of tokens, or listen on loopback, such as 127.0.0.1:8080"};
  }

  auto state = std::make_unique<State>(std::move(listen), std::move(answer));  // from here on `text` views nothing
  tcp::endpoint const endpoint(address, port);
  state->acceptor.open(endpoint.protocol(), failure);
  if (!failure) state->acceptor.set_option(asio::socket_base::reuse_address(true), failure);
  if (!failure) state->acceptor.bind(endpoint, failure);
  if (!failure) state->acceptor.listen(asio::socket_base::max_listen_connections, failure);
  if (!failure) state->endpoint = state->acceptor.local_endpoint(failure);
  if (failure) {
    return inlay::Error{.kind = inlay::ErrorKind::unavailable,
                        .message = "can't listen at " + state->listen.address + ": " + failure.message()};
  }
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

std::string Server::address() const {
  std::string const host = state_->endpoint.address().to_string();
  return (state_->endpoint.address().is_v6() ? '[' + host + ']' : host) + ':' + std::to_string(state_->endpoint.port());
}

void Server::stop() {
  std::lock_guard const lock(state_->mutex);
  state_->is_stopping = true;
  state_->changed.notify_all();
}

void Server::run() {
  auto const work = asio::make_work_guard(state_->io);
  asio::signal_set signals(state_->io, SIGTERM, SIGINT);
  signals.async_wait([this](Failure failure, int) {
    if (!failure) stop();
  });
  state_->accept();

  unsigned const usual = std::max(4U, 2 * std::thread::hardware_concurrency());
  std::vector<std::thread> threads(state_->listen.threads == 0 ? usual : state_->listen.threads);
  for (auto& thread : threads) thread = std::thread([this] { state_->io.run(); });
  // Kept beyond the lock: whoever lets go of a session last destroys it, and that takes the lock.
  std::vector<std::shared_ptr<Session>> alive;
  {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [this] { return state_->is_stopping; });
    for (Session* const session : state_->sessions) {
      // One that is just being destroyed has no owner left to keep it.
      if (auto kept = session->weak_from_this().lock()) alive.push_back(std::move(kept));
    }
  }
  asio::post(state_->acceptor.get_executor(), [this] { state_->close(); });
  for (auto const& session : alive) session->stop();
  alive.clear();
  {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait_for(lock, stop_time, [this] { return state_->sessions.empty(); });
  }
  state_->io.stop();
  for (auto& thread : threads) thread.join();
}

}  // namespace http_server
