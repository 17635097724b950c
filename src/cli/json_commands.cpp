// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"
#include "input.hpp"
#include "resources.hpp"
#include "text.hpp"

#include <inlay/json/json_patch.hpp>
#include <inlay/json/merge_patch.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/print.hpp>

namespace inlay::cli {
namespace {

struct PatchArguments {
  std::string target;
  std::string patch;
};

struct DiffArguments {
  std::string from;
  std::string to;
  bool wants_json_patch = false;
};

std::string shown(Output const& output, boost::json::value const& value) {
  return output.is_json() ? json::print(value) : pretty(value);
}

void answer_text(Output& output, std::string const& text) {
  if (output.is_json()) {
    output.add_json(text);
  } else {
    output.add_text(text);
  }
}

void answer_value(Output& output, boost::json::value const& value) { answer_text(output, shown(output, value)); }

Result<void> answer_patch(Output& output, boost::json::value const& patch) {
  std::string const text = shown(output, patch);
  if (text.size() > patch_limits.max_bytes) {
    return Error{.kind = ErrorKind::invalid_document,
                 .message = "the patch is " + std::to_string(text.size()) + " bytes long, and no more than " +
                            std::to_string(patch_limits.max_bytes) + " could be read again; --output json is compact"};
  }
  answer_text(output, text);
  return {};
}

Result<void> merge(Session& session, PatchArguments const& arguments) {
  auto document = read_value(arguments.target, "TARGET");
  if (document.has_error()) return document.error();
  auto const change = read_value(arguments.patch, "PATCH", patch_limits);
  if (change.has_error()) return change.error();
  json::merge_patch::apply(*document, *change);
  if (auto const checked = json::check(*document); checked.has_error()) return checked.error();
  answer_value(session.output, *document);
  return {};
}

Result<void> patch(Session& session, PatchArguments const& arguments) {
  auto document = read_value(arguments.target, "TARGET");
  if (document.has_error()) return document.error();
  auto const change = read_value(arguments.patch, "PATCH", patch_limits);  // its values lie deeper than in the document
  if (change.has_error()) return change.error();
  if (auto const applied = json::json_patch::apply(*document, *change); applied.has_error()) return applied.error();
  if (auto const checked = json::check(*document); checked.has_error()) return checked.error();
  answer_value(session.output, *document);
  return {};
}

Result<void> diff(Session& session, DiffArguments const& arguments) {
  auto const before = read_value(arguments.from, "FROM");
  if (before.has_error()) return before.error();
  auto const after = read_value(arguments.to, "TO");
  if (after.has_error()) return after.error();
  if (arguments.wants_json_patch) return answer_patch(session.output, json::json_patch::diff(*before, *after));
  auto const found = json::merge_patch::diff(*before, *after);
  if (found.has_error()) return found.error();
  return answer_patch(session.output, *found);
}

}  // namespace

CommandRows json_commands() {
  CommandRows rows{{.name = "json",
                    .group = groups::without_store,
                    .help = "Patch and compare documents",
                    .example = R"(json merge '{"a": 1}' '{"b": 2}')"},
                   {.name = "json merge",
                    .help = "Apply a merge patch (RFC 7396)",
                    .example = R"(json merge @config.json '{"a": null}')",
                    .declare = declares<PatchArguments>(
                        [](Parameters& command, PatchArguments& into) {
                          add_json(command, "TARGET", into.target, "The document");
                          add_json(command, "PATCH", into.patch, "The merge patch");
                        },
                        merge)},
                   {.name = "json patch",
                    .help = "Apply a JSON Patch (RFC 6902), all of it or nothing",
                    .example = R"(json patch @config.json '[{"op": "remove", "path": "/headers/Accept"}]')",
                    .declare = declares<PatchArguments>(
                        [](Parameters& command, PatchArguments& into) {
                          add_json(command, "TARGET", into.target, "The document");
                          add_json(command, "PATCH", into.patch, "The JSON Patch");
                        },
                        patch)},
                   {.name = "json diff",
                    .help = "Find the merge patch, or JSON Patch, from one document to another",
                    .example = "json diff @before.json @after.json",
                    .declare = declares<DiffArguments>(
                        [](Parameters& command, DiffArguments& into) {
                          add_json(command, "FROM", into.from, "The document before");
                          add_json(command, "TO", into.to, "The document after");
                          command.add_flag("--json-patch", into.wants_json_patch, "Give a JSON Patch (RFC 6902)");
                        },
                        diff)}};
  for (CommandRow& row : rows) {
    if (row.group.empty()) row.group = groups::of_family;
    row.heeds_team = false;
  }
  return rows;
}

}  // namespace inlay::cli
