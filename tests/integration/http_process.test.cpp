// SPDX-License-Identifier: BSL-1.0
// The example server as a process: what signals, descriptors, limits and whoever started it do to it.
#include <inlay/backends/memory.hpp>
#include <inlay/storage/repository.hpp>

#include <support/catch.hpp>
#include <support/socket_folder.hpp>
#include <support/temporary_folder.hpp>

#include "http.hpp"
#include "served.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <process.hpp>
#include <service.hpp>
#include <signals.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace inlay;
using inlay::test::Client;
using inlay::test::fork_silently;
using inlay::test::Kept;
using inlay::test::line_of;
using inlay::test::on_a_free_port;
using inlay::test::patience;
using inlay::test::Served;
using inlay::test::stuck;
using inlay::test::token;
using namespace std::chrono_literals;

// ---------------------------------------------------------------------------------------------- signals

TEST_CASE("a server whose threads all wait for its store leaves when its time to stop is over") {
  http_server::ServeOptions options = on_a_free_port();
  options.stop_time = 300ms;
  Served server({.open = stuck, .options = options});
  Client client(server.port());
  client.ask("/team");
  REQUIRE(server.said() == "in the store");
  server.send(SIGTERM);
  CHECK(server.end().status == 1);
  CHECK(server.all_errors().find("stop: something still waits") != std::string::npos);
}

TEST_CASE("the health is told while all threads of a server wait for its store") {
  Served server({.open = stuck, .options = on_a_free_port()});
  unsigned short const port = server.port();
  std::vector<std::unique_ptr<Client>> waiting;
  for (unsigned i = 0; i < 4 + 4 * std::thread::hardware_concurrency(); ++i) {
    waiting.push_back(std::make_unique<Client>(port));
    waiting.back()->ask("/team");
  }
  REQUIRE(server.said() == "in the store");
  Client client(port);
  client.ask("/healthz");
  CHECK(client.status() == 503);
}

TEST_CASE("the health has a place of its own where it is told whatever else is busy") {
  http_server::ServeOptions options = on_a_free_port();
  options.health = "127.0.0.1:0";
  Served server({.open = stuck, .options = options});
  unsigned short const port = server.port();
  std::string const at = server.said();
  REQUIRE(at.find("health at http://127.0.0.1:") == 0);
  auto const health = static_cast<unsigned short>(std::stoi(at.substr(at.rfind(':') + 1)));
  // All threads wait for the store, and all connections are taken by somebody who is known.
  std::vector<std::unique_ptr<Client>> waiting;
  for (int i = 0; i < 600; ++i) {
    waiting.push_back(std::make_unique<Client>(port));
    waiting.back()->ask("/team");
  }
  REQUIRE(server.said() == "in the store");
  std::vector<std::unique_ptr<Client>> silent;
  for (int i = 0; i < 100; ++i) silent.push_back(std::make_unique<Client>(health));
  Client client(health);
  auto const begin = std::chrono::steady_clock::now();
  client.ask("/healthz");
  CHECK(client.status() == 503);
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
  client.ask("/team");
  CHECK(client.status() == 404);
}

