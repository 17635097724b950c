// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_WRITE_HPP
#define INLAY_BACKENDS_SQL_WRITE_HPP

// One attempt at a commit.

#include <backends/sql/columns.hpp>
#include <backends/sql/counter.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/changes.hpp>
#include <inlay/storage/commit.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace inlay::sql {

/** Whether there is a commit of this token. `lock`: see Dialect::lock_rows. */
inline bool is_token_taken(Connection& connection, Tables const& tables, Uuid const& token,
                           std::string_view lock = "") {
  Statement select;
  select << "select count(*) from " << tables.quoted("commit") << R"( where "token" = )";
  select.bind(text(to_string(token))).gives(ValueType::integer) << lock;
  return connection.number(select) > 0;
}

/** Writes what a commit says, inside a transaction that its caller has begun and ends.

    Every member throws: inlay::Exception for what callers are to be told; DatabaseFailure.
*/
class Writer {
 public:
  /** Thrown when the commit must be tried again, with care, so that it can be said why it was refused. */
  struct NeedsCare {};

  Writer(Connection& connection, Tables const& tables, Commit const& commit, bool is_careful)
      : connection_(connection), tables_(tables), commit_(commit), is_careful_(is_careful) {}

  /** Takes the commit's token and a revision, before what else write() does. */
  void take_token() { revision(); }

  /** Does a commit of that token, time, actor and reason which changes nothing, in the place of the commit. */
  void bar() {
    content_ = bare_content(commit_).digest();
    revision();
  }

  /** Nothing: all its Edits changed nothing, so it has no revision. */
  std::optional<Revision> write() {
    if (!counter_ && !connection_.dialect().lock_rows.empty()) take_number();
    // A token that is taken goes before all else there is to say. It is asked for only where nothing has been written,
    // since whoever writes takes it.
    try {
      for (AnyGuard const& guard : commit_.guards) {
        std::visit([&](auto const& one) { check(one); }, guard);
      }
      for (Change const& change : commit_.changes) {
        std::visit([&](auto const& one) { apply(one); }, change);
      }
    } catch (Exception const& refusal) {
      if (refusal.error().pointer != "/token") check_token();
      throw;
    }
    check_token();
    if (revision_ && !content_) chain_late();
    return revision_;
  }

 private:
  void check_token() {
    if (!revision_ && is_token_taken(connection_, tables_, commit_.token)) throw Exception(storage::token_taken());
  }

  // The commit's own row comes before all others: a token that is taken must be found even when the rows have changed
  // since, which they have when it was this very commit that did.
  Revision revision() {
    if (revision_) return *revision_;
    if (!counter_) take_number();
    if (!content_) content_ = foreseen_content();
    end_ = storage::next_end(counter_->last, commit_.token, commit_.time, counter_->clock, content_.value_or(Digest{}));
    if (content_) move_counter(connection_, tables_, end_);
    Statement insert;
    insert << "insert into " << tables_.quoted("commit") << " (" << commit_columns << ") values (";
    insert.bind(integer(end_.revision.value)) << ", ";
    insert.bind(text(to_string(commit_.token))) << ", ";
    insert.bind(text(commit_.actor)) << ", ";
    insert.bind(commit_.reason ? text(*commit_.reason) : null(ValueType::text)) << ", ";
    insert.bind(integer(commit_.time.microseconds)) << ", ";
    insert.bind(integer(end_.moment.microseconds)) << ", ";
    insert.bind(content_ ? text(to_string(end_.chain)) : null(ValueType::text)) << ')';
    try {
      connection_.run(insert);
    } catch (DatabaseFailure const& failure) {
      if (failure.kind() == FailureKind::unique) explain_commit_row(failure);
      throw;
    }
    revision_ = end_.revision;
    return *revision_;
  }

  void take_number() { counter_ = take_counter(connection_, tables_); }

