// SPDX-License-Identifier: BSL-1.0
// What a URL alone decides; the kit and tests/integration need a server.
#include <inlay/backends/postgresql.hpp>

#include <support/catch.hpp>

using namespace inlay;

TEST_CASE("postgresql refuses an unknown parameter by name, and never repeats the password") {
  auto const opened = Backends().add(postgresql_backend()).open("postgresql://user:hush@127.0.0.1:1/db?colour=red");
  REQUIRE(opened.has_error());
  CHECK(opened.error().kind == ErrorKind::invalid_argument);
  CHECK(opened.error().message.find("colour") != std::string::npos);
  CHECK(opened.error().message.find("hush") == std::string::npos);
}

TEST_CASE("postgresql where no server listens is unavailable, without the password in the message") {
  auto const opened =
      Backends().add(postgresql_backend()).open("postgresql://user:hush@127.0.0.1:1/db?connect_timeout=1s");
  REQUIRE(opened.has_error());
  CHECK(opened.error().kind == ErrorKind::unavailable);
  CHECK(opened.error().message.find("hush") == std::string::npos);
}

TEST_CASE("a PostgreSQL URL with odd characters in the folder of its socket is tried, and told without its password") {
  for (char const* const host : {"%2Ftmp%2Fa%3A%5Db", "%2Ftmp%2Fa%3Ab", "[fe80::1%25nowhere]"}) {
    CAPTURE(host);
    auto const opened = Backends()
                            .add(postgresql_backend())
                            .open("postgresql://user:hush@" + std::string(host) + "/db?connect_timeout=0s");
    REQUIRE(opened.has_error());
    CHECK(opened.error().kind == ErrorKind::unavailable);
    CHECK(opened.error().message.find("hush") == std::string::npos);
    CHECK(opened.error().message.find("percent-encoded") == std::string::npos);
    CHECK(opened.error().message.find("unexpected character") == std::string::npos);
  }
}

TEST_CASE("a read_timeout of a PostgreSQL URL that is no time is refused") {
  auto const opened = Backends().add(postgresql_backend()).open("postgresql://user@127.0.0.1:1/db?read_timeout=soon");
  REQUIRE(opened.has_error());
  CHECK(opened.error().kind == ErrorKind::invalid_argument);
  CHECK(opened.error().message.find("read_timeout") != std::string::npos);
}
