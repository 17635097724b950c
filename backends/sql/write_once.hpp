// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_WRITE_ONCE_HPP
#define INLAY_BACKENDS_SQL_WRITE_ONCE_HPP

// A commit as one statement, and so in one round trip: what nearly every commit is, one change and a few guards.

#include <backends/sql/columns.hpp>
#include <backends/sql/counter.hpp>
#include <backends/sql/dialect.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/storage/commit.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace inlay::sql {

/** Puts a commit into one statement, which begins and ends its own transaction.

    It gives one integer: the revision; or nothing, null or 0 when a row was not itself at its version, and nothing
    was done. Why a commit was refused it does not tell: for that the commit is done again, step by step. A block gives
    the revision before it ends its transaction: what fails then may be done.
*/
class OnceWriter {
 public:
  OnceWriter(Dialect const& dialect, Tables const& tables, Commit const& commit)
      : dialect_(dialect), style_(dialect.one_statement), tables_(tables), commit_(commit) {}

  /** Nothing for a commit that must be done step by step. */
  [[nodiscard]] std::optional<Statement> statement() {
    if (style_ == OneStatement::none || commit_.changes.size() != 1 || commit_.guards.size() > 4) return std::nullopt;
    bool const is_fit = std::visit([&]<class One>(One const& change) { return put(change); }, commit_.changes.front());
    if (!is_fit) return std::nullopt;
    return std::move(out_.gives(ValueType::integer).gives_one_row());
  }

 private:
  [[nodiscard]] bool is_block() const { return style_ == OneStatement::block; }

  template <class Entity>
  bool put(Edit<Entity> const&) {
    return false;  // decided by a function of ours in the middle of the transaction
  }

  template <class Entity>
  bool put(Insert<Entity> const& insert) {
    Entity const row = inserted(insert, commit_.time, Revision{});
    LoggedChange change(insert, commit_.time);
    begin(change, [&] { return false; });
    begin_write();
    out_ << "insert into " << tables_.quoted(Entity::entity_name) << " (";
    std::string_view separator;
    for (model::Field const& field : model::fields<Entity>) {
      out_ << std::exchange(separator, ", ") << '"' << field.name << '"';
    }
    if constexpr (has_documents<Entity>) out_ << R"(, "document_bytes")";
    out_ << ") select ";
    separator = "";
    model::for_each_field<Entity>([&]<class Member>(model::Field const&, Member Entity::*pointer) {
      out_ << std::exchange(separator, ", ");
      if constexpr (std::is_same_v<Member, Revision>) {
        put_revision();
      } else {
        put_value(parameter(row.*pointer));
      }
    });
    if constexpr (has_documents<Entity>) {
      out_ << ", ";
      put_value(bytes_parameter(row));
    }
    if (!is_block()) out_ << " from c";
    end_write();
    log(std::move(change), row);
    end();
    return true;
  }

  template <class Entity>
  bool put(Update<Entity> const& update) {
    Entity const row = updated(update, commit_.time, Revision{});
    LoggedChange change(update, commit_.time);
    begin(change, [&] { return put_is_there(update.before); });
    begin_write();
    out_ << "update " << tables_.quoted(Entity::entity_name) << " set ";
    std::string_view separator;
    model::for_each_field<Entity>([&]<class Member>(model::Field const& field, Member Entity::*pointer) {
      if (update.before.*pointer == row.*pointer && !field.is_set_by_store()) return;
      if (field.name == "created_at" || field.name == "birth") return;
      out_ << std::exchange(separator, ", ") << '"' << field.name << "\" = ";
      if constexpr (std::is_same_v<Member, Revision>) {
        put_revision();
      } else {
        out_.bind(parameter(row.*pointer));
      }
      if (field.type == model::FieldType::document) (out_ << R"(, "document_bytes" = )").bind(bytes_parameter(row));
    });
    put_where(update.before);
    end_write();
    log(std::move(change), row);
    end();
    return true;
  }

