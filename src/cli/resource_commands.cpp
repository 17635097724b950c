// SPDX-License-Identifier: BSL-1.0
#include "answers.hpp"
#include "commands.hpp"
#include "input.hpp"
#include "kinds.hpp"
#include "resources.hpp"
#include "text.hpp"

#include <inlay/catalog/internal/answer_json.hpp>

#include <type_traits>

namespace inlay::cli {
namespace {

struct UpdateArguments {
  std::string id;
  std::string patch;
  WriteArguments write;
};

/** For commands that write: a grant is written by asking and answering only. */
template <class Visitor>
Result<void> visit_written(Kind kind, Visitor&& visitor) {
  return visit(kind, [&]<class Entity>(Tag<Entity> tag) -> Result<void> {
    if constexpr (std::is_same_v<Entity, Grant>) {
      return Error{.kind = ErrorKind::internal, .message = "a grant is written by sharing ask and its answers"};
    } else {
      return visitor(tag);
    }
  });
}

Result<void> create(Session& session, Kind kind, std::string const& json) {
  auto const object = read_object(json, "JSON", "a new resource", resource_limits);
  if (object.has_error()) return object.error();
  return visit_written(kind, [&](auto tag) -> Result<void> {
    using Entity = typename decltype(tag)::type;
    if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
      return Error{.kind = ErrorKind::internal, .message = "an environment integration is made by install"};
    } else {
      auto const catalog = session.open();
      if (catalog.has_error()) return catalog.error();
      auto const created = catalog->template create_from<Entity>(*object);
      if (created.has_error()) return created.error();
      session.output.note_write();
      return answer_resource(session.output, *created);
    }
  });
}

Result<void> get(Session& session, Kind kind, std::string const& id) {
  return visit(kind, [&](auto tag) -> Result<void> {
    using Entity = typename decltype(tag)::type;
    auto const open = open_row<Entity>(session, id, Access::read);
    if (open.has_error()) return open.error();
    auto const found = open->catalog.get(open->id);
    if (found.has_error()) return found.error();
    return answer_resource(session.output, *found);
  });
}

Result<void> update(Session& session, Kind kind, std::string const& id, std::string const& patch,
                    WriteArguments const& arguments) {
  auto const value = read_value(patch, "PATCH", resource_limits);
  if (value.has_error()) return value.error();
  if (!arguments.is_json_patch && !value->is_object()) {
    Error error = no_object(*value, "a merge patch of a resource");
    if (value->is_array()) error.message += "; a JSON Patch needs --json-patch";
    return error;
  }
  if (arguments.is_json_patch || arguments.replaces_documents) {
    if (auto const allowed = check_may_undo(arguments); allowed.has_error()) return allowed.error();
  }
  return visit_written(kind, [&](auto tag) -> Result<void> {
    using Entity = typename decltype(tag)::type;
    auto const open = open_row<Entity>(session, id, arguments.dry_run ? Access::read : Access::write);
    if (open.has_error()) return open.error();
    auto const options = update_options(arguments);
    auto const updated = arguments.is_json_patch ? open->catalog.update(open->id, JsonPatch{*value}, options)
                                                 : open->catalog.update(open->id, value->get_object(), options);
    if (updated.has_error()) return in_words_of_commands(updated.error());
    return answer_update(session.output, open->catalog, *updated, arguments.dry_run);
  });
}

Result<void> remove_row(Session& session, Kind kind, std::string const& id, std::optional<RowVersion> if_version) {
  return visit_written(kind, [&](auto tag) -> Result<void> {
    using Entity = typename decltype(tag)::type;
    auto const open = open_row<Entity>(session, id, Access::write);
    if (open.has_error()) return open.error();
    std::string name;
    if (!session.output.is_json()) {
      if (auto const found = open->catalog.get(open->id); found.has_value()) name = path_of(open->catalog, *found);
    }
    Result<void> removed;
    if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
      removed = open->catalog.uninstall(open->id, if_version);
    } else {
      removed = open->catalog.remove(open->id, if_version);
    }
    if (removed.has_error()) return removed.error();
    session.output.note_write();
    if (session.output.is_json()) {
      session.output.add_json(model::form_text(answers::Removed{open->id.uuid}));
    } else {
      session.output.add_text((kind == Kind::environment_integration ? "uninstalled " : "deleted ") +
                              to_string(open->id) + ", which was " + printable(name) + '\n');
    }
    return {};
  });
}

