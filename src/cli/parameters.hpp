// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_PARAMETERS_HPP
#define INLAY_CLI_PARAMETERS_HPP

// What a command is told on the command line, without the library that reads it (arguments.cpp).

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace inlay::cli {

/** Says what is wrong with a text that was given for a parameter; nothing when it will do. */
using Check = std::function<std::string(std::string const& text)>;

/** What a parameter's text stands for, where a shell can complete it. */
enum class Meaning { text, team, environment, integration, install, request, row, file, command };

/** What parameters mean, by their options. */
using Meanings = std::map<CLI::Option const*, Meaning>;

/** One parameter, so that more can be said of it. Lives as long as the program. */
class Parameter {
 public:
  Parameter(CLI::Option& option, Meanings& meanings) noexcept : option_(&option), meanings_(&meanings) {}

  Parameter& required();
  /** What help calls its value: "N", "ID|NAME". */
  Parameter& shown_as(std::string const& value);
  Parameter& check(Check const& check);
  Parameter& means(Meaning meaning);
  /** The two cannot be given together. */
  Parameter& not_with(Parameter other);
  /** It can only be given together with the other one. */
  Parameter& only_with(Parameter other);

 private:
  CLI::Option* option_;
  Meanings* meanings_;
};

/** What one command is told. What is given goes into the places named, which must live as long as the program. */
class Parameters {
 public:
  /** @param command what arguments.cpp made of the command's row. @param meanings where it is kept what parameters
   * mean.
   */
  Parameters(CLI::App& command, Meanings& meanings) noexcept : command_(&command), meanings_(&meanings) {}

  // What stands at its place, by a name in capitals ("ID"), or an option ("--limit"). An option is given once at most,
  // but for one that goes into a vector.
  Parameter add(std::string const& name, std::string& into, std::string const& help);
  Parameter add(std::string const& name, std::optional<std::string>& into, std::string const& help);
  Parameter add(std::string const& name, std::vector<std::string>& into, std::string const& help);
  Parameter add(std::string const& name, std::size_t& into, std::string const& help);
  Parameter add(std::string const& name, std::optional<std::size_t>& into, std::string const& help);
  Parameter add(std::string const& name, std::int64_t& into, std::string const& help);
  Parameter add(std::string const& name, std::optional<std::int64_t>& into, std::string const& help);

  /** An option whose text is read by `read`, which puts what it says somewhere, or says what is wrong with it. */
  Parameter add_read(std::string const& name, Check const& read, std::string const& help);

  Parameter add_flag(std::string const& name, bool& into, std::string const& help);

 private:
  CLI::App* command_;
  Meanings* meanings_;
};

}  // namespace inlay::cli

#endif
