// SPDX-License-Identifier: BSL-1.0
#include <backends/postgresql/connector.hpp>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <limits>
#include <new>
#include <optional>
#include <random>

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace inlay::postgresql {

namespace {

using soci::details::exchange_type;

/** False when nothing has happened by then. */
[[nodiscard]] bool wait_for(int socket, short events, std::optional<steady_clock::time_point> deadline) {
  while (true) {
    int patience = -1;
    if (deadline) {
      auto const left = std::chrono::ceil<milliseconds>(*deadline - steady_clock::now()).count();
      patience = static_cast<int>(std::clamp<long long>(left, 0, std::numeric_limits<int>::max()));
    }
    pollfd wait{.fd = socket, .events = events, .revents = 0};
    int const ready = poll(&wait, 1, patience);
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) return true;  // whatever it is, libpq will meet it as well
  }
}

[[nodiscard]] std::string text_of(char const* text) { return text ? text : ""; }

[[nodiscard]] Failure failure_of(PGresult const* result) {
  std::string const message = text_of(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
  return Failure(message.empty() ? text_of(PQresultErrorMessage(result)) : message,
                 text_of(PQresultErrorField(result, PG_DIAG_SQLSTATE)),
                 text_of(PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION)));
}

[[nodiscard]] bool is_failure(PGresult const* result) noexcept {
  auto const status = PQresultStatus(result);
  return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY;
}

/** libpq keeps of a connection that could not be made no result that would have fields; but when told to be verbose, it
    writes the SQLSTATE before the server's words, whatever language those are in: `FATAL:  53300: sorry, ...`. */
[[nodiscard]] Failure failure_to_connect(std::string message) {
  message.erase(std::min(message.find("\nLOCATION:"), message.size()));
  constexpr std::string_view before = ":  ";
  constexpr std::size_t length = 5;
  for (auto at = message.find(before); at != std::string::npos; at = message.find(before, at + 1)) {
    std::string const state = message.substr(at + before.size(), length);
    auto const is_fit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
    if (state.size() != length || !std::all_of(state.begin(), state.end(), is_fit)) continue;
    if (message.compare(at + before.size() + length, 2, ": ") != 0) continue;
    message.erase(at + before.size(), length + 2);
    return Failure(message, state);
  }
  return Failure(message);
}

using Options = std::vector<std::pair<std::string, std::string>>;

/** The addresses of a host, where it has several: a dead one must not keep the others from being tried. */
[[nodiscard]] std::vector<std::string> addresses_of(std::string const& host) {
  if (host.empty() || host.front() == '/' || host.front() == '@') return {};
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};  // which libpq will say better
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> const owner(found, &freeaddrinfo);
  std::vector<std::string> addresses;
  for (addrinfo const* one = found; one; one = one->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(one->ai_addr, one->ai_addrlen, text.data(), static_cast<socklen_t>(text.size()), nullptr, 0,
                    NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text.data());
    }
  }
  if (addresses.size() < 2) addresses.clear();
  return addresses;
}

/** What PQconnectdb() does, but that it tells SQLSTATEs. `on_encryption` follows what libpq says of a connection that
    was not encrypted. */
[[nodiscard]] OpenConnection connect(Options const& options, milliseconds patience, std::string_view on_encryption) {
  std::vector<char const*> names;
  std::vector<char const*> values;
  for (auto const& [name, value] : options) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  OpenConnection connection(PQconnectStartParams(names.data(), values.data(), 0));
  if (!connection) throw std::bad_alloc();
  PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
  // libpq would print what servers say in passing, which is the host's standard error and none of our business.
  PQsetNoticeProcessor(
      connection.get(), [](void*, char const*) {}, nullptr);
  auto const deadline = steady_clock::now() + patience;
  auto state = PQstatus(connection.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  bool is_encrypting = false;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED) {
      std::string message = PQerrorMessage(connection.get());
      while (is_encrypting && message.ends_with('\n')) message.pop_back();
      if (is_encrypting) message += on_encryption;
      throw failure_to_connect(std::move(message));
    }
    is_encrypting = PQstatus(connection.get()) == CONNECTION_SSL_STARTUP;
    if (!wait_for(PQsocket(connection.get()), state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline)) {
      throw Failure("no connection within " + std::to_string(patience.count()) + " ms");
    }
    state = PQconnectPoll(connection.get());
  }
  PQsetErrorVerbosity(connection.get(), PQERRORS_DEFAULT);
  PQsetnonblocking(connection.get(), 1);
  return connection;
}

