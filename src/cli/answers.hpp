// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_ANSWERS_HPP
#define INLAY_CLI_ANSWERS_HPP

// The answers that several commands give.

#include "commands.hpp"

#include <inlay/catalog.hpp>
#include <inlay/model/json_form.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace inlay::cli {

/** Values that inlay printed itself, to be shown as a table. */
[[nodiscard]] boost::json::value read_back(std::string_view json);

/** Adds a whole resource, given as its JSON. */
void answer_resource(Output& output, std::string const& json);

/** Adds the answer to an update. In a dry run, as JSON:
    `{"resource": …, "changed": …, "differences": [{"pointer", "before"?, "after"?}, …]}`. */
void answer_update(Output& output, std::string const& resource_json, bool is_changed, bool is_dry_run,
                   std::vector<ConfigDifference> const& differences);

template <class Entity>
void answer_update(Output& output, Updated<Entity> const& updated, bool is_dry_run) {
  answer_update(output, model::to_json(updated.resource), updated.changed, is_dry_run, updated.differences);
}

/** What the arguments of a write mean to the library. */
[[nodiscard]] UpdateOptions update_options(WriteArguments const& arguments);

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
