// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_RESOURCES_HPP
#define INLAY_CLI_RESOURCES_HPP

// What the rows of several kinds have in common: their commands, and what these are told.

#include "command.hpp"

#include <inlay/birth.hpp>
#include <inlay/catalog.hpp>
#include <inlay/model/grant.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace inlay::cli {

/** The resources that have the same five commands; for an environment integration these need no prefix. A grant is only
    read like the others. */
enum class Kind { team, environment, integration, environment_integration, grant };

inline constexpr char const* json_forms = "as text, @FILE, or - for standard input";

struct ListArguments {
  std::vector<std::string> conditions;
  std::size_t limit = 25;
  std::string cursor;
  std::vector<std::string> expand;
  std::vector<std::string> exclude;
  std::string sort;
};

struct WriteArguments {
  std::optional<RowVersion> if_version;
  bool is_json_patch = false;  // else a merge patch
  bool replaces_documents = false;
  bool force = false;
  bool dry_run = false;
};

/** What the arguments of a write mean to the library. */
[[nodiscard]] UpdateOptions update_options(WriteArguments const& arguments);

/** Refuses a write that can undo somebody else's without a version or --force, unless nothing is written: before its
    store is opened, which may make or migrate one. */
[[nodiscard]] Result<void> check_may_undo(WriteArguments const& arguments);

/** What the library refuses with the names of its functions and their options, in those of the commands. */
[[nodiscard]] Error in_words_of_commands(Error error);

// What a shell makes of a variable that is not set must not pass for an option that was left out: without --team or
// --tokens one is the host's own administration.
[[nodiscard]] std::string not_empty(std::string const& text);
// The library that reads arguments would say that it "could not convert".
[[nodiscard]] std::string whole_number(std::string const& text);

/** ID: which row of that kind is meant; names.hpp says what it can be. */
Parameter add_row(Parameters& command, std::string& into, Kind kind);
void add_json(Parameters& command, std::string const& name, std::string& into, std::string const& what);
/** --integration, --environment or --team: which one is meant, the same. */
Parameter add_named(Parameters& command, std::string const& option, std::string& into, Kind kind,
                    std::string const& help = {});
void add_if_version(Parameters& command, WriteArguments& into);
void add_dry_run(Parameters& command, WriteArguments& into, Kind kind);
Parameter add_cursor(Parameters& command, std::string& into);

// members.cpp: lines of help about a kind of row, from its description; filter_fields() has headings, since
// lists are not sorted by the fields of rows beside
[[nodiscard]] std::string new_members(Kind kind);
[[nodiscard]] std::string patchable_members(Kind kind);
[[nodiscard]] std::string filter_fields(Kind kind);

/** The rows of the commands that kinds have in common. */
[[nodiscard]] CommandRow get_command(Kind kind, std::string name, std::string help);
[[nodiscard]] CommandRow list_command(Kind kind, std::string name, std::string help, std::string const& example);
[[nodiscard]] CommandRow update_command(Kind kind, std::string name, std::string help, std::string const& example);
[[nodiscard]] CommandRow remove_command(Kind kind, std::string name, std::string help);

/** The document that rows of that kind have; nothing for those that have none. */
[[nodiscard]] std::string document_of(Kind kind);

}  // namespace inlay::cli

#endif
