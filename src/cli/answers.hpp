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

}  // namespace inlay::cli

#endif
