// SPDX-License-Identifier: BSL-1.0
#include <inlay/ground/internal/base64url.hpp>

#include <support/catch.hpp>
#include <support/random.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace inlay;

namespace {

std::vector<std::uint8_t> bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace

TEST_CASE("bytes are written in base64url as RFC 4648 has it, without padding") {
  CHECK(detail::to_base64url({}) == "");
  CHECK(detail::to_base64url(bytes_of("f")) == "Zg");
  CHECK(detail::to_base64url(bytes_of("fo")) == "Zm8");
  CHECK(detail::to_base64url(bytes_of("foo")) == "Zm9v");
  CHECK(detail::to_base64url(bytes_of("foob")) == "Zm9vYg");
  CHECK(detail::to_base64url(bytes_of("fooba")) == "Zm9vYmE");
  CHECK(detail::to_base64url(bytes_of("foobar")) == "Zm9vYmFy");
  CHECK(detail::to_base64url(std::vector<std::uint8_t>{0xFB, 0xFF, 0xBF}) == "-_-_");
}

TEST_CASE("what is read from base64url is what was written, of any length, and one text alone gives it") {
  auto random = test::random();
  CAPTURE(random.seed());
  for (std::size_t size = 0; size != 40; ++size) {
    std::vector<std::uint8_t> bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.bits());
    std::string const text = detail::to_base64url(bytes);
    std::vector<std::uint8_t> read(size);
    REQUIRE(detail::from_base64url(text, read));
    CHECK(read == bytes);
    // No room for it, or too much, and characters that are none.
    std::vector<std::uint8_t> more(size + 1);
    CHECK_FALSE(detail::from_base64url(text, more));
    CHECK_FALSE(detail::from_base64url(text + "A", read));
    if (text.empty()) continue;
    for (char const other : {'=', '+', '/', ' ', '\0'}) {
      std::string wrong = text;
      wrong[random.below(wrong.size())] = other;
      CHECK_FALSE(detail::from_base64url(wrong, read));
    }
    // Bits behind the last byte that are not zero.
    if (size % 3 == 0) continue;
    std::string other = text;
    other.back() = detail::base64url[detail::base64url.find(other.back()) + 1];
    CHECK_FALSE(detail::from_base64url(other, read));
  }
}
