// SPDX-License-Identifier: BSL-1.0
#include <inlay/ground/internal/keyed_hash.hpp>

#include <support/catch.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>

using namespace inlay;

TEST_CASE("names are hashed with a key, by SipHash as it was published") {
  detail::HashKey const key{0x0706050403020100U, 0x0F0E0D0C0B0A0908U};
  std::string text;
  for (int i = 0; i != 15; ++i) text += static_cast<char>(i);
  CHECK(detail::sip_hash<2, 4>("", key) == 0x726FDB47DD0E0E31U);
  CHECK(detail::sip_hash<2, 4>(text, key) == 0xA129CA6149BE45E5U);

  CHECK(detail::sip_hash<1, 3>(text, key) != detail::sip_hash<1, 3>(text, {key.first + 1, key.second}));
}

TEST_CASE("a key to hash with is drawn without an exception, whatever the source of randomness does") {
  int words = 0;
  auto const fails_at = [&](int word) {
    words = 0;
    return detail::draw_hash_key([&, word]() -> std::uint64_t {
      if (++words == word) throw std::runtime_error("no randomness");
      return 7;
    });
  };
  static_assert(noexcept(detail::hash_key()));
  static_assert(noexcept(detail::KeyedHash{}("")));
  detail::HashKey const drawn = fails_at(0);
  CHECK(drawn.first == 7);
  CHECK(drawn.second == 7);
  for (int const word : {1, 2}) {
    auto const key = fails_at(word);
    CHECK(words == word);
    CHECK(key.first != key.second);
    CHECK(key.first != 7);
    CHECK(key.first != 0);
    CHECK(key.second != 0);
    // And not the same at another time.
    CHECK(fails_at(word).first != key.first);
  }
}