/** Whether another host may say something else. */
[[nodiscard]] bool is_of_one_host(Failure const& failure) {
  return failure.state().empty() || failure.state() == "57P03" || failure.state() == "53300";
}

// Here libpq is not left to go through the hosts: what each of them says would be told as one text.
[[nodiscard]] OpenConnection open(Target const& target) {
  std::string const wanted = "target_session_attrs";
  std::vector<std::string> passes{""};
  Options common;
  for (auto const& option : target.options) {
    if (option.first == wanted) {
      passes = option.second == "prefer-standby" ? std::vector<std::string>{"standby", "any"}
                                                 : std::vector<std::string>{option.second};
    } else {
      common.push_back(option);
    }
  }
  auto hosts = target.hosts;
  if (hosts.empty()) hosts.emplace_back();
  if (target.is_spread) {
    thread_local std::minstd_rand random{std::random_device{}()};
    std::shuffle(hosts.begin(), hosts.end(), random);
  }
  std::string_view const on_encryption =
      target.is_encrypted_unasked
          ? ", which is a must where it is on another machine; let it, or write sslmode=disable "
            "in the URL"
          : "";
  std::optional<Failure> failure;
  for (std::string const& attributes : passes) {
    for (Target::Host const& host : hosts) {
      Options options = common;
      if (!attributes.empty()) options.emplace_back(wanted, attributes);
      if (!host.name.empty()) options.emplace_back("host", host.name);
      if (!host.port.empty()) options.emplace_back("port", host.port);
      auto addresses = addresses_of(host.name);
      if (addresses.empty()) addresses.emplace_back();
      for (std::string const& address : addresses) {
        Options one = options;
        if (!address.empty()) one.emplace_back("hostaddr", address);
        try {
          return connect(one, target.connect_timeout, on_encryption);
        } catch (Failure const& thrown) {
          if (!is_of_one_host(thrown)) throw;
          failure = thrown;
        }
      }
    }
  }
  throw *failure;
}

[[noreturn]] void refuse() { throw soci::soci_error("a session of a store exchanges integers and texts only"); }

[[nodiscard]] bool begins_transaction(std::string_view text) noexcept { return text.starts_with("begin"); }

/** Parameters are written `:p1` there and `$1` here. */
[[nodiscard]] std::string with_dollars(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    char const c = text[i];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (text.substr(i, 2) == "::") {  // a cast
      result += ':';
      ++i;
    } else if (text.substr(i, 2) == ":p") {
      result += '$';
      ++i;
      continue;
    }
    result += c;
  }
  return result;
}

}  // namespace

// ------------------------------------------------------------------------------------------------------------ sessions

Session::Session(Target const& target) : target_(target), connection_(open(target)), silence_(target.read_timeout) {
  PQsetNoticeReceiver(
      connection_.get(),
      [](void* session, PGresult const* notice) {
        char const* const function = PQresultErrorField(notice, PG_DIAG_SOURCE_FUNCTION);
        if (function && function == waiting_for_standbys) static_cast<Session*>(session)->is_commit_local_ = true;
      },
      this);
  if (target_.set_up.empty()) return;
  Result const result = run(target_.set_up);
  if (!target_.is_shared) return;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    settings_.push_back(std::string("set local ") + PQgetvalue(result.get(), row, 0) + " = " +
                        PQgetvalue(result.get(), row, 1));
  }
}

Session::~Session() = default;

soci::details::statement_backend* Session::make_statement_backend() { return new StatementOfSession(*this); }
soci::details::rowid_backend* Session::make_rowid_backend() { refuse(); }
soci::details::blob_backend* Session::make_blob_backend() { refuse(); }

bool Session::is_connected() {
  if (PQstatus(connection_.get()) != CONNECTION_OK) return false;
  // Not as long as a statement may take: there is nothing to be done.
  auto const silence = std::exchange(
      silence_, silence_ == milliseconds(0) ? target_.connect_timeout : std::min(silence_, target_.connect_timeout));
  try {
    static_cast<void>(run("/* still there? */"));
  } catch (Failure const&) {
    return false;
  }
  silence_ = silence;
  return true;
}

