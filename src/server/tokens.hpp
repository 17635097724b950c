// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_TOKENS_HPP
#define HTTP_SERVER_TOKENS_HPP

#include <inlay/catalog.hpp>
#include <inlay/timestamp.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace http_server {

/** Who may call: bearer tokens (RFC 6750), each with the caller that it stands for. */
class Tokens {
 public:
  /** The least characters of a token. */
  static constexpr std::size_t least_characters = 32;

  /** Reads lines of `TOKEN|sha256:HEX ACTOR admin|TEAM_ID [expires=TIME]`; empty lines and those that begin with # say
      nothing.

      HEX are the 64 digits of the token's SHA-256 (FIPS 180-4), for those who don't want it to stand there. `admin` is
      the host's own administration. From TIME on, which is as in RFC 3339, the token is good no more.

      @return invalid_argument, naming the line but never a token, for any other line, for an actor that no change log
      takes, and for a token that is too short; for a text that names nobody, too.
  */
  [[nodiscard]] static inlay::Result<Tokens> parse(std::string_view text);

  /** Reads a file of such lines, which must be its owner's: others must not read or write it, a group must not write
      it, and may read it where root is its owner.

      @return also not_found, when it can't be read; invalid_argument for an empty name; forbidden for a file that is
      open to others.
  */
  [[nodiscard]] static inlay::Result<Tokens> read(std::string const& file);

  /** Whom the value of an Authorization header, "Bearer TOKEN", speaks for at a time; nullptr: nobody. How long it
      takes says nothing about a token. */
  [[nodiscard]] inlay::Caller const* find(std::optional<std::string> const& authorization,
                                          inlay::Timestamp at = inlay::now()) const;

 private:
  using Hash = std::array<unsigned char, 32>;
  struct Entry {
    Hash hash{};
    inlay::Caller caller{};
    std::optional<inlay::Timestamp> expires_at{};
  };
  static Hash hash_of(std::string_view token);
  static inlay::Result<Entry> parse_line(std::string_view token, std::string_view rest);

  std::vector<Entry> entries_;
};

}  // namespace http_server

#endif
