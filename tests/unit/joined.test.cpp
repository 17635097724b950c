// SPDX-License-Identifier: BSL-1.0
#include <inlay/ground/internal/joined.hpp>

#include <support/catch.hpp>

#include <initializer_list>
#include <list>
#include <string>
#include <string_view>
#include <vector>

using inlay::detail::joined;

TEST_CASE("texts are joined by commas, and before the last of several stands the word that is asked for") {
  CHECK(joined(std::vector<std::string>{}).empty());
  CHECK(joined(std::vector<std::string>{"a"}, " or ") == "a");
  CHECK(joined(std::list<std::string_view>{"a", "b"}, " or ") == "a or b");
  CHECK(joined(std::initializer_list<std::string_view>{"a", "b", "c"}) == "a, b, c");
  CHECK(joined(std::vector{1, 2, 3}, " and ", [](int number) { return std::to_string(number); }) == "1, 2 and 3");
}
