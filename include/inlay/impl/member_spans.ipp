// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_IMPL_MEMBER_SPANS_IPP
#define INLAY_IMPL_MEMBER_SPANS_IPP

#include <inlay/impl/print.ipp>
#include <inlay/json/member_spans.hpp>

#include <limits>

namespace inlay::json {

namespace detail {

/** Finds where values end in text that is known to be JSON. All give npos where it is not canonical. */
class SpanScanner {
 public:
  static constexpr std::size_t npos = std::string_view::npos;

  explicit SpanScanner(std::string_view text) : text_(text) {}

  // What stands at the position; NUL, which no JSON text has, at the end.
  char at(std::size_t position) const noexcept { return position < text_.size() ? text_[position] : '\0'; }

  std::size_t end_of_string(std::size_t position) const noexcept {
    if (at(position) != '"') return npos;
    for (++position; position < text_.size();) {
      position += count_plain(text_.substr(position));
      if (at(position) == '"') return position + 1;
      if (at(position) != '\\') return npos;
      position += 2;
    }
    return npos;
  }

  // Of anything but an object.
  std::size_t end_of_value(std::size_t position) const noexcept {
    if (at(position) == '"') return end_of_string(position);
    if (at(position) == '[') return end_of_array(position);
    auto const start = position;
    while (at(position) > ' ' && at(position) != ',' && at(position) != '}') ++position;
    return position == start ? npos : position;
  }

 private:
  std::size_t end_of_array(std::size_t position) const noexcept {
    std::size_t depth = 0;
    while (position < text_.size()) {
      char const c = text_[position];
      if (c == '"') {
        position = end_of_string(position);
        continue;
      }
      if (c <= ' ' && c >= '\0') return npos;
      ++position;
      if (c == '[' || c == '{') ++depth;
      if ((c == ']' || c == '}') && --depth == 0) return position;
    }
    return npos;
  }

  std::string_view text_;
};

}  // namespace detail

INLAY_DECL std::optional<MemberSpans> MemberSpans::of(std::string_view text) {
  if (text.size() >= std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  struct OpenObject {
    std::size_t first_member;
    bool has_nulls;
  };
  std::vector<OpenObject> open;
  std::vector<std::uint32_t> begins;  // of the open objects' members
  std::vector<Object> inners;         // what these members hold
  MemberSpans spans;
  auto& words = spans.words_;
  words.push_back(0);  // so that no object is at 0

  detail::SpanScanner const scan(text);
  std::size_t position = 0;
  bool is_at_object = true;  // else at the name of a member of the one that is open
  do {
    if (is_at_object) {
      if (scan.at(position) != '{') return std::nullopt;
      open.push_back({begins.size(), false});
      ++position;
    }
    if (!is_at_object || scan.at(position) != '}') {
      begins.push_back(static_cast<std::uint32_t>(position));
      inners.push_back(0);
      position = scan.end_of_string(position);
      if (position == detail::SpanScanner::npos || scan.at(position) != ':') return std::nullopt;
      ++position;
      is_at_object = scan.at(position) == '{';
      if (is_at_object) continue;
      if (scan.at(position) == 'n') open.back().has_nulls = true;
      position = scan.end_of_value(position);
      if (position == detail::SpanScanner::npos) return std::nullopt;
    }
    while (!open.empty() && scan.at(position) == '}') {
      ++position;
      auto const [first, has_nulls] = open.back();
      open.pop_back();
      auto const object = static_cast<Object>(words.size());
      auto const size = begins.size() - first;
      words.push_back(static_cast<std::uint32_t>(2 * size + (has_nulls ? 1 : 0)));
      words.insert(words.end(), begins.begin() + static_cast<std::ptrdiff_t>(first), begins.end());
      words.push_back(static_cast<std::uint32_t>(position));
      words.insert(words.end(), inners.begin() + static_cast<std::ptrdiff_t>(first), inners.end());
      begins.resize(first);
      inners.resize(first);
      spans.root_ = object;
      if (!open.empty()) {
        inners.back() = object;
        open.back().has_nulls |= has_nulls;
      }
    }
    if (!open.empty() && scan.at(position++) != ',') return std::nullopt;
    is_at_object = false;
  } while (!open.empty());
  if (position != text.size()) return std::nullopt;
  words.shrink_to_fit();
  return spans;
}

}  // namespace inlay::json

#endif
