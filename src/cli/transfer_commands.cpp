// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"
#include "progress.hpp"
#include "resources.hpp"
#include "streamed_answer.hpp"
#include "text.hpp"

#include <inlay/backends/all.hpp>
#include <inlay/storage/internal/change_json.hpp>
#include <inlay/storage/store_url.hpp>
#include <inlay/storage/transfer.hpp>

#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iostream>
#include <system_error>

namespace inlay::cli {
namespace {

struct TransferArguments {
  std::string from;  // a store's URL; for import a file, or - for standard input
  std::string to;
  bool replace = false;
  std::size_t max_line_bytes = storage::max_line_bytes;
};

Result<std::shared_ptr<Repository>> open(std::string const& url) { return all_backends().open(url); }

std::string redacted(std::string const& url) {
  auto const parsed = StoreUrl::parse(url);
  return parsed.has_value() ? parsed->redacted() : std::string();
}

struct Transferred {
  std::string_view store{};
  Revision revision{};
  model::JsonWriter rows{};
  std::size_t commits{};
};
BOOST_DESCRIBE_STRUCT(Transferred, (), (store, revision, rows, commits))

void answer(Output& output, std::string const& done, std::string const& store, StoreHeader const& header) {
  if (output.is_json()) {
    output.add_json(model::form_text(Transferred{store, header.revision, answers::RowCounts{&header}, header.commits}));
  } else {
    std::size_t const row_count = header.size() - header.commits;
    output.add_text(done + ' ' + std::to_string(row_count) + " rows and " + std::to_string(header.commits) +
                    " commits of the change log into " + printable(store) + ", which is at revision " +
                    std::to_string(header.revision.value) + " now.\n");
  }
}

Error with_replace_told(Error error) {
  if (error.reason == Reason::store_not_empty) error.message += " (--replace)";
  return error;
}

Result<void> copy(Session& session, TransferArguments const& arguments) {
  auto const from = open_for_reading(arguments.from);
  if (from.has_error()) return from.error();
  auto const to = open(arguments.to);
  if (to.has_error()) return to.error();
  Progress progress("Copying", session.output.shows_progress());
  auto const fill = [&](RecordSink const& sink) { return (*from)->dump({.sink = progress.counting(sink)}); };
  auto const restored = (*to)->restore({.fill = fill, .replace = arguments.replace});
  if (restored.has_error()) return with_replace_told(restored.error());
  session.output.note_write();
  answer(session.output, "Copied", redacted(arguments.to), progress.header());
  return {};
}

Result<void> export_store(Session& session) {
  auto const from = open_for_reading(session.options.store);
  if (from.has_error()) return from.error();
  StreamedAnswer lines("the export");
  RecordSink const sink = [&](StoreRecord const& record) {
    storage::append_line(record, lines.text());
    return lines.go_on();
  };
  Progress progress("Exporting", session.output.shows_progress() && ::isatty(STDOUT_FILENO) == 0);
  auto dumped = (*from)->dump({.sink = progress.counting(sink)});
  if (dumped.has_value()) dumped = lines.flush();
  return lines.nobody_reads() ? Result<void>() : dumped;
}

Result<void> import_store(Session& session, TransferArguments const& arguments) {
  std::ifstream file;
  bool const is_standard_input = arguments.from == "-";
  if (is_standard_input) {
    std::ios::sync_with_stdio(false);
  } else {
    file.open(arguments.from, std::ios::binary);
    if (!file) {
      return Error{.kind = ErrorKind::invalid_argument,
                   .message = "cannot open " + arguments.from + ": " + std::generic_category().message(errno)};
    }
  }
  auto const to = open(session.options.store);
  if (to.has_error()) return to.error();
  Progress progress("Importing", session.output.shows_progress());
  auto const fill = [&](RecordSink const& sink) {
    return storage::read_lines({.in = is_standard_input ? std::cin : file,
                                .sink = progress.counting(sink),
                                .source = is_standard_input ? "standard input" : arguments.from,
                                .max_line_bytes = arguments.max_line_bytes});
  };
  auto const restored = (*to)->restore({.fill = fill, .replace = arguments.replace});
  if (restored.has_error()) return with_replace_told(restored.error());
  session.output.note_write();
  answer(session.output, "Imported", redacted(session.options.store), progress.header());
  return {};
}

void add_replace(Parameters& command, TransferArguments& into) {
  command.add_flag("--replace", into.replace,
                   "Throw away what is there, change log and all; without, only an empty store is filled");
}

}  // namespace

CommandRows transfer_commands() {
  CommandRows rows{
      {.name = "copy",
       .help = "Copy a whole store into another: rows, ids, versions, times and change log",
       .example = "copy sqlite:inlay.db postgresql://host/db\n\n"
                  "What is copied is the store at one moment, whatever others write meanwhile. All of it is\n"
                  "copied, or nothing. Both sides export the same bytes then.",
       .declare = declares<TransferArguments>(
           [](Parameters& command, TransferArguments& into) {
             command.add("FROM", into.from, "The URL of the store to read; it must be there")
                 .required()
                 .check(not_empty)
                 .shown_as("");
             command.add("TO", into.to, "The URL of the store to fill; made if it is not there")
                 .required()
                 .check(not_empty)
                 .shown_as("");
             add_replace(command, into);
           },
           copy)},
      {.name = "export",
       .help = "Write the whole store to standard output, a line of JSON for each record",
       .example = "export > inlay.jsonl\n\n"
                  "The first line says how many follow; rows come entity by entity, then the commits of the\n"
                  "change log. It is the store at one moment, whatever others write meanwhile.",
       .declare = runs(export_store)},
      {.name = "import",
       .help = "Fill the store with what export wrote; all of it, or nothing",
       .example = "--store sqlite:new.db import inlay.jsonl",
       .declare = declares<TransferArguments>(
           [](Parameters& command, TransferArguments& into) {
             command.add("FILE", into.from, "The file, or - for standard input")
                 .required()
                 .check(not_empty)
                 .shown_as("");
             add_replace(command, into);
             command
                 .add("--max-line-bytes", into.max_line_bytes,
                      "How long a line may be (" + std::to_string(storage::max_line_bytes) +
                          "): more for a store with larger documents, or larger commits")
                 .shown_as("N")
                 .check(whole_number);
           },
           import_store)}};
  for (CommandRow& row : rows) {
    row.group = groups::store;
    row.heeds_team = false;
  }
  return rows;
}

}  // namespace inlay::cli