bool Session::is_on_standby() const noexcept {
  char const* const said = connection_ ? PQparameterStatus(connection_.get(), "in_hot_standby") : nullptr;
  return !said || std::string_view(said) == "on";
}

void Session::limit_silence(bool is_limited) noexcept {
  silence_ = is_limited ? target_.read_timeout : milliseconds(0);
}

Failure Session::lost() const {
  std::string message = text_of(PQerrorMessage(connection_.get()));
  message.erase(std::min(message.find('\n'), message.size()));
  return Failure(message);
}

// Known by its function, since words are in the server's language. What came after it does not matter: the session may
// have been ended together with the wait.
void Session::refuse_local_commit(std::optional<Failure> const& failure) {
  if (!std::exchange(is_commit_local_, false)) return;
  throw Failure("the wait for a synchronous standby was ended" + (failure ? ": " + std::string(failure->what()) : ""),
                failure ? failure->state() : "", std::string(waiting_for_standbys));
}

void Session::require_connection() const {
  if (!connection_) throw Failure("it was closed, since the server had been silent for too long");
}

void Session::wait(short events) {
  std::optional<steady_clock::time_point> deadline;
  if (silence_ != milliseconds(0)) deadline = steady_clock::now() + silence_;
  if (wait_for(PQsocket(connection_.get()), events, deadline)) return;
  std::string const limit = std::to_string(silence_.count());
  close();
  throw Failure("the server has said nothing for " + limit + " ms (read_timeout)");
}

Result Session::next_result() {
  while (int const left = PQflush(connection_.get())) {
    if (left < 0) break;  // which the result tells
    wait(POLLIN | POLLOUT);
    // A server that is sending may not read before it is read from.
    if (PQconsumeInput(connection_.get()) == 0) break;
  }
  while (PQisBusy(connection_.get()) != 0) {
    wait(POLLIN);
    if (PQconsumeInput(connection_.get()) == 0) break;
  }
  Result result(PQgetResult(connection_.get()));
  auto const status = PQresultStatus(result.get());
  if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
    close();  // libpq would say the same again for as long as nobody copies
    throw Failure("the server has begun to copy data, which it was not asked to");
  }
  return result;
}

Result Session::run(std::string const& text) {
  return run([&](PGconn* connection) { return PQsendQuery(connection, text.c_str()) == 1; });
}

Result Session::run(Sender const& send) {
  require_connection();
  if (!send(connection_.get())) throw lost();
  Result last;
  std::optional<Failure> failure;
  while (Result result = next_result()) {
    if (is_failure(result.get())) {
      if (!failure) failure = failure_of(result.get());
      if (PQstatus(connection_.get()) != CONNECTION_OK) break;
    }
    if (!last || PQnfields(result.get()) > 0) last = std::move(result);
  }
  refuse_local_commit(failure);
  if (failure) throw *failure;
  return last;
}

Result Session::run_as_transaction(Sender const& send) {
  require_connection();
  PGconn* const connection = connection_.get();
  auto const send_text = [&](std::string const& text) {
    return PQsendQueryParams(connection, text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) == 1;
  };
  bool is_sent = PQenterPipelineMode(connection) == 1 && send_text("begin isolation level read committed");
  for (std::string const& setting : settings_) is_sent = is_sent && send_text(setting);
  is_sent = is_sent && send(connection) && send_text("commit") && PQpipelineSync(connection) == 1;
  if (!is_sent) {
    Failure const failure = lost();
    close();  // which statements are underway is not known
    throw failure;
  }
  Result wanted;
  std::optional<Failure> failure;
  receive(
      [&](std::size_t at, Result result) {
        if (at == 1 + settings_.size()) wanted = std::move(result);
      },
      failure);
  if (!failure) return wanted;
  roll_back_failed();
  throw *failure;
}

/** Reads what came of each request of a pipeline, up to its end, and leaves it. */
void Session::receive(std::function<void(std::size_t, Result)> const& take, std::optional<Failure>& failure) {
  PGconn* const connection = connection_.get();
  for (std::size_t ended = 0; true;) {
    Result result = next_result();
    if (!result) {
      ++ended;
      continue;
    }
    auto const status = PQresultStatus(result.get());
    if (status == PGRES_PIPELINE_SYNC) break;
    if (status == PGRES_PIPELINE_ABORTED) continue;  // for what has failed before
    if (is_failure(result.get())) {
      if (!failure) failure = failure_of(result.get());
      if (PQstatus(connection) != CONNECTION_OK) break;
    } else {
      take(ended, std::move(result));
    }
  }
  if (PQstatus(connection) == CONNECTION_OK && PQexitPipelineMode(connection) != 1) close();
  refuse_local_commit(failure);
}

