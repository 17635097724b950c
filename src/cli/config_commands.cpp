// SPDX-License-Identifier: BSL-1.0
#include "answers.hpp"
#include "commands.hpp"
#include "input.hpp"
#include "report.hpp"
#include "resources.hpp"
#include "text.hpp"

#include <inlay/catalog/internal/answer_json.hpp>

namespace inlay::cli {
namespace {

/** What is asked of the configuration of one install. */
struct QuestionArguments {
  std::string id;
  std::string pointer;
  std::vector<std::string> layers;  // each is NAME=JSON
};

struct ConfigArguments {
  QuestionArguments question;
  bool is_report = false;
  ReportArguments report;
};

struct ExplainArguments {
  QuestionArguments question;
  std::string cursor;
};

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
  json::Pointer pointer;
  std::vector<Layer> layers;
};

Result<Question> read_question(QuestionArguments const& arguments) {
  if (auto const checked = check_row<EnvironmentIntegration>(arguments.id); checked.has_error()) return checked.error();
  auto place = json::Pointer::parse(arguments.pointer);
  if (place.has_error()) return place.error();
  auto extra = read_layers(arguments.layers);
  if (extra.has_error()) return extra.error();
  return Question{std::move(*place), std::move(*extra)};
}

std::string value_or_removed(Contribution const& contribution) { return contribution.json.value_or("(removed)"); }

void show_explanation(Output& output, Explanation const& explanation) {
  if (explanation.leaves.empty()) {
    output.add_text("No layer says anything here.\n");
    return;
  }
  Table table({{"POINTER"}, {"VALUE"}, {"LAYER", Fit::whole}, {"SHADOWS", Fit::rest}}, output.style());
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
  output.add_text(table.take_text());
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

Result<void> config(Session& session, ConfigArguments const& arguments) {
  if (arguments.is_report) return report(session, arguments.report);
  if (session.output.is_csv()) throw UsageError(csv_is_of_reports);
  if (arguments.question.id.empty()) throw UsageError("ID is required, or --all");
  auto question = read_question(arguments.question);
  if (question.has_error()) return question.error();
  auto const open = open_row<EnvironmentIntegration>(session, arguments.question.id, Access::read);
  if (open.has_error()) return open.error();
  auto const found = open->catalog.effective_config(open->id, std::move(question->layers));
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

Result<void> explain(Session& session, ExplainArguments const& arguments) {
  auto question = read_question(arguments.question);
  if (question.has_error()) return question.error();
  std::optional<ConfigCursor> after;
  if (!arguments.cursor.empty()) {
    auto const parsed = parse_config_cursor(arguments.cursor);
    if (parsed.has_error()) return parsed.error();
    after = *parsed;
  }
  auto const open = open_row<EnvironmentIntegration>(session, arguments.question.id, Access::read);
  if (open.has_error()) return open.error();
  auto const explanation = open->catalog.explain(open->id, question->pointer, std::move(question->layers), after);
  if (explanation.has_error()) return explanation.error();
  if (session.output.is_json()) {
    session.output.add_json(model::form_text(answers::Explanation::of(*explanation)));
  } else {
    show_explanation(session.output, *explanation);
  }
  return {};
}

struct QuestionParameters {
  Parameter id;
  Parameter pointer;
  Parameter layer;
};

QuestionParameters add_question(Parameters& command, QuestionArguments& into) {
  auto const id = add_row(command, into.id, Kind::environment_integration);
  auto const pointer =
      command.add("POINTER", into.pointer, "Only what is there (RFC 6901), such as /pagination/format").shown_as("");
  auto const layer =
      command
          .add("--layer", into.layers, "One more layer on top, a merge patch; may be repeated, the last is the highest")
          .shown_as("NAME=JSON");
  return {id, pointer, layer};
}

}  // namespace

CommandRows config_commands() {
  CommandRows rows{
      {.name = "config",
       .help = "Show what the configuration is, or one value of it; with --all, of everything installed",
       .example =
           "config ID /base_url --layer request='{\"base_url\": \"http://localhost\"}'\n"
           "  inlay config --all --environment production --pointer /base_url --pointer /headers --output csv\n\n"
           "With --all there is a row for each installed integration that one sees, enabled or not, in the order of\n"
           "lists, all as they were at one revision. Rows are written as they are read: after an error (exit status "
           "1)\n"
           "the report ends too early. Team is the environment's.\n"
           "JSON is an object a line (JSON Lines), where a value that is absent has no member:\n"
           "  {\"id\", \"environment_id\", \"environment_name\", \"integration_id\", \"integration_name\", "
           "\"team_id\",\n"
           "   \"team_name\", \"is_enabled\", \"version\", \"config\": {...}}\n"
           "with \"values\": {\"/base_url\": ...} in place of \"config\" where there is a --pointer.\n"
           "CSV (RFC 4180) has the same columns, then config, or one for each pointer: what is absent is empty, null "
           "is\n"
           "null, a text is as it is, anything else is JSON. A text that is empty or `null` has quotes.",
       .gives_csv = true,
       .declare = declares<ConfigArguments>(
           [](Parameters& command, ConfigArguments& into) {
             auto const [id, pointer, layer] = add_question(command, into.question);
             auto const all = command.add_flag("--all", into.is_report, "Of everything installed, instead of ID")
                                  .not_with(id)
                                  .not_with(pointer)
                                  .not_with(layer);
             add_named(command, "--environment", into.report.environment, Kind::environment, "Only in this environment")
                 .only_with(all);
             add_named(command, "--integration", into.report.integration, Kind::integration, "Only of this integration")
                 .only_with(all);
             command.add("--pointer", into.report.pointers, "Only what is there; may be repeated")
                 .shown_as("POINTER")
                 .check(not_empty)
                 .only_with(all);
           },
           config)},
      {.name = "explain",
       .help = "Show where each value comes from and what it shadows",
       .example =
           "explain ID /headers\n\n"
           "JSON: {\"result\": [...], \"next_cursor\": TEXT or null}, with an object for each leaf (scalar, array, "
           "empty\n"
           "object, or removed value):\n"
           "  {\"pointer\": \"/headers/Accept\", \"layer\": \"environment\", \"value\": \"text/csv\",\n"
           "   \"shadows\": [{\"layer\": \"integration\", \"value\": \"application/json\"}]}\n"
           "with \"removed\": true in place of \"value\" where a layer removes it. None when no layer says anything.\n"
           "A page ends at 4 MiB.",
       .declare = declares<ExplainArguments>(
           [](Parameters& command, ExplainArguments& into) {
             add_question(command, into.question).id.required();
             add_cursor(command, into.cursor);
           },
           explain)}};
  for (CommandRow& row : rows) row.group = groups::config;
  return rows;
}

}  // namespace inlay::cli
