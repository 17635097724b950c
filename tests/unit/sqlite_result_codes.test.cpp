// SPDX-License-Identifier: BSL-1.0
#include <backends/sqlite/result_codes.hpp>
#include <support/catch.hpp>
#include <support/temporary_folder.hpp>

#include <sqlite3.h>

#include <map>
#include <regex>
#include <string>

using namespace inlay;
using inlay::sql::FailureKind;
using inlay::sqlite::find_kind;
using inlay::sqlite::kind_of;

namespace {

/** The result codes that the header of SQLite defines, by name. */
std::map<std::string, int> codes_of_header() {
  std::string const header = support::read_file(INLAY_TEST_SQLITE_HEADER);
  auto const begin = header.find("CAPI3REF: Result Codes");
  auto const end = header.find("CAPI3REF: Flags For File Open Operations");
  REQUIRE(begin != std::string::npos);
  REQUIRE(end > begin);
  std::string const part = header.substr(begin, end - begin);
  std::map<std::string, int> codes{{"SQLITE_OK", 0}};
  std::regex const defined(R"(#define\s+(SQLITE_\w+)\s+(?:(\d+)|\((SQLITE_\w+)\s*\|\s*\((\d+)\s*<<\s*8\)\)))");
  for (auto at = std::sregex_iterator(part.begin(), part.end(), defined); at != std::sregex_iterator(); ++at) {
    auto const& match = *at;
    codes[match[1]] = match[2].matched ? std::stoi(match[2]) : codes.at(match[3]) | std::stoi(match[4]) << 8;
  }
  codes.erase("SQLITE_OK");
  return codes;
}

}  // namespace

TEST_CASE("every result code that the header of SQLite names has a meaning, and those of the machine are unavailable") {
  auto const codes = codes_of_header();
  CHECK(codes.at("SQLITE_READONLY_DBMOVED") == SQLITE_READONLY_DBMOVED);
  CHECK(codes.size() > 90);
  // Of each group all mean the same, but for these.
  std::map<std::string, FailureKind> const groups{
      {"BUSY", FailureKind::busy},           {"CANTOPEN", FailureKind::unreachable},
      {"CORRUPT", FailureKind::corrupt},     {"FULL", FailureKind::unreachable},
      {"IOERR", FailureKind::unreachable},   {"LOCKED", FailureKind::busy},
      {"NOMEM", FailureKind::unreachable},   {"NOTADB", FailureKind::corrupt},
      {"PERM", FailureKind::unreachable},    {"PROTOCOL", FailureKind::unreachable},
      {"AUTH", FailureKind::unreachable},    {"TOOBIG", FailureKind::unreachable},
      {"NOLFS", FailureKind::unreachable},   {"INTERRUPT", FailureKind::interrupted},
      {"SCHEMA", FailureKind::busy},         {"FORMAT", FailureKind::corrupt},
      {"READONLY", FailureKind::unreachable}};
  std::map<std::string, FailureKind> const exceptions{{"SQLITE_READONLY_DBMOVED", FailureKind::moved},
                                                      {"SQLITE_IOERR_CORRUPTFS", FailureKind::corrupt},
                                                      {"SQLITE_IOERR_DATA", FailureKind::corrupt},
                                                      {"SQLITE_CONSTRAINT_PRIMARYKEY", FailureKind::unique},
                                                      {"SQLITE_CONSTRAINT_ROWID", FailureKind::unique},
                                                      {"SQLITE_CONSTRAINT_UNIQUE", FailureKind::unique},
                                                      {"SQLITE_CONSTRAINT_FOREIGNKEY", FailureKind::foreign_key},
                                                      {"SQLITE_CONSTRAINT_TRIGGER", FailureKind::foreign_key}};
  for (auto const& [name, code] : codes) {
    CAPTURE(name);
    if (name.starts_with("SQLITE_OK_")) continue;
    REQUIRE(find_kind(code));
    std::string const group = name.substr(7, name.find('_', 7) - 7);
    auto const found = exceptions.find(name);
    auto const of_group = groups.find(group);
    FailureKind const expected = found != exceptions.end()  ? found->second
                                 : of_group != groups.end() ? of_group->second
                                                            : FailureKind::other;
    CHECK(static_cast<int>(kind_of(code)) == static_cast<int>(expected));
  }
}

TEST_CASE("a result code that a later SQLite adds to a group means what the group does") {
  CHECK(kind_of(SQLITE_IOERR | 255 << 8) == FailureKind::unreachable);
  CHECK(kind_of(SQLITE_BUSY | 255 << 8) == FailureKind::busy);
  CHECK_FALSE(find_kind(99));
  CHECK(kind_of(99) == FailureKind::other);
}
