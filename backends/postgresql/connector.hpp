// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_POSTGRESQL_CONNECTOR_HPP
#define INLAY_BACKENDS_POSTGRESQL_CONNECTOR_HPP

// Sessions of SOCI on connections that are opened, and waited for, here. Those of SOCI itself block for as long as a
// server is silent, and throw away what it says about an error but for its number.

#include <backends/sql/column_type.hpp>
#include <backends/sql/least_recently_used.hpp>
#include <backends/sql/statement.hpp>

#include <libpq-fe.h>
#include <soci/soci.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#ifndef LIBPQ_HAS_PIPELINING
#error "inlay's PostgreSQL backend needs libpq 14 or newer"
#endif

namespace inlay::postgresql {

/** The function of the server's source code in which a commit waits for standbys. What it says is a notice: the wait
   was ended, and the transaction is committed on this server, and perhaps nowhere else. */
inline constexpr std::string_view waiting_for_standbys = "SyncRepWaitForLSN";

/** An error as the server tells it, or libpq where the server said nothing. The message is its first part only: what a
    server adds as DETAIL quotes rows. */
class Failure : public soci::soci_error {
 public:
  explicit Failure(std::string const& message, std::string state = {}, std::string function = {})
      : soci_error(message), state_(std::move(state)), function_(std::move(function)) {}

  /** SQLSTATE; empty when it does not come from the server. */
  [[nodiscard]] std::string const& state() const noexcept { return state_; }

  /** The function of the server's source code that has found it, where that is told. */
  [[nodiscard]] std::string const& function() const noexcept { return function_; }

 private:
  std::string state_;
  std::string function_;
};

/** Where sessions are opened, and how. */
struct Target {
  struct Host {
    std::string name{};
    std::string port{};
  };

  std::vector<Host> hosts{};  ///< tried in turn; empty: libpq knows from its environment

  /** Whether each session begins with another host, so that many are spread over all that would do. */
  bool is_spread = false;

  /** Whether a server is spoken to only encrypted, though nobody has asked for that: what fails there says so. */
  bool is_encrypted_unasked = false;
  std::vector<std::pair<std::string, std::string>> options{};  ///< of libpq: user, dbname, sslmode, ...
  std::chrono::milliseconds connect_timeout{};                 ///< for each address
  std::chrono::milliseconds read_timeout{};                    ///< how long a server may be silent; 0: for ever

  /** A query that is run once a session is open. Of a session that is shared it gives the names and values of what each
      transaction is to set for itself. */
  std::string set_up{};

  /** Whether a pooler gives each transaction another of the server's sessions, on which nothing may stay behind. */
  bool is_shared = false;

  /** Says what kind of server it must be (target_session_attrs). */
  void seek(std::string_view kind) {
    std::erase_if(options, [](auto const& option) { return option.first == "target_session_attrs"; });
    options.emplace_back("target_session_attrs", kind);
  }
};

struct ClearResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ClearResult>;

struct FinishConnection {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};
using OpenConnection = std::unique_ptr<PGconn, FinishConnection>;

class StatementOfSession;

/** A connection on which every wait is bounded. One that was silent for too long is closed, since what arrives late
    would be taken for the reply to something else.

    On a shared session, what is no transaction of several statements is sent as one all the same: with its begin,
    what it sets, and its end, in one go.
*/
class Session final : public soci::details::session_backend {
 public:
  /** @throws Failure */
  explicit Session(Target const& target);
  ~Session() override;

  bool is_connected() override;
  void begin() override { static_cast<void>(run("begin")); }
  void commit() override { static_cast<void>(run("commit")); }
  void rollback() override { static_cast<void>(run("rollback")); }
  std::string get_dummy_from_table() const override { return {}; }
  std::string get_backend_name() const override { return "postgresql"; }
  soci::details::statement_backend* make_statement_backend() override;
  soci::details::rowid_backend* make_rowid_backend() override;
  soci::details::blob_backend* make_blob_backend() override;

  /** Runs statements as one transaction, all sent before a reply is waited for, and gives what came of each. They are
      prepared along the way, unless the session is shared, and stay so as far as max_kept_bytes go. */
  [[nodiscard]] std::vector<Result> run_together(std::vector<sql::Statement const*> const& statements);

  static constexpr std::size_t max_kept_bytes = std::size_t{512} << 10U;

  /** Null once it was closed, which libpq takes for a dead connection. */
  [[nodiscard]] PGconn* connection() const noexcept { return connection_.get(); }

