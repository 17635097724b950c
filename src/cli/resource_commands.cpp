// SPDX-License-Identifier: BSL-1.0
#include "answers.hpp"
#include "commands.hpp"
#include "input.hpp"
#include "kinds.hpp"
#include "resources.hpp"

#include <inlay/catalog/internal/answer_json.hpp>
#include <inlay/json/pointer.hpp>

#include <algorithm>
#include <map>
#include <set>
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

struct Column {
  char const* title;
  char const* pointer;  // into the resource's JSON
};

std::vector<Column> columns_of(Kind kind) {
  switch (kind) {
    case Kind::team:
      return {{"ID", "/id"},           {"NAME", "/name"},         {"DOMAIN", "/domain"}, {"VERIFIED", "/is_verified"},
              {"VERSION", "/version"}, {"UPDATED", "/updated_at"}};
    case Kind::environment:
      return {
          {"ID", "/id"}, {"NAME", "/name"}, {"TEAM", "/team_id"}, {"VERSION", "/version"}, {"UPDATED", "/updated_at"}};
    case Kind::integration:
      return {{"ID", "/id"},           {"NAME", "/name"},    {"CATEGORY", "/category"}, {"TEAM", "/team/name"},
              {"SHARING", "/sharing"}, {"BETA", "/is_beta"}, {"VERSION", "/version"},   {"UPDATED", "/updated_at"}};
    case Kind::grant:
      return {{"ID", "/id"},           {"INTEGRATION", "/integration_id"}, {"TEAM", "/team_id"}, {"STATUS", "/status"},
              {"VERSION", "/version"}, {"UPDATED", "/updated_at"}};
    case Kind::environment_integration: break;
  }
  return {{"ID", "/id"},
          {"INTEGRATION", "/integration/name"},
          {"ENVIRONMENT", "/environment/name"},
          {"TEAM", "/environment/team"},
          {"ENVIRONMENT ID", "/environment_id"},
          {"ENABLED", "/is_enabled"},
          {"IN CATALOG", "/show_in_catalog"},
          {"VERSION", "/version"},
          {"UPDATED", "/updated_at"}};
}

/** What a table says of where an integration is installed. */
struct Place {
  std::string environment;
  std::string team;
};

/** The names of environments and of their teams, by environment; one that is gone by now has none. */
Result<std::map<std::string, Place>> places_of(Catalog const& catalog,
                                               std::vector<InstalledIntegration> const& installs) {
  std::map<std::string, Place> places;
  if (installs.empty()) return places;
  auto const rows_with = [&catalog]<class Entity>(std::set<Uuid> const& ids, Tag<Entity>) {
    Query<Entity> query{.where = {{"id", Operator::in, {}}}, .limit = Query<Entity>::max_limit};
    for (Uuid const& id : ids) query.where.front().values.emplace_back(id);
    return catalog.list(query);
  };
  std::set<Uuid> environment_ids;
  for (auto const& installed : installs) environment_ids.insert(installed.install.environment_id.uuid);
  auto const environments = rows_with(environment_ids, Tag<Environment>());
  if (environments.has_error()) return environments.error();
  std::set<Uuid> team_ids;
  for (Environment const& environment : environments->items) team_ids.insert(environment.team_id.uuid);
  if (team_ids.empty()) return places;
  auto const teams = rows_with(team_ids, Tag<Team>());
  if (teams.has_error()) return teams.error();
  for (Environment const& environment : environments->items) {
    Place& place = places[to_string(environment.id)];
    place.environment = environment.name;
    auto const team = std::find_if(teams->items.begin(), teams->items.end(),
                                   [&](auto const& one) { return one.id == environment.team_id; });
    if (team != teams->items.end()) place.team = team->name;
  }
  return places;
}

struct ListAnswer {
  std::vector<std::string> resources;
  std::map<std::string, Place> places{};  ///< for a table
  std::optional<std::string> next_cursor;
  std::size_t limit;
};

