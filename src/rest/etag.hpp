// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_REST_ETAG_HPP
#define INLAY_SRC_REST_ETAG_HPP

#include <inlay/birth.hpp>
#include <inlay/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::rest {

/** XXH64 with seed 0: a published algorithm, so that an entity tag means the same to every process and release. */
[[nodiscard]] std::uint64_t xxh64(std::string_view text) noexcept;

/** The strong tag of a representation: `"<version>-<birth>-<XXH64 of the body, 16 hex digits>"`, where version
    and birth are the row's.

    The hash is there because a body also shows what belongs to other rows (a nested integration), which change without
    this row's version.
*/
[[nodiscard]] std::string etag_of(RowVersion const& version, std::string_view body);

struct EntityTag {
  bool is_weak{};
  std::string opaque{};  ///< without the quotes

  /** The row, and its version, that a tag of ours names; nothing for a tag that is none of ours, such as one from
      before there were births. */
  [[nodiscard]] std::optional<RowVersion> version() const;
};

/** The value of If-Match or If-None-Match: `*`, or a list of tags (RFC 9110, 13.1.1). */
struct TagList {
  bool is_any{};
  std::vector<EntityTag> tags{};

  /** Weak comparison (RFC 9110, 8.8.3.2), as If-None-Match has it; of the whole tag, but for the "-gzip" or "-br" that
      Apache puts at its end where it has compressed the representation. */
  [[nodiscard]] bool matches(std::string_view etag) const noexcept;

  /** Whether that row at that version meets an If-Match: strong comparison, of version and birth alone. */
  [[nodiscard]] bool matches(RowVersion const& version) const;

  /** Whether that version would be met if there were no weak tags. */
  [[nodiscard]] bool names_weakly(Version version) const;

  /** Whether all of the tags are those of rows that were born otherwise. */
  [[nodiscard]] bool are_of_other_rows(Birth birth) const;
};

/** @return invalid_argument for text that is neither `*` nor a list of entity tags. */
[[nodiscard]] Result<TagList> parse_tags(std::string_view field, std::string_view value);

}  // namespace inlay::rest

#endif
