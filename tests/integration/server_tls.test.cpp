// SPDX-License-Identifier: BSL-1.0
// Encrypted connections, and whom they are refused to.
#include <support/catch.hpp>
#include <support/faulty_proxy.hpp>
#include <support/private_server.hpp>
#include <support/sqlite.hpp>

#include <atomic>
#include <cstdlib>
#include <string>

using namespace inlay;
using support::Engine;
using support::open_server;
using support::PrivateServer;
using support::ServerShell;

namespace {

/** A server that takes encrypted connections, and an authority that it has nothing to do with. */
struct Encrypted {
  PrivateServer server;
  std::string ca = server.folder() + "/tls/ca.pem";
  std::string other_ca = server.folder() + "/other-ca.pem";

  explicit Encrypted(Engine engine) : server(engine, "INLAY_TEST_TLS_SERVERS=1") {
    std::string const make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=somebody else' -keyout " +
                             server.folder() + "/other-ca.key -out " + other_ca + " >/dev/null 2>&1";
    REQUIRE(std::system(make.c_str()) == 0);
  }

  [[nodiscard]] std::string password() const { return StoreUrl::parse(server.url()).value().password.value(); }

  /** The server under the name that its certificate is for. */
  [[nodiscard]] std::string by_name() const {
    std::string url = server.url();
    return url.replace(url.find("127.0.0.1"), 9, "localhost");
  }

  void check_refused(std::string const& url, std::string const& reason) const {
    auto const opened = open_server(url);
    REQUIRE(opened.has_error());
    CHECK(opened.error().kind == ErrorKind::unavailable);
    CAPTURE(opened.error().message);
    CHECK(opened.error().message.find(reason) != std::string::npos);
    CHECK(opened.error().message.find(password()) == std::string::npos);
  }
};

}  // namespace

TEST_CASE("PostgreSQL with sslmode and sslrootcert is encrypted, and only the right server is talked to") {
  Encrypted const encrypted(Engine::postgresql);
  ServerShell shell(encrypted.server.url());
  auto const is_encrypted = [&](std::string const& name) {
    return shell.run(
               "select distinct s.ssl from pg_stat_activity a join pg_stat_ssl s on s.pid = a.pid"
               " where a.application_name = '" +
               name + "'") == ServerShell::Rows{{"t"}};
  };

  auto const store =
      open_server(encrypted.by_name() + "?application_name=full&sslmode=verify-full&sslrootcert=" + encrypted.ca);
  REQUIRE(store.has_value());
  CHECK((*store)->commit(support::Catalogue().commit()).has_value());
  CHECK(is_encrypted("full"));
  // The name is not looked at, only who has signed.
  auto const trusting =
      open_server(encrypted.server.url() + "?application_name=ca&sslmode=verify-ca&sslrootcert=" + encrypted.ca);
  REQUIRE(trusting.has_value());
  CHECK(is_encrypted("ca"));
  auto const plain = open_server(encrypted.server.url() + "?application_name=plain&sslmode=disable");
  REQUIRE(plain.has_value());
  CHECK_FALSE(is_encrypted("plain"));

  encrypted.check_refused(encrypted.server.url() + "?sslmode=verify-full&sslrootcert=" + encrypted.ca,
                          "does not match host name");
  for (std::string const mode : {"verify-full", "verify-ca"}) {
    encrypted.check_refused(encrypted.by_name() + "?sslmode=" + mode + "&sslrootcert=" + encrypted.other_ca,
                            "certificate verify failed");
  }
  encrypted.check_refused(encrypted.by_name() + "?sslmode=verify-full&sslrootcert=" + encrypted.ca + ".gone",
                          "ca.pem.gone");
}

