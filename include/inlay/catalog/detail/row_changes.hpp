// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CATALOG_DETAIL_ROW_CHANGES_HPP
#define INLAY_CATALOG_DETAIL_ROW_CHANGES_HPP

// What an update does to a row, before anything is written.

#include <inlay/catalog/requests.hpp>
#include <inlay/config/override.hpp>
#include <inlay/json/equal.hpp>
#include <inlay/json/internal/too_long.hpp>
#include <inlay/json/internal/wide_object.hpp>
#include <inlay/json/json_patch.hpp>
#include <inlay/json/merge_patch.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/pointer.hpp>
#include <inlay/json/print.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/storage/errors.hpp>
#include <inlay/storage/query.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay::detail {

/** How deep objects and arrays are nested in a canonical text. */
inline std::size_t depth_of(std::string_view text) noexcept {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool is_in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char const c = text[i];
    if (is_in_string) {
      if (c == '\\') ++i;
      is_in_string = c != '"';
    } else if (c == '"') {
      is_in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return deepest;
}

/** Who has made a document that is to be written. */
enum class MadeBy {
  caller,     ///< by whatever limits, or of text that nobody has looked at
  catalogue,  ///< of values, just now
};

/** Holds a document to this catalogue's limits. Values are made of its text only to say what is wrong with it. */
inline Result<void> check_document(Document const& document, std::string_view member, json::Limits const& limits,
                                   MadeBy maker) {
  bool const is_object = maker == MadeBy::catalogue || document.check();
  if (is_object && document.text().size() <= limits.max_bytes && depth_of(document.text()) <= limits.max_depth) {
    return {};
  }
  auto values = document.values();
  if (!values) return values.error();
  Result<void> checked =
      json::detail::check_object(**values, {.max_bytes = json::no_limits.max_bytes, .max_depth = limits.max_depth});
  if (checked && document.text().size() > limits.max_bytes) {
    checked = json::too_long("the document", document.text().size(), limits.max_bytes);
  }
  if (checked) return {};
  Error error = checked.error();
  error.pointer = storage::member_pointer(member) + error.pointer.value_or("");
  return error;
}

/** What a row may be, whoever made it: its texts, and its documents.

    @param before nullptr for a new row, whose documents are the caller's; of a change, those are looked at that it has
    made.
*/
template <class Entity>
Result<void> check_row(Entity const& row, Entity const* before, json::Limits const& limits) {
  if (auto checked = model::check(row); !checked) return checked;
  MadeBy const maker = before == nullptr ? MadeBy::caller : MadeBy::catalogue;
  Result<void> result;
  model::for_each_field<Entity>([&](model::Field const& field, auto member) {
    using Value = model::ValueOf<std::remove_cvref_t<decltype(row.*member)>>;
    if constexpr (std::is_same_v<Value, Document>) {
      std::optional<Document> const document = row.*member;
      if (!result || !document || (before != nullptr && before->*member == row.*member)) return;
      result = check_document(*document, field.name, limits, maker);
    }
  });
  return result;
}

/** The error of an edit; one about a stored document says whose. */
template <class Entity>
Error of_row(Entity const& row, Error error) {
  if (error.kind != ErrorKind::corrupt) return error;
  std::string what = std::move(error.message);
  model::for_each_field<Entity>([&](model::Field const& field, auto) {
    if (field.type == model::FieldType::document) what = "its " + std::string(field.name) + " is not a JSON object";
  });
  return storage::corrupt_row(Entity::entity_name, row.id.uuid, what);
}

/** The conditions that a row meets which has what this one has in a unique key. */
template <class Entity>
std::vector<Condition> same_key(Entity const& row, model::UniqueKey const& key) {
  std::vector<Condition> where;
  model::for_each_field<Entity>([&](model::Field const& field, auto member) {
    using Value = std::remove_cvref_t<decltype(row.*member)>;
    if (field.name != key[0] && field.name != key[1]) return;
    if constexpr (std::is_same_v<Value, std::string>) {
      where.push_back({std::string(field.name), Operator::eq, {row.*member}});
    } else if constexpr (requires { (row.*member).uuid; }) {
      where.push_back({std::string(field.name), Operator::eq, {(row.*member).uuid}});
    }
  });
  return where;
}

/** Whether a way to write that may undo somebody else's write is one that the caller has named, or forces. */
inline Result<void> check_mode(UpdateOptions const& options, bool may_undo_others) {
  if (may_undo_others && !options.expected_version && !options.force && !options.dry_run) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "this can undo somebody else's write: name the expected version, or force it",
                 .reason = Reason::version_required};
  }
  return {};
}

