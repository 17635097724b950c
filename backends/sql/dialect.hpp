// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_DIALECT_HPP
#define INLAY_BACKENDS_SQL_DIALECT_HPP

// How databases with SQL differ in what is only text, or a yes or no: a table for each of them, in
// backends/<database>/dialect.hpp, all in this order, to be read side by side. What happens on a connection is in
// driver.hpp; everything else is written once, beside this file.

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace inlay::sql {

/** How a commit can be put into one statement. */
enum class OneStatement {
  none,          ///< not at all
  with_queries,  ///< with ... as (update ...), as PostgreSQL has it
  block,         ///< begin not atomic ... end, as MariaDB has it
};

/** How commits that wait for each other are done together, in one transaction. */
enum class Grouping {
  none,      ///< each is a transaction of its own
  steps,     ///< step by step, each behind a savepoint, where a step costs no round trip
  pipeline,  ///< a statement for each, sent together behind the one that locks the counter
};

/** How a page is kept from reading more documents than it may hold (max_page_bytes). Where whatever a
    statement gives is in memory before the first row of it can be looked at, the database must not give more. */
enum class PageBound {
  reading,  ///< rows are made while they are read, so that it is enough to read no further
  rows,     ///< by a running sum over the rows: texts that are large are not looked into, nor copied
  keys,     ///< by a running sum over keys, of which then the rows are read
};

/** The column types that the schema is written in. */
struct ColumnTypes {
  std::string_view id;        ///< 36 characters
  std::string_view name;      ///< up to 255 characters, compared byte for byte, part of keys
  std::string_view document;  ///< text of any length
  std::string_view integer;   ///< 64 bits
  std::string_view boolean;   ///< 0 or 1, read as an integer
};

/** How it is found whether a part of the schema is there. */
struct SchemaPart {
  /** A query that counts the tables named :p1, or the indexes or columns of that table that are named :p2. */
  std::string_view count;
  /** What stands before a name for it to be no error that there is such a thing already; empty where nothing does. */
  std::string_view if_not_exists;
};

/** An expression on a column, which stands between the two. */
struct Around {
  std::string_view before;
  std::string_view after;
};

/** A query for what an inner one selects, "created_at" and "id" up to its limit, for each "id" that an outer one
    selects: `begin`, the outer, `between`, the inner, `end`. Where conditions cannot gate a query, "id" alone will do.
 */
struct Lateral {
  static constexpr std::string_view outer_id = R"(i."id")";  ///< what the inner one calls it

  std::string_view begin;
  std::string_view between;
  std::string_view end;
};

/** All that is told without asking anybody.

    Identifiers stand in double quotes, and parameters are :p1, :p2, ..., as in a Statement. Words in braces stand for
    what filled() puts there. No member has a default: who adds one says it of every database.
*/
struct Dialect {
  // ------------------------------------------------------------------------------------------------- statements

  /** What SOCI calls the sessions of this database. */
  std::string_view session_kind;

  /** What identifiers stand in when a statement is sent. */
  char quote;

  /** Whether statements are kept prepared on the server, which some poolers in between cannot do. */
  bool prepares;

  /** Whether U+0000 in a text arrives; where not, such a text is refused before it is cut short. */
  bool takes_nul;

  // ----------------------------------------------------------------------------------------------------- schema

  ColumnTypes types;

  /** What follows the closing bracket of create table. */
  std::string_view table_options;

  /** whether a column that lies after a long one in a row is read by reading the long one, too: where it is added up,
     an index has it then. On others such an index would be one more to write, and one more to be taken for the wrong
     query. */
  bool reads_rows_whole;

  /** Whether each statement of a migration that makes something is done for good at once, whatever transaction is open.
      A migration that was interrupted is then done again, where what is there already is passed over. */
  bool commits_ddl;

  /** Of tables the query alone is set where commits_ddl is not, of the others nothing. */
  SchemaPart table;
  SchemaPart index;
  SchemaPart column;

  /** What follows `not null` of a column that is added to a table: the rows that are there have 0 in it then. */
  std::string_view added_column;

  /** A statement after which no row can be inserted into a {table} without a value for a {column} that was added so;
      empty where none can anyway. */
  std::string_view refuse_default;

  // ----------------------------------------------------------------------------------------------- transactions

  /** The statement that begins a transaction which will write. */
  std::string_view begin_write;

  /** The statements that begin a transaction whose reads all see the store as it was at one moment; the second may be
      empty. */
  std::array<std::string_view, 2> begin_snapshot;

  /** What follows a select of rows that must stay as they are until the transaction ends. Empty where writers take
      turns anyway; elsewhere each writer takes the counter before any other row, so that two never wait for each other.
   */
  std::string_view lock_rows;

  /** An expression that limits, for the rest of a transaction, how long it waits for locks; empty where the connection
      is set up so. For commits in one statement: others have it in begin_write. */
  std::string_view limit_lock_wait;

  /** An expression that gives the server's clock, in microseconds since 1970, to the second at least, and is the same
      throughout a statement; empty where there is no server, and so our own clock is the store's. */
  std::string_view clock;

  /** The SHA-256 of an expression, as text; empty where no commit is one statement. */
  Around sha256;

  /** How a commit of one change is done in one round trip; where not, it is done step by step. */
  OneStatement one_statement;

  /** How commits are grouped on connections of a store's own. */
  Grouping grouping;

  /** Whether a transaction that reads from a snapshot can write over what others have committed since, and then sees
      its own rows among those of the snapshot. */
  bool writes_behind_snapshot;

  /** Whether statements can go on in a transaction in which one has failed. */
  bool transaction_survives_failure;

  /** Whether the end of a transaction may wait for other servers, so that one whose end nobody has seen can be found in
      the store before they have it. They have it when a later one has ended. */
  bool waits_for_others;

  /** Whether what was told to have been taken back may have been done after all. */
  bool may_be_done_after_all;

  // ---------------------------------------------------------------------------------------------------- queries

  /** Whether an index serves `(a, b) > (x, y)`. */
  bool seeks_row_values;

  /** A join for which the table on its left is read first, whatever the database thinks of that: the rows of a list are
      read in their order. */
  std::string_view ordered_join;

  /** What ends a lateral subquery that is to be run for each row of the tables before it, whatever the database thinks
      of that; empty where ordered_join and an index do. */
  std::string_view fence;

  /** Nothing: there is none that is worth its while. */
  std::optional<Lateral> lateral;

  /** Whether a condition on no column of a query keeps the query from being run at all. */
  bool can_gate;

  /** Whether a union in an order is merged from selects that are read only as far as it is. */
  bool merges_unions;

  /** Whether statements are planned once, before their values are known, and so must say how many rows are wanted. */
  bool plans_ahead;

  /** Whether a subquery with a limit is made a table first, which costs more than all the rest of a small query. */
  bool makes_tables_of_subqueries;

  /** How pages are bounded by their documents. */
  PageBound page_bound;

  /** A function that tells how large a text is, near enough, and at best without reading it. */
  std::string_view text_size;

  /** How many bytes a column's text has, exactly; it may read the text for that. */
  Around byte_size;

  /** A query that gives 1 on a server that takes no writes and may be behind another; empty where there is no such. */
  std::string_view asks_for_replica;
};

/** A word that stands in braces, and what is meant by it. */
struct Word {
  std::string_view name;
  std::string_view meaning;
};

/** A text with what is meant in place of its words in braces. One that is not among `words` stays as it is. */
[[nodiscard]] inline std::string filled(std::string_view text, std::initializer_list<Word> words) {
  std::string result;
  while (!text.empty()) {
    std::size_t const open = std::min(text.find('{'), text.size());
    std::size_t const close = std::min(text.find('}', open), text.size());
    result += text.substr(0, open);
    if (close == text.size()) return result.append(text.substr(open));
    std::string_view const name = text.substr(open + 1, close - open - 1);
    auto const word = std::find_if(words.begin(), words.end(), [&](Word const& one) { return one.name == name; });
    result += word == words.end() ? text.substr(open, close + 1 - open) : word->meaning;
    text.remove_prefix(close + 1);
  }
  return result;
}

}  // namespace inlay::sql

#endif