  template <class Entity>
  bool put(Remove<Entity> const& remove) {
    LoggedChange change(remove, commit_.time);
    begin(change, [&] { return put_is_there(remove.before); });
    begin_write();
    out_ << "delete from " << tables_.quoted(Entity::entity_name);
    put_where(remove.before);
    end_write();
    log(std::move(change), remove.before);
    end();
    return true;
  }

  // ------------------------------------------------------------------------------------------------------- frame

  /** Up to the change itself: the counter first, so that no two commits wait for each other; then the token. */
  template <class PutCondition>
  void begin(LoggedChange const& change, PutCondition const& put_condition) {
    std::string const counter = tables_.quoted("counter");
    storage::CommitContent content = bare_content(commit_);
    change.add_to(content);
    std::string const digest = to_string(content.digest());
    auto const put_moment = [&] {
      put_next_moment(out_, dialect_, [&] { put_value(integer(commit_.time.microseconds)); });
    };
    auto const put_link = [&](std::string_view revision, auto const& put_its_moment) {
      put_next_link(
          out_, dialect_, is_block() ? "inlay_chain" : R"("chain")", [&] { out_ << revision; }, put_its_moment,
          [&] { put_value(text(digest)); });
    };
    if (is_block()) {
      out_ << "begin not atomic declare inlay_revision, inlay_moment bigint; declare inlay_count bigint default 1;"
              " declare inlay_chain varchar(64) character set ascii;"
              R"( declare exit handler for sqlexception begin rollback; resignal; end; start transaction;)"
              R"( select "revision" + 1, "chain", )";
      put_moment();
      out_ << " into inlay_revision, inlay_chain, inlay_moment from " << counter
           << R"( where "id" = 1 for update; set inlay_chain = )";
      put_link("inlay_revision", [&] { out_ << "inlay_moment"; });
      out_ << "; update " << counter << R"( set "revision" = inlay_revision, "moment" = inlay_moment,)"
           << R"( "chain" = inlay_chain, "token" = )";
      put_value(text(to_string(commit_.token)));
      out_ << R"( where "id" = 1; )";
    } else {
      // What the statement's snapshot shows to be in vain is not begun. What somebody else changes while this statement
      // waits for the counter is found when the rows are written, too late for anything but an error (see end()).
      // What the update joins is evaluated before the counter is locked.
      std::string_view const limit = dialect_.limit_lock_wait;
      out_ << "with ";
      if (!limit.empty()) out_ << "s as (select " << limit << " as x), ";
      out_ << "k as (update " << counter << R"( set "revision" = "revision" + 1, "moment" = )";
      put_moment();
      out_ << R"(, "chain" = )";
      put_link(R"("revision" + 1)", put_moment);
      out_ << R"(, "token" = )";
      put_value(text(to_string(commit_.token)));
      out_ << (limit.empty() ? "" : " from s") << R"( where "id" = 1)" << (limit.empty() ? "" : " and s.x is not null");
      std::size_t const length = out_.text().size();
      out_ << " and ";
      if (!put_condition()) out_.shorten(length);
      for (AnyGuard const& guard : commit_.guards) {
        out_ << " and ";
        std::visit([&](auto const& one) { put_is_there(one); }, guard);
      }
      out_ << R"( returning "revision", "moment", "chain"), c as ()";
    }
    out_ << "insert into " << tables_.quoted("commit") << " (" << commit_columns << ") select "
         << (is_block() ? "inlay_revision" : "\"revision\"") << ", ";
    put_value(text(to_string(commit_.token)));
    out_ << ", ";
    put_value(text(commit_.actor));
    out_ << ", ";
    put_value(commit_.reason ? text(*commit_.reason) : null(ValueType::text));
    out_ << ", ";
    put_value(integer(commit_.time.microseconds));
    out_ << (is_block() ? ", inlay_moment, inlay_chain; " : R"(, "moment", "chain" from k returning "revision"), )");
    for (std::size_t i = 0; i < commit_.guards.size(); ++i) {
      if (is_block()) {
        out_ << "if inlay_count = 1 then select count(*) into inlay_count from ";
      } else {
        out_ << 'g' << std::to_string(i) << " as (select 1 from ";
      }
      std::visit(
          [&]<class Entity>(Guard<Entity> const& guard) {
            out_ << tables_.quoted(Entity::entity_name);
            put_where(guard);
          },
          commit_.guards[i]);
      out_ << (is_block() ? " for update; end if; " : " for update), ");
    }
  }

