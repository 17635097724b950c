// SPDX-License-Identifier: BSL-1.0
#include "answers.hpp"

#include <inlay/catalog/internal/answer_json.hpp>
#include <inlay/json/parse.hpp>

namespace inlay::cli {
namespace {

// What somebody who changes a row wants to see of it; `get` shows the rest.
boost::json::object own_members(boost::json::object resource) {
  for (char const* nested : {"integration", "team"}) resource.stable_erase(nested);
  return resource;
}

Cell cell_of_json(std::optional<std::string> const& json) {
  return json ? Cell{*json, Tone::plain} : Cell{"(absent)", Tone::faint};
}

void show_dry_run(Output& output, bool is_changed, std::vector<ConfigDifference> const& differences,
                  bool is_truncated) {
  if (!is_changed) {
    output.add_text("Nothing would change.\n");
    return;
  }
  output.add_text("Nothing was written. The resource would be as above");
  if (differences.empty()) {
    output.add_text("; its effective configuration would stay as it is.\n");
    return;
  }
  output.add_text(", and in its effective configuration:\n\n");
  Table table({"POINTER", "BEFORE", "AFTER"});
  for (auto const& difference : differences) {
    table.add({{difference.pointer, Tone::name}, cell_of_json(difference.before), cell_of_json(difference.after)});
  }
  output.add_text(table.text(output.style()));
  if (is_truncated) output.remark("There are more differences than are shown here.");
}

}  // namespace

Result<boost::json::value> read_back(std::string_view json) {
  auto values = json::parse(json, json::no_limits);
  if (values.has_value() && values->is_object()) return values;
  return Error{.kind = ErrorKind::corrupt, .message = "what the store has in this row is not JSON as inlay writes it"};
}

Result<void> answer_resource(Output& output, std::string const& json) {
  if (output.is_json()) {
    output.add_json(json);
    return {};
  }
  auto const resource = read_back(json);
  if (resource.has_error()) return resource.error();
  output.add_text(listing(resource->get_object(), output.style()));
  return {};
}

Result<void> answer_update(Output& output, std::string const& resource_json, bool is_changed, bool is_dry_run,
                           std::vector<ConfigDifference> const& differences, bool is_truncated) {
  if (is_dry_run && output.is_json()) {
    auto const write_resource = [&](std::string& out) { out += resource_json; };
    output.add_json(model::form_text(answers::Preview{
        .resource = write_resource, .changed = is_changed, .differences = {differences}, .truncated = is_truncated}));
    return {};
  }
  if (!is_dry_run && !is_changed) output.remark("Nothing changed: it was so already.");
  if (output.is_json()) {
    output.add_json(resource_json);
    return {};
  }
  auto const resource = read_back(resource_json);
  if (resource.has_error()) return resource.error();
  output.add_text(listing(own_members(resource->get_object()), output.style()));
  if (is_dry_run) {
    output.add_text("\n");
    show_dry_run(output, is_changed, differences, is_truncated);
  }
  return {};
}

}  // namespace inlay::cli
