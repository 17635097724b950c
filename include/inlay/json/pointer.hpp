// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_POINTER_HPP
#define INLAY_JSON_POINTER_HPP

#include <inlay/error.hpp>

#include <boost/json/value.hpp>

#include <compare>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::json {

/** A JSON Pointer (RFC 6901), taken apart: the names and indices from the root down. Empty: the whole document. */
class Pointer {
 public:
  /** The whole document. */
  Pointer() = default;

  explicit Pointer(std::vector<std::string> tokens) : tokens_(std::move(tokens)) {}

  /** Reads the string form of RFC 6901, section 3: "" or "/a/b~1c/0".

      @return invalid_argument when it does not start with `/`, or has a `~` that is not `~0` or `~1`.
  */
  [[nodiscard]] static Result<Pointer> parse(std::string_view text);

  [[nodiscard]] std::vector<std::string> const& tokens() const& noexcept { return tokens_; }
  std::vector<std::string> const& tokens() const&& = delete;

  [[nodiscard]] bool is_root() const noexcept { return tokens_.empty(); }

  /** Goes one step down: to the member or element `token` (unescaped). */
  Pointer& operator/=(std::string_view token);
  [[nodiscard]] friend Pointer operator/(Pointer pointer, std::string_view token) {
    pointer /= token;
    return pointer;
  }

  /** Goes one step down: to the element at `index`. (Without this a literal 0 would be a null char const*.) */
  template <std::integral Index>
  requires(!std::same_as<Index, bool> && !std::same_as<Index, char>) Pointer& operator/=(Index index) {
    return *this /= std::string_view(std::to_string(index));
  }
  template <std::integral Index>
  requires(!std::same_as<Index, bool> && !std::same_as<Index, char>) [[nodiscard]] friend Pointer operator/(
      Pointer pointer, Index index) {
    pointer /= index;
    return pointer;
  }

  friend auto operator<=>(Pointer const&, Pointer const&) = default;
  friend bool operator==(Pointer const&, Pointer const&) = default;

 private:
  std::vector<std::string> tokens_;
};

/** The string form (RFC 6901, section 3), with `~` and `/` escaped. */
[[nodiscard]] std::string to_string(Pointer const& pointer);

/** Appends `/` and the escaped token to the string form of a pointer. */
void append_token(std::string& pointer, std::string_view token);

/** Reads an array index (RFC 6901, section 4): digits without a leading zero. Nothing for `-`, which is past the end.
 */
[[nodiscard]] std::optional<std::size_t> parse_index(std::string_view token) noexcept;

/** The value that the pointer names, or nullptr when there is none. Complexity: one lookup a token. */
[[nodiscard]] boost::json::value const* find(boost::json::value const& root, Pointer const& pointer) noexcept;
[[nodiscard]] boost::json::value* find(boost::json::value& root, Pointer const& pointer) noexcept;
boost::json::value const* find(boost::json::value&& root, Pointer const& pointer) = delete;

}  // namespace inlay::json

#endif
