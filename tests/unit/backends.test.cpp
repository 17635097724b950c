// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/backends.hpp>

#include <support/catch.hpp>

using namespace inlay;

namespace {

// A backend that opens nothing, but says what it was asked for.
Backend named(std::vector<std::string> schemes, std::string name) {
  return {std::move(schemes), [name](StoreUrl const& url) -> Result<std::shared_ptr<Repository>> {
            return Error{.kind = ErrorKind::unavailable, .message = name + " " + url.path};
          }};
}

Error error_of(Backends const& backends, std::string_view url) {
  auto const opened = backends.open(url);
  REQUIRE(opened.has_error());
  return opened.error();
}

}  // namespace

TEST_CASE("the scheme picks the backend, exactly, and its answer is passed on") {
  Backends backends;
  backends.add(named({"sqlite"}, "first")).add(named({"postgresql", "postgres"}, "second"));
  CHECK(backends.schemes() == std::vector<std::string>{"sqlite", "postgresql", "postgres"});
  CHECK(error_of(backends, "sqlite:x").message == "first x");
  CHECK(error_of(backends, "postgres://h/db").message == "second db");
  CHECK(error_of(backends, "sqlite3:x").kind == ErrorKind::unknown_scheme);
  CHECK(error_of(backends, "sql:x").kind == ErrorKind::unknown_scheme);
}

TEST_CASE("an own backend that is not there is not built, any other name is unknown, and both say what there is") {
  Backends backends;
  backends.add(named({"memory"}, "m")).add(named({"sqlite"}, "s"));
  for (char const* url : {"postgresql://h/db", "postgres://h/db", "mysql://h/db", "mariadb://h/db"}) {
    Error const error = error_of(backends, url);
    CHECK(error.kind == ErrorKind::not_built);
    CHECK(error.message.ends_with("the backends there are: memory and sqlite"));
  }
  Error const unknown = error_of(backends, "mongodb://u:hunter2@h/db");
  CHECK(unknown.kind == ErrorKind::unknown_scheme);
  CHECK(unknown.message == "no backend is called mongodb; the backends there are: memory and sqlite");
  CHECK(error_of(Backends{}, "memory:").kind == ErrorKind::not_built);
  CHECK(error_of(Backends{}, "memory:").message.ends_with("none"));
}

TEST_CASE("a backend added later takes over the schemes it shares, and no others") {
  Backends backends;
  backends.add(named({"a", "b"}, "old")).add(named({"b", "c"}, "new"));
  CHECK(error_of(backends, "a:").message == "old ");
  CHECK(error_of(backends, "b:").message == "new ");
  CHECK(error_of(backends, "c:").message == "new ");
  CHECK(backends.schemes() == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("what is no URL is refused before any backend is asked") {
  Backends backends;
  backends.add(named({"sqlite"}, "asked"));
  CHECK(error_of(backends, "sqlite:%").kind == ErrorKind::invalid_argument);
  CHECK(error_of(backends, "").kind == ErrorKind::invalid_argument);
}
