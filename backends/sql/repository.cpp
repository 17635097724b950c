// SPDX-License-Identifier: BSL-1.0
#include <backends/sql/repository.hpp>

#include <backends/sql/change_list.hpp>
#include <backends/sql/committer.hpp>
#include <backends/sql/keyed.hpp>
#include <backends/sql/list.hpp>
#include <backends/sql/pool.hpp>
#include <backends/sql/read_bound.hpp>
#include <backends/sql/schema.hpp>
#include <backends/sql/select.hpp>
#include <backends/sql/transfer.hpp>
#include <backends/sql/tries.hpp>
#include <backends/sql/usage.hpp>
#include <backends/sql/write.hpp>
#include <boost/mp11/algorithm.hpp>
#include <inlay/timestamp.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace inlay::sql {

namespace {

class SqlRepository final : public RepositoryFrom<SqlRepository> {
 public:
  SqlRepository(std::unique_ptr<Driver const> driver, StoreOptions options)
      : driver_(std::move(driver)),
        options_(std::move(options)),
        tries_(options_),
        tables_(options_.table_prefix),
        capabilities_(driver_->capabilities()),
        readers_(options_.joined      ? Pool(*driver_, *options_.joined)
                 : options_.host_pool ? Pool(*driver_, *options_.host_pool, options_.patience, options_.set_up)
                                      : Pool(*driver_, options_.readers, options_.patience)),
        own_writers_(*driver_, std::max<std::size_t>(options_.writers, 1), options_.patience),
        writers_(options_.writers == 0 ? readers_ : own_writers_),
        committer_(*driver_, tables_, options_, readers_, writers_),
        standbys_(options_.standbys ? std::make_unique<Standbys>(*options_.standbys, options_) : nullptr),
        statements_(boost::mp11::mp_apply_q<MakeStatements, model::Readables>::make(driver_->dialect(), tables_,
                                                                                    standbys_ != nullptr)) {}

  Result<void> open() {
    return tries_.run<void>([&] {
      // Before it is lent, for which it is looked at as one of this database's.
      if (options_.joined) require_open(driver_->dialect(), *options_.joined);
      auto const connection = writers_.lease();
      if (options_.joined) {
        if (!driver_->is_in_transaction(*options_.joined)) {
          return Result<void>(Error{.kind = ErrorKind::invalid_argument,
                                    .message = "no transaction is open on the session that a store was to join"});
        }
        driver_->check_host(*connection);
        require_migrated(*connection, tables_);
        return Result<void>();
      }
      migrate(*connection, tables_, options_.may_migrate, options_.not_migrated_for, now());
      return Result<void>();
    });
  }

  template <class Readable>
  Result<Readable> find_readable(FindRequest<Readable> const& request) const {
    return answered<Readable>(request.from, request.at_least, [&](Connection& connection, Answer& answer) {
      return find_on(connection, request, &answer);
    });
  }

  template <class Readable>
  Result<Page<Readable>> list_readable(Query<Readable> const& query) const {
    auto const places = check_query(query);
    if (places.has_error()) return places.error();
    return answered<Page<Readable>>(query.from, query.at_least,
                                    [&](Connection& connection, Answer& answer) -> Result<Page<Readable>> {
                                      auto page = page_on(connection, query, *places);
                                      answer.revision = page.revision;
                                      return page;
                                    });
  }

  template <class Readable>
  Result<std::optional<Readable>> named_readable(NamedRequest<Readable> const& request) const {
    using Named = std::optional<Readable>;
    return answered<Named>(request.from, request.at_least,
                           [&](Connection& connection, Answer& answer) -> Result<Named> {
                             auto const& statements = std::get<FixedStatements<Readable>>(statements_);
                             auto found = run_find_named(connection, tables_, statements, request);
                             answer.revision = found.revision;
                             if (found.are_several) return Named();
                             if (!found.row) return storage::no_such_row(model::Root<Readable>::entity_name);
                             return Named(std::move(*found.row));
                           });
  }

