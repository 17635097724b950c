// SPDX-License-Identifier: BSL-1.0
#include "server.hpp"

#include "log.hpp"
#include "threads.hpp"

#include <inlay/rest/problem.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/url/parse.hpp>

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <ctime>
#include <deque>
#include <mutex>
#include <new>
#include <optional>
#include <set>
#include <thread>
#include <type_traits>
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

constexpr auto pause_time = std::chrono::milliseconds(100);  // before the next accept, after one that failed
constexpr std::uint32_t max_header_bytes = 16U << 10U;
constexpr std::size_t first_read_bytes = 4096;  // of a request
constexpr unsigned max_empty_lines = 8;         // before one

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

rest::Request to_request(http::request<http::string_body> message) {
  rest::Request request{.method = std::string(view(message.method_string())),
                        .target = std::string(view(message.target())),
                        .body = std::move(message.body())};
  for (auto const& field : message) request.headers.add(view(field.name_string()), view(field.value()));
  return request;
}

/** Has a request say where others do what it says in its target's absolute form: the host there counts, and no field
    Host (RFC 9112, 3.2.2).

    @return whether there is a path or "*" in its target then.
*/
bool settle_target(http::request<http::string_body>& message) {
  std::string_view const target = view(message.target());
  if (target == "*" || target.starts_with('/')) return true;
  std::size_t const colon = target.find("://");
  if (colon == std::string_view::npos) return false;
  std::string_view const scheme = target.substr(0, colon);
  if (!beast::iequals(scheme, "http") && !beast::iequals(scheme, "https")) return false;
  // By hand, since a query may hold what Boost.URL takes in an escaped query only.
  std::size_t const begin = colon + 3;
  std::size_t const end = std::min(target.find_first_of("/?#", begin), target.size());
  std::string const host(target.substr(begin, end - begin));
  auto const authority = boost::urls::parse_authority(host);
  // A name of a user there is more often meant to deceive (RFC 9110, 4.2.4).
  if (!authority || authority->encoded_host().empty() || authority->has_userinfo()) return false;
  std::string path(target.substr(end));
  if (!path.starts_with('/')) path.insert(path.begin(), '/');
  message.target(path);
  message.set(http::field::host, host);
  return true;
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
  bool is_safe = false;  ///< it asks for no write (RFC 9110, 9.2.1)
  bool keeps_alive = false;
};

Form form_of(http::request<http::string_body> const& message) {
  http::verb const method = message.method();
  bool const is_head = method == http::verb::head;
  return {.version = message.version(),
          .is_head = is_head,
          .is_safe = is_head || method == http::verb::get || method == http::verb::options,
          .keeps_alive = message.keep_alive()};
}

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

/** An answer that is there before it is needed, so that it takes no memory to give. It ends the connection. */
struct Prepared {
  explicit Prepared(rest::Response const& response) : status(response.status), body(response.body) {
    head = "HTTP/1.1 " + std::to_string(status) + ' ' + std::string(rest::reason_phrase(status)) + "\r\n";
    for (auto const& [name, value] : response.headers) head.append(name).append(": ").append(value).append("\r\n");
    head += "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n";
  }

  int status;
  std::string head;
  std::string body;
};

/** What is answered when memory has run out: that to come again is safe, or that nobody knows. */
Prepared out_of_memory(inlay::Outcome outcome) {
  bool const is_done_by_none = outcome == inlay::Outcome::not_done;
  auto response =
      rest::problem(503, {.kind = inlay::ErrorKind::unavailable,
                          .message = is_done_by_none ? "there is no memory to answer this now; try again later"
                                                     : "the write may have happened: look before trying again",
                          .outcome = outcome});
  if (is_done_by_none) response.headers.add("Retry-After", "1");
  return Prepared(response);
}

/** Whether a response is what inlay::rest::Handler gives when it finds no memory for another. */
bool is_bare(rest::Response const& response) {
  return response.status == 503 && response.body.empty() && response.headers.begin() == response.headers.end();
}

/** Whether it can be known where a request ends (RFC 9112, 6.1 and 6.3), and its body is what the client meant. */
bool is_framed(http::request_parser<http::string_body> const& parser) {
  auto const& header = parser.get();
  auto const coding = header.find(http::field::transfer_encoding);
  if (coding == header.end()) return true;
  auto const is_only = header.count(http::field::transfer_encoding) == 1;
  return header.version() >= 11 && parser.chunked() && is_only && beast::iequals(coding->value(), "chunked");
}

