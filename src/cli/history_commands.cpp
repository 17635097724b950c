// SPDX-License-Identifier: BSL-1.0
#include "answers.hpp"
#include "commands.hpp"
#include "resources.hpp"
#include "text.hpp"

#include <inlay/json/print.hpp>
#include <inlay/storage/internal/change_json.hpp>

#include <algorithm>
#include <iterator>

namespace inlay::cli {
namespace {

struct LogArguments {
  ChangeCursor after{};
  std::size_t limit = 100;
};

struct HistoryArguments {
  std::string id;
  std::string entity;
  LogArguments log;
};

constexpr char const* form_of_log =
    "\n\nJSON: {\"result\": [{\"revision\", \"time\", \"moment\"?, \"actor\", \"reason\"?, \"changes\":\n"
    "[{\"entity\", \"id\", \"kind\", \"before\"?, \"after\"?}]}], \"through\": REVISION, "
    "\"has_more\": BOOLEAN, \"cursor\"}";

// What the change log has of a row is what inlay wrote.
Error corrupt_change(ChangeRecord const& change) {
  return storage::corrupt_row("change", change.id, "the row that it changed is not what inlay wrote");
}

/** Where a row differs before and after; of one that is new or gone, its name and its documents. */
Result<std::vector<ConfigDifference>> differences_in(ChangeRecord const& change) {
  auto const read = [&](std::optional<Document> const& row) -> Result<boost::json::object> {
    if (!row) return boost::json::object();
    auto values = read_back(row->text());
    if (values.has_error()) return corrupt_change(change);
    return std::move(values->get_object());
  };
  auto const before = read(change.before);
  if (before.has_error()) return before.error();
  auto const after = read(change.after);
  if (after.has_error()) return after.error();
  if (change.before && change.after) return row_differences(*before, *after);
  std::vector<ConfigDifference> all;
  for (char const* member : {"name", "config", "override", "status"}) {
    auto const text = [&](boost::json::object const& row) {
      auto const* value = row.if_contains(member);
      return value == nullptr ? std::nullopt : std::optional(json::print(*value));
    };
    ConfigDifference difference{'/' + std::string(member), text(*before), text(*after)};
    if (difference.before || difference.after) all.push_back(std::move(difference));
  }
  return all;
}

// "updated install": in words of the command line.
std::string what_happened(ChangeRecord const& change) {
  bool const is_install = change.entity == EnvironmentIntegration::entity_name;
  return std::string(model::enum_name(change.kind)) + ' ' + (is_install ? "install" : change.entity);
}

// The caller's members that differ, e.g. "is_enabled, override".
Result<std::string> changed_members(ChangeRecord const& change) {
  std::string names;
  if (!change.before || !change.after) return names;
  auto const differences = differences_in(change);
  if (differences.has_error()) return differences.error();
  std::string last;
  for (ConfigDifference const& difference : *differences) {
    std::string name = difference.pointer.substr(1, difference.pointer.find('/', 1) - 1);
    if (name == last) continue;
    names.append(names.empty() ? "" : ", ").append(name);
    last = std::move(name);
  }
  return names;
}

void remark_more(Output& output, ChangePage const& page) {
  if (page.has_more) output.remark("There are more: add --after " + page.through.text());
}

/** The change log, a line a change. */
Result<void> show_log(Output& output, ChangePage const& page) {
  Table table({{"REVISION", Fit::whole},
               {"TIME", Fit::whole},
               {"ACTOR"},
               {"CHANGE", Fit::whole},
               {"MEMBERS"},
               {"REASON"},
               {"ID", Fit::id}},
              output.style());
  for (CommitRecord const& commit : page.commits) {
    for (ChangeRecord const& change : commit.changes) {
      auto members = changed_members(change);
      if (members.has_error()) return members.error();
      table.add({{std::to_string(commit.revision.value), Tone::name},
                 {time_text(commit.time, output.style())},
                 {commit.actor},
                 {what_happened(change)},
                 {std::move(*members)},
                 {commit.reason.value_or(""), Tone::faint},
                 {to_string(change.id)}});
    }
  }
  if (table.empty()) {
    output.remark("There are none.");
  } else {
    output.add_text(table.take_text());
  }
  remark_more(output, page);
  return {};
}

/** `    /override/label  "a" → "b"`, each side cut where both do not fit. */
std::string difference_line(ConfigDifference const& difference, std::size_t pointer_width, Style style) {
  constexpr std::size_t indent = 4;
  constexpr std::size_t widest = 60;  // as in tables
  constexpr std::string_view arrow = " \u2192 ";
  std::string pointer = printable(difference.pointer);
  Cell before = cell_of_json(difference.before);
  Cell after = cell_of_json(difference.after);
  before.text = printable(before.text);
  after.text = printable(after.text);
  if (!style.is_wide) {
    std::size_t const least = indent + pointer_width + 2 + columns(arrow) + 6;
    std::size_t const room = style.width == 0 ? 2 * widest : style.width > least ? style.width - least + 6 : 6;
    std::size_t const first = std::min(columns(before.text), widest);
    std::size_t const second = std::min(columns(after.text), widest);
    bool const both_fit = first + second <= room;
    // What one side does not need is the other's.
    std::size_t const of_first = both_fit ? first : std::min(first, std::max(room / 2, room - std::min(second, room)));
    before.text = shortened(std::move(before.text), of_first);
    after.text = shortened(std::move(after.text), both_fit ? second : room - of_first);
    pointer = shortened(std::move(pointer), pointer_width);
  }
  std::string line(indent, ' ');
  line += style.paint(pointer, Tone::name);
  line.append(pointer_width - std::min(pointer_width, columns(pointer)) + 2, ' ');
  return line + style.paint(before.text, before.tone) + std::string(arrow) + style.paint(after.text, after.tone) + '\n';
}

/** What happened to rows, with the values before and after: a paragraph a change. */
Result<void> show_history(Output& output, ChangePage const& page) {
  Style const style = output.style();
  for (CommitRecord const& commit : page.commits) {
    for (ChangeRecord const& change : commit.changes) {
      auto const differences = differences_in(change);
      if (differences.has_error()) return differences.error();
      std::string head = std::to_string(commit.revision.value) + "  " + time_text(commit.time, style) + "  " +
                         printable(commit.actor) + "  " + what_happened(change);
      if (commit.reason) head += ": " + printable(*commit.reason);
      output.add_text(style.paint(wrapped(head, style.width, 4), Tone::heading) + '\n');
      std::size_t widest = 0;
      for (auto const& difference : *differences) widest = std::max(widest, columns(printable(difference.pointer)));
      if (style.width > 0 && !style.is_wide) widest = std::min(widest, style.width / 2);
      for (auto const& difference : *differences) output.add_text(difference_line(difference, widest, style));
    }
  }
  remark_more(output, page);
  return {};
}

// Puts the pages of several rows into one, in the order of the log. What a page has not come to yet is left for later.
ChangePage in_one(std::vector<ChangePage> pages, ChangeCursor const& after, std::size_t limit) {
  ChangePage whole{.commits = {}, .through = after, .has_more = false};
  for (ChangePage const& page : pages) {
    bool const is_first_to_end = page.has_more && (!whole.has_more || page.through < whole.through);
    if (is_first_to_end || (!page.has_more && !whole.has_more)) {
      whole.through = page.has_more ? page.through : std::max(page.through, whole.through);
    }
    whole.has_more = whole.has_more || page.has_more;
  }
  for (ChangePage& page : pages) {
    for (CommitRecord& commit : page.commits) {
      if (commit.revision > whole.through) continue;
      auto const place =
          std::lower_bound(whole.commits.begin(), whole.commits.end(), commit.revision,
                           [](CommitRecord const& one, Revision revision) { return one.revision < revision; });
      if (place == whole.commits.end() || place->revision != commit.revision) {
        whole.commits.insert(place, std::move(commit));
      } else {
        std::move(commit.changes.begin(), commit.changes.end(), std::back_inserter(place->changes));
      }
    }
  }
  if (whole.commits.size() > limit) {
    whole.commits.resize(limit);
    CommitRecord const& last = whole.commits.back();
    whole.through = {last.revision, whole.through.store,
                     whole.through.token ? std::optional(last.token) : std::nullopt};
    whole.has_more = true;
  }
  return whole;
}

struct Row {
  std::string entity;  // empty: any that has the id
  Uuid id;
};

// An id tells nothing about the kind of row, and callers may have brought the same one for rows of several kinds.
Result<void> add_pages_of(Catalog const& catalog, Row const& row, LogArguments const& part,
                          std::vector<ChangePage>& pages) {
  Result<void> read;
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    std::string_view const name = Entity::entity_name;
    if (read.has_error() || (!row.entity.empty() && row.entity != name)) return;
    ChangesRequest request{.after = part.after, .limit = part.limit, .row = {}};
    request.row = ChangesRequest::Row{.entity = std::string(name), .id = row.id};
    auto page = catalog.changes(request);
    if (page.has_value()) {
      pages.push_back(std::move(*page));
    } else if (page.error().kind != ErrorKind::not_found) {  // what a team is told of a kind of row that this is not
      read = page.error();
    }
  });
  return read;
}

