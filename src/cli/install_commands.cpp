// SPDX-License-Identifier: BSL-1.0
#include "answers.hpp"
#include "commands.hpp"
#include "input.hpp"
#include "resources.hpp"
#include "text.hpp"

#include <inlay/config/override.hpp>
#include <inlay/json/parse.hpp>

namespace inlay::cli {
namespace {

enum class Verb { set, remove, inherit };

struct InstallArguments {
  std::string path;                     // TEAM/ENVIRONMENT/INTEGRATION, in place of the other two
  std::string integration;              // which one is meant, see names.hpp
  std::string environment;              // the same
  std::optional<std::string> override;  // JSON
};

struct VerbArguments {
  std::string id;
  std::string pointer;
  std::optional<std::string> json;
  std::optional<std::string> text;  // in place of JSON
  WriteArguments write;
};

/** What is to be installed where. */
struct Place {
  Id<Integration> integration;
  Id<Environment> environment;
};

// What is refused whatever the override is: so no store has to be opened, or made, to refuse it.
Result<void> check_verb(Verb verb, json::Pointer const& place, boost::json::value const& given) {
  config::Override const nothing;
  auto const tried = verb == Verb::set      ? config::set(nothing, place, given)
                     : verb == Verb::remove ? config::remove(nothing, place)
                                            : config::inherit(nothing, place);
  return tried.has_error() ? Result<void>(in_words_of_commands(tried.error())) : Result<void>();
}

Result<std::vector<std::string>> names_in(std::string const& path) {
  auto names = parse_path(path);
  if (names.has_error() || names->size() == 3) return names;
  return Error{.kind = ErrorKind::invalid_argument,
               .message = "'" + path +
                          "' is no TEAM/ENVIRONMENT/INTEGRATION; ids go with --integration and "
                          "--environment"};
}

// Before the store is opened, which may make one.
Result<void> check_place(InstallArguments const& arguments) {
  if (!arguments.path.empty()) {
    auto const names = names_in(arguments.path);
    return names.has_error() ? Result<void>(names.error()) : Result<void>();
  }
  if (auto const checked = check_row<Integration>(arguments.integration); checked.has_error()) return checked;
  return check_row<Environment>(arguments.environment);
}

/** By its path an install that is there is meant, whoever's integration it is of; else the one integration of that
    name, the environment's team's before those of others. Which environment is meant comes first: of two of that name
    the one without such an install may be. */
Result<Place> place_at(Session const& session, Catalog const& catalog, std::string const& path) {
  auto const names = names_in(path);
  if (names.has_error()) return names.error();
  std::string const environment_path = escaped_name((*names)[0]) + '/' + escaped_name((*names)[1]);
  auto const environment = find_row<Environment>(session, catalog, environment_path, Access::write);
  if (environment.has_error()) return environment.error();
  if (auto const there = find_row<EnvironmentIntegration>(session, catalog, path, Access::write); there.has_value()) {
    auto const found = catalog.get(*there);
    if (found.has_error()) return found.error();
    return Place{found->install.integration_id, found->install.environment_id};
  } else if (there.error().kind != ErrorKind::not_found) {
    return there.error();
  }
  auto const found = catalog.get(*environment);
  if (found.has_error()) return found.error();
  // Several teams can have the name that the path begins with, so only the environment tells whose integration it is.
  auto const integration = find_integration_named(catalog, found->team_id, (*names)[2]);
  if (integration.has_error()) return integration.error();
  return Place{*integration, *environment};
}

Result<Place> place_of(Session const& session, Catalog const& catalog, InstallArguments const& arguments) {
  if (!arguments.path.empty()) return place_at(session, catalog, arguments.path);
  auto const integration = find_row<Integration>(session, catalog, arguments.integration, Access::write);
  if (integration.has_error()) return integration.error();
  auto const environment = find_row<Environment>(session, catalog, arguments.environment, Access::write);
  if (environment.has_error()) return environment.error();
  return Place{*integration, *environment};
}

Result<void> install(Session& session, InstallArguments const& arguments) {
  if (arguments.path.empty() && (arguments.integration.empty() || arguments.environment.empty())) {
    throw UsageError("TEAM/ENVIRONMENT/INTEGRATION is required, or both --integration and --environment");
  }
  if (auto const checked = check_place(arguments); checked.has_error()) return checked.error();
  EnvironmentIntegration install;
  if (arguments.override) {
    auto values = read_object(*arguments.override, "--override", "an override", resource_limits);
    if (values.has_error()) return values.error();
    auto document = Document::from(*values);
    if (document.has_error()) return document.error();
    install.override = std::move(*document);
  }
  auto const catalog = session.open();
  if (catalog.has_error()) return catalog.error();
  auto const place = place_of(session, *catalog, arguments);
  if (place.has_error()) return place.error();
  install.integration_id = place->integration;
  install.environment_id = place->environment;

  auto const installed = catalog->install(install);
  if (installed.has_error()) return installed.error();
  session.output.note_write();
  if (auto const answered = answer_resource(session.output, installed->resource); answered.has_error()) {
    return answered.error();
  }
  if (!installed->created) {
    session.output.remark(arguments.override
                              ? "It was installed already, and is left as it was: the override given is not stored."
                              : "It was installed already, and is left as it was.");
  }
  return {};
}

/** The value to be set. */
Result<boost::json::value> given_value(VerbArguments const& arguments) {
  if (arguments.text) {
    if (arguments.json) throw UsageError("JSON and --string are two values: one is due");
    boost::json::value text(*arguments.text);
    if (auto const checked = json::check(text); checked.has_error()) return checked.error();
    return text;
  }
  if (!arguments.json) throw UsageError("JSON is required, or --string TEXT");
  auto read = read_value(*arguments.json, "JSON");
  bool const is_file = arguments.json->starts_with('@') || *arguments.json == "-";
  if (read.has_value() || is_file) return read;
  Error error = read.error();
  error.message += "; for the text as it is: --string " + shell_quoted(*arguments.json);
  return error;
}

/** Whether no layer says anything about a place; removing it then makes no difference. */
bool nobody_has(Catalog const& catalog, Id<EnvironmentIntegration> id, json::Pointer const& place) {
  auto const found = catalog.effective_config(id);
  if (found.has_error() || found->config.find(place)) return false;
  return found->config.explain(place).contributors.empty();
}

Result<void> write_value(Session& session, Verb verb, VerbArguments const& given_arguments) {
  WriteArguments const& arguments = given_arguments.write;
  if (auto const checked = check_row<EnvironmentIntegration>(given_arguments.id); checked.has_error()) {
    return checked.error();
  }
  auto const place = json::Pointer::parse(given_arguments.pointer);
  if (place.has_error()) return place.error();
  boost::json::value given;
  if (verb == Verb::set) {
    auto read = given_value(given_arguments);
    if (read.has_error()) return read.error();
    given = std::move(*read);
  }
  if (auto const fit = check_verb(verb, *place, given); fit.has_error()) return fit.error();
  if (place->is_root() && (verb == Verb::inherit || given.is_object())) {
    if (auto const allowed = check_may_undo(arguments); allowed.has_error()) return allowed.error();
  }
  auto const open =
      open_row<EnvironmentIntegration>(session, given_arguments.id, arguments.dry_run ? Access::read : Access::write);
  if (open.has_error()) return open.error();
  auto const& [catalog, id] = *open;
  bool const is_of_nobody = verb == Verb::remove && nobody_has(catalog, id, *place);
  UpdateOptions const options = update_options(arguments);
  auto const updated = verb == Verb::set      ? catalog.set(id, *place, given, options)
                       : verb == Verb::remove ? catalog.remove(id, *place, options)
                                              : catalog.inherit(id, *place, options);
  if (updated.has_error()) return in_words_of_commands(updated.error());
  if (is_of_nobody) {
    session.output.remark("Nobody has a value at " + given_arguments.pointer +
                          ": it is absent with this and without. `inlay explain` shows the places there are.");
  }
  return answer_update(session.output, catalog, *updated, arguments.dry_run);
}

CommandRow verb_command(Verb verb, std::string name, std::string help, std::string example) {
  return {
      .name = std::move(name),
      .help = std::move(help),
      .example = std::move(example),
      .declare = declares<VerbArguments>(
          [verb](Parameters& command, VerbArguments& into) {
            add_row(command, into.id, Kind::environment_integration).required();
            command.add("POINTER", into.pointer, "Where in the config (RFC 6901), such as /headers/Accept")
                .required()
                .shown_as("");
            if (verb == Verb::set) {
              command.add("JSON", into.json, std::string("The value, ") + json_forms).shown_as("");
              command.add("--string", into.text, "The value is this text as it is, in place of JSON").shown_as("TEXT");
            }
            add_if_version(command, into.write);
            if (verb != Verb::remove) {
              command.add_flag(
                  "--force", into.write.force,
                  "With the pointer '', which is the whole override: do it without --if-version, though it may\n"
                  "undo what somebody else has just written");
            }
            add_dry_run(command, into.write, Kind::environment_integration);
          },
          [verb](Session& session, VerbArguments const& arguments) { return write_value(session, verb, arguments); })};
}

}  // namespace

CommandRows install_commands() {
  constexpr Kind kind = Kind::environment_integration;
  CommandRow list = list_command(kind, "list", "List installed integrations",
                                 "list integration.name=zendesk is_enabled=true --limit 100");
  CommandRow update =
      update_command(kind, "update", "Change show_in_catalog, is_enabled or override by a merge patch or a JSON Patch",
                     R"(update ID '{"is_enabled": false, "override": {"headers": {"X-Team": "a"}}}')"
                     "\n\nIn a merged override null inherits the default again; with --replace-override null\n"
                     "removes the default's member.");
  CommandRows rows{
      {.name = "install",
       .help = "Install an integration into an environment; what is there is left as it is",
       .example = "install Acme/production/zendesk\n"
                  "  inlay install --integration zendesk --environment Acme/production",
       .declare = declares<InstallArguments>(
           [](Parameters& command, InstallArguments& into) {
             auto const path = command
                                   .add("TEAM/ENVIRONMENT/INTEGRATION", into.path,
                                        "What to install where, by names; the team's own integration of that name, or\n"
                                        "else the only one there is")
                                   .check(not_empty)
                                   .shown_as("");
             add_named(command, "--integration", into.integration, Kind::integration).not_with(path);
             add_named(command, "--environment", into.environment, Kind::environment).not_with(path);
             command.add("--override", into.override, std::string("The config override, ") + json_forms)
                 .shown_as("JSON")
                 .check(not_empty);
           },
           install)},
      get_command(kind, "get", "Show an installed integration"),
      std::move(list),
      std::move(update),
      remove_command(kind, "uninstall", "Remove an installed integration"),
      verb_command(Verb::set, "set", "Override one value",
                   R"(set Acme/production/zendesk /base_url --string https://eu.example.com)"),
      verb_command(Verb::remove, "remove", "Make one value absent, whatever the default says",
                   "remove ID /headers/User-Agent"),
      verb_command(Verb::inherit, "inherit", "Let one value be the default's again", "inherit ID /base_url")};
  for (CommandRow& row : rows) row.group = groups::installs;
  return rows;
}

}  // namespace inlay::cli