  Result<Committed> commit(Commit const& commit) override {
    if (auto const checked = storage::check(commit); checked.has_error()) return checked.error();
    if (options_.joined) return committer_.commit_joined(commit);
    auto committed = committer_.commit(commit);
    if (standbys_ && committed) standbys_->bound.tell(committed->revision);
    if (standbys_ && !committed) standbys_->bound.doubt();
    return committed;
  }

  Result<ChangePage> changes(ChangesRequest const& request) const override {
    if (request.limit < 1 || request.limit > ChangesRequest::max_limit) {
      return storage::limit_out_of_range(ChangesRequest::max_limit);
    }
    Backoff backoff = tries_.backoff();
    while (true) {
      auto page = tries_.run<ChangePage>([&]() -> Result<ChangePage> {
        auto const connection = readers_.lease();
        return ChangeLister(*connection, tables_, request).page();
      });
      if (!standbys_) return page;
      if (page) standbys_->bound.tell(page->through);
      // What a standby has shown the primary may not show yet.
      bool const is_awaited = page.has_error() && page.error().kind == ErrorKind::invalid_argument &&
                              page.error().reason != Reason::forked && request.after <= standbys_->bound.seen();
      if (!is_awaited || !backoff.wait()) return page;
    }
  }

  Result<void> compact(CompactRequest const& request) override {
    if (options_.joined) return not_joined();
    auto const forgotten = tries_.run<void>([&]() -> Result<void> {
      auto const connection = writers_.lease();
      Unhurried const unhurried(*connection);
      Transaction transaction(*connection);
      Revision const current = current_revision(*connection, tables_, connection->dialect().lock_rows);
      if (request.through > current) return storage::revision_not_reached(current);
      Statement remove;
      remove << "delete from " << tables_.quoted("change") << R"( where "revision" <= )";
      connection->run(remove.bind(integer(request.through.value)));
      keep_end(*connection, request.through, current);
      return finish(transaction);
    });
    return forgotten ? purge() : forgotten;
  }

  Result<Usage> usage(UsageRequest const& request) const override {
    return tries_.run<Usage>([&]() -> Result<Usage> {
      auto const connection = readers_.lease();
      auto usage = count_usage(*connection, tables_, request);
      if (standbys_) standbys_->bound.doubt();  // what was counted is of no revision that one is told
      return usage;
    });
  }

  Result<void> vacuum() override {
    if (options_.joined) return not_joined();
    if (!capabilities_.can_vacuum) return storage::cannot_vacuum(capabilities_.backend);
    auto const rewritten = tries_.run<void>([&]() -> Result<void> {
      driver_->vacuum(*writers_.lease());
      return {};
    });
    return rewritten ? purge() : rewritten;
  }

  Result<void> snapshot(SnapshotRequest const& request) const override {
    if (options_.joined) return not_joined();
    if (!capabilities_.can_snapshot) return storage::cannot_snapshot(capabilities_.backend);
    bool has_begun = false;
    return answered<void>(request.from, request.at_least, [&](Connection& connection, Answer& answer) -> Result<void> {
      Transaction const transaction = Transaction::snapshot(connection);
      return give_up_when_begun(has_begun, [&]() -> Result<void> {
        // Where a transaction has no snapshot until it reads, others could come between its begin and the first page.
        answer.revision = current_revision(connection, tables_);
        if (answer.is_behind()) return {};
        has_begun = true;
        return request.read(SnapshotReaders(*this, connection));
      });
    });
  }

  Result<void> dump(DumpRequest const& request) const override {
    if (options_.joined) return not_joined();
    bool has_begun = false;
    RecordSink const sink = [&](StoreRecord const& record) {
      has_begun = true;
      return request.sink(record);
    };
    auto const dumped = tries_.run<void>([&]() -> Result<void> {
      auto const connection = readers_.lease();
      Unhurried const unhurried(*connection);
      Transaction const snapshot = Transaction::snapshot(*connection);
      return give_up_when_begun(has_begun, [&]() -> Result<void> {
        Dumper(*connection, tables_, sink).run();
        driver_->check_place(connection->session());
        return {};
      });
    });
    if (standbys_) standbys_->bound.doubt();
    return dumped;
  }

