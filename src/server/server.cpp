// SPDX-License-Identifier: BSL-1.0
#include "server.hpp"

#include "log.hpp"
#include "server_state.hpp"
#include "session.hpp"
#include "threads.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <new>
#include <thread>
#include <utility>

namespace http_server {

namespace asio = boost::asio;
using Protocol = asio::generic::stream_protocol;

namespace {

constexpr auto pause_time = std::chrono::milliseconds(100);  // before the next accept, after one that failed
constexpr auto evicted_line_time = std::chrono::seconds(1);  // between two lines that say so

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

Protocol protocol_of(int family) { return {family, family == AF_UNIX ? 0 : IPPROTO_TCP}; }

sockaddr_storage to_storage(Protocol::endpoint const& endpoint) {
  sockaddr_storage address{};
  std::memcpy(&address, endpoint.data(), std::min(endpoint.size(), sizeof address));
  return address;
}

}  // namespace

Server::State::State(Listen listen_at, Admit who, Listener at)
    : listen(std::move(listen_at)),
      admit(std::move(who)),
      listener(std::move(at)),
      address((listener->family() == AF_UNIX ? "" : "http://") + listener->address()),
      family(listener->family()),
      max_strangers_of_address(
          std::max<std::size_t>(1, listen.max_strangers_of_address.value_or(listen.max_connections / 2))),
      connections(listen.max_connections),
      acceptor(asio::make_strand(io)),
      pause(acceptor.get_executor()) {}

/** Waits for somebody to connect. Whether to take the connection is decided when it is there. */
void Server::State::accept() try {
  acceptor.async_wait(Protocol::socket::wait_read, [this, watched = Watched(is_accept_lost)](Failure failure) mutable {
    watched.arrive();
    if (!acceptor.is_open()) return;
    if (failure) return accept_later();
    accept_one();
  });
} catch (std::bad_alloc const&) {
  accept_later();
}

void Server::State::accept_one() {
  try {
    // Whoever woke this may be gone again: nobody makes room for that.
    pollfd there{.fd = acceptor.native_handle(), .events = POLLIN, .revents = 0};
    if (::poll(&there, 1, 0) == 0) return accept();
    if (!make_room()) return accept_later();
    Protocol::endpoint peer;
    Failure failure;
    Stream::socket_type socket(asio::make_strand(io));
    acceptor.accept(socket, peer, failure);
    // Somebody who did not wait to be let in.
    if (failure == asio::error::would_block || failure == asio::error::connection_aborted) return accept();
    // Out of file descriptors, most likely: the client still waits, so that trying again at once would fail at once.
    if (failure) return accept_later();
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    int const yes = 1;
    if (family != AF_UNIX) ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockaddr_storage const from = to_storage(peer);
    std::string origin = origin_of(from);
    if (proxies.contains(origin)) origin.clear();
    if (make_room_of(origin)) std::make_shared<Session>(std::move(socket), peer_text(from), *this)->start(origin);
  } catch (std::bad_alloc const&) {
    return accept_later();
  }
  accept();
}

bool Server::State::make_room() {
  std::unique_lock lock(mutex);
  return !connections.is_full() || end_stranger(connections.evict(), std::move(lock));
}

bool Server::State::make_room_of(std::string const& origin) {
  std::unique_lock lock(mutex);
  bool const has_room = origin.empty() || connections.strangers_of(origin) < max_strangers_of_address;
  return has_room || end_stranger(connections.evict(origin), std::move(lock));
}

bool Server::State::end_stranger(Session* session, std::unique_lock<std::mutex> lock) {
  if (session == nullptr) return false;
  // One that is just being destroyed has no owner left, and needs none to end. An owner that turns out to be the last
  // destroys it, which takes the lock.
  auto const kept = session->weak_from_this().lock();
  ++evicted;
  auto const now = std::chrono::steady_clock::now();
  std::size_t count = 0;
  if (!evicted_said_at || now - *evicted_said_at >= evicted_line_time) {
    count = std::exchange(evicted, 0);
    evicted_said_at = now;
  }
  lock.unlock();
  if (kept) kept->leave();
  if (count > 0 && listen.log != nullptr) {
    listen.log->line({"connections: ", std::to_string(count), " of strangers ended to make room"});
  }
  return true;
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
  listener.reset();
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
  listener.reset();
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
  listen.log->line(
      {remote, " ", Part::of_others(actor.empty() ? "-" : actor), " \"", Part::of_others(request), figures.data()});
}

inlay::Result<std::unique_ptr<Server>> Server::bind(Listen listen, Admit admit) try {
  auto made = listen.socket ? Listener::of(*listen.socket) : Listener::at(listen.address, listen.socket_mode);
  if (!made) return made.error();
  if (listen.is_private_only && !made->is_private()) {
    return inlay::Error{.kind = inlay::ErrorKind::invalid_argument,
                        .message = "others can reach " + made->address() +
                                   ": name a file of tokens, or listen on loopback, such as 127.0.0.1:8080, or at a "
                                   "path of mode 0600"};
  }
  std::set<std::string> proxies;
  for (std::string const& proxy : listen.proxies) {
    auto origin = parse_origin(proxy);
    if (!origin) return origin.error();
    proxies.insert(std::move(*origin));
  }
  auto state = std::make_unique<State>(std::move(listen), std::move(admit), std::move(*made));
  state->proxies = std::move(proxies);
  Failure failure;
  state->acceptor.assign(protocol_of(state->family), state->listener->release(), failure);
  if (!failure) state->acceptor.non_blocking(true, failure);
  if (failure) {
    return inlay::Error{.kind = inlay::ErrorKind::unavailable,
                        .message = "can't listen at " + state->address + ": " + failure.message()};
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

std::string Server::address() const { return state_->address; }

void Server::limit_bodies(std::size_t bytes) { state_->listen.max_body_bytes = bytes; }

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
    state_->connections.for_each([&](Session& session) {
      // One that is just being destroyed has no owner left to keep it.
      if (auto kept = session.weak_from_this().lock()) alive.push_back(std::move(kept));
    });
  }
  asio::post(state_->acceptor.get_executor(), [state = state_.get()] { state->close(); });
  for (auto const& session : alive) session->stop();
  alive.clear();
  if (!state_->threads.empty()) {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait_for(lock, state_->listen.stop_time, [this] { return state_->connections.is_empty(); });
  }
  state_->end();
}

}  // namespace http_server
