// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_SESSION_HPP
#define INLAY_CLI_SESSION_HPP

#include "output.hpp"

#include <functional>
#include <optional>
#include <string>

namespace inlay {
class Catalog;
}

namespace inlay::cli {

/** What stands before the command. */
struct Options {
  std::string store;
  Format output = Format::automatic;
  std::string actor;
  std::optional<std::string> reason;
  std::string team;  // id or name; empty: the host's own administration
};

/** One run of the program: what was asked for before the command, and where the answer goes. */
struct Session {
  Options options;
  Output output;

  /** Opens the store for the caller of the options.

      @return what Catalog::open returns; not_found for a team that there is not, invalid_argument for a name that
      several have.
  */
  [[nodiscard]] Result<Catalog> open() const;
};

using Command = std::function<Result<void>(Session&)>;

}  // namespace inlay::cli

#endif
