// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"
#include "input.hpp"

#include <inlay/json/json_patch.hpp>
#include <inlay/json/merge_patch.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/print.hpp>

namespace inlay::cli {
namespace {

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

}  // namespace

Result<void> json_merge(Session& session, std::string const& target, std::string const& patch) {
  auto document = read_value(target, "TARGET");
  if (document.has_error()) return document.error();
  auto const change = read_value(patch, "PATCH", patch_limits);
  if (change.has_error()) return change.error();
  json::merge_patch::apply(*document, *change);
  if (auto const checked = json::check(*document); checked.has_error()) return checked.error();
  answer_value(session.output, *document);
  return {};
}

Result<void> json_patch(Session& session, std::string const& target, std::string const& patch) {
  auto document = read_value(target, "TARGET");
  if (document.has_error()) return document.error();
  auto const change = read_value(patch, "PATCH", patch_limits);  // its values lie deeper than in the document
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
  if (kind == PatchKind::json_patch) return answer_patch(session.output, json::json_patch::diff(*before, *after));
  auto const patch = json::merge_patch::diff(*before, *after);
  if (patch.has_error()) return patch.error();
  return answer_patch(session.output, *patch);
}

}  // namespace inlay::cli