Result<void> answer_list(Output& output, ListAnswer const& answer, Kind kind) {
  if (output.is_json()) {
    auto const write_resources = [&](std::string& out) {
      model::write_list(answer.resources, out, [](std::string const& json, std::string& to) { to += json; });
    };
    output.add_json(model::form_text(
        answers::Page{.result = write_resources, .next_cursor = {answer.next_cursor}, .limit = answer.limit}));
    return {};
  }
  if (answer.resources.empty()) {
    output.remark("There are none.");
    return {};
  }
  auto const columns = columns_of(kind);
  std::vector<std::string> titles;
  titles.reserve(columns.size());
  for (Column const& column : columns) titles.emplace_back(column.title);
  Table table(std::move(titles));
  for (std::string const& json : answer.resources) {
    auto resource = read_back(json);
    if (resource.has_error()) return resource.error();
    if (auto const* environment = resource->get_object().if_contains("environment_id")) {
      auto const place = answer.places.find(std::string(environment->get_string()));
      if (place != answer.places.end()) {
        resource->get_object()["environment"] = {{"name", place->second.environment}, {"team", place->second.team}};
      }
    }
    std::vector<Cell> row;
    row.reserve(columns.size());
    for (Column const& column : columns) {
      row.push_back(cell_of(json::find(*resource, json::Pointer::parse(column.pointer).value())));
    }
    row.front().tone = Tone::name;
    table.add(std::move(row));
  }
  output.add_text(table.text(output.style()));
  if (answer.next_cursor) output.remark("There are more: add --cursor " + *answer.next_cursor);
  return {};
}

template <class Readable>
Result<Query<Readable>> query_of(ListArguments const& arguments) {
  Query<Readable> query;
  for (std::string const& text : arguments.conditions) {
    auto condition = parse_condition<Readable>(text);
    if (condition.has_error()) {
      Error error = condition.error();
      error.message.insert(0, "the filter " + text + ": ");
      return error;
    }
    query.where.push_back(std::move(*condition));
  }
  query.limit = arguments.limit;
  if (!arguments.cursor.empty()) {
    auto cursor = parse_cursor(arguments.cursor);
    if (cursor.has_error()) return cursor.error();
    query.after = *cursor;
  }
  query.with_documents = arguments.exclude.empty();
  query.with_nested_documents = !arguments.expand.empty();
  return query;
}

template <class Readable>
std::string list_item_json(Readable const& row, ListArguments const& arguments) {
  std::string out;
  if constexpr (std::is_same_v<Readable, InstalledIntegration>) {
    model::write_json(row, out, model::ResourceParts{.with_nested_documents = !arguments.expand.empty()});
  } else {
    out = model::to_json(row);
  }
  return out;
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
    auto const parsed = parse_id<Entity>(id);
    if (parsed.has_error()) return parsed.error();
    auto const catalog = session.open(Access::read);
    if (catalog.has_error()) return catalog.error();
    auto const found = catalog->get(*parsed);
    if (found.has_error()) return found.error();
    return answer_resource(session.output, *found);
  });
}

Result<void> list(Session& session, Kind kind, ListArguments const& arguments) {
  return visit(kind, [&](auto tag) -> Result<void> {
    using Readable = Resource<typename decltype(tag)::type>;
    auto const query = query_of<Readable>(arguments);
    if (query.has_error()) return query.error();
    auto const catalog = session.open(Access::read);
    if (catalog.has_error()) return catalog.error();
    auto const page = catalog->list(*query);
    if (page.has_error()) return page.error();
    ListAnswer answer{.resources = {}, .next_cursor = {}, .limit = query->limit};
    if constexpr (std::is_same_v<Readable, InstalledIntegration>) {
      if (!session.output.is_json()) {
        auto places = places_of(*catalog, page->items);
        if (places.has_error()) return places.error();
        answer.places = std::move(*places);
      }
    }
    for (auto const& row : page->items) {
      if (!session.output.is_json()) {
        if (auto const checked = check_documents(row); checked.has_error()) return checked.error();
      }
      answer.resources.push_back(list_item_json(row, arguments));
    }
    if (page->next) answer.next_cursor = to_string(*page->next);
    return answer_list(session.output, answer, kind);
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
    auto const parsed = parse_id<Entity>(id);
    if (parsed.has_error()) return parsed.error();
    auto const catalog = session.open(arguments.dry_run ? Access::read : Access::write);
    if (catalog.has_error()) return catalog.error();
    auto const options = update_options(arguments);
    auto const updated = arguments.is_json_patch ? catalog->update(*parsed, JsonPatch{*value}, options)
                                                 : catalog->update(*parsed, value->get_object(), options);
    if (updated.has_error()) return in_words_of_commands(updated.error());
    return answer_update(session.output, *updated, arguments.dry_run);
  });
}

