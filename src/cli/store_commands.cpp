// SPDX-License-Identifier: BSL-1.0
#include "answers.hpp"
#include "text.hpp"

#include <inlay/backends/all.hpp>
#include <inlay/catalog.hpp>
#include <inlay/json/print.hpp>
#include <inlay/storage/store_url.hpp>

#ifdef INLAY_HAS_SQLITE
#include <sqlite3.h>
#endif

namespace inlay::cli {
namespace {

// Nothing to do is told from something done by asking first for a store that is left as it is. A backend that knows
// no migrations refuses the parameter.
bool opens_without_migrating(Session session) {
  bool const has_parameters = session.options.store.find('?') != std::string::npos;
  session.options.store += has_parameters ? "&migrate=off" : "?migrate=off";
  return session.open().has_value();
}

}  // namespace

Result<Catalog> Session::open() const {
  auto catalog = Catalog::open(options.store);
  if (catalog.has_error()) return catalog;
  Caller caller{.actor = options.actor, .reason = options.reason, .team = {}};
  if (!options.team.empty()) {
    auto team = resolve<Team>(*catalog, options.team);
    // What looks like an id is taken for one, so that the team is there has to be asked for.
    if (team.has_value()) {
      if (auto const found = catalog->get(*team); found.has_error()) team = found.error();
    }
    if (team.has_error()) {
      Error error = team.error();
      error.message.insert(0, "--team: ");
      return error;
    }
    caller.team = *team;
  }
  return catalog->as(std::move(caller));
}

Result<void> migrate(Session& session) {
  auto const url = StoreUrl::parse(session.options.store);
  if (url.has_error()) return url.error();
  bool const was_up_to_date = opens_without_migrating(session);
  if (!was_up_to_date) {
    if (auto const catalog = session.open(); catalog.has_error()) return catalog.error();
    session.output.note_write();
  }
  if (session.output.is_json()) {
    std::string out = R"({"store":)";
    json::print_string(url->redacted(), out);
    session.output.add_json(out + R"(,"migrated":)" + (was_up_to_date ? "false}" : "true}"));
  } else {
    session.output.add_text(printable(url->redacted()) + (was_up_to_date
                                                              ? " was up to date already.\n"
                                                              : " was created or migrated: it is up to date now.\n"));
  }
  return {};
}

Result<void> version(Session& session) {
  auto const schemes = all_backends().schemes();
  std::string sqlite;
#ifdef INLAY_HAS_SQLITE
  sqlite = sqlite3_libversion();
#endif
  if (session.output.is_json()) {
    std::string out = R"({"version":")" INLAY_VERSION R"(","backends":[)";
    for (std::string const& scheme : schemes) {
      if (&scheme != &schemes.front()) out += ',';
      json::print_string(scheme, out);
    }
    out += ']';
    if (!sqlite.empty()) out += R"(,"sqlite":")" + sqlite + '"';
    session.output.add_json(out + '}');
    return {};
  }
  std::string out = "inlay " INLAY_VERSION "\nbackends:";
  for (std::string const& scheme : schemes) out += ' ' + scheme;
  if (!sqlite.empty()) out += "\nSQLite " + sqlite;
  session.output.add_text(out + '\n');
  return {};
}

}  // namespace inlay::cli
