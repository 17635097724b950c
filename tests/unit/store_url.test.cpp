// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/store_url.hpp>

#include <support/catch.hpp>

#include <string>

using namespace inlay;

namespace {

StoreUrl parsed(std::string_view text) { return StoreUrl::parse(text).value(); }

std::string refused(std::string_view text) {
  auto const url = StoreUrl::parse(text);
  CAPTURE(std::string(text));
  REQUIRE(url.has_error());
  CHECK(url.error().kind == ErrorKind::invalid_argument);
  return url.error().message;
}

}  // namespace

TEST_CASE("a URL without hosts is a scheme and a path, taken as it is but for percent escapes") {
  CHECK(parsed("memory:").scheme == "memory");
  CHECK(parsed("memory:").path.empty());
  CHECK(parsed("sqlite:inlay.db").path == "inlay.db");
  CHECK(parsed("sqlite:a b.db").path == "a b.db");
  CHECK(parsed("sqlite:a%20b%3F.db").path == "a b?.db");
  CHECK(parsed("sqlite:a+b.db").path == "a+b.db");
  CHECK(parsed("sqlite::memory:").path == ":memory:");
  CHECK(parsed("sqlite:C:/x@y,z.db").path == "C:/x@y,z.db");
  StoreUrl const url = parsed("sqlite:/abs/x.db?synchronous=normal");
  CHECK(url.path == "/abs/x.db");
  CHECK(url.hosts.empty());
  REQUIRE(url.parameter("synchronous"));
  CHECK(*url.parameter("synchronous") == "normal");
}

TEST_CASE("a scheme is the same in either case") { CHECK(parsed("SQLite:x").scheme == "sqlite"); }

TEST_CASE("user, password, hosts, ports, database and parameters are taken apart and decoded") {
  StoreUrl const url =
      parsed("postgresql://us%65r:p%40ss%2F%3A@host1:5432,host2,[::1]:5433,[fe80::1%25eth0]/my%20db?a=1&b=x%26y+z&c=");
  CHECK(url.scheme == "postgresql");
  CHECK(url.user == "user");
  CHECK(url.password == "p@ss/:");
  CHECK(url.hosts == std::vector<StoreUrl::Host>{
                         {"host1", 5432}, {"host2", std::nullopt}, {"::1", 5433}, {"fe80::1%eth0", std::nullopt}});
  CHECK(url.path == "my db");
  CHECK(url.parameters == std::vector<std::pair<std::string, std::string>>{{"a", "1"}, {"b", "x&y+z"}, {"c", ""}});
}

TEST_CASE("every part of the authority may be missing") {
  CHECK(parsed("postgresql:///db").hosts.empty());
  CHECK(parsed("postgresql:///db").path == "db");
  CHECK(parsed("postgresql://host").hosts.size() == 1);
  CHECK(parsed("postgresql://host").path.empty());
  CHECK(parsed("postgresql://host?x=1").parameters.size() == 1);
  CHECK(parsed("postgresql://user@/db").user == "user");
  CHECK(parsed("postgresql://user@h/db").password == std::nullopt);
  CHECK(parsed("postgresql://user:@h/db").password == "");
  CHECK(parsed("postgresql://%2Fvar%2Frun/db").hosts[0].name == "/var/run");
  CHECK(parsed("postgresql://h//db").path == "/db");
  CHECK(parsed("memory:?").parameters.empty());
}

TEST_CASE("what a URL means never depends on an unescaped @: the last one ends the password") {
  StoreUrl const url = parsed("mysql://u:p@ss@host/db");
  CHECK(url.password == "p@ss");
  CHECK(url.hosts[0].name == "host");
}

TEST_CASE("text that is no such URL is refused") {
  CHECK(refused("").find("sqlite:inlay.db") != std::string::npos);
  CHECK(refused("inlay.db").find("sqlite:inlay.db") != std::string::npos);
  CHECK(refused("/var/lib/inlay.db").find("sqlite:inlay.db") != std::string::npos);
  CHECK(refused("1db:x").find("sqlite:inlay.db") != std::string::npos);
  CHECK(refused(":memory:").find("sqlite:inlay.db") != std::string::npos);
  CHECK(refused("sqlite:a%2").find("%25") != std::string::npos);
  CHECK(refused("sqlite:a%zz").find("%25") != std::string::npos);
  CHECK(refused("sqlite:a%00b").find("U+0000") != std::string::npos);
  CHECK(refused(std::string_view("sqlite:a\0b", 10)).find("U+0000") != std::string::npos);
  CHECK(refused("sqlite:a#b.db").find("%23") != std::string::npos);
  CHECK(refused("postgresql://h1,,h2/db").find("no name") != std::string::npos);
  CHECK(refused("postgresql://h1,/db").find("no name") != std::string::npos);
  CHECK(refused("postgresql://:5432/db").find("no name") != std::string::npos);
  CHECK(refused("postgresql://::1/db").find("brackets") != std::string::npos);
  CHECK(refused("postgresql://[::1/db").find("]") != std::string::npos);
  CHECK(refused("postgresql://[[x]:5432/db").find("IPv6") != std::string::npos);
  CHECK(refused("postgresql://[]/db").find("IPv6") != std::string::npos);
  CHECK(refused("postgresql://[::1]5432/db").find("port") != std::string::npos);
  for (char const* port : {"", "0", "65536", "99999999999", "-1", "5432x", " 5432"}) {
    CHECK(refused("postgresql://h:" + std::string(port) + "/db").find("1 to 65535") != std::string::npos);
  }
  for (char const* query : {"a", "=1", "a=1&&b=2", "a=1&b"}) {
    CHECK(refused("sqlite:x?" + std::string(query)).find("name=value") != std::string::npos);
  }
}

