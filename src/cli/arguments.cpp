// SPDX-License-Identifier: BSL-1.0
// The only file that includes CLI11, which takes seconds to compile.
#include "arguments.hpp"

#include "commands.hpp"
#include "near.hpp"
#include "resources.hpp"
#include "text.hpp"
#include "usage.hpp"

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
  for (auto* const commands :
       {resource_commands, sharing_commands, batch_commands, install_commands, config_commands, history_commands,
        json_commands, store_commands, serve_commands, transfer_commands, help_commands}) {
    CommandRows rows = commands();
    std::move(rows.begin(), rows.end(), std::back_inserter(all));
  }
  return all;
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

Parameter& Parameter::means(Meaning meaning) {
  meanings_->insert_or_assign(option_, meaning);
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
  return Parameter(*command_->add_option(name, into, help), *meanings_);
}

Parameter Parameters::add(std::string const& name, std::optional<std::string>& into, std::string const& help) {
  return Parameter(*command_->add_option(name, into, help), *meanings_);
}

Parameter Parameters::add(std::string const& name, std::vector<std::string>& into, std::string const& help) {
  auto* const option = command_->add_option(name, into, help);
  if (name.front() == '-') option->allow_extra_args(false);
  return Parameter(*option, *meanings_);
}

Parameter Parameters::add(std::string const& name, std::size_t& into, std::string const& help) {
  return Parameter(*command_->add_option(name, into, help), *meanings_);
}

Parameter Parameters::add(std::string const& name, std::optional<std::size_t>& into, std::string const& help) {
  return Parameter(*command_->add_option(name, into, help), *meanings_);
}

Parameter Parameters::add(std::string const& name, std::int64_t& into, std::string const& help) {
  return Parameter(*command_->add_option(name, into, help), *meanings_);
}

Parameter Parameters::add(std::string const& name, std::optional<std::int64_t>& into, std::string const& help) {
  return Parameter(*command_->add_option(name, into, help), *meanings_);
}

Parameter Parameters::add_read(std::string const& name, Check const& read, std::string const& help) {
  auto const take = [name, read](std::string const& text) {
    if (auto const why = read(text); !why.empty()) throw CLI::ValidationError(name, why);
  };
  return Parameter(*command_->add_option_function<std::string>(name, take, help), *meanings_);
}

Parameter Parameters::add_flag(std::string const& name, bool& into, std::string const& help) {
  return Parameter(*command_->add_flag(name, into, help), *meanings_);
}

namespace {

constexpr char const* about =
    "A catalogue of integrations and of what their configuration really is in each environment.";

constexpr char const* notes =
    "ID stands for a row's names, such as TEAM/ENVIRONMENT/INTEGRATION, its id, or the end of that as tables show\n"
    "it; in a name / is written ~1, and ~ is ~0. JSON arguments are given as text, @FILE, or - for standard input.\n"
    "A command's own options are in `inlay help COMMAND`; all options can stand anywhere on the line.\n\n"
    "Answers are tables on a terminal and one line of JSON elsewhere. Exit status: 0; 1 for an error, with its\n"
    "kind, message and pointer on standard error (as {\"error\": ...} with --output json, or when standard\n"
    "error is no terminal); 2 for wrong usage.";

class Program {
 public:
  Program() : app_(about) {
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
    app_.footer(std::string(notes) +
                "\n\nExample:\n"
                "  inlay --store sqlite:inlay.db team create '{\"name\": \"Example\"}'");
    describe();
  }

  [[nodiscard]] Usage const& usage() const noexcept { return usage_; }

  [[nodiscard]] std::optional<std::string> help(std::vector<std::string> const& words) const {
    CLI::App const* at = &app_;
    std::string name = app_.get_name();
    for (std::string const& word : words) {
      at = subcommand(*at, word);
      if (at == nullptr) return std::nullopt;
      name += ' ' + word;
    }
    return at->get_formatter()->make_help(at, name, CLI::AppFormatMode::Normal);
  }