  Result<void> restore(RestoreRequest const& request) override {
    if (options_.joined) return not_joined();
    bool has_begun = false;
    auto const restored = tries_.run<void>([&]() -> Result<void> {
      auto const connection = writers_.lease();
      Unhurried const unhurried(*connection);
      Transaction transaction(*connection);
      Revision const current = current_revision(*connection, tables_, connection->dialect().lock_rows);
      if (!request.replace && current > Revision{}) return storage::not_empty(current);
      Restorer restorer(*connection, tables_, request.replace);
      if (request.replace) restorer.clear();
      has_begun = true;
      return give_up_when_begun(has_begun, [&]() -> Result<void> {
        if (auto const filled = fill(restorer, request); filled.has_error()) return filled.error();
        restorer.finish();
        return finish(transaction);
      });
    });
    if (standbys_) standbys_->bound.forget();
    return restored;
  }

  Result<Revision> revision() const override {
    return answered<Revision>(ReadFrom::primary, {}, [&](Connection& connection, Answer& answer) -> Result<Revision> {
      Revision const current = current_revision(connection, tables_);
      answer.revision = current;
      return current;
    });
  }

  Result<StoreState> state() const override {
    return answered<StoreState>(ReadFrom::primary, {},
                                [&](Connection& connection, Answer& answer) -> Result<StoreState> {
                                  StoreState const current = read_state(connection, tables_);
                                  answer.revision = current.newest.revision;
                                  return current;
                                });
  }

  Capabilities const& capabilities() const noexcept override { return capabilities_; }

 private:
  /** What is known of an answer while it is being read. */
  struct Answer {
    Revision needed{};                   ///< as far as it must have come
    std::optional<Revision> revision{};  ///< as far as it has, once it is known

    [[nodiscard]] bool is_behind() const noexcept { return revision && *revision < needed; }
  };

  /** The servers that follow the one that takes the writes. */
  struct Standbys {
    Standbys(Driver const& driver, StoreOptions const& options) : pool(driver, options.readers, options.patience) {}

    Pool pool;
    ReadBound bound;
  };

  /** Reads, from a standby where that may be and one has come as far as is needed, else from the primary. `read` says
      in what it is given which revision of the store its answer is of, when there are standbys. */
  template <class T, class Read>
  Result<T> answered(ReadFrom from, Revision at_least, Read const& read) const {
    auto const read_on = [&](Pool& pool, Answer& answer) {
      auto const connection = pool.lease();
      return read(*connection, answer);
    };
    if (!standbys_) {
      Answer answer;
      return tries_.run<T>([&] { return read_on(readers_, answer); });
    }
    ReadBound& bound = standbys_->bound;
    auto begun = bound.begin(at_least);
    if (from == ReadFrom::any && bound.may_ask_standby(begun, ReadBound::Clock::now())) {
      if (auto given = read_on_standby<T>(begun, read)) return *std::move(given);
    }
    Backoff backoff = tries_.backoff();
    while (true) {
      Answer answer;
      auto result = tries_.run<T>([&] {
        answer = {.needed = begun.needed};
        return read_on(readers_, answer);
      });
      if (!answer.revision || bound.take_from_primary(begun, *answer.revision)) return result;
      if (backoff.wait()) continue;
      if (*answer.revision < at_least) return storage::revision_not_reached(*answer.revision);
      bound.believe_primary(begun, *answer.revision);
      begun = bound.begin(at_least);
    }
  }

  /** @return nothing where the primary is to be asked. */
  template <class T, class Read>
  std::optional<Result<T>> read_on_standby(ReadBound::Begun const& begun, Read const& read) const {
    ReadBound& bound = standbys_->bound;
    try {
      auto const connection = standbys_->pool.lease();
      Answer answer{.needed = begun.needed};
      Result<T> result = read(*connection, answer);
      // One that has become the primary is as good, but not what this pool is for.
      if (!connection->driver().still_follows(connection->session())) connection->discard();
      if (!answer.revision) return std::nullopt;
      bool const is_given = bound.take_from_standby(begun, *answer.revision, ReadBound::Clock::now());
      // A read of many pages was ended midway.
      if (result.has_error() && result.error().kind == ErrorKind::unavailable) {
        bound.standby_failed(ReadBound::Clock::now());
      }
      if (is_given) return result;
    } catch (DatabaseFailure const&) {
      bound.standby_failed(ReadBound::Clock::now());
    } catch (Exception const&) {  // which the primary will say as well, unless it is the standby's own
    }
    return std::nullopt;
  }

