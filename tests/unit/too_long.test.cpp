// SPDX-License-Identifier: BSL-1.0
#include <inlay/json/internal/too_long.hpp>

#include <support/catch.hpp>

using namespace inlay;

TEST_CASE("what is too long is said with its size where that is known, and with what is allowed") {
  Error const known = json::too_long("the text", 12, 10);
  CHECK(known.kind == ErrorKind::invalid_document);
  CHECK(known.message == "the text is 12 bytes long; at most 10 are allowed");
  CHECK(known.pointer == "");

  Error const cut_off = json::too_long("large.json", 10);
  CHECK(cut_off.kind == ErrorKind::invalid_document);
  CHECK(cut_off.message == "large.json is longer than the 10 bytes that are allowed");
  CHECK(cut_off.pointer == "");
}
