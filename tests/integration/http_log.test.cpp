// SPDX-License-Identifier: BSL-1.0
// The log of the example server, on descriptors that do not take what it says.
#include <support/catch.hpp>
#include <support/temporary_folder.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <log.hpp>
#include <string>
#include <vector>

using http_server::Log;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 20s;

/** Reads until a line has this in it, that line included; in vain for as long as a test may take, and what came then.
 */
std::string read_until(int descriptor, std::string const& part) {
  std::string text;
  auto const deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline) {
    std::size_t const found = text.find(part);
    if (found != std::string::npos && text.find('\n', found) != std::string::npos) break;
    pollfd watched{.fd = descriptor, .events = POLLIN, .revents = 0};
    if (::poll(&watched, 1, 100) <= 0) continue;
    std::array<char, 4096> some{};
    ssize_t const count = ::read(descriptor, some.data(), some.size());
    if (count <= 0) break;
    text.append(some.data(), static_cast<std::size_t>(count));
  }
  return text;
}

/** What each line says after its time; of the lines that count others, the count with a minus before it. */
std::vector<long> numbers_in(std::string const& text) {
  std::vector<long> numbers;
  for (std::size_t start = 0; start < text.size(); start = text.find('\n', start) + 1) {
    std::string const said = text.substr(text.find(' ', start) + 1, 40);
    bool const is_notice = said.starts_with("log: ");
    numbers.push_back(is_notice ? -std::stol(said.substr(5)) : std::stol(said.substr(said.find(' ') + 1)));
  }
  return numbers;
}

}  // namespace

TEST_CASE("a log that nobody reads keeps nobody waiting and says how many lines are missing where they are") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  ::fcntl(ends[1], F_SETPIPE_SZ, 4096);
  auto const log = Log::to(ends[1], 4096).value();
  constexpr long all = 5000;
  for (long i = 1; i <= all; ++i) log->line({"line ", std::to_string(i)});
  CHECK_FALSE(log->flush(0ms));

  // Once it is read there is room again, in the end.
  std::string const text = read_until(ends[0], "log: ");
  log->line({"line ", std::to_string(all + 1)});
  auto numbers = numbers_in(text + read_until(ends[0], "line " + std::to_string(all + 1)));
  long expected = 1;
  std::size_t notices = 0;
  for (long const number : numbers) {
    if (number < 0) {
      ++notices;
      expected -= number;
    } else if (number == expected) {
      ++expected;
    } else {
      FAIL("line " << number << " stands where " << expected << " should");
    }
  }
  CHECK(expected == all + 2);
  CHECK(notices >= 1);
  CHECK(log->flush(patience));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("a log whose reader has gone away counts its lines until there is another") {
  std::signal(SIGPIPE, SIG_IGN);
  support::TemporaryFolder const folder;
  std::string const file = folder.file("log");
  REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  int reader = ::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  int const writer = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  REQUIRE((reader >= 0 && writer >= 0));
  {
    auto const log = Log::to(writer).value();
    log->line({"line 1"});
    CHECK(numbers_in(read_until(reader, "line 1")) == std::vector<long>{1});
    ::close(reader);
    for (char const* const number : {"2", "3", "4"}) {
      log->line({"line ", number});
      CHECK(log->flush(patience));
    }
    reader = ::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    log->line({"line 5"});
    CHECK(numbers_in(read_until(reader, "line 5")) == std::vector<long>{-3, 5});
  }
  ::close(reader);
  ::close(writer);
}

TEST_CASE("a line that is longer than all room is missing and those after it are not") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  {
    auto const log = Log::to(ends[1], 1024).value();
    log->line({"line ", std::string(2000, '1')});
    CHECK(numbers_in(read_until(ends[0], "log: 1 ")) == std::vector<long>{-1});
    log->line({"line 2"});
    CHECK(numbers_in(read_until(ends[0], "line 2")) == std::vector<long>{2});
  }
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("a log that nobody reads ends all the same, and what fits was written by then") {
  std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  ::fcntl(ends[1], F_SETPIPE_SZ, 4096);
  auto const start = std::chrono::steady_clock::now();
  {
    auto const log = Log::to(ends[1]).value();
    for (long i = 1; i <= 500; ++i) log->line({"line ", std::to_string(i)});
  }
  CHECK(std::chrono::steady_clock::now() - start < 10s);
  CHECK(read_until(ends[0], "line 2").find("line 1\n") != std::string::npos);
  ::close(ends[0]);  // whereupon the write that still waits fails
}

TEST_CASE("a log gives each text one line, and others' texts no way out of their quotes") {
  support::TemporaryFolder const folder;
  std::string const file = folder.file("log");
  int const writer = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(writer >= 0);
  Log::to(writer).value()->line({"one\ntwo\r", "\x1B[2J\x7F", " three \xC3\xA4", R"( "our \ own" )",
                                 http_server::Part::of_others(R"("their\")")});
  ::close(writer);
  std::string const text = support::read_file(file);
  REQUIRE(text.size() > 25);
  CHECK(text.substr(25) == R"(one\x0Atwo\x0D\x1B[2J\x7F three \xC3\xA4 "our \ own" \x22their\x5C\x22)"
                           "\n");
  CHECK(text.substr(23, 2) == "Z ");
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
}

TEST_CASE("a log has a request's beginning, however long the request is") {
  CHECK(http_server::request_text("GET", "/team?x=1") == "GET /team?x=1");
  CHECK(http_server::request_text("GET", std::string(1000, 'a')) == "GET " + std::string(1000, 'a'));
  CHECK(http_server::request_text("GET", std::string(1001, 'a')) == "GET " + std::string(1000, 'a') + "...");
  CHECK(http_server::request_text(std::string(33, 'G'), "/") == std::string(32, 'G') + "... /");
}