void add_ways_to_update(Parameters& command, WriteArguments& into, std::string const& document) {
  auto const json_patch = command.add_flag("--json-patch", into.is_json_patch,
                                           "PATCH is a JSON Patch (RFC 6902); needs --if-version or --force");
  if (!document.empty()) {
    command
        .add_flag("--replace-" + document, into.replaces_documents,
                  "Store the " + document + " as it is given instead of merging it; needs --if-version or --force")
        .not_with(json_patch);
  }
  command.add_flag("--force", into.force,
                   "Do that without --if-version, though it may undo what somebody else has just written");
}

/** The five commands of a kind of row, behind its name. */
void add_resource(CommandRows& rows, Kind kind, std::string const& name, std::string const& body,
                  std::string const& patch, std::string const& filter) {
  rows.push_back({.name = name,
                  .group = groups::catalogue,
                  .help = "Create, read, change and delete " + name + "s",
                  .example = name + " create " + body});
  rows.push_back(
      {.name = name + " create",
       .group = groups::of_family,
       .help = "Create one",
       .example = name + " create " + body + "\n\nMembers of the JSON object:\n" + new_members(kind),
       .declare = declares<std::string>(
           [name](Parameters& command, std::string& json) { add_json(command, "JSON", json, "The " + name); },
           [kind](Session& session, std::string const& json) { return create(session, kind, json); })});
  rows.push_back(get_command(kind, name + " get", "Show one"));
  rows.push_back(list_command(kind, name + " list", "List them", name + " list " + filter + " --limit 100"));
  rows.push_back(update_command(kind, name + " update", "Change one by a merge patch (RFC 7396) or a JSON Patch",
                                name + " update ID " + patch));
  rows.push_back(remove_command(kind, name + " delete", "Delete one that is not in use"));
}

}  // namespace

CommandRow get_command(Kind kind, std::string name, std::string help) {
  std::string example = name + " ID";
  return {.name = std::move(name),
          .group = groups::of_family,
          .help = std::move(help),
          .example = std::move(example),
          .declare = declares<std::string>(
              [kind](Parameters& command, std::string& id) { add_row(command, id, kind).required(); },
              [kind](Session& session, std::string const& id) { return get(session, kind, id); })};
}

CommandRow update_command(Kind kind, std::string name, std::string help, std::string const& example) {
  return {.name = std::move(name),
          .group = groups::of_family,
          .help = std::move(help),
          .example = example + "\n\nMembers that a patch may touch:\n" + patchable_members(kind),
          .declare = declares<UpdateArguments>(
              [kind](Parameters& command, UpdateArguments& into) {
                add_row(command, into.id, kind).required();
                add_json(command, "PATCH", into.patch, "The patch");
                add_if_version(command, into.write);
                add_ways_to_update(command, into.write, document_of(kind));
                add_dry_run(command, into.write, kind);
              },
              [kind](Session& session, UpdateArguments const& arguments) {
                return update(session, kind, arguments.id, arguments.patch, arguments.write);
              })};
}

CommandRow remove_command(Kind kind, std::string name, std::string help) {
  std::string example = name + " ID";
  return {.name = std::move(name),
          .group = groups::of_family,
          .help = std::move(help),
          .example = std::move(example),
          .declare = declares<UpdateArguments>(
              [kind](Parameters& command, UpdateArguments& into) {
                add_row(command, into.id, kind).required();
                add_if_version(command, into.write);
              },
              [kind](Session& session, UpdateArguments const& arguments) {
                return remove_row(session, kind, arguments.id, arguments.write.if_version);
              })};
}

CommandRows resource_commands() {
  CommandRows rows;
  add_resource(rows, Kind::team, "team", R"('{"name": "Example"}')", R"('{"domain": "example.com"}')", "name=Example");
  add_resource(rows, Kind::environment, "environment", R"('{"team_id": "TEAM", "name": "production"}')",
               R"('{"name": "staging"}')", "name=production");
  add_resource(rows, Kind::integration, "integration", "@zendesk.json", R"('{"config": {"label": "Help desk"}}')",
               "category=helpdesk");
  return rows;
}

}  // namespace inlay::cli
