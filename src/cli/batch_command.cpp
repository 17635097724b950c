// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"
#include "input.hpp"
#include "names.hpp"
#include "resources.hpp"
#include "streamed_answer.hpp"

#include <inlay/catalog/internal/batch_json.hpp>
#include <inlay/json/parse.hpp>
#include <inlay/json/pointer.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <ios>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace inlay::cli {
namespace {

struct BatchArguments {
  std::string from;  // a file, or - for standard input
  std::optional<std::size_t> commit_every;
  std::size_t skip = 0;
  bool force = false;
  bool dry_run = false;
};

/** The lines of a file, or of standard input. */
class Lines {
 public:
  explicit Lines(std::string const& from) : source_(from == "-" ? "standard input" : from) {
    if (from == "-") {
      std::ios::sync_with_stdio(false);
      in_ = &std::cin;
    } else {
      file_.open(from, std::ios::binary);
      in_ = &file_;
    }
  }

  /** @return invalid_argument for a file that cannot be opened. */
  [[nodiscard]] Result<void> check() const {
    if (*in_) return {};
    return Error{.kind = ErrorKind::invalid_argument,
                 .message = "cannot open " + source_ + ": " + std::generic_category().message(errno)};
  }

  /** Reads the next line. @return whether there is one; invalid_document for one that is too long; unavailable. */
  [[nodiscard]] Result<bool> next() {
    using Traits = std::istream::traits_type;
    line_.clear();
    std::streambuf& buffer = *in_->rdbuf();
    while (true) {
      auto c = Traits::eof();
      try {
        c = buffer.sbumpc();
      } catch (std::ios_base::failure const& failure) {  // as libstdc++ says that a read has failed
        return Error{.kind = ErrorKind::unavailable,
                     .message = "cannot read " + source_ + ": " + failure.code().message()};
      }
      bool const is_end = Traits::eq_int_type(c, Traits::eof());
      if (is_end && line_.empty()) return false;
      if (is_end || Traits::to_char_type(c) == '\n') break;
      if (line_.size() == resource_limits.max_bytes) {
        ++count_;
        return in_line(count_, {.kind = ErrorKind::invalid_document,
                                .message = "the line is longer than the " + std::to_string(resource_limits.max_bytes) +
                                           " bytes that are allowed"});
      }
      line_ += Traits::to_char_type(c);
    }
    ++count_;
    return true;
  }

  [[nodiscard]] std::string const& line() const noexcept { return line_; }
  [[nodiscard]] bool is_blank() const { return line_.find_first_not_of(" \t\r") == std::string::npos; }

  /** How many lines were read. */
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

  /** The error of a line, the first of which is 1: where it is, for people, and for programs, to which it is the place
      in an array of all lines. */
  [[nodiscard]] Error in_line(std::size_t number, Error error) const {
    error.message = source_ + ", line " + std::to_string(number) + ": " + error.message;
    error.pointer = "/" + std::to_string(number - 1) + error.pointer.value_or("");
    return error;
  }

