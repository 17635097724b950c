// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_REST_PATCH_HPP
#define INLAY_SRC_REST_PATCH_HPP

#include "media.hpp"
#include "operations.hpp"
#include "representation.hpp"

#include <inlay/json/json_patch.hpp>

namespace inlay::rest {

/** The member of an entity that is a document, "" for one that has none: what `?override=replace` is named after. */
template <class Entity>
inline constexpr std::string_view document_member = [] {
  std::string_view name;
  for (model::Field const& field : model::fields<Entity>) {
    if (field.type == model::FieldType::document) name = field.name;
  }
  return name;
}();

/** 428: the request can undo somebody else's write and does not say which state it means. */
[[nodiscard]] Response precondition_required();

/** Does what the body of a PATCH says, or finds out what it would do. */
template <class Entity>
[[nodiscard]] OrResponse<Updated<Entity>> apply_patch(Exchange const& exchange, Id<Entity> id, bool is_dry_run) {
  Parameters parameters(exchange.target);
  UpdateOptions options{.dry_run = is_dry_run};
  if constexpr (!document_member<Entity>.empty()) {
    auto const mode = parameters.take_mode(document_member<Entity>);
    if (!mode) return mode.error();
    options.documents = *mode;
  }
  if (auto const known = parameters.finish(); !known) return known.error();

  std::string type;
  auto body = read_body(exchange, patch_types(), &type);
  if (!body) return body.error();
  bool const is_json_patch = type == json_patch_type;
  if (is_json_patch) {
    if (auto const checked = json::json_patch::check(*body); !checked) return problem(400, checked.error());
  } else if (!body->is_object()) {
    return bad_request(body->is_array()
                           ? "a merge patch of a resource is a JSON object; send a JSON Patch, which is an "
                             "array, as application/json-patch+json"
                           : "a merge patch of a resource is a JSON object");
  }

  auto const condition = write_condition(exchange, id);
  if (!condition) return condition.error();
  options.expected_version = condition->expected;
  if (is_json_patch || options.documents == DocumentMode::replace) {
    if (!condition->is_given && exchange.options.requires_if_match && !is_dry_run) return precondition_required();
    options.force = true;
  }
  auto updated = is_json_patch ? exchange.catalog.update(id, JsonPatch{std::move(*body)}, options)
                               : exchange.catalog.update(id, body->get_object(), options);
  if (!updated) return refuse_content(exchange, updated.error());
  return std::move(*updated);
}

/** Where a row can be found. */
template <class Entity>
[[nodiscard]] std::string location(Exchange const& exchange, Entity const& row) {
  return *exchange.options.public_path + collection_path<Entity>() + '/' + to_string(row.id);
}

}  // namespace inlay::rest

#endif
