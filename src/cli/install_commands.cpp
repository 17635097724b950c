// SPDX-License-Identifier: BSL-1.0
#include "answers.hpp"
#include "commands.hpp"
#include "input.hpp"
#include "resources.hpp"

#include <inlay/config/override.hpp>

namespace inlay::cli {
namespace {

enum class Verb { set, remove, inherit };

struct InstallArguments {
  std::string integration;              // id or name
  std::string environment;              // id or name
  std::optional<std::string> override;  // JSON
};

struct VerbArguments {
  std::string id;
  std::string pointer;
  std::string json;
  WriteArguments write;
};

// What is refused whatever the override is: so no store has to be opened, or made, to refuse it.
Result<void> check_verb(Verb verb, json::Pointer const& place, boost::json::value const& given) {
  config::Override const nothing;
  auto const tried = verb == Verb::set      ? config::set(nothing, place, given)
                     : verb == Verb::remove ? config::remove(nothing, place)
                                            : config::inherit(nothing, place);
  return tried.has_error() ? Result<void>(in_words_of_commands(tried.error())) : Result<void>();
}

Result<void> install(Session& session, InstallArguments const& arguments) {
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
  auto const integration = resolve<Integration>(*catalog, arguments.integration);
  if (integration.has_error()) return integration.error();
  auto const environment = resolve<Environment>(*catalog, arguments.environment);
  if (environment.has_error()) return environment.error();
  install.integration_id = *integration;
  install.environment_id = *environment;

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

Result<void> write_value(Session& session, Verb verb, VerbArguments const& given_arguments) {
  WriteArguments const& arguments = given_arguments.write;
  auto const parsed_id = parse_id<EnvironmentIntegration>(given_arguments.id);
  if (parsed_id.has_error()) return parsed_id.error();
  auto const place = json::Pointer::parse(given_arguments.pointer);
  if (place.has_error()) return place.error();
  boost::json::value given;
  if (verb == Verb::set) {
    auto read = read_value(given_arguments.json, "JSON");
    if (read.has_error()) return read.error();
    given = std::move(*read);
  }
  if (auto const fit = check_verb(verb, *place, given); fit.has_error()) return fit.error();
  if (place->is_root() && (verb == Verb::inherit || given.is_object())) {
    if (auto const allowed = check_may_undo(arguments); allowed.has_error()) return allowed.error();
  }
  auto const catalog = session.open(arguments.dry_run ? Access::read : Access::write);
  if (catalog.has_error()) return catalog.error();
  UpdateOptions const options = update_options(arguments);
  auto const updated = verb == Verb::set      ? catalog->set(*parsed_id, *place, given, options)
                       : verb == Verb::remove ? catalog->remove(*parsed_id, *place, options)
                                              : catalog->inherit(*parsed_id, *place, options);
  if (updated.has_error()) return in_words_of_commands(updated.error());
  return answer_update(session.output, *updated, arguments.dry_run);
}

CommandRow verb_command(Verb verb, std::string name, std::string help, std::string example) {
  return {
      .name = std::move(name),
      .help = std::move(help),
      .example = std::move(example),
      .declare = declares<VerbArguments>(
          [verb](Parameters& command, VerbArguments& into) {
            add_id(command, into.id, installed);
            command.add("POINTER", into.pointer, "Where in the config (RFC 6901), such as /headers/Accept")
                .required()
                .shown_as("");
            if (verb == Verb::set) add_json(command, "JSON", into.json, "The value");
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
  CommandRow update = update_command(
      kind, "update", "Change show_in_catalog, is_enabled or override by a merge patch or a JSON Patch", installed,
      R"(update ID '{"is_enabled": false, "override": {"headers": {"X-Team": "a"}}}')"
      "\n\nIn a merged override null inherits the default again; with --replace-override null\n"
      "removes the default's member.");
  CommandRows rows{
      {.name = "install",
       .help = "Install an integration into an environment; what is there is left as it is",
       .example = "install --integration zendesk --environment production",
       .declare = declares<InstallArguments>(
           [](Parameters& command, InstallArguments& into) {
             add_named(command, "--integration", into.integration).required();
             add_named(command, "--environment", into.environment).required();
             command.add("--override", into.override, std::string("The config override, ") + json_forms)
                 .shown_as("JSON")
                 .check(not_empty);
           },
           install)},
      get_command(kind, "get", "Show an installed integration", installed),
      std::move(list),
      std::move(update),
      remove_command(kind, "uninstall", "Remove an installed integration", installed),
      verb_command(Verb::set, "set", "Override one value", R"(set ID /base_url '"https://eu.example.com"')"),
      verb_command(Verb::remove, "remove", "Make one value absent, whatever the default says",
                   "remove ID /headers/User-Agent"),
      verb_command(Verb::inherit, "inherit", "Let one value be the default's again", "inherit ID /base_url")};
  for (CommandRow& row : rows) row.group = groups::installs;
  return rows;
}

}  // namespace inlay::cli
