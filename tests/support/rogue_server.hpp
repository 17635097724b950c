// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_ROGUE_SERVER_HPP
#define INLAY_TESTS_SUPPORT_ROGUE_SERVER_HPP

#include <support/server.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace support {

/** How it meets its clients. */
struct Manners {
  std::string certificate{};  ///< a PEM file with its key as well; none: it does not encrypt
  bool names_plugins = true;  ///< of MySQL: whether it says that it knows ways to log in, and not only the oldest

  /** How it asks for the password, one way after the other, before it lets everybody in. Of MySQL the first is the one
      of its greeting, the others are asked for by name: `mysql_clear_password`, `dialog`, …. Of PostgreSQL:
      `cleartext`, `md5`, `scram` (which a certificate does not bind) and `scram-plus`. */
  std::vector<std::string> asks_by{};

  /** What it answers the first statement with, from the type of the message on; nothing: it goes away. */
  std::string answers_with{};
};

/** Takes a client's connections to PostgreSQL or MariaDB, and keeps what it is told:
    it speaks just enough of each protocol to be given a password. It is nobody: it has no account and no data. */
class RogueServer {
 public:
  static constexpr std::string_view password = "a-secret-of-the-tests";

  RogueServer(Engine engine, Manners manners);
  ~RogueServer();
  RogueServer(RogueServer const&) = delete;
  RogueServer& operator=(RogueServer const&) = delete;

  /** A store's URL that leads here with a user's name and password. `0.0.0.0` does so too, and is no address of which a
      client can know that it is of this machine. */
  [[nodiscard]] std::string url(std::string const& host, std::string const& parameters) const;

  /** What it has understood from its clients, whether or not it came encrypted, but for the one request that asks for
      encryption. Waits until they are gone. */
  struct Heard {
    int connections = 0;
    std::string text{};                  ///< all of it
    std::vector<std::string> answers{};  ///< what it was told when it asked for the password, other than nothing
    std::string statement{};             ///< the first that it was sent
    std::string after_statement{};       ///< and what followed on what it answered

    [[nodiscard]] bool mentions(std::string_view what) const { return text.find(what) != std::string::npos; }
  };
  [[nodiscard]] Heard heard() const;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
  std::string scheme_;
};

/** Makes a certificate that is its own authority, for a host of that name, with its key in the same file. */
void make_certificate(std::string const& file, std::string const& host);

}  // namespace support

#endif
