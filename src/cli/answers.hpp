// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_ANSWERS_HPP
#define INLAY_CLI_ANSWERS_HPP

// The answers that several commands give.

#include "names.hpp"
#include "session.hpp"

#include <inlay/catalog.hpp>
#include <inlay/model/json_form.hpp>
#include <inlay/model/references.hpp>
#include <inlay/model/summary.hpp>
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

/** What an update has done, or would do, for people. */
struct ShownUpdate {
  std::string path{};  ///< of the row
  Version version{};
  bool is_changed{};
  bool is_dry_run{};
  std::vector<ConfigDifference> in_row{};
  bool has_config{};  ///< whether the row is an install whose effective configuration can be told
  std::vector<ConfigDifference> in_config{};
  bool is_truncated{};
};

void show_update(Output& output, ShownUpdate const& update);

/** Where two versions of a row differ, in members that are not the store's: pointers into the row, as a JSON Patch has
    them. Objects are compared member by member. */
[[nodiscard]] std::vector<ConfigDifference> row_differences(boost::json::object const& before,
                                                            boost::json::object const& after);

/** What the differences of two overrides of a config are in effect. @return what EffectiveConfig::from returns. */
[[nodiscard]] Result<ConfigDifferences> config_differences(Document const& config, boost::json::object const& before,
                                                           boost::json::object const& after);

/** A difference of two values as the cells of a table show it. */
[[nodiscard]] Cell cell_of_json(std::optional<std::string> const& json);

/** A row before and after it was changed. */
struct RowChange {
  boost::json::object before;
  boost::json::object after;
};

/** What the change log has of the change that made this row. @return not_found where it is forgotten already. */
[[nodiscard]] Result<RowChange> logged_change(Catalog const& catalog, std::string_view entity, Uuid const& id,
                                              Revision revision);

/** The row as it was before an update, and as the update leaves it. @return what logged_change() or Catalog::get
    returns. */
template <class Entity>
[[nodiscard]] Result<RowChange> change_of(Catalog const& catalog, Updated<Entity> const& updated, bool is_dry_run) {
  Entity const& row = model::part_of<0>(updated.resource);
  if (!is_dry_run) return logged_change(catalog, Entity::entity_name, row.id.uuid, row.revision);
  auto const before = catalog.get(row.id);
  if (before.has_error()) return before.error();
  auto before_values = read_back(model::to_json(model::part_of<0>(*before)));
  if (before_values.has_error()) return before_values.error();
  auto after_values = read_back(model::to_json(row));
  if (after_values.has_error()) return after_values.error();
  return RowChange{std::move(before_values->get_object()), std::move(after_values->get_object())};
}

/** Adds the answer to an update as JSON: the resource, or in a dry run
    `{"resource": …, "changed": …, "differences": [{"pointer", "before"?, "after"?}, …], "truncated": …}`. */
void answer_update_json(Output& output, std::string const& resource_json, bool is_changed, bool is_dry_run,
                        std::vector<ConfigDifference> const& differences, bool is_truncated);

/** Adds the answer to an update: for people what is different before and after. @return what check_documents() and
    read_back() return. */
template <class Entity>
[[nodiscard]] Result<void> answer_update(Output& output, Catalog const& catalog, Updated<Entity> const& updated,
                                         bool is_dry_run) {
  if (!is_dry_run) output.note_write();
  if (!is_dry_run && !updated.changed) output.remark("Nothing changed: it was so already.");
  if (output.is_json()) {
    answer_update_json(output, model::to_json(updated.resource), updated.changed, is_dry_run, updated.differences,
                       updated.differences_truncated);
    return {};
  }
  if (auto const checked = check_documents(updated.resource); checked.has_error()) return checked.error();
  ShownUpdate shown{.path = path_of(catalog, updated.resource),
                    .version = model::part_of<0>(updated.resource).version,
                    .is_changed = updated.changed,
                    .is_dry_run = is_dry_run,
                    .in_config = updated.differences,
                    .is_truncated = updated.differences_truncated};
  if (updated.changed) {
    auto const change = change_of(catalog, updated, is_dry_run);
    // Somebody may have compacted the log already, or may read no history: what is there now can be shown all the same.
    if (change.has_error()) return answer_resource(output, updated.resource);
    shown.in_row = row_differences(change->before, change->after);
    if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
      shown.has_config = !model::is_summary(updated.resource.integration);
      if (shown.has_config && !is_dry_run) {
        auto in_config = config_differences(updated.resource.integration.config, change->before, change->after);
        if (in_config.has_error()) return in_config.error();
        shown.in_config = std::move(in_config->items);
        shown.is_truncated = in_config->next.has_value();
      }
    }
  }
  show_update(output, shown);
  return {};
}

}  // namespace inlay::cli

#endif
