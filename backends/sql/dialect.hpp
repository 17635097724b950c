// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_DIALECT_HPP
#define INLAY_BACKENDS_SQL_DIALECT_HPP

#include <backends/sql/failure.hpp>
#include <backends/sql/statement.hpp>
#include <inlay/storage/repository.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace soci {
class session;
class statement;
}  // namespace soci

// SOCI does not export what the undefined behaviour sanitizer needs to check casts to its backends' types.
#ifdef __GNUC__
#define INLAY_UNCHECKED_CAST __attribute__((no_sanitize("vptr")))
#else
#define INLAY_UNCHECKED_CAST
#endif

namespace inlay::sql {

class Connection;

/** The column types that the schema is written in. */
enum class ColumnKind {
  id,        ///< 36 characters
  name,      ///< up to 255 characters, compared byte for byte, part of keys
  document,  ///< text of any length
  integer,   ///< 64 bits
  boolean,   ///< 0 or 1, read as an integer
};

/** What a step of a migration makes. */
enum class SchemaPart { table, index, column };

/** How a commit can be put into one statement. */
enum class OneStatement {
  none,          ///< not at all
  with_queries,  ///< with ... as (update ...), as PostgreSQL has it
  block,         ///< begin not atomic ... end, as MariaDB has it
};

/** How a page is kept from reading more documents than it may hold (max_page_bytes). Where whatever a
    statement gives is in memory before the first row of it can be looked at, the database must not give more. */
enum class PageBound {
  reading,  ///< rows are made while they are read, so that it is enough to read no further
  rows,     ///< by a running sum over the rows: texts that are large are not looked into, nor copied
  keys,     ///< by a running sum over keys, of which then the rows are read
};

/** All that one kind of database has of its own; everything else is written once, beside this file. */
class Dialect {
 public:
  virtual ~Dialect() = default;

  [[nodiscard]] virtual Capabilities capabilities() const = 0;

  // ------------------------------------------------------------------------------------------------ connections

  /** What SOCI calls the sessions of this database. */
  [[nodiscard]] virtual std::string_view session_kind() const = 0;

  /** Refuses a session of the host on whose settings a store would not be safe.

      @throws DatabaseFailure: unreachable
  */
  virtual void check_host(Connection& connection) const { static_cast<void>(connection); }

  /** Opens a connection, set up for use.

      @throws soci::soci_error, which classify() then tells.
  */
  [[nodiscard]] virtual std::unique_ptr<soci::session> connect() const = 0;

  /** What an exception out of SOCI means; `session` is null when it came out of connect(). The message must hold no
      bound value and no password. */
  [[nodiscard]] virtual DatabaseFailure classify(soci::session* session, std::exception const& error) const = 0;

  /** Ends a query of which no more rows are wanted, so that it pins nothing. */
  virtual void finish(soci::statement& query) const { static_cast<void>(query); }

  /** Lets go of the rows of a query that has been read, where they would stay in memory until it is run again. */
  virtual void release(soci::statement& query) const { static_cast<void>(query); }

  /** Reads the row at which a statement is that has just been executed or moved by next_row(). */
  using RowReader = void (*)(soci::statement& query, std::vector<ValueType> const& columns, Row& row);

  /** How rows are read. SOCI's own way, which finds its place anew for each column, would cost more than some queries
      do. */
  [[nodiscard]] virtual RowReader row_reader() const = 0;

  /** Goes to the next row, if there is one.

      @throws soci::soci_error
  */
  [[nodiscard]] virtual bool next_row(soci::statement& query) const = 0;

  /** Whether a transaction is open on the connection. */
  [[nodiscard]] virtual bool is_in_transaction(soci::session& session) const = 0;

  /** Whether the other side still answers; asks it. */
  [[nodiscard]] virtual bool is_alive(soci::session& session) const {
    static_cast<void>(session);
    return true;
  }

  /** Whether an idle session is to be replaced by one to another of the store's servers, which connect() then finds.
      Asks nobody. */
  [[nodiscard]] virtual bool is_to_be_given_up(soci::session& session) const {
    static_cast<void>(session);
    return false;
  }