TEST_CASE("MySQL with ssl_ca is encrypted, and only a server that it has signed is talked to") {
  Encrypted const encrypted(Engine::mysql);
  ServerShell shell(encrypted.server.url());
  // MariaDB does not show of other sessions whether they are encrypted, but can demand it of a user.
  shell.run("create user careful@'127.0.0.1' identified by '" + encrypted.password() + "' require ssl");
  shell.run("grant all on inlay_test.* to careful@'127.0.0.1'");
  std::string url = encrypted.server.url();
  url.replace(url.find("//inlay_test:"), 13, "//careful:");

  auto const store = open_server(url + "?ssl_ca=" + encrypted.ca);
  REQUIRE(store.has_value());
  CHECK((*store)->commit(support::Catalogue().commit()).has_value());

  // Nothing is said in plain text to a server that does not encrypt, or seems not to.
  support::FaultyProxy proxy(encrypted.server.url());
  REQUIRE(open_server(proxy.url("ssl_ca=" + encrypted.ca)).has_value());
  proxy.hide_encryption();
  std::atomic<int> statements = 0;  // counted in the proxy's thread
  proxy.arm({.when = [&](support::Request const& request) {
    statements += request.statement.empty() ? 0 : 1;
    return false;
  }});
  encrypted.check_refused(proxy.url("ssl_ca=" + encrypted.ca), "does not encrypt the connection");
  CHECK(statements == 0);
  CHECK(open_server(proxy.url("pool_size=1")).has_value());
  CHECK(statements > 0);

  encrypted.check_refused(url, "Access denied");
  encrypted.check_refused(url + "?ssl_ca=" + encrypted.other_ca, "certificate");
  encrypted.check_refused(url + "?ssl_ca=" + encrypted.ca + ".gone", "SSL");
}

TEST_CASE("a server on another machine is talked to in secret unless the URL says otherwise") {
  Engine const engine = GENERATE(Engine::postgresql, Engine::mysql);
  CAPTURE(name_of(engine));
  bool const is_mysql = engine == Engine::mysql;
  std::string const plainly = is_mysql ? "tls=off" : "sslmode=disable";
  auto const from_afar = [](std::string url) { return url.replace(url.find("127.0.0.1"), 9, "0.0.0.0"); };
  Encrypted const encrypted(engine);
  std::string url = encrypted.server.url();
  ServerShell shell(url);
  if (is_mysql) {
    shell.run("create user careful@'127.0.0.1' identified by '" + encrypted.password() + "' require ssl");
    shell.run("grant all on inlay_test.* to careful@'127.0.0.1'");
    url.replace(url.find("//inlay_test:"), 13, "//careful:");
  }
  auto const store = open_server(from_afar(url) + "?pool_size=1" + (is_mysql ? "" : "&application_name=far"));
  INFO((store ? "" : to_string(store.error())));
  REQUIRE(store.has_value());
  CHECK((*store)->commit(support::Catalogue().commit()).has_value());
  if (!is_mysql) {
    CHECK(shell.number("select count(*) from pg_stat_activity a join pg_stat_ssl s on s.pid = a.pid where s.ssl and"
                       " a.application_name = 'far'") == 1);
  }
  std::string const known = is_mysql ? "ssl_ca=" : "sslmode=verify-full&sslrootcert=";
  CHECK(open_server(from_afar(url) + "?pool_size=1&" + known + encrypted.ca).has_value());
  encrypted.check_refused(from_afar(url) + "?" + known + encrypted.other_ca, "certificate");

  support::PrivateServer const plain(engine);
  auto const refused = open_server(from_afar(plain.url()) + "?pool_size=1");
  REQUIRE(refused.has_error());
  CAPTURE(refused.error().message);
  CHECK(refused.error().kind == ErrorKind::unavailable);
  CHECK(refused.error().message.find(plainly) != std::string::npos);
  CHECK(refused.error().message.find("0.0.0.0") != std::string::npos);
  CHECK(open_server(from_afar(plain.url()) + "?pool_size=1&" + plainly).has_value());
}

TEST_CASE("what belongs to encryption on MySQL is refused without the ssl_ca that turns it on") {
  std::string const files[] = {"ssl_cert=/c.pem", "ssl_key=/k.pem", "ssl_cert=/c.pem&ssl_key=/k.pem"};
  for (std::string const& parameters : files) {
    auto const opened = open_server("mysql://somebody@127.0.0.1:1/db?" + parameters);
    REQUIRE(opened.has_error());
    CHECK(opened.error().kind == ErrorKind::invalid_argument);
    CHECK(opened.error().message.find(parameters.substr(0, parameters.find('='))) != std::string::npos);
  }
}
