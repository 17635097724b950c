// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_DIGEST_HPP
#define INLAY_DIGEST_HPP

#include <inlay/error.hpp>

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace inlay {

/** A SHA-256 (FIPS 180-4). A default-constructed one, all zeros, is that of nothing known: what a chain begins with. */
struct Digest {
  std::array<std::uint8_t, 32> bytes{};

  friend constexpr auto operator<=>(Digest const&, Digest const&) noexcept = default;
};

/** The SHA-256 of a text. @throws std::bad_alloc when the library that computes it has no memory. */
[[nodiscard]] Digest sha256(std::string_view text);

/** 64 hexadecimal digits in lower case. */
[[nodiscard]] std::string to_string(Digest const& digest);

/** Reads what to_string gave, and no other form.

    @return invalid_argument for anything else.
*/
[[nodiscard]] Result<Digest> parse_digest(std::string_view text);

}  // namespace inlay

#endif
