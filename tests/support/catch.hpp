// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_TESTS_SUPPORT_CATCH_HPP
#define INLAY_TESTS_SUPPORT_CATCH_HPP

// Catch2 2.13 (Debian 12) or 3, whichever is there.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#if __has_include(<catch2/catch_all.hpp>)
#include <string>

namespace Catch::Matchers {
// What 2.13 calls so. To 3 a text is a range, too, which contains characters.
inline auto Contains(char const* text) { return ContainsSubstring(text); }
inline auto Contains(std::string const& text) { return ContainsSubstring(text); }
inline auto Contains(std::string& text) { return ContainsSubstring(text); }
inline auto Contains(std::string&& text) { return ContainsSubstring(text); }
}  // namespace Catch::Matchers
#endif

#endif
