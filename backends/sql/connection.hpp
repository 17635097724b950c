// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_CONNECTION_HPP
#define INLAY_BACKENDS_SQL_CONNECTION_HPP

#include <backends/sql/driver.hpp>
#include <backends/sql/least_recently_used.hpp>
#include <backends/sql/statement.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::sql {

/** One connection and its prepared statements. Used by one thread at a time.

    Every member throws DatabaseFailure.
*/
class Connection {
 public:
  explicit Connection(Driver const& driver);

  /** One of the host's, on which nothing is kept prepared. */
  Connection(Driver const& driver, soci::session& host);

  ~Connection();
  Connection(Connection const&) = delete;
  Connection& operator=(Connection const&) = delete;

  /** Runs a statement to its end, calls `on_row` for each row it gives, and returns how many rows it wrote.

      The statement stays prepared under its text, unless it says otherwise or that is long. Of those that stay, the
      ones used last do, as far as max_prepared_bytes go: statements differ by their filters, and a caller who invents
      ever new ones must not fill the memory, neither ours nor a server's.
  */
  long long run(Statement const& statement, std::span<Parameter const> parameters,
                std::function<void(Row&)> const& on_row = {});
  long long run(Statement const& statement, std::function<void(Row&)> const& on_row = {}) {
    return run(statement, statement.parameters(), on_row);
  }

  /** The same, until `on_row` says that it wants no more rows. Which of those that it does not get are read all the
      same is the client library's business. */
  void run_while(Statement const& statement, std::function<bool(Row&)> const& on_row) {
    execute(statement, statement.parameters(), on_row);
  }

  /** Runs a statement that is not worth keeping, such as DDL. */
  void run_once(std::string const& text);

  /** The one integer that a statement gives, or 0 when it gives none. */
  [[nodiscard]] long long number(Statement const& statement);

  /** Runs statements as one transaction; see Driver::run_together(). */
  [[nodiscard]] std::vector<long long> run_together(std::vector<Statement const*> const& statements);

  /** Ends the transaction, if one is open; a connection that can't even do that is broken. */
  void roll_back() noexcept;

  /** What may stay prepared on one connection, and what a statement's text may come to for it to stay. */
  static constexpr std::size_t max_prepared_bytes = std::size_t{2} << 20U;
  static constexpr std::size_t max_kept_text = std::size_t{8} << 10U;

  /** Makes sure that it is not used again. */
  void discard() noexcept { is_broken_ = true; }

  /** Whether the other side still answers; asks it. */
  [[nodiscard]] bool is_alive() noexcept;

  /** Makes sure that the store is still where it was opened, unless that was done just now: reads are many, and to ask
      costs as much as some of them. Who writes asks the driver itself. */
  void check_place();

  /** When it was opened, and when it was given back last. */
  std::chrono::steady_clock::time_point const opened = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_used{};

  /** Whether it must not be used again. */
  [[nodiscard]] bool is_broken() const noexcept { return is_broken_; }

  /** Whether it is to be replaced, and with it those that were opened before: the server takes no writes or serves
      nobody, where another may, or no longer has what was prepared. */
  [[nodiscard]] bool is_outdated() const noexcept { return is_outdated_; }

  [[nodiscard]] soci::session& session() noexcept { return *session_; }
  [[nodiscard]] bool is_hosts() const noexcept { return is_hosts_; }
  [[nodiscard]] Driver const& driver() const noexcept { return driver_; }
  [[nodiscard]] Dialect const& dialect() const noexcept { return driver_.dialect(); }

 private:
  struct Prepared;
  long long execute(Statement const& statement, std::span<Parameter const> parameters,
                    std::function<bool(Row&)> const& on_row);
  [[nodiscard]] std::string spelled(std::string const& text) const;
  [[nodiscard]] bool keeps(Statement const& statement) const noexcept;
  [[nodiscard]] std::unique_ptr<Prepared> prepare(Statement const& statement, std::span<Parameter const> parameters);
  Prepared& prepared(Statement const& statement, std::span<Parameter const> parameters);
  [[nodiscard]] DatabaseFailure failed(std::exception const& error);

  Driver const& driver_;
  std::unique_ptr<soci::session> own_;
  soci::session* session_ = nullptr;
  bool is_hosts_ = false;
  // After own_: statements must be destroyed before their session.
  LeastRecentlyUsed<std::shared_ptr<Prepared>> prepared_{max_prepared_bytes};
  bool is_broken_ = false;
  bool is_outdated_ = false;
  std::chrono::steady_clock::time_point place_checked_{};
};

/** For as long as it is there, the server may take its time: for what works on a whole store. */
class Unhurried {
 public:
  explicit Unhurried(Connection& connection);
  ~Unhurried();
  Unhurried(Unhurried const&) = delete;
  Unhurried& operator=(Unhurried const&) = delete;

 private:
  Connection& connection_;
};

/** Refuses a session of the host that is not open, or one of another kind of database, which must not be touched.

    @throws Exception: invalid_argument
*/
void require_open(Dialect const& dialect, soci::session& host);

/** A transaction; rolled back unless it was committed. */
class Transaction {
 public:
  /** Begins one that writes. */
  explicit Transaction(Connection& connection);

  /** Begins one that only reads, and sees the store as it was at one moment. */
  [[nodiscard]] static Transaction snapshot(Connection& connection) { return {connection, Snapshot()}; }

  ~Transaction();
  Transaction(Transaction const&) = delete;
  Transaction& operator=(Transaction const&) = delete;

  /** @throws DatabaseFailure: one that may_be_done() where nobody can tell whether it is. */
  void commit();
  void roll_back() noexcept;

 private:
  struct Snapshot {};
  Transaction(Connection& connection, Snapshot);

  Connection& connection_;
  bool is_open_ = true;
};

}  // namespace inlay::sql

#endif
