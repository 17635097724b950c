// SPDX-License-Identifier: BSL-1.0
#include "answers.hpp"
#include "input.hpp"
#include "text.hpp"

#include <inlay/json/print.hpp>

namespace inlay::cli {
namespace {

Result<std::vector<Layer>> read_layers(std::vector<std::string> const& arguments) {
  std::vector<Layer> layers;
  for (std::string const& argument : arguments) {
    std::size_t const end_of_name = argument.find('=');
    if (end_of_name == std::string::npos || end_of_name == 0) {
      throw UsageError(R"(--layer takes NAME=JSON, such as --layer request='{"base_url": "http://localhost"}')");
    }
    std::string name = argument.substr(0, end_of_name);
    auto values = read_object(argument.substr(end_of_name + 1), "--layer " + name, "a layer");
    if (values.has_error()) return values.error();
    auto document = Document::from(*values);
    if (document.has_error()) return document.error();
    layers.push_back({.name = std::move(name), .kind = LayerKind::merge_patch, .document = std::move(*document)});
  }
  return layers;
}

struct Question {
  Id<EnvironmentIntegration> id;
  json::Pointer pointer;
  std::vector<Layer> layers;
};

Result<Question> read_question(std::string const& id, std::string const& pointer,
                               std::vector<std::string> const& layers) {
  auto const parsed_id = parse_id<EnvironmentIntegration>(id);
  if (parsed_id.has_error()) return parsed_id.error();
  auto place = json::Pointer::parse(pointer);
  if (place.has_error()) return place.error();
  auto extra = read_layers(layers);
  if (extra.has_error()) return extra.error();
  return Question{*parsed_id, std::move(*place), std::move(*extra)};
}

// {"layer": name, "value": …} or {"layer": name, "removed": true}, without the closing brace
void append_contribution(std::string& out, Contribution const& contribution) {
  out += R"("layer":)";
  json::print_string(contribution.layer, out);
  out += contribution.json ? R"(,"value":)" + *contribution.json : std::string(R"(,"removed":true)");
}

std::string explanation_json(Explanation const& explanation) {
  std::string out = R"({"result":[)";
  for (LeafOrigin const& leaf : explanation.leaves) {
    if (&leaf != &explanation.leaves.front()) out += ',';
    out += R"({"pointer":)";
    json::print_string(leaf.pointer, out);
    out += ',';
    append_contribution(out, leaf.winner);
    out += R"(,"shadows":[)";
    for (std::size_t i = 0; i < leaf.shadowed.size(); ++i) {
      out += i == 0 ? "{" : ",{";
      append_contribution(out, leaf.shadowed[i]);
      out += '}';
    }
    out += "]}";
  }
  return out + R"(],"next_cursor":)" + (explanation.next ? '"' + to_string(*explanation.next) + '"' : "null") + '}';
}

std::string value_or_removed(Contribution const& contribution) { return contribution.json.value_or("(removed)"); }

void show_explanation(Output& output, Explanation const& explanation) {
  if (explanation.leaves.empty()) {
    output.add_text("No layer says anything here.\n");
    return;
  }
  Table table({"POINTER", "VALUE", "LAYER", "SHADOWS"});
  for (LeafOrigin const& leaf : explanation.leaves) {
    std::string shadows;
    for (Contribution const& shadowed : leaf.shadowed) {
      shadows += (shadows.empty() ? "" : "; ") + shadowed.layer + ": " + value_or_removed(shadowed);
    }
    table.add({{leaf.pointer, Tone::name},
               {value_or_removed(leaf.winner), leaf.winner.json ? Tone::plain : Tone::bad},
               {leaf.winner.layer, Tone::good},
               {shadows, Tone::faint}});
  }
  output.add_text(table.text(output.style()));
  if (explanation.next) output.remark("There are more: add --cursor " + to_string(*explanation.next));
}

void show_value(Output& output, ConfigNode const& node) {
  boost::json::value const value = node.to_value();
  if (auto const* text = value.if_string()) {
    output.add_text(printable(std::string_view(text->data(), text->size())) + '\n');
  } else {
    output.add_text(pretty(value));
  }
}

}  // namespace

Result<void> config(Session& session, std::string const& id, std::string const& pointer,
                    std::vector<std::string> const& layers) {
  auto question = read_question(id, pointer, layers);
  if (question.has_error()) return question.error();
  auto const catalog = session.open(Access::read);
  if (catalog.has_error()) return catalog.error();
  auto const found = catalog->effective_config(question->id, std::move(question->layers));
  if (found.has_error()) return found.error();
  auto const node = found->config.find(question->pointer);
  if (!node) {
    return Error{.kind = ErrorKind::not_found,
                 .message = "the effective configuration has no value there; `inlay explain` tells why",
                 .pointer = to_string(question->pointer)};
  }
  if (session.output.is_json()) {
    session.output.add_json(node->text());
  } else {
    show_value(session.output, *node);
  }
  if (!found->is_enabled) session.output.remark("This integration is not enabled here (is_enabled is false).");
  return {};
}

Result<void> explain(Session& session, std::string const& id, std::string const& pointer,
                     std::vector<std::string> const& layers, std::string const& cursor) {
  auto question = read_question(id, pointer, layers);
  if (question.has_error()) return question.error();
  std::optional<ConfigCursor> after;
  if (!cursor.empty()) {
    auto const parsed = parse_config_cursor(cursor);
    if (parsed.has_error()) return parsed.error();
    after = *parsed;
  }
  auto const catalog = session.open(Access::read);
  if (catalog.has_error()) return catalog.error();
  auto const explanation = catalog->explain(question->id, question->pointer, std::move(question->layers), after);
  if (explanation.has_error()) return explanation.error();
  if (session.output.is_json()) {
    session.output.add_json(explanation_json(*explanation));
  } else {
    show_explanation(session.output, *explanation);
  }
  return {};
}

}  // namespace inlay::cli
