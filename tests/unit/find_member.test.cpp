// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/internal/find_member.hpp>

#include <boost/json/object.hpp>
#include <support/catch.hpp>
#include <support/random.hpp>

#include <cstddef>
#include <string>
#include <string_view>

using namespace inlay;

TEST_CASE("a member is found as Boost.JSON finds it, in objects of any size and from any hint") {
  for (std::size_t const size : {0U, 1U, 2U, 11U, 12U, 13U, 40U}) {
    CAPTURE(size);
    boost::json::object object;
    for (std::size_t i = 0; i != size; ++i) object.emplace("name_" + std::to_string(i), i);
    for (std::size_t i = 0; i != size + 2; ++i) {
      // The last two are not there, one of them a beginning of what is.
      std::string const name = i == size + 1 ? "name_" : "name_" + std::to_string(i);
      auto const wanted = std::as_const(object).find(name);
      CHECK(detail::find_member(object, name) == wanted);
      for (std::size_t hint = 0; hint <= size; ++hint) {
        auto const at = std::as_const(object).begin() + static_cast<std::ptrdiff_t>(hint);
        CHECK(detail::find_member(object, name, at) == wanted);
      }
    }
  }
}

TEST_CASE("texts of any length are the same when all their bytes are") {
  auto random = test::random();
  CAPTURE(random.seed());
  for (std::size_t size = 0; size != 40; ++size) {
    std::string text(size, '\0');
    for (char& byte : text) byte = static_cast<char>(random.bits());
    std::string const copy = text;
    CHECK(detail::are_same_bytes(text.data(), copy.data(), size));
    for (std::size_t at = 0; at != size; ++at) {
      std::string other = text;
      other[at] = static_cast<char>(other[at] ^ 0x40);
      CHECK_FALSE(detail::are_same_bytes(text.data(), other.data(), size));
    }
  }
}
