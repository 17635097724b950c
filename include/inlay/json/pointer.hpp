// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_POINTER_HPP
#define INLAY_JSON_POINTER_HPP

#include <inlay/error.hpp>

#include <boost/json/value.hpp>

#include <compare>
#include <concepts>
#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
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
std::ostream& operator<<(std::ostream& out, Pointer const& pointer);

namespace detail {

// What check_literal calls is not constexpr: these names are what a compiler says of a literal that is no pointer.
void a_JSON_Pointer_is_empty_or_begins_with_a_slash();
void in_a_JSON_Pointer_a_tilde_is_written_as_tilde_0_and_a_slash_in_a_name_as_tilde_1();

consteval std::string_view check_literal(std::string_view text) {
  if (!text.empty() && text.front() != '/') a_JSON_Pointer_is_empty_or_begins_with_a_slash();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '~') continue;
    char const escaped = i + 1 < text.size() ? text[i + 1] : '\0';
    if (escaped != '0' && escaped != '1') {
      in_a_JSON_Pointer_a_tilde_is_written_as_tilde_0_and_a_slash_in_a_name_as_tilde_1();
    }
  }
  return text;
}

/** A text that is no literal: that is an array. */
template <class Text>
concept RuntimeText = std::convertible_to<Text const&, std::string_view> && !std::is_array_v<Text>;

}  // namespace detail

/** A JSON Pointer that is written out in the program, such as "/a/b": it does not compile where it is none. */
class PointerLiteral {
 public:
  template <std::size_t size>
  consteval PointerLiteral(char const (&literal)[size]) : text_(detail::check_literal({literal, size - 1})) {}

  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }
  [[nodiscard]] Pointer pointer() const { return *Pointer::parse(text_); }

 private:
  std::string_view text_;
};

/** A pointer as functions take it: a Pointer, or its string form.

    A literal is looked at when it is compiled, and does not compile where it is no pointer. Any other text is looked at
    when the function is called, which is then invalid_argument. For parameters only: it keeps nothing of what it was
    made from.
*/
class PointerView {
 public:
  /** The whole document. */
  constexpr PointerView() noexcept = default;

  constexpr PointerView(Pointer const& pointer) noexcept : pointer_(&pointer) {}
  constexpr PointerView(PointerLiteral literal) noexcept : text_(literal.text()) {}

  template <std::size_t size>
  consteval PointerView(char const (&literal)[size]) : text_(PointerLiteral(literal).text()) {}

  template <detail::RuntimeText Text>
  constexpr PointerView(Text const& text) : text_(text) {}

  /** A text in a buffer, up to the first NUL; it is no literal. */
  template <std::size_t size>
  constexpr PointerView(char (&buffer)[size]) noexcept : text_(buffer) {}

  /** @return invalid_argument, with the text as the error's pointer, when it is no pointer. */
  [[nodiscard]] Result<Pointer> pointer() const;

 private:
  Pointer const* pointer_ = nullptr;
  std::string_view text_{};
};

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