  /** What the commit says, and what the log has of its changes; nothing where an Edit decides that. */
  std::optional<Digest> foreseen_content() {
    bool const is_foreseen = std::all_of(commit_.changes.begin(), commit_.changes.end(), [this](Change const& change) {
      return std::visit([this](auto const& one) { return foresee(one); }, change);
    });
    if (is_foreseen) return said_.digest();
    foreseen_.clear();
    said_ = bare_content(commit_);
    return std::nullopt;
  }
  template <class One>
  bool foresee(One const& change) {
    foreseen_.emplace_back(change, commit_.time).add_to(said_);
    return true;
  }
  template <class Entity>
  bool foresee(Edit<Entity> const&) {
    return false;
  }

  /** Where it was not foreseen what the commit says: the commit's row has come before its changes. */
  void chain_late() {
    end_.chain = storage::next_link(counter_->last.chain, end_.revision, end_.moment, said_.digest());
    move_counter(connection_, tables_, end_);
    Statement update("update ");
    update << tables_.quoted("commit") << R"( set "chain" = )";
    update.bind(text(to_string(end_.chain))) << R"( where "revision" = )";
    connection_.run(update.bind(integer(end_.revision.value)));
  }

  // Runs what a constraint may refuse. Where that ends the transaction, the commit is begun again with a savepoint
  // before each such statement, so that it can be explained inside.
  long long run_fallible(Statement const& statement) {
    if (!is_careful_) return connection_.run(statement);
    connection_.run(Statement("savepoint inlay_step"));
    try {
      long long const written = connection_.run(statement);
      connection_.run(Statement("release savepoint inlay_step"));
      return written;
    } catch (DatabaseFailure const& failure) {
      if (failure.kind() == FailureKind::unique || failure.kind() == FailureKind::foreign_key) {
        connection_.run(Statement("rollback to savepoint inlay_step"));
      }
      throw;
    }
  }

  // Nothing: the row is gone, and perhaps another has its id.
  template <class Entity>
  [[nodiscard]] std::optional<Version> version_of(Id<Entity> const& id, Birth birth) {
    Statement select;
    select << "select \"version\" from " << tables_.quoted(Entity::entity_name) << " where \"id\" = ";
    select.bind(text(to_string(id))) << " and \"birth\" = ";
    select.bind(parameter(birth)).gives(ValueType::integer) << connection_.dialect().lock_rows;
    std::optional<Version> found;
    connection_.run(select, [&](Row& row) { found = Version{row.front().number}; });
    return found;
  }

  template <class Entity>
  void check(Guard<Entity> const& guard) {
    auto const current = version_of(guard.id, guard.birth);
    if (current != guard.version) throw Exception(storage::stale_version(Entity::entity_name, current));
  }

  template <class Entity>
  void apply(Insert<Entity> const& insert) {
    Entity const row = inserted(insert, commit_.time, revision());
    Statement statement;
    statement << "insert into " << tables_.quoted(Entity::entity_name) << " (";
    std::string_view separator;
    for (model::Field const& field : model::fields<Entity>) {
      statement << std::exchange(separator, ", ") << '"' << field.name << '"';
    }
    if constexpr (has_documents<Entity>) statement << R"(, "document_bytes")";
    statement << ") values (";
    separator = "";
    model::for_each_field<Entity>([&](model::Field const&, auto pointer) {
      statement << std::exchange(separator, ", ");
      statement.bind(parameter(row.*pointer));
    });
    if constexpr (has_documents<Entity>) (statement << ", ").bind(bytes_parameter(row));
    statement << ')';
    try {
      run_fallible(statement);
    } catch (DatabaseFailure const& failure) {
      explain(row, true, failure);
    }
    log(ChangeKind::inserted, static_cast<Entity const*>(nullptr), &row);
  }

  template <class Entity>
  void apply(Update<Entity> const& update) {
    Entity const row = updated(update, commit_.time, revision());
    Statement statement;
    statement << "update " << tables_.quoted(Entity::entity_name) << " set ";
    std::string_view separator;
    model::for_each_field<Entity>([&](model::Field const& field, auto pointer) {
      if (update.before.*pointer == row.*pointer && !field.is_set_by_store()) return;
      if (field.name == "created_at" || field.name == "birth") return;
      statement << std::exchange(separator, ", ") << '"' << field.name << "\" = ";
      statement.bind(parameter(row.*pointer));
      if (field.type == model::FieldType::document)
        (statement << R"(, "document_bytes" = )").bind(bytes_parameter(row));
    });
    where_unchanged(statement, update.before);
    long long written = 0;
    try {
      written = run_fallible(statement);
    } catch (DatabaseFailure const& failure) {
      explain(row, false, failure);
    }
    if (written == 0) throw_stale(update.before);
    log(ChangeKind::updated, &update.before, &row);
  }

