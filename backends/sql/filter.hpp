// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_FILTER_HPP
#define INLAY_BACKENDS_SQL_FILTER_HPP

// Conditions and scopes as SQL.

#include <backends/sql/dialect.hpp>
#include <backends/sql/schema.hpp>
#include <backends/sql/statement.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/query.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace inlay::sql {

[[nodiscard]] inline Parameter parameter(FieldValue const& value) {
  return std::visit(
      []<class Value>(Value const& given) {
        if constexpr (std::is_same_v<Value, std::string>) {
          return text(given);
        } else if constexpr (std::is_same_v<Value, Uuid>) {
          return text(to_string(given));
        } else {
          return integer(static_cast<long long>(given));
        }
      },
      value);
}

/** Whether a condition may be served by an index. */
enum class Indexes {
  any,
  none,  ///< it is only looked at for rows that are read anyway: an index would also lead to those that are hidden
};

/** Calls `append` with each value of an `in`, and then with the last one again until there are as many as the next
    power of two, or from 1,024 on the next multiple of that: so that statements that differ in how many values they
   have are few, 20 for the most that a query may have, and hold no more parameters than need be. */
template <class Append>
void for_each_padded(std::span<FieldValue const> values, Append const& append) {
  constexpr std::size_t step = 1'024;
  std::size_t const steps = (values.size() + step - 1) / step;
  std::size_t const count = values.size() <= step ? std::bit_ceil(values.size()) : steps * step;
  for (std::size_t i = 0; i < count; ++i) append(values[std::min(i, values.size() - 1)]);
}

/** Appends one condition on a table's field; check_condition has accepted it. */
inline void add_condition(Statement& statement, Condition const& condition, model::Field const& field,
                          std::string_view alias, Indexes indexes = Indexes::any) {
  std::string column = std::string(alias) + ".\"" + std::string(field.name) + '"';
  if (indexes == Indexes::none) column = "coalesce(" + column + ", " + column + ')';
  auto const compare = [&](std::string_view sign) {
    statement << column << sign;
    statement.bind(parameter(condition.values.front()));
  };
  switch (condition.op) {
    case Operator::eq: compare(" = "); break;
    case Operator::ne:
      if (field.type == model::FieldType::boolean && !field.is_optional) {
        statement << column << " = ";  // the other of two, which an index can serve
        statement.bind(integer(std::get<bool>(condition.values.front()) ? 0 : 1));
      } else if (field.is_optional) {
        statement << '(';
        compare(" <> ");
        statement << " or " << column << " is null)";
      } else {
        compare(" <> ");
      }
      break;
    case Operator::lt: compare(" < "); break;
    case Operator::lte: compare(" <= "); break;
    case Operator::gt: compare(" > "); break;
    case Operator::gte: compare(" >= "); break;
    case Operator::in:
      if (condition.values.empty()) {
        statement << "1 = 0";
        break;
      }
      if (condition.values.size() == 1) {
        compare(" = ");
        break;
      }
      statement << column;
      {
        std::string_view separator = " in (";
        for_each_padded(condition.values, [&](FieldValue const& value) {
          statement << std::exchange(separator, ", ");
          statement.bind(parameter(value));
        });
      }
      statement << ')';
      break;
  }
}

/** What scopes can name of the entity of that name, which is its own members alone; empty when there is none. */
[[nodiscard]] inline std::span<inlay::detail::FilterPart const> entity_named(std::string_view name) {
  std::span<inlay::detail::FilterPart const> found;
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    if (name == Entity::entity_name) found = inlay::detail::read_parts<Entity>();
  });
  return found;
}

/** @throws inlay::Exception: invalid_argument, when a scope does not relate ids of a table's rows to ids of another's.
 */
inline void check_related(Scope const& scope, std::span<inlay::detail::FilterPart const> entity) {
  auto const has_id = [](std::span<inlay::detail::FilterPart const> of, std::string_view name) {
    return !of.empty() && std::any_of(of[0].fields.begin(), of[0].fields.end(), [&](model::Field const& field) {
      return field.name == name && field.type == model::FieldType::id;
    });
  };
  if (has_id(entity_named(scope.entity), scope.member) && has_id(entity, scope.own_member) && scope.parts.size() == 1) {
    return;
  }
  throw Exception(Error{.kind = ErrorKind::invalid_argument,
                        .message = "a scope relates rows by members that there are not, or that are no ids"});
}

/** Of what a scope says of the rows that it relates to, the part that relates them to others by the ids of these: each
   to one row, then. Null where there is none. */
[[nodiscard]] inline Scope const* related_by_id(Scope const& scope) {
  auto const is_by_id = [](Scope const& one) {
    return one.kind == Scope::Kind::related && one.member == "id" && one.parts.size() == 1;
  };
  Scope const& part = scope.parts.front();
  if (is_by_id(part)) return &part;
  if (part.kind != Scope::Kind::all_of) return nullptr;
  auto const found = std::find_if(part.parts.begin(), part.parts.end(), is_by_id);
  return found == part.parts.end() ? nullptr : &*found;
}

/** Appends a condition of a scope. @param indexes of fields that are no ids. */
inline void add_scope_condition(Statement& statement, Condition const& condition,
                                std::span<inlay::detail::FilterPart const> entity, std::string const& alias,
                                Indexes indexes) {
  auto const place = inlay::detail::check_condition(condition, entity);
  if (place.has_error()) throw Exception(place.error());
  bool const is_id = place->field.type == model::FieldType::id;
  add_condition(statement, condition, place->field, alias, is_id ? Indexes::any : indexes);
}

