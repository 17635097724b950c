// SPDX-License-Identifier: BSL-1.0
#include "command.hpp"
#include "names.hpp"
#include "usage.hpp"

#include <algorithm>

namespace inlay::cli {
namespace {

/** What the words before the last one say. */
struct Line {
  CommandUsage const* command = nullptr;     ///< as far as it is named
  ParameterUsage const* value_of = nullptr;  ///< the option whose value comes last
  std::size_t arguments = 0;                 ///< that stand before it
  bool is_options_over = false;
  Options options;
};

CommandUsage const* find_command(Usage const& usage, std::string const& name) {
  auto const found = std::find_if(usage.commands.begin(), usage.commands.end(),
                                  [&](CommandUsage const& one) { return one.name == name; });
  return found == usage.commands.end() ? nullptr : &*found;
}

ParameterUsage const* find_option(Usage const& usage, CommandUsage const* command, std::string const& name) {
  auto const in = [&](std::vector<ParameterUsage> const& all) -> ParameterUsage const* {
    auto const found = std::find_if(all.begin(), all.end(),
                                    [&](ParameterUsage const& one) { return one.is_option && one.name == name; });
    return found == all.end() ? nullptr : &*found;
  };
  auto const* const own = command == nullptr ? nullptr : in(command->parameters);
  return own != nullptr ? own : in(usage.options);
}

void note_value(Line& line, std::string const& option, std::string const& value) {
  if (option == "--store") line.options.store = value;
  if (option == "--team") line.options.team = value;
}

Line read_line(Usage const& usage, std::vector<std::string> const& words, Options options) {
  Line line{.options = std::move(options)};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    std::string const& word = words[i];
    if (word == "--" && !line.is_options_over) {
      line.is_options_over = true;
      continue;
    }
    if (word.starts_with("--") && !line.is_options_over) {
      std::size_t const equals = word.find('=');
      auto const* const option = find_option(usage, line.command, word.substr(0, equals));
      if (option == nullptr || option->value.empty()) continue;
      if (equals != std::string::npos) {
        note_value(line, option->name, word.substr(equals + 1));
      } else if (i + 2 < words.size()) {
        note_value(line, option->name, words[++i]);
      } else {
        line.value_of = option;
      }
      continue;
    }
    bool const is_at_family = line.command == nullptr || line.command->is_family;
    if (!is_at_family) {
      ++line.arguments;
    } else if (auto const* const deeper =
                   find_command(usage, line.command == nullptr ? word : line.command->name + ' ' + word)) {
      line.command = deeper;
    }
  }
  return line;
}

class Completer {
 public:
  Completer(Session const& session, Usage const& usage, std::string begin, bool is_options_over)
      : session_(session), usage_(usage), begin_(std::move(begin)), is_options_over_(is_options_over) {}

  [[nodiscard]] std::vector<std::string> take() { return std::move(found_); }

  void add(std::string const& candidate) {
    bool const is_new = std::find(found_.begin(), found_.end(), candidate) == found_.end();
    if (is_new && candidate.starts_with(begin_)) found_.push_back(candidate);
  }

  void add_commands(std::string const& family) {
    for (CommandUsage const& command : usage_.commands) {
      if (command.group == groups::hidden) continue;
      std::string_view name = command.name;
      if (!family.empty()) {
        if (!name.starts_with(family + ' ')) continue;
        name.remove_prefix(family.size() + 1);
      }
      if (name.find(' ') == std::string_view::npos) add(std::string(name));
    }
  }

  void add_options(Line const& line) {
    for (auto const* const all : {line.command == nullptr ? nullptr : &line.command->parameters, &usage_.options}) {
      if (all == nullptr) continue;
      for (ParameterUsage const& one : *all) {
        if (one.is_option) add(one.name);
      }
    }
  }

  void add_values(Meaning meaning, Options const& options) {
    switch (meaning) {
      case Meaning::team: return add_rows<Team>(options);
      case Meaning::environment: return add_rows<Environment>(options);
      case Meaning::integration: return add_rows<Integration>(options);
      case Meaning::install: return add_rows<EnvironmentIntegration>(options);
      case Meaning::request: return add_rows<Grant>(options);
      case Meaning::row:
        add_rows<Team>(options);
        add_rows<EnvironmentIntegration>(options);
        std::sort(found_.begin(), found_.end());
        found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
        return;
      case Meaning::command:
      case Meaning::file:
      case Meaning::text: return;
    }
  }

 private:
  // Who completes a word is told of no error: there is nothing to complete then. Nor are they given a name that others
  // have chosen and that would be obeyed as an option.
  template <class Entity>
  void add_rows(Options const& options) {
    Session on{.options = options, .output = session_.output};
    auto const catalog = on.open(Access::read);
    if (catalog.has_error()) return;
    for (std::string& text : completions<Entity>(*catalog, begin_)) {
      if (is_options_over_ || !text.starts_with('-')) found_.push_back(std::move(text));
    }
  }

  Session const& session_;
  Usage const& usage_;
  std::string begin_;
  bool is_options_over_;
  std::vector<std::string> found_;
};

ParameterUsage const* argument_at(CommandUsage const& command, std::size_t place) {
  ParameterUsage const* last = nullptr;
  for (ParameterUsage const& one : command.parameters) {
    if (one.is_option) continue;
    last = &one;
    if (place-- == 0) return last;
  }
  return last != nullptr && last->repeats ? last : nullptr;
}

}  // namespace

std::vector<std::string> completions_of(Session const& session, Usage const& usage,
                                        std::vector<std::string> const& words) {
  std::string const last = words.empty() ? std::string() : words.back();
  Line const line = read_line(usage, words, session.options);
  Completer completer(session, usage, last, line.is_options_over);
  if (line.value_of != nullptr) {
    completer.add_values(line.value_of->meaning, line.options);
  } else if (last.starts_with('-') && !line.is_options_over) {
    completer.add_options(line);
  } else if (line.command == nullptr || line.command->is_family) {
    completer.add_commands(line.command == nullptr ? "" : line.command->name);
  } else if (auto const* const argument = argument_at(*line.command, line.arguments)) {
    if (argument->meaning == Meaning::command) {
      std::string above;
      for (std::size_t i = words.size() - 1 - line.arguments; i + 1 < words.size(); ++i) {
        above += (above.empty() ? "" : " ") + words[i];
      }
      completer.add_commands(above);
    } else {
      completer.add_values(argument->meaning, line.options);
    }
  }
  return completer.take();
}

}  // namespace inlay::cli
