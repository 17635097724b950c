// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_BACKENDS_SQL_COLUMNS_HPP
#define INLAY_BACKENDS_SQL_COLUMNS_HPP

// Entities as rows of their tables: a member is a column of its name, in the order described.

#include <backends/sql/connection.hpp>
#include <backends/sql/schema.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/model/entities.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/storage/chain.hpp>
#include <inlay/storage/commit.hpp>
#include <inlay/storage/errors.hpp>
#include <inlay/storage/query.hpp>
#include <inlay/storage/usage.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>

namespace inlay::sql {

/** Documents already met while reading one page: those of one integration are shared by all its rows. */
using SharedDocuments = std::unordered_map<Uuid, Document>;

[[nodiscard]] constexpr ValueType value_type(model::FieldType type) noexcept {
  switch (type) {
    case model::FieldType::text:
    case model::FieldType::enumeration:
    case model::FieldType::document:
    case model::FieldType::ended:
    case model::FieldType::id: return ValueType::text;
    case model::FieldType::boolean:
    case model::FieldType::version:
    case model::FieldType::birth:
    case model::FieldType::revision:
    case model::FieldType::timestamp: break;
  }
  return ValueType::integer;
}

/** A member as a parameter. */
template <class Member>
[[nodiscard]] Parameter parameter(Member const& member) {
  if constexpr (model::is_optional_v<Member>) {
    if (!member) return null(value_type(model::field_type<Member>()));
    return parameter(*member);
  } else if constexpr (std::is_same_v<Member, bool>) {
    return integer(member ? 1 : 0);
  } else if constexpr (std::is_same_v<Member, std::string>) {
    return text(member);
  } else if constexpr (std::is_enum_v<Member>) {
    return text(std::string(model::enum_name(member)));
  } else if constexpr (std::is_same_v<Member, Document>) {
    return text(std::string(member.text()));
  } else if constexpr (model::is_id_v<Member>) {
    return text(to_string(member));
  } else if constexpr (std::is_same_v<Member, Timestamp>) {
    return integer(member.microseconds);
  } else if constexpr (std::is_same_v<Member, Birth>) {
    return integer(static_cast<long long>(member.value));  // a column has 64 bits with a sign
  } else if constexpr (std::is_same_v<Member, Ended>) {
    std::string json;
    model::detail::write_value(member, json, model::JsonUse::record);
    return text(std::move(json));
  } else {
    return integer(member.value);  // Version, Revision
  }
}

/** Puts a column's value into a member; false when it is none that inlay would have written. */
template <class Member>
[[nodiscard]] bool take(Member& member, Column& column) {
  if constexpr (model::is_optional_v<Member>) {
    if (column.is_null) {
      member.reset();
      return true;
    }
    return take(member.emplace(), column);
  } else {
    if (column.is_null) return false;
    if constexpr (std::is_same_v<Member, bool>) {
      member = column.number != 0;
      return column.number == 0 || column.number == 1;
    } else if constexpr (std::is_same_v<Member, std::string>) {
      member = std::move(column.text);
    } else if constexpr (std::is_enum_v<Member>) {
      auto const value = model::enum_from_name<Member>(column.text);
      if (!value) return false;
      member = *value;
    } else if constexpr (std::is_same_v<Member, Document>) {
      member = Document::from_stored(std::move(column.text));
    } else if constexpr (model::is_id_v<Member>) {
      auto const uuid = parse_uuid(column.text);
      if (!uuid) return false;
      member.uuid = *uuid;
    } else if constexpr (std::is_same_v<Member, Timestamp>) {
      member.microseconds = column.number;
    } else if constexpr (std::is_same_v<Member, Birth>) {
      member.value = static_cast<std::uint64_t>(column.number);
    } else if constexpr (std::is_same_v<Member, Ended>) {
      auto const json = json::parse(column.text, json::no_limits);
      if (!json) return false;
      auto ended = model::detail::read_ended({"ended", model::FieldType::ended, true}, *json);
      if (!ended) return false;
      member = std::move(*ended);
    } else {
      member.value = column.number;
    }
    return true;
  }
}

template <class Entity>
inline constexpr bool has_documents = std::any_of(model::fields<Entity>.begin(), model::fields<Entity>.end(),
                                                  [](model::Field const& field) {
                                                    return field.type == model::FieldType::document;
                                                  });

/** What the column "document_bytes" holds, which tables of rows with documents have besides their members: to add up
    what a team has without reading it. */
template <class Entity>
[[nodiscard]] Parameter bytes_parameter(Entity const& row) {
  return integer(static_cast<long long>(document_bytes(row, Query<Entity>{})));
}

/** A change as the log has it. */
struct LoggedChange {
  std::string_view entity;
  Uuid id;
  ChangeKind kind;
  Parameter before;  // the rows, null where there is none
  Parameter after;

  template <class Entity>
  LoggedChange(ChangeKind what, Entity const* row_before, Entity const* row_after)
      : entity(Entity::entity_name),
        id((row_after ? row_after : row_before)->id.uuid),
        kind(what),
        before(record_of(row_before)),
        after(record_of(row_after)) {}

