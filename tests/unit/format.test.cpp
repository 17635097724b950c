// SPDX-License-Identifier: BSL-1.0
#include <inlay/format.hpp>

#include <inlay/model/entities.hpp>

#include <support/catch.hpp>

#include <string>

using namespace inlay;

// GCC 12 has no <format>; then the header is empty, and there is nothing to test.
#ifdef __cpp_lib_format

TEST_CASE("what prints is taken by std::format, with the options that a text takes") {
  CHECK(std::format("{} of {}", Version{3}, Revision{42}) == "3 of 42");
  CHECK(std::format("{:>4}|{:<4}|", Version{3}, Revision{42}) == "   3|42  |");
  CHECK(std::format("{}: {}", ChangeKind::updated, json::Pointer() / "a/b") == "updated: /a~1b");
  Id<Team> const id = Id<Team>::generate();
  CHECK(std::format("{} {}", id, id.uuid) == to_string(id) + ' ' + to_string(id));
  CHECK(std::format("{} {}", Birth{1}, RowVersion{Version{3}, Birth{1}}) == "0000000000000001 3-0000000000000001");
  CHECK(std::format("{} {} {}", ErrorKind::in_use, Reason::no_store, Outcome::done) == "in_use no_store done");
  CHECK(std::format("{}", Error{.kind = ErrorKind::not_found, .message = "no"}) == "not_found: no");
  CHECK(std::format("{}", Timestamp{0}) == "1970-01-01T00:00:00.000Z");
}

#endif
