// SPDX-License-Identifier: BSL-1.0
#include "answers.hpp"
#include "commands.hpp"
#include "resources.hpp"

#include <inlay/json/print.hpp>
#include <inlay/storage/internal/change_json.hpp>

#include <algorithm>
#include <iterator>

namespace inlay::cli {
namespace {

struct LogArguments {
  std::int64_t after = 0;
  std::size_t limit = 100;
};

struct HistoryArguments {
  std::string id;
  std::string entity;
  LogArguments log;
};

constexpr char const* form_of_log =
    "\n\nJSON: {\"result\": [{\"revision\", \"time\", \"actor\", \"reason\"?, \"changes\": "
    "[{\"entity\", \"id\",\n\"kind\", \"before\"?, \"after\"?}]}], \"through\": REVISION, "
    "\"has_more\": BOOLEAN}";

bool is_of_the_store(std::string_view member) {
  return member == "version" || member == "updated_at" || member == "revision";
}

// The caller's members that differ, e.g. "is_enabled, override".
Result<std::string> changed_members(ChangeRecord const& change) {
  std::string names;
  if (!change.before || !change.after) return names;
  auto const before_row = read_back(change.before->text());
  auto const after_row = read_back(change.after->text());
  if (before_row.has_error() || after_row.has_error()) {
    return storage::corrupt_row("change", change.id, "the row that it changed is not what inlay wrote");
  }
  auto const& before = before_row->get_object();
  auto const& after = after_row->get_object();
  auto const add = [&](boost::json::string_view key) {
    std::string_view const name(key.data(), key.size());
    if (!is_of_the_store(name)) names.append(names.empty() ? "" : ", ").append(name);
  };
  for (auto const& [name, value] : after) {
    auto const* old = before.if_contains(name);
    if (old == nullptr || json::print(*old) != json::print(value)) add(name);
  }
  for (auto const& [name, value] : before) {
    if (!after.contains(name)) add(name);
  }
  return names;
}

Result<void> answer_page(Output& output, ChangePage const& page, bool names_rows) {
  if (output.is_json()) {
    output.add_json(model::form_text(answers::ChangePage::of(page)));
    return {};
  }
  std::vector<std::string> titles{"REVISION", "TIME", "ACTOR", "CHANGE", "MEMBERS", "REASON"};
  if (names_rows) titles.insert(titles.begin() + 4, "ID");
  Table table(std::move(titles));
  for (CommitRecord const& commit : page.commits) {
    for (ChangeRecord const& change : commit.changes) {
      std::vector<Cell> row{{std::to_string(commit.revision.value), Tone::name},
                            {to_string(commit.time)},
                            {commit.actor},
                            {std::string(model::enum_name(change.kind)) + ' ' + change.entity}};
      if (names_rows) row.push_back({to_string(change.id)});
      auto members = changed_members(change);
      if (members.has_error()) return members.error();
      row.push_back({std::move(*members)});
      row.push_back({commit.reason.value_or(""), Tone::faint});
      table.add(std::move(row));
    }
  }
  if (table.empty()) {
    output.remark("There are none.");
  } else {
    output.add_text(table.text(output.style()));
  }
  if (page.has_more) output.remark("There are more: add --after " + std::to_string(page.through.value));
  return {};
}

// Puts the pages of several rows into one, in the order of the log. What a page has not come to yet is left for later.
ChangePage in_one(std::vector<ChangePage> pages, Revision after, std::size_t limit) {
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
    whole.through = whole.commits.back().revision;
    whole.has_more = true;
  }
  return whole;
}

// An id tells nothing about the kind of row, and callers may have brought the same one for rows of several kinds.
Result<ChangePage> changes_of_rows(Catalog const& catalog, Uuid const& id, std::string const& entity, Revision after,
                                   std::size_t limit) {
  std::vector<ChangePage> pages;
  Result<void> read;
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    std::string_view const name = Entity::entity_name;
    if (read.has_error() || (!entity.empty() && entity != name)) return;
    ChangesRequest request{.after = after, .limit = limit, .row = {}};
    request.row = ChangesRequest::Row{.entity = std::string(name), .id = id};
    auto page = catalog.changes(request);
    if (page.has_value()) {
      pages.push_back(std::move(*page));
    } else if (page.error().kind != ErrorKind::not_found) {  // what a team is told of a kind of row that this is not
      read = page.error();
    }
  });
  if (read.has_error()) return read.error();
  return in_one(std::move(pages), after, limit);
}

Result<void> history(Session& session, HistoryArguments const& arguments) {
  auto const [after, limit] = arguments.log;
  auto const parsed = parse_uuid(arguments.id);
  if (parsed.has_error()) return parsed.error();
  auto const catalog = session.open(Access::read);
  if (catalog.has_error()) return catalog.error();
  auto const page = changes_of_rows(*catalog, *parsed, arguments.entity, Revision{after}, limit);
  if (page.has_error()) return page.error();
  if (page->commits.empty() && after == 0) {
    return Error{.kind = ErrorKind::not_found, .message = "the change log knows no row with this id"};
  }
  return answer_page(session.output, *page, false);
}

Result<void> changes(Session& session, LogArguments const& arguments) {
  auto const catalog = session.open(Access::read);
  if (catalog.has_error()) return catalog.error();
  auto const page = catalog->changes({.after = Revision{arguments.after}, .limit = arguments.limit, .row = {}});
  if (page.has_error()) return page.error();
  return answer_page(session.output, *page, true);
}

std::string entity_name(std::string const& text) {
  bool is_one = false;
  model::for_each_entity(
      [&]<class Entity>(std::type_identity<Entity>) { is_one = is_one || text == Entity::entity_name; });
  return is_one ? std::string() : "there is no kind of row called " + text;
}

void add_part_of_log(Parameters& command, LogArguments& into) {
  command.add("--after", into.after, "Only commits after this revision; through of the page before")
      .shown_as("REVISION")
      .check(whole_number);
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
       .example = std::string("history ID") + form_of_log,
       .declare = declares<HistoryArguments>(
           [](Parameters& command, HistoryArguments& into) {
             add_part_of_log(command, into.log);
             add_id(command, into.id, "row, of any kind");
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