/** The integration that an install is or was of. */
Result<std::optional<Uuid>> integration_of(Catalog const& catalog, Uuid const& install) {
  if (auto const found = catalog.get(Id<EnvironmentIntegration>{install}); found.has_value()) {
    return std::optional(found->install.integration_id.uuid);
  }
  ChangesRequest request{.after = {}, .limit = 1, .row = {}};
  request.row = ChangesRequest::Row{.entity = std::string(EnvironmentIntegration::entity_name), .id = install};
  auto const page = catalog.changes(request);
  if (page.has_error() || page->commits.empty()) return std::optional<Uuid>();
  for (ChangeRecord const& change : page->commits.front().changes) {
    auto const& row = change.after ? change.after : change.before;
    if (change.id != install || !row) continue;
    auto const values = read_back(row->text());
    if (values.has_error()) return corrupt_change(change);
    auto const* id = values->get_object().if_contains("integration_id");
    if (id == nullptr || !id->is_string()) return corrupt_change(change);
    auto const parsed = parse_uuid({id->get_string().data(), id->get_string().size()});
    if (parsed.has_error()) return corrupt_change(change);
    return std::optional(*parsed);
  }
  return std::optional<Uuid>();
}

/** For people the history of an install has that of its integration in it, since both make its configuration. */
Result<void> add_pages_of_integration(Session& session, Catalog const& catalog, Row const& row,
                                      LogArguments const& part, std::vector<ChangePage>& pages) {
  auto const integration = integration_of(catalog, row.id);
  if (integration.has_error()) return integration.error();
  if (!*integration) return {};
  auto const read = add_pages_of(catalog, {std::string(Integration::entity_name), **integration}, part, pages);
  if (read.has_value() || read.error().kind != ErrorKind::forbidden) return read;
  session.output.remark("What happened to the integration is its owner's to see.");
  return {};
}

