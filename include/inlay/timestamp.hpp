// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TIMESTAMP_HPP
#define INLAY_TIMESTAMP_HPP

#include <inlay/error.hpp>

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace inlay {

/** A moment: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted. */
struct Timestamp {
  std::int64_t microseconds{};

  friend constexpr auto operator<=>(Timestamp, Timestamp) noexcept = default;
};

/** Where a store takes the time from. Must be callable from several threads at once. */
using Clock = std::function<Timestamp()>;

/** The system's clock. */
[[nodiscard]] Timestamp now();

/** Whether it can be written: its year in UTC has the four digits that RFC 3339 gives one. */
[[nodiscard]] bool has_text(Timestamp time) noexcept;

/** ISO 8601 in UTC with milliseconds: "2021-08-10T10:00:00.000Z". Finer parts are cut off, not rounded. */
[[nodiscard]] std::string to_string(Timestamp time);

/** ISO 8601 in UTC with microseconds: "2021-08-10T10:00:00.000000Z"; nothing is lost. */
[[nodiscard]] std::string to_precise_string(Timestamp time);

/** Reads `YYYY-MM-DDThh:mm:ss[.fraction](Z|+hh:mm|-hh:mm)` (RFC 3339); up to six digits of fraction.

    @return invalid_argument for anything else, a date that does not exist, or more digits than a
    Timestamp can hold.
*/
[[nodiscard]] Result<Timestamp> parse_timestamp(std::string_view text);

}  // namespace inlay

#endif
