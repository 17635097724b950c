// SPDX-License-Identifier: BSL-1.0
#include "supervisor.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace http_server {
namespace {

using inlay::Error;
using inlay::ErrorKind;

constexpr int first_handed = 3;  // SD_LISTEN_FDS_START

std::optional<std::string> take_variable(char const* name) {
  char const* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): there is one thread
  if (value == nullptr) return std::nullopt;
  std::string text = value;
  ::unsetenv(name);  // NOLINT(concurrency-mt-unsafe): there is one thread
  return text;
}

std::optional<int> to_number(std::string_view text) {
  int number = 0;
  char const* const last = text.data() + text.size();
  auto const [end, failure] = std::from_chars(text.data(), last, number);
  if (failure != std::errc() || end != last || number < 0) return std::nullopt;
  return number;
}

std::optional<int> option_of(int socket, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  if (::getsockopt(socket, SOL_SOCKET, name, &value, &size) != 0) return std::nullopt;
  return value;
}

/** What is wrong with a socket that is to be listened at; "" for nothing. */
std::string fault_of(int socket) {
  auto const domain = option_of(socket, SO_DOMAIN);
  if (!domain) return std::string("is no socket: ") + std::strerror(errno);  // NOLINT(concurrency-mt-unsafe)
  bool const is_known = domain == AF_INET || domain == AF_INET6 || domain == AF_UNIX;
  if (!is_known || option_of(socket, SO_TYPE) != SOCK_STREAM) return "is no socket of TCP or of a path";
  if (option_of(socket, SO_ACCEPTCONN) != 1) return "is a socket that does not listen (a unit with Accept=yes?)";
  return {};
}

}  // namespace

inlay::Result<std::optional<int>> take_handed_socket() {
  auto const process = take_variable("LISTEN_PID");
  auto const count_text = take_variable("LISTEN_FDS");
  auto const names = take_variable("LISTEN_FDNAMES");
  if (!process || !count_text) return std::optional<int>();
  auto const refuse = [](std::string message) {
    return Error{.kind = ErrorKind::invalid_argument, .message = std::move(message)};
  };
  auto const meant_for = to_number(*process);
  auto const count = to_number(*count_text);
  if (!meant_for || !count) {
    return refuse("LISTEN_PID and LISTEN_FDS are numbers, not " + *process + " and " + *count_text);
  }
  if (*meant_for != ::getpid() || *count == 0) return std::optional<int>();
  if (*count > 1) {
    return refuse(*count_text + " sockets were handed over" + (names ? " (" + *names + ")" : "") +
                  ", and this listens at one");
  }
  if (std::string const fault = fault_of(first_handed); !fault.empty()) {
    return refuse("descriptor 3" + (names ? ", " + *names + "," : "") + " was handed over to listen at, and " + fault);
  }
  ::fcntl(first_handed, F_SETFD, FD_CLOEXEC);
  return std::optional<int>(first_handed);
}

Supervisor Supervisor::from_environment() {
  std::string address = take_variable("NOTIFY_SOCKET").value_or("");
  if (address.empty()) return Supervisor(-1, {});
  if (address.front() == '@') address.front() = '\0';
  int const socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  timeval const patience{.tv_sec = 1, .tv_usec = 0};
  if (socket >= 0) static_cast<void>(::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience));
  return Supervisor(socket, std::move(address));
}

Supervisor::Supervisor(Supervisor&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), address_(std::move(other.address_)) {}

Supervisor::~Supervisor() {
  if (socket_ >= 0) ::close(socket_);
}

bool Supervisor::ready(std::string_view status) const { return tell("READY=1\nSTATUS=" + std::string(status)); }

bool Supervisor::reloading() const {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  auto const microseconds = static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000;
  return tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

bool Supervisor::stopping() const { return tell("STOPPING=1"); }

bool Supervisor::tell(std::string_view state) const {
  if (address_.empty()) return true;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (address_.size() >= sizeof to.sun_path) {
    errno = ENAMETOOLONG;
    return false;
  }
  std::copy(address_.begin(), address_.end(), to.sun_path);
  // The name of a file ends with a zero; one in no file system is as long as it is.
  std::size_t const size = offsetof(sockaddr_un, sun_path) + address_.size() + (address_.front() == '\0' ? 0 : 1);
  auto const* const address = reinterpret_cast<sockaddr const*>(&to);
  ssize_t const sent =
      ::sendto(socket_, state.data(), state.size(), MSG_NOSIGNAL, address, static_cast<socklen_t>(size));
  return sent == static_cast<ssize_t>(state.size());
}

}  // namespace http_server
