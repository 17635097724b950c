// SPDX-License-Identifier: BSL-1.0
#include "answers.hpp"
#include "input.hpp"

namespace inlay::cli {
namespace {

// What the library refuses with the names of its functions, in those of the commands.
std::optional<Error> fault_of(Verb verb, json::Pointer const& place, boost::json::value const& given) {
  if (verb == Verb::remove && place.is_root()) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message =
                     "the whole configuration cannot be removed; `inlay inherit ID ''` takes the whole override "
                     "away",
                 .pointer = ""};
  }
  if (verb == Verb::set && given.is_null()) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message =
                     "an override cannot set null; `inlay remove` makes a value absent, `inlay inherit` takes "
                     "the default's",
                 .pointer = to_string(place)};
  }
  return std::nullopt;
}

}  // namespace

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

Result<void> write_value(Session& session, Verb verb, std::string const& id, std::string const& pointer,
                         std::string const& value, WriteArguments const& arguments) {
  auto const parsed_id = parse_id<EnvironmentIntegration>(id);
  if (parsed_id.has_error()) return parsed_id.error();
  auto const place = json::Pointer::parse(pointer);
  if (place.has_error()) return place.error();
  boost::json::value given;
  if (verb == Verb::set) {
    auto read = read_value(value, "JSON");
    if (read.has_error()) return read.error();
    given = std::move(*read);
  }
  if (auto const fault = fault_of(verb, *place, given)) return *fault;
  if (place->is_root() && (verb == Verb::inherit || given.is_object())) {
    if (auto const allowed = check_may_undo(arguments); allowed.has_error()) return allowed.error();
  }
  auto const catalog = session.open(arguments.dry_run ? Access::read : Access::write);
  if (catalog.has_error()) return catalog.error();
  UpdateOptions const options = update_options(arguments);
  auto const updated = verb == Verb::set      ? catalog->set(*parsed_id, *place, given, options)
                       : verb == Verb::remove ? catalog->remove(*parsed_id, *place, options)
                                              : catalog->inherit(*parsed_id, *place, options);
  if (updated.has_error()) return updated.error();
  return answer_update(session.output, *updated, arguments.dry_run);
}

}  // namespace inlay::cli
