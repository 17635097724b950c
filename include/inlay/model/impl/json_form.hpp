// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_MODEL_IMPL_JSON_FORM_HPP
#define INLAY_MODEL_IMPL_JSON_FORM_HPP

#include <inlay/json/print.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/model/references.hpp>
#include <inlay/model/summary.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace inlay::model {

namespace detail {

// Errors: the member's name starts the message, its pointer goes with it.

/** Why a member can't be given here; none: it can. */
using Refuse = std::optional<Error> (*)(Field const& field);

[[nodiscard]] Error unknown_member(std::string_view name, std::span<Field const> known, Refuse refuse);
[[nodiscard]] Error set_by_store(Field const& field);
[[nodiscard]] Error read_only(std::string_view name);
[[nodiscard]] Error missing_member(Field const& field);
[[nodiscard]] Error null_member(Field const& field);
[[nodiscard]] Error left_out_member(Field const& field);
[[nodiscard]] Error unknown_enumerator(Field const& field, std::span<std::string_view const> names);
[[nodiscard]] Error below_member(std::string_view member, Error error);

[[nodiscard]] Result<void> check_text_member(Field const& field, std::string_view text);

// One for each type of member; none of them takes null.
[[nodiscard]] Result<bool> read_boolean(Field const& field, boost::json::value const& value);
[[nodiscard]] Result<std::string> read_text(Field const& field, boost::json::value const& value);
[[nodiscard]] Result<std::size_t> read_enumerator(Field const& field, boost::json::value const& value,
                                                  std::span<std::string_view const> names);
[[nodiscard]] Result<boost::json::object const*> read_object(Field const& field, boost::json::value const& value);
[[nodiscard]] Result<Document> read_document(Field const& field, boost::json::value const& value,
                                             json::Limits const& limits);
[[nodiscard]] Result<Uuid> read_uuid(Field const& field, boost::json::value const& value);
[[nodiscard]] Result<Version> read_version(Field const& field, boost::json::value const& value);
[[nodiscard]] Result<Birth> read_birth(Field const& field, boost::json::value const& value);
[[nodiscard]] Result<Timestamp> read_timestamp(Field const& field, boost::json::value const& value);
[[nodiscard]] Result<Ended> read_ended(Field const& field, boost::json::value const& value);

/** The place of the field of that name, or fields.size(). */
[[nodiscard]] std::size_t index_of(std::span<Field const> fields, std::string_view name) noexcept;

/** Appends `"name":`, with a comma before it unless the object has just been opened. */
void write_name(std::string_view name, std::string& out);

template <class Value>
void write_value(Value const& value, std::string& out, JsonUse use) {
  if constexpr (std::is_same_v<Value, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_same_v<Value, std::string>) {
    json::print_string(value, out);
  } else if constexpr (std::is_enum_v<Value>) {
    json::print_string(enum_name(value), out);
  } else if constexpr (std::is_same_v<Value, Document>) {
    out += value.text();
  } else if constexpr (is_id_v<Value>) {
    out += '"';
    out += to_string(value);
    out += '"';
  } else if constexpr (std::is_same_v<Value, Version>) {
    out += std::to_string(value.value);
  } else if constexpr (std::is_same_v<Value, Birth>) {
    out += '"';
    out += to_string(value);
    out += '"';
  } else if constexpr (std::is_same_v<Value, Ended>) {
    out += R"({"at":)";
    write_value(value.at, out, use);
    out += R"(,"reason":)";
    json::print_string(value.reason, out);
    out += '}';
  } else {
    static_assert(std::is_same_v<Value, Timestamp>);
    out += '"';
    out += use == JsonUse::record ? to_precise_string(value) : to_string(value);
    out += '"';
  }
}

/** Whether a member is a document that was not read with its row. */
template <class Member>
[[nodiscard]] bool is_left_out(Member const& member) noexcept {
  if constexpr (std::is_same_v<Member, Document>) {
    return member.is_left_out();
  } else if constexpr (std::is_same_v<Member, std::optional<Document>>) {
    return member && member->is_left_out();
  } else {
    return false;
  }
}

/** Appends an entity's members, without the braces. */
template <class Entity>
void write_members(Entity const& row, std::string& out, JsonUse use, bool with_documents) {
  bool const only_public = use == JsonUse::resource && is_summary(row);
  for_each_field<Entity>([&]<class Member>(Field const& field, Member Entity::*pointer) {
    using Value = ValueOf<Member>;
    if constexpr (!std::is_same_v<Value, Revision>) {
      if (!with_documents && field.type == FieldType::document) return;
      if (only_public && !is_public<Entity>(field.name)) return;
      if (is_left_out(row.*pointer)) return;
      if constexpr (is_optional_v<Member>) {
        if (!(row.*pointer)) return;
        write_name(field.name, out);
        write_value(*(row.*pointer), out, use);
      } else {
        write_name(field.name, out);
        write_value(row.*pointer, out, use);
      }
    }
  });
}

void write_installed_in(InstalledIn const& installed_in, std::string& out);

/** Appends part `index` of a read model and, nested in it, those that follow. */
template <std::size_t index, class ReadModel>
void write_parts(ReadModel const& resource, std::string& out, ResourceParts const& parts) {
  using Entity = Part<ReadModel, index>;
  out += '{';
  write_members(part_of<index>(resource), out, JsonUse::resource, index == 0 || parts.with_nested_documents);
  if constexpr (std::is_same_v<Entity, Integration>) {
    if (resource.installed_in) write_installed_in(*resource.installed_in, out);
  }
  if constexpr (index + 1 < part_count<ReadModel>) {
    write_name(part_names<ReadModel>[index + 1], out);
    write_parts<index + 1>(resource, out, parts);
  }
  out += '}';
}

/** Reads a value that is not null, and checks it. */
template <class Value>
[[nodiscard]] Result<Value> read_value(Field const& field, boost::json::value const& value,
                                       json::Limits const& limits) {
  if constexpr (std::is_same_v<Value, bool>) {
    return read_boolean(field, value);
  } else if constexpr (std::is_same_v<Value, std::string>) {
    return read_text(field, value);
  } else if constexpr (std::is_enum_v<Value>) {
    auto const index = read_enumerator(field, value, enum_names<Value>);
    if (!index) return index.error();
    return *enum_from_name<Value>(enum_names<Value>[*index]);
  } else if constexpr (std::is_same_v<Value, Document>) {
    return read_document(field, value, limits);
  } else if constexpr (is_id_v<Value>) {
    auto const uuid = read_uuid(field, value);
    if (!uuid) return uuid.error();
    return Value{*uuid};
  } else if constexpr (std::is_same_v<Value, Version>) {
    return read_version(field, value);
  } else if constexpr (std::is_same_v<Value, Birth>) {
    return read_birth(field, value);
  } else if constexpr (std::is_same_v<Value, Ended>) {
    return read_ended(field, value);
  } else {
    static_assert(std::is_same_v<Value, Timestamp>);
    return read_timestamp(field, value);
  }
}

/** Reads a value into a member; null takes an optional one away. */
template <class Member>
[[nodiscard]] Result<void> read_member(Field const& field, boost::json::value const& value, json::Limits const& limits,
                                       Member& member) {
  if (value.is_null()) {
    if constexpr (is_optional_v<Member>) {
      member.reset();
      return {};
    } else {
      return null_member(field);
    }
  }
  auto read = read_value<ValueOf<Member>>(field, value, limits);
  if (!read) return read.error();
  member = std::move(*read);
  return {};
}

/** Calls `visit(field, pointer_to_member)`, which returns a Result<void>, for the member at `index`. */
template <class Entity, class Visitor>
[[nodiscard]] Result<void> visit_field(std::size_t index, Visitor&& visit) {
  Result<void> result;
  std::size_t at = 0;
  for_each_field<Entity>([&](Field const& field, auto pointer) {
    if (at++ == index) result = visit(field, pointer);
  });
  return result;
}

/** Whether the JSON of a resource has the member beside those of its row: what it is nested with, to be read only. */
template <class Entity>
[[nodiscard]] bool is_nested_member(std::string_view name) {
  bool is_nested =
      std::is_same_v<Entity, Integration> && (name == "environment_ids" || name == "environment_ids_truncated");
  boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, ReadModels>>(
      [&]<class ReadModel>(std::type_identity<ReadModel>) {
        if constexpr (std::is_same_v<Root<ReadModel>, Entity>)
          is_nested = is_nested || name == part_names<ReadModel>[1];
      });
  return is_nested;
}

/** The error for a member that no row of the entity has. */
template <class Entity>
[[nodiscard]] Error no_such_member(std::string_view name, Refuse refuse) {
  return is_nested_member<Entity>(name) ? read_only(name) : unknown_member(name, fields<Entity>, refuse);
}

/** Reads members into a row. */
template <class Entity>
[[nodiscard]] Result<std::array<bool, field_count<Entity>>> read_members(Entity& row, boost::json::object const& object,
                                                                         json::Limits const& limits, Refuse refuse) {
  std::array<bool, field_count<Entity>> given{};
  for (auto const& member : object) {
    std::size_t const index = index_of(fields<Entity>, member.key());
    // A revision belongs to one store and has no JSON form: to a caller there is no such member.
    if (index == given.size() || fields<Entity>[index].type == FieldType::revision) {
      return no_such_member<Entity>(member.key(), refuse);
    }
    if (std::optional<Error> error = refuse(fields<Entity>[index])) return *std::move(error);
    given[index] = true;
    auto const read = visit_field<Entity>(index, [&]<class Member>(Field const& field, Member Entity::*pointer) {
      if constexpr (std::is_same_v<ValueOf<Member>, Revision>) {
        return Result<void>{};
      } else {
        return read_member(field, member.value(), limits, row.*pointer);
      }
    });
    if (!read) return read.error();
  }
  return given;
}

}  // namespace detail

