// SPDX-License-Identifier: BSL-1.0
#include "listener.hpp"

#include <boost/asio/ip/address.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace http_server {

namespace ip = boost::asio::ip;
using inlay::Error;
using inlay::ErrorKind;

namespace {

constexpr std::string_view unix_scheme = "unix:";

/** A descriptor that is closed at the end of the scope, unless it was released. */
class Descriptor {
 public:
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(Descriptor const&) = delete;
  Descriptor& operator=(Descriptor const&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const noexcept { return number_; }
  [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }

 private:
  int number_;
};

struct IpPlace {
  ip::address address;
  std::uint16_t port;
};

inlay::Result<IpPlace> parse_ip(std::string const& text) {
  auto const malformed = [&text] {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message =
                     "an address to listen at is an IP address and a port, such as 127.0.0.1:8080 or "
                     "[::1]:8080, or unix:PATH, not " +
                     text};
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
  boost::system::error_code failure;
  auto const address = ip::make_address(host, failure);
  if (failure) return malformed();
  return IpPlace{address, port};
}

Error unavailable(std::string const& address, std::string const& reason) {
  return {.kind = ErrorKind::unavailable, .message = "can't listen at " + address + ": " + reason};
}

std::string last_error() { return std::generic_category().message(errno); }

ip::address address_of(sockaddr_storage const& place) {
  if (place.ss_family == AF_INET) {
    auto const& v4 = reinterpret_cast<sockaddr_in const&>(place);
    return ip::address_v4(ntohl(v4.sin_addr.s_addr));
  }
  auto const& v6 = reinterpret_cast<sockaddr_in6 const&>(place);
  ip::address_v6::bytes_type bytes;
  std::copy(std::begin(v6.sin6_addr.s6_addr), std::end(v6.sin6_addr.s6_addr), bytes.begin());
  ip::address_v6 const address(bytes, v6.sin6_scope_id);
  // A socket that listens at [::] has those who come by IPv4 as ::ffff:192.0.2.1.
  if (address.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address);
  return address;
}

bool is_ip(sockaddr_storage const& place) { return place.ss_family == AF_INET || place.ss_family == AF_INET6; }

std::string origin_of(ip::address const& address) {
  auto const text_of = [](auto const& bytes, std::size_t size) {
    return std::string(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
  };
  if (address.is_v4()) return text_of(address.to_v4().to_bytes(), 4);
  return text_of(address.to_v6().to_bytes(), 8);
}

sockaddr_storage name_of(int socket) {
  sockaddr_storage place{};
  socklen_t size = sizeof place;
  static_cast<void>(::getsockname(socket, reinterpret_cast<sockaddr*>(&place), &size));
  return place;
}

std::string path_of(sockaddr_storage const& place) {
  auto const& at = reinterpret_cast<sockaddr_un const&>(place);
  return {at.sun_path, ::strnlen(at.sun_path, sizeof at.sun_path)};
}

bool is_same_file(struct stat const& one, struct stat const& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/** Takes away the socket at a path when nobody listens there. @return why it stays; "" when it is gone. */
std::string take_away_stale(std::string const& path, sockaddr_un const& place) {
  struct stat file {};
  if (::lstat(path.c_str(), &file) != 0) return errno == ENOENT ? std::string() : last_error();
  if (!S_ISSOCK(file.st_mode)) return "there is something that is no socket";
  // Without waiting: one that has no room for another connection has somebody who listens.
  Descriptor const probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (probe.get() < 0) return last_error();
  if (::connect(probe.get(), reinterpret_cast<sockaddr const*>(&place), sizeof place) == 0 || errno == EAGAIN) {
    return "somebody listens there already";
  }
  if (errno != ECONNREFUSED) return last_error();
  return ::unlink(path.c_str()) == 0 ? std::string() : last_error();
}

}  // namespace

inlay::Result<Listener> Listener::at(std::string const& address, mode_t mode) {
  if (!address.starts_with(unix_scheme)) {
    auto const parsed = parse_ip(address);
    if (!parsed) return parsed.error();
    bool const is_v6 = parsed->address.is_v6();
    sockaddr_storage place{};
    if (is_v6) {
      auto& v6 = reinterpret_cast<sockaddr_in6&>(place);
      auto const bytes = parsed->address.to_v6().to_bytes();
      v6.sin6_family = AF_INET6;
      v6.sin6_port = htons(parsed->port);
      v6.sin6_scope_id = static_cast<std::uint32_t>(parsed->address.to_v6().scope_id());
      std::copy(bytes.begin(), bytes.end(), std::begin(v6.sin6_addr.s6_addr));
    } else {
      auto& v4 = reinterpret_cast<sockaddr_in&>(place);
      v4.sin_family = AF_INET;
      v4.sin_port = htons(parsed->port);
      v4.sin_addr.s_addr = htonl(parsed->address.to_v4().to_uint());
    }
    Descriptor socket(::socket(place.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    int const yes = 1;
    auto const size = static_cast<socklen_t>(is_v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
    if (socket.get() < 0 || ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        ::bind(socket.get(), reinterpret_cast<sockaddr const*>(&place), size) != 0 ||
        ::listen(socket.get(), SOMAXCONN) != 0) {
      return unavailable(address, last_error());
    }
    return Listener(socket.release(), place.ss_family);
  }

  std::string const path = address.substr(unix_scheme.size());
  sockaddr_un place{};
  place.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof place.sun_path || path.find('\0') != std::string::npos) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "can't listen at " + address + ": a path has 1 to " +
                            std::to_string(sizeof place.sun_path - 1) +
                            " bytes there, none of them zero, and this one " + std::to_string(path.size())};
  }
  std::copy(path.begin(), path.end(), place.sun_path);
  std::size_t const slash = path.rfind('/');
  std::string const folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  // Of two servers that start at once one must not take away what the other has just made.
  Descriptor const lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock.get() < 0) return unavailable(address, last_error());
  // Whoever may read the folder may hold its lock for as long as they like.
  for (int tries = 0; ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0; ++tries) {
    if (errno != EWOULDBLOCK && errno != EINTR) return unavailable(address, last_error());
    if (tries == 50) return unavailable(address, "somebody holds a lock on the folder " + folder);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  if (std::string const reason = take_away_stale(path, place); !reason.empty()) return unavailable(address, reason);
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  // What bind() makes has the socket's own mode, less the umask: at no moment may more people connect than are meant
  // to.
  if (socket.get() < 0 || ::fchmod(socket.get(), mode) != 0 ||
      ::bind(socket.get(), reinterpret_cast<sockaddr const*>(&place), sizeof place) != 0) {
    return unavailable(address, last_error());
  }
  Listener listener(socket.release(), AF_UNIX);
  listener.path_ = path;
  listener.owns_file_ = ::lstat(path.c_str(), &listener.file_) == 0;
  if (::chmod(path.c_str(), mode) != 0 || ::listen(listener.socket_, SOMAXCONN) != 0) {
    return unavailable(address, last_error());
  }
  return listener;
}

inlay::Result<Listener> Listener::of(int socket) {
  auto const place = name_of(socket);
  if (!is_ip(place) && place.ss_family != AF_UNIX) {
    ::close(socket);
    return Error{.kind = ErrorKind::unavailable, .message = "can't listen at the socket: " + last_error()};
  }
  Listener listener(socket, place.ss_family);
  if (place.ss_family == AF_UNIX) listener.path_ = path_of(place);
  return listener;
}

Listener::Listener(Listener&& other) noexcept
    : socket_(other.release()),
      family_(other.family_),
      path_(std::exchange(other.path_, {})),
      file_(other.file_),
      owns_file_(std::exchange(other.owns_file_, false)) {}

Listener::~Listener() {
  // The file first: as long as the socket listens, nobody puts another in its place.
  struct stat now {};
  if (owns_file_ && ::lstat(path_.c_str(), &now) == 0 && is_same_file(now, file_)) ::unlink(path_.c_str());
  if (socket_ >= 0) ::close(socket_);
}

std::string Listener::address() const {
  if (family_ == AF_UNIX) return std::string(unix_scheme) + path_;
  auto const place = name_of(socket_);
  auto const port = place.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6 const&>(place).sin6_port
                                                : reinterpret_cast<sockaddr_in const&>(place).sin_port;
  auto const address = address_of(place);
  std::string const host = address.to_string();
  return (address.is_v6() ? '[' + host + ']' : host) + ':' + std::to_string(ntohs(port));
}

bool Listener::is_private() const {
  if (family_ != AF_UNIX) return address_of(name_of(socket_)).is_loopback();
  struct stat file {};
  constexpr mode_t connects = S_IWGRP | S_IWOTH;
  return ::lstat(path_.c_str(), &file) == 0 && (file.st_mode & connects) == 0;
}

int Listener::release() noexcept { return std::exchange(socket_, -1); }

std::string origin_of(sockaddr_storage const& address) {
  return is_ip(address) ? origin_of(address_of(address)) : std::string();
}

inlay::Result<std::string> parse_origin(std::string const& address) {
  boost::system::error_code failure;
  auto const parsed = ip::make_address(address, failure);
  if (!failure && parsed.is_v6() && parsed.to_v6().is_v4_mapped()) {
    return origin_of(ip::make_address_v4(ip::v4_mapped, parsed.to_v6()));
  }
  if (failure) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "a proxy's address is an IP address, such as 10.0.0.7 or fd00::7, not " + address};
  }
  return origin_of(parsed);
}

std::string peer_text(sockaddr_storage const& address) {
  return is_ip(address) ? address_of(address).to_string() : "unix";
}

}  // namespace http_server
