// SPDX-License-Identifier: BSL-1.0
#include <support/faulty_proxy.hpp>

#include <inlay/storage/store_url.hpp>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace support {

namespace {

/** A socket, closed with its holder. */
class Socket {
 public:
  explicit Socket(int handle) : handle_(handle) {}
  Socket(Socket&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() { reset(); }

  [[nodiscard]] int handle() const { return handle_; }
  [[nodiscard]] bool is_open() const { return handle_ >= 0; }

  void reset() {
    if (handle_ >= 0) close(handle_);
    handle_ = -1;
  }

  /** Closes it so that the other side is told at once, whatever it has not read. */
  void abort() {
    linger const now{.l_onoff = 1, .l_linger = 0};
    if (handle_ >= 0) setsockopt(handle_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    reset();
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      auto const sent = ::send(handle_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the other side is gone, which reading will show
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /** What has arrived: nothing when there is nothing yet, "" at the end. */
  [[nodiscard]] std::optional<std::string> receive() {
    std::string bytes(1U << 16U, '\0');
    auto const got = recv(handle_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return std::nullopt;
    bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return bytes;
  }

 private:
  int handle_;
};

Socket listen_on_loopback() {
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(socket.handle(), reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0 ||
      listen(socket.handle(), 64) != 0) {
    throw std::runtime_error("no port to listen on");
  }
  return socket;
}

void send_at_once(Socket const& socket) {
  int const yes = 1;
  setsockopt(socket.handle(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

/** The zero-terminated text at `from`, which is moved behind it. */
std::string_view take_text(std::string_view bytes, std::size_t& from) {
  auto const end = std::min(bytes.find('\0', from), bytes.size());
  auto const text = bytes.substr(std::min(from, bytes.size()), end - std::min(from, bytes.size()));
  from = end + 1;
  return text;
}

struct Connection {
  Socket client;
  Socket server;
  std::map<std::string, std::string, std::less<>> statements{};  // what was prepared, by its name or number
  std::optional<std::string> unnumbered{};                       // of MySQL, which numbers it in its reply
  bool is_greeted = false;
  std::optional<Strike> strike{};  // waits for the whole reply
  std::string reply{};             // what has come of that
  std::optional<std::string> delayed{};
};

}  // namespace

class FaultyProxy::Loop {
 public:
  Loop(std::string const& text, bool is_encrypted)
      : text_(text), is_encrypted_(is_encrypted), listener_(listen_on_loopback()) {
    inlay::StoreUrl const url = inlay::StoreUrl::parse(text).value();
    is_postgresql_ = url.scheme.starts_with("postgres");
    host_ = url.hosts.at(0).name;
    service_ = std::to_string(url.hosts.at(0).port.value());
    if (pipe(wake_) != 0) throw std::runtime_error("no pipe");
    thread_ = std::thread([this] { run(); });
  }
  ~Loop() {
    is_over_ = true;
    wake();
    thread_.join();
    close(wake_[0]);
    close(wake_[1]);
  }
  Loop(Loop const&) = delete;
  Loop& operator=(Loop const&) = delete;

  [[nodiscard]] std::string url(std::string const& parameters) const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(listener_.handle(), reinterpret_cast<sockaddr*>(&address), &size);
    std::string url = text_;
    std::string const place = "@" + host_ + ":" + service_ + "/";
    url.replace(url.find(place), place.size(), "@127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/");
    return url + (is_postgresql_ && !is_encrypted_ ? "?sslmode=disable&" : "?") + parameters;
  }

  void arm(Strike strike) {
    std::lock_guard const lock(mutex_);
    armed_.push_back(std::move(strike));
  }
  void disarm() {
    std::lock_guard const lock(mutex_);
    armed_.clear();
    strikes_ = 0;
  }
  [[nodiscard]] int strikes() const {
    std::lock_guard const lock(mutex_);
    return strikes_;
  }
  void rewrite(std::string from, std::string to) {
    std::lock_guard const lock(mutex_);
    rewritten_.emplace_back(std::move(from), std::move(to));
  }
  void rewrite_nothing() {
    std::lock_guard const lock(mutex_);
    rewritten_.clear();
  }
  [[nodiscard]] int made() const {
    std::lock_guard const lock(mutex_);
    return made_;
  }
  void go_away() {
    std::lock_guard const lock(mutex_);
    end_all();
  }
  void come_back() {
    std::lock_guard const lock(mutex_);
    is_away_ = false;
  }
  void hide_encryption() {
    std::lock_guard const lock(mutex_);
    hides_encryption_ = true;
  }
  void freeze() {
    std::lock_guard const lock(mutex_);
    is_frozen_ = true;
  }

  bool release() {
    std::vector<Socket> released;
    {
      std::lock_guard const lock(mutex_);
      for (auto at = connections_.begin(); at != connections_.end();) {
        if (at->second.delayed) {
          at->second.server.send(*at->second.delayed);
          released.push_back(std::move(at->second.server));
          at = connections_.erase(at);
        } else {
          ++at;
        }
      }
    }
    for (Socket& server : released) {
      std::string reply;
      while (reply.empty() || !is_whole(reply)) {
        pollfd wait{.fd = server.handle(), .events = POLLIN, .revents = 0};
        poll(&wait, 1, -1);
        auto const bytes = server.receive();
        if (bytes && bytes->empty()) break;
        reply += bytes.value_or("");
      }
    }
    return !released.empty();
  }

 private:
  using Id = std::uint64_t;

  void wake() {
    if (write(wake_[1], "w", 1) != 1) std::terminate();
  }

  void run() {
    while (!is_over_) {
      std::vector<pollfd> waits{{.fd = wake_[0], .events = POLLIN, .revents = 0},
                                {.fd = listener_.handle(), .events = POLLIN, .revents = 0}};
      std::vector<std::pair<Id, bool>> whose;  // and whether it is the client's side
      {
        std::lock_guard const lock(mutex_);
        for (auto const& [id, connection] : connections_) {
          if (is_frozen_) break;
          if (connection.client.is_open()) {
            waits.push_back({.fd = connection.client.handle(), .events = POLLIN, .revents = 0});
            whose.emplace_back(id, true);
          }
          if (connection.delayed) continue;
          waits.push_back({.fd = connection.server.handle(), .events = POLLIN, .revents = 0});
          whose.emplace_back(id, false);
        }
      }
      poll(waits.data(), waits.size(), 50);
      std::lock_guard const lock(mutex_);
      if (waits[1].revents != 0) accept_client();
      for (std::size_t i = 0; i < whose.size() && !is_frozen_; ++i) {
        auto const found = connections_.find(whose[i].first);  // it may have been ended meanwhile
        if (waits[i + 2].revents == 0 || found == connections_.end()) continue;
        if (whose[i].second) {
          hear_client(found->first, found->second);
        } else {
          hear_server(found->first, found->second);
        }
      }
    }
  }

  void accept_client() {
    Socket client(accept4(listener_.handle(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client.is_open()) return;
    if (is_away_) {
      client.abort();
      return;
    }
    addrinfo const hints{.ai_flags = 0,
                         .ai_family = AF_UNSPEC,
                         .ai_socktype = SOCK_STREAM,
                         .ai_protocol = 0,
                         .ai_addrlen = 0,
                         .ai_addr = nullptr,
                         .ai_canonname = nullptr,
                         .ai_next = nullptr};
    addrinfo* found = nullptr;
    if (getaddrinfo(host_.c_str(), service_.c_str(), &hints, &found) != 0) return client.abort();
    Socket server(socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    bool const is_there = connect(server.handle(), found->ai_addr, found->ai_addrlen) == 0;
    freeaddrinfo(found);
    if (!is_there) return client.abort();
    send_at_once(client);
    send_at_once(server);
    ++made_;
    connections_.emplace(next_id_++, Connection{.client = std::move(client), .server = std::move(server)});
  }

  void end(Id id) {
    auto const found = connections_.find(id);
    found->second.client.abort();
    connections_.erase(found);
  }

  // What is delayed is underway already.
  void end_all() {
    is_away_ = true;
    for (auto at = connections_.begin(); at != connections_.end();) {
      at->second.client.abort();
      at = at->second.delayed ? std::next(at) : connections_.erase(at);
    }
  }

  void hear_client(Id id, Connection& connection) {
    auto bytes = connection.client.receive();
    if (!bytes) return;
    if (bytes->empty()) return end(id);
    for (auto const& [from, to] : rewritten_) rewrite_in(*bytes, from, to);
    Request const request{.statement = statement_of(connection, *bytes), .bytes = *bytes};
    if (connection.strike || armed_.empty() || !armed_.front().when(request)) return connection.server.send(*bytes);
    Strike strike = armed_.front();
    if (--armed_.front().times == 0) armed_.pop_front();
    ++strikes_;
    if (strike.fault == Fault::refuse) {
      if (strike.meanwhile) strike.meanwhile();
      return connection.client.send(mysql_error(strike.error));
    }
    if (strike.fault == Fault::cut || strike.fault == Fault::delay) {
      if (strike.meanwhile) strike.meanwhile();
      if (strike.fault == Fault::delay) {
        connection.delayed = *bytes;
        connection.client.abort();
      } else {
        end(id);
      }
      if (strike.then_goes_away) end_all();
      return;
    }
    connection.strike = std::move(strike);
    connection.server.send(*bytes);
  }

  void hear_server(Id id, Connection& connection) {
    auto bytes = connection.server.receive();
    if (!bytes) return;
    if (bytes->empty()) return end(id);
    if (!std::exchange(connection.is_greeted, true) && hides_encryption_) withdraw_encryption(*bytes);
    if (connection.unnumbered && bytes->size() >= 9 && bytes->at(4) == '\0') {
      connection.statements[bytes->substr(5, 4)] = *std::exchange(connection.unnumbered, std::nullopt);
    }
    if (!connection.strike) return connection.client.send(*bytes);
    connection.reply += *bytes;
    if (!is_whole(connection.reply)) return;
    *bytes = std::exchange(connection.reply, {});
    Strike const strike = *std::exchange(connection.strike, std::nullopt);
    if (strike.fault == Fault::hang) connection.strike = strike;  // and so on
    if (strike.meanwhile) strike.meanwhile();
    if (strike.fault == Fault::hang) return;
    if (strike.fault == Fault::deny) return connection.client.send(mysql_error(strike.error));
    if (strike.fault == Fault::deny_end) {
      std::size_t const last = last_packet(*bytes);
      std::string error = mysql_error(strike.error);
      error[3] = bytes->at(last + 3);  // its number in the conversation
      return connection.client.send(bytes->substr(0, last) + error);
    }
    if (strike.fault == Fault::cut_reply) {
      connection.client.send(std::string_view(*bytes).substr(0, bytes->size() / 2));
      // Not aborted, which would take back what was sent.
      connection.client.reset();
    }
    end(id);
    if (strike.then_goes_away) end_all();
  }

  // The length of a MySQL packet is in its first three bytes.
  [[nodiscard]] static std::size_t length_of_packet(std::string_view bytes, std::size_t packet) {
    auto const byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
    return byte(packet) | byte(packet + 1) << 8U | byte(packet + 2) << 16U;
  }

  /** Where the last of several begins. */
  [[nodiscard]] static std::size_t last_packet(std::string_view bytes) {
    std::size_t last = 0;
    for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4 + length_of_packet(bytes, at)) last = at;
    return last;
  }

  // Closing a statement has no reply, and so comes before the next request at times.
  static void rewrite_in(std::string& bytes, std::string const& from, std::string const& to) {
    std::size_t packet = 0;
    while (packet + 4 < bytes.size()) {
      std::size_t length = length_of_packet(bytes, packet);
      std::size_t const begin = packet + 4;
      std::size_t at = bytes.find(from, begin);
      for (; at != std::string::npos && at + from.size() <= begin + length; at = bytes.find(from, at + to.size())) {
        bytes.replace(at, from.size(), to);
        length = length + to.size() - from.size();
        for (unsigned i = 0; i < 3; ++i) bytes[packet + i] = static_cast<char>(length >> (8U * i) & 0xFFU);
      }
      packet = begin + length;
    }
  }

  // In MySQL's greeting the version, a number and the first part of a nonce stand before what the server can do, of
  // which CLIENT_SSL is a bit of the second byte.
  static void withdraw_encryption(std::string& greeting) {
    std::size_t at = 5;
    take_text(greeting, at);
    char& capabilities = greeting.at(at + 4 + 8 + 1 + 1);
    capabilities = static_cast<char>(capabilities & ~0x08);
  }

  /** The answer to a command: a length, its number in the conversation, and what an error consists of. */
  [[nodiscard]] static std::string mysql_error(unsigned number) {
    std::string const payload =
        std::string{'\xFF', static_cast<char>(number & 0xFFU), static_cast<char>(number >> 8U)} + "#HY000" +
        (number == 0 ? "" : "said by the proxy");
    return std::string{static_cast<char>(payload.size()), '\0', '\0', '\1'} + payload;
  }

  /** Whether the server has nothing more to say. What it says while a transaction ends comes at once, after it. */
  [[nodiscard]] bool is_whole(std::string_view reply) const {
    if (is_encrypted_) return true;
    if (!is_postgresql_) {
      // Rows end with a packet of five bytes, whose last two tell whether there is more, such as how a block has ended.
      std::size_t const last = last_packet(reply);
      return reply.size() - last != 9 || reply[last + 4] != '\xFE' || (reply[last + 7] & 8) == 0;
    }
    if (reply.front() == 'R') return true;  // a question while it is logged in
    return reply.size() >= 6 && reply.substr(reply.size() - 6, 5) == std::string_view("Z\0\0\0\5", 5);
  }

  [[nodiscard]] std::string_view statement_of(Connection& connection, std::string_view bytes) const {
    if (is_encrypted_) return {};
    if (!is_postgresql_) return mysql_statement_of(connection, bytes);
    std::size_t at = 5;  // behind the type and the length
    if (bytes.front() == 'Q') return take_text(bytes, at);
    if (bytes.front() == 'P') {
      auto const name = take_text(bytes, at);
      auto const text = take_text(bytes, at);
      if (name.empty()) return text;
      connection.statements[std::string(name)] = text;
      return {};
    }
    if (bytes.front() == 'B') {
      take_text(bytes, at);
      auto const found = connection.statements.find(take_text(bytes, at));
      if (found != connection.statements.end()) return found->second;
    }
    return {};
  }

  // Behind a length and a number of the packet stands the command.
  [[nodiscard]] static std::string_view mysql_statement_of(Connection& connection, std::string_view bytes) {
    constexpr char query = '\3';
    constexpr char prepare = '\x16';
    constexpr char execute = '\x17';
    constexpr char close = '\x19';  // has no reply, and so the next one comes with it
    while (bytes.size() > 9 && bytes[4] == close) bytes.remove_prefix(9);
    if (bytes.size() <= 5) return {};
    connection.unnumbered.reset();
    if (bytes[4] == query) return bytes.substr(5);
    if (bytes[4] == prepare) connection.unnumbered = bytes.substr(5);
    if (bytes[4] == execute) {
      auto const found = connection.statements.find(bytes.substr(5, 4));
      if (found != connection.statements.end()) return found->second;
    }
    return {};
  }

  std::string text_;
  std::string host_;
  std::string service_;
  bool is_postgresql_ = false;
  bool is_encrypted_ = false;
  Socket listener_;
  int wake_[2]{};
  std::atomic<bool> is_over_{false};

  mutable std::recursive_mutex mutex_;  // what happens meanwhile may call us
  std::map<Id, Connection> connections_;
  std::list<Strike> armed_;
  std::vector<std::pair<std::string, std::string>> rewritten_;
  int made_ = 0;
  Id next_id_ = 1;
  int strikes_ = 0;
  bool is_away_ = false;
  bool is_frozen_ = false;
  bool hides_encryption_ = false;

  std::thread thread_;
};

FaultyProxy::FaultyProxy(std::string const& store_url, bool is_encrypted)
    : loop_(std::make_unique<Loop>(store_url, is_encrypted)) {}
FaultyProxy::~FaultyProxy() = default;
std::string FaultyProxy::url(std::string const& parameters) const { return loop_->url(parameters); }
void FaultyProxy::arm(Strike strike) { loop_->arm(std::move(strike)); }
void FaultyProxy::disarm() { loop_->disarm(); }
int FaultyProxy::strikes() const { return loop_->strikes(); }
void FaultyProxy::rewrite(std::string from, std::string to) { loop_->rewrite(std::move(from), std::move(to)); }
void FaultyProxy::rewrite_nothing() { loop_->rewrite_nothing(); }
int FaultyProxy::connections() const { return loop_->made(); }
void FaultyProxy::go_away() { loop_->go_away(); }
void FaultyProxy::come_back() { loop_->come_back(); }
void FaultyProxy::hide_encryption() { loop_->hide_encryption(); }
void FaultyProxy::freeze() { loop_->freeze(); }
bool FaultyProxy::release() { return loop_->release(); }

}  // namespace support
