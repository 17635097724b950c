// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_COMMAND_HPP
#define INLAY_CLI_COMMAND_HPP

#include "parameters.hpp"
#include "session.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace inlay::cli {

namespace groups {
inline constexpr char const* catalogue = "Catalogue";
inline constexpr char const* installs = "Installed integrations";
inline constexpr char const* config = "Effective configuration";
inline constexpr char const* store = "The store";
inline constexpr char const* without_store = "Without a store";
inline constexpr char const* of_family = "Commands";  // of those that begin with the same word
inline constexpr char const* help = "Help";
inline constexpr char const* hidden = "";  // of commands that programs call: help does not list them
}  // namespace groups

/** Does what was asked for and adds its answer to the session's output. */
using Command = std::function<Result<void>(Session&)>;

/** A command of the program: what one types, what help says, what it is told and what it does. */
struct CommandRow {
  std::string name{};   ///< after "inlay": "migrate", "team create"
  std::string group{};  ///< under which help lists it
  std::string help{};   ///< one line
  /** After "Example:\n  inlay ": an example, and after it whatever else help should say. */
  std::string example{};
  /** Whether it can be done on behalf of a team; what concerns the whole store, or none, cannot: a team given for it
      would not be heeded. */
  bool heeds_team = true;
  /** Whether an answer of it can be CSV. */
  bool gives_csv = false;
  /** Says what the command is told, and gives what it does. None: a word that several commands begin with. */
  std::function<Command(Parameters&)> declare{};
};

/** Makes a row's `declare`.

    @param parameters says what there is, into an Arguments. @param run is called with what was given.
*/
template <class Arguments>
[[nodiscard]] std::function<Command(Parameters&)> declares(
    std::function<void(Parameters&, Arguments&)> parameters,
    std::function<Result<void>(Session&, Arguments const&)> run) {
  return [parameters = std::move(parameters), run = std::move(run)](Parameters& of_command) -> Command {
    auto const arguments = std::make_shared<Arguments>();
    parameters(of_command, *arguments);
    return [arguments, run](Session& session) { return run(session, *arguments); };
  };
}

/** The `declare` of a command that is told nothing. */
[[nodiscard]] inline std::function<Command(Parameters&)> runs(Command run) {
  return [run = std::move(run)](Parameters&) { return run; };
}

/** What is said of --output csv before a command that has none. */
inline constexpr char const* csv_is_of_reports = "--output csv is a form of `inlay config --all` only";

using CommandRows = std::vector<CommandRow>;

}  // namespace inlay::cli

#endif
