// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_REVISION_HPP
#define INLAY_REVISION_HPP

#include <compare>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace inlay {

/** How often one row was written: 1 when it is created, one more with each change.

    It is what a conditional update names. A default-constructed Version (0) belongs to a row
    that was never stored.
*/
struct Version {
  std::int64_t value{};

  friend constexpr auto operator<=>(Version, Version) noexcept = default;
};

/** The number. (std::format takes one too, by <inlay/format.hpp>.) */
[[nodiscard]] std::string to_string(Version version);
std::ostream& operator<<(std::ostream& out, Version version);

/** The number of one commit of a store: opaque, and only ever growing.

    Revision 0 is the empty store, before its first commit.
*/
struct Revision {
  std::int64_t value{};

  friend constexpr auto operator<=>(Revision, Revision) noexcept = default;
};

/** The number. */
[[nodiscard]] std::string to_string(Revision revision);
std::ostream& operator<<(std::ostream& out, Revision revision);

}  // namespace inlay

#endif
