// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_INTERNAL_MEMBER_SPANS_HPP
#define INLAY_JSON_INTERNAL_MEMBER_SPANS_HPP

#include <inlay/json/internal/find_member.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

namespace inlay::json {

/** Where the text of each object, and of each of its members, lies in the canonical text of a document: an index to
    look members up by, and to copy their text from.

    What lies in arrays is left out. Nine bytes a member, thirteen where an object has many, and twelve an object, each
    rounded up to four.
*/
class MemberSpans {
 public:
  /** An object and its members, the first of which is member 0. A view, good for as long as the MemberSpans and the
      text are; one pointer, which may be null. */
  class Object {
   public:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    Object() = default;
    explicit Object(std::uint32_t const* words) noexcept : words_(words) {}

    [[nodiscard]] std::uint32_t const* words() const noexcept { return words_; }
    explicit operator bool() const noexcept { return words_ != nullptr; }
    friend bool operator==(Object, Object) = default;

    /** How many members it has. */
    [[nodiscard]] std::size_t size() const noexcept { return words_[1] >> 1U; }

    /** Whether a member of it, or of an object in it (arrays aside), is null. */
    [[nodiscard]] bool has_null_members() const noexcept { return (words_[1] & 1U) != 0; }

    /** Whether the member's value is null. */
    [[nodiscard]] bool is_null(std::size_t member) const noexcept { return what(member) == null; }

    /** The object that is the member's value; null when the value is none. */
    [[nodiscard]] Object inner(std::size_t member) const noexcept {
      auto const found = what(member);
      return found <= null ? Object() : Object(first_word() + found);
    }

    /** The text of the members from `first` up to `last`, `first` < `last`: `"a":1,"b":2`. */
    [[nodiscard]] std::string_view members(std::size_t first, std::size_t last) const noexcept {
      return {text() + begin(first), begin(last) - 1 - begin(first)};  // what follows is a `,` or the `}`
    }

    /** The member's name.

        @pre the MemberSpans are searchable.
    */
    [[nodiscard]] std::string_view name(std::size_t member) const noexcept {
      return {text() + begin(member) + 1, name_size(member)};
    }

    /** The text before the value of a member: `"a":`.

        @pre the MemberSpans are searchable.
    */
    [[nodiscard]] std::string_view label(std::size_t member) const noexcept {
      return {text() + begin(member), name_size(member) + 3};
    }

    /** The text of the value of a member whose name is so long (between its quotes). */
    [[nodiscard]] std::string_view value(std::size_t member, std::size_t name_size) const noexcept {
      return members(member, member + 1).substr(name_size + 3);
    }

    /** The member of that name, or `none`; the search begins at `hint`.

        @pre the MemberSpans are searchable.
    */
    [[nodiscard]] std::size_t find(std::string_view name, std::size_t hint = 0) const noexcept {
      auto const count = size();
      if (is_sorted()) {
        if (hint < count && is_named(hint, name)) return hint;
        return find_sorted(name);
      }
      for (std::size_t i = hint; i < count; ++i) {
        if (is_named(i, name)) return i;
      }
      for (std::size_t i = 0; i != hint; ++i) {
        if (is_named(i, name)) return i;
      }
      return none;
    }

    /** Whether it keeps its members in the order of their names, too. */
    [[nodiscard]] bool is_sorted() const noexcept { return size() > inlay::detail::few_members; }

    /** The member whose name has so many others before it, in the order of their bytes.

        @pre is_sorted().
    */
    [[nodiscard]] std::size_t sorted(std::size_t place) const noexcept { return order()[place]; }

    /** What the maker of the MemberSpans gave them to be found again by. */
    [[nodiscard]] void const* owner() const noexcept { return pointer_at(owner_at); }

   private:
    friend class MemberSpans;

    [[nodiscard]] std::uint32_t const* first_word() const noexcept { return words_ - words_[0]; }
    [[nodiscard]] void const* pointer_at(std::size_t word) const noexcept {
      void const* pointer = nullptr;
      std::memcpy(&pointer, first_word() + word, sizeof pointer);
      return pointer;
    }
    [[nodiscard]] char const* text() const noexcept { return static_cast<char const*>(pointer_at(text_at)); }
    [[nodiscard]] std::size_t begin(std::size_t member) const noexcept { return words_[2 + member]; }
    [[nodiscard]] std::uint32_t what(std::size_t member) const noexcept { return words_[3 + size() + member]; }

    [[nodiscard]] std::uint32_t const* order() const noexcept { return words_ + 3 + 2 * size() + (size() + 3) / 4; }
    // The sizes of the names, as far as a byte holds them.
    [[nodiscard]] std::size_t short_size(std::size_t member) const noexcept {
      return reinterpret_cast<unsigned char const*>(words_ + 3 + 2 * size())[member];
    }
    [[nodiscard]] std::size_t name_size(std::size_t member) const noexcept {
      auto const known = short_size(member);
      return known != long_name ? known : members(member, member + 1).find('"', 1 + long_name) - 1;
    }
    [[nodiscard]] bool is_named(std::size_t member, std::string_view name) const noexcept {
      if (short_size(member) != (name.size() < long_name ? name.size() : long_name)) return false;
      if (name.size() >= long_name && name.size() != name_size(member)) return false;
      return inlay::detail::are_same_bytes(text() + begin(member) + 1, name.data(), name.size());
    }
    [[nodiscard]] std::size_t find_sorted(std::string_view name) const noexcept;

    std::uint32_t const* words_ = nullptr;
  };

  /** Goes through the text once. Nothing when it is not the canonical text of an object, that is, what json::print
      gives for an object that json::parse takes; or is longer than 2 GiB.

      The text must outlive the result and stay where it is.
  */
  [[nodiscard]] static std::optional<MemberSpans> of(std::string_view text, void const* owner = nullptr);

  [[nodiscard]] Object root() const noexcept { return Object(words_.get() + (words_[root_and_flag_at] >> 1U)); }

  /** Whether members can be looked up: no name outside of arrays has an escape in it. */
  [[nodiscard]] bool are_searchable() const noexcept { return (words_[root_and_flag_at] & 1U) != 0; }

 private:
  friend class SpanFinder;
  static constexpr std::uint32_t leaf = 0;
  static constexpr std::uint32_t null = 1;
  static constexpr std::size_t long_name = 255;  // so long or longer
  static constexpr std::size_t words_of_pointer = sizeof(void*) / sizeof(std::uint32_t);
  static constexpr std::size_t text_at = 0;
  static constexpr std::size_t owner_at = words_of_pointer;
  static constexpr std::size_t root_and_flag_at = 2 * words_of_pointer;
  static constexpr std::size_t first_object_at = root_and_flag_at + 1;
  static_assert(first_object_at > null);

  MemberSpans() = default;

  // First the pointers to the text and the owner, then the root's place, twice, plus 1 when they are searchable. Then
  // for each object, inner ones before those around them: its place; twice its size, plus 1 when it has nulls; where
  // each member's text begins, and where one more would (after the `,` that would follow); for each member what its
  // value is: leaf, null, or the place of the object; the sizes of their names, a byte each, at most long_name; and for
  // many members these in the order of their names.
  std::unique_ptr<std::uint32_t[]> words_;
};

}  // namespace inlay::json

#endif