  struct MakeStatements {
    template <class... Readables>
    struct fn {
      static std::tuple<FixedStatements<Readables>...> make(Dialect const& dialect, Tables const& tables,
                                                            bool with_revision) {
        return {FixedStatements<Readables>(dialect, tables, with_revision)...};
      }
    };
  };

  /** Readers on one connection, in the transaction that is open there. */
  class SnapshotReaders final : public ReadersFrom<SnapshotReaders> {
   public:
    SnapshotReaders(SqlRepository const& store, Connection& connection) : store_(store), connection_(connection) {}

    template <class Readable>
    Result<Readable> find_readable(FindRequest<Readable> const& request) const {
      return store_.tries_.run_without_retry<Readable>([&] { return store_.find_on(connection_, request); });
    }

    template <class Readable>
    Result<Page<Readable>> list_readable(Query<Readable> const& query) const {
      auto const places = check_query(query);
      if (places.has_error()) return places.error();
      return store_.tries_.run_without_retry<Page<Readable>>(
          [&]() -> Result<Page<Readable>> { return store_.page_on(connection_, query, *places); });
    }

   private:
    SqlRepository const& store_;
    Connection& connection_;
  };

  template <class Readable>
  Result<Readable> find_on(Connection& connection, FindRequest<Readable> const& request,
                           Answer* answer = nullptr) const {
    auto found = run_find(connection, tables_, std::get<FixedStatements<Readable>>(statements_), request);
    if (answer) answer->revision = found.revision;
    if (!found.row) return storage::no_such_row(model::Root<Readable>::entity_name);
    return std::move(*found.row);
  }

  template <class Readable>
  Page<Readable> page_on(Connection& connection, Query<Readable> const& query,
                         std::span<FieldPlace const> places) const {
    auto const& statements = std::get<FixedStatements<Readable>>(statements_);
    if (auto page = KeyedFind<Readable>(connection, tables_, statements, query, places).page()) return *std::move(page);
    return Lister<Readable>(connection, tables_, query, places).page();
  }

  /** What was forgotten stays so, whether or not the files could be rid of it. */
  Result<void> purge() {
    if (!capabilities_.can_vacuum) return {};
    auto purged = tries_.run<void>([&]() -> Result<void> {
      driver_->purge(*writers_.lease());
      return {};
    });
    if (purged) return purged;
    Error error = purged.error();
    error.outcome = Outcome::done;
    return error;
  }

  /** Keeps of the commits up to that one where they end, and what compact_commits() leaves. */
  void keep_end(Connection& connection, Revision through, Revision current) const {
    StoreState state = read_state(connection, tables_);
    bool const is_news = through > state.compacted.revision;
    Statement select(R"(select "revision", "token", "moment", "chain" from )");
    select << tables_.quoted("commit") << R"( where "revision" <= )";
    select.bind(integer(through.value)) << R"( and "revision" > )";
    select.bind(integer(state.compacted.revision.value)) << R"( order by "revision" desc limit 1)";
    select.gives(ValueType::integer).gives(ValueType::text).gives(ValueType::integer).gives(ValueType::text);
    connection.run(select, [&](Row& row) {
      state.compacted = {.revision = {row[0].number},
                         .token = taken_uuid(tables_, "commit", "token", row[1]),
                         .moment = {row[2].number},
                         .chain = taken_digest(tables_, "commit", "chain", row[3])};
    });
    compact_commits(connection, through, current);
    if (!is_news) return;
    if (state.compacted.revision != through) state.compacted.token = {};  // of a number that was left out
    state.compacted.revision = through;
    write_state(connection, tables_, state);
  }

