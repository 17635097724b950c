// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_INTERNAL_DOCUMENT_PARTS_HPP
#define INLAY_JSON_INTERNAL_DOCUMENT_PARTS_HPP

#include <inlay/json/document.hpp>
#include <inlay/json/internal/member_spans.hpp>

#include <boost/json/value.hpp>

#include <cstddef>

namespace inlay::json {

/** What a Document keeps beside its text, for code that looks members up without making values of them. */
struct DocumentParts {
  /** Where the members' text lies in the document's text; found by the first call, which other threads wait for.

      @return nullptr when the text is not canonical, as a row that somebody edited by hand.
  */
  [[nodiscard]] static MemberSpans const* spans(Document const& document);
  static MemberSpans const* spans(Document const&&) = delete;

  /** Whether values() has been called already, so that it costs nothing. */
  [[nodiscard]] static bool has_values(Document const& document) noexcept;

  /** The value in values() of a member in spans(); of whichever document the object is one of. */
  [[nodiscard]] static boost::json::value const* value_of(MemberSpans::Object object, std::size_t member);
};

}  // namespace inlay::json

#endif