/** How a document member is written: merged or replaced; an optional one is an override. */
inline Result<std::optional<Document>> written_document(model::Field const& field,
                                                        std::optional<Document> const& current,
                                                        boost::json::object const& given, DocumentMode mode,
                                                        json::Limits const& limits) {
  if (mode == DocumentMode::merge && field.is_optional) return config::patch(current, given, limits);
  boost::json::value target(boost::json::object_kind);
  if (mode == DocumentMode::merge) {
    if (current) {
      auto stored = current->values();
      if (!stored) return stored.error();
      target = **stored;
      spread(target);
    }
    json::merge_patch::apply(target, boost::json::value(given));
  }
  auto document = Document::from(mode == DocumentMode::merge ? target.get_object() : given, limits);
  if (!document) return document.error();
  return std::optional<Document>(std::move(*document));
}

/** Sets one member of a row; a document is merged or replaced. */
template <class Entity, class Member>
Result<void> set_member(Entity& row, Member Entity::*member, Member const& value, model::Field const& field,
                        DocumentMode mode, json::Limits const& limits) {
  if constexpr (std::is_same_v<model::ValueOf<Member>, Document>) {
    std::optional<Document> const& given = value;
    if (!given) {
      row.*member = value;
      return {};
    }
    auto values = given->values();
    if (!values) return values.error();
    auto written = written_document(field, row.*member, **values, mode, limits);
    if (!written) {
      Error error = written.error();
      error.pointer = storage::member_pointer(field.name) + error.pointer.value_or("");
      return error;
    }
    if constexpr (model::is_optional_v<Member>) {
      row.*member = std::move(*written);
    } else {
      row.*member = std::move(**written);
    }
  } else {
    row.*member = value;
  }
  return {};
}

/** Whether a typed change has a document take the place of the stored one. */
template <class Entity>
bool replaces_documents(ChangeOf<Entity> const& change, DocumentMode mode) {
  bool replaces = mode == DocumentMode::replace;
  boost::mp11::mp_for_each<model::detail::Descriptors<ChangeOf<Entity>>>(
      [&](auto member) { replaces = replaces || (change.*member.pointer).is_replacement(); });
  return replaces;
}

/** Sets the members of a row that a typed change has set. */
template <class Entity>
Result<void> apply_change(Entity& row, ChangeOf<Entity> const& change, DocumentMode mode, json::Limits const& limits) {
  static_assert(
      boost::mp11::mp_size<model::detail::Descriptors<ChangeOf<Entity>>>::value ==
          static_cast<std::size_t>(std::count_if(model::fields<Entity>.begin(), model::fields<Entity>.end(),
                                                 [](model::Field const& field) { return field.is_patchable(); })),
      "a change has every member that a patch may touch");
  Result<void> result;
  boost::mp11::mp_for_each<model::detail::Descriptors<ChangeOf<Entity>>>([&]<class ChangeMember>(ChangeMember) {
    using Value = typename model::detail::MemberType<ChangeMember>::value_type;
    // By name, since GCC 12 takes no comparison of a pointer with nullptr for a constant under -fsanitize=undefined.
    static_assert(
        std::any_of(model::fields<Entity>.begin(), model::fields<Entity>.end(),
                    [](model::Field const& field) { return field.name == ChangeMember::name && field.is_patchable(); }),
        "a change names members that a patch may touch");
    auto const& set = change.*ChangeMember::pointer;
    if (!set || !result) return;
    model::for_each_field<Entity>([&]<class Member>(model::Field const& candidate, Member Entity::*member) {
      if constexpr (std::is_same_v<Member, Value>) {
        if (candidate.name != ChangeMember::name) return;
        result = set_member(row, member, *set, candidate, set.is_replacement() ? DocumentMode::replace : mode, limits);
      }
    });
  });
  return result;
}

