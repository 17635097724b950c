// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_MEMBER_SPANS_HPP
#define INLAY_JSON_MEMBER_SPANS_HPP

#include <inlay/detail/config.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace inlay::json {

/** Where the text of each object, and of each of its members, lies in the canonical text of a document.

    What lies in arrays is left out. Objects are known by a number, the outermost by root(), the others by the place of
    their member in the object around them. Eight bytes a member and as many an object.
*/
class MemberSpans {
 public:
  using Object = std::uint32_t;

  /** Goes through the text once. Nothing when it is not the canonical text of an object: text by somebody else, that
     is, or longer than 4 GiB.

      @pre text is the JSON text of an object without duplicate members.
  */
  [[nodiscard]] INLAY_DECL static std::optional<MemberSpans> of(std::string_view text);

  [[nodiscard]] Object root() const noexcept { return root_; }

  /** The object that is the value of a member (the first is 0); nothing if that value is no object. */
  [[nodiscard]] std::optional<Object> inner(Object object, std::size_t member) const noexcept {
    auto const found = words_[object + 2 + size(object) + member];
    return found == 0 ? std::nullopt : std::optional(found);
  }

  /** How many members it has. */
  [[nodiscard]] std::size_t size(Object object) const noexcept { return words_[object] >> 1U; }

  /** Whether a member of it, or of an object in it (arrays aside), is null. */
  [[nodiscard]] bool has_null_members(Object object) const noexcept { return (words_[object] & 1U) != 0; }

  /** The text of the members from `first` up to `last`, `first` < `last`: `"a":1,"b":2`. */
  [[nodiscard]] std::string_view members(std::string_view text, Object object, std::size_t first,
                                         std::size_t last) const noexcept {
    auto const begin = words_[object + 1 + first];
    return text.substr(begin, words_[object + 1 + last] - 1 - begin);  // what follows is a `,` or the `}`
  }

 private:
  MemberSpans() = default;

  // For each object: twice its size, plus 1 when it has nulls; where each member's text begins, and where one more
  // would (behind the `,` that would follow); for each member the place of the object that is its value, or 0.
  std::vector<std::uint32_t> words_;
  Object root_ = 0;
};

}  // namespace inlay::json

#ifdef INLAY_HEADER_ONLY
#include <inlay/impl/member_spans.ipp>
#endif

#endif
