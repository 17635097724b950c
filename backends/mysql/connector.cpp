// SPDX-License-Identifier: BSL-1.0
#include <backends/mysql/connector.hpp>

#include <soci/mysql/soci-mysql.h>
#include <soci/soci.h>

#include <errmsg.h>
#ifdef MARIADB_PACKAGE_VERSION
#include <ma_pvio.h>
#include <mysql/plugin_auth.h>
#if MARIADB_PACKAGE_VERSION_ID < 30300
#error "inlay's MySQL backend needs MariaDB Connector/C 3.3 or newer, or the client library of MySQL 8"
#endif
#endif

#include <array>
#include <cctype>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#ifdef MARIADB_PACKAGE_VERSION
extern "C" struct st_mysql_client_plugin* STDCALL mysql_client_register_plugin(MYSQL*, struct st_mysql_client_plugin*);
#endif

namespace inlay::mysql {

namespace {

constexpr unsigned too_large = 1153;  // ER_NET_PACKET_TOO_LARGE

[[nodiscard]] char const* or_null(std::optional<std::string> const& text) { return text ? text->c_str() : nullptr; }

[[nodiscard]] soci::soci_error not_made(char const* what) {
  return soci::soci_error(std::string("inlay's sessions of MySQL have no ") + what);
}

constexpr char const* not_encrypted = "the server does not encrypt the connection";

#ifdef MARIADB_PACKAGE_VERSION

// MariaDB's library goes on in plain text when the server, or somebody on the way, says that it can't encrypt, and
// answers in whatever way the server's greeting asks for. So connections that must be encrypted begin with a plugin of
// ours, which is the only one that may answer before they are.
constexpr char const* gate_name = "inlay_encrypted_first";

/** Says nothing to a server before the connection is encrypted, and then nothing but that somebody wants to come in:
   which plugin is to answer is what the server says to that. */
int pass_gate(MYSQL_PLUGIN_VIO* wire, MYSQL* connection) {
  auto const refuse = [&] {
    connection->net.last_errno = CR_SSL_CONNECTION_ERROR;
    std::snprintf(connection->net.last_error, sizeof connection->net.last_error, "%s", not_encrypted);
    return CR_ERROR;
  };
  if ((connection->server_capabilities & CLIENT_SSL) == 0) return refuse();
  // With the first packet the library encrypts, where it fails unless the certificate is as the options demand.
  if (wire->write_packet(wire, nullptr, 0) != 0) return CR_ERROR;
  if (!mysql_get_ssl_cipher(connection)) return refuse();
  char const* ssl_ca = nullptr;
  mysql_get_option(connection, MYSQL_OPT_SSL_CA, &ssl_ca);
  char const* const plugins = ssl_ca ? nullptr : "mysql_native_password,client_ed25519";
  return mysql_optionsv(connection, MARIADB_OPT_RESTRICTED_AUTH, plugins) == 0 ? CR_OK : CR_ERROR;
}

/** A plugin of version 1.0 of the client plugin API. The library's header for it includes one that is not installed. */
struct AuthenticationPlugin {
  int type = 2;  // authentication
  unsigned interface_version = 0x0100;
  char const* name = gate_name;
  char const* author = "inlay";
  char const* description = "says nothing in plain text";
  std::array<unsigned, 3> version{1, 0, 0};
  char const* license = "BSL-1.0";
  void* api = nullptr;
  int (*init)(char*, std::size_t, int, std::va_list) = nullptr;
  int (*deinit)() = nullptr;
  int (*options)(char const*, void const*) = nullptr;
  int (*authenticate_user)(MYSQL_PLUGIN_VIO*, MYSQL*) = &pass_gate;
};

/** What a connection's secrecy rests on the library has to know. */
void must_take(int refused) {
  if (refused == 0) return;
  throw soci::mysql_soci_error("the client's library does not know an option that keeps passwords from strangers",
                               CR_SSL_CONNECTION_ERROR);
}

void secure(MYSQL* connection, ConnectOptions const& options) {
  my_bool const is_encrypted = options.encryption == Encryption::none ? 0 : 1;
  must_take(mysql_options(connection, MYSQL_OPT_SSL_ENFORCE, &is_encrypted));
  // From 3.4 on the library looks at the certificate only when it may look at the name as well. It may be newer than
  // its header.
  auto const least = mysql_get_client_version() < 30400 ? Encryption::identity : Encryption::authority;
  my_bool const is_verified = options.encryption >= least ? 1 : 0;
  must_take(mysql_options(connection, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &is_verified));
  if (is_encrypted != 0) {
    static AuthenticationPlugin gate;
    if (!mysql_client_register_plugin(connection, reinterpret_cast<st_mysql_client_plugin*>(&gate))) {
      throw soci::mysql_soci_error(mysql_error(connection), static_cast<int>(mysql_errno(connection)));
    }
    must_take(mysql_options(connection, MYSQL_DEFAULT_AUTH, gate_name));
    must_take(mysql_optionsv(connection, MARIADB_OPT_RESTRICTED_AUTH, gate_name));
  } else if (!options.may_hand_over_password()) {
    must_take(mysql_optionsv(connection, MARIADB_OPT_RESTRICTED_AUTH, "mysql_native_password,client_ed25519"));
  }
}

#else

// MySQL's library encrypts before it says anything when it is told to; which plugins answer it can't be told.
void secure(MYSQL* connection, ConnectOptions const& options) {
  unsigned mode = SSL_MODE_DISABLED;
  switch (options.encryption) {
    case Encryption::none: mode = options.is_local ? SSL_MODE_PREFERRED : SSL_MODE_DISABLED; break;
    case Encryption::required: mode = SSL_MODE_REQUIRED; break;
    case Encryption::authority: mode = SSL_MODE_VERIFY_CA; break;
    case Encryption::identity: mode = SSL_MODE_VERIFY_IDENTITY; break;
  }
  mysql_options(connection, MYSQL_OPT_SSL_MODE, &mode);
  bool const has_password = options.password ? !options.password->empty() : std::getenv("MYSQL_PWD") != nullptr;
  if (options.may_hand_over_password() || !has_password) return;
  throw soci::mysql_soci_error(
      "MySQL's client library would hand the password over to whoever asks for it, and nothing proves who that is; "
      "write ssl_ca=FILE in the URL, the certificate of who has signed the server's",
      CR_SSL_CONNECTION_ERROR);
}

#endif

/** A connection that is yet to be made. The library makes itself ready with the first, which two threads must not ask
    for at once. */
[[nodiscard]] MYSQL* new_connection() {
  static int const failed = mysql_library_init(0, nullptr, nullptr);
  return failed == 0 ? mysql_init(nullptr) : nullptr;
}

void set(MYSQL* connection, mysql_option option, std::chrono::seconds time) {
  auto const seconds = static_cast<unsigned>(time.count());
  mysql_options(connection, option, &seconds);
}

}  // namespace

// ------------------------------------------------------------------------------------------------------------ Session

Session::Session(ConnectOptions const& options)
    : connection_(new_connection(), &mysql_close),
      read_timeout_(options.read_timeout),
      write_timeout_(options.write_timeout),
      host_(options.number) {
  if (!connection_) throw soci::mysql_soci_error("the client's library is out of memory", CR_OUT_OF_MEMORY);
  MYSQL* const connection = handle();
  set(connection, MYSQL_OPT_CONNECT_TIMEOUT, options.connect_timeout);
#ifdef MARIADB_PACKAGE_VERSION
  set(connection, MYSQL_OPT_READ_TIMEOUT, options.connect_timeout);
  set(connection, MYSQL_OPT_WRITE_TIMEOUT, options.connect_timeout);
#else
  if (read_timeout_.count() > 0) set(connection, MYSQL_OPT_READ_TIMEOUT, read_timeout_);
  if (write_timeout_.count() > 0) set(connection, MYSQL_OPT_WRITE_TIMEOUT, write_timeout_);
#endif
  mysql_options(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  unsigned const sends_files = 0;  // which a server may ask any client for
  mysql_options(connection, MYSQL_OPT_LOCAL_INFILE, &sends_files);
  if (options.ssl_ca) {
    mysql_ssl_set(connection, or_null(options.ssl_key), or_null(options.ssl_cert), options.ssl_ca->c_str(), nullptr,
                  nullptr);
  }
  secure(connection, options);
  // Rows that an update has found count, whether or not it changed them.
  if (!mysql_real_connect(connection, or_null(options.host), or_null(options.user), or_null(options.password),
                          options.database.c_str(), options.port, or_null(options.socket),
                          CLIENT_FOUND_ROWS | CLIENT_MULTI_RESULTS)) {
    fail_to_connect(options);
  }
}

void Session::fail_to_connect(ConnectOptions const& options) const {
  unsigned const number = mysql_errno(handle());
  std::string text = mysql_error(handle());
#ifdef MARIADB_PACKAGE_VERSION
  // Its own words name another plugin.
  if (number == CR_PLUGIN_NOT_ALLOWED) {
    text = (handle()->server_capabilities & CLIENT_PLUGIN_AUTH) == 0
               ? "the server is older than the ways of asking for a password that are safe with one who is not known"
               : "the server asks for the password in a way that would give it away, and nothing proves who it is";
    text += "; write ssl_ca=FILE in the URL, the certificate of who has signed the server's";
  }
#endif
  if (text == not_encrypted && !options.ssl_ca) {
    text += ", which is a must where it is on another machine; let it, or write tls=off in the URL";
  }
  throw soci::mysql_soci_error(text, static_cast<int>(number));
}

void Session::fail() const {
  throw soci::mysql_soci_error(mysql_error(handle()), static_cast<int>(mysql_errno(handle())));
}

void Session::require_fits(std::size_t bytes) const {
  if (max_packet_ == 0 || bytes < max_packet_) return;
  throw soci::mysql_soci_error("a statement of " + std::to_string(bytes) +
                                   " bytes is more than the server takes: its max_allowed_packet is " +
                                   std::to_string(max_packet_) + "; make that larger",
                               static_cast<int>(too_large));
}

std::vector<std::vector<std::string>> Session::query(std::string const& text) {
  require_fits(text.size() + 1);  // and which command it is
  std::vector<std::vector<std::string>> rows;
  if (mysql_real_query(handle(), text.data(), text.size()) != 0) fail();
  std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> const result(mysql_store_result(handle()),
                                                                        &mysql_free_result);
  if (!result) {
    if (mysql_field_count(handle()) != 0) fail();
    return rows;
  }
  unsigned const columns = mysql_num_fields(result.get());
  while (auto* const row = mysql_fetch_row(result.get())) {
    unsigned long const* const sizes = mysql_fetch_lengths(result.get());
    auto& values = rows.emplace_back();
    for (unsigned i = 0; i < columns; ++i) {
      values.emplace_back(row[i] ? std::string(row[i], sizes[i]) : std::string());
    }
  }
  return rows;
}

// The library takes its own options for this only while it connects. MariaDB's shows what it waits with; with MySQL's,
// which does not, the limits hold for everything.
void Session::limit_silence([[maybe_unused]] bool is_limited) noexcept {
#ifdef MARIADB_PACKAGE_VERSION
  MARIADB_PVIO* const io = handle()->net.pvio;
  if (!io) return;  // the connection is gone
  auto const limit = [&](enum_pvio_timeout which, std::chrono::seconds time) {
    io->methods->set_timeout(io, which, is_limited ? static_cast<int>(time.count()) : 0);
  };
  limit(PVIO_READ_TIMEOUT, read_timeout_);
  limit(PVIO_WRITE_TIMEOUT, write_timeout_);
  // Over TLS it looks here how long it may wait for the rest of a record.
  unsigned const seconds = is_limited ? static_cast<unsigned>(read_timeout_.count()) : 0;
  mysql_options(handle(), MYSQL_OPT_READ_TIMEOUT, &seconds);
#endif
}

soci::details::statement_backend* Session::make_statement_backend() { return new BoundStatement(*this); }
soci::details::rowid_backend* Session::make_rowid_backend() { throw not_made("row ids"); }
soci::details::blob_backend* Session::make_blob_backend() { throw not_made("blobs"); }

// ----------------------------------------------------------------------------------------------------- BoundStatement

/** A value on its way in: where it lies. */
class BoundStatement::Use final : public soci::details::standard_use_type_backend {
 public:
  explicit Use(BoundStatement& statement) : statement_(statement) {}

  void bind_by_pos(int& position, void* data, soci::details::exchange_type type, bool) override {
    place_ = static_cast<std::size_t>(position++ - 1);
    if (statement_.given_.size() <= place_) statement_.given_.resize(place_ + 1);
    statement_.given_[place_] = {.data = data, .type = type, .is_null = false};
  }
  void bind_by_name(std::string const&, void*, soci::details::exchange_type, bool) override {
    throw not_made("values by name");
  }
  void pre_use(soci::indicator const* indicator) override {
    statement_.given_[place_].is_null = indicator && *indicator == soci::i_null;
  }
  void post_use(bool, soci::indicator*) override {}
  void clean_up() override {}

 private:
  BoundStatement& statement_;
  std::size_t place_ = 0;
};

void BoundStatement::fail() const {
  throw soci::mysql_soci_error(mysql_stmt_error(statement_.get()),
                               static_cast<int>(mysql_stmt_errno(statement_.get())));
}

// `:p2` is the second value, wherever it stands, and a question mark to the server.
void BoundStatement::prepare(std::string const& query, soci::details::statement_type) {
  std::string text;
  text.reserve(query.size());
  places_.clear();
  given_.clear();
  char quote = '\0';
  for (std::size_t at = 0; at < query.size(); ++at) {
    char const c = query[at];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '\'' || c == '`') {
      quote = c;
    } else if (c == ':' && query.compare(at, 2, ":p") == 0) {
      std::size_t number = 0;
      for (at += 2; at < query.size() && std::isdigit(static_cast<unsigned char>(query[at])) != 0; ++at) {
        number = number * 10 + static_cast<std::size_t>(query[at] - '0');
      }
      --at;
      places_.push_back(number - 1);
      text += '?';
      continue;
    }
    text += c;
  }
  if (places_.empty() && !std::string_view(text).starts_with("select")) {
    text_ = std::move(text);
    return;
  }
  session_.require_fits(text.size() + 1);
  statement_.reset(mysql_stmt_init(session_.handle()));
  if (!statement_) session_.fail();
  if (mysql_stmt_prepare(statement_.get(), text.data(), text.size()) != 0) fail();
}

void BoundStatement::bind_given() {
  // What the server is sent, at most: a header, and for each value its type, its length and itself.
  std::size_t bytes = 16 + places_.size() * 12;
  given_binds_.assign(places_.size(), MYSQL_BIND{});
  for (std::size_t i = 0; i < places_.size(); ++i) {
    Given const& value = given_.at(places_[i]);
    MYSQL_BIND& bind = given_binds_[i];
    if (value.is_null) {
      bind.buffer_type = MYSQL_TYPE_NULL;
    } else if (value.type == soci::details::x_long_long) {
      bind.buffer_type = MYSQL_TYPE_LONGLONG;
      bind.buffer = const_cast<void*>(value.data);  // which the library only reads
    } else {
      auto const& text = *static_cast<std::string const*>(value.data);
      bind.buffer_type = MYSQL_TYPE_STRING;
      bind.buffer = const_cast<char*>(text.data());
      bind.buffer_length = text.size();
      bytes += text.size();
    }
  }
  session_.require_fits(bytes);
  if (!given_binds_.empty() && mysql_stmt_bind_param(statement_.get(), given_binds_.data()) != 0) fail();
}

// Numbers as such; of texts only the size, since where they are to be read into is known later.
void BoundStatement::bind_taken(unsigned columns) {
  if (taken_.size() != columns) {
    taken_.assign(columns, Taken{});
    taken_binds_.assign(columns, MYSQL_BIND{});
    std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> const types(mysql_stmt_result_metadata(statement_.get()),
                                                                         &mysql_free_result);
    if (!types) fail();
    for (unsigned i = 0; i < columns; ++i) {
      Taken& taken = taken_[i];
      MYSQL_BIND& bind = taken_binds_[i];
      bind.length = &taken.size;
      bind.is_null = &taken.is_null;
      bind.error = &taken.is_cut;
      switch (mysql_fetch_field_direct(types.get(), i)->type) {
        case MYSQL_TYPE_TINY:
        case MYSQL_TYPE_SHORT:
        case MYSQL_TYPE_INT24:
        case MYSQL_TYPE_LONG:
        case MYSQL_TYPE_LONGLONG:
          bind.buffer_type = MYSQL_TYPE_LONGLONG;
          bind.buffer = &taken.number;
          bind.buffer_length = sizeof taken.number;
          break;
        default: bind.buffer_type = MYSQL_TYPE_STRING; break;
      }
    }
  }
  if (mysql_stmt_bind_result(statement_.get(), taken_binds_.data()) != 0) fail();
}

soci::details::statement_backend::exec_fetch_result BoundStatement::execute(int) {
  if (!statement_) {
    session_.query(text_);
    affected_rows_ = static_cast<long long>(mysql_affected_rows(session_.handle()));
    return ef_no_data;
  }
  bind_given();
  if (mysql_stmt_execute(statement_.get()) != 0) fail();
  unsigned const columns = mysql_stmt_field_count(statement_.get());
  if (columns == 0) {
    affected_rows_ = static_cast<long long>(mysql_stmt_affected_rows(statement_.get()));
    return ef_no_data;
  }
  bind_taken(columns);
  // All of it: whoever is given the rows may take a long time with each, for which the server would not wait.
  if (mysql_stmt_store_result(statement_.get()) != 0) fail();
  return fetch(1);
}

soci::details::statement_backend::exec_fetch_result BoundStatement::fetch(int) {
  switch (mysql_stmt_fetch(statement_.get())) {
    case 0:
    case MYSQL_DATA_TRUNCATED: return ef_success;  // the texts, which are read where they go
    case MYSQL_NO_DATA: finish(); return ef_no_data;
    default: fail();
  }
}

void BoundStatement::finish() {
  mysql_stmt_free_result(statement_.get());
  while (mysql_stmt_more_results(statement_.get())) {
    if (mysql_stmt_next_result(statement_.get()) > 0) fail();
    mysql_stmt_free_result(statement_.get());
  }
}

void BoundStatement::read_row(std::vector<sql::ValueType> const& columns, sql::Row& row) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    Taken const& taken = taken_.at(i);
    sql::Column& column = row[i];
    column.is_null = taken.is_null != 0;
    if (column.is_null) continue;
    if (taken_binds_[i].buffer_type == MYSQL_TYPE_LONGLONG) {
      column.number = taken.number;
      if (columns[i] == sql::ValueType::text) column.text = std::to_string(taken.number);
      continue;
    }
    column.text.resize(taken.size);
    if (taken.size > 0) {
      MYSQL_BIND bind{};
      unsigned long size = 0;
      Flag ignored{};
      bind.buffer_type = MYSQL_TYPE_STRING;
      bind.buffer = column.text.data();
      bind.buffer_length = column.text.size();
      bind.length = &size;
      bind.is_null = &ignored;
      bind.error = &ignored;
      if (mysql_stmt_fetch_column(statement_.get(), &bind, static_cast<unsigned>(i), 0) != 0) fail();
    }
    if (columns[i] == sql::ValueType::integer) sql::take_text(column, columns[i], std::string(column.text));
  }
}

std::string BoundStatement::get_parameter_name(int index) const { return 'p' + std::to_string(index + 1); }
void BoundStatement::describe_column(int, sql::ColumnType&, std::string&) { throw not_made("descriptions"); }
soci::details::standard_into_type_backend* BoundStatement::make_into_type_backend() { throw not_made("into"); }
soci::details::standard_use_type_backend* BoundStatement::make_use_type_backend() { return new Use(*this); }
soci::details::vector_into_type_backend* BoundStatement::make_vector_into_type_backend() {
  throw not_made("bulk into");
}
soci::details::vector_use_type_backend* BoundStatement::make_vector_use_type_backend() { throw not_made("bulk use"); }

}  // namespace inlay::mysql