  template <class Entity>
  void apply(Edit<Entity> const& edit) {
    Statement select("select ");
    select_columns<Entity>(select, "t0");
    select << " from " << tables_.quoted(Entity::entity_name) << " t0 where t0.\"id\" = ";
    select.bind(text(to_string(edit.id))) << connection_.dialect().lock_rows;
    std::optional<Entity> current;
    connection_.run(select, [&](Row& row) {
      std::size_t at = 0;
      take_row(current.emplace(), row, at, tables_);
    });
    if (!current) throw Exception(storage::no_such_row(Entity::entity_name));
    Result<Entity> edited = edit.edit(*current);
    if (edited.has_error()) throw Exception(edited.error());
    // What belongs to the store makes no difference, whatever was returned for it.
    Entity after = updated(Update<Entity>{*current, *std::move(edited)}, current->updated_at, current->revision);
    after.version = current->version;
    if (after == *current) return;
    if (auto const checked = model::check(after); checked.has_error()) throw Exception(checked.error());
    apply(Update<Entity>{.before = *std::move(current), .after = std::move(after)});
  }

  template <class Entity>
  void apply(Remove<Entity> const& remove) {
    revision();
    Statement statement;
    statement << "delete from " << tables_.quoted(Entity::entity_name);
    where_unchanged(statement, remove.before);
    long long written = 0;
    try {
      written = run_fallible(statement);
    } catch (DatabaseFailure const& failure) {
      explain_removal(remove.before.id, failure);
    }
    if (written == 0) throw_stale(remove.before);
    log(ChangeKind::removed, &remove.before, static_cast<Entity const*>(nullptr));
  }

  template <class Entity>
  static void where_unchanged(Statement& statement, Entity const& before) {
    statement << " where \"id\" = ";
    statement.bind(text(to_string(before.id))) << " and \"version\" = ";
    statement.bind(integer(before.version.value)) << " and \"birth\" = ";
    statement.bind(parameter(before.birth));
  }

  // By a second statement: the one that lost still sees the row as it was.
  template <class Entity>
  [[noreturn]] void throw_stale(Entity const& before) {
    throw Exception(storage::stale_version(Entity::entity_name, version_of(before.id, before.birth)));
  }

  template <class Entity>
  void log(ChangeKind kind, Entity const* before, Entity const* after) {
    auto const ordinal = static_cast<std::size_t>(ordinal_);
    LoggedChange change = content_ ? std::move(foreseen_[ordinal]) : LoggedChange(kind, before, after);
    if (!content_) change.add_to(said_);
    auto const bytes = change.bytes();
    Statement insert;
    insert << "insert into " << tables_.quoted("change") << " (" << change_columns << ") values (";
    insert.bind(integer(revision().value)) << ", ";
    insert.bind(integer(ordinal_++)) << ", ";
    insert.bind(text(std::string(change.entity))) << ", ";
    insert.bind(text(to_string(change.id))) << ", ";
    insert.bind(text(std::string(model::enum_name(kind)))) << ", ";
    insert.bind(std::move(change.before)) << ", ";
    insert.bind(std::move(change.after)) << ", ";
    put_owner(insert, tables_, after ? *after : *before, [&](Parameter team) { insert.bind(std::move(team)); });
    insert << ", ";
    insert.bind(integer(commit_.time.microseconds)) << ", ";
    insert.bind(integer(bytes)) << ')';
    try {
      connection_.run(insert);
    } catch (DatabaseFailure const& failure) {
      if (failure.kind() == FailureKind::unique) refuse_taken_number(failure);
      throw;
    }
  }

  // ---------------------------------------------------------------------------------------- why a row was refused

  // Databases name the constraint in ways of their own, or not at all; asking what is there is the same everywhere.
  void before_explaining(DatabaseFailure const& failure) {
    if (failure.kind() != FailureKind::unique && failure.kind() != FailureKind::foreign_key) throw failure;
    if (!is_careful_ && !connection_.dialect().transaction_survives_failure) throw NeedsCare{};
  }

