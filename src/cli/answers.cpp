// SPDX-License-Identifier: BSL-1.0
#include "answers.hpp"

#include "text.hpp"

#include <inlay/catalog/internal/answer_json.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/print.hpp>

#include <utility>

namespace inlay::cli {
namespace {

bool is_of_the_store(std::string_view member) {
  return member == "version" || member == "updated_at" || member == "revision";
}

void compare(std::string const& pointer, boost::json::object const& before, boost::json::object const& after,
             std::vector<ConfigDifference>& into) {
  auto const place = [&](boost::json::string_view name) {
    std::string deeper = pointer;
    json::append_token(deeper, {name.data(), name.size()});
    return deeper;
  };
  for (auto const& [name, value] : after) {
    auto const* const old = before.if_contains(name);
    if (old != nullptr && old->is_object() && value.is_object()) {
      compare(place(name), old->get_object(), value.get_object(), into);
      continue;
    }
    std::string now = json::print(value);
    std::optional<std::string> then = old == nullptr ? std::nullopt : std::optional(json::print(*old));
    if (then != now) into.push_back({place(name), std::move(then), std::move(now)});
  }
  for (auto const& [name, value] : before) {
    if (!after.contains(name)) into.push_back({place(name), json::print(value), std::nullopt});
  }
}

Result<EffectiveConfig> effective(Document const& config, boost::json::object const& install) {
  std::vector<Layer> layers{{.name = "integration", .kind = LayerKind::base, .document = config}};
  if (auto const* override = install.if_contains("override"); override != nullptr && override->is_object()) {
    layers.push_back({.name = "environment",
                      .kind = LayerKind::merge_patch,
                      .document = Document::from_stored(json::print(*override))});
  }
  return EffectiveConfig::from(std::move(layers));
}

void add_differences(Output& output, std::vector<ConfigDifference> const& differences) {
  Table table({{"POINTER"}, {"BEFORE"}, {"AFTER"}}, output.style());
  for (auto const& difference : differences) {
    table.add({{difference.pointer, Tone::name}, cell_of_json(difference.before), cell_of_json(difference.after)});
  }
  output.add_text(table.take_text());
}

bool is_in_override(ConfigDifference const& difference) {
  return difference.pointer == "/override" || difference.pointer.starts_with("/override/");
}

}  // namespace

Result<boost::json::value> read_back(std::string_view json) {
  auto values = json::parse(json, json::no_limits);
  if (values.has_value() && values->is_object()) return values;
  return Error{.kind = ErrorKind::corrupt, .message = "what the store has in this row is not JSON as inlay writes it"};
}

Cell cell_of_json(std::optional<std::string> const& json) {
  return json ? Cell{*json, Tone::plain} : Cell{"(absent)", Tone::faint};
}

std::vector<ConfigDifference> row_differences(boost::json::object const& before, boost::json::object const& after) {
  std::vector<ConfigDifference> all;
  compare("", before, after, all);
  std::erase_if(all,
                [](ConfigDifference const& one) { return is_of_the_store(std::string_view(one.pointer).substr(1)); });
  return all;
}

Result<ConfigDifferences> config_differences(Document const& config, boost::json::object const& before,
                                             boost::json::object const& after) {
  auto const from = effective(config, before);
  if (from.has_error()) return from.error();
  auto const to = effective(config, after);
  if (to.has_error()) return to.error();
  return differences(*from, *to);
}

Result<RowChange> logged_change(Catalog const& catalog, std::string_view entity, Uuid const& id, Revision revision) {
  ChangesRequest request{.after = Revision{revision.value - 1}, .limit = 1, .row = {}};
  request.row = ChangesRequest::Row{.entity = std::string(entity), .id = id};
  auto const page = catalog.changes(request);
  if (page.has_error()) return page.error();
  for (CommitRecord const& commit : page->commits) {
    for (ChangeRecord const& change : commit.changes) {
      bool const is_it = commit.revision == revision && change.entity == entity && change.id == id;
      if (!is_it || !change.before || !change.after) continue;
      auto before = read_back(change.before->text());
      if (before.has_error()) return before.error();
      auto after = read_back(change.after->text());
      if (after.has_error()) return after.error();
      return RowChange{std::move(before->get_object()), std::move(after->get_object())};
    }
  }
  return Error{.kind = ErrorKind::not_found, .message = "the change log does not have this change"};
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

void answer_update_json(Output& output, std::string const& resource_json, bool is_changed, bool is_dry_run,
                        std::vector<ConfigDifference> const& differences, bool is_truncated) {
  if (!is_dry_run) {
    output.add_json(resource_json);
    return;
  }
  auto const write_resource = [&](std::string& out) { out += resource_json; };
  output.add_json(model::form_text(answers::Preview{
      .resource = write_resource, .changed = is_changed, .differences = {differences}, .truncated = is_truncated}));
}

void show_update(Output& output, ShownUpdate const& update) {
  std::string const version = std::to_string(update.version.value);
  std::string const path = printable(update.path);
  if (!update.is_changed) {
    output.add_text(update.is_dry_run ? "Nothing would change.\n" : path + " is at version " + version + ".\n");
    return;
  }
  // What an override does is seen in the effective configuration; where it does nothing, the override itself is shown.
  std::vector<ConfigDifference> in_row;
  bool is_override_changed = false;
  for (ConfigDifference const& difference : update.in_row) {
    is_override_changed = is_override_changed || is_in_override(difference);
    if (!is_in_override(difference) || update.in_config.empty()) in_row.push_back(difference);
  }
  std::string head = update.is_dry_run ? "Nothing was written. This would be different in " + path
                                       : path + " is at version " + version + " now";
  if (in_row.empty()) head += update.in_config.empty() ? "." : ", in its effective configuration:";
  if (!in_row.empty()) head += ':';
  output.add_text(wrapped(head, output.style().width, 0) + '\n');
  if (!in_row.empty()) {
    output.add_text("\n");
    add_differences(output, in_row);
  }
  if (!update.in_config.empty()) {
    output.add_text(in_row.empty() ? "\n" : "\nIn its effective configuration:\n\n");
    add_differences(output, update.in_config);
    if (update.is_truncated) output.remark("There are more differences than are shown here.");
  } else if (update.has_config && is_override_changed) {
    output.add_text(std::string("\nIts effective configuration ") + (update.is_dry_run ? "would stay" : "stays") +
                    " as it is.\n");
  }
}

}  // namespace inlay::cli
