// SPDX-License-Identifier: BSL-1.0
#include <inlay/timestamp.hpp>

#include <support/catch.hpp>

using namespace inlay;

TEST_CASE("a time is printed in UTC with milliseconds and Z") {
  CHECK(to_string(Timestamp{1'628'589'600'000'000}) == "2021-08-10T10:00:00.000Z");
  CHECK(to_string(Timestamp{1'628'589'600'123'999}) == "2021-08-10T10:00:00.123Z");
  CHECK(to_string(Timestamp{-1}) == "1969-12-31T23:59:59.999Z");
  CHECK(to_precise_string(Timestamp{1'628'589'600'000'001}) == "2021-08-10T10:00:00.000001Z");
}

TEST_CASE("a time reads back as it was printed, to the microsecond") {
  for (std::int64_t const microseconds :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1'628'589'600'123'456}, std::int64_t{951'782'399'999'999}}) {
    CHECK(parse_timestamp(to_precise_string(Timestamp{microseconds})).value().microseconds == microseconds);
  }
}

TEST_CASE("an offset from UTC is taken into account") {
  CHECK(parse_timestamp("2021-08-10T12:30:00+02:30").value() == parse_timestamp("2021-08-10T10:00:00Z").value());
  CHECK(parse_timestamp("2021-08-10T05:00:00.000-05:00").value() == parse_timestamp("2021-08-10T10:00:00Z").value());
}

TEST_CASE("what is no time of RFC 3339 is refused") {
  for (char const* text :
       {"", "2021-08-10", "2021-08-10T10:00:00", "2021-08-10 10:00:00Z", "2021-02-29T00:00:00Z", "2021-13-01T00:00:00Z",
        "2021-08-10T24:00:00Z", "2021-08-10T10:60:00Z", "2021-08-10T10:00:60Z", "2021-08-10T10:00:00.Z",
        "2021-08-10T10:00:00.1234567Z", "2021-08-10T10:00:00Zx", "+021-08-10T10:00:00Z", "0000-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59.999999-00:01"}) {
    auto const time = parse_timestamp(text);
    REQUIRE(time.has_error());
    CHECK(time.error().kind == ErrorKind::invalid_argument);
  }
}

TEST_CASE("the first and the last time of the years that can be written read back as they were") {
  for (char const* text : {"0000-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z"}) {
    CHECK(to_precise_string(parse_timestamp(text).value()) == text);
  }
  CHECK(parse_timestamp("0000-01-01T01:00:00+01:00").value() == parse_timestamp("0000-01-01T00:00:00Z").value());
}