 private:
  std::string source_;
  std::ifstream file_;
  std::istream* in_ = nullptr;
  std::string line_;
  std::size_t count_ = 0;
};

/** Operations of some lines that become one commit. */
struct Group {
  Batch batch;
  std::size_t lines_before{};
  std::map<std::pair<std::string, std::string>, std::string> ids{};  // by entity and what it is called
};

Result<Uuid> find_id(Session const& session, Catalog const& catalog, std::string_view entity, std::string const& text,
                     Access access) {
  Result<Uuid> id = Error{.kind = ErrorKind::invalid_argument, .message = "'" + text + "' is no UUID"};
  model::for_each_entity([&]<class Entity>(std::type_identity<Entity>) {
    if (entity != Entity::entity_name) return;
    auto const found = find_row<Entity>(session, catalog, text, access);
    id = found.has_value() ? Result<Uuid>(found->uuid) : Result<Uuid>(found.error());
  });
  return id;
}

/** Puts ids in the place of names, of rows that are there by now. */
Result<void> resolve(Session const& session, Catalog const& catalog, boost::json::object& operation, Group& group,
                     Access access) {
  for (detail::OperationId const& place : detail::ids_in_operation(operation)) {
    auto* const row = place.is_in_row ? operation.if_contains("row") : nullptr;
    boost::json::object* const holder = !place.is_in_row                     ? &operation
                                        : row != nullptr && row->is_object() ? &row->get_object()
                                                                             : nullptr;
    auto* const value = holder == nullptr ? nullptr : holder->if_contains(place.member);
    auto const* const given = value == nullptr ? nullptr : value->if_string();
    if (given == nullptr) continue;  // which whoever reads the operation says
    std::string const text(given->data(), given->size());
    if (parse_uuid(text).has_value()) continue;
    auto known = group.ids.find({std::string(place.entity), text});
    if (known == group.ids.end()) {
      auto const id = find_id(session, catalog, place.entity, text, access);
      if (id.has_error()) {
        Error error = id.error();
        error.pointer = to_string(json::Pointer({std::string(place.member)}));
        return error;
      }
      known = group.ids.emplace(std::pair(std::string(place.entity), text), to_string(*id)).first;
    }
    *value = known->second;
  }
  return {};
}

/** Adds the operation of the line that was read last. */
Result<void> add_line(Session const& session, Catalog const& catalog, Lines const& lines,
                      BatchArguments const& arguments, Group& group) {
  if (lines.is_blank()) return Error{.kind = ErrorKind::invalid_argument, .message = "the line is blank"};
  auto value = json::parse(lines.line(), resource_limits);
  if (value.has_error()) return value.error();
  auto* const operation = value->if_object();
  if (operation == nullptr) return no_object(*value, "an operation");
  Access const access = arguments.dry_run ? Access::read : Access::write;
  if (auto const found = resolve(session, catalog, *operation, group, access); found.has_error()) return found.error();
  return detail::add_operation(group.batch, *operation,
                               {.limits = catalog.options().limits, .forces = arguments.force});
}

/** What a commit of some lines has come to. */
struct LinesDone {
  std::size_t lines{};  ///< of the input, that are done: what --skip takes to go on
  Revision revision{};  ///< the commit's; the store's, where nothing was written
  model::Inlined<answers::BatchDone> done{};
};
BOOST_DESCRIBE_STRUCT(LinesDone, (), (lines, revision, done))

std::string sentence_of(CommittedBatch const& done, std::size_t first, std::size_t last, bool is_dry_run) {
  std::string const which = first == last ? "Line " + std::to_string(first)
                                          : "Lines " + std::to_string(first) + " to " + std::to_string(last);
  if (done.answers.empty()) return "There is nothing to do.\n";
  if (!done.changed) return which + ": nothing changed, it was so already.\n";
  if (is_dry_run) return which + " could be committed; nothing is written.\n";
  return which + ": committed as revision " + std::to_string(done.revision.value) + ".\n";
}

/** How far it has got, in lines of the input. */
struct Progress {
  std::size_t committed{};  ///< or left out
  std::size_t tried{};      ///< beyond those that are committed, it may be that they are, or not
};

/** Commits, and says so. */
Result<void> commit(Session& session, Lines const& lines, BatchArguments const& arguments, Group const& group,
                    StreamedAnswer& answer, Progress& progress) {
  progress.tried = group.lines_before + group.batch.size();
  auto const done = group.batch.commit({.dry_run = arguments.dry_run});
  if (done.has_error()) {
    Error error = in_words_of_commands(done.error());
    auto const place = json::Pointer::parse(error.pointer.value_or(""));
    if (place.has_error() || place->is_root()) return error;
    std::string const& token = place->tokens().front();
    std::size_t number{};
    auto const read = std::from_chars(token.data(), token.data() + token.size(), number);
    if (read.ec != std::errc() || read.ptr != token.data() + token.size()) return error;  // it is no operation's
    error.pointer = error.pointer->substr(token.size() + 1);
    return lines.in_line(group.lines_before + number + 1, error);
  }
  if (!arguments.dry_run) progress.committed = progress.tried;
  if (session.output.is_json()) {
    model::write_form(LinesDone{progress.tried, done->revision, {answers::BatchDone::of(*done, arguments.dry_run)}},
                      answer.text());
    answer.text() += '\n';
  } else {
    answer.text() += sentence_of(*done, group.lines_before + 1, progress.tried, arguments.dry_run);
  }
  // Whoever has had enough of reading it does not end what is to be done.
  auto const written = answer.flush();
  if (written.has_value() || answer.nobody_reads()) return {};
  Error error = written.error();
  if (!arguments.dry_run) error.outcome = Outcome::done;
  return error;
}

void show_progress(std::size_t line) {
  std::string const text = "\r\x1B[KLine " + std::to_string(line);
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

Result<void> commit_lines(Session& session, Catalog const& catalog, Lines& lines, BatchArguments const& arguments,
                          Progress& progress) {
  StreamedAnswer answer("the answer");
  bool const shows = arguments.commit_every && session.output.shows_progress() && ::isatty(STDOUT_FILENO) == 0;
  bool is_more = true;
  for (bool is_first = true; is_more; is_first = false) {
    Group group{.batch = catalog.batch(), .lines_before = lines.count()};
    std::size_t blank = 0;  // the first blank line; there are only such after it, or something may be missing
    while (is_more && (!arguments.commit_every || group.batch.size() < *arguments.commit_every)) {
      auto const next = lines.next();
      if (next.has_error()) return next.error();
      is_more = *next;
      if (!is_more) break;
      if (blank == 0 && lines.is_blank()) blank = lines.count();
      if (blank != 0 && lines.is_blank()) continue;
      auto const added = blank != 0
                             ? Result<void>(Error{.kind = ErrorKind::invalid_argument, .message = "the line is blank"})
                             : add_line(session, catalog, lines, arguments, group);
      if (added.has_error()) return lines.in_line(blank != 0 ? blank : lines.count(), added.error());
      if (group.batch.check().has_error()) break;  // which the commit says, whatever else there is
    }
    if (group.batch.size() == 0 && !is_first) break;
    auto const done = commit(session, lines, arguments, group, answer, progress);
    if (done.has_error()) return done.error();
    if (shows) show_progress(progress.tried);
  }
  return {};
}

Result<void> run_batch(Session& session, BatchArguments const& arguments) {
  if (arguments.commit_every && *arguments.commit_every == 0) {
    throw UsageError("--commit-every takes a number from 1 on");
  }
  Lines lines(arguments.from);
  if (auto const opened = lines.check(); opened.has_error()) return opened.error();
  while (lines.count() < arguments.skip) {
    auto const next = lines.next();
    if (next.has_error()) return next.error();
    if (!*next) break;
  }
  auto const catalog = session.open(arguments.dry_run ? Access::read : Access::write);
  if (catalog.has_error()) return catalog.error();

  Progress progress{.committed = lines.count(), .tried = lines.count()};
  auto const done = commit_lines(session, *catalog, lines, arguments, progress);
  if (arguments.commit_every && session.output.shows_progress()) std::fputs("\r\x1B[K", stderr);
  if (done.has_value()) return {};
  Error error = done.error();
  std::string const lines_done = std::to_string(progress.committed);
  if (error.outcome == Outcome::unknown && arguments.commit_every) {
    error.message += "; the lines up to " + lines_done + " are done, and perhaps those up to " +
                     std::to_string(progress.tried) + ": look first which --skip goes on after them";
  } else if (progress.committed > arguments.skip) {
    error.message +=
        "; the lines up to " + lines_done + " are committed, and --skip " + lines_done + " goes on after them";
  }
  return error;
}

}  // namespace

CommandRows batch_commands() {
  return {
      {.name = "batch",
       .group = groups::catalogue,
       .help = "Do many changes as one commit, an operation a line; all of them, or nothing",
       .example = "batch changes.jsonl\n\n"
                  "A line is a JSON object with \"op\" and what that takes:\n"
                  R"(  {"op": "create", "entity": "integration", "row": {"name": "crm", "team_id": "Acme"}})"
                  "\n"
                  R"(  {"op": "ensure", "entity": "environment", "row": {"name": "live", "team_id": "Acme"}})"
                  "\n"
                  R"(  {"op": "update", "entity": "integration", "id": "Acme/crm", "patch": {"is_beta": true}})"
                  "\n"
                  R"(  {"op": "remove", "entity": "environment", "id": "Acme/old", "version": "3"})"
                  "\n"
                  R"(  {"op": "install", "row": {"integration_id": "crm", "environment_id": "Acme/live"}})"
                  "\n"
                  R"(  {"op": "set", "id": "Acme/live/crm", "pointer": "/base_url", "value": "https://eu.example.com"})"
                  "\n"
                  "and uninstall, remove (with a pointer), inherit, ask_for, answer and end. An id is an id, or\n"
                  "the name of a row that is there before the commit; a row that is made in it gets its id in\n"
                  "\"row\", to be named by it in the lines after. At most 10000 operations make a commit, or 16 MiB.",
       .declare = declares<BatchArguments>(
           [](Parameters& command, BatchArguments& into) {
             command.add("FILE", into.from, "The file, a line of JSON for each operation, or - for standard input")
                 .required()
                 .check(not_empty)
                 .shown_as("")
                 .means(Meaning::file);
             auto const every = command
                                    .add("--commit-every", into.commit_every,
                                         "Commit each N lines by themselves, in place of all at once; what was\n"
                                         "committed before an error stays, and the error says how to go on")
                                    .shown_as("N")
                                    .check(whole_number);
             command.add("--skip", into.skip, "Leave out that many lines at the beginning, which are done already")
                 .shown_as("N")
                 .check(whole_number);
             command.add_flag("--force", into.force,
                              "Do what may undo somebody else's write without a \"version\" in its line,\n"
                              "as if each line said \"force\": true");
             command.add_flag("--dry-run", into.dry_run, "Write nothing; say what would come of it").not_with(every);
           },
           run_batch)}};
}

}  // namespace inlay::cli
