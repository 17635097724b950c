// SPDX-License-Identifier: BSL-1.0
#include "resources.hpp"

#include <inlay/error.hpp>

#include <algorithm>
#include <cctype>

namespace inlay::cli {

Error in_words_of_commands(Error error) {
  switch (error.reason) {
    case Reason::version_required:
      error.message =
          "this can undo what somebody else has just written: name the version that you have seen "
          "with --if-version VERSION[-BIRTH], or do it all the same with --force";
      break;
    case Reason::whole_config:
      error.message =
          "the whole configuration cannot be removed; `inlay inherit ID ''` takes the whole override "
          "away";
      break;
    case Reason::null_in_override:
      error.message =
          "an override cannot set null; `inlay remove` makes a value absent, `inlay inherit` takes "
          "the default's";
      break;
    default: break;
  }
  return error;
}

Result<void> check_may_undo(WriteArguments const& arguments) {
  if (arguments.if_version || arguments.force || arguments.dry_run) return {};
  return in_words_of_commands({.kind = ErrorKind::invalid_argument, .reason = Reason::version_required});
}

UpdateOptions update_options(WriteArguments const& arguments) {
  UpdateOptions options;
  options.expected_version = arguments.if_version;
  if (arguments.replaces_documents) options.documents = DocumentMode::replace;
  options.force = arguments.force;
  options.dry_run = arguments.dry_run;
  return options;
}

std::string not_empty(std::string const& text) { return text.empty() ? "must not be empty" : std::string(); }

std::string whole_number(std::string const& text) {
  bool const is_one = !text.empty() && text.size() <= 18 && std::all_of(text.begin(), text.end(), [](char character) {
    return std::isdigit(static_cast<unsigned char>(character)) != 0;
  });
  return is_one ? std::string() : "takes a whole number from 0 on, not " + text;
}

namespace {

struct RowWords {
  char const* what;   ///< "The team"
  char const* names;  ///< how it is named
  Meaning meaning;
};

RowWords words_of(Kind kind) {
  switch (kind) {
    case Kind::team: return {"The team", "its name", Meaning::team};
    case Kind::environment: return {"The environment", "TEAM/ENVIRONMENT", Meaning::environment};
    case Kind::integration: return {"The integration", "TEAM/INTEGRATION", Meaning::integration};
    case Kind::grant: return {"The request", nullptr, Meaning::request};
    case Kind::environment_integration: break;
  }
  return {"The install", "TEAM/ENVIRONMENT/INTEGRATION", Meaning::install};
}

}  // namespace

std::string document_of(Kind kind) {
  return kind == Kind::integration ? "config" : kind == Kind::environment_integration ? "override" : "";
}

Parameter add_row(Parameters& command, std::string& into, Kind kind) {
  RowWords const words = words_of(kind);
  std::string help = std::string(words.what) + ": ";
  if (words.names != nullptr) help += std::string(words.names) + ", ";
  return command.add("ID", into, help + "its id, or the end of that as tables show it")
      .check(not_empty)
      .shown_as("")
      .means(words.meaning);
}

void add_json(Parameters& command, std::string const& name, std::string& into, std::string const& what) {
  command.add(name, into, what + ", " + json_forms).required().shown_as("");
}

Parameter add_named(Parameters& command, std::string const& option, std::string& into, Kind kind,
                    std::string const& help) {
  std::string const names =
      kind == Kind::team ? "its name" : "its name if only one has it, or " + std::string(words_of(kind).names);
  return command.add(option, into, help.empty() ? "Its id, " + names : help)
      .shown_as("ID|NAME")
      .check(not_empty)
      .means(words_of(kind).meaning);
}

void add_if_version(Parameters& command, WriteArguments& into) {
  command
      .add_read(
          "--if-version",
          [&into](std::string const& text) {
            auto const version = parse_row_version(text);
            if (version.has_error()) return text + " is " + version.error().message;
            into.if_version = *version;
            return std::string();
          },
          "Only if the row is at this version, and with its birth still the row that had it:\n"
          "\"version\" and \"birth\" as get and list show them")
      .shown_as("VERSION[-BIRTH]");
}

void add_dry_run(Parameters& command, WriteArguments& into, Kind kind) {
  command.add_flag(
      "--dry-run", into.dry_run,
      kind == Kind::environment_integration
          ? "Write nothing; show the resource as it would be and what would differ in its effective\n"
            "configuration: {\"resource\", \"changed\", \"differences\": [{\"pointer\", \"before\", \"after\"}],\n"
            "\"truncated\"} (true: these are the first 4 MiB of the differences)"
          : "Write nothing; show the resource as it would be: {\"resource\", \"changed\", \"differences\": [],\n"
            "\"truncated\": false} (differences are those of an install's effective configuration)");
}

Parameter add_cursor(Parameters& command, std::string& into) {
  return command.add("--cursor", into, "The next_cursor of the page before").shown_as("TEXT").check(not_empty);
}

}  // namespace inlay::cli
