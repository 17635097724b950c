// SPDX-License-Identifier: BSL-1.0
#include "names.hpp"

#include "near.hpp"

#include <boost/mp11/algorithm.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>

namespace inlay::cli {
namespace {

constexpr std::size_t fewest_digits = 8;
constexpr std::size_t most_listed = 10;
constexpr std::size_t most_completions = 300;

/** What rows of Entity are called by, and how one looks for them. */
template <class Entity>
struct Called;
template <>
struct Called<Team> {
  static constexpr char const* name = "team";
  static constexpr char const* path = "the name of a team";
  static constexpr char const* list = "inlay team list";
  static bool fits(std::size_t names) { return names == 1; }
};
template <>
struct Called<Environment> {
  static constexpr char const* name = "environment";
  static constexpr char const* path = "TEAM/ENVIRONMENT";
  static constexpr char const* list = "inlay environment list";
  static bool fits(std::size_t names) { return names == 1 || names == 2; }
};
template <>
struct Called<Integration> {
  static constexpr char const* name = "integration";
  static constexpr char const* path = "TEAM/INTEGRATION";
  static constexpr char const* list = "inlay integration list";
  static bool fits(std::size_t names) { return names == 1 || names == 2; }
};
template <>
struct Called<EnvironmentIntegration> {
  static constexpr char const* name = "install";
  static constexpr char const* path = "TEAM/ENVIRONMENT/INTEGRATION";
  static constexpr char const* list = "inlay list";
  static bool fits(std::size_t names) { return names == 3; }
};
template <>
struct Called<Grant> {
  static constexpr char const* name = "request";
  static constexpr char const* path = "";
  static constexpr char const* list = "inlay sharing list";
  static bool fits(std::size_t) { return false; }
};

std::string quoted(std::string_view text) { return '\'' + std::string(text) + '\''; }

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string digits_of(std::string_view text) {
  std::string digits;
  for (char const c : text) {
    if (c != '-') digits += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return digits;
}

template <class Readable>
Query<Readable> query_without_documents(std::vector<Condition> where) {
  return {.where = std::move(where),
          .limit = Query<Readable>::max_limit,
          .with_documents = false,
          .with_nested_documents = false};
}

/** The rows that meet the conditions, a thousand at most. */
template <class Readable>
Result<std::vector<Readable>> rows_with(Catalog const& catalog, std::vector<Condition> where) {
  auto page = catalog.list(query_without_documents<Readable>(std::move(where)));
  if (page.has_error()) return page.error();
  return std::move(page->items);
}

Condition equals(std::string field, std::string const& text) { return {std::move(field), Operator::eq, {text}}; }

template <class Row>
Condition one_of(std::string field, std::vector<Row> const& rows) {
  Condition condition{.field = std::move(field), .op = Operator::in, .values = {}};
  for (Row const& row : rows) condition.values.emplace_back(row.id.uuid);
  return condition;
}

Uuid const& id_of(Integration const& row) { return row.id.uuid; }
Uuid const& id_of(Environment const& row) { return row.id.uuid; }
Uuid const& id_of(Team const& row) { return row.id.uuid; }
Uuid const& id_of(InstalledIntegration const& row) { return row.install.id.uuid; }
std::string const& name_of(Team const& row) { return row.name; }
std::string const& name_of(Environment const& row) { return row.name; }
std::string const& name_of(Integration const& row) { return row.name; }
std::string const& name_of(InstalledIntegration const& row) { return row.integration.name; }

/** The rows of one level that have the name, and where there is none, what is missing. */
template <class Readable>
struct Level {
  std::vector<Readable> rows{};
  std::string missing{};
};

/** @param field of the name. @param nobody says that there is no row, without what is near. */
template <class Readable>
Result<Level<Readable>> level(Catalog const& catalog, std::vector<Condition> const& where, std::string const& field,
                              std::string const& name, std::string nobody) {
  auto with_name = where;
  with_name.push_back(equals(field, name));
  auto rows = rows_with<Readable>(catalog, std::move(with_name));
  if (rows.has_error()) return rows.error();
  if (!rows->empty()) return Level<Readable>{.rows = std::move(*rows)};
  auto const others = rows_with<Readable>(catalog, where);
  if (others.has_error()) return others.error();
  std::vector<std::string> names;
  for (Readable const& row : *others) names.push_back(escaped_name(name_of(row)));
  return Level<Readable>{.missing = std::move(nobody) + did_you_mean(escaped_name(name), std::move(names))};
}

Result<Level<Team>> teams_named(Catalog const& catalog, std::string const& name) {
  return level<Team>(catalog, {}, "name", name, "there is no team named " + quoted(name));
}

/** Environments or integrations of teams that have the name; of any team where no team is named. */
template <class Entity>
Result<Level<Entity>> of_teams(Catalog const& catalog, std::vector<std::string> const& names) {
  std::vector<Condition> where;
  std::string nobody = "there is no " + std::string(Called<Entity>::name) + " named " + quoted(names.back());
  if (names.size() > 1) {
    auto teams = teams_named(catalog, names.front());
    if (teams.has_error()) return teams.error();
    if (teams->rows.empty()) return Level<Entity>{.missing = std::move(teams->missing)};
    where.push_back(one_of("team_id", teams->rows));
    nobody = "the team " + quoted(names.front()) + " has no " + Called<Entity>::name + " named " + quoted(names.back());
  }
  return level<Entity>(catalog, where, "name", names.back(), std::move(nobody));
}

Result<Level<InstalledIntegration>> installed_at(Catalog const& catalog, std::vector<std::string> const& names) {
  auto environments = of_teams<Environment>(catalog, {names[0], names[1]});
  if (environments.has_error()) return environments.error();
  if (environments->rows.empty()) {
    return Level<InstalledIntegration>{.missing = std::move(environments->missing)};
  }
  return level<InstalledIntegration>(catalog, {one_of("environment_id", environments->rows)}, "integration.name",
                                     names[2],
                                     "no integration named " + quoted(names[2]) + " is installed in " +
                                         quoted(escaped_name(names[0]) + '/' + escaped_name(names[1])));
}

/** What a text means. */
struct Meant {
  std::vector<Uuid> ids{};
  std::string missing{};  ///< why the path means none
};

void add(Meant& meant, Uuid const& id) {
  if (std::find(meant.ids.begin(), meant.ids.end(), id) == meant.ids.end()) meant.ids.push_back(id);
}

template <class Entity>
Result<Meant> meant_by_path(Catalog const& catalog, std::string const& text) {
  auto const names = parse_path(text);
  if (names.has_error()) return names.error();
  Meant meant;
  if (!Called<Entity>::fits(names->size())) return meant;
  auto const take = [&](auto level) -> Result<Meant> {
    if (level.has_error()) return level.error();
    for (auto const& row : level->rows) add(meant, id_of(row));
    meant.missing = std::move(level->missing);
    return std::move(meant);
  };
  if constexpr (std::is_same_v<Entity, Team>) {
    return take(teams_named(catalog, names->front()));
  } else if constexpr (std::is_same_v<Entity, EnvironmentIntegration>) {
    return take(installed_at(catalog, *names));
  } else if constexpr (std::is_same_v<Entity, Grant>) {
    return meant;
  } else {
    return take(of_teams<Entity>(catalog, *names));
  }
}

/** No store can be asked for ends, so all rows that the caller sees are looked at. */
template <class Entity>
Result<void> add_meant_by_end(Catalog const& catalog, std::string const& text, Meant& meant) {
  std::string const end = digits_of(text);
  return catalog.for_each(query_without_documents<Entity>({}), [&](Entity const& row) {
    if (digits_of(to_string(row.id)).ends_with(end)) add(meant, row.id.uuid);
    return meant.ids.size() <= most_listed;
  });
}

template <class Entity>
std::string described(Catalog const& catalog, Uuid const& id) {
  auto const row = catalog.get(Id<Entity>{id});
  return (row.has_value() ? path_of(catalog, *row) : std::string(Called<Entity>::name)) + " (" + to_string(id) + ')';
}

Error several(std::string const& what, std::string const& text, std::vector<std::string> const& matches) {
  std::string list;
  for (std::size_t i = 0; i < std::min(matches.size(), most_listed); ++i) list += (i == 0 ? "" : ", ") + matches[i];
  if (matches.size() > most_listed) list += ", and more";
  return {.kind = ErrorKind::invalid_argument,
          .message = "several " + what + " are meant by " + quoted(text) + ", name one of them: " + list};
}

template <class Entity>
Error nothing_meant(std::string const& text, std::string const& missing) {
  std::string message = missing;
  if (missing.empty()) {
    message = "there is no " + std::string(Called<Entity>::name) + " whose id ends in " + quoted(text);
  } else if (is_end_of_id(text)) {
    message += ", and none whose id ends so";
  }
  return {.kind = ErrorKind::not_found, .message = std::move(message)};
}

template <class Entity>
std::vector<std::string> descriptions(Catalog const& catalog, std::vector<Uuid> const& ids) {
  std::vector<std::string> all;
  for (Uuid const& id : ids) all.push_back(described<Entity>(catalog, id));
  return all;
}

}  // namespace

std::string escaped_name(std::string_view name) {
  std::string out;
  for (char const c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

Result<std::vector<std::string>> parse_path(std::string_view text) {
  auto const refused = [&](char const* why) {
    return Error{.kind = ErrorKind::invalid_argument, .message = quoted(text) + " is no path of names: " + why};
  };
  std::vector<std::string> names(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    char const next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] == '/') {
      names.emplace_back();
    } else if (text[i] != '~') {
      names.back() += text[i];
    } else if (next == '0' || next == '1') {
      names.back() += next == '0' ? '~' : '/';
      ++i;
    } else {
      return refused("in a name ~ is written ~0, and / is written ~1");
    }
  }
  bool const has_empty = std::any_of(names.begin(), names.end(), [](std::string const& name) { return name.empty(); });
  if (has_empty) return refused("a name in it is empty; in a name / is written ~1");
  return names;
}

bool is_end_of_id(std::string_view text) {
  bool const is_hex = std::all_of(text.begin(), text.end(), [](char c) { return is_hex_digit(c) || c == '-'; });
  std::size_t const digits = is_hex ? digits_of(text).size() : 0;
  return digits >= fewest_digits && digits <= 32;
}

template <class Entity>
Result<void> check_row(std::string const& text) {
  if (Id<Entity>::parse(text).has_value() || is_end_of_id(text)) return {};
  auto const names = parse_path(text);
  bool const can_be_path = Called<Entity>::fits(names.has_value() ? names->size() : 1);
  if (names.has_error() && !std::is_same_v<Entity, Grant>) return names.error();
  if (can_be_path) return {};
  std::string const path = Called<Entity>::path;
  return Error{.kind = ErrorKind::invalid_argument,
               .message = quoted(text) + " is " + (path.empty() ? "" : "neither " + path + " nor ") +
                          (path.empty() ? "neither " : "") + "the id of " +
                          (std::is_same_v<Entity, Team> || std::is_same_v<Entity, Grant> ? "a " : "an ") +
                          Called<Entity>::name + " nor the end of one (8 digits or more); `" + Called<Entity>::list +
                          "` shows what there is"};
}

template <class Entity>
Result<Id<Entity>> find_row(Session const& session, Catalog const& catalog, std::string const& text, Access access) {
  if (auto const id = Id<Entity>::parse(text); id.has_value()) return *id;
  if (auto const checked = check_row<Entity>(text); checked.has_error()) return checked.error();
  Meant meant;
  if (!parse_path(text).has_error()) {
    auto by_path = meant_by_path<Entity>(catalog, text);
    if (by_path.has_error()) return by_path.error();
    meant = std::move(*by_path);
  }
  bool const takes_end = access == Access::read || session.output.is_on_terminal();
  if (is_end_of_id(text) && (takes_end || meant.ids.empty())) {
    bool const is_by_end_alone = meant.ids.empty();
    if (auto const read = add_meant_by_end<Entity>(catalog, text, meant); read.has_error()) return read.error();
    if (is_by_end_alone && !takes_end && meant.ids.size() == 1) {
      return Error{.kind = ErrorKind::invalid_argument,
                   .message = quoted(text) + " is the end of an id, which a command that writes takes on a terminal " +
                              "only; meant is " + described<Entity>(catalog, meant.ids.front())};
    }
  }
  if (meant.ids.empty()) return nothing_meant<Entity>(text, meant.missing);
  if (meant.ids.size() == 1) return Id<Entity>{meant.ids.front()};
  return several(std::string(Called<Entity>::name) + 's', text, descriptions<Entity>(catalog, meant.ids));
}

Result<Id<Integration>> find_integration_named(Catalog const& catalog, Id<Team> team, std::string const& name) {
  auto const own = rows_with<Integration>(
      catalog, {{.field = "team_id", .op = Operator::eq, .values = {team.uuid}}, equals("name", name)});
  if (own.has_error()) return own.error();
  if (!own->empty()) return own->front().id;
  auto const all = of_teams<Integration>(catalog, {name});
  if (all.has_error()) return all.error();
  if (all->rows.empty()) return Error{.kind = ErrorKind::not_found, .message = all->missing};
  if (all->rows.size() == 1) return all->rows.front().id;
  Meant meant;
  for (Integration const& row : all->rows) add(meant, row.id.uuid);
  return several("integrations", escaped_name(name), descriptions<Integration>(catalog, meant.ids));
}

Result<AnyRow> find_any_row(Session const&, Catalog const& catalog, std::string const& text,
                            std::string const& entity) {
  if (auto const id = parse_uuid(text); id.has_value()) return AnyRow{entity, *id};
  auto const names = parse_path(text);
  if (names.has_error() && !is_end_of_id(text)) return names.error();
  std::vector<AnyRow> rows;
  std::vector<std::string> matches;
  std::string missing;
  Result<void> read;
  boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, model::Entities>>([&](auto identity) {
    using Entity = typename decltype(identity)::type;
    if (read.has_error() || (!entity.empty() && entity != Entity::entity_name)) return;
    Meant meant;
    if (names.has_value()) {
      auto by_path = meant_by_path<Entity>(catalog, text);
      if (by_path.has_error()) {
        read = by_path.error();
        return;
      }
      meant = std::move(*by_path);
      bool const is_new = missing.find(meant.missing) == std::string::npos;
      if (is_new) missing += (missing.empty() ? "" : "; ") + meant.missing;
    }
    if (is_end_of_id(text)) read = add_meant_by_end<Entity>(catalog, text, meant);
    for (Uuid const& id : meant.ids) {
      rows.push_back({Entity::entity_name, id});
      matches.push_back(std::string(Called<Entity>::name) + ' ' + described<Entity>(catalog, id));
    }
  });
  if (read.has_error()) return read.error();
  if (rows.size() == 1) return rows.front();
  if (!rows.empty()) return several("rows", text, matches);
  if (missing.empty()) missing = "there is no row whose id ends in " + quoted(text) + ", and none with such a path";
  return Error{.kind = ErrorKind::not_found, .message = std::move(missing)};
}

Result<void> NamesOf::read() {
  auto const fill = [&]<class Row>(std::set<Uuid> const& ids, std::map<Uuid, Row>& into) -> Result<void> {
    for (auto next = ids.begin(); next != ids.end();) {
      Condition lot{.field = "id", .op = Operator::in, .values = {}};
      while (next != ids.end() && lot.values.size() < Query<Row>::max_limit) lot.values.emplace_back(*next++);
      auto rows = rows_with<Row>(*catalog_, {std::move(lot)});
      if (rows.has_error()) return rows.error();
      for (Row& row : *rows) into.emplace(row.id.uuid, std::move(row));
    }
    return {};
  };
  if (auto const done = fill(environment_ids_, environments_); done.has_error()) return done.error();
  if (auto const done = fill(integration_ids_, integrations_); done.has_error()) return done.error();
  for (auto const& [id, row] : environments_) team_ids_.insert(row.team_id.uuid);
  for (auto const& [id, row] : integrations_) team_ids_.insert(row.team_id.uuid);
  return fill(team_ids_, teams_);
}

namespace {

template <class... Wanted>
NamesOf names_for(Catalog const& catalog, Wanted const&... ids) {
  NamesOf names(catalog);
  (names.want(ids), ...);
  (void)names.read();  // a row without names is called by its id
  return names;
}

std::string of_team(Team const* team, std::string const& name) {
  return team == nullptr ? std::string() : escaped_name(team->name) + '/' + escaped_name(name);
}

}  // namespace

std::string path_of(Catalog const&, Team const& row) { return escaped_name(row.name); }

std::string path_of(Catalog const& catalog, Environment const& row) {
  auto const names = names_for(catalog, row.team_id);
  auto path = of_team(names.team(row.team_id.uuid), row.name);
  return path.empty() ? to_string(row.id) : path;
}

std::string path_of(Catalog const&, OwnedIntegration const& row) { return of_team(&row.team, row.integration.name); }

std::string path_of(Catalog const& catalog, InstalledIntegration const& row) {
  auto const names = names_for(catalog, row.install.environment_id);
  auto const* environment = names.environment(row.install.environment_id.uuid);
  if (environment == nullptr) return to_string(row.install.id);
  auto const path = of_team(names.team(environment->team_id.uuid), environment->name);
  return path.empty() ? to_string(row.install.id) : path + '/' + escaped_name(row.integration.name);
}

std::string path_of(Catalog const& catalog, Grant const& row) {
  auto const names = names_for(catalog, row.team_id, row.integration_id);
  auto const* asking = names.team(row.team_id.uuid);
  auto const* integration = names.integration(row.integration_id.uuid);
  if (asking == nullptr || integration == nullptr) return to_string(row.id);
  auto const path = of_team(names.team(integration->team_id.uuid), integration->name);
  return (path.empty() ? escaped_name(integration->name) : path) + " for " + escaped_name(asking->name);
}

namespace {

/** Looks at a thousand rows at most: who completes a word waits for it. */
template <class Readable, class Text>
void add_completions(Catalog const& catalog, std::vector<Condition> where, std::string const& begin,
                     std::vector<std::string>& into, Text const& text_of) {
  auto const rows = rows_with<Readable>(catalog, std::move(where));
  if (rows.has_error()) return;
  for (Readable const& row : *rows) {
    if (into.size() == most_completions) return;
    std::string text = text_of(row);
    if (text.starts_with(begin)) into.push_back(std::move(text));
  }
}

}  // namespace

template <class Entity>
std::vector<std::string> completions(Catalog const& catalog, std::string const& text) {
  std::vector<std::string> found;
  std::size_t const slash = text.rfind('/');
  std::string const above = slash == std::string::npos ? std::string() : text.substr(0, slash);
  auto const depth = std::count(text.begin(), text.end(), '/');
  auto const parents = parse_path(above);
  if constexpr (!std::is_same_v<Entity, Grant>) {
    bool const is_team = std::is_same_v<Entity, Team>;
    bool const is_install = std::is_same_v<Entity, EnvironmentIntegration>;
    if (depth == 0) {
      add_completions<Team>(catalog, {}, text, found,
                            [&](Team const& row) { return escaped_name(row.name) + (is_team ? "" : "/"); });
    } else if (depth == 1 && !is_team && parents.has_value()) {
      auto const teams = teams_named(catalog, parents->front());
      if (teams.has_error() || teams->rows.empty()) return found;
      using Row = std::conditional_t<std::is_same_v<Entity, Integration>, Integration, Environment>;
      add_completions<Row>(catalog, {one_of("team_id", teams->rows)}, text, found, [&](Row const& row) {
        return above + '/' + escaped_name(row.name) + (is_install ? "/" : "");
      });
    } else if (depth == 2 && is_install && parents.has_value()) {
      auto const environments = of_teams<Environment>(catalog, *parents);
      if (environments.has_error() || environments->rows.empty()) return found;
      add_completions<InstalledIntegration>(
          catalog, {one_of("environment_id", environments->rows)}, text, found,
          [&](InstalledIntegration const& row) { return above + '/' + escaped_name(row.integration.name); });
    }
  }
  bool const can_be_id =
      !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_hex_digit(c) || c == '-'; });
  if (can_be_id || (text.empty() && std::is_same_v<Entity, Grant>)) {
    add_completions<Entity>(catalog, {}, text, found, [](Entity const& row) { return to_string(row.id); });
  }
  return found;
}

#define INLAY_CLI_INSTANTIATE_NAMES(Entity)                                                                 \
  template Result<void> check_row<Entity>(std::string const&);                                              \
  template Result<Id<Entity>> find_row<Entity>(Session const&, Catalog const&, std::string const&, Access); \
  template std::vector<std::string> completions<Entity>(Catalog const&, std::string const&);
INLAY_CLI_INSTANTIATE_NAMES(Team)
INLAY_CLI_INSTANTIATE_NAMES(Environment)
INLAY_CLI_INSTANTIATE_NAMES(Integration)
INLAY_CLI_INSTANTIATE_NAMES(EnvironmentIntegration)
INLAY_CLI_INSTANTIATE_NAMES(Grant)
#undef INLAY_CLI_INSTANTIATE_NAMES

}  // namespace inlay::cli
