// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_CLI_NAMES_HPP
#define INLAY_CLI_NAMES_HPP

// Which row is meant by what one types, and how a row is called: the one place where names become ids.
//
// A row is meant by
//   its id: that comes first, and no row is looked for by it here;
//   its names, exactly: TEAM, TEAM/ENVIRONMENT, TEAM/INTEGRATION, TEAM/ENVIRONMENT/INTEGRATION, where the team of an
//     environment or an integration can be left out if only one has the name; a `/` in a name is `~1`, a `~` is `~0`;
//   the end of its id, as tables show it: eight digits or more, which no other row that the caller sees ends in.
// Names and ends are equals: where they mean several rows, none is meant. So nobody can take an end away from a row, or
// a name, by choosing it; they can only make one type more.

#include "session.hpp"

#include <inlay/catalog.hpp>
#include <inlay/model/grant.hpp>

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::cli {

/** A name as it stands in a path. */
[[nodiscard]] std::string escaped_name(std::string_view name);

/** The names of a path. @return invalid_argument for one that is empty, or has a `~` that is not `~0` or `~1`. */
[[nodiscard]] Result<std::vector<std::string>> parse_path(std::string_view text);

/** Whether text can be the end of an id. */
[[nodiscard]] bool is_end_of_id(std::string_view text);

/** Refuses what can mean no row of Entity, whatever the store holds: before that is opened, which may make one.

    @return invalid_argument, which says what can, and how to find it.
*/
template <class Entity>
[[nodiscard]] Result<void> check_row(std::string const& text);

/** The row that is meant.

    @param access of a command that writes: an end of an id is taken on a terminal only, since a script that goes on
   with one writes to another row when there is one more of them.
    @return not_found, naming what is near; invalid_argument, with those that are meant, where these are several; for an
    end of an id that is not taken, with the whole of it; what check_row() returns.
*/
template <class Entity>
[[nodiscard]] Result<Id<Entity>> find_row(Session const& session, Catalog const& catalog, std::string const& text,
                                          Access access);

/** The integration of that name, byte for byte: the team's own, or else the only one there is. Never one by its id, nor
   by the end of that. @return as find_row(). */
[[nodiscard]] Result<Id<Integration>> find_integration_named(Catalog const& catalog, Id<Team> team,
                                                             std::string const& name);

/** The store, opened for the caller of the options, and the row in it that is meant. */
template <class Entity>
struct OpenRow {
  Catalog catalog;
  Id<Entity> id;
};

/** Opens the store for a command about one row. @return what Session::open and find_row() return. */
template <class Entity>
[[nodiscard]] Result<OpenRow<Entity>> open_row(Session const& session, std::string const& text, Access access) {
  if (auto const checked = check_row<Entity>(text); checked.has_error()) return checked.error();
  auto catalog = session.open(access);
  if (catalog.has_error()) return catalog.error();
  auto const id = find_row<Entity>(session, *catalog, text, access);
  if (id.has_error()) return id.error();
  return OpenRow<Entity>{std::move(*catalog), *id};
}

/** A row of any kind. */
struct AnyRow {
  std::string_view entity;  ///< empty: any that has the id
  Uuid id{};
};

/** The row that is meant, of whichever kind, or of the one named. @return as find_row(). */
[[nodiscard]] Result<AnyRow> find_any_row(Session const& session, Catalog const& catalog, std::string const& text,
                                          std::string const& entity);

/** Names of rows, by their ids; of one that is gone, or that the caller does not see, there is none. */
class NamesOf {
 public:
  explicit NamesOf(Catalog const& catalog) : catalog_(&catalog) {}

  void want(Id<Team> id) { team_ids_.insert(id.uuid); }
  void want(Id<Environment> id) { environment_ids_.insert(id.uuid); }
  void want(Id<Integration> id) { integration_ids_.insert(id.uuid); }

  /** Reads what is wanted, however much, in as many lists as it takes. @return what Catalog::list returns. */
  [[nodiscard]] Result<void> read();

  [[nodiscard]] Team const* team(Uuid const& id) const { return find(teams_, id); }
  [[nodiscard]] Environment const* environment(Uuid const& id) const { return find(environments_, id); }
  [[nodiscard]] Integration const* integration(Uuid const& id) const { return find(integrations_, id); }

 private:
  template <class Row>
  static Row const* find(std::map<Uuid, Row> const& rows, Uuid const& id) {
    auto const place = rows.find(id);
    return place == rows.end() ? nullptr : &place->second;
  }

  Catalog const* catalog_;
  std::set<Uuid> team_ids_;
  std::set<Uuid> environment_ids_;
  std::set<Uuid> integration_ids_;
  std::map<Uuid, Team> teams_;
  std::map<Uuid, Environment> environments_;
  std::map<Uuid, Integration> integrations_;
};

/** How a row is called: its path, or its id where names are missing. */
[[nodiscard]] std::string path_of(Catalog const& catalog, Team const& row);
[[nodiscard]] std::string path_of(Catalog const& catalog, Environment const& row);
[[nodiscard]] std::string path_of(Catalog const& catalog, OwnedIntegration const& row);
[[nodiscard]] std::string path_of(Catalog const& catalog, InstalledIntegration const& row);
[[nodiscard]] std::string path_of(Catalog const& catalog, Grant const& row);

/** The paths and ids of rows of Entity that begin with `text`, for a shell that completes it: names level by level,
    those that go on with a `/` at their end. Not more than a few hundred. */
template <class Entity>
[[nodiscard]] std::vector<std::string> completions(Catalog const& catalog, std::string const& text);

}  // namespace inlay::cli

#endif