Result<void> history(Session& session, HistoryArguments const& arguments) {
  auto const [after, limit] = arguments.log;
  auto const catalog = session.open(Access::read);
  if (catalog.has_error()) return catalog.error();
  auto const found = find_any_row(session, *catalog, arguments.id, arguments.entity);
  if (found.has_error()) return found.error();
  std::vector<ChangePage> pages;
  Row const row{std::string(found->entity), found->id};
  if (auto const read = add_pages_of(*catalog, row, arguments.log, pages); read.has_error()) return read.error();
  auto page = in_one(pages, after, limit);
  if (page.commits.empty() && after == Revision{}) {
    return Error{.kind = ErrorKind::not_found, .message = "the change log knows no row with this id"};
  }
  if (session.output.is_json()) {
    session.output.add_json(model::form_text(answers::ChangePage::of(page)));
    return {};
  }
  bool const is_of_any_kind = arguments.entity.empty();
  if (is_of_any_kind && (row.entity.empty() || row.entity == EnvironmentIntegration::entity_name)) {
    auto const read = add_pages_of_integration(session, *catalog, row, arguments.log, pages);
    if (read.has_error()) return read.error();
    page = in_one(std::move(pages), after, limit);
  }
  if (page.commits.empty()) session.output.remark("There are none.");
  return show_history(session.output, page);
}

Result<void> changes(Session& session, LogArguments const& arguments) {
  auto const catalog = session.open(Access::read);
  if (catalog.has_error()) return catalog.error();
  auto const page = catalog->changes({.after = arguments.after, .limit = arguments.limit, .row = {}});
  if (page.has_error()) return page.error();
  if (!session.output.is_json()) return show_log(session.output, *page);
  session.output.add_json(model::form_text(answers::ChangePage::of(*page)));
  return {};
}

std::string entity_name(std::string const& text) {
  bool is_one = false;
  model::for_each_entity(
      [&]<class Entity>(std::type_identity<Entity>) { is_one = is_one || text == Entity::entity_name; });
  return is_one ? std::string() : "there is no kind of row called " + text;
}

void add_part_of_log(Parameters& command, LogArguments& into) {
  command
      .add_read(
          "--after",
          [&into](std::string const& text) {
            auto const after = parse_change_cursor(text);
            if (after.has_error()) return text + " is " + after.error().message;
            into.after = *after;
            return std::string();
          },
          "Only commits after this one: cursor of the page before, or the number of a revision")
      .shown_as("CURSOR");
  command.add("--limit", into.limit, "Commits at most, 1 to 1000 (100); their rows end a page too, at 4 MiB")
      .shown_as("N")
      .check(whole_number);
}

}  // namespace

CommandRows history_commands() {
  return {
      {.name = "history",
       .group = groups::store,
       .help = "Show what happened to one row, who did it and why",
       .example = std::string("history Acme/production/zendesk\n\nFor people the history of an install has that of its "
                              "integration in it.") +
                  form_of_log,
       .declare = declares<HistoryArguments>(
           [](Parameters& command, HistoryArguments& into) {
             add_part_of_log(command, into.log);
             command
                 .add("ID", into.id,
                      "The row, of any kind: TEAM, TEAM/ENVIRONMENT, TEAM/INTEGRATION,\n"
                      "TEAM/ENVIRONMENT/INTEGRATION, its id, or the end of that as tables show it")
                 .required()
                 .check(not_empty)
                 .shown_as("")
                 .means(Meaning::row);
             command
                 .add("--kind", into.entity,
                      "Only of a row of this kind, should several have the id: environment_integration, integration,\n"
                      "environment, team or grant")
                 .check(entity_name)
                 .shown_as("KIND");
           },
           history)},
      {.name = "changes",
       .group = groups::store,
       .help = "Show what happened in the store, oldest first",
       .example = std::string("changes --after 120") + form_of_log,
       .declare = declares<LogArguments>(add_part_of_log, changes)}};
}

}  // namespace inlay::cli