inlay::Result<tcp::endpoint> parse_address(std::string const& text) {
  auto const malformed = [] {
    return inlay::Error{.kind = inlay::ErrorKind::invalid_argument,
                        .message =
                            "an address to listen at is an IP address and a port, such as 127.0.0.1:8080 or "
                            "[::1]:8080"};
  };
  std::size_t const colon = text.rfind(':');
  if (colon == std::string::npos) return malformed();
  std::string host = text.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  std::uint16_t port = 0;
  char const* const last = text.data() + text.size();
  auto const [end, bad_port] = std::from_chars(text.data() + colon + 1, last, port);
  if (bad_port != std::errc() || end != last) return malformed();
  Failure failure;
  auto const address = asio::ip::make_address(host, failure);
  if (failure) return malformed();
  return tcp::endpoint(address, port);
}

std::string to_text(tcp::endpoint const& endpoint) {
  std::string const host = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? '[' + host + ']' : host) + ':' + std::to_string(endpoint.port());
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

/** Does what needs memory for as long as it takes until there is some: where nobody else would do it again. */
template <class Act>
void insist(Act const& act) {
  while (true) {
    try {
      return act();
    } catch (std::bad_alloc const&) {
      std::this_thread::sleep_for(pause_time);
    }
  }
}

/** Part of a step that is to come, to notice when it never does: asio loses one that it finds no memory to take. */
class Watched {
 public:
  explicit Watched(std::atomic<bool>& is_lost) noexcept : is_lost_(&is_lost) {}
  Watched(Watched&& other) noexcept : is_lost_(std::exchange(other.is_lost_, nullptr)) {}
  Watched& operator=(Watched&&) = delete;
  ~Watched() {
    if (is_lost_ != nullptr) *is_lost_ = true;
  }
  void arrive() noexcept { is_lost_ = nullptr; }

 private:
  std::atomic<bool>* is_lost_;
};

}  // namespace

class Session;

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

struct Server::State {
  State(Listen listen_at, Answerer answerer)
      : listen(std::move(listen_at)),
        answer(std::move(answerer)),
        acceptor(asio::make_strand(io)),
        pause(acceptor.get_executor()) {}

  void accept();
  void accept_later();
  void close();
  void work();
  void end();

  /** A place to answer from; without one the session is given that of another which has answered. */
  std::optional<Place> take_place(std::shared_ptr<Session> session);
  void leave_place() noexcept;

  void log(std::string_view remote, std::string_view actor, std::string_view request, int status, std::size_t bytes,
           std::chrono::steady_clock::duration time) const noexcept;

  Listen listen;
  Answerer answer;
  Prepared const out_of_memory_before = out_of_memory(inlay::Outcome::not_done);
  Prepared const out_of_memory_within = out_of_memory(inlay::Outcome::unknown);

  // Before io, which destroys the sessions that are left, and these take themselves off the list.
  std::mutex mutex;
  std::condition_variable changed;
  bool is_stopping = false;
  std::set<Session*> sessions;
  std::deque<std::shared_ptr<Session>> waiting;  // to answer
  unsigned most_answers = 0;
  unsigned answers = 0;  // that are being made
  std::atomic<bool> is_accept_lost = false;

  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> const work_guard = asio::make_work_guard(io);
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  tcp::endpoint endpoint;
  std::vector<std::thread> threads;
};

/** One connection: one request after the other, each read, answered and sent before the next is looked at. */
class Session : public std::enable_shared_from_this<Session> {
  /** What happens next, with the connection kept until then; without memory for it the request is answered all the
      same. */
  template <class Next>
  [[nodiscard]] auto step(Next next) {
    return [self = shared_from_this(), next = std::move(next)](Failure failure = {}, std::size_t size = 0) mutable {
      try {
        if constexpr (std::is_invocable_v<Next&, Session&>) {
          next(*self);
        } else {
          next(*self, failure, size);
        }
      } catch (std::bad_alloc const&) {
        self->run_out_of_memory();
      }
    };
  }

 public:
  Session(tcp::socket socket, Server::State& state) : stream_(std::move(socket)), state_(state) {
    Failure ignored;
    ::fcntl(stream_.socket().native_handle(), F_SETFD, FD_CLOEXEC);
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
    asio::dispatch(stream_.get_executor(),
                   step([](Session& self) { self.await_request(self.state_.listen.head_time); }));
  }

  /** Answers what it was asked, in the place of one that has answered. */
  void go_on(Place place) {
    asio::post(stream_.get_executor(),
               step([place = std::move(place)](Session& self) mutable { self.give_answer(std::move(place)); }));
  }