void Session::roll_back_failed() noexcept {
  try {
    if (PQtransactionStatus(connection_.get()) == PQTRANS_INERROR) rollback();
  } catch (Failure const&) {  // the connection is lost, which whoever uses it next will see
  }
}

std::vector<Result> Session::run_together(std::vector<sql::Statement const*> const& statements) {
  require_connection();
  deallocate_forgotten();
  PGconn* const connection = connection_.get();
  struct Request {
    std::optional<std::size_t> runs{};  // the statement, if it runs one
    std::shared_ptr<Kept> prepares{};   // the other one, if it prepares it
    std::string_view text{};            // of which
  };
  std::vector<Request> requests;
  auto const send_text = [&](std::string const& text) {
    requests.emplace_back();
    return PQsendQueryParams(connection, text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) == 1;
  };
  std::vector<std::string> digits;
  std::vector<char const*> values;
  auto const send = [&](std::size_t at) {
    sql::Statement const& statement = *statements[at];
    auto const& parameters = statement.parameters();
    digits.assign(parameters.size(), {});
    values.assign(parameters.size(), nullptr);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (parameters[i].is_null) continue;
      bool const is_text = parameters[i].type == sql::ValueType::text;
      if (!is_text) digits[i] = std::to_string(parameters[i].number);
      values[i] = is_text ? parameters[i].text.c_str() : digits[i].c_str();
    }
    int const count = static_cast<int>(values.size());
    if (target_.is_shared) {
      requests.push_back({.runs = at});
      return PQsendQueryParams(connection, with_dollars(statement.text()).c_str(), count, nullptr, values.data(),
                               nullptr, nullptr, 0) == 1;
    }
    auto const* found = kept_.find(statement.text());
    std::shared_ptr<Kept> kept = found ? *found : nullptr;
    bool is_sent = true;
    if (!kept) {
      kept = std::make_shared<Kept>(*this, next_name());
      kept_.put(statement.text(), kept, 8 * statement.text().size());
      requests.push_back({.prepares = kept, .text = statement.text()});
      is_sent = PQsendPrepare(connection, kept->name.c_str(), with_dollars(statement.text()).c_str(), 0, nullptr) == 1;
    }
    requests.push_back({.runs = at});
    return is_sent &&
           PQsendQueryPrepared(connection, kept->name.c_str(), count, values.data(), nullptr, nullptr, 0) == 1;
  };
  bool is_sent = false;
  try {
    is_sent = PQenterPipelineMode(connection) == 1 && send_text("begin isolation level read committed");
    for (std::string const& setting : settings_) is_sent = is_sent && send_text(setting);
    for (std::size_t i = 0; i < statements.size(); ++i) is_sent = is_sent && send(i);
    is_sent = is_sent && send_text("commit") && PQpipelineSync(connection) == 1;
  } catch (...) {
    close();
    throw;
  }
  if (!is_sent) {
    Failure const failure = lost();
    close();  // which statements are underway is not known
    throw failure;
  }
  std::vector<Result> results(statements.size());
  std::optional<Failure> failure;
  auto const forget_what_failed = [&] {
    for (Request const& request : requests) {
      if (request.prepares && !request.prepares->is_there) kept_.erase(request.text);
    }
  };
  try {
    receive(
        [&](std::size_t at, Result result) {
          Request const& request = requests.at(at);
          if (request.prepares) request.prepares->is_there = true;
          if (request.runs) results[*request.runs] = std::move(result);
        },
        failure);
    if (failure) throw *failure;
  } catch (Failure const&) {
    forget_what_failed();
    roll_back_failed();
    throw;
  }
  return results;
}

Result Session::run_alone_or_within(Sender const& send) {
  bool const is_framed = target_.is_shared && PQtransactionStatus(connection_.get()) == PQTRANS_IDLE;
  return is_framed ? run_as_transaction(send) : run(send);
}

std::string Session::next_name() { return "inlay_" + std::to_string(++names_); }

void Session::forget(std::string name) noexcept {
  try {
    forgotten_.push_back(std::move(name));
  } catch (std::bad_alloc const&) {  // it stays until the session ends
  }
}