Result<void> remove_row(Session& session, Kind kind, std::string const& id, std::optional<RowVersion> if_version) {
  return visit_written(kind, [&](auto tag) -> Result<void> {
    using Entity = typename decltype(tag)::type;
    auto const parsed = parse_id<Entity>(id);
    if (parsed.has_error()) return parsed.error();
    auto const catalog = session.open();
    if (catalog.has_error()) return catalog.error();
    Result<void> removed;
    if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
      removed = catalog->uninstall(*parsed, if_version);
    } else {
      removed = catalog->remove(*parsed, if_version);
    }
    if (removed.has_error()) return removed.error();
    session.output.note_write();
    if (session.output.is_json()) {
      session.output.add_json(model::form_text(answers::Removed{parsed->uuid}));
    } else {
      session.output.add_text((kind == Kind::environment_integration ? "uninstalled " : "deleted ") +
                              to_string(*parsed) + '\n');
    }
    return {};
  });
}

/** The document that rows of that kind have; nothing for those that have none. */
std::string document_of(Kind kind) {
  return kind == Kind::integration ? "config" : kind == Kind::environment_integration ? "override" : "";
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

void add_member(Parameters& command, std::string const& option, std::vector<std::string>& into,
                std::string const& known, std::string const& what) {
  command.add(option, into, known + ": " + what)
      .check([known](std::string const& member) {
        return member == known ? std::string() : "takes " + known + ", not " + member;
      })
      .shown_as("MEMBER");
}

void add_list_parameters(Parameters& command, ListArguments& into, Kind kind) {
  command.add("FILTER", into.conditions, "field=value, or field[ne|in|lt|lte|gt|gte]=value").shown_as("");
  command.add("--limit", into.limit, "Rows at most, 1 to 1000 (25); documents end a page too, at 4 MiB")
      .shown_as("N")
      .check(whole_number);
  add_cursor(command, into.cursor);
  if (auto const document = document_of(kind); !document.empty()) {
    add_member(command, "--exclude", into.exclude, document, "leave it out");
  }
  if (kind == Kind::environment_integration) {
    add_member(command, "--expand", into.expand, "integration.config", "bring it along");
  }
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
  rows.push_back(get_command(kind, name + " get", "Show one", name));
  rows.push_back(list_command(kind, name + " list", "List them", name + " list " + filter + " --limit 100"));
  rows.push_back(update_command(kind, name + " update", "Change one by a merge patch (RFC 7396) or a JSON Patch", name,
                                name + " update ID " + patch));
  rows.push_back(remove_command(kind, name + " delete", "Delete one that is not in use", name));
}

}  // namespace

CommandRow get_command(Kind kind, std::string name, std::string help, std::string const& of_what) {
  std::string example = name + " ID";
  return {.name = std::move(name),
          .group = groups::of_family,
          .help = std::move(help),
          .example = std::move(example),
          .declare = declares<std::string>(
              [of_what](Parameters& command, std::string& id) { add_id(command, id, of_what); },
              [kind](Session& session, std::string const& id) { return get(session, kind, id); })};
}

CommandRow list_command(Kind kind, std::string name, std::string help, std::string const& example) {
  return {.name = std::move(name),
          .group = groups::of_family,
          .help = std::move(help),
          .example = example + "\n\nFields to filter by:\n" + filter_fields(kind),
          .declare = declares<ListArguments>(
              [kind](Parameters& command, ListArguments& into) { add_list_parameters(command, into, kind); },
              [kind](Session& session, ListArguments const& arguments) { return list(session, kind, arguments); })};
}

CommandRow update_command(Kind kind, std::string name, std::string help, std::string const& of_what,
                          std::string const& example) {
  return {.name = std::move(name),
          .group = groups::of_family,
          .help = std::move(help),
          .example = example + "\n\nMembers that a patch may touch:\n" + patchable_members(kind),
          .declare = declares<UpdateArguments>(
              [kind, of_what](Parameters& command, UpdateArguments& into) {
                add_id(command, into.id, of_what);
                add_json(command, "PATCH", into.patch, "The patch");
                add_if_version(command, into.write);
                add_ways_to_update(command, into.write, document_of(kind));
                add_dry_run(command, into.write, kind);
              },
              [kind](Session& session, UpdateArguments const& arguments) {
                return update(session, kind, arguments.id, arguments.patch, arguments.write);
              })};
}

CommandRow remove_command(Kind kind, std::string name, std::string help, std::string const& of_what) {
  std::string example = name + " ID";
  return {.name = std::move(name),
          .group = groups::of_family,
          .help = std::move(help),
          .example = std::move(example),
          .declare = declares<UpdateArguments>(
              [of_what](Parameters& command, UpdateArguments& into) {
                add_id(command, into.id, of_what);
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