/** Whether a part of a scope names rows by the ids of those that they reference: environments by their teams. */
inline bool names_rows(Scope const& part) noexcept {
  return part.kind == Scope::Kind::related && part.member == "id" && part.parts.size() == 1 &&
         part.parts.front().kind != Scope::Kind::related;
}

/** Appends a scope on the rows of a table.

    @throws inlay::Exception: invalid_argument for entities and members that there aren't.
*/
inline void add_scope(Statement& statement, Dialect const& dialect, Scope const& scope,
                      std::span<inlay::detail::FilterPart const> entity, std::string const& alias,
                      Tables const& tables) {
  switch (scope.kind) {
    case Scope::Kind::condition: {
      add_scope_condition(statement, scope.condition, entity, alias, Indexes::any);
      return;
    }
    case Scope::Kind::related: {
      check_related(scope, entity);
      auto const other = entity_named(scope.entity);
      std::string const inner = alias + 'r';
      Scope const& part = scope.parts.front();
      if (Scope const* const further = related_by_id(scope); further && scope.member == "id") {
        // One row leads to one row: in which order is the database's to choose, which can begin with either.
        check_related(*further, other);
        std::string const innermost = inner + 'r';
        statement << "exists (select 1 from " << tables.quoted(scope.entity) << ' ' << inner << " join "
                  << tables.quoted(further->entity) << ' ' << innermost << " on " << innermost << ".\"id\" = " << inner
                  << ".\"" << further->own_member << "\" where " << inner << ".\"id\" = " << alias << ".\""
                  << scope.own_member << "\" and ";
        add_scope(statement, dialect, further->parts.front(), entity_named(further->entity), innermost, tables);
        for (Scope const& one : part.parts) {
          if (further == &part || further == &one) continue;
          statement << " and ";
          add_scope(statement, dialect, one, other, inner, tables);
        }
        statement << ')';
        return;
      }
      if (part.kind == Scope::Kind::related && part.parts.size() == 1 &&
          part.parts.front().kind != Scope::Kind::related) {
        // From the innermost rows, those of a team: others' rows may relate to this one, too, and are to cost nothing.
        check_related(part, other);
        std::string const innermost = inner + 'r';
        std::string const is_met = inner + ".\"" + part.own_member + "\" = " + innermost + ".\"" + part.member +
                                   "\" and " + inner + ".\"" + scope.member + "\" = " + alias + ".\"" +
                                   scope.own_member + '"';
        statement << "exists (select 1 from " << tables.quoted(part.entity) << ' ' << innermost;
        if (!dialect.fence.empty()) {
          statement << " cross join lateral (select 1 from " << tables.quoted(scope.entity) << ' ' << inner << " where "
                    << is_met << dialect.fence << ") " << inner << "l where ";
        } else {
          statement << dialect.ordered_join << tables.quoted(scope.entity) << ' ' << inner << " on " << is_met
                    << " where ";
        }
        add_scope(statement, dialect, part.parts.front(), entity_named(part.entity), innermost, tables);
        statement << ')';
        return;
      }
      statement << "exists (select 1 from " << tables.quoted(scope.entity) << ' ' << inner << " where " << inner
                << ".\"" << scope.member << "\" = " << alias << ".\"" << scope.own_member << "\" and ";
      add_scope(statement, dialect, part, other, inner, tables);
      statement << ')';
      return;
    }
    case Scope::Kind::all_of:
    case Scope::Kind::any_of: break;
  }
  bool const is_all = scope.kind == Scope::Kind::all_of;
  if (scope.parts.empty()) {
    statement << (is_all ? "1 = 1" : "1 = 0");
    return;
  }
  // Where all parts hold and one names the rows, a database is to begin there: at a team's environments, and not at all
  // that have the same name.
  bool const begins_at_names = is_all && std::any_of(scope.parts.begin(), scope.parts.end(), names_rows);
  std::string_view separator = "(";
  for (Scope const& part : scope.parts) {
    statement << std::exchange(separator, is_all ? " and " : " or ");
    if (begins_at_names && names_rows(part)) {
      check_related(part, entity);
      std::string const inner = alias + 'r';
      statement << alias << ".\"" << part.own_member << "\" in (select " << inner << ".\"id\" from "
                << tables.quoted(part.entity) << ' ' << inner << " where ";
      add_scope(statement, dialect, part.parts.front(), entity_named(part.entity), inner, tables);
      statement << ')';
    } else if (begins_at_names && part.kind == Scope::Kind::condition) {
      add_scope_condition(statement, part.condition, entity, alias, Indexes::none);
    } else {
      add_scope(statement, dialect, part, entity, alias, tables);
    }
  }
  statement << ')';
}

/** Appends ` and ...` for a scope that does not let everything through. */
template <class Entity>
void and_scope(Statement& statement, Dialect const& dialect, Scope const& scope, std::string const& alias,
               Tables const& tables) {
  if (scope.is_everything()) return;
  statement << " and ";
  add_scope(statement, dialect, scope, inlay::detail::read_parts<Entity>(), alias, tables);
}

}  // namespace inlay::sql

#endif
