// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_REST_TEXT_HPP
#define INLAY_SRC_REST_TEXT_HPP

// The small grammar that HTTP's fields share: ASCII case, white space, lists (RFC 9110, 5.6).

#include <algorithm>
#include <string>
#include <string_view>

namespace inlay::rest {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr bool is_same_name(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

constexpr std::string_view trimmed(std::string_view text) noexcept {
  auto const is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/** Takes what stands before the next `separator` that is not inside a quoted string, and the separator with it. */
constexpr std::string_view take_until(std::string_view& text, char separator) noexcept {
  bool is_quoted = false;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (is_quoted && text[end] == '\\') {
      ++end;
    } else if (text[end] == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && text[end] == separator) {
      break;
    }
  }
  end = std::min(end, text.size());
  std::string_view const taken = trimmed(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

}  // namespace inlay::rest

#endif