  /** Ends the connection when it waits for a request; else it ends after the answer. */
  void stop() {
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
      self->is_last_ = true;
      if (self->is_idle_) self->stream_.close();
    });
  }

 private:
  /** Waits for a request to begin, for no longer than this. */
  void await_request(std::chrono::milliseconds time) {
    is_idle_ = true;
    empty_lines_ = 0;
    stream_.expires_after(time);
    read_beginning();
  }

  // Some clients end a body with an empty line more than they say, which stands before their next request then
  // (RFC 9112, 2.2). It begins none, so that it gives no more time either.
  void read_beginning() {
    if (is_last_) return close();
    constexpr std::string_view end_of_line = "\r\n";
    auto const read = [this] {
      return std::string_view(static_cast<char const*>(buffer_.data().data()), buffer_.size());
    };
    for (; empty_lines_ < max_empty_lines && read().starts_with(end_of_line); ++empty_lines_) {
      buffer_.consume(end_of_line.size());
    }
    bool const may_be_empty_line = empty_lines_ < max_empty_lines && end_of_line.starts_with(read());
    if (!read().empty() && !may_be_empty_line) return read_head();
    stream_.async_read_some(buffer_.prepare(first_read_bytes),
                            step([](Session& self, Failure failure, std::size_t size) {
                              if (failure) return;
                              self.buffer_.commit(size);
                              self.read_beginning();
                            }));
  }

  void read_head() {
    parser_.emplace();
    parser_->body_limit(state_.listen.max_body_bytes);
    parser_->header_limit(max_header_bytes);
    if (!is_new_) stream_.expires_after(state_.listen.head_time);
    is_new_ = false;
    http::async_read_header(stream_, buffer_, *parser_,
                            step([](Session& self, Failure failure, std::size_t) { self.take_head(failure); }));
  }

  void take_head(Failure const& failure) {
    is_idle_ = false;
    is_due_ = true;
    is_asked_ = false;
    began_ = std::chrono::steady_clock::now();
    request_.clear();
    form_ = Form();
    if (failure) return fail(failure);
    stream_.expires_after(state_.listen.transfer_time);
    auto& header = parser_->get();
    form_ = form_of(header);
    request_.append(view(header.method_string())).append(1, ' ').append(view(header.target()));
    auto const malformed = [this](char const* message) {
      refuse(rest::problem(400, {.kind = inlay::ErrorKind::invalid_argument, .message = message}));
    };
    if (!is_framed(*parser_)) return malformed("the only transfer coding that is read here is chunked");
    std::size_t const hosts = header.count(http::field::host);
    if (hosts > 1 || (hosts == 0 && header.version() >= 11)) return malformed("a request has one Host");
    if (!settle_target(header)) return malformed("a request's target is a path, or an http URL with a host");
    // HTTP/1.0 knows of no interim answers (RFC 9110, 10.1.1).
    if (header.version() >= 11 && beast::iequals(header[http::field::expect], "100-continue")) {
      send_continue();
    } else {
      read_body();
    }
  }

  void send_continue() {
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(go_on), step([](Session& self, Failure failure, std::size_t) {
                        if (!failure) self.read_body();
                      }));
  }

  void read_body() {
    http::async_read(stream_, buffer_, *parser_, step([](Session& self, Failure failure, std::size_t) {
                       if (failure) return self.fail(failure);
                       self.answer();
                     }));
  }

  void answer() {
    bool const is_prompt = state_.listen.is_prompt && state_.listen.is_prompt(view(parser_->get().target()));
    if (is_prompt) return send_answer(state_.answer(to_request(parser_->release())));
    if (auto place = state_.take_place(shared_from_this())) give_answer(std::move(*place));
  }

  void give_answer(Place place) {
    Answer answered;
    {
      Place const held(std::move(place));
      is_asked_ = true;
      answered = state_.answer(to_request(parser_->release()));
    }
    send_answer(std::move(answered));
  }

  void send_answer(Answer answered) {
    if (is_bare(answered.response)) return send(out_of_memory(), answered.actor);
    send(std::move(answered.response), answered.actor);
  }

  void fail(Failure const& failure) {
    if (auto response = answer_to(failure, state_.listen.max_body_bytes)) refuse(std::move(*response));
  }

  /** Answers what could not be read to its end, and ends the connection: nobody knows where the next request begins. */
  void refuse(rest::Response response) {
    form_.keeps_alive = false;
    send(std::move(response), "-");
  }

  void send(rest::Response response, std::string_view actor) {
    int const status = response.status;
    std::size_t const bytes = response.body.size();
    form_.keeps_alive = form_.keeps_alive && !is_last_;
    in_flight_ = std::move(response.in_flight);
    message_ = to_message(std::move(response), form_);
    log(actor, status, bytes);
    // What was left of the time is no matter: the body may have come in slowly, and the store taken its time.
    stream_.expires_after(state_.listen.transfer_time);
    http::async_write(stream_, message_, step([](Session& self, Failure failure, std::size_t) {
                        if (failure) return;
                        bool const keeps_alive = self.message_.keep_alive();
                        self.message_ = {};  // a large one would stay with a connection that is idle
                        self.in_flight_.reset();
                        if (!keeps_alive) return self.close();
                        self.await_request(self.state_.listen.idle_time);
                      }));
    is_due_ = false;
  }

  [[nodiscard]] Prepared const& out_of_memory() const noexcept {
    bool const may_be_done = is_asked_ && !form_.is_safe;
    return may_be_done ? state_.out_of_memory_within : state_.out_of_memory_before;
  }

  void run_out_of_memory() noexcept {
    if (!is_due_) return;  // nothing was asked, or its answer is on its way: the connection just ends
    send(out_of_memory(), "-");
  }

  /** Sends without taking memory, and without waiting: there is room for it where earlier answers have gone out. */
  void send(Prepared const& answer, std::string_view actor) noexcept {
    is_due_ = false;
    log(actor, answer.status, answer.body.size());
    int const socket = stream_.socket().native_handle();
    for (std::string_view const text : {std::string_view(answer.head), std::string_view(answer.body)}) {
      if (form_.is_head && text.data() == answer.body.data()) break;
      if (::send(socket, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < static_cast<ssize_t>(text.size()))
        return;
    }
    try {
      close();
    } catch (std::bad_alloc const&) {
      ::shutdown(socket, SHUT_RDWR);
    }
  }

  void log(std::string_view actor, int status, std::size_t bytes) const noexcept {
    state_.log(remote_, actor, request_.empty() ? "-" : request_, status, bytes,
               std::chrono::steady_clock::now() - began_);
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
    stream_.async_read_some(asio::buffer(rest_), step([](Session& self, Failure failure, std::size_t) {
                              if (!failure) self.drain();
                            }));
  }

  beast::tcp_stream stream_;
  Server::State& state_;
  std::string remote_ = "-";
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::string request_;  // its method and target, for the log
  Form form_;
  http::response<http::string_body> message_;
  std::shared_ptr<void const> in_flight_;  // as long as the message is on its way
  std::array<char, 4096> rest_{};
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  unsigned empty_lines_ = 0;  // that stood before the request
  bool is_new_ = true;        // it has not begun with a request yet
  bool is_idle_ = false;
  bool is_last_ = false;
  bool is_due_ = false;    // an answer
  bool is_asked_ = false;  // who answers: a write may have happened
};