  /** Makes sure that the store is still where the session was opened: a file can be moved while it is open. Asked now
      and then when a connection is lent, and always when a transaction begins that writes, before its COMMIT, and
      before that is acknowledged.

      @throws DatabaseFailure: moved
  */
  virtual void check_place(soci::session& session) const { static_cast<void>(session); }

  /** Whether a server that says nothing is given up after a while. It is so once a connection is open, where the
      database has such a limit; never on the host's. */
  virtual void limit_silence(soci::session& session, bool is_limited) const {
    static_cast<void>(session);
    static_cast<void>(is_limited);
  }

  /** Whether the server of a session that was opened to one that follows another still does. */
  [[nodiscard]] virtual bool still_follows(soci::session& session) const {
    static_cast<void>(session);
    return true;
  }

  /** Takes what was changed or removed out of the store's files, on a connection without a transaction. Called with
      Capabilities::can_vacuum only.

      @throws DatabaseFailure: busy where others still read the store as it was before.
  */
  virtual void purge(Connection& connection) const { static_cast<void>(connection); }

  /** Writes the store's files anew, as purge() is called. */
  virtual void vacuum(Connection& connection) const { static_cast<void>(connection); }

  /** Whether statements are kept prepared on the server, which some poolers in between cannot do. */
  [[nodiscard]] virtual bool prepares() const { return true; }

  /** Whether U+0000 in a text arrives; where not, such a text is refused before it is cut short. */
  [[nodiscard]] virtual bool takes_nul() const { return true; }

  /** Ends a transaction, if one is open. */
  virtual void roll_back(soci::session& session) const = 0;

  // ------------------------------------------------------------------------------------------------------- DDL

  [[nodiscard]] virtual std::string_view column_type(ColumnKind kind) const = 0;

  /** What follows the closing bracket of create table. */
  [[nodiscard]] virtual std::string_view table_options() const { return ""; }

  /** A query that counts the tables named :p1. */
  [[nodiscard]] virtual std::string_view count_tables() const = 0;

  /** Whether a column that lies behind a long one in a row is read by reading the long one, too: where it is added up,
     an index has it then. On others such an index would be one more to write, and one more to be taken for the wrong
      query. */
  [[nodiscard]] virtual bool reads_rows_whole() const { return false; }

  /** Queries that count the indexes, and the columns, named :p2 of the table :p1. Called with commits_ddl() only. */
  [[nodiscard]] virtual std::string_view count_indexes() const { return ""; }
  [[nodiscard]] virtual std::string_view count_columns() const { return ""; }

  /** What stands before a name for it to be no error that there is such a thing already; empty where nothing does.
      Called with commits_ddl() only. */
  [[nodiscard]] virtual std::string_view if_not_exists(SchemaPart part) const {
    static_cast<void>(part);
    return "";
  }

  /** Called once for a store, after it was found to be one that may be used and before it is written. */
  virtual void adopt(Connection& connection) const { static_cast<void>(connection); }

  /** Whether each statement of a migration that makes something is done for good at once, whatever transaction is open.
      A migration that was interrupted is then done again, where what is there already is passed over. */
  [[nodiscard]] virtual bool commits_ddl() const { return false; }

  /** What follows `not null` of a column that is added to a table: the rows that are there have 0 in it then. */
  [[nodiscard]] virtual std::string_view added_column() const { return "default 0"; }

  /** A statement after which no row can be inserted into a table without a value for a column that was added so; empty
      where none can anyway. */
  [[nodiscard]] virtual std::string refuse_default(std::string const& table, std::string_view column) const;

  /** Begins and ends what only one of several processes may do at a time: migrating. With commits_ddl() no more than a
      courtesy, by which the others wait in place of doing the same. */
  virtual void begin_migration(Connection& connection) const = 0;
  virtual void end_migration(Connection& connection) const = 0;

  /** Ends one that has failed, on a connection that is to be used further. */
  virtual void cancel_migration(Connection& connection) const noexcept;

  // ------------------------------------------------------------------------------------------------------- SQL

  /** The statement that begins a transaction which will write. */
  [[nodiscard]] virtual std::string_view begin_write() const { return "begin"; }

