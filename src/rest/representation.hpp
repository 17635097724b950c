// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_SRC_REST_REPRESENTATION_HPP
#define INLAY_SRC_REST_REPRESENTATION_HPP

#include "exchange.hpp"

#include <inlay/model/json_form.hpp>
#include <inlay/model/references.hpp>

namespace inlay::rest {

template <class Readable>
void write_resource(Readable const& readable, std::string& out, bool with_nested_documents) {
  if constexpr (model::is_read_model<Readable>) {
    model::write_json(readable, out, {.with_nested_documents = with_nested_documents});
  } else {
    model::write_json(readable, out);
  }
}

template <class Readable>
[[nodiscard]] std::string resource_text(Readable const& readable) {
  std::string text;
  write_resource(readable, text);
  return text;
}

template <class Entity>
OrResponse<WriteCondition> write_condition(Exchange const& exchange, Id<Entity> id) {
  auto const match = if_match(exchange);
  if (!match) return match.error();
  auto const none_match = if_none_match(exchange);
  if (!none_match) return none_match.error();

  WriteCondition condition{.is_given = match->has_value()};
  if (*match && !(*match)->is_any && (*match)->tags.size() == 1 && !*none_match) {
    EntityTag const& tag = (*match)->tags.front();
    condition.expected = tag.is_weak ? std::nullopt : tag.version();
    if (condition.expected) return condition;
  }
  bool const can_be_any = !*match || (*match)->is_any;
  if (can_be_any && !*none_match) return condition;

  // One version can't say it: look at the row, and then hold the write to what was seen.
  auto found = exchange.catalog.get_to_write(id);
  if (!found) return refuse(exchange, found.error(), Situation::conditional);
  RowVersion const current = version_of(*found);
  bool const holds = (!*match || (*match)->matches(current)) &&
                     !(*none_match && (*none_match)->matches(etag_of(current, resource_text(*found))));
  // Where it does not hold the catalogue refuses, as for a single version: 403 comes before 412 there. It is asked for
  // the version that no row has, and where only other rows were named for a row that there is not.
  bool const names_others = *match && (*match)->are_of_other_rows(*current.birth);
  condition.expected = holds ? current : names_others ? RowVersion{Version{}, Birth{}} : RowVersion{Version{}};
  return condition;
}

}  // namespace inlay::rest

#endif
