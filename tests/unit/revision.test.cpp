// SPDX-License-Identifier: BSL-1.0
#include <inlay/revision.hpp>

#include <support/catch.hpp>

#include <sstream>
#include <type_traits>

using namespace inlay;

// Mixing the two up, or passing a bare number for one, must not compile.
static_assert(!std::is_convertible_v<Version, Revision> && !std::is_convertible_v<Revision, Version>);
static_assert(!std::is_convertible_v<long long, Version> && !std::is_convertible_v<long long, Revision>);

TEST_CASE("versions and revisions are ordered by their numbers") {
  CHECK(Version{1} < Version{2});
  CHECK(Version{2} == Version{2});
  CHECK(Revision{10} > Revision{9});
  CHECK_FALSE(Revision{10} == Revision{9});
}

TEST_CASE("what was never stored has version 0, and the empty store revision 0") {
  CHECK(Version{}.value == 0);
  CHECK(Revision{}.value == 0);
}

TEST_CASE("versions and revisions print as their numbers") {
  CHECK(to_string(Version{3}) == "3");
  CHECK(to_string(Revision{-1}) == "-1");
  std::ostringstream out;
  out << Version{7} << " at " << Revision{42};
  CHECK(out.str() == "7 at 42");
}
