// SPDX-License-Identifier: BSL-1.0
// What is said to somebody who is not the server that was meant: nothing that is a secret, before it is known to whom.
#include <backends/sql/parameters.hpp>

#include <support/catch.hpp>
#include <support/rogue_server.hpp>
#include <support/temporary_folder.hpp>

#include <string>
#include <vector>

using namespace inlay;
using support::Engine;
using support::Manners;
using support::open_server;
using support::RogueServer;

namespace {

/** An address of this machine of which a URL does not tell that it is one. */
std::string const far = "0.0.0.0";
std::string const near = "127.0.0.1";

struct Certificates {
  support::TemporaryFolder folder;
  std::string rogue = folder.file("rogue.pem");
  std::string other = folder.file("other.pem");

  Certificates() {
    support::make_certificate(rogue, "somebody.example");
    support::make_certificate(other, "server.example");
  }
};

/** Opens a store where the rogue is.

    @returns the error, in which no password stands.
*/
Error open_at(RogueServer const& rogue, std::string const& host, std::string const& parameters) {
  auto const opened = open_server(rogue.url(host, "connect_timeout=5s&read_timeout=5s&" + parameters));
  REQUIRE(opened.has_error());
  Error error = opened.error();
  CAPTURE(error.message);
  CHECK(error.kind == ErrorKind::unavailable);
  CHECK(error.message.find(RogueServer::password) == std::string::npos);
  return error;
}

[[nodiscard]] bool says(Error const& error, std::string const& text) {
  return error.message.find(text) != std::string::npos;
}

/** Nothing at all, but that it wants encryption. */
void check_silent(RogueServer::Heard const& heard) {
  CHECK(heard.connections > 0);
  CHECK(heard.text.empty());
  CHECK(heard.answers.empty());
}

std::vector<std::string> const careless_plugins{"mysql_clear_password", "dialog", "sha256_password",
                                                "caching_sha2_password"};

}  // namespace

TEST_CASE("only sockets, localhost and the addresses of the loopback interface are this machine") {
  for (std::string const host : {"localhost", "LocalHost", "127.0.0.1", "127.0.0.0", "127.255.255.254", "::1",
                                 "0:0:0:0:0:0:0:1", "/run/mysqld/mysqld.sock"}) {
    CAPTURE(host);
    CHECK(sql::is_this_machine(host));
  }
  for (std::string const host :
       {"", "0.0.0.0", "128.0.0.1", "127.0.0.1.example", "127.example", "127.1", "0127.0.0.1", "localhost.example",
        "localhost,db.example", "127.0.0.1,db.example", "/run/postgresql,db.example", "::", "::2", "::ffff:127.0.0.1",
        "fe80::1", "db.example", "10.0.0.1", " 127.0.0.1", "127.0.0.1 "}) {
    CAPTURE(host);
    CHECK_FALSE(sql::is_this_machine(host));
  }
  CHECK_FALSE(sql::is_this_machine(std::string("127.0.0.1\0.example", 18)));
}

// ------------------------------------------------------------------------------------------------------------- MySQL

TEST_CASE("a MySQL server that does not encrypt is told nothing where that is a must") {
  Certificates const certificates;
  auto const [host, parameters] =
      GENERATE_REF(std::pair(near, "ssl_ca=" + certificates.other), std::pair(far, "ssl_ca=" + certificates.other),
                   std::pair(far, "tls=verify-ca&ssl_ca=" + certificates.other), std::pair(far, std::string()));
  // One whose greeting asks for the password itself, and one that does not know of ways to ask.
  for (bool const names_plugins : {true, false}) {
    CAPTURE(host, parameters, names_plugins);
    RogueServer const rogue(Engine::mysql,
                            {.names_plugins = names_plugins, .asks_by = {"mysql_clear_password", "dialog"}});
    Error const error = open_at(rogue, host, parameters);
    check_silent(rogue.heard());
    if (names_plugins) CHECK(says(error, "does not encrypt the connection"));
    if (names_plugins && parameters.empty()) CHECK(says(error, "tls=off"));
  }
}

TEST_CASE("a MySQL server whose certificate is somebody else's is told nothing") {
  Certificates const certificates;
  Manners const manners{.certificate = certificates.rogue, .asks_by = {"mysql_clear_password"}};
  {
    RogueServer const rogue(Engine::mysql, manners);
    CHECK(says(open_at(rogue, near, "ssl_ca=" + certificates.other), "certificate"));
    CHECK(says(open_at(rogue, far, "tls=verify-ca&ssl_ca=" + certificates.other), "certificate"));
    check_silent(rogue.heard());
  }
  {
    // Signed by the right authority, for another host.
    RogueServer const rogue(Engine::mysql, manners);
    CHECK(says(open_at(rogue, far, "ssl_ca=" + certificates.rogue), "certificate"));
    check_silent(rogue.heard());
  }
  // With that said, it is the one that was meant.
  RogueServer const trusted(Engine::mysql, manners);
  open_at(trusted, far, "tls=verify-ca&ssl_ca=" + certificates.rogue);
  CHECK(trusted.heard().mentions(RogueServer::password));
}

