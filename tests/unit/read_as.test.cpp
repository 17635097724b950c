// SPDX-License-Identifier: BSL-1.0
// What holds at compile time of the types that values are read as; reading.test.cpp reads them.
#include <inlay/json/internal/read_as.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/json/value.hpp>
#include <support/catch.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace inlay;

namespace {

enum class Color { red, green };
BOOST_DESCRIBE_ENUM(Color, red, green)
enum class Undescribed { one };

struct Base {
  int number = 0;
};
BOOST_DESCRIBE_STRUCT(Base, (), (number))
struct Derived : Base {
  std::optional<std::vector<Color>> colors{};
};
BOOST_DESCRIBE_STRUCT(Derived, (Base), (colors))
struct WithPointer {
  int* pointer = nullptr;
};
BOOST_DESCRIBE_STRUCT(WithPointer, (), (pointer))
struct Plain {};

}  // namespace

TEST_CASE("numbers, texts, truth values, described enums and structs can be read, and what is made of such") {
  using json::reading::can_be_read;
  STATIC_REQUIRE(can_be_read<bool>());
  STATIC_REQUIRE(can_be_read<std::uint8_t>());
  STATIC_REQUIRE(can_be_read<std::int64_t>());
  STATIC_REQUIRE(can_be_read<float>());
  STATIC_REQUIRE(can_be_read<std::string>());
  STATIC_REQUIRE(can_be_read<std::string_view>());
  STATIC_REQUIRE(can_be_read<boost::json::value>());
  STATIC_REQUIRE(can_be_read<Color>());
  STATIC_REQUIRE(can_be_read<Derived>());
  STATIC_REQUIRE(can_be_read<std::map<std::string, std::vector<std::optional<Derived>>>>());
}

TEST_CASE("characters, pointers and what nobody has described cannot be read, nor what is made of such") {
  using json::reading::can_be_read;
  STATIC_REQUIRE(!can_be_read<char>());
  STATIC_REQUIRE(!can_be_read<char16_t>());
  STATIC_REQUIRE(!can_be_read<long double>());
  STATIC_REQUIRE(!can_be_read<int*>());
  STATIC_REQUIRE(!can_be_read<Undescribed>());
  STATIC_REQUIRE(!can_be_read<Plain>());
  STATIC_REQUIRE(!can_be_read<WithPointer>());
  STATIC_REQUIRE(!can_be_read<std::vector<Plain>>());
  STATIC_REQUIRE(!can_be_read<std::map<int, bool>>());
}

TEST_CASE("the members of described bases are read with a struct's own") {
  STATIC_REQUIRE(boost::mp11::mp_size<json::reading::ReadMembers<Derived>>::value == 2);
}
