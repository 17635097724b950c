// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_MYSQL_CONNECTOR_HPP
#define INLAY_BACKENDS_MYSQL_CONNECTOR_HPP

// Our own connections, as sessions of SOCI. SOCI's own MySQL session connects in its constructor, where nothing can be
// decided between the greeting and the password, and it writes values into the text of statements. Here the client's
// library is told what a connection may do before it is made, and values are bound: the server is sent a statement once
// and then only values, which nothing can take for SQL.

#include <backends/sql/column_type.hpp>
#include <backends/sql/statement.hpp>

#include <soci/soci-backend.h>

#include <mysql.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay::mysql {

/** What must be true of a connection before anything is said on it that is not for everybody. */
enum class Encryption {
  none,       ///< it is in plain text
  required,   ///< it is encrypted, and nobody knows to whom
  authority,  ///< and the server's certificate is signed by one of `ssl_ca`
  identity,   ///< and it is for the host that was meant
};

/** Where a connection leads, and for how long it waits. */
struct ConnectOptions {
  std::size_t number = 0;  ///< of the URL's hosts
  std::optional<std::string> host{};
  unsigned port = 0;
  std::optional<std::string> socket{};
  std::optional<std::string> user{};
  std::optional<std::string> password{};
  std::string database{};
  Encryption encryption = Encryption::none;
  bool is_local = false;  ///< it leads to this machine, as do the URL's other hosts (sql::is_this_machine())
  std::optional<std::string> ssl_ca{};
  std::optional<std::string> ssl_cert{};
  std::optional<std::string> ssl_key{};
  std::chrono::seconds connect_timeout{};
  std::chrono::seconds read_timeout{};   ///< 0: none
  std::chrono::seconds write_timeout{};  ///< 0: none

  /** Whether whoever answers may be told the password itself, which some of a server's ways to ask for it need. */
  [[nodiscard]] bool may_hand_over_password() const noexcept {
    return encryption >= Encryption::authority || (is_local && encryption == Encryption::none);
  }
};

/** One connection. Every member throws soci::mysql_soci_error. */
class Session final : public soci::details::session_backend {
 public:
  /** Connects; until limit_silence() is called, the server may be silent for `connect_timeout`.

      Where it is to be encrypted, no user's name and no answer to anything leaves before it is, and before the
      certificate was looked at. Unless options.may_hand_over_password(), only the plugins that keep it to themselves
      answer: mysql_native_password and client_ed25519.
  */
  explicit Session(ConnectOptions const& options);

  /** Sends a text that holds no values, and reads what it gives, if anything. */
  std::vector<std::vector<std::string>> query(std::string const& text);

  /** Whether a server that says nothing is given up after `read_timeout`, and one that takes nothing after
      `write_timeout`. */
  void limit_silence(bool is_limited) noexcept;

  /** Says how large a statement may be, which the server alone knows. */
  void set_max_packet(std::size_t bytes) noexcept { max_packet_ = bytes; }

  /** Refuses what the server would not take, with the server's own number for that: it would end the connection, and
      then nobody would know what came of a commit. */
  void require_fits(std::size_t bytes) const;

  /** To which of the URL's hosts it leads. */
  [[nodiscard]] std::size_t host() const noexcept { return host_; }

  /** Whether the server was a node of a Galera cluster when the session was opened. */
  [[nodiscard]] bool is_of_node() const noexcept { return is_of_node_; }
  void set_of_node(bool is_of_node) noexcept { is_of_node_ = is_of_node; }

  [[nodiscard]] MYSQL* handle() const noexcept { return connection_.get(); }
  [[noreturn]] void fail() const;

  bool is_connected() override { return mysql_ping(handle()) == 0; }
  void begin() override { query("begin"); }
  void commit() override { query("commit"); }
  void rollback() override { query("rollback"); }
  std::string get_backend_name() const override { return "mysql"; }
  std::string get_dummy_from_table() const override { return {}; }
  soci::details::statement_backend* make_statement_backend() override;
  soci::details::rowid_backend* make_rowid_backend() override;
  soci::details::blob_backend* make_blob_backend() override;

 private:
  [[noreturn]] void fail_to_connect(ConnectOptions const& options) const;

  std::unique_ptr<MYSQL, decltype(&mysql_close)> connection_;
  std::chrono::seconds read_timeout_;
  std::chrono::seconds write_timeout_;
  std::size_t host_;
  bool is_of_node_ = false;
  std::size_t max_packet_ = 0;
};

/** A statement whose values are bound, or, when it has none and gives no rows, a text that is sent as it is: the server
    prepares not all of those.

    Rows are not fetched by SOCI: see read_row().
*/
class BoundStatement final : public soci::details::statement_backend {
 public:
  explicit BoundStatement(Session& session) : session_(session) {}
  ~BoundStatement() override = default;

  /** Reads the row at which it is. */
  void read_row(std::vector<sql::ValueType> const& columns, sql::Row& row);

  /** Ends what it has given, the results after the first one too, of which a block leaves at least one. */
  void finish();

  void alloc() override {}
  void clean_up() override { statement_.reset(); }
  void prepare(std::string const& query, soci::details::statement_type type) override;
  exec_fetch_result execute(int number) override;
  exec_fetch_result fetch(int number) override;
  long long get_affected_rows() override { return affected_rows_; }
  int get_number_of_rows() override { return 0; }
  std::string get_parameter_name(int index) const override;
  std::string rewrite_for_procedure_call(std::string const& query) override { return query; }
  int prepare_for_describe() override { return 0; }
  void describe_column(int number, sql::ColumnType& type, std::string& name) override;
  soci::details::standard_into_type_backend* make_into_type_backend() override;
  soci::details::standard_use_type_backend* make_use_type_backend() override;
  soci::details::vector_into_type_backend* make_vector_into_type_backend() override;
  soci::details::vector_use_type_backend* make_vector_use_type_backend() override;

 private:
  using Flag = std::remove_pointer_t<decltype(MYSQL_BIND::is_null)>;  // MySQL's own library has another than MariaDB's
  class Use;
  struct Given {
    void const* data = nullptr;
    soci::details::exchange_type type{};
    bool is_null = false;
  };
  struct Taken {
    long long number = 0;
    unsigned long size = 0;
    Flag is_null{};
    Flag is_cut{};
  };

  void bind_given();
  void bind_taken(unsigned columns);
  [[noreturn]] void fail() const;

  Session& session_;
  std::unique_ptr<MYSQL_STMT, decltype(&mysql_stmt_close)> statement_{nullptr, &mysql_stmt_close};
  std::string text_;                 // where nothing is prepared
  std::vector<std::size_t> places_;  // of each question mark: which value belongs there
  std::vector<Given> given_;
  std::vector<MYSQL_BIND> given_binds_;
  std::vector<Taken> taken_;
  std::vector<MYSQL_BIND> taken_binds_;
  long long affected_rows_ = 0;
};

/** Makes our connections where SOCI makes sessions. */
class Connector final : public soci::backend_factory {
 public:
  explicit Connector(ConnectOptions options) : options_(std::move(options)) {}
  Session* make_session(soci::connection_parameters const&) const override { return new Session(options_); }

 private:
  ConnectOptions options_;
};

}  // namespace inlay::mysql

#endif
