// SPDX-License-Identifier: BSL-1.0
// What a URL alone decides; the kit and tests/integration need a server.
#include <inlay/backends/mysql.hpp>

#include <support/catch.hpp>

using namespace inlay;

TEST_CASE("mysql refuses an unknown parameter by name, and never repeats the password") {
  auto const opened = Backends().add(mysql_backend()).open("mysql://user:hush@127.0.0.1:1/db?colour=red");
  REQUIRE(opened.has_error());
  CHECK(opened.error().kind == ErrorKind::invalid_argument);
  CHECK(opened.error().message.find("colour") != std::string::npos);
  CHECK(opened.error().message.find("hush") == std::string::npos);
}

TEST_CASE("mysql where no server listens is unavailable, without the password in the message") {
  auto const opened = Backends().add(mysql_backend()).open("mysql://user:hush@127.0.0.1:1/db?connect_timeout=1s");
  REQUIRE(opened.has_error());
  CHECK(opened.error().kind == ErrorKind::unavailable);
  CHECK(opened.error().message.find("hush") == std::string::npos);
}

TEST_CASE("a MySQL URL means its port even for localhost, and not a host and a socket at once") {
  auto const port = Backends().add(mysql_backend()).open("mysql://user:hush@localhost:1/db?connect_timeout=1s");
  REQUIRE(port.has_error());
  CHECK(port.error().message.find("127.0.0.1") != std::string::npos);  // not the default socket
  auto const both = Backends().add(mysql_backend()).open("mysql://user:hush@127.0.0.1/db?socket=/tmp/none.sock");
  REQUIRE(both.has_error());
  CHECK(both.error().kind == ErrorKind::invalid_argument);
  CHECK(both.error().message.find("socket") != std::string::npos);
}
