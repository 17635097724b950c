// SPDX-License-Identifier: BSL-1.0
#include <inlay/id.hpp>

#include <support/catch.hpp>

#include <set>
#include <stdexcept>
#include <string>

using namespace inlay;

TEST_CASE("a UUID reads back as it was printed, whatever its version and case") {
  for (char const* text : {"3fda2b4c-0516-41bc-8ae6-4927e42ecce9", "00000000-0000-0000-0000-000000000000",
                           "ffffffff-ffff-ffff-ffff-ffffffffffff", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"}) {
    CHECK(to_string(parse_uuid(text).value()) == text);
  }
  CHECK(parse_uuid("3FDA2B4C-0516-41BC-8AE6-4927E42ECCE9").value() ==
        parse_uuid("3fda2b4c-0516-41bc-8ae6-4927e42ecce9").value());
}

TEST_CASE("anything but the 36 characters of RFC 9562 is refused as a UUID") {
  for (char const* text : {"", "3fda2b4c", "3fda2b4c051641bc8ae64927e42ecce9", "{3fda2b4c-0516-41bc-8ae6-4927e42ecce9}",
                           "3fda2b4c-0516-41bc-8ae6-4927e42ecce", "3fda2b4c-0516-41bc-8ae6-4927e42ecce9 ",
                           "3fda2b4c-0516-41bc-8ae6-4927e42eccg9", "3fda2b4c+0516-41bc-8ae6-4927e42ecce9",
                           "'; drop table inlay_team; --xxxxxxxx"}) {
    auto const id = parse_uuid(text);
    REQUIRE(id.has_error());
    CHECK(id.error().kind == ErrorKind::invalid_argument);
  }
}

TEST_CASE("generated ids are version 7, the variant of RFC 9562, all different, and grow") {
  std::set<Uuid> seen;
  Uuid last;
  for (int i = 0; i < 10'000; ++i) {
    Uuid const id = generate_uuid();
    CHECK((id.bytes[6] >> 4U) == 7);
    CHECK((id.bytes[8] >> 6U) == 2);
    CHECK(id > last);
    last = id;
    seen.insert(id);
  }
  CHECK(seen.size() == 10'000);
}

TEST_CASE("random ids are version 4, the variant of RFC 9562, and have no bit in common but those") {
  std::set<Uuid> seen;
  Uuid ever_set;
  Uuid always_set = generate_random_uuid();
  for (int i = 0; i < 1'000; ++i) {
    Uuid const id = generate_random_uuid();
    CHECK((id.bytes[6] >> 4U) == 4);
    CHECK((id.bytes[8] >> 6U) == 2);
    for (std::size_t at = 0; at < id.bytes.size(); ++at) {
      ever_set.bytes[at] |= id.bytes[at];
      always_set.bytes[at] &= id.bytes[at];
    }
    seen.insert(id);
  }
  CHECK(seen.size() == 1'000);
  CHECK(to_string(ever_set) == "ffffffff-ffff-4fff-bfff-ffffffffffff");
  CHECK(to_string(always_set) == "00000000-0000-4000-8000-000000000000");
}

TEST_CASE("ids order as their texts do") {
  Uuid const low = parse_uuid("0fda2b4c-0516-41bc-8ae6-4927e42ecce9").value();
  Uuid const high = parse_uuid("f0da2b4c-0516-41bc-8ae6-4927e42ecce9").value();
  CHECK(low < high);
  CHECK(to_string(low) < to_string(high));
}

TEST_CASE("ids are hashed as names are, with a key") {
  Uuid const id = generate_uuid();
  std::string const bytes(reinterpret_cast<char const*>(id.bytes.data()), id.bytes.size());
  CHECK(std::hash<Uuid>{}(id) == detail::KeyedHash{}(bytes));
}