  // Nothing that is there was in the way, so the same commit may succeed.
  [[noreturn]] static void give_up_explaining(DatabaseFailure const& failure) {
    throw DatabaseFailure(FailureKind::busy, failure.what());
  }

  [[nodiscard]] bool is_there(std::string_view table, Parameter id) {
    Statement select;
    select << "select 1 from " << tables_.quoted(table) << " where \"id\" = ";
    select.bind(std::move(id)).gives(ValueType::integer);
    return connection_.number(select) != 0;
  }

  template <class Entity>
  [[nodiscard]] bool has_twin(Entity const& row, model::UniqueKey const& key) {
    Statement select;
    select << "select 1 from " << tables_.quoted(Entity::entity_name) << " where \"id\" <> ";
    select.bind(text(to_string(row.id)));
    model::for_each_field<Entity>([&](model::Field const& field, auto pointer) {
      if (field.name != key[0] && field.name != key[1]) return;
      select << " and \"" << field.name << "\" = ";
      select.bind(parameter(row.*pointer));
    });
    select.gives(ValueType::integer);
    return connection_.number(select) != 0;
  }

  // Where that can't be asked, it is the token: a number that the counter has given is given to nobody else.
  [[noreturn]] void explain_commit_row(DatabaseFailure const& failure) {
    Dialect const& dialect = connection_.dialect();
    if (dialect.transaction_survives_failure &&
        !is_token_taken(connection_, tables_, commit_.token, dialect.lock_rows)) {
      refuse_taken_number(failure);
    }
    throw Exception(storage::token_taken());
  }

  // A node of a cluster that takes a transaction back, because others were faster, may tell so by what they have
  // written under the same number.
  [[noreturn]] void refuse_taken_number(DatabaseFailure const& failure) {
    if (connection_.dialect().may_be_done_after_all) give_up_explaining(failure);
    throw Exception(storage::corrupt_row(tables_.name("counter"), Uuid{}, "its revision is behind the change log"));
  }

  template <class Entity>
  [[noreturn]] void explain(Entity const& row, bool is_new, DatabaseFailure const& failure) {
    before_explaining(failure);
    if (is_new && is_there(Entity::entity_name, text(to_string(row.id)))) {
      throw Exception(storage::id_taken(Entity::entity_name));
    }
    for (model::UniqueKey const& key : Entity::unique_keys) {
      if (has_twin(row, key)) throw Exception(storage::unique_key_taken(Entity::entity_name, key));
    }
    model::for_each_reference<Entity>([&](model::Reference const& reference, auto pointer) {
      Parameter id = parameter(row.*pointer);
      if (!id.is_null && !is_there(reference.entity, std::move(id))) {
        throw Exception(storage::dangling_reference(reference));
      }
    });
    give_up_explaining(failure);
  }

  template <class Entity>
  [[noreturn]] void explain_removal(Id<Entity> const& id, DatabaseFailure const& failure) {
    before_explaining(failure);
    std::vector<std::string_view> referrers;
    model::for_each_referrer<Entity>([&]<class Referrer>(model::Reference const& reference, auto) {
      Statement select;
      select << "select 1 from " << tables_.quoted(Referrer::entity_name) << " where \"" << reference.member << "\" = ";
      select.bind(text(to_string(id))).gives(ValueType::integer) << " limit 1";
      if (connection_.number(select) != 0) referrers.push_back(Referrer::entity_name);
    });
    if (referrers.empty()) give_up_explaining(failure);
    throw Exception(storage::still_referenced(Entity::entity_name, referrers));
  }

  Connection& connection_;
  Tables const& tables_;
  Commit const& commit_;
  bool is_careful_;
  std::optional<TakenCounter> counter_;
  std::optional<Revision> revision_;
  LogEnd end_;  // of the log with this commit, once it has its revision
  std::vector<LoggedChange> foreseen_;
  storage::CommitContent said_ = bare_content(commit_);
  std::optional<Digest> content_;  // of all that it says; nothing while an Edit is to decide that
  long long ordinal_ = 0;
};

}  // namespace inlay::sql

#endif
