// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/internal/key_text.hpp>

#include <support/catch.hpp>

#include <string>

using namespace inlay;

TEST_CASE("rows have the same text of a unique key when they are the same in its members, and only then") {
  Environment one;
  one.team_id = Id<Team>::generate();
  one.name = "production";
  Environment other = one;
  other.id = Id<Environment>::generate();
  other.version = Version{7};
  auto const text = [](Environment const& row) { return storage::key_text(Environment::unique_keys[0], row); };
  CHECK(text(one) == text(other));
  other.name = "Production";
  CHECK(text(one) != text(other));
  other = one;
  other.team_id = Id<Team>::generate();
  CHECK(text(one) != text(other));
}

TEST_CASE("texts of a key can't run into each other") {
  auto const joined = [](std::string const& first, std::string const& second) {
    std::string text;
    storage::append_key(first, text);
    storage::append_key(second, text);
    return text;
  };
  CHECK(joined("ab", "c") != joined("a", "bc"));
  CHECK(joined("", "1:a") != joined("1:a", ""));
  CHECK(joined("a", "1:b") != joined("a1:b", ""));
}
