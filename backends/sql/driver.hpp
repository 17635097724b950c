// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_DRIVER_HPP
#define INLAY_BACKENDS_SQL_DRIVER_HPP

#include <backends/sql/dialect.hpp>
#include <backends/sql/failure.hpp>
#include <backends/sql/statement.hpp>
#include <inlay/storage/repository.hpp>

#include <exception>
#include <memory>
#include <string>
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

/** What one kind of database does in ways of its own on a connection. How it differs in words is its Dialect's;
    everything else is written once, beside this file. */
class Driver {
 public:
  virtual ~Driver() = default;

  /** The table of this database, in which a store may have an entry of its own. It is there as long as the driver, and
      another one once a server has said what it is. */
  [[nodiscard]] virtual Dialect const& dialect() const noexcept = 0;

  [[nodiscard]] virtual Capabilities capabilities() const = 0;

  // --------------------------------------------------------------------------------------------------- sessions

  /** Opens a connection, set up for use.

      @throws soci::soci_error, which classify() then tells.
  */
  [[nodiscard]] virtual std::unique_ptr<soci::session> connect() const = 0;

  /** Refuses a session of the host on whose settings a store would not be safe.

      @throws DatabaseFailure: unreachable
  */
  virtual void check_host(Connection& connection) const { static_cast<void>(connection); }

  /** What an exception out of SOCI means; `session` is null when it came out of connect(). The message must hold no
      bound value and no password. */
  [[nodiscard]] virtual DatabaseFailure classify(soci::session* session, std::exception const& error) const = 0;

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

  // ----------------------------------------------------------------------------------------- statements and rows

  /** Adds to a statement what it needs on the sessions there are; called once for each text that is prepared. */
  virtual void adapt(std::string& statement) const { static_cast<void>(statement); }

  /** Reads the row at which a statement is that has just been executed or moved by next_row(). */
  using RowReader = void (*)(soci::statement& query, std::vector<ValueType> const& columns, Row& row);

  /** How rows are read. SOCI's own way, which finds its place anew for each column, would cost more than some queries
      do. */
  [[nodiscard]] virtual RowReader row_reader() const = 0;

  /** Goes to the next row, if there is one.

      @throws soci::soci_error
  */
  [[nodiscard]] virtual bool next_row(soci::statement& query) const = 0;

  /** Ends a query of which no more rows are wanted, so that it pins nothing. */
  virtual void finish(soci::statement& query) const { static_cast<void>(query); }

  /** Lets go of the rows of a query that has been read, where they would stay in memory until it is run again. */
  virtual void release(soci::statement& query) const { static_cast<void>(query); }

  // ----------------------------------------------------------------------------------------------- transactions

  /** Whether a transaction is open on the connection. */
  [[nodiscard]] virtual bool is_in_transaction(soci::session& session) const = 0;

  /** Ends a transaction, if one is open. */
  virtual void roll_back(soci::session& session) const = 0;

  /** Runs statements as one transaction, in one round trip, and gives the integer of each; 0 of one that gives no row.
      Only where the dialect has Grouping::pipeline. Their texts are as they are sent, but for parameters.

      @throws soci::soci_error: nothing is done, unless classify() says that it may be.
  */
  [[nodiscard]] virtual std::vector<long long> run_together(soci::session& session,
                                                            std::vector<Statement const*> const& statements) const {
    static_cast<void>(session);
    static_cast<void>(statements);
    throw DatabaseFailure(FailureKind::other, "this database's commits are not sent together");
  }

  // ------------------------------------------------------------------------------------------- the store's place

  /** Makes sure that the store is still where the session was opened: a file can be moved while it is open. Asked now
      and then when a connection is lent, and always when a transaction begins that writes, before its COMMIT, and
      before that is acknowledged.

      @throws DatabaseFailure: moved
  */
  virtual void check_place(soci::session& session) const { static_cast<void>(session); }

  /** Takes what was changed or removed out of the store's files, on a connection without a transaction. Called with
      Capabilities::can_vacuum only.

      @throws DatabaseFailure: busy where others still read the store as it was before.
  */
  virtual void purge(Connection& connection) const { static_cast<void>(connection); }

  /** Writes the store's files anew, as purge() is called. */
  virtual void vacuum(Connection& connection) const { static_cast<void>(connection); }

  // -------------------------------------------------------------------------------------------------- migration

  /** Called once for a store, after it was found to be one that may be used and before it is written. */
  virtual void adopt(Connection& connection) const { static_cast<void>(connection); }

  /** Begins and ends what only one of several processes may do at a time: migrating. Where DDL commits itself, no more
      than a courtesy, by which the others wait in place of doing the same. */
  virtual void begin_migration(Connection& connection) const = 0;
  virtual void end_migration(Connection& connection) const = 0;

  /** Ends one that has failed, on a connection that is to be used further. */
  virtual void cancel_migration(Connection& connection) const noexcept;
};

}  // namespace inlay::sql

#endif
