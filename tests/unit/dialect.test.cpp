// SPDX-License-Identifier: BSL-1.0
#include <backends/mysql/dialect.hpp>
#include <backends/postgresql/dialect.hpp>
#include <backends/sql/dialect.hpp>
#include <backends/sqlite/dialect.hpp>
#include <support/catch.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using inlay::sql::Dialect;
using inlay::sql::filled;
using inlay::sql::PageBound;

namespace {

struct Database {
  std::string_view name;
  Dialect const& dialect;
};

constexpr std::array databases{
    Database{"SQLite", inlay::sqlite::dialect},
    Database{"PostgreSQL", inlay::postgresql::dialect},
    Database{"MySQL", inlay::mysql::dialect},
    Database{"MariaDB", inlay::mysql::dialect_of_mariadb},
};

using Texts = std::vector<std::pair<std::string_view, std::string>>;

/** What no database can do without. */
Texts needed(Dialect const& dialect) {
  return {
      {"session_kind", std::string(dialect.session_kind)},
      {"types.id", std::string(dialect.types.id)},
      {"types.name", std::string(dialect.types.name)},
      {"types.document", std::string(dialect.types.document)},
      {"types.integer", std::string(dialect.types.integer)},
      {"types.boolean", std::string(dialect.types.boolean)},
      {"table.count", std::string(dialect.table.count)},
      {"begin_write", std::string(dialect.begin_write)},
      {"begin_snapshot", std::string(dialect.begin_snapshot.front())},
      {"ordered_join", std::string(dialect.ordered_join)},
      {"text_size", std::string(dialect.text_size)},
      {"byte_size", std::string(dialect.byte_size.before).append("x").append(dialect.byte_size.after)},
  };
}

/** Whatever may be in a statement, each as a piece in which what is opened is closed. */
Texts pieces(Dialect const& dialect) {
  Texts all = needed(dialect);
  for (auto const& [name, text] : Texts{
           {"table_options", std::string(dialect.table_options)},
           {"table.if_not_exists", std::string(dialect.table.if_not_exists)},
           {"index.count", std::string(dialect.index.count)},
           {"index.if_not_exists", std::string(dialect.index.if_not_exists)},
           {"column.count", std::string(dialect.column.count)},
           {"column.if_not_exists", std::string(dialect.column.if_not_exists)},
           {"added_column", std::string(dialect.added_column)},
           {"refuse_default", std::string(dialect.refuse_default)},
           {"begin_snapshot, the second", std::string(dialect.begin_snapshot.back())},
           {"lock_rows", std::string(dialect.lock_rows)},
           {"limit_lock_wait", std::string(dialect.limit_lock_wait)},
           {"clock", std::string(dialect.clock)},
           {"sha256", std::string(dialect.sha256.before).append("x").append(dialect.sha256.after)},
           {"fence", std::string(dialect.fence)},
           {"asks_for_replica", std::string(dialect.asks_for_replica)},
       }) {
    all.emplace_back(name, text);
  }
  if (dialect.lateral) {
    auto const& [begin, between, end] = *dialect.lateral;
    all.emplace_back("lateral", std::string(begin).append("o").append(between).append("i").append(end));
  }
  return all;
}

/** Whether brackets close in their order, and outside of literals and names, which close too. */
bool is_closed(std::string_view text) {
  std::string open;
  char quote = 0;
  for (char const c : text) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '(') {
      open += c;
    } else if (c == ')') {
      if (open.empty()) return false;
      open.pop_back();
    }
  }
  return open.empty() && quote == 0;
}

bool has_words(std::string_view text, std::vector<std::string> const& words) {
  std::vector<std::string> found;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    found.emplace_back(text.substr(at + 1, text.find('}', at) - at - 1));
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found == words;
}

bool begins_with_blank(std::string_view text) { return text.empty() || text.front() == ' '; }
bool ends_with_blank(std::string_view text) { return text.empty() || text.back() == ' '; }

}  // namespace

TEST_CASE("the table of each database says all that no database can do without") {
  for (auto const& [name, dialect] : databases) {
    for (auto const& [entry, text] : needed(dialect)) {
      INFO(name << ": " << entry);
      CHECK_FALSE(text.empty());
    }
    INFO(name);
    CHECK((dialect.quote == '"' || dialect.quote == '`'));
  }
}

