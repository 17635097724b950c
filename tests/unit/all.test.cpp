// SPDX-License-Identifier: BSL-1.0
#include <inlay/backends/all.hpp>
#include <inlay/catalog.hpp>

#include <support/catch.hpp>

#include <algorithm>

using namespace inlay;

TEST_CASE("every backend of this build can be opened by its scheme") {
  auto const schemes = all_backends().schemes();
  auto const has = [&](char const* scheme) {
    return std::find(schemes.begin(), schemes.end(), scheme) != schemes.end();
  };
  REQUIRE_FALSE(schemes.empty());
  CHECK(schemes.front() == "memory");
#ifdef INLAY_TEST_HAS_SQLITE
  CHECK(has("sqlite"));
  CHECK(Catalog::open("sqlite::memory:").has_value());
#else
  CHECK_FALSE(has("sqlite"));
  CHECK(Catalog::open("sqlite::memory:").error().kind == ErrorKind::not_built);
#endif
}

TEST_CASE("opening a catalogue by its URL alone takes the backends of this build") {
  auto const catalog = Catalog::open("memory:");
  REQUIRE(catalog.has_value());
  CHECK(catalog->repository().capabilities().backend == "memory");
}

TEST_CASE("the options given with a URL reach the catalogue") {
  auto const catalog = Catalog::open("memory:", {.limits = {.max_bytes = 100, .max_depth = 3}});
  REQUIRE(catalog.has_value());
  CHECK(catalog->options().limits == json::Limits{.max_bytes = 100, .max_depth = 3});
}

TEST_CASE("a scheme that no backend answers to is an unknown scheme") {
  auto const catalog = Catalog::open("papyrus:scroll");
  REQUIRE(catalog.has_error());
  CHECK(catalog.error().kind == ErrorKind::unknown_scheme);
  CHECK(catalog.error().message.find("memory") != std::string::npos);
}
