// SPDX-License-Identifier: BSL-1.0
#include <inlay/birth.hpp>

#include <support/catch.hpp>

#include <set>
#include <string>
#include <type_traits>

using namespace inlay;

// A bare number is no birth, and no version says nothing of a row.
static_assert(!std::is_convertible_v<std::uint64_t, Birth> && !std::is_convertible_v<Birth, Version>);
static_assert(!std::is_convertible_v<int, RowVersion> && !std::is_default_constructible_v<RowVersion>);

TEST_CASE("births that are drawn are none of those drawn before, nor 0, and use all 64 bits") {
  std::set<std::uint64_t> drawn;
  std::uint64_t set = 0;
  std::uint64_t cleared = 0;
  for (int i = 0; i < 10'000; ++i) {
    std::uint64_t const value = generate_birth().value;
    CHECK(value != 0);
    drawn.insert(value);
    set |= value;
    cleared |= ~value;
  }
  CHECK(drawn.size() == 10'000);
  CHECK(set == ~std::uint64_t{0});
  CHECK(cleared == ~std::uint64_t{0});
}

TEST_CASE("a birth is written as 16 digits and read from nothing else") {
  CHECK(to_string(Birth{0x0123456789ABCDEFU}) == "0123456789abcdef");
  CHECK(to_string(Birth{1}) == "0000000000000001");
  CHECK(parse_birth("0123456789abcdef").value() == Birth{0x0123456789ABCDEFU});
  CHECK(parse_birth("ffffffffffffffff").value() == Birth{~std::uint64_t{0}});
  for (char const* const text :
       {"", "1", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF", "0x23456789abcdef", " 123456789abcdef",
        "+123456789abcdef", "-123456789abcdef", "0123456789abcdeg", "0000000000000000"}) {
    CAPTURE(text);
    auto const birth = parse_birth(text);
    REQUIRE(birth.has_error());
    CHECK(birth.error().kind == ErrorKind::invalid_argument);
  }
}

TEST_CASE("a row from before there were births has the one that follows from its id and its time, for ever") {
  Uuid const id = parse_uuid("3fda2b4c-0516-41bc-8ae6-4927e42ecce9").value();
  // Stores and change logs hold these.
  CHECK(to_string(birth_of_older_row(id, Timestamp{1'628'589'600'000'000})) == "835054664d95b9a3");
  CHECK(to_string(birth_of_older_row(Uuid{}, Timestamp{})) == "238275bc38fcbe91");

  std::set<std::uint64_t> births;
  for (std::int64_t time = 0; time < 1'000; ++time) {
    births.insert(birth_of_older_row(id, Timestamp{time}).value);
    Uuid other = id;
    other.bytes[static_cast<std::size_t>(time) % 16] ^= static_cast<std::uint8_t>(1 + time / 16);
    births.insert(birth_of_older_row(other, Timestamp{0}).value);
  }
  CHECK(births.size() == 2'000);
}

TEST_CASE("a version is of any row, or of the one that was born so") {
  RowVersion const of_any = Version{3};
  CHECK_FALSE(of_any.birth);
  RowVersion const of_one(Version{3}, Birth{7});
  CHECK(of_one.birth == Birth{7});
  CHECK(of_any != of_one);
  struct {
    Version version{4};
    Birth birth{8};
  } const row;
  CHECK(RowVersion::of(row) == RowVersion(Version{4}, Birth{8}));
}

TEST_CASE("a row's version is written with its birth or without, and read from nothing else") {
  CHECK(to_string(RowVersion(Version{3})) == "3");
  CHECK(to_string(RowVersion(Version{30}, Birth{0x0123456789ABCDEFU})) == "30-0123456789abcdef");
  for (RowVersion const& version : {RowVersion(Version{0}), RowVersion(Version{1}),
                                    RowVersion(Version{9'223'372'036'854'775'807}), RowVersion(Version{7}, Birth{1})}) {
    CHECK(parse_row_version(to_string(version)).value() == version);
  }
  for (char const* const text : {"", "-", "x", "1.5", "-1", "+1", " 1", "1 ", "01", "00", "9223372036854775808", "1-",
                                 "1-1", "-0123456789abcdef", "1-0123456789ABCDEF", "1-0000000000000000",
                                 "1-0123456789abcdef-", "1-0123456789abcdef-fedcba9876543210"}) {
    CAPTURE(text);
    auto const version = parse_row_version(text);
    REQUIRE(version.has_error());
    CHECK(version.error().kind == ErrorKind::invalid_argument);
  }
}