  /** Leaves of commits what keeps their tokens taken, as storage::KeptTokens has it, and of others nothing. */
  void compact_commits(Connection& connection, Revision through, Revision current) const {
    std::string const commits = tables_.quoted("commit");
    Statement newest;
    newest << R"(select "time" from )" << commits << R"( order by "revision" desc limit 1)";
    Timestamp const time{connection.number(newest.gives(ValueType::integer))};
    auto const kept = storage::KeptTokens::of(current, time);
    Statement remove;
    remove << "delete from " << commits << R"( where "revision" <= )";
    remove.bind(integer(std::min(through, kept.after).value)) << R"( and "time" < )";
    connection.run(remove.bind(integer(kept.since.microseconds)));
    Statement blank;
    blank << "update " << commits << R"( set "actor" = '', "reason" = null where "revision" <= )";
    blank.bind(integer(through.value)) << R"( and "revision" > (select "compacted_through" from )"
                                       << tables_.quoted("counter") << ')';
    connection.run(blank);
  }

  [[nodiscard]] static Error not_joined() {
    return {.kind = ErrorKind::invalid_argument, .message = "this cannot be part of a transaction of the host"};
  }

  /** Commits. @throws DatabaseFailure: a refusal, when it can be tried again. */
  static Result<void> finish(Transaction& transaction) {
    try {
      transaction.commit();
    } catch (DatabaseFailure const& failure) {
      if (failure.is_refusal()) throw;
      // Neither done nor not done as far as anybody can tell from here.
      Error error = failure.to_error();
      error.outcome = Outcome::unknown;
      return error;
    }
    return {};
  }

  /** Runs what cannot be tried again once somebody has seen or given records. */
  template <class Attempt>
  static Result<void> give_up_when_begun(bool const& has_begun, Attempt&& attempt) {
    try {
      return attempt();
    } catch (DatabaseFailure const& failure) {
      if (!has_begun) throw;
      return failure.to_error();
    }
  }

  /** Lets the request give its records. What goes wrong here must not be thrown through whoever gives them. */
  static Result<void> fill(Restorer& restorer, RestoreRequest const& request) {
    storage::RecordCheck check;
    Result<void> taken;
    auto filled = request.fill([&](StoreRecord const& record) {
      if (taken.has_value()) taken = check.accept(record);
      if (taken.has_error()) return taken;
      try {
        restorer.take(record);
      } catch (Exception const& exception) {
        taken = exception.error();
      } catch (DatabaseFailure const& failure) {
        taken = failure.to_error();
      }
      return taken;
    });
    if (filled.has_error()) return filled;
    if (taken.has_error()) return taken;
    return check.finish();
  }

  std::unique_ptr<Driver const> driver_;
  StoreOptions options_;
  Tries tries_;
  Tables tables_;
  Capabilities capabilities_;
  mutable Pool readers_;
  Pool own_writers_;
  Pool& writers_;
  Committer committer_;
  std::unique_ptr<Standbys> standbys_;  // null: there are none to read from
  boost::mp11::mp_rename<boost::mp11::mp_transform<FixedStatements, model::Readables>, std::tuple> statements_;
};

}  // namespace

Result<std::shared_ptr<Repository>> open_store(std::unique_ptr<Driver const> driver, StoreOptions options) {
  // What SOCI and the databases' settings count milliseconds in.
  options.patience = std::clamp(options.patience, std::chrono::milliseconds(0),
                                std::chrono::milliseconds(std::numeric_limits<int>::max()));
  // It stands in statements as it is; in lower case, so that quoted and unquoted names are one table in every database.
  std::string const& prefix = options.table_prefix;
  auto const is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  auto const is_fit = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  if (prefix.empty() || prefix.size() > 24 || !is_letter(prefix.front()) ||
      !std::all_of(prefix.begin(), prefix.end(), is_fit)) {
    return Error{
        .kind = ErrorKind::invalid_argument,
        .message = "the table_prefix of a store must be 1 to 24 of a-z, 0-9 and _, and begin with a letter or _"};
  }
  auto store = std::make_shared<SqlRepository>(std::move(driver), std::move(options));
  if (auto const opened = store->open(); opened.has_error()) return opened.error();
  return std::shared_ptr<Repository>(std::move(store));
}

}  // namespace inlay::sql
