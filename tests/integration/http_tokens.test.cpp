// SPDX-License-Identifier: BSL-1.0
// Who may call the example server: the tokens file.
#include <inlay/backends/memory.hpp>
#include <inlay/timestamp.hpp>

#include <support/catch.hpp>
#include <support/temporary_folder.hpp>

#include "http.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <service.hpp>
#include <string>

using namespace inlay;
using namespace inlay::test;
using http_server::Service;
using http_server::Tokens;

namespace {

Catalog in_memory() { return Catalog::open("memory:", Backends().add(memory_backend())).value(); }

std::string header_of(rest::Response const& response, char const* name) {
  return response.headers.find(name).value_or("(none)");
}

}  // namespace

TEST_CASE("a tokens file names its callers, each with a name that the change log takes") {
  std::string const team = "05daecaf-4365-42e8-8370-8127de5dd717";
  std::string const one = token("one");
  std::string const two = token("two");
  auto const tokens = Tokens::parse("\xEF\xBB\xBF" + one + " alice " + team + "\r\n# " + token("three") +
                                    " nobody admin\n\n  " + two + "\tJ\xC3\xB6rg admin\n")
                          .value();
  REQUIRE(tokens.find("Bearer " + one) != nullptr);
  CHECK(tokens.find("Bearer " + one)->actor == "alice");
  CHECK(to_string(tokens.find("Bearer " + one)->team.value()) == team);
  CHECK(tokens.find("Bearer " + two)->actor == "J\xC3\xB6rg");
  CHECK_FALSE(tokens.find("Bearer " + two)->team.has_value());
  CHECK(tokens.find("Bearer " + token("three")) == nullptr);
  std::string const secret = token("secret");

  struct Case {
    std::string text;
    char const* message;
  };
  for (Case const& each : {
           Case{"", "nobody"},
           Case{"# secret alice\n\n", "nobody"},
           Case{"\xEF\xBB\xBF", "nobody"},
           Case{secret, "line 1 "},
           Case{secret + " alice", "say admin as the third word"},
           Case{token("x") + " y admin\n" + secret + " alice", "line 2 "},
           Case{"secret alice admin", "6 characters and needs 32"},
           Case{secret.substr(1) + " alice admin", "31 characters and needs 32"},
           Case{"\n" + secret + " bo\x01" + "b admin\n", "line 2 "},
           Case{"\n" + secret + " bo\x7F" + "b admin\n", "the second word is the actor"},
           Case{"\n" + secret + " " + std::string(256, 'b') + " admin", "line 2 "},
           Case{secret + " \xFF\xFE admin", "line 1 "},
           Case{secret + " alice no-uuid", "the third word is admin, or a team's id"},
           Case{secret + " alice Admin", "the third word is admin, or a team's id"},
           Case{secret + " alice " + team + " more", "the fourth word is expires=TIME"},
           Case{secret + " alice " + team + " expires=tomorrow", "the fourth word is expires=TIME"},
           Case{secret + " alice " + team + " expires=2027-01-31", "the fourth word is expires=TIME"},
           Case{secret + " alice " + team + " expires=2027-01-31T00:00:00Z more", "a line is TOKEN|sha256:HEX ACTOR"},
           Case{secret + " alice admin\n" + secret + " bob admin", "line 2 "},
           Case{"sha256:" + secret + " alice admin", "64 hexadecimal digits"},
           Case{"sha256: alice admin", "64 hexadecimal digits"},
           Case{"sha256:" + std::string(63, 'a') + "g alice admin", "64 hexadecimal digits"},
           Case{"sha256:" + std::string(62, 'a') + "0x alice admin", "64 hexadecimal digits"},
           Case{"sha256:" + std::string(66, 'a') + " alice admin", "64 hexadecimal digits"},
       }) {
    CAPTURE(each.text);
    auto const refused = Tokens::parse(each.text);
    REQUIRE(refused.has_error());
    CHECK(refused.error().kind == ErrorKind::invalid_argument);
    CHECK(refused.error().message.find(each.message) != std::string::npos);
    CHECK(refused.error().message.find("secret") == std::string::npos);
  }
  CHECK(Tokens::parse(secret + " " + std::string(255, 'b') + " admin").has_value());
}

TEST_CASE("a token may stand as its SHA-256, in digits of either case") {
  // `printf %s aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | sha256sum`
  std::string hash = "3ba3f5f43b92602683c19aee62a20342b084dd5971ddd33808d81a328879a547";
  std::string const known = std::string(32, 'a');
  auto const lower = Tokens::parse("sha256:" + hash + " alice admin").value();
  REQUIRE(lower.find("Bearer " + known) != nullptr);
  CHECK(lower.find("Bearer " + known)->actor == "alice");
  CHECK(lower.find("Bearer sha256:" + hash) == nullptr);
  CHECK(lower.find("Bearer " + hash) == nullptr);
  for (char& c : hash) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  CHECK(Tokens::parse("sha256:" + hash + " alice admin").value().find("Bearer " + known) != nullptr);
  // It is one token, whichever way it stands there.
  auto const twice = Tokens::parse(known + " alice admin\nsha256:" + hash + " bob admin");
  REQUIRE(twice.has_error());
  CHECK(twice.error().message.find("stands on an earlier line too") != std::string::npos);
}

