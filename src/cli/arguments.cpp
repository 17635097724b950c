// SPDX-License-Identifier: BSL-1.0
// The only file that includes CLI11, which takes seconds to compile.
#include "arguments.hpp"

#include "commands.hpp"
#include "resources.hpp"
#include "text.hpp"

#include <CLI/CLI.hpp>

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::cli {
namespace {

std::map<std::string, Format> const formats{
    {"auto", Format::automatic}, {"table", Format::table}, {"json", Format::json}, {"csv", Format::csv}};

// Not $USER, which says whatever somebody has put there.
std::string system_user() {
  uid_t const id = ::getuid();
  passwd const* const entry = ::getpwuid(id);  // NOLINT(concurrency-mt-unsafe): there is one thread
  bool const has_name = entry != nullptr && entry->pw_name != nullptr && *entry->pw_name != '\0';
  return has_name ? entry->pw_name : "uid:" + std::to_string(id);
}

/** The table of all commands, in the order of help. */
CommandRows all_commands() {
  CommandRows all;
  for (auto* const commands : {resource_commands, sharing_commands, install_commands, config_commands, history_commands,
                               json_commands, store_commands, serve_commands, transfer_commands}) {
    CommandRows rows = commands();
    std::move(rows.begin(), rows.end(), std::back_inserter(all));
  }
  return all;
}

void add_output_option(CLI::App& command, std::string& into, std::string const& what) {
  command.add_option("--output", into, what)->type_name("FORMAT")->check([](std::string const& name) {
    return formats.contains(name) ? std::string() : "takes auto, table, json or csv, not " + name;
  });
}

}  // namespace

Parameter& Parameter::required() {
  option_->required();
  return *this;
}

Parameter& Parameter::shown_as(std::string const& value) {
  option_->type_name(value);
  return *this;
}

Parameter& Parameter::check(Check const& check) {
  option_->check(check);
  return *this;
}

Parameter& Parameter::not_with(Parameter other) {
  option_->excludes(other.option_);
  return *this;
}

Parameter& Parameter::only_with(Parameter other) {
  option_->needs(other.option_);
  return *this;
}

Parameter Parameters::add(std::string const& name, std::string& into, std::string const& help) {
  return Parameter(*command_->add_option(name, into, help));
}

Parameter Parameters::add(std::string const& name, std::optional<std::string>& into, std::string const& help) {
  return Parameter(*command_->add_option(name, into, help));
}

Parameter Parameters::add(std::string const& name, std::vector<std::string>& into, std::string const& help) {
  auto* const option = command_->add_option(name, into, help);
  if (name.front() == '-') option->allow_extra_args(false);
  return Parameter(*option);
}

Parameter Parameters::add(std::string const& name, std::size_t& into, std::string const& help) {
  return Parameter(*command_->add_option(name, into, help));
}

Parameter Parameters::add(std::string const& name, std::optional<std::size_t>& into, std::string const& help) {
  return Parameter(*command_->add_option(name, into, help));
}

Parameter Parameters::add(std::string const& name, std::int64_t& into, std::string const& help) {
  return Parameter(*command_->add_option(name, into, help));
}

Parameter Parameters::add(std::string const& name, std::optional<std::int64_t>& into, std::string const& help) {
  return Parameter(*command_->add_option(name, into, help));
}

Parameter Parameters::add_read(std::string const& name, Check const& read, std::string const& help) {
  auto const take = [name, read](std::string const& text) {
    if (auto const why = read(text); !why.empty()) throw CLI::ValidationError(name, why);
  };
  return Parameter(*command_->add_option_function<std::string>(name, take, help));
}

Parameter Parameters::add_flag(std::string const& name, bool& into, std::string const& help) {
  return Parameter(*command_->add_flag(name, into, help));
}

void Parameters::add_output(std::string const& help) { add_output_option(*command_, *output_, help); }

namespace {

class Program {
 public:
  Program() : app_("A catalogue of integrations and of what their configuration really is in each environment.") {
    app_.name("inlay");
    app_.require_subcommand(1);
    app_.get_formatter()->label("SUBCOMMAND", "COMMAND");
    app_.get_formatter()->label("Positionals", "Arguments");
    app_.get_formatter()->label("REQUIRED", "(required)");
    app_.get_formatter()->label("Excludes", "not with");
    app_.get_formatter()->label("Needs", "only with");
    app_.set_help_flag("-h,--help", "Print this help and exit");
    add_options();
    for (CommandRow& row : all_commands()) add(std::move(row));
    app_.footer(
        "JSON arguments are given as text, @FILE, or - for standard input. A command's own options are in\n"
        "`inlay COMMAND --help`; those above stand before the command.\n\n"
        "Answers are tables on a terminal and one line of JSON elsewhere. Exit status: 0; 1 for an error, with its\n"
        "kind, message and pointer on standard error (as {\"error\": ...} with --output json, or when standard\n"
        "error is no terminal); 2 for wrong usage.\n\n"
        "Example:\n"
        "  inlay --store sqlite:inlay.db team create '{\"name\": \"Example\"}'");
  }

  Invocation read(int argc, char const* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (CLI::Success const& success) {
      return {.options = {}, .command = {}, .name = {}, .exit_status = app_.exit(success)};
    } catch (CLI::ParseError const& error) {
      auto const [what, name] = problem(error);
      return {.options = {}, .command = {}, .name = name, .exit_status = wrong_usage(what, name)};
    }
    fill_defaults();
    auto const [command, name] = deepest();
    Declared const& declared = declared_.at(command);
    if (!options_.team.empty() && !declared.row.heeds_team) {
      return {
          .options = {},
          .command = {},
          .name = name,
          .exit_status = wrong_usage(declared.row.name + " is not done on behalf of a team: leave out --team", name)};
    }
    if (options_.output == Format::csv && !declared.row.gives_csv) {
      return {.options = {}, .command = {}, .name = name, .exit_status = wrong_usage(csv_is_of_reports, name)};
    }
    return {.options = options_, .command = declared.command, .name = name, .exit_status = {}};
  }

 private:
  struct Declared {
    CommandRow row;
    Command command;
  };

  void add(CommandRow row) {
    CLI::App* family = &app_;
    std::string_view rest = row.name;
    for (auto space = rest.find(' '); space != std::string_view::npos; space = rest.find(' ')) {
      family = family->get_subcommand(std::string(rest.substr(0, space)));
      rest.remove_prefix(space + 1);
    }
    auto* const command = family->add_subcommand(std::string(rest), row.help);
    command->set_help_flag("-h,--help", "Print this help and exit");
    command->group(row.group);
    command->footer("Example:\n  inlay " + row.example);
    if (!row.declare) {
      command->require_subcommand(1);
      return;
    }
    Parameters parameters(*command, output_);
    Command run = row.declare(parameters);
    declared_.emplace(command, Declared{std::move(row), std::move(run)});
  }

  void add_options() {
    app_.add_option("--store", options_.store, "The store's URL; else $INLAY_STORE, else sqlite:inlay.db")
        ->type_name("URL")
        ->check(not_empty);
    add_output_option(app_, output_,
                      "table, json, or auto: table on a terminal, json elsewhere; csv for `config --all`");
    app_.add_option("--actor", options_.actor,
                    "Who makes the change, for the change log; else the name of the system's user")
        ->type_name("NAME")
        ->check(not_empty);
    app_.add_option("--reason", options_.reason, "Why, for the change log")->type_name("TEXT")->check(not_empty);
    app_.add_option("--team", options_.team,
                    "Act on behalf of this team: see and do what it may, and no more; else you are the host's own\n"
                    "administration, which may do everything")
        ->type_name("ID|NAME")
        ->check(not_empty);
    app_.set_version_flag("--version", "inlay " INLAY_VERSION, "Print the version and exit");
  }

  void fill_defaults() {
    auto const from_environment = [](char const* name) {
      char const* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): there is one thread
      return std::string(value == nullptr ? "" : value);
    };
    options_.output = formats.at(output_);
    if (options_.store.empty()) options_.store = from_environment("INLAY_STORE");
    if (options_.store.empty()) options_.store = "sqlite:inlay.db";
    if (options_.actor.empty()) options_.actor = system_user();
  }

  // The command that was named, and how it is called.
  std::pair<CLI::App const*, std::string> deepest() const {
    CLI::App const* at = &app_;
    std::string name = app_.get_name();
    while (!at->get_subcommands().empty()) {
      at = at->get_subcommands().front();
      name.append(1, ' ').append(at->get_name());
    }
    return {at, name};
  }

  // What is wrong with the usage, in words of ours where CLI11 knows only its own, and whose help says what is right.
  std::pair<std::string, std::string> problem(CLI::ParseError const& error) const {
    auto const [at, name] = deepest();
    auto const is = [&](CLI::ExitCodes code) { return error.get_exit_code() == static_cast<int>(code); };
    bool const is_too_much = is(CLI::ExitCodes::ExtrasError);
    bool const is_too_little = is(CLI::ExitCodes::RequiredError);
    if (is_too_much || is_too_little) {
      for (auto const& [level, level_name] : {std::pair<CLI::App const*, std::string>{&app_, app_.get_name()},
                                              std::pair<CLI::App const*, std::string>{at, name}}) {
        std::vector<std::string> const rest = level->remaining();
        auto const option = std::find_if(rest.begin(), rest.end(), [](std::string const& argument) {
          return argument.size() > 1 && argument.front() == '-';
        });
        if (option != rest.end()) return {unknown_option(option->substr(0, option->find('=')), level_name), level_name};
        if (rest.empty()) continue;
        if (level->get_require_subcommand_min() > 0) {
          return {"there is no command '" + rest.front() + "' here", level_name};
        }
        if (is_too_much) return {"'" + rest.front() + "' is one argument too many", level_name};
      }
      if (is_too_little && at->get_require_subcommand_min() > 0) return {"a command is missing", name};
    }
    if (is(CLI::ExitCodes::ArgumentMismatch)) {
      std::string const what = error.what();
      std::string const option_name = what.substr(0, what.find(':'));
      auto const* option = at->get_option_no_throw(option_name);
      if (option == nullptr) option = app_.get_option_no_throw(option_name);
      if (option != nullptr) {
        return {option_name +
                    (option->count() > 1 ? " is given more than once" : " needs a value: " + option->get_type_name()),
                where_the_help_is(option_name)};
      }
    }
    std::string const what = error.what();
    if (is(CLI::ExitCodes::ValidationError)) return {what, where_the_help_is(what.substr(0, what.find(':')))};
    return {what, name};
  }

  // The command whose help has the option: the program itself for those that stand before the command.
  std::string where_the_help_is(std::string const& option) const {
    auto const [at, name] = deepest();
    return at->get_option_no_throw(option) == nullptr && app_.get_option_no_throw(option) != nullptr ? app_.get_name()
                                                                                                     : name;
  }

  std::string unknown_option(std::string const& option, std::string const& command) const {
    bool const is_before_command = command == app_.get_name();
    if (!is_before_command && app_.get_option_no_throw(option) != nullptr) {
      return option + " stands before the command: inlay " + option + " ..." + command.substr(app_.get_name().size());
    }
    return "there is no option " + option + (is_before_command ? " before the command" : " here");
  }

  CLI::App app_;
  Options options_;
  std::string output_ = "auto";
  std::map<CLI::App const*, Declared> declared_;
};

}  // namespace

int wrong_usage(std::string_view what, std::string_view name) {
  std::cerr << "inlay: " << printable(what) << "\nTry `" << name << " --help`.\n";
  return 2;
}

Invocation read_arguments(int argc, char const* const* argv) {
  // The commands refer to their arguments, which live as long as the program does.
  static Program program;
  return program.read(argc, argv);
}

}  // namespace inlay::cli