void Server::State::accept() try {
  {
    std::lock_guard const lock(mutex);
    if (sessions.size() >= listen.max_connections) return accept_later();
  }
  auto next = [this, watched = Watched(is_accept_lost)](Failure failure, tcp::socket socket) mutable {
    watched.arrive();
    if (!acceptor.is_open()) return;
    // Out of file descriptors, most likely: the client still waits, so that trying again at once would fail at once.
    if (failure) return accept_later();
    try {
      std::make_shared<Session>(std::move(socket), *this)->start();
    } catch (std::bad_alloc const&) {
      return accept_later();
    }
    accept();
  };
  acceptor.async_accept(asio::make_strand(io), std::move(next));
} catch (std::bad_alloc const&) {
  accept_later();
}

void Server::State::accept_later() {
  insist([this] {
    pause.expires_after(pause_time);
    pause.async_wait([this, watched = Watched(is_accept_lost)](Failure) mutable {
      watched.arrive();
      if (acceptor.is_open()) accept();
    });
  });
  // A try that failed has left one that never arrives.
  is_accept_lost = false;
}

void Server::State::close() {
  acceptor.close();
  pause.cancel();
}

void Server::State::work() {
  while (true) {
    try {
      io.run();
      return;
    } catch (std::bad_alloc const&) {
      // The connection that it was for is gone; the others are not, and more may come.
      if (!is_accept_lost.exchange(false)) continue;
      insist([this] {
        asio::post(acceptor.get_executor(), [this] {
          if (acceptor.is_open()) accept();
        });
      });
    }
  }
}

void Server::State::end() {
  io.stop();
  for (auto& thread : threads) thread.join();
  threads.clear();
  waiting.clear();  // while there still is what their sockets belong to
}

std::optional<Place> Server::State::take_place(std::shared_ptr<Session> session) {
  std::lock_guard const lock(mutex);
  if (answers == most_answers) {
    waiting.push_back(std::move(session));
    return std::nullopt;
  }
  ++answers;
  return Place(*this);
}