TEST_CASE("brackets, names and literals that a database's words open are closed in them") {
  for (auto const& [name, dialect] : databases) {
    for (auto const& [entry, text] : pieces(dialect)) {
      INFO(name << ": " << entry << ": " << text);
      CHECK(is_closed(text));
    }
  }
}

TEST_CASE("a database's words that follow others keep their distance from them") {
  for (auto const& [name, dialect] : databases) {
    INFO(name);
    CHECK(begins_with_blank(dialect.table_options));
    CHECK(begins_with_blank(dialect.lock_rows));
    CHECK(begins_with_blank(dialect.fence));
    CHECK(begins_with_blank(dialect.ordered_join));
    CHECK(ends_with_blank(dialect.ordered_join));
    CHECK(ends_with_blank(dialect.table.if_not_exists));
    CHECK(ends_with_blank(dialect.index.if_not_exists));
    CHECK(ends_with_blank(dialect.column.if_not_exists));
  }
}

TEST_CASE("a database's words have those in braces that are filled there, and no others") {
  for (auto const& [name, dialect] : databases) {
    for (auto const& [entry, text] : pieces(dialect)) {
      INFO(name << ": " << entry << ": " << text);
      if (entry == "refuse_default" && !text.empty()) {
        CHECK(has_words(text, {"column", "table"}));
      } else {
        CHECK(has_words(text, {}));
      }
    }
  }
}

TEST_CASE("where DDL commits itself, whatever a migration makes can be looked for, and only there") {
  for (auto const& [name, dialect] : databases) {
    INFO(name);
    CHECK(dialect.table.count.find(":p1") != std::string_view::npos);
    CHECK(dialect.table.count.find(":p2") == std::string_view::npos);
    for (inlay::sql::SchemaPart const& part : {dialect.index, dialect.column}) {
      CHECK((part.count.find(":p1") != std::string_view::npos) == dialect.commits_ddl);
      CHECK((part.count.find(":p2") != std::string_view::npos) == dialect.commits_ddl);
      CHECK(part.count.empty() == !dialect.commits_ddl);
    }
  }
}

TEST_CASE("what one entry of a database's table promises the others keep") {
  for (auto const& [name, dialect] : databases) {
    INFO(name);
    // Gates are put around what a lateral join finds.
    CHECK((dialect.lateral || !dialect.can_gate));
    // The rows of a merged union are read as far as the page needs, and its documents are counted meanwhile.
    CHECK((!dialect.merges_unions || dialect.page_bound == PageBound::reading));
    // A default that stays is refused, where rows that are there need one.
    CHECK(dialect.added_column.empty() == dialect.refuse_default.empty());
    // What is done in one statement is chained by the server, by its own clock.
    bool const is_chained = !dialect.clock.empty() && !dialect.sha256.before.empty();
    CHECK((is_chained || dialect.one_statement == inlay::sql::OneStatement::none));
    // Where rows are not locked, writers take turns from where they begin.
    CHECK((!dialect.lock_rows.empty() || dialect.begin_write == "begin immediate"));
  }
}

TEST_CASE("what is said to a server before it has said whether it is MySQL or MariaDB is the same for both") {
  Dialect const& mysql = inlay::mysql::dialect;
  Dialect const& mariadb = inlay::mysql::dialect_of_mariadb;
  CHECK(mysql.session_kind == mariadb.session_kind);
  CHECK(mysql.quote == mariadb.quote);
  CHECK(mysql.prepares == mariadb.prepares);
  CHECK(mysql.takes_nul == mariadb.takes_nul);
  // Statements that are the same for every call are made with the store.
  CHECK(mysql.ordered_join == mariadb.ordered_join);
  CHECK(mysql.fence == mariadb.fence);
}

TEST_CASE("words in braces give way to what is meant by them, and to nothing else") {
  CHECK(filled("", {{"a", "x"}}).empty());
  CHECK(filled("no words", {{"a", "x"}}) == "no words");
  CHECK(filled("{a}", {{"a", "x"}}) == "x");
  CHECK(filled("({a}, {b}{a})", {{"a", "x"}, {"b", ""}}) == "(x, x)");
  CHECK(filled("{a}", {{"a", "{b}"}, {"b", "x"}}) == "{b}");
  CHECK(filled("{a} {c}", {{"a", "x"}}) == "x {c}");
  CHECK(filled("{a", {{"a", "x"}}) == "{a");
  CHECK(filled("a} {", {{"a", "x"}}) == "a} {");
}
