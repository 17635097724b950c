// SPDX-License-Identifier: BSL-1.0
#include "answers.hpp"
#include "input.hpp"
#include "text.hpp"

#include <inlay/backends/all.hpp>
#include <inlay/catalog.hpp>
#include <inlay/json/print.hpp>
#include <inlay/storage/store_url.hpp>
#include <inlay/timestamp.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <system_error>

#ifdef INLAY_HAS_SQLITE
#include <sqlite3.h>
#endif

namespace inlay::cli {
namespace {

// Nothing to do is told from something done by asking first for a store that is left as it is.
bool opens_without_migrating(Session session) {
  session.options.store = without_migrating(session.options.store);
  return session.open().has_value();
}

Result<Catalog> open_catalog(std::string const& url, Access access, CatalogOptions const& options) {
  if (access == Access::write) return Catalog::open(url, options);
  auto store = open_for_reading(url);
  if (store.has_error()) return store.error();
  return Catalog(std::move(*store), options);
}

// Only SQLite makes what a URL names out of nothing but a name; not beside what is left of a file that was moved.
bool is_missing_file(StoreUrl const& url) {
  namespace fs = std::filesystem;
  if (url.scheme != "sqlite" || url.path == ":memory:") return false;
  fs::path const file(url.path);
  std::error_code code;
  bool const has_folder = !file.has_parent_path() || fs::is_directory(file.parent_path(), code);
  return has_folder && !fs::exists(file, code) && !code && !fs::exists(url.path + "-wal", code) &&
         !fs::exists(url.path + "-journal", code);
}

// Up to where the change log is forgotten. A store does not say so by itself, but it refuses what lies before.
Result<Revision> forgotten_through(Repository const& store) {
  auto const current = store.revision();
  if (current.has_error()) return current.error();
  std::int64_t first = 0;
  std::int64_t last = current->value;
  while (first < last) {
    std::int64_t const middle = first + (last - first) / 2;
    auto const page = store.changes({.after = Revision{middle}, .limit = 1, .row = {}});
    if (page.has_value()) {
      last = middle;
    } else if (page.error().kind == ErrorKind::compacted) {
      first = middle + 1;
    } else {
      return page.error();
    }
  }
  return Revision{last};
}

// Up to where commits can be forgotten for which only those from that time on are wanted. Each one is looked at, since
// the clocks of those who write may differ.
Result<Revision> last_before(Repository const& store, Revision after, Timestamp time) {
  while (true) {
    auto const page = store.changes({.after = after, .limit = 100, .row = {}});
    if (page.has_error()) return page.error();
    for (CommitRecord const& commit : page->commits) {
      if (commit.time >= time) return after;
      after = commit.revision;
    }
    after = page->through;
    if (!page->has_more) return after;
  }
}

Timestamp days_ago(std::int64_t days) {
  constexpr std::int64_t day = 86'400'000'000;
  constexpr std::int64_t longest = 3'000'000;  // longer than there are times for
  return {now().microseconds - std::min(days, longest) * day};
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
  if (error.kind == ErrorKind::unavailable && is_missing_file(*parsed)) {
    error.message = "there is no store at " + parsed->redacted() + "; `inlay migrate` makes one";
  } else if (read_only_url != url) {
    // Nobody but this function turned it off.
    constexpr std::string_view why = ", and migrating was turned off (migrate=off)";
    std::size_t const at = error.message.find(why);
    if (at != std::string::npos) error.message.replace(at, why.size(), "; `inlay migrate` brings it up to date");
  }
  return error;
}

Result<Catalog> Session::open(Access access) const { return open(access, CatalogOptions()); }

Result<Catalog> Session::open(Access access, CatalogOptions const& catalog_options) const {
  auto catalog = open_catalog(options.store, access, catalog_options);
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

Result<void> compact(Session& session, CompactArguments const& arguments) {
  if (!arguments.through && !arguments.keep_days && !arguments.vacuum) {
    throw UsageError("one of --through, --keep-days and --vacuum is required");
  }
  auto const url = StoreUrl::parse(session.options.store);
  if (url.has_error()) return url.error();
  auto const opened = open_for_reading(session.options.store);
  if (opened.has_error()) return opened.error();
  Repository& store = **opened;
  if (arguments.vacuum && !store.capabilities().can_vacuum) {
    return storage::cannot_vacuum(store.capabilities().backend);
  }

  auto const before = forgotten_through(store);
  if (before.has_error()) return before.error();
  Revision through = *before;
  if (arguments.through) through = Revision{*arguments.through};
  if (arguments.keep_days) {
    auto const found = last_before(store, *before, days_ago(*arguments.keep_days));
    if (found.has_error()) return found.error();
    through = *found;
  }
  bool const forgets = through > *before;
  session.output.note_repeatable();
  auto done = store.compact({.through = through});
  if (done.has_value() && forgets) session.output.note_write();
  if (done.has_value() && arguments.vacuum) done = store.vacuum();
  if (done.has_error()) {
    Error error = done.error();
    if (error.outcome == Outcome::done) {
      error.message = "the change log is compacted, but not all of it has gone from the files: " + error.message +
                      "; compact again when that has ended";
    }
    return error;
  }
  session.output.note_write();

  std::string const kept_after = std::to_string(std::max(through, *before).value);
  if (session.output.is_json()) {
    std::string out = R"({"store":)";
    json::print_string(url->redacted(), out);
    session.output.add_json(out + R"(,"compacted_through":)" + kept_after + R"(,"compacted":)" +
                            (forgets ? "true" : "false") + R"(,"vacuumed":)" + (arguments.vacuum ? "true}" : "false}"));
  } else {
    session.output.add_text(printable(url->redacted()) + " keeps the changes after revision " + kept_after +
                            (forgets ? "; those before are forgotten now.\n" : ", as it did before.\n") +
                            (arguments.vacuum ? "Its file was written anew.\n" : ""));
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
