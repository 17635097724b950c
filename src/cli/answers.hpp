// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_ANSWERS_HPP
#define INLAY_CLI_ANSWERS_HPP

// The answers that several commands give.

#include "session.hpp"

#include <inlay/catalog.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/model/references.hpp>
#include <inlay/storage/errors.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay::cli {

/** The values of a row's JSON, to be shown as a table.

    @return corrupt when it is not JSON: a document in it was not written by inlay.
*/
[[nodiscard]] Result<boost::json::value> read_back(std::string_view json);

/** Whether a table can show the documents of a row. One that is only passed on as JSON is not looked at.

    @return corrupt, naming table and id, for a document that is not a JSON object.
*/
template <class Readable>
Result<void> check_documents(Readable const& readable) {
  Result<void> result;
  auto const check = [&]<class Entity>(Entity const& row) {
    model::for_each_field<Entity>([&]<class Member>(model::Field const& field, Member Entity::*member) {
      if constexpr (std::is_same_v<model::ValueOf<Member>, Document>) {
        Document const* document = nullptr;
        if constexpr (model::is_optional_v<Member>) {
          if (row.*member) document = &*(row.*member);
        } else {
          document = &(row.*member);
        }
        if (document == nullptr || document->is_left_out() || document->values().has_value()) return;
        result = storage::corrupt_row(Entity::entity_name, row.id.uuid,
                                      "its " + std::string(field.name) + " is not a JSON object");
      }
    });
  };
  [&]<std::size_t... part>(std::index_sequence<part...>) { (check(model::part_of<part>(readable)), ...); }
  (std::make_index_sequence<model::part_count<Readable>>{});
  return result;
}

/** Adds a whole resource, given as its JSON. @return what read_back() returns. */
[[nodiscard]] Result<void> answer_resource(Output& output, std::string const& json);

/** Adds a whole resource. @return what check_documents() returns. */
template <class Readable>
[[nodiscard]] Result<void> answer_resource(Output& output, Readable const& readable) {
  if (!output.is_json()) {
    if (auto const checked = check_documents(readable); checked.has_error()) return checked.error();
  }
  return answer_resource(output, model::to_json(readable));
}

/** Adds the answer to an update. In a dry run, as JSON:
    `{"resource": …, "changed": …, "differences": [{"pointer", "before"?, "after"?}, …], "truncated": …}`.

    @return what read_back() returns.
*/
[[nodiscard]] Result<void> answer_update(Output& output, std::string const& resource_json, bool is_changed,
                                         bool is_dry_run, std::vector<ConfigDifference> const& differences,
                                         bool is_truncated);

template <class Entity>
[[nodiscard]] Result<void> answer_update(Output& output, Updated<Entity> const& updated, bool is_dry_run) {
  if (!is_dry_run) output.note_write();
  if (!output.is_json()) {
    if (auto const checked = check_documents(updated.resource); checked.has_error()) return checked.error();
  }
  return answer_update(output, model::to_json(updated.resource), updated.changed, is_dry_run, updated.differences,
                       updated.differences_truncated);
}

/** The id that an argument is.

    @return invalid_argument for what is no id, which says how to find one.
*/
template <class Entity>
Result<Id<Entity>> parse_id(std::string const& text) {
  auto id = Id<Entity>::parse(text);
  if (id.has_value()) return id;
  Error error = id.error();
  std::string command = std::is_same_v<Entity, EnvironmentIntegration> ? "list"
                        : std::is_same_v<Entity, Grant>                ? "sharing list"
                                                                       : std::string(Entity::entity_name) + " list";
  error.message += "; `inlay " + command + "` shows the ids there are";
  return error;
}

/** The id that is meant: given as such, or as the name of a row that no other row has. */
template <class Entity>
Result<Id<Entity>> resolve(Catalog const& catalog, std::string const& id_or_name) {
  if (auto const id = Id<Entity>::parse(id_or_name); id.has_value()) return *id;
  Query<Entity> query;
  query.where.push_back({.field = "name", .op = Operator::eq, .values = {id_or_name}});
  query.limit = 10;
  query.with_documents = false;
  auto const page = catalog.list(query);
  if (page.has_error()) return page.error();
  std::string const what(Entity::entity_name);
  if (page->items.empty()) {
    return Error{.kind = ErrorKind::not_found,
                 .message = "there is no " + what + " with the id or name '" + id_or_name + "'"};
  }
  if (page->items.size() == 1) return page->items.front().id;
  std::string ids;
  for (auto const& row : page->items) ids += (ids.empty() ? "" : ", ") + to_string(row.id);
  if (page->next) ids += ", and more";
  return Error{.kind = ErrorKind::invalid_argument,
               .message = "several " + what + "s are named '" + id_or_name + "', name the id instead: " + ids};
}

}  // namespace inlay::cli

#endif
