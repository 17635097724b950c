// SPDX-License-Identifier: BSL-1.0
#include "session.hpp"

#include "names.hpp"

#include <inlay/backends/all.hpp>
#include <inlay/catalog.hpp>
#include <inlay/storage/store_url.hpp>

#include <string>
#include <utility>

namespace inlay::cli {
namespace {

Result<Catalog> open_catalog(std::string const& url, Access access, CatalogOptions const& options) {
  if (access == Access::write) return Catalog::open(url, options);
  auto store = open_for_reading(url);
  if (store.has_error()) return store.error();
  return Catalog(std::move(*store), options);
}

}  // namespace

std::string without_migrating(std::string const& url) {
  auto const parsed = StoreUrl::parse(url);
  if (parsed.has_error() || parsed->scheme == "memory" || parsed->path == ":memory:" ||
      parsed->parameter("migrate") != nullptr) {
    return url;
  }
  return url + (url.find('?') == std::string::npos ? "?migrate=off" : "&migrate=off");
}

Result<std::shared_ptr<Repository>> open_for_reading(std::string const& url) {
  std::string const read_only_url = without_migrating(url);
  auto store = all_backends().open(read_only_url);
  if (store.has_value()) return store;
  auto const parsed = StoreUrl::parse(url);
  if (parsed.has_error()) return parsed.error();
  Error error = store.error();
  std::string const* const mode = parsed->parameter("mode");
  bool const is_turned_off_here_alone = read_only_url != url && (mode == nullptr || *mode != "ro");
  if (error.reason == Reason::no_store) {
    error.message = "there is no store at " + parsed->redacted() + "; `inlay migrate` makes one";
  } else if (error.reason == Reason::not_migrated && is_turned_off_here_alone) {
    error.message = "the store at " + parsed->redacted() +
                    " does not have the tables that this inlay needs; `inlay migrate` brings it up to date";
  }
  return error;
}

Result<Catalog> Session::open(Access access) const { return open(access, CatalogOptions()); }

Result<Catalog> Session::open(Access access, CatalogOptions const& catalog_options) const {
  auto const of_team = [](Error error) {
    error.message.insert(0, "--team: ");
    return error;
  };
  if (!options.team.empty()) {
    if (auto const checked = check_row<Team>(options.team); checked.has_error()) return of_team(checked.error());
  }
  auto catalog = open_catalog(options.store, access, catalog_options);
  if (catalog.has_error()) return catalog;
  Caller caller{.actor = options.actor, .reason = options.reason, .team = {}};
  if (!options.team.empty()) {
    auto team = find_row<Team>(*this, *catalog, options.team, access);
    // What looks like an id is taken for one, so that the team is there has to be asked for.
    if (team.has_value()) {
      if (auto const found = catalog->get(*team); found.has_error()) team = found.error();
    }
    if (team.has_error()) return of_team(team.error());
    caller.team = *team;
  }
  return catalog->as(std::move(caller));
}

}  // namespace inlay::cli