TEST_CASE("a MySQL server that is not known is not told the password, however it asks") {
  Certificates const certificates;
  for (bool const is_encrypted : {true, false}) {
    for (std::string const& plugin : careless_plugins) {
      for (bool const is_in_greeting : {true, false}) {
        CAPTURE(is_encrypted, plugin, is_in_greeting);
        std::vector<std::string> const asks_by =
            is_in_greeting ? std::vector{plugin} : std::vector<std::string>{"mysql_native_password", plugin};
        RogueServer const rogue(Engine::mysql,
                                {.certificate = is_encrypted ? certificates.rogue : "", .asks_by = asks_by});
        CHECK(says(open_at(rogue, far, is_encrypted ? "" : "tls=off"), "ssl_ca"));
        auto const heard = rogue.heard();
        CHECK_FALSE(heard.mentions(RogueServer::password));
        // What may be answered does not tell the password: a hash of it and of what was asked.
        for (std::string const& answer : heard.answers) CHECK(answer.size() == 20);
        CHECK(heard.answers.size() == (is_in_greeting ? 0 : 1));
        CHECK(heard.statement.empty());
      }
    }
  }
}

TEST_CASE("the two ways that keep a password to oneself are open to a MySQL server that is not known") {
  Certificates const certificates;
  RogueServer const rogue(Engine::mysql,
                          {.certificate = certificates.rogue, .asks_by = {"mysql_native_password", "client_ed25519"}});
  open_at(rogue, far, "");
  auto const heard = rogue.heard();
  CHECK(heard.answers.size() == 2);
  CHECK_FALSE(heard.mentions(RogueServer::password));
}

TEST_CASE("of several hosts of a MySQL URL one on another machine is enough for encryption") {
  RogueServer const rogue(Engine::mysql, {.asks_by = {"mysql_clear_password"}});
  std::string url = rogue.url(near, "connect_timeout=5s");
  std::string const place = url.substr(url.find('@') + 1, url.find("/db") - url.find('@') - 1);
  url.replace(url.find(place), place.size(), place + "," + far + place.substr(place.find(':')));
  auto const opened = open_server(url);
  REQUIRE(opened.has_error());
  CAPTURE(opened.error().message);
  CHECK(says(opened.error(), "tls=off"));
  check_silent(rogue.heard());
  CHECK(rogue.heard().connections >= 2);  // each at least once
}

TEST_CASE("on this machine a MySQL server may ask for the password as it likes") {
  for (std::string const& plugin : careless_plugins) {
    if (plugin.find("sha") != std::string::npos) continue;  // they ask for a key in plain text
    CAPTURE(plugin);
    RogueServer const rogue(Engine::mysql, {.asks_by = {"mysql_native_password", plugin}});
    open_at(rogue, near, "");
    auto const heard = rogue.heard();
    CHECK(heard.mentions(RogueServer::password));
    CHECK_FALSE(heard.statement.empty());
  }
}

TEST_CASE("no MySQL server is given a local file") {
  support::TemporaryFolder const folder;
  std::string const file = folder.file("own.txt");
  support::write_file(file, "what only this machine knows");
  RogueServer const rogue(Engine::mysql, {.answers_with = '\xFB' + file});
  open_at(rogue, near, "");
  auto const heard = rogue.heard();
  CHECK_FALSE(heard.statement.empty());
  CHECK(heard.after_statement.empty());
  CHECK_FALSE(heard.mentions("what only this machine knows"));
}

TEST_CASE("a MySQL URL that contradicts itself about encryption is refused") {
  for (std::string const parameters : {"tls=on", "tls=off&ssl_ca=/ca.pem", "tls=verify-ca"}) {
    CAPTURE(parameters);
    auto const opened = open_server("mysql://somebody@127.0.0.1:1/db?" + parameters);
    REQUIRE(opened.has_error());
    CHECK(opened.error().kind == ErrorKind::invalid_argument);
    CHECK(opened.error().message.find("tls") != std::string::npos);
  }
}

// -------------------------------------------------------------------------------------------------------- PostgreSQL

