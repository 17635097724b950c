// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"
#include "input.hpp"

#include <inlay/json/json_patch.hpp>
#include <inlay/json/merge_patch.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/print.hpp>

namespace inlay::cli {
namespace {

void answer_value(Output& output, boost::json::value const& value) {
  if (output.is_json()) {
    output.add_json(json::print(value));
  } else {
    output.add_text(pretty(value));
  }
}

}  // namespace

Result<void> json_merge(Session& session, std::string const& target, std::string const& patch) {
  auto document = read_value(target, "TARGET");
  if (document.has_error()) return document.error();
  auto const change = read_value(patch, "PATCH");
  if (change.has_error()) return change.error();
  json::merge_patch::apply(*document, *change);
  if (auto const checked = json::check(*document); checked.has_error()) return checked.error();
  answer_value(session.output, *document);
  return {};
}

Result<void> json_patch(Session& session, std::string const& target, std::string const& patch) {
  auto document = read_value(target, "TARGET");
  if (document.has_error()) return document.error();
  auto const change = read_value(patch, "PATCH", resource_limits);  // its values lie deeper than in the document
  if (change.has_error()) return change.error();
  if (auto const applied = json::json_patch::apply(*document, *change); applied.has_error()) return applied.error();
  if (auto const checked = json::check(*document); checked.has_error()) return checked.error();
  answer_value(session.output, *document);
  return {};
}

Result<void> json_diff(Session& session, std::string const& from, std::string const& to, PatchKind kind) {
  auto const before = read_value(from, "FROM");
  if (before.has_error()) return before.error();
  auto const after = read_value(to, "TO");
  if (after.has_error()) return after.error();
  if (kind == PatchKind::json_patch) {
    answer_value(session.output, json::json_patch::diff(*before, *after));
    return {};
  }
  auto const patch = json::merge_patch::diff(*before, *after);
  if (patch.has_error()) return patch.error();
  answer_value(session.output, *patch);
  return {};
}

}  // namespace inlay::cli
