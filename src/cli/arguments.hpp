// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_ARGUMENTS_HPP
#define INLAY_CLI_ARGUMENTS_HPP

#include "command.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace inlay::cli {

/** What the program was asked to do: a command, or nothing more than to exit. */
struct Invocation {
  Options options;
  Command command;
  std::string name;                ///< of the command, as one types it: "inlay team get"
  std::optional<int> exit_status;  ///< set when there is nothing to do: help was printed, or the usage was wrong
};

/** Says on standard error what is wrong with the usage of the command of that name. @return the exit status for it. */
int wrong_usage(std::string_view what, std::string_view name);

/** Reads the command line. Help goes to standard output; what is wrong with the usage, to standard error. */
[[nodiscard]] Invocation read_arguments(int argc, char const* const* argv);

}  // namespace inlay::cli

#endif