TEST_CASE("a PostgreSQL server on another machine that does not encrypt is told nothing unless the URL says so") {
  {
    RogueServer const rogue(Engine::postgresql, {.asks_by = {"cleartext"}});
    Error const error = open_at(rogue, far, "");
    CAPTURE(error.message);
    CHECK(says(error, "sslmode=disable"));
    CHECK(says(error, far));
    check_silent(rogue.heard());
  }
  for (std::string const mode : {"disable", "prefer"}) {
    CAPTURE(mode);
    RogueServer const rogue(Engine::postgresql, {.asks_by = {"cleartext"}});
    open_at(rogue, far, "sslmode=" + mode);
    CHECK(rogue.heard().mentions(RogueServer::password));
  }
  RogueServer const rogue(Engine::postgresql, {.asks_by = {"cleartext"}});
  open_at(rogue, near, "");
  CHECK(rogue.heard().mentions(RogueServer::password));
}

TEST_CASE("of several hosts of a PostgreSQL URL one on another machine is enough for encryption") {
  RogueServer const rogue(Engine::postgresql, {.asks_by = {"cleartext"}});
  std::string url = rogue.url(near, "");
  std::string const place = url.substr(url.find('@') + 1, url.find("/db") - url.find('@') - 1);
  url.replace(url.find(place), place.size(), place + "," + far + place.substr(place.find(':')));
  auto const opened = open_server(url);
  REQUIRE(opened.has_error());
  CHECK(says(opened.error(), "sslmode=disable"));
  check_silent(rogue.heard());
  CHECK(rogue.heard().connections == 2);
}

TEST_CASE("with verify-full a PostgreSQL server that is not the one that was meant is told nothing") {
  Certificates const certificates;
  std::string const demand = "sslmode=verify-full&sslrootcert=";
  {
    RogueServer const plain(Engine::postgresql, {.asks_by = {"cleartext"}});
    open_at(plain, near, demand + certificates.other);
    check_silent(plain.heard());
  }
  RogueServer const rogue(Engine::postgresql, {.certificate = certificates.rogue, .asks_by = {"cleartext"}});
  CHECK(says(open_at(rogue, far, demand + certificates.other), "certificate"));
  CHECK(says(open_at(rogue, far, demand + certificates.rogue), "somebody.example"));
  check_silent(rogue.heard());
}

TEST_CASE("with channel_binding no PostgreSQL server is told the password, or let in without") {
  Certificates const certificates;
  for (std::vector<std::string> const& asks_by : std::vector<std::vector<std::string>>{
           {}, {"cleartext"}, {"md5"}, {"scram"}, {"scram-plus"}, {"scram-plus", "cleartext"}}) {
    CAPTURE(asks_by);
    RogueServer const rogue(Engine::postgresql, {.certificate = certificates.rogue, .asks_by = asks_by});
    CHECK(says(open_at(rogue, far, "channel_binding=require"),
               asks_by.empty() || asks_by.front() != "scram-plus" ? "channel binding" : "server signature"));
    auto const heard = rogue.heard();
    CHECK_FALSE(heard.mentions(RogueServer::password));
    CHECK(heard.statement.empty());
    // The two messages of a proof that is bound to the rogue's certificate, and so of no use to it elsewhere.
    CHECK(heard.answers.size() == (asks_by.empty() || asks_by.front() != "scram-plus" ? 0 : 2));
    for (std::string const& answer : heard.answers) {
      CHECK(answer.find(answer == heard.answers.front() ? "p=tls-server-end-point" : "c=") != std::string::npos);
    }
  }
}

TEST_CASE("encryption alone proves nothing about a PostgreSQL server") {
  Certificates const certificates;
  RogueServer const rogue(Engine::postgresql, {.certificate = certificates.rogue, .asks_by = {"cleartext"}});
  open_at(rogue, far, "sslmode=require");
  CHECK(rogue.heard().mentions(RogueServer::password));
}

TEST_CASE("a PostgreSQL server that wants to copy gets nothing, and the call ends") {
  for (char const way : {'G', 'H', 'W'}) {
    for (std::string const prepared : {"on", "off"}) {
      CAPTURE(way, prepared);
      RogueServer const rogue(Engine::postgresql, {.answers_with = way + std::string("\0\0\0", 3)});
      CHECK(says(open_at(rogue, near, "sslmode=disable&prepared=" + prepared), "copy"));
      CHECK_FALSE(rogue.heard().statement.empty());
    }
  }
}

TEST_CASE("a word that libpq does not know for sslmode or channel_binding is refused") {
  for (std::string const name : {"sslmode", "channel_binding"}) {
    auto const opened = open_server("postgresql://somebody@127.0.0.1:1/db?" + name + "=disabled");
    REQUIRE(opened.has_error());
    CHECK(opened.error().kind == ErrorKind::invalid_argument);
    CHECK(opened.error().message.find(name) != std::string::npos);
    CHECK(opened.error().message.find("require") != std::string::npos);
  }
}
