// SPDX-License-Identifier: BSL-1.0
#include <inlay/error.hpp>

#include <support/catch.hpp>

#include <set>
#include <sstream>
#include <string>

using namespace inlay;

namespace {

Result<int> half(int number) {
  if (number % 2 == 0) return number / 2;
  return Error{.kind = ErrorKind::invalid_argument, .message = "must be even", .pointer = "/number"};
}

}  // namespace

TEST_CASE("each kind has the name that it has in the header, and no two share one") {
  std::set<std::string_view> names;
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::internal); ++kind) {
    names.insert(to_string(static_cast<ErrorKind>(kind)));
  }
  CHECK(names.size() == 14);
  CHECK(to_string(ErrorKind::invalid_argument) == "invalid_argument");
  CHECK(to_string(ErrorKind::unknown_scheme) == "unknown_scheme");
  CHECK(to_string(ErrorKind::compacted) == "compacted");
}

TEST_CASE("each reason has the name that it has in the header, and an error has none unless it says so") {
  std::set<std::string_view> names;
  for (int reason = 0; reason <= static_cast<int>(Reason::forked); ++reason) {
    names.insert(to_string(static_cast<Reason>(reason)));
  }
  CHECK(names.size() == 9);
  CHECK(to_string(Reason::none) == "none");
  CHECK(to_string(Reason::not_migrated) == "not_migrated");
  CHECK(to_string(Reason::whole_config) == "whole_config");
  CHECK(Error().reason == Reason::none);
}

TEST_CASE("an error prints on one line, with its pointer when it has one") {
  CHECK(to_string(Error{.kind = ErrorKind::not_found, .message = "no such team"}) == "not_found: no such team");
  CHECK(to_string(half(1).error()) == "invalid_argument: must be even (at \"/number\")");
  CHECK(to_string(Error{.kind = ErrorKind::invalid_document, .message = "must be an object", .pointer = ""}) ==
        "invalid_document: must be an object (at \"\")");
  std::ostringstream out;
  out << half(1).error() << ", " << ErrorKind::conflict;
  CHECK(out.str() == "invalid_argument: must be even (at \"/number\"), conflict");
}

TEST_CASE("a result is tested, or its value throws the error") {
  CHECK(half(4).value() == 2);
  auto const odd = half(3);
  CHECK(odd.has_error());
  try {
    (void)odd.value();
    FAIL("value() of an error must throw");
  } catch (Exception const& exception) {
    CHECK(exception.error() == odd.error());
    CHECK(std::string(exception.what()) == to_string(odd.error()));
  }
}

TEST_CASE("an error says that nothing was done unless it cannot know, or knows better") {
  Error const error;
  CHECK(error.outcome == Outcome::not_done);
  CHECK(to_string(Error{.kind = ErrorKind::unavailable, .message = "gone", .outcome = Outcome::unknown}) ==
        "unavailable (outcome unknown): gone");
  CHECK(to_string(Error{.kind = ErrorKind::unavailable, .message = "gone", .outcome = Outcome::done}) ==
        "unavailable (outcome done): gone");
  CHECK(to_string(Outcome::not_done) == "not_done");
  CHECK_FALSE(error.pointer.has_value());
  CHECK_FALSE(error.current_version.has_value());
  CHECK_FALSE(error.byte.has_value());
  CHECK_FALSE(error.kept_after.has_value());
  CHECK(error.used_by.empty());
  CHECK(error.row.empty());
  CHECK_FALSE(Error{.kind = ErrorKind::conflict, .current_version = Version{3}} == Error{.kind = ErrorKind::conflict});
}
