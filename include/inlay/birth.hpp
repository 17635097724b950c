// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BIRTH_HPP
#define INLAY_BIRTH_HPP

#include <inlay/error.hpp>
#include <inlay/id.hpp>
#include <inlay/revision.hpp>
#include <inlay/timestamp.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inlay {

/** Which row an id names: 64 random bits, drawn when the row was inserted and kept as long as it lives, by copies,
    exports and imports too.

    An id is chosen by callers, and is free again when its row is removed. The row that then takes it starts at version
    1 like the one before; only its birth is another. A default-constructed Birth (0) belongs to a row that was never
    stored.
*/
struct Birth {
  std::uint64_t value{};

  friend constexpr auto operator<=>(Birth, Birth) noexcept = default;
};

/** A new birth, from the system's source of randomness as ids are; never 0. */
[[nodiscard]] Birth generate_birth();

/** The birth of a row that was inserted before there were births, by inlay 0.1: it follows from what never changes of
    the row, so that the row, a copy of it and what the change log says of it agree, wherever they are read. */
[[nodiscard]] Birth birth_of_older_row(Uuid const& id, Timestamp created_at) noexcept;

/** 16 hexadecimal digits in lower case. */
[[nodiscard]] std::string to_string(Birth birth);

/** Reads what to_string gave, and no other form.

    @return invalid_argument for anything else, and for 0.
*/
[[nodiscard]] Result<Birth> parse_birth(std::string_view text);

/** What a conditional write names: a version and, where the caller knows it, the birth of the row that had it.

    Without a birth it is the version of whatever row has the id by then.
*/
struct RowVersion {
  Version version{};
  std::optional<Birth> birth{};

  constexpr RowVersion(Version of_any_row) noexcept : version(of_any_row) {}  // a Version is one
  constexpr RowVersion(Version of_row, Birth born) noexcept : version(of_row), birth(born) {}

  /** That of a row as it was read. */
  template <class Entity>
  [[nodiscard]] static constexpr RowVersion of(Entity const& row) noexcept {
    return {row.version, row.birth};
  }

  friend constexpr bool operator==(RowVersion const&, RowVersion const&) noexcept = default;
};

/** `VERSION` or `VERSION-BIRTH`, such as "3-0123456789abcdef". */
[[nodiscard]] std::string to_string(RowVersion const& version);

/** Reads what to_string gave, and no other form: no version has a sign or begins with a 0, unless it is 0.

    @return invalid_argument for anything else.
*/
[[nodiscard]] Result<RowVersion> parse_row_version(std::string_view text);

}  // namespace inlay

#endif