void Server::State::leave_place() noexcept {
  std::shared_ptr<Session> next;
  {
    std::lock_guard const lock(mutex);
    if (waiting.empty()) {
      --answers;
      return;
    }
    next = std::move(waiting.front());
    waiting.pop_front();
  }
  try {
    next->go_on(Place(*this));
  } catch (std::bad_alloc const&) {
    // Its connection ends here, and the place was left once more.
  }
}

Place::~Place() {
  if (state_ != nullptr) state_->leave_place();
}

void Server::State::log(std::string_view remote, std::string_view actor, std::string_view request, int status,
                        std::size_t bytes, std::chrono::steady_clock::duration time) const noexcept {
  if (listen.log == nullptr) return;
  std::array<char, 96> figures{};
  auto const milliseconds = std::chrono::duration<double, std::milli>(time).count();
  std::snprintf(figures.data(), figures.size(), "\" %d %zu %.3fms", status, bytes, milliseconds);
  listen.log->line({remote, " ", actor.empty() ? "-" : actor, " \"", request, figures.data()});
}

inlay::Result<std::unique_ptr<Server>> Server::bind(Listen listen, Answerer answer) try {
  tcp::endpoint endpoint;
  Failure failure;
  if (!listen.socket) {
    auto const parsed = parse_address(listen.address);
    if (!parsed) return parsed.error();
    endpoint = *parsed;
  }
  auto state = std::make_unique<State>(std::move(listen), std::move(answer));
  tcp::acceptor& acceptor = state->acceptor;
  if (auto const socket = state->listen.socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(*socket, reinterpret_cast<sockaddr*>(&address), &size);
    acceptor.assign(address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), *socket, failure);
    if (!failure) endpoint = state->endpoint = acceptor.local_endpoint(failure);
  }
  if (!failure && state->listen.is_loopback_only && !endpoint.address().is_loopback()) {
    return inlay::Error{.kind = inlay::ErrorKind::invalid_argument,
                        .message = "others can reach " + to_text(endpoint) +
                                   ": name a file of tokens, or listen on loopback, such as 127.0.0.1:8080"};
  }
  if (!failure && !state->listen.socket) {
    acceptor.open(endpoint.protocol(), failure);
    if (!failure) ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
    if (!failure) acceptor.set_option(asio::socket_base::reuse_address(true), failure);
    if (!failure) acceptor.bind(endpoint, failure);
    if (!failure) acceptor.listen(asio::socket_base::max_listen_connections, failure);
    if (!failure) state->endpoint = acceptor.local_endpoint(failure);
  }
  if (failure) {
    return inlay::Error{.kind = inlay::ErrorKind::unavailable,
                        .message = "can't listen at " + to_text(endpoint) + ": " + failure.message()};
  }
  return std::unique_ptr<Server>(new Server(std::move(state)));
} catch (boost::system::system_error const& failure) {
  // What the sockets are watched with is a descriptor too, and there may be none left.
  return inlay::Error{.kind = inlay::ErrorKind::unavailable,
                      .message = "can't watch sockets: " + failure.code().message()};
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() {
  stop();
  wait();
}

std::string Server::address() const { return to_text(state_->endpoint); }

inlay::Result<void> Server::start() {
  unsigned const usual = std::max(4U, 2 * std::thread::hardware_concurrency());
  state_->most_answers = state_->listen.threads == 0 ? usual : state_->listen.threads;
  // One more, so that reading and sending go on, and what is prompt is answered, while all answers wait for a store.
  unsigned const wanted = state_->most_answers + 1;
  while (state_->threads.size() < wanted) {
    auto thread = start_thread("to answer requests", [state = state_.get()] { state->work(); });
    if (!thread) {
      inlay::Error error = thread.error();
      error.message += " (" + std::to_string(state_->threads.size()) + " of " + std::to_string(wanted) + " are there)";
      state_->end();
      return error;
    }
    state_->threads.push_back(std::move(*thread));
  }
  asio::post(state_->acceptor.get_executor(), [state = state_.get()] { state->accept(); });
  return {};
}

void Server::stop() {
  std::lock_guard const lock(state_->mutex);
  state_->is_stopping = true;
  state_->changed.notify_all();
}

void Server::wait() {
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
  asio::post(state_->acceptor.get_executor(), [state = state_.get()] { state->close(); });
  for (auto const& session : alive) session->stop();
  alive.clear();
  if (!state_->threads.empty()) {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait_for(lock, state_->listen.stop_time, [this] { return state_->sessions.empty(); });
  }
  state_->end();
}

}  // namespace http_server