TEST_CASE("the path of the health has the mode that was asked for as the other one has") {
  support::SocketFolder const folder;
  std::string const wanted = folder.file("health");
  for (mode_t const mode : {0600U, 0660U}) {
    CAPTURE(mode);
    http_server::ServeOptions options = on_a_free_port();
    options.health = "unix:" + wanted;
    options.socket_mode = mode;
    Served server({.options = options});
    static_cast<void>(server.port());
    REQUIRE(server.said() == "health at unix:" + wanted);
    struct stat file {};
    REQUIRE(::lstat(wanted.c_str(), &file) == 0);
    CHECK((file.st_mode & 07777U) == mode);
    inlay::test::Connection client("unix:" + wanted);
    client.say("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(client.first_line(20s) == "HTTP/1.1 200 OK");
    server.send(SIGTERM);
    CHECK(server.end().status == 0);
    CHECK(::access(wanted.c_str(), F_OK) != 0);
  }
}

TEST_CASE("a second SIGTERM ends a server that is stopping at once") {
  http_server::ServeOptions options = on_a_free_port();
  options.stop_time = 1h;
  for (int const signal : {SIGTERM, SIGINT}) {
    Served server({.open = stuck, .options = options});
    Client client(server.port());
    client.ask("/team");
    REQUIRE(server.said() == "in the store");
    // Again and again, since a signal that still waits to be taken hides the next one.
    CHECK(server.end([&] { server.send(signal); }).signal == signal);
  }
}

TEST_CASE("a server with nothing to do ends with status 0 at SIGTERM and at SIGINT") {
  for (int const signal : {SIGTERM, SIGINT}) {
    Served server({.options = on_a_free_port()});
    Client client(server.port());
    client.ask("/healthz");
    CHECK(client.status() == 200);
    server.send(signal);
    CHECK(server.end().status == 0);
  }
}

TEST_CASE("SIGHUP has the tokens read anew, keeps the old ones when they are bad, and never ends the server") {
  support::TemporaryFolder const folder;
  std::string const file = folder.file("tokens");
  support::write_file(file, token("first") + " alice admin\n");
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
  http_server::ServeOptions options = on_a_free_port();
  options.tokens_file = file;
  Served server({.options = options, .prepare = [] {
                   // While it still opens its store, as it were.
                   http_server::hold_hangups();
                   ::kill(::getpid(), SIGHUP);
                 }});
  Client client(server.port());
  auto const status_with = [&](char const* name) {
    client.ask("/team", token(name));
    return client.status();
  };
  auto const until = [&](std::string const& part) {
    std::string line;
    do line = server.logged();
    while (!line.empty() && line.find(part) == std::string::npos);
    return line;
  };
  CHECK(!until("reload: the tokens were read anew").empty());
  CHECK(status_with("first") == 200);

  support::write_file(file, token("second") + " bob admin\n");
  server.send(SIGHUP);
  CHECK(!until("reload: the tokens were read anew").empty());
  CHECK(status_with("first") == 401);
  CHECK(status_with("second") == 200);

  support::write_file(file, token("third") + " carol admin\n" + token("secret") + " dave\n");
  server.send(SIGHUP);
  std::string const refusal = until("reload: the tokens stay as they were");
  CHECK(refusal.find("line 2 ") != std::string::npos);
  CHECK(refusal.find("secret") == std::string::npos);
  CHECK(status_with("third") == 401);
  CHECK(status_with("second") == 200);

  server.send(SIGTERM);
  CHECK(server.end().status == 0);
}

TEST_CASE("SIGHUP does not end a server without tokens either") {
  Served server({.options = on_a_free_port()});
  Client client(server.port());
  server.send(SIGHUP);
  CHECK(server.logged().find("reload: there is no tokens file") != std::string::npos);
  client.ask("/healthz");
  CHECK(client.status() == 200);
}

// ---------------------------------------------------------------------------------------------- descriptors

TEST_CASE("a program that is started without descriptors 0 to 2 opens nothing in their place") {
  for (int const closed : {0, 1, 2, 3}) {
    CAPTURE(closed);
    pid_t const child = fork_silently();
    REQUIRE(child >= 0);
    if (child == 0) {
      for (int descriptor = 0; descriptor <= 2; ++descriptor) {
        if (closed == descriptor || closed == 3) ::close(descriptor);
      }
      if (http_server::prepare_process() != 0) ::_exit(1);
      int const next = ::open("/dev/zero", O_RDWR | O_CLOEXEC);
      // What was closed is still an error to use.
      char c = 'x';
      bool const reads = (closed == 0 || closed == 3) && ::read(0, &c, 1) >= 0;
      bool const writes = (closed == 1 || closed == 3) && ::write(1, &c, 1) >= 0;
      ::_exit(next > 2 && !reads && !writes ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  }
}

TEST_CASE("a log that nobody reads holds up neither answers nor the end") {
  Served server({.options = on_a_free_port()});
  Client client(server.port());
  for (int i = 0; i < 3000; ++i) {  // a pipe takes the lines of a thousand or so
    client.ask("/healthz?" + std::to_string(i));
    if (client.status() != 200) FAIL("answer " << i << " did not come");
  }
  server.send(SIGTERM);
  CHECK(server.end().status == 0);
  CHECK(server.all_errors().find("\"GET /healthz?0\" 200") != std::string::npos);
}

TEST_CASE("what the server opens is closed in programs that its process may become") {
  Served server({.options = on_a_free_port()});
  Client client(server.port());
  client.ask("/healthz");
  REQUIRE(client.status() == 200);
  std::string const folder = "/proc/" + std::to_string(server.id()) + "/fdinfo";
  DIR* const all = ::opendir(folder.c_str());
  REQUIRE(all != nullptr);
  int count = 0;
  while (dirent const* const entry = ::readdir(all)) {
    if (entry->d_name[0] == '.' || std::atoi(entry->d_name) < 3) continue;
    ++count;
    std::string const info = support::read_file(folder + '/' + entry->d_name);
    auto const flags = std::stoul(info.substr(info.find("flags:") + 6), nullptr, 8);
    CAPTURE(entry->d_name, info);
    CHECK((flags & O_CLOEXEC) != 0);
  }
  ::closedir(all);
  CHECK(count >= 2);  // where it listens, and the connection
}

// ---------------------------------------------------------------------------------------------- limits

TEST_CASE("a server that can't have all its threads says why and listens nowhere") {
  for (rlim_t const most : {1U, 2U, 4U}) {
    CAPTURE(most);
    Served server({.options = on_a_free_port(), .prepare = [most] {
                     rlimit const limit{.rlim_cur = most, .rlim_max = most};
                     ::setrlimit(RLIMIT_NPROC, &limit);
                     // Whom the limit does not bind becomes somebody whom it does, and of whom there is nothing else.
                     if (::geteuid() == 0) {
                       ::setgroups(0, nullptr);
                       if (::setgid(60'123) != 0 || ::setuid(60'123) != 0) ::_exit(92);
                     }
                   }});
    CHECK(server.said().empty());
    CHECK(server.end().status == 1);
    std::string const errors = server.all_errors();
    CHECK(errors.find("can't start a thread ") != std::string::npos);
    CHECK(errors.find("Resource temporarily unavailable") != std::string::npos);
  }
}

TEST_CASE("a server with few descriptors leaves some for its store and its health") {
  http_server::ServeOptions options = on_a_free_port();
  options.health = "127.0.0.1:0";
  Served server({.options = options, .prepare = [] {
                   rlimit const limit{.rlim_cur = 64, .rlim_max = 64};
                   ::setrlimit(RLIMIT_NOFILE, &limit);
                 }});
  unsigned short const port = server.port();
  std::string const at = server.said();
  auto const health = static_cast<unsigned short>(std::stoi(at.substr(at.rfind(':') + 1)));
  std::vector<std::unique_ptr<Client>> known;
  for (int i = 0; i < 100; ++i) {
    known.push_back(std::make_unique<Client>(port));
    known.back()->ask("/team");
    // Only who has been answered is known, and stays when others come.
    if (i < 20) CHECK(known.back()->status() == 200);
  }
  Client client(health);
  client.ask("/healthz");
  CHECK(client.status() == 200);
}
