// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_JSON_INTERNAL_POINTER_TEXT_HPP
#define INLAY_JSON_INTERNAL_POINTER_TEXT_HPP

#include <boost/json/value.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace inlay::json {

/** The value one token below another, or nullptr when there is none. */
[[nodiscard]] boost::json::value const* step(boost::json::value const& from, std::string_view token) noexcept;

/** Calls `visit(token)` for each token of a pointer's string form (RFC 6901, section 3), from the root down and without
    its escapes, until it returns false. Allocates only for a token with escapes that is longer than 128 bytes.

    @return whether the text is a pointer to its end, and `visit` has always returned true.
*/
template <class Visit>
[[nodiscard]] bool visit_tokens(std::string_view pointer, Visit const& visit) {
  std::array<char, 128> unescaped;
  for (std::size_t position = 0; position != pointer.size();) {
    if (pointer[position] != '/') return false;
    auto const start = ++position;
    bool has_escapes = false;
    for (; position != pointer.size() && pointer[position] != '/'; ++position) has_escapes |= pointer[position] == '~';
    auto token = pointer.substr(start, position - start);
    std::string long_token;
    if (has_escapes) {
      char* out = unescaped.data();
      if (token.size() > unescaped.size()) {
        long_token.resize(token.size());
        out = long_token.data();
      }
      std::size_t size = 0;
      for (std::size_t i = 0; i != token.size(); ++i) {
        out[size] = token[i];
        if (token[i] == '~') {
          ++i;
          if (i == token.size() || (token[i] != '0' && token[i] != '1')) return false;
          out[size] = token[i] == '0' ? '~' : '/';
        }
        ++size;
      }
      token = {out, size};
    }
    if (!visit(token)) return false;
  }
  return true;
}

}  // namespace inlay::json

#endif
