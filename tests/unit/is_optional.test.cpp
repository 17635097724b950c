// SPDX-License-Identifier: BSL-1.0
#include <inlay/ground/internal/is_optional.hpp>

#include <support/catch.hpp>

#include <memory>
#include <string>

using inlay::detail::is_optional;

TEST_CASE("an optional is told from what only holds one or can be absent in another way") {
  CHECK(is_optional<std::optional<int>>);
  CHECK(is_optional<std::optional<std::optional<std::string>>>);
  CHECK_FALSE(is_optional<std::string>);
  CHECK_FALSE(is_optional<std::unique_ptr<int>>);
  CHECK_FALSE(is_optional<std::nullopt_t>);
}