TEST_CASE("no error repeats a password, however badly it was escaped") {
  for (char const* password :
       {"hunter2%", "hunter2%zz", "hunter2/", "hunter2?", "hunter2#", "hunter2?x", "hunter2[:", "hunter2%00",
        "?hunter2", "/hunter2", "#hunter2", "x?hunter2&y", "12/hunter2", "12?hunter2", "12?a=hunter2"}) {
    auto const url = StoreUrl::parse("mysql://user:" + std::string(password) + "@host/db");
    CAPTURE(password);
    if (url.has_error()) {
      CHECK(url.error().message.find("hunter2") == std::string::npos);
    } else {
      CHECK(url->redacted().find("hunter2") == std::string::npos);
    }
  }
}

TEST_CASE("a redacted URL has everything but the password and what else may be secret") {
  CHECK(parsed("postgresql://us%3Aer:p%40ss@h1:5432,[::1]/my%3Fdb?sslmode=verify-full&sslpassword=secret&pool_size=8")
            .redacted() ==
        "postgresql://us%3Aer:***@h1:5432,[::1]/my%3Fdb?sslmode=verify-full&sslpassword=***&pool_size=8");
  CHECK(parsed("sqlite:a b%25.db?synchronous=normal").redacted() == "sqlite:a b%25.db?synchronous=normal");
  CHECK(parsed("sqlite::memory:").redacted() == "sqlite::memory:");
  CHECK(parsed("mysql://user:@h/").redacted() == "mysql://user:***@h/");
  CHECK(parsed("memory:").redacted() == "memory:");
  for (std::string const text :
       {"postgresql://u@/db?host=/run/pg&lease_timeout=2s&prepared=off&sslcert=/c.pem&sslkey=/k.pem&connect_timeout=3s",
        "mysql://u@/db?socket=/my.sock&ssl_ca=/a.pem&ssl_cert=/c.pem&ssl_key=/k.pem&read_timeout=1s",
        "sqlite:a.db?busy_timeout=1s&write_timeout=1s&pool_size=2&table_prefix=x_&migrate=off"}) {
    CHECK(parsed(text).redacted() == text);
  }
}

TEST_CASE("a redacted URL reads back as what it was, secrets aside") {
  for (char const* text :
       {"postgresql://us%40e%2Cr@h%2F1,[fe80::1%25eth0]:1/a%23b//c", "sqlite:////abs/x.db", "sqlite:%2F%2Fx",
        "mysql://h/a%40b?migrate=%40", "mysql://%5Bh,h%5D/", "memory:?migrate=a%26b"}) {
    StoreUrl const url = parsed(text);
    StoreUrl const again = parsed(url.redacted());
    CAPTURE(text);
    CHECK(again.user == url.user);
    CHECK(again.hosts == url.hosts);
    CHECK(again.path == url.path);
    CHECK(again.parameters == url.parameters);
  }
}

TEST_CASE("a parameter that a backend does not know, or that is given twice, is refused by its name") {
  StoreUrl const url = parsed("sqlite:x?synchronous=full&pool_sise=secret");
  auto const unknown = url.allow_parameters({"synchronous", "pool_size"});
  REQUIRE(unknown.has_error());
  CHECK(unknown.error().kind == ErrorKind::invalid_argument);
  CHECK(unknown.error().message.ends_with("sqlite has no parameter pool_sise; there are synchronous, pool_size"));
  CHECK(unknown.error().message.find("secret") == std::string::npos);
  CHECK(url.allow_parameters({"synchronous", "pool_sise"}).has_value());

  auto const twice = parsed("sqlite:x?a=1&a=1").allow_parameters({"a"});
  REQUIRE(twice.has_error());
  CHECK(twice.error().message.find("a is given twice") != std::string::npos);
  CHECK(parsed("memory:?a=1").allow_parameters({}).error().message.ends_with("there are none"));
  CHECK(parsed("memory:").parameter("a") == nullptr);
}