template <class Entity>
requires(!is_read_model<Entity>) void write_json(Entity const& row, std::string& out, JsonUse use) {
  out += '{';
  detail::write_members(row, out, use, true);
  out += '}';
}

template <class ReadModel>
requires(is_read_model<ReadModel>) void write_json(ReadModel const& resource, std::string& out,
                                                   ResourceParts const& parts) {
  detail::write_parts<0>(resource, out, parts);
}

template <class Readable>
std::string to_json(Readable const& readable) {
  std::string text;
  write_json(readable, text);
  return text;
}

template <class Entity>
Result<Entity> read_new(boost::json::object const& object, json::Limits const& limits) {
  Entity row;
  auto const given = detail::read_members(row, object, limits, [](Field const& field) -> std::optional<Error> {
    if (field.is_set_by_store()) return detail::set_by_store(field);
    if (field.type == FieldType::ended) return detail::read_only(field.name);
    return std::nullopt;
  });
  if (!given) return given.error();

  std::optional<Error> missing;
  std::size_t at = 0;
  for_each_field<Entity>([&]<class Member>(Field const& field, Member Entity::*) {
    constexpr bool is_required = std::is_same_v<Member, std::string> ||
                                 (is_id_v<Member> && !is_optional_v<Member> && !std::is_same_v<Member, Id<Entity>>);
    if (is_required && !(*given)[at] && !missing) missing = detail::missing_member(field);
    ++at;
  });
  if (missing) return *std::move(missing);
  return row;
}

