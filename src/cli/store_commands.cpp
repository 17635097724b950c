// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"
#include "input.hpp"
#include "resources.hpp"
#include "text.hpp"

#include <inlay/backends/all.hpp>
#include <inlay/catalog.hpp>
#include <inlay/model/internal/described_json.hpp>
#include <inlay/storage/store_url.hpp>
#include <inlay/storage/verify.hpp>
#include <inlay/timestamp.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#ifdef INLAY_HAS_SQLITE
#include <sqlite3.h>
#endif

namespace inlay::cli {
namespace {

struct CompactArguments {
  std::optional<std::int64_t> through;
  std::optional<std::int64_t> keep_days;
  bool vacuum = false;
};

// Nothing to do is told from something done by asking first for a store that is left as it is.
bool opens_without_migrating(Session session) {
  session.options.store = without_migrating(session.options.store);
  return session.open().has_value();
}

// Up to where the change log is forgotten: a store says so to those who ask for all of it.
Result<Revision> forgotten_through(Repository const& store) {
  auto const page = store.changes({.after = Revision{}, .limit = 1, .row = {}});
  if (page.has_value()) return Revision{};
  if (auto const& kept_after = page.error().kept_after) return *kept_after;
  return page.error();
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

// What is answered as JSON

struct Migrated {
  std::string store{};
  bool migrated{};
};
BOOST_DESCRIBE_STRUCT(Migrated, (), (store, migrated))

struct Compacted {
  std::string store{};
  Revision compacted_through{};
  bool compacted{};
  bool vacuumed{};
};
BOOST_DESCRIBE_STRUCT(Compacted, (), (store, compacted_through, compacted, vacuumed))

struct VerifiedLog {
  std::string store{};
  Uuid store_id{};
  std::size_t commits{};
  Revision compacted_through{};
  Revision revision{};
  Digest chain{};
};
BOOST_DESCRIBE_STRUCT(VerifiedLog, (), (store, store_id, commits, compacted_through, revision, chain))

struct Build {
  std::string_view version{};
  std::span<std::string const> backends{};
  std::optional<std::string_view> sqlite{};
};
BOOST_DESCRIBE_STRUCT(Build, (), (version, backends, sqlite))

Result<void> migrate(Session& session) {
  auto const url = StoreUrl::parse(session.options.store);
  if (url.has_error()) return url.error();
  bool const was_up_to_date = opens_without_migrating(session);
  if (!was_up_to_date) {
    if (auto const catalog = session.open(); catalog.has_error()) return catalog.error();
    session.output.note_write();
  }
  if (session.output.is_json()) {
    session.output.add_json(model::form_text(Migrated{url->redacted(), !was_up_to_date}));
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

  Revision const kept_after = std::max(through, *before);
  if (session.output.is_json()) {
    session.output.add_json(model::form_text(Compacted{url->redacted(), kept_after, forgets, arguments.vacuum}));
  } else {
    session.output.add_text(printable(url->redacted()) + " keeps the changes after revision " +
                            std::to_string(kept_after.value) +
                            (forgets ? "; those before are forgotten now.\n" : ", as it did before.\n") +
                            (arguments.vacuum ? "Its file was written anew.\n" : ""));
  }
  return {};
}

Result<void> verify(Session& session) {
  auto const url = StoreUrl::parse(session.options.store);
  if (url.has_error()) return url.error();
  auto const opened = open_for_reading(session.options.store);
  if (opened.has_error()) return opened.error();
  auto const verified = storage::verify_log(**opened);
  if (verified.has_error()) return verified.error();
  auto const& [store_id, newest, compacted] = verified->state;
  if (session.output.is_json()) {
    session.output.add_json(model::form_text(
        VerifiedLog{url->redacted(), store_id, verified->commits, compacted.revision, newest.revision, newest.chain}));
    return {};
  }
  std::string out = printable(url->redacted()) + " is the store " + to_string(store_id) + ".\n";
  if (verified->commits == 0) {
    out += "Its change log has no commits";
  } else {
    out += "The chain of its commits " + std::to_string(compacted.revision.value + 1) + " to " +
           std::to_string(newest.revision.value) + " is whole";
  }
  if (compacted.revision > Revision{}) {
    out += "; those up to " + std::to_string(compacted.revision.value) + " are forgotten";
  }
  session.output.add_text(out + ".\nIts last link is " + to_string(newest.chain) + ".\n");
  return {};
}

Result<void> version(Session& session) {
  auto const schemes = all_backends().schemes();
  std::string sqlite;
#ifdef INLAY_HAS_SQLITE
  sqlite = sqlite3_libversion();
#endif
  if (session.output.is_json()) {
    session.output.add_json(model::form_text(
        Build{INLAY_VERSION, schemes, sqlite.empty() ? std::nullopt : std::optional<std::string_view>(sqlite)}));
    return {};
  }
  std::string out = "inlay " INLAY_VERSION "\nbackends:";
  for (std::string const& scheme : schemes) out += ' ' + scheme;
  if (!sqlite.empty()) out += "\nSQLite " + sqlite;
  session.output.add_text(out + '\n');
  return {};
}

}  // namespace

CommandRows store_commands() {
  CommandRows rows{
      {.name = "migrate",
       .help = "Create the store, or bring its tables up to date",
       .example = "--store sqlite:/var/lib/host/inlay.db migrate",
       .declare = runs(migrate)},
      {.name = "compact",
       .help = "Forget the oldest part of the change log; rows stay as they are",
       .example = "compact --keep-days 30\n\n"
                  "One of --through, --keep-days and --vacuum is needed; the last goes with either.\n\n"
                  "An SQLite store also writes over what it forgets, and empties the -wal file beside it. Where\n"
                  "somebody reads the store as it was before, that cannot be done: exit status 1, and the same\n"
                  "command again does it later.",
       .declare = declares<CompactArguments>(
           [](Parameters& command, CompactArguments& into) {
             auto const through = command
                                      .add("--through", into.through,
                                           "Forget all up to this revision, which the store must have reached")
                                      .shown_as("REVISION")
                                      .check(whole_number);
             command
                 .add("--keep-days", into.keep_days,
                      "Forget all before the first commit of the last N days; 0 forgets everything")
                 .shown_as("N")
                 .check(whole_number)
                 .not_with(through);
             command.add_flag(
                 "--vacuum", into.vacuum,
                 "Write an SQLite store's file anew, so that nothing at all is left in it of what was removed;\n"
                 "needs as much room again, and writers wait");
           },
           compact)},
      {.name = "verify",
       .help = "Check the chain of the store's commits, from where its change log begins",
       .example = "verify\n\n"
                  "Each commit has a link: the SHA-256 over the link before and all that the commit says. They are\n"
                  "computed anew. Where one is another, a number is missing, or a moment is not after the one\n"
                  "before, it says at which revision: exit status 1. Rows are not looked at. To find out later that\n"
                  "somebody has written a whole log anew, keep the last link elsewhere.",
       .declare = runs(verify)},
      {.name = "version",
       .group = groups::without_store,
       .help = "Show the version and the backends of this build",
       .example = "version",
       .declare = runs(version)}};
  for (CommandRow& row : rows) {
    if (row.group.empty()) row.group = groups::store;
    row.heeds_team = false;
  }
  return rows;
}

}  // namespace inlay::cli
