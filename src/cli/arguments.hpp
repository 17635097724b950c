// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_ARGUMENTS_HPP
#define INLAY_CLI_ARGUMENTS_HPP

#include "session.hpp"

#include <optional>

namespace inlay::cli {

/** What the program was asked to do: a command, or nothing more than to exit. */
struct Invocation {
  Options options;
  Command command;
  std::optional<int> exit_status;  ///< set when there is nothing to do: help was printed, or the usage was wrong
};

/** Reads the command line. Help goes to standard output; what is wrong with the usage, to standard error. */
[[nodiscard]] Invocation read_arguments(int argc, char const* const* argv);

}  // namespace inlay::cli

#endif