  // Of changes that need no look at the store. What a row is stored with, and only the store knows, the log has not.
  template <class Entity>
  LoggedChange(Insert<Entity> const& insert, Timestamp time) : LoggedChange(inserted(insert, time, Revision{})) {}
  template <class Entity>
  LoggedChange(Update<Entity> const& update, Timestamp time)
      : LoggedChange(update.before, updated(update, time, Revision{})) {}
  template <class Entity>
  LoggedChange(Remove<Entity> const& remove, Timestamp)
      : LoggedChange(ChangeKind::removed, &remove.before, static_cast<Entity const*>(nullptr)) {}

  [[nodiscard]] long long bytes() const noexcept {
    return static_cast<long long>(before.text.size() + after.text.size());
  }

  void add_to(storage::CommitContent& content) const {
    auto const json = [](Parameter const& row) {
      return row.is_null ? std::nullopt : std::optional<std::string_view>(row.text);
    };
    content.add(entity, id, kind, json(before), json(after));
  }

 private:
  template <class Entity>
  explicit LoggedChange(Entity const& row)
      : LoggedChange(ChangeKind::inserted, static_cast<Entity const*>(nullptr), &row) {}
  template <class Entity>
  LoggedChange(Entity const& row_before, Entity const& row_after)
      : LoggedChange(ChangeKind::updated, &row_before, &row_after) {}

  template <class Entity>
  [[nodiscard]] static Parameter record_of(Entity const* row) {
    if (row == nullptr) return null(ValueType::text);
    Parameter json = text({});
    model::write_json(*row, json.text, model::JsonUse::record);
    return json;
  }
};

/** What a commit says, as long as none of its changes is added. */
[[nodiscard]] inline storage::CommitContent bare_content(Commit const& commit) {
  return {commit.token, commit.actor, commit.reason, commit.time};
}

/** The columns of a commit, in the order in which they are written. */
inline constexpr std::string_view commit_columns =
    R"("revision", "token", "actor", "reason", "time", "moment", "chain")";

/** The columns of the change log, in the order in which they are written. */
inline constexpr std::string_view change_columns =
    R"("revision", "ordinal", "entity", "row_id", "kind", "before", "after", "team_id", "time", "bytes")";

/** Appends whose a change of the row is: the team's id, or where that stands. `bind` appends a value that is known. */
template <class Entity, class Bind>
void put_owner(Statement& statement, Tables const& tables, Entity const& row, Bind const& bind) {
  std::visit(
      [&]<class Owner>(Id<Owner> const& id) {
        if constexpr (std::is_same_v<Owner, Team>) {
          bind(text(to_string(id)));
        } else {
          statement << R"((select "team_id" from )" << tables.quoted(Owner::entity_name) << R"( where "id" = )";
          statement.bind(text(to_string(id))) << ')';
        }
      },
      storage::owner_of(row));
}

/** Reads a row of Entity from `row`, beginning with column `at`, which moves past it; its id only if that was
    selected. Where documents were not, Document::left_out() stands in their place.

    @throws inlay::Exception: corrupt, naming table, id and member.
*/
template <class Entity>
void take_row(Entity& entity, Row& row, std::size_t& at, Tables const& tables, SharedDocuments* shared = nullptr,
              bool with_id = true, [[maybe_unused]] bool with_documents = true) {
  model::for_each_field<Entity>([&]<class Member>(model::Field const& field, Member Entity::*pointer) {
    if (!with_id && field.name == "id") return;
    Column& column = row[at++];
    if constexpr (std::is_same_v<model::ValueOf<Member>, Document>) {
      if (!with_documents) {
        entity.*pointer = Document::left_out();
        return;
      }
    }
    if constexpr (std::is_same_v<Member, Document>) {
      if (shared) {
        auto const [place, is_new] = shared->try_emplace(entity.id.uuid);
        if (is_new && !take(place->second, column))
          shared->erase(place);
        else {
          entity.*pointer = place->second;
          return;
        }
      }
    }
    if (take(entity.*pointer, column)) return;
    throw Exception(storage::corrupt_row(tables.name(Entity::entity_name), entity.id.uuid,
                                         "column " + std::string(field.name) + " holds what inlay never writes"));
  });
}

/** Which columns of a table a statement selects, and what they are called in its result. */
struct Selection {
  bool with_id = true;
  bool with_documents = true;
  std::string_view document_condition{};  ///< where it does not hold, documents read as null; empty: it always does
  std::optional<std::size_t> number{};    ///< the columns are called c<number> and so on; absent: by their own names
};

/** Appends `t."a", t."b", ...`, the columns of Entity, and tells the statement their types. */
template <class Entity>
void select_columns(Statement& statement, std::string_view alias, Selection const& selection = {}) {
  std::string_view separator;
  std::size_t number = selection.number.value_or(0);
  for (model::Field const& field : model::fields<Entity>) {
    if (!selection.with_id && field.name == "id") continue;
    statement << std::exchange(separator, ", ");
    if (field.type == model::FieldType::document && !selection.with_documents) {
      statement << "'{}'";
    } else if (field.type == model::FieldType::document && !selection.document_condition.empty()) {
      statement << "case when " << selection.document_condition << " then " << alias << ".\"" << field.name << "\" end";
    } else {
      statement << alias << ".\"" << field.name << '"';
    }
    if (selection.number) statement << " c" << std::to_string(number++);
    statement.gives(value_type(field.type));
  }
}

}  // namespace inlay::sql

#endif
