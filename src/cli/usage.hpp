// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_USAGE_HPP
#define INLAY_CLI_USAGE_HPP

// The table of commands as it can be read: what manual pages and completions are made of.

#include "parameters.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::cli {

struct Session;

struct ParameterUsage {
  std::string name;   ///< "ID", "--limit"
  std::string value;  ///< what help calls its value; empty for a flag
  std::string help;
  bool is_option = false;
  bool is_required = false;
  bool repeats = false;  ///< takes any number of values
  Meaning meaning = Meaning::text;
};

struct CommandUsage {
  std::string name;   ///< as one types it behind "inlay"
  std::string group;  ///< groups::hidden for one that help does not list
  std::string help;
  std::string example;
  bool is_family = false;  ///< only the beginning of several commands
  std::vector<ParameterUsage> parameters{};
};

struct Usage {
  std::string about;
  std::string notes;                      ///< what help says at its end
  std::vector<ParameterUsage> options{};  ///< that go with every command
  std::vector<CommandUsage> commands{};   ///< in the order of help
};

/** What the command line of the program is. */
[[nodiscard]] Usage const& usage();

/** What help says of a command, by its words; of the program where there are none. Nothing for no command. */
[[nodiscard]] std::optional<std::string> help_text(std::vector<std::string> const& words);

/** The page of the manual about a command, in the macros of man(7); about the program for an empty name. */
[[nodiscard]] std::string manual_page(Usage const& usage, std::string_view name);

/** Says what a shell can put in the place of the last of the words behind "inlay".

    What stands for a row is looked for in the store that the words name, else in that of `session`. */
[[nodiscard]] std::vector<std::string> completions_of(Session const& session, Usage const& usage,
                                                      std::vector<std::string> const& words);

}  // namespace inlay::cli

#endif
