// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_ID_HPP
#define INLAY_ID_HPP

#include <inlay/error.hpp>
#include <inlay/ground/internal/keyed_hash.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>

namespace inlay {

/** A UUID (RFC 9562), of any version. The nil UUID means "none yet". */
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] bool is_nil() const noexcept { return *this == Uuid{}; }

  /** Orders as the texts do: byte for byte. */
  friend constexpr auto operator<=>(Uuid const&, Uuid const&) noexcept = default;
};

/** Where new ids come from. Must be callable from several threads at once. */
using IdGenerator = std::function<Uuid()>;

/** A new version 7 UUID (RFC 9562, section 5.7). Those one thread makes grow, within a millisecond too. */
[[nodiscard]] Uuid generate_uuid();

/** A new version 4 UUID (RFC 9562, section 5.4), which tells nothing. */
[[nodiscard]] Uuid generate_random_uuid();

/** The 36 characters of RFC 9562, section 4, in lower case. */
[[nodiscard]] std::string to_string(Uuid const& uuid);

/** Reads the 36 characters of RFC 9562, section 4, in either case, and no other form.

    @return invalid_argument for anything else.
*/
[[nodiscard]] Result<Uuid> parse_uuid(std::string_view text);

/** The id of a row of Entity: a UUID that cannot be taken for another entity's. */
template <class Entity>
struct Id {
  Uuid uuid{};

  /** A new id; see generate_uuid. */
  [[nodiscard]] static Id generate() { return {generate_uuid()}; }

  /** As parse_uuid. */
  [[nodiscard]] static Result<Id> parse(std::string_view text) {
    auto uuid = parse_uuid(text);
    if (!uuid) return uuid.error();
    return Id{*uuid};
  }

  [[nodiscard]] bool is_nil() const noexcept { return uuid.is_nil(); }

  friend constexpr auto operator<=>(Id const&, Id const&) noexcept = default;
};

template <class Entity>
[[nodiscard]] std::string to_string(Id<Entity> const& id) {
  return to_string(id.uuid);
}

template <class Entity>
std::ostream& operator<<(std::ostream& out, Id<Entity> const& id) {
  return out << to_string(id.uuid);
}

}  // namespace inlay

template <>
struct std::hash<inlay::Uuid> {
  std::size_t operator()(inlay::Uuid const& uuid) const noexcept {
    // Keyed, since callers choose ids.
    return inlay::detail::KeyedHash{}({reinterpret_cast<char const*>(uuid.bytes.data()), uuid.bytes.size()});
  }
};

template <class Entity>
struct std::hash<inlay::Id<Entity>> {
  std::size_t operator()(inlay::Id<Entity> const& id) const noexcept { return std::hash<inlay::Uuid>{}(id.uuid); }
};

#endif
