// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_COMMANDS_HPP
#define INLAY_CLI_COMMANDS_HPP

// Each of these files has the rows of its commands, in the order of help.

#include "command.hpp"

namespace inlay::cli {

[[nodiscard]] CommandRows resource_commands();
[[nodiscard]] CommandRows sharing_commands();
[[nodiscard]] CommandRows batch_commands();
[[nodiscard]] CommandRows install_commands();
[[nodiscard]] CommandRows config_commands();
[[nodiscard]] CommandRows history_commands();
[[nodiscard]] CommandRows json_commands();
[[nodiscard]] CommandRows store_commands();
[[nodiscard]] CommandRows serve_commands();
[[nodiscard]] CommandRows transfer_commands();
[[nodiscard]] CommandRows help_commands();

}  // namespace inlay::cli

#endif