/** The first token of a pointer in a valid JSON Patch operation must be a member that a patch may touch. */
template <class Entity>
Result<void> may_touch(boost::json::object const& operation, std::string_view member, std::string const& place) {
  auto const pointer = json::Pointer::parse(operation.at(member).get_string());
  if (!pointer) return {};  // apply() says what is wrong with it
  Error error{.kind = ErrorKind::invalid_argument, .message = "", .pointer = place + "/" + std::string(member)};
  if (pointer->is_root()) {
    error.message = "the resource itself cannot be replaced or removed by a patch";
    return error;
  }
  std::string const& name = pointer->tokens().front();
  model::Field const* const field = model::find_field<Entity>(name);
  if (field != nullptr && field->is_patchable()) return {};
  bool const is_shown = field != nullptr && field->type != model::FieldType::revision;
  error.message = is_shown || model::detail::is_nested_member<Entity>(name)
                      ? name + " is read-only"
                      : "an " + storage::words(Entity::entity_name) + " has no such member";
  return error;
}

/** corrupt, when a document of a stored row is not what inlay wrote. */
template <class Entity>
Result<void> check_stored(Entity const& row) {
  Result<void> result;
  model::for_each_field<Entity>([&]<class Member>(model::Field const&, Member Entity::*member) {
    if constexpr (std::is_same_v<model::ValueOf<Member>, Document>) {
      std::optional<Document> const document = row.*member;
      if (!result || !document) return;
      result = document->check();
    }
  });
  return result;
}

/** An error of a patched member, with the place of the last operation that touched the member; the whole patch where
    none did. */
inline Error at_operation(boost::json::value const& operations, Error error) {
  if (!error.pointer) return error;
  auto const fault = json::Pointer::parse(*error.pointer);
  if (!fault || fault->is_root()) return error;
  error.message += " (" + *error.pointer + " of the result)";
  error.pointer = "";
  auto const& array = operations.get_array();
  for (std::size_t i = array.size(); i-- > 0;) {
    auto const& operation = array[i].get_object();
    if (operation.at("op") == "test") continue;
    for (char const* const member : {"path", "from"}) {
      auto const* const text = operation.if_contains(member);
      bool const is_touched = *member == 'p' || operation.at("op") == "move";
      if (!is_touched || text == nullptr || !text->is_string()) continue;
      auto const place = json::Pointer::parse(std::string_view(text->get_string()));
      if (!place || place->is_root() || place->tokens().front() != fault->tokens().front()) continue;
      error.pointer = "/" + std::to_string(i);
      return error;
    }
  }
  return error;
}

/** The row as a JSON Patch leaves it. */
template <class Entity>
Result<Entity> json_patched(Entity const& row, boost::json::value const& operations, json::Limits const& limits) {
  if (auto const checked = json::json_patch::check(operations); !checked) return checked.error();
  auto const& array = operations.get_array();
  for (std::size_t i = 0; i < array.size(); ++i) {
    auto const& operation = array[i].get_object();
    auto const& op = operation.at("op");
    if (op == "test") continue;
    std::string const place = "/" + std::to_string(i);
    if (auto allowed = may_touch<Entity>(operation, "path", place); !allowed) return allowed.error();
    if (op != "move") continue;
    if (auto allowed = may_touch<Entity>(operation, "from", place); !allowed) return allowed.error();
  }

  if (auto const stored = check_stored(row); !stored) return stored.error();
  auto before = json::parse(model::to_json(row), json::no_limits);
  if (!before) return before.error();
  boost::json::value after = *before;
  spread(after);
  // The documents are one level down, beside members that count for nothing.
  json::Limits const around{.max_bytes = std::max(limits.max_bytes, limits.max_bytes + (std::size_t{64} << 10U)),
                            .max_depth = std::max(limits.max_depth, limits.max_depth + 1)};
  if (auto applied = json::json_patch::apply(after, operations, around); !applied) return applied.error();

  boost::json::object changed;
  for (model::Field const& field : model::fields<Entity>) {
    if (!field.is_patchable()) continue;
    auto const* const old_value = before->get_object().if_contains(field.name);
    auto const* const new_value = after.get_object().if_contains(field.name);
    if (new_value == nullptr) {
      if (old_value != nullptr) changed[field.name] = nullptr;
    } else if (old_value == nullptr || !json::identical(*old_value, *new_value) ||
               json::print(*old_value) != json::print(*new_value)) {  // the order of members counts
      changed[field.name] = *new_value;
    }
  }
  Entity patched = row;
  auto const result = model::apply_merge_patch(
      patched, changed,
      [&](model::Field const& field, std::optional<Document> const& current, boost::json::object const& given) {
        return written_document(field, current, given, DocumentMode::replace, limits);
      });
  if (!result) return at_operation(operations, result.error());
  return patched;
}

}  // namespace inlay::detail

#endif