// When there is something to be prepared, since a session that is about to end needs none of this; and in one request.
void Session::deallocate_forgotten() {
  if (forgotten_.empty() || PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) return;
  std::string text;
  for (std::string const& name : std::exchange(forgotten_, {})) text += "deallocate " + name + ';';
  static_cast<void>(run(text));
}

// ---------------------------------------------------------------------------------------------------------- statements

/** One parameter, which is read where the caller keeps it. */
class ParameterOfStatement final : public soci::details::standard_use_type_backend {
 public:
  explicit ParameterOfStatement(StatementOfSession& statement) : statement_(statement) {}

  void bind_by_pos(int& position, void* data, exchange_type type, bool) override {
    if (type != exchange_type::x_long_long && type != exchange_type::x_stdstring) refuse();
    data_ = data;
    type_ = type;
    position_ = static_cast<std::size_t>(position++);
    if (statement_.values_.size() < position_) statement_.values_.resize(position_);
  }
  void bind_by_name(std::string const&, void*, exchange_type, bool) override { refuse(); }

  void pre_use(soci::indicator const* indicator) override {
    char const*& value = statement_.values_[position_ - 1];
    if (indicator && *indicator == soci::i_null) {
      value = nullptr;
    } else if (type_ == exchange_type::x_stdstring) {
      value = static_cast<std::string const*>(data_)->c_str();
    } else {
      *std::to_chars(digits_.data(), digits_.data() + digits_.size(), *static_cast<long long const*>(data_)).ptr = '\0';
      value = digits_.data();
    }
  }
  void post_use(bool, soci::indicator*) override {}
  void clean_up() override {}

 private:
  StatementOfSession& statement_;
  void* data_ = nullptr;
  exchange_type type_{};
  std::size_t position_ = 0;
  std::array<char, 24> digits_{};
};

StatementOfSession::~StatementOfSession() {
  if (!name_.empty()) session_.forget(std::move(name_));
}

void StatementOfSession::prepare(std::string const& query, soci::details::statement_type type) {
  text_ = with_dollars(query);
  if (type != soci::details::st_repeatable_query) return;
  session_.deallocate_forgotten();
  std::string const name = session_.next_name();
  static_cast<void>(session_.run(
      [&](PGconn* connection) { return PQsendPrepare(connection, name.c_str(), text_.c_str(), 0, nullptr) == 1; }));
  name_ = name;
}

soci::details::statement_backend::exec_fetch_result StatementOfSession::execute(int) {
  result_.reset();
  row_ = 0;
  int const count = static_cast<int>(values_.size());
  if (!name_.empty()) {
    result_ = session_.run([&](PGconn* connection) {
      return PQsendQueryPrepared(connection, name_.c_str(), count, values_.data(), nullptr, nullptr, 0) == 1;
    });
  } else if (begins_transaction(text_)) {
    std::string text = text_;
    for (std::string const& setting : session_.settings_) text += "; " + setting;
    result_ = session_.run(text);
  } else {
    result_ = session_.run_alone_or_within([&](PGconn* connection) {
      return PQsendQueryParams(connection, text_.c_str(), count, nullptr, values_.data(), nullptr, nullptr, 0) == 1;
    });
  }
  return PQntuples(result_.get()) > 0 ? ef_success : ef_no_data;
}

soci::details::statement_backend::exec_fetch_result StatementOfSession::fetch(int) {
  return ++row_ < PQntuples(result_.get()) ? ef_success : ef_no_data;
}

long long StatementOfSession::get_affected_rows() {
  std::string_view const count = PQcmdTuples(result_.get());
  long long number = -1;
  std::from_chars(count.data(), count.data() + count.size(), number);
  return number;
}

int StatementOfSession::prepare_for_describe() { refuse(); }
void StatementOfSession::describe_column(int, sql::ColumnType&, std::string&) { refuse(); }
soci::details::standard_into_type_backend* StatementOfSession::make_into_type_backend() { refuse(); }
soci::details::standard_use_type_backend* StatementOfSession::make_use_type_backend() {
  return new ParameterOfStatement(*this);
}
soci::details::vector_into_type_backend* StatementOfSession::make_vector_into_type_backend() { refuse(); }
soci::details::vector_use_type_backend* StatementOfSession::make_vector_use_type_backend() { refuse(); }

}  // namespace inlay::postgresql