  /** Begins a transaction whose reads all see the store as it was at one moment; as standard SQL says it, unless
      overridden. */
  virtual void begin_snapshot(Connection& connection) const;

  /** What follows a select of rows that must stay as they are until the transaction ends. Empty where writers take
      turns anyway; elsewhere each writer takes the counter before any other row, so that two never wait for each other.
   */
  [[nodiscard]] virtual std::string_view lock_rows() const { return " for update"; }

  /** Whether a transaction that reads from a snapshot can write over what others have committed since, and then sees
      its own rows among those of the snapshot. */
  [[nodiscard]] virtual bool writes_behind_snapshot() const { return false; }

  /** How a commit of one change is done in one round trip; where not, it is done step by step. */
  [[nodiscard]] virtual OneStatement one_statement() const { return OneStatement::none; }

  /** An expression that limits, for the rest of a transaction, how long it waits for locks; empty where the connection
      is set up so. For commits in one statement: others have it in begin_write(). */
  [[nodiscard]] virtual std::string_view limit_lock_wait() const { return ""; }

  /** Whether statements can go on in a transaction in which one has failed. */
  [[nodiscard]] virtual bool transaction_survives_failure() const { return true; }

  /** Whether an index serves `(a, b) > (x, y)`. */
  [[nodiscard]] virtual bool seeks_row_values() const { return true; }

  /** A join for which the table on its left is read first, whatever the database thinks of that: the rows of a list are
      read in their order. */
  [[nodiscard]] virtual std::string_view ordered_join() const { return " join "; }

  /** What ends a lateral subquery that is to be run for each row of the tables before it, whatever the database thinks
      of that; empty where ordered_join() and an index do. */
  [[nodiscard]] virtual std::string_view fence() const { return ""; }

  /** Whether for_each() can be used. */
  [[nodiscard]] virtual bool can_probe() const { return false; }

  /** Whether a condition on no column of a query keeps the query from being run at all. */
  [[nodiscard]] virtual bool can_gate() const { return false; }

  /** Whether a union in an order is merged from selects that are read only as far as it is. */
  [[nodiscard]] virtual bool merges_unions() const { return false; }

  /** Whether statements are planned once, before their values are known, and so must say how many rows are wanted. */
  [[nodiscard]] virtual bool plans_ahead() const { return false; }

  /** Appends a query for what `inner` selects, "created_at" and "id" up to its limit, for each "id" that `outer`
      selects; `inner` is told how to name the latter. `end` appends conditions, order and limit of the whole. Where
      can_gate() is false, "id" and no end will do. */
  virtual void for_each(Statement& statement, std::function<void(Statement&)> const& outer,
                        std::function<void(Statement&, std::string_view)> const& inner,
                        std::function<void(Statement&)> const& end) const {
    statement << "select x.\"created_at\", x.\"id\" from (";
    outer(statement);
    statement << ") i cross join lateral (";
    inner(statement, "i.\"id\"");
    statement << ") x";
    end(statement);
  }

  /** Whether the end of a transaction may wait for other servers, so that one whose end nobody has seen can be found in
      the store before they have it. They have it when a later one has ended. */
  [[nodiscard]] virtual bool waits_for_others() const { return false; }

  /** A query that gives 1 on a server that takes no writes and may be behind another; empty where there is no such. */
  [[nodiscard]] virtual std::string_view is_replica() const { return ""; }

  /** A function that tells how large a text is, near enough, and at best without reading it. */
  [[nodiscard]] virtual std::string_view text_size() const { return "octet_length"; }

  /** How many bytes a column's text has, exactly; it may read the text for that. */
  [[nodiscard]] virtual std::string byte_size(std::string const& column) const {
    return "octet_length(" + column + ')';
  }

  /** How pages are bounded by their documents. */
  [[nodiscard]] virtual PageBound page_bound() const { return PageBound::keys; }

  /** A statement as this database spells it; called once for each text that is prepared. */
  [[nodiscard]] virtual std::string spell(std::string const& text) const { return text; }

  /** Moves the counter in table `counter` and gives the new revision. */
  [[nodiscard]] virtual long long next_revision(Connection& connection, std::string const& counter) const = 0;
};

}  // namespace inlay::sql

#endif