  /** Whether the server is a standby, as far as it says so: one that was made a primary keeps its sessions. */
  [[nodiscard]] bool is_on_standby() const noexcept;

  /** Whether silence is bounded by Target::read_timeout, as it is unless told otherwise. */
  void limit_silence(bool is_limited) noexcept;

 private:
  friend class StatementOfSession;

  /** The name of a statement that is prepared for run_together(); deallocated some time after nobody has it. */
  struct Kept {
    Kept(Session& its, std::string its_name) : session(its), name(std::move(its_name)) {}
    ~Kept() {
      if (is_there) session.forget(std::move(name));
    }
    Kept(Kept const&) = delete;
    Kept& operator=(Kept const&) = delete;

    Session& session;
    std::string name;
    bool is_there = false;  // the server has said so
  };

  using Sender = std::function<bool(PGconn*)>;  // false: libpq would not

  /** One statement or several, without parameters; gives the rows of the last that has some. */
  [[nodiscard]] Result run(std::string const& text);
  [[nodiscard]] Result run(Sender const& send);
  [[nodiscard]] Result run_as_transaction(Sender const& send);
  void receive(std::function<void(std::size_t, Result)> const& take, std::optional<Failure>& failure);
  void roll_back_failed() noexcept;
  [[nodiscard]] Result run_alone_or_within(Sender const& send);
  [[nodiscard]] std::string next_name();
  void forget(std::string name) noexcept;
  void deallocate_forgotten();

  [[nodiscard]] Result next_result();
  void wait(short events);
  void require_connection() const;
  void refuse_local_commit(std::optional<Failure> const& failure);
  [[nodiscard]] Failure lost() const;
  void close() noexcept { connection_.reset(); }

  Target const& target_;
  OpenConnection connection_;
  std::chrono::milliseconds silence_;
  std::vector<std::string> settings_{};   // of each transaction on a shared session
  std::vector<std::string> forgotten_{};  // prepared statements that nobody needs any more
  long long names_ = 0;
  sql::LeastRecentlyUsed<std::shared_ptr<Kept>> kept_{max_kept_bytes};
  bool is_commit_local_ = false;  // the server has said so of the last one
};

/** A statement of such a session. It exchanges what Statement does, integers of 64 bits and texts, and whoever runs it
    reads the rows from result(); anything else that SOCI has is refused. */
class StatementOfSession final : public soci::details::statement_backend {
 public:
  explicit StatementOfSession(Session& session) : session_(session) {}
  ~StatementOfSession() override;

  /** What came of the last execution, and the row at which it is. */
  [[nodiscard]] PGresult const* result() const noexcept { return result_.get(); }
  [[nodiscard]] int row() const noexcept { return row_; }

  /** Lets go of it. */
  void release() noexcept { result_.reset(); }

  void alloc() override {}
  void clean_up() override {}
  void prepare(std::string const& query, soci::details::statement_type type) override;
  exec_fetch_result execute(int number) override;
  exec_fetch_result fetch(int number) override;
  long long get_affected_rows() override;
  int get_number_of_rows() override { return PQntuples(result_.get()) - row_; }
  std::string get_parameter_name(int index) const override { return 'p' + std::to_string(index + 1); }
  std::string rewrite_for_procedure_call(std::string const& query) override { return "select " + query; }
  int prepare_for_describe() override;
  void describe_column(int number, sql::ColumnType& type, std::string& name) override;
  soci::details::standard_into_type_backend* make_into_type_backend() override;
  soci::details::standard_use_type_backend* make_use_type_backend() override;
  soci::details::vector_into_type_backend* make_vector_into_type_backend() override;
  soci::details::vector_use_type_backend* make_vector_use_type_backend() override;

 private:
  friend class ParameterOfStatement;

  Session& session_;
  std::string text_{};
  std::string name_{};  // empty: it is not kept prepared
  std::vector<char const*> values_{};
  Result result_{};
  int row_ = 0;
};

/** Makes such sessions for SOCI; each needs its Target for as long as it lives. */
class SessionFactory final : public soci::backend_factory {
 public:
  explicit SessionFactory(Target target) : target_(std::move(target)) {}
  soci::details::session_backend* make_session(soci::connection_parameters const&) const override {
    return new Session(target_);
  }

 private:
  Target target_;
};

}  // namespace inlay::postgresql

#endif