namespace detail {

template <class Entity>
[[nodiscard]] constexpr bool came_later(std::string_view member) {
  if constexpr (requires { Entity::added_members; }) {
    return std::find(Entity::added_members.begin(), Entity::added_members.end(), member) != Entity::added_members.end();
  } else {
    return false;
  }
}

}  // namespace detail

template <class Entity>
Result<Entity> read_record(boost::json::object const& object) {
  Entity row;
  auto const given = detail::read_members(row, object, json::no_limits,
                                          [](Field const&) -> std::optional<Error> { return std::nullopt; });
  if (!given) return given.error();
  // What a record leaves out is absent, whatever a new row would start with.
  std::optional<Error> missing;
  std::size_t at = 0;
  for_each_field<Entity>([&]<class Member>(Field const& field, Member Entity::*pointer) {
    if (!(*given)[at++]) {
      if constexpr (is_optional_v<Member>) {
        (row.*pointer).reset();
      } else if constexpr (!std::is_same_v<Member, Revision>) {
        if (!missing && !detail::came_later<Entity>(field.name)) missing = detail::missing_member(field);
      }
    }
  });
  if (missing) return *std::move(missing);
  for_each_field<Entity>([&]<class Member>(Field const&, Member Entity::*pointer) {
    if constexpr (std::is_same_v<Member, Birth>) {
      if (row.*pointer == Birth{}) row.*pointer = birth_of_older_row(row.id.uuid, row.created_at);
    }
  });
  return row;
}

