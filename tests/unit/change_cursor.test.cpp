// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/change_cursor.hpp>

#include <support/catch.hpp>
#include <support/random.hpp>

#include <algorithm>
#include <cctype>
#include <limits>

using namespace inlay;

namespace {

Uuid uuid_of(test::Random& random) {
  Uuid uuid;
  for (auto& byte : uuid.bytes) byte = static_cast<std::uint8_t>(random.below(256));
  return uuid;
}

bool is_refused(std::string_view text) {
  auto const parsed = parse_change_cursor(text);
  return parsed.has_error() && parsed.error().kind == ErrorKind::invalid_argument;
}

}  // namespace

TEST_CASE("the text of a change cursor reads back as the same cursor, and is fit for a URL") {
  auto random = test::random();
  INFO("INLAY_TEST_SEED=" << random.seed());
  for (int i = 0; i < 500; ++i) {
    ChangeCursor const cursor(Revision{static_cast<std::int64_t>(random.bits() >> (1 + random.below(63)))},
                              random.chance(4) ? std::nullopt : std::optional(uuid_of(random)),
                              random.chance(4) ? std::nullopt : std::optional(uuid_of(random)));
    std::string const text = cursor.text();
    CAPTURE(text);
    CHECK(std::all_of(text.begin(), text.end(),
                      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; }));
    auto const parsed = parse_change_cursor(text);
    REQUIRE(parsed.has_value());
    CHECK(*parsed == cursor);
  }
}

TEST_CASE("the number of a revision is a change cursor, and one that knows no more is written so") {
  CHECK(ChangeCursor(Revision{42}).text() == "42");
  CHECK(parse_change_cursor("42").value() == ChangeCursor(Revision{42}));
  CHECK(parse_change_cursor("0").value() == ChangeCursor());
  auto const greatest = std::numeric_limits<std::int64_t>::max();
  CHECK(parse_change_cursor(std::to_string(greatest)).value().value == greatest);
  // A cursor with more begins with a letter, whatever it holds.
  CHECK(ChangeCursor(Revision{}, Uuid{}, std::nullopt).text().front() == 'A');
  CHECK(ChangeCursor(Revision{greatest}, Uuid{}, Uuid{}).text().front() == 'A');
}

TEST_CASE("what is no change cursor is refused, each letter of one that was changed as well") {
  for (std::string_view const text : {"", " ", "-1", "+1", "007", "00", "-0", " 1", "1 ", "1.0", "9223372036854775808",
                                      "0x10", "abc", "A", "-", "AAAAAAAAAAA"}) {
    CAPTURE(text);
    CHECK(is_refused(text));
  }
  auto random = test::Random(3);
  ChangeCursor const cursor(Revision{7}, uuid_of(random), uuid_of(random));
  std::string const text = cursor.text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = other[i] == 'x' ? 'y' : 'x';
    CHECK(is_refused(other));
    CHECK(is_refused(text.substr(0, i)));
  }
  CHECK(is_refused(text + "A"));
  CHECK(is_refused(text + "="));
}

TEST_CASE("a change cursor can be taken for its revision, and is the same as another only when all of it is") {
  auto random = test::Random(4);
  Uuid const store = uuid_of(random);
  ChangeCursor const cursor(Revision{7}, store, uuid_of(random));
  CHECK(cursor.revision() == Revision{7});
  CHECK(cursor == Revision{7});
  CHECK(cursor < Revision{8});
  CHECK(cursor < ChangeCursor(Revision{8}));
  CHECK(to_string(cursor) == "7");
  CHECK(cursor == ChangeCursor(cursor));
  CHECK_FALSE(cursor == ChangeCursor(Revision{7}));
  CHECK_FALSE(cursor == ChangeCursor(Revision{7}, store, uuid_of(random)));
  CHECK_FALSE(cursor == ChangeCursor(Revision{7}, uuid_of(random), cursor.token));
  CHECK_FALSE(cursor == ChangeCursor(Revision{8}, store, cursor.token));
}