TEST_CASE("a token that expires is good until then, and a file of expired ones is no fault") {
  auto const tokens = Tokens::parse(token("one") + " alice admin expires=2027-01-31T01:00:00+01:00\n").value();
  auto const at = [&](char const* time) {
    return tokens.find("Bearer " + token("one"), parse_timestamp(time).value()) != nullptr;
  };
  CHECK(at("2027-01-30T23:59:59.999999Z"));
  CHECK_FALSE(at("2027-01-31T00:00:00Z"));
  CHECK_FALSE(at("2027-02-01T00:00:00Z"));
  auto const past = Tokens::parse(token("one") + " alice admin expires=2020-01-01T00:00:00Z").value();
  Service const service(in_memory(), past);
  CHECK(service({.method = "GET", .target = "/team", .headers = {{"Authorization", "Bearer " + token("one")}}})
            .response.status == 401);
}

TEST_CASE("a tokens file is read only when nobody else can look into it or add to it") {
  support::TemporaryFolder const folder;
  std::string const file = folder.file("tokens");
  support::write_file(file, token("one") + " alice admin\n");
  auto const is_read = [&](mode_t mode) {
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    auto const read = Tokens::read(file);
    if (read.has_error()) {
      CHECK(read.error().kind == ErrorKind::forbidden);
      CHECK(read.error().message.find(file) != std::string::npos);
      CHECK(read.error().message.find("chmod 600") != std::string::npos);
    }
    return read.has_value();
  };
  for (mode_t const mode : {0400U, 0600U, 0700U}) CHECK(is_read(mode));
  for (mode_t const mode : {0604U, 0644U, 0602U, 0620U, 0660U, 0666U}) {
    CAPTURE(mode);
    CHECK_FALSE(is_read(mode));
  }
  // A group that may read it was chosen by root, who alone can choose it for others.
  bool const is_root = ::geteuid() == 0;
  CHECK(is_read(0640) == is_root);
  // Somebody else's file says what somebody else likes.
  if (is_root) {
    REQUIRE(::chown(file.c_str(), 65'534, 65'534) == 0);
    CHECK_FALSE(is_read(0640));
    CHECK_FALSE(is_read(0600));
  }
}

TEST_CASE("a bearer token is the one word after Bearer") {
  std::string const one = token("one");
  std::string const two = token("two");
  auto const tokens = Tokens::parse(one + " alice admin\n" + two + " bob admin\n").value();
  for (std::string const& value : {"Bearer " + one, "bearer " + one, "BEARER  " + one, "Bearer " + one + " "}) {
    CAPTURE(value);
    CHECK(tokens.find(value) != nullptr);
  }
  for (std::string const& value : {std::string(), std::string("Bearer"), std::string("Bearer "), one,
                                   "Bearer " + one + "e", "Bearer " + one + " extra", "Bearer " + one + " " + two,
                                   "Bearer " + one + ", Bearer " + two, "Bearer" + one, "Basic " + one}) {
    CAPTURE(value);
    CHECK(tokens.find(value) == nullptr);
  }
  CHECK(tokens.find(std::nullopt) == nullptr);

  Service const service(in_memory(), tokens);
  for (std::string const& value : {"Bearer " + one + " extra", "Bearer " + token("three")}) {
    auto const response = service({.method = "GET", .target = "/team", .headers = {{"Authorization", value}}}).response;
    CHECK(response.status == 401);
    CHECK(header_of(response, "WWW-Authenticate") == "Bearer");
  }
  CHECK(
      service({.method = "GET", .target = "/team", .headers = {{"Authorization", "Bearer " + one}}}).response.status ==
      200);
}

TEST_CASE("a server that was told of a tokens file does not start without it") {
  support::TemporaryFolder const folder;
  std::string const empty = folder.file("empty");
  support::write_file(empty, "");
  ::chmod(empty.c_str(), 0600);
  // With an address at which nobody can listen, so that a server which starts all the same ends too.
  for (std::string const& file : {std::string(), empty, folder.file("absent"), folder.path()}) {
    CAPTURE(file);
    auto const served = http_server::serve(in_memory, {.listen = "nowhere", .tokens_file = file});
    REQUIRE(served.has_error());
    CHECK(served.error().message.find("tokens") != std::string::npos);
  }
  std::string const good = folder.file("good");
  support::write_file(good, token("one") + " alice admin\n");
  ::chmod(good.c_str(), 0600);
  CHECK(Tokens::read(good).has_value());
}