template <class Entity>
Result<void> check_whole(Entity const& row) {
  Result<void> result;
  for_each_field<Entity>([&](Field const& field, auto pointer) {
    if (result && detail::is_left_out(row.*pointer)) result = detail::left_out_member(field);
  });
  return result;
}

template <class Entity>
Result<void> check(Entity const& row) {
  Result<void> result = check_whole(row);
  for_each_field<Entity>([&]<class Member>(Field const& field, Member Entity::*pointer) {
    using Value = ValueOf<Member>;
    if constexpr (std::is_same_v<Value, Ended>) {
      std::optional<Ended> const& ended = row.*pointer;
      if (result && ended) result = detail::check_text_member(field, ended->reason);
    } else if constexpr (std::is_same_v<Value, std::string> || std::is_enum_v<Value>) {
      if (!result) return;
      Value const* value = nullptr;
      if constexpr (is_optional_v<Member>) {
        if (row.*pointer) value = &*(row.*pointer);
      } else {
        value = &(row.*pointer);
      }
      if (!value) return;
      if constexpr (std::is_enum_v<Value>) {
        if (enum_name(*value).empty()) result = detail::unknown_enumerator(field, enum_names<Value>);
      } else {
        result = detail::check_text_member(field, *value);
      }
    }
  });
  return result;
}

template <class Entity, class PatchDocument>
Result<void> apply_merge_patch(Entity& row, boost::json::object const& patch, PatchDocument&& patch_document) {
  constexpr detail::Refuse refuse = [](Field const& field) -> std::optional<Error> {
    if (!field.is_patchable()) return detail::read_only(field.name);
    return std::nullopt;
  };
  Entity patched = row;
  for (auto const& member : patch) {
    std::size_t const index = detail::index_of(fields<Entity>, member.key());
    if (index == field_count<Entity> || fields<Entity>[index].type == FieldType::revision) {
      return detail::no_such_member<Entity>(member.key(), refuse);
    }
    if (std::optional<Error> error = refuse(fields<Entity>[index])) return *std::move(error);
    auto const result = detail::visit_field<Entity>(
        index, [&]<class Member>(Field const& field, Member Entity::*pointer) -> Result<void> {
          if constexpr (std::is_same_v<ValueOf<Member>, Document>) {
            if (!member.value().is_null()) {
              auto const given = detail::read_object(field, member.value());
              if (!given) return given.error();
              std::optional<Document> const current = patched.*pointer;
              Result<std::optional<Document>> document = patch_document(field, current, **given);
              if (!document) return detail::below_member(field.name, std::move(document).error());
              if constexpr (is_optional_v<Member>) {
                patched.*pointer = *std::move(document);
              } else {
                patched.*pointer = std::move(*document).value_or(Document{});
              }
              return {};
            }
          }
          if constexpr (Field{"", field_type<Member>(), false}.is_patchable()) {
            return detail::read_member(field, member.value(), json::Limits{}, patched.*pointer);
          } else {
            return {};
          }
        });
    if (!result) return result.error();
  }
  row = std::move(patched);
  return {};
}

}  // namespace inlay::model

#endif