  Invocation read(int argc, char const* const* argv) {
    try {
      app_.parse(in_reading_order(std::vector<std::string>(argv + std::min(argc, 1), argv + argc)));
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
    command->fallthrough();  // so that the program's options can stand behind it
    order_.emplace_back(command, row);
    if (!row.declare) {
      command->require_subcommand(1);
      return;
    }
    Parameters parameters(*command, meanings_);
    Command run = row.declare(parameters);
    declared_.emplace(command, Declared{std::move(row), std::move(run)});
  }

  void add_options() {
    app_.add_option("--store", options_.store, "The store's URL; else $INLAY_STORE, else sqlite:inlay.db")
        ->type_name("URL")
        ->check(not_empty);
    app_.add_option("--output", output_,
                    "table, json, or auto: table on a terminal, json elsewhere; csv for `config --all`")
        ->type_name("FORMAT")
        ->check([](std::string const& name) {
          return formats.contains(name) ? std::string() : "takes auto, table, json or csv, not " + name;
        });
    app_.add_flag("--wide", options_.is_wide, "Tables show everything whole, ids and times too, however wide they get");
    app_.add_option("--actor", options_.actor,
                    "Who makes the change, for the change log; else the name of the system's user")
        ->type_name("NAME")
        ->check(not_empty);
    app_.add_option("--reason", options_.reason, "Why, for the change log")->type_name("TEXT")->check(not_empty);
    auto* const team =
        app_.add_option("--team", options_.team,
                        "Act on behalf of this team: see and do what it may, and no more; else you are the host's own\n"
                        "administration, which may do everything");
    team->type_name("ID|NAME")->check(not_empty);
    meanings_.emplace(team, Meaning::team);
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
      // What no command knows is left with the program.
      for (CLI::App const* level : {&app_, at}) {
        std::vector<std::string> const rest = level->remaining();
        // Behind a word in the place of a command an option may well be that command's.
        bool const begins_with_word = !rest.empty() && !rest.front().starts_with('-');
        bool const is_command_missing = at->get_require_subcommand_min() > 0 && (at != &app_ || !stray_.empty());
        auto const option = std::find_if(rest.begin(), rest.end(), [](std::string const& argument) {
          return argument.size() > 1 && argument.front() == '-';
        });
        if (option != rest.end() && !(begins_with_word && is_command_missing))
          return {unknown_option(*at, option->substr(0, option->find('='))), name};
        if (!stray_.empty()) {
          return {"there is no command '" + stray_ + "' here" + did_you_mean(stray_, subcommands(app_)),
                  app_.get_name()};
        }
        if (rest.empty()) continue;
        if (at->get_require_subcommand_min() > 0) {
          return {"there is no command '" + rest.front() + "' here" + did_you_mean(rest.front(), subcommands(*at)),
                  name};
        }
        if (is_too_much) return {"'" + rest.front() + "' is one argument too many", name};
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

  std::string unknown_option(CLI::App const& command, std::string const& option) const {
    std::vector<std::string> known;
    for (CLI::App const* level : {&app_, &command}) {
      for (CLI::Option const* one : level->get_options()) {
        for (std::string const& name : one->get_lnames()) known.push_back("--" + name);
      }
    }
    return "there is no option " + option + " here" + did_you_mean(option, std::move(known));
  }

  static std::vector<std::string> subcommands(CLI::App const& family) {
    std::vector<std::string> names;
    for (CLI::App const* command : family.get_subcommands({})) {
      if (command->get_group() != groups::hidden) names.push_back(command->get_name());
    }
    return names;
  }

  static CLI::App const* subcommand(CLI::App const& family, std::string const& name) {
    for (CLI::App const* command : family.get_subcommands({})) {
      if (command->get_name() == name) return command;
    }
    return nullptr;
  }

  /** The arguments as the library reads them, the last first, with a command's own options behind it: they can stand
      before it, too, and between its words. */
  [[nodiscard]] std::vector<std::string> in_reading_order(std::vector<std::string> arguments) {
    std::vector<std::string> moved;
    CLI::App const* family = &app_;
    std::size_t i = 0;
    while (i < arguments.size() && arguments[i] != "--") {
      if (auto const* const next = subcommand(*family, arguments[i])) {
        if (next->get_require_subcommand_min() == 0) break;
        family = next;
        ++i;
        continue;
      }
      std::string const name = arguments[i].substr(0, arguments[i].find('='));
      bool const has_value = name.size() < arguments[i].size();
      auto const* const of_program = app_.get_option_no_throw(name);
      auto const* const of_command = of_program == nullptr ? any_option(name) : nullptr;
      auto const* const option = of_program != nullptr ? of_program : of_command;
      bool const takes_next = option != nullptr && option->get_items_expected_max() > 0 && !has_value;
      std::size_t const count = std::min<std::size_t>(takes_next ? 2 : 1, arguments.size() - i);
      if (of_command == nullptr) {
        bool const is_word = !arguments[i].starts_with('-');
        if (is_word && family != &app_) break;
        if (is_word && stray_.empty()) stray_ = arguments[i];
        i += count;
        continue;
      }
      auto const first = arguments.begin() + static_cast<std::ptrdiff_t>(i);
      auto const last = first + static_cast<std::ptrdiff_t>(count);
      moved.insert(moved.end(), first, last);
      arguments.erase(first, last);
    }
    auto const end = std::find(arguments.begin(), arguments.end(), "--");
    arguments.insert(end, moved.begin(), moved.end());
    std::reverse(arguments.begin(), arguments.end());
    return arguments;
  }

  /** The option of that name of some command. */
  [[nodiscard]] CLI::Option const* any_option(std::string const& name) const {
    if (!name.starts_with("--")) return nullptr;
    for (auto const& [command, row] : order_) {
      auto const* const option = command->get_option_no_throw(name);
      if (option != nullptr && option != command->get_help_ptr()) return option;
    }
    return nullptr;
  }

  /** Makes what others read of the table. */
  void describe() {
    usage_ = {.about = about, .notes = notes};
    usage_.options = described(app_);
    for (auto const& [command, row] : order_) {
      usage_.commands.push_back({.name = row.name,
                                 .group = row.group,
                                 .help = row.help,
                                 .example = row.example,
                                 .is_family = !row.declare,
                                 .parameters = described(*command)});
    }
  }

  [[nodiscard]] std::vector<ParameterUsage> described(CLI::App const& command) const {
    std::vector<ParameterUsage> all;
    for (CLI::Option const* option : command.get_options()) {
      auto const meaning = meanings_.find(option);
      bool const takes_value = option->get_items_expected_max() > 0;
      all.push_back({.name = option->get_name(),
                     .value = takes_value ? option->get_type_name() : std::string(),
                     .help = option->get_description(),
                     .is_option = !option->get_positional(),
                     .is_required = option->get_required(),
                     .repeats = option->get_items_expected_max() > 1,
                     .meaning = meaning == meanings_.end() ? Meaning::text : meaning->second});
      bool const has_short = option->get_positional() ? false : !option->get_snames().empty();
      if (has_short) all.back().name = "--" + option->get_lnames().front();
    }
    return all;
  }

  CLI::App app_;
  Options options_;
  std::string output_ = "auto";
  std::map<CLI::App const*, Declared> declared_;
  std::vector<std::pair<CLI::App const*, CommandRow>> order_;
  std::string stray_;  // what stands in the place of a command, and is none
  Meanings meanings_;
  Usage usage_;
};

// The commands refer to their arguments, which live as long as the program does.
Program& program() {
  static Program one;
  return one;
}

}  // namespace

int wrong_usage(std::string_view what, std::string_view name) {
  std::cerr << "inlay: " << printable(what) << "\nTry `" << name << " --help`.\n";
  return 2;
}

Invocation read_arguments(int argc, char const* const* argv) { return program().read(argc, argv); }

Usage const& usage() { return program().usage(); }

std::optional<std::string> help_text(std::vector<std::string> const& words) { return program().help(words); }

}  // namespace inlay::cli
