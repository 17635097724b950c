// SPDX-License-Identifier: BSL-1.0
#ifndef HTTP_SERVER_TOKENS_HPP
#define HTTP_SERVER_TOKENS_HPP

#include <inlay/catalog.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http_server {

/** Who may call: bearer tokens (RFC 6750), each with the caller that it stands for. */
class Tokens {
 public:
  /** Reads lines of `TOKEN ACTOR [TEAM_ID]`; empty lines and those that begin with # say nothing.

      @return invalid_argument, naming the line but never a token, for any other line, and for an actor that no change
      log takes; for a text that names nobody, too.
  */
  [[nodiscard]] static inlay::Result<Tokens> parse(std::string_view text);

  /** Reads a file of such lines. @return also not_found, when it can't be read; invalid_argument for an empty name. */
  [[nodiscard]] static inlay::Result<Tokens> read(std::string const& file);

  /** Whom the value of an Authorization header, "Bearer TOKEN", speaks for; nullptr: nobody. */
  [[nodiscard]] inlay::Caller const* find(std::optional<std::string> const& authorization) const;

 private:
  std::vector<std::pair<std::string, inlay::Caller>> callers_;
};

}  // namespace http_server

#endif
