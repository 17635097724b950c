// SPDX-License-Identifier: BSL-1.0
// The manual, from the table that help is made of.
#include "command.hpp"
#include "usage.hpp"

#include <algorithm>

namespace inlay::cli {
namespace {

/** Text as roff shows it, lines and all. */
std::string roff(std::string_view text) {
  std::string out;
  bool is_start_of_line = true;
  for (char const c : text) {
    if (is_start_of_line && (c == '.' || c == '\'')) out += "\\&";
    is_start_of_line = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else if (c == '`') {
      out += "\\(ga";
    } else if (c == '^') {
      out += "\\(ha";
    } else if (c == '~') {
      out += "\\(ti";
    } else {
      out += c;
    }
  }
  return out;
}

std::string page_name(std::string_view command) {
  std::string name = command.empty() ? "inlay" : "inlay-";
  for (char const c : command) name += c == ' ' ? '-' : c;
  return name;
}

void section(std::string& out, std::string_view title) { (out += ".SH ").append(title) += '\n'; }

/** Lines as they are, as help has them. */
void lines(std::string& out, std::string_view text) { (out += ".nf\n").append(roff(text)) += "\n.fi\n"; }

void entry(std::string& out, std::string const& term, std::string const& text) {
  (out += ".TP\n\\fB").append(roff(term)).append("\\fR\n").append(roff(text)) += '\n';
}

void parameters(std::string& out, std::string_view title, std::vector<ParameterUsage> const& all, bool are_options) {
  bool has_title = false;
  for (ParameterUsage const& one : all) {
    if (one.is_option != are_options) continue;
    if (!has_title) section(out, title);
    has_title = true;
    std::string const text = (one.is_required && are_options ? "Required. " : "") + one.help;
    entry(out, one.name + (one.value.empty() ? "" : ' ' + one.value), text);
  }
}

std::string synopsis(CommandUsage const& command) {
  std::string text = "inlay " + command.name;
  if (command.is_family) return text + " COMMAND";
  for (ParameterUsage const& one : command.parameters) {
    if (one.is_option && one.is_required) text += ' ' + one.name + ' ' + one.value;
  }
  bool const has_options = std::any_of(command.parameters.begin(), command.parameters.end(),
                                       [](ParameterUsage const& one) { return one.is_option && !one.is_required; });
  if (has_options) text += " [OPTIONS]";
  for (ParameterUsage const& one : command.parameters) {
    if (one.is_option) continue;
    std::string const name = one.name + (one.repeats ? "..." : "");
    text += one.is_required ? ' ' + name : " [" + name + ']';
  }
  return text;
}

void commands(std::string& out, Usage const& usage, std::string const& family) {
  std::string group;
  for (CommandUsage const& command : usage.commands) {
    bool const is_below =
        family.empty() ? command.name.find(' ') == std::string::npos : command.name.starts_with(family + ' ');
    if (!is_below || command.group == groups::hidden) continue;
    if (command.group != group) (out += ".SS ").append(roff(command.group)) += '\n';
    group = command.group;
    entry(out, page_name(command.name) + "(1)", command.help);
  }
}

std::string page_of_program(Usage const& usage) {
  std::string out = ".TH inlay 1 \"\" \"inlay " INLAY_VERSION "\"\n";
  section(out, "NAME");
  out += "inlay \\- a catalogue of integrations and of their configuration\n";
  section(out, "SYNOPSIS");
  out += ".B inlay\n[OPTIONS] COMMAND ...\n";
  section(out, "DESCRIPTION");
  out += roff(usage.about) + "\n.PP\n";
  lines(out, usage.notes);
  section(out, "COMMANDS");
  commands(out, usage, "");
  parameters(out, "OPTIONS", usage.options, true);
  return out;
}

}  // namespace

std::string manual_page(Usage const& usage, std::string_view name) {
  if (name.empty()) return page_of_program(usage);
  auto const command = std::find_if(usage.commands.begin(), usage.commands.end(),
                                    [&](CommandUsage const& one) { return one.name == name; });
  if (command == usage.commands.end()) return {};
  std::string const page = page_name(name);
  std::string out = ".TH " + page + " 1 \"\" \"inlay " INLAY_VERSION "\"\n";
  section(out, "NAME");
  out += roff(page) + " \\- " + roff(command->help) + '\n';
  section(out, "SYNOPSIS");
  lines(out, synopsis(*command));
  if (command->is_family) {
    section(out, "COMMANDS");
    commands(out, usage, command->name);
  }
  parameters(out, "ARGUMENTS", command->parameters, false);
  parameters(out, "OPTIONS", command->parameters, true);
  section(out, "EXAMPLE");
  lines(out, "  inlay " + command->example);
  section(out, "SEE ALSO");
  out += "inlay(1), which has the options that go with every command\n";
  return out;
}

}  // namespace inlay::cli