  void begin_write() { out_ << (is_block() ? "if inlay_count = 1 then " : "w as ("); }
  void end_write() {
    out_ << (is_block() ? "; set inlay_count = row_count(); end if; if inlay_count = 1 then "
                        : " returning 1), l as (");
  }

  void end() {
    if (is_block()) {
      // The row first: when a node of a cluster is cut off from the others, whatever follows the commit is refused, and
      // so is the handler's rollback, whose error takes the place of the commit's own. With the row it can be told that
      // the commit had begun.
      out_ << "; select inlay_revision; commit; else rollback; select 0; end if; end";
      return;
    }
    // To end a statement that has begun to write there is nothing but an error: here a division by zero. Where nothing
    // was begun there is no row to divide in, and so no error, which would end the transaction of a group.
    out_ << R"() select "revision" / ((select count(*) from w))";
    for (std::size_t i = 0; i < commit_.guards.size(); ++i)
      out_ << " * (select count(*) from g" << std::to_string(i) << ')';
    out_ << ") from c";
  }

  // ------------------------------------------------------------------------------------------------------- pieces

  /** A parameter where its type does not follow from where it stands. */
  void put_value(Parameter value) {
    if (is_block()) {
      out_.bind(std::move(value));
      return;
    }
    bool const is_text = value.type == ValueType::text;
    out_ << "cast(";
    out_.bind(std::move(value)) << (is_text ? " as text)" : " as bigint)");
  }

  void put_revision() { out_ << (is_block() ? "inlay_revision" : "(select \"revision\" from c)"); }

  /** Appends that a row is the one that was read, or guarded, and as it was. */
  template <class RowOrGuard>
  void put_unchanged(RowOrGuard const& row) {
    out_ << " where \"id\" = ";
    out_.bind(text(to_string(row.id))) << " and \"version\" = ";
    out_.bind(integer(row.version.value)) << " and \"birth\" = ";
    out_.bind(parameter(row.birth));
  }

  template <class RowOrGuard>
  void put_where(RowOrGuard const& row) {
    put_unchanged(row);
    if (!is_block()) out_ << " and exists (select 1 from c)";
  }

  template <class Entity>
  bool put_is_there(Entity const& before) {
    return put_is_there(Guard<Entity>(before));
  }
  template <class Entity>
  bool put_is_there(Guard<Entity> const& guard) {
    out_ << "exists (select 1 from " << tables_.quoted(Entity::entity_name);
    put_unchanged(guard);
    out_ << ')';
    return true;
  }

  template <class Entity>
  void log(LoggedChange change, Entity const& row) {
    auto const bytes = change.bytes();
    out_ << "insert into " << tables_.quoted("change") << " (" << change_columns << ") select ";
    put_revision();
    out_ << ", 0, ";
    put_value(text(std::string(change.entity)));
    out_ << ", ";
    put_value(text(to_string(change.id)));
    out_ << ", ";
    put_value(text(std::string(model::enum_name(change.kind))));
    out_ << ", ";
    put_value(std::move(change.before));
    out_ << ", ";
    put_value(std::move(change.after));
    out_ << ", ";
    put_owner(out_, tables_, row, [&](Parameter team) { put_value(std::move(team)); });
    out_ << ", ";
    put_value(integer(commit_.time.microseconds));
    out_ << ", ";
    put_value(integer(bytes));
    if (!is_block()) out_ << " from w";
  }

  Dialect const& dialect_;
  OneStatement style_;
  Tables const& tables_;
  Commit const& commit_;
  Statement out_;
};

}  // namespace inlay::sql

#endif
