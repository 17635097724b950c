// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_SESSION_HPP
#define INLAY_CLI_SESSION_HPP

#include "output.hpp"

#include <memory>
#include <optional>
#include <string>

namespace inlay {
class Catalog;
struct CatalogOptions;
class Repository;
}  // namespace inlay

namespace inlay::cli {

/** What stands before the command. */
struct Options {
  std::string store;
  Format output = Format::automatic;
  std::string actor;
  std::optional<std::string> reason;
  std::string team;      // which one is meant, see names.hpp; empty: the host's own administration
  bool is_wide = false;  // tables show everything whole
};

/** What a command does to the store: only one that may write makes a store that is not there, or migrates an old one.
 */
enum class Access { read, write };

/** The URL with `migrate=off`, unless it says itself whether to migrate. */
[[nodiscard]] std::string without_migrating(std::string const& url);

/** Opens a store to read it. A name with a slip in it must not become a new and empty store.

    @return what Backends::open returns for a store that is not migrated; a store that is not there, or is too old, is
    unavailable and says how to make or update it.
*/
[[nodiscard]] Result<std::shared_ptr<Repository>> open_for_reading(std::string const& url);

/** One run of the program: what was asked for before the command, and where the answer goes. */
struct Session {
  Options options;
  Output output;

  /** Opens the store for the caller of the options.

      @return what Catalog::open or open_for_reading() returns; not_found for a team that there is not, invalid_argument
      for a name that several have.
  */
  [[nodiscard]] Result<Catalog> open(Access access = Access::write) const;
  [[nodiscard]] Result<Catalog> open(Access access, CatalogOptions const& catalog_options) const;
};

}  // namespace inlay::cli

#endif
