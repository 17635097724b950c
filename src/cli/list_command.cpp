// SPDX-License-Identifier: BSL-1.0
// The lists of all kinds of rows.
#include "answers.hpp"
#include "kinds.hpp"
#include "near.hpp"
#include "resources.hpp"

#include <inlay/catalog/internal/answer_json.hpp>
#include <inlay/json/pointer.hpp>

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

namespace inlay::cli {
namespace {

struct Column {
  char const* title;
  char const* pointer;  ///< into the resource's JSON, with "names" of what it references
  Fit fit = Fit::cut;
  bool is_time = false;
};

std::vector<Column> columns_of(Kind kind) {
  Column const id{"ID", "/id", Fit::id};
  Column const version{"VERSION", "/version", Fit::spare};
  Column const updated{"UPDATED", "/updated_at", Fit::whole, true};
  switch (kind) {
    case Kind::team:
      return {{"NAME", "/name"}, {"DOMAIN", "/domain"}, {"VERIFIED", "/is_verified", Fit::whole}, version, updated, id};
    case Kind::environment: return {{"TEAM", "/names/team"}, {"NAME", "/name"}, version, updated, id};
    case Kind::integration:
      return {{"TEAM", "/team/name"},
              {"NAME", "/name"},
              {"CATEGORY", "/category"},
              {"SHARING", "/sharing", Fit::whole},
              {"BETA", "/is_beta", Fit::spare},
              version,
              updated,
              id};
    case Kind::grant:
      return {{"INTEGRATION", "/names/integration"},
              {"TEAM", "/names/team"},
              {"STATUS", "/status", Fit::whole},
              version,
              updated,
              id};
    case Kind::environment_integration: break;
  }
  return {{"TEAM", "/names/team"},
          {"ENVIRONMENT", "/names/environment"},
          {"INTEGRATION", "/integration/name"},
          {"ENABLED", "/is_enabled", Fit::whole},
          version,
          {"IN CATALOG", "/show_in_catalog", Fit::spare},
          updated,
          id};
}

/** A row as a list shows it. */
struct ListedRow {
  std::string json;
  std::optional<Id<Team>> team{};  ///< whose names a table shows, beside those in the JSON
  std::optional<Id<Environment>> environment{};
  std::optional<Id<Integration>> integration{};
};

struct ListAnswer {
  std::vector<ListedRow> rows{};
  std::optional<std::string> next_cursor{};
  bool has_more{};  ///< without a cursor: of rows that were sorted
  std::size_t limit{};
};

template <class Readable>
ListedRow listed(Readable const& row, ListArguments const& arguments) {
  ListedRow item;
  if constexpr (std::is_same_v<Readable, InstalledIntegration>) {
    model::write_json(row, item.json, model::ResourceParts{.with_nested_documents = !arguments.expand.empty()});
    item.environment = row.install.environment_id;
  } else {
    item.json = model::to_json(row);
    if constexpr (requires { row.team_id; }) item.team = row.team_id;
    if constexpr (requires { row.integration_id; }) item.integration = row.integration_id;
  }
  return item;
}

/** The names of what a row references, for a table. */
boost::json::object names_of(ListedRow const& row, NamesOf const& names) {
  boost::json::object all;
  auto const* environment = row.environment ? names.environment(row.environment->uuid) : nullptr;
  auto const* integration = row.integration ? names.integration(row.integration->uuid) : nullptr;
  std::optional<Id<Team>> const team_id = environment != nullptr ? environment->team_id : row.team;
  auto const* team = team_id ? names.team(team_id->uuid) : nullptr;
  if (environment != nullptr) all.emplace("environment", environment->name);
  if (integration != nullptr) all.emplace("integration", integration->name);
  if (team != nullptr) all.emplace("team", team->name);
  return all;
}

Cell cell_in(boost::json::value const& resource, Column const& column, Style style) {
  Cell cell = cell_of(json::find(resource, json::Pointer::parse(column.pointer).value()));
  if (!column.is_time) return cell;
  if (auto const time = parse_timestamp(cell.text); time.has_value()) cell.text = time_text(*time, style);
  return cell;
}

Result<void> answer_list(Output& output, Catalog const& catalog, ListAnswer const& answer, Kind kind) {
  if (output.is_json()) {
    auto const write_resources = [&](std::string& out) {
      model::write_list(answer.rows, out, [](ListedRow const& row, std::string& to) { to += row.json; });
    };
    output.add_json(model::form_text(
        answers::Page{.result = write_resources, .next_cursor = {answer.next_cursor}, .limit = answer.limit}));
    return {};
  }
  if (answer.rows.empty()) {
    output.remark("There are none.");
    return {};
  }
  NamesOf names(catalog);
  for (ListedRow const& row : answer.rows) {
    if (row.team) names.want(*row.team);
    if (row.environment) names.want(*row.environment);
    if (row.integration) names.want(*row.integration);
  }
  if (auto const read = names.read(); read.has_error()) return read.error();
  auto const columns = columns_of(kind);
  std::vector<Heading> headings;
  for (Column const& column : columns) headings.push_back({column.title, column.fit});
  Table table(std::move(headings), output.style());
  for (ListedRow const& row : answer.rows) {
    auto resource = read_back(row.json);
    if (resource.has_error()) return resource.error();
    resource->get_object()["names"] = names_of(row, names);
    std::vector<Cell> cells;
    for (Column const& column : columns) cells.push_back(cell_in(*resource, column, output.style()));
    cells.front().tone = Tone::name;
    table.add(std::move(cells));
  }
  output.add_text(table.take_text());
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

/** What rows are sorted by; one that is absent comes first. */
using SortKey = std::variant<std::monostate, bool, std::int64_t, std::string>;

template <class Member>
SortKey sort_key(Member const& member) {
  if constexpr (model::is_optional_v<Member>) {
    return member ? sort_key(*member) : SortKey();
  } else if constexpr (std::is_same_v<Member, bool> || std::is_same_v<Member, std::string>) {
    return member;
  } else if constexpr (std::is_enum_v<Member>) {
    return std::string(model::enum_name(member));
  } else if constexpr (model::is_id_v<Member>) {
    return to_string(member);
  } else if constexpr (std::is_same_v<Member, Version>) {
    return member.value;
  } else if constexpr (std::is_same_v<Member, Timestamp>) {
    return member.microseconds;
  } else {
    return SortKey();  // nothing that can be filtered by
  }
}

template <class Readable>
SortKey sort_key_at(Readable const& readable, FieldPlace const& place) {
  SortKey key;
  [&]<std::size_t... part>(std::index_sequence<part...>) {
    auto const look = [&]<class Entity>(std::size_t number, Entity const& row) {
      std::size_t index = 0;
      model::for_each_field<Entity>([&](model::Field const&, auto member) {
        if (number == place.part && index++ == place.index) key = sort_key(row.*member);
      });
    };
    (look(part, model::part_of<part>(readable)), ...);
  }
  (std::make_index_sequence<model::part_count<Readable>>{});
  return key;
}

/** The first rows in the order of --sort: all are looked at, and no more are kept than twice those that are shown. */
template <class Readable>
class Sorted {
 public:
  Sorted(FieldPlace place, bool is_descending, std::size_t limit)
      : place_(std::move(place)), is_descending_(is_descending), limit_(limit) {}

  void add(Readable const& row) {
    ++count_;
    kept_.emplace_back(sort_key_at(row, place_), row);
    if (kept_.size() >= 2 * limit_) keep_first();
  }

  [[nodiscard]] bool has_more() const noexcept { return count_ > limit_; }

  [[nodiscard]] std::vector<Readable> take() {
    keep_first();
    std::vector<Readable> rows;
    for (auto& [key, row] : kept_) rows.push_back(std::move(row));
    return rows;
  }

 private:
  // Rows come in the order of lists, and a stable sort leaves them in it where the field is the same.
  void keep_first() {
    std::stable_sort(kept_.begin(), kept_.end(), [&](auto const& a, auto const& b) {
      return is_descending_ ? b.first < a.first : a.first < b.first;
    });
    if (kept_.size() > limit_) kept_.erase(kept_.begin() + static_cast<std::ptrdiff_t>(limit_), kept_.end());
  }

  FieldPlace place_;
  bool is_descending_;
  std::size_t limit_;
  std::size_t count_ = 0;
  std::vector<std::pair<SortKey, Readable>> kept_;
};

template <class Readable>
std::vector<std::string> sortable_fields() {
  std::vector<std::string> names;
  [&]<std::size_t... part>(std::index_sequence<part...>) {
    auto const add = [&](std::string_view prefix, auto const& fields) {
      for (model::Field const& field : fields) {
        std::string const name = (prefix.empty() ? "" : std::string(prefix) + '.') + std::string(field.name);
        if (field.is_filterable()) names.push_back(name);
      }
    };
    (add(model::filter_name<Readable, part>, model::fields<model::Part<Readable, part>>), ...);
  }
  (std::make_index_sequence<model::part_count<Readable>>{});
  return names;
}

template <class Readable>
Result<Sorted<Readable>> sorted_by(std::string_view sort, std::size_t limit) {
  bool const is_descending = sort.starts_with('-');
  std::string const name(sort.substr(is_descending ? 1 : 0));
  auto place = find_filter_field<Readable>(name);
  if (place.has_error()) {
    Error error = place.error();
    error.message = "--sort: " + error.message + did_you_mean(name, sortable_fields<Readable>());
    return error;
  }
  if (place->part >= model::part_count<Readable>) {
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "--sort: " + name + " can be filtered by, but not sorted by"};
  }
  return Sorted<Readable>(std::move(*place), is_descending, limit);
}

/** The rows as a list brings them, which end at 4 MiB of documents, as a page of a list does. */
template <class Readable>
Result<Page<Readable>> with_documents(Catalog const& catalog, Query<Readable> query, std::vector<Readable> const& rows,
                                      ListAnswer& answer) {
  Page<Readable> whole;
  std::size_t bytes = 0;
  query.where.push_back({.field = "id", .op = Operator::eq, .values = {}});
  for (Readable const& row : rows) {
    query.where.back().values = {model::part_of<0>(row).id.uuid};
    auto page = catalog.list(query);
    if (page.has_error()) return page.error();
    if (page->items.empty()) continue;  // removed meanwhile
    bytes += document_bytes(page->items.front(), query);
    if (bytes > max_page_bytes && !whole.items.empty()) {
      answer.has_more = true;
      break;
    }
    whole.items.push_back(std::move(page->items.front()));
  }
  return whole;
}

/** The rows that are to be shown. */
template <class Readable>
Result<Page<Readable>> read_rows(Catalog const& catalog, Query<Readable> query, std::optional<Sorted<Readable>>& sorted,
                                 ListAnswer& answer) {
  if (!sorted) {
    auto page = catalog.list(query);
    if (page.has_error()) return page.error();
    if (page->next) answer.next_cursor = to_string(*page->next);
    return page;
  }
  Query<Readable> all = query;
  all.limit = Query<Readable>::max_limit;
  all.with_documents = false;
  all.with_nested_documents = false;
  auto const read = catalog.for_each(std::move(all), [&](Readable const& row) { sorted->add(row); });
  if (read.has_error()) return read.error();
  answer.has_more = sorted->has_more();
  return with_documents(catalog, std::move(query), sorted->take(), answer);
}

Result<void> list(Session& session, Kind kind, ListArguments const& arguments) {
  return visit(kind, [&](auto tag) -> Result<void> {
    using Readable = Resource<typename decltype(tag)::type>;
    auto const query = query_of<Readable>(arguments);
    if (query.has_error()) return query.error();
    std::optional<Sorted<Readable>> sorted;
    if (!arguments.sort.empty()) {
      if (auto const checked = check_query(*query); checked.has_error()) return checked.error();
      auto by = sorted_by<Readable>(arguments.sort, query->limit);
      if (by.has_error()) return by.error();
      sorted = std::move(*by);
    }
    auto const catalog = session.open(Access::read);
    if (catalog.has_error()) return catalog.error();
    ListAnswer answer{.limit = query->limit};
    auto const page = read_rows(*catalog, *query, sorted, answer);
    if (page.has_error()) return page.error();
    for (auto const& row : page->items) {
      if (!session.output.is_json()) {
        if (auto const checked = check_documents(row); checked.has_error()) return checked.error();
      }
      answer.rows.push_back(listed(row, arguments));
    }
    if (answer.has_more) {
      session.output.remark("There are more in this order than these " + std::to_string(answer.rows.size()) +
                            ": raise --limit, or filter.");
    }
    return answer_list(session.output, *catalog, answer, kind);
  });
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
  auto const cursor = add_cursor(command, into.cursor);
  command
      .add("--sort", into.sort,
           "The first rows in the order of this field, -FIELD for the last first; all rows are read\n"
           "for it, and there is no next page")
      .shown_as("FIELD")
      .check(not_empty)
      .not_with(cursor);
  if (auto const document = document_of(kind); !document.empty()) {
    add_member(command, "--exclude", into.exclude, document, "leave it out");
  }
  if (kind == Kind::environment_integration) {
    add_member(command, "--expand", into.expand, "integration.config", "bring it along");
  }
}

}  // namespace

CommandRow list_command(Kind kind, std::string name, std::string help, std::string const& example) {
  return {.name = std::move(name),
          .group = groups::of_family,
          .help = std::move(help),
          .example = example + "\n\n" + filter_fields(kind),
          .declare = declares<ListArguments>(
              [kind](Parameters& command, ListArguments& into) { add_list_parameters(command, into, kind); },
              [kind](Session& session, ListArguments const& arguments) { return list(session, kind, arguments); })};
}

}  // namespace inlay::cli
